"""The dialogs that open over any screen: recording an opt-out, the find box, and that the ledger does not hold."""

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QWidget

from optoutdesk.ui.context import Context, RecordDraft

# Dialogs are loaded when they are needed: the window is seen first.


class Dialogs(QObject):
    """Opens them. The window owns it."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self.record: QDialog | None = None
        """The Record dialog while it is open."""
        self.find: Any = None
        """The find box once it was opened."""

    @property
    def _window(self) -> QWidget:
        # Not kept: no cycle through widgets may be left to the collector.
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    @Slot(object)
    def open_record(self, draft: RecordDraft) -> None:
        """Open the Record dialog with what is known already."""
        from optoutdesk.ui.dialogs.record import RecordDialog

        self.record = dialog = RecordDialog(self._context, self._window, draft)
        dialog.destroyed.connect(self._on_record_gone)
        dialog.open()

    @Slot(QObject)
    def _on_record_gone(self, _gone: QObject) -> None:
        self.record = None

    @Slot()
    def open_find(self) -> None:
        """Open the find box, unless she is recording."""
        from optoutdesk.ui.dialogs.find import FindDialog

        if self.record is not None:
            return
        if self.find is None:
            self.find = FindDialog(self._context, self._window)
        self.find.open_over()

    @Slot(str, str)
    def tell_broken(self, sentence: str, details: str) -> None:
        """Say that the ledger does not hold."""
        from optoutdesk.ui.widgets.message import Message

        title = "The ledger does not hold"
        Message(self._window, title, sentence, details=details, details_shown=True).open()
