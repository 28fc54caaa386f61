"""What reminders say: the notice, the snoozes, the tray's menu."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from optoutdesk.domain.reminders import Snooze, SnoozeChoice
from optoutdesk.services.calendar_file import CalendarExport
from optoutdesk.services.reminders import NextDue, Notice
from optoutdesk.ui import words

LATER = "Remind me later"
NOW = "Remind me now"
NOTHING_WAITS = "Nothing may wait now"
SAVE_CALENDAR = "Save the calendar file…"
NO_TRAY = "This desktop has no tray: reminders come only while this window is open. A calendar file can remind you too."
CLOSE_WITHOUT_TRAY = (
    "You chose that Opt-Out Desk stays in the tray, but this desktop has none. Once the window is closed, nothing reminds you "
    "of what is due. Keep it open, or save the due dates as a file for your calendar or phone."
)
STILL_HERE = (
    "Opt-Out Desk is still here",
    "It stays in the tray and reminds you. To end it, choose Quit from its menu.",
)
"""Title and text."""
_LONGEST = 40
"""Letters of a name in a menu."""


def notice(value: Notice) -> str:
    """Return what is to be said in a sentence, with the name of a single request."""
    request = value.request
    return value.gathered.sentence(words.subject(request.kind, request.key) if request else "")


def next_due(value: NextDue | None) -> str:
    """Return the first line of the tray's menu: `maria.ortiz@lakeside.example: due tomorrow`."""
    if value is None:
        return "No opt-out request is open"
    name = words.subject(value.request.kind, value.request.key)
    if len(name) > _LONGEST:
        half = _LONGEST // 2
        name = f"{name[:half]}…{name[-half:]}"
    return f"{name}: {value.when}"


def need_her(count: int) -> str:
    """Return what the tray's icon stands for."""
    if not count:
        return "Opt-Out Desk: nothing needs you"
    return f"Opt-Out Desk: {words.count(count, 'request needs', 'requests need')} you"


def snooze(choice: SnoozeChoice, now: datetime, zone: str) -> str:
    """Return a snooze as it is offered: `In 1 hour, at 11:15`, `Tomorrow, Wed 25 Nov 09:00`."""
    until = _moment(choice.until, now, zone)
    if choice.cut:
        return f"Until {until}: no longer, because of what is due"
    if choice.snooze is Snooze.HOUR:
        return f"In 1 hour, at {until}"
    name = "Tomorrow" if choice.snooze is Snooze.TOMORROW else "On the next business day"
    return f"{name}, {until}"


def snoozed(until: datetime, now: datetime, zone: str) -> str:
    """Return until when reminders wait."""
    return f"Reminders wait until {_moment(until, now, zone)}"


def _moment(value: datetime, now: datetime, zone: str) -> str:
    local = value.astimezone(ZoneInfo(zone))
    today: date = now.astimezone(ZoneInfo(zone)).date()
    clock = words.clock(local)
    return clock if local.date() == today else f"{words.day(local.date())} {clock}"


def calendar_saved(written: CalendarExport) -> str:
    """Return what was written, and what to do with it."""
    if not written.requests:
        return f"{written.path.name} is saved. No opt-out request is open."
    dates = words.count(written.days, "due date")
    return f"{written.path.name} is saved with {dates}. Open it in your calendar, and save it again after new requests."
