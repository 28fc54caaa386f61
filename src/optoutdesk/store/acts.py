"""What one act of a person stores, and the ledger entry that covers it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from optoutdesk.domain import ledger
from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.requests import Channel, Kind, OptIn, OptOutRequest
from optoutdesk.store import schema
from optoutdesk.store.rows import (
    WITHDRAWABLE,
    batch_values,
    clean_values,
    opt_in_values,
    request_values,
    to_text,
)

if TYPE_CHECKING:
    from optoutdesk.store.staging import Staging

_CHUNK = 10_000
_BULK = 50_000
"""From so many rows on, if they are no small part of all, indexes are built anew."""


class Act:
    """What one act of a person stores. Made by Store.act; its ledger entry is written when that block ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._spans: list[ledger.Span] = []
        self._digests = bytearray()
        self.entry_wanted = True
        self.touched: set[tuple[Kind, str]] = set()
        """What the act's requests are about: which of their clocks run is worked out when it ends."""
        self.touched_requests: list[str] = []
        """SQL that selects the ids of requests by the hundred thousand, for the same purpose."""

    def leave_no_entry(self) -> None:
        """Say that the act came to nothing: it stores nothing and leaves no entry in the ledger."""
        assert not self._spans
        self.entry_wanted = False

    def add_requests(self, requests: Sequence[OptOutRequest]) -> list[OptOutRequest]:
        """Store opt-out requests and return them with their ids; their clocks run unless an earlier one covers them."""
        rows = [request_values(request) for request in requests]
        first = self._insert("request", rows)
        numbered = [replace(request, id=first + offset) for offset, request in enumerate(requests)]
        self._connection.executemany(
            "INSERT INTO open_request (request_id, due) VALUES (?, ?)",
            [(request.id, request.due.isoformat()) for request in numbered if request.asked],
        )
        self.touched.update((request.kind, request.key) for request in requests)
        return numbered

    def add_opt_in(self, opt_in: OptIn) -> OptIn:
        """Store that someone opted in again; requests it lifts are open no more."""
        self.touched.add((opt_in.kind, opt_in.key))
        return replace(opt_in, id=self._insert("opt_in", [opt_in_values(opt_in)]))

    def mark_done(self, requests: Sequence[OptOutRequest], at: datetime, by: str, now: datetime) -> None:
        """Store that requests were carried out everywhere the business mails from."""
        self._insert("done", [(request.id, to_text(at), by, to_text(now)) for request in requests])
        self._connection.executemany(
            "DELETE FROM open_request WHERE request_id = ?", [(request.id,) for request in requests]
        )
        self.touched.update((request.kind, request.key) for request in requests)

    def add_clean(self, record: CleanRecord) -> CleanRecord:
        """Store a cleaned list."""
        return replace(record, id=self._insert("clean", [clean_values(record)]))

    def add_import(
        self,
        batch: Batch,
        staging: "Staging",
        policy: str,
        counting: str,
        progress: Callable[[int, int], None] | None = None,
    ) -> Batch:
        """Store an import with all its requests; their clocks run unless an earlier one covers them."""
        first = self._next_id("request")
        batch = replace(batch, first_request=first, id=self._next_id("batch"))
        self._insert("batch", [batch_values(batch)])
        many = batch.requests > max(_BULK, first // 4)
        indexes = self._without_indexes() if many else []
        rows = staging.requests(batch, policy, counting)
        stored = self._insert_many("request", _told(rows, batch.requests, progress))
        for statement in indexes:
            self._connection.execute(statement)
        assert stored == batch.requests
        self._insert_many("also", staging.repeated(batch))
        ours = f"BETWEEN {first} AND {first + stored - 1}"
        self._connection.execute(
            f"INSERT INTO open_request (request_id, due) SELECT id, due FROM request WHERE id {ours}"
            f" AND channel <> '{Channel.BOUNCE.value}'"
        )
        self.touched_requests.append(f"SELECT id FROM request WHERE id {ours}")
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
        self.touched_requests.append(mine)
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

    def entry_after(self, last: ledger.Entry | None, at: datetime, by: str, act: str) -> ledger.Entry:
        """Return the ledger entry that covers all that was stored."""
        seq, previous = (last.seq + 1, last.hash) if last else (1, ledger.GENESIS)
        return ledger.seal(previous, seq, to_text(at), by, act, self._spans, bytes(self._digests))


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
