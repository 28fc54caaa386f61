"""What all tests share. Set before anything loads Qt: without a platform plugin pytest would abort with no summary."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest

from clock import NOW, ZONE
from optoutdesk.desk import Desk
from optoutdesk.settings import Settings, save_settings


@pytest.fixture(autouse=True)
def _nobody_s_own_data(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep every test away from the suppression list of whoever runs it."""
    monkeypatch.setenv("OPTOUTDESK_DATA", str(tmp_path_factory.mktemp("own-data")))
    monkeypatch.setenv("TZ", ZONE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk at NOW in New York."""
    folder = tmp_path / "data"
    save_settings(folder / "settings.json", Settings(time_zone=ZONE, person="Ana"))
    made = Desk(folder, now=lambda: NOW)
    yield made
    made.close()
