"""A file's rows beside the suppression list: compared, counted and paged without a trace in the database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path

import pytest
from store_helpers import DAY, JANE, NOW, add, batch, bring_in, opt_in, raw, request, staged

from optoutdesk.domain.errors import Cancelled
from optoutdesk.domain.importing import Counts, Outcome, Shown
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, Precision, Received, received_on, with_clock
from optoutdesk.store import Staged, Staging, Store, acts
from optoutdesk.store.staging import outcome_code

ZONE = "America/New_York"
KIM = "kim@example.com"
ON_20_NOVEMBER = received_on(date(2026, 11, 20), ZONE)
"""The receipt of what store_helpers stage."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "optoutdesk.sqlite")
    yield made
    made.close()


@pytest.fixture
def staging(store: Store) -> Iterator[Staging]:
    made = Staging(store, ZONE)
    yield made
    made.close()


def entries(*keys: str, **changes: object) -> list[Staged]:
    return [staged(key, row=row, **changes) for row, key in enumerate(keys, 2)]


def compared(staging: Staging, *rows: Staged) -> Counts:
    staging.add(rows)
    assert staging.compare()
    return staging.counts()


def shown(staging: Staging, wanted: Shown) -> list[tuple[int, str]]:
    return [(row.staged.row, row.staged.key) for row in staging.page(wanted)]


def consent(store: Store, **how: object) -> None:
    with store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in(**how))


# -- what is new and what is known


def test_the_rows_of_every_outcome_add_up(staging: Staging) -> None:
    other = (Outcome.REVIEW, Outcome.NOT_AN_ADDRESS, Outcome.EMPTY, Outcome.ACTIVE, Outcome.HIDDEN)
    rows = [
        staged("", row=row, outcome=outcome_code(outcome), kind="") for row, outcome in enumerate(other, 10)
    ]
    counts = compared(staging, *entries(KIM, "lee@example.com", KIM), *rows)
    assert counts.rows == counts.sum(Outcome) == 8
    assert counts.by[Shown.NEW] == 2
    assert counts.by[Shown.KNOWN] == 1
    assert all(counts.by[Shown(outcome.value)] == 1 for outcome in other)
    assert counts.requests == 2


def test_a_row_of_several_entries_is_one_row_of_its_gravest_outcome(staging: Staging, store: Store) -> None:
    add(store, request(KIM))
    counts = compared(
        staging,
        staged(KIM, many=1),
        staged("lee@example.com", many=1),
        staged(KIM, row=3, many=1),
        staged("", row=3, many=1, outcome=outcome_code(Outcome.NOT_AN_ADDRESS), kind=""),
    )
    assert counts.rows == 2
    assert {s: n for s, n in counts.by.items() if n} == {Shown.NEW: 1, Shown.NOT_AN_ADDRESS: 1}
    assert counts.requests == 2  # Kim's of row 2, which is another receipt than hers on record, and Lee's


def test_who_opted_out_by_hand_is_known_since_then(staging: Staging, store: Store) -> None:
    add(store, request(KIM))
    compared(staging, staged())
    [row] = staging.page(Shown.KNOWN)
    assert (row.since_day, row.since_precision, row.earlier) == ("2026-11-10", "minute", False)
    assert staging.page(Shown.NEW) == []


def test_the_earlier_receipt_of_a_file_stands_from_then_on(staging: Staging, store: Store) -> None:
    add(store, request(KIM, NOW))
    assert compared(staging, staged()).by[Shown.EARLIER] == 1
    assert shown(staging, Shown.EARLIER) == shown(staging, Shown.KNOWN) == [(2, KIM)]


def test_rows_that_repeat_each_other_name_the_row_they_repeat(staging: Staging) -> None:
    compared(staging, *entries(KIM, KIM))
    [row] = staging.page(Shown.KNOWN)
    assert (row.staged.row, row.repeats) == (3, (0, 2))


def test_what_an_undone_import_brought_is_new_again(staging: Staging, store: Store) -> None:
    undone = bring_in(store, staged())
    with store.act("undo import", by="Ana", now=NOW) as act:
        act.undo_import(undone, NOW, "Ana")
    assert compared(staging, staged()).by[Shown.NEW] == 1


