"""Bringing in opt-outs from a file: understood, counted and shown before anything is written, then stored in one act."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from optoutdesk.domain.errors import ListChangedError, NoAddressColumnError, OutputError, UserError
from optoutdesk.domain.importing import (
    IMPORTED,
    REVIEWED,
    SKIPPED,
    TO_MEND,
    Batch,
    Counts,
    Outcome,
    Shown,
)
from optoutdesk.domain.requests import Channel, Kind, Precision, Received
from optoutdesk.services.changes import Changes
from optoutdesk.services.counting import Counting
from optoutdesk.services.import_rows import RowReader, Spelling, is_settled
from optoutdesk.services.import_source import (
    Options,
    Part,
    Question,
    Source,
    archive_of,
    opened,
    read_source,
    understand,
)
from optoutdesk.spreadsheets.archive import Member
from optoutdesk.spreadsheets.delimited import SheetWriter
from optoutdesk.spreadsheets.mending import mend_header, mend_text
from optoutdesk.spreadsheets.open import unreadable
from optoutdesk.spreadsheets.output import PendingFile, refuse_existing
from optoutdesk.spreadsheets.profiles import GENERIC, People
from optoutdesk.spreadsheets.table import Block, Table
from optoutdesk.spreadsheets.text import TextTable
from optoutdesk.store import StagedRow, Staging, Store

if TYPE_CHECKING:
    from optoutdesk.services.backups import Backups
    from optoutdesk.services.remembered_mappings import RememberedMapping, RememberedMappings

__all__ = [
    "Counts",
    "ImportOptOuts",
    "Imported",
    "Options",
    "Outcome",
    "Part",
    "Preview",
    "PreviewRow",
    "Question",
    "Shown",
    "Source",
]  # fmt: skip

Progress = Callable[[int, int], None]
"""Called now and then with what is done and all there is of one phase (0: not known). Raises Cancelled to stop."""

_MOST_TRIES = 1000
_CHANGED = "{name} was changed while it was read; {outcome}. Import it again."


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What becomes of one entry of a row."""

    number: int
    """Its place among all entries; give the last one of a page to get the next page."""
    part: int
    row: int
    """Number of the row in its sheet, or of its first line in its file."""
    given: str
    key: str
    kind: Kind | None
    outcome: Outcome
    reason: str
    """Why it is not imported, or what could not be read; "" where there is nothing to say."""
    scope: str
    received: Received | None
    due: date | None
    channel: Channel | None
    name: str
    overdue: bool
    known_since: Received | None
    """The receipt on record of someone who is suppressed already."""
    repeats: tuple[int, int] | None
    """Part and row of the same file that say so already."""
    earlier: bool
    """The file has the earlier receipt; it stands from now on."""
    lifted: bool
    """The person opted in again later: it goes on record and bars nothing."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done."""

    batch: Batch
    counts: Counts
    backup: Path
    """What the suppression list was before."""


