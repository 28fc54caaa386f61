"""The rows of a file on their way in: staged in a temporary table, compared with what is on record, paged, taken over.

The table belongs to one connection and is never in a file of its own name: whatever happens, nothing of it is left.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from optoutdesk.domain import ledger
from optoutdesk.domain.address import parent_domains
from optoutdesk.domain.hashing import ALGORITHMS, digests_of
from optoutdesk.domain.importing import Batch, Claim, Counts, Known, Lifted, Outcome, Shown, never, settle
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Channel,
    Kind,
    OptIn,
    Precision,
    Received,
    is_lifted,
    latest_receipt,
    same_list,
)
from optoutdesk.store.acts import Act
from optoutdesk.store.connection import translated
from optoutdesk.store.rows import from_text, to_text
from optoutdesk.store.store import Store

Progress = Callable[[int, int], None]

_CHUNK = 10_000
_LOOKUP = 100
"""Addresses whose hashes are asked for in one statement."""
_CACHE_KB = 48_000
_CODES = {outcome: code for code, outcome in enumerate(Outcome)}
_OUTCOMES = list(Outcome)


class Staged(NamedTuple):
    """One entry of a file: what one cell says of one person and one list. Made by the million."""

    part: int
    row: int
    outcome: int
    """Code of what it is as far as the file alone tells; see outcome_code()."""
    many: int
    """Whether its row has several entries."""
    kind: str
    key: str
    """ "" where there is no address."""
    given: str
    scope: str
    received_at: str
    received_day: str
    precision: str
    zone: str
    channel: str
    name: str
    platform: str
    note: str
    due: str
    overdue: int
    reason: str
    policy: str = ""
    """Id of the policy that gave its due date, where that is not the one of the import."""


class StagedRow(NamedTuple):
    """One entry as it is shown."""

    number: int
    staged: Staged
    outcome: Outcome
    earlier: bool
    repeats: tuple[int, int] | None
    """Part and row of what says the same already."""
    since_day: str | None
    """KNOWN: receipt of the request that bars the person already."""
    since_precision: str | None
    since_at: str | None
    lifted: bool


def outcome_code(outcome: Outcome) -> int:
    """Return the number an outcome is staged as; of a row's entries the lowest is the row's."""
    return _CODES[outcome]


_NEW = _CODES[Outcome.NEW]
_FINAL = "coalesce(s.outcome, g.outcome)"
_JOINED = "staged g LEFT JOIN settled s ON s.number = g.number"
_STORED = f"g.outcome = {_NEW} AND coalesce(s.stored, 1) = 1"
_PARTS_OF_OUTCOMES = {
    Shown.OVERDUE: f"{_FINAL} = {_NEW} AND g.overdue = 1 AND coalesce(s.lifted, 0) = 0",
    Shown.EARLIER: "s.earlier = 1",
    Shown.UNDATED: f"{_FINAL} = {_NEW} AND g.precision = '{Precision.UNKNOWN.value}'",
    Shown.LIFTED: "s.lifted = 1",
}
_SHOWN_CODES = {shown: code for code, shown in enumerate(Shown)}
"""The first ones are those of the outcomes."""

_Subject = tuple[str, str]
_By = tuple[int | None, int | None]
"""A request on record, or a claim of the file."""
_Entry = tuple[str, str, int, int, str, str, str, str, int]
"""kind, key, number, outcome, scope, received_at, received_day, precision, and whether somebody asked"""


class Staging:
    """One file's entries, staged beside the suppression list. Any thread may use it, one at a time."""

    def __init__(self, store: Store, zone: str) -> None:
        """Take the suppression list and the business's time zone (IANA name)."""
        self._store = store.on_one_connection()
        self._zone = zone
        connection = self._store.connection
        connection.execute(f"PRAGMA main.cache_size=-{_CACHE_KB}")
        connection.execute(f"PRAGMA temp.cache_size=-{_CACHE_KB}")
        columns = ", ".join(
            f"{name} {'INTEGER' if of is int else 'TEXT'}" for name, of in Staged.__annotations__.items()
        )
        connection.execute(f"CREATE TEMP TABLE staged (number INTEGER PRIMARY KEY, {columns})")
        connection.execute(
            "CREATE TEMP TABLE settled (number INTEGER PRIMARY KEY, outcome INTEGER, stored INTEGER, same INTEGER,"
            " since INTEGER, repeats INTEGER, earlier INTEGER, lifted INTEGER)"
        )
        connection.execute(
            "CREATE TEMP TABLE shown (code INTEGER, number INTEGER, PRIMARY KEY (code, number)) WITHOUT ROWID"
        )
        self._insert = f"INSERT INTO staged VALUES (NULL{', ?' * len(Staged._fields)})"
        self._compared_with: ledger.Entry | None = None
        self._compared = False
        self._listed = False

    @property
    def store(self) -> Store:
        """The suppression list on the connection that has the rows, for the modules of this package."""
        return self._store

    def close(self) -> None:
        """Forget all rows."""
        self._store.close()

    @contextmanager
    def act(self, name: str, *, by: str, now: datetime) -> Iterator[Act]:
        """Open the one transaction of an act, in which the staged rows can be stored."""
        before = self._compared, self._compared_with
        try:
            with self._store.act(name, by=by, now=now) as act:
                yield act
        except BaseException:
            self._compared, self._compared_with = before  # rolled back, as the temporary tables are
            self._listed = False
            raise

    def add(self, entries: Iterable[Sequence[int | str]]) -> None:
        """Stage entries, each with the values of Staged, in the order of their rows."""
        with translated(self._store.file), self.at_once():
            self._store.connection.executemany(self._insert, entries)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write to the temporary tables in one go, also outside an act; each row by itself takes tenfold as long."""
        connection = self._store.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    # -- comparing with what is on record

    def compare(self, progress: Progress | None = None) -> bool:
        """Work out what is new and what is known; False: nothing was recorded since that was done."""
        entry = self._store.last_entry()
        if self._compared and entry == self._compared_with:
            return False
        connection = self._store.connection
        self._compared = self._listed = False
        with translated(self._store.file), self.at_once():
            connection.execute(
                "CREATE INDEX IF NOT EXISTS temp.staged_subject ON staged"
                " (kind, key, received_at, number, outcome, scope, received_day, precision, channel)"
                " WHERE key <> ''"
            )
            connection.execute("DELETE FROM settled")
            self._respell()
            self._settle(progress)
        self._compared, self._compared_with = True, entry
        return True

    def _respell(self) -> None:
        """Name lists as they are on record: one may have been named since the rows were read, in another spelling."""
        connection = self._store.connection
        known = {same_list(name): name for name in self._store.scopes()}
        staged = connection.execute(
            "SELECT DISTINCT scope FROM staged WHERE scope NOT IN ('', ?)", (ALL_MAIL,)
        )
        for (scope,) in staged.fetchall():
            name = known.get(same_list(scope), scope)
            if name != scope:
                connection.execute("UPDATE staged SET scope = ? WHERE scope = ?", (name, scope))

    def _settle(self, progress: Progress | None) -> None:
        connection = self._store.connection
        total = connection.execute("SELECT count(*) FROM staged WHERE key <> ''").fetchone()[0]
        opted_in = set(self._store.opted_in())
        barred = _Barred(self._store, connection)
        known = _Merged(self._known())
        settled: list[tuple[int | None, ...]] = []
        done = 0
        for subject, group in groupby(self._entries(), key=itemgetter(0, 1)):
            entries = list(group)
            on_record = known.of(subject)
            if len(entries) > 1 or on_record or subject in opted_in or entries[0][3] != _NEW:
                settled += self._settled(subject, entries, on_record, subject in opted_in, barred)
            done += len(entries)
            if len(settled) >= _CHUNK:
                self._keep(settled)
                settled = []
            if progress is not None and done % _CHUNK < len(entries):
                progress(done, total)
        self._keep(settled)

    def _keep(self, settled: list[tuple[int | None, ...]]) -> None:
        self._store.connection.executemany("INSERT INTO settled VALUES (?,?,?,?,?,?,?,?)", settled)

    def _entries(self) -> Iterator[_Entry]:
        return self._store.connection.execute(
            "SELECT kind, key, number, outcome, scope, received_at, received_day, precision,"
            f" channel <> '{Channel.BOUNCE.value}' FROM staged WHERE key <> '' ORDER BY kind, key, received_at, number"
        )

    def _known(self) -> Iterator[tuple[Any, ...]]:
        """Yield what is on record about the persons of the file, in the same order."""
        if not self._store.count_requests():
            return iter(())
        return self._store.connection.execute(
            "SELECT r.kind, r.key, r.id, r.scope, r.received_at, r.received_day, r.precision,"
            f" r.batch_id IS NOT NULL, r.channel <> '{Channel.BOUNCE.value}' FROM (SELECT DISTINCT kind, key FROM staged WHERE key <> '') g"
            " CROSS JOIN request r ON r.kind = g.kind AND r.key = g.key"
            " WHERE NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = r.id)"
            " ORDER BY g.kind, g.key"
        )

    def _settled(
        self,
        subject: _Subject,
        entries: Sequence[_Entry],
        on_record: Sequence[tuple[Any, ...]],
        opted_in: bool,
        barred: "_Barred",
    ) -> Iterator[tuple[int | None, ...]]:
        """Yield the rows of `settled` for the entries about one person."""
        claims = [Claim(e[2], *e[4:8], bool(e[8])) for e in entries if e[3] == _NEW]
        known = [Known(*row[2:]) for row in on_record]
        lifted = (
            _lifted_by(self._store.opt_ins_about((Kind(subject[0]), subject[1])), self._zone)
            if opted_in
            else never
        )
        for item in settle(claims, known, lifted):
            yield (
                *(item.number, _CODES[item.outcome], item.stored, item.same, item.since, item.repeats),
                *(item.earlier, item.lifted),
            )
        for entry in entries:
            if entry[3] == _NEW:
                continue
            since = next((k.id for k in known if not lifted(k.scope, k)), None)
            claimed = next((c.number for c in claims if not lifted(c.scope, c)), None)
            if since is None and claimed is None:
                since, claimed = barred.by(subject)
            if since is not None or claimed is not None:
                yield entry[2], _CODES[Outcome.CONFLICT], 0, None, since, claimed, 0, 0

    # -- what it comes to

    def counts(self) -> Counts:
        """Return what the staged rows come to."""
        assert self._compared
        with translated(self._store.file):
            return self._counts()

    def _counts(self) -> Counts:
        def rows(sql: str) -> list[tuple[Any, ...]]:
            return self._store.connection.execute(sql).fetchall()

        by = dict.fromkeys(Shown, 0)
        single = rows(f"SELECT {_FINAL}, count(*) FROM {_JOINED} WHERE g.many = 0 GROUP BY 1")
        several = rows(
            f"SELECT final, count(*) FROM (SELECT min({_FINAL}) AS final FROM {_JOINED}"
            " WHERE g.many = 1 GROUP BY g.part, g.row) GROUP BY 1"
        )
        for outcome_code, count in [*single, *several]:
            by[Shown(_OUTCOMES[outcome_code].value)] += count
        total = sum(by.values())
        for shown, where in _PARTS_OF_OUTCOMES.items():
            by[shown] = rows(
                f"SELECT count(*) FROM (SELECT DISTINCT g.part, g.row FROM {_JOINED} WHERE {where})"
            )[0][0]
        kinds: dict[str, int] = dict(
            rows(f"SELECT kind, count(*) FROM staged WHERE outcome = {_NEW} GROUP BY 1")
        )
        hashes = kinds.get(Kind.HASH.value, 0)
        return Counts(
            rows=total,
            by=by,
            requests=rows(f"SELECT count(*) FROM {_JOINED} WHERE {_STORED}")[0][0],
            hashes=hashes,
            hashes_matched=self._matched() if hashes else 0,
            domains=kinds.get(Kind.DOMAIN.value, 0),
        )

    def _matched(self) -> int:
        """Return how many of the file's hashes are of an address that is on record, or stands in the file itself."""
        connection = self._store.connection
        hashes = f"FROM staged WHERE kind = '{Kind.HASH.value}' AND key <> ''"
        algorithms = [ALGORITHMS[n] for (n,) in connection.execute(f"SELECT DISTINCT length(key) {hashes}")]
        addresses = connection.execute(
            "SELECT DISTINCT key FROM request WHERE kind = 'address'"
            " UNION SELECT key FROM staged WHERE kind = 'address' AND key <> ''"
        )
        found = 0
        while some := addresses.fetchmany(_LOOKUP):
            digests = [digest for (key,) in some for digest in digests_of(key, None, algorithms)]
            marks = ",".join("?" * len(digests))
            found += connection.execute(
                f"SELECT count(DISTINCT key) {hashes} AND key IN ({marks})", digests
            ).fetchone()[0]
        return found

    def page(self, shown: Shown, after: int = 0, limit: int = 200) -> list[StagedRow]:
        """Return entries of one kind, in the order of the file; as fast at any depth as at the start."""
        assert self._compared
        names = ", ".join(f"g.{name}" for name in Staged._fields)
        with translated(self._store.file), self.at_once():
            self._list()
            rows = self._store.connection.execute(
                f"SELECT g.number, {_FINAL}, s.earlier, t.part, t.row, r.received_day, r.precision, r.received_at,"
                f" s.lifted, {names} FROM shown v JOIN staged g ON g.number = v.number"
                " LEFT JOIN settled s ON s.number = g.number LEFT JOIN staged t ON t.number = s.repeats"
                " LEFT JOIN request r ON r.id = s.since"
                " WHERE v.code = ? AND v.number > ? ORDER BY v.number LIMIT ?",
                (_SHOWN_CODES[shown], after, limit),
            )
            return [
                StagedRow(
                    number=row[0],
                    staged=Staged(*row[9:]),
                    outcome=_OUTCOMES[row[1]],
                    earlier=bool(row[2]),
                    repeats=None if row[3] is None else (row[3], row[4]),
                    since_day=row[5],
                    since_precision=row[6],
                    since_at=row[7],
                    lifted=bool(row[8]),
                )
                for row in rows
            ]

    def _list(self) -> None:
        """Sort the entries by what is shown of them, once after each comparison."""
        if self._listed:
            return
        connection = self._store.connection
        connection.execute("DELETE FROM shown")
        connection.execute(f"INSERT INTO shown SELECT {_FINAL}, g.number FROM {_JOINED} ORDER BY 1, 2")
        for shown, where in _PARTS_OF_OUTCOMES.items():
            connection.execute(
                f"INSERT INTO shown SELECT {_SHOWN_CODES[shown]}, g.number FROM {_JOINED} WHERE {where}"
            )
        self._listed = True

    def rows_of(self, outcomes: Iterable[Outcome]) -> Iterator[tuple[int, int, str]]:
        """Yield part, row and reason of the entries with these outcomes, in the order of the file."""
        codes = ",".join(str(_CODES[outcome]) for outcome in outcomes)
        yield from self._store.connection.execute(
            f"SELECT g.part, g.row, g.reason FROM {_JOINED} WHERE {_FINAL} IN ({codes}) ORDER BY g.number"
        )

    def reasons(self, limit: int) -> list[tuple[Outcome, str, int]]:
        """Return the reasons there are, with how many entries have each; the commonest first."""
        assert self._compared
        with translated(self._store.file):
            rows = self._store.connection.execute(
                f"SELECT {_FINAL} AS final, g.reason, count(*) AS entries FROM {_JOINED}"
                " WHERE g.reason <> '' GROUP BY 1, 2 ORDER BY entries DESC, min(g.number) LIMIT ?",
                (limit,),
            ).fetchall()
        return [(_OUTCOMES[code_], reason, entries) for code_, reason, entries in rows]

    # -- taking over; called by the act

    def requests(
        self, batch: Batch, policy: str, counting: str, ways: Mapping[str, str]
    ) -> Iterator[list[tuple[ledger.Value, ...]]]:
        """Yield the requests to store, in the columns of their table, by person: what comes sorted goes in fast.

        `policy` and `counting` are those of all rows that were staged without a policy; `ways`: by staged policy.
        """
        ways = {"": counting, **ways}
        cursor = self._store.connection.execute(
            "SELECT g.kind, g.key, g.given, g.scope, g.received_at, g.received_day, g.precision, g.zone, g.channel,"
            " g.note, ?, ?, g.due, CASE g.policy WHEN '' THEN ? ELSE g.policy END,"
            f" CASE g.policy{' WHEN ? THEN ?' * len(ways)} END, g.name, g.platform, ?"
            f" FROM {_JOINED} WHERE {_STORED} AND g.key <> '' ORDER BY g.kind, g.key, g.received_at, g.number",
            (batch.by, to_text(batch.at), policy, *chain.from_iterable(ways.items()), batch.id),
        )
        return iter(lambda: cursor.fetchmany(_CHUNK), [])

    def repeated(self, batch: Batch) -> Iterator[list[tuple[ledger.Value, ...]]]:
        """Yield batch and request of what the file has again, where an import brought it first."""
        cursor = self._store.connection.execute(
            "SELECT DISTINCT ?, s.same FROM settled s JOIN request r ON r.id = s.same"
            " WHERE r.batch_id IS NOT NULL ORDER BY s.same",
            (batch.id,),
        )
        return iter(lambda: cursor.fetchmany(_CHUNK), [])