def test_new_ones_are_told_apart_by_what_she_should_know(staging: Staging, store: Store) -> None:
    add(store, request())
    consent(store, at=NOW)
    counts = compared(
        staging,
        staged(JANE[1], received_at="2026-11-12T05:00:00Z", received_day="2026-11-12", overdue=1),
        staged("late@example.com", row=3, overdue=1),
        staged("undated@example.com", row=4, precision="unknown"),
    )
    assert counts.by[Shown.NEW] == 3
    assert counts.by[Shown.OVERDUE] == 1  # Jane's bars nothing, so that no clock of hers runs
    assert shown(staging, Shown.OVERDUE) == [(3, "late@example.com")]
    assert shown(staging, Shown.UNDATED) == [(4, "undated@example.com")]
    assert shown(staging, Shown.LIFTED) == [(2, JANE[1])]


def test_a_second_row_that_suppresses_again_after_an_opt_in_is_new(staging: Staging, store: Store) -> None:
    add(store, request())
    consent(store, at=NOW - 5 * DAY)
    old = staged(JANE[1], received_at="2026-11-12T05:00:00Z", received_day="2026-11-12")
    compared(staging, old, staged(JANE[1], row=3))
    assert shown(staging, Shown.LIFTED) == [(2, JANE[1])]
    assert shown(staging, Shown.NEW) == [(2, JANE[1]), (3, JANE[1])]


def test_who_opted_in_to_one_list_again_is_new_for_that_list(staging: Staging, store: Store) -> None:
    add(store, request())
    consent(store, at=NOW - 5 * DAY, scope="News")
    counts = compared(staging, staged(JANE[1], scope="News"), staged(JANE[1], row=3, scope="Offers"))
    assert (counts.by[Shown.NEW], counts.by[Shown.KNOWN]) == (1, 1)
    assert shown(staging, Shown.NEW) == [(2, JANE[1])]


# -- a file that says "subscribed"


SUBSCRIBED = outcome_code(Outcome.ACTIVE)


@pytest.mark.parametrize(
    "barred_by",
    [(Kind.ADDRESS, KIM), (Kind.DOMAIN, "example.com"), (Kind.HASH, md5(KIM.encode()).hexdigest())],
    ids=["address", "domain", "hash"],
)
@pytest.mark.parametrize("where", ["on record", "in the file"])
def test_subscribed_is_a_conflict_of_whoever_is_suppressed(
    staging: Staging, store: Store, barred_by: tuple[Kind, str], where: str
) -> None:
    kind, key = barred_by
    rows = [staged(KIM, row=9, outcome=SUBSCRIBED), staged("lee@shop.example", row=10, outcome=SUBSCRIBED)]
    if where == "on record":
        add(store, request(barred_by))
    else:
        rows.append(staged(key, row=11, kind=kind.value))
    counts = compared(staging, *rows)
    [row] = staging.page(Shown.CONFLICT)
    assert (row.staged.row, row.since_day is not None, row.repeats) == (
        9,
        where == "on record",
        None if where == "on record" else (0, 11),
    )
    assert counts.by[Shown.ACTIVE] == 1
    assert counts.requests == len(rows) - 2  # what says "subscribed" is never stored


def test_subscribed_is_no_conflict_of_who_opted_in_again(staging: Staging, store: Store) -> None:
    add(store, request(KIM), request((Kind.DOMAIN, "shop.example")))
    for subject in ((Kind.ADDRESS, KIM), (Kind.DOMAIN, "shop.example")):
        consent(store, subject=subject)
    rows = entries(KIM, "lee@shop.example", "ann@shop.example", outcome=SUBSCRIBED)
    counts = compared(staging, *rows)
    assert (counts.by[Shown.CONFLICT], counts.by[Shown.ACTIVE]) == (0, 3)


# -- figures about hashes and domains


def test_hashes_of_known_addresses_are_counted(staging: Staging, store: Store) -> None:
    hashes = [
        md5(text.encode()).hexdigest() for text in ("jane@example.com", "LEE@EXAMPLE.COM", "x@example.com")
    ]
    add(store, request(JANE))
    rows = [staged(key, row=row, kind="hash") for row, key in enumerate(hashes, 2)]
    domain = staged("shop.example", row=6, kind="domain")
    counts = compared(staging, *rows, staged("lee@example.com", row=5), domain)
    assert (counts.hashes, counts.hashes_matched, counts.domains) == (3, 2, 1)


