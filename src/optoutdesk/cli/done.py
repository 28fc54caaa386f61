"""The command that says where people were removed, or that they were never there."""

import argparse
from typing import Any

from optoutdesk.cli.codes import DONE
from optoutdesk.cli.commands import given_text, print_json, when
from optoutdesk.cli.plain import plain
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.domain.platforms import Platform, TaskState
from optoutdesk.domain.requests import Kind
from optoutdesk.services.due_requests import Due


def done(desk: Desk, arguments: argparse.Namespace) -> int:
    """Mark requests done at a platform, or wherever they are still open; all of them or none."""
    now = desk.now()
    if arguments.not_there and arguments.platform is None:
        raise UsageError("Say where they were not: --not-there goes with --platform P.")
    platform = desk.platforms.named(arguments.platform) if arguments.platform is not None else None
    found = _open(desk, arguments.addresses, platform)
    changes = desk.due_requests.mark_done(
        [due.request.id for due in found],
        now=now,
        by=arguments.by or desk.person,
        at=when(arguments.on, desk) if arguments.on else None,
        platforms=None if platform is None else [platform.id],
        state=TaskState.NOT_THERE if arguments.not_there else TaskState.REMOVED,
    )
    if not changes:  # somebody else was faster
        raise UserError("Nothing of that is open any more; nothing was changed.")
    results = [_result(due, platform) for due in found]
    if arguments.json:
        print_json({"done": results})
        return DONE
    for result in results:
        said = "never there" if arguments.not_there else "done"
        at = f" at {', '.join(map(plain, result['platforms']))}" if result["platforms"] else ""
        still = (
            f" · still open at {', '.join(map(plain, result['still_open']))}" if result["still_open"] else ""
        )
        print(f"{result['key']}: {said}{at}{still}")
    return DONE


def _open(desk: Desk, addresses: list[str], platform: Platform | None) -> list[Due]:
    """Return what is open about each address or domain; UserError when that is nothing for one of them."""
    today, found, nothing = desk.counting.today(desk.now()), [], []
    for entry in desk.record_optout.parse(addresses):
        requests = desk.store.requests_about((entry.kind, entry.key))
        still = [request for request in requests if desk.store.is_open(request.id)]
        dues = [
            due
            for due in desk.due_requests.with_tasks(still, today)
            if platform is None or platform.id in [task.platform.id for task in due.open_tasks]
        ]
        found += dues
        if not dues:
            nothing.append(f"*@{entry.key}" if entry.kind is Kind.DOMAIN else entry.key)
    if nothing:
        where = f" at {platform.name}" if platform is not None else ""
        raise UserError(f"Nothing is open for {', '.join(nothing)}{where}; nothing was changed.")
    return found


def _result(due: Due, platform: Platform | None) -> dict[str, Any]:
    """Return what was done for one request, and where it is still open."""
    there = [task.platform for task in due.open_tasks]
    return {
        "address": due.request.given,
        "key": given_text(due.request),
        "due": due.request.due.isoformat(),
        "platforms": [p.name for p in there if platform is None or p.id == platform.id],
        "still_open": [p.name for p in there if platform is not None and p.id != platform.id],
    }
