"""The people of a comparison as a table: those of one or several figures, fetched page by page in the look-up thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from optoutdesk.domain.platforms import TaskState
from optoutdesk.services.verify_platform import Side
from optoutdesk.ui import words, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.widgets.table import MUTED_ROLE, TONE_ROLE

if TYPE_CHECKING:
    from optoutdesk.services.due_requests import DueRequests
    from optoutdesk.services.verify_platform import VerifyPreview, VerifyRow

PAGE = 200
ADDRESS, HERE, THERE, TO_DO = range(4)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Answer:
    """Some rows, and where the next ones begin; None: there are no more."""

    question: int
    rows: "list[VerifyRow]"
    removed: set[int]
    """Numbers of the rows whose people were removed after the export was made."""
    after: tuple[int, int] | None


class VerifyModel(QAbstractTableModel):
    """The rows of some sides of a comparison, one side after the other."""

    answered = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._preview: VerifyPreview | None = None
        self._platform = ""
        self._sides: tuple[Side, ...] = ()
        self._rows: list[VerifyRow] = []
        self._removed: set[int] = set()
        self._after: tuple[int, int] | None = None
        """Which of the sides, and the number of its last row."""
        self._question = 0
        self._asking = False
        self._today = context.today()

    @property
    def sides(self) -> tuple[Side, ...]:
        """Which people are shown."""
        return self._sides

    @property
    def asking(self) -> bool:
        """Whether an answer is under way."""
        return self._asking

    def row(self, number: int) -> "VerifyRow":
        """Return what stands in a row of the table."""
        return self._rows[number]

    def show(self, preview: "VerifyPreview", sides: tuple[Side, ...]) -> None:
        """Ask for the people of some sides; those on screen stay until the answer is there."""
        self._preview, self._sides = preview, sides
        self._today = self._context.today()
        if self._platform != preview.platform.name:
            self._platform = preview.platform.name
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, THERE, THERE)
        self._ask((0, 0), fresh=True)

    def stop(self) -> None:
        """Ask nothing more of the comparison: it is about to be used elsewhere, or closed. The rows stay."""
        self._preview = None
        self._after = None
        self._question += 1
        self._asking = False

    def clear(self) -> None:
        """Show nothing."""
        self.stop()
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def _ask(self, after: tuple[int, int], *, fresh: bool) -> None:
        self._question += 1
        self._asking = True
        done = self._take if fresh else self._add
        self._context.lookups.run(self._work(after), done=done, failed=self._fail)

    def _work(self, after: tuple[int, int]) -> Callable[[Any], "_Answer | None"]:
        question, preview, sides = self._question, self._preview, self._sides
        requests, today = self._context.desk.due_requests, self._today

        def work(_report: Any) -> _Answer | None:
            if question != self._question or preview is None:
                return None
            rows: list[VerifyRow] = []
            at, number = after
            while at < len(sides):
                wanted = PAGE - len(rows)
                found = preview.rows(sides[at], number, wanted)
                rows += found
                if len(found) == wanted:
                    break
                at, number = at + 1, 0
            more = (at, rows[-1].number) if at < len(sides) else None
            return _Answer(question, rows, _removed_since(preview, rows, requests, today), more)

        return work

    def _current(self, answer: "_Answer | None") -> bool:
        return answer is not None and answer.question == self._question

    def _take(self, answer: "_Answer | None") -> None:
        if answer is not None and self._current(answer):
            self.beginResetModel()
            self._rows = list(answer.rows)
            self._removed = answer.removed
            self._asking, self._after = False, answer.after
            self.endResetModel()
            self.answered.emit()

    def _add(self, answer: "_Answer | None") -> None:
        if answer is None or not self._current(answer):
            return
        first = len(self._rows)
        if answer.rows:
            self.beginInsertRows(QModelIndex(), first, first + len(answer.rows) - 1)
            self._rows += answer.rows
            self._removed |= answer.removed
        self._asking, self._after = False, answer.after
        if answer.rows:
            self.endInsertRows()

    def _fail(self, error: Exception) -> None:
        if self._preview is not None:
            self._asking = False
            self._after = None
            self.failed.emit(error)

    # -- Qt's questions

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else TO_DO + 1

    def canFetchMore(self, parent: Index) -> bool:
        more = self._after is not None and not self._asking and self._preview is not None
        return not parent.isValid() and more

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent) and self._after is not None:
            self._ask(self._after, fresh=False)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Address", "Here", f"In {self._platform}", "What to do")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, column)
        if role == TONE_ROLE and column in (HERE, THERE):
            return self._state(row, column).tone
        if role == MUTED_ROLE:
            return column == TO_DO and row.side is Side.AGREE
        return None

    def _state(self, row: "VerifyRow", column: int) -> words.State:
        here = words_platforms.here if column == HERE else words_platforms.there
        return here(row, self._today)

    def _text(self, row: "VerifyRow", column: int) -> str:
        if column == ADDRESS:
            return " ".join(row.given.split()) or words.NONE
        if column == TO_DO:
            removed = row.side is Side.STILL_ACTIVE and row.number in self._removed
            return words_platforms.what_to_do(row, self._today, removed_since=removed)
        return self._state(row, column).text


def _removed_since(
    preview: "VerifyPreview", rows: "list[VerifyRow]", requests: "DueRequests", today: date
) -> set[int]:
    """Return the numbers of rows that call somebody active who was removed after the export was made."""
    active = [row for row in rows if row.side is Side.STILL_ACTIVE and row.request is not None]
    if not active:
        return set()
    made = datetime.fromtimestamp(preview.source.modified_ns / 1e9, UTC)
    named = {row.request.id: row.request for row in active if row.request is not None}
    gone = {
        due.request.id
        for due in requests.with_tasks(list(named.values()), today)
        for task in due.tasks
        if task.platform.id == preview.platform.id and task.at is not None
        if task.state is not TaskState.OPEN and task.at > made
    }
    return {row.number for row in active if row.request is not None and row.request.id in gone}
