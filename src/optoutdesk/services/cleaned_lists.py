"""The lists that were cleaned: is this one still safe to send?"""

from dataclasses import dataclass

from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.store import Store


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned list and what happened since."""

    record: CleanRecord
    opted_out_since: int
    """Opt-outs recorded after it was cleaned; whether those people are in it is not known."""


class CleanedLists:
    """Reads the records of cleaned lists."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recent(self, limit: int = 5) -> list[Cleaned]:
        """Return the newest first."""
        return [
            Cleaned(record, self._store.opted_out_since(record.against_entry))
            for record in self._store.cleans(limit)
        ]
