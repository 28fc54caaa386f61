"""Every address found in a text: each with a box to tick and what is known of it; what is none, with the reason."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from optoutdesk.domain.requests import Kind
from optoutdesk.services.record_optout import Findings, Found
from optoutdesk.ui import words
from optoutdesk.ui.theme import Size, color, font, theme, theme_changed
from optoutdesk.ui.widgets.icons import paint_icon

ROW = 38
SHOWN = 4
"""Rows shown before the list scrolls."""

_CHIP = Qt.ItemDataRole.UserRole
_TONE = Qt.ItemDataRole.UserRole + 1
_FOUND = Qt.ItemDataRole.UserRole + 2


class _Row(QStyledItemDelegate):
    """Paints a row: box, address, chip."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = theme()
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(color(colours.accent), 1.5))
            painter.drawRoundedRect(QRectF(area).adjusted(2.5, 2.5, -2.5, -2.5), 6, 6)
        if index.row():
            painter.setPen(QPen(color(colours.line), 1))
            painter.drawLine(area.left(), area.top(), area.right(), area.top())
        checked = index.data(Qt.ItemDataRole.CheckStateRole)
        if checked is not None:
            self._paint_box(painter, area, on=Qt.CheckState(checked) == Qt.CheckState.Checked)
        right = self._paint_chip(painter, area, index.data(_CHIP), index.data(_TONE))
        painter.setFont(font(medium=checked is not None))
        painter.setPen(color(colours.text if checked is not None else colours.muted))
        left = area.left() + 38
        room = QRect(left, area.top(), right - 12 - left, area.height())
        text = QFontMetrics(painter.font()).elidedText(
            index.data(), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    @staticmethod
    def _paint_box(painter: QPainter, area: QRect, *, on: bool) -> None:
        colours = theme()
        box = QRectF(area.left() + 12.5, area.center().y() - 7, 15, 15)
        painter.setPen(QPen(color(colours.accent if on else colours.muted), 1))
        painter.setBrush(color(colours.accent if on else colours.surface))
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if on:
            paint_icon(painter, box.adjusted(1, 1, -1, -1), f"check-{colours.name}")

    @staticmethod
    def _paint_chip(painter: QPainter, area: QRect, text: str, tone: str) -> int:
        """Paint the chip at the right and return where it begins."""
        colours = theme()
        ink, ground = colours.tone(tone)
        painter.setFont(font(Size.SMALL))
        room = area.width() * 6 // 10
        text = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 18
        place = QRectF(area.right() - 12 - width, area.center().y() - 9.5, width, 20)
        painter.setPen(QPen(color(colours.edge)) if tone == "plain" else Qt.PenStyle.NoPen)
        painter.setBrush(color(ground))
        painter.drawRoundedRect(place, 10, 10)
        painter.setPen(color(ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        return round(place.left())


class FoundList(QListWidget):
    """The list; Space ticks a row. What she ticked or unticked stays so while she goes on typing."""

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Addresses found")
        self.setProperty("role", "boxed")
        self.setItemDelegate(_Row(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self._choices: dict[tuple[Kind, str], bool] = {}
        self.itemClicked.connect(self._toggle)
        self.itemChanged.connect(self._on_changed)
        theme_changed.connect(self.viewport().update)

    def show_findings(self, findings: Findings) -> None:
        """List what was found; new ones are ticked, known ones and her own are not."""
        self.blockSignals(True)
        self.clear()
        for found in findings.entries:
            chip, tone = _standing(found)
            item = QListWidgetItem(words.subject(found.kind, found.key))
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
            )
            wanted = self._choices.get((found.kind, found.key), found.already is None and not found.own)
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
            item.setData(_CHIP, chip)
            item.setData(_TONE, tone)
            item.setData(_FOUND, found)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {chip}")
            self.addItem(item)
        for text, problem in findings.problems:
            item = QListWidgetItem(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setToolTip(f"{text}\n{problem}")
            item.setData(_CHIP, words.problem(problem))
            item.setData(_TONE, "warning")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}: {words.problem(problem)}")
            self.addItem(item)
        if self.count():
            self.setCurrentRow(0)
        self.blockSignals(False)
        self.setFixedHeight(min(self.count(), SHOWN) * ROW + (ROW // 2 if self.count() > SHOWN else 0) + 2)
        self.setVisible(bool(self.count()))
        self.ticked.emit()

    def chosen(self) -> Sequence[Found]:
        """Return the ticked ones."""
        items = [self.item(row) for row in range(self.count())]
        return [item.data(_FOUND) for item in items if item.checkState() == Qt.CheckState.Checked]

    def tick(self, row: int, *, on: bool) -> None:
        """Tick or untick a row."""
        self.item(row).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _toggle(self, item: QListWidgetItem) -> None:
        # The box itself toggles by Qt's own doing only where the style paints it; here the whole row is the box.
        if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            on = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _on_changed(self, item: QListWidgetItem) -> None:
        found: Found | None = item.data(_FOUND)
        if found is not None:
            self._choices[found.kind, found.key] = item.checkState() == Qt.CheckState.Checked
            self.ticked.emit()


def _standing(found: Found) -> tuple[str, str]:
    """Return what is known of an address, and the tone of its chip."""
    if found.own:
        return "Your own address", "plain"
    if found.already is not None:
        return f"Already since {words.short_date(found.already.received.day)}", "plain"
    return ("Whole domain, new" if found.kind is Kind.DOMAIN else "New"), "accent"
