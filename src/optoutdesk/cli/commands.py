"""The commands: each takes the desk and its arguments, prints, and returns an exit code."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from optoutdesk.cli.codes import COULD_NOT, DONE, SUPPRESSED
from optoutdesk.cli.plain import plain
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, Precision, scope_name

if TYPE_CHECKING:
    from optoutdesk.services.check_address import Answer
    from optoutdesk.services.due_requests import Due
    from optoutdesk.services.evidence import Kept


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def received_text(request: OptOutRequest) -> str:
    """Return the receipt as ISO 8601: an instant with the business's offset, or the day (at the latest) where only that is known."""
    received = request.received
    if received.precision is not Precision.MINUTE:
        return received.day.isoformat()
    return received.instant.astimezone(ZoneInfo(received.zone)).isoformat()


def given_text(about: "OptOutRequest | Answer") -> str:
    """Return what a request or an answer is about."""
    return f"*@{about.key}" if about.kind is Kind.DOMAIN else about.key


def add(desk: Desk, arguments: argparse.Namespace) -> int:
    """Record opt-outs."""
    service = desk.record_optout
    now = desk.now()
    scope = scope_name(arguments.scope)
    entries = service.parse(arguments.addresses, scope)
    received = service.received(when(arguments.received, desk) if arguments.received else now, now)
    kept = keep_files(desk, arguments.file)
    recorded, _ = service.record(
        entries,
        received,
        now=now,
        by=arguments.by or desk.person,
        channel=Channel(arguments.channel),
        scope=scope,
        note=arguments.note,
        policy=arguments.policy,
        evidence=kept,
    )
    if arguments.json:
        added = [
            {
                "address": item.request.given,
                "key": given_text(item.request),
                "received": received_text(item.request),
                "due": item.request.due.isoformat(),
                "scope": item.request.scope,
                "already": item.already,
            }
            for item in recorded
        ]
        # On record, but opted in again after that receipt: a script must not take them for suppressed.
        lifted = [given_text(item.request) for item in recorded if item.lifted]
        print_json({"added": added, "not_suppressed": lifted, "evidence": files_json(kept)})
        return DONE
    for item in recorded:
        request = item.request
        state = f"already suppressed since {received_text(request)}" if item.already else "suppressed"
        if item.lifted:
            state = "recorded, but NOT suppressed: opted in again after that"
        due = f"due {request.due.isoformat()}" if request.asked else "nothing due: nobody asked"
        print(f"{given_text(request)}: {state} · {_scope_text(request.scope)} · {due}")
    for each in kept:
        print(f"evidence  {plain(each.name)}  SHA-256 {each.sha256}")
    return DONE


def keep_files(desk: Desk, paths: Sequence[str]) -> "list[Kept]":
    """Keep files as evidence; all of them are looked at before the first is kept."""
    opened = [desk.evidence.open(Path(path), desk.now()) for path in paths]
    return [desk.evidence.keep(file) for file in opened]


def files_json(kept: "Sequence[Kept]") -> list[dict[str, str]]:
    """Return kept files for a JSON object."""
    return [{"name": each.name, "sha256": each.sha256} for each in kept]


def check(desk: Desk, arguments: argparse.Namespace) -> int:
    """Say whether addresses may be mailed."""
    from optoutdesk.services.targets import choose_target

    answers = desk.check_address.check(arguments.addresses, choose_target(desk.store, arguments.scope))
    if arguments.json:
        results = [
            {
                "address": answer.given,
                "key": given_text(answer),
                "may_mail": answer.may_mail,
                "reason": answer.reason.value if answer.reason else None,
                "since": received_text(answer.request) if answer.request else None,
                "scope": answer.request.scope if answer.request else None,
                "due": answer.request.due.isoformat() if answer.request else None,
            }
            for answer in answers
        ]
        print_json({"results": results})
    else:
        for answer in answers:
            if answer.request is None:
                print(f"{given_text(answer)}: may be mailed")
                continue
            since = "by" if answer.request.received.precision is Precision.UNKNOWN else "since"
            about = f" ({given_text(answer.request)})" if answer.request.key != answer.key else ""
            print(
                f"{given_text(answer)}: DO NOT MAIL · opted out of {_scope_text(answer.request.scope)}{about}"
                f" {since} {answer.request.received.day.isoformat()} · due {answer.request.due.isoformat()}"
            )
    return DONE if all(answer.may_mail for answer in answers) else SUPPRESSED


