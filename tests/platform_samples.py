"""The platforms of the sample business, and exports of them: for the pictures of the window."""

from datetime import UTC, date, datetime
from pathlib import Path

import import_samples
from export_samples import mailchimp_zip
from optoutdesk.desk import Desk
from optoutdesk.domain.platforms import Platform
from optoutdesk.domain.requests import ALL_MAIL, Kind

SINCE = date(2026, 11, 10)
MARIA, HELLO = "maria.ortiz@lakeside.example", "hello@brightpaws.example"
SALES = "sales@ferrystreet.example"


def add_platforms(desk: Desk, folder: Path) -> None:
    """Add three platforms: five are to be removed in Mailchimp, one in each of the others; two of them were verified."""
    now = desk.now()
    names = ("Mailchimp", "Outlook contacts", "QuickBooks")
    mailchimp, outlook, books = (desk.platforms.add(name, SINCE, by="Ana", now=now)[0] for name in names)
    folder.mkdir()
    left = [(each, "2026-10-30 10:00:00") for each in _older(desk)]
    verify(desk, mailchimp, mailchimp_zip(folder, active=[import_samples.person(1)], left=left), 2)
    rows = [
        ["Customer", "E-mail"],
        ["Orders", "orders@pinecrest.example"],
        ["Jane", import_samples.person(2)],
    ]
    verify(desk, books, import_samples.write(folder / "customers.csv", rows), 3)
    resolved = datetime(2026, 11, 3, 16, tzinfo=UTC)
    again = [_request(desk, "orders@pinecrest.example")]
    desk.due_requests.mark_done(again, now=resolved, by="Ana", platforms=[books.id])
    for platform, stays in ((outlook, MARIA), (books, SALES)):
        ids = [i for i in desk.platforms.ids_to_remove(platform.id) if i != _request(desk, stays)]
        desk.due_requests.mark_done(ids, now=now, by="Ana", platforms=[platform.id])
    desk.due_requests.assign([_request(desk, MARIA)], "Ben", now=now, by="Ana")


def verify(desk: Desk, platform: Platform, path: Path, day: int) -> None:
    """Verify a platform with an export on a day of November."""
    service, now = desk.verify_platform, datetime(2026, 11, day, 15, tzinfo=UTC)
    with service.preview(platform.id, service.open(path, now=now), now=now) as preview:
        service.record(preview, by="Ana", now=now)


def _request(desk: Desk, address: str) -> int:
    return desk.register.history(Kind.ADDRESS, address, desk.now()).requests[0].id


def _older(desk: Desk) -> list[str]:
    from optoutdesk.store import RegisterFilter

    page = desk.register.page(RegisterFilter(received_to=date(2026, 11, 1)), limit=200)
    left_all = (row for row in page.rows if row.request.scope == ALL_MAIL and not row.lifted)
    return [row.request.key for row in left_all if row.request.kind is Kind.ADDRESS]


def audience(desk: Desk, folder: Path) -> Path:
    """Return what Mailchimp gives today: the five are active there, nine others left, three bounced."""
    active = [each.request.key for each in desk.platforms.to_remove(1, desk.now()).requests]
    active += [import_samples.person(number) for number in range(300, 360)]
    left = [(each, "2026-10-30 10:00:00") for each in _older(desk)]
    left += [
        (import_samples.person(number), f"2026-11-{19 - number % 9:02} 10:00:00") for number in range(1, 10)
    ]
    bounced = [(import_samples.person(number), "2026-11-13 06:00:00") for number in range(11, 14)]
    return mailchimp_zip(folder, active, left, bounced)
