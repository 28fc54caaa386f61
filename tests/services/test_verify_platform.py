"""A platform's own export beside what is on record: who is still active there, who left there unknown to us, who agrees."""

import hashlib
import os
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clock import NOW, ZONE
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import Cancelled, ListChangedError, NoAddressColumnError, UserError
from optoutdesk.domain.platforms import Platform, TaskState
from optoutdesk.domain.requests import Channel, Kind, OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.import_optouts import Options
from optoutdesk.services.verify_platform import Side, VerifyPlatform, VerifyPreview
from optoutdesk.settings import Settings, save_settings
from optoutdesk.spreadsheets.profiles import Field, load_platforms
from optoutdesk.store import staging

DAY = timedelta(days=1)
MADE = NOW - timedelta(hours=1)
"""When the exports are made: after what is on record by then."""
ESP = Path(__file__).parents[1] / "spreadsheets" / "esp"
SUBSCRIBED = "subscribed_email_audience_export_4a1b2c.csv"
UNSUBSCRIBED = "unsubscribed_email_audience_export_4a1b2c.csv"
CLEANED = "cleaned_email_audience_export_4a1b2c.csv"

Record = Callable[..., OptOutRequest]
Add = Callable[..., Platform]
Compare = Callable[..., VerifyPreview]


@pytest.fixture
def record(desk: Desk) -> Record:
    def make(address: str, day: date = date(2026, 11, 12), **how: object) -> OptOutRequest:
        service = desk.record_optout
        scope = str(how.get("scope", "all"))
        recorded, _ = service.record(
            service.parse([address], scope), service.received(day, NOW), now=NOW, by="Ana", **how
        )
        return recorded[0].request

    return make


@pytest.fixture
def add(desk: Desk) -> Add:
    def make(name: str = "Mailchimp", **how: str) -> Platform:
        return desk.platforms.add(name, date(2026, 1, 1), by="Ana", now=NOW, **how)[0]

    return make


