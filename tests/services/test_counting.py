"""How a business counts: holidays come from a calendar, the way is told, and what is on record is counted by its own."""

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version

import pytest

from optoutdesk.calendars import holiday_names, read_way, way_of_counting
from optoutdesk.desk import Desk
from optoutdesk.domain.deadlines import CellKind, Unit
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, received_at, received_on
from optoutdesk.services.counting import make_counting
from optoutdesk.settings import Settings

ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 26), "Thanksgiving Day"),
        (date(2026, 7, 3), "Independence Day (observed)"),
        (date(2027, 12, 31), "New Year's Day (observed)"),  # 1 January 2028 falls on a Saturday
        (date(2029, 1, 15), "Martin Luther King Jr. Day"),
        (date(2026, 11, 27), None),
        (date(2025, 1, 21), None),  # Inauguration Day is no holiday outside D.C.
    ],
)
def test_the_federal_holidays_are_known_with_their_observed_days(day: date, name: str | None) -> None:
    assert holiday_names("US", holidays_count=False)(day) == name


def test_a_policy_without_a_calendar_has_no_holidays() -> None:
    assert holiday_names("none", holidays_count=False)(date(2026, 12, 25)) is None
    assert way_of_counting("none", holidays_count=False) == "calendar days"


def test_counting_holidays_is_stricter_and_says_so() -> None:
    usual = make_counting("can-spam", ZONE, holidays_count=False)
    stricter = make_counting("can-spam", ZONE, holidays_count=True)
    received = received_on(date(2026, 11, 20), ZONE)
    assert usual.due(received) == date(2026, 12, 7)
    assert stricter.due(received) == date(2026, 12, 4)
    assert usual.way == f"Monday to Friday less US public holidays (holidays {version('holidays')})"
    assert stricter.way == "Monday to Friday, holidays counted as business days"


def test_days_are_counted_in_the_business_s_zone() -> None:
    counting = make_counting("can-spam", ZONE, holidays_count=False)
    assert counting.today(datetime(2026, 11, 25, 4, 59, tzinfo=UTC)) == date(2026, 11, 24)
    assert counting.soon(date(2026, 11, 24)) == date(2026, 11, 30)  # three business days, less Thanksgiving


def test_the_way_of_counting_can_be_read_back_from_its_sentence() -> None:
    for calendar in ("US", "CA", "CA-ON", "NZ"):
        way = read_way(way_of_counting(calendar, holidays_count=False))
        assert way is not None
        assert way.unit is Unit.BUSINESS_DAYS
        assert way.holiday(date(2026, 12, 25)) == holiday_names(calendar, holidays_count=False)(
            date(2026, 12, 25)
        )
    ontario = read_way("Monday to Friday less CA-ON public holidays (holidays 0.57)")  # of an older version
    assert ontario is not None
    assert ontario.holiday(date(2026, 10, 12)) == "Thanksgiving Day"
    strict = read_way(way_of_counting("US", holidays_count=True))
    assert strict is not None
    assert (strict.unit, strict.holiday(date(2026, 12, 25))) == (Unit.BUSINESS_DAYS, None)
    calendar_days = read_way(way_of_counting("none", holidays_count=False))
    assert calendar_days is not None
    assert calendar_days.unit is Unit.CALENDAR_DAYS


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "by heart",
        "Monday to Friday less XX public holidays (holidays 9)",
        "Monday to Friday less US public",
    ],
)
def test_a_sentence_nobody_wrote_here_says_nothing(sentence: str) -> None:
    assert read_way(sentence) is None


ASKED = OptOutRequest(
    id=1,
    kind=Kind.ADDRESS,
    key="maria.ortiz@lakeside.example",
    given="maria.ortiz@lakeside.example",
    scope=ALL_MAIL,
    received=received_on(date(2026, 11, 20), ZONE),
    channel=Channel.PHONE,
    note="",
    by="Ana",
    recorded_at=datetime(2026, 11, 20, 16, tzinfo=UTC),
    due=date(2026, 12, 7),
    policy="can-spam",
    counting="Monday to Friday less US public holidays (holidays 0.109)",
)


