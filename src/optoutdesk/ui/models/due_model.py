"""The open requests as one list of sections: any number of them, read page by page in the look-up thread."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from optoutdesk.services.due_requests import Due, DueFilter, DueGroup, GroupBy
from optoutdesk.ui import words, words_today
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.due_lines import Kind, Line, Section, below, lines_of
from optoutdesk.ui.models.parent import NO_PARENT

PAGE = 200
_REFRESHED = 2_000
"""At most so many requests are read again at once when something changed; the others come as she scrolls."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Read:
    """Requests of one section: how many are wanted, and what was read."""

    rows: tuple[Due, ...]
    after: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """All sections, and which question they answer."""

    question: int
    groups: Sequence[DueGroup]
    pages: Mapping[str, _Read]
    """By the section's key; the others are read when they come in sight."""
    still_open: frozenset[int]
    """Of the chosen requests, those that are still in the list."""


class DueModel(QAbstractTableModel):
    """Heads of sections, requests below them, and a line for what is still to be read.

    Which requests are chosen is kept here, by id: a whole section can be chosen before it is read.
    """

    answered = Signal()
    """What was asked for last is there."""
    choice_changed = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.by = GroupBy.URGENCY
        self.wanted = DueFilter()
        self.sections: list[Section] = []
        self._lines: list[Line] = []
        self._chosen: set[int] = set()
        self._folded: set[str] = set()
        self._question = 0
        """Counts what was asked; an answer to an earlier question is dropped."""
        self.asking = False

    # -- what is shown

    def show(self, by: GroupBy, wanted: DueFilter) -> None:
        """Ask for the requests of a filter in other sections; those on screen stay until the answer is there."""
        if by is not self.by:
            self._folded.clear()
        self.by, self.wanted = by, wanted
        self._ask({})

    def refresh(self) -> None:
        """Ask for the same again, as something changed."""
        self._ask({section.key: len(section.rows) for section in self.sections})

    def line(self, row: int) -> Line:
        """Return a line."""
        return self._lines[row]

    def lines(self) -> Sequence[Line]:
        """Return all lines."""
        return self._lines

    def due(self, index: Index) -> Due | None:
        """Return the request of a line; None for any other line."""
        return self._lines[index.row()].due if index.isValid() else None

    def row_of(self, request_id: int) -> int | None:
        """Return the first line of a request that was read."""
        return next(
            (row for row, line in enumerate(self._lines) if line.due and line.due.request.id == request_id),
            None,
        )

    def row_of_section(self, key: str) -> int | None:
        """Return the line of a section's head."""
        row = 0
        for section in self.sections:
            if section.key == key:
                return row
            row += section.height
        return None

    # -- reading

    def _ask(self, loaded: Mapping[str, int]) -> None:
        """Ask for all sections, each as far as it was `loaded`; of a new list for what is in sight at first."""
        self._question += 1
        self.asking = True
        self._context.lookups.run(self._work(loaded), done=self._take, failed=self._fail)

    def _work(self, loaded: Mapping[str, int]) -> Callable[[Any], _Answer | None]:
        question, by, wanted, chosen = self._question, self.by, self.wanted, frozenset(self._chosen)
        folded, service, now = frozenset(self._folded), self._context.desk.due_requests, self._context.now()

        def work(_report: Any) -> _Answer | None:
            if question != self._question:  # something else was asked meanwhile
                return None
            groups = service.groups(now, by, wanted)
            pages: dict[str, _Read] = {}
            first, most = PAGE, _REFRESHED
            for group in groups:
                there = loaded.get(group.key, 0)
                if group.key in folded or most <= 0 or (first <= 0 and not there):
                    continue
                page = service.page(now, group, wanted, None, min(max(PAGE, there), most))
                pages[group.key] = _Read(page.requests, page.after)
                first -= len(page.requests)
                most -= len(page.requests)
            still = chosen.intersection(service.ids(now, None, wanted)) if chosen else chosen
            return _Answer(question, groups, pages, still)

        return work

    def _take(self, answer: _Answer | None) -> None:
        if answer is None or answer.question != self._question:
            return
        self.asking = False
        self.beginResetModel()
        self.sections = [self._section(group, answer.pages.get(group.key)) for group in answer.groups]
        self._lines = [line for section in self.sections for line in lines_of(section)]
        changed = self._chosen != answer.still_open
        self._chosen = set(answer.still_open)
        self.endResetModel()
        self.answered.emit()
        if changed:
            self.choice_changed.emit()

    def _section(self, group: DueGroup, read: _Read | None) -> Section:
        folded = group.key in self._folded
        if read is None:
            return Section(group, folded=folded)
        return Section(group, list(read.rows), read.after, complete=read.after is None, folded=folded)

    def _fail(self, error: Exception) -> None:
        self.asking = False
        for section in self.sections:
            section.asking = False
        self.failed.emit(error)

    def fetch(self, section: Section) -> None:
        """Read the next page of a section."""
        if section.complete or section.asking or self.asking or section.folded:
            return
        section.asking = True
        service, now, wanted, after = (
            self._context.desk.due_requests,
            self._context.now(),
            self.wanted,
            section.after,
        )
        question = self._question

        def work(_report: Any) -> tuple[int, Section, _Read] | None:
            if question != self._question:
                return None
            page = service.page(now, section.group, wanted, after, PAGE)
            return question, section, _Read(page.requests, page.after)

        self._context.lookups.run(work, done=self._take_page, failed=self._fail)

    def _take_page(self, answer: tuple[int, Section, _Read] | None) -> None:
        if answer is None or answer[0] != self._question:
            return
        _, section, read = answer
        section.asking = False
        head = self.row_of_section(section.key)
        shown = head is not None and not section.folded
        first = (head or 0) + 1 + len(section.rows)
        more = first + len(read.rows)
        if shown and read.rows:
            self.beginInsertRows(QModelIndex(), first, more - 1)
            self._lines[first:first] = [Line(Kind.REQUEST, section, due) for due in read.rows]
            self.endInsertRows()
        section.rows += (
            read.rows
        )  # only now: the last line, which tells how many there are, must not change unsaid
        section.after = read.after
        if shown and read.after is not None:
            self._tell([more])
        elif shown:
            self.beginRemoveRows(QModelIndex(), more, more)
            del self._lines[more]
        section.complete = read.after is None
        if shown and read.after is None:
            self.endRemoveRows()

    # -- folding

    def fold(self, section: Section, *, folded: bool) -> None:
        """Hide a section's requests below its head, or show them again."""
        head = self.row_of_section(section.key)
        if head is None or section.folded == folded:
            return
        hidden = [*below(section)]
        first, last = head + 1, head + len(hidden)
        if folded:
            self._folded.add(section.key)
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._lines[first : last + 1]
            section.folded = True
            self.endRemoveRows()
        else:
            self._folded.discard(section.key)
            self.beginInsertRows(QModelIndex(), first, last)
            self._lines[first:first] = hidden
            section.folded = False
            self.endInsertRows()
        self._tell([head])

    # -- choosing

    @property
    def chosen(self) -> frozenset[int]:
        """The ids of the chosen requests."""
        return frozenset(self._chosen)

    def is_chosen(self, due: Due) -> bool:
        """Whether a request is chosen."""
        return due.request.id in self._chosen

    def choose(self, ids: Collection[int], *, on: bool) -> None:
        """Choose requests, or choose them no longer."""
        before = len(self._chosen)
        if on:
            self._chosen.update(ids)
        else:
            self._chosen.difference_update(ids)
        if len(self._chosen) != before:
            self._tell(range(len(self._lines)))
            self.choice_changed.emit()

    def choose_none(self) -> None:
        """Choose nothing any more."""
        self.choose(frozenset(self._chosen), on=False)

    def choose_all(self, section: Section | None = None, *, on: bool = True) -> None:
        """Choose all requests of a section, or of the whole list, whether they were read or not."""
        if section is not None and section.complete:
            self.choose([due.request.id for due in section.rows], on=on)
            return
        service, now, wanted = self._context.desk.due_requests, self._context.now(), self.wanted
        group, question = section.group if section is not None else None, self._question

        def work(_report: Any) -> tuple[int, list[int], bool]:
            return question, service.ids(now, group, wanted), on

        self._context.lookups.run(work, done=self._take_ids, failed=self._fail)

    def _take_ids(self, answer: tuple[int, list[int], bool]) -> None:
        question, ids, on = answer
        if question == self._question:  # else the list is another one by now
            self.choose(ids, on=on)

    def all_chosen(self, section: Section) -> bool:
        """Whether everything in a section is chosen, as far as what was read of it tells."""
        if not section.rows or (not section.complete and len(self._chosen) < section.group.count):
            return False
        return all(due.request.id in self._chosen for due in section.rows)

    def _tell(self, rows: Sequence[int]) -> None:
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], 0))

    # -- Qt's questions

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        given = super().flags(index)
        if index.isValid() and self._lines[index.row()].kind is Kind.REQUEST:
            given |= Qt.ItemFlag.ItemIsUserCheckable
        return given

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(line)
        if role == Qt.ItemDataRole.CheckStateRole and line.due is not None:
            return Qt.CheckState.Checked if self.is_chosen(line.due) else Qt.CheckState.Unchecked
        return None

    def _text(self, line: Line) -> str:
        if line.due is not None:
            return words.subject(line.due.request.kind, line.due.request.key)
        if line.kind is Kind.HEAD:
            return words_today.head(line.section.group, self._context.today())
        return words_today.more(len(line.section.rows), line.section.group.count)

    def _spoken(self, line: Line) -> str:
        """Return what a screen reader says of a line."""
        context = self._context
        if line.due is not None:
            return words_today.spoken(line.due, context.now(), context.zone, chosen=self.is_chosen(line.due))
        if line.kind is Kind.HEAD:
            return words_today.head_spoken(line.section.group, context.today(), folded=line.section.folded)
        return self._text(line)
