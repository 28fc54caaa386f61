"""Cleaning a list again in one step: the same original, with the same settings, under the same names where that is safe."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from optoutdesk.domain.cleaning import CleanRecord, HiddenRows, Rules
from optoutdesk.domain.errors import UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_list import CleanList, ListFile, Outputs, Plan
from optoutdesk.services.known_files import FileState, KnownFiles

Progress = Callable[[int, int], None]


class LookFirstError(UserError):
    """Something about the list has to be looked at before it is cleaned; `path` is the file."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class CleanedAgain:
    """What cleaning a list again came to."""

    record: CleanRecord
    more_removed: int
    """Rows removed that were kept the last time; negative: rows kept that were removed then."""
    from_original: bool
    """False: the original is gone, and the clean list itself was cleaned."""


def clean_again(
    service: CleanList,
    files: KnownFiles,
    before: CleanRecord,
    *,
    by: str,
    now: datetime,
    progress: Progress | None = None,
) -> tuple[CleanedAgain, Changes]:
    """Clean again what was cleaned before; LookFirstError when that file was altered or is not understood as it was then.

    Files that hold something else than what was written are never replaced: the results get free names then.
    """
    path, from_original = _source(files, before, progress)
    plan = _same_plan(service, path, before)
    outputs, overwrite = _outputs(files, before, plan, progress)
    record, result, changes = service.clean(
        plan, outputs, by=by, now=now, progress=progress, overwrite=overwrite
    )
    more = before.kept - record.kept if from_original else result.removed_count
    return CleanedAgain(record, more, from_original), changes


def _source(files: KnownFiles, before: CleanRecord, progress: Progress | None) -> tuple[Path, bool]:
    """Return what to clean, and whether it is the original."""
    original = files.state(before.input_path, before.input_size, before.input_sha256, progress=progress)
    if original is FileState.SAME:
        return before.input_path, True
    if original is FileState.ALTERED:
        raise LookFirstError(
            before.input_path,
            f"{before.input_path.name} was changed since it was cleaned. Look at its columns and clean it.",
        )
    clean = files.state(before.output_path, before.output_size, before.output_sha256, progress=progress)
    if clean is FileState.SAME:
        return before.output_path, False
    if clean is FileState.ALTERED:
        raise LookFirstError(
            before.output_path,
            f"{before.output_path.name} was changed since it was written. Look at its columns and clean it.",
        )
    raise UserError(
        f"Neither {before.input_path.name} nor {before.output_path.name} is where it was. "
        "Drop the list here to clean it."
    )


def _same_plan(service: CleanList, path: Path, before: CleanRecord) -> Plan:
    """Return the plan that was carried out before: columns, sheet, rules, mailing."""
    sheet = before.sheet if path.suffix.lower() not in (".csv", ".tsv", ".txt") else None
    ways: tuple[tuple[tuple[str, ...], bool | None], ...] = (
        ((), None),  # as it is guessed, which is what nearly everybody leaves it at
        (before.columns, None),
        (before.columns, True),
        (before.columns, False),
    )
    for columns, header in ways:
        try:
            found = service.open(path, sheet=sheet, columns=columns, header=header)
        except UserError:
            continue
        if _columns(found) == before.columns:
            return Plan(found, before.scope, _rules(before))
    raise LookFirstError(
        path, f"{path.name} is not understood as it was then. Look at its columns and clean it."
    )


def _columns(found: ListFile) -> tuple[str, ...]:
    layout = found.layout
    return tuple(layout.columns[i].name or layout.columns[i].letter for i in layout.address_columns)


def _rules(before: CleanRecord) -> Rules:
    said = before.rules
    hidden = said.get("hidden")
    return Rules(
        keep_duplicates=bool(said.get("keep_duplicates")),
        drop_address_only=bool(said.get("drop_address_only")),
        hidden=HiddenRows(str(hidden)) if hidden else None,
    )


def _outputs(
    files: KnownFiles, before: CleanRecord, plan: Plan, progress: Progress | None
) -> tuple[Outputs, bool]:
    """Return where the results go, and whether they replace the ones of before: only what is ours and unaltered."""
    wanted = Outputs(before.output_path, before.removed_path)
    if not wanted.clean.parent.is_dir() or not wanted.removed.parent.is_dir():
        folder = plan.list.path.parent
        wanted = Outputs(folder / wanted.clean.name, folder / wanted.removed.name)
    known = (
        (before.output_path, before.output_size, before.output_sha256),
        (before.removed_path, before.removed_size, before.removed_sha256),
    )
    ours = all(
        not path.exists() or files.state(path, size, sha256, progress=progress) is FileState.SAME
        for path, size, sha256 in known
    )
    same_places = (wanted.clean, wanted.removed) == (before.output_path, before.removed_path)
    if ours and same_places and plan.list.path != before.output_path:
        return wanted, True
    return _free(wanted), False


def _free(wanted: Outputs) -> Outputs:
    """Return the first names with one number that are both free."""
    number = 1
    while True:
        tail = f"-{number}" if number > 1 else ""
        clean, removed = (
            path.with_name(f"{path.stem}{tail}{path.suffix}") for path in (wanted.clean, wanted.removed)
        )
        if not clean.exists() and not removed.exists():
            return Outputs(clean, removed)
        number += 1
