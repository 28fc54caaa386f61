"""Looking into a backup and putting it back as one act, so that nobody vanishes from the suppression list unsaid."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from optoutdesk.domain import ledger
from optoutdesk.domain.errors import (
    DamagedStoreError,
    ListChangedError,
    NewerStoreError,
    StoreError,
    UserError,
)
from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.store import schema
from optoutdesk.store.backup import (
    NO_ROOM,
    STAMP,
    TEMPORARY,
    Backup,
    backup_folder,
    bring_to_disk,
    connect,
    let_go_of_old,
    list_backups,
    make_folder,
    vacuum_into,
    write_copy,
)
from optoutdesk.store.connection import BUSY_SECONDS, translated
from optoutdesk.store.store import Store

NAMED = 5
"""Of the requests that would be lost so many are named."""

_NO_BACKUP = "{file} is no backup of Opt-Out Desk. The backups are listed by: optoutdesk backups"
_BROKEN = "The backup {file} is damaged; nothing was changed. Choose another one."


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What is in a backup, and what would be gone if it were put back. It was checked as `verify` does."""

    backup: Backup
    requests: int
    """Opt-out requests in it."""
    newest: datetime | None
    """When the last act in it was recorded; None: nothing was recorded yet."""
    lost: int
    """Opt-out requests that bar mail now and would not any more."""
    lost_first: tuple[OptOutRequest, ...]
    """The first few of them."""
    lost_opt_ins: int
    """Opt-ins that are on record now and not in the backup: those people would be suppressed again."""
    diverged: bool
    """The backup holds acts that the present list does not: another backup was put back in between."""


class WouldLoseError(ListChangedError):
    """Putting a backup back would lose other requests than was agreed to."""

    def __init__(self, sentence: str, contents: BackupContents) -> None:
        super().__init__(sentence)
        self.contents = contents


def look_into(store: Store, path: Path) -> BackupContents:
    """Check a backup as `verify` does, and say what is in it and what would be lost by putting it back.

    Seconds for a million requests. The file itself is only read. UserError when it cannot be put back.
    """
    with _candidate(store, path) as candidate, translated(store.file):
        connection = store.connection
        connection.execute("BEGIN")  # one snapshot of the present list
        try:
            return candidate.contents()
        finally:
            connection.execute("ROLLBACK")


def put_back(
    store: Store, path: Path, *, by: str, now: datetime, expected_lost: int | None
) -> tuple[Backup, BackupContents]:
    """Put a backup back, after a copy of the present list, and return that copy and what was put back.

    Nobody can write in between: both are in the transaction of one act, whose entry follows the restored ledger.
    Other windows and commands see it from their next look on. WouldLoseError when other than `expected_lost`
    requests would be lost (None: any number may be); UserError when the file is no good backup.
    """
    present: Backup | None = None
    with _candidate(store, path) as candidate, translated(store.file):
        connection = store.connection
        connection.execute("PRAGMA foreign_keys=OFF")  # whole tables are replaced; they were checked together
        try:
            with store.act("restore backup", by=by, now=now):
                contents = candidate.contents()
                _refuse_other_losses(contents, expected_lost)
                present = write_copy(store.file, now)
                candidate.put_back()
        except Exception:  # not a Ctrl-C, which may come after the commit: a copy too many does no harm
            if present is not None:
                present.path.unlink(missing_ok=True)
            raise
        finally:
            connection.execute("PRAGMA foreign_keys=ON")
        with suppress(sqlite3.Error):  # else the log stays as large as the list until all windows are closed
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    let_go_of_old(store.file, {present.path, path})
    return present, contents


def _refuse_other_losses(contents: BackupContents, expected: int | None) -> None:
    if expected is not None and contents.lost != expected:
        opt_outs = "1 opt-out" if contents.lost == 1 else f"{contents.lost:,} opt-outs"
        raise WouldLoseError(
            f"{opt_outs} recorded since would be lost by putting back {contents.backup.path.name}; nothing was changed.",
            contents,
        )


def replace_damaged(file: Path, path: Path, *, by: str, now: datetime) -> Path:
    """Put a backup back in place of a list that is damaged; return where that was set aside as it is.

    What was recorded since the backup cannot be told. UserError when the file is no good backup.
    """
    with _checked_copy(file, path) as copy:
        with copy.act("restore backup", by=by, now=now):
            pass
        aside = _set_aside(file, now)
        try:
            with translated(file), closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as target:
                copy.connection.backup(target)  # page by page: what the pages hold does not matter
        except DamagedStoreError:  # not even the beginning of a database: nobody can have it open
            whole = copy.file.with_name("whole")
            whole.touch(0o600)
            vacuum_into(copy.file, whole)
            bring_to_disk(whole)
            for beside in ("-wal", "-shm"):
                file.with_name(file.name + beside).unlink(missing_ok=True)
            whole.replace(file)
        bring_to_disk(file.parent)
        return aside


