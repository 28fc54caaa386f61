"""What a list looks like inside: where its header stands and which of its columns hold addresses."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from optoutdesk.domain.errors import NoAddressColumnError, UsageError
from optoutdesk.domain.hashing import ALGORITHMS, digest_key

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
# What of several columns of hashes is the address: "email_md5" before "sha256", and "phone_sha256" never.
_HASHED_ADDRESS = re.compile(r"mail|courriel|correo", re.IGNORECASE)
_HASHED = re.compile(r"hash|md-?5|sha-?\d|digest", re.IGNORECASE)
_HASHED_OTHER = re.compile(
    r"phone|mobile|(?<![a-z])tel|name|zip|postal|post ?code|country|city|device|cookie|password|token|session|"
    r"(?<![a-z])ip(?![a-z])",
    re.IGNORECASE,
)
_ENTRY_NAMES = {
    "address",
    "addresses",
    "domain",
    "domains",
    "entry",
    "hash",
    "hashes",
    "md5",
    "sha1",
    "sha256",
    "sha512",
}


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
    hashes: int = 0
    """Rows of the sample in which it holds a hash of the length that most have; counted in lists of opt-outs."""

    @property
    def holds_hashes(self) -> bool:
        """Whether nearly all that stands in it are hashes of one length, so that it is a hashed list."""
        odd = self.filled - self.hashes
        return self.hashes > 0 and odd <= max(1, self.filled // 10) and 2 * odd <= self.hashes


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
    optouts: bool = False,
) -> Layout:
    """Understand a list from its first rows (decoded cells; [] for a blank row).

    `header` settles whether there is one; `wanted` names the address columns by header, letter or number from 1.
    NoAddressColumnError when none is found, UsageError for a column that is not there. `name` is the file's.
    `optouts`: a list of opt-outs may hold hashes; a column of them is an address column where none holds addresses.
    Such a list can be found to have no address column at all: somebody will say which one it is.
    """
    by_content = _columns(rows, None, optouts=optouts)
    position = (
        _find_header(rows, by_content, optouts=optouts)
        if header is None
        else (_first_filled(rows) if header else None)
    )
    columns = _columns(rows, position, optouts=optouts)
    if wanted:
        chosen = tuple(dict.fromkeys(find_column(column, columns) for column in wanted))
    elif optouts:
        chosen = _entry_columns(columns)
    else:
        chosen = _address_columns(columns)
    if not chosen and not optouts:
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


def _columns(rows: Sequence[Sequence[str]], header: int | None, *, optouts: bool) -> tuple[Column, ...]:
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
                _hashes(cells) if optouts else 0,
            )
        )
    return tuple(found)


def _hashes(cells: Sequence[str]) -> int:
    lengths = Counter(len(key) for text in cells if len(text) in ALGORITHMS and (key := digest_key(text)))
    return max(lengths.values(), default=0)


def _by_content(column: Column) -> bool:
    return column.addresses > 0 and 2 * column.addresses >= column.filled


def _holds_entries(column: Column) -> bool:
    entries = column.addresses + column.hashes
    return entries > 0 and 2 * entries >= column.filled


def _says_who(cell: str, *, optouts: bool) -> bool:
    return bool(_AT.search(cell)) or (optouts and digest_key(cell) is not None)


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


def _entry_columns(columns: Sequence[Column]) -> tuple[int, ...]:
    """Return the columns that say who opted out: by their addresses, else by hashes, else by both together."""
    hashed = [c for c in columns if c.holds_hashes]
    if any(_by_content(c) or (c.addresses and _names_address(c.name)) for c in columns):
        chosen = _address_columns(columns)
        return tuple(index for index in chosen if not columns[index].holds_hashes) or chosen
    hashed = [
        c for c in hashed if not _HASHED_OTHER.search(c.name) or _HASHED_ADDRESS.search(c.name)
    ] or hashed
    for names in (_HASHED_ADDRESS, _HASHED):
        if named := tuple(c.index for c in hashed if names.search(c.name)):
            return named
    if hashed:
        return (hashed[0].index,)
    mixed = tuple(c.index for c in columns if _holds_entries(c))
    return mixed or _address_columns(columns)


def _first_filled(rows: Sequence[Sequence[str]]) -> int | None:
    return next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)


def _find_header(rows: Sequence[Sequence[str]], columns: Sequence[Column], *, optouts: bool) -> int | None:
    """Return the position of the header row: below titles, above the first person."""
    content = {c.index for c in columns if _by_content(c) or (optouts and _holds_entries(c))}
    usual = sorted(sum(1 for cell in row if cell.strip()) for row in rows if row)
    typical = usual[len(usual) // 2] if usual else 0
    people = 0
    title = None
    for i, row in enumerate(rows[:_HEADER_WITHIN]):
        filled = [index for index, cell in enumerate(row) if cell.strip()]
        if any(index in content and _says_who(row[index], optouts=optouts) for index in filled):
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
        if any(_says_who(cell, optouts=optouts) for cell in row):
            return None
        words = [row[index].strip() for index in filled]
        at_address = content & set(filled)
        looks_named = all(_looks_like_a_name(word) for word in words) and len(set(words)) == len(words)
        # A list of opt-outs of which only the header is there, or whose entries are none that are known.
        bare = optouts and not content and (len(words) > 1 or words[0].casefold() in _ENTRY_NAMES)
        return i if looks_named and (at_address or bare) else None
    return None


def _looks_like_a_name(text: str) -> bool:
    return len(text) < 60 and not re.fullmatch(r"[\d\s.,:/+()-]*", text) and not re.search(r"\bat\b", text)


def find_column(wanted: str, columns: Sequence[Column]) -> int:
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
