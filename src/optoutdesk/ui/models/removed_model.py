"""The rows a clean takes out, as a table: row, address, why, on what evidence."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.ui import words
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.theme import Size, font
from optoutdesk.ui.widgets.table import MUTED_ROLE, NOTE_ROLE, TONE_ROLE

HEADERS = ("Row", "Address", "Why", "Evidence")
ROW, ADDRESS, WHY, EVIDENCE = range(len(HEADERS))

Index = QModelIndex | QPersistentModelIndex


class RemovedModel(QAbstractTableModel):
    """All removed rows of a result, or those with one reason; nothing is copied, however many there are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Removed] = []
        self._shown: list[Removed] = []
        self._reason: Reason | None = None
        self._notes = False

    def show_notes(self, notes: bool) -> None:
        """Show the evidence below the address too, for a table without room for a column of its own."""
        if notes is not self._notes:
            self._notes = notes
            if self._shown:
                last = self.index(len(self._shown) - 1, ADDRESS)
                self.dataChanged.emit(self.index(0, ADDRESS), last, [NOTE_ROLE])
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, ADDRESS, ADDRESS)

    def show(self, removed: list[Removed], reason: Reason | None = None) -> None:
        """Show the rows of a result; with a reason only those."""
        self.beginResetModel()
        self._all = removed
        self._filter(reason)
        self.endResetModel()

    def show_only(self, reason: Reason | None) -> None:
        """Show the rows with one reason, or all of them."""
        if reason is not self._reason:
            self.beginResetModel()
            self._filter(reason)
            self.endResetModel()

    def _filter(self, reason: Reason | None) -> None:
        self._reason = reason
        self._shown = self._all if reason is None else [row for row in self._all if row.reason is reason]

    def removed(self, number: int) -> Removed:
        """Return what stands in a row of the table."""
        return self._shown[number]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "Address and evidence" if self._notes and section == ADDRESS else HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == ROW:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        removed = self._shown[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(removed, column)
        if role == Qt.ItemDataRole.ToolTipRole and column in (ADDRESS, EVIDENCE):
            return self._text(removed, column)
        if role == NOTE_ROLE:
            return words.evidence(removed) if self._notes and column == ADDRESS else None
        if role == TONE_ROLE:
            return words.reason_tone(removed.reason) if column == WHY else None
        if role == MUTED_ROLE:
            return column in (ROW, EVIDENCE)
        if role == Qt.ItemDataRole.FontRole and column in (ROW, EVIDENCE):
            return font(Size.SMALL)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == ROW:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, removed: Removed, column: int) -> str:
        if column == ROW:
            return words.number(removed.row)
        if column == ADDRESS:
            return " ".join(removed.given.split()) or words.NONE
        if column == WHY:
            return words.reason(removed.reason)
        return words.evidence(removed)