def _set_aside(file: Path, now: datetime) -> Path:
    """Copy a damaged file and its log byte for byte; nothing removes them."""
    name = f"{file.stem}-damaged-{now.astimezone(UTC).strftime(STAMP)}"
    number = 1
    while (aside := backup_folder(file) / f"{name}-{number}{file.suffix}").exists():
        number += 1
    for beside in ("-wal", ""):
        source = file.with_name(file.name + beside)
        if source.exists():
            target = aside.with_name(aside.name + beside)
            target.touch(0o600)
            shutil.copyfile(source, target)
            bring_to_disk(target)
    return aside


@contextmanager
def _checked_copy(file: Path, path: Path) -> Iterator[Store]:
    """Open a copy of a backup that was brought up to the present schema and checked: every page, the whole ledger."""
    if not path.is_file():
        raise UserError(f"There is no file {path}. The backups are listed by: optoutdesk backups")
    if path.samefile(file):
        raise UserError(f"{path} is the suppression list that is in use. Choose one of its backups.")
    folder = backup_folder(file)
    try:
        make_folder(folder)
        with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder) as place:
            working = Path(place) / file.name
            _copy_whole(path, working)
            with closing(_open_checked(path, working)) as copy:
                yield copy
    except OSError as error:
        raise StoreError(NO_ROOM.format(folder=folder), details=str(error)) from error


@contextmanager
def _candidate(store: Store, path: Path) -> Iterator["_Candidate"]:
    """Attach a checked copy of a backup to the store's connection for the time of the block."""
    with _checked_copy(store.file, path) as copy, translated(store.file):
        store.connection.execute("ATTACH CAST(? AS TEXT) AS backup", (os.fsencode(copy.file),))
        try:
            candidate = _Candidate(store, copy, _described(store.file, path))
            if not candidate.fits():
                raise UserError(_BROKEN.format(file=path), details="other columns")
            yield candidate
        finally:
            store.connection.execute("DETACH backup")


