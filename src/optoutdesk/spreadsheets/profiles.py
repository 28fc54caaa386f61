"""Where a file comes from: the exports of mail platforms, recognised by their header, and what their rows say.

All that is known of a platform stands in resources/esp/profiles.json; this is the engine. Nothing here opens a file
or writes one, and nothing in a file ever makes a person mailable: a row is an opt-out, or it is left out, with why.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from optoutdesk.domain.errors import NoAddressColumnError
from optoutdesk.domain.requests import ALL_MAIL, Channel, scope_name
from optoutdesk.resources import resource
from optoutdesk.spreadsheets.columns import find_layout

GENERIC = "generic"
"""The id of the profile for a file that is not recognised: its columns are guessed."""


class Verified(StrEnum):
    """How well something about a platform is known."""

    DOCUMENTED = "V"
    """Seen in the vendor's documentation or source."""
    SAMPLE = "P"
    """Seen in a published parser or sample."""
    UNCONFIRMED = "M"
    """Not confirmed by a source."""


class People(StrEnum):
    """What kind of people a file holds."""

    OPTED_OUT = "opted-out"
    BOUNCED = "bounced"
    COMPLAINTS = "complaints"
    BY_STATUS = "by-status"
    """A column says it of each row."""
    BY_FLAGS = "by-flags"
    """Columns of TRUE and FALSE say it of each row: one for all mail, one for each list."""
    CONTACTS = "contacts"
    """Never opt-outs."""
    NOT_STATED = "not-stated"
    """The file does not say; the person has to."""


class Covers(StrEnum):
    """What an opt-out of the file covers at the platform."""

    ALL = "all"
    ONE_LIST = "one-list"
    """One audience, list or stream, which the file does not name: all mail is kept unless she names it."""


class Zone(StrEnum):
    """The time zone of the times in a file."""

    STATED = "stated"
    """Each time carries its own."""
    UTC = "utc"
    """Not stated; UTC by convention."""
    PACIFIC = "pacific-legacy"
    """Unix seconds, or written out in Pacific time."""
    NOT_STATED = "not-stated"

    @property
    def iana(self) -> str | None:
        """The zone of a time that is written without one; None: the person's own has to be asked for."""
        return {Zone.UTC: "UTC", Zone.PACIFIC: "America/Los_Angeles"}.get(self)


class Field(StrEnum):
    """What a column can be."""

    ADDRESS = "address"
    RECEIVED = "received"
    SCOPE = "scope"
    REASON = "reason"
    CHANNEL = "channel"
    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    NAME = "name"
    STATUS = "status"
    NOTE = "note"
    """What the platform adds, as the campaign."""
    ALL_MAIL_FLAG = "all-mail-flag"
    """TRUE: opted out of all mail."""
    BOUNCE_FLAG = "bounce-flag"
    """TRUE, or why it bounced."""
    COMPLAINT_FLAG = "complaint-flag"
    SCOPE_FLAG = "scope-flag"
    """TRUE: opted out of the list the column is named after."""


class Confidence(StrEnum):
    """How sure a column's meaning is."""

    KNOWN = "known"
    """By the profile of a recognised file."""
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


class Means(StrEnum):
    """What a status means; the strictest one first."""

    OPTED_OUT = "opted-out"
    COMPLAINT = "complaint"
    BOUNCE = "bounce"
    PATTERN = "pattern"
    REVIEW = "review"
    SUBSCRIBED = "subscribed"
    ACTIVE = "active"


class Standing(StrEnum):
    """What is to be done with a row."""

    OPTED_OUT = "opted-out"
    BOUNCE = "bounce"
    ACTIVE = "active"
    """No opt-out: left out."""
    UNKNOWN = "unknown"
    """To be reviewed."""
    PATTERN = "pattern"
    """The entry is the beginning or the end of addresses, not one address."""