def recorded(policy: str, province: str = "", *, holidays_count: bool = False) -> OptOutRequest:
    counted = make_counting(policy, ZONE, holidays_count=holidays_count, province=province).count(
        ASKED.received
    )
    return replace(ASKED, due=counted.due, policy=counted.policy.id, counting=counted.way)


@pytest.mark.parametrize("now", ["can-spam", "casl", "new-zealand", "uk-eu", "fcc-wireless"])
@pytest.mark.parametrize("holidays_count", [True, False])
def test_a_request_on_record_is_shown_by_its_own_policy_whatever_counts_now(
    now: str, holidays_count: bool
) -> None:
    present = make_counting(now, ZONE, holidays_count=holidays_count)
    day = date(2026, 11, 24)
    can_spam = recorded("can-spam")
    cells = present.strip(can_spam, day)
    assert [cell.holiday for cell in cells if cell.kind is CellKind.HOLIDAY] == ["Thanksgiving Day"]
    assert sum(cell.kind in (CellKind.PASSED, CellKind.TO_COME) for cell in cells) == 10
    assert present.days_left(can_spam, day) == 8
    strict = recorded("can-spam", holidays_count=True)
    assert not [cell for cell in present.strip(strict, day) if cell.kind is CellKind.HOLIDAY]
    assert present.days_left(strict, day) == 8
    wireless = recorded("fcc-wireless")
    assert [cell.kind for cell in present.strip(wireless, day)] == [CellKind.PASSED] * 4 + [
        CellKind.TO_COME
    ] * 6
    assert present.days_left(wireless, day) == 6
    at_once = recorded("uk-eu")
    assert present.strip(at_once, day) == ()
    assert present.days_left(at_once, day) == -4


def test_a_province_set_later_does_not_change_how_a_request_was_counted() -> None:
    asked = replace(ASKED, received=received_on(date(2026, 10, 9), ZONE))
    ontario = make_counting("casl", ZONE, holidays_count=False, province="ON").count(asked.received)
    request = replace(asked, due=ontario.due, policy="casl", counting=ontario.way)
    for province in ("", "ON", "QC"):
        present = make_counting("casl", ZONE, holidays_count=False, province=province)
        assert [c.holiday for c in present.strip(request, date(2026, 10, 9)) if c.holiday] == [
            "Thanksgiving Day"
        ]


def test_a_request_whose_policy_or_way_nobody_knows_is_counted_by_what_is_known_of_it() -> None:
    present = make_counting("can-spam", ZONE, holidays_count=True)
    day = date(2026, 11, 24)
    assert present.days_left(replace(ASKED, counting="by heart"), day) == 8
    assert present.days_left(replace(ASKED, policy="of-a-later-version"), day) == 8
    later = replace(ASKED, policy="of-a-later-version", counting="calendar days", due=date(2026, 11, 30))
    assert present.days_left(later, day) == 6
    assert {cell.kind for cell in present.strip(later, day)} == {CellKind.PASSED, CellKind.TO_COME}


def test_the_own_target_is_so_many_hours_after_the_receipt() -> None:
    counting = make_counting("can-spam", ZONE, holidays_count=False)
    at = received_at(datetime(2026, 11, 24, 15, 51, tzinfo=UTC), ZONE)
    assert counting.own_target(at) == datetime(2026, 11, 26, 15, 51, tzinfo=UTC)
    # A day without a time starts with its first moment: 05:00 UTC in New York.
    on = received_on(date(2026, 11, 24), ZONE)
    assert counting.own_target(on) == datetime(2026, 11, 26, 5, tzinfo=UTC)
    patient = make_counting("can-spam", ZONE, holidays_count=False, own_target_hours=72)
    assert patient.own_target(at) == datetime(2026, 11, 27, 15, 51, tzinfo=UTC)


def test_a_changed_setting_counts_the_next_date_anew(desk: Desk) -> None:
    received = received_on(date(2026, 11, 20), ZONE)
    assert desk.record_optout.due(received) == date(2026, 12, 7)
    desk.change_settings(Settings(time_zone=ZONE, holidays_count=True))
    assert desk.record_optout.due(received) == date(2026, 12, 4)
