"""The suppression list as it stands at one moment, person by person, without ever being in memory as a whole."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from optoutdesk.domain.requests import ALL_MAIL, Kind
from optoutdesk.store.connection import translated
from optoutdesk.store.store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are wanted."""

    target: str | None = None
    """Only those that bar mail for this list: of all mail, or of the list itself. None: all."""
    since: date | None = None
    """First day of receipt."""
    until: date | None = None
    """Last day of receipt."""


class Listed(NamedTuple):
    """One person (or domain, or hash) and one scope. Made by the million, hence a named tuple of what is stored."""

    kind: str
    key: str
    scope: str
    received_at: str
    """Instant, ISO 8601 UTC."""
    received_day: str
    precision: str
    zone: str
    channel: str
    name: str
    note: str


_AT_ONCE = 500
_COLUMNS = ", ".join(f"r.{name}" for name in Listed._fields)


class SuppressedPeople:
    """A snapshot of whom the wanted requests bar. Made by suppressed_people."""

    def __init__(self, store: Store, wanted: Wanted) -> None:
        self._store = store
        self._target = wanted.target
        self._where, self._parameters = _where(wanted)
        self.requests = int(
            self._execute(f"SELECT count(*) FROM request r WHERE {self._where}").fetchone()[0]
        )
        """How many requests will be looked through."""

    def _execute(self, sql: str) -> sqlite3.Cursor:
        return self._store.connection.execute(sql, self._parameters)

    def people(self) -> Iterator[tuple[int, list[Listed]]]:
        """Yield for each person how many requests were looked through so far, and an entry for each scope.

        Addresses come first, then domains, then hashes, each by key; of a person the earliest receipt first. Who
        opted in again, or whose import was undone, is left out.
        """
        again = set(self._store.opted_in())
        rows = self._execute(
            f"SELECT r.id, {_COLUMNS} FROM request r WHERE {self._where}"
            " AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.request_id = r.id)"
            " ORDER BY r.kind, r.key, r.received_at, r.id"
        )
        done = 0
        for (kind, key), group in groupby(rows, key=itemgetter(1, 2)):
            requests = list(group)
            done += len(requests)
            if (kind, key) in again:
                barring = {request.id for request in self._store.barring((Kind(kind), key), self._target)}
                requests = [row for row in requests if row[0] in barring]
            first: dict[str, Listed] = {}
            for row in requests:
                first.setdefault(row[3], Listed._make(row[1:]))
            if first:
                yield done, list(first.values())


@contextmanager
def suppressed_people(store: Store, wanted: Wanted) -> Iterator[SuppressedPeople]:
    """Open a snapshot on a connection of its own: what is recorded meanwhile is not in it, and waits for nobody."""
    with translated(store.file), closing(store.on_one_connection()) as reader:
        reader.connection.execute("BEGIN")
        try:
            yield SuppressedPeople(reader, wanted)
        finally:
            reader.connection.execute("ROLLBACK")


def people_of(store: Store, ids: Sequence[int]) -> Iterator[tuple[list[int], list[Listed]]]:
    """Yield the persons some requests are about, by their keys: the requests' ids, and an entry for each request."""
    rows: list[tuple[int, Listed]] = []
    with translated(store.file):
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            found = store.connection.execute(
                f"SELECT r.id, {_COLUMNS} FROM request r WHERE r.id IN ({','.join('?' * len(some))})", some
            )
            rows += [(row[0], Listed._make(row[1:])) for row in found]
    rows.sort(key=itemgetter(1))
    for _, group in groupby(rows, key=lambda row: row[1][:2]):
        of_one = list(group)
        yield [request_id for request_id, _ in of_one], [entry for _, entry in of_one]


def _where(wanted: Wanted) -> tuple[str, list[str]]:
    where, parameters = ["1"], []
    if wanted.target is not None:
        where.append("r.scope IN (?, ?)")
        parameters += [ALL_MAIL, wanted.target]
    if wanted.since is not None:
        where.append("+r.received_day >= ?")
        parameters.append(wanted.since.isoformat())
    if wanted.until is not None:
        where.append("+r.received_day <= ?")
        parameters.append(wanted.until.isoformat())
    return " AND ".join(where), parameters
