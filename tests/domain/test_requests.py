"""Which opt-outs bar mail at a moment: a consent lifts only its own scope, and only when it is surely later."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from optoutdesk.domain.requests import (
    ALL_MAIL,
    Channel,
    Kind,
    OptIn,
    OptOutRequest,
    Precision,
    Received,
    in_force,
    received_at,
    received_by,
    received_on,
    same_list,
    scope_name,
    with_clock,
)

ZONE = "America/New_York"
NOON = datetime(2026, 11, 10, 17, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def request(received: Received | datetime = NOON, scope: str = ALL_MAIL, number: int = 1) -> OptOutRequest:
    if isinstance(received, datetime):
        received = received_at(received, ZONE)
    return OptOutRequest(
        id=number,
        kind=Kind.ADDRESS,
        key="jane@example.com",
        given="Jane@example.com",
        scope=scope,
        received=received,
        channel=Channel.PHONE,
        note="",
        by="Ana",
        recorded_at=NOON,
        due=date(2026, 11, 25),
        policy="can-spam",
        counting="",
    )


def opt_in(at: datetime, scope: str = ALL_MAIL) -> OptIn:
    return OptIn(1, Kind.ADDRESS, "jane@example.com", scope, at, "Ana", "form of 3 May", at)


def test_the_receipt_is_the_local_day_of_the_business() -> None:
    received = received_at(datetime(2026, 3, 5, 4, 30, 12, 999, tzinfo=UTC), ZONE)
    assert received == Received(
        datetime(2026, 3, 5, 4, 30, 12, tzinfo=UTC), date(2026, 3, 4), Precision.MINUTE, ZONE
    )
    assert received.latest == received.instant


@pytest.mark.parametrize(
    ("day", "first", "latest"),
    [
        (date(2026, 11, 10), datetime(2026, 11, 10, 5, tzinfo=UTC), datetime(2026, 11, 11, 5, tzinfo=UTC)),
        (
            date(2026, 11, 1),
            datetime(2026, 11, 1, 4, tzinfo=UTC),
            datetime(2026, 11, 2, 5, tzinfo=UTC),
        ),  # 25 hours
        (
            date(2026, 3, 8),
            datetime(2026, 3, 8, 5, tzinfo=UTC),
            datetime(2026, 3, 9, 4, tzinfo=UTC),
        ),  # 23 hours
    ],
)
def test_a_day_without_a_time_may_be_any_moment_of_that_day(
    day: date, first: datetime, latest: datetime
) -> None:
    received = received_on(day, ZONE)
    assert (received.instant, received.day, received.precision) == (first, day, Precision.DAY)
    assert received.latest == latest


@pytest.mark.parametrize("text", ["", "all", " ALL  mail ", "Everything"])
def test_every_way_of_saying_all_mail_is_one_scope(text: str) -> None:
    assert scope_name(text) == ALL_MAIL


def test_a_list_s_name_is_kept_with_its_blanks_folded() -> None:
    assert scope_name("  Garden \t News ") == "Garden News"


@pytest.mark.parametrize(
    "text",
    [
        "All lists",
        "all e-mails",
        "ALL-MAIL",
        "Any",
        "every list",
        "All of our newsletters",
        "Global",
        "*",
        "Unsubscribe from all",
        "unsubscribed from all mailing lists",
        "opted out of all emails",
        "\u200ball\xa0mail",
    ],
)
def test_no_way_of_saying_all_mail_is_taken_for_the_name_of_a_list(text: str) -> None:
    assert scope_name(text) == ALL_MAIL


@pytest.mark.parametrize("text", ["All Customers", "Allotment news", "Garden", "Every Tuesday", "Globalist"])
def test_a_list_s_own_name_is_no_way_of_saying_all_mail(text: str) -> None:
    assert scope_name(text) == text


@pytest.mark.parametrize("other", ["NEWS", "\uff2e\uff45\uff57\uff53", "Ne\u200bws", " news\u00ad "])
def test_one_list_has_one_name_however_it_is_written(other: str) -> None:
    assert same_list(other) == same_list("News")
    assert same_list("Newsletter") != same_list("News")


def test_a_request_for_all_mail_bars_every_list() -> None:
    for target in (None, "Newsletter"):
        assert in_force([request()], [], target) == [request()]


def test_a_request_for_one_list_bars_that_list_and_the_safe_question() -> None:
    asked = request(scope="Newsletter")
    assert in_force([asked], [], "Newsletter") == [asked]
    assert in_force([asked], [], None) == [asked]
    assert in_force([asked], [], "Catalogue") == []


def test_a_later_consent_lifts_the_block() -> None:
    assert in_force([request()], [opt_in(NOON + HOUR)], None) == []


@pytest.mark.parametrize("at", [NOON, NOON - HOUR])
def test_a_consent_of_the_same_moment_or_before_leaves_the_block(at: datetime) -> None:
    assert in_force([request()], [opt_in(at)], None) == [request()]


def test_a_consent_lifts_only_its_own_list() -> None:
    later = NOON + HOUR
    everything, letters = request(), request(scope="Newsletter", number=2)
    assert in_force([everything], [opt_in(later, "Newsletter")], "Newsletter") == []
    assert in_force([everything], [opt_in(later, "Newsletter")], "Catalogue") == [everything]
    assert in_force([everything], [opt_in(later, "Newsletter")], None) == [everything]
    assert in_force([letters], [opt_in(later, "Catalogue")], "Newsletter") == [letters]
    assert in_force([letters], [opt_in(later, "Catalogue")], None) == [letters]
    assert in_force([letters], [opt_in(later, "Newsletter")], None) == []
    assert in_force([letters], [opt_in(later)], "Newsletter") == []


def test_a_consent_on_the_day_of_a_request_without_a_time_leaves_the_block() -> None:
    asked = request(received_on(date(2026, 11, 10), ZONE))
    midnight = datetime(2026, 11, 11, 5, tzinfo=UTC)
    assert in_force([asked], [opt_in(midnight)], None) == [asked]
    assert in_force([asked], [opt_in(midnight + HOUR)], None) == []


def test_the_day_of_a_request_ends_at_local_midnight_also_when_clocks_change() -> None:
    asked = request(received_on(date(2026, 11, 1), ZONE))
    at_half_past_eleven = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)  # 23:30 in New York, the 25th hour
    assert in_force([asked], [opt_in(at_half_past_eleven)], None) == [asked]


def test_a_request_after_a_consent_bars_again() -> None:
    again = request(NOON + 2 * HOUR, number=2)
    assert in_force([request(), again], [opt_in(NOON + HOUR)], None) == [again]


def test_what_was_in_force_at_a_past_moment() -> None:
    asked, consent = request(), opt_in(NOON + DAY)
    assert in_force([asked], [consent], None, at=NOON - HOUR) == []
    assert in_force([asked], [consent], None, at=NOON) == [asked]
    assert in_force([asked], [consent], None, at=NOON + DAY - HOUR) == [asked]
    assert in_force([asked], [consent], None, at=NOON + DAY) == []


def test_what_was_withdrawn_bars_nothing_from_that_moment_on() -> None:
    asked = replace(request(), withdrawn_at=NOON + DAY)
    other = request(NOON + HOUR, number=2)
    assert in_force([asked], [], None) == []
    assert in_force([asked, other], [], "Newsletter") == [other]
    assert in_force([asked], [], None, at=NOON + HOUR) == [asked]
    assert in_force([asked], [], None, at=NOON + DAY) == []


def test_a_receipt_that_is_not_known_is_that_day_s_at_the_latest() -> None:
    received = received_by(date(2026, 11, 10), ZONE)
    assert received == replace(received_on(date(2026, 11, 10), ZONE), precision=Precision.UNKNOWN)
    end_of_day = datetime(2026, 11, 11, 5, tzinfo=UTC)
    assert received.latest == end_of_day
    assert in_force([request(received)], [opt_in(end_of_day)], None) == [request(received)]
    assert in_force([request(received)], [opt_in(end_of_day + HOUR)], None) == []


def test_the_earliest_receipt_comes_first() -> None:
    late, early, same = request(NOON + HOUR, number=1), request(NOON, number=2), request(NOON, number=3)
    assert in_force([late, same, early], [], None) == [early, same, late]


def test_of_one_scope_the_strictest_clock_runs() -> None:
    known, earlier = request(NOON), request(NOON - DAY, number=2)
    assert with_clock([earlier, known]) == [earlier]
    assert with_clock([known]) == [known]  # the earlier one was lifted


def test_requests_of_different_lists_have_a_clock_each() -> None:
    everything, letters = request(NOON), request(NOON - DAY, "Newsletter", number=2)
    assert with_clock([letters, everything]) == [letters, everything]


def test_asking_again_while_the_first_request_is_to_be_done_starts_no_second_clock() -> None:
    first, again = request(NOON - DAY, number=1), request(NOON, number=2)
    assert with_clock([first, again]) == [first]


def test_a_request_for_one_list_is_covered_by_one_for_all_mail_but_not_the_other_way() -> None:
    everything, letters = request(NOON - DAY), request(NOON, "Newsletter", number=2)
    assert with_clock([everything, letters]) == [everything]
    assert with_clock([replace(letters, received=everything.received), replace(everything, id=3)]) == [
        replace(letters, received=everything.received),
        replace(everything, id=3),
    ]


def test_being_done_settles_what_arrived_until_then_and_nothing_later() -> None:
    first = replace(request(NOON - DAY, number=1), done_at=NOON, done_by="Ben")
    meanwhile, after = request(NOON - HOUR, number=2), request(NOON + HOUR, number=3)
    assert with_clock([first, meanwhile]) == []
    assert with_clock([first, meanwhile, after]) == [after]  # still mailed: that is a request of its own


def test_the_clock_of_a_done_request_has_stopped() -> None:
    done = replace(request(), done_at=NOON + DAY, done_by="Ben")
    assert with_clock([done]) == []
    assert with_clock([request(NOON - DAY, number=2), done]) == [request(NOON - DAY, number=2)]


def test_a_bounce_bars_mail_but_nothing_is_due_for_it_and_it_covers_no_request() -> None:
    bounced = replace(request(NOON - DAY, number=1), channel=Channel.BOUNCE)
    asked = request(NOON, number=2)
    assert in_force([bounced, asked], [], None) == [bounced, asked]
    assert with_clock([bounced]) == []
    assert with_clock([bounced, asked]) == [asked]


def test_consent_has_to_be_later_than_an_imported_time_in_any_zone() -> None:
    """Mailchimp writes UTC without saying so: what reads as 22:00 UTC the day before in Sydney was eleven hours later."""
    read_as = received_at(datetime(2026, 2, 28, 22, tzinfo=UTC), "Australia/Sydney")
    imported = replace(request(read_as), batch=1)
    assert in_force([imported], [opt_in(datetime(2026, 3, 1, 3, tzinfo=UTC))], None) == [imported]
    assert in_force([imported], [opt_in(read_as.instant + timedelta(hours=26))], None) == [imported]
    assert not in_force([imported], [opt_in(read_as.instant + timedelta(hours=26, seconds=1))], None)
