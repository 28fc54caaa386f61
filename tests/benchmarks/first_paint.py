"""Ends a program once its window has been painted for the first time."""

import os

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

_LEAVE = QEvent.Type(QEvent.registerEventType())


class _FirstPaint(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            # Comes right after this paint, before anything that was put off until then.
            QCoreApplication.postEvent(self, QEvent(_LEAVE), Qt.EventPriority.HighEventPriority.value)
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == _LEAVE:
            os._exit(0)
        return super().event(event)


def leave_after_first_paint(app: QApplication) -> None:
    """Leave the process after the first paint of a top-level window."""
    app.installEventFilter(_FirstPaint(app))
