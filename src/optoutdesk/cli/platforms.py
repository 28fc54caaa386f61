"""The commands about platforms: where people are kept or mailed, and what its own export says of them."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from optoutdesk.cli.codes import COULD_NOT, DONE, SUPPRESSED
from optoutdesk.cli.commands import given_text, print_json, received_text
from optoutdesk.cli.plain import plain
from optoutdesk.cli.progress import Progress
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import OutputError, UsageError, UserError
from optoutdesk.services.verify_platform import Side

if TYPE_CHECKING:
    from optoutdesk.domain.platforms import Verification
    from optoutdesk.services.import_optouts import Imported, Source
    from optoutdesk.services.platforms import PlatformExport, PlatformStanding
    from optoutdesk.services.verify_platform import VerifyCounts, VerifyPreview, VerifyRow

_EVERYONE = "all"
"""What --since calls everyone on record."""
_PRINTED = 20
"""So many people who are still active are printed; JSON and --output have all of them."""
_AT_ONCE = 1000


def platforms(desk: Desk, arguments: argparse.Namespace) -> int:
    """List, add or retire platforms."""
    if arguments.action is None:
        if arguments.since is not None or arguments.known is not None:
            raise UsageError("--since and --known are for: optoutdesk platforms add NAME")
        return _list(desk, arguments)
    if arguments.name is None:
        raise UsageError(f"Say which platform: optoutdesk platforms {arguments.action} NAME")
    if arguments.action == "retire":
        return _retire(desk, arguments)
    return _add(desk, arguments)


def _list(desk: Desk, arguments: argparse.Namespace) -> int:
    standings = desk.platforms.all(desk.now(), retired=True)
    zone = ZoneInfo(desk.counting.zone)
    if arguments.json:
        print_json({"platforms": [_as_json(standing, zone) for standing in standings]})
        return DONE
    if not standings:
        print("There is no platform yet. Add one: optoutdesk platforms add NAME")
    for standing in standings:
        print(_line(standing, zone))
    return DONE


def _line(standing: "PlatformStanding", zone: ZoneInfo) -> str:
    platform = standing.platform
    if platform.retired_at is not None:
        return f"{plain(platform.name)}: retired {platform.retired_at.astimezone(zone).date()}"
    said = [f"{standing.to_remove:,} to remove" if standing.to_remove else "nothing to remove"]
    if standing.overdue:
        said[0] += f", {standing.overdue:,} OVERDUE"
    last = standing.last
    if last is None:
        said.append("never verified")
    else:
        differences = f"{last.differences:,} {'difference' if last.differences == 1 else 'differences'}"
        said.append(f"verified {last.at.astimezone(zone).date()}, {differences}")
    said.append(f"requests since {platform.since}")
    return f"{plain(platform.name)}: {' · '.join(said)}"


def _as_json(standing: "PlatformStanding", zone: ZoneInfo) -> dict[str, Any]:
    platform, last = standing.platform, standing.last
    return {
        "name": platform.name,
        "known": platform.known or None,
        "since": platform.since.isoformat(),
        "to_remove": standing.to_remove,
        "overdue": standing.overdue,
        "can_upload": standing.can_upload,
        "verified": None if last is None else _verified_json(last, zone),
        "retired_at": platform.retired_at.astimezone(zone).isoformat() if platform.retired_at else None,
    }


def _verified_json(last: "Verification", zone: ZoneInfo) -> dict[str, Any]:
    return {
        "at": last.at.astimezone(zone).isoformat(),
        "by": last.by,
        "file": str(last.path),
        "sha256": last.sha256,
        "agree": last.agree,
        "still_active": last.still_active,
        "unknown_here": last.unknown_here,
        "verified": last.verified,
    }


def _add(desk: Desk, arguments: argparse.Namespace) -> int:
    service, now = desk.platforms, desk.now()
    since = _since(desk, arguments.since, now)
    known = arguments.known or ""
    plan = service.plan_add(since, now, known)
    platform, _ = service.add(arguments.name, since, known=known, by=arguments.by or desk.person, now=now)
    if arguments.json:
        standing = _standing(desk, platform.id, now)
        counts = {"to_do": plan.to_do, "overdue": plan.overdue, "reopened": plan.reopened}
        print_json({"platform": _as_json(standing, ZoneInfo(desk.counting.zone)), **counts})
        return DONE
    people = "1 request is" if plan.to_do == 1 else f"{plan.to_do:,} requests are"
    print(f"{plain(platform.name)} is added: {people} to be done there, received since {platform.since}.")
    if plan.overdue:
        print(f"  {plan.overdue:,} OVERDUE")
    if plan.reopened:
        print(f"  {plan.reopened:,} done elsewhere, open again until they are done there")
    return DONE


def _since(desk: Desk, text: str | None, now: datetime) -> date:
    if text is None:
        return desk.platforms.suggested_since(now)
    if text.strip().casefold() == _EVERYONE:
        return desk.platforms.oldest(now)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"“{text}” is no day. Write 2026-11-10, or {_EVERYONE} for everyone on record."
        ) from error


def _retire(desk: Desk, arguments: argparse.Namespace) -> int:
    service, now = desk.platforms, desk.now()
    if arguments.since is not None or arguments.known is not None:
        raise UsageError("--since and --known are for: optoutdesk platforms add NAME")
    standing = _standing(desk, service.named(arguments.name).id, now)
    service.retire(standing.platform.id, by=arguments.by or desk.person, now=now)
    if arguments.json:
        after = _standing(desk, standing.platform.id, now)
        print_json({"platform": _as_json(after, ZoneInfo(desk.counting.zone)), "ended": standing.to_remove})
        return DONE
    ended = "1 thing" if standing.to_remove == 1 else f"{standing.to_remove:,} things"
    print(f"{plain(standing.platform.name)} is retired; {ended} to do there ended. Its past stays on record.")
    return DONE


def _standing(desk: Desk, platform_id: int, now: datetime) -> "PlatformStanding":
    return next(s for s in desk.platforms.all(now, retired=True) if s.platform.id == platform_id)


# -- comparing with its own export


def verify_platform(desk: Desk, arguments: argparse.Namespace) -> int:
    """Compare a platform's own export with what is on record."""
    from optoutdesk.cli.imports import mapped, reading_options

    service, now = desk.verify_platform, desk.now()
    platform = desk.platforms.named(arguments.platform)
    output = Path(arguments.output) if arguments.output is not None else None
    _check_output(arguments, output)
    source = service.open(Path(arguments.file), reading_options(desk, arguments), now=now)
    source = mapped(service, source, arguments.map)
    if other := service.other_platform(platform.id, source):
        raise UserError(
            f"{source.path.name} is an export of {other}, not of {platform.name}. "
            f"If it is not, say so (--profile generic)."
        )
    with Progress(f"Reading {source.path.name}", rate="rows") as progress:
        preview = service.preview(platform.id, source, now=now, progress=progress)
    with preview:
        counts, found = preview.counts, _Found(preview, all_of_them=arguments.json)
        verification = imported = written = None
        trouble = ""
        if not arguments.dry_run:
            by = arguments.by or desk.person
            with Progress("Recording", rate="requests") as progress:
                verification, _ = service.record(preview, by=by, now=now, progress=progress)
                counts = preview.counts
            # Whatever fails from here on, the check stands and has to be reported.
            try:
                if output is not None and counts.by[Side.STILL_ACTIVE]:
                    written = service.export_still_active(preview, output, overwrite=arguments.overwrite)
                if arguments.take_over and counts.by[Side.UNKNOWN_HERE]:
                    with Progress("Taking over", rate="rows") as progress:
                        imported, _ = service.take_over(preview, by=by, now=now, progress=progress)
            except (UserError, KeyboardInterrupt) as error:
                trouble = str(error) or "It was stopped."
    _say(
        arguments,
        source,
        counts,
        found,
        verification,
        imported,
        written,
        sure=service.sure(platform.id, source),
    )
    if trouble:
        print(f"optoutdesk: The check is recorded, but not all was done. {plain(trouble)}", file=sys.stderr)
        return COULD_NOT
    return SUPPRESSED if counts.by[Side.STILL_ACTIVE] else DONE


