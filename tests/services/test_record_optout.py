"""An opt-out is found in whatever she pastes, suppressed at once, and its clock starts at the receipt."""

from datetime import UTC, date, datetime, timedelta

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import NotAnAddressError, UserError
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, Precision
from optoutdesk.services.changes import Changes
from optoutdesk.services.record_optout import Recorded
from optoutdesk.settings import Settings

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
EMAIL = """\
From: Maria Ortiz <Maria.Ortiz@Lakeside.example>
To: Lakeside Garden Supply <ana@garden.example>
Subject: Re: Autumn offers

Please take me off all your lists, and my sister too (rosa.ortiz@lakeside.example).
Maria \u2014 maria.ortiz@lakeside.example
The office says *@dunmore.example as well; and bob@dunmore,example
> On Monday ana@garden.example wrote:
"""


def add(
    desk: Desk, *addresses: str, received: datetime | date = NOW, scope: str = ALL_MAIL, **how
) -> list[Recorded]:
    service = desk.record_optout
    entries = service.parse(addresses, scope)
    recorded, _ = service.record(
        entries, service.received(received, NOW), now=NOW, by="Ana", scope=scope, **how
    )
    return recorded


def open_keys(desk: Desk) -> list[str]:
    return [request.key for request in desk.store.open_requests()]


def test_every_address_and_domain_of_a_pasted_e_mail_is_found_once(desk: Desk) -> None:
    findings = desk.record_optout.find(EMAIL)
    assert [(found.kind, found.key) for found in findings.entries] == [
        (Kind.ADDRESS, "maria.ortiz@lakeside.example"),
        (Kind.ADDRESS, "ana@garden.example"),
        (Kind.ADDRESS, "rosa.ortiz@lakeside.example"),
        (Kind.DOMAIN, "dunmore.example"),
    ]
    [(line, problem)] = findings.problems
    assert "bob@dunmore,example" in line
    assert problem.reason == "the domain has no dot"


def test_her_own_addresses_are_told_apart(desk: Desk) -> None:
    desk.change_settings(Settings(own_addresses=("ana@garden.example",), time_zone="America/New_York"))
    own = {found.key: found.own for found in desk.record_optout.find(EMAIL).entries}
    assert own["ana@garden.example"]
    assert not own["maria.ortiz@lakeside.example"]


def test_what_is_known_already_is_shown_with_the_request_behind_it(desk: Desk) -> None:
    [earlier] = add(desk, "maria.ortiz@lakeside.example", received=NOW - timedelta(days=3))
    already = {found.key: found.already for found in desk.record_optout.find(EMAIL).entries}
    assert already["maria.ortiz@lakeside.example"] == earlier.request
    assert already["rosa.ortiz@lakeside.example"] is None


@pytest.mark.parametrize(
    "text", ["*@shop.example", "@shop.example", "x *@shop.example, *@shop.example;", "<*@Shop.example>"]
)
def test_a_whole_domain_is_found(desk: Desk, text: str) -> None:
    [found] = desk.record_optout.find(text).entries
    assert (found.kind, found.key) == (Kind.DOMAIN, "shop.example")


def test_a_broken_domain_is_told(desk: Desk) -> None:
    findings = desk.record_optout.find("*@shop")
    assert findings.entries == ()
    assert [(line, problem.reason) for line, problem in findings.problems] == [
        ("*@shop", "the domain has no dot")
    ]


def test_a_text_without_addresses_gives_nothing(desk: Desk) -> None:
    findings = desk.record_optout.find("Hello,\n\nno more mail please.\n")
    assert (findings.entries, findings.problems) == ((), ())


def test_arguments_that_are_no_addresses_are_all_named(desk: Desk) -> None:
    with pytest.raises(NotAnAddressError) as caught:
        desk.record_optout.parse(["jane@example.com", "bob@example", " ", "carl"])
    sentence = str(caught.value)
    assert "\u201cbob@example\u201d (the domain has no dot)" in sentence
    assert "\u201c\u201d (empty)" in sentence
    assert "\u201ccarl\u201d (no @ sign)" in sentence
    assert "jane@example.com\u201d" not in sentence
    with pytest.raises(NotAnAddressError, match="is no address; nothing was recorded"):
        desk.record_optout.parse(["carl"])


