"""The register as a table: any number of requests, fetched page by page in the look-up thread."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from optoutdesk.domain.requests import Kind
from optoutdesk.store import RegisterFilter, RegisterPage, RegisterRow
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.widgets.table import MUTED_ROLE, TONE_ROLE

PAGE = 200
_REFRESHED = 2_000
"""At most so many rows are read again at once when something changed; the others come as she scrolls."""

HEADERS = ("Address", "Received", "How", "List", "State", "Due")
ADDRESS, RECEIVED, HOW, LIST, STATE, DUE = range(len(HEADERS))

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Answer:
    """A page, and which question it answers."""

    question: int
    page: RegisterPage


class RegisterModel(QAbstractTableModel):
    """The rows of the register that a filter lets through, in the order in which the register gives them."""

    answered = Signal()
    """What was asked for last is there (its first page)."""
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: list[RegisterRow] = []
        self._after: Any = None
        """Where the next page begins; only the register knows what is in it."""
        self._question = 0
        """Counts what was asked; an answer to an earlier question is dropped."""
        self._asking = False
        self._fresh = True
        """Whether the answer under way replaces the rows or adds to them."""
        self.wanted = RegisterFilter()
        self._today = date.min
        self._soon = date.min

    # -- what is shown

    def show(self, wanted: RegisterFilter) -> None:
        """Ask for the rows of a filter; those on screen stay until the answer is there."""
        self.wanted = wanted
        self._ask(None, PAGE)

    def refresh(self) -> None:
        """Ask for the same rows again, as something changed."""
        self._ask(None, min(max(PAGE, len(self._rows)), _REFRESHED))

    def row(self, number: int) -> RegisterRow:
        """Return the register's line in a row."""
        return self._rows[number]

    def row_of(self, kind: Kind, key: str) -> int | None:
        """Return the first loaded row about an address or a domain."""
        about = (
            number
            for number, row in enumerate(self._rows)
            if (row.request.kind, row.request.key) == (kind, key)
        )
        return next(about, None)

    def rows_of(self, ids: Collection[int]) -> list[int]:
        """Return the loaded rows of some requests."""
        return [number for number, row in enumerate(self._rows) if row.request.id in ids]

    @property
    def asking(self) -> bool:
        """Whether an answer is under way."""
        return self._asking

    def _ask(self, after: Any, limit: int) -> None:
        self._question += 1
        self._asking = True
        self._fresh = after is None
        self._context.lookups.run(self._work(after, limit), done=self._take, failed=self._fail)

    def _work(self, after: Any, limit: int) -> Callable[[Any], _Answer | None]:
        question, wanted, register = self._question, self.wanted, self._context.desk.register

        def work(_report: Any) -> _Answer | None:
            if question != self._question:  # she typed on: not worth the search any more
                return None
            return _Answer(question, register.page(wanted, after, limit))

        return work

    def _take(self, answer: _Answer | None) -> None:
        if answer is None or answer.question != self._question:
            return
        self._asking = False
        self._after = answer.page.after
        if self._fresh:
            counting = self._context.desk.counting
            self._today = counting.today(self._context.now())
            self._soon = counting.soon(self._today)
            self.beginResetModel()
            self._rows = list(answer.page.rows)
            self.endResetModel()
            self.answered.emit()
        elif answer.page.rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(answer.page.rows) - 1)
            self._rows += answer.page.rows
            self.endInsertRows()

    def _fail(self, error: Exception) -> None:
        self._asking = False
        self.failed.emit(error)

    # -- Qt's questions

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._after is not None and not self._asking

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._ask(self._after, PAGE)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == TONE_ROLE:
            return self._state(row).tone if column == STATE else None
        if role == MUTED_ROLE:
            return column == DUE and not _counts(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == ADDRESS:
                return words.subject_in_full(row.request.kind, row.request.key)
            # A narrow column shortens it.
            return self._text(row, column) if column != STATE else words.state_hint(row)
        return None

    def _text(self, row: RegisterRow, column: int) -> str:
        request = row.request
        if column == ADDRESS:
            return words.subject(request.kind, request.key)
        if column == RECEIVED:
            return words.received_day(request.received)
        if column == HOW:
            return words.channel(request.channel)
        if column == LIST:
            return words.scope(request.scope)
        if column == STATE:
            return self._state(row).text
        return words.narrow_day(request.due, self._today) if _counts(row) else words.NONE

    def _state(self, row: RegisterRow) -> words.State:
        return words.state(row, self._today, self._soon)


def _counts(row: RegisterRow) -> bool:
    """Whether the due date of a request matters, or did: not when it was lifted or an earlier request counts."""
    request = row.request
    return (
        not row.lifted
        and request.withdrawn_at is None
        and request.has_clock
        and (row.open or row.verified or request.done_at is not None)
    )
