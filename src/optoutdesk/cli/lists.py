"""The command that says which cleaned lists are still safe to send."""

import argparse
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from optoutdesk.cli.codes import DONE
from optoutdesk.cli.commands import print_json
from optoutdesk.cli.plain import plain
from optoutdesk.cli.progress import Progress
from optoutdesk.desk import Desk
from optoutdesk.domain.requests import ALL_MAIL

if TYPE_CHECKING:
    from optoutdesk.services.cleaned_lists import Cleaned

_MOST = 1000


def lists(desk: Desk, arguments: argparse.Namespace) -> int:
    """List the cleaned lists, the newest first, and how each stands."""
    with Progress("Reading the clean lists") as progress:
        found = desk.cleaned_lists.recent(_MOST, progress=progress)
    zone = ZoneInfo(desk.counting.zone)
    if arguments.json:
        print_json({"lists": [_as_json(cleaned, zone) for cleaned in found]})
        return DONE
    if not found:
        print("No list was cleaned yet.")
    for cleaned in found:
        record = cleaned.record
        removed = f"{record.rows - record.kept:,} removed"
        print(
            f"{record.at.astimezone(zone):%Y-%m-%d %H:%M}  {plain(record.input_path.name)}: {record.kept:,} kept,"
            f" {removed} · {_state(cleaned)}"
        )
        print(f"                  {plain(str(record.output_path))}")
    return DONE


def _state(cleaned: "Cleaned") -> str:
    from optoutdesk.services.cleaned_lists import COUNTED, Standing

    since = cleaned.opted_out_since
    many = f"more than {COUNTED:,}" if since > COUNTED else f"{since:,}"
    return {
        Standing.SAFE: "still safe to send",
        Standing.OPTED_OUT: f"{many} opted out since: clean it again",
        Standing.ALTERED: "altered since it was cleaned: clean it again",
        Standing.GONE: "no longer there, moved or deleted",
    }[cleaned.standing]


def _as_json(cleaned: "Cleaned", zone: ZoneInfo) -> dict[str, Any]:
    record = cleaned.record
    return {
        "list": str(record.input_path),
        "cleaned": record.at.astimezone(zone).isoformat(),
        "by": record.by,
        "scope": record.scope or ALL_MAIL,
        "rows": record.rows,
        "kept": record.kept,
        "removed": record.rows - record.kept,
        "clean_list": str(record.output_path),
        "clean_list_sha256": record.output_sha256,
        "removed_file": str(record.removed_path),
        "state": cleaned.standing.value,
        "opted_out_since": cleaned.opted_out_since,
    }
