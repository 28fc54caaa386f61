"""A suppression list of its own for each test of the command line."""

from pathlib import Path

import pytest
from running import Ran, Run

from clock import NOW
from optoutdesk import __main__
from optoutdesk.desk import Desk
from optoutdesk.settings import Settings, save_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    save_settings(folder / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    return folder


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command at NOW, against a suppression list of its own."""
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: NOW)

    def run(*arguments: str, data: bool = True) -> Ran:
        try:
            code = __main__.main([*(["--data", str(folder)] if data else []), *arguments])
        except SystemExit as left:  # --help and --version leave by themselves
            code = int(left.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
