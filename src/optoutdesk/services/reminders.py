"""Reminds of open requests: what is to be said now, what was said, snooze, and what is due for those who ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.reminders import (
    About,
    Clock,
    Gathered,
    Reminder,
    Schedule,
    Snooze,
    SnoozeChoice,
    Timetable,
    day_words,
    gather,
    held_until,
    said_too_early,
    snooze_choices,
    standing,
    to_say,
)
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.counting import Counting
from optoutdesk.settings import Settings
from optoutdesk.store import OpenFilter, OpenWork, Store
from optoutdesk.store.reminders import ReminderLog


def schedule_of(settings: Settings) -> Schedule:
    """Return the schedule of a business's settings."""
    return Schedule(
        days_before=settings.reminder_days,
        target_missed=settings.remind_target,
        overdue_daily=settings.remind_overdue,
        at=time.fromisoformat(settings.reminder_time),
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said now, in one notification."""

    reminders: tuple[Reminder, ...]
    gathered: Gathered
    request: OptOutRequest | None
    """The request it is about, where it is about one."""

    def is_part_of(self, other: "Notice") -> bool:
        """Whether another notice says all of it."""
        return {*_steps(self)} <= {*_steps(other)}

    def joined(self, earlier: "Notice", still_open: Collection[int]) -> "Notice":
        """Return this with what an earlier notice said that nobody has answered: of other requests, still open."""
        said, today = {each.request for each in self.reminders}, self.gathered.today
        left = (each for each in earlier.reminders if each.request in still_open and each.request not in said)
        late = (replace(each, about=About.OVERDUE) if each.due < today else each for each in left)
        reminders = (*self.reminders, *late)
        return Notice(reminders, gather(reminders, today), self.request if len(reminders) == 1 else None)


@dataclass(frozen=True, slots=True)
class NextDue:
    """The open request that is due first."""

    request: OptOutRequest
    when: str
    """`overdue`, `due today`, `due on Monday`."""
    overdue: bool


@dataclass(frozen=True, slots=True)
class Look:
    """All there is to know each minute, of one moment."""

    notice: Notice | None
    """What is to be said now; None: nothing, or it is to wait."""
    next_due: NextDue | None
    snoozed_until: datetime | None
    """Reminders wait until then; None: they do not."""
    snooze_choices: tuple[SnoozeChoice, ...]
    """The snoozes that are safe now, the shortest first: none crosses a due date."""
    open: frozenset[int]
    """The open requests."""


@dataclass(frozen=True, slots=True)
class DueNow:
    """A request of which something is due today, said or not."""

    request: OptOutRequest
    about: About
    when: str
    """`OVERDUE`, `due today`, `due on Monday`, `own target missed`."""
    days_left: int
    """Days of its policy after today; negative: late."""
    own_target: datetime


class Reminders:
    """The reminders of one desk. Moments are aware; all may be asked from any thread."""

    def __init__(self, store: Store, counting: Counting, schedule: Schedule) -> None:
        self._store = store
        self._log = ReminderLog(store)
        self._counting = counting
        self._timetable = Timetable(schedule, counting.holiday, counting.zone)

    def look(self, now: datetime) -> Look:
        """Return what is to be said now, and what else the tray shows. Call said() once the notice is said."""
        clocks = self._clocks(now)
        held = self._held_until(clocks, now)
        return Look(
            None if held is not None else self._notice(to_say(clocks, self._timetable, now), now),
            self.next_due(now),
            held,
            tuple(snooze_choices(clocks, self._timetable, now)),
            frozenset(clock.request for clock in clocks),
        )

    def due(self, now: datetime) -> Notice | None:
        """Return what is to be said now; None when there is nothing, or it is to wait. Call said() once it is said."""
        return self.look(now).notice

    def _notice(self, reminders: Sequence[Reminder], now: datetime) -> Notice | None:
        if not reminders:
            return None
        alone = self._store.request(reminders[0].request) if len(reminders) == 1 else None
        return Notice(tuple(reminders), gather(reminders, self._timetable.today(now)), alone)

    def said(self, notice: Notice, now: datetime) -> None:
        """Note that it was said; StoreBusyError when someone else is writing."""
        self._log.say(_steps(notice), now)

    # -- snooze

    def snooze(self, snooze: Snooze, now: datetime, again: Notice | None = None) -> datetime:
        """Let reminders wait and return until when; `again` was said already and is said once more then.

        UserError when that is not safe any more.
        """
        choices = snooze_choices(self._clocks(now), self._timetable, now)
        choice = next((each for each in choices if each.snooze is snooze), None)
        if choice is None:
            raise UserError("That would be too late: something is due before. Choose a shorter time.")
        self._log.set_snooze(choice.until, _steps(again))
        return choice.until

    def end_snooze(self) -> None:
        """Let reminders come at once again."""
        self._log.set_snooze(None)

    def _held_until(self, clocks: Sequence[Clock], now: datetime) -> datetime | None:
        """Return until when reminders wait, and note when that is no longer what was chosen."""
        until = self._log.snoozed_until()
        held = held_until(until, clocks, self._timetable, now)
        if held != until:
            # At once: when the moment that cuts it short has come, nobody could tell any more.
            self._log.set_snooze(held)
        return held

    def _clocks(self, now: datetime) -> list[Clock]:
        """Return the open requests; what a clock that ran ahead let be said too early is to be said again."""
        own_target = timedelta(hours=self._counting.own_target_hours)
        clocks = self._log.clocks(own_target)
        ahead = self._log.said_after(now)
        if not ahead:
            return clocks
        known = {clock.request: clock for clock in clocks}
        early = [
            (request, step)
            for request, step in ahead
            if request in known and said_too_early(known[request], step, self._timetable, now)
        ]
        if not early:
            return clocks
        self._log.forget(early)
        return self._log.clocks(own_target)

    # -- what is due, for those who ask

    def next_due(self, now: datetime) -> NextDue | None:
        """Return the open request that is due first."""
        for request in OpenWork(self._store).page(OpenFilter(), limit=1):
            today = self._timetable.today(now)
            overdue = request.due < today
            return NextDue(request, "overdue" if overdue else f"due {day_words(request.due, today)}", overdue)
        return None

    def all_due(self, now: datetime) -> list[DueNow]:
        """Return every request of which something is due today, the first due date first."""
        found = {
            clock.request: (about, clock)
            for clock in self._clocks(now)
            if (about := standing(clock, self._timetable, now)) is not None
        }
        today = self._timetable.today(now)
        requests = OpenWork(self._store).page(OpenFilter(), limit=-1) if found else []
        return [
            DueNow(
                request,
                about,
                _when(about, request.due, today),
                self._counting.days_left(request, today),
                clock.own_target,
            )
            for request in requests
            if (known := found.get(request.id)) is not None
            for about, clock in [known]
        ]


def _steps(notice: Notice | None) -> list[tuple[int, str]]:
    """Return request and step of all that a notice says."""
    return [(each.request, step) for each in notice.reminders for step in each.steps] if notice else []


def _when(about: About, due: date, today: date) -> str:
    if about is About.DUE:
        return f"due {day_words(due, today)}"
    return "OVERDUE" if about is About.OVERDUE else "own target missed"
