"""Backups: made whole while the store is in use, pruned to the newest ten, and put back without losing the present."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from conftest import NOW
from optoutdesk.cli.main import run
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import StoreError, UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_list import Plan


def add(desk: Desk, address: str) -> None:
    service = desk.record_optout
    service.record(service.parse([address]), service.received(NOW, NOW), now=NOW, by="Ana")


def may_mail(desk: Desk, address: str) -> bool:
    return desk.check_address.check([address])[0].may_mail


def test_there_is_no_backup_at_first(desk: Desk) -> None:
    assert desk.backups.list() == []


def test_a_backup_holds_all_that_was_recorded(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    backup = desk.backups.make(NOW)
    assert backup.path.name == "optoutdesk-20261124T160000Z.sqlite"
    copy = sqlite3.connect(backup.path)
    assert copy.execute("SELECT key FROM request").fetchall() == [("jane@shop.example",)]
    copy.close()


@pytest.mark.parametrize("of", ["file", "folder"])
def test_a_backup_is_as_private_as_the_list_itself(desk: Desk, of: str) -> None:
    path = desk.backups.make(NOW).path
    mode = (path if of == "file" else path.parent).stat().st_mode
    assert mode & 0o077 == 0


def test_the_newest_ten_are_kept(desk: Desk) -> None:
    for hour in range(12):
        desk.backups.make(NOW + timedelta(hours=hour))
    kept = desk.backups.list()
    assert [backup.at for backup in kept] == [NOW + timedelta(hours=hour) for hour in range(11, 1, -1)]


def test_two_in_one_second_are_two(desk: Desk) -> None:
    assert desk.backups.make(NOW).path != desk.backups.make(NOW).path
    assert len(desk.backups.list()) == 2


def test_a_file_of_hers_in_the_folder_is_left_alone(desk: Desk) -> None:
    folder = desk.backups.make(NOW).path.parent
    hers = folder / "optoutdesk-before-christmas.sqlite"
    hers.write_bytes(b"hers")
    for hour in range(12):
        desk.backups.make(NOW + timedelta(hours=hour))
    assert hers.read_bytes() == b"hers"
    assert hers not in {backup.path for backup in desk.backups.list()}


def test_restoring_goes_back_and_keeps_what_was_there(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    backup = desk.backups.make(NOW)
    add(desk, "bob@shop.example")
    present, changes = desk.backups.restore(backup.path, by="Ana", now=NOW)
    assert changes == Changes.REQUESTS | Changes.CLEANED_LISTS
    assert (may_mail(desk, "jane@shop.example"), may_mail(desk, "bob@shop.example")) == (False, True)
    desk.backups.restore(present.path, by="Ana", now=NOW)
    assert not may_mail(desk, "bob@shop.example")


def test_the_oldest_backup_can_be_put_back_too(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    for hour in range(10):
        desk.backups.make(NOW + timedelta(hours=hour))
    oldest = desk.backups.list()[-1].path
    desk.backups.restore(oldest, by="Ana", now=NOW + timedelta(hours=10))
    assert oldest.exists()
    assert not may_mail(desk, "jane@shop.example")


def test_a_list_cleaned_while_a_backup_is_put_back_is_judged_by_what_holds_then(
    desk: Desk, tmp_path: Path
) -> None:
    """The restored ledger may be shorter, so that a later opt-out has the number of an earlier one."""
    backup = desk.backups.make(NOW).path
    for address in ("a@shop.example", "b@shop.example", "c@shop.example"):
        add(desk, address)
    file = tmp_path / "list.csv"
    file.write_text("email\njane@shop.example\nbob@shop.example\n")
    plan = Plan(desk.clean_list.open(file))
    asked: list[int] = []

    def meanwhile(_done: int, _all: int) -> None:
        if not asked:
            asked.append(1)
            desk.backups.restore(backup, by="Ben", now=NOW)
            add(desk, "jane@shop.example")

    record, _, _ = desk.clean_list.clean(
        plan, desk.clean_list.default_outputs(plan), by="Ana", now=NOW, progress=meanwhile
    )
    assert record.output_path.read_text() == "email\nbob@shop.example\n"


def test_the_ledger_holds_after_a_restore_and_says_that_there_was_one(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    desk.backups.restore(desk.backups.make(NOW).path, by="Ben", now=NOW)
    assert desk.verify_ledger().holds
    last = desk.store.last_entry()
    assert last is not None
    assert (last.act, last.by) == ("restore backup", "Ben")


def not_there(folder: Path, _backup: Path) -> Path:
    return folder / "none.sqlite"


def text(folder: Path, _backup: Path) -> Path:
    path = folder / "list.csv"
    path.write_text("E-mail\njane@shop.example\n")
    return path


def other_program(folder: Path, _backup: Path) -> Path:
    path = folder / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE song (title TEXT)")
    connection.close()
    return path


def later_version(folder: Path, backup: Path) -> Path:
    path = folder / "later.sqlite"
    path.write_bytes(backup.read_bytes())
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99000")
    connection.close()
    return path


def damaged(folder: Path, backup: Path) -> Path:
    path = folder / "damaged.sqlite"
    data = bytearray(backup.read_bytes())
    data[8192:12288] = bytes(4096)
    path.write_bytes(data)
    return path


def tampered(folder: Path, backup: Path) -> Path:
    path = folder / "tampered.sqlite"
    path.write_bytes(backup.read_bytes())
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DROP TRIGGER request_no_update")
    connection.execute("UPDATE request SET note = 'never said'")
    connection.close()
    return path


@pytest.mark.parametrize("made", [not_there, text, other_program, later_version, damaged, tampered])
def test_what_is_no_good_backup_is_refused_and_nothing_changes(desk: Desk, tmp_path: Path, made) -> None:
    add(desk, "jane@shop.example")
    path = made(tmp_path, desk.backups.make(NOW).path)
    head = desk.store.head()
    with pytest.raises(UserError):
        desk.backups.restore(path, by="Ana", now=NOW)
    assert desk.store.head() == head
    assert desk.verify_ledger().holds


def test_the_list_in_use_is_not_restored_from_itself(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    with pytest.raises(UserError, match="in use"):
        desk.backups.restore(desk.paths.store, by="Ana", now=NOW)


def test_no_room_for_a_backup_is_said_and_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    add(desk, "jane@shop.example")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(StoreError, match="No backup can be written"):
        desk.backups.make(NOW)
    assert list((desk.paths.folder / "backups").iterdir()) == []


def test_on_the_command_line(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    add(desk, "jane@shop.example")
    folder = ["--data", str(desk.paths.folder)]

    def call(*words: str) -> tuple[int, str]:
        code = run([*folder, *words], open_window=lambda _: 0)
        return code, capsys.readouterr().out

    assert call("backups") == (0, "There is no backup yet.\n")
    path = str(desk.backups.make(NOW).path)
    assert call("backups") == (0, call("backups")[1])
    assert "2026-11-24 11:00" in call("backups")[1]
    assert path in call("backups", "--json")[1]
    code, printed = call("restore", path, "--json")
    assert code == 0
    assert '"present_kept_as"' in printed
    assert call("restore", path)[1].startswith(f"Restored {path}")
    assert call("restore", "nowhere.sqlite")[0] == 1
