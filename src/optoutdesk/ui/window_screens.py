"""The screens of the window, each made when she first goes there and reloaded when she comes back to what changed."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from optoutdesk.services.changes import Changes
from optoutdesk.ui.context import EVERYTHING, Context

TODAY, OPT_OUTS, CLEAN, PLATFORMS, SETTINGS, IMPORT, IMPORTS = range(7)
ON_THE_RAIL = (
    ("Today", "today", "Ctrl+1"),
    ("Opt-outs", "optouts", "Ctrl+2"),
    ("Clean a list", "clean", "Ctrl+3"),
    ("Platforms", "platforms", "Ctrl+4"),
)
BELOW = (("Settings", "settings", "Ctrl+5"),)
"""At the bottom of the rail."""
_PARTS = {IMPORT: OPT_OUTS, IMPORTS: OPT_OUTS}
"""Screens that belong to one of the rail."""
_HOLDS_A_FILE = (IMPORT, PLATFORMS)
"""Screens that hold a file that was read; they let go of it while she is elsewhere."""


def on_the_rail(index: int) -> int:
    """Return the screen of the rail that a screen is or belongs to."""
    return _PARTS.get(index, index)


class Screens(QStackedWidget):
    """All screens, by the numbers above; one is in sight."""

    undo_wanted = Signal(object)
    """Batch: ask whether this import is to be undone."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.made: dict[int, Any] = {}
        """Those that were needed so far."""
        self._stale: dict[int, Changes] = {}
        for _ in (*ON_THE_RAIL, *BELOW, *_PARTS):
            # An empty page until she first goes there: a screen is built when it is needed.
            self.addWidget(QWidget())

    def at(self, index: int) -> Any:
        """Return a screen, made when first asked for."""
        if index not in self.made:
            screen = self._make(index)
            empty = self.widget(index)
            assert empty is not None
            self.insertWidget(index, screen)
            self.removeWidget(empty)
            empty.deleteLater()
            self.made[index] = screen
            self._stale[index] = EVERYTHING
        return self.made[index]

    def _make(self, index: int) -> QWidget:
        # Each is loaded when it is needed: the window is seen first.
        if index == TODAY:
            from optoutdesk.ui.screens.today import TodayScreen

            return TodayScreen(self._context)
        if index == OPT_OUTS:
            from optoutdesk.ui.screens.optouts import OptOutsScreen

            return OptOutsScreen(self._context)
        if index == IMPORT:
            from optoutdesk.ui.screens.imports import ImportScreen

            screen = ImportScreen(self._context)
            screen.undo_wanted.connect(self.undo_wanted)
            return screen
        if index == IMPORTS:
            from optoutdesk.ui.screens.imports_history import ImportsScreen

            return ImportsScreen(self._context)
        if index == PLATFORMS:
            from optoutdesk.ui.screens.platforms import PlatformsScreen

            platforms = PlatformsScreen(self._context)
            platforms.undo_wanted.connect(self.undo_wanted)
            return platforms
        if index == SETTINGS:
            from optoutdesk.ui.screens.settings import SettingsScreen

            return SettingsScreen(self._context)
        from optoutdesk.ui.screens.clean import CleanScreen

        return CleanScreen(self._context)

    def show_screen(self, index: int) -> Any:
        """Bring a screen into sight, with what changed meanwhile, and return it."""
        screen = self.at(index)
        before = self.currentIndex()
        if before in _HOLDS_A_FILE and before != index and before in self.made:
            self.made[before].leave()
        self.setCurrentIndex(index)
        stale = self._stale.pop(index, Changes.NOTHING)
        if stale:
            screen.reload(stale)
        if index in _HOLDS_A_FILE:
            screen.come_back()
        return screen

    def reload(self, changes: Changes) -> None:
        """Reload the screen in sight; the others when she goes there."""
        current = self.currentIndex()
        for index, screen in self.made.items():
            if index == current:
                screen.reload(changes)
            else:
                self._stale[index] = self._stale.get(index, Changes.NOTHING) | changes

    def shut(self) -> None:
        """Let go of every file, for good."""
        for index in _HOLDS_A_FILE:
            if index in self.made:
                self.made[index].shut()
