"""The tray as people have it: a real X11 tray under Xvfb, and a desktop without one. Qt's offscreen platform has neither."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optoutdesk.settings import Settings, save_settings

SCRIPT = Path(__file__).with_name("tray_script.py")
SOURCE = SCRIPT.parents[2] / "src"
TRAY = "trayer --edge bottom --align right --widthtype request --height 24"


def needed(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing: packaging/test.sh installs it"
    return found


@pytest.fixture
def display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A virtual screen of its own; yields the environment of a program on it."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [needed("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        number = stream.readline().strip()
    assert number, "Xvfb does not start"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "DISPLAY": f":{number}",
        "QT_QPA_PLATFORM": "xcb",
        "HOME": str(tmp_path),
        "TZ": "America/New_York",
        "TRAY": TRAY,
        # No session's bus: the tray is that of X11.
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
    yield environment
    server.terminate()
    server.wait(10)


@pytest.fixture
def tray(display: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [needed("trayer"), *TRAY.split()[1:]],
        env=display,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait(10)


def run(display: dict[str, str], tmp_path: Path, scenario: str) -> dict[str, str]:
    """Let the script see a scenario through; returns what it told."""
    folder = tmp_path / "desk"
    save_settings(
        folder / "settings.json", Settings(time_zone="America/New_York", person="Ana", theme="light")
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPT), str(folder), scenario],
        env=display,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert "done" in told, f"{done.stdout}\n{done.stderr}"
    assert told["platform"] == "xcb"
    return told


def test_with_a_tray_it_says_hides_comes_back_and_quits(
    display: dict[str, str], tray: None, tmp_path: Path
) -> None:
    told = run(display, tmp_path, "with_tray")
    assert told["available"] == told["icon shown"] == "True"
    assert told["first line"] == "maria.ortiz@lakeside.example: due tomorrow"
    assert told["tooltip"] == "Opt-Out Desk: 1 request needs you"
    assert told["said"] == "[('1 opt-out request needs you', 'maria.ortiz@lakeside.example is due today.')]"
    assert told["said once"] == told["hidden"] == told["came back"] == told["left"] == "True"
    assert told["still here"] == "Opt-Out Desk is still here"
    assert told["said while hidden"] == "maria.ortiz@lakeside.example is overdue."
    assert told["bar"] == "maria.ortiz@lakeside.example is overdue."


def test_it_starts_hidden_where_there_is_a_tray(display: dict[str, str], tray: None, tmp_path: Path) -> None:
    told = run(display, tmp_path, "hidden_start")
    assert told["hidden"] == told["icon shown"] == told["noted"] == "True"


def test_a_tray_that_comes_later_is_found_and_one_that_goes_is_missed(
    display: dict[str, str], tmp_path: Path
) -> None:
    needed("trayer")
    told = run(display, tmp_path, "tray_comes_later")
    assert told["before"] == "False"
    assert (
        told["nothing said to nobody"] == told["hidden"] == told["icon shown"] == told["said now"] == "True"
    )
    assert told["tooltip"] == "Opt-Out Desk: 1 request needs you"
    assert told["shown when the tray is gone"] == "True"


def test_without_a_tray_it_says_so_does_not_hide_and_offers_the_calendar_file(
    display: dict[str, str], tmp_path: Path
) -> None:
    told = run(display, tmp_path, "without_tray")
    assert told["available"] == "False"
    assert told["shown"] == told["not hidden"] == told["closed"] == "True"
    assert told["bar"] == "maria.ortiz@lakeside.example is due tomorrow."
    assert "has no tray" in told["no tray"]
    assert "calendar file" in told["no tray"]


def test_a_second_start_brings_the_first_window_forward(
    display: dict[str, str], tray: None, tmp_path: Path
) -> None:
    told = run(display, tmp_path, "started_again")
    assert (told["again in the tray"], told["again in the tray, shown"]) == ("0", "False")
    assert (told["again"], told["again, shown"]) == ("0", "True")


def test_the_system_s_own_quit_does_not_end_in_the_tray(
    display: dict[str, str], tray: None, tmp_path: Path
) -> None:
    assert run(display, tmp_path, "asked_to_quit")["closed"] == "True"
