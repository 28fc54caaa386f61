"""A file of opt-outs as it is understood before anything is done with it: what it is, which column is what.

Everything that is guessed can be corrected: `Options` hold what she said, and a part is derived from the file and them.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

from optoutdesk.domain.dates import EARLIEST, ColumnOrder, DayOrder, carries_zone, day_order
from optoutdesk.domain.errors import UsageError
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.requests import Received, received_by, scope_name
from optoutdesk.services.counting import Counting
from optoutdesk.spreadsheets.archive import Archive, Member, is_archive, open_archive
from optoutdesk.spreadsheets.columns import SAMPLE_ROWS, Column, Layout, find_layout
from optoutdesk.spreadsheets.findings import Findings
from optoutdesk.spreadsheets.mending import mend_column
from optoutdesk.spreadsheets.open import open_table, unreadable
from optoutdesk.spreadsheets.profiles import (
    GENERIC,
    Confidence,
    Covers,
    Field,
    FieldMap,
    People,
    Profile,
    Recognition,
    load_profiles,
    mapping_for,
    recognise,
    stated_opted_out,
)
from optoutdesk.spreadsheets.table import Format, Table

_SEVERAL = {Field.ADDRESS, Field.STATUS, Field.REASON, Field.NOTE, Field.SCOPE_FLAG}
_SEVERAL |= {Field.ALL_MAIL_FLAG, Field.BOUNCE_FLAG, Field.COMPLAINT_FLAG}


_SUBSCRIBED = re.compile(r"(?:^|[^a-z])(?:non)?subscribed", re.IGNORECASE).search
"""In the names of lists in a ZIP whose columns nobody knows."""


class Question(StrEnum):
    """What she has to say before a part can be imported."""

    ADDRESS_COLUMN = "address-column"
    """No column was found that says who opted out."""
    PROFILE = "profile"
    """The file can be one of several."""
    PEOPLE = "people"
    """The file does not say whether the people in it opted out."""
    DAY_ORDER = "day-order"
    """Its dates can be read with the day first or with the month first."""


@dataclass(frozen=True, slots=True)
class Options:
    """What she corrected in one part; None: as it was guessed."""

    profile: str | None = None
    """A profile's id; "generic": guess by words."""
    mapping: Mapping[int, Field | None] | None = None
    """What these columns are; None: left out. Other columns stay as guessed."""
    sheet: str | int | None = None
    header: bool | None = None
    """Whether there is a header."""
    day_order: DayOrder | None = None
    """DAY_FIRST or MONTH_FIRST."""
    zone: str | None = None
    """IANA name of the zone in which times without one were written. None: the business's own and the vendor's
    convention; where they differ in the day, the earlier one counts."""
    received_default: date | datetime | None = None
    """The receipt of rows that have none; None: not known, by the file's date at the latest."""
    scope: str | None = None
    """The list a file of one list is of; None: all mail."""
    all_opted_out: bool | None = None
    """Of a file that does not say it: all in it opted out."""
    include_hidden: bool = True
    """Whether hidden rows of a workbook are imported too."""
    take: bool = True
    """Whether this part is imported at all."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table: the file itself, or a list in a ZIP."""

    name: str
    """"" for the file itself, else the list's name in the ZIP."""
    format: Format
    sheets: tuple[str, ...]
    sheet: str | None
    header: tuple[str, ...] | None
    """None: there is none."""
    layout: Layout
    recognition: Recognition
    profile: Profile
    """In use; the generic one where the file is not recognised."""
    mapping: FieldMap
    """In use."""
    order: ColumnOrder | None
    """What the received column says about day and month; None: there is no such column."""
    no_zone: bool
    """Whether its times are written without a zone."""
    modified: date
    """The file's day: no request in it arrived later."""
    received_default: Received
    """What rows without a receipt get."""
    mend_column: int | None
    """The column of reasons of a file of rows to mend."""
    findings: Findings
    options: Options
    """What she said."""
    reading: Options
    """How it is read: with what is remembered of files with this header where she said nothing."""
    remembered: str = ""
    """Name of the remembered mapping in use."""
    member: Member | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, with samples."""
        return self.layout.columns

    @property
    def header_row(self) -> int | None:
        """Number of the header's row; None: there is none."""
        return self.layout.header_row

    @property
    def day_order(self) -> DayOrder:
        """What counts for dates that can be read both ways."""
        if self.reading.day_order is not None:
            return self.reading.day_order
        if self.profile.month_first:
            return DayOrder.MONTH_FIRST
        return self.order.order if self.order else DayOrder.NO_MATTER

    @property
    def question(self) -> Question | None:
        """What has to be answered first."""
        if not self.taken:
            return None
        if not self.mapping.columns.get(Field.ADDRESS):
            return Question.ADDRESS_COLUMN
        if self.recognition.ambiguous and self.reading.profile is None:
            return Question.PROFILE
        if self.profile.people is People.NOT_STATED:
            return Question.PEOPLE
        if self.day_order in (DayOrder.UNDECIDED, DayOrder.CONTRADICTORY):
            return Question.DAY_ORDER
        return None

    @property
    def taken(self) -> bool:
        """Whether this part is imported; contacts never are, nor what else lies in a ZIP."""
        return not self.why_not

    @property
    def why_not(self) -> str:
        """Why it is not imported; "" where it is."""
        if self.profile.people is People.CONTACTS:
            return f"{self.profile.name}: contacts, not opt-outs"
        if self.name and not self.mapping.columns.get(Field.ADDRESS):
            return "no column of it holds addresses"
        if (
            self.name
            and self.profile.id == GENERIC
            and self.reading.profile is None
            and _SUBSCRIBED(self.name)
        ):
            return "its name says “subscribed”; say what it is if it is not"
        return "" if self.options.take else "left out by you"

    @property
    def one_list(self) -> str:
        """What to know of a file whose opt-outs are of one list; "" for all others."""
        return self.profile.scope_note if self.profile.covers is Covers.ONE_LIST else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be imported."""

    path: Path
    size: int
    modified_ns: int
    sha256: str
    now: datetime
    """When it was looked at: no request in it arrived later."""
    parts: tuple[Part, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    """What else is in a ZIP, and why it is passed over."""
    before: Batch | None = None
    """The import of this very file that stands already."""

    @property
    def question(self) -> tuple[int, Question] | None:
        """The first thing that has to be answered, and of which part."""
        asked = ((index, part.question) for index, part in enumerate(self.parts))
        return next(((index, question) for index, question in asked if question is not None), None)


def read_source(path: Path, now: datetime) -> Source:
    """Return a file with its size and its hash, its parts not yet understood (see understand)."""
    try:
        state = path.stat()
        if path.is_file():
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        else:
            sha256 = ""  # open_table has the sentence
    except OSError as error:
        raise unreadable(path, error) from error
    return Source(path, state.st_size, state.st_mtime_ns, sha256, now)


def archive_of(path: Path) -> Archive | None:
    """Return a ZIP of lists; None for any other file."""
    return open_archive(path) if path.is_file() and is_archive(path) else None


@contextmanager
def opened(path: Path, member: Member | None, sheet: str | int | None) -> Iterator[Table]:
    """Open the table of a part; a list in a ZIP is unpacked for as long as the `with` lasts."""
    if member is None:
        yield open_table(path, sheet)
        return
    with open_archive(path).extracted(member) as unpacked:
        yield open_table(unpacked, sheet)


def understand(
    source: Source,
    member: Member | None,
    options: Options,
    counting: Counting,
    remembered: str = "",
    before: Part | None = None,
) -> Part:
    """Read the first rows of a part and say what it is. Raises UnreadableListError, UsageError.

    `before`: the same part by other options; what is hidden in its sheet is not counted a second time.
    """
    name = member.name if member else ""
    file_name = name or source.path.name
    with opened(source.path, member, options.sheet) as table:
        try:
            numbers, rows = _first_rows(table)
            same_sheet = before is not None and before.sheet == table.sheet
            findings = before.findings if before is not None and same_sheet else table.findings()
            layout = find_layout(file_name, numbers, rows, header=options.header, optouts=True)
            at = None if layout.header_row is None else numbers.index(layout.header_row)
            header = None if at is None else rows[at]
            below = [row for row in rows[0 if at is None else at + 1 :] if row]
            mend = mend_column(header if header is not None else (below[0] if below else []))
            if mend is not None:
                header = None if header is None else _blanked(header, mend.index)
                below = [_blanked(row, mend.index) for row in below]
            recognition = recognise(file_name, header, below)
            profile = _profile(recognition, options)
            mapping = _corrected(mapping_for(profile, header, below), options, layout)
            order, no_zone = _dates(table, layout, mapping, below, counting.today(source.now), options)
        except OSError as error:
            raise unreadable(source.path, error) from error
        modified = _modified(source, member, mend.day if mend else None, counting)
        return Part(
            name=name,
            format=table.format,
            sheets=table.sheets,
            sheet=table.sheet,
            header=None if header is None else tuple(header),
            layout=layout,
            recognition=recognition,
            profile=profile,
            mapping=mapping,
            order=order,
            no_zone=no_zone,
            modified=modified,
            received_default=_default(options, modified, counting, source.now),
            mend_column=mend.index if mend else None,
            findings=findings,
            options=options,
            reading=options,
            remembered=remembered,
            member=member,
        )


def _first_rows(table: Table) -> tuple[list[int], list[list[str]]]:
    numbers: list[int] = []
    rows: list[list[str]] = []
    for block in table.blocks():
        wanted = SAMPLE_ROWS - len(rows)
        numbers += block.numbers[:wanted]
        rows += [[table.decode(cell) for cell in row] for row in islice(block.rows, wanted)]
        if len(rows) >= SAMPLE_ROWS:
            break
    return numbers, rows


def _blanked(row: list[str], index: int) -> list[str]:
    return [*row[:index], "", *row[index + 1 :]]


def _profile(recognition: Recognition, options: Options) -> Profile:
    profiles = load_profiles()
    if options.profile is not None:
        if options.profile not in profiles:
            raise UsageError(
                f"There is no profile {options.profile}. Known are: {', '.join(sorted(profiles))}."
            )
        named = recognition.profile
        # The recognised one may know more from the file's name.
        profile = named if named is not None and named.id == options.profile else profiles[options.profile]
    else:
        profile = recognition.profile or profiles[GENERIC]
    if options.all_opted_out and profile.people is People.NOT_STATED:
        profile = stated_opted_out(profile)
    if options.scope is not None:
        profile = replace(profile, scope=scope_name(options.scope))
    return profile


def _corrected(mapping: FieldMap, options: Options, layout: Layout) -> FieldMap:
    """Return a mapping with what she said of single columns."""
    changes = {i: of for i, of in (options.mapping or {}).items() if i < len(layout.columns)}
    if not changes:
        return mapping
    columns = {of: tuple(i for i in at if i not in changes) for of, at in mapping.columns.items()}
    confidence = dict(mapping.confidence)
    for index, of in changes.items():
        if of is not None:
            columns[of] = (*columns.get(of, ()), index) if of in _SEVERAL else (index,)
            confidence[of] = Confidence.KNOWN
    columns = {of: at for of, at in columns.items() if at}
    latest = mapping.received_is_latest and columns.get(Field.RECEIVED) == mapping.columns.get(Field.RECEIVED)
    return FieldMap(mapping.header, columns, confidence, received_is_latest=latest)


def _dates(
    table: Table, layout: Layout, mapping: FieldMap, below: list[list[str]], today: date, options: Options
) -> tuple[ColumnOrder | None, bool]:
    """Return what the received column says of day and month, and whether its times have no zone."""
    column = mapping.column(Field.RECEIVED)
    if column is None:
        return None, False
    cells = [row[column] for row in below if column < len(row)]
    order = day_order(cells, today=today)
    if order.order is DayOrder.UNDECIDED and options.day_order is None:
        # Before she is asked, the whole file is.
        order = day_order(_cells(table, column, layout.first_row), today=today)
    return order, any(carries_zone(cell) is False for cell in cells[:_ZONES_LOOKED_AT])


_ZONES_LOOKED_AT = 50


def _cells(table: Table, column: int, first_row: int) -> Iterator[str]:
    for block in table.blocks():
        for number, row in zip(block.numbers, block.rows, strict=True):
            if number >= first_row and column < len(row):
                yield row[column]


def _modified(source: Source, member: Member | None, mended: date | None, counting: Counting) -> date:
    """Return the day after which nobody can have asked who is in the file: the earliest of those that bound it."""
    today = counting.today(source.now)
    changed = counting.today(datetime.fromtimestamp(source.modified_ns / 1e9, UTC))
    bounds = [today, changed, mended, member.day if member else None]
    return min(
        day for day in bounds if day is not None and day >= EARLIEST
    )  # a clock that was never set says 1980


def _default(options: Options, modified: date, counting: Counting, now: datetime) -> Received:
    if options.received_default is None:
        return received_by(modified, counting.zone)
    return counting.received(options.received_default, now)
