"""What the Settings screen says: what is counted, what a change would mean, who works here."""

from collections.abc import Iterable

from optoutdesk.domain.deadlines import Policy
from optoutdesk.services.change_settings import SettingsPlan
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


def changed(names: Iterable[str], settings: Settings, policy: Policy) -> str:
    """Say how it is counted from now on, after these settings were changed."""
    if set(names) == {"policy"}:
        return f"New requests are counted by {policy.name} from now on."
    if set(names) == {"time_zone"}:
        return f"Days are those in {settings.zone()} from now on."
    return "New requests are counted like that from now on."


def wireless(domains: WirelessDomains, rule: Policy) -> str:
    """Say that addresses which are telephones have a rule of their own."""
    some = ", ".join(sorted(domains.domains & {"vtext.com", "txt.att.net", "tmomail.net"}))
    listed = "a list" if domains.official else "an unofficial list"
    return (
        f"Addresses that are telephones ({some} and more, {listed}) are due after {words.allowance(rule)} where that is "
        f"earlier ({rule.source})."
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