@dataclass(frozen=True, slots=True)
class UploadColumn:
    """One column of an upload."""

    header: str
    field: Field | None
    text: str
    """What stands in every row where there is no field."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The file a platform takes to suppress people."""

    columns: tuple[UploadColumn, ...]
    how: str
    """Where to upload it, for the person."""
    verified: Verified
    source: str
    unverified: tuple[str, ...]
    header_row: bool = True
    delimiter: str = ","
    quotes: bool = True
    """Whether cells may be quoted."""
    max_rows: int | None = None
    max_bytes: int | None = None
    all_mail: str | None = None
    """How the platform writes "all mail" in its scope column; None: it has no such column."""
    time_form: str | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """A place that keeps or mails people."""

    id: str
    name: str
    upload: Upload | None
    no_upload: str
    """Why there is no upload; "" where there is one."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file is recognised by. Names are compared without regard to case, blanks around them and their order."""

    required: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    """Of each group at least one."""
    none_of: tuple[str, ...] = ()
    exactly: tuple[str, ...] = ()
    """These and no others."""
    content: tuple[str, ...] = ()
    """For files without a header: one regular expression for each column."""
    file_names: tuple[str, ...] = ()
    """Regular expressions; they only decide between profiles whose headers are alike."""
    only_by_name: bool = False
    """Of profiles with one header this one is meant only if the name of the file says so."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of file a platform gives."""

    id: str
    name: str
    platform: Platform
    verified: Verified
    source: str
    unverified: tuple[str, ...]
    """What about this profile no source confirms."""
    signature: Signature | None
    """None: it is never recognised, only chosen."""
    people: People
    subscribed: bool
    """Contacts only: whether the file says of all of them that they are subscribed."""
    covers: Covers
    scope_note: str
    channel: Channel
    channels: Mapping[str, Channel]
    zone: Zone
    fields: Mapping[Field, tuple[str, ...]]
    """Names of columns; # is a number."""
    latest_received: tuple[str, ...]
    """Columns with a moment at which the request had been received at the latest."""
    positions: Mapping[Field, int]
    """Of a file without a header."""
    statuses: Mapping[str, Means]
    otherwise: Means
    """What a status that is not listed means."""
    without_status: Means
    """What a row means where no column is its status."""
    opted_out_when_received: bool
    """Whether a row with a time of opting out is an opt-out."""
    received_of: str
    """The status column whose change the received column dates; "" for any."""
    other_columns_are_scopes: bool
    several_scopes: bool
    """Whether a scope cell can hold several."""
    all_mail_words: tuple[str, ...]
    scope_from_name: str
    scope: str = ALL_MAIL
    """Of a row that names no list; replace it when she names the list the file is of."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Where a file comes from, as far as it shows."""

    profile: Profile | None
    """None: it is not recognised, or it could be several."""
    candidates: tuple[Profile, ...] = ()
    """All it can be; empty: nothing that is known."""

    @property
    def ambiguous(self) -> bool:
        """Whether she has to choose."""
        return self.profile is None and bool(self.candidates)


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
        return "" if index is None else _cell(row, index)

    def name(self, index: int) -> str:
        """Return a column's name for a sentence."""
        name = " ".join(self.header[index][:_NAME].split()) if index < len(self.header) else ""
        return name or f"Column {index + 1}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row says of its person."""

    standing: Standing
    reason: str
    """In words; rows of one kind have the same words, so that they can be counted."""
    scopes: tuple[str, ...] = ()
    channel: Channel | None = None
    bounced: bool = False
    """Mail to the address bounced, whatever else is said of it."""
    subscribed: bool = False
    """The file says "subscribed": a conflict if the person is suppressed, never an opt-in."""
    dated: bool = True
    """Whether the received column dates this opt-out."""


# --- the data -------------------------------------------------------------------------------------------------------


@cache
def load_profiles() -> Mapping[str, Profile]:
    """Return the profiles of resources/esp/profiles.json by id."""
    data = _data()
    platforms = load_platforms()
    return MappingProxyType({item["id"]: _profile(item, platforms) for item in data["sources"]})


@cache
def load_platforms() -> Mapping[str, Platform]:
    """Return the platforms of resources/esp/profiles.json by id; some have several profiles."""
    return MappingProxyType(
        {
            item["id"]: Platform(
                item["id"],
                item["name"],
                _upload(item["upload"]) if item["upload"] else None,
                item.get("no_upload", ""),
            )
            for item in _data()["platforms"]
        }
    )


def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource("esp", "profiles.json").read_text("utf-8"))
    return data


