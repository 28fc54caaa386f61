"""A block ends only with evidence of a later consent, only in that consent's scope, and nothing is deleted."""

from datetime import UTC, date, datetime, timedelta

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, OptOutRequest
from optoutdesk.services.changes import Changes

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
DAY = timedelta(days=1)


def add(desk: Desk, when: datetime | date = NOW - 5 * DAY, scope: str = ALL_MAIL) -> OptOutRequest:
    service = desk.record_optout
    entries = service.parse(["jane@example.com"], scope)
    recorded, _ = service.record(entries, service.received(when, NOW), now=NOW, by="Ana", scope=scope)
    return recorded[0].request


def consent(desk: Desk, request: OptOutRequest, at: datetime = NOW - DAY, **how) -> Changes:
    given = {"evidence": " form of 23 November ", "by": "Ana", "now": NOW} | how
    return desk.opt_in_again.record(request, at=at, **given)


def may_mail(desk: Desk, target: str | None = None) -> bool:
    return desk.check_address.check(["jane@example.com"], target)[0].may_mail


def test_a_consent_with_evidence_ends_the_block(desk: Desk) -> None:
    request = add(desk)
    assert consent(desk, request) is Changes.REQUESTS
    assert may_mail(desk)
    assert desk.store.open_requests() == []
    [stored] = desk.store.opt_ins_about((request.kind, request.key))
    assert (stored.evidence, stored.at, stored.scope) == ("form of 23 November", NOW - DAY, ALL_MAIL)
    assert desk.store.requests_about((request.kind, request.key)) == [request]  # nothing is deleted
    assert desk.verify_ledger().holds


@pytest.mark.parametrize("evidence", ["", "  \n"])
def test_without_evidence_the_block_stands(desk: Desk, evidence: str) -> None:
    request = add(desk)
    with pytest.raises(UserError, match="Say what shows"):
        consent(desk, request, evidence=evidence)
    assert not may_mail(desk)


def test_a_consent_that_lies_ahead_is_refused(desk: Desk) -> None:
    request = add(desk)
    with pytest.raises(UserError, match="lies ahead"):
        consent(desk, request, at=NOW + timedelta(minutes=6))
    assert not may_mail(desk)


@pytest.mark.parametrize("hours", [0, -24, -24 * 30])
def test_a_consent_that_is_not_later_is_refused(desk: Desk, hours: int) -> None:
    request = add(desk)
    with pytest.raises(UserError, match="must be later than the opt-out"):
        consent(desk, request, at=request.received.instant + timedelta(hours=hours))
    assert not may_mail(desk)
    assert desk.store.last_entry().seq == 1


def test_on_the_day_of_an_opt_out_without_a_time_the_block_stands(desk: Desk) -> None:
    request = add(desk, date(2026, 11, 23))
    with pytest.raises(UserError, match="on the same day the opt-out stands"):
        consent(desk, request, at=datetime(2026, 11, 24, 4, 59, tzinfo=UTC))
    consent(desk, request, at=datetime(2026, 11, 24, 5, 1, tzinfo=UTC))
    assert may_mail(desk)


def test_a_consent_within_the_same_second_does_not_end_the_block(desk: Desk) -> None:
    request = add(desk, NOW - DAY)
    with pytest.raises(UserError, match="must be later"):
        consent(desk, request, at=request.received.instant + timedelta(milliseconds=700))


def test_a_consent_to_one_list_lifts_that_list_only(desk: Desk) -> None:
    request = add(desk)
    consent(desk, request, scope="Newsletter")
    assert may_mail(desk, "Newsletter")
    assert not may_mail(desk, "Catalogue")
    assert not may_mail(desk)
    assert desk.store.open_requests() == [request]


def test_a_consent_to_a_list_leaves_another_list_s_block(desk: Desk) -> None:
    letters, catalogue = add(desk, scope="Newsletter"), add(desk, scope="Catalogue")
    consent(desk, letters)
    assert may_mail(desk, "Newsletter")
    assert not may_mail(desk, "Catalogue")
    assert desk.store.open_requests() == [catalogue]
    with pytest.raises(UserError, match="Nothing was changed"):
        consent(desk, catalogue, scope="Newsletter")


def test_a_consent_to_all_mail_lifts_every_earlier_block(desk: Desk) -> None:
    letters = add(desk, scope="Newsletter")
    add(desk)
    consent(desk, letters, scope=ALL_MAIL)
    assert may_mail(desk)
    assert desk.store.open_requests() == []


def test_the_clock_of_a_later_opt_out_runs_again_when_only_the_earlier_one_is_lifted(desk: Desk) -> None:
    later = add(desk, NOW - 2 * DAY)
    earlier = add(desk, NOW - 9 * DAY)
    assert desk.store.open_requests() == [earlier]
    consent(desk, earlier, at=NOW - 5 * DAY)
    assert not may_mail(desk)
    assert desk.store.open_requests() == [later]


def test_after_a_consent_a_new_opt_out_bars_again(desk: Desk) -> None:
    consent(desk, add(desk))
    again = add(desk, NOW)
    assert not may_mail(desk)
    assert desk.store.open_requests() == [again]
