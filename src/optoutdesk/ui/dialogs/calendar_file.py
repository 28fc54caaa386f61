"""Saves the due dates as a calendar file: asks where to, writes it, says what to do with it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.ui import words_reminders
from optoutdesk.ui.context import Context

if TYPE_CHECKING:
    from optoutdesk.services.calendar_file import CalendarExport

_NAME = "opt-out-due-dates.ics"


class SavingCalendar(QObject):
    """Asks for a name and writes; ask() returns at once."""

    def __init__(self, context: Context, over: QWidget) -> None:
        super().__init__(over)
        self._context = context

    @property
    def _over(self) -> QWidget:
        over = self.parent()
        assert isinstance(over, QWidget)
        return over

    @Slot()
    def ask(self) -> None:
        """Ask for a name."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = Path(documents) if documents and Path(documents).is_dir() else Path.home()
        dialog = QFileDialog(self._over, "Save the calendar file as", str(folder / _NAME), "Calendar (*.ics)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("ics")
        dialog.fileSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def save(self, name: str) -> None:
        """Write the file; the file dialog has asked whether one may be replaced."""
        service, now, path = self._context.desk.calendar_file, self._context.now(), Path(name)

        def work(_report: Any) -> "CalendarExport":
            return service.write(path, now=now, overwrite=True)

        self._context.lookups.run(work, done=self._on_saved, failed=self._not_saved)

    def _on_saved(self, written: "CalendarExport") -> None:
        self._context.notice.emit(words_reminders.calendar_saved(written))

    def _not_saved(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._over, error)
