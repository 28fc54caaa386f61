"""The register: its figures, its pages, and all that happened to one person."""

from datetime import UTC, date, datetime, timedelta

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.requests import Channel, Kind, OptOutRequest
from optoutdesk.services.due_requests import Urgency
from optoutdesk.services.register import Counts
from optoutdesk.store import RegisterFilter

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


def add(desk: Desk, address: str, day: date, by: str = "Ana", **how) -> OptOutRequest:
    service = desk.record_optout
    scope = how.get("scope", "all")
    recorded, _ = service.record(
        service.parse([address], scope), service.received(day, NOW), now=NOW, by=by, **how
    )
    return recorded[0].request


@pytest.fixture
def kept(desk: Desk) -> Desk:
    add(desk, "*@example.com", date(2026, 11, 9))  # due today
    add(
        desk, "jane@example.com", date(2026, 11, 6), by="Ben", scope="Newsletter", channel=Channel.REPLY
    )  # overdue
    add(desk, "jane@example.com", date(2026, 11, 20))
    done = add(desk, "done@elsewhere.example", date(2026, 11, 3))
    desk.due_requests.mark_done([done.id], now=NOW, by="Ana")
    again = add(desk, "again@elsewhere.example", date(2026, 11, 3))
    desk.opt_in_again.record(
        again, at=NOW - timedelta(days=1), evidence="form", who="Jane", how="on paper", by="Ana", now=NOW
    )
    return desk


def test_the_figures_of_the_chips(kept: Desk) -> None:
    assert kept.register.counts(NOW) == Counts(all=5, open=3, due_soon=1, overdue=1, late=2)


def test_how_many_are_suppressed(kept: Desk) -> None:
    assert kept.register.suppressed() == 3  # Jane twice is one; who opted in again is none


def test_a_page_has_the_latest_receipt_first(kept: Desk) -> None:
    page = kept.register.page(RegisterFilter(), limit=3)
    days = [row.request.received.day.day for row in page.rows]
    rest = kept.register.page(RegisterFilter(), page.after)
    assert [*days, *(row.request.received.day.day for row in rest.rows)] == [20, 9, 6, 3, 3]
    assert rest.after is None


def test_the_names_of_lists_and_people(kept: Desk) -> None:
    assert kept.register.scopes() == ["Newsletter"]
    assert kept.register.people() == ["Ana", "Ben"]


def test_the_history_of_a_person_has_all_that_concerns_her(kept: Desk) -> None:
    history = kept.register.history(Kind.ADDRESS, "jane@example.com", NOW)
    letters, everything = history.requests
    assert (letters.scope, everything.scope) == ("Newsletter", "all")
    assert history.in_force == (letters, everything)
    assert [request.key for request in history.over_it] == ["example.com"]
    assert history.clock is not None
    assert (history.clock.request, history.clock.urgency) == (letters, Urgency.OVERDUE)


def test_the_history_of_a_domain(kept: Desk) -> None:
    history = kept.register.history(Kind.DOMAIN, "example.com", NOW)
    assert [request.key for request in history.in_force] == ["example.com"]
    assert history.over_it == ()


def test_the_history_of_who_opted_in_again_keeps_the_request(kept: Desk) -> None:
    history = kept.register.history(Kind.ADDRESS, "again@elsewhere.example", NOW)
    assert (len(history.requests), len(history.opt_ins), history.in_force, history.clock) == (1, 1, (), None)


def test_of_a_stranger_nothing_is_known(kept: Desk) -> None:
    history = kept.register.history(Kind.ADDRESS, "nobody@elsewhere.example", NOW)
    assert (history.requests, history.opt_ins, history.in_force, history.over_it) == ((), (), (), ())
