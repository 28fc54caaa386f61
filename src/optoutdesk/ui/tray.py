"""The icon in the tray: how many requests need her, the one that is due first, notifications, and a menu."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QRectF, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QColor, QFont, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from optoutdesk.domain.reminders import Snooze
from optoutdesk.ui.theme import LIGHT
from optoutdesk.ui.widgets.icons import app_icon

SIZES = (16, 22, 24, 32, 48, 64)
"""What trays ask for."""
_SHOWN_MS = 15_000
_INK = "#FFFFFF"


class SnoozeMenu(QMenu):
    """How long reminders may wait."""

    chosen = Signal(object)
    """Snooze: let them wait; None: no longer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._offered: list[tuple[str, Snooze | None]] = []
        self.triggered.connect(self._on_triggered)

    def offer(self, choices: Sequence[tuple[str, Snooze | None]]) -> None:
        """Offer these: a text, and what it is."""
        # Not while it is open, nor for nothing: it must not change under her hand.
        if [*choices] == self._offered or self.isVisible():
            return
        self._offered = [*choices]
        self.clear()
        for place, (text, _) in enumerate(choices):
            self.addAction(_plain(text)).setData(place)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(self._offered[action.data()][1])


class Tray(QObject):
    """The icon, where there is a tray; look() finds out, also later: a session may start before its tray does."""

    open_wanted = Signal()
    today_wanted = Signal()
    next_wanted = Signal()
    """Show the request that is due first."""
    record_wanted = Signal()
    quit_wanted = Signal()
    snooze_wanted = Signal(object)
    """Snooze: let reminders wait; None: no longer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.icon: QSystemTrayIcon | None = None
        self._badge = (0, False)
        self._words = ""
        self.menu = QMenu(window)
        self.next = self._action("", self.next_wanted)
        self.menu.addSeparator()
        self._action("Open Opt-Out Desk", self.open_wanted)
        self._action("Record an opt-out…", self.record_wanted)
        self.snooze_menu = SnoozeMenu(self.menu)
        self.snooze_menu.chosen.connect(self.snooze_wanted)
        self.menu.addMenu(self.snooze_menu)
        self.menu.addSeparator()
        self._action("Quit", self.quit_wanted)

    def _action(self, text: str, signal: SignalInstance) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(signal)
        return action

    @property
    def there(self) -> bool:
        """Whether the icon can be seen. Not isVisible(): that is true even where there is no tray."""
        return self.icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    def look(self) -> bool:
        """Show the icon if there is a tray, and return whether there is."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self.hide()
            return False
        if self.icon is None:
            self.icon = QSystemTrayIcon(self)
            self.icon.setContextMenu(self.menu)
            self.icon.activated.connect(self._on_activated)
            self.icon.messageClicked.connect(self.today_wanted)
            self._paint()
            self.icon.setToolTip(self._words)
            self.icon.show()
        return True

    def hide(self) -> None:
        """Take the icon away."""
        if self.icon is not None:
            self.icon.hide()
            self.icon.deleteLater()
            self.icon = None

    def show_count(self, count: int, *, overdue: bool, words: str) -> None:
        """Show how many requests need her; `words` say it too."""
        if self._badge != (count, overdue):
            self._badge = (count, overdue)
            self._paint()
        self._words = words
        if self.icon is not None:
            self.icon.setToolTip(words)

    def _paint(self) -> None:
        if self.icon is not None:
            self.icon.setIcon(badged_icon(*self._badge))

    def show_next(self, text: str, *, there: bool) -> None:
        """Name the request that is due first."""
        self.next.setText(_plain(text))
        self.next.setEnabled(there)

    def show_snoozes(self, title: str, choices: Sequence[tuple[str, Snooze | None]]) -> None:
        """Offer these snoozes: a text, and what it is (None ends the one that holds)."""
        self.snooze_menu.setTitle(title)
        self.snooze_menu.offer(choices)
        self.snooze_menu.setEnabled(bool(choices))

    def say(self, title: str, text: str) -> None:
        """Show a notification."""
        if self.icon is not None:
            self.icon.showMessage(title, text, badged_icon(*self._badge), _SHOWN_MS)

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self.open_wanted.emit()


def _plain(text: str) -> str:
    """Return a text for a menu, in which a single & would underline a letter."""
    return text.replace("&", "&&")


def badged_icon(count: int, overdue: bool) -> QIcon:
    """Return the program's icon with how many requests need her; the colour only underlines that some are overdue."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(_badged(app_icon().pixmap(size, size), size, count, overdue=overdue))
    return icon


def _badged(pixmap: QPixmap, size: int, count: int, *, overdue: bool) -> QPixmap:
    if not count:
        return pixmap
    text = f"{count}" if count < 100 else "99+"
    height = size * 0.62
    width = size if len(text) > 2 else max(height, size * 0.36 * len(text) + size * 0.1)
    place = QRectF(size - width, size - height, width, height)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # A ring in the badge's own ink sets it off from whatever colour the tray has.
    painter.setPen(QPen(QColor(_INK), max(1.0, size / 24)))
    painter.setBrush(QColor(LIGHT.danger if overdue else LIGHT.warning))
    inset = max(0.5, size / 48)
    painter.drawRoundedRect(place.adjusted(inset, inset, -inset, -inset), height / 2, height / 2)
    font = QFont(painter.font())
    font.setPixelSize(round(height * (0.82 if len(text) < 3 else 0.66)))
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.setPen(QColor(_INK))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.end()
    return pixmap
