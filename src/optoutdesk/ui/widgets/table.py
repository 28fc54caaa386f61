"""A table as all screens show it: whole rows, thin lines, chips for states; colours follow the theme."""

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
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

TONE_ROLE = Qt.ItemDataRole.UserRole + 1
"""accent, warning, danger, ok or plain: the cell's text is shown as a chip of that tone."""
MUTED_ROLE = Qt.ItemDataRole.UserRole + 2
"""True: the cell's text steps back."""

PADDING = 12
_ROW = 36
_CHIP_PADDING = 9

Index = QModelIndex | QPersistentModelIndex


def chip_size(text: str) -> QSize:
    """Return how much room a chip takes."""
    metrics = QFontMetrics(font(Size.SMALL))
    return QSize(metrics.horizontalAdvance(text) + 2 * _CHIP_PADDING, metrics.height() + 6)


def paint_chip(painter: QPainter, rect: QRect, text: str, tone: str) -> None:
    """Paint a chip that fills a rectangle."""
    colours = theme()
    ink, ground = colours.tone(tone)
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


class RowDelegate(QStyledItemDelegate):
    """Paints a cell: a line below it, its text or its chip, the chosen row in the soft accent."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme()
        # PySide's stubs do not list the option's own members.
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        view = self.parent()
        painter.save()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, QColor(colours.accent_soft))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        if chosen and index.column() == 0 and isinstance(view, QWidget) and view.hasFocus():
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, QColor(colours.accent))
        self.initStyleOption(option, index)
        letters: QFont = option.font  # type: ignore[attr-defined]
        text = str(index.data() or "")
        tone = index.data(TONE_ROLE)
        inside = rect.adjusted(PADDING, 0, -PADDING, -1)
        if tone and text:
            size = chip_size(text).boundedTo(QSize(inside.width(), inside.height() - 4))
            top = inside.top() + (inside.height() - size.height()) // 2
            paint_chip(painter, QRect(inside.left(), top, size.width(), size.height()), text, tone)
        else:
            painter.setFont(letters)
            painter.setPen(QColor(colours.muted if index.data(MUTED_ROLE) else colours.text))
            alignment = index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft
            shown = QFontMetrics(letters).elidedText(text, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, int(Qt.AlignmentFlag(alignment) | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        text = str(index.data() or "")
        if index.data(TONE_ROLE):
            width = chip_size(text).width()
        else:
            width = QFontMetrics(option.font).horizontalAdvance(text)  # type: ignore[attr-defined]
        return QSize(width + 2 * PADDING + 1, _ROW)


class ListTable(QTableView):
    """A table of whole rows that is read and chosen from, never edited."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
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
        self.verticalHeader().setDefaultSectionSize(max(_ROW, self.fontMetrics().height() + 18))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setFixedHeight(max(34, self.fontMetrics().height() + 16))
        theme_changed.connect(self._repaint)

    def set_columns(self, widths: Mapping[int, int], stretch: int) -> None:
        """Fix the widths of some columns, in pixels at 100 %; one takes what is left."""
        header = self.horizontalHeader()
        for column, width in widths.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)

    def _repaint(self) -> None:
        self.viewport().update()
