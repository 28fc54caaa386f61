"""Where a request is still to be done: at each platform one clock runs, and nothing drops off the list by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from optoutdesk.domain.platforms import (
    Places,
    Platform,
    TaskEvent,
    TaskState,
    Verification,
    closed_at,
    concerns,
    from_its_own_export,
    open_places,
)
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, received_at

ZONE = "America/New_York"
NOON = datetime(2026, 11, 10, 17, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN, REMOVED = TaskState.OPEN, TaskState.REMOVED
VERIFIED, NOT_THERE = TaskState.VERIFIED, TaskState.NOT_THERE
MAILCHIMP, OUTLOOK = 1, 2


def request(number: int = 1, days: int = 0, scope: str = ALL_MAIL, **changes: object) -> OptOutRequest:
    """A request that came some days after the first noon."""
    made = OptOutRequest(
        id=number,
        kind=Kind.ADDRESS,
        key="jane@example.com",
        given="Jane@example.com",
        scope=scope,
        received=received_at(NOON + days * DAY, ZONE),
        channel=Channel.PHONE,
        note="",
        by="Ana",
        recorded_at=NOON + days * DAY,
        due=date(2026, 11, 25),
        policy="can-spam",
        counting="",
    )
    return replace(made, **changes)


def platform(number: int = MAILCHIMP, since: int = -30, known: str = "", **changes: object) -> Platform:
    """A platform that matters for requests from some days after the first noon on."""
    day = (NOON + since * DAY).date()
    return replace(Platform(number, f"Place {number}", known, day, "Ana", NOON, after_request=99), **changes)


def retired(of: Platform) -> Platform:
    return replace(of, retired_at=NOON + 9 * DAY, retired_by="Ana")


def event(state: TaskState, days: int = 1, number: int = 1, at: int = MAILCHIMP) -> TaskEvent:
    return TaskEvent(number, at, state, NOON + days * DAY, "Ana", NOON + 9 * DAY)


def places(requests: list[OptOutRequest], platforms: list[Platform], *events: TaskEvent) -> Places:
    happened: dict[tuple[int, int], list[TaskEvent]] = {}
    for each in events:
        happened.setdefault((each.request, each.platform), []).append(each)
    return open_places(requests, platforms, happened)


# -- one thing to do


@pytest.mark.parametrize(
    ("happened", "done"),
    [
        ([], None),
        ([(REMOVED, 1)], 1),
        ([(NOT_THERE, 1)], 1),
        ([(REMOVED, 1), (VERIFIED, 3)], 1),  # the export only confirms it
        ([(VERIFIED, 3)], 3),  # nobody said so before
        ([(REMOVED, 1), (OPEN, 2)], None),
        ([(REMOVED, 1), (OPEN, 2), (REMOVED, 4), (VERIFIED, 5)], 4),
        ([(NOT_THERE, 1), (VERIFIED, 2), (OPEN, 3), (OPEN, 4)], None),
    ],
)
def test_a_thing_is_done_when_it_was_first_done_since_it_was_last_found_undone(
    happened: list[tuple[TaskState, int]], done: int | None
) -> None:
    events = [event(state, days) for state, days in happened]
    assert closed_at(events) == (None if done is None else NOON + done * DAY)


@pytest.mark.parametrize(("since", "concerned"), [(-1, True), (0, True), (1, False)])
def test_a_platform_concerns_what_came_from_its_first_day_on(since: int, *, concerned: bool) -> None:
    assert concerns(platform(since=since), request()) is concerned


def test_the_day_is_the_business_s_own() -> None:
    late = request(received=received_at(datetime(2026, 11, 11, 4, 30, tzinfo=UTC), ZONE))  # 23:30 on the 10th
    assert not concerns(platform(since=1), late)
    assert concerns(platform(since=0), late)


@pytest.mark.parametrize(("number", "concerned"), [(7, False), (8, True)])
def test_what_comes_to_light_after_a_platform_was_named_concerns_it_too(
    number: int, *, concerned: bool
) -> None:
    """The person may well be kept there by now, however long ago the request came."""
    old, named = request(number, days=-60), platform(since=0, after_request=7)
    assert concerns(named, old) is concerned
    assert places([old], [named]).open == {number: (MAILCHIMP,) if concerned else ()}


@pytest.mark.parametrize(
    ("known", "origin", "own"),
    [
        ("mailchimp", "mailchimp", True),
        ("mailchimp", "outlook", False),
        ("mailchimp", "", False),
        ("", "", False),  # one of her own: no file is surely its own export
    ],
)
def test_what_a_platform_said_itself_is_nothing_to_do_there(known: str, origin: str, *, own: bool) -> None:
    assert from_its_own_export(platform(known=known), request(origin=origin)) is own


def test_a_comparison_tells_how_many_stand_differently() -> None:
    found = Verification(
        1, NOON, "Ana", Path("export.csv"), 9, "ab" * 32, "Mailchimp", 100, 70, 20, 15, 4, 5, 3
    )
    assert found.differences == 9


# -- where a request is to be done


def test_without_platforms_a_request_is_done_wherever_she_sends_from() -> None:
    assert places([request()], []) == Places({1: ()}, {})
    assert places([request(done_at=NOON + DAY)], []) == Places({}, {})


def test_a_request_is_to_be_done_at_each_platform_it_concerns() -> None:
    assert places([request()], [platform(), platform(OUTLOOK), platform(3, since=1)]).open == {
        1: (MAILCHIMP, OUTLOOK)
    }


def test_what_is_done_at_one_platform_is_open_at_the_other() -> None:
    found = places([request()], [platform(), platform(OUTLOOK)], event(REMOVED))
    assert found == Places({1: (OUTLOOK,)}, {})


def test_a_request_is_done_with_the_last_of_its_platforms() -> None:
    both = [platform(), platform(OUTLOOK)]
    found = places([request()], both, event(NOT_THERE, 5, at=OUTLOOK), event(REMOVED, 2))
    assert found == Places({}, {1: NOON + 5 * DAY})


def test_what_was_done_before_a_platform_was_named_is_to_be_done_there() -> None:
    """She may not have thought of that platform."""
    assert places([request(done_at=NOON + DAY)], [platform()]).open == {1: (MAILCHIMP,)}


def test_what_came_before_all_platforms_is_done_by_hand() -> None:
    assert places([request()], [platform(since=1)]) == Places({1: ()}, {})
    assert places([request(done_at=NOON)], [platform(since=1)]) == Places({}, {})


def test_a_person_found_active_is_to_be_removed_whenever_the_request_came() -> None:
    assert places([request(done_at=NOON)], [platform(since=1)], event(OPEN)).open == {1: (MAILCHIMP,)}


# -- several requests of one person


def test_an_earlier_request_covers_a_later_one_only_where_it_counts() -> None:
    before = platform(since=-30)
    after = platform(OUTLOOK, since=2)  # people are kept there only since after the first request
    assert places([request(1), request(2, days=3)], [before, after]).open == {1: (MAILCHIMP,), 2: (OUTLOOK,)}


def test_an_earlier_request_that_is_done_at_one_platform_covers_at_the_other() -> None:
    both = [platform(), platform(OUTLOOK)]
    found = places([request(1), request(2, days=3)], both, event(REMOVED, 1))
    assert found.open == {1: (OUTLOOK,), 2: (MAILCHIMP,)}  # at Mailchimp she asks again: mail still comes


def test_a_removal_settles_what_had_arrived_by_then_and_nothing_later() -> None:
    requests = [request(1), request(2, days=2), request(3, days=4)]
    found = places(requests, [platform()], event(REMOVED, 3))
    assert found.open == {3: (MAILCHIMP,)}
    assert found.completed == {1: NOON + 3 * DAY}
    assert places(requests, [platform()], event(REMOVED, 2)).open == {3: (MAILCHIMP,)}  # in the same second
    assert places(requests, [platform()], event(REMOVED, 1)).open == {2: (MAILCHIMP,)}


def test_a_later_request_for_all_mail_is_not_covered_by_one_for_a_list() -> None:
    requests = [request(1, scope="News"), request(2, days=1), request(3, days=2, scope="News")]
    assert places(requests, [platform()]).open == {1: (MAILCHIMP,), 2: (MAILCHIMP,)}
    assert places(requests, [platform()], event(REMOVED, 9)).open == {2: (MAILCHIMP,)}


def test_a_request_found_active_runs_again_and_covers_the_later_ones() -> None:
    requests = [request(1), request(2, days=2)]
    found = places(requests, [platform()], event(REMOVED, 3), event(OPEN, 5))
    assert found == Places({1: (MAILCHIMP,)}, {})


def test_a_platform_s_own_export_does_not_cover_what_is_to_be_done_there() -> None:
    """It says that the person left, not that she was seen to have left after somebody asked again."""
    own = request(1, origin="mailchimp")
    found = places([own, request(2, days=1)], [platform(known="mailchimp"), platform(OUTLOOK)])
    assert found.open == {1: (OUTLOOK,), 2: (MAILCHIMP,)}


@pytest.mark.parametrize(
    "without_clock", [{"channel": Channel.BOUNCE}, {"kind": Kind.HASH, "key": "ab" * 16}]
)
def test_a_bounce_and_a_hash_are_nothing_to_do_and_cover_nothing(without_clock: dict[str, object]) -> None:
    first = request(1, **without_clock)
    assert places([first], [platform()]) == Places({}, {})
    assert places([first], []) == Places({}, {})
    assert places([first, request(2, days=1)], [platform()]).open == {2: (MAILCHIMP,)}


# -- platforms where nobody is kept any more


def test_a_retired_platform_is_nothing_to_do_but_leaves_the_others() -> None:
    assert places([request()], [retired(platform()), platform(OUTLOOK)]).open == {1: (OUTLOOK,)}


def test_what_was_open_at_the_only_platform_is_done_by_hand_once_that_is_retired() -> None:
    assert places([request()], [retired(platform())]) == Places({1: ()}, {})


def test_retiring_the_last_open_platform_completes_what_was_done_at_the_others() -> None:
    found = places([request()], [platform(), retired(platform(OUTLOOK))], event(REMOVED, 2))
    assert found == Places({}, {1: NOON + 2 * DAY})


def test_what_a_retired_platform_s_own_export_said_is_not_looked_for_by_hand() -> None:
    own = request(origin="mailchimp")
    assert places([own], [platform(known="mailchimp")]) == Places({}, {})
    assert places([own], [retired(platform(known="mailchimp"))]) == Places({}, {})
    assert places([own], [platform(known="mailchimp", since=1)]).open == {1: ()}  # nobody was kept there then


def test_who_was_found_active_at_a_platform_does_not_get_lost_when_it_is_retired() -> None:
    own = request(origin="mailchimp")
    mailchimp = retired(platform(known="mailchimp"))
    assert places([own], [mailchimp], event(OPEN)).open == {1: ()}
    assert places([own], [mailchimp], event(OPEN, 1), event(REMOVED, 2)).open == {}
    assert places([replace(own, done_at=NOON + DAY)], [mailchimp], event(OPEN)).open == {}


def test_no_two_platforms_share_their_events() -> None:
    found = places(
        [request(1), request(2, scope="News")],
        [platform(), platform(OUTLOOK)],
        event(REMOVED, number=1, at=MAILCHIMP),
        event(REMOVED, number=2, at=OUTLOOK),
    )
    assert found.open == {1: (OUTLOOK,)}
    assert found.completed == {}
