"""Opens a list by what is in it, whatever it is called."""

from pathlib import Path

from optoutdesk.domain.errors import UnreadableListError, UsageError
from optoutdesk.spreadsheets.table import Table
from optoutdesk.spreadsheets.text import TextTable

_WORKBOOKS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x09\x00",
    b"\x09\x02",
    b"\x09\x04",
    b"\x09\x08",
)
"""How a ZIP (xlsx, ods), an OLE file (xls, an encrypted xlsx) and the oldest xls begin."""


def open_table(path: Path, sheet: str | int | None = None) -> Table:
    """Open a list for reading only. UnreadableListError says what is wrong with it, UsageError with the sheet."""
    try:
        if path.is_dir():
            raise UnreadableListError(
                f"{path.name} is a folder. Choose the file in it that holds the addresses."
            )
        if not path.exists():
            raise UnreadableListError(f"There is no file {path}. Check its name and folder.")
        if not path.is_file():
            raise UnreadableListError(f"{path.name} is not a file. Choose the file that holds the addresses.")
        with path.open("rb") as stream:
            first = stream.read(64)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        if first.startswith(_WORKBOOKS):
            from optoutdesk.spreadsheets.workbook import (
                open_workbook,  # its libraries are not needed for text
            )

            return open_workbook(path, sheet)
        if sheet is not None:
            raise UsageError(f"{path.name} is a text file; it has no sheets.")
        return TextTable(path)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> UnreadableListError:
    """Return the sentence for a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return UnreadableListError(f"There is no file {path}. Check its name and folder.", details=str(error))
    return UnreadableListError(
        f"{path.name} cannot be read. Check that you may open it and that no other program holds it.",
        details=str(error),
    )
