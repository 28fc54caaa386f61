"""The settings are one readable file, saved whole or not at all; a broken one is told, never guessed."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.settings import Settings, load_settings, save_settings

ALL_SET = Settings(
    business_name="Lakeside Garden Supply \u2713",
    time_zone="America/New_York",
    holidays_count=True,
    own_addresses=("ana@garden.example", "jos\u00e9@garden.example"),
    person="Ana",
    theme="dark",
    ledger_verified="2026-11-24",
    window="AAEC",
    policy="casl",
    province="ON",
    own_target_hours=24,
    staff=("Ana", "Ben Okafor"),
    reminder_time="17:45",
    reminder_days=(5, 0),
    remind_target=False,
    remind_overdue=False,
    stay_in_tray=True,
    start_with_computer=True,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "business" / "settings.json"


@pytest.mark.parametrize("settings", [ALL_SET, Settings()], ids=["all", "none"])
def test_what_was_saved_comes_back(file: Path, settings: Settings) -> None:
    save_settings(file, settings)
    assert load_settings(file) == settings


def test_without_a_file_the_usual_settings_hold(file: Path) -> None:
    assert load_settings(file) == Settings()


def test_what_the_file_does_not_say_is_as_usual_and_what_it_says_too_much_is_passed_over(file: Path) -> None:
    save_settings(file, Settings())
    file.write_text('{"person": "Ben", "from_a_later_version": 7}', "utf-8")
    assert load_settings(file) == Settings(person="Ben")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"text"',
        '{"person": 7}',
        '{"holidays_count": "false"}',
        '{"own_addresses": "ana@garden.example"}',
        '{"own_addresses": [7]}',
        '{"time_zone": "Mars/Olympus"}',
        '{"time_zone": "../../etc/passwd"}',
        '{"person": null}',
        '{"province": null}',
        '{"own_target_hours": "48"}',
        '{"own_target_hours": 48.0}',
        '{"own_target_hours": true}',
        '{"own_target_hours": 0}',
        '{"own_target_hours": -1}',
        '{"own_target_hours": 721}',
        '{"staff": "Ana"}',
        '{"staff": [7]}',
        '{"staff": [""]}',
        '{"staff": [" Ana"]}',
        '{"staff": ["Ana", "ana"]}',
        '{"reminder_time": "9:00"}',
        '{"reminder_time": "24:00"}',
        '{"reminder_time": "09:00 "}',
        '{"reminder_days": 3}',
        '{"reminder_days": ["3"]}',
        '{"reminder_days": [true]}',
        '{"reminder_days": [-1]}',
        '{"reminder_days": [31]}',
        '{"reminder_days": [1, 1]}',
        '{"remind_target": 1}',
        '{"remind_overdue": "yes"}',
        '{"stay_in_tray": null}',
        '{"start_with_computer": 0}',
        '{"time_zone": "America"}',
    ],
)
def test_a_broken_file_is_told_with_what_to_do(file: Path, text: str) -> None:
    save_settings(file, Settings())
    file.write_text(text, "utf-8")
    with pytest.raises(UserError, match="Correct that file, or delete it") as caught:
        load_settings(file)
    assert str(file) in str(caught.value)
    assert caught.value.details


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"policy": "mars"}', "policy should be one of can-spam, casl"),
        ('{"policy": ""}', "policy should be one of"),
        ('{"province": "XX"}', "province should be empty or one of AB, BC"),
        ('{"province": "on"}', "province should be"),
    ],
)
def test_a_policy_or_province_nobody_knows_is_told_when_the_desk_reads_it(
    tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "settings.json").write_text(text, "utf-8")
    with pytest.raises(UserError, match="Correct that file, or delete it") as caught:
        _ = Desk(tmp_path).settings
    assert why in caught.value.details


def test_no_reminder_and_no_staff_are_fine(file: Path) -> None:
    quiet = Settings(reminder_days=(), staff=(), remind_target=False, remind_overdue=False)
    save_settings(file, quiet)
    assert load_settings(file) == quiet


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "a folder"])
def test_a_file_that_cannot_be_read_is_told(file: Path, content: bytes | None) -> None:
    save_settings(file, Settings())
    if content is None:
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(UserError, match="cannot be read"):
        load_settings(file)


def test_the_file_is_readable_by_people_and_by_its_owner_only(file: Path) -> None:
    save_settings(file, ALL_SET)
    text = file.read_text("utf-8")
    assert "jos\u00e9@garden.example" in text
    assert json.loads(text)["theme"] == "dark"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_save_that_fails_leaves_the_old_settings_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(file, ALL_SET)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_settings(file, replace(ALL_SET, person="Ben"))
    assert load_settings(file) == ALL_SET
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(("computer", "zone"), [("America/Chicago", "America/Chicago"), (None, "UTC")])
def test_the_zone_is_the_one_set_or_the_computer_s_own(
    monkeypatch: pytest.MonkeyPatch, computer: str | None, zone: str
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: computer)
    assert Settings(time_zone="Europe/Paris").zone() == "Europe/Paris"
    assert Settings().zone() == zone
