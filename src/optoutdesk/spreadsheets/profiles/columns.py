"""Says which column of a file is what: by the names of its profile, else by the words of its header."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from optoutdesk.domain.dates import is_date
from optoutdesk.spreadsheets.columns import find_layout
from optoutdesk.spreadsheets.profiles.data import GENERIC, Confidence, Field, Profile, load_profiles
from optoutdesk.spreadsheets.profiles.names import (
    LONGEST_NAME,
    NO,
    YES,
    cell_of,
    is_person,
    plain,
    plain_word,
    without_mark,
)


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Which columns of a file are what."""

    header: tuple[str, ...]
    """() for a file without one."""
    columns: Mapping[Field, tuple[int, ...]]
    confidence: Mapping[Field, Confidence]
    received_is_latest: bool = False
    """Whether the received column only bounds the receipt: it was received then or earlier."""

    def column(self, of: Field) -> int | None:
        """Return a field's first column."""
        found = self.columns.get(of, ())
        return found[0] if found else None

    def cell(self, of: Field, row: Sequence[str]) -> str:
        """Return what a row has in a field's first column; "" where it has nothing."""
        index = self.column(of)
        return "" if index is None else cell_of(row, index)

    def name(self, index: int) -> str:
        """Return a column's name for a sentence."""
        name = " ".join(self.header[index][:LONGEST_NAME].split()) if index < len(self.header) else ""
        return name or f"Column {index + 1}"


_SEVERAL = {
    Field.ADDRESS,
    Field.STATUS,
    Field.REASON,
    Field.NOTE,
    Field.ALL_MAIL_FLAG,
    Field.BOUNCE_FLAG,
    Field.COMPLAINT_FLAG,
}
"""Fields that take all columns of their names; the others take the first."""


def mapping_for(
    profile: Profile, header: Sequence[str] | None, first_rows: Sequence[Sequence[str]] = ()
) -> FieldMap:
    """Return which columns of a file of this profile are what, wherever they stand.

    The address column is guessed from the header and the first rows where the profile does not know its name.
    """
    if header is None or is_person(header):
        rows = [*([header] if header else []), *first_rows]
        if not profile.positions:
            return guess_mapping(None, rows)
        places = {of: (index,) for of, index in profile.positions.items()}
        return FieldMap((), places, dict.fromkeys(places, Confidence.KNOWN))
    if profile.id == GENERIC:
        return guess_mapping(header, first_rows)
    columns: dict[Field, tuple[int, ...]] = {}
    for of, names in profile.fields.items():
        if found := _indexes(header, names):
            columns[of] = found if of in _SEVERAL else found[:1]
    latest = _indexes(header, profile.latest_received) if Field.RECEIVED not in columns else ()
    if latest:
        columns[Field.RECEIVED] = latest[:1]
    confidence = dict.fromkeys(columns, Confidence.KNOWN)
    if Field.ADDRESS not in columns and (guessed := guess_mapping(header, first_rows)).columns.get(
        Field.ADDRESS
    ):
        columns[Field.ADDRESS] = guessed.columns[Field.ADDRESS]
        confidence[Field.ADDRESS] = guessed.confidence[Field.ADDRESS]
    if profile.other_columns_are_scopes:
        taken = {index for indexes in columns.values() for index in indexes}
        if scopes := tuple(i for i, name in enumerate(header) if i not in taken and plain(name)):
            columns[Field.SCOPE_FLAG] = scopes
            confidence[Field.SCOPE_FLAG] = Confidence.KNOWN
    return FieldMap(tuple(header), columns, confidence, received_is_latest=bool(latest))


def _indexes(header: Sequence[str], names: Iterable[str]) -> tuple[int, ...]:
    """Return the columns of these names, in the order of the names; a name can stand there twice."""
    there = [plain(name) for name in header]
    found: dict[int, None] = {}
    for name in names:
        pattern = re.escape(plain(name)).replace(r"\#", r"\d+")
        found.update(dict.fromkeys(i for i, have in enumerate(there) if re.fullmatch(pattern, have)))
    return tuple(found)


_OPT_OUT = r"(?:un ?sub\w*|opt(?:ed)? ?out|optedout|suppress\w*|block(?:ed|list\w*)|remov(?:ed|al)|do not (?:e ?)?mail|do not contact)"
_WHEN = r"(?:date|time|timestamp|at|on|when|day|since)"
_PLATFORM = (
    r"(?:.* )?(?:platforms?|esp)|(?:e ?)?mail(?:ing)? (?:service(?: provider)?|provider|system|tool|software)|"
    r"service provider|(?:sent|mailed) (?:from|by|with)"
)
_ASKED = (
    rf"when(?: \w+)+|(?:asked|told us|said (?:stop|no)|left|stopped|cancell?ed|wrote|phoned|called) {_WHEN}"
)
_WORDS: Mapping[Field, tuple[str, str]] = {
    Field.RECEIVED: (
        _ASKED
        + rf"|(?=.*\b{_OPT_OUT}\b)(?=.*\b{_WHEN}\b).*|(?:.*\b)?(?:received|receipt)(?: {_WHEN})?|request(?:ed)? {_WHEN}",
        rf"{_OPT_OUT}|(?:created|added|updated|changed)(?: {_WHEN})?|{_WHEN}(?: (?:and|&) time)?|datum|fecha|data|dato|date (?:created|added|of request)",
    ),
    Field.REASON: (rf"(?:.*\b{_OPT_OUT} )?reason.*", "why|comments?|detail"),
    Field.SCOPE: (
        "scope|list|list name|audience|mailing list",
        "brand|category|newsletter|subscription(?: type)?|topic",
    ),
    Field.CHANNEL: ("channel", "method|how|via"),
    Field.FIRST_NAME: ("first ?name|given name|fname|forename", "first"),
    Field.LAST_NAME: ("last ?name|family name|surname|lname", "last"),
    Field.NAME: ("(?:full |contact )?name", "contact|customer|person"),
    Field.NOTE: ("notes?", "remarks?|campaign(?: title)?|source"),
    Field.PLATFORM: (_PLATFORM, "systems?|tools?|services?|providers?"),
}
"""For each field the header words that make it likely, and those that leave it doubtful."""
_SAYS_STATUS = re.compile(rf"\b(?:status|state|consent|permission|type|subscribed|{_OPT_OUT})\b")
_SAYS_OPT_IN = re.compile(r"(?:.* )?(?:subscribed|opt(?:ed)? ?in|consent|permission)(?: status)?")
_SAYS_OPT_OUT = re.compile(rf"(?:is |has )?{_OPT_OUT}(?: status)?")


