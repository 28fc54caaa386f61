"""From the blocks of a reader to the batches that are judged: who is a person, which cells decide, what is odd."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from optoutdesk.domain.address import Problem, read_cell
from optoutdesk.domain.cleaning import Batch
from optoutdesk.domain.matching import SuppressionList
from optoutdesk.spreadsheets.columns import Layout
from optoutdesk.spreadsheets.table import Block, Table

GLUED = Problem("a quotation mark in this row runs on over the next lines")


@dataclass(frozen=True, slots=True)
class ListFile:
    """A contact list as it was understood; everything guessed can be overridden in CleanList.open."""

    path: Path
    table: Table
    """format, sheets, sheet; for text also encoding and delimiter."""
    layout: Layout
    """Header row and columns, which of them hold addresses."""


@dataclass(slots=True)
class People:
    """The rows of a block that are people, ready to be judged."""

    positions: Sequence[int]
    """Where they stand in the block."""
    batch: Batch
    others: Sequence[int]
    """Positions of titles, header and blank rows, which are copied as they are."""


class PeopleReader:
    """Picks the people out of the blocks of one list."""

    def __init__(self, source: ListFile, suppression: SuppressionList) -> None:
        self._table = source.table
        self._layout = source.layout
        self._suppression = suppression

    def people_of(self, block: Block) -> People:
        """Return the people of a block, with their address cells as proper text."""
        rows, numbers = block.rows, block.numbers
        positions: Sequence[int] = range(len(rows))
        others: list[int] = []
        beside: dict[int, list[str]] = {}
        if [] in rows or [""] in rows or (numbers and numbers[0] < self._layout.first_row):
            positions, others, beside = self._parted(block)
            rows = [rows[position] for position in positions]
            numbers = [numbers[position] for position in positions]
        batch = Batch(numbers, self._address_cells(rows), beside)
        self._note_long_rows(rows, batch)
        if block.several_lines:
            self._note_glued_rows(block, positions, batch)
        return People(positions, batch, others)

    def _parted(self, block: Block) -> tuple[list[int], list[int], dict[int, list[str]]]:
        """Part people from titles, header and blank rows. A title with a suppressed address is no title."""
        people: list[int] = []
        others: list[int] = []
        beside: dict[int, list[str]] = {}
        for position, row in enumerate(block.rows):
            if block.numbers[position] >= self._layout.first_row and row not in ([], [""]):
                people.append(position)
                continue
            cells = [self._table.decode(cell) for cell in row if _may_hold_address(cell)]
            if cells and self._any_suppressed(cells):
                beside[len(people)] = cells
                people.append(position)
            else:
                others.append(position)
        return people, others, beside

    def _address_cells(self, rows: Sequence[Sequence[str]]) -> list[str] | list[tuple[str, ...]]:
        columns = self._layout.address_columns
        decode = self._table.decode
        if len(columns) > 1:
            return [
                tuple([decode(row[column]) if len(row) > column else "" for column in columns])
                for row in rows
            ]
        column = columns[0]
        cells = [row[column] if len(row) > column else "" for row in rows]
        return cells if "".join(cells).isascii() else [decode(cell) for cell in cells]

    def _note_long_rows(self, rows: Sequence[Sequence[str]], batch: Batch) -> None:
        """What hangs over the header's width may be an address too: none of them may be a suppressed one."""
        columns = self._layout.address_columns
        width = self._layout.width
        if max(map(len, rows), default=0) <= width:
            return
        for index, row in enumerate(rows):
            over = [
                self._table.decode(cell)
                for column, cell in enumerate(row[width:], width)
                if _may_hold_address(cell) and column not in columns
            ]
            if over:
                batch.beside[index] = [*batch.beside.get(index, ()), *over]

    def _note_glued_rows(self, block: Block, positions: Sequence[int], batch: Batch) -> None:
        """Note rows of several lines that may be rows glued together by a stray quotation mark.

        Another program may read their lines as rows of their own, so no address in them may be suppressed; and
        a row that has not the header's width is not one at all.
        """
        index_of = {position: index for index, position in enumerate(positions)}
        for position in block.several_lines:
            index = index_of.get(position)
            raw: str = block.raw[position]
            if index is None or "@" not in raw:
                continue
            cells = "".join(batch.cells[index])
            one_line = "\n" not in cells and "\r" not in cells
            if one_line and raw.isascii() and raw.count("@") == cells.count("@"):
                continue  # nearly always: the only address is the one that is judged anyway
            row = block.rows[position]
            glued = [column for column, cell in enumerate(row) if "\n" in cell or "\r" in cell]
            hidden = [
                self._table.decode(cell)
                for column, cell in enumerate(row)
                if _may_hold_address(cell) and (column in glued or column not in self._layout.address_columns)
            ]
            if hidden:
                batch.beside[index] = [*batch.beside.get(index, ()), *hidden]
            at_glued = any("@" in row[column] for column in glued)
            width = self._layout.width
            misfit = len(row) < width or any(row[width:])
            if at_glued and misfit and self._layout.header_row is not None:
                batch.broken[index] = GLUED

    def suppressed_elsewhere(self, block: Block, people: People, kept: Sequence[int]) -> int:
        """Return how many of these kept rows hold a suppressed address outside the address columns."""
        text = block.raw if self._table.format.is_text else map("".join, block.rows)
        cells = people.batch.cells
        in_cells = cells if len(self._layout.address_columns) == 1 else map("".join, cells)
        if "".join(text).count("@") == "".join(in_cells).count("@"):  # type: ignore[arg-type]  # strings by now
            return 0  # nearly always
        columns = set(self._layout.address_columns)
        found = 0
        for position in kept:
            others = [c for index, c in enumerate(block.rows[position]) if "@" in c and index not in columns]
            if others and self._any_suppressed(map(self._table.decode, others)):
                found += 1
        return found

    def _any_suppressed(self, cells: Iterable[str]) -> bool:
        return any(
            self._suppression.bars(a.key, a.given) for cell in cells for a in read_cell(cell).addresses
        )


def _may_hold_address(cell: str) -> bool:
    """Whether a cell, decoded or not, is worth a look: a full-width @ is no ASCII."""
    return "@" in cell or not cell.isascii()
