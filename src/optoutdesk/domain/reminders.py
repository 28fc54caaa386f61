"""Reminders of open requests: the steps of a schedule, what is to be said now, and until when it may wait.

Each step of a request is said once. What was missed, because the computer slept or its clock was wrong, is caught up.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from optoutdesk.domain.deadlines import HolidayName, is_business_day

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_TARGET = "target"
_DUE = "due"
_BEFORE = "before-"
_OVERDUE = "overdue:"
_RAN_AHEAD = timedelta(days=2)
"""More than time zones lie apart: who says something so long before its moment had a wrong clock."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When she wants to be reminded of an open request."""

    days_before: tuple[int, ...] = (3, 1, 0)
    """Business days before the due date; 0 is the due date itself."""
    target_missed: bool = True
    """When her own target passes."""
    overdue_daily: bool = True
    at: time = time(9)
    """Time of day in the business's zone; her own target passes at any time."""


@dataclass(frozen=True, slots=True)
class Clock:
    """An open request, as far as reminding goes."""

    request: int
    due: date
    own_target: datetime
    said: frozenset[str] = frozenset()
    """The steps that were said."""


class About(StrEnum):
    """What a reminder is about, the most urgent first."""

    OVERDUE = "overdue"
    DUE = "due"
    """The due date is near."""
    TARGET_MISSED = "target-missed"
    """Her own target has passed, the legal date has not."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to be said of one request."""

    request: int
    due: date
    about: About
    """The most urgent of its steps, as it stands now."""
    steps: tuple[str, ...]
    """All of its steps that are said by this."""


