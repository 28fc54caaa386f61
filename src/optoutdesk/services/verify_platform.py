"""Comparing a platform's own export with what is on record: who opted out here and is still active there, and the reverse.

The export is read as an import is; whoever opted out there and is unknown here is taken over by that import.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from optoutdesk.domain.dates import EARLIEST
from optoutdesk.domain.errors import NoAddressColumnError, UserError
from optoutdesk.domain.platforms import Platform, TaskEvent, TaskState, Verification
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.import_optouts import (
    Imported,
    ImportOptOuts,
    Options,
    Part,
    Preview,
    Source,
    refuse_open_question,
)
from optoutdesk.services.platforms import PlatformExport, Platforms, write_people
from optoutdesk.spreadsheets.profiles import GENERIC, Confidence, Field, People
from optoutdesk.store.exporting import Listed
from optoutdesk.store.verifying import Comparison, Side, SideRow

__all__ = ["Side", "VerifyCounts", "VerifyPlatform", "VerifyPreview", "VerifyRow"]

Progress = Callable[[int, int], None]
"""Called now and then with what is done and all there is of one phase (0: not known). Raises Cancelled to stop."""

_SAYS_WHO_LEFT = {
    Field.STATUS,
    Field.ALL_MAIL_FLAG,
    Field.BOUNCE_FLAG,
    Field.COMPLAINT_FLAG,
    Field.SCOPE_FLAG,
}
_OF_THOSE_WHO_LEFT = re.compile(
    r"unsub|opt[-_ ]?(?:ed[-_ ]?)?out|suppress|cleaned|bounce|complain|do[-_ ]?not", re.IGNORECASE
).search
"""In the names of files that hold only people who are not mailed any more."""
_WHEN_THEY_LEFT = re.compile(r"remov|request|receiv|asked|left|stopped|cancel", re.IGNORECASE).search
"""In the names of columns, beside those words: a date that says so. Any other may be that of signing up."""
_REMOVED_ROWS = "removed-rows"
_THERE = {
    Channel.BOUNCE.value: "Bounced",
    Channel.COMPLAINT.value: "Complained",
}


@dataclass(frozen=True, slots=True)
class VerifyCounts:
    """What a comparison comes to, in people."""

    rows: int
    active: int
    """People active there."""
    opted_out: int
    """People who opted out or bounced there."""
    by: Mapping[Side, int]
    bounced: int
    """Of those unknown here: bounced, who are taken over as a suppression, not as an opt-out."""
    verified: int
    """Requests that become verified."""
    reopened: int
    """Requests that are open again, because the person is still active."""


@dataclass(frozen=True, slots=True)
class VerifyRow:
    """One person who stands differently here and there, or alike."""

    number: int
    """Give the last one of a page to get the next page."""
    given: str
    key: str
    side: Side
    request: OptOutRequest | None
    """What is on record here; None: nothing."""
    there: str
    """How the person stands there: Subscribed, Unsubscribed, Bounced, Complained; "" where nothing is known."""
    there_day: date | None
    """Since when, where the export says it."""
    reason: str
    """What the row says, in words; for rows that are not understood why."""

    @property
    def bounced(self) -> bool:
        """Whether the person bounced there: nobody asked."""
        return self.there == _THERE[Channel.BOUNCE.value]


class VerifyPreview:
    """An export that was read and compared; nothing is written. Close it when it is done with."""

    def __init__(self, platform: Platform, preview: Preview, comparison: Comparison) -> None:
        self.platform = platform
        self.preview = preview
        self.comparison = comparison
        self.counts = self.count()

    @property
    def source(self) -> Source:
        """The file."""
        return self.preview.source

    @property
    def lists_active(self) -> bool:
        """Whether the export names people who are mailed; else only those who left can be compared."""
        return self.comparison.lists_active

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows. Any thread may do it, when no other is at work with it."""
        self.preview.close()

    def count(self) -> VerifyCounts:
        """Count anew, as it stands now."""
        active, opted_out, bounced = self.comparison.people()
        return VerifyCounts(
            rows=self.preview.counts.rows,
            active=active,
            opted_out=opted_out,
            by=self.comparison.counts(),
            bounced=bounced,
            verified=len(self.comparison.to_verify()),
            reopened=len(self.comparison.to_reopen),
        )

    def rows(self, side: Side, after: int = 0, limit: int = 200) -> list[VerifyRow]:
        """Return the people of one side, in the order of the export, those after the given number."""
        return [_row(side, row) for row in self.comparison.page(side, after, limit)]

    def ids_to_do(self, side: Side) -> list[int]:
        """Return the requests still to be done at the platform, of the people of one side."""
        return self.comparison.requests_of(side)

    def absent_ids(self) -> list[int]:
        """Return the requests still to be done there whose people the export does not name: they may be marked not there."""
        return self.ids_to_do(Side.ABSENT)


