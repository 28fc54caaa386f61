"""Paints the open requests: sections as cards, in them the requests with their platforms, their strip and their button."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from optoutdesk.services.due_requests import Due, DueGroup
from optoutdesk.ui import words, words_today
from optoutdesk.ui.models.due_lines import Kind, Line
from optoutdesk.ui.models.due_model import DueModel
from optoutdesk.ui.theme import Size, color, font, theme
from optoutdesk.ui.widgets.due_places import GAP, MARK_DONE, DueLayout, Part, RowPlaces
from optoutdesk.ui.widgets.icons import paint_icon
from optoutdesk.ui.widgets.strip import paint_strip
from optoutdesk.ui.widgets.table import paint_chip

_RADIUS = 10.0
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class Hot:
    """What the mouse is over, and whether it is pressed there."""

    row: int = -1
    part: Part | None = None
    pressed: bool = False


class DueDelegate(QStyledItemDelegate):
    """Paints a line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.layout: DueLayout | None = None
        self.hot = Hot()
        self.ring = -1
        """The line that has the keyboard; -1: none."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if self.layout is None or not isinstance(model, DueModel):
            return
        rect: QRect = option.rect
        line = model.line(index.row())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        last = index.row() + 1 == model.rowCount() or model.line(index.row() + 1).kind is Kind.HEAD
        if line.kind is Kind.HEAD and index.row():
            rect = rect.adjusted(0, GAP, 0, 0)
        card = QRect(rect.left(), rect.top(), self.layout.width, rect.height())
        chosen = line.due is not None and model.is_chosen(line.due)
        hot = self.hot.part if self.hot.row == index.row() else None
        self._paint_card(painter, card, line, last=last, chosen=chosen, hot=hot is not None)
        if line.kind is Kind.HEAD:
            self._paint_head(painter, card, line, hot, all_chosen=model.all_chosen(line.section))
        elif line.due is not None:
            self._paint_request(painter, card, line.due, hot, chosen=chosen)
        else:
            _text(painter, card.adjusted(16, 0, -16, 0), str(index.data()), font(Size.SMALL), theme().muted)
        if self.ring == index.row():
            painter.setPen(QPen(color(theme().accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(card).adjusted(3.5, 3.5, -3.5, -4.5), 7, 7)
        painter.restore()

    @staticmethod
    def _paint_card(
        painter: QPainter, card: QRect, line: Line, *, last: bool, chosen: bool, hot: bool
    ) -> None:
        """Paint this line's part of its card: round where the card begins and ends."""
        colours = theme()
        more = round(_RADIUS) * 2
        whole = QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5)
        whole.adjust(0, 0 if line.kind is Kind.HEAD else -more, 0, 0 if last else more)
        painter.save()
        painter.setClipRect(card)
        ground = colours.surface
        if chosen:
            ground = colours.accent_soft
        elif hot and line.kind is Kind.REQUEST:
            ground = colours.rail
        painter.setPen(QPen(color(colours.line), 1))
        painter.setBrush(color(ground))
        painter.drawRoundedRect(whole, _RADIUS, _RADIUS)
        painter.restore()
        if not last:
            painter.fillRect(card.left() + 1, card.bottom(), card.width() - 2, 1, color(colours.line))

    # -- heads

    def choose_all_rect(self, card: QRect, line: Line, *, all_chosen: bool) -> QRect:
        """Return where the link is that chooses the whole section; nowhere while rows have no boxes."""
        if self.layout is None or not self.layout.boxes:
            return QRect()
        text = words_today.choose_all(line.section.group.count, chosen=all_chosen)
        metrics = QFontMetrics(font(Size.SMALL, medium=True))
        width = metrics.horizontalAdvance(text) + 2
        return QRect(card.left() + self.layout.width - 16 - width, card.top(), width, card.height())

    def _paint_head(
        self, painter: QPainter, card: QRect, line: Line, hot: Part | None, *, all_chosen: bool
    ) -> None:
        colours = theme()
        assert self.layout is not None
        group = line.section.group
        x, many = card.left() + 16, self.layout.boxes
        if many:
            _paint_chevron(painter, QPointF(x + 5, card.center().y() + 0.5), folded=line.section.folded)
            x += 20
        title, letters = words_today.head(group, self.layout.today), font(bold=True)
        width = QFontMetrics(letters).horizontalAdvance(title)
        _text(painter, QRect(x, card.top(), width + 2, card.height()), title, letters, colours.text)
        x += width + 10
        link = self.choose_all_rect(card, line, all_chosen=all_chosen)
        if many:
            text = words_today.choose_all(group.count, chosen=all_chosen)
            letters = font(Size.SMALL, medium=True)
            letters.setUnderline(hot is Part.CHOOSE_ALL)
            _text(painter, link, text, letters, colours.accent)
        room = (link.left() - 12 if many else card.right() - 16) - x
        shown = self._beside_title(group, QFontMetrics(font(Size.SMALL)), room)
        _text(painter, QRect(x, card.top(), room, card.height()), shown, font(Size.SMALL), colours.muted)

    def _beside_title(self, group: DueGroup, metrics: QFontMetrics, room: int) -> str:
        """Return how many there are, and as much of what a section is about as there is room for."""
        assert self.layout is not None
        count = words_today.head_count(group) if self.layout.boxes else ""
        hints = (words_today.head_hint(group), words_today.head_hint(group, short=True), "")
        texts = [" · ".join(filter(None, [count, hint])) for hint in hints]
        return next((text for text in texts if metrics.horizontalAdvance(text) <= room), count)

    # -- requests

    def _paint_request(
        self, painter: QPainter, card: QRect, due: Due, hot: Part | None, *, chosen: bool
    ) -> None:
        layout, colours = self.layout, theme()
        assert layout is not None
        places = layout.places(card, due)
        if layout.boxes:
            _paint_box(painter, places.box, on=chosen)
        letters = font(medium=True)
        letters.setUnderline(hot is Part.ADDRESS)
        name = words.subject(due.request.kind, due.request.key)
        _text(painter, places.address, name, letters, colours.text, Qt.TextElideMode.ElideMiddle)
        facts = words_today.facts(due, layout.today)
        if due.assigned and places.assigned.isNull():
            facts = f"{facts} · {words_today.assigned(due.assigned)}"
        small = font(Size.SMALL)
        _text(painter, places.facts, facts, small, colours.muted)
        if not places.assigned.isNull():
            _text(painter, places.assigned, words_today.assigned(due.assigned), small, colours.muted)
        for chip in places.chips:
            paint_chip(painter, chip.rect, chip.text, chip.tone)
        self._paint_clock(painter, places, due)
        self._paint_button(painter, places.button, hot)

    def _paint_clock(self, painter: QPainter, places: RowPlaces, due: Due) -> None:
        layout, colours = self.layout, theme()
        assert layout is not None
        paint_strip(painter, QRectF(places.strip), due)
        small = font(Size.SMALL)
        _text(painter, places.left, words.days_left(due), small, colours.muted)
        if not places.target.isNull():
            text = words_today.own_target(due, layout.now, layout.zone)
            _text(painter, places.target, text if layout.wide else f" · {text}", small, colours.muted)
        day = words.day(due.request.due, layout.today)
        bold = font(Size.SMALL, bold=True)
        right = places.due if layout.wide else _at_the_right(places.due, day, bold)
        _text(painter, right, day, bold, colours.text)

    def _paint_button(self, painter: QPainter, rect: QRect, hot: Part | None) -> None:
        colours = theme()
        over = hot is Part.BUTTON
        ground = colours.line if over and self.hot.pressed else colours.hover if over else colours.surface
        painter.setPen(QPen(color(colours.edge), 1))
        painter.setBrush(color(ground))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        painter.setPen(color(colours.text))
        painter.setFont(font(Size.SMALL, medium=True))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), MARK_DONE)


