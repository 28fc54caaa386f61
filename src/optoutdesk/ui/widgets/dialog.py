"""The ground of every dialog: it dims the window behind it, closes with Esc, and is opened without blocking."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from optoutdesk.ui.theme import color


class Dimmer(QWidget):
    """A shade over the whole window while a dialog is open."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(window.rect())
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("#000000", 0.38))
        painter.end()


class Dialog(QDialog):
    """A dialog over the window it belongs to. Use open(); it deletes itself when it is closed."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # What it is about stands in its heading; twice would be once too often.
        self.setWindowTitle("Opt-Out Desk")
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer: Dimmer | None = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None or self._dimmer is not None:
            return
        window = parent.window()
        # A dialog over a dialog: the window is dim already.
        if not isinstance(window, QDialog):
            self._dimmer = Dimmer(window)
            self._dimmer.show()
            self._dimmer.raise_()
        self.fit()
        self._centre(window)

    def fit(self) -> None:
        """Take exactly the height that what is in it needs at its width."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        width = self.width() if self.minimumWidth() == self.maximumWidth() else layout.totalSizeHint().width()
        height = (
            layout.totalHeightForWidth(width)
            if layout.hasHeightForWidth()
            else layout.totalSizeHint().height()
        )
        self.resize(width, height)

    def _centre(self, window: QWidget) -> None:
        """Put it in the middle of the window, a little above where the eye expects the middle."""
        area = window.frameGeometry()
        x = area.left() + (area.width() - self.width()) // 2
        y = area.top() + max(24, (area.height() - self.height()) * 2 // 5)
        self.move(x, y)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._dimmer is not None:
            # At once, not later: a window that is destroyed meanwhile would leave PySide a dangling child.
            self._dimmer.hide()
            self._dimmer.setParent(None)
            self._dimmer = None
