"""What is still to be done, by due date: pages, counts and groups of the open requests, as fast at 20,000 as at 5."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from optoutdesk.domain import ledger
from optoutdesk.domain.platforms import Platform, Task, TaskState, from_its_own_export
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.store.connection import translated
from optoutdesk.store.rows import REQUEST, from_text, to_request
from optoutdesk.store.store import Store

ASSIGNED = (
    "coalesce((SELECT person FROM assigned a WHERE a.request_id = {id} ORDER BY a.id DESC LIMIT 1), '')"
)
"""Who works on the request with this id."""
_AT_ONCE = 500
"""Requests asked for in one statement."""


@dataclass(frozen=True, slots=True)
class OpenFilter:
    """Which open requests are wanted."""

    platform: int | None = None
    """Only those to be done there."""
    by_hand: bool = False
    """Only those of which no platform says where."""
    person: str | None = None
    """Only those assigned to this person; "" to nobody. None: all."""
    always_before: date | None = None
    """Those due before this day are wanted whoever works on them."""
    due_from: date | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class OpenAt:
    """An open request and where it is to be done."""

    id: int
    given: str
    received_at: datetime
    platforms: tuple[int, ...]
    """Empty: wherever she sends from."""


class OpenWork:
    """Reads the open requests of one suppression list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _rows(self, sql: str, parameters: Sequence[ledger.Value] = ()) -> Iterator[tuple[Any, ...]]:
        with translated(self._store.file):
            yield from self._store.connection.execute(sql, parameters)

    def page(
        self, wanted: OpenFilter, after: tuple[str, int] | None = None, limit: int = 200
    ) -> list[OptOutRequest]:
        """Return open requests by due date; `after`: due date (ISO) and id of the last one that is known."""
        where, parameters = _where(wanted, after)
        rows = self._rows(
            f"SELECT {REQUEST} FROM (SELECT o.due, o.request_id FROM open_request o WHERE {where}"
            " ORDER BY o.due, o.request_id LIMIT ?) o CROSS JOIN request r ON r.id = o.request_id"
            " ORDER BY o.due, o.request_id",
            (*parameters, limit),
        )
        return [to_request(row) for row in rows]

    def ids(self, wanted: OpenFilter) -> list[int]:
        """Return the ids of all of them, by due date."""
        where, parameters = _where(wanted)
        rows = self._rows(
            f"SELECT o.request_id FROM open_request o WHERE {where} ORDER BY o.due, o.request_id", parameters
        )
        return [request_id for (request_id,) in rows]

    def by_day(self, wanted: OpenFilter) -> list[tuple[date, int]]:
        """Return the due days there are, each with how many requests."""
        where, parameters = _where(wanted)
        rows = self._rows(
            f"SELECT o.due, count(*) FROM open_request o WHERE {where} GROUP BY o.due ORDER BY o.due",
            parameters,
        )
        return [(date.fromisoformat(day), count) for day, count in rows]

    def by_platform(self, wanted: OpenFilter, day: date) -> list[tuple[int | None, int, int]]:
        """Return the platforms with something to do (None: wherever she sends from), how many, and how many overdue."""
        where, parameters = _where(wanted)
        rows = self._rows(
            "SELECT k.platform_id, count(*), sum(o.due < ?) FROM open_request o"
            f" LEFT JOIN open_task k ON k.request_id = o.request_id WHERE {where}"
            " GROUP BY 1 ORDER BY k.platform_id IS NULL, 1",
            (day.isoformat(), *parameters),
        )
        return list(rows)

    def count_with_tasks(self) -> int:
        """Return how many requests have something to be done at a platform."""
        return int(next(self._rows("SELECT count(DISTINCT request_id) FROM open_task"))[0])

    # -- of single requests

    def still_open(self, ids: Iterable[int]) -> list[OpenAt]:
        """Return those of the requests that are open, each with where."""
        found = []
        for some in _parts(ids):
            rows = self._rows(
                "SELECT r.id, r.given, r.received_at, group_concat(k.platform_id) FROM open_request o"
                " JOIN request r ON r.id = o.request_id LEFT JOIN open_task k ON k.request_id = o.request_id"
                f" WHERE o.request_id IN ({_marks(some)}) GROUP BY r.id",
                some,
            )
            for request_id, given, received_at, there in rows:
                platforms = tuple(map(int, there.split(","))) if there else ()
                found.append(OpenAt(request_id, given, from_text(received_at), platforms))
        return found

    def tasks(self, requests: Sequence[OptOutRequest]) -> Mapping[int, tuple[Task, ...]]:
        """Return the things to do of requests, done ones too, in the order of their platforms."""
        platforms = {platform.id: platform for platform in self._store.clocks.platforms()}
        if not platforms:
            return {}
        found: dict[int, dict[int, Task]] = {request.id: {} for request in requests}
        still_open: set[tuple[int, int]] = set()
        for some in _parts(found):
            for request_id, platform_id in self._rows(
                f"SELECT request_id, platform_id FROM open_task WHERE request_id IN ({_marks(some)})", some
            ):
                still_open.add((request_id, platform_id))
                found[request_id][platform_id] = Task(platforms[platform_id], TaskState.OPEN)
            for request_id, platform_id, state, at, by, verification in self._rows(
                "SELECT request_id, platform_id, state, at, by, verification_id FROM task"
                f" WHERE request_id IN ({_marks(some)}) ORDER BY id",
                some,
            ):
                found[request_id][platform_id] = Task(
                    platforms[platform_id], TaskState(state), from_text(at), by, verification
                )
        for request in requests:
            self._add_own_exports(request, platforms.values(), found[request.id])
        # Found active there once, but by now the platform is retired, or an earlier request covers this one.
        return {
            request_id: tuple(
                task
                for platform_id, task in sorted(there.items(), key=itemgetter(0))
                if task.state is not TaskState.OPEN or (request_id, platform_id) in still_open
            )
            for request_id, there in found.items()
        }

    @staticmethod
    def _add_own_exports(
        request: OptOutRequest, platforms: Iterable[Platform], there: dict[int, Task]
    ) -> None:
        """Add where nothing was ever to be done: the platform itself said that the person opted out."""
        for platform in platforms:
            if platform.id not in there and from_its_own_export(platform, request):
                there[platform.id] = Task(platform, TaskState.VERIFIED, request.recorded_at, request.by)

    def assigned(self, ids: Iterable[int]) -> Mapping[int, str]:
        """Return who works on requests, for those that somebody works on."""
        found: dict[int, str] = {}
        for some in _parts(ids):
            found.update(
                self._rows(
                    f"SELECT request_id, person FROM assigned WHERE request_id IN ({_marks(some)}) ORDER BY id",
                    some,
                )
            )
        return {request_id: person for request_id, person in found.items() if person}

    def acknowledged(self, ids: Iterable[int]) -> frozenset[int]:
        """Return which of the requests were acknowledged."""
        return frozenset(
            request_id
            for some in _parts(ids)
            for (request_id,) in self._rows(
                f"SELECT request_id FROM acknowledged WHERE request_id IN ({_marks(some)})", some
            )
        )


def _where(wanted: OpenFilter, after: tuple[str, int] | None = None) -> tuple[str, list[ledger.Value]]:
    where: list[str] = []
    parameters: list[ledger.Value] = []
    if after is not None:
        where.append("(o.due, o.request_id) > (?, ?)")
        parameters += [*after]
    if wanted.due_from is not None:
        where.append("o.due >= ?")
        parameters.append(wanted.due_from.isoformat())
    if wanted.due_by is not None:
        where.append("o.due <= ?")
        parameters.append(wanted.due_by.isoformat())
    if wanted.platform is not None:
        where.append("EXISTS (SELECT 1 FROM open_task WHERE platform_id = ? AND request_id = o.request_id)")
        parameters.append(wanted.platform)
    if wanted.by_hand:
        where.append("NOT EXISTS (SELECT 1 FROM open_task WHERE request_id = o.request_id)")
    if wanted.person is not None:
        theirs = f"{ASSIGNED.format(id='o.request_id')} = ?"
        parameters.append(wanted.person)
        if wanted.always_before is not None:
            theirs = f"({theirs} OR o.due < ?)"
            parameters.append(wanted.always_before.isoformat())
        where.append(theirs)
    return " AND ".join(where or ["1"]), parameters


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    every = list(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))
