"""Due dates as a calendar file (RFC 5545): for a phone or a calendar program, which remind her without this program."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from optoutdesk import __version__
from optoutdesk.domain.reminders import Schedule, Timetable
from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.services.counting import Counting
from optoutdesk.spreadsheets.output import PendingFile
from optoutdesk.store import OpenFilter, OpenWork, Store
from optoutdesk.store.reminders import ReminderLog

ENDING = ".ics"
_OCTETS = 75
"""The longest line, RFC 5545 section 3.1."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarExport:
    """What was written."""

    path: Path
    days: int
    """Due dates: one event each."""
    requests: int


class CalendarFile:
    """Writes the due dates of the open requests."""

    def __init__(self, store: Store, counting: Counting, schedule: Schedule) -> None:
        self._store = store
        self._counting = counting
        self._schedule = schedule

    def write(
        self, output: Path, *, now: datetime, with_addresses: bool = False, overwrite: bool = False
    ) -> CalendarExport:
        """Write one event a due date, with how many are due; with addresses only where that was asked for.

        Raises OutputError when the file cannot be written, or exists and may not be overwritten.
        """
        with PendingFile(output, overwrite=overwrite) as file:
            work = OpenWork(self._store)
            names: dict[date, list[str]] = {}
            if with_addresses:
                for request in work.page(OpenFilter(), limit=-1):
                    names.setdefault(request.due, []).append(_name(request))
                days = [(day, len(listed)) for day, listed in names.items()]
            else:
                days = work.by_day(OpenFilter())
            file.stream.write(b"".join(map(folded, self._lines(days, names, now))))
            file.seal()
            file.publish()
        return CalendarExport(output, len(days), sum(count for _, count in days))

    def _lines(
        self, days: Sequence[tuple[date, int]], names: dict[date, list[str]], now: datetime
    ) -> Iterator[str]:
        yield from (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:-//Opt-Out Desk//Opt-Out Desk {__version__}//EN",
        )
        yield from ("CALSCALE:GREGORIAN", "METHOD:PUBLISH")
        last = self._store.last_entry()
        # A calendar that has an event already takes the one with the higher number.
        stamps = [f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}", f"SEQUENCE:{last.seq if last else 0}"]
        whose = ReminderLog(self._store).list_id()[:16] or "empty"
        timetable = Timetable(self._schedule, self._counting.holiday, self._counting.zone)
        for day, count in days:
            yield "BEGIN:VEVENT"
            yield f"UID:due-{day.isoformat()}-{whose}@optoutdesk"
            yield from stamps
            yield from _whole_day(day)
            said = f"{count:,} opt-out request{' is' if count == 1 else 's are'} due"
            yield f"SUMMARY:{escaped(said)}"
            yield f"DESCRIPTION:{escaped(self._description(names.get(day, ())))}"
            for trigger in self._triggers(day, timetable, now):
                yield from (
                    "BEGIN:VALARM",
                    "ACTION:DISPLAY",
                    f"DESCRIPTION:{escaped(said)}",
                    trigger,
                    "END:VALARM",
                )
            yield "END:VEVENT"
        if not days:
            # A calendar without an event is none (section 3.6), and an old file must not go on telling what is done.
            today = self._counting.today(now)
            yield from ("BEGIN:VEVENT", f"UID:none-{whose}@optoutdesk", *stamps, *_whole_day(today))
            yield from ("SUMMARY:No opt-out request is open", "END:VEVENT")
        yield "END:VCALENDAR"

    def _description(self, names: Iterable[str]) -> str:
        due = (
            "Remove them wherever you send from: this is the last day on which mail may still go out to them."
        )
        return "\n".join([due, *names])

    def _triggers(self, due: date, timetable: Timetable, now: datetime) -> Iterator[str]:
        """Yield the alarms of the schedule that are still to come; that of the due date itself always."""
        on_the_day = self._schedule.at.hour * 60 + self._schedule.at.minute
        for count in sorted({*self._schedule.days_before, 0}, reverse=True):
            day = timetable.business_days_before(due, count)
            if not count or timetable.on(day) > now:
                yield f"TRIGGER:{_duration(on_the_day - (due - day) // _DAY * 1440)}"


def _whole_day(day: date) -> tuple[str, ...]:
    """Return when an event is that takes no time of hers: a day from its first to its last moment."""
    return (
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + _DAY:%Y%m%d}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
    )


def _name(request: OptOutRequest) -> str:
    return f"*@{request.key}" if request.kind is Kind.DOMAIN else request.key


def _duration(minutes: int) -> str:
    """Return minutes from the start of the day, negative before it (section 3.3.6): -P2DT15H0M."""
    days, rest = divmod(abs(minutes), 1440)
    whole = f"{days}D" if days else ""
    return f"{'-' if minutes < 0 else ''}P{whole}T{rest // 60}H{rest % 60}M"


def escaped(text: str) -> str:
    """Return text as the value of a property (section 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Return a content line with its line break, in parts of at most 75 octets that split no character (section 3.1)."""
    data = line.encode("utf-8")
    parts = []
    room = _OCTETS
    while len(data) > room:
        end = room
        while data[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        parts.append(data[:end])
        data = data[end:]
        room = _OCTETS - 1  # after the blank that says that the line goes on
    return b"\r\n ".join([*parts, data]) + b"\r\n"
