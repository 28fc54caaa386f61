"""What is said when, on a real suppression list, over restarts and a changing clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.deadlines import is_business_day
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.reminders import About, Reminder, Schedule, Snooze
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.reminders import Notice, schedule_of
from optoutdesk.settings import Settings, save_settings
from reminder_year import DAY, HOUR, Asked, Year

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)  # Tuesday, 11:00 in New York


def record(desk: Desk, address: str, received: date | datetime, now: datetime = NOW) -> OptOutRequest:
    service = desk.record_optout
    recorded, _ = service.record(service.parse([address]), service.received(received, now), now=now, by="Ana")
    return recorded[0].request


@pytest.fixture
def maria(desk: Desk) -> OptOutRequest:
    return record(desk, "maria.ortiz@lakeside.example", date(2026, 11, 10))  # due 25 Nov


def say(desk: Desk, now: datetime) -> str:
    """Say what there is to say and return it."""
    notice = desk.reminders.due(now)
    if notice is None:
        return ""
    desk.reminders.said(notice, now)
    return notice.gathered.sentence()


def test_the_schedule_is_that_of_the_settings() -> None:
    settings = Settings(
        reminder_time="17:30", reminder_days=(5, 0), remind_target=False, remind_overdue=False
    )
    assert schedule_of(settings) == Schedule(
        (5, 0), target_missed=False, overdue_daily=False, at=time(17, 30)
    )
    assert schedule_of(Settings()) == Schedule()


def test_everything_is_said_once_and_a_restart_repeats_nothing(desk: Desk, maria: OptOutRequest) -> None:
    assert say(desk, NOW) == "1 request is due tomorrow."
    assert say(desk, NOW) == ""
    other = Desk(desk.paths.folder)
    assert say(other, NOW + HOUR) == ""
    assert say(other, NOW + DAY) == "1 request is due today."
    assert say(other, NOW + 2 * DAY) == "1 request is overdue."
    assert say(other, NOW + 9 * DAY) == "1 request is overdue."
    other.close()


def test_what_was_not_noted_as_said_comes_again(desk: Desk, maria: OptOutRequest) -> None:
    assert desk.reminders.due(NOW) is not None
    assert desk.reminders.due(NOW) is not None


def test_a_single_request_is_given_along_to_be_named(desk: Desk, maria: OptOutRequest) -> None:
    notice = desk.reminders.due(NOW)
    assert notice is not None
    assert notice.request == maria
    record(desk, "bob@shop.example", date(2026, 11, 9))
    both = desk.reminders.due(NOW)
    assert both is not None
    assert both.request is None
    assert both.gathered.sentence() == "1 request is due today; 1 is due tomorrow."


def test_a_request_that_is_done_is_not_reminded_of(desk: Desk, maria: OptOutRequest) -> None:
    desk.due_requests.mark_done([maria.id], now=NOW, by="Ana")
    assert say(desk, NOW + 30 * DAY) == ""
    assert desk.reminders.look(NOW).open == frozenset()


def test_her_own_target_is_that_of_the_settings(desk: Desk) -> None:
    record(desk, "bob@shop.example", NOW - 5 * HOUR)
    assert say(desk, NOW) == ""
    desk.change_settings(replace(desk.settings, own_target_hours=5))
    assert say(desk, NOW) == "1 request is past your own target."


def test_what_a_clock_that_ran_ahead_by_months_said_is_said_again(desk: Desk, maria: OptOutRequest) -> None:
    assert say(desk, NOW + 90 * DAY) == "1 request is overdue."
    assert say(desk, NOW) == ""  # before-1 was said, and not long before its moment
    assert (
        say(desk, NOW + DAY) == "1 request is due today."
        or say(desk, NOW + 2 * DAY) == "1 request is overdue."
    )
    assert say(desk, NOW + 3 * DAY) == "1 request is overdue."


# -- snooze


def test_a_snooze_says_the_last_one_again_and_what_came_meanwhile(desk: Desk, maria: OptOutRequest) -> None:
    notice = desk.reminders.due(NOW)
    assert notice is not None
    desk.reminders.said(notice, NOW)
    until = desk.reminders.snooze(Snooze.HOUR, NOW, notice)
    assert until == NOW + HOUR
    record(desk, "bob@shop.example", NOW - 3 * DAY)
    look = desk.reminders.look(NOW + HOUR / 2)
    assert (look.notice, look.snoozed_until) == (None, until)
    assert say(desk, NOW + HOUR) == "1 request is due tomorrow; 1 is past your own target."
    assert desk.reminders.look(NOW + HOUR).snoozed_until is None


def test_a_snooze_without_a_notice_repeats_nothing(desk: Desk, maria: OptOutRequest) -> None:
    say(desk, NOW)
    desk.reminders.snooze(Snooze.HOUR, NOW)
    assert say(desk, NOW + 2 * HOUR) == ""


def test_a_snooze_can_be_ended(desk: Desk, maria: OptOutRequest) -> None:
    desk.reminders.snooze(Snooze.TOMORROW, NOW)
    assert say(desk, NOW) == ""
    desk.reminders.end_snooze()
    assert say(desk, NOW) == "1 request is due tomorrow."


def test_a_snooze_holds_over_a_restart(desk: Desk, maria: OptOutRequest) -> None:
    until = desk.reminders.snooze(Snooze.TOMORROW, NOW)
    other = Desk(desk.paths.folder)
    assert other.reminders.look(NOW + HOUR).snoozed_until == until
    other.close()


def test_a_snooze_that_would_cross_a_due_date_is_refused(desk: Desk) -> None:
    record(desk, "bob@shop.example", date(2026, 11, 6))  # overdue
    with pytest.raises(UserError, match="something is due"):
        desk.reminders.snooze(Snooze.TOMORROW, NOW)
    assert [choice.snooze for choice in desk.reminders.look(NOW).snooze_choices] == [Snooze.HOUR]


def test_a_request_that_is_due_before_cuts_a_snooze_short_for_good(desk: Desk) -> None:
    """The moment that cuts it passes, and it does not grow again."""
    friday = datetime(2026, 11, 20, 16, tzinfo=UTC)
    until = desk.reminders.snooze(Snooze.BUSINESS_DAY, friday)
    record(desk, "bob@shop.example", date(2026, 11, 6), friday)  # due Monday 23 November, when it was to end
    assert desk.reminders.look(friday).snoozed_until == until
    record(desk, "carl@shop.example", date(2026, 11, 5), friday)  # due Friday 20 November: today
    assert desk.reminders.look(friday).snoozed_until == friday + HOUR
    assert say(desk, friday + HOUR) == "1 request is due today; 1 is due on Monday."


# -- what is due, for those who ask


def test_the_next_due_request_is_named_with_its_day(desk: Desk, maria: OptOutRequest) -> None:
    for now, when, overdue in (
        (NOW, "due tomorrow", False),
        (NOW + DAY, "due today", False),
        (NOW + 2 * DAY, "overdue", True),
    ):
        found = desk.reminders.next_due(now)
        assert found is not None
        assert (found.request, found.when, found.overdue) == (maria, when, overdue)
    desk.due_requests.mark_done([maria.id], now=NOW, by="Ana")
    assert desk.reminders.next_due(NOW) is None


def test_what_is_due_does_not_ask_what_was_said(desk: Desk, maria: OptOutRequest) -> None:
    record(desk, "late@shop.example", date(2026, 11, 6))
    record(desk, "slow@shop.example", date(2026, 11, 20))
    record(desk, "new@shop.example", NOW)
    for _ in range(2):
        found = desk.reminders.all_due(NOW)
        assert [
            (each.request.given.partition("@")[0], each.about, each.when, each.days_left) for each in found
        ] == [
            ("late", About.OVERDUE, "OVERDUE", -1),
            ("maria.ortiz", About.DUE, "due tomorrow", 1),
            ("slow", About.TARGET_MISSED, "own target missed", 8),
        ]
        say(desk, NOW)


# -- a year, with the real database


class OnDisk:
    """The program as the window uses it."""

    def __init__(self, folder: Path, schedule: Schedule) -> None:
        self.folder = folder
        self.settings = Settings(
            time_zone="America/New_York",
            reminder_time=schedule.at.isoformat("minutes"),
            reminder_days=schedule.days_before,
        )
        save_settings(folder / "settings.json", self.settings)
        self.desk = Desk(folder)
        self.number = 0
        self.last: Notice | None = None

    def restart(self) -> None:
        self.desk.close()
        self.desk = Desk(self.folder)
        self.last = None

    def travel(self, zone: str) -> None:
        self.desk.change_settings(replace(self.desk.settings, time_zone=zone))

    def record(self, received: datetime, now: datetime) -> tuple[int, Asked]:
        self.number += 1
        made = record(self.desk, f"p{self.number}@shop.example", received, now)
        return made.id, Asked(made.due, made.received.instant + 2 * DAY, now)

    def close(self, request: int, now: datetime) -> None:
        # Not at `now`: the clock may have been put back behind the receipt.
        self.desk.due_requests.mark_done([request], now=now + 2 * DAY, by="Ana", at=now + 2 * DAY)

    def tick(self, now: datetime) -> list[Reminder] | None:
        look = self.desk.reminders.look(now)
        if look.snoozed_until is not None:
            return None
        if look.notice is None:
            return []
        self.desk.reminders.said(look.notice, now)
        self.last = look.notice
        return list(look.notice.reminders)

    def snooze(self, snooze: Snooze, now: datetime, again: list[tuple[int, str]]) -> datetime | None:
        assert again == ([(r.request, s) for r in self.last.reminders for s in r.steps] if self.last else [])
        try:
            until = self.desk.reminders.snooze(snooze, now, self.last)
        except UserError:
            return None
        self.last = None
        return until


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(at=time(8, 15))


@pytest.fixture
def program(tmp_path: Path, schedule: Schedule) -> Iterator[OnDisk]:
    made = OnDisk(tmp_path / "desk", schedule)
    yield made
    made.desk.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_year_of_sleep_travel_daylight_saving_and_restarts_on_disk(
    program: OnDisk, schedule: Schedule, seed: int
) -> None:
    holiday = program.desk.counting.holiday
    year = Year(
        program,
        schedule,
        lambda day: is_business_day(day, holiday),
        Random(seed),
        datetime(2026, 9, 20, 12, tzinfo=UTC),
    )
    year.live(365)
    assert {"target", "before-3", "before-1", "due", "overdue", "snoozed", "put off", "over"} <= {
        *year.counts
    }
    assert program.desk.verify_ledger().holds
