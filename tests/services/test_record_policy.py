"""A rule for one request: the due date follows it, and an address that is a telephone has the stricter one of its own."""

from datetime import date

import pytest

from clock import NOW
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError
from optoutdesk.domain.requests import OptOutRequest


def record(desk: Desk, *addresses: str, policy: str | None = None) -> list[OptOutRequest]:
    service = desk.record_optout
    received = service.received(NOW, NOW)
    recorded, _ = service.record(service.parse(addresses), received, now=NOW, by="Ana", policy=policy)
    return [item.request for item in recorded]


def test_another_rule_gives_its_due_date_and_is_on_record(desk: Desk) -> None:
    [usual] = record(desk, "a@a.example")
    [other] = record(desk, "b@a.example", policy="australia")
    assert (usual.policy, usual.due) == ("can-spam", date(2026, 12, 9))
    assert (other.policy, other.due) == ("australia", desk.counting.due(other.received, "australia"))
    assert other.due < usual.due
    assert other.counting != usual.counting
    [stored] = desk.store.requests_about((other.kind, other.key))
    assert (stored.policy, stored.due, stored.counting) == (other.policy, other.due, other.counting)


def test_an_address_at_a_wireless_domain_has_ten_calendar_days_beside_others_in_one_act(desk: Desk) -> None:
    plain, phone, below = record(desk, "a@a.example", "5551234567@vtext.com", "*@mail.vtext.com")
    assert plain.due == date(2026, 12, 9)
    for request in (phone, below):
        assert (request.policy, request.due) == ("fcc-wireless", date(2026, 12, 4))
    assert desk.store.last_entry().seq == 1


def test_the_different_due_dates_are_told_before(desk: Desk) -> None:
    service = desk.record_optout
    received = service.received(NOW, NOW)
    both = service.find("a@a.example b@a.example c@vtext.com").entries
    assert [(c.due, c.policy.id) for c in service.count(both, received)] == [
        (date(2026, 12, 4), "fcc-wireless"),
        (date(2026, 12, 9), "can-spam"),
    ]
    assert [c.due for c in service.count((), received)] == [date(2026, 12, 9)]
    assert [c.policy.id for c in service.count((), received, "casl")] == ["casl"]


def test_a_rule_that_does_not_exist_records_nothing(desk: Desk) -> None:
    with pytest.raises(UsageError, match="There is no policy “mars”"):
        record(desk, "a@a.example", policy="mars")
    assert desk.store.last_entry() is None