class VerifyPlatform:
    """Verifies platforms against their own exports."""

    def __init__(self, platforms: Platforms, imports: ImportOptOuts) -> None:
        self._platforms = platforms
        self._imports = imports

    def open(
        self,
        path: Path,
        options: Options | Mapping[str, Options] | None = None,
        *,
        now: datetime,
    ) -> Source:
        """Read enough of an export to understand it; raises as ImportOptOuts.open does."""
        return as_export(self._imports.open(path, options, now=now))

    def correct(self, source: Source, part: int, options: Options) -> Source:
        """Return an export with one part understood by other options."""
        return as_export(self._imports.correct(source, part, options))

    def other_platform(self, platform_id: int, source: Source) -> str:
        """Return the name of the other platform whose export a file is; "" where it is none."""
        platform = self._platforms.get(platform_id)
        for part in source.parts:
            of = part.profile.platform
            if part.profile.id not in (GENERIC, _REMOVED_ROWS) and of.id != platform.known and platform.known:
                return of.name
        return ""

    def sure(self, platform_id: int, source: Source) -> bool:
        """Whether a file is surely a platform's own export."""
        platform = self._platforms.get(platform_id)
        return bool(platform.known) and all(
            part.profile.id != GENERIC and part.profile.platform.id == platform.known
            for part in source.parts
            if part.options.take
        )

    def preview(
        self, platform_id: int, source: Source, *, now: datetime, progress: Progress | None = None
    ) -> VerifyPreview:
        """Read all rows and compare them; nothing is written.

        Raises UserError while a question is open, UnreadableListError, ListChangedError, Cancelled.
        """
        if not any(part.options.take for part in source.parts):
            raise UserError(
                f"There is nothing to compare in {source.path.name}. Choose an export of the platform."
            )
        if any(part.profile.id == _REMOVED_ROWS for part in source.parts):
            raise UserError(
                f"{source.path.name} holds what Opt-Out Desk took out of a list. Choose an export of the platform."
            )
        refuse_open_question(source)
        if not any(part.mapping.columns.get(Field.ADDRESS) for part in source.parts):
            raise NoAddressColumnError(
                f"No column of {source.path.name} holds addresses. Say which one does (--map address=COLUMN)."
            )
        preview = self._imports.preview(source, now=now, progress=progress)
        try:
            scopes = {part.profile.scope for part in source.parts if part.options.take}
            scope = scopes.pop() if len(scopes) == 1 else ALL_MAIL
            as_of = datetime.fromtimestamp(source.modified_ns / 1e9, UTC)
            if as_of.date() < EARLIEST:
                as_of = now  # a clock that was never set says 1980
            comparison = Comparison(preview.staging, platform_id, scope, as_of)
            return VerifyPreview(self._platforms.get(platform_id), preview, comparison)
        except BaseException:
            preview.close()
            raise

    def record(
        self, preview: VerifyPreview, *, by: str, now: datetime, progress: Progress | None = None
    ) -> tuple[Verification, Changes]:
        """Store a comparison with the file's SHA-256: what it verifies, and what it shows to be open again; one act."""
        comparison, source = preview.comparison, preview.source
        with preview.preview.staging.act("verify platform", by=by, now=now) as act:
            if preview.preview.staging.compare(progress):
                comparison.put_together()
            to_verify, to_reopen = comparison.to_verify(), comparison.to_reopen
            counts = preview.counts = preview.count()
            verification = act.add_verification(
                Verification(
                    platform=preview.platform.id,
                    at=now,
                    by=by,
                    path=source.path.absolute(),
                    size=source.size,
                    sha256=source.sha256,
                    profile_name=", ".join(dict.fromkeys(part.profile.name for part in source.parts)),
                    rows=counts.rows,
                    active=counts.active,
                    opted_out=counts.opted_out,
                    agree=counts.by[Side.AGREE],
                    still_active=counts.by[Side.STILL_ACTIVE],
                    unknown_here=counts.by[Side.UNKNOWN_HERE],
                    verified=len(to_verify),
                )
            )

            def event(request: int, state: TaskState) -> TaskEvent:
                return TaskEvent(request, preview.platform.id, state, now, by, now, verification.id)

            if to_verify or to_reopen:
                act.add_task_events(
                    event(request, state)
                    for requests, state in ((to_verify, TaskState.VERIFIED), (to_reopen, TaskState.OPEN))
                    for request in requests
                )
        return verification, Changes.REQUESTS | Changes.PLATFORMS

    def take_over(
        self, preview: VerifyPreview, *, by: str, now: datetime, progress: Progress | None = None
    ) -> tuple[Imported, Changes]:
        """Import whoever opted out or bounced there and is unknown here, with a backup before; it can be undone."""
        imported, changes = self._imports.run(
            preview.preview,
            by=by,
            now=now,
            progress=progress,
            anew=True,
            origin=preview.platform.known,
            narrowed=preview.comparison.leave_known_out,
        )
        preview.preview.staging.compare(progress)
        preview.comparison.put_together()
        if not preview.platform.known or preview.comparison.to_reopen:
            # Nothing says of one of her own whose export it was: so that nothing is to be done there for those it names
            # itself. And whoever left one list there and is mailed for another has become a person still active there.
            _, more = self.record(preview, by=by, now=now, progress=progress)
            changes |= more
        else:
            preview.counts = preview.count()
        return imported, changes

    def export_still_active(
        self, preview: VerifyPreview, output: Path, *, overwrite: bool = False
    ) -> PlatformExport:
        """Write whoever opted out here and is still active there, in the shape the platform takes."""
        keys = preview.comparison.keys(Side.STILL_ACTIVE)
        people = [((), [_listed(key)]) for key in keys]
        written = write_people(preview.platform, people, output, overwrite=overwrite)
        return replace(written, ids=tuple(preview.ids_to_do(Side.STILL_ACTIVE)))


