"""Counts side by side: one of them is chosen; the wheel changes no choice on a page that scrolls."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from optoutdesk.ui.widgets.choice import Choice
from optoutdesk.ui.widgets.tiles import Tiles, TileText


@pytest.fixture
def tiles(qtbot) -> Tiles:
    made = Tiles("Counts")
    qtbot.addWidget(made)
    made.show_tiles([TileText(n, n, f"count {n}") for n in range(5)], 0)
    made.resize(800, 72)
    made.show()
    return made


def test_the_arrows_go_round_and_only_the_chosen_one_is_a_stop(tiles: Tiles, qtbot) -> None:
    with qtbot.waitSignal(tiles.changed) as changed:
        qtbot.keyClick(tiles.tiles[0], Qt.Key.Key_Left)
    assert changed.args == [4]
    assert tiles.key() == 4
    stops = [tile.focusPolicy() == Qt.FocusPolicy.StrongFocus for tile in tiles.tiles]
    assert stops == [False, False, False, False, True]


def test_a_tile_that_is_chosen_stays_chosen_when_it_is_pressed_again(tiles: Tiles, qtbot) -> None:
    qtbot.mouseClick(tiles.tiles[0], Qt.MouseButton.LeftButton)
    assert [tile.isChecked() for tile in tiles.tiles] == [True, False, False, False, False]


def test_other_counts_keep_the_keyboard_where_it_was(tiles: Tiles, qtbot) -> None:
    with qtbot.waitActive(tiles):
        tiles.activateWindow()
    tiles.tiles[0].setFocus()
    tiles.show_tiles([TileText(0, 9, "count 0"), TileText(7, 1, "another")], 0)
    assert tiles.tiles[0].hasFocus()
    assert tiles.tiles[0].accessibleName() == "9 count 0"
    tiles.show_tiles([TileText(7, 1, "another")], 7)
    assert tiles.tiles[0].hasFocus()


def test_they_go_on_in_a_second_row_where_one_is_too_narrow(tiles: Tiles) -> None:
    tiles.resize(330, 160)
    QApplication.processEvents()
    assert len({tile.y() for tile in tiles.tiles}) == 2
    tiles.resize(800, 160)
    QApplication.processEvents()
    assert len({tile.y() for tile in tiles.tiles}) == 1


def test_the_wheel_changes_no_choice(qtbot) -> None:
    choice = Choice("Means", [("a", 1), ("b", 2), ("c", 3)])
    qtbot.addWidget(choice)
    choice.show()
    event = QWheelEvent(
        QPointF(5, 5),
        choice.mapToGlobal(QPointF(5, 5)),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(choice, event)
    assert choice.currentText() == "a"
    assert not event.isAccepted()
