"""A simulated year of reminders: a fake clock, a computer that sleeps, travels and restarts, and what must hold throughout.

The rules are written out anew here, as plainly as can be, so that the program is held to them and not to itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from optoutdesk.domain.reminders import Reminder, Schedule, Snooze

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe")


@dataclass
class Asked:
    """An open request."""

    due: date
    own_target: datetime
    since: datetime
    """When it was recorded."""


class Program(Protocol):
    """The part of the program that is tested."""

    def record(self, received: datetime, now: datetime) -> tuple[int, Asked]: ...
    def close(self, request: int, now: datetime) -> None: ...
    def travel(self, zone: str) -> None: ...
    def restart(self) -> None: ...
    def tick(self, now: datetime) -> list[Reminder] | None:
        """Say what is to be said; None while it is snoozed."""

    def snooze(self, snooze: Snooze, now: datetime, again: list[tuple[int, str]]) -> datetime | None:
        """Return until when, and put off what was said; None when that is not safe."""


@dataclass
class Year:
    """Lives through some days and checks at each tick what she was told."""

    program: Program
    schedule: Schedule
    is_business_day: Callable[[date], bool]
    random: Random
    now: datetime
    zone: str = ZONES[0]
    open: dict[int, Asked] = field(default_factory=dict)
    told: dict[tuple[int, str], datetime] = field(default_factory=dict)
    last: list[tuple[int, str]] = field(default_factory=list)
    """What was told last since the program was started: a snooze puts it off."""
    snoozed_at: datetime | None = None
    snoozed_until: datetime | None = None
    moved: bool = False
    """The zone or the clock was changed since the snooze began."""
    counts: dict[str, int] = field(default_factory=dict)

    # -- the rules, written out

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def at(self, day: date, clock: time | None = None) -> datetime:
        wanted = self.schedule.at if clock is None else clock
        return datetime.combine(day, wanted, ZoneInfo(self.zone)).astimezone(UTC)

    def steps(self, asked: Asked) -> dict[str, datetime]:
        """Every step that has come or will come until tomorrow, with its moment."""
        found: dict[str, datetime] = {}
        for count in self.schedule.days_before:
            day, left = asked.due, count
            while left:
                day -= DAY
                left -= self.is_business_day(day)
            found[f"before-{count}" if count else "due"] = self.at(day)
        if self.schedule.target_missed:
            found["target"] = asked.own_target
        if self.schedule.overdue_daily:
            day = asked.due + DAY
            while day <= self.local_day(self.now) + DAY:
                found[f"overdue:{day}"] = self.at(day)
                day += DAY
        return found

    # -- what happens

    def live(self, days: int) -> None:
        end = self.now + days * DAY
        while self.now < end:
            self._something_happens()
            self.tick()
            self.now += self._pause()

    def _pause(self) -> timedelta:
        roll = self.random.random()
        if roll < 0.002:
            return self.random.uniform(2, 20) * DAY  # away
        if roll < 0.05:
            return self.random.uniform(6, 60) * HOUR  # asleep
        return self.random.uniform(1, 45) * MINUTE

    def _something_happens(self) -> None:
        roll = self.random.random
        if roll() < 0.03:
            received = self.now - self.random.choice((0, 0.1, 1, 5, 16, 40)) * DAY * self.random.random()
            request, asked = self.program.record(received, self.now)
            self.open[request] = asked
        if self.open and roll() < 0.03:
            request = self.random.choice(list(self.open))
            self.program.close(request, self.now)
            del self.open[request]
        if roll() < 0.005:
            self.zone = self.random.choice(ZONES)
            self.program.travel(self.zone)
            self.moved = True
        if roll() < 0.005:
            self.now -= self.random.uniform(0, 26) * HOUR  # set back; it goes on from there
            self.moved = True
        if roll() < 0.02:
            self.program.restart()
            self.last = []
        if roll() < 0.04:
            self._snooze(self.random.choice(list(Snooze)))

    def _snooze(self, snooze: Snooze) -> None:
        until = self.program.snooze(snooze, self.now, self.last)
        if until is None:
            self._count("refused")
            return
        self._count("snoozed")
        assert until > self.now - timedelta(seconds=1)
        self.snoozed_at, self.snoozed_until, self.moved = self.now, until, False
        today = self.local_day(self.now)
        for asked in self.open.values():
            reminded_at = self.at(asked.due)
            assert until <= reminded_at or reminded_at <= self.now, "not in time for the due date's reminder"
            if asked.due <= today and reminded_at <= self.now:
                assert until <= self.now + HOUR
                assert until <= self.at(today + DAY, time.min), "beyond the end of the day"
        for step in self.last:  # comes again when the snooze is over
            self.told.pop(step, None)
            self._count("put off")
        self.last = []

    # -- what must hold

    def tick(self) -> None:
        said = self.program.tick(self.now)
        if said is None:
            self._check_held()
            return
        if self.snoozed_until is not None:
            self._count("cut short" if self.snoozed_until > self.now else "over")
        self.snoozed_at = self.snoozed_until = None
        for reminder in said:
            asked = self.open[reminder.request]
            moments = self.steps(asked)
            for step in reminder.steps:
                assert (reminder.request, step) not in self.told, f"said twice: {step}"
                assert moments[step] <= self.now, f"said too early: {step}"
                self.told[reminder.request, step] = self.now
                self._count(step.partition(":")[0])
        if said:
            self.last = [(each.request, step) for each in said for step in each.steps]
        self._check_nothing_is_late()

    def _check_nothing_is_late(self) -> None:
        for request, asked in self.open.items():
            come = {step for step, moment in self.steps(asked).items() if moment <= self.now}
            daily = sorted(step for step in come if step.startswith("overdue"))
            for step in come - {*daily[:-1]}:  # of the daily ones the last one stands for all
                said = (request, step) in self.told or (
                    step in daily
                    and any(r == request and s >= step for r, s in self.told if s.startswith("overdue"))
                )
                assert said, f"late or lost: {step} of a request due {asked.due} at {self.now}"

    def _check_held(self) -> None:
        assert self.snoozed_at is not None
        assert self.snoozed_until is not None
        if not self.moved:
            assert self.now < self.snoozed_until
        today = self.local_day(self.now)
        for asked in self.open.values():
            reminded_at = self.at(asked.due)
            if not self.moved:
                assert not max(self.snoozed_at, asked.since) < reminded_at <= self.now, (
                    "a snooze crossed a due date's reminder"
                )
            if asked.due < today and not self.moved:
                assert self.now < max(self.snoozed_at, asked.since) + HOUR, "something overdue waited"

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
