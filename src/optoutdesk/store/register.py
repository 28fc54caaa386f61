"""What can be asked of the register, and what it answers: pages that take the same time at any depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from optoutdesk.domain import ledger
from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import Channel, OptOutRequest, is_lifted
from optoutdesk.store.open_work import ASSIGNED, OpenWork
from optoutdesk.store.rows import to_text
from optoutdesk.store.store import STANDS, Store


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A line of the register."""

    request: OptOutRequest
    lifted: bool
    """Opted in again since: it bars nothing any more."""
    open: bool
    """Still to be done. Neither open nor done nor lifted: an earlier request of the same person counts."""
    verified: bool = False
    """Done, and each platform's own export shows it."""
    assigned: str = ""
    """Who works on it; "" is nobody."""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some lines of the register and where the next ones start."""

    rows: tuple[RegisterRow, ...]
    after: tuple[str, int] | None
    """Give this to the next call; None: there are no more."""


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which lines of the register are wanted."""

    text: str = ""
    """Part of an address."""
    only_open: bool = False
    due_from: date | None = None
    """Only open ones due on or after this day."""
    due_by: date | None = None
    """Only open ones due on or before this day."""
    channel: Channel | None = None
    scope: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    platform: int | None = None
    """Still to be done there."""
    person: str | None = None
    """Assigned to this person; "" to nobody."""
    late_on: date | None = None
    """Overdue on this day, or done late."""


_NEAR = 5_000
"""Open requests that are looked at one by one, the next by due date."""


class RegisterPages:
    """Reads the register of one suppression list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, wanted: RegisterFilter, after: tuple[str, int] | None = None, limit: int = 200
    ) -> RegisterPage:
        """Return a page of the register; as fast at any depth as at the start (keyset).

        All requests come the latest receipt first, open ones by due date.
        """
        where: list[str] = []
        parameters: list[ledger.Value] = []

        def wants(condition: str, *values: ledger.Value) -> None:
            where.append(condition)
            parameters.extend(values)

        only_open = (
            wanted.only_open
            or wanted.platform is not None
            or wanted.due_from is not None
            or wanted.due_by is not None
        )
        if wanted.text:
            wants("instr(r.key, ?)", wanted.text.lower())  # a fifth faster than LIKE; keys are lower case
        if wanted.channel is not None:
            wants("r.channel = ?", wanted.channel.value)
        if wanted.scope is not None:
            wants("r.scope = ?", wanted.scope)
        # The instant stands in the index, the day does not: it is looked at only near the ends of the period.
        if wanted.received_from is not None:
            wants("r.received_at >= ?", (wanted.received_from - timedelta(days=1)).isoformat())
            wants("r.received_day >= ?", wanted.received_from.isoformat())
        if wanted.received_to is not None:
            wants("r.received_at < ?", (wanted.received_to + timedelta(days=3)).isoformat())
            wants("r.received_day <= ?", wanted.received_to.isoformat())
        if wanted.person is not None:
            wants(f"{ASSIGNED.format(id='r.id')} = ?", wanted.person)
        if wanted.platform is not None:
            wants(
                "EXISTS (SELECT 1 FROM open_task k WHERE k.platform_id = ? AND k.request_id = r.id)",
                wanted.platform,
            )
        if wanted.late_on is not None:
            wants(
                "(EXISTS (SELECT 1 FROM open_request o WHERE o.request_id = r.id AND o.due < ?) OR r.id IN"
                f" (SELECT d.request_id FROM done d WHERE d.late = 1 AND {STANDS}))",
                wanted.late_on.isoformat(),
            )
        if only_open:
            requests = self._open_page(wanted, where, parameters, after, limit + 1)
        else:
            if after is not None:
                wants("(r.received_at, r.id) < (?, ?)", *after)
            requests = self._store.requests_where(
                f"WHERE {' AND '.join(where or ['1'])} ORDER BY r.received_at DESC, r.id DESC LIMIT ?",
                (*parameters, limit + 1),
            )
        page = requests[:limit]
        last: tuple[str, int] | None = None
        if len(requests) > limit:
            end = page[-1]
            last = (end.due.isoformat() if only_open else to_text(end.received.instant), end.id)
        return RegisterPage(self._register_rows(page), last)

    def _open_page(
        self,
        wanted: RegisterFilter,
        of_request: Sequence[str],
        values: Sequence[ledger.Value],
        after: tuple[str, int] | None,
        limit: int,
    ) -> list[OptOutRequest]:
        """Return open requests by due date, of those that fit conditions on the request."""
        due: list[str] = []
        days: list[ledger.Value] = []
        if after is not None:
            due.append("(due, request_id) > (?, ?)")
            days += [*after]
        if wanted.due_from is not None:
            due.append("due >= ?")
            days.append(wanted.due_from.isoformat())
        if wanted.due_by is not None:
            due.append("due <= ?")
            days.append(wanted.due_by.isoformat())
        when, fits = " AND ".join(due or ["1"]), " AND ".join(of_request or ["1"])
        # The next ones by due date are looked at one by one. Where few of them fit, those that do are taken from an
        # index on the requests instead, which takes a tenth of a second for a million.
        near = limit if not of_request else _NEAR
        found = self._store.requests_where(
            f"JOIN (SELECT * FROM open_request WHERE {when} ORDER BY due, request_id LIMIT ?) o ON o.request_id = r.id"
            f" WHERE {fits} ORDER BY o.due, o.request_id LIMIT ?",
            (*days, near, *values, limit),
        )
        if len(found) == limit or not of_request or self._store.count_open() <= _NEAR:
            return found
        return self._store.requests_where(
            f"JOIN (SELECT o.request_id, o.due FROM (SELECT id FROM request r WHERE {fits}) f"
            f" CROSS JOIN open_request o ON o.request_id = f.id WHERE {when} ORDER BY o.due, o.request_id LIMIT ?) o"
            " ON o.request_id = r.id ORDER BY o.due, o.request_id",
            (*values, *days, limit),
        )

    def _register_rows(self, requests: Sequence[OptOutRequest]) -> tuple[RegisterRow, ...]:
        work = OpenWork(self._store)
        tasks = work.tasks(requests)
        assigned = work.assigned(request.id for request in requests)
        rows = []
        for request in requests:
            opt_ins = self._store.opt_ins_about((request.kind, request.key))
            lifted = bool(opt_ins) and is_lifted(request.scope, request.latest, opt_ins)
            there = tasks.get(request.id, ())
            verified = bool(there) and all(task.state is TaskState.VERIFIED for task in there)
            is_open = self._store.is_open(request.id)
            rows.append(
                RegisterRow(request, lifted, is_open, verified and not is_open, assigned.get(request.id, ""))
            )
        return tuple(rows)
