"""Opens Excel and OpenDocument workbooks by what is in them, and settles which sheet is read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from optoutdesk.domain.errors import UnreadableListError, UsageError
from optoutdesk.spreadsheets import ods, ole, xlsx
from optoutdesk.spreadsheets.cells import Row, Sheet, damaged, in_blocks, without_result
from optoutdesk.spreadsheets.findings import Findings, Notes
from optoutdesk.spreadsheets.package import Package
from optoutdesk.spreadsheets.table import Block, Format
from optoutdesk.spreadsheets.xls import XlsBook, too_old

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# The first record of Excel 2 to 4, which had no container. A text list does not begin with a tab and these.
_BEFORE_OLE = re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00")


class Book(Protocol):
    """A workbook of one of the formats."""

    sheets: tuple[Sheet, ...]
    """Its worksheets in their order; never empty."""

    def rows(self, index: int, notes: Notes) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything, in order. UnreadableListError for damage.

        A formula that was never calculated is only noted: what is read on is short of a cell. At the end `notes`
        are complete.
        """

    def is_plain(self, index: int) -> bool:
        """Whether it is cheaply seen that reading a sheet would note nothing. UnreadableListError for damage."""

    def column_widths(self, index: int) -> Mapping[int, float]:
        """Return the widths of a sheet's columns in characters, by column from 0; only those that are set."""


class WorkbookTable:
    """A sheet of a workbook; see table.Table."""

    def __init__(self, path: Path, table_format: Format, book: Book, index: int) -> None:
        self.path = path
        self.format = table_format
        self.sheets: tuple[str, ...] = tuple(sheet.name for sheet in book.sheets)
        self.sheet: str | None = self.sheets[index]
        self._book = book
        self._index = index
        self._findings: Findings | None = None
        self._other_sheets: tuple[str, ...] | None = None

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order; blank rows after the last filled one are none."""
        notes = Notes()
        rows = self._book.rows(self._index, notes)
        for block in in_blocks(rows, self.path.name, notes):
            if notes.formulas_without_value:
                break
            yield block
        if notes.formulas_without_value:
            for _ in rows:
                pass  # to count all of them
            raise without_result(notes, self._book.sheets[self._index].name)
        self._findings = self._summary(notes)

    def findings(self) -> Findings:
        """Return what is to be said about the sheet; known after all blocks were read, else the sheet is read."""
        if self._findings is None:
            notes = Notes()
            if not self._book.is_plain(self._index):
                for _ in in_blocks(self._book.rows(self._index, notes), self.path.name, notes):
                    pass
            self._findings = self._summary(notes)
        return self._findings

    def _summary(self, notes: Notes) -> Findings:
        sheet = self._book.sheets[self._index]
        if self._other_sheets is None:
            self._other_sheets = tuple(
                other.name
                for index, other in enumerate(self._book.sheets)
                if index != self._index
                if (_holds_anything(self._book, index) if other.filled is None else other.filled)
            )
        return notes.summary(sheet.name, hidden_sheet=sheet.hidden, other_sheets=self._other_sheets)

    def decode(self, cell: str) -> str:
        """Return the cell: workbooks hold proper text."""
        return cell

    @property
    def column_widths(self) -> Mapping[int, float]:
        """The widths of columns in characters, by column from 0; only those that are set."""
        return self._book.column_widths(self._index)


def looks_like_workbook(first_bytes: bytes) -> bool:
    """Whether a file that begins so (8 bytes suffice) is for open_workbook, be it only to be refused in words."""
    return first_bytes.startswith((*_ZIP, ole.SIGNATURE)) or _BEFORE_OLE.match(first_bytes) is not None


def open_workbook(path: Path, sheet: str | int | None = None) -> WorkbookTable:
    """Open a sheet of a workbook: by its name, by its number from 1, or the first visible one with an address.

    UnreadableListError when the file is none or is damaged; UsageError when there is no such sheet. What is wrong
    within a sheet comes up when its blocks are read.
    """
    table_format, book = _open_book(path)
    index = _by_content(path.name, book) if sheet is None else _named(path.name, book.sheets, sheet)
    return WorkbookTable(path, table_format, book, index)


def _open_book(path: Path) -> tuple[Format, Book]:
    with path.open("rb") as stream:
        first = stream.read(8)
    if first.startswith(ole.SIGNATURE):
        return Format.XLS, XlsBook(path)
    if not first.startswith(_ZIP):
        if _BEFORE_OLE.match(first):
            raise too_old(path.name)
        raise UnreadableListError(f"{path.name} is not a workbook. Choose an Excel or OpenDocument file.")
    with Package(path) as package:
        if xlsx.main_part(package):
            kind = Format.XLSX
        elif ods.is_spreadsheet(package):
            kind = Format.ODS
        elif "xl/workbook.bin" in package:
            raise UnreadableListError(
                f"{path.name} is a binary Excel workbook, which is not read. Open it in Excel, save it as an Excel "
                "workbook (.xlsx), and try again."
            )
        elif package.has_folder("xl"):
            raise damaged(path.name, "no workbook part")
        else:
            raise UnreadableListError(
                f"{path.name} is a ZIP file but no workbook. Unpack it and choose the list that is in it."
            )
    return kind, xlsx.XlsxBook(path) if kind is Format.XLSX else ods.OdsBook(path)


def _named(file: str, sheets: Sequence[Sheet], wanted: str | int) -> int:
    """Return the index of a sheet by its name as it stands, then with case ignored, then by its number from 1."""
    names = [sheet.name for sheet in sheets]
    if isinstance(wanted, str):
        folded = wanted.strip().casefold()
        for index, name in enumerate(names):
            if name == wanted:
                return index
        for index, name in enumerate(names):
            if name.strip().casefold() == folded:
                return index
    number = str(wanted).strip()
    if number.isdecimal() and 1 <= int(number) <= len(names):
        return int(number) - 1
    listed = ", ".join(f"{number} “{name}”" for number, name in enumerate(names[:20], 1))
    more = "" if len(names) <= 20 else f" and {len(names) - 20} more"
    raise UsageError(f"{file} has no sheet “{wanted}”. Its sheets are {listed}{more}.")


def _by_content(file: str, book: Book) -> int:
    """Return the first visible sheet with something like an address, else with anything, else the first visible.

    A sheet that cannot be read may be the one with the addresses: it is taken, so that reading it tells what is
    wrong, rather than another one in its place.
    """
    visible = [index for index, sheet in enumerate(book.sheets) if not sheet.hidden]
    if not visible:
        names = ", ".join(f"“{sheet.name}”" for sheet in book.sheets[:20])
        raise UnreadableListError(
            f"All sheets of {file} are hidden. Show the one with your contacts, or name it: {names}."
        )
    if len(visible) == 1:
        return visible[0]
    filled: list[int] = []
    for index in visible:
        notes = Notes()
        try:
            for _, texts, _ in book.rows(index, notes):
                if index not in filled:
                    filled.append(index)
                if any("@" in text for text in texts):
                    return index
        except UnreadableListError:
            return index
        if notes.formulas_without_value:
            return index
    return (filled or visible)[0]


def _holds_anything(book: Book, index: int) -> bool:
    """Whether there is anything in a sheet; there may be when it cannot be read."""
    notes = Notes()
    try:
        return any(True for _ in book.rows(index, notes)) or bool(notes.formulas_without_value)
    except UnreadableListError:
        return True
