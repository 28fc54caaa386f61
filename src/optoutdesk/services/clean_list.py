"""Cleaning a contact list: read it, judge every row, write the clean list and the removed rows, keep the record."""

import gc
import hashlib
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from optoutdesk.domain.cleaning import (
    Cleaning,
    CleanRecord,
    HiddenRows,
    Reason,
    Removed,
    Rules,
    Trimmed,
    Verdict,
)
from optoutdesk.domain.errors import HiddenRowsError, ListChangedError, OutputError
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import Kind
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_hidden import HiddenLeftOut, hidden_people
from optoutdesk.services.clean_output import TEXT_ENDINGS, WORKBOOK_ENDING, Sink, check_ending
from optoutdesk.services.clean_rows import ListFile, PeopleReader
from optoutdesk.services.wording import hidden_rows_sentence
from optoutdesk.spreadsheets.columns import SAMPLE_ROWS, find_layout
from optoutdesk.spreadsheets.findings import Findings
from optoutdesk.spreadsheets.open import open_table, unreadable
from optoutdesk.spreadsheets.output import PendingFile, cannot_write, refuse_existing
from optoutdesk.spreadsheets.table import Block
from optoutdesk.spreadsheets.text import BLOCK_SIZE, TextTable
from optoutdesk.store import Store

__all__ = ["CleanList", "ListFile", "Outputs", "Plan", "Progress", "Result"]

Progress = Callable[[int, int], None]
"""Called now and then with bytes or rows done and in all (0: not known). Raises Cancelled to stop the work."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be cleaned, for which mailing, by which rules."""

    list: ListFile
    target: str | None = None
    """The list that will be mailed; None: any mail, so whoever left anything is removed."""
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the results go."""

    clean: Path
    removed: Path


@dataclass(slots=True)
class Result:
    """What a clean gives, or would give."""

    rows: int
    """People: rows below the header that are not blank."""
    kept: int
    reasons: Counter[Reason]
    trimmed: int
    """Kept rows that lost an address."""
    removed: list[Removed]
    """In the order of the list. Empty when the caller did not ask for them."""
    elsewhere: int
    """Kept rows with a suppressed address in a column that was not taken for an address column."""
    fingerprint: int
    """Of all removed rows with their reasons: tells within one run of the program whether two results are the same."""
    seconds: float
    input_size: int
    input_sha256: str
    against_entry: int
    against_head: str
    suppressed_addresses: int
    suppressed_domains: int
    hashes: int = 0
    """Entries of the suppression list that are only known by their hash."""
    by_hash: int = 0
    """Rows removed by such an entry."""
    hidden: int = 0
    """People in hidden rows of a workbook, whether they are left out or not."""
    findings: Findings = field(default_factory=Findings)
    """What is to be said about the workbook."""

    @property
    def removed_count(self) -> int:
        """How many rows are not in the clean list."""
        return self.rows - self.kept


_TRIES = 3
_LARGE_LIST = 16 << 20
"""Bytes."""
_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
_LARGE_BLOCK = 4 << 20


class CleanList:
    """Cleans contact lists against the suppression list."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self,
        path: Path,
        *,
        sheet: str | int | None = None,
        columns: Sequence[str] = (),
        header: bool | None = None,
    ) -> ListFile:
        """Read enough of a list to understand it.

        `columns` names address columns by header, letter or number; `header` False says that the first row is
        a person, True that it is not. Raises UnreadableListError, NoAddressColumnError, UsageError.
        """
        table = open_table(path, sheet)
        numbers: list[int] = []
        rows: list[list[str]] = []
        try:
            for block in table.blocks():
                wanted = SAMPLE_ROWS - len(rows)
                numbers += block.numbers[:wanted]
                rows += [[table.decode(cell) for cell in row] for row in islice(block.rows, wanted)]
                if len(rows) >= SAMPLE_ROWS:
                    break
        except OSError as error:
            raise unreadable(path, error) from error
        return ListFile(path, table, find_layout(path.name, numbers, rows, header=header, wanted=columns))

    def default_outputs(self, plan: Plan) -> Outputs:
        """Return NAME-clean.EXT and NAME-removed.csv beside the list; XLSX for every workbook."""
        path = plan.list.path
        ending = (path.suffix or TEXT_ENDINGS[0]) if plan.list.table.format.is_text else WORKBOOK_ENDING
        return Outputs(
            path.with_name(f"{path.stem}-clean{ending}"), path.with_name(f"{path.stem}-removed.csv")
        )

    def examine(self, plan: Plan, progress: Progress | None = None) -> Result:
        """Judge every row and write nothing; the removed rows are in the result."""
        return _Pass(self._store, plan, progress, keep_removed=True).run(None)

    def clean(
        self,
        plan: Plan,
        outputs: Outputs,
        *,
        by: str,
        now: datetime,
        progress: Progress | None = None,
        overwrite: bool = False,
        expected: Result | None = None,
    ) -> tuple[CleanRecord, Result, Changes]:
        """Judge every row, write both files and keep the record, all or nothing.

        HiddenRowsError when rows are hidden in the workbook and the rules do not say what becomes of them.
        With `expected` raises ListChangedError when the list or the suppression list is not what it was when
        that was examined. OutputError when a file cannot be written; nothing is left behind then.
        """
        # Of a list that is read-only for its owner too the results are not: they are written in several steps.
        mode = _stat(plan.list.path).st_mode & 0o666 | 0o600
        _refuse_collisions(plan, outputs, self._store.file, overwrite=overwrite)
        for _ in range(_TRIES):
            with (
                _disk_errors(outputs.clean),
                PendingFile(outputs.clean, overwrite=overwrite, mode=mode) as clean,
                PendingFile(outputs.removed, overwrite=overwrite, mode=mode) as removed,
            ):
                result = self._write(plan, clean, removed, progress)
                if expected is not None:
                    _refuse_other(plan, expected, result)
                record = self._keep(plan, result, clean, removed, by=by, now=now)
                if record is not None:
                    return record, result, Changes.CLEANED_LISTS
        raise ListChangedError(
            "Opt-outs kept being recorded while the list was cleaned; nothing was written. Wait a moment and clean it again."
        )

    def _write(
        self, plan: Plan, clean: PendingFile, removed: PendingFile, progress: Progress | None
    ) -> Result:
        sink = Sink(plan.list, clean, removed)
        try:
            result = _Pass(self._store, plan, progress, keep_removed=False).run(sink)
            _refuse_unasked(plan, result)
            sink.finish()
        except BaseException:
            sink.abort()
            raise
        clean.seal()
        removed.seal()
        return result

    def _keep(
        self, plan: Plan, result: Result, clean: PendingFile, removed: PendingFile, *, by: str, now: datetime
    ) -> CleanRecord | None:
        """Store the record and give the files their names, in one transaction.

        Returns None, with nothing done, when someone opted out since the suppression list was read.
        """
        layout = plan.list.layout
        record = CleanRecord(
            at=now,
            by=by,
            scope=plan.target,
            input_path=plan.list.path.absolute(),
            input_size=result.input_size,
            input_sha256=result.input_sha256,
            sheet=plan.list.table.sheet,
            columns=tuple(layout.columns[i].name or layout.columns[i].letter for i in layout.address_columns),
            rules=asdict(plan.rules),
            rows=result.rows,
            kept=result.kept,
            reasons={reason.value: result.reasons[reason] for reason in Reason},
            trimmed=result.trimmed,
            output_path=clean.target.absolute(),
            output_size=clean.size,
            output_sha256=clean.sha256,
            removed_path=removed.target.absolute(),
            removed_size=removed.size,
            removed_sha256=removed.sha256,
            suppressed_addresses=result.suppressed_addresses,
            suppressed_domains=result.suppressed_domains,
            against_entry=result.against_entry,
            against_head=result.against_head,
        )
        try:
            with self._store.act("clean list", by=by, now=now) as act:
                if self._store.changed_since(result.against_entry, result.against_head):
                    act.leave_no_entry()
                    return None
                record = act.add_clean(record)
                # Last before the commit: up to here a failure leaves no file, and a kill no half of one.
                removed.publish()
                clean.publish()
        except BaseException:
            clean.withdraw()
            removed.withdraw()
            raise
        return record