def _check_output(arguments: argparse.Namespace, output: Path | None) -> None:
    """Refuse what cannot be done before anything is written."""
    from optoutdesk.spreadsheets.output import refuse_existing

    if arguments.dry_run and (output is not None or arguments.take_over):
        raise UsageError("--dry-run writes nothing. Leave --output and --take-over out, or --dry-run.")
    if output is None:
        return
    if output.suffix.lower() != ".csv":
        ending = output.suffix or output.name
        raise UsageError(f"This cannot be written as “{ending}”. Give a name that ends in .csv.")
    refuse_existing(output, overwrite=arguments.overwrite)
    if not output.parent.is_dir():
        raise OutputError(f"There is no folder {output.parent}. Make it, or choose another one.")
    if output.exists() and Path(arguments.file).exists() and output.samefile(arguments.file):
        raise OutputError(f"{output.name} is the export itself. Choose another name.")


class _Found:
    """The people who stand differently, as they were before anything was recorded."""

    def __init__(self, preview: "VerifyPreview", *, all_of_them: bool) -> None:
        """`all_of_them`: else only as many as are printed, of those who are still active."""
        self.platform = preview.platform
        if all_of_them:
            self.still_active = _rows(preview, Side.STILL_ACTIVE)
            self.unknown_here = _rows(preview, Side.UNKNOWN_HERE)
        else:
            self.still_active, self.unknown_here = preview.rows(Side.STILL_ACTIVE, limit=_PRINTED), []


