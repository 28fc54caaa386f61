"""Backups are made whole while the store is in use; putting one back is all or nothing, and nobody vanishes unsaid."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from store_helpers import DAY, JANE, NOW, add, fill, opt_in, raw, request

from optoutdesk.domain.errors import (
    DamagedStoreError,
    NewerStoreError,
    StoreBusyError,
    StoreError,
    UserError,
)
from optoutdesk.domain.importing import Batch
from optoutdesk.domain.requests import Kind
from optoutdesk.store import Store, backup, schema
from optoutdesk.store import restore as restoring
from optoutdesk.store.backup import list_backups, make_backup
from optoutdesk.store.restore import WouldLoseError, look_into, put_back
from optoutdesk.store.rows import batch_values

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "data" / "optoutdesk.sqlite", busy_seconds=0.05)
    yield opened
    opened.close()


def keys(store: Store) -> list[str]:
    return [key for (key,) in store.connection.execute("SELECT key FROM request ORDER BY id")]


def barred(store: Store) -> set[str]:
    listed, _ = store.suppression_list(None)
    return {*listed.addresses, *listed.domains}


def restore(store: Store, path: Path, lost: int | None = None) -> Path:
    return put_back(store, path, by="Ben", now=NOW, expected_lost=lost)[0].path


def everything(store: Store) -> dict[str, list[object]]:
    return {
        table: store.connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
        for (table,) in store.connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        ).fetchall()
    }


def import_batch(store: Store, *addresses: str) -> Batch:
    """Store requests as an import does."""
    file = Path("/in/list.csv")
    about = Batch(
        NOW, "Ana", file, 9, "ab" * 32, "generic", {}, 9, 1, 0, 0, 0, 0, len(addresses), len(keys(store)) + 1
    )
    with store.act("import", by="Ana", now=NOW) as act:
        batch = replace(about, id=act._insert("batch", [batch_values(about)]))
        act.add_requests([replace(request(address), batch=batch.id) for address in addresses])
    return batch


def undo(store: Store, batch: Batch) -> None:
    with store.act("undo import", by="Ana", now=NOW) as act:
        act.undo_import(batch, NOW, "Ana")


# -- making


def test_a_backup_is_named_after_its_second_and_has_all_that_was_recorded(store: Store) -> None:
    fill(store)
    made = make_backup(store.file, NOW)
    assert made.path == store.file.parent / "backups" / "optoutdesk-20261124T160000Z.sqlite"
    assert (made.at, made.size) == (NOW, made.path.stat().st_size)
    copy = Store(made.path)
    assert everything(copy) == everything(store)
    copy.close()


def test_a_backup_has_what_stands_only_in_the_log_yet(store: Store) -> None:
    """Copied as a file the database would be without its newest acts."""
    store.connection.execute("PRAGMA wal_autocheckpoint=0")
    add(store, request())
    assert store.file.with_name("optoutdesk.sqlite-wal").stat().st_size > 0
    with raw(make_backup(store.file, NOW).path) as copy:
        assert copy.execute("SELECT key FROM request").fetchall() == [(JANE[1],)]


def test_a_backup_is_made_while_another_window_writes_and_has_what_was_committed(store: Store) -> None:
    add(store, request())
    with raw(store.file) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO open_request VALUES (99, '2026-01-01')")
        made = make_backup(store.file, NOW)
        other.execute("ROLLBACK")
    with raw(made.path) as copy:
        assert copy.execute("SELECT count(*) FROM open_request").fetchall() == [(1,)]


def test_a_backup_and_its_folder_are_readable_by_their_owner_only(store: Store) -> None:
    folder = store.file.parent / "backups"
    folder.mkdir(mode=0o755)
    path = make_backup(store.file, NOW).path
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_backup_is_readable_by_its_owner_only_from_its_first_byte(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    real = backup.vacuum_into

    def watched(file: Path, target: Path) -> None:
        modes.append(target.stat().st_mode & 0o777)
        real(file, target)

    monkeypatch.setattr(backup, "vacuum_into", watched)
    make_backup(store.file, NOW)
    assert modes == [0o600]


def test_two_in_one_second_are_two_and_the_later_one_is_listed_first(store: Store) -> None:
    made = [make_backup(store.file, NOW).path for _ in range(10)]
    assert [found.path for found in list_backups(store.file)] == made[::-1]
    assert made[9].name == "optoutdesk-20261124T160000Z-10.sqlite"


def test_the_newest_ten_are_kept(store: Store) -> None:
    for hour in range(12):
        make_backup(store.file, NOW + hour * HOUR)
    assert [found.at for found in list_backups(store.file)] == [
        NOW + hour * HOUR for hour in range(11, 1, -1)
    ]


def test_the_one_just_made_stays_when_the_clock_was_put_back(store: Store) -> None:
    for hour in range(10):
        make_backup(store.file, NOW + hour * HOUR)
    made = make_backup(store.file, NOW - DAY)
    assert made.path.exists()


@pytest.mark.parametrize(
    "name",
    [
        "optoutdesk-before-christmas.sqlite",
        "optoutdesk-20261324T160000Z.sqlite",
        "optoutdesk-20261124T160000Z.sqlite.bak",
        "optoutdesk-20261124T160000Z copy.sqlite",
        "other-20261124T160000Z.sqlite",
    ],
)
def test_a_file_of_hers_in_the_folder_is_neither_listed_nor_removed(store: Store, name: str) -> None:
    hers = make_backup(store.file, NOW).path.with_name(name)
    hers.write_bytes(b"hers")
    for hour in range(1, 13):
        make_backup(store.file, NOW + hour * HOUR)
    assert hers.read_bytes() == b"hers"
    assert hers not in {found.path for found in list_backups(store.file)}


def test_before_the_first_backup_there_is_none(store: Store) -> None:
    assert list_backups(store.file) == []


def test_on_a_full_disk_one_sentence_is_said_and_nothing_is_left(store: Store) -> None:
    fill(store)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(
            StoreError, match=r"^No backup can be written to .*; nothing was done\. Free some space"
        ):
            make_backup(store.file, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((store.file.parent / "backups").iterdir()) == []
    assert store.verify().holds


def test_where_no_folder_can_be_made_one_sentence_is_said(store: Store) -> None:
    (store.file.parent / "backups").write_text("a file")
    with pytest.raises(StoreError, match=r"^No backup can be written to"):
        make_backup(store.file, NOW)


def test_what_a_kill_left_long_ago_is_swept(store: Store) -> None:
    folder = make_backup(store.file, NOW).path.parent
    (folder / ".optoutdesk-old").mkdir()
    for name in (".optoutdesk-old/optoutdesk.sqlite", ".optoutdesk-old.part", ".optoutdesk-new.part"):
        (folder / name).write_text("half")
    for name in (".optoutdesk-old", ".optoutdesk-old.part"):
        os.utime(folder / name, (0, 0))
    make_backup(store.file, NOW)
    assert sorted(path.name for path in folder.glob(".*")) == [".optoutdesk-new.part"]


# -- looking into one


def test_a_look_says_what_is_in_a_backup_and_what_would_be_lost(store: Store) -> None:
    fill(store)
    made = make_backup(store.file, NOW)
    add(store, *(request(f"p{n}@example.com") for n in range(7)))
    with store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in((Kind.ADDRESS, "bob@example.com")))
    found = look_into(store, made.path)
    assert (found.backup, found.requests, found.newest) == (made, 3, NOW)
    assert (found.lost, found.lost_opt_ins, found.diverged) == (7, 1, False)
    assert [r.key for r in found.lost_first] == [f"p{n}@example.com" for n in range(5)]


def test_of_the_present_state_nothing_would_be_lost(store: Store) -> None:
    fill(store)
    found = look_into(store, make_backup(store.file, NOW).path)
    assert (found.lost, found.lost_first, found.lost_opt_ins, found.diverged) == (0, (), 0, False)


def test_of_an_empty_list_there_is_a_backup_too(store: Store) -> None:
    found = look_into(store, make_backup(store.file, NOW).path)
    assert (found.requests, found.newest, found.lost) == (0, None, 0)


def test_a_request_that_was_taken_back_with_its_import_is_not_lost(store: Store) -> None:
    made = make_backup(store.file, NOW)
    batch = import_batch(store, "a@example.com", "b@example.com")
    assert look_into(store, made.path).lost == 2
    undo(store, batch)
    assert look_into(store, made.path).lost == 0


def test_when_histories_parted_requests_are_compared_by_what_they_say(store: Store) -> None:
    add(store, request("early@example.com"))
    first = make_backup(store.file, NOW).path
    add(store, request("both@example.com"), request("gone@example.com"))
    present = restore(store, first)
    add(store, request("both@example.com"), request("new@example.com"))
    found = look_into(store, present)
    assert found.diverged
    assert [r.key for r in found.lost_first] == ["new@example.com"]
    assert found.lost == 1


def test_whom_the_other_history_let_go_would_be_lost(store: Store) -> None:
    """An undo and an opt-in that a restore took back are in the copy that it made."""
    batch = import_batch(store, "imported@example.com")
    add(store, request())
    first = make_backup(store.file, NOW).path
    undo(store, batch)
    with store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(opt_in())
    assert barred(store) == set()
    present = restore(store, first)
    assert barred(store) == {"imported@example.com", JANE[1]}
    found = look_into(store, present)
    assert {r.key for r in found.lost_first} == {"imported@example.com", JANE[1]}
    assert found.lost == 2


def test_a_look_changes_neither_the_backup_nor_what_lies_beside_it(store: Store) -> None:
    fill(store)
    folder = make_backup(store.file, NOW).path.parent
    path = next(folder.iterdir())
    path.chmod(0o400)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    look_into(store, path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(folder.iterdir()) == [path]
    assert store.connection.execute(
        "SELECT name FROM pragma_database_list WHERE name <> 'temp'"
    ).fetchall() == [("main",)]


def test_a_copy_of_the_whole_folder_is_a_backup_too(store: Store, tmp_path: Path) -> None:
    """As README says; its newest acts may still stand in the log beside it."""
    store.connection.execute("PRAGMA wal_autocheckpoint=0")
    fill(store)
    folder = tmp_path / "stick"
    folder.mkdir()
    for name in ("optoutdesk.sqlite", "optoutdesk.sqlite-wal"):
        (folder / name).write_bytes(store.file.with_name(name).read_bytes())
    assert look_into(store, folder / "optoutdesk.sqlite").requests == 3


def no_file(_made: Path, folder: Path) -> Path:
    return folder / "none.sqlite"


def a_folder(_made: Path, folder: Path) -> Path:
    return folder


def empty(_made: Path, folder: Path) -> Path:
    path = folder / "empty.sqlite"
    path.touch()
    return path


def text(_made: Path, folder: Path) -> Path:
    path = folder / "list.csv"
    path.write_text("E-mail\njane@example.com\n" * 100)
    return path


def of_another_program(_made: Path, folder: Path) -> Path:
    path = folder / "songs.sqlite"
    with raw(path) as songs:
        songs.execute("CREATE TABLE song (title TEXT)")
    return path


def copied(made: Path, folder: Path) -> Path:
    path = folder / "copy.sqlite"
    path.write_bytes(made.read_bytes())
    return path


def with_a_page_of_zeros(made: Path, folder: Path) -> Path:
    path = copied(made, folder)
    data = bytearray(path.read_bytes())
    data[8192:12288] = bytes(4096)
    path.write_bytes(data)
    return path


def cut_off(made: Path, folder: Path) -> Path:
    path = copied(made, folder)
    path.write_bytes(path.read_bytes()[:20_480])
    return path


def with_a_changed_note(made: Path, folder: Path) -> Path:
    path = copied(made, folder)
    with raw(path) as changed:
        changed.execute("DROP TRIGGER request_no_update")
        changed.execute("UPDATE request SET note = 'never said'")
        changed.execute(schema.trigger_sql("request", "UPDATE"))
    return path


def without_a_table(made: Path, folder: Path) -> Path:
    path = copied(made, folder)
    with raw(path) as changed:
        changed.execute("DROP TABLE clean")
    return path


def with_another_column(made: Path, folder: Path) -> Path:
    path = copied(made, folder)
    with raw(path) as changed:
        changed.execute("ALTER TABLE open_request ADD COLUMN more TEXT")
    return path


def of_a_later_version(made: Path, folder: Path) -> Path:
    path = copied(made, folder)
    with raw(path) as changed:
        changed.execute(f"PRAGMA user_version={schema.SCHEMA_VERSION + 1}")
    return path


NO_BACKUP = [
    (no_file, "There is no file"),
    (a_folder, "There is no file"),
    (empty, "no backup of Opt-Out Desk"),
    (text, "no backup of Opt-Out Desk"),
    (of_another_program, "no backup of Opt-Out Desk"),
    (with_a_page_of_zeros, "is damaged"),
    (cut_off, "is damaged"),
    (with_a_changed_note, "is damaged"),
    (without_a_table, "is damaged"),
    (with_another_column, "is damaged"),
    (of_a_later_version, "later version"),
]


@pytest.mark.parametrize(("made", "sentence"), NO_BACKUP, ids=[made.__name__ for made, _ in NO_BACKUP])
def test_what_is_no_good_backup_is_refused_and_nothing_changes(
    store: Store, tmp_path: Path, made, sentence: str
) -> None:
    fill(store)
    path = made(make_backup(store.file, NOW).path, tmp_path)
    before = everything(store)
    for attempt in (look_into, restore):
        with pytest.raises(UserError, match=sentence) as raised:
            attempt(store, path)
        assert str(path) in str(raised.value)
        assert not isinstance(raised.value, DamagedStoreError)
    assert everything(store) == before
    assert store.verify().holds
    assert len(list((store.file.parent / "backups").iterdir())) == 1


def test_a_later_version_s_backup_is_named_as_such(store: Store, tmp_path: Path) -> None:
    path = of_a_later_version(make_backup(store.file, NOW).path, tmp_path)
    with pytest.raises(NewerStoreError):
        look_into(store, path)


@pytest.mark.parametrize("by_link", [False, True])
def test_the_list_in_use_is_not_put_back_onto_itself(store: Store, tmp_path: Path, by_link: bool) -> None:
    path = tmp_path / "link.sqlite"
    path.symlink_to(store.file)
    with pytest.raises(UserError, match="in use"):
        restore(store, path if by_link else store.file)


# -- putting back


def test_putting_back_restores_every_table_and_adds_one_entry(store: Store) -> None:
    fill(store)
    undo(store, import_batch(store, "imported@example.com"))
    before = everything(store)
    made = make_backup(store.file, NOW).path
    add(store, request("later@example.com"))
    with store.act("mark done", by="Ana", now=NOW) as act:
        act.mark_done([(store.requests_about(JANE)[0].id, NOW)], "Ana", NOW)
    restore(store, made, lost=1)
    after = everything(store)
    last = after["ledger"].pop()
    assert after == before
    assert last[1:4] == ("2026-11-24T16:00:00Z", "Ben", "restore backup")
    assert store.verify().holds


def test_what_was_there_is_kept_as_a_backup_and_can_come_back(store: Store) -> None:
    add(store, request("early@example.com"))
    made = make_backup(store.file, NOW).path
    add(store, request("late@example.com"))
    present = restore(store, made)
    assert keys(store) == ["early@example.com"]
    restore(store, present, lost=0)
    assert keys(store) == ["early@example.com", "late@example.com"]
    assert store.verify().holds


def test_neither_the_oldest_that_is_put_back_nor_the_present_one_is_let_go(store: Store) -> None:
    for hour in range(10):
        make_backup(store.file, NOW + hour * HOUR)
    oldest = list_backups(store.file)[-1].path
    present = restore(store, oldest)  # at NOW: older than nine of the others
    assert oldest.exists()
    assert present.exists()


def test_more_or_fewer_losses_than_agreed_to_are_refused_and_leave_everything_as_it_is(store: Store) -> None:
    made = make_backup(store.file, NOW).path
    add(store, request("one@example.com"))
    before = everything(store)
    for agreed in (0, 2):
        with pytest.raises(WouldLoseError, match="1 opt-out recorded since would be lost") as raised:
            restore(store, made, lost=agreed)
        assert [r.key for r in raised.value.contents.lost_first] == ["one@example.com"]
    assert everything(store) == before
    assert list_backups(store.file)[0].path == made


def test_another_window_sees_the_restored_list_at_once(store: Store) -> None:
    made = make_backup(store.file, NOW).path
    add(store, request("late@example.com"))
    other = Store(store.file)
    assert keys(other) == ["late@example.com"]
    restore(store, made)
    assert keys(other) == []
    add(other, request("after@example.com"))
    assert keys(store) == ["after@example.com"]
    assert other.verify().holds
    other.close()


def test_who_is_reading_meanwhile_reads_on_undisturbed(store: Store) -> None:
    made = make_backup(store.file, NOW).path
    add(store, *(request(f"p{n}@example.com") for n in range(300)))
    with raw(store.file) as reader:
        reader.execute("BEGIN")
        rows = reader.execute("SELECT key FROM request ORDER BY id")
        seen = [rows.fetchone()[0]]
        restore(store, made)
        seen += [key for (key,) in rows]
        assert len(seen) == 300
        reader.execute("ROLLBACK")
        assert reader.execute("SELECT count(*) FROM request").fetchall() == [(0,)]


def test_while_someone_writes_nothing_is_put_back(store: Store) -> None:
    made = make_backup(store.file, NOW).path
    add(store, request("late@example.com"))
    with raw(store.file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError):
            restore(store, made)
        other.execute("ROLLBACK")
    assert keys(store) == ["late@example.com"]
    assert list_backups(store.file)[0].path == made


def test_nobody_records_an_opt_out_between_the_copy_and_the_putting_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be in neither: lost without a trace."""
    made = make_backup(store.file, NOW).path
    add(store, request("late@example.com"))
    other = Store(store.file, busy_seconds=0.01)
    refused = []

    def copied(file: Path, now: datetime) -> backup.Backup:
        done = backup.write_copy(file, now)
        with pytest.raises(StoreBusyError):
            add(other, request("in-between@example.com"))
        refused.append(done)
        return done

    monkeypatch.setattr(restoring, "write_copy", copied)
    present = restore(store, made)
    assert refused
    with raw(present) as copy:
        assert copy.execute("SELECT key FROM request").fetchall() == [("late@example.com",)]
    add(other, request("in-between@example.com"))
    assert keys(store) == ["in-between@example.com"]
    other.close()


