"""Where everything of a line of the open requests goes: for painting it, for the mouse, and for how high it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from functools import cached_property

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetrics

from optoutdesk.domain.platforms import Task, TaskState
from optoutdesk.services.due_requests import Due
from optoutdesk.ui import words, words_today
from optoutdesk.ui.theme import Size, font
from optoutdesk.ui.widgets.strip import HEIGHT as STRIP_HEIGHT
from optoutdesk.ui.widgets.strip import MAX_WIDTH as STRIP_WIDTH
from optoutdesk.ui.widgets.table import chip_size

WIDE = 700
"""Pixels of a card from which on everything stands side by side."""
GAP = 16
"""Above every card but the first."""
_MARGIN = 16
_PADDING = 10
"""Above and below what stands in a row."""
_BETWEEN = 14
_CHIP_GAP = 6
_BOX = 15
_BOX_ROOM = _BOX + 11
_MOST_CHIPS, _MOST_DENSE = 3, 2
"""Chips of a row below each other; fewer where there are many rows."""
_CHIPS_AT_MOST = 116
"""A longer name of a platform is shortened."""
MARK_DONE = "Mark done"


class Part(Enum):
    """What the mouse can be over."""

    ROW = auto()
    BOX = auto()
    ADDRESS = auto()
    BUTTON = auto()
    CHIPS = auto()
    STRIP = auto()
    HEAD = auto()
    CHOOSE_ALL = auto()


@dataclass(frozen=True, slots=True)
class ChipPlace:
    """One chip of a row."""

    rect: QRect
    text: str
    tone: str


@dataclass(slots=True)
class RowPlaces:
    """Where the parts of one request go."""

    box: QRect
    address: QRect
    facts: QRect
    assigned: QRect
    chips: list[ChipPlace]
    strip: QRect
    left: QRect
    target: QRect
    due: QRect
    button: QRect

    def part_at(self, point: QPoint) -> Part:
        """Return what is at a point."""
        if self.box.adjusted(-8, -8, 5, 8).contains(point):
            return Part.BOX
        if self.button.contains(point):
            return Part.BUTTON
        if self.address.contains(point):
            return Part.ADDRESS
        if any(chip.rect.contains(point) for chip in self.chips):
            return Part.CHIPS
        clock = self.strip.united(self.left).united(self.due)
        return Part.STRIP if clock.contains(point) else Part.ROW


@dataclass
class DueLayout:
    """What all rows share: the card's width, whether rows have a box to tick, and the widths of their columns."""

    width: int
    boxes: bool
    dense: bool
    """There are many rows: they are lower."""
    now: datetime
    zone: str
    today: date
    chips_width: int = 0
    due_width: int = 0
    _heights: dict[tuple[int, int, int], int] = field(default_factory=dict)

    @property
    def wide(self) -> bool:
        """Whether everything stands side by side; else the clock stands below the address."""
        return self.width >= WIDE

    @property
    def _most_chips(self) -> int:
        return _MOST_DENSE if self.dense else _MOST_CHIPS

    @cached_property
    def _lines(self) -> tuple[int, int]:
        """The heights of a usual and of a small line of text."""
        return QFontMetrics(font(medium=True)).height(), QFontMetrics(font(Size.SMALL)).height()

    # -- heads

    @property
    def head_height(self) -> int:
        """How high a head is, without the gap above it."""
        return QFontMetrics(font(bold=True)).height() + 26

    @property
    def more_height(self) -> int:
        """How high the line is that stands for what is not read yet."""
        return self._lines[1] + 26

    # -- rows

    def height(self, due: Due) -> int:
        """Return how high a request's row is."""
        chips = min(len(due.tasks), self._most_chips)
        key = (chips, bool(due.assigned), words_today.has_own_target(due))
        if key not in self._heights:
            self._heights[key] = self._height(chips, assigned=key[1], target=key[2])
        return self._heights[key]

    def _height(self, chips: int, *, assigned: bool, target: bool) -> int:
        line, small = self._lines
        if not self.wide:
            strip = max(STRIP_HEIGHT, chip_size("x").height() if chips else 0)
            return _PADDING + max(line + 2 + small, self._button[1]) + 7 + strip + 3 + small + _PADDING + 1
        left = line + 2 + small + ((small + 1) if assigned else 0)
        clock = STRIP_HEIGHT + 4 + small + ((small + 1) if target else 0)
        stacked = chips * chip_size("x").height() + max(0, chips - 1) * _CHIP_GAP
        return max(left, clock, stacked, self._button[1]) + 2 * _PADDING + 1

    @cached_property
    def _button(self) -> tuple[int, int]:
        metrics = QFontMetrics(font(Size.SMALL, medium=True))
        return metrics.horizontalAdvance(MARK_DONE) + 22, metrics.height() + 12

    def measure(self, dues: Sequence[Due]) -> None:
        """Make the columns of chips and due dates as wide as these requests need; they never become narrower."""
        bold = QFontMetrics(font(Size.SMALL, bold=True))
        for day in {due.request.due for due in dues}:
            self.due_width = max(self.due_width, bold.horizontalAdvance(words.day(day, self.today)) + 4)
        texts = {words_today.task(task) for due in dues for task in due.tasks}
        if any(len(due.tasks) > self._most_chips for due in dues):
            texts |= {"+2 more", "2 done ✓"}
        for text in texts:
            self.chips_width = max(self.chips_width, min(chip_size(text).width() + 1, _CHIPS_AT_MOST))

    def places(self, rect: QRect, due: Due) -> RowPlaces:
        """Return where the parts of a request go in its row (without the gap beside the card)."""
        return self._wide_places(rect, due) if self.wide else self._narrow_places(rect, due)

    def _box(self, rect: QRect, top: int) -> QRect:
        return QRect(rect.left() + _MARGIN, top, _BOX, _BOX) if self.boxes else QRect()

    def _wide_places(self, rect: QRect, due: Due) -> RowPlaces:
        line, small = self._lines
        right, middle = rect.left() + self.width - _MARGIN, rect.top() + rect.height() // 2
        wide, high = self._button
        button = QRect(right - wide, middle - high // 2, wide, high)
        day = QRect(button.left() - _BETWEEN - self.due_width, rect.top(), self.due_width, rect.height())
        target = words_today.has_own_target(due)
        clock = STRIP_HEIGHT + 4 + small + ((small + 1) if target else 0)
        top, clock_left = middle - clock // 2, day.left() - _BETWEEN - STRIP_WIDTH
        strip = QRect(clock_left, top, STRIP_WIDTH, STRIP_HEIGHT)
        left = QRect(clock_left, strip.bottom() + 5, STRIP_WIDTH, small)
        below = QRect(clock_left, left.bottom() + 2, STRIP_WIDTH, small) if target else QRect()
        chips_left = clock_left - _BETWEEN - self.chips_width if self.chips_width else clock_left
        chips = self._stacked(due.tasks, chips_left, middle)
        start = rect.left() + _MARGIN + (_BOX_ROOM if self.boxes else 0)
        room = chips_left - _BETWEEN - start
        block = line + 2 + small + ((small + 1) if due.assigned else 0)
        address = QRect(start, middle - block // 2, room, line)
        facts = QRect(start, address.bottom() + 3, room, small)
        assigned = QRect(start, facts.bottom() + 2, room, small) if due.assigned else QRect()
        box = self._box(rect, middle - _BOX // 2)
        return RowPlaces(box, address, facts, assigned, chips, strip, left, below, day, button)

    def _narrow_places(self, rect: QRect, due: Due) -> RowPlaces:
        line, small = self._lines
        right = rect.left() + self.width - _MARGIN
        start = rect.left() + _MARGIN + (_BOX_ROOM if self.boxes else 0)
        wide, high = self._button
        upper, top = max(line + 2 + small, high), rect.top() + _PADDING
        button = QRect(right - wide, top + (upper - high) // 2, wide, high)
        room = button.left() - _BETWEEN - start
        address = QRect(start, top, room, line)
        facts = QRect(start, address.bottom() + 3, room, small)
        chip = chip_size("x").height() if due.tasks else 0
        band = max(STRIP_HEIGHT, chip)
        strip_top = top + upper + 7 + (band - STRIP_HEIGHT) // 2
        strip = QRect(start, strip_top, STRIP_WIDTH, STRIP_HEIGHT)
        chips = self._in_a_line(due.tasks, strip.right() + _BETWEEN, right, top + upper + 7, band)
        last = top + upper + 7 + band + 3
        day = QRect(right - self.due_width, last, self.due_width, small)
        letters = QFontMetrics(font(Size.SMALL))
        left = QRect(start, last, letters.horizontalAdvance(words.days_left(due)) + 2, small)
        target = QRect(left.right() + 1, last, day.left() - _BETWEEN - left.right(), small)
        if not words_today.has_own_target(due):
            target = QRect()
        box = self._box(rect, address.top() + (line - _BOX) // 2)
        return RowPlaces(box, address, facts, QRect(), chips, strip, left, target, day, button)

    # -- chips

    def _stacked(self, tasks: Sequence[Task], left: int, middle: int) -> list[ChipPlace]:
        """Return the chips of a row one below the other; of many the last one says how many more there are."""
        shown = _ordered(tasks)
        texts = [(words_today.task(task), words_today.task_tone(task)) for task in shown]
        most = self._most_chips
        if len(texts) > most:
            texts = [*texts[: most - 1], _rest(shown[most - 1 :])]
        high = chip_size("x").height()
        top = middle - (len(texts) * high + max(0, len(texts) - 1) * _CHIP_GAP) // 2
        places = []
        for text, tone in texts:
            width = min(chip_size(text).width() + 1, self.chips_width)
            places.append(ChipPlace(QRect(left, top, width, high), text, tone))
            top += high + _CHIP_GAP
        return places

    def _in_a_line(
        self, tasks: Sequence[Task], left: int, right: int, top: int, band: int
    ) -> list[ChipPlace]:
        """Return the chips of a row side by side, as many as there is room for."""
        shown = _ordered(tasks)
        for many in range(len(shown), -1, -1):
            texts = [(words_today.task(task), words_today.task_tone(task)) for task in shown[:many]]
            if many < len(shown):
                texts.append(_rest(shown[many:]))
            widths = [min(chip_size(text).width() + 1, _CHIPS_AT_MOST) for text, _ in texts]
            if left + sum(widths) + (len(texts) - 1) * 6 <= right or many == 0:
                break
        high, x = chip_size("x").height(), right - sum(widths) - max(0, len(texts) - 1) * 6
        places = []
        for (text, tone), width in zip(texts, widths, strict=True):
            places.append(ChipPlace(QRect(x, top + (band - high) // 2, width, high), text, tone))
            x += width + 6
        return places


def _ordered(tasks: Sequence[Task]) -> list[Task]:
    """Return what is still to be done first."""
    return sorted(tasks, key=lambda task: task.state is not TaskState.OPEN)


def _rest(tasks: Sequence[Task]) -> tuple[str, str]:
    """Return the chip that stands for several."""
    if any(task.state is TaskState.OPEN for task in tasks):
        return f"+{len(tasks)} more", "warning"
    return f"{len(tasks)} done ✓", "ok"
