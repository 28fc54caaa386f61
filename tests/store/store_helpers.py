"""What the store's tests write into it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.domain.importing import Batch, Outcome
from optoutdesk.domain.platforms import Platform, TaskEvent, TaskState, Verification
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Acknowledgement,
    Channel,
    Evidence,
    Kind,
    OptIn,
    OptOutRequest,
    Received,
    SettingChange,
    received_at,
)
from optoutdesk.store import Staged, Staging, Store
from optoutdesk.store.staging import outcome_code
from optoutdesk.store.store import Subject

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
DAY = timedelta(days=1)
JANE: Subject = (Kind.ADDRESS, "jane@example.com")


def request(
    subject: Subject | str = JANE,
    received: Received | datetime = NOW - 14 * DAY,
    scope: str = ALL_MAIL,
    channel: Channel = Channel.PHONE,
    due: date = date(2026, 11, 25),
) -> OptOutRequest:
    kind, key = (Kind.ADDRESS, subject) if isinstance(subject, str) else subject
    if isinstance(received, datetime):
        received = received_at(received, "America/New_York")
    return OptOutRequest(
        id=0,
        kind=kind,
        key=key,
        given=key.title(),
        scope=scope,
        received=received,
        channel=channel,
        note="Bitte nicht mehr. \u2713",
        by="Ana",
        recorded_at=NOW,
        due=due,
        policy="can-spam",
        counting="Monday to Friday",
    )


def opt_in(subject: Subject = JANE, at: datetime = NOW, scope: str = ALL_MAIL) -> OptIn:
    return OptIn(0, *subject, scope, at, "Ana", "form of 3 May", NOW)


def clean_record(name: str = "list.csv") -> CleanRecord:
    return CleanRecord(
        at=NOW,
        by="Ana",
        scope=None,
        input_path=Path("/lists") / name,
        input_size=1200,
        input_sha256="ab" * 32,
        sheet=None,
        columns=("E-mail", "B"),
        rules={"keep_duplicates": False, "drop_address_only": True},
        rows=10,
        kept=7,
        reasons={"opted-out": 2, "duplicate": 1},
        trimmed=1,
        output_path=Path("/lists/list-clean.csv"),
        output_size=900,
        output_sha256="cd" * 32,
        removed_path=Path("/lists/list-removed.csv"),
        removed_size=300,
        removed_sha256="ef" * 32,
        suppressed_addresses=5,
        suppressed_domains=1,
        against_entry=3,
        against_head="01" * 32,
    )


def add(store: Store, *requests: OptOutRequest) -> list[OptOutRequest]:
    with store.act("record opt-out", by="Ana", now=NOW) as act:
        return act.add_requests(requests)


def staged(key: str = "kim@example.com", **changes: object) -> Staged:
    """An entry of a file."""
    entry = Staged(
        part=0,
        row=2,
        outcome=outcome_code(Outcome.NEW),
        many=0,
        kind="address",
        key=key,
        given=key,
        scope=ALL_MAIL,
        received_at="2026-11-20T05:00:00Z",
        received_day="2026-11-20",
        precision="day",
        zone="America/New_York",
        channel="platform-export",
        name="Kim",
        platform="Mailchimp",
        note="NORMAL",
        due="2026-12-07",
        overdue=0,
        reason="",
    )
    return entry._replace(**changes)


def batch(name: str = "list.csv", at: datetime = NOW) -> Batch:
    return Batch(at, "Ana", Path("/lists") / name, 99, "ab" * 32, "Mailchimp", {}, 1, 1, 0, 0, 0, 0, 0)


def bring_in(store: Store, *entries: Staged, of: Batch | None = None) -> Batch:
    """Import entries as a file of its own."""
    staging = Staging(store, "America/New_York")
    staging.add(entries)
    staging.compare()
    wanted = replace(of or batch(), requests=staging.counts().requests)
    with staging.act("import opt-outs", by="Ana", now=wanted.at) as act:
        imported = act.add_import(wanted, staging, "can-spam", "Monday to Friday")
    staging.close()
    return imported


def fill(store: Store) -> None:
    """Write something into every table that people fill by hand."""
    stored = add(store, request(), request("bob@example.com"), request((Kind.DOMAIN, "rival.example")))
    with store.act("mark done", by="Ben", now=NOW) as act:
        act.mark_done([(stored[1].id, NOW - DAY)], "Ben", NOW)
    with store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in())
    with store.act("clean list", by="Ana", now=NOW) as act:
        act.add_clean(clean_record())


def fill_imports(store: Store) -> None:
    """Write something into the tables that imports fill."""
    undone = bring_in(store, staged(), staged("lee@example.com"))
    bring_in(store, staged(), of=batch("again.csv"))
    with store.act("undo import", by="Ana", now=NOW) as act:
        act.undo_import(undone, NOW, "Ana")


def platform(name: str = "Mailchimp", since: date = date(2026, 11, 1), known: str = "mailchimp") -> Platform:
    return Platform(0, name, known, since, "Ana", NOW)


def verification(of: Platform) -> Verification:
    return Verification(
        of.id, NOW, "Ana", Path("/exports/audience.csv"), 99, "ab" * 32, "Mailchimp", 9, 5, 4, 3, 1, 1, 2
    )


def fill_desk(store: Store) -> None:
    """Write something into the tables that the deadline desk fills; needs requests 1 and 3 open."""
    with store.act("add platform", by="Ana", now=NOW) as act:
        mailchimp = act.add_platform(platform())
        paper = act.add_platform(platform("Paper list", known=""))
    with store.act("verify platform", by="Ana", now=NOW) as act:
        checked = act.add_verification(verification(mailchimp))
        act.add_task_events([TaskEvent(1, mailchimp.id, TaskState.VERIFIED, NOW, "Ana", NOW, checked.id)])
    with store.act("retire platform", by="Ana", now=NOW) as act:
        act.retire(paper.id, NOW, "Ana")
    with store.act("assign", by="Ana", now=NOW) as act:
        act.assign([1, 3], "Ben", NOW, "Ana")
        act.acknowledge(Acknowledgement(1, NOW, "Ana", "Thank you", "jane@example.com"))
        act.add_evidence([Evidence(1, "call-note.pdf", 12, "cd" * 32, "application/pdf", NOW, "Ana")])
        act.record_setting(SettingChange(NOW, "Ana", "holidays_count", "no", "yes", 2))


@contextmanager
def raw(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a file as any database tool does."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()
