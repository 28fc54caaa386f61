"""The words and formats that screens share: dates, channels, scopes, reasons, states, days left."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale

from optoutdesk.calendars import read_way
from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.deadlines import Cell, CellKind, Policy, Starts, Unit
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, Precision, Received
from optoutdesk.services import wording
from optoutdesk.services.due_requests import Due, Today, Urgency
from optoutdesk.store import RegisterRow

if TYPE_CHECKING:
    from optoutdesk.services.record_optout import Recorded

NONE = "–"  # noqa: RUF001 - a dash
"""Stands where there is no figure or date."""

# -- numbers

_SPELLED = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def number(value: int) -> str:
    """Return 9412 as 9,412."""
    return f"{value:,}"


def spelled(value: int) -> str:
    """Return a number as it begins a sentence: in letters up to ten."""
    return _SPELLED[value] if value < len(_SPELLED) else number(value)


def count(value: int, one: str, many: str = "") -> str:
    """Return `1 row` or `2 rows`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """Return a share as a percentage that never rounds up to 100; a dash when there is none."""
    if share is None:
        return NONE
    if share == 1:
        return "100 %"
    return f"{int(share * 1000) / 10:.1f} %"


# -- dates: English words, in the order and with the clock of her locale

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _month_first() -> bool:
    # US English writes "Nov 10, 2026" and "4:42 PM"; nearly everybody else the day first.
    return QLocale().dateFormat(QLocale.FormatType.ShortFormat).startswith("M")


def clock(moment: datetime) -> str:
    """Return the time of a local moment: 16:42, or 4:42 PM where she writes that."""
    if "AP" not in QLocale().timeFormat(QLocale.FormatType.ShortFormat).upper():
        return f"{moment.hour:02}:{moment.minute:02}"
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"


def _day_month(day: date, month: str) -> str:
    return f"{month} {day.day}" if _month_first() else f"{day.day} {month}"


def day(value: date, today: date | None = None) -> str:
    """Return `Wed 25 Nov`, with the year when it is more than half a year away from today."""
    text = f"{_DAYS[value.weekday()][:3]} {_day_month(value, _MONTHS[value.month - 1][:3])}"
    far = today is not None and abs((value - today).days) > 182
    return f"{text}{', ' if _month_first() else ' '}{value.year}" if far else text


def narrow_day(value: date, today: date) -> str:
    """Return `Wed 25 Nov`; more than half a year away from today the year matters more than the weekday: `7 Apr 2025`."""
    return short_date(value) if abs((value - today).days) > 182 else day(value)


def long_day(value: date, today: date) -> str:
    """Return `Wednesday 25 November`, of another year than today with the year."""
    comma = "," if _month_first() else ""
    year = f"{comma} {value.year}" if value.year != today.year else ""
    return f"{_DAYS[value.weekday()]}{comma} {_day_month(value, _MONTHS[value.month - 1])}{year}"


def full_day(value: date) -> str:
    """Return `Wed 9 December 2026`."""
    comma = "," if _month_first() else ""
    return f"{_DAYS[value.weekday()][:3]}{comma} {_day_month(value, _MONTHS[value.month - 1])}{comma} {value.year}"


def short_date(value: date) -> str:
    """Return `10 Nov 2026`."""
    return f"{_day_month(value, _MONTHS[value.month - 1][:3])}{',' if _month_first() else ''} {value.year}"


def month_day(value: date, today: date) -> str:
    """Return `2 Nov`; more than half a year away from today with the year."""
    if abs((value - today).days) > 182:
        return short_date(value)
    return _day_month(value, _MONTHS[value.month - 1][:3])


def moment(instant: datetime, zone: str, today: date) -> str:
    """Return a moment in the business's zone: `Today 10:51`, `Tue 10 Nov 16:42`."""
    local = instant.astimezone(ZoneInfo(zone))
    name = "Today" if local.date() == today else day(local.date(), today)
    return f"{name} {clock(local)}"


