"""What a list looks like inside: where its header stands and which of its columns hold addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from optoutdesk.domain.errors import NoAddressColumnError, UsageError

SAMPLE_ROWS = 400
"""Rows that are looked at to understand a list."""
_HEADER_WITHIN = 30
_SAMPLES = 4
_AT = re.compile("[@\uff20\ufe6b]")
_NAMES_ADDRESS = re.compile(r"e-?mail|\bmail\b|courriel|correo|posta elett", re.IGNORECASE)
_NAMES_OTHER = re.compile(
    r"display|\btype|label|status|permission|consent|source|suppress|\bopt|\bdate|\btime|\bcount|\bclient\b(?!.*mail)|"
    r"format|\bsent\b|\bopen|click|market|name\b(?!.*address)|lists?\b|tags?\b",
    re.IGNORECASE,
)
_REPEATS = re.compile(r"display", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as it is shown."""

    index: int
    letter: str
    """A, B, ... as spreadsheets name it."""
    name: str
    """Its header; "" without one."""
    samples: tuple[str, ...]
    """Its first few texts."""
    filled: int
    """Rows of the sample in which it is not empty."""
    addresses: int
    """Rows of the sample in which it holds an address, or something like one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The header and the columns of a list."""

    header_row: int | None
    """Number of the header's row or line; None: there is none."""
    first_row: int
    """Number of the first row that is a person."""
    columns: tuple[Column, ...]
    address_columns: tuple[int, ...]
    """Indexes of the columns that hold addresses."""

    @property
    def width(self) -> int:
        """How many columns the header names, so that what hangs over it is known; all where there is no header."""
        named = [column.index for column in self.columns if column.name]
        return named[-1] + 1 if self.header_row is not None and named else len(self.columns)


def letter_of(index: int) -> str:
    """Return a column's letters: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def find_layout(
    name: str,
    numbers: Sequence[int],
    rows: Sequence[Sequence[str]],
    *,
    header: bool | None = None,
    wanted: Sequence[str] = (),
) -> Layout:
    """Understand a list from its first rows (decoded cells; [] for a blank row).

    `header` settles whether there is one; `wanted` names the address columns by header, letter or number from 1.
    NoAddressColumnError when none is found, UsageError for a column that is not there. `name` is the file's.
    """
    by_content = _columns(rows, None)
    position = _find_header(rows, by_content) if header is None else (_first_filled(rows) if header else None)
    columns = _columns(rows, position)
    if wanted:
        chosen = tuple(dict.fromkeys(_named(column, columns) for column in wanted))
    else:
        chosen = _address_columns(columns)
    if not chosen:
        raise NoAddressColumnError(
            f"No column of {name} holds e-mail addresses. Choose the file or the sheet with the addresses, "
            "or name the column that holds them."
        )
    first = next((i for i in range(0 if position is None else position + 1, len(rows)) if rows[i]), None)
    return Layout(
        header_row=None if position is None else numbers[position],
        first_row=numbers[first] if first is not None else (numbers[-1] + 1 if numbers else 1),
        columns=columns,
        address_columns=chosen,
    )


def _columns(rows: Sequence[Sequence[str]], header: int | None) -> tuple[Column, ...]:
    below = rows if header is None else rows[header + 1 :]
    width = max((len(row) for row in rows), default=0)
    found = []
    for index in range(width):
        cells = [text for row in below if len(row) > index and (text := row[index].strip())]
        name = rows[header][index].strip() if header is not None and len(rows[header]) > index else ""
        found.append(
            Column(
                index,
                letter_of(index),
                " ".join(name.split()),
                tuple(text[:60] for text in cells[:_SAMPLES]),
                len(cells),
                sum(1 for text in cells if _AT.search(text)),
            )
        )
    return tuple(found)


def _by_content(column: Column) -> bool:
    return column.addresses > 0 and 2 * column.addresses >= column.filled


def _names_address(name: str) -> bool:
    return bool(_NAMES_ADDRESS.search(name)) and not _NAMES_OTHER.search(name)


def _address_columns(columns: Sequence[Column]) -> tuple[int, ...]:
    """Return the columns that hold addresses by what is in them, or by their name where the sample is silent."""
    holds = [c for c in columns if _by_content(c)]
    named = [c for c in columns if _names_address(c.name)]
    # "E-mail Display Name" repeats the address beside it; alone it is better than nothing.
    other = {c.index for c in holds if _NAMES_ADDRESS.search(c.name) and _REPEATS.search(c.name)}
    proper = {c.index for c in holds} - other
    if not proper:
        # A column called "E-mail" with nothing but broken addresses is still the one.
        return tuple(c.index for c in named or holds)
    # Named ones too whose first rows say "n/a": an address further down must not be passed over.
    return tuple(sorted(proper | {c.index for c in named}))


def _first_filled(rows: Sequence[Sequence[str]]) -> int | None:
    return next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)


def _find_header(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> int | None:
    """Return the position of the header row: below titles, above the first person."""
    content = {column.index for column in columns if _by_content(column)}
    usual = sorted(sum(1 for cell in row if cell.strip()) for row in rows if row)
    typical = usual[len(usual) // 2] if usual else 0
    people = 0
    title = None
    for i, row in enumerate(rows[:_HEADER_WITHIN]):
        filled = [index for index, cell in enumerate(row) if cell.strip()]
        if any(index in content and _AT.search(row[index]) for index in filled):
            people += 1
            if people > 1:
                break  # one may be the owner's address in a title; a header does not stand below two
        elif any(_names_address(row[index]) and not _AT.search(row[index]) for index in filled):
            if len(filled) > 1 or typical <= 1:
                return i
            if title is None and content & set(filled):
                title = i
    if title is not None:
        return title
    for i, row in enumerate(rows[:_HEADER_WITHIN]):
        filled = [index for index, cell in enumerate(row) if cell.strip()]
        if not filled or (len(filled) == 1 < typical):
            continue  # blank, or a title
        if any(_AT.search(cell) for cell in row):
            return None
        words = [row[index].strip() for index in filled]
        at_address = content & set(filled)
        looks_named = all(_looks_like_a_name(word) for word in words) and len(set(words)) == len(words)
        return i if at_address and looks_named else None
    return None


def _looks_like_a_name(text: str) -> bool:
    return len(text) < 60 and not re.fullmatch(r"[\d\s.,:/+()-]*", text) and not re.search(r"\bat\b", text)


def _named(wanted: str, columns: Sequence[Column]) -> int:
    """Return the index of the column someone named by its header, its letter or its number from 1."""
    text = wanted.strip()
    for column in columns:
        if column.name and column.name.casefold() == text.casefold():
            return column.index
    for column in columns:
        if column.letter == text.upper() or (text.isdecimal() and int(text) == column.index + 1):
            return column.index
    names = ", ".join(f"{c.letter} “{c.name}”" if c.name else c.letter for c in columns[:12])
    raise UsageError(f"There is no column “{wanted}”. The columns are {names}.")
