"""What is known of the platforms and their files: resources/esp/profiles.json as objects."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from optoutdesk.domain.requests import ALL_MAIL, Channel
from optoutdesk.resources import resource
from optoutdesk.spreadsheets.profiles.names import plain, plain_word

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
    PLATFORM = "platform"
    """Where the person is mailed from."""
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


class Pattern(StrEnum):
    """Which part of addresses an entry is that is none itself."""

    BEGINS = "begins-with"
    ENDS = "ends-with"


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
    """Whether a person of whom the file says nothing is subscribed: all contacts, whoever has no date of leaving, no TRUE."""
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
    month_first: bool = False
    """Whether its dates are known to be written with the month first."""


def stated_opted_out(profile: Profile) -> Profile:
    """Return the profile of a file of which she says that all in it opted out, because the file does not say.

    ValueError for any other file: what a file says of its people is never overruled, least of all "subscribed".
    """
    if profile.people is not People.NOT_STATED:
        raise ValueError(f"{profile.id} says who opted out")
    return replace(profile, people=People.OPTED_OUT)


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
        channels={plain(code): Channel(channel) for code, channel in item.get("channels", {}).items()},
        zone=Zone(item["zone"]),
        fields={Field(of): tuple(names) for of, names in fields.items()},
        latest_received=latest,
        positions={Field(of): index for of, index in item.get("positions", {}).items()},
        statuses={
            plain_word(word): Means(means)
            for means, words in item.get("statuses", {}).items()
            for word in words
        },
        otherwise=Means(item.get("otherwise", Means.REVIEW)),
        without_status=Means(item.get("without_status", Means.REVIEW)),
        opted_out_when_received=item.get("opted_out_when_received", False),
        received_of=item.get("received_of", ""),
        other_columns_are_scopes=item.get("other_columns_are_scopes", False),
        several_scopes=item.get("several_scopes", False),
        all_mail_words=tuple(item.get("all_mail_words", ())),
        scope_from_name=item.get("scope_from_name", ""),
        month_first=item.get("month_first", False),
    )


def _signature(item: Mapping[str, Any]) -> Signature:
    def names(part: str) -> tuple[str, ...]:
        return tuple(plain(name) for name in item.get(part, ()))

    return Signature(
        required=names("required"),
        any_of=tuple(tuple(plain(name) for name in group) for group in item.get("any_of", ())),
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
