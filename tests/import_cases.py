"""What each file in tests/spreadsheets/esp has to bring in, for the tests of the command line and of the window.

The business lives in New York. Where a time is written without a zone it counts in the business's own, unless it would
fall on an earlier day by the vendor's convention; undated requests were received by the day the file was saved.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import utime
from pathlib import Path
from typing import Any, NamedTuple

from optoutdesk.domain.importing import Outcome
from optoutdesk.store.register import RegisterFilter, RegisterPages
from optoutdesk.store.store import Store

FILES = Path(__file__).parent / "spreadsheets" / "esp"
SAVED = datetime(2026, 11, 20, 14, tzinfo=UTC)
"""When the files were saved."""

NEW, KNOWN, REVIEW = Outcome.NEW, Outcome.KNOWN, Outcome.REVIEW
ACTIVE, WRONG = Outcome.ACTIVE, Outcome.NOT_AN_ADDRESS


class Expected(NamedTuple):
    """A request that is on record after the import."""

    key: str
    received: str
    """The instant, ISO 8601 UTC."""
    day: str
    """The day in New York, from which the clock runs."""
    precision: str = "minute"
    scope: str = "all"
    channel: str = "platform-export"
    kind: str = "address"


@dataclass(frozen=True)
class Case:
    """One file."""

    profile: str
    requests: frozenset[Expected]
    counts: Mapping[Outcome, int]
    """Rows; outcomes that are not named have none."""
    left_out: tuple[tuple[int, Outcome, str], ...] = ()
    """Rows that are not imported: number, outcome and reason."""
    arguments: tuple[str, ...] = ()
    """What has to be said on the command line."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The same, as services.import_source.Options."""
    refused: str = ""
    """Pattern of the sentence with which the file is refused."""


def put(name: str, folder: Path) -> Path:
    """Copy a file into a folder as it was saved on the day the expectations count with."""
    path = folder / name
    shutil.copyfile(FILES / name, path)
    return saved(path)


def saved(path: Path) -> Path:
    """Date a file back to the day the expectations count with."""
    utime(path, (SAVED.timestamp(), SAVED.timestamp()))
    return path


def undated(
    key: str, scope: str = "all", channel: str = "platform-export", kind: str = "address"
) -> Expected:
    """Return a request without a date of its own."""
    return Expected(key, "2026-11-20T05:00:00+00:00", "2026-11-20", "unknown", scope, channel, kind)


def _at(key: str, received: str, **rest: str) -> Expected:
    return Expected(key, f"{received}+00:00", received[:10], **rest)


def _own(key: str, **rest: str) -> Expected:
    """17:40:05 on 2 March 2026 in New York, where Mailchimp's UTC and any vendor's Pacific time are of the same day."""
    return _at(key, "2026-03-02T22:40:05", **rest)


def _stated(key: str, **rest: str) -> Expected:
    """17:40:05 on 2 March 2026 where the file says that this is UTC."""
    return _at(key, "2026-03-02T17:40:05", **rest)


def _seconds(key: str, **rest: str) -> Expected:
    """1772445605 seconds since 1970."""
    return _at(key, "2026-03-02T10:00:05", **rest)


def _by(key: str, day: str, **rest: str) -> Expected:
    return Expected(key, f"{day}T05:00:00+00:00", day, "unknown", **rest)


def _contacts(profile: str, why: str) -> Case:
    return Case(profile, frozenset(), {ACTIVE: 1}, ((2, ACTIVE, why),), refused="contacts, not opt-outs")


ANN, BO, CY = "ann@postbox.example", "bo@netlane.example", "cy@pondside.example"
DEE, FAY, GONE = "dee@pondside.example", "fay@pondside.example", "gone@pondside.example"

