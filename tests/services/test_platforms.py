"""Platforms are named and retired; each request is to be done where people are kept, and goes out in the file it takes."""

import csv
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import NOW, ZONE
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import OutputError, UsageError, UserError
from optoutdesk.domain.platforms import Platform, TaskEvent, TaskState
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, Received, received_on
from optoutdesk.services.changes import Changes
from optoutdesk.services.due_requests import Due, DueFilter, DueGroup, GroupBy, Urgency
from optoutdesk.services.platforms import AddPlan
from optoutdesk.settings import Settings, save_settings
from optoutdesk.spreadsheets.profiles import load_platforms

DAY = timedelta(days=1)
LONG_AGO, LATER = date(2026, 1, 1), date(2026, 11, 20)
DONE = Changes.REQUESTS | Changes.PLATFORMS
Record = Callable[..., OptOutRequest]
Add = Callable[..., Platform]


@pytest.fixture
def record(desk: Desk) -> Record:
    """Put a request on record, received on 12 November (due on the 27th) unless said otherwise."""

    def make(
        address: str = "jane@example.com", day: date = date(2026, 11, 12), **how: object
    ) -> OptOutRequest:
        service = desk.record_optout
        scope = str(how.get("scope", ALL_MAIL))
        recorded, _ = service.record(
            service.parse([address], scope), service.received(day, NOW), now=NOW, by="Ana", **how
        )
        return recorded[0].request

    return make


@pytest.fixture
def add(desk: Desk) -> Add:
    def make(name: str = "Mailchimp", since: date = LONG_AGO, **how: str) -> Platform:
        return desk.platforms.add(name, since, by="Ana", now=NOW, **how)[0]

    return make


def states(desk: Desk, request: OptOutRequest) -> dict[str, str]:
    """How a request stands at each platform."""
    [due] = desk.due_requests.with_tasks([request], date(2026, 11, 24))
    return {task.platform.name: task.state.value for task in due.tasks}


def open_at(desk: Desk) -> dict[str, set[str]]:
    """Where each open request is to be done, by its key; an empty set: wherever she sends from."""
    return {
        due.request.key: {task.platform.name for task in due.open_tasks}
        for due in desk.due_requests.today(NOW).requests
    }


def done(desk: Desk, *requests: OptOutRequest, there: Platform | None = None, **how: object) -> Changes:
    platforms = None if there is None else [there.id]
    return desk.due_requests.mark_done(
        [request.id for request in requests], **{"now": NOW, "by": "Ben", "platforms": platforms} | how
    )


def still_active(desk: Desk, platform: Platform, *requests: OptOutRequest, now: datetime = NOW) -> None:
    """Record what a comparison finds: these people are still active there."""
    with desk.store.act("verify platform", by="Ana", now=now) as act:
        act.add_task_events(
            TaskEvent(request.id, platform.id, TaskState.OPEN, now, "Ana", now) for request in requests
        )


# -- naming them


def test_a_platform_is_known_by_its_name_or_its_id(desk: Desk, add: Add) -> None:
    assert add("  MailChimp ").known == "mailchimp"
    assert add("constant-contact").known == "constant-contact"
    assert add("Our list at Brevo").known == ""
    assert add("Newsletter", known="brevo").known == "brevo"
    assert [standing.platform.name for standing in desk.platforms.all(NOW)] == [
        *("MailChimp", "constant-contact", "Our list at Brevo", "Newsletter")
    ]


def test_what_she_can_pick_from_comes_by_name_and_without_the_unknown_one(desk: Desk) -> None:
    names = [platform.name for platform in desk.platforms.known()]
    assert names == sorted(names, key=str.casefold)
    assert {"Mailchimp", "Outlook contacts", "Google Contacts"} <= set(names)
    assert {platform.id for platform in desk.platforms.known()} == load_platforms().keys() - {"none"}


@pytest.mark.parametrize("name", ["Mailchimp", " mailCHIMP  "])
def test_a_name_in_use_is_refused_and_nothing_is_stored(desk: Desk, add: Add, name: str) -> None:
    add()
    entry = desk.store.last_entry()
    with pytest.raises(UserError, match=r"There is a platform “[mM]ail(?i:chimp)” already"):
        add(name)
    assert desk.store.last_entry() == entry
    assert len(desk.platforms.all(NOW, retired=True)) == 1


def test_the_name_of_a_retired_platform_is_free_again(desk: Desk, add: Add) -> None:
    first = add()
    desk.platforms.retire(first.id, by="Ana", now=NOW)
    second = add()
    assert second.id != first.id
    assert desk.platforms.named("mailchimp") == second


@pytest.mark.parametrize("name", ["", "  \t ", "x" * 61])
def test_a_platform_needs_a_name_that_can_be_shown(desk: Desk, add: Add, name: str) -> None:
    with pytest.raises(UserError, match="at most 60 characters"):
        add(name)
    assert desk.platforms.all(NOW) == []


def test_a_day_that_lies_ahead_is_refused_by_the_business_s_own_calendar(desk: Desk) -> None:
    evening = datetime(2026, 11, 25, 3, tzinfo=UTC)  # still the 24th in New York
    with pytest.raises(UserError, match="lies ahead"):
        desk.platforms.add("Mailchimp", date(2026, 11, 25), by="Ana", now=evening)
    platform, changes = desk.platforms.add("Mailchimp", date(2026, 11, 24), by="Ana", now=evening)
    assert changes == DONE
    assert (platform.since, platform.by, platform.added_at) == (date(2026, 11, 24), "Ana", evening)


