"""Copies of the database: made in one go while it is in use, listed, and put back."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from optoutdesk.domain.errors import StoreError, UserError
from optoutdesk.store import schema
from optoutdesk.store.connection import translated

KEPT = 10
"""The newest so many backups are kept."""
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy."""

    path: Path
    at: datetime
    """When it was made, UTC."""
    size: int
    """Bytes."""


def backup_folder(file: Path) -> Path:
    """Return the folder beside a database in which its backups are."""
    return file.parent / "backups"


def list_backups(file: Path) -> list[Backup]:
    """Return a database's backups, the newest first."""
    found = []
    for path in backup_folder(file).glob(f"{file.stem}-*{file.suffix}"):
        try:
            at = datetime.strptime(path.stem.removeprefix(f"{file.stem}-")[:16], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # hers, not ours
        found.append(Backup(path, at, path.stat().st_size))
    return sorted(found, key=lambda backup: (backup.at, backup.path.name), reverse=True)


def make_backup(
    connection: sqlite3.Connection, file: Path, now: datetime, wanted: Path | None = None
) -> Backup:
    """Copy the database as it stands (VACUUM INTO) and let go of the oldest copies, never of the one that is wanted.

    StoreError when the disk is full.
    """
    folder = backup_folder(file)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        stamp = now.astimezone(UTC).strftime(_STAMP)
        target = folder / f"{file.stem}-{stamp}{file.suffix}"
        number = 2
        while target.exists():
            target = folder / f"{file.stem}-{stamp}-{number}{file.suffix}"
            number += 1
        temporary = target.with_suffix(".part")
        temporary.unlink(missing_ok=True)
        try:
            with translated(file):
                connection.execute("VACUUM INTO ?", (str(temporary),))
            temporary.chmod(0o600)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"No backup can be written to {folder}; nothing was done. Free some space there and try again.",
            details=str(error),
        ) from error
    for old in list_backups(file)[KEPT:]:
        if wanted is not None and old.path.resolve() == wanted.resolve():
            continue
        old.path.unlink(missing_ok=True)
    return Backup(target, now, target.stat().st_size)


def put_back(connection: sqlite3.Connection, file: Path, backup: Path) -> None:
    """Replace the content of an open database by that of a backup, in one transaction; UserError when it is none.

    Other windows and commands see it from their next look on; StoreBusyError when one of them is writing.
    """
    if not backup.is_file():
        raise UserError(f"There is no file {backup}. The backups are listed by: optoutdesk backups")
    if backup.samefile(file):
        raise UserError(f"{backup} is the suppression list that is in use. Choose one of its backups.")
    source = sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)
    try:
        _check(source, backup)
        with translated(file):
            source.backup(connection)
    finally:
        source.close()


def _check(source: sqlite3.Connection, backup: Path) -> None:
    """Raise UserError when an open database is no backup that can be put back."""
    try:
        application = source.execute("PRAGMA application_id").fetchone()[0]
        version = source.execute("PRAGMA user_version").fetchone()[0]
        damage = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        application, version, damage = None, 0, str(error)
    if application != schema.APPLICATION_ID:
        raise UserError(f"{backup} is no backup of Opt-Out Desk. Choose one that `optoutdesk backups` lists.")
    if version // schema.VERSION_STEP > schema.SCHEMA_MAJOR:
        raise UserError(f"{backup} was made by a later version of Opt-Out Desk. Install that version first.")
    if damage != "ok":
        raise UserError(f"{backup} is damaged. Choose an older backup.", details=str(damage))