def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(store.file, NOW).path
    fill(store)
    before = everything(store)
    real = restoring._Candidate.put_back

    def full(candidate: restoring._Candidate) -> None:
        real(candidate)
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(restoring._Candidate, "put_back", full)
    with pytest.raises(StoreError, match="is full"):
        restore(store, made)
    monkeypatch.undo()
    assert everything(store) == before
    assert store.verify().holds
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert store.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    restore(store, made)
    assert keys(store) == []


KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from optoutdesk.store import Store, restore
real = restore._Candidate.put_back
def put_back(candidate):
    real(candidate)
    os.kill(os.getpid(), 9)
restore._Candidate.put_back = put_back
restore.put_back(Store(Path(sys.argv[1])), Path(sys.argv[2]), by="Ben", now=datetime.now(UTC), expected_lost=None)
"""


def test_a_kill_before_the_end_leaves_the_present_list(store: Store) -> None:
    made = make_backup(store.file, NOW).path
    add(store, *(request(f"p{n}@example.com") for n in range(3000)))
    before = everything(store)
    store.close()
    ran = subprocess.run([sys.executable, "-c", KILLED, store.file, made], check=False, timeout=60)
    assert ran.returncode == -signal.SIGKILL
    again = Store(store.file)
    assert everything(again) == before
    assert again.verify().holds
    again.close()


def test_what_is_put_back_is_append_only_again(store: Store) -> None:
    fill(store)
    restore(store, make_backup(store.file, NOW).path)
    for table in schema.APPEND_ONLY:
        rows = store.connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        if rows:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                store.connection.execute(f'DELETE FROM "{table}"')


def test_a_list_whose_ledger_does_not_hold_is_mended_by_a_backup(store: Store) -> None:
    fill(store)
    made = make_backup(store.file, NOW).path
    with raw(store.file) as tool:
        tool.execute("DROP TRIGGER request_no_delete")
        tool.execute("DELETE FROM open_request")
        tool.execute("DELETE FROM request WHERE id = 3")
    assert not store.verify().holds
    restore(store, made)
    assert store.verify().holds
    assert len(keys(store)) == 3


def test_the_log_does_not_stay_as_large_as_the_list(store: Store) -> None:
    add(store, *(request(f"p{n}@example.com") for n in range(3000)))
    restore(store, make_backup(store.file, NOW).path)
    assert store.file.with_name("optoutdesk.sqlite-wal").stat().st_size < 100_000


def test_a_name_that_is_no_utf_8_is_no_obstacle(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    store = Store(folder / "optoutdesk.sqlite")
    add(store, request())
    made = make_backup(store.file, NOW).path
    odd = made.rename(made.with_name(os.fsdecode(b"caf\xe9.sqlite")))
    restore(store, odd)
    assert keys(store) == [JANE[1]]
    store.close()
