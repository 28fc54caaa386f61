"""What she corrected about a file's columns, remembered under a name for the next file with the same header.

A mapping says which column is what, never who may be mailed: opt-outs come out of it, or nothing does.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from optoutdesk.domain.dates import DayOrder
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.spreadsheets.output import PendingFile, cannot_write
from optoutdesk.spreadsheets.profiles import Field, load_profiles

_MOST_BYTES = 16 << 20
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class RememberedMapping:
    """How files with one header are read."""

    name: str
    header: tuple[str, ...]
    """The names of all columns; compared without case, blanks and order."""
    profile: str | None = None
    """A profile's id; None: as the file is recognised."""
    fields: Mapping[str, Field | None] = field(default_factory=dict)
    """What columns are, by their names as column_names() gives them; None: left out. Others stay as guessed."""
    day_order: DayOrder | None = None
    zone: str | None = None
    """IANA name of the zone in which times without one are written."""
    scope: str | None = None
    """The list the opt-outs are of."""

    def columns(self, header: Sequence[str]) -> dict[int, Field | None]:
        """Return what is remembered of the columns of a file with such a header, by their index."""
        known = {_compared(name): of for name, of in self.fields.items()}
        names = map(_compared, column_names(header))
        return {index: known[name] for index, name in enumerate(names) if name in known}


def column_names(header: Sequence[str]) -> list[str]:
    """Return the names of columns for RememberedMapping.fields: of two alike the second is called "Email (2)"."""
    met: Counter[str] = Counter()
    names = []
    for cell in header:
        name = " ".join(cell.split())
        met[_compared(name)] += 1
        number = met[_compared(name)]
        names.append(name if number == 1 or not name else f"{name} ({number})")
    return names


