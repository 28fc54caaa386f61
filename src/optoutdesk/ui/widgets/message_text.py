"""A box for a pasted message; a file that is dropped or pasted there is evidence and not its path."""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QPlainTextEdit

from optoutdesk.ui.widgets.drop_zone import dropped_files


class MessageText(QPlainTextEdit):
    """Plain text, or files."""

    files_given = Signal(object)
    """list of Path."""

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(dropped_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = dropped_files(source)
        if files:
            self.files_given.emit(files)
        else:
            super().insertFromMimeData(source)
