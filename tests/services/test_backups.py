"""Backups as she uses them: made before each import and undo, listed, looked into, put back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from clock import NOW
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import DamagedStoreError, UserError
from optoutdesk.services.backups import DamagedListError, WouldLoseError
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_list import Plan


def add(desk: Desk, address: str) -> None:
    service = desk.record_optout
    service.record(service.parse([address]), service.received(NOW, NOW), now=NOW, by="Ana")


def may_mail(desk: Desk, address: str) -> bool:
    return desk.check_address.check([address])[0].may_mail


def bring_in(desk: Desk, file: Path) -> int:
    file.write_text("Email,Date\njane@shop.example,2026-11-01\n")
    service = desk.import_optouts
    preview = service.preview(service.open(file, now=NOW), now=NOW)
    imported, _ = service.run(preview, by="Ana", now=NOW)
    preview.close()
    return imported.batch.id


def test_there_is_no_backup_at_first(desk: Desk) -> None:
    assert desk.backups.list() == []


def test_one_is_made_before_an_import_and_before_its_undo(desk: Desk, tmp_path: Path) -> None:
    batch = bring_in(desk, tmp_path / "list.csv")
    [before_import] = desk.backups.list()
    desk.undo_import.undo(batch, by="Ana", now=NOW + timedelta(hours=1))
    before_undo = desk.backups.list()[0]
    assert desk.backups.look(before_import.path).requests == 0
    assert desk.backups.look(before_undo.path).requests == 1


def test_putting_back_what_was_before_an_undo_suppresses_those_people_again(
    desk: Desk, tmp_path: Path
) -> None:
    desk.undo_import.undo(bring_in(desk, tmp_path / "list.csv"), by="Ana", now=NOW + timedelta(hours=1))
    assert may_mail(desk, "jane@shop.example")
    desk.backups.restore(desk.backups.list()[0].path, by="Ana", now=NOW, expected_lost=0)
    assert not may_mail(desk, "jane@shop.example")
    assert desk.verify_ledger().holds


def test_an_undo_that_only_the_backup_knows_loses_nobody_who_is_not_on_record(
    desk: Desk, tmp_path: Path
) -> None:
    batch = bring_in(desk, tmp_path / "list.csv")
    add(desk, "kim@shop.example")
    [empty] = desk.backups.list()
    desk.undo_import.undo(batch, by="Ana", now=NOW + timedelta(hours=1))
    present, _ = desk.backups.restore(empty.path, by="Ana", now=NOW)
    assert desk.backups.look(present.path).lost == 0
    desk.backups.restore(present.path, by="Ana", now=NOW, expected_lost=0)
    assert not may_mail(desk, "kim@shop.example")


def test_restoring_goes_back_says_what_changed_and_keeps_what_was_there(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    backup = desk.backups.make(NOW)
    add(desk, "bob@shop.example")
    present, changes = desk.backups.restore(backup.path, by="Ana", now=NOW, expected_lost=1)
    assert Changes.REQUESTS | Changes.CLEANED_LISTS in changes
    assert Changes.SETTINGS not in changes
    assert (may_mail(desk, "jane@shop.example"), may_mail(desk, "bob@shop.example")) == (False, True)
    desk.backups.restore(present.path, by="Ana", now=NOW, expected_lost=0)
    assert not may_mail(desk, "bob@shop.example")


def test_an_opt_out_recorded_after_the_look_is_not_lost_unseen(desk: Desk) -> None:
    backup = desk.backups.make(NOW)
    lost = desk.backups.look(backup.path).lost
    add(desk, "jane@shop.example")
    with pytest.raises(WouldLoseError):
        desk.backups.restore(backup.path, by="Ana", now=NOW, expected_lost=lost)
    assert not may_mail(desk, "jane@shop.example")


def test_the_ledger_holds_after_a_restore_and_says_who_did_it(desk: Desk) -> None:
    add(desk, "jane@shop.example")
    desk.backups.restore(desk.backups.make(NOW).path, by="Ben", now=NOW)
    assert desk.verify_ledger().holds
    last = desk.store.last_entry()
    assert last is not None
    assert (last.act, last.by) == ("restore backup", "Ben")


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


# -- when the present list is damaged


def zeros_after_the_first_page(data: bytes) -> bytes:
    return data[:4096] + bytes(len(data) - 4096)


def zeros(data: bytes) -> bytes:
    return bytes(len(data))


def cut_off(data: bytes) -> bytes:
    return data[:5000]


Damage = Callable[[bytes], bytes]
DAMAGES = pytest.mark.parametrize("damage", [zeros_after_the_first_page, zeros, cut_off])


def damaged(desk: Desk, damage: Damage) -> tuple[Desk, bytes]:
    """Damage the file while no program runs, and return the desk of the next start and what is in the file."""
    desk.close()
    data = damage(desk.paths.store.read_bytes())
    desk.paths.store.write_bytes(data)
    return Desk(desk.paths.folder, now=lambda: NOW), data


@DAMAGES
def test_in_place_of_a_damaged_list_a_backup_is_put_back_and_the_damaged_file_is_kept(
    desk: Desk, damage: Damage
) -> None:
    add(desk, "jane@shop.example")
    backup = desk.backups.make(NOW)
    add(desk, "bob@shop.example")
    again, data = damaged(desk, damage)
    assert again.backups.list() == [backup]
    aside, changes = again.backups.restore(backup.path, by="Ben", now=NOW)
    assert aside.path.read_bytes() == data
    assert aside.path.stat().st_mode & 0o077 == 0
    assert Changes.REQUESTS in changes
    assert not may_mail(again, "jane@shop.example")
    assert again.verify_ledger().holds
    last = again.store.last_entry()
    assert last is not None
    assert (last.act, last.by) == ("restore backup", "Ben")
    assert again.paths.store.stat().st_mode & 0o077 == 0
    again.close()


@DAMAGES
def test_a_damaged_list_is_only_replaced_when_she_says_that_newer_ones_may_be_lost(
    desk: Desk, damage: Damage
) -> None:
    backup = desk.backups.make(NOW)
    again, data = damaged(desk, damage)
    with pytest.raises(DamagedListError, match="cannot be told"):
        again.backups.restore(backup.path, by="Ben", now=NOW, expected_lost=0)
    assert again.paths.store.read_bytes() == data
    assert again.backups.list() == [backup]
    again.close()


def test_what_is_no_backup_is_not_put_in_place_of_a_damaged_list(desk: Desk, tmp_path: Path) -> None:
    add(desk, "jane@shop.example")
    again, data = damaged(desk, zeros_after_the_first_page)
    file = tmp_path / "list.csv"
    file.write_text("E-mail\njane@shop.example\n")
    with pytest.raises(UserError, match="no backup of Opt-Out Desk"):
        again.backups.restore(file, by="Ben", now=NOW)
    assert again.paths.store.read_bytes() == data
    again.close()


def test_damage_that_shows_only_in_use_is_no_obstacle_either(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large file not every page is checked when it is opened."""
    add(desk, "jane@shop.example")
    backup = desk.backups.make(NOW)
    monkeypatch.setattr("optoutdesk.store.connection.SMALL_FILE", 0)
    again, _ = damaged(desk, zeros_after_the_first_page)
    with pytest.raises(DamagedStoreError):
        add(again, "bob@shop.example")
    again.backups.restore(backup.path, by="Ben", now=NOW)
    assert not may_mail(again, "jane@shop.example")
    add(again, "bob@shop.example")
    assert again.verify_ledger().holds
    again.close()


def test_nothing_that_was_set_aside_is_let_go_of(desk: Desk) -> None:
    backup = desk.backups.make(NOW)
    again, _ = damaged(desk, zeros)
    aside, _ = again.backups.restore(backup.path, by="Ben", now=NOW)
    for hour in range(12):
        again.backups.make(NOW + timedelta(hours=hour))
    assert aside.path.exists()
    again.close()
