"""The due date and the strip that explains it, as the law and its worked cases have them."""

import csv
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optoutdesk.domain.deadlines import (
    Cell,
    CellKind,
    Policy,
    Unit,
    days_left,
    due_date,
    is_business_day,
    no_holidays,
    strip,
)
from optoutdesk.domain.requests import Received, received_at, received_on

HOLIDAYS = {
    date(2025, 11, 27): "Thanksgiving Day",
    date(2025, 12, 25): "Christmas Day",
    date(2026, 1, 1): "New Year's Day",
    date(2026, 6, 19): "Juneteenth National Independence Day",
    date(2026, 7, 3): "Independence Day (observed)",
    date(2026, 11, 11): "Veterans Day",
    date(2026, 11, 26): "Thanksgiving Day",
    date(2027, 12, 24): "Christmas Day (observed)",
    date(2027, 12, 31): "New Year's Day (observed)",
    date(2029, 1, 1): "New Year's Day",
    date(2029, 1, 15): "Martin Luther King Jr. Day",
}
CAN_SPAM = Policy("can-spam", "CAN-SPAM", 10, Unit.BUSINESS_DAYS, "US", "", date(2026, 11, 24), "")
TEN_DAYS = replace(CAN_SPAM, id="ten-days", unit=Unit.CALENDAR_DAYS)
P, T, W = CellKind.PASSED, CellKind.TO_COME, CellKind.WEEKEND

with (Path(__file__).resolve().parents[1] / "facts" / "deadlines.csv").open(
    encoding="utf-8", newline=""
) as stream:
    FACTS = list(csv.DictReader(stream))


def receipt(text: str, zone: str) -> Received:
    return (
        received_on(date.fromisoformat(text), zone)
        if len(text) == 10
        else received_at(datetime.fromisoformat(text), zone)
    )


def kinds(cells: tuple[Cell, ...]) -> list[CellKind]:
    return [cell.kind for cell in cells]


def test_the_facts_hold_all_their_cases() -> None:
    assert len(FACTS) == 11
    assert {row["policy"] for row in FACTS} == {"can-spam"}


@pytest.mark.parametrize("row", FACTS, ids=lambda row: row["why"])
def test_every_worked_case_has_its_due_date(row: dict[str, str]) -> None:
    received = receipt(row["received"], row["zone"])
    assert due_date(received.day, CAN_SPAM, HOLIDAYS.get) == date.fromisoformat(row["due"])


@pytest.mark.parametrize("row", FACTS, ids=lambda row: row["why"])
def test_counting_holidays_gives_the_earlier_date_of_every_worked_case(row: dict[str, str]) -> None:
    received = receipt(row["received"], row["zone"])
    assert due_date(received.day, CAN_SPAM, no_holidays) == date.fromisoformat(row["due_if_holidays_count"])


def test_calendar_days_are_just_counted() -> None:
    assert due_date(date(2026, 11, 20), TEN_DAYS, HOLIDAYS.get) == date(2026, 11, 30)


def test_a_policy_of_no_days_is_due_on_the_day_itself() -> None:
    assert due_date(date(2026, 11, 20), replace(CAN_SPAM, limit=0), HOLIDAYS.get) == date(2026, 11, 20)


def test_a_holiday_and_a_weekend_are_no_business_days() -> None:
    assert is_business_day(date(2026, 11, 10), HOLIDAYS.get)
    assert not is_business_day(date(2026, 11, 11), HOLIDAYS.get)
    assert not is_business_day(date(2026, 11, 14), HOLIDAYS.get)
    assert is_business_day(date(2026, 11, 11), no_holidays)


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (date(2026, 11, 24), date(2026, 11, 25), 1),
        (date(2026, 11, 25), date(2026, 11, 25), 0),
        (date(2026, 11, 27), date(2026, 11, 25), -1),  # Thanksgiving between them does not count
        (date(2026, 11, 10), date(2026, 11, 25), 10),
        (date(2026, 11, 22), date(2026, 11, 23), 1),
        (date(2026, 11, 21), date(2026, 11, 20), 0),  # Saturday: no business day late yet
        (date(2026, 11, 23), date(2026, 11, 20), -1),
    ],
)
def test_days_left_are_the_business_days_after_today(today: date, due: date, left: int) -> None:
    assert days_left(today, due, CAN_SPAM, HOLIDAYS.get) == left


