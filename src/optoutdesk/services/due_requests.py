"""What needs her: the open requests by due date, marking them done, and who works on them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from optoutdesk.domain.deadlines import Cell
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform, Task, TaskEvent, TaskState
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.counting import Counting
from optoutdesk.store import OpenFilter, OpenWork, Store

Progress = Callable[[int, int], None]
"""Called now and then with what is done and all there is. Raises Cancelled to stop: then nothing was stored."""

_CLOCKS_AT_HAND = 4096
_ACT_NOW = "act-now"
_ON_TRACK = "on-track"
_BY_HAND = "by-hand"
_YEAR = timedelta(days=365)


class Urgency(StrEnum):
    """How an open request stands."""

    OVERDUE = "overdue"
    SOON = "due-soon"
    ON_TRACK = "on-track"


@dataclass(frozen=True, slots=True)
class Due:
    """A request and its clock."""

    request: OptOutRequest
    days_left: int
    """Days of its policy after today; negative: late."""
    urgency: Urgency
    strip: tuple[Cell, ...]
    own_target: datetime
    """By when the business itself means to be done; never instead of the due date."""
    tasks: tuple[Task, ...] = ()
    """What is to be done where, done ones too; none: it is done wherever she sends from."""
    assigned: str = ""
    """Who works on it; "" is nobody."""
    acknowledged: bool = False

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """What is still to be done."""
        return tuple(task for task in self.tasks if task.state is TaskState.OPEN)

    def target_missed(self, now: datetime) -> bool:
        """Whether the own target is over."""
        return now > self.own_target


class GroupBy(StrEnum):
    """How open requests are put together."""

    URGENCY = "urgency"
    DAY = "day"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class DueFilter:
    """Which open requests are wanted."""

    platform: int | None = None
    """Only those to be done there."""
    person: str | None = None
    """Only those assigned to this person, "" to nobody, and whatever is overdue; None: all."""


@dataclass(frozen=True, slots=True)
class DueGroup:
    """Some of the open requests under one title."""

    key: str
    count: int
    overdue: int
    day: date | None = None
    """Grouped by day: due on it."""
    platform: Platform | None = None
    """Grouped by platform: to be done there; None there: wherever she sends from."""
    urgency: Urgency | None = None
    """Grouped by urgency: ON_TRACK, or SOON for whatever needs her now, overdue ones too."""


@dataclass(frozen=True, slots=True)
class DuePage:
    """Some open requests, and where the next ones start."""

    requests: tuple[Due, ...]
    after: tuple[str, int] | None
    """Give this to the next call; None: there are no more."""


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
        self._work = OpenWork(store)
        self._counting = counting
        self._clocks: dict[tuple[date, date, str, str, date], tuple[int, Urgency, tuple[Cell, ...]]] = {}

    # -- how things stand

    def today(self, now: datetime, limit: int | None = None) -> Today:
        """Return how things stand."""
        day = self._counting.today(now)
        overdue = self._store.count_open(day - timedelta(days=1))
        done, in_time = self._store.count_done(now - _YEAR)
        requests = self._store.open_requests(limit)
        return Today(
            day=day,
            overdue=overdue,
            soon=self._store.count_open(self._counting.soon(day)) - overdue,
            open=self._store.count_open(),
            on_time=in_time / done if done else None,
            requests=self.with_tasks(requests, day),
        )

    def count_with_tasks(self) -> int:
        """Return how many requests have something to be done at a platform."""
        return self._work.count_with_tasks()

    def median_hours(self, now: datetime) -> float | None:
        """Return the hours from receipt to done of the middle one of the last 12 months; None: none was done."""
        return self._store.median_hours(now - _YEAR)

    def groups(self, now: datetime, by: GroupBy, wanted: DueFilter = DueFilter()) -> list[DueGroup]:
        """Return the groups there are, in the order they are shown; a request is in the group of each of its platforms."""
        by = GroupBy(by)  # Qt gives an enum of strings back as a plain string
        day = self._counting.today(now)
        if by is GroupBy.PLATFORM:
            platforms = {platform.id: platform for platform in self._store.clocks.platforms()}
            return [
                DueGroup(
                    _BY_HAND if platform_id is None else str(platform_id),
                    count,
                    overdue,
                    platform=None if platform_id is None else platforms[platform_id],
                )
                for platform_id, count, overdue in self._work.by_platform(self._filter(wanted, day), day)
                if wanted.platform in (None, platform_id)
            ]
        days = self._work.by_day(self._filter(wanted, day))
        if by is GroupBy.DAY:
            return [
                DueGroup(due.isoformat(), count, count if due < day else 0, day=due) for due, count in days
            ]
        soon = self._counting.soon(day)
        act_now = sum(count for due, count in days if due <= soon)
        later = sum(count for due, count in days if due > soon)
        overdue = sum(count for due, count in days if due < day)
        groups = [
            DueGroup(_ACT_NOW, act_now, overdue, urgency=Urgency.SOON),
            DueGroup(_ON_TRACK, later, 0, urgency=Urgency.ON_TRACK),
        ]
        return [group for group in groups if group.count]

    def page(
        self,
        now: datetime,
        group: DueGroup | None = None,
        wanted: DueFilter = DueFilter(),
        after: tuple[str, int] | None = None,
        limit: int = 200,
    ) -> DuePage:
        """Return open requests by due date, as fast at any depth as at the start."""
        day = self._counting.today(now)
        requests = self._work.page(self._filter(wanted, day, group), after, limit + 1)
        last = requests[limit - 1] if len(requests) > limit else None
        return DuePage(
            self.with_tasks(requests[:limit], day), (last.due.isoformat(), last.id) if last else None
        )

    def ids(
        self,
        now: datetime,
        group: DueGroup | None = None,
        wanted: DueFilter = DueFilter(),
    ) -> list[int]:
        """Return the ids of all requests of a group, by due date."""
        return self._work.ids(self._filter(wanted, self._counting.today(now), group))

    def _filter(self, wanted: DueFilter, day: date, group: DueGroup | None = None) -> OpenFilter:
        found = OpenFilter(platform=wanted.platform, person=wanted.person, always_before=day)
        if group is None:
            return found
        if group.day is not None:
            return replace(found, due_from=group.day, due_by=group.day)
        if group.platform is not None:
            return replace(found, platform=group.platform.id)
        if group.key == _BY_HAND:
            return replace(found, by_hand=True)
        soon = self._counting.soon(day)
        if group.urgency is Urgency.ON_TRACK:
            return replace(found, due_from=soon + timedelta(days=1))
        return replace(found, due_by=soon)

    def with_tasks(self, requests: Sequence[OptOutRequest], day: date) -> tuple[Due, ...]:
        """Return requests with their clocks, and with what is to be done and who does it."""
        ids = [request.id for request in requests]
        tasks, assigned = self._work.tasks(requests), self._work.assigned(ids)
        acknowledged = self._work.acknowledged(ids)
        return tuple(
            replace(
                self.clock(request, day),
                tasks=tasks.get(request.id, ()),
                assigned=assigned.get(request.id, ""),
                acknowledged=request.id in acknowledged,
            )
            for request in requests
        )

    def clock(self, request: OptOutRequest, day: date) -> Due:
        """Return a request with its days left and its strip as of a day."""
        # Thousands of requests share few dates.
        key = (request.received.day, request.due, request.policy, request.counting, day)
        if key not in self._clocks:
            if len(self._clocks) > _CLOCKS_AT_HAND:
                self._clocks.clear()
            if request.due < day:
                urgency = Urgency.OVERDUE
            else:
                urgency = Urgency.SOON if request.due <= self._counting.soon(day) else Urgency.ON_TRACK
            left = self._counting.days_left(request, day)
            self._clocks[key] = (left, urgency, self._counting.strip(request, day))
        return Due(request, *self._clocks[key], self._counting.own_target(request.received))

    # -- what she does

    def mark_done(
        self,
        ids: Sequence[int],
        *,
        now: datetime,
        by: str,
        at: datetime | date | None = None,
        platforms: Collection[int] | None = None,
        state: TaskState = TaskState.REMOVED,
        progress: Progress | None = None,
    ) -> Changes:
        """Record that people were removed (or, by `state`, were never there); one act for all given.

        `platforms`: only there; None: wherever it is still to be done. `at`: when; a day without a time is its first
        moment, or the request's own where that is later. Requests that are not open there are passed over.
        Raises UserError when that lies ahead, or before a request.
        """
        moment = self._moment(at, now)
        with self._store.act("mark done", by=by, now=now, progress=progress) as act:
            by_hand: list[tuple[int, datetime]] = []
            events: list[TaskEvent] = []
            for one in self._work.still_open(ids):
                done_at = max(moment, one.received_at) if _is_day(at) else moment
                if done_at < one.received_at or (
                    _is_day(at) and self._day_of(one.received_at) > self._day_of(moment)
                ):
                    raise UserError(f"{one.given} asked only after that. Give a later moment.")
                there = [p for p in one.platforms if platforms is None or p in platforms]
                events += [TaskEvent(one.id, p, state, done_at, by, now) for p in there]
                if not one.platforms and platforms is None:
                    by_hand.append((one.id, done_at))
            if not events and not by_hand:
                act.leave_no_entry()
                return Changes.NOTHING
            if events:
                act.add_task_events(events)
            if by_hand:
                act.mark_done(by_hand, by, now)
        return Changes.REQUESTS | Changes.PLATFORMS

    def _moment(self, at: datetime | date | None, now: datetime) -> datetime:
        moment = at or now
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time.min, ZoneInfo(self._counting.zone))
        if moment > now + timedelta(minutes=5):
            raise UserError("That moment lies ahead. Give the day on which it was done.")
        return moment

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self._counting.zone)).date()

    def assign(self, ids: Sequence[int], person: str, *, now: datetime, by: str) -> Changes:
        """Give requests to somebody ("": to nobody); one act for all given."""
        person = " ".join(person.split())
        with self._store.act("assign", by=by, now=now) as act:
            present = self._work.assigned(ids)
            others = [
                request_id for request_id in dict.fromkeys(ids) if present.get(request_id, "") != person
            ]
            if not others:
                act.leave_no_entry()
                return Changes.NOTHING
            act.assign(others, person, now, by)
        return Changes.REQUESTS


def _is_day(at: datetime | date | None) -> bool:
    return at is not None and not isinstance(at, datetime)
