"""The policies: each is what its law says, with worked cases; a wireless domain has a rule of its own."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clock import NOW
from optoutdesk.calendars import calendar_of, holiday_names
from optoutdesk.desk import Desk
from optoutdesk.domain.deadlines import Starts, Unit
from optoutdesk.domain.errors import UsageError
from optoutdesk.domain.importing import Shown
from optoutdesk.domain.requests import Kind, OptOutRequest, received_on
from optoutdesk.resources import resource
from optoutdesk.services.counting import (
    Counting,
    domain_of,
    load_policies,
    load_wireless_domains,
    make_counting,
)

ZONE = "America/New_York"


def counting(policy: str, province: str = "", *, holidays_count: bool = False) -> Counting:
    return make_counting(policy, ZONE, holidays_count=holidays_count, province=province)


def test_every_policy_names_its_source_and_when_it_was_checked() -> None:
    policies = load_policies()
    assert list(policies) == ["can-spam", "casl", "australia", "new-zealand", "uk-eu", "fcc-wireless"]
    for key, policy in policies.items():
        assert policy.id == key
        assert policy.name
        assert policy.source
        assert policy.checked_on <= date(2026, 11, 24)
        assert bool(policy.holidays) == (policy.unit is Unit.BUSINESS_DAYS) == (policy.calendar != "none")


@pytest.mark.parametrize(
    ("key", "limit", "unit", "starts", "source"),
    [
        ("can-spam", 10, Unit.BUSINESS_DAYS, Starts.RECEIPT, "7704(a)(4)(A)(i)"),
        ("casl", 10, Unit.BUSINESS_DAYS, Starts.SENT, "section 11(3)"),
        ("australia", 5, Unit.BUSINESS_DAYS, Starts.SENT, "Spam Act 2003"),
        ("new-zealand", 5, Unit.BUSINESS_DAYS, Starts.SENT, "section 9"),
        ("uk-eu", 0, Unit.CALENDAR_DAYS, Starts.RECEIPT, "Article 21(3)"),
        ("fcc-wireless", 10, Unit.CALENDAR_DAYS, Starts.RECEIPT, "47 CFR 64.3100"),
    ],
)
def test_each_policy_is_what_its_law_says(
    key: str, limit: int, unit: Unit, starts: Starts, source: str
) -> None:
    policy = load_policies()[key]
    assert (policy.limit, policy.unit, policy.starts) == (limit, unit, starts)
    assert source in policy.source


def test_only_the_penalty_that_is_known_is_named() -> None:
    penalties = {key: policy.penalty for key, policy in load_policies().items() if policy.penalty}
    assert list(penalties) == ["can-spam"]
    assert "$53,088" in penalties["can-spam"]


@pytest.mark.parametrize(
    ("policy", "province", "received", "due"),
    [
        ("can-spam", "", "2026-11-20", "2026-12-07"),  # Thanksgiving
        ("casl", "", "2026-10-09", "2026-10-23"),  # Thanksgiving is no holiday in all of Canada: it counts
        ("casl", "ON", "2026-10-09", "2026-10-26"),
        ("casl", "", "2026-06-19", "2026-07-06"),  # Canada Day is one
        ("casl", "QC", "2026-06-19", "2026-07-07"),  # and Saint John the Baptist Day
        ("casl", "AB", "2026-10-09", "2026-10-26"),
        ("australia", "", "2026-04-01", "2026-04-10"),  # Good Friday and Easter Monday
        ("australia", "", "2026-11-20", "2026-11-27"),
        ("new-zealand", "", "2026-07-08", "2026-07-16"),  # Matariki
        ("new-zealand", "", "2026-12-24", "2027-01-06"),  # Christmas to the day after New Year's, observed
        ("new-zealand", "", "2026-11-21", "2026-11-27"),  # a Saturday: Monday is day 1
        ("uk-eu", "", "2026-11-20", "2026-11-20"),  # at once
        ("uk-eu", "", "2026-11-21", "2026-11-21"),  # also on a Saturday
        ("fcc-wireless", "", "2026-11-20", "2026-11-30"),
        ("fcc-wireless", "", "2026-12-17", "2026-12-27"),  # calendar days end on a Sunday too
    ],
)
def test_every_policy_has_its_worked_cases(policy: str, province: str, received: str, due: str) -> None:
    receipt = received_on(date.fromisoformat(received), ZONE)
    assert counting(policy, province).due(receipt) == date.fromisoformat(due)


@pytest.mark.parametrize("province", [code for code, _ in load_policies()["casl"].provinces])
def test_without_a_province_every_date_is_the_earliest_there_is(province: str) -> None:
    """Canada alone has the holidays that all of it has: no province counts fewer."""
    policy = load_policies()["casl"]
    everywhere = holiday_names(calendar_of(policy), holidays_count=False)
    there = holiday_names(calendar_of(policy, province), holidays_count=False)
    days = [date.fromordinal(n) for n in range(date(2026, 1, 1).toordinal(), date(2029, 1, 1).toordinal())]
    assert any(there(day) and not everywhere(day) for day in days)
    assert not [day for day in days if everywhere(day) and not there(day)]


def test_a_province_matters_to_canada_only() -> None:
    receipt = received_on(date(2026, 11, 20), ZONE)
    for key in load_policies():
        if key != "casl":
            assert counting(key, "ON").count(receipt) == counting(key).count(receipt)


@pytest.mark.parametrize("key", ["can-spam", "casl", "australia", "new-zealand"])
def test_counting_holidays_makes_the_dates_of_every_policy_stricter(key: str) -> None:
    policy = load_policies()[key]
    holiday = holiday_names(policy.calendar, holidays_count=False)
    off = next(
        day
        for day in (date.fromordinal(date(2026, 11, 24).toordinal() + n) for n in range(400))
        if holiday(day) and day.weekday() < 5
    )
    receipt = received_on(date.fromordinal(off.toordinal() - 1), ZONE)
    assert counting(key, holidays_count=True).due(receipt) < counting(key).due(receipt)


# -- wireless domains


def test_the_list_of_wireless_domains_is_said_to_be_unofficial() -> None:
    wireless = load_wireless_domains()
    assert not wireless.official
    assert "64.3100" in wireless.source
    assert wireless.policy in load_policies()
    assert {
        "vtext.com",
        "txt.att.net",
        "mms.att.net",
        "tmomail.net",
        "messaging.sprintpcs.com",
    } <= wireless.domains
    written = json.loads(resource("law", "wireless-domains.json").read_text("utf-8"))["domains"]
    assert written == sorted(set(written))
    assert all(domain == domain.lower().strip(".") for domain in written)


@pytest.mark.parametrize(
    ("domain", "listed"),
    [
        ("vtext.com", True),
        ("a.b.vtext.com", True),  # a listed domain covers what lies below it
        ("att.net", False),
        ("txt.att.net", True),
        ("notvtext.com", False),
        ("vtext.com.example", False),
        ("", False),
    ],
)
def test_a_listed_domain_covers_itself_and_what_lies_below_it(domain: str, listed: bool) -> None:
    assert (domain in load_wireless_domains()) is listed


def test_over_thanksgiving_the_wireless_rule_is_a_week_stricter_than_can_spam() -> None:
    receipt = received_on(date(2026, 11, 20), ZONE)
    usual = counting("can-spam")
    assert usual.due(receipt, domain="shop.example") == date(2026, 12, 7)
    counted = usual.count(receipt, domain="txt.att.net")
    assert (counted.due, counted.policy.id) == (date(2026, 11, 30), "fcc-wireless")
    assert counted.way == "calendar days"
    assert len(usual.strip_for(receipt, counted, date(2026, 11, 20))) == 10


@pytest.mark.parametrize(
    ("received", "due", "policy"),
    [
        ("2026-11-20", "2026-11-27", "new-zealand"),  # five working days are over sooner
        ("2026-12-24", "2027-01-03", "fcc-wireless"),  # but not over Christmas and New Year
    ],
)
def test_at_a_wireless_domain_the_earlier_date_counts(received: str, due: str, policy: str) -> None:
    counted = counting("new-zealand").count(
        received_on(date.fromisoformat(received), ZONE), domain="vtext.com"
    )
    assert (counted.due, counted.policy.id) == (date.fromisoformat(due), policy)


def test_a_policy_chosen_for_one_request_counts_instead_of_the_business_s() -> None:
    receipt = received_on(date(2026, 11, 20), ZONE)
    usual = counting("can-spam", "ON")
    assert usual.due(receipt, "casl") == date(2026, 12, 4)
    assert usual.count(receipt, "casl").way.startswith("Monday to Friday less CA-ON public holidays")
    assert usual.count(receipt, "uk-eu").policy.id == "uk-eu"
    # It makes nothing later where the wireless rule binds as well.
    assert usual.due(receipt, "casl", "vtext.com") == date(2026, 11, 30)


def test_a_policy_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"no policy “mars”.*can-spam, casl"):
        counting("can-spam").due(received_on(date(2026, 11, 20), ZONE), "mars")


@pytest.mark.parametrize(
    ("kind", "key", "domain"),
    [
        (Kind.ADDRESS, "jane@vtext.com", "vtext.com"),
        (Kind.ADDRESS, '"a@b"@vtext.com', "vtext.com"),
        (Kind.DOMAIN, "vtext.com", "vtext.com"),
        (Kind.HASH, "0" * 32, ""),
    ],
)
def test_an_entry_is_about_a_domain(kind: Kind, key: str, domain: str) -> None:
    assert domain_of(kind, key) == domain


# -- wherever requests come in


FILE = """email,unsubscribed on
jane@shop.example,2026-11-20
5551234567@vtext.com,2026-11-20
5557654321@mms.att.net,2026-11-12
"5550000000@txt.att.net; lee@shop.example",2026-11-20
*@tmomail.net,2026-11-20
"""


def bring_in(desk: Desk, folder: Path, text: str = FILE) -> dict[str, OptOutRequest]:
    file = folder / "list.csv"
    file.write_text(text, "utf-8")
    service = desk.import_optouts
    with service.preview(service.open(file, now=NOW), now=NOW) as preview:
        service.run(preview, by="Ana", now=NOW)
    return {request.key: request for request in desk.store.open_requests()}


def test_a_recorded_opt_out_at_a_wireless_domain_has_the_earlier_date(desk: Desk) -> None:
    service = desk.record_optout
    found = service.find(
        "jane@shop.example, 5551234567@vtext.com, 5551234567@sms.vtext.com\n*@tmomail.net"
    ).entries
    recorded, _ = service.record(found, service.received(date(2026, 11, 20), NOW), now=NOW, by="Ana")
    assert {r.request.key: (r.request.due, r.request.policy, r.request.counting[:13]) for r in recorded} == {
        "jane@shop.example": (date(2026, 12, 7), "can-spam", "Monday to Fri"),
        "5551234567@vtext.com": (date(2026, 11, 30), "fcc-wireless", "calendar days"),
        "5551234567@sms.vtext.com": (date(2026, 11, 30), "fcc-wireless", "calendar days"),
        "tmomail.net": (date(2026, 11, 30), "fcc-wireless", "calendar days"),
    }


def test_an_imported_opt_out_at_a_wireless_domain_has_the_earlier_date(desk: Desk, tmp_path: Path) -> None:
    found = bring_in(desk, tmp_path)
    assert {key: (r.due, r.policy, r.counting) for key, r in found.items()} == {
        "jane@shop.example": (date(2026, 12, 7), "can-spam", desk.counting.way),
        "lee@shop.example": (date(2026, 12, 7), "can-spam", desk.counting.way),
        "5551234567@vtext.com": (date(2026, 11, 30), "fcc-wireless", "calendar days"),
        "5557654321@mms.att.net": (date(2026, 11, 22), "fcc-wireless", "calendar days"),
        "5550000000@txt.att.net": (date(2026, 11, 30), "fcc-wireless", "calendar days"),
        "tmomail.net": (date(2026, 11, 30), "fcc-wireless", "calendar days"),
    }
    assert desk.verify_ledger().holds


def test_what_is_overdue_by_the_wireless_rule_is_counted_so_before_it_is_imported(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(FILE, "utf-8")
    service = desk.import_optouts
    with service.preview(service.open(file, now=NOW), now=NOW) as preview:
        assert preview.counts.by[Shown.OVERDUE] == 1
        assert [row.due for row in preview.rows(Shown.OVERDUE)] == [date(2026, 11, 22)]


def test_an_import_is_recorded_as_it_was_shown_though_the_policy_was_changed_meanwhile(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,unsubscribed on\njane@shop.example,2026-11-20\n", "utf-8")
    service = desk.import_optouts
    with service.preview(service.open(file, now=NOW), now=NOW) as preview:
        way = desk.counting.way
        desk.settings_changes.apply(replace(desk.settings, policy="casl"), by="Ana", now=NOW)
        desk.import_optouts.run(preview, by="Ana", now=NOW)
    (request,) = desk.store.open_requests()
    assert (request.due, request.policy, request.counting) == (date(2026, 12, 7), "can-spam", way)


def test_a_file_brought_in_by_another_policy_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.change_settings(replace(desk.settings, policy="new-zealand"))
    found = bring_in(desk, tmp_path)
    # Five working days are over before ten calendar days.
    assert {(r.policy, r.due) for key, r in found.items() if key != "5557654321@mms.att.net"} == {
        ("new-zealand", date(2026, 11, 27))
    }
