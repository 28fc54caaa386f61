"""How the names of columns and the words in cells are compared."""

import re
from collections.abc import Sequence

from optoutdesk.domain.hashing import digest_key

_MARKS = ("\ufeff", "\xef\xbb\xbf")  # a byte order mark, also one that was read as Windows-1252
LONGEST_NAME = 320
"""Characters of a header that are looked at: an address is no longer, and no cell may make a pattern try long."""
YES = {"true", "yes", "y", "1", "x", "wahr", "vrai", "verdadero"}
NO = {"false", "no", "n", "0", "falsch", "faux", "falso"}
_LIKE_AN_ADDRESS = re.compile(r"[^@\s]*@[^@\s]+\.[^@\s]+")  # or a domain: @rival.example


def plain(name: str) -> str:
    """Return a header name as it is compared."""
    for mark in _MARKS:
        name = name.removeprefix(mark)
    return " ".join(name.strip().strip('"').split()).casefold()


def without_mark(cell: str) -> str:
    """Return a cell without the byte order mark that the first one of a file may bear."""
    for mark in _MARKS:
        cell = cell.removeprefix(mark)
    return cell


def cell_of(row: Sequence[str], index: int) -> str:
    """Return a cell without the blanks around it; "" where the row is too short."""
    return row[index].strip() if index < len(row) else ""


def plain_word(text: str) -> str:
    """Return a status as it is compared: NEVER_SUBSCRIBED -> never subscribed."""
    return " ".join(re.sub(r"[_-]+", " ", without_mark(text)).split()).casefold()


def is_person(header: Sequence[str]) -> bool:
    """Whether what was taken for a header holds an address, a domain or a hash, so that it is the first row."""
    return any(
        len(cell) <= LONGEST_NAME and (_LIKE_AN_ADDRESS.fullmatch(plain(cell)) or digest_key(plain(cell)))
        for cell in header
    )
