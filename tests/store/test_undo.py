"""An import taken back: what it alone brought bars nothing any more; what she or another file stands for stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from store_helpers import DAY, JANE, NOW, add, batch, bring_in, opt_in, request, staged

from optoutdesk.domain.importing import Batch
from optoutdesk.domain.requests import Kind, OptOutRequest, received_on, with_clock
from optoutdesk.store import RegisterFilter, RegisterPages, Store
from optoutdesk.store.store import Subject

HOUR = timedelta(hours=1)
KIM: Subject = (Kind.ADDRESS, "kim@example.com")
LEE: Subject = (Kind.ADDRESS, "lee@example.com")
SAME = received_on(date(2026, 11, 20), "America/New_York")
"""The receipt of what store_helpers stage."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "optoutdesk.sqlite")
    yield made
    made.close()


def undo(store: Store, imported: Batch, at=NOW + HOUR) -> int:
    foreseen, _ = store.withdrawable(imported.id)
    with store.act("undo import", by="Ben", now=at) as act:
        count = act.undo_import(imported, at, "Ben")
    assert count == foreseen
    assert store.verify().holds
    return count


def consent(store: Store, at=NOW + HOUR, **how: object) -> None:
    with store.act("opt in again", by="Ana", now=at) as act:
        act.add_opt_in(replace(opt_in(**how), recorded_at=at))


def done(store: Store, *requests: OptOutRequest) -> None:
    with store.act("mark done", by="Ana", now=NOW) as act:
        act.mark_done([(r.id, NOW) for r in requests], "Ana", NOW)


def suppressed(store: Store) -> set[str]:
    return set(store.suppression_list(None)[0].addresses)


def open_keys(store: Store) -> list[str]:
    """Whose clocks run; they are exactly those that should."""
    subjects = {(r.kind, r.key) for r in all_requests(store)}
    running = [r.id for subject in subjects for r in with_clock(store.barring(subject, None))]
    assert sorted(running) == sorted(r.id for r in store.open_requests())
    return sorted(r.key for r in store.open_requests())


def all_requests(store: Store) -> list[OptOutRequest]:
    return [row.request for row in RegisterPages(store).page(RegisterFilter()).rows]


def test_what_an_import_brought_bars_nothing_any_more_and_stays_on_record(store: Store) -> None:
    imported = bring_in(store, staged(KIM[1]), staged(LEE[1], row=3))
    assert undo(store, imported) == 2
    assert suppressed(store) == set()
    assert open_keys(store) == []
    assert [r.withdrawn_at for r in all_requests(store)] == [NOW + HOUR] * 2
    [kept] = store.batches()
    assert (kept.undone_at, kept.undone_by) == (NOW + HOUR, "Ben")


def test_everything_that_asks_who_is_suppressed_sees_the_undo(store: Store) -> None:
    imported = bring_in(
        store,
        staged(KIM[1]),
        staged("shop.example", row=3, kind="domain"),
        staged(sha256(b"jane@example.com").hexdigest(), row=4, kind="hash"),
    )
    last = store.last_entry()
    assert last is not None
    assert store.count_suppressed() == 3
    assert store.barring_address("ann@shop.example", None)
    assert store.barring_address("jane@example.com", None)
    assert not store.changed_since(last.seq, last.hash.hex())
    undo(store, imported)
    listed, _ = store.suppression_list(None)
    assert (listed.addresses, listed.domains, listed.hashes) == ({}, {}, {})
    assert store.count_suppressed() == 0
    for key in (KIM[1], "ann@shop.example", "jane@example.com"):
        assert store.barring_address(key, None) == []
    assert store.changed_since(last.seq, last.hash.hex())  # a list cleaned before lacks people now


def test_a_past_moment_is_as_it_was_then(store: Store) -> None:
    imported = bring_in(store, staged(KIM[1]))
    undo(store, imported)
    assert store.barring(KIM, None, at=NOW)
    assert not store.barring(KIM, None, at=NOW + HOUR)


# -- what stays


def test_a_request_that_was_done_since_stays(store: Store) -> None:
    imported = bring_in(store, staged(KIM[1]), staged(LEE[1], row=3))
    done(store, *store.requests_about(KIM))
    assert store.withdrawable(imported.id) == (1, 1)
    assert [(r.key, worked_on) for r, worked_on in store.staying(imported.id, 10)] == [(KIM[1], True)]
    undo(store, imported)
    assert suppressed(store) == {KIM[1]}


def test_a_request_of_someone_who_opted_in_since_stays(store: Store) -> None:
    """For one list she may be mailed again: the request behind that must not vanish from under it."""
    imported = bring_in(store, staged(KIM[1]), staged(LEE[1], row=3))
    consent(store, subject=KIM, scope="News")
    assert undo(store, imported) == 1
    assert suppressed(store) == {KIM[1]}
    assert KIM[1] not in store.suppression_list("News")[0].addresses


def test_what_she_did_before_the_import_keeps_nothing(store: Store) -> None:
    add(store, request(KIM))
    consent(store, at=NOW - DAY, subject=KIM)
    imported = bring_in(store, staged(KIM[1]))
    assert undo(store, imported) == 1