def _copy_whole(path: Path, working: Path) -> None:
    """Copy the pages of a database without leaving a trace beside it, also from a medium that is read-only."""
    log = path.with_name(f"{path.name}-wal")
    quiet = not log.exists() or not log.stat().st_size
    try:
        with closing(connect(path, "immutable=1" if quiet else "mode=ro")) as source:
            application, version = (
                source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            if application != schema.APPLICATION_ID:
                raise UserError(_NO_BACKUP.format(file=path))
            if version > schema.SCHEMA_VERSION:
                raise NewerStoreError(
                    f"The backup {path} was made by a later version of Opt-Out Desk. Install the newest version first."
                )
            with closing(sqlite3.connect(working)) as target:
                working.chmod(0o600)
                source.backup(target)
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise OSError(str(error)) from error
        raise UserError(
            f"{path} cannot be read. Check that the file is yours, or copy it to a folder of your own.",
            details=str(error),
        ) from error
    except sqlite3.DatabaseError as error:
        sentence = _NO_BACKUP if "not a database" in str(error) else _BROKEN
        raise UserError(sentence.format(file=path), details=str(error)) from error


def _open_checked(path: Path, working: Path) -> Store:
    """Open the copy of a backup, brought up to the present schema, and check every page and the whole ledger."""
    try:
        copy = Store(working)
    except (DamagedStoreError, LookupError) as error:
        raise UserError(_BROKEN.format(file=path), details=str(error)) from error
    wrong = _what_is_wrong(copy)
    if wrong is not None:
        copy.close()
        raise UserError(_BROKEN.format(file=path), details=wrong)
    return copy


def _what_is_wrong(copy: Store) -> str | None:
    # Of the error only its words are kept: it holds on to readings that must end before the copy is closed.
    try:
        return copy.verify().wrong
    except DamagedStoreError as error:
        return error.details


def _described(file: Path, path: Path) -> Backup:
    for backup in list_backups(file):
        if backup.path.samefile(path):
            return replace(backup, path=path)
    about = path.stat()
    return Backup(path, datetime.fromtimestamp(about.st_mtime, UTC).replace(microsecond=0), about.st_size)


_OTHER_OPT_INS = (
    "FROM {0}.opt_in o WHERE NOT EXISTS (SELECT 1 FROM {1}.opt_in p WHERE p.kind = o.kind AND p.key = o.key"
    " AND p.scope = o.scope AND p.at = o.at)"
)
"""The opt-ins that one has and the other has not."""
_STANDING = "NOT EXISTS (SELECT 1 FROM {0}.withdrawn w WHERE w.request_id = {1}.id)"
_TABLES: tuple[str, ...] = tuple(model._meta.table_name for model in schema.TABLES)  # noqa: SLF001 - peewee's documented name
_NONE = 1 << 62
"""An id past all others."""


class _Candidate:
    """A checked copy of a backup, attached to the store's connection as `backup`."""

    def __init__(self, store: Store, copy: Store, backup: Backup) -> None:
        self._store = store
        self._copy = copy
        self._backup = backup
        self._execute = store.connection.execute

    def contents(self) -> BackupContents:
        """Compare it with the present list, inside the caller's transaction."""
        common = self._common_entry()
        last = self._copy.last_entry()
        self._find_lost(self._first_id_since(common, "request"))
        first = self._execute(f"SELECT id FROM temp.lost ORDER BY id LIMIT {NAMED}").fetchall()
        contents = BackupContents(
            self._backup,
            requests=self._copy.count_requests(),
            newest=datetime.fromisoformat(last.at) if last else None,
            lost=self._execute("SELECT count(*) FROM temp.lost").fetchone()[0],
            lost_first=tuple(r for (i,) in first if (r := self._store.request(i)) is not None),
            lost_opt_ins=self._execute(
                f"SELECT count(*) {_OTHER_OPT_INS.format('main', 'backup')} AND o.id >= ?",
                (self._first_id_since(common, "opt_in"),),
            ).fetchone()[0],
            diverged=last is not None and last.seq > common,
        )
        self._execute("DROP TABLE temp.lost")
        return contents

    def fits(self) -> bool:
        """Whether its tables have the columns of the present ones."""
        return all(self._columns("main", table) == self._columns("backup", table) for table in _TABLES)

    def put_back(self) -> None:
        """Replace all rows of the present list by those of the backup, inside the caller's transaction."""
        guards = self._execute("SELECT name FROM main.sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in guards:
            self._execute(f'DROP TRIGGER main."{name}"')
        for table in _TABLES:
            # Without guards, conditions and named columns SQLite empties a table and copies it page by page.
            self._execute(f'DELETE FROM main."{table}"')
            self._execute(f'INSERT INTO main."{table}" SELECT * FROM backup."{table}"')
        for table in schema.APPEND_ONLY:
            for act in ("UPDATE", "DELETE"):
                self._execute(schema.trigger_sql(table, act))

    def _columns(self, where: str, table: str) -> list[str]:
        return [name for _, name, *_ in self._execute(f'PRAGMA {where}.table_info("{table}")')]

    def _common_entry(self) -> int:
        """Return the last ledger entry that both have; each follows from all before it."""
        rows = self._execute(
            "SELECT coalesce(max(m.seq), 0) FROM main.ledger m JOIN backup.ledger b"
            " ON b.seq = m.seq AND b.hash = m.hash"
        )
        return int(rows.fetchone()[0])

    def _first_id_since(self, entry: int, table: str) -> int:
        """Return the first id in a table of the present list that was stored after a ledger entry."""
        rows = self._execute("SELECT spans FROM main.ledger WHERE seq > ? ORDER BY seq", (entry,))
        spans = (span for (text,) in rows for span in ledger.decode_spans(text) if span.table == table)
        return min((span.first for span in spans if span.count), default=_NONE)

    # The plus signs keep SQLite from indexes that say little: a million requests may have come at one moment.
    def _find_lost(self, since: int) -> None:
        """Put into temp.lost which requests of the present list bar mail and would not any more."""
        self._execute("CREATE TEMP TABLE lost (id INTEGER PRIMARY KEY)")
        self._execute(
            "INSERT INTO temp.lost SELECT r.id FROM main.request r"
            f" WHERE r.id >= ? AND {_STANDING.format('main', 'r')}"
            " AND NOT EXISTS (SELECT 1 FROM backup.request b WHERE b.kind = r.kind AND b.key = r.key"
            f" AND +b.scope = r.scope AND +b.received_at = r.received_at AND {_STANDING.format('backup', 'b')})",
            (since,),
        )
        # What both have, but an undo or an opt-in in the backup's own history ends.
        self._execute(
            "INSERT OR IGNORE INTO temp.lost SELECT b.request_id FROM backup.withdrawn b WHERE b.request_id < ?"
            " AND EXISTS (SELECT 1 FROM main.request r WHERE r.id = b.request_id)"
            " AND NOT EXISTS (SELECT 1 FROM main.withdrawn m WHERE m.request_id = b.request_id)",
            (since,),
        )
        again = self._execute(f"SELECT DISTINCT kind, key {_OTHER_OPT_INS.format('backup', 'main')}")
        for kind, key in again.fetchall():
            subject = (Kind(kind), key)
            left = {(r.scope, r.received) for r in self._copy.barring(subject, None)}
            gone = [r for r in self._store.barring(subject, None) if (r.scope, r.received) not in left]
            self._execute_many("INSERT OR IGNORE INTO temp.lost VALUES (?)", [(r.id,) for r in gone])

    def _execute_many(self, sql: str, rows: Sequence[tuple[int]]) -> None:
        self._store.connection.executemany(sql, rows)
