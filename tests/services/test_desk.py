"""The desk joins the parts of one business, whose files all lie in one folder."""

import getpass
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optoutdesk.desk import Desk, system_now
from optoutdesk.domain.errors import StoreBusyError
from optoutdesk.paths import find_paths
from optoutdesk.services.changes import Changes
from optoutdesk.settings import Settings, load_settings, save_settings


def test_all_files_lie_in_the_named_folder(tmp_path: Path) -> None:
    paths = find_paths(tmp_path / "shop")
    assert {paths.store, paths.settings, paths.log} == {
        tmp_path / "shop" / name for name in ("optoutdesk.sqlite", "settings.json", "errors.log")
    }


def test_the_folder_can_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTOUTDESK_DATA", str(tmp_path / "environment"))
    assert find_paths().folder == tmp_path / "environment"
    assert find_paths(tmp_path / "named").folder == tmp_path / "named"


@pytest.mark.parametrize("value", ["", None])
def test_else_it_is_the_platform_s_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("OPTOUTDESK_DATA")
    if value is not None:
        monkeypatch.setenv("OPTOUTDESK_DATA", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    folder = find_paths().folder
    assert folder.name == "Opt-Out Desk"
    assert folder.is_relative_to(tmp_path)


def test_a_folder_is_taken_from_home_and_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert find_paths(Path("~/shop")).folder == find_paths(Path("shop")).folder == tmp_path / "shop"


def test_the_clock_is_aware() -> None:
    assert system_now().tzinfo is UTC


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "shop")
    assert desk.settings == Settings()
    desk.close()
    assert not (tmp_path / "shop").exists()


def test_who_records_is_the_person_of_the_settings_else_the_computer_s_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ben")
    desk = Desk(tmp_path)
    assert desk.person == "ben"
    assert desk.change_settings(Settings(person="Ana")) is Changes.SETTINGS
    assert desk.person == "Ana"
    assert load_settings(desk.paths.settings).person == "Ana"


def test_a_setting_written_by_hand_while_the_window_is_open_stays(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.change_settings(Settings(person="Ana"))
    save_settings(desk.paths.settings, Settings(person="Ana", time_zone="America/New_York"))
    desk.change_settings(replace(desk.settings, theme="dark"))
    expected = Settings(person="Ana", time_zone="America/New_York", theme="dark")
    assert load_settings(desk.paths.settings) == desk.settings == expected


def test_a_user_without_a_name_is_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError(12_345)

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert Desk(tmp_path).person == ""


def test_how_long_it_waits_for_another_writer_can_be_set(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 16, tzinfo=UTC)
    first, second = Desk(tmp_path), Desk(tmp_path, busy_seconds=0.05)
    with first.store.act("a long act", by="Ana", now=now), pytest.raises(StoreBusyError):
        second.store.act("another", by="Ben", now=now).__enter__()
    first.close()
    second.close()


def test_the_ledger_can_be_verified(desk: Desk) -> None:
    assert desk.verify_ledger().holds
