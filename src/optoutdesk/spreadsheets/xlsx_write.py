"""Writes an xlsx workbook of one sheet: values, types, number formats and column widths, nothing else.

The parts are few enough to be written here; openpyxl needs six times as long, puts the rows into a temporary file of
its own, and silently makes formulas of text that begins with "=", errors of text like "#N/A", and stumps of long text.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS_REVERSE, is_date_format
from openpyxl.utils.datetime import to_excel

from optoutdesk.domain.errors import OutputError
from optoutdesk.spreadsheets.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellError,
    as_text,
    format_for,
    mend_surrogates,
)
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.spreadsheets.table import Block, CellValue

LONGEST_TEXT = 32_767
"""Characters of UTF-16 in a cell; Excel calls a file damaged in which there are more."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Without the extension for large files, which some programs do not read.
_MOST_BYTES = (2 << 30) - 1
_BUILT_IN_END = 164
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
# What XML cannot hold, a carriage return (which it turns into a line feed), and text that reads like the escape.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x")
_NOT_IN_TITLES = re.compile(r"[\x00-\x1f\ufffe\uffff\[\]:*?/\\]")
_LETTERS = [letter_of(index) for index in range(64)]


class XlsxWriter:
    """Writes kept rows of a workbook with their values, and those of a text list as text; see table.Writer.

    `column_widths` are in characters, by column from 0. OSError when the disk is full.
    """

    def __init__(self, target: Path, sheet_title: str, column_widths: Mapping[int, float]) -> None:
        self._target = target
        self._finished = False
        self._row = 0
        self._size = 0
        self._styles: dict[str, int] = {"General": 0}
        self._file = target.open("wb")
        self._zip = ZipFile(self._file, "w", ZIP_DEFLATED)
        self._sheet: IO[bytes] | None = None
        try:
            for name, content in _first_parts(clean_title(sheet_title)).items():
                self._add_part(name, content)
            self._sheet = self._zip.open("xl/worksheets/sheet1.xml", "w")
            self._write(
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
                f'<sheetFormatPr defaultRowHeight="15"/>{_columns(column_widths)}<sheetData>'
            )
        except BaseException:
            self.abort()
            raise

    def copy(self, block: Block, positions: Sequence[int]) -> None:
        """Write the rows at these positions. OutputError when a sheet or a cell cannot hold what it should."""
        self._write("".join([self._row_xml(self._cells(block, position)) for position in positions]))

    def change(self, block: Block, position: int, cells: Mapping[int, str]) -> None:
        """Write one row with the text of some of its cells replaced; their number formats stay."""
        row = list(self._cells(block, position))
        for index, text in cells.items():
            row.extend([None] * (index + 1 - len(row)))
            before = row[index]
            row[index] = CellValue(text, before.number_format if before is not None else "General")
        self._write(self._row_xml(row))

    def finish(self) -> None:
        """Complete the workbook and close it."""
        try:
            self._write("</sheetData></worksheet>")
            assert self._sheet is not None
            self._sheet.close()
            self._add_part("xl/styles.xml", _styles(self._styles))
            self._zip.close()
            self._file.close()
        except BaseException:
            self.abort()
            raise
        self._finished = True

    def abort(self) -> None:
        """Close without completing, and remove what was written; nothing once it is finished. Never raises."""
        if self._finished:
            return
        # Each of them writes a last time when it is closed, which fails again when the disk is full. Left open, they
        # would do so when they are collected, and complain.
        for part in (self._sheet, self._zip, self._file):
            with suppress(OSError, ValueError, RuntimeError):
                if part is not None:
                    part.close()
        with suppress(OSError):
            self._target.unlink(missing_ok=True)

    def _add_part(self, name: str, content: str) -> None:
        # Opened by its name alone a part bears no time, and the same list gives the same file.
        with self._zip.open(name, "w") as part:
            part.write(f"{_XML}{content}".encode())

    def _write(self, xml: str) -> None:
        data = xml.encode()
        self._size += len(data)
        if self._size > _MOST_BYTES:
            raise _too_large("more than 2 GB of sheet")
        assert self._sheet is not None
        self._sheet.write(data)

    def _cells(self, block: Block, position: int) -> Sequence[CellValue | None]:
        raw = block.raw[position]
        if isinstance(raw, list):
            return raw
        return [CellValue(text) if text else None for text in block.rows[position]]

    def _row_xml(self, cells: Sequence[CellValue | None]) -> str:
        self._row = number = self._row + 1
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            raise _too_large(f"row {number}, {len(cells)} columns")
        parts = [f'<row r="{number}">']
        for column, cell in enumerate(cells):
            if cell is not None:
                letters = _LETTERS[column] if column < 64 else letter_of(column)
                parts.append(self._cell_xml(f"{letters}{number}", cell))
        parts.append("</row>")
        return "".join(parts)

    def _cell_xml(self, reference: str, cell: CellValue) -> str:
        value, number_format = cell
        style = "" if number_format == "General" else f' s="{self._style(number_format)}"'
        if isinstance(value, str):
            if isinstance(value, CellError) and value in _ERRORS:
                return f'<c r="{reference}"{style} t="e"><v>{value}</v></c>'
            if len(value) > LONGEST_TEXT // 2:
                self._check_length(reference, value)
            text = _escape(value) if _SPECIAL.search(value) else value
            space = "" if text.strip() == text else ' xml:space="preserve"'
            return f'<c r="{reference}"{style} t="inlineStr"><is><t{space}>{text}</t></is></c>'
        if isinstance(value, bool):
            return f'<c r="{reference}"{style} t="b"><v>{value:d}</v></c>'
        if isinstance(value, float) and not math.isfinite(value):
            return f'<c r="{reference}"{style} t="e"><v>#NUM!</v></c>'
        if isinstance(value, int | float):
            return f'<c r="{reference}"{style}><v>{value!r}</v></c>'
        serial: float = to_excel(value)  # type: ignore[no-untyped-call]  # its stub has no types
        if serial < 0 and not isinstance(value, dt.timedelta):
            return self._cell_xml(reference, CellValue(as_text(value)))  # Excel has no dates before 1900
        if not is_date_format(number_format):
            style = f' s="{self._style(format_for(value))}"'
        return f'<c r="{reference}"{style}><v>{serial!r}</v></c>'

    def _style(self, number_format: str) -> int:
        return self._styles.setdefault(number_format, len(self._styles))

    def _check_length(self, reference: str, text: str) -> None:
        length = len(text.encode("utf-16-le", "surrogatepass")) // 2
        if length > LONGEST_TEXT:
            raise OutputError(
                f"A text of {length:,} characters is too long for a cell of an Excel workbook, which holds "
                f"{LONGEST_TEXT:,}. Save the list as CSV instead.",
                details=f"cell {reference}: {text[:80]!r}",
            )


