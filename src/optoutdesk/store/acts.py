"""What one act of a person stores, and the ledger entry that covers it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from optoutdesk.domain import ledger
from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.domain.requests import Kind, OptIn, OptOutRequest
from optoutdesk.store import schema
from optoutdesk.store.rows import clean_values, opt_in_values, request_values, to_text


class Act:
    """What one act of a person stores. Made by Store.act; its ledger entry is written when that block ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._spans: list[ledger.Span] = []
        self._digests: list[bytes] = []
        self.entry_wanted = True
        self.touched: set[tuple[Kind, str]] = set()
        """What the act's requests are about: which of their clocks run is worked out when it ends."""

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
            [(request.id, request.due.isoformat()) for request in numbered],
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

    def _insert(self, table: str, rows: Sequence[Sequence[ledger.Value]]) -> int:
        """Insert rows with consecutive ids, note their digests, and return the first id."""
        last = self._connection.execute(f'SELECT max(id) FROM "{table}"').fetchone()[0]
        first = (last or 0) + 1
        columns = schema.covered_columns(schema.COVERED[table])
        names = ", ".join(f'"{name}"' for name in ["id", *columns])
        marks = ", ".join("?" * (len(columns) + 1))
        self._connection.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
            [(first + offset, *values) for offset, values in enumerate(rows)],
        )
        self._digests += [ledger.row_digest(table, first + n, values) for n, values in enumerate(rows)]
        self._spans.append(ledger.Span(table, first, len(rows), len(columns)))
        return first

    def entry_after(self, last: ledger.Entry | None, at: datetime, by: str, act: str) -> ledger.Entry:
        """Return the ledger entry that covers all that was stored."""
        seq, previous = (last.seq + 1, last.hash) if last else (1, ledger.GENESIS)
        return ledger.seal(previous, seq, to_text(at), by, act, self._spans, b"".join(self._digests))
