"""Backups of the suppression list: made before every act that changes much at once, and put back on request."""

from datetime import datetime
from pathlib import Path

from optoutdesk.services.changes import Changes
from optoutdesk.store import Store
from optoutdesk.store.backup import (
    Backup,
    BackupContents,
    WouldLoseError,
    list_backups,
    look_into,
    make_backup,
    put_back,
)

__all__ = ["Backup", "BackupContents", "Backups", "WouldLoseError"]


class Backups:
    """Makes, lists, examines and puts back copies of the suppression list's file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> list[Backup]:
        """Return the copies that are kept, the newest first."""
        return list_backups(self._store.file)

    def make(self, now: datetime) -> Backup:
        """Copy the suppression list as it stands; StoreError when there is no room. The newest ten are kept."""
        return make_backup(self._store.file, now)

    def look(self, path: Path) -> BackupContents:
        """Check a backup, and say what is in it and what would be lost by putting it back; seconds for a million requests.

        UserError when it cannot be put back.
        """
        return look_into(self._store, path)

    def restore(
        self, path: Path, *, by: str, now: datetime, expected_lost: int | None = None
    ) -> tuple[Backup, Changes]:
        """Put a backup back, and return the backup of the present list that was made first, in the same act.

        `expected_lost` is what look() said and the person agreed to: WouldLoseError, and nothing done, when it is
        another number by now. None: any number.
        """
        present, _ = put_back(self._store, path, by=by, now=now, expected_lost=expected_lost)
        return present, ~Changes.NOTHING & ~Changes.SETTINGS
