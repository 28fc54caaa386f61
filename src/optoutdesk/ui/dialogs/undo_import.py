"""Asks before an import is undone: what goes, and what stays because she has worked on it since."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from optoutdesk.domain.errors import ListChangedError
from optoutdesk.ui import words, words_batches
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph, show_rows
from optoutdesk.ui.widgets import label

if TYPE_CHECKING:
    from optoutdesk.services.changes import Changes
    from optoutdesk.services.undo_import import UndoPlan


class UndoDialog(ActDialog):
    """Undoes one import."""

    def __init__(self, context: Context, plan: "UndoPlan", parent: QWidget | None = None) -> None:
        super().__init__(context, words_batches.undo_title(plan.batch), "Undo this import", parent)
        self._plan = plan
        self.what = paragraph(words_batches.undo_text(plan))
        self.content.addWidget(self.what)
        self.kept_heading = label("", "strong", wrap=True)
        self.kept = QListWidget()
        self.kept.setProperty("role", "choices")
        self.kept.setAccessibleName("Requests that stay")
        self.content.addWidget(self.kept_heading)
        self.content.addWidget(self.kept)
        self.content.addWidget(
            paragraph(
                "A backup is made first, and the ledger keeps both: that they were imported and that it was undone.",
                "small",
            )
        )
        self._show_plan()

    def _show_plan(self) -> None:
        plan = self._plan
        self.what.setText(words_batches.undo_text(plan))
        for part in (self.kept_heading, self.kept):
            part.setVisible(plan.kept_count > 0)
        self.kept_heading.setText(words_batches.kept_heading(plan.kept_count))
        self.kept.clear()
        for kept in plan.kept:
            name = words.subject(kept.request.kind, kept.request.key)
            item = QListWidgetItem(f"{name}  ·  {kept.why}")
            item.setToolTip(words.subject_in_full(kept.request.kind, kept.request.key))
            self.kept.addItem(item)
        if plan.kept_count > len(plan.kept):
            self.kept.addItem(f"and {words.number(plan.kept_count - len(plan.kept))} more")
        show_rows(self.kept, 5)
        self.confirm.setEnabled(True)
        self.fit()

    def act(self) -> None:
        desk, plan, now = self._context.desk, self._plan, self._context.now()
        by = desk.person

        def work(report: Any) -> "tuple[UndoPlan, Changes]":
            return desk.undo_import.undo(plan.batch.id, by=by, now=now, expected=plan, progress=report)

        self.run(work, self._undone, can_cancel=True)

    def _undone(self, outcome: "tuple[UndoPlan, Changes]") -> None:
        plan, changes = outcome
        self.accept()
        self._context.notice.emit(words_batches.undone(plan))
        self._context.broadcast(changes)

    def _on_failed(self, error: Exception) -> None:
        super()._on_failed(error)
        if isinstance(error, ListChangedError):
            undo, number = self._context.desk.undo_import, self._plan.batch.id
            self._context.lookups.run(lambda _report: undo.plan(number), done=self._planned_again)

    def _planned_again(self, plan: "UndoPlan") -> None:
        self._plan = plan
        self._show_plan()