def clean_title(title: str) -> str:
    """Return a title that Excel takes for a sheet: at most 31 characters and none that it forbids."""
    clean = _NOT_IN_TITLES.sub(" ", mend_surrogates(title)).strip(" '")
    while len(clean.encode("utf-16-le")) > 62:
        clean = clean[:-1].rstrip(" '")
    if clean.casefold() == "history":  # which Excel keeps for itself
        return "History list"
    return clean or "List"


def _escape(text: str) -> str:
    """Return text as Excel writes it into XML: what XML cannot hold stands there as _x0001_."""
    text = _without_controls(text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _without_controls(text: str) -> str:
    return _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _columns(widths: Mapping[int, float]) -> str:
    columns = "".join(
        f'<col min="{index + 1}" max="{index + 1}" width="{width:.6g}" customWidth="1"/>'
        for index, width in sorted(widths.items())
        if 0 <= index < MAX_COLUMNS and 0 < width <= 255
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _styles(styles: Iterable[str]) -> str:
    formats: list[str] = []
    cells: list[str] = []
    for code in styles:
        number = 0 if code == "General" else BUILTIN_FORMATS_REVERSE.get(code)
        if number is None:
            number = _BUILT_IN_END + len(formats)
            formats.append(f'<numFmt numFmtId="{number}" formatCode={quoteattr(_without_controls(code))}/>')
        cells.append(
            f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="{number != 0:d}"/>'
        )
    custom = f'<numFmts count="{len(formats)}">{"".join(formats)}</numFmts>' if formats else ""
    return (
        f'<styleSheet xmlns="{_MAIN}">{custom}'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _first_parts(title: str) -> dict[str, str]:
    """Return the parts that come before the sheet, by name, without their XML declaration."""
    office = f"{_RELATIONS}/officeDocument"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name={quoteattr(title)} sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    }


def _too_large(details: str) -> OutputError:
    return OutputError(
        "The list is too large for a sheet of an Excel workbook. Save it as CSV instead.", details=details
    )