def _profile(item: Mapping[str, Any], platforms: Mapping[str, Platform]) -> Profile:
    fields = dict(item["fields"])
    latest = tuple(fields.pop("latest-received", ()))
    return Profile(
        id=item["id"],
        name=item["name"],
        platform=platforms[item["platform"]],
        verified=Verified(item["verified"]),
        source=item["source"],
        unverified=tuple(item.get("unverified", ())),
        signature=_signature(item["signature"]) if item["signature"] else None,
        people=People(item["people"]),
        subscribed=item.get("subscribed", False),
        covers=Covers(item["covers"]),
        scope_note=item.get("scope_note", ""),
        channel=Channel(item["channel"]),
        channels={_plain(code): Channel(channel) for code, channel in item.get("channels", {}).items()},
        zone=Zone(item["zone"]),
        fields={Field(of): tuple(names) for of, names in fields.items()},
        latest_received=latest,
        positions={Field(of): index for of, index in item.get("positions", {}).items()},
        statuses={
            _word(word): Means(means) for means, words in item.get("statuses", {}).items() for word in words
        },
        otherwise=Means(item.get("otherwise", Means.REVIEW)),
        without_status=Means(item.get("without_status", Means.REVIEW)),
        opted_out_when_received=item.get("opted_out_when_received", False),
        received_of=item.get("received_of", ""),
        other_columns_are_scopes=item.get("other_columns_are_scopes", False),
        several_scopes=item.get("several_scopes", False),
        all_mail_words=tuple(item.get("all_mail_words", ())),
        scope_from_name=item.get("scope_from_name", ""),
    )


def _signature(item: Mapping[str, Any]) -> Signature:
    def names(part: str) -> tuple[str, ...]:
        return tuple(_plain(name) for name in item.get(part, ()))

    return Signature(
        required=names("required"),
        any_of=tuple(tuple(_plain(name) for name in group) for group in item.get("any_of", ())),
        none_of=names("none_of"),
        exactly=names("exactly"),
        content=tuple(item.get("content", ())),
        file_names=tuple(item.get("file_names", ())),
        only_by_name=item.get("only_by_name", False),
    )


def _upload(item: Mapping[str, Any]) -> Upload:
    return Upload(
        columns=tuple(
            UploadColumn(
                column["header"],
                Field(column["field"]) if "field" in column else None,
                column.get("text", ""),
            )
            for column in item["columns"]
        ),
        how=item["how"],
        verified=Verified(item["verified"]),
        source=item["source"],
        unverified=tuple(item.get("unverified", ())),
        header_row=item.get("header_row", True),
        delimiter=item.get("delimiter", ","),
        quotes=item.get("quotes", True),
        max_rows=item.get("max_rows"),
        max_bytes=item.get("max_bytes"),
        all_mail=item.get("all_mail"),
        time_form=item.get("time_form"),
    )


# --- recognising ----------------------------------------------------------------------------------------------------

_MARKS = ("\ufeff", "\xef\xbb\xbf")  # a byte order mark, also one that was read as Windows-1252
_NAME = 320
"""Characters of a header that are looked at: an address is no longer, and no cell may make a pattern try long."""
_LIKE_AN_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def recognise(
    file_name: str, header: Sequence[str] | None, first_rows: Sequence[Sequence[str]]
) -> Recognition:
    """Say which profile a file has, from its header and its first rows.

    `header` is None for a file without one; a header that holds an address is taken as the first row. What no
    source confirms gives way to what one does, and file names only decide between headers that are alike.
    """
    if header is None or _is_person(header):
        rows = [
            row
            for row in ([header] if header else []) + list(first_rows)
            if any(cell.strip() for cell in row)
        ]
        found = [p for p in load_profiles().values() if p.signature and _fits_content(p.signature, rows)]
    else:
        names = frozenset(filter(None, map(_plain, header)))
        found = [p for p in load_profiles().values() if p.signature and _fits_header(p.signature, names)]
    found = [p for p in found if p.verified is not Verified.UNCONFIRMED] or found
    base = re.split(r"[/\\]", file_name)[-1]
    if len(found) > 1:
        by_name = [p for p in found if _file_name(p, base)]
        found = by_name or [p for p in found if p.signature and not p.signature.only_by_name]
    if len(found) == 1 and found[0].people is People.CONTACTS and not _file_name(found[0], base):
        # Contacts are never imported: a name that says "unsubscribed" must not be passed over in silence.
        rivals = [
            p for p in load_profiles().values() if p.platform is found[0].platform and _file_name(p, base)
        ]
        found = [*found, *rivals]
    if len(found) != 1:
        return Recognition(None, tuple(found))
    profile = _scoped_by_name(found[0], base)
    return Recognition(profile, (profile,))


