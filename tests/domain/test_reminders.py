"""Each step of a schedule is said once and none too late, whatever the clock, the zone and the computer do."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from optoutdesk.domain.deadlines import Policy, Unit, due_date, is_business_day
from optoutdesk.domain.reminders import (
    About,
    Clock,
    Reminder,
    Schedule,
    Snooze,
    Timetable,
    day_words,
    gather,
    held_until,
    overdue_step,
    said_too_early,
    snooze_choices,
    standing,
    to_say,
)
from reminder_year import DAY, HOUR, Asked, Year

HOLIDAYS = {
    date(2026, 9, 7): "Labor Day",
    date(2026, 10, 12): "Columbus Day",
    date(2026, 11, 11): "Veterans Day",
    date(2026, 11, 26): "Thanksgiving Day",
    date(2026, 12, 25): "Christmas Day",
    date(2027, 1, 1): "New Year's Day",
    date(2027, 1, 18): "Martin Luther King Jr. Day",
    date(2027, 2, 15): "Washington's Birthday",
    date(2027, 5, 31): "Memorial Day",
    date(2027, 6, 18): "Juneteenth (observed)",
    date(2027, 7, 5): "Independence Day (observed)",
}
CAN_SPAM = Policy("can-spam", "CAN-SPAM", 10, Unit.BUSINESS_DAYS, "US", "", date(2026, 11, 24), "")
NEW_YORK = "America/New_York"
SCHEDULE = Schedule()
NEVER = datetime(2030, 1, 1, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 25)


def table(schedule: Schedule = SCHEDULE, zone: str = NEW_YORK) -> Timetable:
    return Timetable(schedule, HOLIDAYS.get, zone)


def local(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def clock(due: date = WEDNESDAY, *said: str, request: int = 1, own_target: datetime = NEVER) -> Clock:
    return Clock(request, due, own_target, frozenset(said))


def said(at: str, *clocks: Clock, schedule: Schedule = SCHEDULE) -> list[Reminder]:
    return to_say(clocks, table(schedule), local(at))


# -- the steps


def test_three_business_days_before_and_one_and_on_the_day_and_each_day_after() -> None:
    moments = {
        "before-3": "2026-11-20T09:00",  # Friday: Monday and Tuesday lie between
        "before-1": "2026-11-24T09:00",
        "due": "2026-11-25T09:00",
        "overdue:2026-11-26": "2026-11-26T09:00",  # a holiday, and overdue all the same
        "overdue:2026-11-27": "2026-11-27T09:00",
    }
    known: list[str] = []
    for step, at in moments.items():
        assert (
            said(
                (local(at) - timedelta(seconds=1)).astimezone(ZoneInfo(NEW_YORK)).isoformat()[:19],
                clock(WEDNESDAY, *known),
            )
            == []
        )
        [reminder] = said(at, clock(WEDNESDAY, *known))
        assert reminder.steps == (step,)
        known.append(step)


def test_a_holiday_is_no_business_day_before_a_due_date() -> None:
    assert table().before(date(2026, 11, 30))[0] == ("before-3", local("2026-11-24T09:00"))


def test_the_days_are_hers_to_choose() -> None:
    schedule = Schedule(days_before=(5,), target_missed=False, overdue_daily=False, at=time(17, 30))
    assert said("2026-11-18T17:29", clock(own_target=local("2026-11-01T00:00")), schedule=schedule) == []
    [reminder] = said("2026-11-18T17:30", clock(own_target=local("2026-11-01T00:00")), schedule=schedule)
    assert reminder.steps == ("before-5",)
    assert said("2027-01-18T17:30", clock(WEDNESDAY, "before-5"), schedule=schedule) == []


def test_her_own_target_is_said_when_it_passes_at_any_time_of_day() -> None:
    waiting = clock(date(2026, 12, 9), own_target=local("2026-11-26T16:42"))
    assert said("2026-11-26T16:41", waiting) == []
    [reminder] = said("2026-11-26T16:42", waiting)
    assert (reminder.steps, reminder.about) == (("target",), About.TARGET_MISSED)


def test_of_what_was_missed_the_most_urgent_is_worded_and_all_of_it_is_said() -> None:
    [reminder] = said("2026-11-25T10:00", clock(own_target=local("2026-11-12T16:42")))
    assert reminder.about is About.DUE
    assert reminder.steps == ("before-3", "before-1", "due", "target")


def test_after_a_week_asleep_only_the_last_day_overdue_is_said() -> None:
    [reminder] = said(
        "2026-12-02T10:00", clock(WEDNESDAY, "before-3", "before-1", "due", "overdue:2026-11-26")
    )
    assert (reminder.steps, reminder.about) == (("overdue:2026-12-02",), About.OVERDUE)


def test_a_reminder_missed_yesterday_is_caught_up_before_today_s_time_has_come() -> None:
    [reminder] = said("2026-11-27T07:00", clock(WEDNESDAY, "before-3", "before-1", "due"))
    assert reminder.steps == ("overdue:2026-11-26",)


def test_a_request_that_is_overdue_when_it_is_recorded_is_said_at_once() -> None:
    [reminder] = said("2026-11-26T08:00", clock(own_target=local("2026-11-12T16:42")))
    assert reminder.about is About.OVERDUE


def test_what_was_said_by_a_clock_that_ran_ahead_comes_again() -> None:
    on_the_day = clock(
        WEDNESDAY, "due", "before-3", "target", "overdue:2026-12-09", own_target=local("2026-12-09T00:00")
    )
    early = [
        step
        for step in sorted(on_the_day.said)
        if said_too_early(on_the_day, step, table(), local("2026-11-20T10:00"))
    ]
    assert early == ["due", "overdue:2026-12-09", "target"]


def test_a_clock_put_back_a_little_says_nothing_twice() -> None:
    known = clock(WEDNESDAY, "before-3", "before-1", "due", "overdue:2026-11-27")
    for at in ("2026-11-27T08:00", "2026-11-26T12:00", "2026-11-25T12:00"):
        assert said(at, known) == []
        assert not any(said_too_early(known, step, table(), local(at)) for step in known.said)


# -- clocks that change


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (
            date(2027, 3, 14),
            time(2, 30),
            "2027-03-14T07:30+00:00",
        ),  # 2:30 does not exist: 3:30 by the new time
        (date(2026, 11, 1), time(1, 30), "2026-11-01T05:30+00:00"),  # 1:30 exists twice: the first
        (date(2027, 3, 14), time(9), "2027-03-14T13:00+00:00"),
        (date(2027, 3, 13), time(9), "2027-03-13T14:00+00:00"),
    ],
)
def test_a_time_of_day_is_one_moment_where_clocks_change(day: date, at: time, moment: str) -> None:
    assert table(replace(SCHEDULE, at=at)).on(day) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("at", [time(1, 30), time(2, 30), time(0, 0), time(23, 59)])
@pytest.mark.parametrize("due", [date(2026, 11, 1), date(2027, 3, 14)])
def test_the_day_on_which_clocks_change_has_its_reminder_once(due: date, at: time) -> None:
    schedule = replace(SCHEDULE, at=at, days_before=(0,), overdue_daily=False)
    now, known, times = datetime.combine(due - DAY, time(0), UTC), clock(due), 0
    while now < datetime.combine(due + 3 * DAY, time(0), UTC):
        for reminder in to_say([known], table(schedule), now):
            times += 1
            known = replace(known, said=known.said | {*reminder.steps})
        now += timedelta(minutes=1)
    assert times == 1


# -- several in one


def test_several_are_gathered_into_one_with_the_most_urgent_first() -> None:
    reminders = said(
        "2026-11-24T10:00",
        clock(date(2026, 11, 23), request=1),
        clock(WEDNESDAY, request=2),
        clock(WEDNESDAY, request=3),
        clock(date(2026, 11, 30), request=4),
        clock(date(2026, 12, 8), request=5, own_target=local("2026-11-24T09:59")),
    )
    gathered = gather(reminders, date(2026, 11, 24))
    assert gathered.title == "4 opt-out requests need you"  # as Today counts them
    assert gathered.sentence() == (
        "1 request is overdue; 2 are due tomorrow; 1 is due on Monday; 1 is past your own target."
    )


def test_a_single_one_is_named() -> None:
    gathered = gather(said("2026-11-25T10:00", clock()), WEDNESDAY)
    assert gathered.title == "1 opt-out request needs you"
    assert gathered.sentence() == "1 request is due today."
    assert gathered.sentence("maria.ortiz@lakeside.example") == "maria.ortiz@lakeside.example is due today."


def test_a_missed_target_alone_is_not_called_a_need() -> None:
    gathered = gather([Reminder(1, WEDNESDAY, About.TARGET_MISSED, ("target",))], date(2026, 11, 17))
    assert gathered.title == "Your own target has passed"
    assert gathered.sentence() == "1 request is past your own target."


def test_many_are_counted_in_plain_figures() -> None:
    reminders = [Reminder(number, date(2026, 11, 23), About.OVERDUE, ("due",)) for number in range(20_000)]
    assert gather(reminders, WEDNESDAY).sentence("nobody") == "20,000 requests are overdue."


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 25), "today"),
        (date(2026, 11, 26), "tomorrow"),
        (date(2026, 11, 27), "on Friday"),
        (date(2026, 12, 1), "on Tuesday"),
        (date(2026, 12, 2), "in 7 days"),
    ],
)
def test_a_day_ahead_in_words(day: date, words: str) -> None:
    assert day_words(day, WEDNESDAY) == words


# -- what is due, said or not


@pytest.mark.parametrize(
    ("at", "about"),
    [
        ("2026-11-19T23:59", None),
        ("2026-11-20T06:00", About.DUE),  # by days: early in the morning already
        ("2026-11-25T23:59", About.DUE),
        ("2026-11-26T00:00", About.OVERDUE),
    ],
)
def test_how_a_request_stands_does_not_ask_what_was_said(at: str, about: About | None) -> None:
    everything = clock(WEDNESDAY, "before-3", "before-1", "due", "overdue:2026-11-26")
    assert standing(everything, table(), local(at)) is about


def test_how_a_request_stands_whose_own_target_is_missed() -> None:
    waiting = clock(date(2026, 12, 9), own_target=local("2026-11-24T10:00"))
    assert standing(waiting, table(), local("2026-11-24T09:59")) is None
    assert standing(waiting, table(), local("2026-11-24T10:00")) is About.TARGET_MISSED
    assert standing(waiting, table(replace(SCHEDULE, target_missed=False)), local("2026-11-24T10:00")) is None


def test_what_is_due_today_is_due_even_without_a_reminder_on_that_day() -> None:
    assert standing(clock(), table(Schedule(days_before=())), local("2026-11-25T06:00")) is About.DUE


# -- snooze


def choices(at: str, *clocks: Clock) -> list[tuple[Snooze, str, bool]]:
    found = snooze_choices(clocks, table(), local(at))
    return [
        (each.snooze, each.until.astimezone(ZoneInfo(NEW_YORK)).isoformat()[:16], each.cut) for each in found
    ]


def test_a_snooze_is_an_hour_tomorrow_or_the_next_business_day() -> None:
    assert choices("2026-11-20T10:15") == [
        (Snooze.HOUR, "2026-11-20T11:15", False),
        (Snooze.TOMORROW, "2026-11-21T09:00", False),
        (Snooze.BUSINESS_DAY, "2026-11-23T09:00", False),
    ]


def test_tomorrow_is_not_offered_twice_where_it_is_a_business_day() -> None:
    assert [snooze for snooze, _, _ in choices("2026-11-23T10:15")] == [Snooze.HOUR, Snooze.TOMORROW]


def test_a_snooze_ends_in_time_for_the_next_due_date() -> None:
    assert choices("2026-11-20T10:15", clock(date(2026, 11, 21)), clock(date(2026, 11, 30)))[-1] == (
        *(Snooze.TOMORROW, "2026-11-21T09:00", False),
    )
    assert choices("2026-11-21T08:20", clock(date(2026, 11, 21))) == [(Snooze.HOUR, "2026-11-21T09:00", True)]


def test_an_hour_is_all_there_is_while_something_is_overdue_or_due_today() -> None:
    for due in (date(2026, 11, 20), date(2026, 11, 3)):
        assert choices("2026-11-20T10:15", clock(due)) == [(Snooze.HOUR, "2026-11-20T11:15", False)]


def test_no_snooze_leads_beyond_the_end_of_the_due_date() -> None:
    assert choices("2026-11-20T23:20", clock(date(2026, 11, 20))) == [(Snooze.HOUR, "2026-11-21T00:00", True)]


def test_something_overdue_does_not_hide_what_is_due_in_a_moment() -> None:
    assert choices("2026-11-20T08:30", clock(date(2026, 11, 3)), clock(date(2026, 11, 20))) == [
        (Snooze.HOUR, "2026-11-20T09:00", True)
    ]


def held(until: str, now: str, *clocks: Clock) -> str | None:
    found = held_until(local(until), clocks, table(), local(now))
    return found.astimezone(ZoneInfo(NEW_YORK)).isoformat()[:16] if found else None


def test_a_snooze_holds_until_it_is_over() -> None:
    assert held("2026-11-23T09:00", "2026-11-23T08:59", clock(date(2026, 11, 30))) == "2026-11-23T09:00"
    assert held("2026-11-23T09:00", "2026-11-23T09:00") is None
    assert held_until(None, [], table(), local("2026-11-23T09:00")) is None


def test_a_request_that_came_meanwhile_cuts_a_snooze_short() -> None:
    assert held("2026-11-23T09:00", "2026-11-21T08:40", clock(date(2026, 11, 21))) == "2026-11-21T09:00"
    assert held("2026-11-23T09:00", "2026-11-20T12:00", clock(date(2026, 11, 19))) == "2026-11-20T13:00"


def test_a_clock_put_back_by_months_does_not_snooze_for_months() -> None:
    assert held("2026-11-23T09:00", "2026-09-01T12:00") == "2026-09-02T09:00"


# -- a year


@dataclass
class InMemory:
    """The rules with a log in memory, used as the service uses them."""

    schedule: Schedule
    zone: str = NEW_YORK
    asked: dict[int, Asked] = field(default_factory=dict)
    log: set[tuple[int, str]] = field(default_factory=set)
    snoozed: datetime | None = None
    last_id: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.timetable = Timetable(self.schedule, HOLIDAYS.get, self.zone)

    def travel(self, zone: str) -> None:
        self.zone = zone
        self.restart()

    def record(self, received: datetime, now: datetime) -> tuple[int, Asked]:
        day = received.astimezone(ZoneInfo(self.zone)).date()
        self.last_id += 1
        self.asked[self.last_id] = Asked(due_date(day, CAN_SPAM, HOLIDAYS.get), received + 2 * DAY, now)
        return self.last_id, self.asked[self.last_id]

    def close(self, request: int, now: datetime) -> None:
        del self.asked[request]

    def clocks(self) -> list[Clock]:
        return [
            Clock(request, asked.due, asked.own_target, frozenset(s for r, s in self.log if r == request))
            for request, asked in self.asked.items()
        ]

    def tick(self, now: datetime) -> list[Reminder] | None:
        clocks = self.clocks()
        self.snoozed = held_until(self.snoozed, clocks, self.timetable, now)
        if self.snoozed is not None:
            return None
        reminders = to_say(clocks, self.timetable, now)
        self.log |= {(each.request, step) for each in reminders for step in each.steps}
        return reminders

    def snooze(self, snooze: Snooze, now: datetime, again: list[tuple[int, str]]) -> datetime | None:
        found = [each for each in snooze_choices(self.clocks(), self.timetable, now) if each.snooze is snooze]
        if not found:
            return None
        self.snoozed = found[0].until
        self.log -= {*again}
        return self.snoozed


@pytest.mark.parametrize("seed", range(8))
def test_a_year_of_sleep_travel_daylight_saving_and_restarts(seed: int) -> None:
    at = (time(9), time(2, 30), time(23, 45), time(0, 0))[seed % 4]
    schedule = replace(SCHEDULE, at=at, days_before=((3, 1, 0), (5, 2))[seed % 2])
    year = Year(
        InMemory(schedule),
        schedule,
        lambda day: is_business_day(day, HOLIDAYS.get),
        Random(seed),
        datetime(2026, 9, 1, 12, tzinfo=UTC),
    )
    year.live(365)
    assert len(year.told) > 200
    assert {"target", "overdue", "snoozed", "put off", "over"} <= {*year.counts}


def test_the_year_would_find_a_reminder_that_is_lost_said_twice_or_late() -> None:
    class Forgetful(InMemory):
        def tick(self, now: datetime) -> list[Reminder] | None:
            found = super().tick(now)
            return [replace(each, steps=each.steps[:1]) for each in found] if found else found

    class Repeating(InMemory):
        def restart(self) -> None:
            super().restart()
            self.log = set()

    class Sleepy(InMemory):
        def snooze(self, snooze: Snooze, now: datetime, again: list[tuple[int, str]]) -> datetime | None:
            self.snoozed = now + 12 * HOUR
            return self.snoozed

    found = Counter()
    for broken in (Forgetful, Repeating, Sleepy):
        with pytest.raises(AssertionError) as caught:
            Year(
                broken(SCHEDULE),
                SCHEDULE,
                lambda day: is_business_day(day, HOLIDAYS.get),
                Random(1),
                datetime(2026, 9, 1, 12, tzinfo=UTC),
            ).live(365)
        found[str(caught.value).partition(":")[0].partition("\n")[0]] += 1
    assert len(found) == 3


def test_an_overdue_step_names_its_day() -> None:
    assert overdue_step(WEDNESDAY) == "overdue:2026-11-25"
