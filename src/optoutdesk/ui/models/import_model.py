"""The rows of a preview as a table: those of one count, fetched page by page in the look-up thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from optoutdesk.domain.importing import Shown
from optoutdesk.domain.requests import ALL_MAIL, Kind, Precision
from optoutdesk.ui import words, words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.widgets.table import MUTED_ROLE, TONE_ROLE

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Preview, PreviewRow

PAGE = 200
HEADERS = ("Row", "List of the ZIP", "Address", "Received", "Due", "On record since", "List", "Why")
ROW, MEMBER, ADDRESS, RECEIVED, DUE, SINCE, SCOPE, WHY = range(len(HEADERS))
_DATED = {Shown.NEW, Shown.OVERDUE, Shown.UNDATED, Shown.LIFTED}
_KNOWN = {Shown.KNOWN, Shown.EARLIER}

Index = QModelIndex | QPersistentModelIndex


def columns_of(shown: Shown, *, members: bool) -> set[int]:
    """Return which columns rows of a count have."""
    columns = {ROW, ADDRESS} | ({MEMBER} if members else set())
    if shown in _DATED:
        return columns | {RECEIVED, DUE, SCOPE}
    if shown in _KNOWN:
        return columns | {RECEIVED, SINCE, WHY}
    return columns | {WHY}


@dataclass(frozen=True, slots=True)
class _Answer:
    question: int
    rows: "list[PreviewRow]"


class ImportModel(QAbstractTableModel):
    """The rows of one count of a preview."""

    answered = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.members: tuple[str, ...] = ()
        """Names of the lists of a ZIP, by part."""
        self._preview: Preview | None = None
        self._shown = Shown.NEW
        self._rows: list[PreviewRow] = []
        self._question = 0
        self._asking = False
        self._more = False
        self._today = context.today()

    @property
    def asking(self) -> bool:
        """Whether an answer is under way."""
        return self._asking

    @property
    def shown(self) -> Shown:
        """Which rows are shown."""
        return self._shown

    def row(self, number: int) -> "PreviewRow":
        """Return what stands in a row of the table."""
        return self._rows[number]

    def show(self, preview: "Preview", shown: Shown) -> None:
        """Ask for the rows of a count; those on screen stay until the answer is there."""
        self._preview, self._shown = preview, shown
        self._today = self._context.today()
        self._ask(0)

    def stop(self) -> None:
        """Ask nothing more of the preview: it is about to be used elsewhere, or closed. The rows stay."""
        self._preview = None
        self._question += 1
        self._asking = self._more = False

    def clear(self) -> None:
        """Show nothing."""
        self.stop()
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def _ask(self, after: int) -> None:
        self._question += 1
        self._asking = True
        self._context.lookups.run(
            self._work(after), done=self._add if after else self._take, failed=self._fail
        )

    def _work(self, after: int) -> Callable[[Any], "_Answer | None"]:
        question, preview, shown = self._question, self._preview, self._shown

        def work(_report: Any) -> _Answer | None:
            if question != self._question or preview is None:
                return None
            return _Answer(question, preview.rows(shown, after, PAGE))

        return work

    def _current(self, answer: "_Answer | None") -> bool:
        return answer is not None and answer.question == self._question

    def _settled(self, rows: int) -> None:
        """The answer is in the table: only from now on may more be asked for."""
        self._asking = False
        self._more = rows == PAGE

    def _take(self, answer: "_Answer | None") -> None:
        if answer is not None and self._current(answer):
            self.beginResetModel()
            self._rows = list(answer.rows)
            self._settled(len(answer.rows))
            self.endResetModel()
            self.answered.emit()

    def _add(self, answer: "_Answer | None") -> None:
        if answer is None or not self._current(answer):
            return
        if answer.rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(answer.rows) - 1)
            self._rows += answer.rows
            self._settled(len(answer.rows))
            self.endInsertRows()
        else:
            self._settled(0)

    def _fail(self, error: Exception) -> None:
        if self._preview is not None:
            self._asking = self._more = False
            self.failed.emit(error)

    # -- Qt's questions

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more and not self._asking and self._preview is not None

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._ask(self._rows[-1].number)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == ROW:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return HEADERS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == RECEIVED:
                return self._received(row, short=False)
            return row.given if column == ADDRESS else self._text(row, column)
        if role == TONE_ROLE:
            return "danger" if column == DUE and row.overdue else None
        if role == MUTED_ROLE:
            return column in (ROW, MEMBER)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == ROW:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: "PreviewRow", column: int) -> str:
        if column == ROW:
            return words.number(row.row)
        if column == MEMBER:
            return self.members[row.part] if row.part < len(self.members) else words.NONE
        if column == ADDRESS:
            if row.kind is Kind.HASH and row.key:
                return words.subject(row.kind, row.key)
            return " ".join(row.given.split()) or words.NONE
        if column == RECEIVED:
            return self._received(row, short=True)
        if column == DUE:
            return words.day(row.due, self._today) if row.due is not None else words.NONE
        if column == SINCE:
            return words.received(row.known_since, self._today) if row.known_since is not None else words.NONE
        if column == SCOPE:
            return words.scope(row.scope or ALL_MAIL)
        return words_import.why(row, self.members)

    def _received(self, row: "PreviewRow", *, short: bool) -> str:
        """Return when a request arrived; where only the latest possible day is known, short in the narrow column."""
        if row.received is None:
            return words.NONE
        unknown = row.received.precision is Precision.UNKNOWN
        return (
            words.received_day(row.received)
            if short and unknown
            else words.received(row.received, self._today)
        )
