"""What needs her today, the most urgent first; a request is done once, and not before it came."""

from datetime import UTC, date, datetime, timedelta

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.deadlines import CellKind
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.due_requests import Urgency

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
RECEIVED = {
    "on-track@example.com": date(2026, 11, 20),  # due 7 Dec
    "maria@example.com": date(2026, 11, 10),  # due 25 Nov
    "overdue@example.com": date(2026, 11, 6),  # due 23 Nov
    "today@example.com": date(2026, 11, 9),  # due 24 Nov
    "soon@example.com": date(2026, 11, 13),  # due 30 Nov: three business days, Thanksgiving not counted
    "not-soon@example.com": date(2026, 11, 16),  # due 1 Dec
}


@pytest.fixture
def requests(desk: Desk) -> dict[str, OptOutRequest]:
    service = desk.record_optout
    found = {}
    for address, day in RECEIVED.items():
        recorded, _ = service.record(service.parse([address]), service.received(day, NOW), now=NOW, by="Ana")
        found[address.partition("@")[0]] = recorded[0].request
    return found


def test_the_open_requests_come_with_the_most_urgent_first(
    desk: Desk, requests: dict[str, OptOutRequest]
) -> None:
    today = desk.due_requests.today(NOW)
    assert today.day == date(2026, 11, 24)
    assert [
        (item.request.key.partition("@")[0], item.days_left, item.urgency) for item in today.requests
    ] == [
        ("overdue", -1, Urgency.OVERDUE),
        ("today", 0, Urgency.SOON),
        ("maria", 1, Urgency.SOON),
        ("soon", 3, Urgency.SOON),
        ("not-soon", 4, Urgency.ON_TRACK),
        ("on-track", 8, Urgency.ON_TRACK),
    ]
    assert (today.overdue, today.soon, today.open, today.need_her, today.on_time) == (1, 3, 6, 4, None)


def test_the_figures_do_not_depend_on_how_many_are_shown(
    desk: Desk, requests: dict[str, OptOutRequest]
) -> None:
    today = desk.due_requests.today(NOW, limit=2)
    assert len(today.requests) == 2
    assert (today.overdue, today.soon, today.open) == (1, 3, 6)


def test_the_strip_of_a_request_explains_its_date(desk: Desk, requests: dict[str, OptOutRequest]) -> None:
    strip = desk.due_requests.clock(requests["maria"], date(2026, 11, 24)).strip
    assert (strip[0].kind, strip[0].holiday) == (CellKind.HOLIDAY, "Veterans Day")
    assert (strip[-1].day, strip[-1].kind) == (date(2026, 11, 25), CellKind.TO_COME)


def test_an_empty_desk_needs_nobody(desk: Desk) -> None:
    today = desk.due_requests.today(NOW)
    assert (today.open, today.need_her, today.on_time, today.requests) == (0, 0, None, ())


def test_a_request_is_done_once(desk: Desk, requests: dict[str, OptOutRequest]) -> None:
    maria, soon = requests["maria"], requests["soon"]
    assert (
        desk.due_requests.mark_done([maria.id, soon.id], now=NOW, by="Ben")
        == Changes.REQUESTS | Changes.PLATFORMS
    )
    assert desk.due_requests.mark_done([maria.id], now=NOW + timedelta(days=1), by="Ana") is Changes.NOTHING
    done = desk.store.request(maria.id)
    assert done is not None
    assert (done.done_at, done.done_by) == (NOW, "Ben")
    assert desk.due_requests.today(NOW).open == 4
    entry = desk.store.last_entry()
    assert entry is not None
    assert (entry.seq, entry.act, entry.by) == (7, "mark done", "Ben")
    assert desk.verify_ledger().holds


def test_of_several_only_those_still_open_are_marked(desk: Desk, requests: dict[str, OptOutRequest]) -> None:
    desk.due_requests.mark_done([requests["maria"].id], now=NOW, by="Ben")
    both = [requests["maria"], requests["soon"]]
    assert (
        desk.due_requests.mark_done([r.id for r in both], now=NOW + timedelta(days=1), by="Ana")
        == Changes.REQUESTS | Changes.PLATFORMS
    )
    assert [desk.store.request(r.id).done_by for r in both] == ["Ben", "Ana"]


def test_a_done_request_still_bars_mail(desk: Desk, requests: dict[str, OptOutRequest]) -> None:
    desk.due_requests.mark_done([requests["maria"].id], now=NOW, by="Ben")
    assert not desk.check_address.check(["maria@example.com"])[0].may_mail


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime(2026, 11, 9, 12, tzinfo=UTC), "asked only after that"),
        (NOW + timedelta(minutes=6), "lies ahead"),
    ],
)
def test_a_moment_before_the_receipt_or_ahead_is_refused(
    desk: Desk, requests: dict[str, OptOutRequest], at: datetime, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        desk.due_requests.mark_done([requests["overdue"].id, requests["maria"].id], now=NOW, by="Ana", at=at)
    assert desk.due_requests.today(NOW).open == 6


def test_the_share_done_in_time(desk: Desk, requests: dict[str, OptOutRequest]) -> None:
    desk.due_requests.mark_done([requests["maria"].id], now=NOW, by="Ana")
    assert desk.due_requests.today(NOW).on_time == 1.0
    desk.due_requests.mark_done([requests["overdue"].id], now=NOW, by="Ana")
    assert desk.due_requests.today(NOW).on_time == 0.5


def test_the_evening_of_the_last_day_is_in_time(desk: Desk, requests: dict[str, OptOutRequest]) -> None:
    late_evening = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)  # 23:30 on the 25th in New York
    desk.due_requests.mark_done([requests["maria"].id], now=late_evening, by="Ana")
    assert desk.due_requests.today(late_evening).on_time == 1.0