class _Merged:
    """Rows that come sorted by their first two columns, handed out person by person in the same order."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0, 1))
        self._next: tuple[_Subject, list[tuple[Any, ...]]] | None = None
        self._advance()

    def _advance(self) -> None:
        group = next(self._groups, None)
        self._next = None if group is None else (group[0], list(group[1]))

    def of(self, subject: _Subject) -> Sequence[tuple[Any, ...]]:
        """Return the rows about one person; persons are asked for in order."""
        if self._next is None or self._next[0] != subject:
            return ()
        rows = self._next[1]
        self._advance()
        return rows


class _Barred:
    """Who is suppressed through a domain or a hash, for the rows that say "subscribed": there may be a million."""

    def __init__(self, store: Store, connection: sqlite3.Connection) -> None:
        self._store = store
        self._connection = connection
        self._over: dict[str, _By] = {}

    def by(self, subject: _Subject) -> _By:
        """Return the request on record, or the claim of the file, that bars an address in another way than by itself."""
        if subject[0] != Kind.ADDRESS:
            return None, None
        key = subject[1]
        domain = key.partition("@")[2]
        over = self._over.get(domain)
        if over is None:
            if len(self._over) >= _CHUNK:
                self._over.clear()
            over = self._over[domain] = self._by_any_of(Kind.DOMAIN, parent_domains(domain))
        if over[0] is not None or not self._algorithms:
            return over
        hashed = self._by_any_of(Kind.HASH, digests_of(key, None, self._algorithms))
        return over if hashed == (None, None) else hashed

    def _by_any_of(self, kind: Kind, keys: Sequence[str]) -> _By:
        marks = ",".join("?" * len(keys))
        known = self._connection.execute(
            f"SELECT DISTINCT key FROM request WHERE kind = ? AND key IN ({marks})", (kind.value, *keys)
        ).fetchall()
        for (key,) in known:
            requests = self._store.barring((kind, key), None)
            if requests:
                return requests[0].id, None
        (claim,) = self._connection.execute(
            "SELECT min(number) FROM staged"
            f" WHERE kind = ? AND key IN ({marks}) AND key <> '' AND outcome = {_NEW}",
            (kind.value, *keys),
        ).fetchone()
        return None, claim

    @cached_property
    def _algorithms(self) -> set[str]:
        staged = self._connection.execute(
            "SELECT DISTINCT length(key) FROM staged WHERE kind = ? AND key <> ''", (Kind.HASH.value,)
        )
        return {ALGORITHMS[length] for (length,) in staged} | set(self._store.hash_algorithms())


def _lifted_by(opt_ins: Sequence[OptIn], zone: str) -> Lifted:
    """Return what tells whether one of a person's opt-ins lifts a receipt."""

    def lifted(scope: str, item: Claim | Known) -> bool:
        received = Received(from_text(item.at), date.fromisoformat(item.day), Precision(item.precision), zone)
        imported = item.imported if isinstance(item, Known) else True
        return is_lifted(scope, latest_receipt(received, imported=imported), opt_ins)

    return lifted
