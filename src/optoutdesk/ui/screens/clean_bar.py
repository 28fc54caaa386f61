"""How a list divides into kept and removed rows: a bar, and below it what each colour stands for."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from optoutdesk.domain.cleaning import Reason
from optoutdesk.services.clean_list import Result
from optoutdesk.ui import words
from optoutdesk.ui.theme import Size, color, font, theme, theme_changed

_BAR = 14.0
_ABOVE_LEGEND = 12.0
_BETWEEN = 16.0
_SQUARE = 9.0
_LEAST = 4.0
"""Pixels of the smallest share: whatever there is can be seen."""
_GAP = 2.0

_COLOURS = {
    # Told apart by lightness too, and always named beside the bar.
    Reason.OPTED_OUT: ("danger", "danger"),
    Reason.DOMAIN: ("#C68A2B", "#D9A441"),
    Reason.DUPLICATE: ("#87919A", "#87919A"),
    Reason.NOT_AN_ADDRESS: ("#6D4C8F", "#A98BD0"),
    Reason.NO_ADDRESS: ("#B9BEC2", "#565D64"),
    Reason.HIDDEN: ("#5B84B1", "#7FA6D0"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the list."""

    name: str
    count: int
    reason: Reason | None
    """None: the kept rows."""


def shares_of(result: Result) -> tuple[Share, ...]:
    """Return what a list divides into; what does not occur is left out, the kept rows never are."""
    removed = (Share(words.reason(reason), result.reasons[reason], reason) for reason in Reason)
    return (Share("Kept", result.kept, None), *(share for share in removed if share.count))


class ShareBar(QWidget):
    """The bar and its legend; a screen reader hears the figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[Share, ...] = ()
        self.setAccessibleName("Kept and removed rows")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme_changed.connect(self.update)

    @property
    def shares(self) -> tuple[Share, ...]:
        """What is shown."""
        return self._shares

    def show_result(self, result: Result) -> None:
        """Show another result."""
        self._shares = shares_of(result)
        self.setAccessibleDescription(
            ", ".join(f"{words.number(s.count)} {s.name.lower()}" for s in self._shares)
        )
        self.updateGeometry()
        self.update()

    # -- sizes

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._legend(width)
        return round(places[-1].y() + self._line_height()) if places else round(_BAR)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _line_height(self) -> float:
        return QFontMetricsF(font(bold=True)).height() + 6

    def _texts(self, share: Share) -> tuple[str, float, float]:
        """Return a count and the widths of count and name."""
        count = words.number(share.count)
        wide = QFontMetricsF(font(bold=True)).horizontalAdvance(count)
        return count, wide, QFontMetricsF(font(Size.SMALL)).horizontalAdvance(share.name)

    def _legend(self, width: int) -> list[QPointF]:
        """Return where each entry of the legend begins; entries that do not fit go to the next line."""
        places: list[QPointF] = []
        x, y = 0.0, _BAR + _ABOVE_LEGEND
        for share in self._shares:
            _, count, name = self._texts(share)
            wanted = _SQUARE + 7 + count + 6 + name
            if places and x + wanted > width:
                x, y = 0.0, y + self._line_height()
            places.append(QPointF(x, y))
            x += wanted + _BETWEEN
        return places

    def widths(self, room: float) -> list[float]:
        """Return the width of each share: in proportion, but none too small to be seen."""
        counts = [share.count for share in self._shares]
        shown = [count for count in counts if count]
        room -= _GAP * max(0, len(shown) - 1)
        total = sum(counts)
        if not total:
            return [0.0] * len(counts)
        widths = [max(_LEAST, room * count / total) if count else 0.0 for count in counts]
        over = sum(widths) - room
        largest = widths.index(max(widths))
        widths[largest] -= over
        return widths

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, 0, self.width(), _BAR), _BAR / 2, _BAR / 2)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(0, 0, self.width(), _BAR), color(theme().surface))
        x = 0.0
        for share, width in zip(self._shares, self.widths(self.width()), strict=True):
            if width:
                painter.fillRect(QRectF(x, 0, width, _BAR), color(self._colour(share)))
                x += width + _GAP
        painter.setClipping(False)
        for share, place in zip(self._shares, self._legend(self.width()), strict=True):
            self._paint_entry(painter, share, place)
        painter.end()

    def _paint_entry(self, painter: QPainter, share: Share, place: QPointF) -> None:
        height = self._line_height()
        count, wide, name = self._texts(share)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._colour(share)))
        painter.drawRoundedRect(
            QRectF(place.x(), place.y() + (height - _SQUARE) / 2, _SQUARE, _SQUARE), 2.5, 2.5
        )
        x = place.x() + _SQUARE + 7
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(font(bold=True))
        painter.setPen(color(theme().text))
        painter.drawText(QRectF(x, place.y(), wide + 2, height), middle, count)
        painter.setFont(font(Size.SMALL))
        painter.setPen(color(theme().muted))
        painter.drawText(QRectF(x + wide + 6, place.y(), name + 2, height), middle, share.name)

    @staticmethod
    def _colour(share: Share) -> str:
        colours = theme()
        if share.reason is None:
            return colours.accent
        light, dark = _COLOURS[share.reason]
        chosen = dark if colours.name == "dark" else light
        return colours.danger if chosen == "danger" else chosen
