"""The imports made so far, each of which can be undone, and the backups, each of which can be put back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.importing import Batch
from optoutdesk.services.changes import Changes
from optoutdesk.ui import words_batches
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.dialogs.put_back import PutBackDialog
from optoutdesk.ui.dialogs.undo_import import UndoDialog
from optoutdesk.ui.models.batches_model import BackupsModel, BatchesModel
from optoutdesk.ui.widgets import Button, EmptyState, FilterChips, label, line
from optoutdesk.ui.widgets.table import ListTable

if TYPE_CHECKING:
    from optoutdesk.services.backups import Backup

MOST = 500
"""Imports that are listed."""
_USUAL = "unsubscribed_email_audience_export.csv"


@dataclass(frozen=True, slots=True)
class _Found:
    batches: list[Batch]
    backups: "list[Backup]"


class ImportsScreen(QWidget):
    """Two lists, one in sight at a time."""

    title = "Imports"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wanted: Batch | None = None
        self.setProperty("role", "page")
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 24)
        page.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Imports and backups", "title"), 1)
        self.remembered = Button("Remembered columns…").compact()
        self.remembered.clicked.connect(self._manage)
        head.addWidget(self.remembered)
        page.addLayout(head)
        page.addSpacing(4)
        page.addWidget(
            label(
                "Each import can be undone. A backup is made before each import, undo and putting back.",
                "muted",
                wrap=True,
            )
        )
        page.addSpacing(14)
        self.chips = FilterChips([("imports", "Imports"), ("backups", "Backups")], "What is listed")
        self.chips.changed.connect(self._show_list)
        page.addWidget(self.chips)
        page.addSpacing(12)
        card = QFrame()
        card.setProperty("role", "card")
        outer = QVBoxLayout(card)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._add_imports()
        self._add_backups()
        self.empty = EmptyState("", "", "Import opt-outs…", self._import)
        self._stack.addWidget(self.empty)
        outer.addWidget(holder, 1)
        outer.addWidget(self._make_bar())
        page.addWidget(card, 1)

    def _add_imports(self) -> None:
        model = self.imports = BatchesModel(self._context, self)
        self.table = ListTable("Imports")
        self.table.setModel(model)
        self.table.set_columns(
            {
                model.WHEN: "Wed 30 Nov 00:00",
                model.BY: "Catherine",
                model.IMPORTED: "1,000,000",
                model.KNOWN: "1,000,000",
                model.REVIEW: "To mend",
                model.STATE: "Imported",
                model.SHA: "00000000…",
            },
            stretch=model.FILE,
            chips=[model.STATE],
        )
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.table.activated.connect(self._act)
        self._stack.addWidget(self.table)

    def _add_backups(self) -> None:
        model = self.backups = BackupsModel(self._context, self)
        self.backup_table = ListTable("Backups")
        self.backup_table.setModel(model)
        self.backup_table.set_columns(
            {model.MADE: "Wed 30 Nov 00:00", model.SIZE: "1,000.0 MB"}, stretch=model.FILE
        )
        self.backup_table.selectionModel().currentRowChanged.connect(self._chosen)
        self.backup_table.activated.connect(self._act)
        self._stack.addWidget(self.backup_table)

    def _make_bar(self) -> QWidget:
        self._bar = QWidget()
        outer = QVBoxLayout(self._bar)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(line())
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(10)
        self.facts = label("", "small", wrap=True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.act = Button("Undo…")
        self.act.clicked.connect(self._act)
        row.addWidget(self.facts, 1)
        row.addWidget(self.act)
        outer.addLayout(row)
        return self._bar

    # -- what the window calls

    def first_focus(self) -> None:
        """Put the keyboard on the list in sight."""
        page = self._stack.currentWidget()
        if page is self.empty and self.empty.button is not None:
            self.empty.button.setFocus()
        elif page is not None:
            page.setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """List them again."""
        if changes & Changes.REQUESTS:
            self._context.lookups.run(self._read, done=self._found, failed=self._failed)

    def ask_undo(self, batch: Batch) -> None:
        """Ask whether an import is to be undone."""
        self._wanted = batch
        self._look_at_undo(batch)

    # -- what is shown

    def _read(self, _report: Any) -> _Found:
        desk = self._context.desk
        return _Found(desk.undo_import.batches(MOST), desk.backups.list())

    def _found(self, found: _Found) -> None:
        row, backup_row = self.table.currentIndex().row(), self.backup_table.currentIndex().row()
        self.imports.show(found.batches)
        self.backups.show(found.backups)
        self.chips.set_count("imports", len(found.batches))
        self.chips.set_count("backups", len(found.backups))
        for table, before in ((self.table, row), (self.backup_table, backup_row)):
            if table.model().rowCount():
                table.selectRow(min(max(before, 0), table.model().rowCount() - 1))
        self._show_list()

    def _show_list(self) -> None:
        backups = self.chips.key() == "backups"
        table = self.backup_table if backups else self.table
        if table.model().rowCount():
            self._stack.setCurrentWidget(table)
        else:
            title = "No backup yet" if backups else "Nothing was imported yet"
            text = (
                "A backup of the suppression list is made by itself before each import. The newest ten are kept."
                if backups
                else "Every file you import is listed here: what came of it, and the way to undo it."
            )
            self.empty.title.setText(title)
            self.empty.text.setText(text)
            self._stack.setCurrentWidget(self.empty)
        self._chosen()

    def _chosen(self) -> None:
        batch, backup = self._batch(), self._backup()
        self._bar.setVisible(batch is not None or backup is not None)
        if batch is not None:
            self.facts.setText(
                f"{words_batches.batch_counts(batch)}\n{batch.profile_name} · "
                f"SHA-256 {words_batches.sha_short(batch.source_sha256)}"
            )
            self.facts.setToolTip(f"SHA-256 {batch.source_sha256}")
            self.act.setText("Undo…")
            self.act.setAccessibleName(f"Undo the import of {batch.source_name}")
            self._allow(allowed=batch.undone_at is None)
        elif backup is not None:
            self.facts.setText("Putting a backup back keeps the present list as a backup, too.")
            self.facts.setToolTip(str(backup.path))
            self.act.setText("Put back…")
            self._allow(allowed=True)

    def _allow(self, *, allowed: bool) -> None:
        """Let the button be pressed or not; the keyboard goes back to the list then, not to the rail."""
        if not allowed and self.window().focusWidget() is self.act:
            self.first_focus()
        self.act.setEnabled(allowed)

    def _batch(self) -> Batch | None:
        index = self.table.currentIndex()
        there = self._stack.currentWidget() is self.table and index.isValid()
        return self.imports.batch(index.row()) if there else None

    def _backup(self) -> "Backup | None":
        index = self.backup_table.currentIndex()
        there = self._stack.currentWidget() is self.backup_table and index.isValid()
        return self.backups.backup(index.row()) if there else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        model = self.imports
        self.table.leave_out(self.width() - 48 - 14, _USUAL, (model.SHA, model.REVIEW, model.BY, model.KNOWN))

    # -- what she does

    def _import(self) -> None:
        self._context.choose_import.emit()

    def _manage(self) -> None:
        from optoutdesk.ui.dialogs.mappings import MappingsDialog

        MappingsDialog(self._context, self).open()

    def _act(self) -> None:
        batch, backup = self._batch(), self._backup()
        if batch is not None and batch.undone_at is None:
            self._look_at_undo(batch)
        elif backup is not None:
            self._look_into(backup)

    def _look_at_undo(self, batch: Batch) -> None:
        undo = self._context.desk.undo_import
        self._context.lookups.run(
            lambda _report: undo.plan(batch.id), done=self._ask_undo, failed=self._failed
        )

    def _ask_undo(self, plan: Any) -> None:
        UndoDialog(self._context, plan, self).open()

    def _look_into(self, backup: "Backup") -> None:
        backups = self._context.desk.backups
        self._allow(allowed=False)
        self.facts.setText("Looking into the backup…")
        self._context.tasks.run(
            lambda _report: backups.look(backup.path), done=self._ask_put_back, failed=self._not_looked
        )

    def _ask_put_back(self, contents: Any) -> None:
        self._chosen()
        PutBackDialog(self._context, contents, self).open()

    def _not_looked(self, error: Exception) -> None:
        self._chosen()
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)
