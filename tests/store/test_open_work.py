"""Open requests and where they are to be done: kept in two derived tables, read by many at once, and checked by verify."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from store_helpers import DAY, JANE, NOW, add, batch, bring_in, opt_in, platform, raw, request, staged

from optoutdesk.domain.platforms import Platform, TaskEvent, TaskState
from optoutdesk.domain.requests import Channel, Kind, OptOutRequest
from optoutdesk.store import OpenFilter, OpenWork, Store, clocks, open_work

MAILCHIMP, PAPER = 1, 2


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "optoutdesk.sqlite")
    yield made
    assert made.verify().wrong is None
    made.close()


@pytest.fixture
def checked(tmp_path: Path) -> Iterator[Store]:
    """A store whose derived tables a test damages."""
    made = Store(tmp_path / "damaged.sqlite")
    yield made
    made.close()


def add_platforms(store: Store, *platforms: Platform) -> None:
    with store.act("add platform", by="Ana", now=NOW) as act:
        for each in platforms:
            act.add_platform(each)


def happens(store: Store, *events: tuple[int, int, TaskState]) -> None:
    with store.act("mark done", by="Ana", now=NOW) as act:
        act.add_task_events(TaskEvent(r, p, state, NOW, "Ana", NOW) for r, p, state in events)


def open_tasks(store: Store) -> set[tuple[int, int]]:
    """Platform and request of all that is to be done."""
    with raw(store.file) as database:
        return set(database.execute("SELECT platform_id, request_id FROM open_task"))


def people(count: int) -> list[OptOutRequest]:
    return [request(f"p{number:04d}@example.com") for number in range(count)]


# -- many at once


def test_a_thousand_requests_are_read_in_parts_as_one(store: Store) -> None:
    add_platforms(store, platform(), platform("Paper list", known=""))
    added = add(store, *people(open_work._AT_ONCE * 2 + 7))
    ids = [each.id for each in added]
    happens(store, *[(number, MAILCHIMP, TaskState.REMOVED) for number in ids[::2]])
    with store.act("assign", by="Ana", now=NOW) as act:
        act.assign(ids[::3], "Ben", NOW, "Ana")
    work = OpenWork(store)
    found = work.still_open([*ids, 999_999])
    assert {one.id: one.platforms for one in found} == {
        number: (PAPER,) if index % 2 == 0 else (MAILCHIMP, PAPER) for index, number in enumerate(ids)
    }
    assert [one.given for one in found][:2] == ["P0000@Example.Com", "P0001@Example.Com"]
    assert work.assigned(ids) == dict.fromkeys(ids[::3], "Ben")
    tasks = work.tasks(added)
    assert [[task.state.value for task in tasks[number]] for number in ids[:2]] == [
        ["removed", "open"],
        ["open", "open"],
    ]
    assert work.count_with_tasks() == len(ids)
    assert work.still_open([]) == []
    assert work.acknowledged([]) == frozenset()


def test_a_bulk_of_clocks_is_settled_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_MANY", 2)
    added = add(store, *people(7))
    add_platforms(store, platform(), platform("Paper list", known=""))
    assert len(open_tasks(store)) == 14
    happens(store, *[(each.id, MAILCHIMP, TaskState.REMOVED) for each in added])
    happens(store, *[(each.id, PAPER, TaskState.NOT_THERE) for each in added[:5]])
    assert open_tasks(store) == {(PAPER, each.id) for each in added[5:]}
    assert [store.request(each.id).done_at for each in added] == [NOW] * 5 + [None] * 2
    with store.act("retire platform", by="Ana", now=NOW) as act:
        act.retire(PAPER, NOW, "Ana")
    assert store.count_open() == 0


def test_an_import_opens_its_requests_at_once_where_they_are_to_be_done(store: Store) -> None:
    add(store, request("old@example.com"), request("older@example.com", NOW - 60 * DAY))
    add_platforms(store, platform(since=date(2026, 11, 20)), platform("Paper list", known=""))
    bring_in(
        store,
        staged("kim@example.com"),
        staged("before@example.com", received_at="2026-11-02T05:00:00Z", received_day="2026-11-02"),
        staged("long-ago@example.com", received_at="2026-10-02T05:00:00Z", received_day="2026-10-02"),
        staged("bounced@example.com", channel="bounce"),
        staged("old@example.com"),
        of=replace(batch(), origin="mailchimp"),
    )
    keys = {each.id: each.key.partition("@")[0] for each in store.open_requests()}
    assert {(place, keys[number]) for place, number in open_tasks(store)} == {
        (PAPER, "kim"),
        (PAPER, "before"),
        (PAPER, "old"),
        (PAPER, "long-ago"),  # whoever is brought in now may be kept there, however long ago it was
    }
    assert set(keys.values()) == {
        "kim",
        "before",
        "old",
        "long-ago",
        "older",
    }  # of that no platform says where


# -- filters


def test_open_requests_are_filtered_by_days_place_and_person(store: Store) -> None:
    days = [date(2026, 11, day) for day in (23, 24, 25, 27, 30)]
    early, *_, late = added = add(store, *[request(f"p{day.day}@example.com", due=day) for day in days])
    before = add(store, request("before@example.com", NOW - 60 * DAY, due=date(2026, 11, 26)))[0]
    add_platforms(store, platform())
    happens(store, (late.id, MAILCHIMP, TaskState.REMOVED))
    with store.act("assign", by="Ana", now=NOW) as act:
        act.assign([added[1].id, added[3].id], "Ben", NOW, "Ana")
    work = OpenWork(store)

    def found(**wanted: object) -> list[int]:
        chosen = OpenFilter(**wanted)
        ids = work.ids(chosen)
        assert [each.id for each in work.page(chosen)] == ids
        assert sum(count for _, count in work.by_day(chosen)) == len(ids)
        assert sum(count for _, count, _ in work.by_platform(chosen, date(2026, 11, 25))) == len(ids)
        return ids

    second, third, fourth = (each.id for each in added[1:4])
    assert found() == [early.id, second, third, before.id, fourth]
    assert found(due_from=date(2026, 11, 25)) == [third, before.id, fourth]
    assert found(due_by=date(2026, 11, 25)) == [early.id, second, third]
    assert found(platform=MAILCHIMP) == [early.id, second, third, fourth]
    assert found(by_hand=True) == [before.id]
    assert found(person="Ben") == [second, fourth]
    assert found(person="") == [early.id, third, before.id]
    assert found(person="Ben", always_before=date(2026, 11, 24)) == [early.id, second, fourth]
    assert work.by_platform(OpenFilter(), date(2026, 11, 25)) == [(MAILCHIMP, 4, 2), (None, 1, 0)]
    page = work.page(OpenFilter(), limit=2)
    assert [each.id for each in page] == [early.id, second]
    rest = work.page(OpenFilter(), (page[-1].due.isoformat(), page[-1].id))
    assert [each.id for each in rest] == [third, before.id, fourth]


def test_the_last_assignment_counts(store: Store) -> None:
    [one] = add(store, request())
    for person in ("Ben", "Cleo", ""):
        with store.act("assign", by="Ana", now=NOW) as act:
            act.assign([one.id], person, NOW, "Ana")
        assert OpenWork(store).assigned([one.id]) == ({one.id: person} if person else {})


def test_a_thing_that_was_found_undone_is_shown_only_where_it_is_to_be_done(store: Store) -> None:
    add_platforms(store, platform(), platform("Paper list", known=""))
    first, second = add(store, request(), request(received=NOW - 2 * DAY))
    happens(store, (second.id, PAPER, TaskState.OPEN))  # covered by the first, which is open there anyway
    work = OpenWork(store)
    assert [task.platform.id for task in work.tasks([first])[first.id]] == [MAILCHIMP, PAPER]
    assert work.tasks([second]) == {second.id: ()}
    with store.act("retire platform", by="Ana", now=NOW) as act:
        act.retire(PAPER, NOW, "Ana")
    assert [task.platform.id for task in work.tasks([first])[first.id]] == [MAILCHIMP]


# -- a damaged list of what is to be done is found


@pytest.fixture
def full(checked: Store) -> Store:
    """One request alone (1), two of one person (2, 3), one with an opt-in (4), a bounce (5), one done (6), one older (7)."""
    add(
        checked,
        *(
            request("alone@example.com"),
            request("twice@example.com"),
            request("twice@example.com", NOW - 2 * DAY),
        ),
        *(request(), request("bounced@example.com", channel=Channel.BOUNCE), request("done@example.com")),
        request((Kind.DOMAIN, "older.example"), NOW - 60 * DAY),
    )
    add_platforms(checked, platform(), platform("Paper list", known=""), platform("Gone", known=""))
    with checked.act("retire platform", by="Ana", now=NOW) as act:
        act.retire(3, NOW, "Ana")
    with checked.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in(JANE, scope="Newsletter"))
    happens(checked, (6, MAILCHIMP, TaskState.REMOVED), (6, PAPER, TaskState.REMOVED))
    happens(checked, (3, PAPER, TaskState.OPEN))
    assert checked.verify().wrong is None
    assert open_tasks(checked) == {(place, number) for place in (1, 2) for number in (1, 2, 4)}
    return checked


@pytest.mark.parametrize("place", [MAILCHIMP, PAPER])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_thing_to_do_that_is_lost_is_found_by_verify(full: Store, number: int, place: int) -> None:
    with raw(full.file) as database:
        database.execute("DELETE FROM open_task WHERE platform_id = ? AND request_id = ?", (place, number))
    wrong = full.verify().wrong
    assert wrong is not None
    assert wrong.startswith(f"request {number} is ")


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_request_lost_from_all_places_is_found_by_verify(full: Store, number: int) -> None:
    with raw(full.file) as database:
        database.execute("DELETE FROM open_task WHERE request_id = ?", (number,))
        database.execute("DELETE FROM open_request WHERE request_id = ?", (number,))
    assert full.verify().wrong == f"request {number} is missing among the open ones"


@pytest.mark.parametrize(
    ("place", "number"),
    [
        (MAILCHIMP, 3),  # covered by the first request of that person
        (PAPER, 5),  # nobody asked
        (MAILCHIMP, 6),  # done
        (PAPER, 7),  # came before the platform
        (3, 1),  # nobody is kept there any more
        (3, 4),
    ],
)
def test_a_thing_to_do_that_was_slipped_in_is_found_by_verify(full: Store, place: int, number: int) -> None:
    with raw(full.file) as database:
        database.execute("INSERT INTO open_task (platform_id, request_id) VALUES (?, ?)", (place, number))
    wrong = full.verify().wrong
    assert wrong is not None
    assert wrong.startswith(f"request {number} is ")


@pytest.mark.parametrize("number", [3, 5, 6])
def test_a_request_that_was_slipped_among_the_open_ones_is_found_by_verify(full: Store, number: int) -> None:
    with raw(full.file) as database:
        database.execute("INSERT INTO open_request VALUES (?, '2026-11-25')", (number,))
    assert full.verify().wrong == f"request {number} is wrong among the open ones"


def test_the_one_to_be_done_by_hand_must_not_be_lost_either(full: Store) -> None:
    with raw(full.file) as database:
        database.execute("DELETE FROM open_request WHERE request_id = 7")
    assert full.verify().wrong == "request 7 is missing among the open ones"


def test_one_found_active_at_a_platform_that_was_retired_must_not_be_lost(full: Store) -> None:
    with full.act("add platform", by="Ana", now=NOW) as act:
        act.add_platform(platform("Old mailer", since=date(2026, 9, 1), known=""))
    happens(full, (7, 4, TaskState.REMOVED))
    with full.act("verify platform", by="Ana", now=NOW + DAY) as act:
        act.add_task_events([TaskEvent(7, 4, TaskState.OPEN, NOW + DAY, "Ana", NOW + DAY)])
    with full.act("retire platform", by="Ana", now=NOW + DAY) as act:
        act.retire(4, NOW + DAY, "Ana")
    assert full.is_open(7)
    assert full.verify().wrong is None
    with raw(full.file) as database:
        database.execute("DELETE FROM open_request WHERE request_id = 7")
    assert full.verify().wrong == "request 7 is missing among the open ones"