def moment_or_day(instant: datetime, zone: str, today: date) -> str:
    """Return `Today 09:40` for today, else the day alone: `Fri 20 Nov`."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"Today {clock(local)}" if local.date() == today else day(local.date(), today)


def received(receipt: Received, today: date) -> str:
    """Return when a request arrived, as precisely as it is known."""
    if receipt.precision is Precision.UNKNOWN:
        return not_known_by(receipt.day)
    if receipt.precision is Precision.MINUTE:
        return moment(receipt.instant, receipt.zone, today)
    return "Today" if receipt.day == today else day(receipt.day, today)


def received_in_full(receipt: Received) -> str:
    """Return `10 Nov 2026, 16:42`, or the day alone when no time is known."""
    text = short_date(receipt.day)
    if receipt.precision is Precision.UNKNOWN:
        return not_known_by(receipt.day)
    if receipt.precision is Precision.DAY:
        return text
    return f"{text}, {clock(receipt.instant.astimezone(ZoneInfo(receipt.zone)))}"


def received_day(receipt: Received) -> str:
    """Return the day of receipt for a narrow column: `10 Nov 2026`, `by 20 Nov 2026` where it is not known."""
    by = "by " if receipt.precision is Precision.UNKNOWN else ""
    return f"{by}{short_date(receipt.day)}"


def not_known_by(latest: date) -> str:
    """Return how a receipt reads of which only the latest possible day is known."""
    return f"not known, by {short_date(latest)} at the latest"


# -- channels and scopes

_CHANNELS: dict[Channel, tuple[str, str]] = {
    # alone in a table, to choose from
    Channel.REPLY: ("Reply", "Reply to a newsletter"),
    Channel.PHONE: ("Phone", "Phone"),
    Channel.LETTER: ("Letter", "Letter"),
    Channel.IN_PERSON: ("In person", "In person"),
    Channel.WEB_FORM: ("Web form", "Web form"),
    Channel.LINK: ("Unsubscribe link", "Unsubscribe link"),
    Channel.LIST_UNSUBSCRIBE: ("Unsubscribe button", "Unsubscribe button of a mail program"),
    Channel.PLATFORM_EXPORT: ("Platform export", "Export of a platform"),
    Channel.COMPLAINT: ("Complaint", "Complaint"),
    Channel.BOUNCE: ("Bounce", "Bounced mail"),
    Channel.OTHER: ("Other", "Another way"),
}
CHANNELS: tuple[Channel, ...] = tuple(_CHANNELS)
"""In the order in which they are offered."""


def channel(value: Channel | str) -> str:
    """Return a channel as it stands alone: `Phone`."""
    return _CHANNELS[Channel(value)][0]


def channel_inline(value: Channel | str) -> str:
    """Return a channel among other facts: `phone`."""
    return channel(value).lower()


def by_channel(value: Channel | str) -> str:
    """Return a channel behind a verb: `by phone`."""
    return wording.CHANNELS[Channel(value)] or "in another way"


def channel_choice(value: Channel | str) -> str:
    """Return a channel as it is offered: `Reply to a newsletter`."""
    return _CHANNELS[Channel(value)][1]


ALL_MAIL_WORDS = "All mail"


def scope(value: str) -> str:
    """Return `All mail`, or the list's name."""
    return ALL_MAIL_WORDS if value == ALL_MAIL else value


def scope_inline(value: str) -> str:
    """Return `all mail`, or the list's name."""
    return wording.scope_words(value)


def subject(kind: Kind, key: str) -> str:
    """Return an address, or a domain as *@domain, in readable letters; of a hash its kind and how it begins."""
    if kind is Kind.HASH:
        return f"{hash_kind(key)} {key[:8]}…"
    local, at, domain = key.rpartition("@")
    if "xn--" in domain:
        domain = _readable(domain)
    return f"{local}{at or '*@'}{domain}"


def subject_in_full(kind: Kind, key: str) -> str:
    """Return what the short form leaves out: of a hash all its digits."""
    return f"{hash_kind(key)} {key}" if kind is Kind.HASH else subject(kind, key)


def hash_kind(digest: str) -> str:
    """Return which hash an entry is, by its length: `SHA-256`."""
    return {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}.get(len(digest), "Hash")


@lru_cache(maxsize=4096)
def _readable(domain: str) -> str:
    """Return a domain of A-labels (RFC 5890) as people write it."""
    import idna  # slow to load: only for the few domains that need it

    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


# -- deadlines


def _unit(value: int, unit: Unit) -> str:
    name = "business day" if unit is Unit.BUSINESS_DAYS else "day"
    return count(value, name)


def allowance(policy: Policy) -> str:
    """Return how long a policy gives: `10 business days`, `10 calendar days`, `at once`."""
    if not policy.limit:
        return "at once"
    return count(policy.limit, "business day" if policy.unit is Unit.BUSINESS_DAYS else "calendar day")


def law_allows(policy: Policy) -> str:
    """Return what a policy asks, as the start of a sentence: `The law allows 10 business days`."""
    return f"The law allows {allowance(policy)}" if policy.limit else "The law asks you to stop at once"


