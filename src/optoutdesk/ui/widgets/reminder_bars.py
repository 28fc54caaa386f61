"""Calm lines above the screens: what is due, and that there is no tray to be reminded from."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.reminders import Snooze
from optoutdesk.ui import words_reminders
from optoutdesk.ui.tray import SnoozeMenu
from optoutdesk.ui.widgets.basic import Button, label, restyle


class Bar(QFrame):
    """A sentence on a soft ground with buttons; it stays until it is dismissed."""

    came_or_went = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(14, 6, 10, 6)
        self.row.setSpacing(8)
        self.text = label("", wrap=True)
        self.row.addWidget(self.text, 1)
        self.dismiss = Button("Dismiss").compact()
        self.dismiss.clicked.connect(self.drop)
        self.hide()

    def add(self, button: Button) -> Button:
        """Add a button and return it."""
        self.row.addWidget(button)
        return button

    def tell(self, text: str, tone: str) -> None:
        """Show a sentence; a screen reader says it too."""
        self.text.setText(text)
        restyle(self, tone=tone)
        self.dismiss.setAccessibleName(f"Dismiss: {text}")
        self.show()
        self.came_or_went.emit()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    @Slot()
    def drop(self) -> None:
        """Say it no longer."""
        self.hide()
        self.came_or_went.emit()


class ReminderBar(Bar):
    """What is due."""

    today_wanted = Signal()
    snooze_wanted = Signal(object)
    """Snooze: how long it may wait."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = self.add(Button("Show Today").compact())
        self.look.clicked.connect(self.today_wanted)
        self.menu = SnoozeMenu(self)
        self.menu.chosen.connect(self.snooze_wanted)
        self.later = self.add(Button(words_reminders.LATER).compact())
        self.later.setMenu(self.menu)
        self.add(self.dismiss)

    def offer(self, choices: Sequence[tuple[str, Snooze | None]]) -> None:
        """Offer these snoozes."""
        self.menu.offer(choices)
        self.later.setVisible(bool(choices))


class NoTrayBar(Bar):
    """That there is no tray, and what to do about it."""

    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.save = self.add(Button(words_reminders.SAVE_CALENDAR).compact())
        self.save.clicked.connect(self.save_wanted)
        self.add(self.dismiss)


class Bars(QWidget):
    """Both, one above the other; nothing at all where there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 0)
        layout.setSpacing(8)
        self.reminder = ReminderBar()
        self.no_tray = NoTrayBar()
        for bar in (self.reminder, self.no_tray):
            layout.addWidget(bar)
            bar.came_or_went.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        self.setVisible(not (self.reminder.isHidden() and self.no_tray.isHidden()))
