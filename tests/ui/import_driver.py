"""Drives the import screen as a person does, and reads what is on it."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from optoutdesk.ui.screens.imports import ImportScreen


def idle(screen: ImportScreen) -> bool:
    return not (screen._context.tasks.busy or screen._context.lookups.busy or screen._settle.isActive())


def settle(qtbot, screen: ImportScreen) -> None:
    qtbot.waitUntil(lambda: idle(screen))


def open_file(qtbot, screen: ImportScreen, path: Path) -> None:
    screen.open_file(path)
    settle(qtbot, screen)


def page(screen: ImportScreen) -> QWidget | None:
    return screen._stack.currentWidget()


def tiles(screen: ImportScreen) -> list[str]:
    """Return the counts as they read; none while they are out of date."""
    shown = screen.view.counts.tiles
    if shown.isHidden() or not shown.isEnabled():
        return []
    return [f"{tile.tile.figure} {tile.tile.text}" for tile in shown.tiles]


def table(screen: ImportScreen) -> list[list[str]]:
    """Return the rows as they are shown, without the columns that are hidden."""
    view, model = screen.view.counts.table, screen.view.counts.model
    shown = [column for column in range(model.columnCount()) if not view.isColumnHidden(column)]
    return [[str(model.index(row, at).data()) for at in shown] for row in range(model.rowCount())]


def row_of(screen: ImportScreen, name: str):
    return next(row for row in screen.view.columns.rows.values() if row.name.text() == name)


def meaning(screen: ImportScreen, name: str) -> str:
    return row_of(screen, name).means.currentText()


def choose(combo, text: str) -> None:
    combo.setCurrentIndex(combo.findText(text))
