"""Opens the database file safely, and turns what SQLite says into sentences. All that is peculiar to SQLite is here."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from peewee import DatabaseError, OperationalError, PeeweeException, SqliteDatabase

from optoutdesk.domain.errors import DamagedStoreError, NewerStoreError, StoreBusyError, StoreError
from optoutdesk.store import migrations, schema

BUSY_SECONDS = 5.0
SMALL_FILE = 16 << 20
"""Up to this many bytes the whole file is checked at each opening; larger ones by `verify`."""

# synchronous full: with "normal" a power cut can take back an opt-out that was reported as recorded.
_PRAGMAS = {"foreign_keys": 1, "synchronous": "full"}
_DAMAGED = (
    "The suppression list in {file} is damaged. Do not record anything in it: "
    "put back a copy of that file from your backup."
)


def open_database(
    file: Path, *, busy_seconds: float = BUSY_SECONDS, one_connection: bool = False
) -> SqliteDatabase:
    """Open or create the database and check it. Raises StoreError with a sentence when that cannot be.

    Each thread has a connection of its own; with `one_connection` one serves whichever thread has its turn.
    """
    with translated(file):
        _make_private(file)
        database = SqliteDatabase(
            str(file),
            pragmas=_PRAGMAS,
            timeout=busy_seconds,
            thread_safe=not one_connection,
            check_same_thread=not one_connection,
        )
        database.connect()
        try:
            _prepare(database, file)
        except BaseException:
            database.close()
            raise
        return database


def connection_of(database: SqliteDatabase) -> sqlite3.Connection:
    """Return this thread's connection, opened if need be."""
    database.connect(reuse_if_open=True)
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
    return connection


def _make_private(file: Path) -> None:
    """Make the folder and the file readable by their owner only, before the first byte is in it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
        if not os.access(file, os.W_OK):
            raise PermissionError(file)
    except OSError as error:
        raise StoreError(
            f"The suppression list in {file.parent} cannot be opened for writing. "
            "Check that the folder exists, that it is yours and that the disk is not full.",
            details=str(error),
        ) from error


def _prepare(database: SqliteDatabase, file: Path) -> None:
    connection = connection_of(database)
    connection.execute("BEGIN")  # one snapshot: another program may make the file at this moment
    version = _pragma(connection, "user_version")
    application = _pragma(connection, "application_id")
    tables = connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    connection.execute("ROLLBACK")
    new = version == 0 and application == 0 and not tables
    if not new and application != schema.APPLICATION_ID:
        raise StoreError(
            f"{file} is not a suppression list of Opt-Out Desk. Choose another folder with --data."
        )
    if version // schema.VERSION_STEP > schema.SCHEMA_MAJOR:
        raise NewerStoreError(
            f"The suppression list in {file.parent} was written by a later version of Opt-Out Desk "
            f"(its format is {_dotted(version)}, this program knows {_dotted(schema.SCHEMA_VERSION)}). "
            "Install the newest version and open it again.",
        )
    connection.execute("PRAGMA journal_mode=wal")  # only now: another program's file stays as it is
    if new:
        _create(database)
        return
    if file.stat().st_size <= SMALL_FILE:
        check_whole(connection, file)
    if version < schema.SCHEMA_VERSION:
        migrations.migrate(connection, file, schema.SCHEMA_VERSION)


def check_whole(connection: sqlite3.Connection, file: Path, *, indexes: bool = False) -> None:
    """Check every page; DamagedStoreError when one does not hold.

    With `indexes` also that each index has all rows: whom one has lost would be missing from the suppression list.
    """
    check = "integrity_check" if indexes else "quick_check"
    result = connection.execute(f"PRAGMA {check}(1)").fetchone()[0]
    if result != "ok":
        raise DamagedStoreError(_DAMAGED.format(file=file), details=str(result))


def _create(database: SqliteDatabase) -> None:
    with database.atomic("EXCLUSIVE"):
        # Two programs may start at once: the second finds the tables of the first.
        if _pragma(connection_of(database), "user_version"):
            return
        schema.create(database)
        connection_of(database).execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
        connection_of(database).execute(f"PRAGMA user_version={schema.SCHEMA_VERSION}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _dotted(version: int) -> str:
    return f"{version // schema.VERSION_STEP}.{version % schema.VERSION_STEP}"


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Raise what SQLite says as a StoreError with a sentence; other errors pass."""
    try:
        yield
    except (PeeweeException, sqlite3.Error) as error:
        raise _sentence(error, file) from error


def _sentence(error: BaseException, file: Path) -> StoreError:
    # On a full disk SQLite rolls back by itself, so that peewee's own attempt fails on top of what was wrong.
    while "no transaction is active" in str(error) and error.__context__ is not None:
        error = error.__context__
    text = str(error).lower()
    details = f"{type(error).__name__}: {error}"
    if "locked" in text or "busy" in text:
        return StoreBusyError(
            "Another window or command is writing to the suppression list just now. Wait a moment and try again.",
            details=details,
        )
    if "full" in text or "i/o" in text:
        return StoreError(
            f"The disk that holds {file.parent} is full or failing; nothing was recorded. Free some space and try again.",
            details=details,
        )
    if "readonly" in text or "unable to open" in text:
        return StoreError(
            f"The suppression list in {file.parent} cannot be written. Check that the folder is yours and not read-only.",
            details=details,
        )
    damaged = isinstance(error, DatabaseError | sqlite3.DatabaseError) and (
        "malformed" in text or "not a database" in text or "no such table" in text or "no such column" in text
    )
    if damaged or isinstance(error, OperationalError | sqlite3.OperationalError):
        return DamagedStoreError(_DAMAGED.format(file=file), details=details)
    return StoreError(
        "The suppression list could not be read or written; nothing was recorded.", details=details
    )