@pytest.mark.parametrize("known", ["nobody-knows-it", "none", "Mailchimp"])
def test_an_unknown_kind_of_platform_is_refused_with_those_that_are_known(desk: Desk, known: str) -> None:
    with pytest.raises(UsageError, match=f"“{known}” is no known platform. Known are: .*mailchimp"):
        desk.platforms.add("Ours", LONG_AGO, known=known, by="Ana", now=NOW)


def test_a_text_names_a_platform_in_any_spelling(desk: Desk, add: Add) -> None:
    paper, chimp = add("Paper list"), add("Our newsletter", known="mailchimp")
    assert desk.platforms.named("paper  LIST ") == paper
    assert desk.platforms.named("mailchimp") == chimp
    assert desk.platforms.get(chimp.id) == chimp


@pytest.mark.parametrize("text", ["Outlook", "", "list", "mailchimp"])
def test_a_text_that_names_none_or_several_is_refused_with_those_there_are(
    desk: Desk, add: Add, text: str
) -> None:
    add("Paper list")
    add("Shop", known="mailchimp")
    add("Newsletter", known="mailchimp")  # two accounts: which one is meant has to be said
    with pytest.raises(UsageError, match="There are: Paper list, Shop, Newsletter"):
        desk.platforms.named(text)


def test_without_a_platform_the_refusal_says_how_to_add_one(desk: Desk, add: Add) -> None:
    desk.platforms.retire(add().id, by="Ana", now=NOW)
    with pytest.raises(UsageError, match=r"no platform yet.*platforms add NAME"):
        desk.platforms.named("Mailchimp")


# -- adding


def test_adding_asks_from_when_on_and_suggests_the_oldest_open_request(desk: Desk, record: Record) -> None:
    platforms = desk.platforms
    assert platforms.suggested_since(NOW) == platforms.oldest(NOW) == date(2026, 11, 24)
    old = record("old@example.com", date(2026, 10, 1))
    record("new@example.com", date(2026, 11, 12))
    assert platforms.suggested_since(NOW) == date(2026, 10, 1)
    done(desk, old)
    assert platforms.suggested_since(NOW) == date(2026, 11, 12)
    assert platforms.oldest(NOW) == date(2026, 10, 1)


def test_what_came_since_then_is_to_be_done_there_and_the_rest_stays_as_it_was(
    desk: Desk, record: Record, add: Add
) -> None:
    record("before@example.com", date(2026, 11, 12))
    record("since@example.com", date(2026, 11, 13))
    finished = record("done@example.com", date(2026, 11, 16))
    done(desk, finished)
    assert desk.platforms.plan_add(date(2026, 11, 13), NOW) == AddPlan(to_do=2, overdue=0, reopened=1)
    add("Mailchimp", date(2026, 11, 13))
    assert open_at(desk) == {
        "before@example.com": set(),
        "since@example.com": {"Mailchimp"},
        "done@example.com": {"Mailchimp"},  # she had not thought of Mailchimp
    }
    record("after@example.com", date(2026, 11, 24))
    assert open_at(desk)["after@example.com"] == {"Mailchimp"}
    assert desk.verify_ledger().holds


def test_an_old_request_that_comes_to_light_later_is_to_be_done_there(
    desk: Desk, record: Record, add: Add
) -> None:
    record("before@example.com", date(2025, 12, 1))
    add("Mailchimp", date(2026, 11, 13))
    record("at-once@example.com", date(2025, 12, 1))  # whatever the clock says
    assert open_at(desk) == {"before@example.com": set(), "at-once@example.com": {"Mailchimp"}}
    assert desk.verify_ledger().holds


def test_the_plan_counts_who_is_overdue(desk: Desk, record: Record, add: Add) -> None:
    record("late@example.com", date(2026, 11, 6))
    record("later@example.com", date(2026, 11, 2))
    record("today@example.com", date(2026, 11, 9))
    assert desk.platforms.plan_add(date(2026, 11, 3), NOW) == AddPlan(to_do=2, overdue=1, reopened=0)
    add(since=date(2026, 11, 3))
    [standing] = desk.platforms.all(NOW)
    assert (standing.to_remove, standing.overdue) == (2, 1)


def test_a_second_request_of_a_person_is_one_thing_to_do(desk: Desk, record: Record, add: Add) -> None:
    record(day=date(2026, 11, 12))
    record(day=date(2026, 11, 16))
    record(day=date(2026, 11, 17), scope="Newsletter")
    assert desk.platforms.plan_add(LONG_AGO, NOW).to_do == 1
    assert desk.platforms.plan_add(date(2026, 11, 16), NOW).to_do == 1  # the second one covers the third
    add()
    [due] = desk.due_requests.today(NOW).requests
    assert due.request.received.day == date(2026, 11, 12)


def test_who_agreed_to_one_list_only_is_counted_too(desk: Desk, record: Record, add: Add) -> None:
    request = record()
    desk.opt_in_again.record(
        request, at=NOW, who="Jane", how="by phone", evidence="a note", by="Ana", now=NOW, scope="Newsletter"
    )
    assert desk.platforms.plan_add(LONG_AGO, NOW).to_do == 1
    add()
    assert open_at(desk) == {"jane@example.com": {"Mailchimp"}}


