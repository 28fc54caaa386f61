"""A cell of a list in, the moment of receipt out, or the reason why there is none.

Every form that lists are met in is read; where a cell can be read in two ways nothing is guessed. Whether the day
or the month comes first is asked once for a column (`day_order`) and settled for the reader. A time without a
zone counts as the earlier of its readings, a date without a time as that date.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from optoutdesk.domain.requests import Precision, Received, received_on

EARLIEST = date(1995, 1, 1)
"""No list of opt-outs is older; also the first of the hundred years that two digits stand for."""

CLOCK_ERROR = timedelta(minutes=5)
"""How far the clock of a vendor may be ahead of this one."""


@dataclass(frozen=True, slots=True)
class NoDate:
    """Why a cell gave no moment of receipt, in words for a person."""

    reason: str

    def __str__(self) -> str:
        return self.reason


EMPTY = NoDate("no date")
"""Nothing stood in the cell, or the word of a database for nothing: the receipt is not known."""
UNREADABLE = NoDate("not a date")
NUMBER = NoDate("a number that is no date")
SHORTENED = NoDate("a number that a spreadsheet has shortened")
NO_DAY = NoDate("no such day")
NOT_DAY_FIRST = NoDate("no such day when the day comes first")
NOT_MONTH_FIRST = NoDate("no such day when the month comes first")
OTHER_WEEKDAY = NoDate("the day of the week belongs to another date")
NO_TIME = NoDate("no such time of day")
UNKNOWN_ZONE = NoDate("an unknown time zone")
AMBIGUOUS = NoDate("day and month can be read both ways")
TOO_OLD = NoDate("before 1995")
AHEAD = NoDate("lies ahead")


class DayOrder(StrEnum):
    """What stands first in dates such as 4/3/2026."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    UNDECIDED = "undecided"
    """Every cell fits both readings, and they differ: ask."""
    CONTRADICTORY = "contradictory"
    """Some cells fit only one reading, some only the other: ask, and one kind will go to review."""
    NO_MATTER = "no-matter"
    """No cell depends on it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A cell with both its readings; None where it has none."""

    cell: str
    day_first: date | None
    month_first: date | None


@dataclass(frozen=True, slots=True)
class ColumnOrder:
    """What a column says about its own order, and what to show when the person is asked."""

    order: DayOrder
    examples: tuple[Example, ...]
    """At most three cells that read differently, those that decide first, one of each kind at the front."""
    only_day_first: int
    only_month_first: int
    both_ways: int
    """How many cells fit both readings and change with the answer."""


_LONGEST = 100
_MANY = 100_000  # entries of a memory: all seconds of a day, all days since 1995
_EXAMPLES = 3
_MONTH_NAMES = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_MONTHS = {
    name[:length]: number for number, name in enumerate(_MONTH_NAMES, 1) for length in range(3, len(name) + 1)
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# RFC 5322 section 4.3. Of other names several places have one each: IST is India, Israel and Ireland.
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "edt": -4, "est": -5, "cdt": -5, "cst": -6}
_ZONES |= {"mdt": -6, "mst": -7, "pdt": -7, "pst": -8}
_WIDEST_OFFSET = timedelta(hours=14)  # Kiribati
# What databases write for nothing: SQL, JSON, pandas, MySQL's and Go's zero.
_NOTHING = {"", "-", "--", "null", "(null)", "none", "nil", "n/a", "na", "nan", "nat", "\\n"}
_NOTHING |= {"0000-00-00", "0000-00-00 00:00:00", "0001-01-01 00:00:00 +0000 utc", "0001-01-01t00:00:00z"}
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)  # of all workbooks' days since 1 March 1900