def _plain(name: str) -> str:
    """Return a header name as it is compared."""
    for mark in _MARKS:
        name = name.removeprefix(mark)
    return " ".join(name.strip().strip('"').split()).casefold()


def _is_person(header: Sequence[str]) -> bool:
    return any(len(cell) <= _NAME and _LIKE_AN_ADDRESS.fullmatch(_plain(cell)) for cell in header)


def _fits_header(signature: Signature, names: frozenset[str]) -> bool:
    if signature.content:
        return False
    if signature.exactly:
        return names == set(signature.exactly)
    return (
        names.issuperset(signature.required)
        and all(names.intersection(group) for group in signature.any_of)
        and names.isdisjoint(signature.none_of)
    )


def _fits_content(signature: Signature, rows: Sequence[Sequence[str]]) -> bool:
    patterns = signature.content
    return (
        bool(patterns and rows)
        and all(
            len(row) >= len(patterns) and not any(cell.strip() for cell in row[len(patterns) :])
            for row in rows
        )
        and all(
            re.fullmatch(p, _plain(cell), re.IGNORECASE)
            for row in rows
            for p, cell in zip(patterns, row, strict=False)
        )
    )


def _file_name(profile: Profile, base: str) -> re.Match[str] | None:
    names = profile.signature.file_names if profile.signature else ()
    return next((m for pattern in names if (m := re.search(pattern, base, re.IGNORECASE))), None)


def _scoped_by_name(profile: Profile, base: str) -> Profile:
    match = _file_name(profile, base)
    if not profile.scope_from_name or match is None:
        return profile
    return replace(profile, scope=profile.scope_from_name.format(match["scope"]))


# --- which column is what -------------------------------------------------------------------------------------------

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
    if header is None or _is_person(header):
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
        if scopes := tuple(i for i, name in enumerate(header) if i not in taken and _plain(name)):
            columns[Field.SCOPE_FLAG] = scopes
            confidence[Field.SCOPE_FLAG] = Confidence.KNOWN
    return FieldMap(tuple(header), columns, confidence, received_is_latest=bool(latest))


def _indexes(header: Sequence[str], names: Iterable[str]) -> tuple[int, ...]:
    """Return the columns of these names, in the order of the names; a name can stand there twice."""
    plain = [_plain(name) for name in header]
    found: dict[int, None] = {}
    for name in names:
        pattern = re.escape(_plain(name)).replace(r"\#", r"\d+")
        found.update(dict.fromkeys(i for i, have in enumerate(plain) if re.fullmatch(pattern, have)))
    return tuple(found)