# -- nothing changes under her hands


def test_nothing_is_compared_again_while_nothing_was_recorded(staging: Staging, store: Store) -> None:
    compared(staging, staged())
    assert not staging.compare()
    add(store, request(KIM))
    assert staging.compare()
    assert staging.counts().by[Shown.KNOWN] == 1
    assert shown(staging, Shown.KNOWN) == [(2, KIM)]


def test_a_list_named_meanwhile_in_another_spelling_is_the_same_list(staging: Staging, store: Store) -> None:
    """Else cleaning for the one would mail who left the other."""
    compared(staging, staged(scope="news"))
    add(store, request("ann@example.com", scope="News"))
    assert staging.compare()
    with staging.act("import opt-outs", by="Ana", now=NOW) as act:
        act.add_import(replace(batch(), requests=1), staging, "can-spam", "")
    assert store.scopes() == ["News"]
    assert KIM in store.suppression_list("News")[0].addresses


def test_a_cancelled_comparison_can_be_made_again(staging: Staging, store: Store) -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    staging.add(entries(*(f"p{n}@example.com" for n in range(10_001))))
    with pytest.raises(Cancelled):
        staging.compare(cancel)
    assert staging.compare()
    assert staging.counts().by[Shown.NEW] == 10_001
    assert store.head() == ""


@pytest.mark.parametrize("bulk", [True, False], ids=["many rows", "few rows"])
def test_an_act_that_fails_leaves_the_store_and_the_comparison_as_they_were(
    staging: Staging, store: Store, monkeypatch: pytest.MonkeyPatch, bulk: bool
) -> None:
    if bulk:
        monkeypatch.setattr(acts, "_BULK", 0)
    compared(staging, *entries(KIM, "lee@example.com"))
    assert shown(staging, Shown.KNOWN) == []
    add(store, request(KIM))
    head = store.head()
    with pytest.raises(Cancelled):
        import_and_cancel(staging)
    assert (store.head(), store.batches(), store.count_requests()) == (head, [], 1)
    assert store.verify().holds
    assert shown(staging, Shown.KNOWN) == []  # as she saw it
    assert staging.compare()
    assert shown(staging, Shown.KNOWN) == [(2, KIM)]


def import_and_cancel(staging: Staging) -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with staging.act("import opt-outs", by="Ana", now=NOW) as act:
        assert staging.compare()
        act.add_import(replace(batch(), requests=2), staging, "can-spam", "", cancel)


def test_two_files_side_by_side_know_nothing_of_each_other(store: Store, staging: Staging) -> None:
    other = Staging(store, ZONE)
    assert compared(staging, staged()).rows == 1
    assert compared(other, *entries("ann@example.com", "bob@example.com")).rows == 2
    other.close()
    assert shown(staging, Shown.NEW) == [(2, KIM)]


def test_nothing_of_a_file_is_left_in_the_database(store: Store, staging: Staging) -> None:
    compared(staging, *entries(*(f"somebody-{n}@example.com" for n in range(2000))))
    staging.close()
    files = list(store.file.parent.iterdir())
    assert not any(b"somebody-7@example.com" in file.read_bytes() for file in files)


# -- pages


def test_pages_follow_each_other_without_gap_or_repeat(staging: Staging) -> None:
    compared(staging, *entries(*(f"p{n:03}@example.com" for n in range(25))))
    seen: list[int] = []
    last = 0
    while page := staging.page(Shown.NEW, last, limit=10):
        seen += [row.staged.row for row in page]
        last = page[-1].number
    assert seen == list(range(2, 27))


def test_the_rows_to_mend_come_in_the_order_of_the_file(staging: Staging) -> None:
    review = outcome_code(Outcome.REVIEW)
    compared(
        staging,
        staged("", row=4, outcome=review, kind="", reason="who knows"),
        staged(KIM, row=5),
        staged("", row=7, outcome=outcome_code(Outcome.EMPTY), kind="", reason="no address"),
    )
    found = list(staging.rows_of((Outcome.REVIEW, Outcome.EMPTY)))
    assert found == [(0, 4, "who knows"), (0, 7, "no address")]


# -- what is stored