class Preview:
    """A file, read from its first row to its last and compared with what is on record. Close it when it is done with."""

    def __init__(self, source: Source, staging: Staging, counts: Counts, counting: Counting) -> None:
        self.source = source
        self.staging = staging
        self.counts = counts
        self.counting = counting
        """How its due dates were counted, which is how they are recorded, whatever the settings say by then."""
        self._zone = counting.zone

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the rows. Any thread may do it, when no other is at work with it."""
        self.staging.close()

    def rows(self, shown: Shown, after: int = 0, limit: int = 200) -> list[PreviewRow]:
        """Return entries of one kind in the order of the file, those after the given number."""
        return [self._row(row) for row in self.staging.page(shown, after, limit)]

    def reasons(self, limit: int = 100) -> list[tuple[Outcome, str, int]]:
        """Return why entries are not imported, or without their date, and how many for each reason; the commonest first."""
        return self.staging.reasons(limit)

    def _row(self, row: StagedRow) -> PreviewRow:
        staged = row.staged
        claims = bool(staged.received_at)
        return PreviewRow(
            number=row.number,
            part=staged.part,
            row=staged.row,
            given=staged.given,
            key=staged.key,
            kind=Kind(staged.kind) if staged.kind else None,
            outcome=row.outcome,
            reason=staged.reason,
            scope=staged.scope,
            received=self._received(staged.received_at, staged.received_day, staged.precision),
            due=date.fromisoformat(staged.due) if claims else None,
            channel=Channel(staged.channel) if claims else None,
            name=staged.name,
            overdue=bool(staged.overdue),
            known_since=self._received(row.since_at, row.since_day, row.since_precision),
            repeats=row.repeats,
            earlier=row.earlier,
            lifted=row.lifted,
        )

    def _received(self, at: str | None, day: str | None, precision: str | None) -> Received | None:
        if not at or not day or not precision:
            return None
        return Received(datetime.fromisoformat(at), date.fromisoformat(day), Precision(precision), self._zone)


class ImportOptOuts:
    """Takes opt-outs in from files."""

    def __init__(
        self,
        store: Store,
        counting: Counting,
        backups: "Backups",
        remembered: "RememberedMappings",
        own_addresses: Collection[str] = (),
    ) -> None:
        self._own = frozenset(own_addresses)
        self._store = store
        self._counting = counting
        self._backups = backups
        self._remembered = remembered

    def open(
        self, path: Path, options: Options | Mapping[str, Options] | None = None, *, now: datetime
    ) -> Source:
        """Read enough of a file to understand it.

        `options` are for all its parts, or by the name of a list in a ZIP. Raises UnreadableListError, UsageError.
        """
        source = read_source(path, now)
        archive = archive_of(path)
        parts = []
        for member in archive.members if archive else (None,):
            name = member.name if member else ""
            wanted = options if isinstance(options, Options) else (options or {}).get(name, Options())
            parts.append(self._part(source, member, wanted))
        return replace(
            source,
            parts=tuple(parts),
            skipped=tuple((each.name, each.reason) for each in archive.skipped) if archive else (),
            before=self._store.batch_of(source.sha256),
        )

    def correct(self, source: Source, part: int, options: Options) -> Source:
        """Return a source with one part understood by other options."""
        parts = list(source.parts)
        parts[part] = self._part(source, parts[part].member, options, parts[part])
        return replace(source, parts=tuple(parts))

    def _part(
        self, source: Source, member: Member | None, options: Options, before: Part | None = None
    ) -> Part:
        part = understand(source, member, options, self._counting, before=before)
        known = self._remembered.find(part.header) if part.header else None
        if known is None:
            return part
        used = _with_remembered(options, known, part)
        part = understand(source, member, used, self._counting, known.name, before=part)
        return replace(part, options=options)

    def preview(self, source: Source, *, now: datetime, progress: Progress | None = None) -> Preview:
        """Read all rows and count what importing them would do; nothing is written.

        Raises ListChangedError when the file is another one by now, Cancelled, UnreadableListError.
        """
        staging = Staging(self._store, self._counting.zone)
        try:
            unused = 0
            spelling = Spelling(self._store.scopes())
            origin = _origin([part for part in source.parts if part.taken])
            settled = is_settled(self._store.clocks.platforms(), origin)
            for index, part in enumerate(source.parts):
                if not part.options.take:
                    continue  # she left it out; contacts are read, to be counted and to show conflicts
                with opened(source.path, part.member, part.sheet) as table:
                    reader = RowReader(
                        index, part, table, self._counting, now, spelling, self._own, settled=settled
                    )
                    for block in _blocks(table, progress):
                        staging.add(reader.entries(block))
                    unused += reader.unused
            _refuse_changed(source, "nothing was imported")
            staging.compare(progress)
            return Preview(source, staging, replace(staging.counts(), unused=unused), self._counting)
        except BaseException:
            staging.close()
            raise

    def run(
        self,
        preview: Preview,
        *,
        by: str,
        now: datetime,
        progress: Progress | None = None,
        anew: bool = False,
        origin: str | None = None,
        narrowed: Callable[[], None] | None = None,
    ) -> tuple[Imported, Changes]:
        """Store what the preview showed: a backup first, then one transaction, all or nothing.

        `origin`: id of the platform whose own export it is; None: as the file was recognised. `narrowed`: called in the
        transaction; says which of the staged rows are not to be stored.

        Raises UserError while a question is open, ListChangedError when opt-outs were recorded meanwhile that change
        the counts: the preview has the new ones then. With `anew` the new ones are as good: nobody was shown the others.
        """
        source, staging = preview.source, preview.staging
        refuse_unanswered(source)
        backup = self._backups.make(now)
        counts = preview.counts
        batch: Batch | None = None
        with staging.act("import opt-outs", by=by, now=now) as act:
            compared = staging.compare(progress)
            if narrowed is not None:
                narrowed()
            if compared or narrowed is not None:
                preview.counts = replace(staging.counts(), unused=counts.unused)
            if preview.counts != counts and not anew:
                act.leave_no_entry()  # and the block ends well, so that what was compared anew stays
            else:
                counts = preview.counts
                batch = act.add_import(
                    _batch(source, counts, by, now, origin),
                    staging,
                    preview.counting.policy.id,
                    preview.counting.way,
                    progress,
                    ways={p.id: preview.counting.way_for(p) for p in preview.counting.policies.values()},
                )
        if batch is None:
            raise ListChangedError(
                "Opt-outs were recorded since this file was read. It is counted again; look at it and import it then."
            )
        return Imported(batch, counts, backup.path), Changes.REQUESTS

    def default_mend_file(self, source: Source) -> Path:
        """Return NAME-to-mend.csv beside the file, or the first such name with a number that is free."""
        stem = re.sub(r"-to-mend(-\d+)?$", "", source.path.stem)  # of one that was mended already
        names = (f"{stem}-to-mend{f'-{n}' if n > 1 else ''}.csv" for n in range(1, _MOST_TRIES))
        paths = [source.path.with_name(name) for name in names]
        return next((path for path in paths if not path.exists()), paths[0])

    def refuse_mend_file(self, source: Source, target: Path, *, overwrite: bool = False) -> None:
        """Raise OutputError when the rows to mend cannot be saved under a name, as far as that shows beforehand."""
        refuse_existing(target, overwrite=overwrite)
        if target.exists() and (target.samefile(source.path) or target.samefile(self._store.file)):
            raise OutputError(f"{target.name} is in use itself. Choose another name.")
        if not target.parent.is_dir():
            raise OutputError(f"There is no folder {target.parent}. Make it, or choose another one.")

    def save_rows_to_mend(
        self, preview: Preview, target: Path, *, overwrite: bool = False, progress: Progress | None = None
    ) -> list[Path]:
        """Write the rows that were not understood as they are, with the reason behind each; returns the files.

        The mended file is imported like any other. Lists of one ZIP get a file each: their columns differ.
        """
        reasons: dict[int, dict[int, list[str]]] = {}
        for index, row, reason in preview.staging.rows_of(TO_MEND):
            reasons.setdefault(index, {}).setdefault(row, []).append(reason)
        targets = _targets(target, len(reasons))
        for each in targets:
            self.refuse_mend_file(preview.source, each, overwrite=overwrite)
        with ExitStack() as stack:
            files = [stack.enter_context(PendingFile(each, overwrite=overwrite)) for each in targets]
            for file, (index, of_rows) in zip(files, sorted(reasons.items()), strict=True):
                part = preview.source.parts[index]
                with opened(preview.source.path, part.member, part.sheet) as table:
                    _write_rows(file, part, table, of_rows, progress)
                file.seal()
            _refuse_changed(preview.source, "the rows to mend are not saved")
            for file in files:
                file.publish()
        return targets


def refuse_unanswered(source: Source) -> None:
    """Raise UserError while something has to be said first."""
    if not any(part.taken for part in source.parts):
        why = "; ".join(dict.fromkeys(part.why_not for part in source.parts))
        contacts = any(part.profile.people is People.CONTACTS for part in source.parts)
        clean = " To take the opted-out out of a contact list, clean it instead." if contacts else ""
        raise UserError(f"There is nothing to import in {source.path.name}: {why}.{clean}")
    refuse_open_question(source)


def refuse_open_question(source: Source) -> None:
    """Raise UserError while it is not clear how a file is to be read."""
    asked = source.question
    if asked is None:
        return
    part = source.parts[asked[0]]
    name = part.name or source.path.name
    if asked[1] is Question.ADDRESS_COLUMN:
        raise NoAddressColumnError(
            f"No column of {name} holds addresses, hashes or domains. Say which one does (--map address=COLUMN)."
        )
    if asked[1] is Question.PROFILE:
        choices = ", ".join(f"{p.name} ({p.id})" for p in part.recognition.candidates)
        raise UserError(f"{name} can be one of several: {choices}. Say which one it is (--profile ID).")
    if asked[1] is Question.PEOPLE:
        raise UserError(
            f"{name} ({part.profile.name}) does not say who opted out. If all in it did, say so (--all-opted-out)."
        )
    examples = "; ".join(
        f"{e.cell} is {e.day_first or 'no day'} or {e.month_first or 'no day'}"
        for e in (part.order.examples if part.order else ())
    )
    raise UserError(
        f"The dates in {name} can be read in two ways: {examples}. Say --day-first or --month-first."
    )


def to_remember(part: Part, name: str) -> "RememberedMapping":
    """Return how a part is read, to be remembered for the next file with its header."""
    from optoutdesk.services.remembered_mappings import RememberedMapping, column_names

    header = part.header or ()
    names = column_names(header)
    meant = {index: of for of, at in part.mapping.columns.items() for index in at}
    corrected = part.reading.mapping or {}
    return RememberedMapping(
        name=name,
        header=header,
        profile=part.profile.id,
        fields={names[i]: meant.get(i) for i in sorted({*meant, *corrected}) if i < len(names)},
        day_order=part.reading.day_order,
        zone=part.reading.zone,
        scope=part.reading.scope,
    )


def _refuse_changed(source: Source, outcome: str) -> None:
    try:
        state = source.path.stat()
    except OSError as error:
        raise unreadable(source.path, error) from error
    if (state.st_size, state.st_mtime_ns) != (source.size, source.modified_ns):
        raise ListChangedError(_CHANGED.format(name=source.path.name, outcome=outcome))


def _with_remembered(options: Options, known: "RememberedMapping", part: Part) -> Options:
    """Return options with what is remembered of files with this header, where she has not said otherwise."""
    return replace(
        options,
        profile=options.profile or known.profile,
        mapping={**known.columns(part.header or ()), **(options.mapping or {})},
        day_order=options.day_order or known.day_order,
        zone=options.zone or known.zone,
        scope=options.scope if options.scope is not None else known.scope,
    )


def _blocks(table: Table, progress: Progress | None) -> Iterator[Block]:
    """Yield the blocks of a table and tell the rows; of text it is estimated how many there will be."""
    read = rows = 0

    def tap(data: bytes) -> None:
        nonlocal read
        read += len(data)

    try:
        size = table.path.stat().st_size
        for block in table.blocks(tap) if isinstance(table, TextTable) else table.blocks():
            yield block
            rows += len(block.rows)
            if progress is not None:
                progress(rows, rows * size // read if read else 0)
    except OSError as error:
        raise unreadable(table.path, error) from error


def _batch(source: Source, counts: Counts, by: str, now: datetime, origin: str | None) -> Batch:
    taken = [part for part in source.parts if part.taken]
    return Batch(
        at=now,
        by=by,
        source_path=source.path.absolute(),
        source_size=source.size,
        source_sha256=source.sha256,
        profile_name=", ".join(dict.fromkeys(part.profile.name for part in taken)),
        settings={"parts": [_settings(part) for part in source.parts]},
        rows=counts.rows,
        imported=counts.sum(IMPORTED),
        already_known=counts.by[Shown.KNOWN],
        review=counts.sum(REVIEWED),
        skipped=counts.sum(SKIPPED),
        overdue=counts.by[Shown.OVERDUE],
        requests=counts.requests,
        origin=_origin(taken) if origin is None else origin,
    )


def _origin(taken: Sequence[Part]) -> str:
    """Return the id of the platform whose own export a file is; "" for any other file."""
    found = {"" if part.profile.id == GENERIC else part.profile.platform.id for part in taken}
    return found.pop() if len(found) == 1 else ""


def _settings(part: Part) -> dict[str, object]:
    """Return how a part was read, for the record."""
    zone = part.reading.zone
    return {
        "name": part.name,
        "taken": part.taken,
        "profile": part.profile.id,
        "sheet": part.sheet,
        "columns": {of.value: [part.mapping.name(i) for i in at] for of, at in part.mapping.columns.items()},
        "day_order": part.day_order.value,
        "zone": zone,
        "received_default": part.received_default.day.isoformat(),
        "received_default_precision": part.received_default.precision.value,
        "scope": part.profile.scope,
        "hidden_rows": "included" if part.options.include_hidden else "left out",
    }


def _targets(target: Path, files: int) -> list[Path]:
    """Return the names of the files of rows to mend: one for each list of a ZIP that has any."""
    return [target, *(target.with_name(f"{target.stem}-{n}{target.suffix}") for n in range(2, files + 1))][
        :files
    ]


def _write_rows(
    file: PendingFile,
    part: Part,
    table: Table,
    reasons: Mapping[int, Sequence[str]],
    progress: Progress | None,
) -> None:
    """Write the header and these rows of a table as CSV, with the reasons in a last column."""
    header = None if part.header is None else list(part.header)
    width = len(header) if header is not None else max(len(part.columns), 1)
    where = width if part.mend_column is None else part.mend_column

    def line(row: Sequence[str], reason: str) -> list[str]:
        cells = [*row, *[""] * (where - len(row))]
        return [*cells[:where], reason, *cells[where + (part.mend_column is not None) :]]

    first = [] if header is None else [line(header, mend_header(part.modified))]
    writer = SheetWriter(file.stream, first[0] if first else None)
    for block in _blocks(table, progress):
        lines = []
        for position, number in enumerate(block.numbers):
            if number in reasons:
                row = [table.decode(cell) for cell in block.rows[position]]
                why = "; ".join(dict.fromkeys(reasons[number]))
                lines.append(
                    writer.line(line(row, why if header is not None else mend_text(why, part.modified)))
                )
        writer.write(lines)