def test_days_left_of_a_calendar_day_policy() -> None:
    assert days_left(date(2026, 11, 20), date(2026, 11, 30), TEN_DAYS, HOLIDAYS.get) == 10
    assert days_left(date(2026, 12, 2), date(2026, 11, 30), TEN_DAYS, HOLIDAYS.get) == -2


def test_maria_s_strip_shows_veterans_day_and_what_has_passed() -> None:
    """The picture: received by phone on Tue 10 Nov, due Wed 25 Nov, looked at on Tue 24 Nov."""
    due = due_date(date(2026, 11, 10), CAN_SPAM, HOLIDAYS.get)
    cells = strip(date(2026, 11, 10), due, date(2026, 11, 24), CAN_SPAM, HOLIDAYS.get)
    assert due == date(2026, 11, 25)
    assert cells[0] == Cell(date(2026, 11, 11), CellKind.HOLIDAY, "Veterans Day")
    assert kinds(cells[1:]) == [P, P, W, P, P, P, P, P, W, P, P, T]
    assert [cell.day for cell in cells if cell.kind is W] == [date(2026, 11, 14), date(2026, 11, 21)]
    assert cells[-1] == Cell(due, T)


def test_the_strip_hatches_thanksgiving_to_come() -> None:
    received = date(2026, 11, 20)
    cells = strip(received, date(2026, 12, 7), received, CAN_SPAM, HOLIDAYS.get)
    # Received on a Friday: the strip does not begin with a gap.
    assert cells[0] == Cell(date(2026, 11, 23), T)
    assert cells[3] == Cell(date(2026, 11, 26), CellKind.HOLIDAY, "Thanksgiving Day")
    assert kinds(cells) == [T, T, T, CellKind.HOLIDAY, T, W, T, T, T, T, T, W, T]


def test_the_strip_of_a_calendar_day_policy_has_neither_gaps_nor_holidays() -> None:
    cells = strip(date(2026, 11, 20), date(2026, 11, 30), date(2026, 11, 22), TEN_DAYS, HOLIDAYS.get)
    assert kinds(cells) == [P, P, *[T] * 8]


def test_a_holiday_on_a_weekend_is_just_the_weekend() -> None:
    saturday = {date(2026, 11, 14): "Invented Day"}
    cells = strip(date(2026, 11, 12), date(2026, 11, 27), date(2026, 11, 12), CAN_SPAM, saturday.get)
    assert CellKind.HOLIDAY not in kinds(cells)


@settings(max_examples=100)
@given(
    st.dates(date(2025, 11, 1), date(2029, 2, 1)),
    st.integers(1, 30),
    st.integers(-10, 60),
)
def test_the_strip_counts_to_the_policy_s_limit(received: date, limit: int, later: int) -> None:
    policy = replace(CAN_SPAM, limit=limit)
    due = due_date(received, policy, HOLIDAYS.get)
    today = date.fromordinal(received.toordinal() + later)
    cells = strip(received, due, today, policy, HOLIDAYS.get)
    counted = [cell for cell in cells if cell.kind in (P, T)]
    assert len(counted) == limit == days_left(received, due, policy, HOLIDAYS.get)
    assert counted[-1].day == due
    assert all((cell.kind is P) == (cell.day <= today) for cell in counted)
    assert all(first.day < second.day for first, second in pairwise(cells))
    assert all(cell.kind is W for cell in (c for c in cells if c.day.weekday() >= 5))
    to_come = sum(cell.kind is T for cell in cells)
    if received <= today <= due:
        assert to_come == days_left(today, due, policy, HOLIDAYS.get)