def _text(
    painter: QPainter,
    rect: QRect,
    text: str,
    letters: QFont,
    ink: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Paint one line of text, shortened with dots where it does not fit."""
    painter.setFont(letters)
    painter.setPen(QColor(ink))
    painter.drawText(rect, _LEFT, QFontMetrics(letters).elidedText(text, elide, rect.width()))


def _at_the_right(rect: QRect, text: str, letters: QFont) -> QRect:
    """Return where a text ends where a rectangle does."""
    return rect.adjusted(max(0, rect.width() - QFontMetrics(letters).horizontalAdvance(text) - 1), 0, 0, 0)


def _paint_box(painter: QPainter, rect: QRect, *, on: bool) -> None:
    colours = theme()
    painter.setPen(QPen(color(colours.accent if on else colours.muted), 1))
    painter.setBrush(color(colours.accent if on else colours.surface))
    box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, 4, 4)
    if on:
        paint_icon(painter, box.adjusted(1, 1, -1, -1), f"check-{colours.name}")


def _paint_chevron(painter: QPainter, middle: QPointF, *, folded: bool) -> None:
    """Paint what says whether a section is folded: an arrow to the right, or down."""
    painter.setPen(QPen(color(theme().muted), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = middle.x(), middle.y()
    arrow = [(-2, -4), (2, 0), (-2, 4)] if folded else [(-4, -2), (0, 2), (4, -2)]
    painter.drawPolyline([QPointF(x + right, y + down) for right, down in arrow])
