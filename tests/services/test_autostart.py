"""Starting with the computer: written as each system wants it, known to be on or off, taken away without a trace."""

import plistlib
import re
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import Any, Self

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.services.autostart import APPROVED_KEY, RUN_KEY, Autostart, desktop_quoted, start_command


class Registry:
    """The part of winreg that is used, over a dict."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Any]] = {RUN_KEY: {"Other": "other.exe"}}
        self.refuses = False

    class Key:
        def __init__(self, values: dict[str, Any]) -> None:
            self.values = values

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def OpenKey(self, root: str, path: str, reserved: int = 0, access: int = 1) -> Key:  # noqa: N802 - winreg's
        if self.refuses:
            raise PermissionError(5, "denied")
        if path not in self.keys:
            raise FileNotFoundError(path)
        return self.Key(self.keys[path])

    def CreateKeyEx(self, root: str, path: str, reserved: int, access: int) -> Key:  # noqa: N802 - winreg's
        self.keys.setdefault(path, {})
        return self.OpenKey(root, path, reserved, access)

    def QueryValueEx(self, key: Key, name: str) -> tuple[Any, int]:  # noqa: N802 - winreg's
        if name not in key.values:
            raise FileNotFoundError(name)
        return key.values[name], self.REG_SZ

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: int, value: Any) -> None:  # noqa: N802 - winreg's
        key.values[name] = value

    def DeleteValue(self, key: Key, name: str) -> None:  # noqa: N802 - winreg's
        self.QueryValueEx(key, name)
        del key.values[name]


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture(params=["linux", "darwin", "win32"])
def autostart(request: pytest.FixtureRequest, tmp_path: Path, registry: Registry) -> Autostart:
    return Autostart(system=request.param, home=tmp_path, environment={}, registry=registry)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_is_off_until_asked_for_and_leaves_nothing_behind(
    autostart: Autostart, tmp_path: Path, registry: Registry
) -> None:
    before = {path: dict(values) for path, values in registry.keys.items()}
    assert not autostart.is_on
    autostart.turn_off()
    autostart.turn_on()
    assert autostart.is_on
    autostart.turn_on()
    autostart.turn_off()
    assert not autostart.is_on
    assert files(tmp_path) == []
    assert registry.keys == before


def test_another_desk_starts_for_itself(autostart: Autostart, tmp_path: Path, registry: Registry) -> None:
    system = autostart._system
    other = Autostart(
        tmp_path / "Anna's 2nd shop", system=system, home=tmp_path, environment={}, registry=registry
    )
    other.turn_on()
    assert (autostart.is_on, other.is_on) == (False, True)
    autostart.turn_on()
    other.turn_off()
    assert (autostart.is_on, other.is_on) == (True, False)


def test_the_command_starts_this_program_in_the_tray() -> None:
    assert start_command(None) == [sys.executable, "-m", "optoutdesk", "--tray"]
    assert start_command(Path("/shop")) == [sys.executable, "-m", "optoutdesk", "--tray", "--data", "/shop"]


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/optoutdesk/optoutdesk")
    assert start_command(None) == ["/opt/optoutdesk/optoutdesk", "--tray"]


def test_no_console_opens_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pythonw.exe").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    assert start_command(None)[0] == str(tmp_path / "pythonw.exe")


def test_a_desk_in_the_usual_folder_needs_no_folder_in_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("OPTOUTDESK_DATA")
    assert "--data" not in Desk().autostart._command
    assert Desk(tmp_path / "other").autostart._command[-2:] == ["--data", str(tmp_path / "other")]


# -- Linux


@pytest.fixture
def linux(tmp_path: Path) -> Autostart:
    return Autostart(Path('/home/ana/50% "$off" \\ `here`'), system="linux", home=tmp_path, environment={})


def entry(file: Path) -> dict[str, str]:
    parser = RawConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way
    parser.read_string(file.read_text("utf-8"))
    return dict(parser["Desktop Entry"])


def unquoted(value: str) -> list[str]:
    """Read Exec as the Desktop Entry Specification has it: first the file's escapes, then the quotes, then the fields."""
    value = re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "s": " "}.get(found[1], found[1]), value)
    assert re.fullmatch(r'"(?:[^"\\]|\\.)*"(?: "(?:[^"\\]|\\.)*")*', value)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', value)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words]


def test_the_desktop_entry_is_one_that_desktops_understand(linux: Autostart) -> None:
    linux.turn_on()
    values = entry(linux.file)
    assert (values["Type"], values["Name"], values["Terminal"]) == ("Application", "Opt-Out Desk", "false")
    assert unquoted(values["Exec"]) == start_command(Path('/home/ana/50% "$off" \\ `here`'))