class Timetable:
    """The moments of a schedule's steps, in a business's zone and by its holidays."""

    def __init__(self, schedule: Schedule, holiday: HolidayName, zone: str) -> None:
        self.schedule = schedule
        self._holiday = holiday
        self._zone = ZoneInfo(zone)
        self._before: dict[date, tuple[tuple[str, datetime], ...]] = {}

    def today(self, now: datetime) -> date:
        """Return the business's local day."""
        return now.astimezone(self._zone).date()

    def on(self, day: date) -> datetime:
        """Return the moment of the time of day on a day (UTC).

        Where clocks are put back it exists twice: the first counts. Where they are put forward it may not exist: then
        it is the moment at which the clocks would have shown it.
        """
        return datetime.combine(day, self.schedule.at, self._zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the first moment of the next local day (UTC)."""
        return datetime.combine(day + _DAY, time.min, self._zone).astimezone(UTC)

    def latest_day(self, now: datetime) -> date:
        """Return the last day whose time of day has come."""
        day = self.today(now)
        while self.on(day) > now:
            day -= _DAY
        return day

    def next_business_day(self, day: date) -> date:
        """Return the first business day after a day."""
        day += _DAY
        while not is_business_day(day, self._holiday):
            day += _DAY
        return day

    def business_days_before(self, due: date, count: int) -> date:
        """Return the day that lies so many business days before a due date."""
        day = due
        while count:
            day -= _DAY
            if is_business_day(day, self._holiday):
                count -= 1
        return day

    def before(self, due: date) -> tuple[tuple[str, datetime], ...]:
        """Return the steps up to a due date with their moments, in order."""
        if due not in self._before:  # thousands of requests share few dates
            steps = [(_name(count), self.moment(_name(count), due)) for count in {*self.schedule.days_before}]
            self._before[due] = tuple(sorted(steps, key=lambda step: step[1]))
        return self._before[due]

    def moment(self, step: str, due: date) -> datetime:
        """Return when a step of a due date comes; of every step but her own target's."""
        if step.startswith(_OVERDUE):
            return self.on(date.fromisoformat(step.removeprefix(_OVERDUE)))
        count = 0 if step == _DUE else int(step.removeprefix(_BEFORE))
        return self.on(self.business_days_before(due, count))


def _name(days_before: int) -> str:
    return f"{_BEFORE}{days_before}" if days_before else _DUE


def overdue_step(day: date) -> str:
    """Return the daily step of an overdue request; later days sort behind it."""
    return f"{_OVERDUE}{day.isoformat()}"


# -- what is to be said


def to_say(clocks: Iterable[Clock], timetable: Timetable, now: datetime) -> list[Reminder]:
    """Return what is to be said now, one reminder a request: its steps that have come and were not said yet."""
    today, latest = timetable.today(now), timetable.latest_day(now)
    found = []
    for clock in clocks:
        steps = [step for step in _steps_until(clock, timetable, now, latest) if step not in clock.said]
        if steps:
            found.append(Reminder(clock.request, clock.due, _about(clock, steps, today), tuple(steps)))
    return found


def _steps_until(clock: Clock, timetable: Timetable, now: datetime, latest: date) -> list[str]:
    """Return the steps that have come; of the daily ones the last one alone, which supersedes those before it."""
    steps = [name for name, moment in timetable.before(clock.due) if moment <= now]
    if timetable.schedule.target_missed and clock.own_target <= now:
        steps.append(_TARGET)
    if timetable.schedule.overdue_daily and latest > clock.due:
        # Nor does it come after that of a later day, which a clock put back or another zone could ask for.
        step = overdue_step(latest)
        if not any(said >= step for said in clock.said if said.startswith(_OVERDUE)):
            steps.append(step)
    return steps


def _about(clock: Clock, steps: Iterable[str], today: date) -> About:
    if clock.due < today:
        return About.OVERDUE
    return About.TARGET_MISSED if all(step == _TARGET for step in steps) else About.DUE


def standing(clock: Clock, timetable: Timetable, now: datetime) -> About | None:
    """Return what there is to say of a request today, whether it was said or not; None: nothing yet.

    By days, not by the time of day: who asks early in the morning learns what the day will bring.
    """
    today = timetable.today(now)
    if clock.due < today:
        return About.OVERDUE
    if clock.due == today or any(
        timetable.today(moment) <= today for _, moment in timetable.before(clock.due)
    ):
        return About.DUE
    return About.TARGET_MISSED if timetable.schedule.target_missed and clock.own_target <= now else None


def said_too_early(clock: Clock, step: str, timetable: Timetable, now: datetime) -> bool:
    """Whether what was said of a step was said days before its moment, by a clock that ran ahead: it has to come again."""
    moment = clock.own_target if step == _TARGET else timetable.moment(step, clock.due)
    return moment > now + _RAN_AHEAD


# -- several in one


@dataclass(frozen=True, slots=True)
class Gathered:
    """Several reminders in one notification."""

    today: date
    overdue: int
    due: Mapping[date, int]
    """How many are due on which day, the first day first."""
    target_missed: int

    @property
    def count(self) -> int:
        """How many requests it is about."""
        return self.overdue + sum(self.due.values()) + self.target_missed

    @property
    def title(self) -> str:
        """Return `2 opt-out requests need you`; as on Today, a missed target of her own alone does not count."""
        count = self.overdue + sum(self.due.values())
        if not count:
            return "Your own target has passed"
        return "1 opt-out request needs you" if count == 1 else f"{count:,} opt-out requests need you"

    def sentence(self, name: str = "") -> str:
        """Return `1 request is overdue; 2 are due tomorrow.`; of a single one with its name where that is given."""
        parts = [(self.overdue, "overdue")]
        parts += [(count, f"due {day_words(day, self.today)}") for day, count in self.due.items()]
        parts += [(self.target_missed, "past your own target")]
        said = [f"{count:,} {'is' if count == 1 else 'are'} {what}" for count, what in parts if count]
        number, _, rest = said[0].partition(" ")
        noun = "request" if number == "1" else "requests"
        said[0] = f"{name} {rest}" if name and self.count == 1 else f"{number} {noun} {rest}"
        return f"{'; '.join(said)}."


def gather(reminders: Collection[Reminder], today: date) -> Gathered:
    """Count what is to be said."""
    due: dict[date, int] = {}
    for reminder in sorted(reminders, key=lambda each: each.due):
        if reminder.about is About.DUE:
            due[reminder.due] = due.get(reminder.due, 0) + 1
    count = {about: sum(each.about is about for each in reminders) for about in About}
    return Gathered(today, count[About.OVERDUE], due, count[About.TARGET_MISSED])


def day_words(day: date, today: date) -> str:
    """Return `today`, `tomorrow`, `on Monday`, or `in 12 days`."""
    ahead = (day - today).days
    if ahead < 2:
        return "tomorrow" if ahead else "today"
    return f"on {_WEEKDAYS[day.weekday()]}" if ahead < 7 else f"in {ahead} days"


# -- snooze


class Snooze(StrEnum):
    """How long reminders may wait."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    BUSINESS_DAY = "business-day"


@dataclass(frozen=True, slots=True)
class SnoozeChoice:
    """A snooze that may be chosen now."""

    snooze: Snooze
    until: datetime
    cut: bool
    """Ends earlier than its name says, because something is due then."""


def snooze_choices(clocks: Iterable[Clock], timetable: Timetable, now: datetime) -> list[SnoozeChoice]:
    """Return the snoozes that are safe now, the shortest first: none crosses a due date.

    It ends in time for the reminder on the next due date. While something is overdue, or the reminder of something due
    today has come, an hour of this day is all there is.
    """
    now = now.replace(microsecond=0)  # as it is stored
    today = timetable.today(now)
    limit = _limit(clocks, timetable, now, today)
    choices: list[SnoozeChoice] = []
    for snooze, wanted in (
        (Snooze.HOUR, now + _HOUR),
        (Snooze.TOMORROW, timetable.on(today + _DAY)),
        (Snooze.BUSINESS_DAY, timetable.on(timetable.next_business_day(today))),
    ):
        until = wanted if limit is None else min(wanted, limit)
        if until > (choices[-1].until if choices else now):
            choices.append(SnoozeChoice(snooze, until, until < wanted))
    return choices


def _limit(clocks: Iterable[Clock], timetable: Timetable, now: datetime, today: date) -> datetime | None:
    days = {clock.due for clock in clocks}
    limits = [moment for day in days if (moment := timetable.on(day)) > now]
    if any(day <= today and timetable.on(day) <= now for day in days):
        limits += [now + _HOUR, timetable.end_of(today)]
    return min(limits, default=None)


def held_until(
    until: datetime | None, clocks: Collection[Clock], timetable: Timetable, now: datetime
) -> datetime | None:
    """Return until when a snooze holds now: None when it is over, earlier than chosen when something is due by now.

    It never holds longer than what could be chosen now, whatever was recorded or done to the clock since.
    """
    if until is None or until <= now:
        return None
    latest = max((choice.until for choice in snooze_choices(clocks, timetable, now)), default=now)
    return min(until, latest) if latest > now else None
