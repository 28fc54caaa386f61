"""Turns expat's events over one part of an xlsx workbook into its rows, or into its shared strings.

These methods run several times for each cell of a list, which is why they are plainer than they could be.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import NoReturn

from optoutdesk.spreadsheets.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellError,
    Row,
    Style,
    as_text,
    check_text,
    damaged,
    format_for,
    from_iso,
    from_serial,
    mend_surrogates,
    parse_number,
    too_big,
)
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.spreadsheets.findings import Notes
from optoutdesk.spreadsheets.package import DEEPEST, Attributes
from optoutdesk.spreadsheets.table import CellValue

# As many distinct strings as fit into a full sheet of 20 columns, and more.
_MOST_STRINGS = 25_000_000
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_new = tuple.__new__  # a named tuple's own __new__ takes twice as long


def unescape(text: str) -> str:
    """Return text with the characters that XML cannot hold or would alter, which stand in it as _x000D_."""
    if "_x" not in text:
        return text
    return mend_surrogates(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))


_COLUMNS = {letter_of(index): index for index in range(MAX_COLUMNS)}
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
CRITERIA = ("filters", "customFilters", "top10", "dynamicFilter", "colorFilter", "iconFilter")
"""What stands in an autoFilter's filterColumn by which rows are hidden."""


def is_true(written: str | None) -> bool:
    """Whether an attribute says yes, by XML Schema's boolean; some programs write "on"."""
    return written in ("1", "true", "on")


class SheetParser:
    """Expat's handlers for a sheet. Whatever it does not know between the cells it refuses, rather than skip a person.

    Rows without anything in them are left out. `prefix` stands before the names of elements; `place` is the names
    of file and sheet; what is to be said about the sheet goes into `notes`.
    """

    def __init__(
        self,
        prefix: str,
        place: tuple[str, str],
        strings: list[str],
        styles: Mapping[str | None, Style],
        epoch: dt.datetime,
        notes: Notes,
    ) -> None:
        self._place = place
        self._notes = notes
        self._strings = strings
        self._styles = styles
        self._plain = styles[None]
        self._epoch = epoch
        self._c, self._v, self._f, self._t, self._is, self._r = (
            prefix + name for name in ("c", "v", "f", "t", "is", "r")
        )
        self._row, self._data = prefix + "row", prefix + "sheetData"
        self._known_asides = {prefix + "rPr", prefix + "rPh", prefix + "phoneticPr"}
        self._column_element, self._merge = prefix + "col", prefix + "mergeCell"
        self._properties = prefix + "sheetPr"
        self._criteria = {prefix + name for name in CRITERIA}
        self._in_data = self._seen_data = self._in_text = self._formula = self._valued = False
        self._hidden = False  # the row
        self._aside = self._nested = 0
        self._cell: Attributes | None = None
        self._parts: list[str] = []
        self._number = self._next = self._cut = 0
        self._row_text = ""
        self._texts: list[str] = []
        self._values: list[CellValue | None] = []
        self._rows: list[Row] = []

    def take_rows(self) -> list[Row]:
        """Return the rows that were completed since the last call."""
        if self._parts:
            check_text(self._parts, self._place[0])
        if self._nested > DEEPEST:
            self._refuse("elements without end in each other")
        rows, self._rows = self._rows, []
        return rows

    def check_end(self) -> None:
        """Make sure that what was read was a sheet."""
        if not self._seen_data:
            self._refuse("no sheetData")

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""
        if name == self._c:
            if self._cell is not None:
                self._refuse(f"a cell in a cell in row {self._number}")
            self._cell = attributes
            self._formula = self._valued = False
        elif name == self._v:
            if self._in_text:
                self._refuse(f"a value in a value in row {self._number}")
            self._in_text = self._valued = True
        elif name == self._row:
            self._begin_row(attributes.get("r"))
            hidden = attributes.get("hidden")
            self._hidden = hidden is not None and is_true(hidden)
        elif name == self._t:
            self._nested += 1
            self._in_text = not self._aside
        else:
            self._nested += 1
            if name == self._f:
                self._formula = True
            elif name in self._known_asides:
                self._aside += 1
            elif name == self._data:
                self._in_data = self._seen_data = True
            elif self._in_data and not self._aside and name not in (self._is, self._r):
                self._refuse(f"an element {name} near row {self._number}")
            elif not self._in_data:
                self._note(name, attributes)

    def characters(self, data: str) -> None:
        """Take text."""
        if self._in_text:
            self._parts.append(data)

    def end(self, name: str) -> None:
        """End an element."""
        if name == self._v:
            self._in_text = False
        elif name == self._c:
            if self._cell is not None:
                self._end_cell(self._cell)
            self._cell = None
        elif name == self._row:
            if self._texts:
                self._rows.append((self._number, self._texts, self._values))
                if self._hidden:
                    self._notes.hidden.append(self._number)
            self._row_text = ""
        elif name == self._t:
            self._nested -= 1
            self._in_text = False
        else:
            self._nested -= 1
            if name in self._known_asides:
                self._aside -= 1
            elif name == self._data:
                self._in_data = False

    def _begin_row(self, given: str | None) -> None:
        last = self._number
        if self._row_text:
            self._refuse(f"a row in row {last}")
        if given is None:
            number = last + 1
        elif given.isdigit() and given.isascii() and len(given) < 9:
            number = int(given)
        else:
            self._refuse(f"row number {given!r}")
        if not last < number <= MAX_ROWS:
            self._refuse(f"row {given or number} after row {last}")
        self._number = number
        self._row_text = str(number)
        self._cut = -len(self._row_text)
        self._next = 0
        self._texts = []
        self._values = []

    def _end_cell(self, cell: Attributes) -> None:
        reference = cell.get("r")
        cut = self._cut
        if reference is not None and reference[cut:] == self._row_text:
            column = _COLUMNS.get(reference[:cut], -1)
            if column < self._next:
                column = self._column(reference)
        else:
            column = self._column(reference)
        self._next = column + 1
        cell_type = cell.get("t")
        parts = self._parts
        if not parts:
            # A formula that gives an empty text has an empty value of that type.
            if self._formula and not (self._valued and cell_type == "str"):
                self._notes.no_value(f"{letter_of(column)}{self._number}")
            return
        written = parts[0] if len(parts) == 1 else "".join(parts)
        parts.clear()
        number_format, kind = self._styles.get(cell.get("s"), self._plain)
        value: object
        if cell_type == "s":
            value = text = self._shared(written)
            if not text:
                return
        elif kind is None and (cell_type is None or cell_type == "n"):
            value = self._number_of(written)
            text = f"{value or 0:.15G}" if isinstance(value, float) else str(value)
        else:
            value, number_format = self._other(cell_type, written, (number_format, kind))
            text = as_text(value)
            if not text:
                return
        texts = self._texts
        values = self._values
        gap = column - len(texts)
        if gap:
            texts.extend([""] * gap)
            values.extend([None] * gap)
        texts.append(text)
        values.append(_new(CellValue, (value, number_format)))

    def _note(self, name: str, attributes: Attributes) -> None:
        """Note an element before or after the rows. Kept views have the same ones, but deeper."""
        depth = self._nested
        if name == self._merge and depth == 3:
            if match := _RANGE.fullmatch(attributes.get("ref", "")):
                first, first_row, last, last_row = match.groups()
                self._notes.merge(
                    int(first_row), int(last_row), _COLUMNS.get(first, 0), _COLUMNS.get(last, 0)
                )
        elif name == self._column_element and depth == 3 and is_true(attributes.get("hidden")):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal() and max(len(first), len(last)) < 9:
                columns = range(max(int(first) - 1, 0), min(int(last), MAX_COLUMNS))
                self._notes.hidden_columns.update(columns)
        elif (name in self._criteria and depth == 4) or (
            name == self._properties and depth == 2 and is_true(attributes.get("filterMode"))
        ):
            self._notes.filtered = True

    def _column(self, reference: str | None) -> int:
        """Return the column of a cell from 0 by its turn, if it has no reference, or refuse it."""
        if reference is None and self._next < MAX_COLUMNS and self._row_text:
            return self._next
        return self._refuse(
            f"a cell {reference!r} in row {self._number} where column {letter_of(self._next)} is due"
        )

    def _shared(self, written: str) -> str:
        try:
            return self._strings[int(written) if written.isdigit() else len(self._strings)]
        except (ValueError, IndexError):
            self._refuse(f"the string {written[:40]!r} of {len(self._strings)} in row {self._number}")

    def _number_of(self, written: str) -> int | float:
        number = parse_number(written)
        if number is None:
            self._refuse(f"the number {written[:40]!r} in row {self._number}")
        return number

    def _other(self, cell_type: str | None, written: str, style: Style) -> tuple[object, str]:
        """Return the value and the number format of a cell that is neither a shared string nor a plain number."""
        number_format, kind = style
        if cell_type in ("str", "inlineStr"):
            return unescape(written), number_format
        written = written.strip()
        if kind is not None and cell_type in (None, "n"):
            return from_serial(self._number_of(written), kind, self._epoch), number_format
        if cell_type == "b" and written in ("0", "1", "false", "true"):
            return written in ("1", "true"), number_format
        if cell_type == "e":
            return CellError(written), number_format
        if cell_type == "d":
            try:
                moment = from_iso(written)
            except ValueError:
                return written, number_format  # not a date that can be; as text nothing is lost
            return moment, number_format if kind is not None else format_for(moment)
        return self._refuse(f"a cell of type {cell_type!r} with {written[:40]!r} in row {self._number}")

    def _refuse(self, details: str) -> NoReturn:
        raise damaged(self._place[0], f"sheet {self._place[1]} has {details}")


