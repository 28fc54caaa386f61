"""The command that cleans a contact list."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from optoutdesk.cli.codes import DONE
from optoutdesk.cli.commands import print_json
from optoutdesk.cli.plain import plain
from optoutdesk.cli.progress import Progress
from optoutdesk.desk import Desk
from optoutdesk.domain.cleaning import CleanRecord, HiddenRows, Reason, Rules
from optoutdesk.domain.errors import HiddenRowsError, UserError
from optoutdesk.domain.requests import ALL_MAIL
from optoutdesk.services.clean_list import Outputs, Plan, Result
from optoutdesk.services.targets import choose_target
from optoutdesk.services.wording import REASONS, finding_sentences, hash_sentence


def clean(desk: Desk, arguments: argparse.Namespace) -> int:
    """Clean a contact list."""
    service = desk.clean_list
    source = service.open(Path(arguments.file), sheet=arguments.sheet, columns=arguments.column)
    rules = Rules(
        keep_duplicates=arguments.keep_duplicates,
        drop_address_only=arguments.drop_address_only,
        hidden=HiddenRows(arguments.hidden_rows) if arguments.hidden_rows else None,
    )
    plan = Plan(source, choose_target(desk.store, arguments.scope), rules)
    default = service.default_outputs(plan)
    chosen = Path(arguments.output) if arguments.output else default.clean
    removed = Path(arguments.removed) if arguments.removed else chosen.with_name(default.removed.name)
    try:
        with Progress(f"Cleaning {source.path.name}") as progress:
            record, result, _ = service.clean(
                plan,
                Outputs(chosen, removed),
                by=arguments.by or desk.person,
                now=desk.now(),
                progress=progress,
                overwrite=arguments.overwrite,
            )
    except HiddenRowsError as error:
        options = " or ".join(f"--hidden-rows {choice}" for choice in HiddenRows)
        raise UserError(f"{error.found} Say {options}.") from error
    head = desk.store.head()
    warnings = _warnings(record.suppressed_addresses + record.suppressed_domains, result.elsewhere)
    # What becomes of hidden rows she has said herself, and which sheet is read where she named it.
    others = () if arguments.sheet else result.findings.other_sheets
    warnings += finding_sentences(replace(result.findings, hidden_rows=0, other_sheets=others), result.rows)
    for warning in warnings:
        print(f"optoutdesk: {plain(warning)}", file=sys.stderr)
    if arguments.json:
        print_json({**_as_json(record, result), "warnings": warnings, "ledger_head": head})
    else:
        _print(record, result)
    return DONE


def _as_json(record: CleanRecord, result: Result) -> dict[str, Any]:
    return {
        "input": str(record.input_path),
        "output": str(record.output_path),
        "removed_file": str(record.removed_path),
        "rows": record.rows,
        "kept": record.kept,
        "removed": result.removed_count,
        "reasons": {reason.value: result.reasons[reason] for reason in Reason},
        "trimmed": record.trimmed,
        "hashed_entries": result.hashes,
        "matched_by_hash": result.by_hash,
        "scope": record.scope or ALL_MAIL,
        "sheet": record.sheet,
        "columns": list(record.columns),
        "input_sha256": record.input_sha256,
        "output_sha256": record.output_sha256,
    }


def _print(record: CleanRecord, result: Result) -> None:
    removed = f"{result.removed_count:,} removed"
    print(f"{plain(record.input_path.name)}: {record.rows:,} people, {record.kept:,} kept, {removed}")
    print(f"  addresses in {', '.join(f'“{plain(name)}”' for name in record.columns)}")
    for reason in Reason:
        if result.reasons[reason]:
            print(f"  {result.reasons[reason]:>9,}  {REASONS[reason].lower()}")
    if result.hashes:
        print(f"  {hash_sentence(result.hashes, result.by_hash)}")
    if record.trimmed:
        print(f"  {record.trimmed:>9,}  kept without a suppressed address")
    print(f"clean list    {plain(str(record.output_path))}")
    print(f"removed rows  {plain(str(record.removed_path))}")


def _warnings(suppressed: int, elsewhere: int) -> list[str]:
    warnings = []
    if not suppressed:
        warnings.append(
            "Nobody is on the suppression list for this mailing yet, so nobody was removed as opted out."
        )
    if elsewhere:
        rows = "kept row holds" if elsewhere == 1 else "kept rows hold"
        warnings.append(
            f"{elsewhere:,} {rows} a suppressed address in another column; name that column with --column "
            "if it is mailed."
        )
    return warnings
