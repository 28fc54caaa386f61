"""A block ends only with evidence of a later consent, only in that consent's scope, and nothing is deleted."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from message_files import ASKED
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.evidence import Kept

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
DAY = timedelta(days=1)


def add(
    desk: Desk,
    when: datetime | date = NOW - 5 * DAY,
    scope: str = ALL_MAIL,
    channel: Channel = Channel.REPLY,
    address: str = "jane@example.com",
) -> OptOutRequest:
    service = desk.record_optout
    entries = service.parse([address], scope)
    received = service.received(when, NOW)
    recorded, _ = service.record(entries, received, now=NOW, by="Ana", scope=scope, channel=channel)
    return recorded[0].request


def consent(desk: Desk, request: OptOutRequest, at: datetime = NOW - DAY, **how) -> Changes:
    given = {
        "evidence": " form of 23 November ",
        "who": " Jane  Doe",
        "how": "on paper",
        "by": "Ana",
        "now": NOW,
    }
    given |= how
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
    assert (stored.who, stored.how, stored.by) == ("Jane Doe", "on paper", "Ana")
    assert (desk.store.last_entry().seq, desk.store.last_entry().act) == (2, "opt in again")
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


@pytest.mark.parametrize(
    ("missing", "sentence"), [({"who": " "}, "Say who agreed"), ({"how": ""}, "Say how the person agreed")]
)
def test_without_who_and_how_the_block_stands(desk: Desk, missing: dict[str, str], sentence: str) -> None:
    request = add(desk)
    with pytest.raises(UserError, match=sentence):
        consent(desk, request, **missing)
    assert not may_mail(desk)
    assert desk.store.last_entry().seq == 1


def form(desk: Desk, tmp_path: Path) -> Kept:
    path = tmp_path / "form.eml"
    path.write_bytes(ASKED)
    return desk.evidence.keep(desk.evidence.open(path, NOW))


def test_a_file_alone_can_show_it_and_is_on_record_in_the_same_act(desk: Desk, tmp_path: Path) -> None:
    request = add(desk)
    consent(desk, request, evidence="", files=(form(desk, tmp_path),))
    [opt_in] = desk.store.opt_ins_about((request.kind, request.key))
    [evidence] = desk.evidence.of([request.id])
    assert (evidence.name, evidence.opt_in, evidence.request) == ("form.eml", opt_in.id, request.id)
    assert opt_in.evidence == "See the file"
    assert desk.store.last_entry().seq == 2
    assert desk.verify_ledger().holds


def test_the_file_of_a_refused_consent_is_not_on_record(desk: Desk, tmp_path: Path) -> None:
    request = add(desk)
    with pytest.raises(UserError, match="must be later"):
        consent(desk, request, at=NOW - 9 * DAY, files=(form(desk, tmp_path),))
    assert desk.evidence.of([request.id]) == []


@pytest.mark.parametrize(
    "typed", ["", "yes", "jane", "jane@example.co", "jane@example.com, please", "@example.com"]
)
def test_a_complaint_is_only_lifted_when_the_address_is_typed(desk: Desk, typed: str) -> None:
    request = add(desk, channel=Channel.COMPLAINT)
    assert desk.opt_in_again.lifts_complaint(request)
    with pytest.raises(UserError, match=r"This would end a complaint\. Type the whole address"):
        consent(desk, request, typed=typed)
    assert not may_mail(desk)
    assert desk.store.last_entry().seq == 1
    consent(desk, request, typed=" jane@example.com ")
    assert may_mail(desk)


def test_also_a_complaint_beside_the_request_has_to_be_typed(desk: Desk) -> None:
    request = add(desk)
    add(desk, NOW - 3 * DAY, channel=Channel.COMPLAINT)
    with pytest.raises(UserError, match="end a complaint"):
        consent(desk, request)
    # One that is later than the consent is not lifted by it.
    consent(desk, request, at=NOW - 4 * DAY)
    assert not may_mail(desk)


def test_one_list_out_of_a_complaint_about_all_mail_has_to_be_typed_too(desk: Desk) -> None:
    request = add(desk, channel=Channel.COMPLAINT)
    assert desk.opt_in_again.lifts_complaint(request, "Newsletter")
    with pytest.raises(UserError, match="end a complaint"):
        consent(desk, request, scope="Newsletter")
    consent(desk, request, scope="Newsletter", typed="jane@example.com")
    assert may_mail(desk, "Newsletter")


def test_a_complaint_about_another_list_needs_no_typing(desk: Desk) -> None:
    letters = add(desk, scope="Newsletter")
    add(desk, scope="Catalogue", channel=Channel.COMPLAINT)
    assert not desk.opt_in_again.lifts_complaint(letters)
    assert desk.opt_in_again.lifts_complaint(letters, ALL_MAIL)
    consent(desk, letters)
    assert may_mail(desk, "Newsletter")


@pytest.mark.parametrize(
    ("address", "typed"),
    [("*@shop.example", "*@shop.example"), ("jörg@müller.example", "jörg@müller.example")],
)
def test_a_domain_and_an_address_in_other_letters_are_typed_as_they_are_shown(
    desk: Desk, address: str, typed: str
) -> None:
    request = add(desk, channel=Channel.COMPLAINT, address=address)
    with pytest.raises(UserError, match="end a complaint"):
        consent(desk, request, typed="shop.example")
    consent(desk, request, typed=typed)
    assert desk.store.barring((Kind(request.kind), request.key), None) == []


def test_a_list_in_another_spelling_is_the_same_list(desk: Desk) -> None:
    request = add(desk, scope="Newsletter")
    consent(desk, request, scope=" NEWSLETTER ")
    assert may_mail(desk, "Newsletter")
    assert desk.store.scopes() == ["Newsletter"]
