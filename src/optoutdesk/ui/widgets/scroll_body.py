"""What a dialog is about, above its buttons: as high as it needs, and scrolling where the window has less room."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.ui.widgets.basic import line

_LEAST = 120


class ScrollBody(QWidget):
    """Add what is shown to `column`; a line below it is seen while it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inner = QWidget()
        self.inner.setProperty("role", "plain")
        self.column = QVBoxLayout(self.inner)
        self._area.setWidget(self.inner)
        self._edge = line()
        outer.addWidget(self._area)
        outer.addWidget(self._edge)

    def take_height(self, width: int, room: int) -> None:
        """Take the height that everything needs at a width, but no more than there is room for."""
        self.column.activate()
        needed = self.column.totalHeightForWidth(width)
        self._edge.setVisible(needed > room)
        height = max(_LEAST, min(room, needed))
        self._area.setFixedHeight(height)
        self.setFixedHeight(height + (1 if needed > room else 0))

    def show_part(self, part: QWidget) -> None:
        """Scroll to a part."""
        self._area.ensureWidgetVisible(part)
