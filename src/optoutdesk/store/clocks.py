"""Which requests are open, and where: derived from the history in the transaction of each act, and checked against it."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from optoutdesk.domain.platforms import Events, Places, Platform, TaskEvent, closed_at, open_places
from optoutdesk.domain.requests import Channel, Kind, OptOutRequest, in_force
from optoutdesk.store.rows import REQUEST, to_request, to_text
from optoutdesk.store.rows_desk import PLATFORM, to_platform, to_task_event

if TYPE_CHECKING:
    from optoutdesk.store.acts import Act
    from optoutdesk.store.store import Store

_MANY = 10_000
"""Rows written at once."""
_TOLD = 500
"""People after whom progress is told."""
HAS_CLOCK = f"r.kind <> '{Kind.HASH.value}' AND r.channel <> '{Channel.BOUNCE.value}'"
"""As OptOutRequest.has_clock."""
_ACTIVE = "NOT EXISTS (SELECT 1 FROM retired WHERE platform_id = p.id)"
_CONCERNS = "(r.received_day >= p.since OR r.id > p.after_request)"
"""As domain.platforms.concerns."""
_OWN_EXPORT = "(p.known <> '' AND p.known = coalesce((SELECT origin FROM batch WHERE id = r.batch_id), ''))"
"""As domain.platforms.from_its_own_export."""
_TO_DO_THERE = f"""
    FROM platform p CROSS JOIN request r
    WHERE {_ACTIVE} AND {HAS_CLOCK} AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = r.id)
    AND coalesce(
        (SELECT state = 'open' FROM task t WHERE t.request_id = r.id AND t.platform_id = p.id ORDER BY id DESC LIMIT 1),
        {_CONCERNS} AND NOT {_OWN_EXPORT})
"""
"""Platform p and request r, as far as one request alone tells."""
_DONE_BY_HAND = f"""
    NOT EXISTS (SELECT 1 FROM platform p WHERE {_ACTIVE}
        AND EXISTS (SELECT 1 FROM task t WHERE t.request_id = r.id AND t.platform_id = p.id))
    AND NOT EXISTS (SELECT 1 FROM platform p WHERE {_CONCERNS} AND ({_ACTIVE} OR {_OWN_EXPORT}))
"""
"""No platform says where request r is to be done."""
_CONTESTED = """
    SELECT kind, key FROM request GROUP BY kind, key HAVING count(*) > 1
    UNION SELECT kind, key FROM opt_in
    UNION SELECT r.kind, r.key FROM withdrawn w JOIN request r ON r.id = w.request_id
    UNION SELECT r.kind, r.key FROM task t JOIN request r ON r.id = t.request_id WHERE t.state = 'open'