def guess_mapping(header: Sequence[str] | None, first_rows: Sequence[Sequence[str]]) -> FieldMap:
    """Guess which columns are what, by the words of the header and by what stands below it."""
    columns: dict[Field, tuple[int, ...]] = {}
    confidence: dict[Field, Confidence] = {}
    addresses, sure = _address_columns(header, first_rows)
    if addresses:
        columns[Field.ADDRESS] = addresses
        confidence[Field.ADDRESS] = sure
    taken = set(addresses)
    words = [_spoken(name) for name in header or ()]

    def take(of: Field, found: list[int], sure: Confidence) -> None:
        if of not in columns and found:
            columns[of] = tuple(found[:1])
            confidence[of] = sure
            taken.add(found[0])

    free = [i for i, name in enumerate(words) if name and i not in taken]
    cells = {i: [text for row in first_rows if (text := cell_of(row, i))] for i in free}
    flags = [i for i in free if _SAYS_OPT_OUT.fullmatch(words[i]) and _mostly(cells[i], YES | NO)]
    take(Field.ALL_MAIL_FLAG, flags, Confidence.LIKELY)
    vocabulary = set(load_profiles()[GENERIC].statuses)
    told = [
        i for i in free if i not in taken and _SAYS_STATUS.search(words[i]) and _mostly(cells[i], vocabulary)
    ]
    # Whoever has "yes" under "Subscribed" did not opt out; neither word is a status, so all are reviewed.
    told += [i for i in free if _SAYS_OPT_IN.fullmatch(words[i]) and _mostly(cells[i], YES | NO)]
    take(Field.STATUS, told, Confidence.LIKELY)
    for of, (likely, doubtful) in _WORDS.items():
        for pattern, sure in ((likely, Confidence.LIKELY), (doubtful, Confidence.DOUBTFUL)):
            found = [i for i in free if i not in taken and re.fullmatch(pattern, words[i])]
            if of is Field.RECEIVED:
                found = [i for i in found if _could_be_times(cells[i])]
            take(of, found, sure if of is not Field.RECEIVED or len(found) == 1 else Confidence.DOUBTFUL)
    if not header and addresses:
        take(Field.RECEIVED, _only_dates(first_rows, taken), Confidence.DOUBTFUL)
    return FieldMap(tuple(header or ()), columns, confidence)


def _only_dates(first_rows: Sequence[Sequence[str]], taken: set[int]) -> list[int]:
    """Return the one column of a list without a header that holds dates; none where there are several."""
    width = max(map(len, first_rows), default=0)
    found = []
    for index in range(width):
        cells = [text for row in first_rows if (text := cell_of(row, index))]
        if index not in taken and cells and 2 * sum(map(is_date, cells)) > len(cells):
            found.append(index)
    return found if len(found) == 1 else []


def _address_columns(
    header: Sequence[str] | None, first_rows: Sequence[Sequence[str]]
) -> tuple[tuple[int, ...], Confidence]:
    """Return the columns that say who opted out, be it as hashes, and how sure that is."""
    rows = [[without_mark(cell) for cell in row] for row in ([header] if header else []) + list(first_rows)]
    layout = find_layout("the file", range(1, len(rows) + 1), rows, header=bool(header), optouts=True)
    chosen = tuple(
        index
        for index in layout.address_columns
        if layout.columns[index].addresses or not re.fullmatch(_PLATFORM, _spoken(layout.columns[index].name))
    )
    hashed = [column.index for column in layout.columns if column.holds_hashes]
    # One column; and of hashes no second one that might be meant.
    sure = len(chosen) == 1 and (chosen[0] not in hashed or len(hashed) == 1)
    return chosen, Confidence.LIKELY if sure else Confidence.DOUBTFUL


def _spoken(name: str) -> str:
    """Return a header name as words: optOut_Date -> opt out date."""
    return " ".join(
        re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", without_mark(name[:LONGEST_NAME]))).split()
    ).casefold()


def _mostly(cells: Sequence[str], words: set[str]) -> bool:
    return bool(cells) and 2 * sum(plain_word(cell) in words for cell in cells) >= len(cells)


def _could_be_times(cells: Sequence[str]) -> bool:
    return not cells or 2 * sum(
        len(re.findall(r"\d", cell)) >= 3 and "@" not in cell for cell in cells
    ) >= len(cells)
