"""What needs her: the open requests by due date, and marking them done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from optoutdesk.domain.deadlines import Cell
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.counting import Counting
from optoutdesk.store import Store

_CLOCKS_AT_HAND = 4096


class Urgency(StrEnum):
    """How an open request stands."""

    OVERDUE = "overdue"
    SOON = "due-soon"
    ON_TRACK = "on-track"


@dataclass(frozen=True, slots=True)
class Due:
    """An open request and its clock."""

    request: OptOutRequest
    days_left: int
    """Business days after today; negative: late."""
    urgency: Urgency
    strip: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """The figures and the requests of the Today screen."""

    day: date
    overdue: int
    soon: int
    """Due within the next business days, overdue ones not counted."""
    open: int
    on_time: float | None
    """Share of the requests done in the last 12 months that were done in time, 0 to 1; None: none was done."""
    requests: tuple[Due, ...]
    """The most urgent first; at most as many as were asked for."""

    @property
    def need_her(self) -> int:
        """How many requests need her now."""
        return self.overdue + self.soon


class DueRequests:
    """Reads and settles the open requests."""

    def __init__(self, store: Store, counting: Counting) -> None:
        self._store = store
        self._counting = counting
        self._clocks: dict[tuple[date, date, date], tuple[int, Urgency, tuple[Cell, ...]]] = {}

    def today(self, now: datetime, limit: int | None = None) -> Today:
        """Return how things stand."""
        day = self._counting.today(now)
        soon = self._counting.soon(day)
        overdue = self._store.count_open(day - timedelta(days=1))
        done, in_time = self._store.count_done(now - timedelta(days=365))
        return Today(
            day=day,
            overdue=overdue,
            soon=self._store.count_open(soon) - overdue,
            open=self._store.count_open(),
            on_time=in_time / done if done else None,
            requests=tuple(self.clock(request, day) for request in self._store.open_requests(limit)),
        )

    def clock(self, request: OptOutRequest, day: date) -> Due:
        """Return a request with its days left and its strip as of a day."""
        # Thousands of requests share few dates.
        key = (request.received.day, request.due, day)
        if key not in self._clocks:
            if len(self._clocks) > _CLOCKS_AT_HAND:
                self._clocks.clear()
            if request.due < day:
                urgency = Urgency.OVERDUE
            else:
                urgency = Urgency.SOON if request.due <= self._counting.soon(day) else Urgency.ON_TRACK
            left = self._counting.days_left(request.due, day)
            self._clocks[key] = (left, urgency, self._counting.strip(request, day))
        return Due(request, *self._clocks[key])

    def mark_done(
        self, requests: Sequence[OptOutRequest], *, now: datetime, by: str, at: datetime | None = None
    ) -> Changes:
        """Record that people were removed everywhere the business mails from; one act for all given."""
        moment = at or now
        if moment > now + timedelta(minutes=5):
            raise UserError("That moment lies ahead. Give the day on which it was done.")
        with self._store.act("mark done", by=by, now=now) as act:
            still_open = [r for r in requests if self._store.is_open(r.id)]
            if not still_open:
                act.leave_no_entry()
                return Changes.NOTHING
            early = next((r for r in still_open if moment < r.received.instant), None)
            if early is not None:
                raise UserError(f"{early.given} asked only after that. Give a later moment.")
            act.mark_done(still_open, moment, by, now)
        return Changes.REQUESTS
