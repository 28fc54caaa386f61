"""What the Settings screen says: what is counted, what a change would mean, who works here."""

from collections.abc import Iterable
from datetime import date

from optoutdesk.domain.deadlines import Policy
from optoutdesk.services.change_settings import WIRELESS, SettingsPlan
from optoutdesk.services.counting import WirelessDomains
from optoutdesk.settings import Settings
from optoutdesk.ui import words

COUNTING = "Counting what that would mean…"
USE = "Use from now on"
KEEP = "Keep as it was"
SAVED = "Saved."
STAFF_HINT = (
    "Names only: no accounts, no passwords. With two or more of them you are asked at the start who is working, and every "
    "act is recorded under that name."
)
OWN_HINT = "They stand in every forwarded mail. They are never proposed as opt-outs."
LOAD_WIRELESS = "Load the FCC’s list…"  # noqa: RUF001 - an apostrophe
LOAD_ANOTHER = "Load another list…"
SAME_WIRELESS = "These are the domains that count already."
LOAD_TITLE = "Load a list of wireless domains"
SHIPPED_WIRELESS = "Use the program’s list"  # noqa: RUF001 - an apostrophe
TEMPLATES_HINT = "What you write to people to say that their request has reached you."
ANYWHERE = "Not chosen: the earliest date"
"""Stands for no province."""


def plan(value: SettingsPlan) -> str:
    """Say what a change would mean for the requests on record; they keep their dates."""
    if not value.open:
        return "No request is open. The next one is counted like that."
    if not value.would_change:
        them = "The open request" if value.open == 1 else f"All {words.number(value.open)} open requests"
        return f"{them} would have the same due date."
    if value.would_change == 1:
        when = "earlier" if value.earlier else "later"
        return f"1 open request was counted the old way; it keeps its date: it would be due {when}."
    said = f"{words.number(value.would_change)} open requests were counted the old way; they keep their dates"
    return f"{said}: {_listed(value)}."


def _listed(value: SettingsPlan) -> str:
    parts = [(value.earlier, "earlier"), (value.later, "later")]
    found = [(count, when) for count, when in parts if count]
    if len(found) == 1:
        return f"all of them would be due {found[0][1]}"
    (earlier, _), (later, _) = found
    return f"{words.number(earlier)} would be due earlier, {words.number(later)} later"


def changed(names: Iterable[str], settings: Settings, policy: Policy, domains: WirelessDomains) -> str:
    """Say how it is counted from now on, after these settings were changed."""
    if set(names) == {WIRELESS}:
        if not domains.file:
            return "The short list of wireless domains of the program counts from now on."
        return (
            f"{words.count(len(domains.domains), 'wireless domain')} from {domains.file} count from now on."
        )
    if set(names) == {"policy"}:
        return f"New requests are counted by {policy.name} from now on."
    if set(names) == {"time_zone"}:
        return f"Days are those in {settings.zone()} from now on."
    return "New requests are counted like that from now on."


def wireless(domains: WirelessDomains, rule: Policy) -> str:
    """Say that addresses which are telephones have a rule of their own."""
    known = sorted(domains.domains & {"vtext.com", "txt.att.net", "tmomail.net"})
    some = ", ".join(known or sorted(domains.domains)[:3])
    more = " and more" if len(domains.domains) > len(known or "abc") else ""
    listed = "" if domains.official else ", an unofficial list"
    return (
        f"Addresses that are telephones ({some}{more}{listed}) are due after {words.allowance(rule)} where that is "
        f"earlier ({rule.source})."
    )


def wireless_list(domains: WirelessDomains, loaded: date | None, today: date) -> str:
    """Say which list of wireless domains counts; `loaded`: on which day she loaded it."""
    if not domains.file or loaded is None:
        return "Wireless domains: the short unofficial list of the program"
    return (
        f"Wireless domains: {words.count(len(domains.domains), 'domain')} from {domains.file}, loaded "
        f"{words.month_day(loaded, today)}"
    )


def days_before(count: int) -> str:
    """Return a reminder's step: `On the due date`, `1 business day before`."""
    return f"{words.count(count, 'business day')} before" if count else "On the due date"


def names_twice(name: str) -> str:
    """Say that a name is in the list already."""
    return f"“{name}” is in the list already."


def no_address(text: str) -> str:
    """Say that something is no address."""
    return f"“{text}” is no e-mail address. It looks like name@example.com."
