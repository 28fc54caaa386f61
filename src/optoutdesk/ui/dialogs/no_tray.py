"""Asks before the window is closed where no tray can keep the program: nobody would be reminded then."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.ui import words_reminders
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph
from optoutdesk.ui.widgets import Button
from optoutdesk.ui.widgets.basic import restyle


class NoTrayDialog(ActDialog):
    """Keep it open, save the calendar file, or close all the same."""

    save_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None) -> None:
        super().__init__(context, "Close it without reminders?", "Close it", parent, width=520)
        self.content.addWidget(paragraph(words_reminders.CLOSE_WITHOUT_TRAY))
        self.cancel.setText("Keep it open")
        restyle(self.cancel, role="primary")  # the safe side
        restyle(self.confirm, role="")
        self.save = Button(words_reminders.SAVE_CALENDAR)
        self.save.clicked.connect(self._save)
        self.buttons.insertWidget(0, self.save)

    def _save(self) -> None:
        self.reject()
        self.save_wanted.emit()

    def act(self) -> None:
        """Close it."""
        self.accept()
        self.close_wanted.emit()
