"""The words all screens share: dates as she writes them, deadlines that say what is left, states by their name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QLocale

from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind
from optoutdesk.services.record_optout import Recorded
from optoutdesk.store import RegisterRow
from optoutdesk.ui import words

ZONE = "America/New_York"
TODAY = date(2026, 11, 24)
SOON = date(2026, 11, 30)


@pytest.fixture
def american(qapp) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


def test_dates_put_the_day_first() -> None:
    assert words.day(date(2026, 11, 25), TODAY) == "Wed 25 Nov"
    assert words.day(date(2025, 11, 25), TODAY) == "Tue 25 Nov 2025"
    assert words.narrow_day(date(2026, 11, 25), TODAY) == "Wed 25 Nov"
    assert words.narrow_day(date(2025, 11, 25), TODAY) == "25 Nov 2025"
    assert words.long_day(date(2026, 11, 25), TODAY) == "Wednesday 25 November"
    assert words.long_day(date(2025, 11, 25), TODAY) == "Tuesday 25 November 2025"
    assert words.full_day(date(2026, 12, 9)) == "Wed 9 December 2026"
    assert words.short_date(date(2026, 11, 10)) == "10 Nov 2026"
    assert words.moment(datetime(2026, 11, 24, 15, 51, tzinfo=UTC), ZONE, TODAY) == "Today 10:51"


@pytest.mark.usefixtures("american")
def test_an_american_reads_her_own_order() -> None:
    assert words.day(date(2026, 11, 25), TODAY) == "Wed Nov 25"
    assert words.long_day(date(2026, 11, 25), TODAY) == "Wednesday, November 25"
    assert words.full_day(date(2026, 12, 9)) == "Wed, December 9, 2026"
    assert words.short_date(date(2026, 11, 10)) == "Nov 10, 2026"
    assert words.moment(datetime(2026, 11, 10, 21, 42, tzinfo=UTC), ZONE, TODAY) == "Tue Nov 10 4:42 PM"
    assert words.moment(datetime(2026, 11, 24, 5, 5, tzinfo=UTC), ZONE, TODAY) == "Today 12:05 AM"


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (1.0, "100 %"), (0.9999, "99.9 %"), (0.994, "99.4 %"), (0.0, "0.0 %")]
)
def test_a_share_never_rounds_up_to_all(share: float | None, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("received", "text"),
    [
        (date(2026, 11, 10), "1 business day left"),
        (date(2026, 11, 9), "Last day today"),
        (date(2026, 11, 6), "1 business day late"),
        (date(2026, 11, 24), "10 business days left"),
    ],
)
def test_days_left_in_words(desk, record, received: date, text: str) -> None:
    assert words.days_left(desk.due_requests.clock(record("a@shop.example", received), TODAY)) == text


def test_late_over_a_weekend_only(desk, record) -> None:
    due = desk.due_requests.clock(record("a@shop.example", date(2026, 11, 5)), date(2026, 11, 21))
    assert due.request.due == date(2026, 11, 20)
    assert words.days_left(due) == "Late since the due date"


def test_every_channel_has_its_words() -> None:
    assert set(words.CHANNELS) == set(Channel)
    assert words.by_channel(Channel.LIST_UNSUBSCRIBE) == "by unsubscribe button"  # as in files
    for channel in Channel:
        assert words.channel(channel)
        assert words.by_channel(channel)[0].islower()
        assert words.channel_choice(channel)[0].isupper()


def test_every_reason_has_its_words_and_its_tone() -> None:
    for reason in Reason:
        assert words.reason(reason)
        assert words.reason_tone(reason) in {"danger", "warning", "plain"}


@pytest.mark.parametrize(
    ("removed", "text"),
    [
        (
            Removed(
                17,
                Reason.OPTED_OUT,
                "M@x.example",
                Evidence(Kind.ADDRESS, "m@x.example", "2026-11-10", "phone", "all"),
            ),
            "10 Nov 2026 by phone · all mail",
        ),
        (
            Removed(
                88,
                Reason.DOMAIN,
                "o@x.example",
                Evidence(Kind.DOMAIN, "x.example", "2026-11-03", "in-person", "all"),
            ),
            "*@x.example since 3 Nov 2026 · all mail",
        ),
        (Removed(315, Reason.DUPLICATE, "k@x.example", 96), "same as row 96"),
        (
            Removed(
                214, Reason.NOT_AN_ADDRESS, "a@x,example", Problem("the domain has no dot", "a@x.example")
            ),
            "the domain has no dot; a@x.example?",
        ),
        (Removed(9, Reason.NO_ADDRESS, "", None), "no address in this row"),
        (Removed(9, Reason.HIDDEN, "k@x.example", None), "hidden in the workbook"),
    ],
)
def test_what_stands_behind_a_removed_row(removed: Removed, text: str) -> None:
    assert words.evidence(removed) == text


def test_a_line_of_the_register_says_how_it_stands(record) -> None:
    request = record("a@shop.example")
    done = replace(request, done_at=datetime(2026, 11, 20, 17, tzinfo=UTC), done_by="Ana")
    late = replace(request, done_at=datetime(2026, 11, 26, 17, tzinfo=UTC), done_by="Ana")
    # The evening of the due date in New York is the next day in UTC, and in time.
    evening = replace(request, done_at=datetime(2026, 11, 26, 3, tzinfo=UTC), done_by="Ana")

    def state(row: RegisterRow, today: date = TODAY, soon: date = SOON) -> tuple[str, str]:
        return tuple(words.state(row, today, soon))

    assert state(RegisterRow(request, lifted=False, open=True)) == ("Due soon", "warning")
    assert state(RegisterRow(request, lifted=False, open=True), soon=TODAY) == ("Open", "accent")
    assert state(RegisterRow(request, lifted=False, open=True), date(2026, 11, 26)) == ("Overdue", "danger")
    repeated = RegisterRow(request, lifted=False, open=False)
    assert state(repeated) == ("Repeated", "plain")
    bounced = RegisterRow(replace(request, channel=Channel.BOUNCE), lifted=False, open=False)
    assert state(bounced) == ("Bounced", "plain")
    assert "nothing is due" in words.state_hint(bounced)
    assert words.state_hint(repeated) == "An earlier request of the same person counts"
    assert not words.state_hint(RegisterRow(request, lifted=False, open=True))
    assert state(RegisterRow(request, lifted=True, open=False)) == ("Opted in again", "plain")
    assert state(RegisterRow(done, lifted=False, open=False)) == ("Done", "ok")
    assert state(RegisterRow(late, lifted=False, open=False)) == ("Done late", "danger")
    assert state(RegisterRow(evening, lifted=False, open=False)) == ("Done", "ok")
    verified = RegisterRow(done, lifted=False, open=False, verified=True)
    assert state(verified) == ("Verified", "ok")
    assert "its own export" in words.state_hint(verified)
    assert state(replace(verified, request=late)) == ("Done late", "danger"), "late stays late"
    # Its own export brought it: nothing was ever to be done.
    assert state(RegisterRow(request, lifted=False, open=False, verified=True)) == ("Verified", "ok")
    again = RegisterRow(done, lifted=False, open=True, assigned="Ben")
    assert state(again) == ("Due soon", "warning"), "an export showed that the person is still active"
    assert words.state_hint(again) == "Ben works on it"
    hashed = RegisterRow(replace(request, kind=Kind.HASH), lifted=False, open=False)
    assert state(hashed) == ("Suppressed", "plain")
    assert "hash" in words.state_hint(hashed)


def test_a_domain_is_shown_as_people_write_it() -> None:
    assert words.subject(Kind.DOMAIN, "competitor.example") == "*@competitor.example"
    assert words.subject(Kind.ADDRESS, "e.fischer@xn--mller-kva.example") == "e.fischer@müller.example"
    assert words.subject(Kind.ADDRESS, "a@xn--.example") == "a@xn--.example"


def test_all_mail_is_never_a_list() -> None:
    assert words.scope(ALL_MAIL) == "All mail"
    assert not words.is_one_list(ALL_MAIL)
    assert words.is_one_list("Newsletter")


def test_what_was_recorded_in_a_sentence(record) -> None:
    jane = record("jane@shop.example", date(2026, 11, 23))
    new, known, lifted = (
        Recorded(jane, already=False),
        Recorded(jane, already=True),
        Recorded(jane, already=False, lifted=True),
    )
    assert words.recorded([new]) == "jane@shop.example is blocked from now on. Due Tue 8 Dec."
    assert words.recorded([new, known, new]) == "2 opt-outs recorded. Due Tue 8 Dec."
    assert words.recorded([known]) == "All of them were recorded before: the earliest request counts."
    assert words.recorded([lifted]) == ""
    assert words.not_blocked([new, known]) == ""
    assert words.not_blocked([lifted] * 2).startswith(
        "jane@shop.example and jane@shop.example opted in again"
    )
    assert words.not_blocked([lifted] * 5).startswith("jane@shop.example, jane@shop.example and 3 more opted")
