"""What lies in resources/ is found in a checkout, in an installed wheel and in a frozen build."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from optoutdesk import __version__, resources
from optoutdesk.resources import resource

ROOT = Path(__file__).resolve().parents[1]
NEEDED = [
    *("law/policies.json", "law/wireless-domains.json", "law/passing-on.json", "esp/profiles.json"),
    *("samples/customers.xlsx", "samples/expected.json", "samples/opt-outs.json"),
    *("samples/mailchimp-unsubscribed.csv", "samples/mailchimp-audience.zip", "samples/old-opt-outs.xlsx"),
    *("samples/partner-md5.txt", "samples/expected-imports.json", "templates/acknowledgements.json"),
]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy so that the checkout stays as it is."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("src", "resources"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, copy / name)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, timeout=120)
    [built] = (copy / "dist").iterdir()
    return built


@pytest.mark.parametrize("name", NEEDED)
def test_resources_are_found_in_a_checkout(name: str) -> None:
    assert resource(*name.split("/")).resolve() == ROOT / "resources" / name


def test_a_folder_is_found_too() -> None:
    assert resource("icons").is_dir()


def test_what_was_not_packed_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"resources/law/nothing\.json"):
        resource("law", "nothing.json")


def test_a_frozen_build_s_own_resources_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "optoutdesk" / "resources" / "law" / "policies.json"
    packed.parent.mkdir(parents=True)
    packed.write_text("{}")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("law", "policies.json") == packed


def test_an_installed_package_s_own_resources_come_before_a_checkout_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages" / "optoutdesk"
    (installed / "resources").mkdir(parents=True)
    (installed / "resources" / "style.qss").write_text("")
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "style.qss").write_text("")
    monkeypatch.setattr(resources, "_PACKAGE", installed)
    assert resource("style.qss") == installed / "resources" / "style.qss"


def test_a_wheel_holds_all_resources_and_all_modules(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for folder, prefix in (
        (ROOT / "resources", "optoutdesk/resources"),
        (ROOT / "src" / "optoutdesk", "optoutdesk"),
    ):
        wanted = {
            f"{prefix}/{path.relative_to(folder).as_posix()}"
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
        }
        assert wanted <= packed
    assert {f"optoutdesk/resources/{name}" for name in NEEDED} <= packed


def test_a_wheel_has_the_package_s_version_and_command(wheel: Path) -> None:
    assert wheel.name == f"optoutdesk-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        commands = archive.read(f"optoutdesk-{__version__}.dist-info/entry_points.txt").decode()
    assert "optoutdesk = optoutdesk.__main__:main" in commands


def test_the_program_of_a_wheel_passes_its_self_test(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    command = [sys.executable, "-m", "optoutdesk", "self-test"]
    environment = {"PYTHONPATH": str(tmp_path / "installed"), "TZ": "UTC", "HOME": str(tmp_path)}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert "ok  verifies the ledger" in ran.stdout
