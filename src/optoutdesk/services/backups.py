"""Backups of the suppression list: made before every act that changes much at once, and put back on request."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from optoutdesk.domain.errors import DamagedStoreError
from optoutdesk.services.changes import Changes
from optoutdesk.store import Store
from optoutdesk.store.backup import Backup, list_backups, make_backup
from optoutdesk.store.restore import BackupContents, WouldLoseError, look_into, put_back, replace_damaged

__all__ = ["Backup", "BackupContents", "Backups", "DamagedListError", "WouldLoseError"]


class DamagedListError(DamagedStoreError):
    """The present list is damaged, so that nobody can tell what would be lost by putting a backup back."""


class Backups:
    """Makes, lists, examines and puts back copies of the suppression list's file."""

    def __init__(self, file: Path, open_store: Callable[[], Store]) -> None:
        self._file = file
        self._open_store = open_store

    def list(self) -> list[Backup]:
        """Return the copies that are kept, the newest first; also of a list that cannot be opened."""
        return list_backups(self._file)

    def make(self, now: datetime) -> Backup:
        """Copy the suppression list as it stands; StoreError when there is no room. The newest ten are kept."""
        return make_backup(self._open_store().file, now)

    def look(self, path: Path) -> BackupContents:
        """Check a backup, and say what is in it and what would be lost by putting it back; seconds for a million requests.

        UserError when it cannot be put back.
        """
        return look_into(self._open_store(), path)

    def restore(
        self, path: Path, *, by: str, now: datetime, expected_lost: int | None = None
    ) -> tuple[Backup, Changes]:
        """Put a backup back, and return the backup of the present list that was made first, in the same act.

        `expected_lost` is what look() said and the person agreed to: WouldLoseError, and nothing done, when it is
        another number by now. None: any number. Only then a damaged list is replaced too, which cannot be counted:
        it is set aside as it is.
        """
        try:
            store = self._open_store()
            try:
                present, _ = put_back(store, path, by=by, now=now, expected_lost=expected_lost)
            except DamagedStoreError:
                store.close()
                raise
        except DamagedStoreError as error:
            if expected_lost is not None:
                raise DamagedListError(
                    f"The suppression list in {self._file} is damaged; what was recorded in it since that backup cannot be told.",
                    details=error.details,
                ) from error
            aside = replace_damaged(self._file, path, by=by, now=now)
            present = Backup(aside, now, aside.stat().st_size)
        return present, ~Changes.NOTHING & ~Changes.SETTINGS
