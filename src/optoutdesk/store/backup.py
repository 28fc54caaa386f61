"""Backups: whole copies of the database, made while it is in use; the newest ten are kept."""

import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from optoutdesk.domain.errors import StoreError
from optoutdesk.store.connection import BUSY_SECONDS, translated

KEPT = 10
"""The newest so many backups are kept."""
STAMP = "%Y%m%dT%H%M%SZ"
"""How a moment stands in a file's name."""
TEMPORARY = ".optoutdesk-"
"""What names begin with that are not to stay."""
NO_ROOM = "No backup can be written to {folder}; nothing was done. Free some space there and try again."

_STALE_SECONDS = 86_400


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
    """Return a database's backups, the newest first; other files in that folder are not looked at."""
    ours = re.compile(rf"{re.escape(file.stem)}-(\d{{8}}T\d{{6}}Z)(?:-(\d+))?{re.escape(file.suffix)}")
    found: list[tuple[datetime, int, Backup]] = []
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in backup_folder(file).iterdir():
            match = ours.fullmatch(path.name)
            with suppress(ValueError, OSError):  # no such day: hers; or gone at this moment
                if match and path.is_file():
                    at = datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
                    found.append((at, int(match[2] or 1), Backup(path, at, path.stat().st_size)))
    return [backup for _, _, backup in sorted(found, key=lambda item: item[:2], reverse=True)]


def make_backup(file: Path, now: datetime) -> Backup:
    """Copy a database as it stands, while others read and write it, and let go of the oldest copies.

    Never of the new one, whatever the clock says. StoreError when it cannot be written: nothing is left then.
    """
    made = write_copy(file, now)
    let_go_of_old(file, {made.path})
    return made


def write_copy(file: Path, now: datetime) -> Backup:
    """Copy a database as make_backup does, and let go of none."""
    folder = backup_folder(file)
    try:
        make_folder(folder)
        handle, name = tempfile.mkstemp(".part", TEMPORARY, folder)  # readable by its owner only
        temporary = Path(name)
        try:
            os.close(handle)
            vacuum_into(file, temporary)
            bring_to_disk(temporary)
            path = _give_name(temporary, file, now)
        finally:
            temporary.unlink(missing_ok=True)
        bring_to_disk(folder)
        return Backup(path, now.astimezone(UTC).replace(microsecond=0), path.stat().st_size)
    except OSError as error:
        raise StoreError(NO_ROOM.format(folder=folder), details=str(error)) from error


def make_folder(folder: Path) -> None:
    """Make the folder of backups, readable by its owner only, and sweep what was left in it long ago."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    for left in folder.glob(f"{TEMPORARY}*"):  # by a kill
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def vacuum_into(file: Path, target: Path) -> None:
    """Write all that is committed to an empty file; OSError when there is no room. A connection of its own sees just that and waits for nobody."""
    with translated(file), closing(connect(file, "mode=rw")) as connection:
        try:
            # Bytes: the name may be none in UTF-8.
            connection.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(target),))
        except sqlite3.OperationalError as error:
            if any(word in str(error).lower() for word in ("full", "i/o", "unable to open", "readonly")):
                raise OSError(str(error)) from error
            raise


def connect(file: Path, how: str) -> sqlite3.Connection:
    """Open a database file by itself; `how` are parameters of its URI."""
    uri = f"{file.absolute().as_uri()}?{how}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def bring_to_disk(path: Path) -> None:
    """Have a file, or a folder with its names, survive a power cut."""
    if path.is_dir():
        with suppress(OSError):  # not every system lets a folder be opened
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _give_name(temporary: Path, file: Path, now: datetime) -> Path:
    """Rename a copy to a free name of its second, never replacing another one."""
    name = f"{file.stem}-{now.astimezone(UTC).strftime(STAMP)}"
    number = 1
    while True:
        target = temporary.with_name(f"{name}{f'-{number}' if number > 1 else ''}{file.suffix}")
        number += 1
        if target.exists():
            continue
        try:
            os.link(temporary, target)
        except FileExistsError:
            continue
        except OSError:  # no hard links there: the look and the rename lie a moment apart
            temporary.rename(target)
        return target


def let_go_of_old(file: Path, keep: Collection[Path]) -> None:
    """Remove all but the newest backups and those in `keep`."""
    kept = {os.path.realpath(path) for path in keep}
    for old in list_backups(file)[KEPT:]:
        if os.path.realpath(old.path) not in kept:
            with suppress(OSError):  # it goes the next time
                old.path.unlink()