def written(path: Path, text: str | bytes, at: datetime = MADE) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write an export of statuses, as a platform nobody knows gives it."""

    def make(statuses: Mapping[str, str], at: datetime = MADE, name: str = "audience.csv") -> Path:
        lines = ["Email,Status", *(f"{address},{status}" for address, status in statuses.items())]
        return written(tmp_path / name, "\n".join(lines) + "\n", at)

    return make


Export = Callable[..., Path]


def compare(
    desk: Desk, platform: Platform, path: Path, now: datetime = NOW, **options: object
) -> VerifyPreview:
    service = desk.verify_platform
    source = service.open(path, Options(**options) if options else None, now=now)
    return service.preview(platform.id, source, now=now)


def people(preview: VerifyPreview, side: Side) -> list[str]:
    return [row.key for row in preview.rows(side)]


def done(desk: Desk, platform: Platform, *requests: OptOutRequest, at: datetime = MADE - DAY) -> None:
    ids = [request.id for request in requests]
    desk.due_requests.mark_done(ids, now=NOW, by="Ben", at=at, platforms=[platform.id])


def state(desk: Desk, request: OptOutRequest, platform: Platform) -> str:
    [due] = desk.due_requests.with_tasks([request], date(2026, 11, 24))
    return next((task.state.value for task in due.tasks if task.platform.id == platform.id), "")


def to_do(desk: Desk, platform: Platform) -> list[str]:
    requests = [desk.store.request(number) for number in desk.platforms.ids_to_remove(platform.id)]
    return [request.key for request in requests if request is not None]


# -- the sides


def test_every_person_stands_on_the_side_that_both_lists_give(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform = add("Our own mailer")
    record("maria@example.com"), record("hello@example.com"), record("gone@example.com")
    record("news@example.com", scope="Newsletter")
    record("*@rival.example")
    path = export(
        {
            "MARIA@example.com": "Subscribed",
            "hello@example.com": "Unsubscribed",
            "petrov@example.com": "unsubscribed",
            "deb@example.com": "Cleaned",
            "joe@rival.example": "Subscribed",
            "news@example.com": "subscribed",
            "happy@example.com": "subscribed",
            "guest@example.com": "nonsubscribed",
            "odd@example.com": "on a sabbatical",
        }
    )
    with compare(desk, platform, path) as preview:
        counts = preview.counts
        assert (counts.rows, counts.active, counts.opted_out, counts.bounced) == (9, 4, 3, 1)
        assert counts.by == {side: len(people(preview, side)) for side in Side}
        assert people(preview, Side.STILL_ACTIVE) == ["maria@example.com", "joe@rival.example"]
        assert people(preview, Side.SINGLE_LIST) == ["news@example.com"]
        assert people(preview, Side.UNKNOWN_HERE) == ["petrov@example.com", "deb@example.com"]
        assert people(preview, Side.AGREE) == ["hello@example.com"]
        assert people(preview, Side.ABSENT) == ["gone@example.com"]
        [odd] = preview.rows(Side.REVIEW)
        assert (odd.given, odd.reason) == (
            "odd@example.com",
            "Status is “on a sabbatical”: not known to be an opt-out or none",
        )
        maria, joe = preview.rows(Side.STILL_ACTIVE)
        assert (maria.given, maria.there, maria.request.key) == (
            *("MARIA@example.com", "Subscribed", "maria@example.com"),
        )
        assert joe.request.key == "rival.example"  # by what bars him
        petrov, deb = preview.rows(Side.UNKNOWN_HERE)
        assert (petrov.there, petrov.bounced, petrov.request, petrov.there_day) == (
            *("Unsubscribed", False, None, None),
        )
        assert (deb.there, deb.bounced) == ("Bounced", True)
        assert (counts.verified, counts.reopened) == (1, 0)  # the others are still to do
    assert desk.verify_ledger().entries == 6  # nothing was written


def test_the_export_says_since_when_a_person_left(desk: Desk, add: Add, tmp_path: Path) -> None:
    path = written(
        tmp_path / "list.csv",
        "Email,Status,Unsubscribed at\nkim@example.com,unsubscribed,2026-11-13\nlee@example.com,unsubscribed,\n",
    )
    with compare(desk, add("Ours"), path) as preview:
        assert {row.key: row.there_day for row in preview.rows(Side.UNKNOWN_HERE)} == {
            "kim@example.com": date(2026, 11, 13),
            "lee@example.com": None,
        }


def test_whoever_is_opted_out_in_one_row_and_active_in_another_is_still_active(
    desk: Desk, record: Record, add: Add, tmp_path: Path
) -> None:
    """A platform with several lists names a person several times; one list is enough to be mailed."""
    platform, request = add("Ours"), record("jane@example.com")
    done(desk, platform, request)
    path = written(
        tmp_path / "lists.csv", "Email,Status\njane@example.com,unsubscribed\nJane@Example.com,subscribed\n"
    )
    with compare(desk, platform, path) as preview:
        assert people(preview, Side.STILL_ACTIVE) == ["jane@example.com"]
        assert people(preview, Side.AGREE) == []
        assert (preview.counts.verified, preview.counts.reopened) == (0, 1)


def test_a_person_with_an_opt_out_of_one_list_is_still_active_when_the_whole_domain_opted_out(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform = add("Ours")
    record("jane@rival.example", scope="Newsletter")
    domain = record("*@rival.example")
    with compare(desk, platform, export({"jane@rival.example": "subscribed"})) as preview:
        [row] = preview.rows(Side.STILL_ACTIVE)
        assert row.request.id == domain.id
        assert people(preview, Side.SINGLE_LIST) == []
        assert preview.ids_to_do(Side.STILL_ACTIVE) != []


def test_a_domain_is_not_done_while_somebody_of_it_is_there(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    """Also when that person opted out by name, which is then what is to be done."""
    platform = add("Ours")
    domain, jane = record("*@rival.example"), record("jane@rival.example")
    path = export({"jane@rival.example": "subscribed", "happy@example.com": "subscribed"})
    with compare(desk, platform, path) as preview:
        assert preview.absent_ids() == []
    done(desk, platform, domain, jane)
    with compare(desk, platform, path) as preview:
        assert (preview.counts.verified, preview.counts.reopened) == (0, 1)
        desk.verify_platform.record(preview, by="Ana", now=NOW)
    assert state(desk, domain, platform) == "removed"
    assert to_do(desk, platform) == ["jane@rival.example"]
    elsewhere = export({"happy@example.com": "subscribed"})
    done(desk, platform, jane, at=NOW)
    with compare(desk, platform, elsewhere) as preview:
        assert preview.counts.verified == 2


def test_an_export_of_one_list_shows_who_opted_out_of_that_list(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform = add("Ours")
    news = record("jane@example.com", scope="Newsletter")
    record("kim@example.com", scope="Offers")
    path = export({"jane@example.com": "subscribed", "kim@example.com": "subscribed"})
    with compare(desk, platform, path, scope="newsletter") as preview:
        [row] = preview.rows(Side.STILL_ACTIVE)
        assert row.request.id == news.id
        assert people(preview, Side.SINGLE_LIST) == ["kim@example.com"]


def test_who_opted_in_here_again_is_no_difference(
    desk: Desk, record: Record, add: Add, export: Export, tmp_path: Path
) -> None:
    platform, request = add("Ours"), record("jane@example.com", date(2026, 11, 2))
    done(desk, platform, request, at=datetime(2026, 11, 3, tzinfo=UTC))
    desk.opt_in_again.record(
        request,
        at=datetime(2026, 11, 10, tzinfo=UTC),
        who="Jane",
        how="on paper",
        evidence="a form",
        by="Ana",
        now=NOW,
    )
    with compare(desk, platform, export({"jane@example.com": "subscribed"})) as preview:
        assert not any(preview.counts.by.values())
        assert (preview.counts.verified, preview.counts.reopened) == (0, 0)
    before = written(
        tmp_path / "left.csv", "Email,Status,Unsubscribed at\njane@example.com,unsubscribed,2026-11-02\n"
    )
    with compare(desk, platform, before) as preview:
        assert people(preview, Side.UNKNOWN_HERE) == people(preview, Side.AGREE) == []
        assert preview.counts.verified == 0


@pytest.mark.parametrize("spelled", ["Jane Doe <JANE@example.com>", "jane@example.com; kim@example.com"])
@pytest.mark.parametrize("status", ["nonsubscribed", "nobody knows"])
def test_a_person_named_in_whatever_way_is_not_absent(
    desk: Desk, record: Record, add: Add, tmp_path: Path, spelled: str, status: str
) -> None:
    platform, request = add("Ours"), record("jane@example.com")
    path = written(
        tmp_path / "list.csv", f'Email,Status\n"{spelled}",{status}\nhappy@example.com,subscribed\n'
    )
    with compare(desk, platform, path) as preview:
        assert preview.absent_ids() == []
    done(desk, platform, request)
    with compare(desk, platform, path) as preview:
        assert preview.counts.verified == 0


def test_pages_of_a_side_come_in_the_order_of_the_export(desk: Desk, add: Add, export: Export) -> None:
    names = [f"p{number}@example.com" for number in (3, 1, 4, 5, 9, 2, 6)]
    with compare(desk, add("Ours"), export(dict.fromkeys(names, "unsubscribed"))) as preview:
        first = preview.rows(Side.UNKNOWN_HERE, limit=3)
        rest = preview.rows(Side.UNKNOWN_HERE, after=first[-1].number, limit=10)
        assert [row.key for row in (*first, *rest)] == names


# -- what is recorded


def test_a_comparison_is_recorded_with_the_file_s_hash_as_evidence(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform, other = add("Ours"), add("Paper list")
    jane, kim = record("jane@example.com"), record("kim@example.com")
    done(desk, platform, jane)
    path = export({"jane@example.com": "unsubscribed", "kim@example.com": "unsubscribed"})
    with compare(desk, platform, path) as preview:
        assert preview.counts.verified == 2  # Kim was not said to be removed, but the export shows it
        verification, changes = desk.verify_platform.record(preview, by="Ben", now=NOW + DAY)
    assert changes == Changes.REQUESTS | Changes.PLATFORMS
    assert verification.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (verification.path, verification.size, verification.rows) == (path, path.stat().st_size, 2)
    assert (verification.by, verification.at) == ("Ben", NOW + DAY)
    assert (verification.active, verification.opted_out, verification.agree) == (0, 2, 2)
    assert (verification.verified, verification.differences) == (2, 0)
    assert desk.platforms.verifications(platform.id) == [verification]
    assert desk.platforms.verifications(other.id) == []
    assert state(desk, jane, platform) == state(desk, kim, platform) == "verified"
    assert state(desk, jane, other) == "open"
    history = desk.register.history(Kind.ADDRESS, "jane@example.com", NOW)
    assert [(event.state, event.verification) for event in history.events] == [
        (TaskState.REMOVED, None),
        (TaskState.VERIFIED, verification.id),
    ]
    assert history.verifications == {verification.id: verification}
    [ours, _] = desk.platforms.all(NOW)
    assert ours.last == verification
    entry = desk.store.last_entry()
    assert entry is not None
    assert (entry.act, entry.by) == ("verify platform", "Ben")
    assert desk.verify_ledger().holds


def test_who_was_removed_and_is_still_active_is_open_again_with_the_old_due_date(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform, request = add("Ours"), record("jane@example.com")
    done(desk, platform, request)
    assert desk.due_requests.today(NOW).open == 0
    with compare(desk, platform, export({"jane@example.com": "subscribed"})) as preview:
        assert preview.ids_to_do(Side.STILL_ACTIVE) == []
        assert preview.counts.reopened == 1
        verification, _ = desk.verify_platform.record(preview, by="Ben", now=NOW)
    [due] = desk.due_requests.today(NOW).requests
    assert (due.request.id, due.request.due) == (request.id, date(2026, 11, 27))
    [task] = due.open_tasks
    assert (task.state, task.by, task.verification) == (TaskState.OPEN, "Ben", verification.id)
    with compare(desk, platform, export({"jane@example.com": "subscribed"})) as again:
        assert again.counts.reopened == 0
        assert again.ids_to_do(Side.STILL_ACTIVE) == [request.id]
    assert desk.verify_ledger().holds


def test_of_several_requests_of_a_person_the_strictest_is_open_again(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform = add("Ours")
    first, _ = record("jane@example.com"), record("jane@example.com", date(2026, 11, 16))
    done(desk, platform, first)
    with compare(desk, platform, export({"jane@example.com": "subscribed"})) as preview:
        desk.verify_platform.record(preview, by="Ben", now=NOW)
    assert [due.request.id for due in desk.due_requests.today(NOW).requests] == [first.id]
    assert desk.store.count_requests() == 2


def test_a_bounce_is_nothing_to_open_again(desk: Desk, record: Record, add: Add, export: Export) -> None:
    platform = add("Ours")
    record("bounced@example.com", channel=Channel.BOUNCE)
    with compare(desk, platform, export({"bounced@example.com": "subscribed"})) as preview:
        assert people(preview, Side.STILL_ACTIVE) == ["bounced@example.com"]
        assert preview.counts.reopened == 0


def test_who_is_gone_from_an_export_of_active_people_is_verified(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform = add("Ours")
    removed, never, open_still = (record(f"{name}@example.com") for name in ("removed", "never", "open"))
    done(desk, platform, removed)
    desk.due_requests.mark_done(
        [never.id], now=NOW, by="Ben", platforms=[platform.id], state=TaskState.NOT_THERE
    )
    with compare(desk, platform, export({"happy@example.com": "subscribed"})) as preview:
        assert preview.lists_active
        assert preview.counts.verified == 2
        assert preview.absent_ids() == [open_still.id]
        [row] = preview.rows(Side.ABSENT)
        assert (row.key, row.there, row.request.id) == ("open@example.com", "", open_still.id)
        desk.verify_platform.record(preview, by="Ana", now=NOW)
        ids = preview.absent_ids()
    assert [state(desk, each, platform) for each in (removed, never, open_still)] == [
        *("verified", "verified", "open")
    ]
    desk.due_requests.mark_done(ids, now=NOW, by="Ana", platforms=[platform.id], state=TaskState.NOT_THERE)
    assert to_do(desk, platform) == []


def test_an_export_of_those_who_left_says_nothing_of_the_others(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform, request = add("Ours"), record("jane@example.com")
    done(desk, platform, request)
    record("open@example.com")
    with compare(desk, platform, export({"kim@example.com": "unsubscribed"})) as preview:
        assert not preview.lists_active
        assert (preview.counts.verified, preview.absent_ids()) == (0, [])


def test_an_opt_out_of_one_list_there_does_not_verify_an_opt_out_of_all_mail(
    desk: Desk, record: Record, add: Add, tmp_path: Path
) -> None:
    platform = add("Ours")
    of_all, of_list = record("jane@example.com"), record("kim@example.com", scope="Newsletter")
    path = written(
        tmp_path / "left.csv",
        "Email,Status,List\njane@example.com,unsubscribed,Newsletter\nkim@example.com,unsubscribed,\n",
    )
    with compare(desk, platform, path) as preview:
        assert people(preview, Side.AGREE) == ["jane@example.com"]
        assert people(preview, Side.UNKNOWN_HERE) == ["kim@example.com"]  # of all mail: that is news
        desk.verify_platform.record(preview, by="Ana", now=NOW)
    assert state(desk, of_all, platform) == "open"
    assert state(desk, of_list, platform) == "verified"


# -- an old export


def test_an_export_made_before_the_removal_opens_nothing_again(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform, request = add("Ours"), record("jane@example.com")
    done(desk, platform, request, at=MADE)
    for at, reopened in ((MADE - timedelta(hours=1), 0), (MADE + timedelta(seconds=1), 1)):
        with compare(desk, platform, export({"jane@example.com": "subscribed"}, at)) as preview:
            assert people(preview, Side.STILL_ACTIVE) == ["jane@example.com"]
            assert preview.counts.reopened == reopened


@pytest.mark.parametrize(
    "statuses", [{"jane@example.com": "unsubscribed"}, {"happy@example.com": "subscribed"}]
)
def test_an_export_made_before_the_request_proves_nothing_of_it(
    desk: Desk, record: Record, add: Add, export: Export, statuses: dict[str, str]
) -> None:
    """She asked after it was made: whatever stood there then, it need not any more."""
    platform, request = add("Ours"), record("jane@example.com", date(2026, 11, 20))
    old, new = datetime(2026, 11, 19, 12, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC)
    with compare(desk, platform, export(statuses, old)) as preview:
        assert (preview.counts.verified, preview.absent_ids()) == (0, [])
    done(desk, platform, request)
    for at, verified in ((old, 0), (new, 1)):
        with compare(desk, platform, export(statuses, at)) as preview:
            assert preview.counts.verified == verified


def test_an_export_made_before_the_request_opens_nothing_again(
    desk: Desk, add: Add, tmp_path: Path, export: Export
) -> None:
    platform = add("Mailchimp")
    lines = (ESP / UNSUBSCRIBED).read_text("utf-8").splitlines()
    lines[1] = (
        lines[1].replace("ann.dole@postbox.example", "jane@example.com").replace("2026-03-02", "2026-11-20")
    )
    imports = desk.import_optouts
    path = written(tmp_path / UNSUBSCRIBED, "\n".join(lines[:2]) + "\n")
    with imports.preview(imports.open(path, now=NOW), now=NOW) as preview:
        imports.run(preview, by="Ana", now=NOW)
    assert desk.due_requests.today(NOW).open == 0
    for day, reopened in ((15, 0), (22, 1)):
        made = datetime(2026, 11, day, tzinfo=UTC)
        with compare(desk, platform, export({"jane@example.com": "subscribed"}, made)) as verified:
            assert verified.counts.reopened == reopened


def test_a_file_whose_clock_was_never_set_counts_as_of_now(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform, request = add("Ours"), record("jane@example.com")
    done(desk, platform, request)
    never_set = datetime(1980, 1, 1, tzinfo=UTC)
    with compare(desk, platform, export({"jane@example.com": "subscribed"}, never_set)) as preview:
        assert preview.counts.reopened == 1


# -- taking over


def test_who_left_there_is_taken_over_with_that_date_and_who_bounced_as_a_suppression(
    desk: Desk, add: Add, tmp_path: Path
) -> None:
    platform, _ = add("Mailchimp"), add("Outlook contacts")
    path = written(
        tmp_path / "audience.csv",
        "Email,Status,Changed\nkim@example.com,unsubscribed,2026-11-13\ndeb@example.com,cleaned,2026-11-02\n",
    )
    with compare(desk, platform, path, mapping={2: Field.RECEIVED}) as preview:
        imported, changes = desk.verify_platform.take_over(preview, by="Ben", now=NOW)
        assert people(preview, Side.UNKNOWN_HERE) == []
    assert changes & Changes.REQUESTS
    assert imported.batch.requests == 2
    assert imported.batch.origin == "mailchimp"
    assert imported.backup.exists()
    [kim] = desk.store.requests_about((Kind.ADDRESS, "kim@example.com"))
    [deb] = desk.store.requests_about((Kind.ADDRESS, "deb@example.com"))
    assert (kim.received.day, kim.due, kim.by) == (date(2026, 11, 13), date(2026, 11, 30), "Ben")
    assert (deb.channel, deb.has_clock) == (Channel.BOUNCE, False)
    [due] = desk.due_requests.today(NOW).requests
    assert [task.platform.name for task in due.open_tasks] == ["Outlook contacts"]  # Mailchimp knows it
    assert [
        answer.may_mail for answer in desk.check_address.check(["kim@example.com", "deb@example.com"])
    ] == [*(False, False)]
    with compare(desk, platform, path, mapping={2: Field.RECEIVED}) as again:
        assert people(again, Side.AGREE) == ["kim@example.com", "deb@example.com"]
        assert (again.counts.verified, again.counts.reopened) == (0, 0)
    assert desk.verify_ledger().holds


def test_what_one_of_her_own_platforms_says_is_done_there_too(desk: Desk, add: Add, export: Export) -> None:
    platform, other = add("Our own mailer"), add("Paper list")
    with compare(desk, platform, export({"kim@example.com": "unsubscribed"})) as preview:
        desk.verify_platform.take_over(preview, by="Ben", now=NOW)
    [kim] = desk.store.requests_about((Kind.ADDRESS, "kim@example.com"))
    assert state(desk, kim, platform) == "verified"
    assert to_do(desk, platform) == []
    assert to_do(desk, other) == ["kim@example.com"]


def test_who_left_one_list_there_and_is_mailed_for_another_is_to_be_removed(
    desk: Desk, add: Add, tmp_path: Path
) -> None:
    platform = add("Mailchimp")
    path = written(
        tmp_path / "audiences.csv",
        "Email,Status\njane@example.com,unsubscribed\njane@example.com,subscribed\n",
    )
    with compare(desk, platform, path) as preview:
        assert people(preview, Side.UNKNOWN_HERE) == ["jane@example.com"]
        desk.verify_platform.take_over(preview, by="Ben", now=NOW)
        assert people(preview, Side.STILL_ACTIVE) == ["jane@example.com"]
    assert to_do(desk, platform) == ["jane@example.com"]
    assert desk.verify_ledger().holds


def test_a_later_date_there_of_someone_known_is_no_new_request(
    desk: Desk, record: Record, add: Add, tmp_path: Path
) -> None:
    """The removal there may be what it dates."""
    platform, other = add("Mailchimp"), add("Paper list")
    jane = record("jane@example.com", date(2026, 11, 10))
    desk.due_requests.mark_done([jane.id], now=NOW, by="Ben", at=date(2026, 11, 11))
    path = written(
        tmp_path / "left.csv",
        "Email,Status,Unsubscribed at\njane@example.com,unsubscribed,2026-11-12\n"
        "kim@example.com,unsubscribed,2026-11-12\n",
    )
    with compare(desk, platform, path) as preview:
        desk.verify_platform.take_over(preview, by="Ben", now=NOW)
    assert len(desk.store.requests_about((Kind.ADDRESS, "jane@example.com"))) == 1
    assert to_do(desk, other) == ["kim@example.com"]


def test_taking_over_can_be_undone(desk: Desk, record: Record, add: Add, export: Export) -> None:
    platform, other = add("Our own mailer"), add("Paper list")
    jane = record("jane@example.com")
    path = export({"kim@example.com": "unsubscribed", "jane@example.com": "unsubscribed"})
    with compare(desk, platform, path) as preview:
        imported, _ = desk.verify_platform.take_over(preview, by="Ben", now=NOW)
    assert set(to_do(desk, other)) == {"kim@example.com", "jane@example.com"}
    plan, _ = desk.undo_import.undo(imported.batch.id, by="Ana", now=NOW)
    assert plan.withdrawn == 1
    assert to_do(desk, other) == ["jane@example.com"]
    assert state(desk, jane, platform) == "verified"  # what the export showed stays shown
    assert desk.check_address.check(["kim@example.com"])[0].may_mail
    assert desk.verify_ledger().holds
    with compare(desk, platform, path) as again:
        assert people(again, Side.UNKNOWN_HERE) == ["kim@example.com"]


# -- differences that were seen to


def test_a_comparison_is_resolved_once_every_difference_was_seen_to(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform = add("Mailchimp")
    jane = record("jane@example.com")
    path = export({"jane@example.com": "subscribed", "kim@example.com": "unsubscribed"})
    with compare(desk, platform, path) as preview:
        found, _ = desk.verify_platform.record(preview, by="Ana", now=NOW)
        assert found.differences == 2
        assert desk.platforms.resolved(found) is None
        imported, _ = desk.verify_platform.take_over(preview, by="Ana", now=NOW + timedelta(hours=1))
    assert desk.platforms.resolved(found) is None
    removed = NOW + timedelta(hours=2)
    desk.due_requests.mark_done([jane.id], now=removed, by="Ana", platforms=[platform.id])
    assert desk.platforms.resolved(found) == removed
    record("later@example.com")  # came after it and does not belong to it
    desk.undo_import.undo(imported.batch.id, by="Ana", now=NOW + timedelta(hours=3))
    assert desk.platforms.resolved(found) is None


def test_a_comparison_without_differences_has_nothing_to_resolve(
    desk: Desk, add: Add, export: Export
) -> None:
    with compare(desk, add("Ours"), export({"happy@example.com": "subscribed"})) as preview:
        found, _ = desk.verify_platform.record(preview, by="Ana", now=NOW)
    assert found.differences == 0
    assert desk.platforms.resolved(found) is None


def test_those_still_active_go_out_in_the_platform_s_shape(
    desk: Desk, record: Record, add: Add, export: Export, tmp_path: Path
) -> None:
    platform = add("Mailchimp")
    jane, domain = record("jane@example.com"), record("*@rival.example")
    path = export(
        {"joe@rival.example": "subscribed", "JANE@example.com": "subscribed", "a@b.example": "cleaned"}
    )
    with compare(desk, platform, path) as preview:
        out = desk.verify_platform.export_still_active(preview, tmp_path / "out.csv")
        assert sorted(preview.ids_to_do(Side.STILL_ACTIVE)) == sorted(out.ids)
    # The domain itself cannot be uploaded: here the people of it can.
    assert (tmp_path / "out.csv").read_text() == "Email Address\njoe@rival.example\njane@example.com\n"
    assert (out.entries, out.left_out) == (2, 0)
    assert set(out.ids) == {jane.id, domain.id}
    desk.due_requests.mark_done(out.ids, now=NOW, by="Ana", platforms=[platform.id])
    assert to_do(desk, platform) == []


# -- the exports there are


@pytest.fixture
def mailchimp(record: Record, add: Add) -> Platform:
    """Everyone of the three sample files is on record but Bo Reyes and the one who bounced."""
    platform = add()
    record("ann.dole@postbox.example"), record("dee@finchandsons.example"), record("kim@example.com")
    return platform


def sample(folder: Path, name: str) -> Path:
    return written(folder / name, (ESP / name).read_bytes())


def test_mailchimp_s_three_files_are_compared_one_by_one(
    desk: Desk, mailchimp: Platform, tmp_path: Path
) -> None:
    def sides(name: str) -> dict[Side, list[str]]:
        path = sample(tmp_path, name)
        source = desk.verify_platform.open(path, now=NOW)
        assert desk.verify_platform.sure(mailchimp.id, source)
        assert desk.verify_platform.other_platform(mailchimp.id, source) == ""
        with compare(desk, mailchimp, path) as preview:
            return {side: found for side in Side if (found := people(preview, side))}

    assert sides(SUBSCRIBED) == {
        Side.STILL_ACTIVE: ["dee@finchandsons.example"],
        Side.ABSENT: ["ann.dole@postbox.example", "kim@example.com"],  # as far as this file alone tells
    }
    assert sides(UNSUBSCRIBED) == {
        Side.AGREE: ["ann.dole@postbox.example"],
        Side.UNKNOWN_HERE: ["bo.reyes@netlane.example"],
    }
    assert sides(CLEANED) == {Side.UNKNOWN_HERE: ["gone@pondside.example"]}


def test_mailchimp_s_zip_is_compared_at_once(desk: Desk, mailchimp: Platform, tmp_path: Path) -> None:
    path = tmp_path / "audience.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in (SUBSCRIBED, UNSUBSCRIBED, CLEANED):
            archive.write(ESP / name, name)
    os.utime(path, (MADE.timestamp(), MADE.timestamp()))
    source = desk.verify_platform.open(path, now=NOW)
    assert desk.verify_platform.sure(mailchimp.id, source)
    with compare(desk, mailchimp, path) as preview:
        assert {side: people(preview, side) for side in Side} == {
            Side.STILL_ACTIVE: ["dee@finchandsons.example"],
            Side.UNKNOWN_HERE: ["bo.reyes@netlane.example", "gone@pondside.example"],
            Side.AGREE: ["ann.dole@postbox.example"],
            Side.SINGLE_LIST: [],
            Side.REVIEW: [],
            Side.ABSENT: ["kim@example.com"],
        }
        assert (preview.counts.rows, preview.counts.active, preview.counts.opted_out) == (4, 1, 3)
        assert preview.counts.bounced == 1
        found, _ = desk.verify_platform.record(preview, by="Ana", now=NOW)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "subscribed contacts" in found.profile_name


def test_whoever_stands_in_a_file_of_contacts_is_there(
    desk: Desk, record: Record, add: Add, tmp_path: Path
) -> None:
    platform = add("Outlook contacts", known="outlook")
    zoe, kim = record("zoe@postbox.example"), record("kim@example.com")
    done(desk, platform, zoe, kim)
    path = sample(tmp_path, "outlook.csv")
    assert desk.verify_platform.sure(platform.id, desk.verify_platform.open(path, now=NOW))
    with compare(desk, platform, path) as preview:
        assert people(preview, Side.STILL_ACTIVE) == ["zoe@postbox.example"]
        assert people(preview, Side.UNKNOWN_HERE) == []
        assert (preview.counts.verified, preview.counts.reopened) == (1, 1)  # Kim is gone from it
        desk.verify_platform.record(preview, by="Ana", now=NOW)
    assert to_do(desk, platform) == ["zoe@postbox.example"]
    assert state(desk, kim, platform) == "verified"


PLAIN = [
    "Email\n",
    "",
    "Name,E-mail\n",
    "Email,Created on\n",
    "E-mail,Date\n",
    "Email,Added on\n",
    "Email,When they joined\n",
]


@pytest.mark.parametrize("header", PLAIN)
def test_a_plain_list_of_one_of_her_own_platforms_names_who_is_there(
    desk: Desk, record: Record, add: Add, tmp_path: Path, header: str
) -> None:
    """A date beside an address is that of signing up, unless it says otherwise: nobody is verified by it."""
    platform, jane = add("QuickBooks"), record("jane@example.com")
    done(desk, platform, jane)
    columns = header.strip().split(",")
    more = {"Name": "Jane", "Email": "{}", "E-mail": "{}", "": "{}"}
    row = ",".join(more.get(column, "2026-11-01") for column in columns)
    text = header + "".join(row.format(each) + "\n" for each in ("jane@example.com", "happy@example.com"))
    with compare(desk, platform, written(tmp_path / "customers.csv", text)) as preview:
        assert preview.lists_active
        assert people(preview, Side.STILL_ACTIVE) == ["jane@example.com"]
        assert people(preview, Side.UNKNOWN_HERE) == people(preview, Side.AGREE) == []
        assert (preview.counts.verified, preview.counts.reopened) == (0, 1)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("unsubscribed.csv", "Email"),
        ("bounces from our shop.csv", "Email"),
        ("list.csv", "Email,Unsubscribed at"),
        ("list.csv", "Email,Opted out on"),
        ("list.csv", "Email,Removed on"),
    ],
)
def test_a_list_of_those_who_left_says_so_by_its_name_or_its_columns(
    desk: Desk, record: Record, add: Add, tmp_path: Path, name: str, header: str
) -> None:
    platform, jane = add("QuickBooks"), record("jane@example.com")
    row = "jane@example.com,2026-11-13" if "," in header else "jane@example.com"
    with compare(desk, platform, written(tmp_path / name, f"{header}\n{row}\n")) as preview:
        assert people(preview, Side.AGREE) == ["jane@example.com"]
        desk.verify_platform.record(preview, by="Ana", now=NOW)
    assert state(desk, jane, platform) == "verified"


def test_she_can_say_that_all_in_a_list_left(desk: Desk, record: Record, add: Add, tmp_path: Path) -> None:
    platform = add("QuickBooks")
    record("jane@example.com")
    path = written(tmp_path / "list.csv", "Email\njane@example.com\n")
    service = desk.verify_platform
    source = service.open(path, now=NOW)
    with service.preview(platform.id, source, now=NOW) as preview:
        assert people(preview, Side.STILL_ACTIVE) == ["jane@example.com"]
    corrected = service.correct(source, 0, Options(all_opted_out=True))
    with service.preview(platform.id, corrected, now=NOW) as preview:
        assert people(preview, Side.AGREE) == ["jane@example.com"]


@pytest.mark.parametrize(
    ("name", "other"), [("outlook.csv", "outlook"), ("hubspot.csv", "hubspot"), (UNSUBSCRIBED, "")]
)
def test_another_platform_s_file_is_named(
    desk: Desk, add: Add, tmp_path: Path, name: str, other: str
) -> None:
    platform, own = add(), add("QuickBooks")
    source = desk.verify_platform.open(sample(tmp_path, name), now=NOW)
    named = load_platforms()[other].name if other else ""
    assert desk.verify_platform.other_platform(platform.id, source) == named
    assert desk.verify_platform.sure(platform.id, source) == (not other)
    assert desk.verify_platform.other_platform(own.id, source) == ""  # of her own nothing is known
    assert not desk.verify_platform.sure(own.id, source)


def test_a_file_nobody_knows_is_no_other_platform_s_and_not_surely_this_one_s(
    desk: Desk, add: Add, export: Export
) -> None:
    platform = add()
    source = desk.verify_platform.open(export({"jane@example.com": "subscribed"}), now=NOW)
    assert desk.verify_platform.other_platform(platform.id, source) == ""
    assert not desk.verify_platform.sure(platform.id, source)


# -- what is refused, and what happens meanwhile


def test_what_this_program_took_out_of_a_list_is_no_export(desk: Desk, add: Add, tmp_path: Path) -> None:
    path = sample(tmp_path, "customers-removed.csv")
    with pytest.raises(UserError, match=r"took out of a list\. Choose an export"):
        compare(desk, add(), path)


def test_a_file_without_addresses_is_refused(desk: Desk, add: Add, tmp_path: Path) -> None:
    path = written(tmp_path / "orders.csv", "Order,Total\n1,20\n2,30\n")
    with pytest.raises(NoAddressColumnError, match="Say which one does"):
        compare(desk, add(), path)


def test_a_list_of_which_nothing_is_taken_is_refused(desk: Desk, add: Add, export: Export) -> None:
    with pytest.raises(UserError, match=r"nothing to compare in audience\.csv"):
        compare(desk, add(), export({"jane@example.com": "subscribed"}), take=False)


def test_while_a_question_is_open_nothing_is_compared(desk: Desk, add: Add, tmp_path: Path) -> None:
    text = "Email,Unsubscribed at\njane@example.com,03/04/2026\nkim@example.com,05/06/2026\n"
    path = written(tmp_path / "list.csv", text)
    with pytest.raises(UserError, match=r"dates in list\.csv can be read in two ways"):
        compare(desk, add(), path)


def test_a_file_that_changed_since_it_was_opened_is_not_compared(
    desk: Desk, add: Add, export: Export
) -> None:
    platform = add()
    path = export({"jane@example.com": "subscribed"})
    source = desk.verify_platform.open(path, now=NOW)
    export({"jane@example.com": "unsubscribed"})
    with pytest.raises(ListChangedError, match="was changed while it was read"):
        desk.verify_platform.preview(platform.id, source, now=NOW)
    path.unlink()
    with pytest.raises(UserError, match=r"audience\.csv"):
        desk.verify_platform.preview(platform.id, source, now=NOW)


def test_what_is_recorded_between_looking_and_recording_counts(
    desk: Desk, record: Record, add: Add, export: Export
) -> None:
    platform, jane = add("Ours"), record("jane@example.com")
    with compare(
        desk, platform, export({"jane@example.com": "unsubscribed", "kim@example.com": "unsubscribed"})
    ) as preview:
        assert preview.counts.by[Side.UNKNOWN_HERE] == 1
        kim = record("kim@example.com")
        done(desk, platform, jane)
        found, _ = desk.verify_platform.record(preview, by="Ana", now=NOW)
        assert preview.counts.by[Side.UNKNOWN_HERE] == found.unknown_here == 0
        assert (found.agree, found.verified) == (2, 2)
    assert state(desk, jane, platform) == state(desk, kim, platform) == "verified"
    assert desk.verify_ledger().holds


def stop_at(phase: int) -> Callable[[int, int], None]:
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls > phase:
            raise Cancelled

    return progress


def test_a_cancelled_comparison_leaves_nothing(
    desk: Desk, record: Record, add: Add, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_CHUNK", 1)  # so that progress is told row by row
    platform, jane = add("Ours"), record("jane@example.com")
    path = export(
        {"jane@example.com": "unsubscribed"} | {f"p{n}@example.com": "subscribed" for n in range(20)}
    )
    service, entry = desk.verify_platform, desk.store.last_entry()
    source = service.open(path, now=NOW)
    for phase in (0, 1, 15):
        with pytest.raises(Cancelled):
            service.preview(platform.id, source, now=NOW, progress=stop_at(phase))
    with service.preview(platform.id, source, now=NOW) as preview:
        record("more@example.com")  # so that recording has to compare once more
        entry = desk.store.last_entry()
        with pytest.raises(Cancelled):
            service.record(preview, by="Ana", now=NOW, progress=stop_at(0))
        assert desk.store.last_entry() == entry
        assert desk.platforms.verifications(platform.id) == []
        found, _ = service.record(preview, by="Ana", now=NOW)
    assert (found.agree, found.verified) == (1, 1)
    assert state(desk, jane, platform) == "verified"
    assert desk.verify_ledger().holds


def test_a_comparison_waits_in_no_one_s_way(desk: Desk, record: Record, add: Add, export: Export) -> None:
    """Two previews of one platform and an import in between; each records what holds then."""
    platform, jane = add("Ours"), record("jane@example.com")
    path = export({"jane@example.com": "unsubscribed", "kim@example.com": "unsubscribed"})
    with compare(desk, platform, path) as one, compare(desk, platform, path) as two:
        desk.verify_platform.take_over(one, by="Ana", now=NOW)
        found, _ = desk.verify_platform.record(two, by="Ben", now=NOW)
        assert (found.unknown_here, found.agree, found.verified) == (0, 2, 0)
    assert state(desk, jane, platform) == "verified"


def test_settings_that_change_meanwhile_do_not_move_what_was_shown(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    save_settings(folder / "settings.json", Settings(time_zone=ZONE, person="Ana"))
    desk = Desk(folder, now=lambda: NOW)
    platform, _ = desk.platforms.add("Ours", date(2026, 1, 1), by="Ana", now=NOW)
    path = written(tmp_path / "list.csv", "Email,Status\nkim@example.com,unsubscribed\n")
    service: VerifyPlatform = desk.verify_platform
    with service.preview(platform.id, service.open(path, now=NOW), now=NOW) as preview:
        desk.change_settings(Settings(time_zone=ZONE, person="Ben"))
        service.take_over(preview, by="Ben", now=NOW)
    assert [request.key for request in desk.store.requests_about((Kind.ADDRESS, "kim@example.com"))] == [
        "kim@example.com"
    ]
    desk.close()
