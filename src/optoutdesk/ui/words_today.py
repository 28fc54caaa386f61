"""What the Today screen says: section heads, platforms, own targets, response times, and what an act did."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from optoutdesk.domain.platforms import Task, TaskState
from optoutdesk.services.due_requests import Due, DueGroup, Urgency
from optoutdesk.ui import words

_ELSEWHERE = "Wherever you send from"
_DAYS_FROM = 72
"""Hours from which on a span is told in days."""


# -- the heads of sections


def head(group: DueGroup, today: date) -> str:
    """Return a section's title: `Act now`, `Mailchimp`, `Due Fri 27 Nov`."""
    if group.urgency is Urgency.ON_TRACK:
        return "On track"
    if group.urgency is not None:
        return "Act now"
    if group.platform is not None:
        return group.platform.name
    if group.day is None:
        return _ELSEWHERE
    if group.day == today:
        return "Due today"
    return f"{'Was due' if group.day < today else 'Due'} {words.day(group.day, today)}"


def head_hint(group: DueGroup, *, short: bool = False) -> str:
    """Return what stands small beside a section's title."""
    if group.urgency is Urgency.SOON:
        still = "still to be removed where you send from"
        return still if short else f"blocked in every list you clean already; {still}"
    if group.platform is None and group.day is None and group.urgency is None:
        return "none of your platforms is concerned"
    return ""


def head_count(group: DueGroup) -> str:
    """Return how many stand in a section: `412 open, 3 overdue`."""
    text = f"{words.number(group.count)} open"
    return f"{text}, {words.number(group.overdue)} overdue" if group.overdue else text


def head_spoken(group: DueGroup, today: date, *, folded: bool) -> str:
    """Return what a screen reader says of a section's head."""
    parts = [head(group, today), head_count(group), head_hint(group), "folded" if folded else ""]
    return ", ".join(filter(None, parts))


def choose_all(count: int, *, chosen: bool) -> str:
    """Return the link that chooses a whole section."""
    return "Select none" if chosen else f"Select all {words.number(count)}"


def more(read: int, count: int) -> str:
    """Return the line that stands for what is not read yet."""
    return f"{words.number(read)} of {words.number(count)} shown; reading on …" if read else "Reading …"


# -- one request


def task(value: Task) -> str:
    """Return a thing to do as its chip says it: `Mailchimp`, `Outlook ✓`."""
    return value.platform.name if value.state is TaskState.OPEN else f"{value.platform.name} ✓"


def task_tone(value: Task) -> str:
    """Return the tone of a thing to do's chip."""
    return "warning" if value.state is TaskState.OPEN else "ok"


def task_in_words(value: Task, zone: str, today: date) -> str:
    """Return how a thing to do stands: `Outlook: removed Fri 20 Nov by Ana`."""
    name = value.platform.name
    if value.state is TaskState.OPEN:
        return f"{name}: still to be removed"
    state = {
        TaskState.REMOVED: "removed",
        TaskState.VERIFIED: "verified by its own export",
        TaskState.NOT_THERE: "was never there, said",
    }[value.state]
    when = f" {words.day(value.at.astimezone(ZoneInfo(zone)).date(), today)}" if value.at is not None else ""
    return f"{name}: {state}{when}{f' by {value.by}' if value.by else ''}"


def facts(due: Due, today: date) -> str:
    """Return when and how a request arrived and who recorded it: `Tue 10 Nov 16:42 · phone · Ana`."""
    request = due.request
    parts = [words.received(request.received, today), words.channel_inline(request.channel)]
    if words.is_one_list(request.scope):
        parts.append(f"{request.scope} only")
    if request.by:
        parts.append(request.by)
    return " · ".join(parts)


def assigned(person: str) -> str:
    """Return who works on a request; "" for nobody."""
    return f"assigned to {person}" if person else ""


def has_own_target(due: Due) -> bool:
    """Whether the own target is said: once the legal date has passed, that says more."""
    return due.urgency is not Urgency.OVERDUE


def own_target(due: Due, now: datetime, zone: str) -> str:
    """Return the business's own target of a request: `own target today 16:42`; "" once the legal date has passed."""
    if not has_own_target(due):
        return ""
    if due.target_missed(now):
        return "own target missed"
    here = ZoneInfo(zone)
    at, today = due.own_target.astimezone(here), now.astimezone(here).date()
    if at.date() == today:
        day = "today"
    elif at.date() == today + timedelta(days=1):
        day = "tomorrow"
    else:
        day = words.day(at.date(), today)
    return f"own target {day} {words.clock(at)}"