class _Pass:
    """One reading of a list from its first row to its last."""

    def __init__(self, store: Store, plan: Plan, progress: Progress | None, *, keep_removed: bool) -> None:
        self._store = store
        self._plan = plan
        self._progress = progress
        self._keep_removed = keep_removed
        self._sha256 = hashlib.sha256()
        self._read = 0
        self._size = 0

    def run(self, sink: Sink | None) -> Result:
        """Judge every row and give all rows to `sink`."""
        started = time.perf_counter()
        plan, path = self._plan, self._plan.list.path
        before = _stat(path)
        self._size = before.st_size
        if self._size > _LARGE_LIST:
            _give_back_large_blocks()
        suppression, entry = self._store.suppression_list(plan.target)
        result = Result(
            rows=0,
            kept=0,
            reasons=Counter(),
            trimmed=0,
            removed=[],
            elsewhere=0,
            fingerprint=0,
            seconds=0.0,
            input_size=before.st_size,
            input_sha256="",
            against_entry=entry.seq if entry else 0,
            against_head=entry.hash.hex() if entry else "",
            suppressed_addresses=len(suppression.addresses) + len(suppression.hashes),
            suppressed_domains=len(suppression.domains),
        )
        result.hashes = len(suppression.hashes)
        cleaning = Cleaning(suppression, plan.rules)
        left_out = HiddenLeftOut(cleaning, suppression)
        leave_out = plan.rules.hidden is HiddenRows.LEAVE_OUT
        reader = PeopleReader(plan.list, suppression)
        with _no_search_for_cycles():
            for block in self._blocks():
                people = reader.people_of(block)
                hidden = hidden_people(block, people)
                result.hidden += len(hidden)
                if hidden and leave_out:
                    verdicts = left_out.judge(people.batch, hidden)
                else:
                    verdicts = cleaning.judge(people.batch)
                kept = [at for index, at in enumerate(people.positions) if index not in verdicts]
                self._count(result, len(people.positions), verdicts)
                result.elsewhere += reader.suppressed_elsewhere(block, people, kept)
                if sink is not None:
                    sink.write(block, people, kept, verdicts)
        after = _stat(path)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise ListChangedError(
                f"{path.name} was changed while it was read; nothing was written. Clean it again."
            )
        result.findings = plan.list.table.findings()
        result.input_sha256 = self._sha256.hexdigest()
        result.seconds = time.perf_counter() - started
        return result

    def _count(self, result: Result, people: int, verdicts: Mapping[int, Verdict]) -> None:
        result.rows += people
        result.kept += people - len(verdicts)
        for verdict in verdicts.values():
            if isinstance(verdict, Trimmed):
                result.kept += 1
                result.trimmed += 1
                result.fingerprint = hash((result.fingerprint, verdict.row, *verdict.dropped))
                continue
            result.reasons[verdict.reason] += 1
            if isinstance(verdict.cause, Evidence) and verdict.cause.kind is Kind.HASH:
                result.by_hash += 1
            result.fingerprint = hash((result.fingerprint, verdict.row, verdict.reason))
            if self._keep_removed:
                result.removed.append(verdict)

    def _blocks(self) -> Iterator[Block]:
        """Yield the list's blocks; on the way every byte of the file is counted and hashed."""
        table = self._plan.list.table
        try:
            if isinstance(table, TextTable):
                yield from table.blocks(self._tap)
                return
            with table.path.open("rb") as stream:
                while data := stream.read(BLOCK_SIZE):
                    self._sha256.update(data)
            rows = 0
            for block in table.blocks():
                yield block
                rows += len(block.rows)
                if self._progress is not None:
                    self._progress(rows, 0)
        except OSError as error:
            raise unreadable(table.path, error) from error

    def _tap(self, data: bytes) -> None:
        self._sha256.update(data)
        self._read += len(data)
        if self._progress is not None:
            self._progress(self._read, self._size)