def test_a_request_is_recorded_with_all_that_is_known(desk: Desk) -> None:
    received = datetime(2026, 11, 10, 21, 42, tzinfo=UTC)
    [recorded] = add(desk, "Jane@Example.com", received=received, channel=Channel.PHONE, note=" Stop. ")
    request = recorded.request
    assert not recorded.already
    assert not recorded.lifted
    assert desk.store.request(request.id) == request
    assert request == OptOutRequest(
        id=1,
        kind=Kind.ADDRESS,
        key="jane@example.com",
        given="Jane@Example.com",
        scope=ALL_MAIL,
        received=desk.record_optout.received(received, NOW),
        channel=Channel.PHONE,
        note="Stop.",
        by="Ana",
        recorded_at=NOW,
        due=date(2026, 11, 25),
        policy="can-spam",
        counting=desk.counting.way,
    )
    assert desk.record_optout.due(request.received) == request.due


def test_one_act_records_all_or_nothing(desk: Desk) -> None:
    add(desk, "jane@example.com", "bob@example.com", "*@rival.example")
    entry = desk.store.last_entry()
    assert entry is not None
    assert (entry.seq, entry.act, entry.spans[0].count) == (1, "record opt-out", 3)


def test_an_address_given_twice_is_recorded_once(desk: Desk) -> None:
    assert len(add(desk, "jane@example.com", "JANE@example.com")) == 1
    assert desk.store.count_requests() == 1


@pytest.mark.parametrize(("later", "kept"), [(timedelta(0), 1), (timedelta(days=2), 2)])
def test_the_earliest_receipt_stands_and_every_request_is_kept(
    desk: Desk, later: timedelta, kept: int
) -> None:
    [first] = add(desk, "jane@example.com", received=NOW - timedelta(days=5))
    [again] = add(desk, "jane@example.com", received=NOW - timedelta(days=5) + later)
    assert again == Recorded(first.request, already=True)
    assert desk.store.count_requests() == kept
    assert desk.store.open_requests() == [first.request]
    assert desk.verify_ledger().wrong is None


def test_who_asks_again_after_it_was_done_is_still_mailed_and_gets_a_new_clock(desk: Desk) -> None:
    [first] = add(desk, "jane@example.com", received=NOW - timedelta(days=20))
    desk.due_requests.mark_done([first.request.id], now=NOW, by="Ana", at=NOW - timedelta(days=12))
    [again] = add(desk, "jane@example.com", received=NOW - timedelta(days=1))
    assert again.already
    assert again.request.id == 2
    assert desk.store.open_requests() == [again.request]
    assert desk.verify_ledger().wrong is None


def test_marking_the_first_request_done_settles_the_repeated_one(desk: Desk) -> None:
    [first] = add(desk, "jane@example.com", received=NOW - timedelta(days=5))
    add(desk, "jane@example.com", received=NOW - timedelta(days=2))
    desk.due_requests.mark_done([first.request.id], now=NOW, by="Ana")
    assert desk.store.open_requests() == []
    assert desk.verify_ledger().wrong is None


def test_nothing_new_changes_nothing(desk: Desk) -> None:
    service = desk.record_optout
    entries = service.parse(["jane@example.com"])
    received = service.received(NOW, NOW)
    assert service.record(entries, received, now=NOW, by="Ana")[1] is Changes.REQUESTS
    assert service.record(entries, received, now=NOW, by="Ana")[1] is Changes.NOTHING


def test_an_earlier_receipt_is_recorded_and_only_its_clock_runs(desk: Desk) -> None:
    add(desk, "jane@example.com", received=NOW - timedelta(days=2))
    [earlier] = add(desk, "jane@example.com", received=NOW - timedelta(days=9))
    assert earlier.already
    assert earlier.request.id == 2
    assert desk.store.open_requests() == [earlier.request]
    assert desk.verify_ledger().wrong is None


def test_all_mail_covers_each_list_but_a_list_does_not_cover_all_mail(desk: Desk) -> None:
    add(desk, "jane@example.com", "bob@example.com", scope="Newsletter")
    [more] = add(desk, "jane@example.com")
    assert not more.already
    [less] = add(desk, "jane@example.com", scope="Catalogue")
    assert less.already
    assert less.request == more.request


def test_a_list_has_one_name_however_it_is_typed(desk: Desk) -> None:
    add(desk, "jane@example.com", scope="Garden News")
    [again] = add(desk, "jane@example.com", scope="garden  NEWS")
    assert again.already
    [other] = add(desk, "bob@example.com", scope="GARDEN NEWS")
    assert other.request.scope == "Garden News"
    add(desk, "jane@example.com", scope="Caf\u00e9")
    [accented] = add(desk, "bob@example.com", scope="cafe\u0301")
    assert accented.request.scope == "Caf\u00e9"
    assert desk.store.scopes() == ["Caf\u00e9", "Garden News"]


