"""The command that ends a block: who agreed, when, how, and what shows it."""

import argparse
from datetime import datetime, time
from zoneinfo import ZoneInfo

from optoutdesk.cli.codes import DONE
from optoutdesk.cli.commands import files_json, given_text, keep_files, print_json, when
from optoutdesk.cli.plain import plain
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.domain.requests import ALL_MAIL, Kind, OptOutRequest, scope_name


def opt_in(desk: Desk, arguments: argparse.Namespace) -> int:
    """Record that somebody who opted out agreed to mail again."""
    request, scope = _request(desk, arguments.address, arguments.scope)
    now, zone = desk.now(), ZoneInfo(desk.counting.zone)
    agreed = when(arguments.when, desk)
    # Of a day alone its first moment: the safe side, as consent has to be later than the opt-out.
    at = agreed if isinstance(agreed, datetime) else datetime.combine(agreed, time.min, zone)
    kept = keep_files(desk, arguments.file)
    desk.opt_in_again.record(
        request,
        at=at,
        who=arguments.who,
        how=arguments.how,
        evidence=arguments.evidence or "",
        files=kept,
        by=arguments.by or desk.person,
        now=now,
        scope=scope,
        typed=arguments.typed or "",
    )
    stored = desk.store.opt_ins_about((request.kind, request.key))[-1]
    target = None if stored.scope == ALL_MAIL else stored.scope
    may_mail = desk.check_address.check([given_text(request)], target)[0].may_mail
    if arguments.json:
        print_json(
            {
                "address": given_text(request),
                "scope": stored.scope,
                "at": stored.at.astimezone(zone).isoformat(),
                "who": stored.who,
                "how": stored.how,
                "evidence": stored.evidence,
                "files": files_json(kept),
                "may_mail": may_mail,
            }
        )
        return DONE
    what = "all mail" if stored.scope == ALL_MAIL else plain(stored.scope)
    standing = "may be mailed again" if may_mail else "on record, but another opt-out still bars it"
    print(f"{given_text(request)}: opted in again · {what} · {standing}")
    for each in kept:
        print(f"evidence  {plain(each.name)}  SHA-256 {each.sha256}")
    return DONE


def _request(desk: Desk, address: str, scope: str | None) -> tuple[OptOutRequest, str | None]:
    """Return the request that is to be lifted, and for which scope; UserError when nothing bars that address."""
    from optoutdesk.services.targets import choose_target

    entries = desk.record_optout.parse([address])
    if len(entries) != 1:
        raise UsageError("Give one address; each person agrees for one address.")
    entry = entries[0]
    name = f"*@{entry.key}" if entry.kind is Kind.DOMAIN else entry.key
    barring = desk.store.barring((entry.kind, entry.key), None)
    if not barring:
        raise UserError(f"{name} has not opted out{_of_what_else(desk, entry.key)}; nothing was changed.")
    scopes = list(dict.fromkeys(request.scope for request in barring))
    if scope is None:
        if len(scopes) > 1:
            names = ", ".join(f"“{plain(each)}”" for each in scopes)
            raise UsageError(f"{name} left {names}. Say with --scope which of them is lifted.")
        return barring[0], None
    wanted = choose_target(desk.store, scope_name(scope)) or ALL_MAIL
    own = [request for request in barring if request.scope == wanted]
    return (own or barring)[0], wanted


def _of_what_else(desk: Desk, key: str) -> str:
    """Say that a domain or a hash is what bars an address."""
    other = desk.store.barring_otherwise(key, None) if "@" in key else []
    return f" itself: {given_text(other[0])} bars it" if other else ""