def test_what_was_recorded_by_hand_survives_the_undo_of_an_import_that_has_it_too(store: Store) -> None:
    by_hand = add(store, request(KIM, SAME))
    imported = bring_in(store, staged(KIM[1]))
    assert imported.requests == 0
    assert undo(store, imported) == 0
    assert store.barring(KIM, None) == by_hand
    assert open_keys(store) == [KIM[1]]


def test_the_same_recorded_by_hand_after_the_import_survives_the_undo(store: Store) -> None:
    imported = bring_in(store, staged(KIM[1]))
    [by_hand] = add(store, request(KIM, SAME))
    assert undo(store, imported) == 1
    assert store.barring(KIM, None) == [by_hand]
    assert [r.id for r in store.open_requests()] == [by_hand.id]


def test_the_clock_of_a_later_request_runs_again_when_the_earlier_one_goes(store: Store) -> None:
    [later] = add(store, request(KIM, NOW))
    imported = bring_in(store, staged(KIM[1]))
    assert later.id not in {r.id for r in store.open_requests()}
    undo(store, imported)
    assert [r.id for r in store.open_requests()] == [later.id]


# -- several imports of the same people


@pytest.mark.parametrize("first", [0, 1])
def test_what_two_imports_have_goes_only_with_the_second_undo(store: Store, first: int) -> None:
    imports = [bring_in(store, staged(KIM[1])), bring_in(store, staged(KIM[1]), of=batch("again.csv"))]
    assert [each.requests for each in imports] == [1, 0]
    assert undo(store, imports[first]) == 0
    assert suppressed(store) == {KIM[1]}
    assert open_keys(store) == [KIM[1]]
    assert undo(store, imports[1 - first]) == 1
    assert suppressed(store) == set()
    assert open_keys(store) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_the_last_of_three_imports_that_have_it_takes_it_along(store: Store, order: tuple[int, ...]) -> None:
    imports = [bring_in(store, staged(KIM[1]), of=batch(f"{n}.csv")) for n in range(3)]
    assert [undo(store, imports[n]) for n in order] == [0, 0, 1]


def test_she_is_told_that_another_file_names_it_too(store: Store) -> None:
    imported = bring_in(store, staged(KIM[1]))
    bring_in(store, staged(KIM[1]), of=batch("again.csv"))
    assert [(r.key, worked_on) for r, worked_on in store.staying(imported.id, 10)] == [(KIM[1], False)]


def test_undoing_the_second_import_after_the_first_keeps_what_was_worked_on_in_between(store: Store) -> None:
    """The second import did not bring it: without it the list is as it was before, and there she was suppressed."""
    first = bring_in(store, staged(KIM[1]))
    consent(store, at=NOW + HOUR, subject=KIM, scope="News")
    undo(store, first, NOW + 2 * HOUR)
    second = bring_in(store, staged(KIM[1]), of=batch("again.csv", NOW + 3 * HOUR))
    assert undo(store, second, NOW + 4 * HOUR) == 0
    assert suppressed(store) == {KIM[1]}


def test_an_import_after_an_undo_brings_it_anew(store: Store) -> None:
    undo(store, bring_in(store, staged(KIM[1])))
    again = bring_in(store, staged(KIM[1]), of=batch("again.csv"))
    assert again.requests == 1
    assert suppressed(store) == {KIM[1]}
    assert undo(store, again) == 1


def test_another_receipt_of_the_same_person_is_the_other_import_s_own(store: Store) -> None:
    first = bring_in(store, staged(KIM[1]))
    earlier = staged(KIM[1], received_at="2026-11-18T05:00:00Z", received_day="2026-11-18")
    second = bring_in(store, earlier, of=batch("again.csv"))
    assert undo(store, second) == 1
    assert [r.received for r in store.open_requests()] == [SAME]
    assert undo(store, first) == 1


def test_the_file_can_be_imported_again_after_its_undo(store: Store) -> None:
    imported = bring_in(store, staged(KIM[1]))
    assert store.batch_of(imported.source_sha256) == imported
    undo(store, imported)
    assert store.batch_of(imported.source_sha256) is None


def test_an_undo_among_others_leaves_their_people(store: Store) -> None:
    add(store, request(JANE))
    other = bring_in(store, staged(LEE[1]), of=batch("other.csv"))
    undo(store, bring_in(store, staged(KIM[1])))
    assert suppressed(store) == {JANE[1], LEE[1]}
    assert open_keys(store) == [JANE[1], LEE[1]]
    assert store.count_suppressed() == 2
    assert other.requests == 1


def test_requests_of_an_import_that_was_undone_are_not_counted_as_opted_out_since(store: Store) -> None:
    add(store, request())
    entry = store.last_entry()
    assert entry is not None
    imported = bring_in(store, staged(KIM[1]), staged(LEE[1], row=3))
    assert store.opted_out_since(entry.seq) == 2
    undo(store, imported)
    add(store, request("bob@example.com"))
    assert store.opted_out_since(entry.seq) == 1
