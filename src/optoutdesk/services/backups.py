"""Backups of the suppression list: made before every act that changes much at once, and put back on request."""

from datetime import datetime
from pathlib import Path

from optoutdesk.domain.errors import UserError
from optoutdesk.services.changes import Changes
from optoutdesk.store import Backup, Store


class Backups:
    """Makes, lists and puts back copies of the suppression list's file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> list[Backup]:
        """Return the copies that are kept, the newest first."""
        return self._store.backups()

    def make(self, now: datetime) -> Backup:
        """Copy the suppression list as it stands."""
        return self._store.back_up(now)

    def restore(self, file: Path, *, by: str, now: datetime) -> tuple[Backup, Changes]:
        """Put a backup back, after the present state was backed up too; return that copy of the present state.

        The restored ledger goes on with an entry that says so. UserError when the file is no good backup.
        """
        present = self._store.back_up(now, wanted=file)
        self._store.restore(file)
        found = self._store.verify()
        if not found.holds:
            self._store.restore(present.path)
            raise UserError(
                f"The ledger in {file} does not hold ({found.wrong}); nothing was changed. Choose an older backup."
            )
        with self._store.act("restore backup", by=by, now=now):
            pass
        return present, Changes.REQUESTS | Changes.CLEANED_LISTS
