"""What is written of one suppressed person: a report's lines, an address, a hash, or what a platform's upload takes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from optoutdesk.domain.hashing import ALGORITHMS, LENGTHS, digest
from optoutdesk.domain.requests import ALL_MAIL, Kind, Precision
from optoutdesk.services.wording import scope_words
from optoutdesk.spreadsheets.profiles import Field, Upload
from optoutdesk.store.exporting import Listed

HEADER = ("Address", "Kind", "Received", "Precision", "Scope", "Channel", "Name", "Note")
"""Of a list for her own use; the import knows these names."""
_SEVERAL_TAGS = frozenset(",;|[]'\"")
"""Signs in a list's name at which a platform may cut it in two."""


class Shape:
    """Makes the lines of one person, and counts what cannot be written."""

    header: tuple[str, ...] = HEADER
    upload: Upload | None = None

    def __init__(self) -> None:
        self.skipped = dict.fromkeys(Kind, 0)
        self.widened = 0

    def rows(self, person: Sequence[Listed]) -> Iterator[Sequence[str]]:
        """Yield one line for each scope."""
        for entry in person:
            yield (
                _address(entry),
                _kind(entry),
                _received(entry),
                entry.precision,
                scope_words(entry.scope),
                entry.channel,
                entry.name,
                entry.note,
            )


class PlainShape(Shape):
    """Who is to be removed, for her own eyes: the address, since when, and of which mail."""

    header = ("Address", "Received", "Scope", "Name")

    def rows(self, person: Sequence[Listed]) -> Iterator[Sequence[str]]:
        first = person[0]
        scopes = ", ".join(dict.fromkeys(scope_words(entry.scope) for entry in person))
        yield _address(first), _received(first), scopes, first.name


class AddressesShape(Shape):
    """Every person, domain and hash once, and nothing else."""

    header = HEADER[:1]

    def rows(self, person: Sequence[Listed]) -> Iterator[Sequence[str]]:
        yield (_address(person[0]),)


class HashesShape(Shape):
    """The hash of every address, and the hashes of the list that were made in the same way."""

    def __init__(self, algorithm: str) -> None:
        super().__init__()
        self.header = (algorithm,)
        self._algorithm = algorithm

    def rows(self, person: Sequence[Listed]) -> Iterator[Sequence[str]]:
        kind, key = person[0].kind, person[0].key
        if kind == Kind.ADDRESS:
            yield (digest(key, self._algorithm),)
        elif kind == Kind.HASH and len(key) == LENGTHS[self._algorithm]:
            yield (key,)
        else:
            self.skipped[Kind(kind)] += 1


class UploadShape(Shape):
    """What a platform takes: addresses, and of the rest only the columns it has."""

    def __init__(self, upload: Upload) -> None:
        super().__init__()
        self.upload: Upload = upload
        self.header = tuple(column.header for column in upload.columns) if upload.header_row else ()

    def rows(self, person: Sequence[Listed]) -> Iterator[Sequence[str]]:
        kind = person[0].kind
        if kind != Kind.ADDRESS:
            self.skipped[Kind(kind)] += 1
            return
        of_all_mail = next((entry for entry in person if entry.scope == ALL_MAIL), None)
        if self.upload.all_mail is None:
            self.widened += of_all_mail is None
            yield self._row(person[0], "")
        elif of_all_mail is not None:
            yield self._row(of_all_mail, self.upload.all_mail)
        elif any(_SEVERAL_TAGS & set(entry.scope) for entry in person):
            # Cut in two it would be the name of no list, and the person would go on being mailed.
            self.widened += 1
            yield self._row(person[0], self.upload.all_mail)
        else:
            for entry in person:
                yield self._row(entry, entry.scope)

    def _row(self, entry: Listed, scope: str) -> Sequence[str]:
        fields = {Field.ADDRESS: entry.key, Field.SCOPE: scope, Field.NAME: " ".join(entry.name.split())}
        if self.upload.time_form is not None:
            fields[Field.RECEIVED] = _rfc_2822(entry.received_at)
        return [
            column.text if column.field is None else fields[column.field] for column in self.upload.columns
        ]


def _address(entry: Listed) -> str:
    return f"*@{entry.key}" if entry.kind == Kind.DOMAIN else entry.key


def _kind(entry: Listed) -> str:
    return ALGORITHMS[len(entry.key)] if entry.kind == Kind.HASH else entry.kind


def _received(entry: Listed) -> str:
    """Return the receipt as ISO 8601: with the business's offset, or the day where only that is known."""
    if entry.precision != Precision.MINUTE:
        return entry.received_day
    return datetime.fromisoformat(entry.received_at).astimezone(_zone(entry.zone)).isoformat()


_zone = lru_cache(ZoneInfo)


def _rfc_2822(instant: str) -> str:
    from email.utils import format_datetime  # slow to load, and only one platform wants it

    return format_datetime(datetime.fromisoformat(instant))