def _refuse_collisions(plan: Plan, outputs: Outputs, store: Path, *, overwrite: bool) -> None:
    """Raise OutputError when the list or the suppression list would be overwritten, or one result by the other."""
    source = plan.list.path
    check_ending(plan.list, outputs.clean)
    for target in (outputs.clean, outputs.removed):
        with _disk_errors(target):
            if target.exists() and target.samefile(source):
                raise OutputError(
                    f"{target.name} is the list itself, which is never changed. Choose another name."
                )
            if target.exists() and target.samefile(store):
                raise OutputError(f"{target.name} is the suppression list itself. Choose another name.")
            refuse_existing(target, overwrite=overwrite)
    if outputs.clean.resolve() == outputs.removed.resolve() or (
        outputs.clean.exists() and outputs.removed.exists() and outputs.clean.samefile(outputs.removed)
    ):
        raise OutputError("The clean list and the removed rows need two different file names.")


def _stat(path: Path) -> os.stat_result:
    """Return what the system knows of the list; UnreadableListError when it is gone since it was opened."""
    try:
        return path.stat()
    except OSError as error:
        raise unreadable(path, error) from error


def _refuse_unasked(plan: Plan, result: Result) -> None:
    """Raise HiddenRowsError when there are hidden rows of which nobody said what becomes of them."""
    if result.hidden and plan.rules.hidden is None:
        raise HiddenRowsError(
            hidden_rows_sentence(result.hidden, result.rows, filtered=result.findings.filtered)
        )


def _refuse_other(plan: Plan, expected: Result, result: Result) -> None:
    """Raise ListChangedError when a result is not the one that was shown."""
    if expected.input_sha256 != result.input_sha256:
        raise ListChangedError(f"{plan.list.path.name} was changed since it was checked. It is read again.")
    if (expected.kept, expected.fingerprint) != (result.kept, result.fingerprint):
        raise ListChangedError("People opted out since this list was checked. It is checked again.")


def _give_back_large_blocks() -> None:
    """Make glibc hand back the tables that growing dictionaries leave behind: 20 MB for a million rows."""
    if sys.platform == "linux":
        import ctypes  # slow to load: only for a large list

        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Keep Python from looking for reference cycles: a million small rows make it look all the time, in vain."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _disk_errors(target: Path) -> Iterator[None]:
    """Turn what the system says about a full or failing disk into a sentence."""
    try:
        yield
    except OSError as error:
        raise cannot_write(target, error) from error
