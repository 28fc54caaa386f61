"""Reads Excel workbooks of 1995 to 2003 (xls) by [MS-XLS]: BIFF8, and BIFF5 before it.

python-calamine is not used for them: it lays a sheet out in memory from its first to its last cell, which ends the
program when a file claims two cells far apart, it drops cells whose text it cannot find, and it drops number formats.
"""

import codecs
import datetime as dt
import struct
from collections.abc import Iterator
from pathlib import Path

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.biff import BOF, Pieces, Record, from_rk, read_strings, records
from optoutdesk.spreadsheets.cells import (
    BUILT_IN_FORMATS,
    CellError,
    Row,
    Sheet,
    Style,
    as_text,
    damaged,
    from_serial,
    protected,
    style_of,
    too_big,
    whole,
)
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.spreadsheets.findings import Notes
from optoutdesk.spreadsheets.ole import CompoundFile, OleError
from optoutdesk.spreadsheets.table import CellValue

_MOST_BYTES = 256 << 20
_COLUMNS = 256

# Record types, by their names in [MS-XLS] 2.3.2.
_FORMULA, _DATE1904, _FILE_PASS, _CODE_PAGE = 0x06, 0x22, 0x2F, 0x42
_COL_INFO, _BOUND_SHEET, _MUL_RK, _RSTRING, _XF, _SST, _LABEL_SST = 0x7D, 0x85, 0xBD, 0xD6, 0xE0, 0xFC, 0xFD
_FILTER_MODE, _AUTO_FILTER, _MERGED, _ROW = 0x9B, 0x9E, 0xE5, 0x208
_NUMBER, _LABEL, _BOOL_ERR, _STRING, _RK, _FORMAT = 0x203, 0x204, 0x205, 0x207, 0x27E, 0x41E
# The records of cells that hold something, and the bytes that each has at least.
_CELLS = {
    _FORMULA: 20,
    _MUL_RK: 12,
    _RSTRING: 8,
    _LABEL_SST: 10,
    _NUMBER: 14,
    _LABEL: 8,
    _BOOL_ERR: 8,
    _RK: 10,
}
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_CODECS = {10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252", 367: "ascii", 1200: "cp1252"}
# What xlwt, a library that calculates nothing, says of its version at the beginning of a file.
_XLWT = bytes.fromhex("bb0dcc070000000006000000")
_EMPTY_RESULT = 3


class XlsBook:
    """An xls workbook; see workbook.Book. It is held in memory whole: no sheet has more than 65,536 rows."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._wide = True  # BIFF8, whose strings are Unicode
        self._codec = "cp1252"
        self._epoch: dt.datetime = WINDOWS_EPOCH
        self._strings: list[str] = []
        self._formats: dict[int, str] = dict(BUILT_IN_FORMATS)
        self._used_formats: list[int] = []
        self._styles: dict[int, Style] = {}
        self._places: list[int] = []
        self._sheets: list[Sheet] = []
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise too_big(self._name, f"{size:,} bytes")
        try:
            self._stream = self._open(path.read_bytes())
            self._read_globals()
        except (OleError, struct.error, IndexError) as error:
            raise damaged(self._name, f"{type(error).__name__}: {error}") from error
        self.sheets = tuple(self._sheets)
        if not self.sheets:
            raise UnreadableListError(
                f"The workbook {self._name} has no sheet with cells. Choose the one that holds the addresses."
            )

    def is_plain(self, _: int) -> bool:
        """Return False: reading a sheet takes no longer than a glance at it, as it is in memory."""
        return False

    def rows(self, index: int, notes: Notes) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything."""
        try:
            rows, texts_of_formulas = self._find_cells(index, notes)
            hidden = self._note_sheet(index, notes)
            for number in sorted(rows):
                row = self._row(number, rows[number], texts_of_formulas, notes)
                if row[1]:
                    if number in hidden:
                        notes.hidden.append(number + 1)
                    yield row
        except (OleError, struct.error, IndexError) as error:
            details = f"sheet {self.sheets[index].name}: {type(error).__name__}: {error}"
            raise damaged(self._name, details) from error

    def column_widths(self, index: int) -> dict[int, float]:
        """Return the widths of a sheet's columns in characters, by column from 0."""
        widths: dict[int, float] = {}
        try:
            for record in records(self._stream, self._places[index]):
                if record.kind == _COL_INFO:
                    first, last, width = struct.unpack_from("<HHH", self._stream, record.at)
                    widths.update(dict.fromkeys(range(first, min(last + 1, _COLUMNS)), width / 256))
        except (OleError, struct.error) as error:
            raise damaged(self._name, f"{type(error).__name__}: {error}") from error
        return widths

    def _open(self, data: bytes) -> bytes:
        file = CompoundFile(data)
        if "EncryptedPackage" in file:
            raise protected(self._name)
        for name in ("Workbook", "Book"):
            if name in file:
                return file.stream(name)
        raise UnreadableListError(
            f"{self._name} is an Office file but no workbook. Choose the file that holds the addresses."
        )

    def _read_globals(self) -> None:
        stream = self._stream
        kind, _, version = struct.unpack_from("<HHH", stream, 0)
        if kind != BOF or version not in (0x500, 0x600):
            raise too_old(self._name)
        self._wide = version == 0x600
        for kind, at, size in records(self._stream, 0):
            if kind == _FILE_PASS:
                raise protected(self._name)
            if kind == _CODE_PAGE:
                self._codec = _codec(struct.unpack_from("<H", stream, at)[0])
            elif kind == _DATE1904 and stream[at]:
                self._epoch = MAC_EPOCH
            elif kind == _BOUND_SHEET:
                place, state, sheet_type, length = struct.unpack_from("<IBBB", stream, at)
                if sheet_type == 0:
                    self._places.append(place)
                    self._sheets.append(Sheet(self._short_text(at + 7, length), hidden=bool(state & 3)))
            elif kind == _FORMAT:
                number, length = struct.unpack_from("<HH" if self._wide else "<HB", stream, at)
                self._formats[number] = self._short_text(at + (4 if self._wide else 3), length)
            elif kind == _XF:
                self._used_formats.append(struct.unpack_from("<H", stream, at + 2)[0])
            elif kind == _SST:
                self._strings = read_strings(Pieces(stream, Record(kind, at, size)))

    def _note_sheet(self, index: int, notes: Notes) -> set[int]:
        """Note hidden columns, merged cells and filters; return the hidden rows, from 0."""
        stream = self._stream
        hidden: set[int] = set()
        for kind, at, size in records(stream, self._places[index]):
            if kind == _ROW and size >= 14:
                number, flags = struct.unpack_from("<H10xH", stream, at)
                if flags & 0x20:
                    hidden.add(number)
            elif kind == _COL_INFO and size >= 10:
                first, last, _, _, flags = struct.unpack_from("<HHHHH", stream, at)
                if flags & 1:
                    notes.hidden_columns.update(range(first, min(last + 1, _COLUMNS)))
            elif kind in (_FILTER_MODE, _AUTO_FILTER):
                notes.filtered = True
            elif kind == _MERGED and size % 8 == 2:
                for first_row, last_row, first, last in struct.iter_unpack(
                    "<HHHH", stream[at + 2 : at + size]
                ):
                    notes.merge(first_row + 1, last_row + 1, first, last)
        return hidden

    def _find_cells(self, index: int, notes: Notes) -> tuple[dict[int, list[int]], dict[int, int]]:
        """Return where the cells of each row (from 0) stand, as they need not be in order.

        Also where the text stands that is the result of the formula at a place.
        """
        rows: dict[int, list[int]] = {}
        texts: dict[int, int] = {}
        stream = self._stream
        formula = -1
        formulas: list[int] = []
        calculated = not stream[8:].startswith(_XLWT)
        for kind, at, size in records(self._stream, self._places[index]):
            if kind in _CELLS:
                if size < _CELLS[kind] or (kind == _MUL_RK and size % 6):
                    raise OleError(f"a cell of {size} bytes at {at}")
                rows.setdefault(stream[at] | stream[at + 1] << 8, []).append(at - 4)
                if kind == _FORMULA:
                    formula = at
                    formulas.append(at)
                    calculated = calculated or stream[at + 6] != _EMPTY_RESULT
            elif kind == _STRING:
                texts[formula] = at - 4
        if not calculated:
            for at in formulas:
                row, column = struct.unpack_from("<HH", stream, at)
                notes.no_value(f"{letter_of(column)}{row + 1}")
        return rows, texts

    def _row(self, number: int, places: list[int], texts_of_formulas: dict[int, int], notes: Notes) -> Row:
        found: dict[int, CellValue] = {}
        for place in places:
            kind, size = struct.unpack_from("<HH", self._stream, place)
            at = place + 4
            column, style = struct.unpack_from("<HH", self._stream, at + 2)
            if kind == _MUL_RK:
                cells = self._several(at, size)
            elif kind == _FORMULA:
                value = self._result(at, texts_of_formulas.get(at))
                if value is None:
                    notes.no_value(f"{letter_of(column)}{number + 1}")
                    continue
                cells = [(column, style, value)]
            else:
                cells = [(column, style, self._constant(kind, at, size))]
            for column, style, value in cells:
                if column >= _COLUMNS or column in found:
                    raise OleError(f"a cell in column {column} of row {number + 1} too many")
                found[column] = self._formatted(value, style)
        texts: list[str] = []
        values: list[CellValue | None] = []
        for column in sorted(found):
            text = as_text(found[column].value)
            if text:
                gap = column - len(texts)
                texts.extend([""] * gap)
                values.extend([None] * gap)
                texts.append(text)
                values.append(found[column])
        return number + 1, texts, values

    def _several(self, at: int, size: int) -> list[tuple[int, int, object]]:
        """Return column, style and value of the cells of a MULRK record."""
        first = struct.unpack_from("<H", self._stream, at + 2)[0]
        pairs = struct.iter_unpack("<HI", self._stream[at + 4 : at + size - 2])
        return [(first + offset, style, from_rk(rk)) for offset, (style, rk) in enumerate(pairs)]

    def _constant(self, kind: int, at: int, size: int) -> object:
        stream = self._stream
        if kind == _LABEL_SST:
            return self._strings[struct.unpack_from("<I", stream, at + 6)[0]]
        if kind == _NUMBER:
            return struct.unpack_from("<d", stream, at + 6)[0]
        if kind == _RK:
            return from_rk(struct.unpack_from("<I", stream, at + 6)[0])
        if kind == _BOOL_ERR:
            return _error(stream[at + 6]) if stream[at + 7] else bool(stream[at + 6])
        length = struct.unpack_from("<H", stream, at + 6)[0]  # LABEL, RSTRING
        text = self._short_text(at + 8, length)
        if size < 8 + len(text):
            raise OleError(f"a text of {length} characters in {size} bytes")
        return text

    def _result(self, at: int, place_of_text: int | None) -> object:
        """Return what a formula gave when it was last calculated; None when that is missing."""
        stream = self._stream
        if stream[at + 12 : at + 14] != b"\xff\xff":
            return struct.unpack_from("<d", stream, at + 6)[0]
        kind, value = stream[at + 6], stream[at + 8]
        if kind == 1:
            return bool(value)
        if kind == 2:
            return _error(value)
        if kind == _EMPTY_RESULT:
            return ""
        if place_of_text is None:
            return None
        size = struct.unpack_from("<H", stream, place_of_text + 2)[0]
        pieces = Pieces(stream, Record(_STRING, place_of_text + 4, size))
        length = pieces.number("<H")
        if self._wide:
            return pieces.text(length, wide=bool(pieces.number("<B") & 1))
        return pieces.take(length).decode(self._codec, "replace")

    def _formatted(self, value: object, style: int) -> CellValue:
        if style not in self._styles:
            number = self._used_formats[style] if style < len(self._used_formats) else 0
            self._styles[style] = style_of(self._formats.get(number, "General"))
        number_format, kind = self._styles[style]
        if isinstance(value, float):
            value = from_serial(value, kind, self._epoch) if kind is not None else whole(value)
        return CellValue(value, number_format)

    def _short_text(self, at: int, length: int) -> str:
        """Return a text that is not continued in another record."""
        if not self._wide:
            return self._stream[at : at + length].decode(self._codec, "replace")
        wide = self._stream[at] & 1
        content = self._stream[at + 1 : at + 1 + (length << wide)]
        return content.decode("utf-16-le" if wide else "latin-1", "replace")


def too_old(name: str) -> UnreadableListError:
    """Return the sentence for workbooks of Excel 4 and before, and for what only looks like one."""
    return UnreadableListError(
        f"{name} was written by an Excel older than 1995, or is damaged. Open it in LibreOffice, save it as an "
        "Excel workbook (.xlsx), and try again."
    )


def _error(code: int) -> CellError:
    return CellError(_ERRORS.get(code, "#VALUE!"))


def _codec(code_page: int) -> str:
    name = _CODECS.get(code_page, f"cp{code_page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