def as_export(source: Source) -> Source:
    """Return a file taken for what a platform holds: whoever stands in a plain list of contacts is still there."""
    return replace(source, parts=tuple(_as_contacts(part, source.path.name) for part in source.parts))


def _as_contacts(part: Part, file_name: str) -> Part:
    """Return a part in which everyone is taken for active, where nothing in it says who left."""
    profile = part.profile
    if profile.people is People.CONTACTS:
        return replace(part, profile=replace(profile, subscribed=True))
    says = _SAYS_WHO_LEFT & set(part.mapping.columns) or _says_when_they_left(part)
    silent = profile.people is People.NOT_STATED or (profile.id == GENERIC and not says)
    named = part.reading.all_opted_out or _OF_THOSE_WHO_LEFT(part.name or file_name)
    if silent and not named:
        return replace(part, profile=replace(profile, people=People.CONTACTS, subscribed=True))
    # Of an export whoever is not said to have left is active there.
    return replace(part, profile=replace(profile, subscribed=True))


def _says_when_they_left(part: Part) -> bool:
    """Whether the date of a row is that of leaving: of a plain list of contacts it is another one."""
    column = part.mapping.column(Field.RECEIVED)
    if column is None:
        return False
    name = part.mapping.name(column)
    chosen = part.mapping.confidence.get(Field.RECEIVED) is Confidence.KNOWN
    return chosen or bool(_OF_THOSE_WHO_LEFT(name) or _WHEN_THEY_LEFT(name))


def _row(side: Side, row: SideRow) -> VerifyRow:
    if side in (Side.STILL_ACTIVE, Side.SINGLE_LIST):
        there = "Subscribed"
    elif side in (Side.UNKNOWN_HERE, Side.AGREE):
        there = _THERE.get(row.channel, "Unsubscribed")
    else:
        there = ""
    day = date.fromisoformat(row.received_day) if row.received_day else None
    return VerifyRow(row.number, row.given, row.key, side, row.request, there, day, row.reason)


def _listed(key: str) -> Listed:
    return Listed(Kind.ADDRESS.value, key, ALL_MAIL, "", "", "", "", "", "", "")
