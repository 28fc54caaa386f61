"""What the store knows of platforms beyond their clocks: verifications, and what adding one would open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from optoutdesk.domain import ledger
from optoutdesk.domain.platforms import Platform, TaskEvent, Verification
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, with_clock
from optoutdesk.store.connection import translated
from optoutdesk.store.rows import from_text, to_text
from optoutdesk.store.rows_desk import to_task_event, to_verification
from optoutdesk.store.store import Store


def _concerned(request: str) -> str:
    """Return the condition under which a request would be to be done at a new platform, as far as it alone tells."""
    return (
        f"{request}.received_day >= :since AND {request}.kind <> '{Kind.HASH.value}'"
        f" AND {request}.channel <> '{Channel.BOUNCE.value}'"
        f" AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = {request}.id)"
        f" AND (:known = '' OR coalesce((SELECT origin FROM batch WHERE id = {request}.batch_id), '') <> :known)"
    )


class KeptPlatforms:
    """Reads the platforms of one suppression list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _rows(
        self, sql: str, parameters: Sequence[ledger.Value] | Mapping[str, ledger.Value] = ()
    ) -> Iterator[tuple[Any, ...]]:
        with translated(self._store.file):
            yield from self._store.connection.execute(sql, parameters)

    def all(self) -> list[Platform]:
        """Return all platforms, the retired ones too, in the order they were added."""
        with translated(self._store.file):
            return self._store.clocks.platforms()

    def still_to_do(self, day: date) -> dict[int, tuple[int, int]]:
        """Return by platform how many requests are to be done there, and how many of them were due before a day."""
        rows = self._rows(
            "SELECT k.platform_id, count(*), sum(o.due < ?) FROM open_task k"
            " JOIN open_request o ON o.request_id = k.request_id GROUP BY 1",
            (day.isoformat(),),
        )
        return {platform: (count, overdue) for platform, count, overdue in rows}

    def ids_to_do(self, platform_id: int) -> list[int]:
        """Return the requests to be done at a platform, by due date."""
        rows = self._rows(
            "SELECT o.request_id FROM open_task k JOIN open_request o ON o.request_id = k.request_id"
            " WHERE k.platform_id = ? ORDER BY o.due, o.request_id",
            (platform_id,),
        )
        return [request_id for (request_id,) in rows]

    def would_open(self, since: date, known: str, day: date) -> tuple[int, int, int]:
        """Return how many requests received since a day would be to be done at a new platform, overdue ones, and reopened ones."""
        counts = self._rows(
            "SELECT count(*), coalesce(sum(r.due < :day), 0), coalesce(sum(o.request_id IS NULL), 0) FROM request r"
            f" LEFT JOIN open_request o ON o.request_id = r.id WHERE {_concerned('r')} AND NOT EXISTS"
            # One clock runs, the strictest (domain.requests.with_clock).
            f" (SELECT 1 FROM request e WHERE e.kind = r.kind AND e.key = r.key AND {_concerned('e')}"
            f" AND e.scope IN ('{ALL_MAIL}', r.scope) AND (e.received_at, e.id) < (r.received_at, r.id))"
            " AND NOT EXISTS (SELECT 1 FROM opt_in i WHERE i.key = r.key AND i.kind = r.kind)",
            {"day": day.isoformat(), "since": since.isoformat(), "known": known},
        )
        count, overdue, closed = next(counts)
        for request in self._would_open_after_opt_in(since, known):
            count += 1
            overdue += request.due < day
            closed += not self._store.is_open(request.id)
        return count, overdue, closed

    def _would_open_after_opt_in(self, since: date, known: str) -> Iterator[OptOutRequest]:
        """Yield what would be to be done of whoever opted in again: not all of it is lifted."""
        for kind, key in self._store.opted_in():
            barring = self._store.barring((Kind(kind), key), None)
            there = [r for r in barring if r.received.day >= since and not (known and r.origin == known)]
            yield from with_clock(replace(request, done_at=None) for request in there)

    def oldest_open(self) -> date | None:
        """Return the day on which the oldest open request was received."""
        (day,) = next(
            self._rows("SELECT min(r.received_day) FROM open_request o JOIN request r ON r.id = o.request_id")
        )
        return date.fromisoformat(day) if day else None

    def oldest(self) -> date | None:
        """Return the day on which the oldest request on record was received."""
        (day,) = next(self._rows("SELECT min(received_day) FROM request"))
        return date.fromisoformat(day) if day else None

    def verifications(self, platform_id: int, limit: int) -> list[Verification]:
        """Return the newest comparisons with a platform's own export first."""
        rows = self._rows(
            "SELECT * FROM verification WHERE platform_id = ? ORDER BY id DESC LIMIT ?", (platform_id, limit)
        )
        return [to_verification(row) for row in rows]

    def resolved(self, found: Verification) -> datetime | None:
        """Return when all differences of a comparison were seen to; None: there were none, or some still stand.

        Seen to: nothing that was on record by then is still to be done there, and the file was taken over.
        """
        if not found.differences:
            return None
        at = to_text(found.at)
        moments = [at]
        if found.still_active:
            there = "JOIN request r ON r.id = t.request_id AND r.recorded_at <= ? WHERE t.platform_id = ?"
            if any(self._rows(f"SELECT 1 FROM open_task t {there} LIMIT 1", (at, found.platform))):
                return None
            done = (
                f"SELECT max(t.recorded_at) FROM task t {there} AND t.state <> 'open' AND t.recorded_at >= ?"
            )
            moments += [last for (last,) in self._rows(done, (at, found.platform, at)) if last]
        if found.unknown_here:
            stands = "NOT EXISTS (SELECT 1 FROM undo WHERE batch_id = b.id)"
            taken = f"SELECT max(at) FROM batch b WHERE source_sha256 = ? AND {stands}"
            (last,) = next(self._rows(taken, (found.sha256,)))
            if last is None:
                return None
            moments.append(last)
        return max(map(from_text, moments))

    def verification(self, verification_id: int) -> Verification | None:
        """Return one comparison."""
        rows = self._rows("SELECT * FROM verification WHERE id = ?", (verification_id,))
        return next(map(to_verification, rows), None)

    def events(self, requests: Sequence[int]) -> list[TaskEvent]:
        """Return what happened to requests at platforms, in the order it was recorded."""
        return [
            to_task_event(row)
            for request in requests
            for row in self._rows("SELECT * FROM task WHERE request_id = ? ORDER BY id", (request,))
        ]
