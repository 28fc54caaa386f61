"""The suppression list, its history and its cleaned lists, as domain objects."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from optoutdesk.domain import ledger
from optoutdesk.domain.address import parent_domains
from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.domain.hashing import ALGORITHMS, digests_of
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.matching import Grounds, SuppressionList
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Acknowledgement,
    Evidence,
    Kind,
    OptIn,
    OptOutRequest,
    SettingChange,
    in_force,
)
from optoutdesk.store import schema
from optoutdesk.store.acts import Act
from optoutdesk.store.clocks import Clocks
from optoutdesk.store.connection import BUSY_SECONDS, check_whole, connection_of, open_database, translated
from optoutdesk.store.rows import (
    BATCH,
    COUNT_STAYING,
    COUNT_WITHDRAWABLE,
    REQUEST,
    STAYING,
    from_text,
    to_batch,
    to_clean,
    to_entry,
    to_opt_in,
    to_request,
    to_text,
)
from optoutdesk.store.rows_desk import to_acknowledgement, to_evidence

Progress = Callable[[int, int], None]
"""Called now and then with what is done and all there is. Raises Cancelled to stop: then nothing was stored."""
Subject = tuple[Kind, str]
"""What a request is about: an address's match key or a domain."""

STANDS = (
    "NOT EXISTS (SELECT 1 FROM done l WHERE l.request_id = d.request_id AND l.id > d.id)"
    " AND NOT EXISTS (SELECT 1 FROM open_request WHERE request_id = d.request_id)"
)
"""Row d of done counts: it was not opened again since."""