# The guard that spares most columns the long way: ISO 8601, its compact form, Go's time.String().
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|\d{8}T(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)"
    r"(?:(?<=:\d\d:\d\d)[.,]\d{1,9})?"
    r"(?: ?(Z|[+-]\d\d:?\d\d)(?: (?:[A-Z]{1,5}|[+-]\d{2,4}))?(?: m=[+-][\d.]+)?)?",
    re.ASCII,
).fullmatch
_NUMBER = re.compile(r"(\d{5,14})(?:[.,](\d{1,15}))?", re.ASCII).fullmatch
_ANY_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?", re.ASCII).fullmatch
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.ASCII).fullmatch
_CLOCK = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,:]\d{1,9})?)? ?(?:([ap])(?:\.?m\.?)?(?![a-z]))? ?(.*)", re.ASCII
).fullmatch
_ZONE = re.compile(
    r"(?:(?:utc|gmt)?([+-])(\d\d?)(?::?(\d\d))?(?: (?:[a-z]{1,5}|[+-]\d{2,4}))?|([a-z]{1,5}))"
    r"(?: ?[(\[][^()\[\]]*[)\]])?(?: m=[+-][\d.]+)?",
    re.ASCII | re.IGNORECASE,
).fullmatch
_COMPACT = re.compile(
    r"(\d{8})[t ]?(\d\d)(\d\d)(\d\d)?(?:[.,]\d{1,9})? ?(z|[+-]\d\d:?\d\d)?", re.ASCII
).fullmatch
_HOUR_ALONE = re.compile(r"(.*[ ,])(\d{1,2}) ?([ap]\.?m\b.*)", re.ASCII).fullmatch
_YEAR_LAST = re.compile(
    r"([a-z,. ]+ \d{1,2},?) (\d\d?:\d\d(?::\d\d)?(?: [ap]m)?(?: [a-z0-9:+-]+)?) (\d{4})", re.ASCII
).fullmatch
_BEFORE_TIME = re.compile(r"(?:[ ,]| at|(?<=\d)t)+$", re.ASCII)
_WEEKDAY = r"(?:(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs?|ur)?(?:day)?\.?,? ?)?"
_YEAR_FIRST = re.compile(
    _WEEKDAY + r"(\d{4})(?:([-/.])(\d\d?|[a-z]{3,9})\3(\d\d?)|(\d\d)(\d\d))", re.ASCII
).fullmatch
_FIGURES = _WEEKDAY + r"(\d\d?) ?([/.-]) ?(\d\d?) ?\3 ?(\d{4}|\d\d)"
_IN_FIGURES = re.compile(_FIGURES, re.ASCII).fullmatch
_STARTS_IN_FIGURES = re.compile(_FIGURES + r"(?:[ ,t]+(?:at )?\d.*)?", re.ASCII).fullmatch
_DAY_MONTH = re.compile(
    _WEEKDAY + r"(\d\d?)(?:st|nd|rd|th)?[ ./-]{0,2}(?:of )?([a-z]{3,9})[ .,/-]{0,2}'?(\d{4}|\d\d)", re.ASCII
).fullmatch
_MONTH_DAY = re.compile(
    _WEEKDAY + r"([a-z]{3,9})[ ./-]{1,2}(\d\d?)(?:st|nd|rd|th)?[ .,/-]{1,2}'?(\d{4}|\d\d)", re.ASCII
).fullmatch

_Clock = tuple[timedelta, timedelta | None]
"""The time of day as written, and its offset from UTC where that is given."""
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def day_order(cells: Iterable[str], *, today: date | None = None) -> ColumnOrder:
    """Return what the cells of one column say about whether the day or the month comes first.

    Cells in other forms say nothing. With `today` a reading that lies ahead is impossible, as a receipt cannot.
    """
    counts = [0, 0, 0]
    examples: list[list[Example]] = [[], [], []]
    for cell in cells:
        found = _figures_in(cell)
        if not found:
            continue
        day_first, month_first = _readings(*found)
        if today:
            day_first = None if day_first and day_first > today else day_first
            month_first = None if month_first and month_first > today else month_first
        if day_first == month_first:
            continue
        kind = 2 if day_first and month_first else 0 if day_first else 1
        counts[kind] += 1
        if len(examples[kind]) < _EXAMPLES:
            examples[kind].append(Example(cell.strip(), day_first, month_first))
    if counts[0] and counts[1]:
        order = DayOrder.CONTRADICTORY
    elif counts[0] or counts[1]:
        order = DayOrder.DAY_FIRST if counts[0] else DayOrder.MONTH_FIRST
    else:
        order = DayOrder.UNDECIDED if counts[2] else DayOrder.NO_MATTER
    one_each = [kind[0] for kind in examples if kind]
    more = [example for kind in examples for example in kind[1:]]
    return ColumnOrder(order, tuple((one_each + more)[:_EXAMPLES]), *counts)


