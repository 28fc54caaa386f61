"""When the differences that a verification found were all seen to."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from export_samples import mailchimp_zip
from optoutdesk.desk import Desk
from optoutdesk.domain.platforms import Platform, Verification
from optoutdesk.domain.requests import Channel, OptOutRequest

MARIA, PETROV, JANE = "maria.ortiz@lakeside.example", "z.petrov@kestrel.example", "jane@shop.example"
THEN = datetime(2026, 11, 20, 16, tzinfo=UTC)


def record(desk: Desk, address: str, day: date, now: datetime) -> OptOutRequest:
    service = desk.record_optout
    entries = service.find(address).entries
    made, _ = service.record(entries, service.received(day, now), now=now, by="Ana", channel=Channel.PHONE)
    return made[0].request


@pytest.fixture
def mailchimp(desk: Desk) -> Platform:
    return desk.platforms.add("Mailchimp", date(2026, 1, 1), by="Ana", now=THEN)[0]


def verified(desk: Desk, platform: Platform, path: Path, *, take_over: bool = False) -> Verification:
    service = desk.verify_platform
    with service.preview(platform.id, service.open(path, now=THEN), now=THEN) as preview:
        found, _ = service.record(preview, by="Ana", now=THEN)
        if take_over:
            service.take_over(preview, by="Ana", now=THEN + timedelta(hours=1))
    return found


def test_without_differences_there_is_nothing_to_resolve(
    desk: Desk, mailchimp: Platform, tmp_path: Path
) -> None:
    found = verified(desk, mailchimp, mailchimp_zip(tmp_path, active=[JANE]))
    assert desk.platforms.resolved(found) is None


def test_who_was_still_active_has_to_be_removed(desk: Desk, mailchimp: Platform, tmp_path: Path) -> None:
    maria = record(desk, MARIA, date(2026, 11, 10), THEN - timedelta(days=2))
    found = verified(desk, mailchimp, mailchimp_zip(tmp_path, active=[MARIA, JANE]))
    assert desk.platforms.resolved(found) is None
    desk.due_requests.mark_done([maria.id], now=desk.now(), by="Ana")
    assert desk.platforms.resolved(found) == desk.now()


def test_what_came_later_is_another_matter(desk: Desk, mailchimp: Platform, tmp_path: Path) -> None:
    maria = record(desk, MARIA, date(2026, 11, 10), THEN - timedelta(days=2))
    found = verified(desk, mailchimp, mailchimp_zip(tmp_path, active=[MARIA]))
    soon = THEN + timedelta(hours=2)
    desk.due_requests.mark_done([maria.id], now=soon, by="Ana")
    later = record(desk, JANE, date(2026, 11, 23), desk.now())
    assert desk.platforms.resolved(found) == soon
    desk.due_requests.mark_done([later.id], now=desk.now(), by="Ana")
    assert desk.platforms.resolved(found) == soon


def test_who_was_unknown_has_to_be_taken_over_and_stay_so(
    desk: Desk, mailchimp: Platform, tmp_path: Path
) -> None:
    path = mailchimp_zip(tmp_path, active=[JANE], left=[(PETROV, "2026-11-12 10:00:00")])
    found = verified(desk, mailchimp, path, take_over=True)
    assert desk.platforms.resolved(found) == THEN + timedelta(hours=1)
    (batch,) = desk.undo_import.batches()
    desk.undo_import.undo(batch.id, by="Ana", now=desk.now())
    assert desk.platforms.resolved(found) is None