class Store:
    """The suppression list's file, open. Any thread may use it; each closes its own connection with close()."""

    def __init__(
        self, file: Path, *, busy_seconds: float = BUSY_SECONDS, one_connection: bool = False
    ) -> None:
        self.file = file
        self._busy_seconds = busy_seconds
        self._hashed: tuple[str, list[str]] | None = None
        """The ledger's head, and which hashes are on record by then."""
        self.clocks = Clocks(self)
        """Which requests are open, and where; for the modules of this package."""
        self._database = open_database(file, busy_seconds=busy_seconds, one_connection=one_connection)

    def on_one_connection(self) -> "Store":
        """Return the same suppression list on one connection of its own, for whichever thread has its turn."""
        return Store(self.file, busy_seconds=self._busy_seconds, one_connection=True)

    def close(self) -> None:
        """Close this thread's connection. A later call opens it again."""
        self._database.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for the modules of this package."""
        return connection_of(self._database)

    def _rows(self, sql: str, parameters: Sequence[ledger.Value] = ()) -> Iterator[tuple[Any, ...]]:
        with translated(self.file):
            yield from self.connection.execute(sql, parameters)

    # -- writing

    @contextmanager
    def act(self, name: str, *, by: str, now: datetime, progress: Progress | None = None) -> Iterator[Act]:
        """Open the one transaction of an act; its ledger entry is written in it when the block ends well.

        `progress` is told of the clocks that are worked out then, which may be those of a million people.
        Raises StoreBusyError when someone else is writing, StoreError when it cannot be stored: then nothing was.
        """
        with translated(self.file):
            connection = self.connection
            with self._database.atomic("IMMEDIATE"):
                act = Act(connection, by, now)
                yield act
                if not act.entry_wanted:
                    return
                self.clocks.settle(act, progress)
                entry = act.entry_after(self.last_entry(), name)
                connection.execute(
                    "INSERT INTO ledger (seq, at, by, act, spans, digests, previous, hash) VALUES (?,?,?,?,?,?,?,?)",
                    (
                        entry.seq,
                        entry.at,
                        entry.by,
                        entry.act,
                        ledger.encode_spans(entry.spans),
                        entry.digests,
                        entry.previous,
                        entry.hash,
                    ),
                )

    # -- the ledger

    def last_entry(self) -> ledger.Entry | None:
        """Return the newest ledger entry."""
        rows = self._rows("SELECT * FROM ledger ORDER BY seq DESC LIMIT 1")
        return next(map(to_entry, rows), None)

    def head(self) -> str:
        """Return the newest entry's hash in hex; "" for an empty ledger."""
        last = self.last_entry()
        return last.hash.hex() if last else ""

    def verify(self) -> ledger.Verification:
        """Check the file, the whole ledger and every stored row; some seconds for a million rows."""
        with translated(self.file):
            connection = self.connection
            connection.execute("BEGIN")  # one snapshot: a write in between must not look like damage
            try:
                check_whole(connection, self.file, indexes=True)
                found = ledger.verify(self._entries(), self._rows_of, self._last_ids)
                wrong = found.wrong or self._missing_trigger() or self.clocks.first_wrong()
                return replace(found, wrong=wrong)
            finally:
                connection.execute("ROLLBACK")

    def _entries(self) -> Iterator[ledger.Entry]:
        return map(to_entry, self._rows("SELECT * FROM ledger ORDER BY seq"))

    def _rows_of(self, span: ledger.Span) -> Iterator[tuple[int, Sequence[ledger.Value]]]:
        if span.table not in schema.COVERED:
            return
        columns = ", ".join(f'"{name}"' for name in schema.covered_columns(schema.COVERED[span.table]))
        rows = self._rows(
            f'SELECT id, {columns} FROM "{span.table}" WHERE id BETWEEN ? AND ? ORDER BY id',
            (span.first, span.first + span.count - 1),
        )
        for row in rows:
            yield row[0], row[1:]

    def _last_ids(self) -> Iterator[tuple[str, int]]:
        for table in schema.COVERED:
            yield table, next(self._rows(f'SELECT coalesce(max(id), 0) FROM "{table}"'))[0]

    def _missing_trigger(self) -> str | None:
        present = {sql for (sql,) in self._rows("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")}
        for table in schema.APPEND_ONLY:
            for act in ("update", "delete"):
                if schema.trigger_sql(table, act.upper()) not in present:
                    return f"the guard that forbids {act} on {table} is missing"
        return None

    # -- matching

    def suppression_list(self, target: str | None) -> tuple[SuppressionList, ledger.Entry | None]:
        """Return all that is barred from mail to `target` (None: from any mail), and the ledger entry it stands at."""
        with translated(self.file):
            connection = self.connection
            connection.execute("BEGIN")  # one snapshot for the list and its ledger entry
            try:
                found = {kind: self._barred(kind, target) for kind in Kind}
                hashes = {bytes.fromhex(key): grounds for key, grounds in found[Kind.HASH].items()}
                listed = SuppressionList(found[Kind.ADDRESS], found[Kind.DOMAIN], hashes)
                return listed, self.last_entry()
            finally:
                connection.execute("ROLLBACK")

    def _barred(self, kind: Kind, target: str | None) -> dict[str, Grounds]:
        scope = "" if target is None else "AND scope IN (?, ?)"
        scopes = () if target is None else (ALL_MAIL, target)
        undone = any(self._rows("SELECT 1 FROM undo LIMIT 1"))
        standing = "AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = request.id)" if undone else ""
        # Few days and channels stand behind a million addresses: the database joins the keys of each, straight
        # from an index, faster than it hands them out one by one. Keys hold no line breaks. The earliest day
        # comes last, so that of several requests about one key it is the one that is left.
        groups = self._rows(
            "SELECT received_day, channel, scope, group_concat(key, char(10)) FROM request"
            f" WHERE kind = ? {scope} {standing} GROUP BY received_day, channel, scope"
            " ORDER BY received_day DESC, channel DESC, scope DESC",
            (kind.value, *scopes),
        )
        barred: dict[str, Grounds] = {}
        for day, channel, name, keys in groups:
            grounds = Grounds(day, channel, name)
            for key in keys.split("\n"):
                barred[key] = grounds
        for (key,) in self._rows("SELECT DISTINCT key FROM opt_in WHERE kind = ?", (kind.value,)):
            if key in barred:  # opted in again in between: what is left, if anything, is a later request
                left = self.barring((kind, key), target)
                if left:
                    first = left[0]
                    barred[key] = Grounds(first.received.day.isoformat(), first.channel.value, first.scope)
                else:
                    del barred[key]
        return barred

    def barring(
        self, subject: Subject, target: str | None, at: datetime | None = None
    ) -> list[OptOutRequest]:
        """Return the requests in force about one address or one domain alone, the earliest first."""
        return in_force(self.requests_about(subject), self.opt_ins_about(subject), target, at)

    def barring_address(self, key: str, target: str | None, given: str | None = None) -> list[OptOutRequest]:
        """Return the requests in force that bar mail to an address: its own first, then hashed ones, its domains' last."""
        return self.barring((Kind.ADDRESS, key), target) + self.barring_otherwise(key, target, given)

    def barring_otherwise(
        self, key: str, target: str | None, given: str | None = None
    ) -> list[OptOutRequest]:
        """Return the requests in force that bar mail to an address by its hash or its domain."""
        digests = digests_of(key, given, self.hash_algorithms())
        hashed = [r for digest in digests for r in self.barring((Kind.HASH, digest), target)]
        return hashed + self.barring_domain(key.partition("@")[2], target)

    def hash_algorithms(self) -> list[str]:
        """Return how the addresses on record that are only known by their hash were hashed."""
        head = self.head()
        if self._hashed is None or self._hashed[0] != head:
            # All hashes are looked at: once for a thousand questions, if nothing is recorded in between.
            lengths = self._rows(
                "SELECT DISTINCT length(key) FROM request WHERE kind = ?", (Kind.HASH.value,)
            )
            self._hashed = head, [ALGORITHMS[length] for (length,) in lengths]
        return self._hashed[1]

    def opted_in(self) -> list[tuple[str, str]]:
        """Return kind and key of whoever opted in again."""
        return list(self._rows("SELECT DISTINCT kind, key FROM opt_in"))

    def barring_domain(self, domain: str, target: str | None) -> list[OptOutRequest]:
        """Return the requests in force that bar all mail to a domain: its own first, then those above it."""
        return [r for name in parent_domains(domain) for r in self.barring((Kind.DOMAIN, name), target)]

    def requests_about(self, subject: Subject) -> list[OptOutRequest]:
        """Return every request about an address or a domain, in the order of recording."""
        kind, key = subject
        return self.requests_where("WHERE r.kind = ? AND r.key = ? ORDER BY r.id", (kind.value, key))

    def opt_ins_about(self, subject: Subject) -> list[OptIn]:
        """Return every opt-in about an address or a domain, in the order of recording."""
        kind, key = subject
        rows = self._rows("SELECT * FROM opt_in WHERE key = ? AND kind = ? ORDER BY id", (key, kind.value))
        return [to_opt_in(row) for row in rows]

    # -- the register

    def request(self, request_id: int) -> OptOutRequest | None:
        """Return one request."""
        return next(iter(self.requests_where("WHERE r.id = ?", (request_id,))), None)

    def is_open(self, request_id: int) -> bool:
        """Whether a request is still open."""
        return any(self._rows("SELECT 1 FROM open_request WHERE request_id = ?", (request_id,)))

    def open_requests(self, limit: int | None = None) -> list[OptOutRequest]:
        """Return the open requests by due date; what was recorded first comes first on a day."""
        return self.requests_where(
            "JOIN open_request o ON o.request_id = r.id ORDER BY o.due, o.request_id LIMIT ?",
            (-1 if limit is None else limit,),
        )

    def count_open(self, due_by: date | None = None) -> int:
        """Return how many requests are open; with `due_by`, how many of them are due on or before that day."""
        if due_by is None:
            return int(next(self._rows("SELECT count(*) FROM open_request"))[0])
        return int(
            next(self._rows("SELECT count(*) FROM open_request WHERE due <= ?", (due_by.isoformat(),)))[0]
        )

    def count_requests(self) -> int:
        """Return how many requests there are in all."""
        # Ids are consecutive and nothing is deleted.
        return int(next(self._rows("SELECT coalesce(max(id), 0) FROM request"))[0])

    def count_suppressed(self) -> int:
        """Return how many different addresses and domains are barred from some mail."""
        undone = any(self._rows("SELECT 1 FROM undo LIMIT 1"))
        standing = (
            "WHERE NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = request.id)"
            if undone
            else "WHERE 1"
        )
        listed = int(
            next(self._rows(f"SELECT count(*) FROM (SELECT DISTINCT kind, key FROM request {standing})"))[0]
        )
        again = [
            (Kind(kind), key)
            for kind, key in self.opted_in()
            if any(
                self._rows(f"SELECT 1 FROM request {standing} AND kind = ? AND key = ? LIMIT 1", (kind, key))
            )
        ]
        return listed - sum(not self.barring(subject, None) for subject in again)

    def count_done(self, since: datetime) -> tuple[int, int]:
        """Return how many requests were done since a moment, and how many of them by the end of their due date."""
        count, late = next(
            self._rows(
                f"SELECT count(*), coalesce(sum(late), 0) FROM done d WHERE d.at >= ? AND {STANDS}",
                (to_text(since),),
            )
        )
        return int(count), int(count - late)

    def count_late(self, today: date) -> int:
        """Return how many requests are overdue, or were done late."""
        (done,) = next(self._rows(f"SELECT count(*) FROM done d WHERE d.late = 1 AND {STANDS}"))
        return int(done) + self.count_open(today - timedelta(days=1))

    def median_hours(self, since: datetime) -> float | None:
        """Return the hours from receipt to done of the middle one of the requests done since a moment; None: none was."""
        hours = sorted(
            hours
            for (hours,) in self._rows(
                "SELECT (julianday(d.at) - julianday(r.received_at)) * 24 FROM done d"
                f" JOIN request r ON r.id = d.request_id WHERE d.at >= ? AND {STANDS}",
                (to_text(since),),
            )
        )
        return hours[len(hours) // 2] if hours else None

    def scopes(self) -> list[str]:
        """Return the names of the lists that requests and opt-ins have named, without ALL_MAIL."""
        rows = self._rows(
            "SELECT DISTINCT scope FROM request UNION SELECT DISTINCT scope FROM opt_in ORDER BY 1"
        )
        return [scope for (scope,) in rows if scope != ALL_MAIL]

    def people(self) -> list[str]:
        """Return the names under which something was recorded, the latest first."""
        rows = self._rows("SELECT by FROM ledger WHERE by <> '' GROUP BY by ORDER BY max(seq) DESC LIMIT 50")
        return [name for (name,) in rows]

    def setting_changes(self) -> list[SettingChange]:
        """Return the recorded changes of settings that decide due dates, the latest first."""
        rows = self._rows("SELECT at, by, name, before, after, would_change FROM setting ORDER BY id DESC")
        return [SettingChange(from_text(at), *rest) for at, *rest in rows]

    def requests_where(self, clause: str, parameters: Sequence[ledger.Value]) -> list[OptOutRequest]:
        """Return requests r by the rest of a statement, for the modules of this package."""
        return [
            to_request(row)
            for row in self._rows(
                f"SELECT {REQUEST} FROM request r {clause}",
                parameters,
            )
        ]

    def acknowledgements(self, request_id: int) -> list[Acknowledgement]:
        """Return when and how the person of a request was told."""
        rows = self._rows("SELECT * FROM acknowledged WHERE request_id = ? ORDER BY id", (request_id,))
        return [to_acknowledgement(row) for row in rows]

    def evidence(self, request_id: int) -> list[Evidence]:
        """Return the files that show what happened to a request."""
        rows = self._rows("SELECT * FROM evidence WHERE request_id = ? ORDER BY id", (request_id,))
        return [to_evidence(row) for row in rows]

    # -- cleaned lists

    def cleans(self, limit: int = 20) -> list[CleanRecord]:
        """Return the newest cleaned lists first."""
        return [to_clean(row) for row in self._rows("SELECT * FROM clean ORDER BY id DESC LIMIT ?", (limit,))]

    def changed_since(self, entry: int, head: str) -> bool:
        """Whether who may be mailed changed after a ledger entry, given with its hash in hex; 0 and "" before the first.

        Where another entry stands in its place, a backup was put back.
        """
        found = next(self._rows("SELECT hash FROM ledger WHERE seq = ?", (entry,)), None)
        if (found[0].hex() if found else "") != head:
            return True
        rows = self._rows("SELECT spans FROM ledger WHERE seq > ?", (entry,))
        return any(
            span.table in ("request", "opt_in", "withdrawn")
            for (text,) in rows
            for span in ledger.decode_spans(text)
        )

    def opted_out_since(self, entry: int) -> int:
        """Return how many requests were recorded after a ledger entry and not withdrawn with their import."""
        spans = chain.from_iterable(
            ledger.decode_spans(text)
            for (text,) in self._rows("SELECT spans FROM ledger WHERE seq > ?", (entry,))
        )
        first = min((span.first for span in spans if span.table == "request"), default=None)
        if first is None:
            return 0
        rows = self._rows(
            "SELECT count(*) FROM request r WHERE id >= ?"
            " AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = r.id)",
            (first,),
        )
        return int(next(rows)[0])

    # -- imports

    def batches(self, limit: int = 50) -> list[Batch]:
        """Return the newest imports first."""
        return [to_batch(row) for row in self._rows(f"SELECT {BATCH} ORDER BY b.id DESC LIMIT ?", (limit,))]

    def batch(self, batch_id: int) -> Batch | None:
        """Return one import."""
        return next(
            (to_batch(row) for row in self._rows(f"SELECT {BATCH} WHERE b.id = ?", (batch_id,))), None
        )

    def batch_of(self, sha256: str) -> Batch | None:
        """Return the newest import of a file with this content that was not undone."""
        rows = self._rows(
            f"SELECT {BATCH} WHERE b.source_sha256 = ? AND u.id IS NULL ORDER BY b.id DESC LIMIT 1", (sha256,)
        )
        return next(map(to_batch, rows), None)

    def withdrawable(self, batch_id: int) -> tuple[int, int]:
        """Return how many requests would go if an import was undone, and how many would stay."""
        asked = {"batch": batch_id}
        with translated(self.file):
            (going,) = self.connection.execute(COUNT_WITHDRAWABLE, asked).fetchone()
            (staying,) = self.connection.execute(COUNT_STAYING, asked).fetchone()
            return int(going), int(staying)

    def staying(self, batch_id: int, limit: int) -> list[tuple[OptOutRequest, bool]]:
        """Return the first requests that would stay, and whether because they were worked on since."""
        with translated(self.file):
            rows = self.connection.execute(STAYING, {"batch": batch_id, "limit": limit}).fetchall()
        found = [(self.request(request_id), bool(worked_on)) for request_id, worked_on in rows]
        return [(request, worked_on) for request, worked_on in found if request is not None]
