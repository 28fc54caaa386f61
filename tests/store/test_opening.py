"""The suppression list's file is private and whole, or it is not opened and a sentence says what to do."""

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_helpers import NOW, add, fill, raw, request

from optoutdesk.domain.errors import DamagedStoreError, NewerStoreError, StoreError
from optoutdesk.store import Store, connection, migrations, schema


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A suppression list with something in every table, closed."""
    file = tmp_path / "business" / "optoutdesk.sqlite"
    store = Store(file)
    fill(store)
    store.close()
    return file


def refused(file: Path, error: type[StoreError]) -> str:
    before = file.read_bytes()
    with pytest.raises(error) as caught:
        Store(file)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "sqlite3" not in sentence
    assert file.read_bytes() == before
    return sentence


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_and_its_folder_are_their_owner_s_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "optoutdesk.sqlite"
    umask = os.umask(0)
    try:
        store = Store(file)
        add(store, request())
        assert mode(file) == 0o600
        assert mode(file.parent) == 0o700
        assert {mode(path) for path in file.parent.iterdir()} == {0o600}  # those beside it too
    finally:
        os.umask(umask)
    store.close()


def test_a_file_that_became_readable_by_others_is_private_again(file: Path) -> None:
    file.chmod(0o644)
    Store(file).close()
    assert mode(file) == 0o600


def test_the_file_is_marked_as_ours_with_its_version(file: Path) -> None:
    with raw(file) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x4F4F4431,)
        assert connection.execute("PRAGMA user_version").fetchone() == (1000,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_foreign_keys_are_enforced(file: Path) -> None:
    store = Store(file)
    with (
        pytest.raises(StoreError, match="nothing was recorded"),
        store.act("mark done", by="", now=request().recorded_at) as act,
    ):
        act.mark_done([(99, NOW)], "Ana", NOW)
    assert store.verify().holds
    store.close()


def test_what_was_written_is_there_at_the_next_opening(file: Path) -> None:
    store = Store(file)
    assert store.count_requests() == 3
    assert store.verify().holds
    store.close()


def test_a_newer_major_version_is_refused_with_both_versions_named(file: Path) -> None:
    with raw(file) as connection:
        connection.execute("PRAGMA user_version=2003")
    sentence = refused(file, NewerStoreError)
    assert re.search(r"\b2\.3\b", sentence)
    assert re.search(r"\b1\.0\b", sentence)


def test_a_newer_minor_version_is_read(file: Path) -> None:
    with raw(file) as connection:
        connection.execute("PRAGMA user_version=1001")
    Store(file).close()
    with raw(file) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1001,)


def test_another_program_s_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with raw(file) as connection:
        connection.execute("CREATE TABLE contacts (id INTEGER)")
    sentence = refused(file, StoreError)
    assert "not a suppression list" in sentence
    assert "--data" in sentence


@pytest.mark.parametrize(
    "content", [b"Dear Ana, this is a letter.\n" * 300, os.urandom(8192)], ids=["text", "noise"]
)
def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "optoutdesk.sqlite"
    file.write_bytes(content)
    assert "damaged" in refused(file, DamagedStoreError)


def test_a_truncated_file_is_called_damaged(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2 // 4096 * 4096])
    assert "backup" in refused(file, DamagedStoreError)


def test_an_overwritten_page_is_found_at_opening(file: Path) -> None:
    with raw(file) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'request'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xa5" * size
    file.write_bytes(content)
    assert "damaged" in refused(file, DamagedStoreError)


def test_in_a_large_file_damage_is_found_by_verify(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SMALL_FILE", 0)
    with raw(file) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'clean'").fetchone()
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    store = Store(file)
    with pytest.raises(DamagedStoreError, match="damaged"):
        store.verify()
    store.close()


def test_a_table_that_is_gone_is_damage(file: Path) -> None:
    with raw(file) as database:
        database.execute("DROP TABLE clean")
    store = Store(file)
    with pytest.raises(DamagedStoreError):
        store.cleans()
    store.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        Store(tmp_path / "file" / "optoutdesk.sqlite")


def test_a_file_that_may_not_be_written_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, how: False)  # as root everything may be written
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        Store(file)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite3.OperationalError("database or disk is full"), "full or failing"),
        (sqlite3.OperationalError("disk I/O error"), "full or failing"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "cannot be written"),
        (sqlite3.OperationalError("unable to open database file"), "cannot be written"),
        (sqlite3.OperationalError("database is locked"), "Wait a moment"),
        (sqlite3.DatabaseError("database disk image is malformed"), "damaged"),
        (sqlite3.IntegrityError("CHECK constraint failed"), "nothing was recorded"),
    ],
    ids=str,
)
def test_what_the_database_says_becomes_a_sentence(tmp_path: Path, error: sqlite3.Error, words: str) -> None:
    def fail() -> None:
        with connection.translated(tmp_path / "optoutdesk.sqlite"):
            raise error

    with pytest.raises(StoreError, match=words) as caught:
        fail()
    assert str(error) in caught.value.details


def test_two_programs_may_make_the_file_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both find it empty; the second one to get at it finds the tables of the first."""
    file = tmp_path / "optoutdesk.sqlite"
    create = connection._create

    def create_after_the_other(database) -> None:
        monkeypatch.undo()
        first = Store(file)
        add(first, request())
        first.close()
        create(database)

    monkeypatch.setattr(connection, "_create", create_after_the_other)
    second = Store(file)
    assert second.count_requests() == 1
    second.close()


