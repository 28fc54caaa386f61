"""What is kept of a file beside its opt-outs: the rows to mend, and how its columns were corrected."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.ui.context import Context

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Part, Preview
    from optoutdesk.services.remembered_mappings import RememberedMapping


class Mending(QObject):
    """Asks where the rows to mend are to go, and writes them; `saved` gives the names of the files."""

    saved = Signal(str)

    def __init__(self, context: Context, preview: "Callable[[], Preview | None]", parent: QWidget) -> None:
        """`preview` gives what is on screen: it may be another one once the name is chosen."""
        super().__init__(parent)
        self._context = context
        self._over = parent
        self._preview = preview

    def ask(self) -> None:
        """Ask for a name; returns at once."""
        preview = self._preview()
        if preview is None:
            return
        target = self._context.desk.import_optouts.default_mend_file(preview.source)
        dialog = QFileDialog(self._over, "Save the rows to mend as", str(target))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(target.suffix.lstrip("."))
        dialog.fileSelected.connect(self._write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _write(self, name: str) -> None:
        preview, path = self._preview(), Path(name)
        if preview is None:
            return
        service = self._context.desk.import_optouts

        def work(_report: Any) -> list[Path]:
            return service.save_rows_to_mend(preview, path, overwrite=True)  # the file dialog has asked

        # With the look-ups, which read the preview too: one thread at a time.
        self._context.lookups.run(work, done=self._written, failed=self._not_written)

    def _written(self, files: list[Path]) -> None:
        names = " and ".join(file.name for file in files)
        self.saved.emit(names)
        self._context.notice.emit(f"The rows to mend are saved as {names}.")

    def _not_written(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._over, error)


def worth_remembering(name: str, part: "Part", before: "RememberedMapping | None") -> "RememberedMapping":
    """Return what she corrected about a list, on top of what was remembered of it before."""
    from optoutdesk.services.remembered_mappings import RememberedMapping, column_names

    assert part.header is not None
    options, names = part.options, column_names(part.header)
    fields = dict(before.fields) if before is not None else {}
    fields |= {names[index]: of for index, of in (options.mapping or {}).items() if index < len(names)}
    return RememberedMapping(
        name=name,
        header=part.header,
        profile=options.profile or (before.profile if before is not None else None),
        fields=fields,
        day_order=options.day_order or (before.day_order if before is not None else None),
        zone=options.zone or (before.zone if before is not None else None),
        scope=options.scope if options.scope is not None or before is None else before.scope,
    )
