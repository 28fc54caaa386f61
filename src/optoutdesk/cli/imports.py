"""The commands about imports: bring a file in, list what was brought in, take it back."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from optoutdesk.cli.codes import COULD_NOT, DONE
from optoutdesk.cli.commands import given_text, print_json, when
from optoutdesk.cli.plain import plain
from optoutdesk.cli.progress import Progress
from optoutdesk.desk import Desk
from optoutdesk.domain.dates import DayOrder
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.domain.importing import (
    IMPORTED,
    REVIEWED,
    SKIPPED,
    TO_MEND,
    Batch,
    Counts,
    Outcome,
    Shown,
)
from optoutdesk.spreadsheets.columns import find_column
from optoutdesk.spreadsheets.profiles import GENERIC, Field, load_profiles

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import ImportOptOuts, Preview, Source
    from optoutdesk.services.import_source import Options, Part
    from optoutdesk.services.verify_platform import VerifyPlatform

LEAVE_OUT = "leave-out"
"""What --map calls a column that is nothing."""

_Reason = tuple[Outcome, str, int]
_UNUSED = 12
"""So many names of columns that are not used are printed."""
_REASONS = 12
"""So many reasons are printed; JSON has more of them."""
_OUTCOMES = {
    Outcome.REVIEW: "to review",
    Outcome.NOT_AN_ADDRESS: "not an address",
    Outcome.CONFLICT: "said to be subscribed",
    Outcome.ACTIVE: "no opt-out",
    Outcome.EMPTY: "empty",
    Outcome.HIDDEN: "hidden",
}
"""What is printed of the outcomes that have reasons."""


def import_file(desk: Desk, arguments: argparse.Namespace) -> int:
    """Bring in the opt-outs of a file."""
    service = desk.import_optouts
    now = desk.now()
    options = reading_options(desk, arguments)
    source = service.open(Path(arguments.file), options, now=now)
    source = mapped(service, source, arguments.map)
    name = source.path.name
    with Progress(f"Reading {name}", rate="rows") as progress:
        preview = service.preview(source, now=now, progress=progress)
    with preview:
        notes = _notes(source, preview.counts, ZoneInfo(desk.counting.zone))
        reasons = preview.reasons()
        if arguments.dry_run:
            _say(arguments, source, preview.counts, notes, reasons)
            refuse_unanswered = _unanswered(source)
            if refuse_unanswered is not None:
                raise refuse_unanswered
            return DONE
        if arguments.review_file and preview.counts.sum(TO_MEND):
            target = Path(arguments.review_file)
            service.refuse_mend_file(source, target, overwrite=arguments.overwrite)
        with Progress(f"Importing {name}", rate="rows") as progress:
            imported, _ = service.run(
                preview, by=arguments.by or desk.person, now=now, progress=progress, anew=True
            )
        notes = _notes(source, imported.counts, ZoneInfo(desk.counting.zone))
        # Whatever fails from here on, the import stands and has to be reported.
        troubles: list[str] = []
        mend: list[Path] = []
        try:
            mend = _rows_to_mend(service, preview, arguments)
        except (UserError, KeyboardInterrupt) as error:
            why = (
                str(error).replace("; nothing was written", "") or "It was stopped."
            )  # only that file was not
            again = f"Import {name} again for them; nobody is recorded twice."
            troubles.append(f"the rows to mend are not saved. {why} {again}")
        if arguments.remember:
            try:
                _remember(desk, source, arguments.remember)
            except UserError as error:
                troubles.append(f"how it was read is not remembered. {error}")
    _say(arguments, source, imported.counts, notes, reasons, imported.batch, imported.backup, mend)
    for trouble in troubles:
        print(f"optoutdesk: The opt-outs are imported, but {plain(trouble)}", file=sys.stderr)
    return COULD_NOT if troubles else DONE


def reading_options(desk: Desk, arguments: argparse.Namespace) -> "Options":
    """Return how a file is to be read."""
    from optoutdesk.services.import_source import Options

    order = None
    if arguments.day_first or arguments.month_first:
        order = DayOrder.DAY_FIRST if arguments.day_first else DayOrder.MONTH_FIRST
    default: date | datetime | None = None
    if arguments.received_default:
        default = when(arguments.received_default, desk)
    if arguments.zone is not None:
        _check_zone(arguments.zone)
    return Options(
        profile=_profile(arguments.profile),
        sheet=arguments.sheet,
        header=False if arguments.no_header else None,
        day_order=order,
        zone=arguments.zone,
        received_default=default,
        scope=arguments.scope,
        all_opted_out=arguments.all_opted_out or None,
        include_hidden=arguments.hidden_rows != "leave-out",
    )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(
            f"There is no time zone {name}. Give one such as America/New_York or UTC."
        ) from error


def _profile(name: str | None) -> str | None:
    """Return the id of a profile given by its id or its name."""
    if name is None:
        return None
    by_name = {profile.name.casefold(): profile.id for profile in load_profiles().values()}
    return by_name.get(name.casefold(), name.casefold())


def mapped(service: "ImportOptOuts | VerifyPlatform", source: "Source", wanted: Sequence[str]) -> "Source":
    """Return a source with the columns meant that --map names."""
    fields: list[tuple[Field | None, str]] = []
    for item in wanted:
        field, equals, column = item.partition("=")
        if not equals or not column:
            raise UsageError(
                f"“{item}” is no mapping. Give --map FIELD=COLUMN, such as --map address=E-mail."
            )
        fields.append((_field(field), column))
    missing: UsageError | None = None
    found = False
    for index, part in enumerate(source.parts):
        try:
            mapping = {find_column(column, part.columns): of for of, column in fields}
        except UsageError as error:  # of a ZIP it is enough when one list has these columns
            missing = missing or error
            continue
        found = True
        source = service.correct(source, index, replace(part.options, mapping=mapping))
    if missing is not None and not found:
        raise missing
    return source


def _field(name: str) -> Field | None:
    plain = name.strip().casefold().replace("_", "-").replace(" ", "-")
    if plain == LEAVE_OUT:
        return None
    try:
        return Field(plain)
    except ValueError:
        raise UsageError(f"There is no field {name}. Known are {', '.join(Field)} and {LEAVE_OUT}.") from None


def _unanswered(source: "Source") -> Exception | None:
    from optoutdesk.services.import_optouts import refuse_unanswered

    try:
        refuse_unanswered(source)
    except UserError as error:
        return error
    return None


def _notes(source: "Source", counts: Counts, zone: ZoneInfo) -> list[str]:
    """Return what should be known beside the counts, as sentences."""
    from optoutdesk.services.wording import finding_sentences

    notes = []
    if source.before is not None:
        before = source.before
        day = before.at.astimezone(zone).date().isoformat()
        notes.append(f"This very file was imported already, on {day} by {before.by} (batch {before.id}).")
    notes += [f"{name} in the ZIP is passed over: {reason}." for name, reason in source.skipped]
    for part in source.parts:
        if part.name and not part.taken:
            notes.append(f"{part.name} is not imported: {part.why_not}.")
        notes += finding_sentences(part.findings, counts.rows)
        if part.taken and part.one_list and part.profile.scope == "all":
            notes.append(f"{part.one_list} All mail is barred, unless --scope names the list.")
    by = counts.by
    said = (
        (
            Shown.CONFLICT,
            "row says",
            "rows say",
            "“subscribed” of someone who is suppressed: they stay suppressed.",
        ),
        (Shown.ACTIVE, "row is", "rows are", "no opt-out and left out."),
        (
            Shown.UNDATED,
            "row has",
            "rows have",
            "no date of receipt: it counts as not known, and the clock runs from the latest day it can be.",
        ),
        (
            Shown.LIFTED,
            "row is",
            "rows are",
            "of people who opted in again later: on record, but not suppressed.",
        ),
        (
            Shown.EARLIER,
            "known opt-out has",
            "known opt-outs have",
            "the earlier receipt in this file; it stands from now on.",
        ),
    )
    notes += [
        f"{by[shown]:,} {one if by[shown] == 1 else many} {end}"
        for shown, one, many, end in said
        if by[shown]
    ]
    if counts.hashes:
        notes.append(
            f"{counts.hashes:,} {'entry is' if counts.hashes == 1 else 'entries are'} hashed;"
            f" {counts.hashes_matched:,} of them match an address on record."
        )
    if counts.unused:
        notes.append(
            f"{counts.unused:,} {'row has' if counts.unused == 1 else 'rows have'} an address in a column that is not used;"
            " name it with --map address=COLUMN if people in it opted out."
        )
    return notes


def _rows_to_mend(service: "ImportOptOuts", preview: "Preview", arguments: argparse.Namespace) -> list[Path]:
    if not preview.counts.sum(TO_MEND):
        return []
    if arguments.review_file:
        return service.save_rows_to_mend(preview, Path(arguments.review_file), overwrite=arguments.overwrite)
    target = service.default_mend_file(preview.source)
    return service.save_rows_to_mend(preview, target, overwrite=arguments.overwrite)


def _remember(desk: Desk, source: "Source", name: str) -> None:
    from optoutdesk.services.import_optouts import to_remember

    for part in source.parts:
        if part.taken and part.header:
            desk.remembered.remember(to_remember(part, name))


def _say(
    arguments: argparse.Namespace,
    source: "Source",
    counts: Counts,
    notes: Sequence[str],
    reasons: Sequence[_Reason],
    batch: Batch | None = None,
    backup: Path | None = None,
    mend: Sequence[Path] = (),
) -> None:
    if arguments.json:
        print_json(_as_json(source, counts, notes, reasons, batch, backup, mend))
        return
    for part in source.parts:
        _say_part(part, source)
    for note in notes:
        print(f"optoutdesk: {plain(note)}", file=sys.stderr)
    verb = "would be imported" if batch is None else "imported"
    parts = [
        f"{counts.sum(IMPORTED):,} of {counts.rows:,} rows {verb}",
        f"{counts.by[Shown.KNOWN]:,} already known",
        f"{counts.sum(REVIEWED):,} to review",
        f"{counts.sum(SKIPPED):,} skipped",
    ]
    if counts.by[Shown.OVERDUE]:
        parts.append(f"{counts.by[Shown.OVERDUE]:,} OVERDUE on arrival")
    print(" · ".join(parts))
    for outcome, reason, entries in reasons[:_REASONS]:
        print(f"  {entries:,} {_OUTCOMES.get(outcome, 'with a remark')}: {plain(reason)}")
    if len(reasons) > _REASONS:
        print("  and others, for other reasons")
    if batch is not None:
        print(f"Batch {batch.id}; `optoutdesk undo {batch.id}` takes it back. Backup: {plain(str(backup))}")
    for path in mend:
        print(f"Rows to mend: {plain(str(path))}")


def _say_part(part: "Part", source: "Source") -> None:
    what = part.profile.name if part.profile.id != GENERIC else "not recognised, columns guessed"
    print(f"{plain(part.name or source.path.name)}: {what}{'' if part.taken else ' (not imported)'}")
    if not part.taken:
        return
    for of, columns in part.mapping.columns.items():
        print(f"  {of.value}: {', '.join(plain(part.mapping.name(index)) for index in columns)}")
    used = {index for columns in part.mapping.columns.values() for index in columns}
    unused = [plain(name) for i, name in enumerate(part.header or ()) if i not in used and name.strip()]
    if part.profile.id == GENERIC and unused:
        more = f" and {len(unused) - _UNUSED:,} more" if len(unused) > _UNUSED else ""
        print(f"  not used: {', '.join(unused[:_UNUSED])}{more} (--map says what a column is)")


def _as_json(
    source: "Source",
    counts: Counts,
    notes: Sequence[str],
    reasons: Sequence[_Reason],
    batch: Batch | None,
    backup: Path | None,
    mend: Sequence[Path],
) -> dict[str, Any]:
    by = counts.by
    return {
        "batch": batch.id if batch else None,
        "source": str(source.path),
        "rows": counts.rows,
        "imported": counts.sum(IMPORTED),
        "already_known": by[Shown.KNOWN],
        "review": counts.sum(REVIEWED),
        "skipped": counts.sum(SKIPPED),
        "overdue": by[Shown.OVERDUE],
        "review_file": str(mend[0]) if mend else None,
        "outcomes": {shown.value: by[shown] for shown in Shown},
        "reasons": [
            {"outcome": outcome.value, "reason": reason, "entries": entries}
            for outcome, reason, entries in reasons
        ],
        "requests": counts.requests,
        "hashes": counts.hashes,
        "hashes_matched": counts.hashes_matched,
        "domains": counts.domains,
        "parts": [
            {
                "name": part.name or source.path.name,
                "profile": part.profile.id,
                "taken": part.taken,
                "columns": {
                    of.value: [part.mapping.name(i) for i in at] for of, at in part.mapping.columns.items()
                },
            }
            for part in source.parts
        ],
        "review_files": [str(path) for path in mend],
        "backup": str(backup) if backup else None,
        "notes": list(notes),
    }


def batches(desk: Desk, arguments: argparse.Namespace) -> int:
    """List the imports."""
    found = desk.undo_import.batches(limit=1_000_000)
    zone = ZoneInfo(desk.counting.zone)
    if arguments.json:
        print_json({"batches": [_batch_json(batch, zone) for batch in found]})
        return DONE
    if not found:
        print("Nothing was imported yet.")
    for batch in found:
        undone = (
            f" · UNDONE {batch.undone_at.astimezone(zone):%Y-%m-%d %H:%M} by {batch.undone_by}"
            if batch.undone_at
            else ""
        )
        print(
            f"{batch.id}: {plain(batch.source_name)} · {batch.at.astimezone(zone):%Y-%m-%d %H:%M} by {batch.by} · {batch.rows:,} {'row' if batch.rows == 1 else 'rows'},"
            f" {batch.imported:,} imported, {batch.already_known:,} already known, {batch.review:,} to review,"
            f" {batch.skipped:,} skipped · SHA-256 {batch.source_sha256}{undone}"
        )
    return DONE


def _batch_json(batch: Batch, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "batch": batch.id,
        "source": str(batch.source_path),
        "sha256": batch.source_sha256,
        "at": batch.at.astimezone(zone).isoformat(),
        "by": batch.by,
        "profile": batch.profile_name,
        "rows": batch.rows,
        "imported": batch.imported,
        "already_known": batch.already_known,
        "review": batch.review,
        "skipped": batch.skipped,
        "overdue": batch.overdue,
        "requests": batch.requests,
        "undone_at": batch.undone_at.astimezone(zone).isoformat() if batch.undone_at else None,
        "undone_by": batch.undone_by,
    }


def undo(desk: Desk, arguments: argparse.Namespace) -> int:
    """Take an import back."""
    service = desk.undo_import
    if arguments.dry_run:
        plan = service.plan(arguments.batch)
    else:
        with Progress("Undoing", rate="requests") as progress:
            plan, _ = service.undo(
                arguments.batch, by=arguments.by or desk.person, now=desk.now(), progress=progress
            )
    kept = [{"address": given_text(each.request), "why": each.why} for each in plan.kept]
    if arguments.json:
        print_json(
            {
                "batch": plan.batch.id,
                "source": str(plan.batch.source_path),
                "withdrawn": plan.withdrawn,
                "kept": kept,
                "kept_count": plan.kept_count,
            }
        )
        return DONE
    one = plan.withdrawn == 1
    verb = "would no longer be" if arguments.dry_run else "is no longer" if one else "are no longer"
    print(
        f"Import of {plain(plan.batch.source_name)}: {plan.withdrawn:,} {'request' if one else 'requests'} {verb} in force."
    )
    for each in kept:
        print(f"{each['address']}: stays, {each['why']}")
    if plan.kept_count > len(kept):
        print(f"and {plan.kept_count - len(kept):,} more stay")
    return DONE
