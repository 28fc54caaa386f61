"""How verdicts are put into words in files and on the command line: plain English, the same in every locale."""

from datetime import date
from functools import lru_cache

from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import ALL_MAIL, Channel

CHANNELS = {
    Channel.LINK: "by unsubscribe link",
    Channel.REPLY: "by reply",
    Channel.LIST_UNSUBSCRIBE: "by unsubscribe button",
    Channel.PHONE: "by phone",
    Channel.LETTER: "by letter",
    Channel.IN_PERSON: "in person",
    Channel.WEB_FORM: "by web form",
    Channel.PLATFORM_EXPORT: "from a platform's export",
    Channel.COMPLAINT: "by complaint",
    Channel.BOUNCE: "by bounce",
    Channel.OTHER: "",
}
"""How a request arrived, as the end of "opted out ..."."""

# Not strftime's: Qt sets the process to her locale, and a file must read the same from the window and the command line.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

REASONS = {
    Reason.OPTED_OUT: "Opted out",
    Reason.DOMAIN: "Suppressed domain",
    Reason.DUPLICATE: "Duplicate",
    Reason.NOT_AN_ADDRESS: "Not an address",
    Reason.NO_ADDRESS: "No address",
}
"""Reasons as headings."""


def scope_words(scope: str) -> str:
    """Return a scope as it is shown."""
    return "all mail" if scope == ALL_MAIL else scope


def day_words(day: str) -> str:
    """Return an ISO day as 10 Nov 2026."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"


def evidence_words(removed: Removed, unit: str = "row") -> str:
    """Return the evidence of a removed row in one line; `unit` is what the list's numbers count."""
    cause = removed.cause
    if isinstance(cause, Evidence):
        since = _since(cause.day, cause.channel, cause.scope)
        return f"*@{cause.key} since {since}" if removed.reason is Reason.DOMAIN else since
    if isinstance(cause, Problem):
        return str(cause)
    if isinstance(cause, int):
        return f"same as {unit} {cause}"
    return "no address in this row" if removed.reason is Reason.NO_ADDRESS else ""


@lru_cache(maxsize=4096)
def _since(day: str, channel: str, scope: str) -> str:
    how = CHANNELS[Channel(channel)]
    return f"{day_words(day)}{' ' if how else ''}{how} · {scope_words(scope)}"