@pytest.mark.parametrize("argument", ["plain", "two words", 'a"b', "a\\b", "a`b$c", "100%", "%f"])
def test_any_folder_can_stand_in_the_command(argument: str) -> None:
    assert unquoted(desktop_quoted(argument)) == [argument]


def test_the_folder_of_settings_is_where_the_desktop_says(tmp_path: Path) -> None:
    elsewhere = {"XDG_CONFIG_HOME": str(tmp_path / "elsewhere")}
    made = Autostart(system="linux", home=tmp_path, environment=elsewhere)
    made.turn_on()
    assert files(tmp_path) == ["elsewhere/autostart/optoutdesk.desktop"]
    relative = Autostart(system="linux", home=tmp_path, environment={"XDG_CONFIG_HOME": "here"})
    assert relative.file == tmp_path / ".config" / "autostart" / "optoutdesk.desktop"


def test_what_the_desktop_s_own_settings_switched_off_is_off_and_still_taken_away(linux: Autostart) -> None:
    linux.turn_on()
    text = linux.file.read_text("utf-8")
    linux.file.write_text(
        text.replace("autostart-enabled=true", "autostart-enabled=false").replace(
            "Autostart-enabled=true", "Autostart-enabled=false"
        )
    )
    assert not linux.is_on
    linux.turn_off()
    assert not linux.file.exists()


def test_a_file_that_somebody_else_wrote_stays(linux: Autostart) -> None:
    linux.file.parent.mkdir(parents=True)
    linux.file.write_text("[Desktop Entry]\nExec=something-of-hers\n")
    linux.turn_off()
    assert linux.file.read_text() == "[Desktop Entry]\nExec=something-of-hers\n"


def test_a_program_that_was_moved_is_not_on(
    linux: Autostart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Autostart(system="linux", home=tmp_path, environment={})
    made.turn_on()
    monkeypatch.setattr(sys, "executable", "/elsewhere/python")
    moved = Autostart(system="linux", home=tmp_path, environment={})
    assert (made.is_on, moved.is_on) == (True, False)
    moved.turn_on()
    assert moved.is_on


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file where a folder should be")
    made = Autostart(system="linux", home=tmp_path, environment={})
    with pytest.raises(UserError, match="could not be set to start"):
        made.turn_on()
    with pytest.raises(UserError, match="still starts"):
        made.turn_off()


# -- macOS


def test_the_launch_agent_is_one_that_launchd_understands(tmp_path: Path) -> None:
    made = Autostart(system="darwin", home=tmp_path)
    made.turn_on()
    assert files(tmp_path) == ["Library/LaunchAgents/app.optoutdesk.plist"]
    agent = plistlib.loads(made.file.read_bytes())
    assert agent["Label"] == made.file.stem
    assert agent["ProgramArguments"] == start_command(None)
    assert agent["RunAtLoad"] is True


# -- Windows


@pytest.fixture
def windows(registry: Registry) -> Autostart:
    return Autostart(Path(r"C:\Users\Ana\My shop"), system="win32", registry=registry)


def test_the_run_key_has_the_command_as_windows_splits_it(windows: Autostart, registry: Registry) -> None:
    windows.turn_on()
    [(name, value)] = [(n, v) for n, v in registry.keys[RUN_KEY].items() if n != "Other"]
    assert name.startswith("Opt-Out Desk ")
    assert value.endswith(r' -m optoutdesk --tray --data "C:\Users\Ana\My shop"')


def test_what_was_switched_off_in_the_task_manager_is_off_until_asked_for_again(
    windows: Autostart, registry: Registry
) -> None:
    windows.turn_on()
    name = next(n for n in registry.keys[RUN_KEY] if n != "Other")
    registry.keys[APPROVED_KEY] = {name: b"\x03" + bytes(11), "Other": b"\x02" + bytes(11)}
    assert not windows.is_on
    registry.keys[APPROVED_KEY][name] = b"\x02" + bytes(11)
    assert windows.is_on
    registry.keys[APPROVED_KEY][name] = b"\x03" + bytes(11)
    windows.turn_on()
    assert windows.is_on
    assert registry.keys[APPROVED_KEY] == {"Other": b"\x02" + bytes(11)}


def test_a_registry_that_refuses_is_said_in_a_sentence(windows: Autostart, registry: Registry) -> None:
    registry.refuses = True
    assert not windows.is_on
    with pytest.raises(UserError, match="could not be set to start"):
        windows.turn_on()
    with pytest.raises(UserError, match="Opt-Out Desk could not be removed"):
        windows.turn_off()
