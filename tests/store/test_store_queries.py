"""What is asked of the store: who is barred, the register page by page, the open requests, the figures."""

import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_helpers import DAY, JANE, NOW, add, fill, opt_in, request

from optoutdesk.domain.requests import (
    ALL_MAIL,
    Channel,
    Kind,
    OptIn,
    OptOutRequest,
    received_at,
    received_on,
)
from optoutdesk.store import RegisterFilter, RegisterPages, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "optoutdesk.sqlite")
    yield made
    made.close()


# -- who is barred

_SUBJECTS = st.sampled_from(
    [
        JANE,
        (Kind.ADDRESS, "bob@rival.example"),
        (Kind.DOMAIN, "rival.example"),
        (Kind.DOMAIN, "a.rival.example"),
    ]
)
_SCOPES = st.sampled_from([ALL_MAIL, "Newsletter", "Catalogue"])
_HOURS = st.integers(0, 80).map(lambda n: timedelta(hours=n))
_RECEIPTS = st.builds(lambda before: received_at(NOW - before, "America/New_York"), _HOURS) | st.builds(
    lambda before: received_on((NOW - before).date(), "America/New_York"), _HOURS
)
_EVENTS = st.builds(
    request, _SUBJECTS, _RECEIPTS, _SCOPES, st.sampled_from([Channel.PHONE, Channel.LETTER])
) | st.builds(opt_in, _SUBJECTS, st.builds(lambda before: NOW - before, _HOURS), _SCOPES)


def slow_model(events: list[OptOutRequest | OptIn], kind: Kind, target: str | None) -> dict[str, str]:
    """Return the day of the earliest request in force by key, as simply as it can be said."""
    days: dict[str, list[str]] = {}
    for event in events:
        if not isinstance(event, OptOutRequest) or event.kind is not kind:
            continue
        asked_about = target or event.scope
        consents = [
            other
            for other in events
            if isinstance(other, OptIn)
            and (other.kind, other.key) == (event.kind, event.key)
            and other.scope in (ALL_MAIL, asked_about)
            and other.at > event.received.latest
        ]
        if not consents and (target is None or event.scope in (ALL_MAIL, target)):
            days.setdefault(event.key, []).append(event.received.day.isoformat())
    return {key: min(found) for key, found in days.items()}


@settings(max_examples=60, deadline=None)
@given(st.lists(_EVENTS, max_size=8), st.sampled_from([None, "Newsletter", "Never named"]))
def test_the_suppression_list_is_what_the_slow_simple_model_says(
    events: list[OptOutRequest | OptIn], target: str | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "optoutdesk.sqlite")
        for event in events:
            with store.act("an event", by="Ana", now=NOW) as act:
                if isinstance(event, OptOutRequest):
                    act.add_requests([event])
                else:
                    act.add_opt_in(event)
        barred, entry = store.suppression_list(target)
        addresses, domains, hashes = (slow_model(events, kind, target) for kind in Kind)
        assert {key: grounds.day for key, grounds in barred.addresses.items()} == addresses
        assert {key: grounds.day for key, grounds in barred.domains.items()} == domains
        assert {key.hex(): grounds.day for key, grounds in barred.hashes.items()} == hashes
        for grounds in (*barred.addresses.values(), *barred.domains.values(), *barred.hashes.values()):
            assert target is None or grounds.scope in (ALL_MAIL, target)
        assert (entry.seq if entry else 0) == len(events)
        for key in (
            "jane@example.com",
            "bob@rival.example",
            "x@a.rival.example",
            "x@b.rival.example",
            "x@example.com",
        ):
            assert barred.bars(key) == bool(store.barring_address(key, target))
        asked = {(e.kind, e.key) for e in events if isinstance(e, OptOutRequest)}
        if target is None and asked >= {
            (e.kind, e.key) for e in events
        }:  # only who opted out can opt in again
            assert store.count_suppressed() == len(addresses) + len(domains) + len(hashes)
        assert store.verify().wrong is None
        store.close()


def test_an_address_s_own_request_comes_before_its_domain_s(store: Store) -> None:
    domain, own = add(store, request((Kind.DOMAIN, "example.com"), NOW - 20 * DAY), request())
    assert store.barring_address("jane@example.com", None) == [own, domain]
    assert store.barring_domain("a.example.com", None) == [domain]


def test_the_grounds_are_those_of_the_earliest_request(store: Store) -> None:
    add(
        store,
        request(received=NOW - 3 * DAY, channel=Channel.REPLY),
        request(received=NOW - 9 * DAY, channel=Channel.LETTER, scope="Newsletter"),
        request(received=NOW - 5 * DAY, channel=Channel.BOUNCE),
    )
    assert store.suppression_list(None)[0].addresses["jane@example.com"] == (
        "2026-11-15",
        "letter",
        "Newsletter",
    )
    assert store.suppression_list("Catalogue")[0].addresses["jane@example.com"] == (
        "2026-11-19",
        "bounce",
        "all",
    )


