"""Writes CSV files that were not copied from one: the removed rows, and clean lists out of workbooks."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from optoutdesk.spreadsheets.table import Block, ByteSink

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s().+/-]*$)")
_MAYBE_FORMULA = re.compile(r"""[,"][=@\t\r+-]""")
_NEEDS_QUOTES = re.compile(r"""[",\r\n]""")


def without_formula(text: str) -> str:
    """Return text that a spreadsheet program cannot take for a formula; a phone number may keep its plus."""
    return "'" + text if _FORMULA.match(text) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@lru_cache(maxsize=4096)
def _quoted_at_need(text: str) -> str:
    """Return a cell that comes again and again with quotes where it needs them."""
    return _quoted(text) if _NEEDS_QUOTES.search(text) else text


class SheetWriter:
    """Writes rows of a report for a person to open in a spreadsheet program: UTF-8 with a mark, formulas defused."""

    def __init__(self, target: ByteSink, header: Sequence[str] | None) -> None:
        """Start a report; without a header where the list it repeats has none."""
        self._target = target
        target.write(b"\xef\xbb\xbf")
        if header is not None:
            target.write(self.line(header).encode("utf-8", "replace"))

    def line(self, cells: Iterable[str]) -> str:
        """Return a row of cells as a line."""
        out = io.StringIO()
        csv.writer(out).writerow([without_formula(cell) for cell in cells])
        return out.getvalue()

    def line_before(self, plain: str, evidence: str, given: str, record: str) -> str | None:
        """Return a line of cells followed by a comma-separated record as it stands; None: use line().

        `plain` are cells that need no quotes, joined already. A removed row is put behind its reason like this at
        a third of the cost of writing it anew.
        """
        if _NEEDS_QUOTES.search(given):
            given = _quoted(given)
        whole = f"{plain},{_quoted_at_need(evidence)},{given},{record}\r\n"
        return None if _MAYBE_FORMULA.search(whole, 0, len(whole) - 2) else whole

    def write(self, lines: Iterable[str]) -> None:
        """Write lines."""
        self._target.write("".join(lines).encode("utf-8", "replace"))


class DelimitedWriter:
    """Writes kept rows of another format as CSV or TSV for a platform: UTF-8 as it is, nothing altered."""

    def __init__(self, target: ByteSink, delimiter: str = ",") -> None:
        self._target = target
        self._delimiter = delimiter

    def copy(self, block: Block, positions: Sequence[int]) -> None:
        """Write rows by their text."""
        self._write([block.rows[position] for position in positions])

    def change(self, block: Block, position: int, cells: Mapping[int, str]) -> None:
        """Write one row with some cells replaced."""
        row = list(block.rows[position])
        for index, text in cells.items():
            row[index] = text
        self._write([row])

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        out = io.StringIO()
        csv.writer(out, delimiter=self._delimiter).writerows(rows)
        self._target.write(out.getvalue().encode("utf-8", "replace"))

    def finish(self) -> None:
        """Nothing is held back."""

    def abort(self) -> None:
        """Nothing is held back."""
