"""The arrows between the parts point one way; the check that says so can fail."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "domain/cleaning.py": "import peewee",
    "domain/ledger.py": "from optoutdesk.store import schema",
    "store/rows.py": "from optoutdesk.services import wording",
    "services/targets.py": "import sqlite3",
    "services/wording.py": "from optoutdesk.ui import words",
    "spreadsheets/cells.py": "from optoutdesk.store import Store",
    "cli/progress.py": "from PySide6 import QtCore",
    "ui/words.py": "from optoutdesk.cli import commands",
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of folder/pyproject.toml against the package in folder/src."""
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def copied(tmp_path: Path) -> Path:
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "src" / "optoutdesk"


def test_every_arrow_points_the_right_way() -> None:
    ran = lint_imports(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert f"Contracts: {len(contracts)} kept, 0 broken." in ran.stdout


@pytest.mark.parametrize("module", FORBIDDEN)
def test_an_arrow_that_points_the_wrong_way_is_found(tmp_path: Path, module: str) -> None:
    package = copied(tmp_path)
    file = package / module
    file.write_text(f"{FORBIDDEN[module]}\n{file.read_text('utf-8')}", "utf-8")
    ran = lint_imports(tmp_path)
    assert ran.returncode == 1
    name = f"optoutdesk.{module.removesuffix('.py').replace('/', '.')}"
    assert f"{name} ->" in ran.stdout, ran.stdout


def test_every_module_has_its_place_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    placed = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    there = {
        f"optoutdesk.{path.stem}"
        for path in (ROOT / "src" / "optoutdesk").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert there == placed
