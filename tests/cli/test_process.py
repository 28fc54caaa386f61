"""The command line as a process of its own: what it loads, and how it behaves to terminals, pipes and locales."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import optoutdesk

SOURCE = str(Path(optoutdesk.__file__).resolve().parents[1])
LOADED = """
import json, os, sys
from optoutdesk.__main__ import main
try:
    code = main()
except SystemExit as left:
    code = left.code
os.write(int(os.environ["TELL"]), json.dumps([code, sorted(sys.modules)]).encode())
"""
EAGER = """
import sys
from optoutdesk.cli import progress
progress._AFTER = progress._EVERY = -1  # show every step
from optoutdesk.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A plain environment: no terminal's settings, a folder of its own."""
    kept = {
        name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {
        "OPTOUTDESK_DATA": str(tmp_path / "data"),
        "PYTHONPATH": SOURCE,
        "TZ": "America/New_York",
        "HOME": str(tmp_path),
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("E-mail\njane@example.com\nbob@example.com\n")
    return path


def optoutdesk_(environment: dict[str, str], *arguments: str, **how) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", "-m", "optoutdesk", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60, **how)


def loaded(environment: dict[str, str], *arguments: str) -> tuple[int, set[str]]:
    """Run a command; return its exit code and all modules it loaded."""
    reading, writing = os.pipe()
    command = [sys.executable, "-c", LOADED, *arguments]
    telling = environment | {"TELL": str(writing)}
    subprocess.run(command, env=telling, pass_fds=[writing], capture_output=True, check=False, timeout=60)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        code, modules = json.load(stream)
    return code, set(modules)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "jane@example.com", "*@rival.example"], 0),
        (["check", "jane@example.com", "--json"], 0),
        (["clean", "list.csv"], 0),
        (["due"], 0),
        (["verify"], 0),
        (["self-test"], 0),
        (["help"], 0),
        (["--version"], 0),
        (["nonsense"], 2),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_no_command_loads_qt(
    environment: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(file.parent)
    ended, modules = loaded(environment, *arguments)
    assert ended == code
    assert {name for name in modules if name.startswith(("PySide6", "shiboken6", "optoutdesk.ui"))} == set()


def test_check_loads_neither_calendars_nor_spreadsheets(environment: dict[str, str]) -> None:
    _, modules = loaded(environment, "check", "jane@example.com")
    assert modules.isdisjoint(
        {"holidays", "openpyxl", "python_calamine", "platformdirs", "optoutdesk.spreadsheets", "tzlocal"}
    )


def test_a_session_of_commands(environment: dict[str, str], file: Path) -> None:
    assert optoutdesk_(environment, "add", "jane@example.com").returncode == 0
    checked = optoutdesk_(environment, "check", "jane@example.com", "bob@example.com")
    assert checked.returncode == 10
    assert optoutdesk_(environment, "clean", str(file)).returncode == 0
    assert file.with_name("list-clean.csv").read_text() == "E-mail\nbob@example.com\n"
    assert optoutdesk_(environment, "verify").returncode == 0


def test_progress_is_shown_on_a_terminal_and_wiped_at_the_end(
    environment: dict[str, str], file: Path
) -> None:
    optoutdesk_(environment, "add", "jane@example.com")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", EAGER, "clean", str(file), "--json"]
    ran = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=theirs, check=False, timeout=60
    )
    os.close(theirs)
    shown = os.read(ours, 65_536)
    os.close(ours)
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["kept"] == 1
    assert b"Cleaning list.csv: 100 %" in shown
    assert shown.endswith(b"\r\x1b[K")


def test_progress_counts_rows_where_the_size_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from optoutdesk.cli import progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "_AFTER", -1)
    with progress.Progress("Cleaning") as shown:
        shown(12_345, 0)
        shown(12_346, 0)  # too soon to be shown
        assert "Cleaning: 12,345 rows" in sys.stderr.getvalue()
        assert "12,346" not in sys.stderr.getvalue()


def test_short_work_shows_no_progress(environment: dict[str, str], file: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "optoutdesk", "due"]
    subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=60)
    os.set_blocking(ours, False)
    with pytest.raises(BlockingIOError):
        os.read(ours, 1)
    os.close(theirs)
    os.close(ours)


def test_no_progress_without_a_terminal(environment: dict[str, str], file: Path) -> None:
    optoutdesk_(environment, "add", "jane@example.com")
    command = [sys.executable, "-c", EAGER, "clean", str(file)]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", [["due"], ["help"], ["due", "--json"]])
def test_a_reader_who_left_is_no_reason_for_a_scene(
    environment: dict[str, str], arguments: list[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "optoutdesk", *arguments]
    ran = subprocess.run(
        command, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


def test_any_address_is_printed_whatever_the_terminal_is_set_to(environment: dict[str, str]) -> None:
    plain = environment | {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"}
    ran = optoutdesk_(plain, "add", "jos\u00e9@b\u00fccher.example", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.decode("utf-8"))["added"][0]["key"] == "jos\u00e9@xn--bcher-kva.example"


def test_bytes_that_are_no_text_are_refused(environment: dict[str, str]) -> None:
    command = [
        sys.executable.encode(),
        b"-m",
        b"optoutdesk",
        b"add",
        b"jane@example.com",
        b"--note",
        b"Zo\xeb",
    ]
    utf8 = environment | {"LC_ALL": "C.UTF-8"}
    ran = subprocess.run(command, env=utf8, capture_output=True, check=False, timeout=60)
    assert ran.returncode == 2
    assert ran.stdout == b""
    assert ran.stderr.count(b"\n") == 1
    assert b"is not text in UTF-8" in ran.stderr


def test_a_busy_suppression_list_is_told_in_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from optoutdesk.store import Store

    impatient = "from optoutdesk.store import connection, store\nstore.Store.__init__.__kwdefaults__['busy_seconds'] = 0.05\n"
    with Store(tmp_path / "data" / "optoutdesk.sqlite").act("a long act", by="Ana", now=datetime.now(UTC)):
        command = [
            sys.executable,
            "-c",
            impatient + "import sys\nfrom optoutdesk.__main__ import main\nsys.exit(main())",
        ]
        ran = subprocess.run(
            [*command, "add", "jane@example.com"],
            env=environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert ran.returncode == 1
    assert ran.stdout == b""
    assert ran.stderr.decode().startswith("optoutdesk: Another window or command is writing")
    assert ran.stderr.count(b"\n") == 1
