"""What the cells of xlsx, xls and ods have in common: their values as text, dates out of numbers, rows in blocks."""

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import Enum

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.table import Block, CellValue

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""Of a sheet, in Excel and LibreOffice alike."""

Row = tuple[int, list[str], list[CellValue | None]]
"""Its number in the sheet from 1; its cells as text; the same cells as values. Both lists are equally long."""

_BLOCK_ROWS = 2_000
_BLOCK_CELLS = 200_000
_LONGEST_GAP = 10_000
# A full sheet of 190 columns. What takes more is a few cells strewn over millions, or an attack.
_MOST_CELLS = 200_000_000


class CellError(str):
    """The value of a cell in which a formula failed, such as #N/A; distinct from text that reads so."""

    __slots__ = ()


class Kind(Enum):
    """What a number format makes of a number."""

    NUMBER = 0
    DATE = 1
    DURATION = 2


def kind_of(number_format: str) -> Kind:
    """Return what cells with this number format show."""
    if not is_date_format(number_format):
        return Kind.NUMBER
    return Kind.DURATION if is_timedelta_format(number_format) else Kind.DATE


def from_serial(
    number: float, kind: Kind, epoch: dt.datetime
) -> float | dt.datetime | dt.time | dt.timedelta:
    """Return the date, time or duration that a number stands for, or the number where there is none (Excel: ####)."""
    try:
        moment: dt.datetime | dt.time | dt.timedelta = from_excel(number, epoch, timedelta=kind is Kind.DURATION)
    except (OverflowError, ValueError):
        return number
    return moment


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
        return f"{value:.15G}" if value else "0"
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


def whole(number: float) -> float | int:
    """Return a float as an int where nothing is lost by that: formats that know only floats store 5 as 5.0."""
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def in_blocks(rows: Iterable[Row], name: str) -> Iterator[Block]:
    """Put rows, their numbers ascending, into blocks of about 2,000; rows that are missing come as blank ones.

    A gap of more than 10,000 rows is skipped. UnreadableListError when the rows of the file called `name` are so
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
            yield block
            block, cells_before = Block([], [], []), cells
    if block.numbers:
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


def without_result(cell: str, sheet: str) -> UnreadableListError:
    """Return the sentence for a formula that was never calculated: taken as blank, it could hide an address."""
    return UnreadableListError(
        f"Cell {cell} of sheet {sheet} holds a formula without a result; open the workbook in Excel or "
        "LibreOffice, save it, and try again."
    )
