"""What every reader of lists gives and every writer takes: rows in blocks, each with its number and its text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from optoutdesk.spreadsheets.findings import Findings


class Format(StrEnum):
    """The file formats that are read."""

    CSV = "csv"
    TSV = "tsv"
    TXT = "txt"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"

    @property
    def is_text(self) -> bool:
        """Whether rows are lines of text, kept byte for byte."""
        return self in (Format.CSV, Format.TSV, Format.TXT)


class CellValue(NamedTuple):
    """A workbook's cell as it will be written again."""

    value: Any
    """str, int, float, bool, datetime.datetime, date, time or timedelta."""
    number_format: str = "General"


@dataclass(slots=True)
class Block:
    """Some consecutive rows of a list, titles, header and blank rows included."""

    numbers: list[int]
    """The row's number in its sheet, or the number of its first line in a text file; from 1."""
    rows: list[list[str]]
    """Each row's cells as text; [] for a blank row."""
    raw: list[Any]
    """What the same family's writer copies: the row's text with its line end, or a list of CellValue | None."""
    several_lines: list[int] = field(default_factory=list)
    """Positions of text rows that span several lines: a quotation mark left open looks like that."""
    hidden: list[int] = field(default_factory=list)
    """Positions of rows that are hidden in the workbook, by a filter or by hand, ascending."""


class Table(Protocol):
    """A list that is open for reading; it can be read again from its start as often as needed."""

    path: Path
    format: Format
    sheets: tuple[str, ...]
    """A workbook's sheets; empty for text."""
    sheet: str | None
    """The one that is read."""

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order. Raises UnreadableListError with a sentence for the person."""

    def findings(self) -> Findings:
        """Return what is to be said about the list before anything is done with it; nothing about text.

        Of a workbook it is known once all blocks were read; else the sheet is read for it. UnreadableListError.
        """

    def decode(self, cell: str) -> str:
        """Return a cell of Block.rows as proper text."""


class ByteSink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Write all of it."""


class Writer(Protocol):
    """Takes the kept rows of blocks and writes a list to one new file."""

    def copy(self, block: Block, positions: Sequence[int]) -> None:
        """Write the rows at these positions as they are."""

    def change(self, block: Block, position: int, cells: Mapping[int, str]) -> None:
        """Write one row with the text of some of its cells replaced."""

    def finish(self) -> None:
        """Complete the file and close it."""

    def abort(self) -> None:
        """Close without completing."""
