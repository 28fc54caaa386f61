"""Taking an import back: what it brought is no longer in force, what she has worked on since stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from optoutdesk.domain.errors import ListChangedError, UserError
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.store import Store

if TYPE_CHECKING:
    from optoutdesk.services.backups import Backups

_NAMED = 100
"""So many of the requests that stay are named."""
_LAST_ID = (1 << 63) - 1
"""Of SQLite's integers."""
_WORKED_ON = "you have worked on it since"
_NAMED_AGAIN = "another file names it too"


@dataclass(frozen=True, slots=True)
class Kept:
    """A request that stays in force when its import is undone."""

    request: OptOutRequest
    why: str


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undoing an import comes to."""

    batch: Batch
    withdrawn: int
    """Requests that are no longer in force."""
    kept_count: int
    kept: tuple[Kept, ...]
    """The first of those that stay."""


class UndoImport:
    """The imports, and how to take one back."""

    def __init__(self, store: Store, backups: "Backups") -> None:
        self._store = store
        self._backups = backups

    def batches(self, limit: int = 50) -> list[Batch]:
        """Return the newest imports first, undone ones too."""
        return self._store.batches(limit)

    def plan(self, batch_id: int) -> UndoPlan:
        """Return what undoing an import would do; UserError when there is none, or it is undone already."""
        batch = self._store.batch(batch_id) if 0 < batch_id <= _LAST_ID else None
        if batch is None:
            raise UserError(f"There is no import {batch_id}. `optoutdesk batches` lists them.")
        if batch.undone_at is not None:
            raise UserError(f"Import {batch_id} of {batch.source_name} is undone already.")
        withdrawn, staying = self._store.withdrawable(batch_id)
        kept = tuple(
            Kept(request, _WORKED_ON if worked_on else _NAMED_AGAIN)
            for request, worked_on in self._store.staying(batch_id, _NAMED)
        )
        return UndoPlan(batch, withdrawn, staying, kept)

    def undo(
        self,
        batch_id: int,
        *,
        by: str,
        now: datetime,
        expected: UndoPlan | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[UndoPlan, Changes]:
        """Take an import back: a backup first, then one transaction. The ledger keeps both acts.

        With `expected` raises ListChangedError when it would not do what that plan says. `progress` is told the
        requests done and all of them; it raises Cancelled to stop, and nothing is undone then.
        """
        self.plan(batch_id)
        self._backups.make(now)
        with self._store.act("undo import", by=by, now=now) as act:
            plan = self.plan(batch_id)
            if expected is not None and (plan.withdrawn, plan.kept) != (expected.withdrawn, expected.kept):
                act.leave_no_entry()
                raise ListChangedError(
                    "Somebody worked on these requests meanwhile. Look at what undoing would do once more."
                )
            withdrawn = act.undo_import(plan.batch, now, by, progress)
            assert withdrawn == plan.withdrawn
        return plan, Changes.REQUESTS