class DateReader:
    """Reads the cells of one column, or of one file: the same forms come again and again."""

    def __init__(
        self,
        zone: str,
        now: datetime,
        *,
        also: Sequence[str] = (),
        written: str | None = None,
        order: DayOrder = DayOrder.NO_MATTER,
    ) -> None:
        """Take the business's time zone (IANA name), the aware moment of reading, and what is settled.

        `also`: the zones in which a time without one may have been written besides the business's own. The
        earliest reading counts where it falls on another local day, or where the business's own lies ahead.
        `written`: the zone in which times without one were written, where somebody knows it; then only that counts.
        Their day is still the business's local day; a date without a time stays that date.
        `order`: DAY_FIRST or MONTH_FIRST once that is settled; else a cell that reads both ways is AMBIGUOUS.
        """
        self._name = zone
        self._zone = ZoneInfo(zone)
        self._readings_in = tuple(map(ZoneInfo, (written,) if written else (zone, *also)))
        """The zones in which a time without one is read, the usual one first."""
        self._elsewhere = written not in (None, zone)
        self._order = order
        self._today = now.astimezone(self._zone).date()
        tomorrow = received_on(self._today + timedelta(days=1), zone).instant
        self._last = min(now.astimezone(UTC) + CLOCK_ERROR, tomorrow - timedelta(seconds=1))
        self._first = received_on(EARLIEST, zone).instant
        self._years = range(EARLIEST.year - 1, self._last.year + 2)
        self._whole: dict[str, Received | NoDate] = {}
        self._days: dict[str, datetime | NoDate] = {}
        self._clocks: dict[str, _Clock | NoDate] = {}
        self._steady: dict[date, tuple[timedelta, timedelta]] = {}
        """Of days on which no clock changes: the offset, and how much earlier the earliest reading is."""

    def read(self, cell: str) -> Received | NoDate:
        """Return the receipt that a cell stands for, or why it is none. Raises nothing, whatever the text."""
        if len(cell) > _LONGEST:
            cell = cell.strip()
            if len(cell) > _LONGEST:
                return UNREADABLE
        iso = _ISO(cell)
        if iso and cell[:3] != "000":  # the zero of a database takes the long way
            try:
                wall = datetime.fromisoformat(f"{iso[1]}+00:00")
            except ValueError:
                return NO_DAY  # all else the pattern has seen to
            return self._moment(wall, _offset_of(iso[2]) if iso[2] else None)
        if ":" in cell:
            moment = self._parts(cell)
            return moment if isinstance(moment, Received) else self._long_way(cell)
        known = self._whole.get(cell)
        if known is not None:
            return known
        number = _NUMBER(cell)
        result = self._number(number) if number else self._long_way(cell)
        if isinstance(result, NoDate) or result.precision is Precision.DAY:
            _remember(self._whole, cell, result)
        return result

    def _number(self, number: re.Match[str]) -> Received | NoDate:
        """Return what figures alone mean; the ranges of their meanings do not overlap."""
        whole, fraction = number[1], number[2]
        figures = len(whole)
        if figures == 5:
            days = float(f"{whole}.{fraction or 0}")
            wall = _SERIAL_ZERO + timedelta(
                seconds=round(days * 86_400)
            )  # finer than that it is rounding error
            return self._moment(wall, None) if fraction and int(fraction) else self._on(wall.date())
        if figures in (9, 10):
            return self._moment(datetime.fromtimestamp(int(whole), UTC), timedelta())
        if figures in (12, 13) and (figures == 13 or whole[0] not in "12"):
            return self._moment(datetime.fromtimestamp(int(whole) // 1000, UTC), timedelta())
        if figures in (8, 12, 14) and not fraction and whole[0] in "12":
            return self._long_way(whole)
        return NUMBER

    def _long_way(self, cell: str) -> Received | NoDate:
        text = _tidied(cell)
        if text in _NOTHING:
            return EMPTY
        if _SCIENTIFIC(text):
            return SHORTENED
        compact = _COMPACT(text)
        alone = _HOUR_ALONE(text)
        late_year = _YEAR_LAST(text)
        if compact:
            text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4] or '00'}{compact[5] or ''}"
        elif alone and ":" not in alone[1]:
            text = f"{alone[1]}{alone[2]}:00 {alone[3]}"
        elif late_year:
            text = f"{late_year[1]} {late_year[3]} {late_year[2]}"
        elif text != cell and (number := _NUMBER(text)):
            return self._number(number)
        if ":" in text:
            return self._parts(text)
        day = _day(text, self._order)
        if isinstance(day, date):
            return self._on(day)
        return NUMBER if day is UNREADABLE and _ANY_NUMBER(text) else day

    def _parts(self, text: str) -> Received | NoDate:
        """Return the receipt for a date with a time; each part is read once, however often it comes."""
        start = text.index(":")
        start -= 2 if text[start - 2 : start].isdecimal() else 1
        first, second = text[:start], text[start:]
        midnight = self._days.get(first)
        if midnight is None:
            day = _day(_tidied(first), self._order)
            midnight = day if isinstance(day, NoDate) else datetime.combine(day, time.min, UTC)
            _remember(self._days, first, midnight)
        clock = self._clocks.get(second)
        if clock is None:
            clock = _clock(_tidied(second))
            _remember(self._clocks, second, clock)
        if isinstance(midnight, NoDate):
            return midnight
        if isinstance(clock, NoDate):
            return clock
        return self._moment(midnight + clock[0], clock[1])

    def _on(self, day: date) -> Received | NoDate:
        if day < EARLIEST:
            return TOO_OLD
        return AHEAD if day > self._today else received_on(day, self._name)

    def _moment(self, wall: datetime, offset: timedelta | NoDate | None) -> Received | NoDate:
        """Return the receipt for a time as written (labelled UTC, whatever it is) and its offset if given."""
        day = wall.date()
        if offset is None and (steady := self._steady.get(day)):
            own, lead = steady
            instant = wall - own
            if self._elsewhere:
                day = self._local_day(instant)
            elif lead and (instant > self._last or (wall - lead).day != wall.day):
                instant -= lead
                day = self._local_day(instant)
        elif isinstance(offset, NoDate):
            return offset
        elif wall.year not in self._years:
            # By the year alone: at the ends of the calendar no offset can be applied.
            return TOO_OLD if wall.year < EARLIEST.year else AHEAD
        else:
            instant = self._reading(wall) if offset is None else wall - offset
            day = self._local_day(instant)
        if instant < self._first:
            return TOO_OLD
        if instant > self._last:
            return AHEAD
        # Not received_at: the same result, in a third of the time, where there may be a million.
        return Received(instant, day, Precision.MINUTE, self._name)

    def _local_day(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()

    def _reading(self, wall: datetime) -> datetime:
        """Return the instant that counts of a time without a zone."""
        offsets = self._offsets_at(wall.replace(tzinfo=None))
        own, earliest = wall - offsets[0], wall - max(offsets)
        day = wall.date()
        if {self._offsets_at(datetime.combine(day, end)) for end in (time.min, time(23, 59, 59))} == {
            offsets
        }:
            # No clock changes on this day: what holds now holds for all its times.
            _remember(self._steady, day, (offsets[0], own - earliest))
        other_day = self._local_day(earliest) != self._local_day(own)
        return earliest if own > self._last or other_day else own

    def _offsets_at(self, wall: datetime) -> tuple[timedelta, ...]:
        return tuple(_earliest_offset(wall, zone) for zone in self._readings_in)


def is_date(cell: str) -> bool:
    """Whether a cell is written as a date; bare figures are none, they may be anything."""
    if cell.strip().isdecimal():
        return False
    return any(isinstance(readers[0].read(cell), Received) for readers in _far_apart())


def carries_zone(cell: str) -> bool | None:
    """Whether the time in a cell says in which zone it is, as Unix seconds do; None where there is no time."""
    for readers in _far_apart():
        west, east = (reader.read(cell) for reader in readers)
        if isinstance(west, Received) and isinstance(east, Received):
            return None if west.precision is Precision.DAY else west.instant == east.instant
    return None


@lru_cache(maxsize=1)
def _far_apart() -> list[list[DateReader]]:
    """Return readers that take a time without a zone for one of the far west and of the far east, in both orders."""
    end = datetime(2094, 12, 31, tzinfo=UTC)
    return [
        [DateReader("UTC", end, written=zone, order=order) for zone in ("Etc/GMT+12", "Etc/GMT-14")]
        for order in (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)
    ]


def _earliest_offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    """Return the offset that gives the earlier instant, of a time that clocks skip or show twice, too."""
    return max(zone.utcoffset(wall.replace(fold=fold)) or timedelta() for fold in (0, 1))


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(memory) >= _MANY:
        memory.clear()
    memory[key] = value


def _tidied(cell: str) -> str:
    """Return a cell in lower case, without outer quotes, its blanks made plain and single."""
    text = cell
    if not text.isascii():
        # Excel puts narrow blanks before AM and PM; marks of direction come with dates copied from Windows.
        text = unicodedata.normalize("NFKC", text)
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(text.split()).strip("'\"").strip().lower()


def _day(text: str, order: DayOrder) -> date | NoDate:
    """Return the day that tidied text without a time names."""
    text = _BEFORE_TIME.sub("", text)
    found = _IN_FIGURES(text)
    if found:
        return _in_order(_readings(found[1], found[2], found[4], found[5]), found, order)
    found = _YEAR_FIRST(text)
    if found:
        weekday, year, month, day = found[1], found[2], found[4] or found[6], found[5] or found[7]
    else:
        found = _DAY_MONTH(text)
        if found:
            weekday, day, month, year = found.groups()
        else:
            found = _MONTH_DAY(text)
            if not found:
                return UNREADABLE
            weekday, month, day, year = found.groups()
    number = int(month) if month.isdecimal() else _MONTHS.get(month)
    if number is None:
        return UNREADABLE
    named = _date(year, number, int(day))
    if named is None:
        return NO_DAY
    return named if _fits(named, weekday) else OTHER_WEEKDAY


def _in_order(
    readings: tuple[date | None, date | None], found: re.Match[str], order: DayOrder
) -> date | NoDate:
    day_first, month_first = readings
    if day_first is None and month_first is None:
        without = _readings(None, found[2], found[4], found[5])
        return OTHER_WEEKDAY if without != (None, None) else NO_DAY
    if order is DayOrder.DAY_FIRST:
        return day_first or NOT_DAY_FIRST
    if order is DayOrder.MONTH_FIRST:
        return month_first or NOT_MONTH_FIRST
    if day_first and month_first and day_first != month_first:
        return AMBIGUOUS
    return day_first or month_first or NO_DAY


def _figures_in(cell: str) -> tuple[str | None, str, str, str] | None:
    """Return weekday, first and second figure and year of a cell whose order is not plain."""
    if len(cell) > _LONGEST:
        return None
    found = _STARTS_IN_FIGURES(cell)
    if not found and not cell[:4].isdecimal():
        found = _STARTS_IN_FIGURES(_tidied(cell))
    return (found[1], found[2], found[4], found[5]) if found else None


@lru_cache(maxsize=65_536)
def _readings(weekday: str | None, one: str, two: str, year: str) -> tuple[date | None, date | None]:
    """Return the day-first and the month-first reading of figures; None where there is no such day."""
    first, second = int(one), int(two)
    both = _date(year, second, first), _date(year, first, second)
    day_first, month_first = (day if day and _fits(day, weekday) else None for day in both)
    return day_first, month_first


def _date(year: str, month: int, day: int) -> date | None:
    number = int(year)
    if len(year) == 2:
        # Of the years with these two figures the only one from 1995 to 2094.
        number += 1900 if number >= EARLIEST.year % 100 else 2000
    try:
        return date(number, month, day)
    except ValueError:
        return None


def _fits(day: date, weekday: str | None) -> bool:
    return weekday is None or _WEEKDAYS[day.weekday()] == weekday


def _clock(text: str) -> _Clock | NoDate:
    """Return what tidied text that begins with hour and minute says: 12 or 24 hours, with or without a zone."""
    found = _CLOCK(text)
    if not found:
        return UNREADABLE
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = found[4]
    # 16:42 pm is written by a wrong format, but has one reading only; 16:42 am has none.
    if hour > 23 or minute > 59 or second > 59 or (half == "a" and hour > 12) or (half == "p" and not hour):
        return NO_TIME
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    offset = _offset_of(found[5]) if found[5] else None
    if isinstance(offset, NoDate):
        return offset
    return timedelta(hours=hour, minutes=minute, seconds=second), offset


@lru_cache(maxsize=4096)
def _offset_of(text: str) -> timedelta | NoDate:
    """Return the offset from UTC of a zone; a figure counts, a name after it does not."""
    found = _ZONE(text)
    if not found:
        return UNREADABLE
    if found[4]:
        hours = _ZONES.get(found[4].lower())
        return UNKNOWN_ZONE if hours is None else timedelta(hours=hours)
    minutes = int(found[3] or 0)
    offset = timedelta(hours=int(found[2]), minutes=minutes)
    if offset > _WIDEST_OFFSET or minutes > 59:
        return UNKNOWN_ZONE
    return -offset if found[1] == "-" else offset
