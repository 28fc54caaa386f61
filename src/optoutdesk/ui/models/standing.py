"""How an address or a domain stands, in one line: what the find box says and the detail panel begins with."""

from datetime import date

from optoutdesk.domain.requests import ALL_MAIL, Kind, OptOutRequest, Precision
from optoutdesk.services.register import History
from optoutdesk.ui import words


def scope_quoted(scope: str) -> str:
    """Return `all mail`, or a list's name in quotation marks."""
    return "all mail" if scope == ALL_MAIL else f"“{scope}”"


def bars_most(history: History) -> OptOutRequest | None:
    """Return the request that says most about a block: its own for all mail, its own for a list, its hash's or domain's."""
    own = sorted(history.in_force, key=lambda request: request.scope != ALL_MAIL)
    return next(iter((*own, *history.over_it)), None)


def in_one_line(history: History, today: date) -> str:
    """Return `Opted out of all mail on 10 Nov 2026 by phone · due Wed 25 Nov` and its like."""
    request = bars_most(history)
    if request is None:
        if not history.opt_ins:
            return "Nothing on record"
        latest = max(history.opt_ins, key=lambda opt_in: opt_in.at)
        since = words.short_date(latest.at.date())
        return f"Opted in again on {since}"
    since = words.short_date(request.received.day)
    if request.kind is Kind.DOMAIN and history.kind is Kind.ADDRESS:
        return f"{words.subject(request.kind, request.key)} is suppressed since {since}"
    if request.kind is Kind.HASH and history.kind is Kind.ADDRESS:
        return f"Its hash is suppressed since {since} ({words.subject(request.kind, request.key)})"
    when = "by" if request.received.precision is Precision.UNKNOWN else "on"
    parts = [f"Opted out of {scope_quoted(request.scope)} {when} {since} {words.by_channel(request.channel)}"]
    if request.kind is Kind.DOMAIN:
        parts = [f"The whole domain is suppressed since {since}"]
    if request.done_at is not None:
        parts.append("done late" if words.done_late(request) else "done")
    elif history.clock is not None:
        parts.append(f"due {words.day(history.clock.request.due, today)}")
    return " · ".join(parts)


def people_at_domain(people: int, *, more: bool) -> str:
    """Return `2 people opted out at this domain`."""
    if more:
        return f"More than {words.number(people)} people opted out at this domain"
    if not people:
        return "Nobody opted out at this domain"
    return f"{words.count(people, 'person', 'people')} opted out at this domain"