def _rows(preview: "VerifyPreview", side: Side) -> "list[VerifyRow]":
    rows: list[VerifyRow] = []
    while True:
        page = preview.rows(side, rows[-1].number if rows else 0, _AT_ONCE)
        rows += page
        if len(page) < _AT_ONCE:
            return rows


def _say(
    arguments: argparse.Namespace,
    source: "Source",
    counts: "VerifyCounts",
    found: _Found,
    verification: "Verification | None",
    imported: "Imported | None",
    written: "PlatformExport | None",
    *,
    sure: bool,
) -> None:
    notes = [] if sure else [f"{source.path.name} was not recognized as an export of {found.platform.name}."]
    notes += [f"{name} in the ZIP is passed over: {reason}." for name, reason in source.skipped]
    if arguments.json:
        print_json(_check_json(source, counts, found, verification, imported, written, notes))
        return
    for note in notes:
        print(f"optoutdesk: {plain(note)}", file=sys.stderr)
    by, name = counts.by, plain(found.platform.name)
    print(f"{name}, {plain(source.path.name)}: {counts.active:,} active, {counts.opted_out:,} unsubscribed")
    bounced = f", {counts.bounced:,} of them bounced" if counts.bounced else ""
    for side, text in (
        (Side.STILL_ACTIVE, "opted out here, STILL ACTIVE there"),
        (Side.UNKNOWN_HERE, f"unsubscribed there, unknown here{bounced}"),
        (Side.AGREE, "agree on both sides"),
        (Side.ABSENT, "still to remove, but not in this export"),
        (Side.SINGLE_LIST, "left a single list only, and active there: look whether that list mails them"),
        (Side.REVIEW, "could not be compared"),
    ):
        if by[side] or side in (Side.STILL_ACTIVE, Side.UNKNOWN_HERE, Side.AGREE):
            print(f"  {by[side]:>9,}  {text}")
    _say_active(found.still_active, by[Side.STILL_ACTIVE])
    if verification is not None:
        reopened = f"; {counts.reopened:,} open again" if counts.reopened else ""
        print(f"Recorded: {verification.verified:,} verified{reopened}. SHA-256 {verification.sha256}")
    if imported is not None:
        batch = imported.batch
        print(
            f"Taken over: {batch.imported:,}. Batch {batch.id}; `optoutdesk undo {batch.id}` takes it back."
        )
    if written is not None:
        for path in written.files:
            print(f"written  {plain(str(path))}")
        if written.how:
            print(f"upload   {written.how}")


def _say_active(rows: "Sequence[VerifyRow]", count: int) -> None:
    for row in rows:
        due = f": remove by {row.request.due}" if row.request is not None and row.request.has_clock else ""
        print(f"{plain(row.given.strip())}{due}")
    if count > len(rows):
        print(f"and {count - len(rows):,} more")


def _check_json(
    source: "Source",
    counts: "VerifyCounts",
    found: _Found,
    verification: "Verification | None",
    imported: "Imported | None",
    written: "PlatformExport | None",
    notes: Sequence[str],
) -> dict[str, Any]:
    by = counts.by
    return {
        "platform": found.platform.name,
        "file": str(source.path),
        "sha256": source.sha256,
        "rows": counts.rows,
        "active": counts.active,
        "opted_out": counts.opted_out,
        "agree": by[Side.AGREE],
        "absent": by[Side.ABSENT],
        "single_list": by[Side.SINGLE_LIST],
        "review": by[Side.REVIEW],
        "bounced": counts.bounced,
        "recorded": verification is not None,
        "verified": counts.verified if verification is None else verification.verified,
        "reopened": counts.reopened,
        "still_active": [
            {
                "address": row.given.strip(),
                "key": given_text(row.request) if row.request is not None else row.key,
                "received": received_text(row.request) if row.request is not None else None,
                "due": row.request.due.isoformat() if row.request and row.request.has_clock else None,
            }
            for row in found.still_active
        ],
        "unknown_here": [
            {
                "address": row.given.strip(),
                "there": row.there,
                "since": row.there_day.isoformat() if row.there_day else None,
                "bounced": row.bounced,
            }
            for row in found.unknown_here
        ],
        "batch": imported.batch.id if imported is not None else None,
        "files": [str(path) for path in written.files] if written is not None else [],
        "notes": list(notes),
    }
