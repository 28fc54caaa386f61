"""Each act is stored whole or not at all, nothing stored is ever changed, and one writes at a time."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_helpers import JANE, NOW, add, clean_record, fill, fill_desk, fill_imports, opt_in, raw, request

from optoutdesk.domain.errors import StoreBusyError, UserError
from optoutdesk.store import Store, schema


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "optoutdesk.sqlite", busy_seconds=0.05)
    yield made
    made.close()


def contents(store: Store) -> list[str]:
    with raw(store.file) as database:
        return list(database.iterdump())


def test_what_is_stored_comes_back_as_it_was(store: Store) -> None:
    stored = add(store, request(), request("bob@example.com"))
    assert [r.id for r in stored] == [1, 2]
    assert [store.request(1), store.request(2)] == stored
    assert store.requests_about(JANE) == stored[:1]
    assert store.request(3) is None


def test_a_consent_comes_back_as_it_was(store: Store) -> None:
    with store.act("opt in again", by="Ana", now=NOW) as act:
        stored = act.add_opt_in(opt_in())
    assert store.opt_ins_about(JANE) == [stored]


def test_a_cleaned_list_comes_back_as_it_was_the_newest_first(store: Store) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        with store.act("clean list", by="Ana", now=NOW) as act:
            stored = act.add_clean(clean_record(name))
    assert store.cleans(1) == [stored]
    assert [record.input_path.name for record in store.cleans()] == ["c.csv", "b.csv", "a.csv"]


def test_a_request_that_is_done_says_when_and_by_whom(store: Store) -> None:
    add(store, request())
    with store.act("mark done", by="Ben", now=NOW) as act:
        act.mark_done([(store.request(1).id, NOW)], "Ben", NOW)
    done = store.request(1)
    assert done is not None
    assert (done.done_at, done.done_by) == (NOW, "Ben")
    assert not store.is_open(1)


def test_every_act_is_one_entry_that_follows_the_one_before(store: Store) -> None:
    assert store.head() == ""
    fill(store)
    last = store.last_entry()
    assert last is not None
    assert (last.seq, last.by, last.act, store.head()) == (4, "Ana", "clean list", last.hash.hex())
    found = store.verify()
    assert found.holds
    assert (found.entries, found.rows, found.head) == (4, 6, last.hash)


def test_an_act_that_fails_stores_nothing(store: Store) -> None:
    fill(store)
    before = contents(store)

    def changes_her_mind() -> None:
        with store.act("record opt-out", by="Ana", now=NOW) as act:
            act.add_requests([request("eve@example.com")])
            act.add_opt_in(opt_in())
            act.mark_done([(store.request(3).id, NOW)], "Ana", NOW)
            act.add_clean(clean_record())
            raise UserError("She changed her mind.")

    with pytest.raises(UserError, match="changed her mind"):
        changes_her_mind()
    assert contents(store) == before
    assert add(store, request("eve@example.com"))[0].id == 4


def test_an_act_that_came_to_nothing_leaves_no_entry(store: Store) -> None:
    with store.act("mark done", by="Ana", now=NOW) as act:
        act.leave_no_entry()
    assert store.last_entry() is None


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}"], ids=["update", "delete"]
)
def test_nothing_stored_is_changed_or_deleted(store: Store, table: str, statement: str) -> None:
    import sqlite3

    fill(store)
    fill_imports(store)
    fill_desk(store)
    before = contents(store)
    with raw(store.file) as database, pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        database.execute(statement.format(table))
    assert contents(store) == before


def test_a_second_writer_is_told_to_wait_and_stores_nothing(store: Store) -> None:
    second = Store(store.file, busy_seconds=0.05)
    with store.act("record opt-out", by="Ana", now=NOW) as act:
        act.add_requests([request()])
        with pytest.raises(StoreBusyError, match="Wait a moment and try again"):
            add(second, request("bob@example.com"))
        assert second.count_requests() == 0  # reading goes on, and sees no half act
    assert add(second, request("bob@example.com"))[0].id == 2
    assert second.verify().holds
    second.close()


def test_a_closed_store_opens_itself_again(store: Store) -> None:
    add(store, request())
    store.close()
    assert store.count_requests() == 1


WRITER = """
import sys
from pathlib import Path
from store_helpers import add, request
from optoutdesk.store import Store

store = Store(Path(sys.argv[1]), busy_seconds=30)
for number in range(25):
    add(store, request(f"{sys.argv[2]}{number}@example.com"))
store.close()
"""


def test_two_programs_that_write_at_once_keep_one_chain(store: Store) -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n{WRITER}"
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(store.file), name], stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=60)
        assert writer.returncode == 0, said
    found = store.verify()
    assert found.holds, found.wrong
    assert (found.entries, found.rows) == (50, 50)
    barred, _ = store.suppression_list(None)
    assert len(barred.addresses) == 50
