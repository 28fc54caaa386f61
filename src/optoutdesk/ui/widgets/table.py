"""A table as all screens show it: whole rows, thin lines, chips for states; colours follow the theme."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from optoutdesk.ui.theme import Size, font, theme, theme_changed
from optoutdesk.ui.widgets.basic import BY_KEYBOARD

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
"""accent, warning, danger, ok or plain: the cell's text is shown as a chip of that tone."""
MUTED_ROLE = Qt.ItemDataRole.UserRole + 2
"""True: the cell's text steps back."""
NOTE_ROLE = Qt.ItemDataRole.UserRole + 3
"""A second, smaller line below the cell's text; the table's rows must be tall (`set_tall`)."""

PADDING = 10
_ROW = 36
_CHIP_PADDING = 9

Index = QModelIndex | QPersistentModelIndex


def chip_size(text: str) -> QSize:
    """Return how much room a chip takes."""
    metrics = QFontMetrics(font(Size.SMALL))
    return QSize(metrics.horizontalAdvance(text) + 2 * _CHIP_PADDING, metrics.height() + 6)


def paint_chip(painter: QPainter, rect: QRect, text: str, tone: str, *, chosen: bool = False) -> None:
    """Paint a chip that fills a rectangle; `chosen`: on the ground of a chosen row."""
    colours = theme()
    ink, ground = colours.tone(tone)
    if chosen and tone == "accent":
        ground = colours.surface  # or it would not be seen
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colours.edge) if tone == "plain" else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    outline = rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(outline, outline.height() / 2, outline.height() / 2)
    painter.setPen(QColor(ink))
    painter.setFont(font(Size.SMALL))
    inside = rect.adjusted(_CHIP_PADDING - 1, 0, 1 - _CHIP_PADDING, 0)
    shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, inside.width())
    painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


def _paint_line(
    painter: QPainter, rect: QRect, text: str, letters: QFont, ink: QColor, alignment: Qt.AlignmentFlag
) -> None:
    """Paint one line of text, shortened with dots where it does not fit."""
    painter.setFont(letters)
    painter.setPen(ink)
    shown = QFontMetrics(letters).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag(alignment) | Qt.AlignmentFlag.AlignVCenter), shown)


class RowDelegate(QStyledItemDelegate):
    """Paints a cell: a line below it, its text or its chip, the chosen row in the soft accent."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        view = self.parent()
        painter.save()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, QColor(colours.accent_soft))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        if chosen and index.column() == 0 and isinstance(view, QWidget) and view.hasFocus():
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, QColor(colours.accent))
        self.initStyleOption(option, index)
        letters: QFont = option.font
        text = str(index.data() or "")
        tone = index.data(TONE_ROLE)
        inside = rect.adjusted(PADDING, 0, -PADDING, -1)
        if tone and text:
            size = chip_size(text).boundedTo(QSize(inside.width(), inside.height() - 4))
            top = inside.top() + (inside.height() - size.height()) // 2
            paint_chip(
                painter, QRect(inside.left(), top, size.width(), size.height()), text, tone, chosen=chosen
            )
        else:
            ink = QColor(colours.muted if index.data(MUTED_ROLE) else colours.text)
            alignment = index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft
            note = index.data(NOTE_ROLE)
            if note:
                small = font(Size.SMALL)
                upper, lower = QFontMetrics(letters).height(), QFontMetrics(small).height()
                inside.setTop(inside.top() + (inside.height() - upper - lower) // 2)
                below = QRect(inside.left(), inside.top() + upper, inside.width(), lower)
                inside.setHeight(upper)
                _paint_line(painter, below, str(note), small, QColor(colours.muted), alignment)
            _paint_line(painter, inside, text, letters, ink, alignment)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        text = str(index.data() or "")
        if index.data(TONE_ROLE):
            width = chip_size(text).width()
        else:
            width = QFontMetrics(option.font).horizontalAdvance(text)
        return QSize(width + 2 * PADDING + 1, _ROW)


class _Header(QHeaderView):
    """Small muted names above a line; nothing to press."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setFixedHeight(max(34, QFontMetrics(font(Size.SMALL)).height() + 18))
        self.setMinimumSectionSize(24)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's signature
        colours = theme()
        painter.save()
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        painter.setFont(font(Size.SMALL, medium=True))
        painter.setPen(QColor(colours.muted))
        model = self.model()
        text = str(model.headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = (
            model.headerData(logicalIndex, Qt.Orientation.Horizontal, role) or Qt.AlignmentFlag.AlignLeft
        )
        inside = rect.adjusted(PADDING, 0, -PADDING, -1)
        painter.drawText(inside, int(Qt.AlignmentFlag(alignment) | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class ListTable(QTableView):
    """A table of whole rows that is read and chosen from, never edited."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widths: dict[int, int] = {}
        """Of the columns of fixed width, whether hidden or not."""
        self.setAccessibleName(name)
        self.setHorizontalHeader(_Header(self))
        self.setItemDelegate(RowDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        # Fixed heights: a view of a million rows must not measure them.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_tall(False)
        # The card below shines through, with its round corners.
        self.setStyleSheet("QTableView, QHeaderView { background: transparent; border: none; }")
        theme_changed.connect(self._repaint)

    def set_columns(self, widest: Mapping[int, str], stretch: int, *, chips: Collection[int] = ()) -> None:
        """Make columns as wide as their widest usual text; `stretch` takes what is left."""
        header = self.horizontalHeader()
        letters = QFontMetrics(font())
        for column, text in widest.items():
            room = chip_size(text).width() if column in chips else letters.horizontalAdvance(text)
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self._widths[column] = room + 2 * PADDING + 2
            header.resizeSection(column, self._widths[column])
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def fixed_width(self, column: int) -> int:
        """Return the width of a column that does not stretch; 0 before it has one."""
        return self._widths.get(column, 0)

    def leave_out(self, room: int, usual: str, columns: Sequence[int]) -> None:
        """Hide as many of these columns, in this order, as it takes to show a usual text in the column that stretches."""
        left = room - QFontMetrics(font()).horizontalAdvance(usual) - 2 * PADDING - sum(self._widths.values())
        for column in columns:
            self.setColumnHidden(column, left < 0)
            left += self._widths[column] if left < 0 else 0

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        chosen: QItemSelectionModel | None = self.selectionModel()
        if chosen is None or chosen.hasSelection():
            return
        # Qt makes the first row the current one without showing it: the first Down would skip it.
        if event.reason() in BY_KEYBOARD and self.model().rowCount():
            self.selectRow(0)
        else:
            chosen.clearCurrentIndex()

    def set_tall(self, tall: bool) -> None:
        """Give each row room for one line of text, or for a note below it."""
        one = QFontMetrics(font()).height()
        note = QFontMetrics(font(Size.SMALL)).height()
        height = one + note + 13 if tall else max(_ROW, one + 18)
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)

    def _repaint(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()
