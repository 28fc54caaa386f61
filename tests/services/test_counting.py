"""How a business counts: the policies are data with their source, holidays come from a calendar, the way is told."""

from datetime import UTC, date, datetime
from importlib.metadata import version

import pytest

from optoutdesk.calendars import holiday_names, way_of_counting
from optoutdesk.desk import Desk
from optoutdesk.domain.deadlines import Unit
from optoutdesk.domain.requests import received_on
from optoutdesk.services.counting import load_policies, make_counting
from optoutdesk.settings import Settings

ZONE = "America/New_York"


def test_every_policy_names_its_source_and_when_it_was_checked() -> None:
    policies = load_policies()
    assert "can-spam" in policies
    for key, policy in policies.items():
        assert policy.id == key
        assert policy.source
        assert policy.checked_on <= date(2026, 11, 24)
        assert policy.limit >= 0


def test_can_spam_is_what_the_law_says() -> None:
    policy = load_policies()["can-spam"]
    assert (policy.limit, policy.unit, policy.calendar) == (10, Unit.BUSINESS_DAYS, "US")
    assert "7704(a)(4)(A)(i)" in policy.source
    assert "$53,088" in policy.penalty


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
    assert counting.days_left(date(2026, 11, 25), date(2026, 11, 24)) == 1
    assert counting.soon(date(2026, 11, 24)) == date(2026, 11, 30)  # three business days, less Thanksgiving


def test_a_changed_setting_counts_the_next_date_anew(desk: Desk) -> None:
    received = received_on(date(2026, 11, 20), ZONE)
    assert desk.record_optout.due(received) == date(2026, 12, 7)
    desk.change_settings(Settings(time_zone=ZONE, holidays_count=True))
    assert desk.record_optout.due(received) == date(2026, 12, 4)
