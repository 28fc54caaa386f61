"""Drives the Today screen as a person does, and reads what is on it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from optoutdesk.ui import words
from optoutdesk.ui.models.due_lines import Kind
from optoutdesk.ui.screens.today import TodayScreen
from optoutdesk.ui.widgets.due_places import Part


def idle(screen: TodayScreen) -> bool:
    context = screen._context
    return not context.lookups.busy and not context.tasks.busy and not screen.list._reading.isActive()


def settle(qtbot, screen: TodayScreen) -> None:
    qtbot.waitUntil(lambda: idle(screen), timeout=20_000)
    QApplication.processEvents()


def heads(screen: TodayScreen) -> list[str]:
    """Return the sections with their counts."""
    rows = screen.list.rows
    return [
        f"{rows.index(row, 0).data()}: {line.section.group.count}"
        for row, line in enumerate(rows.lines())
        if line.kind is Kind.HEAD
    ]


def section(screen: TodayScreen, title: str) -> list[str]:
    """Return who stands below a head."""
    rows, inside, found = screen.list.rows, False, []
    for row, line in enumerate(rows.lines()):
        if line.kind is Kind.HEAD:
            inside = rows.index(row, 0).data() == title
        elif inside and line.due is not None:
            found.append(words.subject(line.due.request.kind, line.due.request.key))
    return found


def row_of(screen: TodayScreen, name: str) -> int:
    rows = screen.list.rows
    return next(row for row in range(rows.rowCount()) if rows.index(row, 0).data() == name)


def spoken(screen: TodayScreen, name: str) -> str:
    return screen.list.rows.index(row_of(screen, name), 0).data(Qt.ItemDataRole.AccessibleTextRole)


def click(
    qtbot,
    screen: TodayScreen,
    name: str,
    part: Part,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a part of somebody's row, or of a section's head."""
    row = row_of(screen, name)
    screen.list.scrollTo(screen.list.rows.index(row, 0))
    place = screen.list.part_rect(row, part).center()
    assert screen.list.viewport().rect().contains(place)
    qtbot.mouseClick(screen.list.viewport(), Qt.MouseButton.LeftButton, keys, place)


def dialog(kind: type) -> QDialog:
    """Return the open dialog of a kind."""
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def menu_texts(screen: TodayScreen) -> list[str]:
    assert screen.acts.menu is not None
    return [action.text() for action in screen.acts.menu.actions() if action.text()]


def choose(screen: TodayScreen, text: str) -> None:
    """Choose from the menu that is open."""
    assert screen.acts.menu is not None
    action = next(action for action in screen.acts.menu.actions() if action.text() == text)
    screen.acts.menu.close()
    action.trigger()
