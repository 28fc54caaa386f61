"""What is new and what is known: nothing that differs is thrown away, and nothing on record is weakened."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optoutdesk.domain.importing import (
    IMPORTED,
    REVIEWED,
    SKIPPED,
    TO_MEND,
    Batch,
    Claim,
    Counts,
    Known,
    Outcome,
    Settled,
    Shown,
    settle,
)
from optoutdesk.domain.requests import ALL_MAIL

EARLY, LATE, LATER = "2026-11-05T05:00:00Z", "2026-11-10T15:00:00Z", "2026-11-20T05:00:00Z"


def claim(number: int, at: str = LATE, scope: str = ALL_MAIL, precision: str = "minute") -> Claim:
    return Claim(number, scope, at, at[:10], precision)


def known(number: int, at: str = LATE, scope: str = ALL_MAIL, precision: str = "minute") -> Known:
    return Known(number, scope, at, at[:10], precision, imported=True)


def test_who_is_not_on_record_is_new() -> None:
    assert settle([claim(1)], []) == []


def test_the_very_same_request_is_not_stored_again() -> None:
    assert settle([claim(1)], [known(7)]) == [Settled(1, Outcome.KNOWN, stored=False, same=7, since=7)]


@pytest.mark.parametrize(
    "other", [claim(1, LATER), claim(1, scope="News"), claim(1, precision="day"), claim(1, EARLY)]
)
def test_another_request_of_someone_suppressed_is_known_and_stored(other: Claim) -> None:
    """The one on record may be lifted, or its import undone."""
    [settled] = settle([other], [known(7)])
    assert (settled.outcome, settled.stored, settled.since) == (Outcome.KNOWN, True, 7)
    assert settled.earlier == (other.at == EARLY)


def test_of_several_on_record_the_earliest_receipt_is_told() -> None:
    [settled] = settle([claim(1, LATER)], [known(7, LATE), known(8, EARLY), known(9, EARLY)])
    assert settled.since == 8


def test_who_left_one_list_only_is_new_for_another_and_for_all_mail() -> None:
    assert settle([claim(1, scope="Offers"), claim(2, LATER)], [known(7, scope="News")]) == []


def test_who_left_all_mail_is_known_for_every_list() -> None:
    assert settle([claim(1, LATER, "News")], [known(7)])[0].outcome is Outcome.KNOWN


def test_a_row_that_says_the_same_again_is_stored_once() -> None:
    assert settle([claim(1), claim(2)], []) == [Settled(2, Outcome.KNOWN, stored=False, repeats=1)]


def test_a_later_row_about_the_same_person_is_known_by_the_first_receipt() -> None:
    [settled] = settle([claim(2, EARLY), claim(1, LATER, "News")], [])
    assert settled == Settled(1, Outcome.KNOWN, stored=True, repeats=2)


def test_who_opted_in_again_after_a_request_is_not_suppressed_by_it() -> None:
    def lifted(scope: str, receipt: Claim | Known) -> bool:
        return receipt.at < LATER

    assert settle([claim(1, LATER)], [known(7)], lifted) == []
    old = settle([claim(1, EARLY)], [known(7)], lifted)
    assert old == [Settled(1, Outcome.NEW, stored=True, lifted=True)]
    same = settle([claim(1)], [known(7)], lifted)
    assert [item.outcome for item in same] == [Outcome.KNOWN]  # it is on record; what lifted it stands


def test_a_row_that_bars_nothing_makes_no_later_row_known() -> None:
    """Of two rows about someone who opted in again in between, the second is the one that suppresses."""
    settled = settle([claim(1, EARLY), claim(2, LATER)], [], lambda _, receipt: receipt.at == EARLY)
    assert settled == [Settled(1, Outcome.NEW, stored=True, lifted=True)]


def test_an_old_receipt_that_an_opt_in_lifts_is_no_earlier_one() -> None:
    [settled] = settle([claim(1, EARLY)], [known(7, LATER)], lambda _, receipt: receipt.at == EARLY)
    assert (settled.outcome, settled.stored, settled.earlier) == (Outcome.KNOWN, True, False)


def test_who_opted_in_to_one_list_again_is_new_for_that_list_and_known_for_others() -> None:
    def lifted(scope: str, receipt: Claim | Known) -> bool:
        return scope == "News" and receipt.at < LATER

    assert settle([claim(1, LATER, "News")], [known(7)], lifted) == []
    assert settle([claim(1, LATER, "Offers")], [known(7)], lifted)[0].outcome is Outcome.KNOWN


_SCOPES = (ALL_MAIL, "News", "Offers")
_RECEIPTS = [(at, precision) for at, precision in product((EARLY, LATE, LATER), ("minute", "day"))]
_OF_ONE_PERSON = st.lists(st.tuples(st.sampled_from(_SCOPES), st.sampled_from(_RECEIPTS)), max_size=5)


@given(_OF_ONE_PERSON, _OF_ONE_PERSON)
def test_every_different_request_is_on_record_once_afterwards(
    file: Sequence[tuple[str, tuple[str, str]]], record: Sequence[tuple[str, tuple[str, str]]]
) -> None:
    claims = sorted(
        (claim(n, at, scope, precision) for n, (scope, (at, precision)) in enumerate(file)),
        key=lambda c: c.at,
    )
    before = [
        known(n, at, scope, precision) for n, (scope, (at, precision)) in enumerate(dict.fromkeys(record))
    ]
    settled = {item.number: item for item in settle(claims, before)}
    stored = [c for c in claims if c.number not in settled or settled[c.number].stored]
    after = [item[1:5] for item in (*before, *stored)]
    assert len(after) == len(set(after))
    assert set(after) == {item[1:5] for item in (*before, *claims)}
    for item in claims:  # new is exactly who neither the record nor an earlier receipt of the file bars
        told = any(k.scope in (ALL_MAIL, item.scope) for k in before) or any(
            c.scope in (ALL_MAIL, item.scope) for c in claims[: claims.index(item)]
        )
        assert (item.number not in settled) == (not told)


def test_every_outcome_counts_as_one_of_imported_known_reviewed_and_skipped() -> None:
    groups = [*IMPORTED, Outcome.KNOWN, *REVIEWED, *SKIPPED]
    assert sorted(groups) == sorted(Outcome)
    assert set(TO_MEND) <= {*REVIEWED, *SKIPPED}
    assert {Shown(outcome.value) for outcome in Outcome} == set(list(Shown)[: len(Outcome)])


def test_rows_are_summed_by_outcomes() -> None:
    counts = Counts(rows=5, by={Shown.NEW: 3, Shown.REVIEW: 1, Shown.EMPTY: 1, Shown.OVERDUE: 2}, requests=4)
    assert counts.sum(Outcome) == counts.rows
    assert (counts.sum(IMPORTED), counts.sum(TO_MEND)) == (3, 2)


def test_an_import_is_named_by_its_file() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    batch = Batch(at, "Ana", Path("/lists/out.csv"), 9, "ab", "Mailchimp", {}, 1, 1, 0, 0, 0, 0, 1)
    assert batch.source_name == "out.csv"