"""
"""The subjects of several requests, of an opt-in, or found active once: which of their clocks run has to be worked out."""


SEVERAL = (
    "(EXISTS (SELECT 1 FROM request o WHERE o.kind = r.kind AND o.key = r.key AND o.id <> r.id)"
    " OR EXISTS (SELECT 1 FROM opt_in i WHERE i.key = r.key AND i.kind = r.kind))"
)
"""Request r is not the only thing on record about its subject."""


def open_all(connection: sqlite3.Connection, ours: str) -> None:
    """Open new requests, each as if it were the only one about its subject. `ours`: which requests r, as SQL."""
    if not connection.execute("SELECT 1 FROM platform LIMIT 1").fetchone():
        connection.execute(
            "INSERT INTO open_request (request_id, due)"
            f" SELECT id, due FROM request r WHERE {ours} AND {HAS_CLOCK}"
        )
        return
    connection.execute(
        f"INSERT INTO open_task (platform_id, request_id) SELECT p.id, r.id {_TO_DO_THERE} AND {ours}"
    )
    connection.execute(
        "INSERT INTO open_request (request_id, due)"
        f" SELECT id, due FROM request r WHERE {ours} AND {HAS_CLOCK}"
        f" AND (EXISTS (SELECT 1 FROM open_task WHERE request_id = r.id) OR ({_DONE_BY_HAND}))"
    )


class Clocks:
    """Works out the tables open_request and open_task of one suppression list."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def _rows(self, sql: str, parameters: Sequence[str | int] = ()) -> Iterator[tuple[Any, ...]]:
        return self._store.connection.execute(sql, parameters)

    def platforms(self) -> list[Platform]:
        """Return all platforms, the retired ones too, in the order they were added."""
        return [to_platform(row) for row in self._rows(f"SELECT {PLATFORM} ORDER BY p.id")]

    def events(self, requests: Sequence[int]) -> Events:
        """Return what happened to some requests at platforms."""
        found: dict[tuple[int, int], list[TaskEvent]] = {}
        for request in requests:
            for row in self._rows("SELECT * FROM task WHERE request_id = ? ORDER BY id", (request,)):
                event = to_task_event(row)
                found.setdefault((event.request, event.platform), []).append(event)
        return found

    def running(self, barring: Sequence[OptOutRequest]) -> list[OptOutRequest]:
        """Return those that are still to be done, of the requests in force about one address or domain, as of now.

        The tables say it only when an act has ended.
        """
        platforms = self.platforms()
        events = self.events([request.id for request in barring]) if platforms else {}
        places = open_places(self._without_disproved(barring, events), platforms, events)
        return [request for request in barring if request.id in places.open]

    # -- in an act

    def settle(self, act: "Act", progress: Callable[[int, int], None] | None = None) -> None:
        """Let exactly those clocks run that should, of the subjects an act touched.

        What is thereby done at its last platform is stored as done.
        """
        running: list[tuple[int, str]] = []
        there: list[tuple[int, int]] = []
        stopped: list[tuple[int]] = []
        total = next(self._rows("SELECT count(*) FROM touched"))[0]
        for done, (requests, places) in enumerate(self._worked_out("touched")):
            if progress is not None and done % _TOLD == 0:
                progress(done, total)
            stopped += [(request.id,) for request in requests]
            for request in requests:
                at = places.open.get(request.id)
                if at is not None:
                    running.append((request.id, request.due.isoformat()))
                    there += [(platform, request.id) for platform in at]
                elif request.id in places.completed and self._store.is_open(request.id):
                    act.add_done(request.id, places.completed[request.id])
            if len(stopped) >= _MANY:
                self._write(stopped, running, there)
        self._write(stopped, running, there)

    def _worked_out(self, subjects: str) -> Iterator[tuple[list[OptOutRequest], Places]]:
        """Yield all requests about each of the subjects (a table of kind and key), with where they are to be done."""
        platforms = self.platforms()
        opted_in = set(self._store.opted_in())
        rows = self._rows(
            f"SELECT {REQUEST} FROM {subjects} s CROSS JOIN request r ON r.kind = s.kind AND r.key = s.key"
            " ORDER BY s.kind, s.key"
        )
        for (kind, key), group in groupby(rows, key=itemgetter(1, 2)):
            requests = [to_request(row) for row in group]
            opt_ins = self._store.opt_ins_about((Kind(kind), key)) if (kind, key) in opted_in else []
            events = self.events([request.id for request in requests]) if platforms else {}
            barring = self._without_disproved(in_force(requests, opt_ins, None), events)
            yield requests, open_places(barring, platforms, events)

    def _without_disproved(self, requests: Sequence[OptOutRequest], events: Events) -> list[OptOutRequest]:
        """Return requests as not done where a platform's own export showed later that they were not."""
        shown: dict[int, str] = {}
        for (request_id, _), happened in events.items():
            if closed_at(happened) is None:
                recorded_at = to_text(happened[-1].recorded_at)
                shown[request_id] = max(recorded_at, shown.get(request_id, ""))

        def disproved(request: OptOutRequest) -> bool:
            if request.done_at is None or request.id not in shown:
                return False
            last = "SELECT max(recorded_at) FROM done WHERE request_id = ?"
            return bool(next(self._rows(last, (request.id,)))[0] < shown[request.id])

        return [replace(each, done_at=None) if disproved(each) else each for each in requests]

    def _write(
        self, stopped: list[tuple[int]], running: list[tuple[int, str]], there: list[tuple[int, int]]
    ) -> None:
        connection = self._store.connection
        connection.executemany("DELETE FROM open_request WHERE request_id = ?", stopped)
        connection.executemany("DELETE FROM open_task WHERE request_id = ?", stopped)
        connection.executemany("INSERT INTO open_request (request_id, due) VALUES (?, ?)", running)
        connection.executemany("INSERT INTO open_task (platform_id, request_id) VALUES (?, ?)", there)
        stopped.clear()
        running.clear()
        there.clear()

    # -- checking

    def first_wrong(self) -> str | None:
        """Check both tables against the history: a done request listed, or an open one lost."""
        self._store.connection.execute("CREATE TEMP TABLE IF NOT EXISTS contested (kind TEXT, key TEXT)")
        self._store.connection.execute("DELETE FROM contested")
        self._store.connection.execute(f"INSERT INTO contested {_CONTESTED}")
        contested = {(kind, key) for kind, key in self._rows("SELECT kind, key FROM contested")}
        for request_id, kind, key, how in self._wrong_alone(with_platforms=bool(self.platforms())):
            if (kind, key) not in contested:
                return f"request {request_id} is {how} among the open ones"
        for requests, places in self._worked_out("contested"):
            for request in requests:
                still = places.open.get(request.id)
                if self._store.is_open(request.id) != (still is not None):
                    how = "missing" if still is not None else "wrong"
                    return f"request {request.id} is {how} among the open ones"
                if sorted(still or ()) != sorted(self._open_at(request.id)):
                    return f"request {request.id} is open at the wrong platforms"
        return None

    def _open_at(self, request: int) -> list[int]:
        return [
            p for (p,) in self._rows("SELECT platform_id FROM open_task WHERE request_id = ?", (request,))
        ]

    def _wrong_alone(self, *, with_platforms: bool) -> Iterator[tuple[int, str, str, str]]:
        """Yield id, kind, key and what is wrong with each request that alone decides whether it is open."""
        by_hand = (
            f"{HAS_CLOCK} AND NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = r.id)"
            " AND NOT EXISTS (SELECT 1 FROM done WHERE request_id = r.id)"
        )
        if with_platforms:
            by_hand = f"{by_hand} AND {_DONE_BY_HAND}"
        listed = "EXISTS (SELECT 1 FROM open_request WHERE request_id = r.id)"
        at_platform = "EXISTS (SELECT 1 FROM open_task WHERE request_id = r.id)"
        yield from self._rows(
            f"SELECT id, kind, key, 'missing' FROM request r WHERE ({at_platform} OR ({by_hand})) AND NOT {listed}"
        )
        yield from self._rows(
            "SELECT r.id, r.kind, r.key, 'wrong' FROM open_request o JOIN request r ON r.id = o.request_id"
            f" WHERE r.due <> o.due OR NOT ({at_platform} OR ({by_hand}))"
        )
        if not with_platforms:
            return
        expected = f"SELECT p.id, r.id {_TO_DO_THERE}"
        present = "SELECT platform_id, request_id FROM open_task"
        for one, other, how in ((expected, present, "missing"), (present, expected, "wrong")):
            for _, request_id in self._rows(f"{one} EXCEPT {other}"):
                kind, key = next(self._rows("SELECT kind, key FROM request WHERE id = ?", (request_id,)))
                yield request_id, kind, key, how