def test_an_imported_request_has_all_that_the_file_says(store: Store) -> None:
    imported = bring_in(store, staged(given="Kim@Example.com"))
    [stored] = store.requests_about((Kind.ADDRESS, KIM))
    assert stored == replace(
        request(KIM),
        id=1,
        given="Kim@Example.com",
        received=ON_20_NOVEMBER,
        channel=Channel.PLATFORM_EXPORT,
        note="NORMAL",
        due=date(2026, 12, 7),
        name="Kim",
        platform="Mailchimp",
        batch=imported.id,
    )
    assert store.batches() == [replace(batch(), id=1, first_request=1, requests=1)]
    assert store.verify().holds


def test_what_is_stored_is_exactly_what_was_counted(store: Store) -> None:
    add(store, request(KIM))
    rows = [*entries(KIM, "lee@example.com", "lee@example.com"), staged("", row=8, outcome=0, kind="")]
    assert bring_in(store, *rows).requests == 2
    assert store.count_requests() == 3


@pytest.mark.parametrize("many", [False, True], ids=["few rows", "many rows"])
def test_exactly_the_right_clocks_run_after_an_import(
    store: Store, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    if many:
        monkeypatch.setattr(acts, "_BULK", 0)
    add(store, request(KIM), request("lee@example.com", NOW), request(JANE))
    consent(store, at=NOW)
    bring_in(
        store,
        staged(KIM),  # covered by the earlier one
        staged("lee@example.com", row=3),  # the earlier receipt: its clock replaces the other
        staged("new@example.com", row=4),
        staged("new@example.com", row=5, scope="News", received_at="2026-11-21T05:00:00Z"),  # covered
        staged(JANE[1], row=6),  # lifted
    )
    open_ones = {(r.key, r.received) for r in store.open_requests()}
    assert open_ones == {
        (KIM, request(KIM).received),
        ("lee@example.com", ON_20_NOVEMBER),
        ("new@example.com", ON_20_NOVEMBER),
    }
    assert_clocks(store, KIM, "lee@example.com", "new@example.com", JANE[1])


def test_indexes_that_were_built_anew_are_those_of_the_schema(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fresh = Store(tmp_path / "fresh.sqlite")
    monkeypatch.setattr(acts, "_BULK", 0)
    bring_in(store, *entries(KIM, "lee@example.com"))
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
    assert store.connection.execute(schema).fetchall() == fresh.connection.execute(schema).fetchall()
    fresh.close()


def assert_clocks(store: Store, *keys: str) -> None:
    should = [r for key in keys for r in with_clock(store.barring((Kind.ADDRESS, key), None))]
    assert sorted(r.id for r in should) == sorted(r.id for r in store.open_requests())
    assert store.verify().holds


def test_a_receipt_that_is_not_known_stays_so(store: Store) -> None:
    bring_in(store, staged(precision="unknown"))
    [stored] = store.requests_about((Kind.ADDRESS, KIM))
    assert stored.received == Received(ON_20_NOVEMBER.instant, ON_20_NOVEMBER.day, Precision.UNKNOWN, ZONE)
    consent(store, subject=(Kind.ADDRESS, KIM), at=stored.latest)
    assert store.barring((Kind.ADDRESS, KIM), None)  # it may have arrived at the end of that day, anywhere
    consent(store, subject=(Kind.ADDRESS, KIM), at=stored.latest + timedelta(seconds=1), scope=ALL_MAIL)
    assert not store.barring((Kind.ADDRESS, KIM), None)


def test_no_clock_runs_for_an_address_that_bounced(store: Store) -> None:
    bring_in(store, staged("gone@example.com", channel="bounce"), staged("kim@example.com", row=3))
    add(store, replace(request("bob@example.com"), channel=Channel.BOUNCE))
    assert [r.key for r in store.open_requests()] == ["kim@example.com"]
    assert set(store.suppression_list(None)[0].addresses) == {
        "gone@example.com",
        "kim@example.com",
        "bob@example.com",
    }
    assert store.verify().holds
    with raw(store.file) as database:
        database.execute(
            "INSERT INTO open_request (request_id, due) SELECT id, due FROM request WHERE id = 1"
        )
    assert store.verify().wrong == "request 1 is wrong among the open ones"
