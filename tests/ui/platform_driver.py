"""Drives the Platforms screen as a person does, and reads what is on it."""

import csv
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from optoutdesk.desk import Desk
from optoutdesk.domain.platforms import Platform
from optoutdesk.ui.screens.platforms import PlatformsScreen
from optoutdesk.ui.screens.platforms_cards import PlatformCard
from optoutdesk.ui.window import PLATFORMS, MainWindow

ESP = Path(__file__).resolve().parents[1] / "spreadsheets" / "esp"


def add(desk: Desk, name: str, since: date = date(2026, 1, 1), **more: str) -> Platform:
    """Add a platform."""
    return desk.platforms.add(name, since, by="Ana", now=desk.now(), **more)[0]


def settle(qtbot, window: MainWindow) -> None:
    """Let everything that was asked for arrive."""

    def quiet() -> bool:
        idle = PLATFORMS not in window.stack.made or window.stack.made[PLATFORMS].check.idle
        return idle and not window.context.tasks.busy and not window.context.lookups.busy

    for _ in range(3):  # one answer may ask the next question
        qtbot.waitUntil(quiet)


def go(qtbot, window: MainWindow) -> PlatformsScreen:
    """Go to Platforms and return the screen."""
    window.go_to(PLATFORMS)
    settle(qtbot, window)
    return window.screen_at(PLATFORMS)


def cards(screen: PlatformsScreen) -> dict[str, PlatformCard]:
    """Return the cards by name."""
    return {card.name.text(): card for card in screen.cards.cards}


def figures(screen: PlatformsScreen) -> list[int]:
    """Return the three figures."""
    return [tile.tile.figure for tile in screen.view.tiles.tiles]


def table(screen: PlatformsScreen) -> list[list[str]]:
    """Return the people as they are shown."""
    model = screen.view.model
    columns = range(model.columnCount())
    return [[str(model.index(row, at).data()) for at in columns] for row in range(model.rowCount())]


def dialog(kind: type[QWidget] = QDialog) -> QWidget:
    """Return the dialog that is open."""
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def dialogs() -> list[QWidget]:
    """Return all that are open."""
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


def written(path: Path) -> list[list[str]]:
    """Return the rows of a file that was written."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))
