"""The words of platforms and of verifying them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from optoutdesk.domain.platforms import Platform, TaskState, Verification
from optoutdesk.services.platforms import AddPlan, PlatformStanding
from optoutdesk.services.verify_platform import Side, VerifyCounts, VerifyRow
from optoutdesk.ui import words_platforms as words

TODAY = date(2026, 11, 24)
MAILCHIMP = Platform(1, "Mailchimp", "mailchimp", date(2026, 10, 1), "Ana", datetime(2026, 10, 1, tzinfo=UTC))


def verification(still: int = 0, unknown: int = 0, verified: int = 0, agree: int = 8960) -> Verification:
    at = datetime(2026, 11, 2, 15, tzinfo=UTC)
    return Verification(
        platform=1, at=at, by="Ana", path=Path("a.csv"), size=1, sha256="ab" * 32, profile_name="", rows=1,
        active=1, opted_out=1, agree=agree, still_active=still, unknown_here=unknown, verified=verified,
    )  # fmt: skip


def standing(to_remove: int, overdue: int = 0) -> PlatformStanding:
    return PlatformStanding(MAILCHIMP, to_remove, overdue, None, True, "")


def test_when_it_was_verified() -> None:
    day = date(2026, 11, 2)
    said = words.last_verified(verification(), day, None, TODAY)
    assert said == "Verified against its own export on 2 Nov · 8,960 matched, 0 differences"
    nobody = words.last_verified(verification(agree=0), day, None, TODAY)
    assert nobody == "Compared with an export on 2 Nov · nobody in it had opted out"
    found = verification(still=1)
    assert (
        words.last_verified(found, day, None, TODAY) == "Verified on 2 Nov · 1 difference, not resolved yet"
    )
    assert (
        words.last_verified(found, day, day, TODAY)
        == "Verified on 2 Nov · 1 difference, resolved the same day"
    )
    later = words.last_verified(verification(2, 3), day, date(2026, 11, 5), TODAY)
    assert later == "Verified on 2 Nov · 5 differences, resolved on 5 Nov"
    assert words.last_verified(None, None, None, TODAY) == "Never verified. Drop an export here to prove it."
    assert words.last_verified(verification(), TODAY, None, TODAY).startswith(
        "Verified against its own export today"
    )


def test_how_many_to_remove() -> None:
    assert tuple(words.to_remove(standing(5))) == ("5 to remove", "warning")
    assert tuple(words.to_remove(standing(5, 2))) == ("5 to remove", "danger")
    assert words.card_note(standing(5, 2), 1) == "2 overdue. 1 exported: mark it done when it was uploaded."
    assert tuple(words.to_remove(standing(0))) == ("Nothing to remove", "ok")
    assert words.card_note(standing(0), 0) == ""


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            AddPlan(0, 0, 0),
            "Nobody has to be removed there now. Each request that comes in from then on will have this to do.",
        ),
        (AddPlan(1, 0, 0), "1 person has to be removed there."),
        (AddPlan(1, 1, 0), "1 person has to be removed there. That is overdue already."),
        (AddPlan(5, 5, 0), "5 people have to be removed there. All of them are overdue already."),
        (
            AddPlan(38, 33, 1),
            (
                "38 people have to be removed there. 33 of them are overdue already. "
                "1 request that was done is open again until that is done."
            ),
        ),
    ],
)
def test_what_adding_a_platform_comes_to(plan: AddPlan, said: str) -> None:
    assert words.add_plan(plan) == said


def test_what_recording_a_check_did() -> None:
    assert words.recorded(verification(verified=2899), 2) == "2,899 requests verified; 2 are open again."
    assert words.recorded(verification(verified=1), 0) == "1 request verified."
    assert words.recorded(verification(), 1) == "The check is on record; 1 is open again."
    assert words.recorded(verification(), 0) == "The check is on record."


def counts(unknown: int, bounced: int) -> VerifyCounts:
    return VerifyCounts(1, 1, 1, {Side.UNKNOWN_HERE: unknown}, bounced, 0, 0)


def test_what_taking_over_is_about() -> None:
    assert words.take_over_button(counts(12, 3)) == "Take over 12 opt-outs"
    assert words.take_over_hint(counts(12, 3)) == "3 of them bounced: suppressed, but nothing is due."
    assert words.take_over_button(counts(1, 1)) == "Take over 1 bounce"
    assert words.take_over_hint(counts(12, 0)) == ""
    assert words.taken_over(12, 3).startswith("9 opt-outs and 3 bounces taken over")
    assert words.taken_over(1, 0).startswith("1 opt-out taken over")
    assert words.taken_over(2, 2).startswith("2 bounces taken over")


def test_somebody_whose_receipt_is_not_known_is_not_given_one(record) -> None:
    row = VerifyRow(1, "a@b.example", "a@b.example", Side.UNKNOWN_HERE, None, "Unsubscribed", None, "")
    assert words.what_to_do(row, TODAY) == "Take over as opt-out, receipt not known"


def test_somebody_overdue_is_to_be_removed_now(record) -> None:
    request = record("a@b.example", date(2026, 10, 20))
    row = VerifyRow(1, "a@b.example", "a@b.example", Side.STILL_ACTIVE, request, "Subscribed", None, "")
    assert words.what_to_do(row, TODAY) == "Remove now, was due Tue 3 Nov"


def test_every_state_of_a_thing_to_do_has_its_words() -> None:
    for state in TaskState:
        text, tone = words.happened(state, "Mailchimp")
        assert "Mailchimp" in text
        assert tone in {"accent", "ok", "danger"}


def test_every_side_has_its_words(record) -> None:
    request = record("a@b.example")
    for side in Side:
        row = VerifyRow(1, "a@b.example", "a@b.example", side, request, "Subscribed", None, "why not")
        assert words.what_to_do(row, TODAY)
        assert words.no_rows((side,), "Mailchimp")
    assert words.no_rows(words.DIFFERENCES, "Mailchimp") == "No differences: both sides agree."