_PEOPLE = ["jane@example.com", "kim@example.com", "*@rival.example"]
_REQUESTS = st.lists(
    st.tuples(st.sampled_from(_PEOPLE), st.integers(1, 18), st.sampled_from(["all", "News"]), st.booleans()),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(_REQUESTS, st.integers(1, 18), st.lists(st.integers(0, 5), max_size=3))
def test_the_plan_says_what_adding_does(
    tmp_path_factory: pytest.TempPathFactory,
    requests: list[tuple[str, int, str, bool]],
    since: int,
    finished: list[int],
) -> None:
    folder = tmp_path_factory.mktemp("data")
    save_settings(folder / "settings.json", Settings(time_zone=ZONE, person="Ana"))
    desk = Desk(folder, now=lambda: NOW)
    service = desk.record_optout
    for address, day, scope, bounced in requests:
        service.record(
            service.parse([address], scope),
            service.received(date(2026, 11, day), NOW),
            now=NOW,
            by="Ana",
            scope=scope,
            channel=Channel.BOUNCE if bounced else Channel.PHONE,
        )
    desk.due_requests.mark_done([number + 1 for number in finished], now=NOW, by="Ana")
    before = {request.id for request in desk.store.open_requests()}
    plan = desk.platforms.plan_add(date(2026, 11, since), NOW)
    desk.platforms.add("Paper list", date(2026, 11, since), by="Ana", now=NOW)
    [standing] = desk.platforms.all(NOW)
    there = set(desk.platforms.ids_to_remove(standing.platform.id))
    assert (plan.to_do, plan.overdue, plan.reopened) == (
        *(standing.to_remove, standing.overdue),
        len(there - before),
    )
    desk.close()


# -- who has nothing to do there


def bring_in(desk: Desk, folder: Path, text: str, origin: str | None = None) -> None:
    path = folder / "unsubscribed.csv"
    path.write_text(text, encoding="utf-8")
    imports = desk.import_optouts
    with imports.preview(imports.open(path, now=NOW), now=NOW) as preview:
        imports.run(preview, by="Ana", now=NOW, origin=origin)


MAILCHIMP_UNSUBSCRIBED = (
    "Email Address,First Name,Last Name,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,"
    "UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS\n"
    "jane@example.com,,,2026-11-13 15:00:00,,,NORMAL,,1,a,,\n"
)


def test_what_a_platform_s_own_export_brought_is_to_be_done_at_the_others_only(
    desk: Desk, add: Add, tmp_path: Path
) -> None:
    add("Mailchimp")
    add("Outlook contacts", known="outlook")
    bring_in(desk, tmp_path, MAILCHIMP_UNSUBSCRIBED)
    assert open_at(desk) == {"jane@example.com": {"Outlook contacts"}}
    [request] = desk.store.open_requests()
    assert states(desk, request) == {"Mailchimp": "verified", "Outlook contacts": "open"}


def test_without_another_platform_it_is_done_with_the_import(desk: Desk, add: Add, tmp_path: Path) -> None:
    mailchimp = add("Mailchimp")
    bring_in(desk, tmp_path, MAILCHIMP_UNSUBSCRIBED)
    assert open_at(desk) == {}
    assert desk.verify_ledger().holds
    assert desk.platforms.plan_add(LONG_AGO, NOW, "mailchimp").to_do == 0  # a second account of hers
    assert desk.platforms.plan_add(LONG_AGO, NOW).to_do == 1
    [request] = desk.store.requests_about((Kind.ADDRESS, "jane@example.com"))
    still_active(desk, mailchimp, request)  # what the platform said does not hold any more
    assert open_at(desk) == {"jane@example.com": {"Mailchimp"}}


def test_a_file_that_is_nobody_s_own_export_is_to_be_done_everywhere(
    desk: Desk, add: Add, tmp_path: Path
) -> None:
    add("Mailchimp")
    add("Paper list")
    bring_in(desk, tmp_path, "E-mail,Unsubscribed at\njane@example.com,2026-11-13\n")
    assert open_at(desk) == {"jane@example.com": {"Mailchimp", "Paper list"}}


def test_a_bounce_and_a_hash_are_suppressed_with_nothing_to_do(desk: Desk, record: Record, add: Add) -> None:
    record("bounced@example.com", channel=Channel.BOUNCE)
    digest = "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"
    received = received_on(date(2026, 11, 12), ZONE)
    with desk.store.act("record opt-out", by="Ana", now=NOW) as act:
        act.add_requests([a_hash(digest, received)])
    assert desk.platforms.plan_add(LONG_AGO, NOW) == AddPlan(0, 0, 0)
    add()
    record("later@example.com", channel=Channel.BOUNCE)
    assert open_at(desk) == {}
    assert desk.platforms.all(NOW)[0].to_remove == 0
    assert desk.verify_ledger().holds


@pytest.mark.parametrize("day", [date(2026, 11, 12), date(2026, 11, 13)])
def test_who_asks_on_the_day_of_a_bounce_is_not_taken_for_the_bounce(
    desk: Desk, record: Record, add: Add, day: date
) -> None:
    add()
    record(channel=Channel.BOUNCE)
    record(day=day, channel=Channel.PHONE)
    assert open_at(desk) == {"jane@example.com": {"Mailchimp"}}
    record(day=day, channel=Channel.PHONE)
    record(day=day, channel=Channel.BOUNCE)  # the other way round it is nothing new
    assert desk.store.count_requests() == 2


@pytest.mark.parametrize(
    "files",
    [
        ["bounced unsubscribed"],
        ["unsubscribed bounced"],
        ["bounced", "unsubscribed"],
        ["unsubscribed", "bounced"],
        ["bounced", "bounced unsubscribed", "unsubscribed bounced"],
    ],
)
def test_nor_is_an_opt_out_in_a_file_with_the_date_of_a_bounce(
    desk: Desk, add: Add, tmp_path: Path, files: list[str]
) -> None:
    add()
    for statuses in files:
        rows = [f"jane@example.com,{status},2026-11-13\n" for status in statuses.split()]
        bring_in(desk, tmp_path, "E-mail,Status,Unsubscribed at\n" + "".join(rows), origin="")
    assert open_at(desk) == {"jane@example.com": {"Mailchimp"}}
    assert desk.store.count_requests() <= 2
    assert desk.verify_ledger().holds


def a_hash(digest: str, received: Received) -> OptOutRequest:
    return OptOutRequest(
        *(0, Kind.HASH, digest, digest, ALL_MAIL, received, Channel.OTHER, "", "Ana", NOW),
        *(date(2026, 11, 27), "can-spam", ""),
    )


# -- marking done


def test_done_at_one_platform_is_open_at_the_other_until_that_is_done_too(
    desk: Desk, record: Record, add: Add
) -> None:
    mailchimp, outlook = add(), add("Outlook contacts")
    request = record()
    assert done(desk, request, there=mailchimp) == DONE
    assert states(desk, request) == {"Mailchimp": "removed", "Outlook contacts": "open"}
    assert desk.due_requests.today(NOW).on_time is None
    done(desk, request, there=outlook, now=NOW + DAY, by="Ana", state=TaskState.NOT_THERE)
    assert states(desk, request) == {"Mailchimp": "removed", "Outlook contacts": "not-there"}
    assert open_at(desk) == {}
    stored = desk.store.request(request.id)
    assert stored is not None
    assert (stored.done_at, stored.done_by) == (NOW + DAY, "Ana")  # with the last of them
    assert desk.due_requests.today(NOW + DAY).on_time == 1.0
    assert desk.verify_ledger().holds


def test_done_everywhere_is_one_act_for_all(desk: Desk, record: Record, add: Add) -> None:
    add(since=date(2026, 11, 16))
    add("Outlook contacts")
    before = record("by-hand@example.com", date(2025, 12, 1))
    requests = [record("one@example.com"), record("two@example.com", date(2026, 11, 17)), before]
    entry = desk.store.last_entry()
    assert entry is not None
    assert done(desk, *requests) == DONE
    assert open_at(desk) == {}
    last = desk.store.last_entry()
    assert last is not None
    assert (last.seq, last.act, last.by) == (entry.seq + 1, "mark done", "Ben")
    assert done(desk, *requests) is Changes.NOTHING
    assert desk.verify_ledger().holds


def test_done_where_it_is_not_open_changes_nothing(desk: Desk, record: Record, add: Add) -> None:
    by_hand, mailchimp = record("old@example.com", date(2025, 12, 1)), add()
    request, outlook = record(), add("Outlook contacts", LATER)
    entry = desk.store.last_entry()
    assert done(desk, request, there=outlook) is Changes.NOTHING  # kept there only since it came
    assert done(desk, by_hand, there=mailchimp) is Changes.NOTHING
    assert done(desk, replace(request, id=99)) is Changes.NOTHING
    assert desk.due_requests.mark_done([], now=NOW, by="Ana") is Changes.NOTHING
    assert desk.due_requests.mark_done([request.id], now=NOW, by="Ana", platforms=[]) is Changes.NOTHING
    assert desk.store.last_entry() == entry
    assert open_at(desk) == {"jane@example.com": {"Mailchimp"}, "old@example.com": set()}


def test_a_day_without_a_time_is_its_first_moment_or_the_request_s_own(
    desk: Desk, record: Record, add: Add
) -> None:
    mailchimp = add()
    service = desk.record_optout
    came = datetime(2026, 11, 20, 19, tzinfo=UTC)
    [recorded], _ = service.record(
        service.parse(["kim@example.com"]), service.received(came, NOW), now=NOW, by="Ana"
    )
    request = record()
    done(desk, request, recorded.request, there=mailchimp)
    assert open_at(desk) == {}
    other = record("lee@example.com", date(2026, 11, 19))
    desk.due_requests.mark_done([other.id], now=NOW, by="Ben", at=date(2026, 11, 20))
    stored = desk.store.request(other.id)
    assert stored is not None
    assert stored.done_at == datetime(2026, 11, 20, 5, tzinfo=UTC)
    [late], _ = service.record(
        service.parse(["mia@example.com"]), service.received(came, NOW), now=NOW, by="Ana"
    )
    with pytest.raises(UserError, match="asked only after that"):
        desk.due_requests.mark_done([late.request.id], now=NOW, by="Ben", at=date(2026, 11, 19))
    desk.due_requests.mark_done([late.request.id], now=NOW, by="Ben", at=date(2026, 11, 20))
    stored = desk.store.request(late.request.id)
    assert stored is not None
    assert stored.done_at == came
    with pytest.raises(UserError, match="lies ahead"):
        desk.due_requests.mark_done([late.request.id], now=NOW, by="Ben", at=date(2026, 11, 25))


def test_one_request_that_came_later_refuses_the_whole_act(desk: Desk, record: Record, add: Add) -> None:
    add()
    early, late = record("early@example.com", date(2026, 11, 12)), record("late@example.com", LATER)
    with pytest.raises(UserError, match=r"late@example\.com asked only after that"):
        done(desk, early, late, at=datetime(2026, 11, 16, 12, tzinfo=UTC))
    assert len(open_at(desk)) == 2


# -- retiring


def test_retiring_keeps_the_past(desk: Desk, record: Record, add: Add) -> None:
    mailchimp, outlook = add(), add("Outlook contacts")
    finished, half = record("done@example.com"), record("half@example.com")
    done(desk, finished)
    done(desk, half, there=mailchimp)
    assert desk.platforms.retire(mailchimp.id, by="Ben", now=NOW + DAY) == DONE
    assert [each.platform.name for each in desk.platforms.all(NOW)] == ["Outlook contacts"]
    [kept, _] = desk.platforms.all(NOW, retired=True)
    assert (kept.platform.retired_at, kept.platform.retired_by) == (NOW + DAY, "Ben")
    assert states(desk, finished) == {"Mailchimp": "removed", "Outlook contacts": "removed"}
    assert states(desk, half) == {"Mailchimp": "removed", "Outlook contacts": "open"}
    history = desk.register.history(Kind.ADDRESS, "half@example.com", NOW)
    assert [(event.platform, event.state) for event in history.events] == [(mailchimp.id, TaskState.REMOVED)]
    assert history.platforms[mailchimp.id].name == "Mailchimp"
    assert open_at(desk) == {"half@example.com": {outlook.name}}
    assert desk.verify_ledger().holds


def test_a_platform_is_retired_once(desk: Desk, add: Add) -> None:
    mailchimp = add()
    desk.platforms.retire(mailchimp.id, by="Ana", now=NOW)
    entry = desk.store.last_entry()
    assert desk.platforms.retire(mailchimp.id, by="Ben", now=NOW + DAY) is Changes.NOTHING
    assert desk.store.last_entry() == entry


def test_what_was_open_only_there_does_not_vanish_but_is_done_by_hand(
    desk: Desk, record: Record, add: Add
) -> None:
    mailchimp = add()
    request = record()
    desk.platforms.retire(mailchimp.id, by="Ana", now=NOW)
    assert open_at(desk) == {"jane@example.com": set()}
    [group] = desk.due_requests.groups(NOW, GroupBy.PLATFORM)
    assert (group.key, group.platform, group.count) == ("by-hand", None, 1)
    assert done(desk, request) == DONE
    assert open_at(desk) == {}
    assert desk.verify_ledger().holds


def test_what_was_done_at_all_others_is_done_with_the_retirement(
    desk: Desk, record: Record, add: Add
) -> None:
    mailchimp, outlook = add(), add("Outlook contacts")
    request = record()
    done(desk, request, there=mailchimp, at=NOW - DAY)
    desk.platforms.retire(outlook.id, by="Ana", now=NOW)
    assert open_at(desk) == {}
    stored = desk.store.request(request.id)
    assert stored is not None
    assert stored.done_at == NOW - DAY
    assert desk.due_requests.today(NOW).on_time == 1.0


def test_who_was_found_still_active_does_not_vanish_with_the_platform(
    desk: Desk, record: Record, add: Add
) -> None:
    """It was done once, and then shown not to be: retiring the platform does not make that undone."""
    mailchimp = add()
    request = record()
    done(desk, request)
    still_active(desk, mailchimp, request, now=NOW + DAY)
    desk.platforms.retire(mailchimp.id, by="Ana", now=NOW + DAY)
    assert open_at(desk) == {"jane@example.com": set()}
    assert states(desk, request) == {}  # not at a platform that is in use no more
    assert desk.verify_ledger().holds
    done(desk, request, now=NOW + 2 * DAY)
    assert open_at(desk) == {}
    assert desk.verify_ledger().holds


def test_what_a_platform_said_itself_and_then_not_any_more_does_not_vanish_with_it(
    desk: Desk, add: Add, tmp_path: Path
) -> None:
    mailchimp = add()
    bring_in(desk, tmp_path, MAILCHIMP_UNSUBSCRIBED)
    [request] = desk.store.requests_about((Kind.ADDRESS, "jane@example.com"))
    still_active(desk, mailchimp, request)
    desk.platforms.retire(mailchimp.id, by="Ana", now=NOW + DAY)
    assert open_at(desk) == {"jane@example.com": set()}
    assert desk.verify_ledger().holds


def test_a_request_that_another_one_covered_is_not_lost_when_the_platforms_go(
    desk: Desk, record: Record, add: Add
) -> None:
    """Each step leaves the tables of open requests as the history has them, also where nothing was open there."""
    earlier = record(day=date(2026, 11, 3))  # it counts at Outlook alone
    chimp, outlook = add("Mailchimp", date(2026, 11, 13)), add("Outlook contacts", date(2026, 11, 2))
    later = record(day=date(2026, 11, 16))
    done(desk, later, there=chimp)
    assert open_at(desk) == {"jane@example.com": {"Outlook contacts"}}
    done(desk, earlier)
    desk.platforms.retire(outlook.id, by="Ana", now=NOW)
    desk.opt_in_again.record(
        earlier,
        at=datetime(2026, 11, 5, 12, tzinfo=UTC),
        who="Jane",
        how="on paper",
        evidence="a form",
        by="Ana",
        now=NOW,
    )
    desk.platforms.retire(chimp.id, by="Ana", now=NOW)
    assert desk.verify_ledger().wrong is None
    assert open_at(desk) == {"jane@example.com": set()}


# -- the file with the people to remove


UPLOADS = {key: known.upload for key, known in load_platforms().items() if known.upload is not None}
WITHOUT = sorted(load_platforms().keys() - UPLOADS.keys() - {"none"})


def sheet(path: Path, delimiter: str = ",") -> list[list[str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("known", sorted(UPLOADS))
def test_exactly_those_to_remove_go_out_in_the_platform_s_own_shape(
    desk: Desk, record: Record, add: Add, tmp_path: Path, known: str
) -> None:
    upload = UPLOADS[known]
    record("before@example.com", date(2025, 12, 31))
    platform, other = add("Ours", known=known), add("Paper list")
    kim, jane = record("kim@example.com"), record("Jane@Example.com", date(2026, 11, 11))
    domain, finished = record("*@rival.example"), record("done@example.com")
    done(desk, finished, there=platform)
    done(desk, jane, there=other)  # what is done elsewhere is still to do here
    exported = desk.platforms.export(platform.id, tmp_path / "out.csv")
    assert exported.files == (tmp_path / "out.csv",)
    assert sorted(exported.ids) == sorted([kim.id, jane.id])  # not the domain: it is not in the file
    assert (exported.entries, exported.left_out, exported.how) == (2, 1, upload.how)
    assert exported.unverified == upload.unverified
    rows = sheet(tmp_path / "out.csv", upload.delimiter)
    headers = [[column.header for column in upload.columns]] if upload.header_row else []
    assert rows[: len(headers)] == headers
    at = next(i for i, column in enumerate(upload.columns) if column.field == "address")
    assert [row[at] for row in rows[len(headers) :]] == ["jane@example.com", "kim@example.com"]
    assert all(len(row) == len(upload.columns) for row in rows)
    assert desk.due_requests.mark_done(exported.ids, now=NOW, by="Ana", platforms=[platform.id]) == DONE
    assert desk.platforms.ids_to_remove(platform.id) == [domain.id]
    assert states(desk, kim) == {"Ours": "removed", "Paper list": "open"}


@pytest.mark.parametrize("known", [*WITHOUT, ""])
def test_a_platform_without_an_upload_gets_a_plain_list_for_her_own_use(
    desk: Desk, record: Record, add: Add, tmp_path: Path, known: str
) -> None:
    platform = add("Ours", known=known)
    record("jane@example.com")
    record("jane@example.com", LATER, scope="Newsletter")
    record("kim@example.com", scope="=HYPERLINK(1)")
    domain = record("*@rival.example")
    [standing] = desk.platforms.all(NOW)
    assert not standing.can_upload
    assert standing.why_not == (load_platforms()[known].no_upload if known else "")
    exported = desk.platforms.export(platform.id, tmp_path / "out.csv")
    assert sheet(tmp_path / "out.csv") == [
        ["Address", "Received", "Scope", "Name"],
        ["jane@example.com", "2026-11-12", "all mail", ""],
        ["kim@example.com", "2026-11-12", "'=HYPERLINK(1)", ""],  # no formula for a spreadsheet program
        ["*@rival.example", "2026-11-12", "all mail", ""],
    ]
    assert domain.id in exported.ids
    assert len(exported.ids) == 3  # the second request about Jane is covered by the first
    assert (exported.left_out, exported.how, exported.unverified) == (0, "", ())


def test_a_person_with_two_requests_stands_in_the_file_once(
    desk: Desk, record: Record, add: Add, tmp_path: Path
) -> None:
    platform = add()
    news, offers = record(scope="Newsletter"), record(scope="Offers", day=LATER)
    exported = desk.platforms.export(platform.id, tmp_path / "out.csv")
    assert sheet(tmp_path / "out.csv") == [["Email Address"], ["jane@example.com"]]
    assert (sorted(exported.ids), exported.entries) == ([news.id, offers.id], 1)


def test_only_the_chosen_ones_go_out(desk: Desk, record: Record, add: Add, tmp_path: Path) -> None:
    platform = add()
    _, kim = record("jane@example.com"), record("kim@example.com")
    exported = desk.platforms.export(platform.id, tmp_path / "out.csv", ids=[kim.id])
    assert sheet(tmp_path / "out.csv") == [["Email Address"], ["kim@example.com"]]
    assert exported.ids == (kim.id,)
    assert desk.platforms.export(platform.id, tmp_path / "none.csv", ids=[]).ids == ()


def test_what_a_platform_cannot_take_at_once_comes_in_several_files(
    desk: Desk, add: Add, tmp_path: Path
) -> None:
    platform = add("Postmark")  # 50 addresses each
    service = desk.record_optout
    addresses = [f"person{number:03d}@example.com" for number in range(120)]
    service.record(service.parse(addresses), service.received(date(2026, 11, 12), NOW), now=NOW, by="Ana")
    exported = desk.platforms.export(platform.id, tmp_path / "out.csv")
    assert [path.name for path in exported.files] == ["out-1.csv", "out-2.csv", "out-3.csv"]
    assert [row for path in exported.files for row in sheet(path)[1:]] == [[each] for each in addresses]
    assert (len(exported.ids), exported.entries) == (120, 120)
    desk.due_requests.mark_done(exported.ids, now=NOW, by="Ana", platforms=[platform.id])
    assert desk.platforms.ids_to_remove(platform.id) == []


def test_a_file_that_is_there_is_not_written_over_unasked(
    desk: Desk, record: Record, add: Add, tmp_path: Path
) -> None:
    platform = add()
    record()
    target = tmp_path / "out.csv"
    target.write_text("mine")
    with pytest.raises(OutputError):
        desk.platforms.export(platform.id, target)
    assert target.read_text() == "mine"
    desk.platforms.export(platform.id, target, overwrite=True)
    assert sheet(target)[1:] == [["jane@example.com"]]
    with pytest.raises(UsageError, match=r"ends in \.csv"):
        desk.platforms.export(platform.id, tmp_path / "out.xlsx")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Mailchimp", "mailchimp-to-remove-2026-11-24.csv"),
        ("Ünsere / Liste: 2..", "ünsere-liste-2-to-remove-2026-11-24.csv"),
        ("***", "platform-to-remove-2026-11-24.csv"),
    ],
)
def test_the_file_has_a_name_that_says_what_it_is(
    desk: Desk, add: Add, tmp_path: Path, name: str, file: str
) -> None:
    assert desk.platforms.default_export(add(name).id, tmp_path, NOW) == tmp_path / file


def test_those_to_remove_come_by_due_date_page_by_page(desk: Desk, record: Record, add: Add) -> None:
    platform = add()
    add("Outlook contacts")
    days = {f"p{day}@example.com": date(2026, 11, day) for day in (20, 12, 9, 16, 6)}
    requests = {address: record(address, day) for address, day in days.items()}
    done(desk, requests["p16@example.com"], there=platform)
    expected = [requests[f"p{day}@example.com"].id for day in (6, 9, 12, 20)]
    assert desk.platforms.ids_to_remove(platform.id) == expected
    first = desk.platforms.to_remove(platform.id, NOW, limit=3)
    rest = desk.platforms.to_remove(platform.id, NOW, after=first.after, limit=3)
    assert [due.request.id for due in (*first.requests, *rest.requests)] == expected
    assert (len(first.requests), rest.after) == (3, None)
    assert desk.platforms.count_with_tasks() == 5


# -- how fast and in time


def test_the_share_on_time_and_the_hours_count_the_last_time_a_request_was_done(
    desk: Desk, record: Record, add: Add
) -> None:
    mailchimp = add()
    first, second, third = (record(f"p{n}@example.com") for n in range(3))  # due on 27 November
    midnight = datetime(2026, 11, 12, 5, tzinfo=UTC)
    for request, hours in ((first, 24), (second, 48), (third, 240)):
        desk.due_requests.mark_done(
            [request.id], now=NOW, by="Ana", at=midnight + timedelta(hours=hours), platforms=[mailchimp.id]
        )
    assert desk.due_requests.today(NOW).on_time == 1.0
    assert desk.due_requests.median_hours(NOW) == pytest.approx(48)
    still_active(desk, mailchimp, first, second)
    assert desk.due_requests.today(NOW).on_time == 1.0  # of the one that still stands as done
    assert desk.due_requests.median_hours(NOW) == pytest.approx(240)
    late = datetime(2026, 11, 30, 5, tzinfo=UTC)  # 18 days after the receipt
    desk.due_requests.mark_done([first.id, second.id], now=late, by="Ana")
    assert desk.due_requests.today(late).on_time == pytest.approx(1 / 3)
    assert desk.due_requests.median_hours(late) == pytest.approx(18 * 24)
    assert desk.register.counts(late).late == 2
    year_later = late + timedelta(days=400)
    assert desk.due_requests.today(year_later).on_time is None
    assert desk.due_requests.median_hours(year_later) is None


def test_a_verification_does_not_make_a_removal_late(desk: Desk, record: Record, add: Add) -> None:
    mailchimp = add()
    request = record()
    done(desk, request)
    with desk.store.act("verify platform", by="Ana", now=NOW + 30 * DAY) as act:
        later = NOW + 30 * DAY
        act.add_task_events([TaskEvent(request.id, mailchimp.id, TaskState.VERIFIED, later, "Ana", later)])
    assert desk.due_requests.today(NOW + 30 * DAY).on_time == 1.0
    assert states(desk, request) == {"Mailchimp": "verified"}


# -- who does it


def assign(desk: Desk, person: str, *requests: OptOutRequest, by: str = "Ana") -> Changes:
    return desk.due_requests.assign([request.id for request in requests], person, now=NOW, by=by)


def shown(due: Sequence[Due]) -> list[str]:
    return [item.request.key.partition("@")[0] for item in due]


def test_requests_are_given_to_somebody_in_one_act(desk: Desk, record: Record) -> None:
    jane, kim = record("jane@example.com"), record("kim@example.com")
    assert assign(desk, "  Ben   Okafor ", jane, kim, jane) == Changes.REQUESTS
    today = desk.due_requests.today(NOW)
    assert [due.assigned for due in today.requests] == ["Ben Okafor", "Ben Okafor"]
    entry = desk.store.last_entry()
    assert entry is not None
    assert (entry.seq, entry.act, entry.by) == (3, "assign", "Ana")
    assert assign(desk, "Ben Okafor", jane) is Changes.NOTHING
    assert desk.store.last_entry() == entry
    assert assign(desk, "Cleo", jane, kim) == Changes.REQUESTS
    assert assign(desk, "", kim) == Changes.REQUESTS
    assert [due.assigned for due in desk.due_requests.today(NOW).requests] == ["Cleo", ""]
    history = desk.register.history(Kind.ADDRESS, "jane@example.com", NOW)
    assert history.assigned == {jane.id: "Cleo"}
    assert desk.verify_ledger().holds


def test_a_filter_by_person_never_hides_what_is_overdue(desk: Desk, record: Record, add: Add) -> None:
    late = record("late@example.com", date(2026, 11, 6))
    add(since=date(2026, 11, 12))
    bens, cleos = record("bens@example.com"), record("cleos@example.com")
    record("nobodys@example.com")
    assign(desk, "Cleo", late, cleos)
    assign(desk, "Ben", bens)

    def wanted(person: str | None) -> list[str]:
        due = desk.due_requests.page(NOW, wanted=DueFilter(person=person)).requests
        assert shown(due) == shown(
            [
                item
                for group in desk.due_requests.groups(NOW, GroupBy.URGENCY, DueFilter(person=person))
                for item in desk.due_requests.page(NOW, group, DueFilter(person=person)).requests
            ]
        )
        return shown(due)

    assert wanted("Ben") == ["late", "bens"]
    assert wanted("Cleo") == ["late", "cleos"]
    assert wanted("") == ["late", "nobodys"]
    assert wanted("Zoe") == ["late"]
    assert len(wanted(None)) == 4
    by_hand, mailchimp = sorted(
        desk.due_requests.groups(NOW, GroupBy.PLATFORM, DueFilter(person="Ben")), key=lambda g: g.count
    )
    assert {by_hand.overdue, mailchimp.overdue} == {0, 1}


# -- groups and pages


@pytest.fixture
def many(desk: Desk, record: Record, add: Add) -> Collection[int]:
    """Thirty requests: overdue to on track, at no platform, one or two, some with a person; a few done."""
    requests = [
        record(f"p{number:02d}@example.com", date(2026, 11, 2) + (number % 11) * 2 * DAY)
        for number in range(30)
    ]
    one, two = add("Mailchimp", date(2026, 11, 6)), add("Outlook contacts", date(2026, 11, 16))
    done(desk, *requests[3:30:7], there=one)
    done(desk, *requests[6:30:9], there=two)
    done(desk, *requests[8:30:10])
    assign(desk, "Ben", *requests[::3])
    assign(desk, "Cleo", *requests[1::3])
    return {request.id for request in desk.store.open_requests()}


def paged(desk: Desk, group: DueGroup | None, wanted: DueFilter) -> list[Due]:
    found: list[Due] = []
    after = None
    while True:
        page = desk.due_requests.page(NOW, group, wanted, after, limit=4)
        assert len(page.requests) <= 4
        found += page.requests
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize("person", [None, "", "Ben", "Zoe"])
@pytest.mark.parametrize("by", list(GroupBy))
def test_groups_and_their_pages_add_up(
    desk: Desk, many: Collection[int], by: GroupBy, person: str | None
) -> None:
    wanted = DueFilter(person=person)
    every = paged(desk, None, wanted)
    assert len({due.request.id for due in every}) == len(every)
    if person is None:
        assert {due.request.id for due in every} == many
    overdue = {due.request.id for due in every if due.urgency is Urgency.OVERDUE}
    assert overdue == {r.id for r in desk.store.open_requests() if r.due < date(2026, 11, 24)}
    assert all(
        due.assigned == person for due in every if person is not None and due.urgency is not Urgency.OVERDUE
    )
    seen: list[int] = []
    for group in desk.due_requests.groups(NOW, by, wanted):
        inside = paged(desk, group, wanted)
        assert len(inside) == group.count > 0
        assert sum(due.urgency is Urgency.OVERDUE for due in inside) == group.overdue
        assert desk.due_requests.ids(NOW, group, wanted) == [due.request.id for due in inside]
        assert inside == sorted(inside, key=lambda due: (due.request.due, due.request.id))
        if by is GroupBy.DAY:
            assert {due.request.due for due in inside} == {group.day}
        if by is GroupBy.URGENCY:
            on_track = group.urgency is Urgency.ON_TRACK
            assert all((due.urgency is Urgency.ON_TRACK) is on_track for due in inside)
        if by is GroupBy.PLATFORM:
            assert all(
                (group.platform in [task.platform for task in due.open_tasks])
                if group.platform
                else not due.open_tasks
                for due in inside
            )
        seen += [due.request.id for due in inside]
    places = {due.request.id: max(len(due.open_tasks), 1) for due in every}
    expected = sum(places.values()) if by is GroupBy.PLATFORM else len(every)
    assert len(seen) == expected
    assert set(seen) == {due.request.id for due in every}


def test_days_come_in_their_order_and_what_needs_her_first(desk: Desk, many: Collection[int]) -> None:
    days = [group.day for group in desk.due_requests.groups(NOW, GroupBy.DAY)]
    assert days == sorted(set(days))
    urgent, on_track = desk.due_requests.groups(NOW, GroupBy.URGENCY)
    today = desk.due_requests.today(NOW)
    assert (urgent.urgency, urgent.count, urgent.overdue) == (Urgency.SOON, today.need_her, today.overdue)
    assert (on_track.urgency, on_track.count) == (Urgency.ON_TRACK, today.open - today.need_her)
    keys = [group.key for group in desk.due_requests.groups(NOW, GroupBy.PLATFORM)]
    assert keys == ["1", "2", "by-hand"]
    assert [group.key for group in desk.due_requests.groups(NOW, "day")] == [str(day) for day in days]


def test_one_platform_s_groups_are_of_that_platform_alone(desk: Desk, many: Collection[int]) -> None:
    [outlook] = [each.platform for each in desk.platforms.all(NOW) if each.platform.name != "Mailchimp"]
    there = desk.platforms.ids_to_remove(outlook.id)
    wanted = DueFilter(platform=outlook.id)
    assert desk.due_requests.ids(NOW, wanted=wanted) == there
    assert sum(group.count for group in desk.due_requests.groups(NOW, GroupBy.DAY, wanted)) == len(there)
    [group] = desk.due_requests.groups(NOW, GroupBy.PLATFORM, wanted)
    assert (group.platform, group.count) == (outlook, len(there))


def test_an_empty_desk_has_no_groups(desk: Desk) -> None:
    assert [desk.due_requests.groups(NOW, by) for by in GroupBy] == [[], [], []]
    page = desk.due_requests.page(NOW)
    assert (page.requests, page.after) == ((), None)
