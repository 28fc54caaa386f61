"""What was said of open requests: kept over restarts, forgotten when it is of no use, no matter for the ledger."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from store_helpers import DAY, JANE, NOW, add, opt_in, raw, request

from optoutdesk.domain.errors import StoreBusyError
from optoutdesk.domain.reminders import Clock
from optoutdesk.domain.requests import Channel, OptOutRequest
from optoutdesk.store import Store
from optoutdesk.store.reminders import ReminderLog

TWO_DAYS = timedelta(hours=48)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.sqlite"


@pytest.fixture
def store(file: Path):
    made = Store(file)
    yield made
    made.close()


@pytest.fixture
def log(store: Store) -> ReminderLog:
    return ReminderLog(store)


@pytest.fixture
def two(store: Store) -> list[OptOutRequest]:
    return add(store, request("bob@example.com", due=date(2026, 12, 1)), request())


def said_of(log: ReminderLog, request: OptOutRequest) -> set[str]:
    return {step for clock in log.clocks(TWO_DAYS) for step in clock.said if clock.request == request.id}


def test_the_clocks_are_those_of_the_open_requests_by_due_date(
    store: Store, log: ReminderLog, two: list[OptOutRequest]
) -> None:
    bob, jane = two
    add(store, request("gone@example.com", channel=Channel.BOUNCE))
    assert log.clocks(TWO_DAYS) == [
        Clock(jane.id, date(2026, 11, 25), NOW - 12 * DAY),
        Clock(bob.id, date(2026, 12, 1), NOW - 12 * DAY),
    ]


def test_what_was_said_is_known_after_a_restart(
    file: Path, log: ReminderLog, two: list[OptOutRequest]
) -> None:
    log.say([(two[0].id, "target"), (two[0].id, "before-3"), (two[1].id, "due")], NOW)
    again = Store(file)
    assert said_of(ReminderLog(again), two[0]) == {"target", "before-3"}
    assert said_of(ReminderLog(again), two[1]) == {"due"}
    again.close()


def test_a_request_that_is_opened_again_is_reminded_of_anew(
    store: Store, log: ReminderLog, two: list[OptOutRequest]
) -> None:
    bob, jane = two
    log.say([(jane.id, "due"), (bob.id, "target")], NOW)
    with store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in())
    assert [clock.request for clock in log.clocks(TWO_DAYS)] == [bob.id]
    log.say([], NOW)
    with raw(store.file) as connection:
        assert connection.execute("SELECT request_id, step FROM reminded").fetchall() == [(bob.id, "target")]


def test_of_the_daily_steps_only_the_last_is_kept(log: ReminderLog, two: list[OptOutRequest]) -> None:
    bob, jane = two
    log.say([(jane.id, "due"), (jane.id, "overdue:2026-11-26"), (bob.id, "overdue:2026-12-02")], NOW)
    log.say([(jane.id, "overdue:2026-11-27")], NOW + DAY)
    assert said_of(log, jane) == {"due", "overdue:2026-11-27"}
    assert said_of(log, bob) == {"overdue:2026-12-02"}


def test_what_a_clock_that_ran_ahead_said_is_found_and_can_be_forgotten(
    log: ReminderLog, two: list[OptOutRequest]
) -> None:
    bob, jane = two
    log.say([(jane.id, "before-3")], NOW)
    log.say([(jane.id, "due"), (bob.id, "due")], NOW + 30 * DAY)
    assert sorted(log.said_after(NOW)) == [(bob.id, "due"), (jane.id, "due")]
    log.forget([(jane.id, "due")])
    assert said_of(log, jane) == {"before-3"}
    assert said_of(log, bob) == {"due"}


def test_a_snooze_is_one_moment_and_says_again_what_it_is_told(
    log: ReminderLog, two: list[OptOutRequest]
) -> None:
    bob, jane = two
    assert log.snoozed_until() is None
    log.say([(jane.id, "due"), (bob.id, "target")], NOW)
    log.set_snooze(NOW + DAY)
    log.set_snooze(NOW + 2 * DAY, [(jane.id, "due")])
    assert log.snoozed_until() == NOW + 2 * DAY
    assert (said_of(log, jane), said_of(log, bob)) == (set(), {"target"})
    log.set_snooze(None)
    assert log.snoozed_until() is None


def test_while_somebody_else_writes_nothing_is_half_noted(
    file: Path, two: list[OptOutRequest], store: Store
) -> None:
    impatient = Store(file, busy_seconds=0.01)
    log = ReminderLog(impatient)
    with raw(file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError):
            log.say([(two[0].id, "due")], NOW)
        other.execute("ROLLBACK")
    assert said_of(log, two[0]) == set()
    log.say([(two[0].id, "due")], NOW)
    assert said_of(log, two[0]) == {"due"}
    impatient.close()


def test_a_fault_in_between_leaves_nothing(log: ReminderLog, two: list[OptOutRequest]) -> None:
    def broken():
        yield two[0].id, "due"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        log.say(broken(), NOW)
    assert said_of(log, two[0]) == set()


def test_reminders_are_no_entry_of_the_ledger(
    store: Store, log: ReminderLog, two: list[OptOutRequest]
) -> None:
    head = store.head()
    log.say([(two[0].id, "due")], NOW)
    log.set_snooze(NOW + DAY)
    assert store.head() == head
    assert store.verify().holds


def test_a_list_is_told_from_others_by_how_its_ledger_begins(
    store: Store, log: ReminderLog, tmp_path: Path
) -> None:
    assert log.list_id() == ""
    add(store, request())
    first = log.list_id()
    add(store, request("bob@example.com"))
    assert log.list_id() == first != ""
    other = Store(tmp_path / "other.sqlite")
    add(other, request("carl@example.com"))
    assert ReminderLog(other).list_id() != first
    other.close()


def test_twenty_thousand_open_requests_are_no_matter(store: Store, log: ReminderLog) -> None:
    """A generous bound: it is a tenth of that on a quiet machine, and the square of it would be minutes."""
    received = datetime(2026, 11, 10, tzinfo=UTC)
    stored = add(store, *(request(f"p{number}@example.com", received) for number in range(20_000)))
    log.say(((each.id, step) for each in stored for step in ("target", "before-3", "due")), NOW)
    begun = time.process_time()
    clocks = log.clocks(TWO_DAYS)
    log.say(((clock.request, "overdue:2026-11-26") for clock in clocks), NOW)
    assert time.process_time() - begun < 3
    assert len(clocks) == 20_000
    assert len(clocks[0].said) == 3


def test_a_lifted_request_has_no_clock(store: Store, log: ReminderLog) -> None:
    add(store, request(JANE))
    with store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in())
    assert log.clocks(TWO_DAYS) == []