_OPT_OUT = r"(?:un ?sub\w*|opt(?:ed)? ?out|optedout|suppress\w*|block(?:ed|list\w*)|remov(?:ed|al)|do not (?:e ?)?mail|do not contact)"
_WHEN = r"(?:date|time|timestamp|at|on|when|day)"
_WORDS: Mapping[Field, tuple[str, str]] = {
    Field.RECEIVED: (
        rf"(?=.*\b{_OPT_OUT}\b)(?=.*\b{_WHEN}\b).*|(?:.*\b)?(?:received|receipt)(?: {_WHEN})?|request(?:ed)? {_WHEN}",
        rf"{_OPT_OUT}|(?:created|added|updated|changed)(?: {_WHEN})?|{_WHEN}(?: (?:and|&) time)?|date (?:created|added|of request)",
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
}
"""For each field the header words that make it likely, and those that leave it doubtful."""
_SAYS_STATUS = re.compile(rf"\b(?:status|state|consent|permission|type|subscribed|{_OPT_OUT})\b")
_SAYS_OPT_OUT = re.compile(rf"(?:is |has )?{_OPT_OUT}(?: status)?")
_YES = {"true", "yes", "y", "1", "x", "wahr", "vrai", "verdadero"}
_NO = {"false", "no", "n", "0", "falsch", "faux", "falso"}


def guess_mapping(header: Sequence[str] | None, first_rows: Sequence[Sequence[str]]) -> FieldMap:
    """Guess which columns are what, by the words of the header and by what stands below it."""
    columns: dict[Field, tuple[int, ...]] = {}
    confidence: dict[Field, Confidence] = {}
    addresses = _address_columns(header, first_rows)
    if addresses:
        columns[Field.ADDRESS] = addresses
        confidence[Field.ADDRESS] = Confidence.LIKELY if len(addresses) == 1 else Confidence.DOUBTFUL
    taken = set(addresses)
    words = [_spoken(name) for name in header or ()]

    def take(of: Field, found: list[int], sure: Confidence) -> None:
        if of not in columns and found:
            columns[of] = tuple(found[:1])
            confidence[of] = sure
            taken.add(found[0])

    free = [i for i, name in enumerate(words) if name and i not in taken]
    cells = {i: [text for row in first_rows if (text := _cell(row, i))] for i in free}
    flags = [i for i in free if _SAYS_OPT_OUT.fullmatch(words[i]) and _mostly(cells[i], _YES | _NO)]
    take(Field.ALL_MAIL_FLAG, flags, Confidence.LIKELY)
    vocabulary = set(load_profiles()[GENERIC].statuses)
    told = [
        i for i in free if i not in taken and _SAYS_STATUS.search(words[i]) and _mostly(cells[i], vocabulary)
    ]
    take(Field.STATUS, told, Confidence.LIKELY)
    for of, (likely, doubtful) in _WORDS.items():
        for pattern, sure in ((likely, Confidence.LIKELY), (doubtful, Confidence.DOUBTFUL)):
            found = [i for i in free if i not in taken and re.fullmatch(pattern, words[i])]
            if of is Field.RECEIVED:
                found = [i for i in found if _could_be_times(cells[i])]
            take(of, found, sure if of is not Field.RECEIVED or len(found) == 1 else Confidence.DOUBTFUL)
    return FieldMap(tuple(header or ()), columns, confidence)


def _address_columns(header: Sequence[str] | None, first_rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    rows = [[_without_mark(cell) for cell in row] for row in ([header] if header else []) + list(first_rows)]
    try:
        return find_layout("the file", range(1, len(rows) + 1), rows, header=bool(header)).address_columns
    except NoAddressColumnError:
        return ()


def _without_mark(cell: str) -> str:
    for mark in _MARKS:
        cell = cell.removeprefix(mark)
    return cell


def _spoken(name: str) -> str:
    """Return a header name as words: optOut_Date -> opt out date."""
    return " ".join(
        re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _without_mark(name[:_NAME]))).split()
    ).casefold()


def _mostly(cells: Sequence[str], words: set[str]) -> bool:
    return bool(cells) and 2 * sum(_word(cell) in words for cell in cells) >= len(cells)


def _could_be_times(cells: Sequence[str]) -> bool:
    return not cells or 2 * sum(
        len(re.findall(r"\d", cell)) >= 3 and "@" not in cell for cell in cells
    ) >= len(cells)


# --- what a row says ------------------------------------------------------------------------------------------------

_DECIDING = (
    *(Field.STATUS, Field.SCOPE, Field.CHANNEL),
    *(Field.ALL_MAIL_FLAG, Field.BOUNCE_FLAG, Field.COMPLAINT_FLAG, Field.SCOPE_FLAG),
)
"""What a verdict depends on, beside whether there is a time of opting out."""
_REMEMBERED = 1000
_NOTHING = {"", "none", "null", "n/a", "na", "nan", "-", "[]", "{}", "false"}
_FILLED = 1 + max(map(len, _NOTHING))
_SHOWN = 40
_PARTS = re.compile(r"[,;|\[\]'\"]+")
_STRICTEST = {means: place for place, means in enumerate(Means)}