def due(desk: Desk, arguments: argparse.Namespace) -> int:
    """List the open requests by due date."""
    today = desk.due_requests.today(desk.now())
    if arguments.json:
        zone = ZoneInfo(desk.counting.zone)
        requests = [_due_json(item, zone) for item in today.requests]
        print_json({"today": today.day.isoformat(), "requests": requests})
        return DONE
    if not today.requests:
        print("No request is open.")
    for item in today.requests:
        print(f"{item.request.due.isoformat()}  {_left_text(item):<23}  {_due_text(item)}")
    return DONE


def _due_json(item: "Due", zone: ZoneInfo) -> dict[str, Any]:
    return {
        "address": item.request.given,
        "key": given_text(item.request),
        "received": received_text(item.request),
        "due": item.request.due.isoformat(),
        "own_target": item.own_target.astimezone(zone).isoformat(),
        "days_left": item.days_left,
        "state": item.urgency.value,
        "scope": item.request.scope,
        "channel": item.request.channel.value,
        "platforms": [{"name": task.platform.name, "state": task.state.value} for task in item.tasks],
        "assigned": item.assigned or None,
    }


def _left_text(item: "Due") -> str:
    """Return `1 business day left`, `5 business days LATE`."""
    from optoutdesk.calendars import read_way
    from optoutdesk.domain.deadlines import Unit

    way = read_way(item.request.counting)
    unit = "day" if way is not None and way.unit is Unit.CALENDAR_DAYS else "business day"
    days = abs(item.days_left)
    name = unit if days == 1 else f"{unit}s"
    return f"{days} {name} {'LATE' if item.days_left < 0 else 'left'}"


def _due_text(item: "Due") -> str:
    """Return who it is about, what is to be done where, and who works on it."""
    parts = [given_text(item.request), _scope_text(item.request.scope)]
    still = [plain(task.platform.name) for task in item.open_tasks]
    done = [plain(task.platform.name) for task in item.tasks if task not in item.open_tasks]
    if still:
        parts.append(f"to do: {', '.join(still)}")
    if done:
        parts.append(f"done: {', '.join(done)}")
    if item.assigned:
        parts.append(f"assigned to {plain(item.assigned)}")
    return " · ".join(parts)


def mappings(desk: Desk, arguments: argparse.Namespace) -> int:
    """Show, pass on, rename or forget what is remembered of columns."""
    from optoutdesk.services.remembered_mappings import as_json

    service = desk.remembered
    said = ""
    if arguments.output is not None:
        count = service.export(Path(arguments.output), overwrite=arguments.overwrite)
        said = f"{count:,} written to {arguments.output}"
    elif arguments.file is not None:
        said = f"{service.bring_in(Path(arguments.file)):,} taken over from {arguments.file}"
    elif arguments.rename:
        service.rename(*arguments.rename)
        said = f"“{arguments.rename[0]}” is called “{arguments.rename[1]}” now"
    elif arguments.forget is not None:
        service.forget(arguments.forget)
        said = f"“{arguments.forget}” is forgotten"
    known = service.list()
    if service.trouble:
        print(f"optoutdesk: {service.trouble}", file=sys.stderr)
    if arguments.json:
        print_json({"mappings": [as_json(mapping) for mapping in known]})
        return DONE
    if said:
        print(said)
        return DONE
    if not known:
        print("Nothing is remembered.")
    for mapping in known:
        meant = [f"{name}: {of.value if of else 'left out'}" for name, of in mapping.fields.items()]
        others = (mapping.profile, mapping.day_order, mapping.zone, mapping.scope)
        line = f"{mapping.name} · {', '.join([*meant, *filter(None, others)])}"
        print(plain(line))
    return DONE


