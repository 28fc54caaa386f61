"""What the cells of xlsx, xls and ods have in common: their values as text, dates out of numbers, rows in blocks."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from math import isinf

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.findings import Notes
from optoutdesk.spreadsheets.table import Block, CellValue

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""Of a sheet, in Excel and LibreOffice alike."""

Row = tuple[int, list[str], list[CellValue | None]]
"""Its number in the sheet from 1; its cells as text; the same cells as values. Both lists are equally long."""

BUILT_IN_FORMATS: dict[int, str] = (
    dict.fromkeys(range(27, 59), "yyyy-mm-dd") | dict.fromkeys(range(32, 36), "h:mm:ss") | BUILTIN_FORMATS
)
"""Number formats by their numbers in xlsx and xls. Those of East Asian calendars (27 to 36 and 50 to 58, ECMA-376
part 1, 18.8.30) have no text of their own."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DURATION = re.compile(r"(-?)P(?:(\d{1,9})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d+)?)S)?")
_ANY_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - spreadsheets know no zones
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_DIGITS = 308  # a float cannot be longer before its point
_BLOCK_ROWS = 2_000
_BLOCK_CELLS = 200_000
_LONGEST_GAP = 10_000
# Excel stops at 32,767 characters; other programs write longer ones.
_LONGEST_TEXT = 16_000_000
_MOST_RUNS = 100_000
# A full sheet of 190 columns. What takes more is a few cells strewn over millions, or an attack.
_MOST_CELLS = 200_000_000


class CellError(str):
    """The value of a cell in which a formula failed, such as #N/A; distinct from text that reads so."""

    __slots__ = ()


class Kind(Enum):
    """What a number format can make of a number."""

    DATE = "date"
    DURATION = "duration"


Style = tuple[str, Kind | None]
"""A number format, and what it makes of numbers."""


