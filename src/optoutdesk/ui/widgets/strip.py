"""The deadline strip: one cell a business day, filled as they pass, hatched for a holiday, a gap for a weekend."""

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from optoutdesk.domain.deadlines import Cell, CellKind
from optoutdesk.services.due_requests import Due
from optoutdesk.ui import words
from optoutdesk.ui.theme import color, theme, theme_changed

HEIGHT = 16
MAX_WIDTH = 176
"""So wide that no cell of ten business days with two holidays needs to shrink."""
_CELL = 10.0
_GAP = 3.5
_WEEKEND = 7.0


def cell_rects(cells: tuple[Cell, ...], rect: QRectF) -> list[QRectF]:
    """Return where each cell goes, from the left; all shrink together where there is not enough room."""
    wanted = strip_width(cells)
    scale = min(1.0, rect.width() / wanted) if wanted else 1.0
    rects: list[QRectF] = []
    x = rect.left()
    for cell in cells:
        width = (_WEEKEND if cell.kind is CellKind.WEEKEND else _CELL) * scale
        rects.append(QRectF(x, rect.top(), width, rect.height()))
        x += width + (0 if cell.kind is CellKind.WEEKEND else _GAP * scale)
    return rects


def strip_width(cells: tuple[Cell, ...]) -> float:
    """Return the width all cells would like."""
    return sum(_WEEKEND if cell.kind is CellKind.WEEKEND else _CELL + _GAP for cell in cells)


def paint_strip(painter: QPainter, rect: QRectF, due: Due) -> None:
    """Paint a request's strip into a rectangle."""
    colours = theme()
    filled = color(colours.tone(words.urgency_tone(due))[0])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for cell, place in zip(due.strip, cell_rects(due.strip, rect), strict=True):
        if cell.kind is CellKind.WEEKEND:
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        if cell.kind is CellKind.HOLIDAY:
            _paint_holiday(painter, place)
            continue
        painter.setBrush(filled if cell.kind is CellKind.PASSED else color(colours.empty))
        painter.drawRoundedRect(place, 2.5, 2.5)
    painter.restore()


def _paint_holiday(painter: QPainter, place: QRectF) -> None:
    """Hatch a cell by hand: Qt's patterns do not scale with the screen."""
    colours = theme()
    painter.save()
    painter.setBrush(QBrush(color(colours.hover)))
    painter.drawRoundedRect(place, 2.5, 2.5)
    painter.setClipRect(place)
    painter.setPen(QPen(color(colours.muted, 0.75), 1.0))
    x = place.left() - place.height()
    while x < place.right():
        painter.drawLine(
            QRectF(x, place.bottom(), 0, 0).topLeft(), QRectF(x + place.height(), place.top(), 0, 0).topLeft()
        )
        x += 4.0
    painter.restore()


class DeadlineStrip(QWidget):
    """The strip of one request; its tooltip and its accessible description explain the due date in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._due: Due | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme_changed.connect(self.update)

    def set_due(self, due: Due, today: date | None = None) -> None:
        """Show a request's clock."""
        self._due = due
        text = words.strip_in_words(due, today)
        self.setToolTip(text)
        self.setAccessibleName(f"Deadline of {words.subject(due.request.kind, due.request.key)}")
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(strip_width(self._due.strip)) if self._due else 120, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._due is None:
            return
        painter = QPainter(self)
        left = self.contentsMargins().left()
        paint_strip(painter, QRectF(left, 0, min(self.width() - left, MAX_WIDTH), HEIGHT), self._due)
        painter.end()
