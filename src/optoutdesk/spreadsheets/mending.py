"""The column that a file of rows to mend has beside the original ones, so that the mended file reads as the original did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MEND_MARK = "Opt-Out Desk"
"""How every cell of the column begins that says more than nothing."""
_DATED = f"{MEND_MARK}, file of "
_HEADER = "what to mend"


@dataclass(frozen=True, slots=True)
class MendColumn:
    """The column of reasons, found again."""

    index: int
    day: date | None
    """The day of the file the rows come from, which bounds when a request without a date had been received."""


def mend_text(text: str, day: date | None) -> str:
    """Return a reason as a cell of the column, for files without a header."""
    return f"{_DATED}{day.isoformat()}: {text}" if day else f"{MEND_MARK}: {text}"


def mend_header(day: date | None) -> str:
    """Return the column's header. `day` is that of the file the rows come from."""
    return mend_text(_HEADER, day)


def mend_column(cells: Sequence[str]) -> MendColumn | None:
    """Find the column in a header, or in the first row of a file without one. None: the file is not one of these."""
    for index in range(len(cells) - 1, -1, -1):
        text = cells[index][:80].strip()
        if text.startswith(f"{MEND_MARK}: "):
            return MendColumn(index, None)
        if text.startswith(_DATED):
            day, colon, _ = text.removeprefix(_DATED).partition(":")
            try:
                return MendColumn(index, date.fromisoformat(day if colon else ""))
            except ValueError:
                continue
    return None