class RememberedMappings:
    """The remembered mappings of one business, in one readable file. Read anew each time: it is small."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.trouble = ""
        """What was wrong with the file, as a sentence for her; "" when nothing was."""

    def find(self, header: Sequence[str]) -> RememberedMapping | None:
        """Return how a file with this header is read; None when that is not remembered."""
        shape = _shape(header)
        return next((known for known in self._read()[0] if shape and _shape(known.header) == shape), None)

    def remember(self, mapping: RememberedMapping) -> RememberedMapping:
        """Keep a mapping, in the place of one for the same header, and return it with the name it got.

        A name that another one has gets a number. UserError when there is nothing to know such files by.
        """
        mapping = replace(mapping, name=_checked_name(mapping.name))
        if not _shape(mapping.header):
            raise UserError(
                "A list without a header cannot be remembered: nothing tells the next one like it."
            )
        known, strange = self._read()
        others = [each for each in known if _shape(each.header) != _shape(mapping.header)]
        mapping = replace(mapping, name=_free_name(mapping.name, others))
        self._write([*others, mapping], strange)
        return mapping

    def rename(self, old: str, new: str) -> None:
        """Give a mapping another name. UsageError when there is none of that name, or one of the new name."""
        known, strange = self._read()
        at = _named(old, known)
        new = _checked_name(new)
        if any(_compared(each.name) == _compared(new) for i, each in enumerate(known) if i != at):
            raise UsageError(f"“{new}” is remembered already. Choose another name.")
        known[at] = replace(known[at], name=new)
        self._write(known, strange)

    def forget(self, name: str) -> None:
        """Remember a mapping no longer. UsageError when there is none of that name."""
        known, strange = self._read()
        del known[_named(name, known)]
        self._write(known, strange)

    def export(self, path: Path, *, overwrite: bool = False) -> int:
        """Write all mappings to one JSON file, for another computer, and return how many. OutputError."""
        known, _ = self._read()
        _save(path, known, [], overwrite=overwrite)
        return len(known)

    def bring_in(self, path: Path) -> int:
        """Take over the mappings of an exported file and return how many; they replace those for the same headers.

        UserError when it is no such file; then nothing is taken over.
        """
        try:
            brought, strange = _parse(_text_of(path))
        except OSError as error:
            raise UserError(
                f"{path} cannot be read. Check its name and folder.", details=str(error)
            ) from error
        except ValueError as error:
            raise _no_mappings(path, str(error)) from error
        if strange:
            raise _no_mappings(path, f"not understood: {json.dumps(strange[0])[:200]}")
        known, kept = self._read()
        for mapping in brought:
            known = [each for each in known if _shape(each.header) != _shape(mapping.header)]
            known.append(replace(mapping, name=_free_name(mapping.name, known)))
        self._write(known, kept)
        return len(brought)

    def list(self) -> tuple[RememberedMapping, ...]:
        """Return all mappings by name."""
        return tuple(sorted(self._read()[0], key=lambda each: _compared(each.name)))

    def _read(self) -> "_Content":
        try:
            return _parse(_text_of(self._file))
        except FileNotFoundError:
            return [], []
        except OSError as error:
            self.trouble = f"{_unreadable(self._file, error)} Lists are read without them."
        except ValueError:
            self._set_aside()
        return [], []

    def _set_aside(self) -> None:
        number, aside = 1, self._file.with_name(f"{self._file.stem}-damaged{self._file.suffix}")
        while aside.exists():
            number += 1
            aside = self._file.with_name(f"{self._file.stem}-damaged-{number}{self._file.suffix}")
        with suppress(OSError):  # a folder that is read-only; what is there is then not written over either
            self._file.replace(aside)
        self.trouble = f"The remembered columns make no sense and were set aside as {aside.name}. Lists are read without them."

    def _write(self, known: Iterable[RememberedMapping], strange: Iterable[Any]) -> None:
        try:
            _parse(_text_of(self._file))
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:  # never write over what cannot be read
            raise _unreadable(self._file, error) from error
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise cannot_write(self._file, error) from error
        _save(self._file, known, strange, overwrite=True)


_Content = tuple[list[RememberedMapping], list[Any]]
"""The mappings, and what stands beside them and is not understood: a later version may, so that it is kept."""


def _unreadable(file: Path, error: Exception) -> UserError:
    return UserError(
        f"The remembered columns in {file} cannot be read. Correct that file, or delete it.",
        details=str(error),
    )


def _no_mappings(path: Path, details: str) -> UserError:
    return UserError(
        f"{path.name} is no file of remembered columns of this version. Choose one that was exported by Opt-Out Desk.",
        details=details,
    )


def _text_of(path: Path) -> str:
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("larger than any such file")
    return data.decode("utf-8-sig")


def _parse(text: str) -> _Content:
    """Return what a file holds; ValueError when it is no such file."""
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested without end") from error
    items = data.get("mappings") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ValueError("it holds no list of mappings")  # noqa: TRY004 - for the caller it is one of many
    known, strange = [], []
    for item in items:
        try:
            known.append(_mapping(item))
        except (ValueError, KeyError, TypeError, AttributeError, UsageError):
            strange.append(item)
    return known, strange


def _mapping(item: dict[str, Any]) -> RememberedMapping:
    profile, zone, scope = (item.get(key) for key in ("profile", "zone", "scope"))
    texts = [item["name"], *item["header"], *(text for text in (profile, zone, scope) if text is not None)]
    if not all(isinstance(text, str) for text in texts) or not isinstance(item["header"], list):
        raise ValueError("not text")
    if profile is not None and profile not in load_profiles():
        raise ValueError(f"no profile {profile}")
    if zone is not None:
        ZoneInfo(zone)
    order = item.get("day_order")
    if order not in (None, DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST):
        raise ValueError(f"no order {order}")
    return RememberedMapping(
        name=_checked_name(item["name"]),
        header=tuple(item["header"]),
        profile=profile,
        fields={name: None if of is None else Field(of) for name, of in item.get("fields", {}).items()},
        day_order=None if order is None else DayOrder(order),
        zone=zone,
        scope=scope,
    )


def as_json(mapping: RememberedMapping) -> dict[str, Any]:
    """Return a mapping as it stands in the file."""
    return {
        "name": mapping.name,
        "header": [*mapping.header],
        "profile": mapping.profile,
        "fields": {name: of.value if of else None for name, of in mapping.fields.items()},
        "day_order": mapping.day_order.value if mapping.day_order else None,
        "zone": mapping.zone,
        "scope": mapping.scope,
    }


def _save(path: Path, known: Iterable[RememberedMapping], strange: Iterable[Any], *, overwrite: bool) -> None:
    content = {"mappings": [*map(as_json, known), *strange]}
    with PendingFile(path, overwrite=overwrite) as pending:
        pending.stream.write(
            json.dumps(content, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        )
        pending.seal()
        pending.publish()


def _compared(name: str) -> str:
    return " ".join(name.split()).casefold()


def _shape(header: Sequence[str]) -> Counter[str]:
    return Counter(filter(None, map(_compared, header)))


def _named(name: str, known: Sequence[RememberedMapping]) -> int:
    for index, each in enumerate(known):
        if _compared(each.name) == _compared(name):
            return index
    names = ", ".join(f"“{each.name}”" for each in known) or "none"
    raise UsageError(f"Nothing is remembered as “{name}”. What is remembered: {names}.")


def _checked_name(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > _LONGEST_NAME or not text.isprintable():
        raise UsageError(
            f"“{text[:_LONGEST_NAME]}” is no name. Choose one of 1 to {_LONGEST_NAME} characters."
        )
    return text


def _free_name(name: str, others: Sequence[RememberedMapping]) -> str:
    taken = {_compared(each.name) for each in others}
    number, free = 1, name
    while _compared(free) in taken:
        number += 1
        free = f"{name[: _LONGEST_NAME - 6]} ({number})"
    return free