# -- migrations: an invented step from 1.0 to 1.1


def add_column(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE opt_in ADD COLUMN place TEXT NOT NULL DEFAULT ''")


def break_a_reference(database: sqlite3.Connection) -> None:
    database.execute("DROP TRIGGER request_no_delete")
    database.execute("DELETE FROM request WHERE id = 2")


def fail(database: sqlite3.Connection) -> None:
    database.execute("CREATE TABLE half_done (id INTEGER)")
    raise RuntimeError("a mistake in the step")


@pytest.fixture
def database(file: Path) -> Iterator[sqlite3.Connection]:
    with raw(file) as database:
        database.execute("PRAGMA foreign_keys=1")
        yield database


def version(database: sqlite3.Connection) -> int:
    return database.execute("PRAGMA user_version").fetchone()[0]


def columns(database: sqlite3.Connection) -> list[str]:
    return [row[1] for row in database.execute("PRAGMA table_info(opt_in)")]


def test_a_step_is_run_after_a_backup(file: Path, database: sqlite3.Connection) -> None:
    migrations.migrate(database, file, 1002, {1000: (1001, add_column), 1001: (1002, lambda _: None)})
    assert version(database) == 1002
    assert "place" in columns(database)
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)
    backup = file.with_name("optoutdesk-before-schema-1002.sqlite")
    assert mode(backup) == 0o600
    with raw(backup) as before:
        assert version(before) == 1000
        assert "place" not in columns(before)
        assert before.execute("SELECT count(*) FROM request").fetchone() == (3,)


@pytest.mark.parametrize(
    ("step", "error"), [(fail, RuntimeError), (break_a_reference, sqlite3.IntegrityError)]
)
def test_a_step_that_fails_leaves_everything_as_it_was(
    file: Path, database: sqlite3.Connection, step, error
) -> None:
    before = list(database.iterdump())
    with pytest.raises(error):
        migrations.migrate(database, file, 1002, {1000: (1001, add_column), 1001: (1002, step)})
    assert version(database) == 1000
    assert list(database.iterdump()) == before
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_present_database_needs_no_step_and_no_backup(file: Path, database: sqlite3.Connection) -> None:
    migrations.migrate(database, file, 1000, {1000: (1001, fail)})
    assert list(file.parent.glob("*before*")) == []


def test_a_step_that_another_program_did_meanwhile_is_not_done_again(
    file: Path, database: sqlite3.Connection
) -> None:
    class Waiting:
        """A connection whose turn to write comes when another program has done the step."""

        def execute(self, sql: str, parameters: tuple = ()) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE":
                migrations.migrate(database, file, 1001, {1000: (1001, add_column)})
            return database.execute(sql, parameters)

    migrations.migrate(Waiting(), file, 1001, {1000: (1001, add_column)})
    assert version(database) == 1001


def test_a_version_without_a_step_is_our_mistake(file: Path, database: sqlite3.Connection) -> None:
    with pytest.raises(LookupError, match="1000"):
        migrations.migrate(database, file, 1001, {})
    assert list(file.parent.glob("*before*")) == []


def test_an_older_database_is_brought_up_at_opening(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {1000: (1001, lambda _: None)})
    monkeypatch.setattr(migrations.migrate, "__defaults__", ({1000: (1001, lambda _: None)},))
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 1001)
    Store(file).close()
    with raw(file) as database:
        assert version(database) == 1001