class StringsParser:
    """Expat's handlers for the shared strings: runs of rich text joined, the readings above Asian text left out."""

    def __init__(self, prefix: str, name: str) -> None:
        self._name = name
        self._si, self._t = prefix + "si", prefix + "t"
        self._asides = {prefix + "rPr", prefix + "rPh"}
        self._aside = self._nested = 0
        self._in_text = False
        self._parts: list[str] = []
        self.strings: list[str] = []

    def start(self, name: str, _: Attributes) -> None:
        """Begin an element."""
        self._nested += 1
        if name == self._t:
            self._in_text = not self._aside
        elif name == self._si:
            self._parts.clear()
        elif name in self._asides:
            self._aside += 1

    def characters(self, data: str) -> None:
        """Take text."""
        if self._in_text:
            self._parts.append(data)

    def end(self, name: str) -> None:
        """End an element."""
        self._nested -= 1
        if name == self._t:
            self._in_text = False
        elif name == self._si:
            parts = self._parts
            text = parts[0] if len(parts) == 1 else "".join(parts)
            self.strings.append(unescape(text) if "_x" in text else text)
        elif name in self._asides:
            self._aside -= 1

    def check_size(self) -> None:
        """Stop a table of strings that grows without end."""
        check_text(self._parts, self._name)
        if self._nested > DEEPEST:
            raise damaged(self._name, "shared strings: elements without end in each other")
        if len(self.strings) > _MOST_STRINGS:
            raise too_big(self._name, f"more than {_MOST_STRINGS:,} shared strings")