def rows_of_interest(profile: Profile, row: Sequence[str], mapping: FieldMap) -> Verdict:
    """Say what one row is: an opt-out with its scopes and channel, a bounce, left out, or to be reviewed.

    A complaint is an opt-out of all mail. The address itself is not looked at.
    """
    if profile.people is People.CONTACTS:
        return Verdict(
            Standing.ACTIVE,
            f"{profile.name}: a file of contacts, not of opt-outs",
            subscribed=profile.subscribed,
        )
    if profile.people is People.NOT_STATED:
        return Verdict(Standing.UNKNOWN, f"{profile.name}: the file does not say who opted out")
    if profile.people is People.OPTED_OUT:
        return _opted_out(profile, row, mapping, f"{profile.name}: all in this file opted out")
    if profile.people is People.BOUNCED:
        return _verdict(Means.BOUNCE, f"{profile.name}: all in this file bounced")
    if profile.people is People.COMPLAINTS:
        return _verdict(Means.COMPLAINT, f"{profile.name}: all in this file complained")
    if mapping.columns.get(Field.ALL_MAIL_FLAG) or profile.people is People.BY_FLAGS:
        return _by_flags(profile, row, mapping)
    return _by_status(profile, row, mapping)


def judge(profile: Profile, mapping: FieldMap) -> Callable[[Sequence[str]], Verdict]:
    """Return rows_of_interest for a million rows of one file: rows that say the same are judged once."""
    watched = sorted({i for of in _DECIDING for i in mapping.columns.get(of, ())})
    received = mapping.column(Field.RECEIVED) if profile.opted_out_when_received else None
    seen: dict[tuple[str, ...], Verdict] = {}

    def verdict_of(row: Sequence[str]) -> Verdict:
        key = [row[i] if i < len(row) else "" for i in watched]
        if received is not None:
            key.append(_cell(row, received)[:_FILLED])  # only whether it is filled matters
        known = seen.get(place := tuple(key))
        if known is None:
            known = rows_of_interest(profile, row, mapping)
            if len(seen) < _REMEMBERED and sum(map(len, place)) < _REMEMBERED:
                seen[place] = known
        return known

    return verdict_of


def _opted_out(
    profile: Profile, row: Sequence[str], mapping: FieldMap, reason: str, *, dated: bool = True
) -> Verdict:
    channel = _channel(profile, mapping.cell(Field.CHANNEL, row))
    # A complaint is treated as one about all mail.
    scopes = (ALL_MAIL,) if channel is Channel.COMPLAINT else _scopes(profile, mapping.cell(Field.SCOPE, row))
    return Verdict(Standing.OPTED_OUT, reason, scopes, channel, dated=dated)


def _verdict(means: Means, reason: str, *, dated: bool = True) -> Verdict:
    """Return the verdict of everything but an ordinary opt-out."""
    if means is Means.COMPLAINT:
        return Verdict(Standing.OPTED_OUT, reason, (ALL_MAIL,), Channel.COMPLAINT, dated=dated)
    if means is Means.BOUNCE:
        return Verdict(Standing.BOUNCE, reason, (ALL_MAIL,), Channel.BOUNCE, bounced=True, dated=dated)
    if means is Means.PATTERN:
        return Verdict(Standing.PATTERN, reason)
    if means is Means.REVIEW:
        return Verdict(Standing.UNKNOWN, reason)
    return Verdict(Standing.ACTIVE, reason, subscribed=means is Means.SUBSCRIBED)


def _channel(profile: Profile, cell: str) -> Channel:
    word = _plain(cell)
    if word in profile.channels:
        return profile.channels[word]
    try:
        return Channel(re.sub(r"[\s_]+", "-", word)) if word else profile.channel
    except ValueError:
        return profile.channel


def _scopes(profile: Profile, cell: str) -> tuple[str, ...]:
    """Return the lists a cell names; nothing named is the scope of the file."""
    named = [part.strip() for part in _PARTS.split(cell)] if profile.several_scopes else [cell]
    scopes = dict.fromkeys(
        ALL_MAIL if name in profile.all_mail_words else scope_name(name) for name in named if name.strip()
    )
    return (ALL_MAIL,) if ALL_MAIL in scopes else tuple(scopes) or (profile.scope,)