CASES: dict[str, Case] = {
    "unsubscribed_email_audience_export_4a1b2c.csv": Case(
        "mailchimp-unsubscribed",
        frozenset({_own("ann.dole@postbox.example"), _at("bo.reyes@netlane.example", "2026-03-05T13:01:30")}),
        {NEW: 2},
    ),
    "cleaned_email_audience_export_4a1b2c.csv": Case(
        "mailchimp-cleaned", frozenset({_at(GONE, "2026-02-01T15:00:00", channel="bounce")}), {NEW: 1}
    ),
    "subscribed_email_audience_export_4a1b2c.csv": _contacts(
        "mailchimp-subscribed", "Mailchimp, subscribed contacts: a file of contacts, not of opt-outs"
    ),
    "rejects.csv": Case(
        "mandrill-rejects",
        frozenset(
            {
                _at(ANN, "2026-03-01T15:00:00"),
                _at(BO, "2026-03-01T15:00:00", channel="bounce"),
                _at(CY, "2026-03-01T15:00:00", channel="complaint"),
            }
        ),
        {NEW: 3, REVIEW: 1},
        ((5, REVIEW, "reason is “rule”: not known to be an opt-out or none"),),
    ),
    "suppression_unsubscribes.csv": Case(
        "sendgrid-unsubscribes",
        frozenset({_seconds(ANN)}),
        {NEW: 1, WRONG: 1},
        ((3, WRONG, "two @ signs"),),
    ),
    "asm_groups_1234_suppressions.csv": Case(
        "sendgrid-group-unsubscribes", frozenset({_seconds(BO, scope="SendGrid group 1234")}), {NEW: 1}
    ),
    "suppression_spam_reports.csv": Case(
        "sendgrid-spam-reports", frozenset({_seconds(CY, channel="complaint")}), {NEW: 1}
    ),
    "suppression_bounces.csv": Case(
        "sendgrid-bounces", frozenset({_seconds(GONE, channel="bounce")}), {NEW: 1}
    ),
    "suppression_invalid_emails.csv": Case(
        "sendgrid-invalid", frozenset({_seconds("dee@nowhere.example", channel="bounce")}), {NEW: 1}
    ),
    "constant-contact.csv": Case(
        "constant-contact",
        frozenset({_own(ANN)}),
        {NEW: 1, ACTIVE: 1, REVIEW: 1},
        (
            (3, ACTIVE, "Email permission status is “Express”"),
            (4, REVIEW, "Email permission status is “Express”, yet Confirmed Opt-Out Date is filled"),
        ),
    ),
    "klaviyo.csv": Case(
        "klaviyo",
        frozenset({_stated(ANN), undated(CY), undated(DEE, channel="bounce")}),
        {NEW: 3, ACTIVE: 2},
        (
            (3, ACTIVE, "Email Marketing Consent is “SUBSCRIBED”"),
            (6, ACTIVE, "Email Marketing Consent is “NEVER_SUBSCRIBED”"),
        ),
    ),
    "hubspot.csv": Case(
        "hubspot",
        frozenset(
            {
                undated(ANN),
                undated(BO, "Marketing Information"),
                undated(CY, channel="complaint"),
                undated(DEE, channel="bounce"),
                undated(FAY, "Marketing Information"),
                undated(FAY, "Shop news"),
            }
        ),
        {NEW: 5, ACTIVE: 1},
        ((6, ACTIVE, "no column says TRUE: no opt-out"),),
    ),
    "mailgun.csv": Case(
        "mailgun-unsubscribes",
        frozenset({_stated(ANN), _stated(BO, scope="newsletter"), _stated(BO, scope="offers"), _stated(CY)}),
        {NEW: 3},
    ),
    "ses-suppression.csv": Case(
        "amazon-ses-bulk",
        frozenset(
            {
                undated(GONE, channel="bounce"),
                undated(CY, channel="complaint"),
                undated(DEE, channel="bounce"),
            }
        ),
        {NEW: 3},
    ),
    "ses-list.csv": Case(
        "amazon-ses-list",
        frozenset({_by(CY, "2026-03-02", channel="complaint"), _by(GONE, "2026-03-02", channel="bounce")}),
        {NEW: 2},
    ),
    "aweber.csv": Case(
        "aweber",
        frozenset({_at(ANN, "2026-03-02T22:40:00")}),
        {NEW: 1, ACTIVE: 1},
        ((3, ACTIVE, "Stop Time is empty: no opt-out"),),
    ),
    "listmonk.csv": Case(
        "listmonk",
        frozenset({_by(ANN, "2026-03-02")}),
        {NEW: 1, ACTIVE: 1, REVIEW: 1},
        (
            (3, ACTIVE, "status is “enabled”"),
            (4, REVIEW, "status is “disabled”: not known to be an opt-out or none"),
        ),
    ),
    "google.csv": _contacts("google-contacts", "Google Contacts: a file of contacts, not of opt-outs"),
    "google-old.csv": _contacts("google-contacts", "Google Contacts: a file of contacts, not of opt-outs"),
    "outlook.csv": _contacts("outlook-contacts", "Outlook contacts: a file of contacts, not of opt-outs"),
    "customers-removed.csv": _contacts(
        "removed-rows",
        "Rows that Opt-Out Desk removed from a contact list: a file of contacts, not of opt-outs",
    ),
    "brevo.csv": Case(
        "brevo",
        frozenset({_by(ANN, "2026-03-02")}),
        {NEW: 1},
        arguments=("--all-opted-out",),
        options={"all_opted_out": True},
    ),
    "mailerlite.csv": Case(
        "mailerlite", frozenset({_own(ANN)}), {NEW: 1, ACTIVE: 1}, ((3, ACTIVE, "status is “active”"),)
    ),
    "campaign-monitor-suppression.csv": Case(
        "campaign-monitor-suppressed",
        frozenset({_own(ANN), _own(GONE, channel="bounce"), _own(BO)}),
        {NEW: 3},
    ),
    "campaign-monitor-list.csv": Case(
        "campaign-monitor-unsubscribed",
        frozenset({_own(ANN)}),
        {NEW: 1, ACTIVE: 1},
        ((3, ACTIVE, "State is “Active”"),),
    ),
    "postmark.csv": Case(
        "postmark",
        frozenset({_stated(ANN), _stated(CY, channel="complaint"), _stated(GONE, channel="bounce")}),
        {NEW: 3},
    ),
    "mailup.csv": Case(
        "mailup",
        frozenset({_own(ANN)}),
        {NEW: 1, ACTIVE: 1},
        ((3, ACTIVE, "OptOut_Date is empty: no opt-out"),),
    ),
    "promio.csv": Case(
        "promio",
        frozenset({_own(ANN, channel="list-unsubscribe"), _own(CY, channel="complaint"), _own(BO)}),
        {NEW: 3},
    ),
    "cordial.csv": Case(
        "cordial",
        frozenset({undated(ANN)}),
        {NEW: 1, ACTIVE: 1},
        ((3, ACTIVE, "channels.email.subscribeStatus is “subscribed”"),),
    ),
}


def recorded(data: Path) -> list[Expected]:
    """Return all requests that are on record in a data folder."""
    store = Store(data / "optoutdesk.sqlite")
    try:
        assert store.verify().holds
        page = RegisterPages(store).page(RegisterFilter(), limit=10_000)
        return [
            Expected(
                row.request.key,
                row.request.received.instant.isoformat(),
                row.request.received.day.isoformat(),
                row.request.received.precision.value,
                row.request.scope,
                row.request.channel.value,
                row.request.kind.value,
            )
            for row in page.rows
        ]
    finally:
        store.close()
