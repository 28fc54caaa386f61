"""What looks like a find box in the top bar, and opens the real one."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from optoutdesk.ui.theme import Size, color, font, theme, theme_changed
from optoutdesk.ui.widgets.basic import Button
from optoutdesk.ui.widgets.icons import paint_icon

TEXT = "Find an address or domain…"


class FindBox(Button):
    """A button with the text of a find box and the keys that open it."""

    def __init__(self, keys: QKeySequence, parent: QWidget | None = None) -> None:
        super().__init__("", parent, role="find")
        self._keys = keys.toString(QKeySequence.SequenceFormat.NativeText).replace("+", " ")
        self.setAccessibleName("Find an address or domain")
        self.setAccessibleDescription(f"Opens with {self._keys}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(374)
        theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(374, 34)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_icon(painter, QRectF(12, self.height() / 2 - 7.5, 15, 15), "find", colours.muted)
        painter.setPen(color(colours.muted))
        painter.setFont(font(Size.NORMAL))
        painter.drawText(QRectF(36, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, TEXT)
        painter.setFont(font(Size.SMALL))
        width = QFontMetricsF(painter.font()).horizontalAdvance(self._keys) + 12
        cap = QRectF(self.width() - width - 12.5, self.height() / 2 - 10, width, 20)
        painter.setPen(QPen(color(colours.edge), 1))
        painter.setBrush(color(colours.surface))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(color(colours.muted))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._keys)
        painter.end()