def counts_from(policy: Policy) -> str:
    """Say what a policy counts, and from when on."""
    sent = policy.starts is Starts.SENT
    start = "the day on which the person sent it" if sent else "the day on which it reached you"
    if not policy.limit:
        return f"Stop at once, on {start}."
    said = f"{allowance(policy)} after {start}"
    if policy.holidays:
        said += f"; weekends and {policy.holidays} do not count"
    hint = " Where that day is not known, the day of receipt is taken." if sent else ""
    return f"{said[:1].upper()}{said[1:]}.{hint}"


def policy_source(policy: Policy) -> str:
    """Say where a policy stands and when that was checked."""
    return f"{policy.source}. Checked on {short_date(policy.checked_on)}."


GUIDANCE = "Guidance, not legal advice."


def _counted_in(value: Due) -> Unit:
    """Return which days a request on record was counted in."""
    way = read_way(value.request.counting)
    return way.unit if way is not None else Unit.BUSINESS_DAYS


def days_left(value: Due) -> str:
    """Return `1 business day left`, `Last day today`, `2 business days late`."""
    unit = _counted_in(value)
    if value.urgency is Urgency.OVERDUE:
        # Late over a weekend only: no business day has passed yet, but the due date has.
        return f"{_unit(-value.days_left, unit)} late" if value.days_left else "Late since the due date"
    return f"{_unit(value.days_left, unit)} left" if value.days_left else "Last day today"


def urgency_tone(value: Due) -> str:
    """Return the tone of a request's clock: danger on the last business day and after, warning when due soon."""
    if value.urgency is Urgency.OVERDUE or value.days_left <= 1:
        return "danger"
    return "warning" if value.urgency is Urgency.SOON else "accent"


def holidays(cells: Sequence[Cell]) -> str:
    """Return which holidays do not count: `Thu 26 Nov (Thanksgiving) does not count`; "" when there are none."""
    names = [f"{day(cell.day)} ({cell.holiday})" for cell in cells if cell.kind is CellKind.HOLIDAY]
    if not names:
        return ""
    return f"{' and '.join(names)} {'does' if len(names) == 1 else 'do'} not count"


def strip_in_words(value: Due, today: date | None = None) -> str:
    """Explain a due date: from receipt over the days that do not count to what is left."""
    request = value.request
    counted = sum(cell.kind in (CellKind.PASSED, CellKind.TO_COME) for cell in value.strip)
    after = f"{_unit(counted, _counted_in(value))} later" if counted else "at once"
    sentences = [
        f"Received {day(request.received.day, today)}; due {day(request.due, today)}, {after}.",
        f"{days_left(value)}.",
    ]
    if off := holidays(value.strip):
        sentences.append(f"{off}.")
    if any(cell.kind is CellKind.WEEKEND for cell in value.strip):
        sentences.append("Weekends do not count.")
    return " ".join(sentences)


def headline(today: Today) -> str:
    """Return what needs her today, as the title of the Today screen."""
    needed = today.need_her
    if needed:
        return f"{spelled(needed)} request{'s need' if needed > 1 else ' needs'} you today"
    return "Nothing needs you today" if today.open else "All opt-outs are done"


# -- cleaning

_REASON_TONES = {Reason.OPTED_OUT: "danger", Reason.DOMAIN: "warning"}


def reason(value: Reason | str) -> str:
    """Return why a row was removed."""
    return wording.REASONS[Reason(value)]


def reason_tone(value: Reason | str) -> str:
    """Return the tone of a reason's chip."""
    return _REASON_TONES.get(Reason(value), "plain")


def evidence(removed: Removed) -> str:
    """Return what stands behind a removed row: `10 Nov 2026 by phone · all mail`, `same as row 96`."""
    cause = removed.cause
    if isinstance(cause, Evidence):
        since = short_date(date.fromisoformat(cause.day))
        if cause.kind is Kind.DOMAIN:
            return f"*@{cause.key} since {since} · {scope_inline(cause.scope)}"
        if cause.kind is Kind.HASH:
            return f"by its hash, {since} · {scope_inline(cause.scope)}"
        return f"{since} {by_channel(cause.channel)} · {scope_inline(cause.scope)}"
    if isinstance(cause, Problem):
        return str(cause)
    if isinstance(cause, int):
        return f"same as row {number(cause)}"
    return wording.WITHOUT_CAUSE.get(removed.reason, "")


# -- the register


class State(NamedTuple):
    """How a request stands, and the tone of its chip."""

    text: str
    tone: str


