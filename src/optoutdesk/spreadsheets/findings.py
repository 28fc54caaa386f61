"""What there is in a workbook beside what is read: hidden rows and columns, further sheets, merged cells, formulas."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

# More are not counted; a list in which every row is merged has fewer.
_MOST_MERGED = 100_000


@dataclass(frozen=True, slots=True)
class Findings:
    """What a person should know about the sheet that is read, before anything is done with it."""

    sheet: str = ""
    """Its name; "" for a text list."""
    hidden_rows: int = 0
    """Rows that are hidden, by a filter or by hand, and hold anything."""
    filtered: bool = False
    """Whether a filter is on: then hidden rows are hidden by it."""
    hidden_columns: tuple[int, ...] = ()
    """From 0; only as far as there are cells."""
    other_sheets: tuple[str, ...] = ()
    """Further sheets with anything in them, hidden ones too."""
    hidden_sheet: bool = False
    """Whether the sheet that is read is itself hidden."""
    merged_cells: int = 0
    """Merged cells among the rows; a title over several columns is none of them."""
    merged_over_rows: int = 0
    """Those of them that span several rows: only the first of these rows has what is written there."""
    formulas_without_value: int = 0
    """Cells whose formula was never calculated. Such a sheet is not read: they may hold addresses."""


@dataclass(slots=True)
class Notes:
    """What a reader comes across while it reads the rows of a sheet."""

    hidden: list[int] = field(default_factory=list)
    """The numbers of hidden rows that hold anything, ascending; those of rows already in a block are taken out."""
    hidden_rows: int = 0
    """How many were taken out."""
    filtered: bool = False
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First and last row from 1, first and last column from 0."""
    formulas_without_value: int = 0
    first_without_value: str = ""
    """The first such cell: C7."""
    first_record: int = 0
    """Number of the first row with several cells; 0: none yet. What stands above it are titles."""
    last_row: int = 0
    width: int = 0

    @property
    def any_hidden(self) -> bool:
        """Whether a hidden row holds anything."""
        return bool(self.hidden or self.hidden_rows)

    def no_value(self, cell: str) -> None:
        """Note a formula that was never calculated."""
        self.first_without_value = self.first_without_value or cell
        self.formulas_without_value += 1

    def merge(self, first_row: int, last_row: int, first_column: int, last_column: int) -> None:
        """Note a merged cell."""
        if (first_row, first_column) != (last_row, last_column) and len(self.merged) < _MOST_MERGED:
            self.merged.append((first_row, last_row, first_column, last_column))

    def take(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> list[int]:
        """Take note of some rows, at least one, and return the positions of those that are hidden."""
        self.last_row = numbers[-1]
        self.width = max(self.width, *map(len, rows))
        if not self.first_record:
            records = (
                n for n, row in zip(numbers, rows, strict=True) if len(row) > 1 and sum(map(bool, row)) > 1
            )
            self.first_record = next(records, 0)
        if not self.hidden:
            return []
        count = bisect_right(self.hidden, self.last_row)
        hidden = set(self.hidden[:count])
        del self.hidden[:count]
        self.hidden_rows += count
        return [position for position, number in enumerate(numbers) if number in hidden]

    def summary(self, sheet: str, *, hidden_sheet: bool, other_sheets: tuple[str, ...]) -> Findings:
        """Return the findings of a sheet that was read to its end."""
        merged = [
            (first_row, last_row)
            for first_row, last_row, first_column, _ in self.merged
            if first_row <= self.last_row and first_column < self.width
            if first_row != last_row or first_row >= self.first_record
        ]
        return Findings(
            sheet,
            hidden_rows=self.hidden_rows,
            filtered=self.filtered,
            hidden_columns=tuple(sorted(column for column in self.hidden_columns if column < self.width)),
            other_sheets=other_sheets,
            hidden_sheet=hidden_sheet,
            merged_cells=len(merged),
            merged_over_rows=sum(first_row != last_row for first_row, last_row in merged),
            formulas_without_value=self.formulas_without_value,
        )
