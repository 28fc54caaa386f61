"""What one act of a person stores, and the ledger entry that covers it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from optoutdesk.domain import ledger
from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.platforms import Platform, TaskEvent, Verification
from optoutdesk.domain.requests import Acknowledgement, Evidence, OptIn, OptOutRequest, SettingChange
from optoutdesk.store import clocks, schema
from optoutdesk.store.rows import (
    WITHDRAWABLE,
    batch_values,
    clean_values,
    opt_in_values,
    request_values,
    to_text,
)
from optoutdesk.store.rows_desk import evidence_values, platform_values, task_values, verification_values

if TYPE_CHECKING:
    from optoutdesk.store.staging import Staging

_CHUNK = 10_000
_BULK = 50_000
"""From so many rows on, if they are no small part of all, indexes are built anew."""


class Act:
    """What one act of a person stores. Made by Store.act; its ledger entry is written when that block ends."""

    def __init__(self, connection: sqlite3.Connection, by: str, now: datetime) -> None:
        self._connection = connection
        self._by = by
        self._now = now
        self._spans: list[ledger.Span] = []
        self._digests = bytearray()
        self._done: list[tuple[ledger.Value, ...]] = []
        self.entry_wanted = True
        # What the act is about: which clocks run is worked out when it ends.
        connection.execute(
            "CREATE TEMP TABLE IF NOT EXISTS touched (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        connection.execute("DELETE FROM touched")

    def leave_no_entry(self) -> None:
        """Say that the act came to nothing: it stores nothing and leaves no entry in the ledger."""
        assert not self._spans
        self.entry_wanted = False

    def _touch(self, requests: str, parameters: Sequence[ledger.Value] = ()) -> None:
        """Have the clocks of the subjects of some requests worked out; the requests as SQL after FROM request r."""
        self._connection.execute(
            f"INSERT OR IGNORE INTO touched SELECT r.kind, r.key FROM request r {requests}", parameters
        )

    def add_requests(self, requests: Sequence[OptOutRequest]) -> list[OptOutRequest]:
        """Store opt-out requests and return them with their ids; their clocks run unless an earlier one covers them."""
        first = self._insert("request", [request_values(request) for request in requests])
        self._touch("WHERE r.id >= ?", (first,))
        return [replace(request, id=first + offset) for offset, request in enumerate(requests)]

    def add_opt_in(self, opt_in: OptIn) -> OptIn:
        """Store that someone opted in again; requests it lifts are open no more."""
        self._touch("WHERE r.kind = ? AND r.key = ?", (opt_in.kind.value, opt_in.key))
        return replace(opt_in, id=self._insert("opt_in", [opt_in_values(opt_in)]))

    def mark_done(self, requests: Sequence[tuple[int, datetime]], by: str, now: datetime) -> None:
        """Store that requests were carried out, and when; none of her platforms says where they were to be done."""
        first = self._insert("done", [self._done_values(request, at, by, now) for request, at in requests])
        self._touch("JOIN done d ON d.request_id = r.id WHERE d.id >= ?", (first,))

    def add_done(self, request: int, at: datetime) -> None:
        """Store that a request was done at its last platform; called while clocks are worked out."""
        self._done.append(self._done_values(request, at, self._by, self._now))

    def _done_values(self, request: int, at: datetime, by: str, now: datetime) -> tuple[ledger.Value, ...]:
        found = self._connection.execute("SELECT due, zone FROM request WHERE id = ?", (request,)).fetchone()
        # Late after the end of the due date where the business was then.
        late = found is not None and at.astimezone(ZoneInfo(found[1])).date().isoformat() > found[0]
        return request, to_text(at), by, to_text(now), int(late)

    def add_clean(self, record: CleanRecord) -> CleanRecord:
        """Store a cleaned list."""
        return replace(record, id=self._insert("clean", [clean_values(record)]))

    # -- platforms

    def add_platform(self, platform: Platform) -> Platform:
        """Store a platform; the requests it concerns have a thing to do there from now on."""
        self._touch("WHERE r.received_day >= ?", (platform.since.isoformat(),))
        platform = replace(platform, after_request=self._next_id("request") - 1)
        return replace(platform, id=self._insert("platform", [platform_values(platform)]))

    def retire(self, platform_id: int, at: datetime, by: str) -> None:
        """Store that nobody is kept at a platform any more; nothing is to be done there."""
        self._insert("retired", [(platform_id, to_text(at), by)])
        self._touch("JOIN open_task o ON o.request_id = r.id WHERE o.platform_id = ?", (platform_id,))
        # What was done there no longer stands beside the person's other requests, but among those done by hand.
        self._touch(
            f"JOIN task t ON t.request_id = r.id WHERE t.platform_id = ? AND {clocks.SEVERAL}", (platform_id,)
        )

    def add_task_events(self, events: Iterable[TaskEvent]) -> int:
        """Store what happened to things to do, and return how many there were; they may be a million."""
        first, values = self._next_id("task"), map(task_values, events)
        count = self._insert_many("task", iter(lambda: list(islice(values, _CHUNK)), []))
        self._touch(
            "JOIN task t ON t.request_id = r.id WHERE t.id >= ? AND (t.state = 'open' OR EXISTS"
            " (SELECT 1 FROM open_task o WHERE o.platform_id = t.platform_id AND o.request_id = t.request_id))",
            (first,),
        )
        return count

    def add_verification(self, verification: Verification) -> Verification:
        """Store a comparison with a platform's own export."""
        return replace(verification, id=self._insert("verification", [verification_values(verification)]))

    # -- what else she does with a request

    def assign(self, requests: Sequence[int], person: str, at: datetime, by: str) -> None:
        """Store who works on requests; "" is nobody."""
        self._insert("assigned", [(request, person, to_text(at), by) for request in requests])

    def acknowledge(self, told: Acknowledgement) -> None:
        """Store that the person was told."""
        self._insert("acknowledged", [(told.request, to_text(told.at), told.by, told.template, told.address)])

    def add_evidence(self, evidence: Sequence[Evidence]) -> None:
        """Store what files show; the files themselves are kept already."""
        self._insert("evidence", [evidence_values(each) for each in evidence])

    def record_setting(self, change: SettingChange) -> None:
        """Store that a setting which decides due dates was changed."""
        self._insert(
            "setting",
            [(to_text(change.at), change.by, change.name, change.before, change.after, change.would_change)],
        )

    def add_import(
        self,
        batch: Batch,
        staging: "Staging",
        policy: str,
        counting: str,
        progress: Callable[[int, int], None] | None = None,
        *,
        ways: Mapping[str, str] = MappingProxyType({}),
    ) -> Batch:
        """Store an import with all its requests; their clocks run unless an earlier one covers them.

        `ways`: ways of counting by the policies that single rows were staged with.
        """
        first = self._next_id("request")
        batch = replace(batch, first_request=first, id=self._next_id("batch"))
        self._insert("batch", [batch_values(batch)])
        many = batch.requests > max(_BULK, first // 4)
        indexes = self._without_indexes() if many else []
        rows = staging.requests(batch, policy, counting, ways)
        stored = self._insert_many("request", _told(rows, batch.requests, progress))
        for statement in indexes:
            self._connection.execute(statement)
        assert stored == batch.requests
        self._insert_many("also", staging.repeated(batch))
        ours = f"r.id BETWEEN {first} AND {first + stored - 1}"
        clocks.open_all(self._connection, ours)
        self._touch(f"WHERE {ours} AND {clocks.SEVERAL}")
        return batch

    def undo_import(
        self, batch: Batch, at: datetime, by: str, progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Take back an import; returns how many requests are no longer in force. What rows.WITHDRAWABLE says stays."""
        undo = self._insert("undo", [(batch.id, to_text(at), by)])
        ids = self._connection.cursor().execute(WITHDRAWABLE, {"batch": batch.id})
        chunks = iter(lambda: [(request, undo) for (request,) in ids.fetchmany(_CHUNK)], [])
        count = self._insert_many("withdrawn", _told(chunks, batch.requests, progress))
        mine = f"SELECT request_id FROM withdrawn WHERE undo_id = {undo}"
        self._connection.execute(f"DELETE FROM open_request WHERE request_id IN ({mine})")
        self._connection.execute(f"DELETE FROM open_task WHERE request_id IN ({mine})")
        self._touch(f"WHERE r.id IN ({mine}) AND {clocks.SEVERAL}")
        return count

    def _without_indexes(self) -> list[str]:
        """Drop the indexes of requests in whose order rows do not come, and return what makes them again.

        Built at once, sorted, they cost a third of what they cost row by row.
        """
        found = self._connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'request'"
            " AND sql IS NOT NULL AND name <> 'request_kind_key'"
        ).fetchall()
        for name, _ in found:
            self._connection.execute(f'DROP INDEX "{name}"')
        return [sql for _, sql in found]

    def _next_id(self, table: str) -> int:
        return (self._connection.execute(f'SELECT max(id) FROM "{table}"').fetchone()[0] or 0) + 1

    def _insert(self, table: str, rows: Sequence[Sequence[ledger.Value]]) -> int:
        """Insert rows with consecutive ids, note their digests, and return the first id."""
        first = self._next_id(table)
        self._insert_many(table, [rows])
        return first

    def _insert_many(self, table: str, chunks: Iterable[Sequence[Sequence[ledger.Value]]]) -> int:
        """Insert chunks of rows as _insert does, and return how many there were."""
        first = next_id = self._next_id(table)
        columns = schema.covered_columns(schema.COVERED[table])
        names = ", ".join(f'"{name}"' for name in ["id", *columns])
        marks = ", ".join("?" * (len(columns) + 1))
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        for rows in chunks:
            self._connection.executemany(
                statement, [(row_id, *values) for row_id, values in enumerate(rows, next_id)]
            )
            digests = [
                ledger.row_digest(table, row_id, values) for row_id, values in enumerate(rows, next_id)
            ]
            self._digests += b"".join(digests)
            next_id += len(rows)
        if next_id > first:
            self._spans.append(ledger.Span(table, first, next_id - first, len(columns)))
        return next_id - first

    def entry_after(self, last: ledger.Entry | None, act: str) -> ledger.Entry:
        """Return the ledger entry that covers all that was stored."""
        if self._done:
            self._insert("done", self._done)
        seq, previous = (last.seq + 1, last.hash) if last else (1, ledger.GENESIS)
        return ledger.seal(
            previous, seq, to_text(self._now), self._by, act, self._spans, bytes(self._digests)
        )


def _told(
    chunks: Iterable[Sequence[Sequence[ledger.Value]]],
    total: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[Sequence[Sequence[ledger.Value]]]:
    """Yield chunks and tell how many rows went by."""
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        if progress is not None:
            progress(done, total)