def state(row: RegisterRow, today: date, soon: date) -> State:
    """Return how a line of the register stands; `soon` is the last due date that counts as due soon."""
    request = row.request
    if request.withdrawn_at is not None:
        return State("Import undone", "plain")
    if row.lifted:
        return State("Opted in again", "plain")
    if row.open:  # done before or not: an export may have shown that the person is still active
        if request.due < today:
            return State("Overdue", "danger")
        return State("Due soon", "warning") if request.due <= soon else State("Open", "accent")
    if not request.asked:
        return State("Bounced", "plain")
    if request.kind is Kind.HASH:
        return State("Suppressed", "plain")
    if request.done_at is not None and done_late(request):
        return State("Done late", "danger")
    if row.verified:
        return State("Verified", "ok")
    if request.done_at is not None:
        return State("Done", "ok")
    return State("Repeated", "plain")  # an earlier request of the same person counts


def state_hint(row: RegisterRow) -> str:
    """Return what a state needs said about it; "" where its word says it all."""
    if row.request.withdrawn_at is not None:
        return "The import that brought it was undone: it bars no mail"
    if row.lifted or row.open:
        return f"{row.assigned} works on it" if row.open and row.assigned else ""
    if not row.request.asked:
        return "Mail to it bounced: it bars mail, but nobody asked, so nothing is due"
    if row.request.kind is Kind.HASH:
        return "Only known by its hash: it bars mail, but nobody can be removed anywhere by it"
    if row.verified:
        return "Done, and each platform shows it in its own export"
    return "" if row.request.done_at is not None else "An earlier request of the same person counts"


def done_late(request: OptOutRequest) -> bool:
    """Whether a request was done after its due date."""
    if request.done_at is None:
        return False
    return request.done_at.astimezone(ZoneInfo(request.received.zone)).date() > request.due


def blocked_since(request: OptOutRequest) -> str:
    """Return `Blocked from all mail since 10 Nov 2026, 16:42`."""
    return f"Blocked from {scope_inline(request.scope)}{_since(request)}"


def blocked_through(what: str, request: OptOutRequest) -> str:
    """Return `Blocked through its domain since 10 Nov 2026, 16:42`."""
    return f"Blocked through its {what}{_since(request)}"


def _since(request: OptOutRequest) -> str:
    since = received_in_full(request.received)
    return f"; receipt {since}" if request.received.precision is Precision.UNKNOWN else f" since {since}"


def is_one_list(value: str) -> bool:
    """Whether a scope names one list rather than all mail."""
    return value != ALL_MAIL


def problem(value: Problem) -> str:
    """Return why something is no address: `Not an address: the domain has no dot`."""
    if value.guess:
        return f"Not an address: {value.reason}. {value.guess}?"
    return f"Not an address: {value.reason}"


def edit_format_day() -> str:
    """Return Qt's format for a field with a day in it."""
    return "ddd MMM d, yyyy" if _month_first() else "ddd d MMM yyyy"


def edit_format_time() -> str:
    """Return Qt's format for a field with a time in it."""
    return "h:mm AP" if "AP" in QLocale().timeFormat(QLocale.FormatType.ShortFormat).upper() else "HH:mm"


def why_due(policy: Policy, cells: Sequence[Cell]) -> str:
    """Return how a due date came about: `10 business days; Thu 26 Nov (Thanksgiving Day) does not count`."""
    off = holidays(cells)
    said = allowance(policy)
    return f"{said[:1].upper()}{said[1:]}; {off}" if off else f"{said[:1].upper()}{said[1:]}"


# -- what was recorded


def recorded(items: "Sequence[Recorded]") -> str:
    """Return in a sentence what recording did; "" when nothing of it blocks anybody."""
    fresh = [item.request for item in items if not item.already and not item.lifted]
    if len(fresh) == 1:
        return f"{subject(fresh[0].kind, fresh[0].key)} is blocked from now on. Due {day(fresh[0].due)}."
    if fresh:
        dues = {request.due for request in fresh}
        said = "Due" if len(dues) == 1 else "The first is due"
        return f"{count(len(fresh), 'opt-out')} recorded. {said} {day(min(dues))}."
    if any(item.already for item in items):
        return "All of them were recorded before: the earliest request counts."
    return ""


def not_blocked(items: "Sequence[Recorded]") -> str:
    """Say of whom a request is on record that blocks nothing; "" when there is nobody."""
    names = [subject(item.request.kind, item.request.key) for item in items if item.lifted]
    if not names:
        return ""
    more = f" and {number(len(names) - 2)} more" if len(names) > 2 else ""
    return (
        f"{' and '.join(names[:2]) if not more else ', '.join(names[:2])}{more} opted in again after that day. "
        "The request is on record, but mail may go on. Did they ask once more since? Then record it with that day."
    )