def spoken(due: Due, now: datetime, zone: str, *, chosen: bool) -> str:
    """Return what a screen reader says of a request."""
    today = now.astimezone(ZoneInfo(zone)).date()
    request = due.request
    still = [each.platform.name for each in due.tasks if each.state is TaskState.OPEN]
    done = [each.platform.name for each in due.tasks if each.state is not TaskState.OPEN]
    parts = [
        words.subject(request.kind, request.key),
        "selected" if chosen else "",
        words.days_left(due),
        f"due {words.day(request.due, today)}",
        own_target(due, now, zone),
        f"open at {listed(still)}" if still else "",
        f"done at {listed(done)}" if done else "",
        assigned(due.assigned),
        f"received {facts(due, today)}",
    ]
    return ", ".join(filter(None, parts))


def listed(names: Sequence[str]) -> str:
    """Return `Mailchimp, Outlook and QuickBooks`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


# -- the figures


def span(hours: float) -> str:
    """Return a time that something took: `40 minutes`, `26 hours`, `5 days`."""
    if hours < 1:
        return words.count(max(1, round(hours * 60)), "minute")
    if hours < _DAYS_FROM:
        return words.count(round(hours), "hour")
    return words.count(round(hours / 24), "day")


def response(median_hours: float | None) -> str:
    """Return how long answers took so far, in a few words."""
    return "none done yet" if median_hours is None else f"half within {span(median_hours)}"


def response_in_short(median_hours: float | None) -> str:
    """Return how long answers took so far, in a short sentence."""
    return "None was done yet." if median_hours is None else f"Half were done within {span(median_hours)}."


def response_in_full(median_hours: float | None) -> str:
    """Return how long answers took so far, in a sentence."""
    if median_hours is None:
        return "No request was done in the last 12 months, so there is nothing to measure yet."
    return f"Half of the requests of the last 12 months were done within {span(median_hours)} of receipt."


def target_hours(hours: int) -> str:
    """Return how long the own target is: `48 hours`, `5 days`."""
    return (
        words.count(hours // 24, "day")
        if hours > _DAYS_FROM and not hours % 24
        else words.count(hours, "hour")
    )


# -- acts


def row_in_full(due: Due, today: date) -> str:
    """Return what a row says of its request in small letters, however narrow it is."""
    return " · ".join(filter(None, [facts(due, today), assigned(due.assigned)]))


def selected(count: int) -> str:
    """Return how many are chosen: `12 selected`."""
    return f"{words.number(count)} selected"


def done_question(names: Sequence[str], people: int) -> str:
    """Return the question before requests are marked done: `Removed from Mailchimp?`, `Mark 12 requests done at Mailchimp?`."""
    if people == 1:
        return f"Removed from {listed(names)}?" if names else "Removed everywhere you send from?"
    return f"Mark {words.count(people, 'request')} done{f' at {listed(names)}' if names else ''}?"


def done_confirm(who: str, scope: str, names: Sequence[str], *, many: bool = False) -> str:
    """Return what she confirms: `Confirm that jane@shop.example is out of Mailchimp.`"""
    are = "are" if many else "is"
    if words.is_one_list(scope):
        where = listed(names) if names else "every program that sends it"
        return f"Confirm that {who} {are} off “{scope}” in {where}."
    return f"Confirm that {who} {are} out of {listed(names) or 'every list and every program you send from'}."


IRREVOCABLE = "This goes into the ledger and cannot be taken back."
IRREVOCABLE_TODAY = "This goes into the ledger with today's date and cannot be taken back."


def done(who: str, names: Sequence[str], state: TaskState) -> str:
    """Return what marking done did: `jane@shop.example is done at Mailchimp.`"""
    where = listed(names)
    if state is TaskState.NOT_THERE:
        return f"{who}: never there{f' ({where})' if where else ''}."
    return f"{who}: done{f' at {where}' if where else ''}."


def assign_question(count: int, person: str) -> str:
    """Return the question before requests are given to somebody."""
    what = words.count(count, "request")
    return f"Give {what} to {person}?" if person else f"Give {what} to nobody?"


def assigned_to(count: int, person: str) -> str:
    """Return what assigning did."""
    verb = "is" if count == 1 else "are"
    return f"{words.count(count, 'request')} {verb} assigned to {person or 'nobody'} now."
