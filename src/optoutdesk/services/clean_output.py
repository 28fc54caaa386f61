"""Where the rows of a clean go: the clean list in its format, and the removed rows with line, reason and evidence."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from optoutdesk.domain.address import read_cell
from optoutdesk.domain.cleaning import Removed, Trimmed, Verdict
from optoutdesk.domain.errors import UsageError
from optoutdesk.services.clean_rows import ListFile, People
from optoutdesk.services.wording import REASONS, evidence_words
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.spreadsheets.delimited import DelimitedWriter, SheetWriter
from optoutdesk.spreadsheets.output import PendingFile
from optoutdesk.spreadsheets.table import Block, Writer
from optoutdesk.spreadsheets.text import TextTable, TextWriter

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDING = ".xlsx"


class Sink:
    """Takes judged blocks and writes both files."""

    def __init__(self, source: ListFile, clean: PendingFile, removed: PendingFile) -> None:
        self._table = source.table
        self._layout = source.layout
        self._writer = _writer_for(source, clean)
        self._decoded = isinstance(self._table, TextTable) and not isinstance(self._writer, TextWriter)
        self._comma_separated = isinstance(self._table, TextTable) and self._table.delimiter == ","
        self._mark = self._table.mark if isinstance(self._table, TextTable) else ""
        self._unit = "line" if self._table.format.is_text else "row"
        names = [column.name or letter_of(column.index) for column in self._layout.columns]
        self._removed = SheetWriter(
            removed.stream, [self._unit.capitalize(), "Reason", "Evidence", "Address", *names]
        )

    def write(
        self, block: Block, people: People, kept: Sequence[int], verdicts: Mapping[int, Verdict]
    ) -> None:
        """Write a block: kept rows and those that are no people in their order, the removed ones elsewhere.

        `kept` are positions in the block; `verdicts` are by position among the people.
        """
        gone: list[str] = []
        changed: dict[int, Trimmed] = {}
        for index, verdict in verdicts.items():
            position = people.positions[index]
            if isinstance(verdict, Trimmed):
                changed[position] = verdict
                gone += [self._report(block, position, removed) for removed in verdict.dropped.values()]
            else:
                gone.append(self._report(block, position, verdict))
        if gone:
            self._removed.write(gone)
        if self._decoded:
            block = self._as_text(block)
        if not changed:
            self._writer.copy(block, sorted([*kept, *people.others]) if people.others else kept)
            return
        for position in sorted([*kept, *people.others, *changed]):
            if position in changed:
                self._writer.change(
                    block, position, self._without(block, position, changed[position].dropped)
                )
            else:
                self._writer.copy(block, [position])

    def _report(self, block: Block, position: int, removed: Removed) -> str:
        """Return the line of the removed rows' file: why, then the row as it was."""
        reason, evidence = REASONS[removed.reason], evidence_words(removed, self._unit)
        if self._comma_separated:
            raw: str = block.raw[position]
            record = self._table.decode(raw.rstrip("\r\n").removeprefix(self._mark))
            line = self._removed.line_before(f"{removed.row},{reason}", evidence, removed.given, record)
            if line is not None:
                return line
        row = block.rows[position]
        if not "".join(row).isascii():
            row = [self._table.decode(cell) for cell in row]
        return self._removed.line([str(removed.row), reason, evidence, removed.given, *row])

    def _as_text(self, block: Block) -> Block:
        rows = [[self._table.decode(cell) for cell in row] for row in block.rows]
        return Block(block.numbers, rows, [None] * len(rows))

    def _without(self, block: Block, position: int, dropped: Mapping[str, Removed]) -> dict[int, str]:
        """Return a row's address cells without some addresses; the remaining ones move up into the first cells."""
        row = block.rows[position]
        columns = [index for index in self._layout.address_columns if index < len(row)]
        left: list[str] = []
        for index in columns:
            cell = row[index] if self._decoded else self._table.decode(row[index])
            addresses = read_cell(cell).addresses
            if not any(address.key in dropped for address in addresses):
                left += [cell] if cell.strip() else []
                continue
            given = [address.given for address in addresses if address.key not in dropped]
            separator = re.search(r"(?<!\s)\s*(?::::|[;,/|])\s*", cell)
            left += [(separator[0] if separator else ", ").join(given)] if given else []
        return {index: left[n] if n < len(left) else "" for n, index in enumerate(columns)}

    def finish(self) -> None:
        """Complete both files."""
        self._writer.finish()

    def abort(self) -> None:
        """Let go of the files without completing them."""
        self._writer.abort()


def check_ending(source: ListFile, target: Path) -> None:
    """Raise UsageError when a clean list cannot be written as what its name says."""
    ending = target.suffix.lower()
    same_text = source.table.format.is_text and ending == source.path.suffix.lower()
    if ending not in (*TEXT_ENDINGS, WORKBOOK_ENDING) and not same_text:
        raise UsageError(
            f"A clean list cannot be written as “{target.suffix or target.name}”. "
            "Give a name that ends in .csv, .tsv, .txt or .xlsx."
        )


def _writer_for(source: ListFile, target: PendingFile) -> Writer:
    table = source.table
    ending = target.target.suffix.lower()
    if ending == WORKBOOK_ENDING and not (table.format.is_text and source.path.suffix.lower() == ending):
        from optoutdesk.spreadsheets.xlsx_write import (
            XlsxWriter,  # openpyxl: only where a workbook is written
        )

        return XlsxWriter(target.temporary, table.sheet or "Clean list", getattr(table, "column_widths", {}))
    if isinstance(table, TextTable):
        return TextWriter(target.stream, table)
    return DelimitedWriter(target.stream, "\t" if ending == ".tsv" else ",")
