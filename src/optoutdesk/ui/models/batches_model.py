"""The imports and the backups as tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from optoutdesk.domain.importing import Batch
from optoutdesk.ui import words, words_batches, words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.widgets.table import MUTED_ROLE, TONE_ROLE

if TYPE_CHECKING:
    from optoutdesk.services.backups import Backup

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BatchesModel(QAbstractTableModel):
    """The imports, the newest first."""

    HEADERS = ("File", "When", "By", "Imported", "Known", "To mend", "State", "SHA-256")
    FILE, WHEN, BY, IMPORTED, KNOWN, REVIEW, STATE, SHA = range(len(HEADERS))

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._batches: Sequence[Batch] = ()

    def show(self, batches: Sequence[Batch]) -> None:
        """Show these imports."""
        self.beginResetModel()
        self._batches = batches
        self.endResetModel()

    def batch(self, row: int) -> Batch:
        """Return the import in a row."""
        return self._batches[row]

    def row_of(self, number: int) -> int | None:
        """Return the row of an import."""
        return next((row for row, batch in enumerate(self._batches) if batch.id == number), None)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._batches)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (self.IMPORTED, self.KNOWN, self.REVIEW):
            return _RIGHT
        return self.HEADERS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        batch, column = self._batches[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(batch, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(batch, column)
        if role == TONE_ROLE:
            return words_batches.batch_state(batch).tone if column == self.STATE else None
        if role == MUTED_ROLE:
            return batch.undone_at is not None or column == self.SHA
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (self.IMPORTED, self.KNOWN, self.REVIEW):
            return _RIGHT
        return None

    def _when(self, batch: Batch) -> str:
        return words.moment(batch.at, self._context.zone, self._context.today())

    def _text(self, batch: Batch, column: int) -> str:
        texts = {
            self.FILE: batch.source_name,
            self.WHEN: self._when(batch),
            self.BY: batch.by or words.NONE,
            self.IMPORTED: words.number(batch.imported),
            self.KNOWN: words.number(batch.already_known),
            self.REVIEW: words.number(batch.review),
            self.STATE: words_batches.batch_state(batch).text,
            self.SHA: words_batches.sha_short(batch.source_sha256),
        }
        return texts[column]

    def _hint(self, batch: Batch, column: int) -> str:
        if column == self.SHA:
            return batch.source_sha256
        if column == self.FILE:
            return f"{batch.source_path}\n{batch.profile_name}"
        if column == self.STATE and batch.undone_at is not None:
            when = words.moment(batch.undone_at, self._context.zone, self._context.today())
            return f"Undone {when}{f' by {batch.undone_by}' if batch.undone_by else ''}"
        return self._text(batch, column)


class BackupsModel(QAbstractTableModel):
    """The backups, the newest first."""

    HEADERS = ("Made", "File", "Size")
    MADE, FILE, SIZE = range(len(HEADERS))

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._backups: Sequence[Backup] = ()

    def show(self, backups: "Sequence[Backup]") -> None:
        """Show these backups."""
        self.beginResetModel()
        self._backups = backups
        self.endResetModel()

    def backup(self, row: int) -> "Backup":
        """Return the backup in a row."""
        return self._backups[row]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._backups)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == self.SIZE:
            return _RIGHT
        return self.HEADERS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        backup, column = self._backups[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == self.MADE:
                return words.moment(backup.at, self._context.zone, self._context.today())
            return backup.path.name if column == self.FILE else words_import.size(backup.size)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(backup.path)
        if role == MUTED_ROLE:
            return column != self.MADE
        if role == Qt.ItemDataRole.TextAlignmentRole and column == self.SIZE:
            return _RIGHT
        return None
