"""How the open requests are laid out: only what is in sight is painted, and only what comes near it is read."""

from collections import Counter

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QToolTip, QWidget

from optoutdesk.ui import words, words_today
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.due_lines import Kind, Line
from optoutdesk.ui.models.due_model import DueModel
from optoutdesk.ui.theme import theme_changed
from optoutdesk.ui.widgets.due_delegate import DueDelegate, Hot
from optoutdesk.ui.widgets.due_places import GAP, DueLayout, Part

_AHEAD = 600
"""Pixels below what is in sight within which more is read."""

Index = QModelIndex | QPersistentModelIndex


class DueView(QTableView):
    """The list as it is seen; what the mouse and the keys do in it is DueList's."""

    def __init__(self, context: Context, gutter: int, parent: QWidget | None = None) -> None:
        """`gutter`: pixels at the right that the cards leave free, for the scroll bar."""
        super().__init__(parent)
        self._context = context
        self._gutter = gutter
        self._many = False
        self.rows = DueModel(context, self)
        self._delegate = DueDelegate(self)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self._look()
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.setInterval(0)
        self._reading.timeout.connect(self._read_on)
        self.verticalScrollBar().valueChanged.connect(self._read_soon)
        self.rows.modelReset.connect(self._lay_out)
        self.rows.rowsInserted.connect(self._on_inserted)
        self.rows.rowsRemoved.connect(self._read_soon)
        self.rows.choice_changed.connect(self._on_choice)
        theme_changed.connect(self.viewport().update)

    def _look(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)  # Tab leaves the list
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        # Every line is told its height: a view of 20,000 must not measure them.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self.setStyleSheet("QTableView { background: transparent; border: none; }")

    # -- sizes

    @property
    def many(self) -> bool:
        """Whether there are enough requests for boxes to tick and folding."""
        return self._many

    def show_many(self, many: bool) -> None:
        """Say whether there are enough requests for boxes to tick and folding."""
        if many != self._many:
            self._many = many
            self._lay_out()

    @property
    def places(self) -> DueLayout | None:
        """Where the parts of a row go."""
        return self._delegate.layout

    def _lay_out(self) -> None:
        """Work out the columns that all rows share, and how high each line is."""
        layout = self._new_layout()
        layout.measure([line.due for line in self.rows.lines() if line.due is not None])
        self._delegate.layout = layout
        self._delegate.hot = Hot()
        self._set_heights(0, self.rows.rowCount())
        self._read_soon()
        self.viewport().update()

    def _new_layout(self) -> DueLayout:
        context = self._context
        return DueLayout(
            width=max(0, self.width() - self._gutter),
            boxes=self._many or bool(self.rows.chosen),
            dense=self._many,
            now=context.now(),
            zone=context.zone,
            today=context.today(),
        )

    def _fit(self) -> None:
        """Take another width: heights change only where rows are laid out otherwise, and the texts are the same."""
        before, layout = self._delegate.layout, self._new_layout()
        if before is None:
            self._lay_out()
            return
        layout.chips_width, layout.due_width = before.chips_width, before.due_width
        self._delegate.layout = layout
        if layout.wide != before.wide or layout.now.date() != before.now.date():
            self._set_heights(0, self.rows.rowCount())
        self.viewport().update()

    def _set_heights(self, first: int, last: int) -> None:
        """Tell lines their heights; one relay at the end, not one for each."""
        layout, header = self._delegate.layout, self.verticalHeader()
        if layout is None:
            return
        heights = [self._height(layout, row, self.rows.line(row)) for row in range(first, last)]
        header.blockSignals(True)
        if heights and len(heights) == self.rows.rowCount():
            # The usual one for all of them at once: of thousands only the others are told one by one.
            header.setDefaultSectionSize(Counter(heights).most_common(1)[0][0])
        for row, height in enumerate(heights, first):
            if header.sectionSize(row) != height:
                header.resizeSection(row, height)
        header.blockSignals(False)
        self.updateGeometries()

    @staticmethod
    def _height(layout: DueLayout, row: int, line: Line) -> int:
        if line.kind is Kind.HEAD:
            return layout.head_height + (GAP if row else 0)
        return layout.height(line.due) if line.due is not None else layout.more_height

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        layout = self._delegate.layout
        if layout is None:
            return
        widths = layout.chips_width, layout.due_width
        layout.measure([line.due for line in self.rows.lines()[first : last + 1] if line.due is not None])
        self._set_heights(first, last + 1)
        if widths != (layout.chips_width, layout.due_width):
            self.viewport().update()
        self._read_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
        self._read_soon()

    def _read_soon(self, *_how: object) -> None:
        # By itself `start` would take a scroll bar's value for a time to wait.
        self._reading.start()

    def _read_on(self) -> None:
        """Read more of a section when its end comes in sight."""
        bottom = self.viewport().height() + _AHEAD
        for row in range(max(0, self.rowAt(0)), self.rows.rowCount()):
            if self.rowViewportPosition(row) > bottom:
                break
            line = self.rows.line(row)
            if line.kind is Kind.MORE:
                self.rows.fetch(line.section)

    def _on_choice(self) -> None:
        layout = self._delegate.layout
        if layout is not None and layout.boxes != (self._many or bool(self.rows.chosen)):
            self._lay_out()  # the first choice of a short list brings the boxes
        self.viewport().update()

    # -- what is where

    def _rect(self, row: int) -> QRect:
        """Return where a line's card part is, without the gap above it."""
        rect = QRect(0, self.rowViewportPosition(row), self.width() - self._gutter, self.rowHeight(row))
        return rect.adjusted(0, GAP, 0, 0) if row and self.rows.line(row).kind is Kind.HEAD else rect

    def _at(self, point: QPoint) -> tuple[int, Part | None]:
        """Return the line and the part of it at a point of the viewport."""
        row, layout = self.rowAt(point.y()), self._delegate.layout
        if row < 0 or layout is None:
            return -1, None
        rect, line = self._rect(row), self.rows.line(row)
        if not rect.contains(point):
            return -1, None
        if line.due is not None:
            part = layout.places(rect, line.due).part_at(point)
            return row, Part.ROW if part is Part.BOX and not layout.boxes else part
        if line.kind is Kind.HEAD:
            link = self._delegate.choose_all_rect(rect, line, all_chosen=self.rows.all_chosen(line.section))
            return row, Part.CHOOSE_ALL if link.contains(point) else Part.HEAD
        return row, None

    def part_rect(self, row: int, part: Part) -> QRect:
        """Return where a part of a line is in the viewport."""
        layout, line, rect = self._delegate.layout, self.rows.line(row), self._rect(row)
        if layout is None or line.due is None:
            assert part in (Part.HEAD, Part.CHOOSE_ALL)
            link = self._delegate.choose_all_rect(rect, line, all_chosen=self.rows.all_chosen(line.section))
            return link if part is Part.CHOOSE_ALL else rect
        places = layout.places(rect, line.due)
        return {
            Part.BOX: places.box,
            Part.ADDRESS: places.address,
            Part.BUTTON: places.button,
            Part.STRIP: places.strip,
            Part.CHIPS: places.chips[0].rect if places.chips else QRect(),
        }.get(part, rect)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.explain(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def explain(self, point: QPoint) -> str:
        """Return the tooltip at a point of the viewport."""
        row, part = self._at(point)
        due = self.rows.line(row).due if row >= 0 else None
        layout = self._delegate.layout
        if layout is None:
            return ""
        if due is None:
            return words_today.head_hint(self.rows.line(row).section.group) if row >= 0 else ""
        if part is Part.ADDRESS:
            return words.subject_in_full(due.request.kind, due.request.key)
        if part is Part.CHIPS:
            return "\n".join(words_today.task_in_words(task, layout.zone, layout.today) for task in due.tasks)
        if part is Part.STRIP:
            return words.strip_in_words(due, layout.today)
        if part is Part.BUTTON:
            return "D"
        return words_today.row_in_full(due, layout.today)