def test_a_list_has_one_name_also_when_two_programs_name_it_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other one stored before this one's turn to write is seen."""
    act = desk.store.act

    def after_another(name: str, **how):
        monkeypatch.undo()
        add(desk, "bob@example.com", scope="Garden News")
        return act(name, **how)

    monkeypatch.setattr(desk.store, "act", after_another)
    add(desk, "jane@example.com", scope="garden news")
    assert desk.store.scopes() == ["Garden News"]


def test_a_receipt_before_a_consent_is_kept_but_bars_nothing(desk: Desk) -> None:
    [first] = add(desk, "jane@example.com", received=NOW - timedelta(days=9))
    desk.opt_in_again.record(
        first.request,
        at=NOW - timedelta(days=3),
        evidence="form",
        who="Jane",
        how="on paper",
        by="Ana",
        now=NOW,
    )
    [late] = add(desk, "jane@example.com", received=NOW - timedelta(days=5))
    assert late.lifted
    assert open_keys(desk) == []
    assert desk.check_address.check(["jane@example.com"])[0].may_mail
    [again] = add(desk, "jane@example.com", received=NOW - timedelta(days=1))
    assert not again.lifted
    assert open_keys(desk) == ["jane@example.com"]


def test_a_receipt_is_kept_as_precisely_as_it_is_known(desk: Desk) -> None:
    service = desk.record_optout
    at = service.received(datetime(2026, 11, 24, 4, 30, tzinfo=UTC), NOW)
    assert (at.day, at.precision, at.zone) == (date(2026, 11, 23), Precision.MINUTE, "America/New_York")
    on = service.received(date(2026, 11, 24), NOW)
    assert (on.day, on.precision, on.instant) == (
        date(2026, 11, 24),
        Precision.DAY,
        datetime(2026, 11, 24, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize("when", [NOW + timedelta(minutes=6), date(2026, 11, 25), date(2030, 1, 1)])
def test_a_receipt_that_lies_ahead_is_refused(desk: Desk, when: datetime | date) -> None:
    with pytest.raises(UserError, match="lies ahead"):
        desk.record_optout.received(when, NOW)


def test_of_a_time_later_today_not_the_day_is_said_to_lie_ahead(desk: Desk) -> None:
    with pytest.raises(UserError, match=r"^That time lies ahead\. Give the time at which"):
        desk.record_optout.received(NOW + timedelta(hours=1), NOW)


def test_a_clock_a_little_ahead_is_forgiven(desk: Desk) -> None:
    assert desk.record_optout.received(NOW + timedelta(minutes=4), NOW).day == date(2026, 11, 24)


@pytest.mark.parametrize("when", [date(1970, 1, 1), datetime(26, 11, 10, 12, tzinfo=UTC), date(1994, 12, 31)])
def test_an_absurd_receipt_is_refused(desk: Desk, when: datetime | date) -> None:
    with pytest.raises(UserError, match="too long ago"):
        desk.record_optout.received(when, NOW)


@pytest.mark.parametrize(
    "when",
    [date(1, 1, 1), datetime(1, 1, 1, tzinfo=UTC), date(9999, 12, 31), datetime.max.replace(tzinfo=UTC)],
)
def test_the_ends_of_the_calendar_are_refused_with_a_sentence(desk: Desk, when: datetime | date) -> None:
    with pytest.raises(UserError, match=r"lies ahead|too long ago"):
        desk.record_optout.received(when, NOW)


def test_someone_with_an_unusual_address_can_opt_out(desk: Desk) -> None:
    service = desk.record_optout
    service.record(
        service.parse(["john=doe/sales@shop.example"]), service.received(NOW, NOW), now=NOW, by="Ana"
    )
    answers = desk.check_address.check(["John=Doe/Sales@shop.example", "other=one@shop.example"])
    assert [answer.may_mail for answer in answers] == [False, True]


def test_an_unusual_address_in_a_sentence_is_not_guessed_at(desk: Desk) -> None:
    findings = desk.record_optout.find("please take email=sup@shop.example off")
    assert not findings.entries
    assert len(findings.problems) == 1


def test_a_list_is_known_however_its_name_is_typed(desk: Desk) -> None:
    service = desk.record_optout
    entries = service.parse(["jane@example.com"], "Newsletter")
    service.record(entries, service.received(NOW, NOW), now=NOW, by="Ana", scope="Newsletter")
    [found] = service.find("jane@example.com", " newsletter ").entries
    assert found.already is not None