# -- the register


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 12, 13, 50])
def test_pages_of_any_size_give_each_line_once_and_in_order(store: Store, size: int) -> None:
    # Several of one moment: pages must not lose or repeat lines where they meet.
    stored = add(store, *(request(f"p{n}@example.com", NOW - (n // 4) * DAY) for n in range(12)))
    seen: list[OptOutRequest] = []
    after = None
    for _ in range(13):
        page = RegisterPages(store).page(RegisterFilter(), after, size)
        assert 0 < len(page.rows) <= size
        seen += [row.request for row in page.rows]
        after = page.after
        if after is None:
            break
    assert seen == sorted(stored, key=lambda r: (r.received.instant, r.id), reverse=True)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 50])
def test_pages_of_open_requests_come_by_due_date(store: Store, size: int) -> None:
    days = [date(2026, 12, 1 + n // 3) for n in range(7)][::-1]
    stored = add(store, *(request(f"p{n}@example.com", due=day) for n, day in enumerate(days)))
    with store.act("mark done", by="Ana", now=NOW) as act:
        act.mark_done([(store.request(2).id, NOW)], "Ana", NOW)
    seen: list[OptOutRequest] = []
    after = None
    for _ in range(8):
        page = RegisterPages(store).page(RegisterFilter(only_open=True), after, size)
        seen += [row.request for row in page.rows]
        after = page.after
        if after is None:
            break
    assert seen == sorted((r for r in stored if r.id != 2), key=lambda r: (r.due, r.id))


def test_lines_recorded_while_she_turns_pages_shift_nothing(store: Store) -> None:
    add(store, *(request(f"p{n}@example.com", NOW - n * DAY) for n in range(4)))
    first = RegisterPages(store).page(RegisterFilter(), None, 2)
    add(store, request("new@example.com", NOW))
    second = RegisterPages(store).page(RegisterFilter(), first.after, 2)
    assert [row.request.key for row in (*first.rows, *second.rows)] == [f"p{n}@example.com" for n in range(4)]


def keys(store: Store, wanted: RegisterFilter) -> set[str]:
    return {row.request.key for row in RegisterPages(store).page(wanted).rows}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ja_n", {"ja_ne@example.com"}),
        ("%", {"50%off@example.com"}),
        ("!", {"hey!@example.com"}),
        ("JANE", {"jane@example.com"}),
        ("example.com", {"jane@example.com", "ja_ne@example.com", "50%off@example.com", "hey!@example.com"}),
        ("'; DROP", set()),
    ],
)
def test_what_is_typed_is_searched_literally(store: Store, text: str, found: set[str]) -> None:
    add(
        store,
        *map(request, ["jane@example.com", "ja_ne@example.com", "50%off@example.com", "hey!@example.com"]),
    )
    assert keys(store, RegisterFilter(text=text)) == found


def test_the_register_is_filtered(store: Store) -> None:
    fill(store)  # Jane opted in again, Bob is done, the rival is open
    add(store, request("amy@example.com", scope="Newsletter", channel=Channel.LETTER, due=date(2026, 12, 9)))
    amy, rival = {"amy@example.com"}, {"rival.example"}
    assert keys(store, RegisterFilter(only_open=True)) == amy | rival
    assert keys(store, RegisterFilter(due_by=date(2026, 11, 25))) == rival
    assert keys(store, RegisterFilter(due_from=date(2026, 11, 26))) == amy
    assert keys(store, RegisterFilter(due_from=date(2026, 11, 25), due_by=date(2026, 12, 9))) == amy | rival
    assert keys(store, RegisterFilter(channel=Channel.LETTER)) == amy
    assert keys(store, RegisterFilter(scope="Newsletter")) == amy
    assert keys(store, RegisterFilter(text="rival", scope=ALL_MAIL, only_open=True)) == rival
    assert len(keys(store, RegisterFilter())) == 4


def test_a_line_says_whether_it_is_open_done_or_lifted(store: Store) -> None:
    fill(store)
    lines = {row.request.key: row for row in RegisterPages(store).page(RegisterFilter()).rows}
    jane, bob, rival = (lines[key] for key in ("jane@example.com", "bob@example.com", "rival.example"))
    assert (jane.lifted, jane.open, jane.request.done_at) == (True, False, None)
    assert (bob.lifted, bob.open, bob.request.done_by) == (False, False, "Ben")
    assert (rival.lifted, rival.open, rival.request.done_at) == (False, True, None)


# -- open requests and figures


def test_open_requests_come_by_due_date(store: Store) -> None:
    late, soon = add(
        store, request(due=date(2026, 12, 9)), request("bob@example.com", due=date(2026, 11, 25))
    )
    assert store.open_requests() == [soon, late]
    assert store.open_requests(1) == [soon]
    assert (
        store.count_open(),
        store.count_open(date(2026, 11, 25)),
        store.count_open(date(2026, 11, 24)),
    ) == (2, 1, 0)


def test_the_share_done_in_time_is_counted(store: Store) -> None:
    add(store, *(request(f"p{n}@example.com", due=date(2026, 11, 20)) for n in range(3)))
    for number, at in ((1, NOW - 5 * DAY), (2, NOW), (3, NOW - 400 * DAY)):
        with store.act("mark done", by="Ana", now=NOW) as act:
            act.mark_done([(store.request(number).id, at)], "Ana", NOW)
    assert store.count_done(NOW - 365 * DAY) == (2, 1)


def test_the_names_of_lists_and_people_are_known(store: Store) -> None:
    add(store, request(scope="Newsletter"), request())
    for who, scope in (
        ("Ben", "Catalogue"),
        ("", "Newsletter"),
        ("Ana", "Newsletter"),
        ("Ben", "Newsletter"),
    ):
        with store.act("opt in again", by=who, now=NOW) as act:
            act.add_opt_in(opt_in(scope=scope))
    assert store.scopes() == ["Catalogue", "Newsletter"]
    assert store.people() == ["Ben", "Ana"]


def test_what_happened_since_an_entry(store: Store) -> None:
    fill(store)
    assert store.opted_out_since(0) == 3
    assert store.opted_out_since(1) == 0
    heads = {entry.seq: entry.hash.hex() for entry in store._entries()}
    assert store.changed_since(2, heads[2])  # a consent changes who may be mailed
    assert not store.changed_since(3, heads[3])  # a cleaned list does not
    assert store.changed_since(3, heads[2])  # another entry in its place: a backup was put back
    assert store.changed_since(9, heads[3])
