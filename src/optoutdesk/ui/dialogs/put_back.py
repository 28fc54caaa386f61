"""Asks before a backup is put back: what would be missing then is counted first."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from optoutdesk.services.backups import WouldLoseError
from optoutdesk.ui import words, words_batches
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog, paragraph, show_rows
from optoutdesk.ui.widgets import label

if TYPE_CHECKING:
    from optoutdesk.services.backups import Backup, BackupContents
    from optoutdesk.services.changes import Changes


class PutBackDialog(ActDialog):
    """Puts one backup back."""

    def __init__(self, context: Context, contents: "BackupContents", parent: QWidget | None = None) -> None:
        at = words.moment(contents.backup.at, context.zone, context.today())
        super().__init__(
            context,
            f"Put back the suppression list of {at[0].lower()}{at[1:]}?"
            if at.startswith("Today")
            else f"Put back the suppression list of {at}?",
            "Put it back",
            parent,
        )
        self._contents = contents
        self.holds = label("", "", wrap=True)
        self.lost = label("", "danger", wrap=True)
        self.names = QListWidget()
        self.names.setProperty("role", "choices")
        self.names.setAccessibleName("Opt-outs that would be missing")
        self.again = label("", "", wrap=True)
        for part in (self.holds, self.lost, self.names, self.again):
            self.content.addWidget(part)
        self.content.addWidget(
            paragraph(
                "The present list is kept as a backup, so that this can be taken back in the same way.",
                "small",
            )
        )
        self._show_contents()

    def _show_contents(self) -> None:
        contents = self._contents
        self.holds.setText(words_batches.backup_holds(contents))
        self.lost.setText(words_batches.backup_lost(contents))
        self.lost.setProperty("role", "danger" if contents.lost else "")
        self.names.setVisible(bool(contents.lost_first))
        self.names.clear()
        for request in contents.lost_first:
            item = QListWidgetItem(
                f"{words.subject(request.kind, request.key)}  ·  {words.received_day(request.received)}"
            )
            self.names.addItem(item)
        if contents.lost > len(contents.lost_first):
            self.names.addItem(f"and {words.number(contents.lost - len(contents.lost_first))} more")
        show_rows(self.names, 6)
        said = words_batches.backup_more(contents)
        self.again.setText(said)
        self.again.setVisible(bool(said))
        self.fit()

    def act(self) -> None:
        desk, contents, now = self._context.desk, self._contents, self._context.now()
        by = desk.person

        def work(_report: Any) -> "tuple[Backup, Changes]":
            return desk.backups.restore(contents.backup.path, by=by, now=now, expected_lost=contents.lost)

        self.run(work, self._put_back)

    def _put_back(self, outcome: "tuple[Backup, Changes]") -> None:
        present, changes = outcome
        self.accept()
        self._context.notice.emit(
            f"Put back. The list as it was until now is the backup {present.path.name}."
        )
        self._context.broadcast(changes)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, WouldLoseError):
            self._contents = error.contents
            self._show_contents()
        super()._on_failed(error)
