"""What is due, for scripts and calendars: `remind` and `export-due`."""

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

from optoutdesk.cli.codes import DONE, DUE_NOW
from optoutdesk.cli.commands import given_text, print_json, received_text
from optoutdesk.cli.plain import plain
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError
from optoutdesk.services.wording import scope_words


def remind(desk: Desk, arguments: argparse.Namespace) -> int:
    """Say what is due, overdue first; the exit code tells a script."""
    now = desk.now()
    found = desk.reminders.all_due(now)
    if arguments.json:
        zone = ZoneInfo(desk.counting.zone)
        due = [
            {
                "address": item.request.given,
                "key": given_text(item.request),
                "received": received_text(item.request),
                "due": item.request.due.isoformat(),
                "own_target": item.own_target.astimezone(zone).isoformat(),
                "days_left": item.days_left,
                "why": item.about.value,
                "scope": item.request.scope,
            }
            for item in found
        ]
        print_json({"today": desk.counting.today(now).isoformat(), "due": due})
    elif not found:
        print("No opt-out request is due.")
    else:
        for item in found:
            about = f"{given_text(item.request)} · {plain(scope_words(item.request.scope))}"
            print(f"{item.request.due.isoformat()}  {item.when:<17}  {about}")
    return DUE_NOW if found else DONE


def export_due(desk: Desk, arguments: argparse.Namespace) -> int:
    """Write the due dates as a calendar file."""
    from optoutdesk.services.calendar_file import ENDING

    output = Path(arguments.output)
    if output.suffix.lower() != ENDING:
        raise UsageError(f"A calendar file ends in {ENDING}. Give such a name.")
    written = desk.calendar_file.write(
        output,
        now=desk.now(),
        with_addresses=arguments.with_addresses,
        overwrite=arguments.overwrite,
    )
    if arguments.json:
        print_json({"file": str(written.path), "days": written.days, "requests": written.requests})
        return DONE
    days = f"{written.days:,} due {'date' if written.days == 1 else 'dates'}"
    print(f"{days}, {written.requests:,} open {'request' if written.requests == 1 else 'requests'}")
    print(f"written  {plain(str(written.path))}")
    return DONE
