"""A change made behind the program's back, with any database tool, is found and the record is named."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from store_helpers import DAY, NOW, add, fill, fill_desk, fill_imports, raw, request

from optoutdesk.domain.errors import DamagedStoreError
from optoutdesk.domain.requests import Kind
from optoutdesk.store import Store, connection, schema


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "optoutdesk.sqlite")
    fill(made)
    assert made.verify().wrong is None
    yield made
    made.close()


@contextmanager
def unguarded(store: Store) -> Iterator[sqlite3.Connection]:
    """Write past the guards and put them back, as a careful forger would."""
    with raw(store.file) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        yield database
        for _, sql in guards:
            database.execute(sql)


DERIVED = {"ledger", "open_request", "open_task", "reminded", "snoozed"}
"""The ledger itself, and what is no act of a person."""
COLUMNS = [
    (table, column)
    for table, model in schema.COVERED.items()
    for column in ["id", *schema.covered_columns(model)]
]


def test_every_column_of_every_covered_table_is_covered(store: Store) -> None:
    with raw(store.file) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        stored = {(t, row[1]) for t in tables for row in database.execute(f"PRAGMA table_info({t})")}
    assert set(COLUMNS) == {(t, column) for t, column in stored if t not in DERIVED}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_change_of_any_stored_value_is_found_and_named(store: Store, table: str, column: str) -> None:
    fill_imports(store)
    fill_desk(store)
    with unguarded(store) as database:
        types = {row[1]: row[2] for row in database.execute(f"PRAGMA table_info({table})")}
        numeric = types[column].upper() == "INTEGER"
        other = f"coalesce({column}, 0) + 40" if numeric else f"coalesce({column}, '') || '.'"
        database.execute(f"UPDATE {table} SET {column} = {other} WHERE id = 1")
    wrong = store.verify().wrong
    assert wrong is not None
    assert wrong.startswith(f"{table} 1 is missing" if column == "id" else f"{table} 1 was changed")


@pytest.mark.parametrize("table", schema.COVERED)
def test_a_deleted_record_is_named(store: Store, table: str) -> None:
    fill_imports(store)
    fill_desk(store)
    with unguarded(store) as database:
        database.execute(f"DELETE FROM {table} WHERE id = 1")
    wrong = store.verify().wrong
    assert wrong is not None
    assert wrong.startswith(f"{table} 1 is missing")


@pytest.mark.parametrize("table", schema.COVERED)
def test_a_record_slipped_in_is_named(store: Store, table: str) -> None:
    fill_imports(store)
    fill_desk(store)
    columns = ", ".join(schema.covered_columns(schema.COVERED[table]))
    other = columns.replace("request_id", "3")  # each request can be done once only
    if table == "retired":
        other = columns.replace("platform_id", "1")
    if table == "undo":
        other = columns.replace("batch_id", "2")  # and each import be undone once
    with raw(store.file) as database:
        (last,) = database.execute(f"SELECT max(id) FROM {table}").fetchone()
        database.execute(
            f"INSERT INTO {table} (id, {columns}) SELECT {last + 1}, {other} FROM {table} WHERE id = 1"
        )
    assert store.verify().wrong == f"{table} {last + 1} was added without a ledger entry"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("seq", 9),
        ("at", "2026-11-24T16:00:01Z"),
        ("by", "Eve"),
        ("act", "other"),
        ("spans", '[["done",1,2]]'),
        ("spans", "[]"),
        ("spans", "no JSON"),
        ("digests", b"x" * 16),
        ("previous", b"x" * 32),
        ("hash", b"x" * 32),
    ],
)
def test_a_change_of_an_entry_is_found_and_named(store: Store, column: str, value: object) -> None:
    with unguarded(store) as database:
        database.execute(f"UPDATE ledger SET {column} = ? WHERE seq = 2", (value,))
    found = store.verify()
    assert found.wrong is not None
    assert "ledger entry 2" in found.wrong
    assert found.entries == 1


def test_a_cut_off_tail_that_leaves_its_records_is_found(store: Store) -> None:
    with unguarded(store) as database:
        database.execute("DELETE FROM ledger WHERE seq = 4")
    assert store.verify().wrong == "clean 1 was added without a ledger entry"


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_guard_that_was_taken_away_is_missed(store: Store, table: str, act: str) -> None:
    with raw(store.file) as database:
        database.execute(f"DROP TRIGGER {table}_no_{act}")
    assert store.verify().wrong == f"the guard that forbids {act} on {table} is missing"


def test_a_guard_that_guards_nothing_is_missed(store: Store) -> None:
    with raw(store.file) as database:
        database.execute("DROP TRIGGER request_no_update")
        database.execute("CREATE TRIGGER request_no_update BEFORE UPDATE ON request BEGIN SELECT 1; END")
    assert store.verify().wrong == "the guard that forbids update on request is missing"


def test_an_index_that_lost_someone_is_damage(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The suppression list is read from an index alone: whom it has lost would be mailed."""
    index = "request_kind_received_day_channel_scope_key"
    with raw(store.file) as database:
        kept = database.execute("SELECT * FROM sqlite_schema WHERE name = ?", (index,)).fetchone()
        database.execute("PRAGMA writable_schema=1")
        database.execute("DELETE FROM sqlite_schema WHERE name = ?", (index,))
    with monkeypatch.context() as large:
        large.setattr(connection, "SMALL_FILE", 0)
        second = Store(store.file)
    add(second, request("lost@example.com"))
    second.close()
    store.close()
    with raw(store.file) as database:
        database.execute("PRAGMA writable_schema=1")
        database.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", kept)
    assert "lost@example.com" not in store.suppression_list(None)[0].addresses
    with pytest.raises(DamagedStoreError):
        store.verify()


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("DELETE FROM open_request", "request 3 is missing among the open ones"),
        ("UPDATE open_request SET due = '2030-01-01'", "request 3 is wrong among the open ones"),
        ("INSERT INTO open_request VALUES (2, '2026-11-25')", "request 2 is wrong among the open ones"),
        ("INSERT INTO open_request VALUES (1, '2026-11-25')", "request 1 is wrong among the open ones"),
    ],
)
def test_the_derived_table_of_open_requests_is_checked_too(store: Store, statement: str, wrong: str) -> None:
    with raw(store.file) as database:
        database.execute(statement)
    assert store.verify().wrong == wrong


def test_a_request_after_a_consent_must_be_among_the_open_ones(store: Store) -> None:
    [again] = add(store, request(received=NOW + DAY))
    assert store.verify().holds
    with raw(store.file) as database:
        database.execute("DELETE FROM open_request WHERE request_id = ?", (again.id,))
    assert store.verify().wrong == f"request {again.id} is missing among the open ones"


def test_a_request_that_an_earlier_receipt_replaced_must_not_be_among_them(store: Store) -> None:
    add(store, request((Kind.DOMAIN, "rival.example"), NOW - 20 * DAY))
    assert store.verify().holds
    with raw(store.file) as connection:
        connection.execute("INSERT INTO open_request SELECT id, due FROM request WHERE id = 3")
    assert store.verify().wrong == "request 3 is wrong among the open ones"


def test_a_write_during_verify_does_not_look_like_damage(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Store(store.file)
    last_ids: Callable = store._last_ids

    def write_first() -> Iterator[tuple[str, int]]:
        add(second, request("eve@example.com"))
        return last_ids()

    monkeypatch.setattr(store, "_last_ids", write_first)
    assert store.verify().holds
    monkeypatch.undo()
    assert store.verify().rows == 7
    second.close()