def _by_status(profile: Profile, row: Sequence[str], mapping: FieldMap) -> Verdict:
    received = mapping.column(Field.RECEIVED)
    by_time = profile.opted_out_when_received and received is not None and not mapping.received_is_latest
    left = by_time and received is not None and _cell(row, received).casefold() not in _NOTHING
    status = mapping.columns.get(Field.STATUS, ())
    said = [(means, index) for index in status if (means := _means(profile, _cell(row, index))) is not None]
    if not said:
        if left and received is not None:
            return _opted_out(profile, row, mapping, f"{mapping.name(received)} is filled")
        if status:
            return Verdict(Standing.UNKNOWN, f"{' and '.join(mapping.name(i) for i in status)}: empty")
        if by_time and received is not None:
            return Verdict(Standing.ACTIVE, f"{mapping.name(received)} is empty: no opt-out")
        if profile.without_status is Means.OPTED_OUT:
            return _opted_out(profile, row, mapping, "no column says otherwise")
        return Verdict(Standing.UNKNOWN, "no column says whether this person opted out")
    means, index = min(said, key=lambda each: _STRICTEST[each[0]])
    reason = f"{mapping.name(index)} is “{_cell(row, index)[:_SHOWN]}”"
    if left and received is not None and means in (Means.SUBSCRIBED, Means.ACTIVE):
        return Verdict(
            Standing.UNKNOWN,
            f"{reason}, yet {mapping.name(received)} is filled",
            subscribed=means is Means.SUBSCRIBED,
        )
    dated = not profile.received_of or _plain(profile.received_of) == _plain(mapping.name(index))
    if means is Means.OPTED_OUT:
        return _opted_out(profile, row, mapping, reason, dated=dated)
    if means is Means.REVIEW:
        reason += ": not known to be an opt-out or none"
    return _verdict(means, reason, dated=dated)


def _means(profile: Profile, cell: str) -> Means | None:
    """Return what a status means, the strictest where a cell holds several; None for an empty one."""
    word = _word(cell)
    if word in _NOTHING:
        return None
    if word in profile.statuses:
        return profile.statuses[word]
    parts = [part for text in _PARTS.split(cell) if (part := _word(text)) not in _NOTHING]
    return min(
        (profile.statuses.get(part, profile.otherwise) for part in parts),
        key=_STRICTEST.__getitem__,
        default=None,
    )


def _by_flags(profile: Profile, row: Sequence[str], mapping: FieldMap) -> Verdict:
    def filled(of: Field) -> int | None:
        return next(
            (i for i in mapping.columns.get(of, ()) if _word(_cell(row, i)) not in _NOTHING | _NO), None
        )

    bounced = filled(Field.BOUNCE_FLAG)
    unsubscribed = filled(Field.ALL_MAIL_FLAG)
    if unsubscribed is not None and _word(_cell(row, unsubscribed)) in _YES:
        verdict = _opted_out(profile, row, mapping, f"{mapping.name(unsubscribed)} is TRUE")
    elif (complaint := filled(Field.COMPLAINT_FLAG)) is not None:
        verdict = _verdict(Means.COMPLAINT, f"{mapping.name(complaint)} is TRUE")
    elif unsubscribed is not None:
        text = _cell(row, unsubscribed)[:_SHOWN]
        verdict = Verdict(
            Standing.UNKNOWN, f"{mapping.name(unsubscribed)} is “{text}”, neither TRUE nor FALSE"
        )
    elif lists := [i for i in mapping.columns.get(Field.SCOPE_FLAG, ()) if _word(_cell(row, i)) in _TRUE]:
        scopes = tuple(dict.fromkeys(scope_name(mapping.name(i)) for i in lists))
        verdict = Verdict(Standing.OPTED_OUT, "opted out of single lists", scopes, profile.channel)
    elif bounced is not None:
        verdict = _verdict(Means.BOUNCE, f"{mapping.name(bounced)} is filled")
    else:
        verdict = Verdict(Standing.ACTIVE, "no column says TRUE: no opt-out")
    return replace(verdict, bounced=bounced is not None)


_TRUE = {"true", "wahr", "vrai", "verdadero"}
"""TRUE as spreadsheets write it; a 1 in a column that is no list may be a number."""


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _word(text: str) -> str:
    """Return a status as it is compared: NEVER_SUBSCRIBED -> never subscribed."""
    return " ".join(re.sub(r"[_-]+", " ", _without_mark(text)).split()).casefold()
