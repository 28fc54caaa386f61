"""Writes the people to be removed into the file a platform takes, says where to upload it, and lets exactly these be marked done."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.ui import words, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph
from optoutdesk.ui.tasks import Report
from optoutdesk.ui.widgets import Button

if TYPE_CHECKING:
    from optoutdesk.services.platforms import PlatformExport

Write = Callable[[Path, Report], "PlatformExport"]
"""Writes the file; called in the look-up thread."""
Prepare = Callable[[], Write]
"""Gives the work when the name is known; UserError when it cannot be done now."""


class Exporting(QObject):
    """Asks where to, writes, and shows what was written."""

    done_wanted = Signal(object, object)
    """Platform, ids: exactly those written are to be marked done."""
    written = Signal(object, object)
    """Platform, PlatformExport."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._over = parent
        self.dialog: QFileDialog | None = None

    def ask(self, platform: Platform, prepare: Prepare) -> None:
        """Ask for a name; returns at once."""
        self._platform, self._prepare = platform, prepare
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()
        target = self._context.desk.platforms.default_export(platform.id, folder, self._context.now())
        dialog = self.dialog = QFileDialog(self._over, f"Save the list for {platform.name} as", str(target))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, name: str) -> None:
        """Write the file."""
        platform, path = self._platform, Path(name)
        try:
            write = self._prepare()
        except UserError as error:
            self._context.complain(self._over, error)
            return

        def work(report: Any) -> "tuple[Platform, PlatformExport]":
            return platform, write(path, report)

        # With the look-ups, which read a comparison too: one thread at a time.
        self._context.lookups.run(work, done=self._on_written, failed=self._not_written)

    def _on_written(self, outcome: "tuple[Platform, PlatformExport]") -> None:
        platform, written = outcome
        self.written.emit(platform, written)
        dialog = ExportedDialog(self._context, platform, written, self._over)
        dialog.done_wanted.connect(self.done_wanted)
        dialog.open()

    def _not_written(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._over, error)


class ExportedDialog(ActDialog):
    """What was written, where to upload it, and "mark done" for exactly these."""

    done_wanted = Signal(object, object)

    def __init__(
        self, context: Context, platform: Platform, written: "PlatformExport", parent: QWidget | None = None
    ) -> None:
        count = words.number(len(written.ids))
        first, more = written.files[0].name, len(written.files) - 1
        parts = f" and {words.count(more, 'more part')}" if more else ""
        super().__init__(context, f"Saved {first}{parts}", f"Mark {count} done…", parent, width=520)
        self._platform, self._written = platform, written
        for text in words_platforms.exported_text(written):
            self.content.addWidget(paragraph(text))
        last = (
            f"When {platform.name} has it, mark exactly these {count} done here. You can do that later too."
            if written.ids
            else "Nobody in it is still to be done here."
        )
        self.content.addWidget(paragraph(last, "muted"))
        self.show_folder = Button("Show in folder")
        self.show_folder.clicked.connect(self._show_folder)
        self.buttons.insertWidget(0, self.show_folder)
        self.cancel.setText("Later" if written.ids else "Close")
        self.confirm.setVisible(bool(written.ids))

    def act(self) -> None:
        self.accept()
        self.done_wanted.emit(self._platform, list(self._written.ids))

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.files[0].parent)))
