"""A number and a time of day for pages that scroll: the wheel scrolls the page, and a change is told when it is over."""

from datetime import time

from PySide6.QtCore import QLocale, QTime, QTimer, Signal
from PySide6.QtGui import QHideEvent, QWheelEvent
from PySide6.QtWidgets import QSpinBox, QTimeEdit, QWidget

from optoutdesk.ui import words
from optoutdesk.ui.widgets.when_edit import FIELD_HEIGHT, pad_time

_SETTLE_MS = 500


class NumberEdit(QSpinBox):
    """A whole number with its unit; `settled` comes once, after the last step of several."""

    settled = Signal()

    def __init__(
        self, name: str, least: int, most: int, unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(least, most)
        self.setSuffix(f" {unit}" if unit else "")
        self.setKeyboardTracking(False)
        self.setFixedHeight(FIELD_HEIGHT)
        self.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet's padding does not reach it
        self._late = _late(self)
        self._late.timeout.connect(self.settled)
        self.valueChanged.connect(self._late.start)

    def show_value(self, value: int) -> None:
        """Show a value that is saved already, unless she is at it."""
        if self._late.isActive():
            return
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        _hurry(self._late)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class TimeEdit(QTimeEdit):
    """A time of day; `settled` comes once, after the last step of several."""

    settled = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setLocale(QLocale(QLocale.Language.English))  # the words around it are English
        self.setDisplayFormat(words.edit_format_time())
        self.setKeyboardTracking(False)
        self.setFixedHeight(FIELD_HEIGHT)
        pad_time(self)
        self._late = _late(self)
        self._late.timeout.connect(self.settled)
        self.timeChanged.connect(self._late.start)

    def value(self) -> str:
        """Return the time as HH:MM."""
        return f"{self.time().hour():02}:{self.time().minute():02}"

    def show_value(self, value: str) -> None:
        """Show a time that is saved already, unless she is at it."""
        if self._late.isActive():
            return
        at = time.fromisoformat(value)
        self.blockSignals(True)
        self.setTime(QTime(at.hour, at.minute))
        self.blockSignals(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        _hurry(self._late)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _late(parent: QWidget) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(_SETTLE_MS)
    return timer


def _hurry(timer: QTimer) -> None:
    """Tell at once what was going to be told: she goes elsewhere."""
    if timer.isActive():
        timer.stop()
        timer.timeout.emit()
