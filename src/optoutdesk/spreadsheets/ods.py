"""Reads OpenDocument spreadsheets (ods) as a stream, by OpenDocument 1.3 part 3.

python-calamine is not used for them: it glues the lines within a cell together (two addresses become one that is
none), takes text without a declared type for blank, and lays a sheet out in memory as large as its repeats claim.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellError,
    Row,
    Sheet,
    as_text,
    check_text,
    damaged,
    format_for,
    from_iso,
    parse_number,
    protected,
)
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.spreadsheets.findings import Notes
from optoutdesk.spreadsheets.package import DEEPEST, Attributes, Package
from optoutdesk.spreadsheets.table import CellValue

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE = (f"{_URN}{name}:1.0 " for name in ("office", "table", "text", "style"))
_SPREADSHEET = _OFFICE + "spreadsheet"
_SHEET, _ROW = _TABLE + "table", _TABLE + "table-row"
_CELL, _VALUE_TYPE = _TABLE + "table-cell", _OFFICE + "value-type"
_CELLS = {_CELL, _TABLE + "covered-table-cell"}
_AROUND_ROWS = {_TABLE + name for name in ("table-row-group", "table-header-rows", "table-rows")}
_AROUND_COLUMNS = {_TABLE + name for name in ("table-column-group", "table-header-columns", "table-columns")}
_AROUND = _AROUND_ROWS | _AROUND_COLUMNS
_COLUMN, _VISIBILITY = _TABLE + "table-column", _TABLE + "visibility"
_HIDDEN = ("collapse", "filter")
_ROWS_SPANNED, _COLUMNS_SPANNED = _TABLE + "number-rows-spanned", _TABLE + "number-columns-spanned"
_RANGE, _FILTER = _TABLE + "database-range", _TABLE + "filter"
_PARAGRAPH = _TEXT + "p"
_PARAGRAPHS = {_PARAGRAPH, _TEXT + "h"}
_SPACE = _TEXT + "s"
# They stand for what is not to be collapsed with the white space around; XML itself cannot hold these characters.
_MARKS = {_TEXT + "tab": "\x02", _TEXT + "line-break": "\x03"}
_UNMARK = str.maketrans("\x01\x02\x03", " \t\n")
_NOT_IN_LINE = {_TEXT + "note", _TEXT + "ruby-text"}
_ERROR_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
# The attributes that make something of the findings; nothing else of a sheet does.
_REMARKABLE = re.compile(rb"(?:visibility|-spanned|formula)\s*=")
_WHITE_SPACE = re.compile("[ \t\r\n]+")


class OdsBook:
    """An ods workbook; see workbook.Book."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with Package(path) as package:
            _refuse_encrypted(package)
            self.sheets = tuple(_list_sheets(package))
        if not self.sheets:
            raise UnreadableListError(
                f"The workbook {path.name} has no sheet with cells. Choose the one that holds the addresses."
            )

    def is_plain(self, _: int) -> bool:
        """Whether a glance at the sheets shows that their notes would be empty."""
        with Package(self._path) as package:
            return not package.holds("content.xml", _REMARKABLE)

    def rows(self, index: int, notes: Notes) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything."""
        with Package(self._path) as package:
            sheet = _SheetParser(package.name, self.sheets[index].name, index, notes)
            parser = package.parser(namespaces=True)
            parser.StartElementHandler = sheet.start
            parser.EndElementHandler = sheet.end
            parser.CharacterDataHandler = sheet.characters
            for _ in package.feed("content.xml", parser):
                for first, repeat, texts, values in sheet.take_rows():
                    for number in range(first, first + repeat):
                        yield number, list(texts), list(values)
                if sheet.finished:
                    break

    def column_widths(self, _: int) -> dict[int, float]:
        """Return nothing: widths are in centimetres here and of no use to a list of addresses."""
        return {}


def is_spreadsheet(package: Package) -> bool:
    """Whether a zip file is an OpenDocument spreadsheet (or a template of one), damaged or not."""
    declared = package.start_of("mimetype", 80)
    if declared:
        return declared.startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    return "content.xml" in package


def _refuse_encrypted(package: Package) -> None:
    def visit(path: list[str], _: Attributes) -> None:
        if path[-1] == "encryption-data":
            raise protected(package.name)

    if "META-INF/manifest.xml" in package:
        package.walk("META-INF/manifest.xml", visit)


def _list_sheets(package: Package) -> list[Sheet]:
    depth = 0
    sheets_at = -1
    style = ""
    hidden: set[str] = set()
    filled: set[int] = set()
    sheets: list[Sheet] = []

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth, sheets_at, style
        depth += 1
        if name == _PARAGRAPH or (name == _CELL and _VALUE_TYPE in attributes):
            filled.add(len(sheets))
        elif name == _SPREADSHEET:
            sheets_at = depth + 1
        elif name == _SHEET and depth == sheets_at:
            style_name = attributes.get(_TABLE + "style-name", "")
            sheets.append(Sheet(attributes.get(_TABLE + "name", ""), hidden=style_name in hidden))
        elif name == _STYLE + "style":
            style = attributes.get(_STYLE + "name", "")
        elif name == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
            hidden.add(style)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = package.parser(namespaces=True)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    for _ in package.feed("content.xml", parser):
        if depth > DEEPEST:
            raise damaged(package.name, "content.xml has elements without end in each other")
    return [replace(sheet, filled=number in filled) for number, sheet in enumerate(sheets, 1)]


def _sheet_of(address: str) -> str:
    """Return the sheet of a range such as $'Jane''s list'.$A$1:$'Jane''s list'.$C$9."""
    bare = address.removeprefix("$")
    if match := re.match("'((?:[^']|'')*)'", bare):
        return match[1].replace("''", "'")
    return bare.partition(".")[0]


class _SheetParser:
    """Expat's handlers for content.xml, of which one table is taken."""

    def __init__(self, file: str, name: str, index: int, notes: Notes) -> None:
        self._file = file
        self._notes = notes
        self._name = name
        self._tables_to_go = index + 1
        self.finished = False
        self._depth = 0
        self._sheets_at = -1
        self._skip_to = 0  # depth of the element that is left out with all that is in it; 0: none
        self._in_sheet = self._in_line = False
        self._seen_sheet = self._in_own_range = False
        self._columns = 0
        self._visibility = ""  # of the row
        self._cell: Attributes | None = None
        self._parts: list[str] = []
        self._lines: list[str] = []
        self._number = 0  # of the row
        self._repeat = 1
        self._column = 0  # where the next cell stands
        self._texts: list[str] = []
        self._values: list[CellValue | None] = []
        self._rows: list[tuple[int, int, list[str], list[CellValue | None]]] = []

    def take_rows(self) -> list[tuple[int, int, list[str], list[CellValue | None]]]:
        """Return the rows completed since the last call: first number, how often, texts, values."""
        if self._parts or self._lines:
            check_text(self._parts, self._file)
            check_text(self._lines, self._file)
        if self._depth > DEEPEST:
            self._refuse("elements without end in each other")
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element."""
        self._depth += 1
        if self._skip_to:
            if name == _ROW and self._in_sheet and self._cell is None:
                self._refuse("rows where none are known")
        elif not self._in_sheet:
            if name == _SPREADSHEET:
                self._sheets_at = self._depth + 1
            elif name == _SHEET and self._depth == self._sheets_at:
                self._tables_to_go -= 1
                self._in_sheet = self._tables_to_go == 0
            elif self._seen_sheet:
                self._note_filter(name, attributes)
        elif self._in_line:
            self._start_in_line(name, attributes)
        elif self._cell is not None:
            if name in _PARAGRAPHS:
                self._in_line = True
            elif name == _SHEET:
                self._refuse(f"a table in a cell of row {self._number + 1}")
            elif not name.startswith(_TEXT):
                self._skip_to = self._depth  # a comment or a drawing
        elif name in _CELLS:
            self._cell = attributes
        elif name == _ROW:
            self._repeat = self._count(attributes.get(_TABLE + "number-rows-repeated"))
            self._visibility = attributes.get(_VISIBILITY, "")
            self._column = 0
            self._texts, self._values = [], []
        elif name == _COLUMN:
            self._note_column(attributes)
        elif name == _TABLE + "shapes":
            self._in_sheet = False  # drawings may have tables of their own
            self._skip_to = self._depth
        elif name not in _AROUND:
            self._skip_to = self._depth

    def characters(self, data: str) -> None:
        """Take text."""
        if self._in_line and not self._skip_to:
            self._parts.append(data)

    def end(self, name: str) -> None:
        """End an element."""
        depth = self._depth
        self._depth -= 1
        if self._skip_to:
            if self._skip_to == depth:
                self._skip_to = 0
                self._in_sheet = True
        elif not self._in_sheet:
            if name == _RANGE:
                self._in_own_range = False
            elif name == _SPREADSHEET:
                self.finished = True
        elif self._in_line:
            if name in _PARAGRAPHS:
                self._in_line = False
                line = _WHITE_SPACE.sub(" ", "".join(self._parts)).strip(" ")
                self._lines.append(line.translate(_UNMARK))
                self._parts.clear()
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == _ROW:
            if self._texts:
                if self._number + self._repeat > MAX_ROWS:
                    self._refuse(f"{self._repeat} rows after row {self._number}")
                self._rows.append((self._number + 1, self._repeat, self._texts, self._values))
                if self._visibility in _HIDDEN:
                    self._notes.hidden.extend(range(self._number + 1, self._number + self._repeat + 1))
                    self._notes.filtered = self._notes.filtered or self._visibility == "filter"
            self._number += self._repeat
        elif name == _SHEET:
            self._in_sheet = False
            self._seen_sheet = True
            # Some programs say only behind the sheets that the rows are hidden by a filter.
            self.finished = self._notes.filtered or not self._notes.any_hidden

    def _note_column(self, attributes: Attributes) -> None:
        first = self._columns
        repeat = self._count(attributes.get(_TABLE + "number-columns-repeated"))
        self._columns = min(first + repeat, MAX_COLUMNS)
        if attributes.get(_VISIBILITY) in _HIDDEN:
            self._notes.hidden_columns.update(range(first, self._columns))

    def _note_filter(self, name: str, attributes: Attributes) -> None:
        if name == _RANGE:
            self._in_own_range = _sheet_of(attributes.get(_TABLE + "target-range-address", "")) == self._name
        elif name == _FILTER and self._in_own_range:
            self._notes.filtered = True

    def _start_in_line(self, name: str, attributes: Attributes) -> None:
        if name in _MARKS:
            self._parts.append(_MARKS[name])
        elif name == _SPACE:
            # Longer than any cell can be it would only fill the memory.
            self._parts.append("\x01" * min(self._count(attributes.get(_TEXT + "c")), 32_767))
        elif name in _NOT_IN_LINE or not name.startswith(_TEXT):
            self._skip_to = self._depth

    def _end_cell(self, cell: Attributes) -> None:
        column = self._column
        repeat = self._count(cell.get(_TABLE + "number-columns-repeated"))
        self._column = min(column + repeat, MAX_COLUMNS)
        text = "\n".join(self._lines)
        self._lines.clear()
        value, number_format = self._value(cell, text)
        shown = as_text(value)
        if not shown:
            if _TABLE + "formula" in cell and _VALUE_TYPE not in cell:
                self._notes.no_value(f"{letter_of(column)}{self._number + 1}")
            return
        if _ROWS_SPANNED in cell or _COLUMNS_SPANNED in cell:
            self._note_merged(cell, column)
        if column + repeat > MAX_COLUMNS:
            self._refuse(f"{repeat} cells after column {column} in row {self._number + 1}")
        gap = column - len(self._texts)
        self._texts.extend([""] * gap)
        self._values.extend([None] * gap)
        self._texts.extend([shown] * repeat)
        self._values.extend([CellValue(value, number_format)] * repeat)

    def _note_merged(self, cell: Attributes, column: int) -> None:
        rows, columns = self._count(cell.get(_ROWS_SPANNED)), self._count(cell.get(_COLUMNS_SPANNED))
        for row in range(self._number + 1, min(self._number + self._repeat, MAX_ROWS) + 1):
            self._notes.merge(row, row + rows - 1, column, column + columns - 1)

    def _value(self, cell: Attributes, text: str) -> tuple[object, str]:
        """Return what a cell holds, and a number format for it. What cannot be understood stays text."""
        value_type = cell.get(_VALUE_TYPE, "")
        if cell.get(_ERROR_TYPE) == "error":
            return CellError(text), "General"
        try:
            if value_type in ("float", "currency", "percentage"):
                number = parse_number(cell[_OFFICE + "value"])
                if number is None:
                    return text, "General"
                return number, "0.00%" if value_type == "percentage" else "General"
            if value_type == "boolean":
                return cell[_OFFICE + "boolean-value"] == "true", "General"
            if value_type == "date":
                date = from_iso(cell[_OFFICE + "date-value"])
                return date, format_for(date)
            if value_type == "time":
                time = from_iso(cell[_OFFICE + "time-value"])
                return time, format_for(time)
        except (KeyError, ValueError, OverflowError):
            return text, "General"
        return cell.get(_OFFICE + "string-value") or text, "General"

    def _count(self, written: str | None) -> int:
        if written is None:
            return 1
        if not (written.isdigit() and written.isascii() and 0 < len(written) < 10 and int(written)):
            self._refuse(f"the number {written[:40]!r} of repeats in row {self._number + 1}")
        return int(written)

    def _refuse(self, details: str) -> NoReturn:
        raise damaged(self._file, f"sheet {self._name} has {details}")
