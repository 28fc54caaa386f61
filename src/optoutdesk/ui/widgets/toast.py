"""One short sentence at the bottom of the window on what was just done; it goes by itself."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from optoutdesk.ui.theme import color, theme

SHOWN_MS = 6000


class Toast(QLabel):
    """The sentence; a screen reader says it too."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("role", "toast")
        self.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)

    @Slot(str)
    def say(self, text: str) -> None:
        """Show a sentence for a while."""
        self.setText(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and watched is self._over:
            self._place()
        return False

    def _place(self) -> None:
        self.adjustSize()
        over = self._over
        width = min(self.sizeHint().width(), over.width() - 48)
        self.setGeometry(
            (over.width() - width) // 2, over.height() - self.height() - 24, width, self.height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme().text))
        painter.drawRoundedRect(self.rect(), 8, 8)
        painter.end()
        super().paintEvent(event)