def export(desk: Desk, arguments: argparse.Namespace) -> int:
    """Write the suppression list out."""
    from optoutdesk.cli.progress import Progress
    from optoutdesk.services.export_list import ExportPlan
    from optoutdesk.services.targets import choose_target

    plan = ExportPlan(
        output=Path(arguments.output),
        recipient=arguments.recipient,
        algorithm=arguments.hash,
        plain_anyway=arguments.plain_anyway,
        scope=choose_target(desk.store, arguments.scope),
        since=_day(arguments.since) if arguments.since else None,
        until=_day(arguments.until) if arguments.until else None,
        overwrite=arguments.overwrite,
    )
    with Progress("Exporting") as progress:
        written = desk.export_list.run(plan, progress)
    if written.warning:
        print(f"optoutdesk: {written.warning}", file=sys.stderr)
    if arguments.json:
        print_json(
            {
                "entries": written.entries,
                "skipped": written.skipped,
                "skipped_domains": written.skipped_domains,
                "skipped_hashes": written.skipped_hashes,
                "widened": written.widened,
                "files": [str(path) for path in written.files],
                "warning": written.warning,
            }
        )
        return DONE
    print(f"{written.entries:,} {'entry' if written.entries == 1 else 'entries'}")
    if written.skipped_domains:
        domains = "domain" if written.skipped_domains == 1 else "domains"
        print(f"  {written.skipped_domains:>9,}  {domains} left out: only addresses can be written there")
    if written.skipped_hashes:
        hashes = "a hash" if written.how else "a hash of another kind"  # a platform takes none
        print(f"  {written.skipped_hashes:>9,}  left out: known only by {hashes}")
    if written.widened:
        print(f"  {written.widened:>9,}  left single lists only; there they are barred from all mail")
    for path in written.files:
        print(f"written  {path}")
    if written.how:
        print(f"upload   {written.how}")
    for unsure in written.unverified:
        print(f"not confirmed by a source: {unsure}")
    return DONE


def backups(desk: Desk, arguments: argparse.Namespace) -> int:
    """List the copies of the suppression list."""
    kept = desk.backups.list()
    if arguments.json:
        print_json(
            {"backups": [{"file": str(b.path), "at": b.at.isoformat(), "bytes": b.size} for b in kept]}
        )
        return DONE
    if not kept:
        print("There is no backup yet. One is made before each import.")
    zone = ZoneInfo(desk.counting.zone)
    for backup in kept:
        megabytes = f"{backup.size / 1e6:,.1f} MB"
        print(f"{backup.at.astimezone(zone):%Y-%m-%d %H:%M}  {megabytes:>10}  {backup.path}")
    return DONE


def restore(desk: Desk, arguments: argparse.Namespace) -> int:
    """Put a backup back."""
    from optoutdesk.services.backups import DamagedListError, WouldLoseError

    file = Path(arguments.file)
    try:
        present, _ = desk.backups.restore(
            file,
            by=arguments.by or desk.person,
            now=desk.now(),
            expected_lost=None if arguments.drop_newer else 0,
        )
    except WouldLoseError as error:
        first = error.contents.lost_first
        names = ", ".join(map(given_text, first))
        more = error.contents.lost - len(first)
        raise UserError(
            f"{error} These are {names}{f' and {more:,} more' if more else ''}. Give --drop-newer to do it: "
            "they then remain only in the backup that is made of the present list."
        ) from error
    except DamagedListError as error:
        raise UserError(
            f"{error} Give --drop-newer to put it back nevertheless; the damaged file is set aside as it is.",
            details=error.details,
        ) from error
    requests = desk.store.count_requests()
    if arguments.json:
        print_json({"restored": str(file), "present_kept_as": str(present.path), "requests": requests})
        return DONE
    print(f"Put back: {file}, {requests:,} opt-out requests")
    print(f"kept as it was before: {present.path}")
    return DONE


def verify(desk: Desk, arguments: argparse.Namespace) -> int:
    """Check the ledger."""
    found = desk.verify_ledger()
    if arguments.json:
        print_json(
            {
                "ok": found.holds,
                "entries": found.entries,
                "records": found.rows,
                "head": found.head.hex(),
                "first_wrong": found.wrong,
            }
        )
    elif found.holds:
        print(
            f"The ledger holds: {found.entries:,} entries cover {found.rows:,} records. Head {found.head.hex()}"
        )
    if not found.holds:
        print(f"optoutdesk: The ledger does not hold: {found.wrong}.", file=sys.stderr)
    return DONE if found.holds else COULD_NOT


def when(text: str, desk: Desk) -> datetime | date:
    with suppress(ValueError):
        return date.fromisoformat(text)  # first: a date alone must not become its midnight
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"“{text}” is no date. Write 2026-11-10 or 2026-11-10T16:42.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(desk.counting.zone))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"“{text}” is no day. Write 2026-11-10.") from error


def _scope_text(scope: str) -> str:
    return "all mail" if scope == ALL_MAIL else plain(scope)