def style_of(number_format: str) -> Style:
    """Return a number format with what it makes of numbers."""
    if not is_date_format(number_format):
        return number_format, None
    return number_format, Kind.DURATION if is_timedelta_format(number_format) else Kind.DATE


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet of a workbook."""

    name: str
    hidden: bool = False
    filled: bool | None = None
    """Whether anything is in it; None where only reading it tells."""


def from_serial(
    number: float, kind: Kind, epoch: dt.datetime
) -> float | dt.datetime | dt.time | dt.timedelta:
    """Return the date, time or duration that a number stands for, or the number where there is none (Excel: ####)."""
    if number < 0 and kind is Kind.DATE:
        return number
    try:
        moment: dt.datetime | dt.time | dt.timedelta = from_excel(
            number, epoch, timedelta=kind is Kind.DURATION
        )
    except (OverflowError, ValueError):
        return number
    return moment


def from_iso(written: str) -> dt.datetime | dt.date | dt.time | dt.timedelta:
    """Return a date, a time of day or a duration in ISO 8601. ValueError for what is none.

    A duration of less than a day is a time of day: that is how spreadsheets write one.
    """
    if match := _DURATION.fullmatch(written):
        sign, days, hours, minutes, seconds = match.groups(default="0")
        duration = dt.timedelta(
            days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(seconds.replace(",", "."))
        )
        if sign == "-":
            return -duration
        return (_ANY_DAY + duration).time() if duration < dt.timedelta(days=1) else duration
    if "T" in written[1:]:
        return dt.datetime.fromisoformat(written).replace(tzinfo=None)
    if ":" in written:
        return dt.time.fromisoformat(written).replace(tzinfo=None)
    return dt.date.fromisoformat(written)


def format_for(value: object) -> str:
    """Return a number format under which a value shows as what it is."""
    if isinstance(value, dt.datetime):
        return "yyyy-mm-dd hh:mm:ss" if value.time() != dt.time() else "yyyy-mm-dd"
    if isinstance(value, dt.date):
        return "yyyy-mm-dd"
    if isinstance(value, dt.time):
        return "hh:mm:ss"
    if isinstance(value, dt.timedelta):
        return "[h]:mm:ss"
    return "General"


def as_text(value: object) -> str:
    """Return a value as text: numbers as Excel shows them in General (15 digits), dates as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value or 0:.15G}"  # never -0
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _hours(value)
    return str(value)


def _hours(duration: dt.timedelta) -> str:
    """Return a duration as [h]:mm:ss shows it."""
    seconds, thousandths = divmod(abs(round(duration / dt.timedelta(milliseconds=1))), 1000)
    minutes, seconds = divmod(seconds, 60)
    text = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if thousandths:
        text += f".{thousandths:03}".rstrip("0")
    return f"-{text}" if duration < dt.timedelta() else text


def parse_number(written: str) -> int | float | None:
    """Return a number as XML writes it; None when it is none. (int and float take more than XML allows.)"""
    if written.isdigit() and written.isascii() and len(written) <= _MOST_DIGITS:
        return int(written)
    bare = written.strip()
    if len(bare) > _MOST_DIGITS or not _NUMBER.fullmatch(bare):
        return None
    if bare.lstrip("+-").isdigit():
        return int(bare)
    number = float(bare)
    return None if isinf(number) else number


def whole(number: float) -> float | int:
    """Return a float as an int where nothing is lost by that: formats that know only floats store 5 as 5.0."""
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def in_blocks(rows: Iterable[Row], name: str, notes: Notes) -> Iterator[Block]:
    """Put rows, their numbers ascending, into blocks of about 2,000; rows that are missing come as blank ones.

    `notes` are those of the rows' reader. A gap of more than 10,000 rows is skipped. UnreadableListError when the rows of the file called `name` are so
    wide that together they hold more cells than any list does.
    """
    block = Block([], [], [])
    cells = cells_before = 0
    for number, texts, values in _without_gaps(rows):
        block.numbers.append(number)
        block.rows.append(texts)
        block.raw.append(values)
        cells += len(texts)
        if len(block.numbers) >= _BLOCK_ROWS or cells - cells_before > _BLOCK_CELLS:
            if cells > _MOST_CELLS:
                raise too_big(name, f"{cells:,} cells up to row {number:,}")
            block.hidden = notes.take(block.numbers, block.rows)
            yield block
            block, cells_before = Block([], [], []), cells
    if block.numbers:
        block.hidden = notes.take(block.numbers, block.rows)
        yield block


def _without_gaps(rows: Iterable[Row]) -> Iterator[Row]:
    last = 0
    for row in rows:
        number = row[0]
        if 1 < number - last <= _LONGEST_GAP:
            for missing in range(last + 1, number):
                yield missing, [], []
        yield row
        last = number


def mend_surrogates(text: str) -> str:
    """Return text in which halves of characters, as UTF-16 splits them, are joined, and lone halves replaced."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check_text(parts: list[str], name: str) -> None:
    """Stop a text that grows without end."""
    if len(parts) > _MOST_RUNS or sum(map(len, parts)) > _LONGEST_TEXT:
        raise too_big(name, f"a text of more than {_LONGEST_TEXT:,} characters or {_MOST_RUNS:,} pieces")


def damaged(name: str, details: str) -> UnreadableListError:
    """Return the sentence for a workbook that is not as its program writes it."""
    return UnreadableListError(
        f"{name} is damaged or was not copied whole. Open it in Excel or LibreOffice, save it under a new name, "
        "and try again.",
        details=details,
    )


def too_big(name: str, details: str = "") -> UnreadableListError:
    """Return the sentence for a file that would fill the memory or never end."""
    return UnreadableListError(
        f"{name} holds far more than any contact list does, so it is not read. Copy the contacts into a new "
        "workbook, or save the sheet as CSV, and try again.",
        details=details,
    )


def protected(name: str) -> UnreadableListError:
    """Return the sentence for an encrypted workbook."""
    return UnreadableListError(
        f"The workbook {name} is protected by a password. Open it with the password, save it without one, "
        "and try again."
    )


def without_result(notes: Notes, sheet: str) -> UnreadableListError:
    """Return the sentence for formulas that were never calculated: taken as blank, they could hide addresses."""
    count, first = notes.formulas_without_value, notes.first_without_value
    if count == 1:
        found = f"Cell {first} of sheet {sheet} holds a formula without a result"
    else:
        found = f"{count:,} cells of sheet {sheet} hold formulas without a result, the first is {first}"
    return UnreadableListError(f"{found}; open the workbook in Excel or LibreOffice, save it, and try again.")
