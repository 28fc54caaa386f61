"""Who works: said in the rail, asked once where there are several names, written to every act from then on."""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.services.changes import Changes
from optoutdesk.ui.context import Context
from optoutdesk.ui.widgets.rail import Rail

if TYPE_CHECKING:
    from optoutdesk.ui.dialogs.who import WhoDialog


class Working(QObject):
    """Keeps the rail's line and asks. The window owns it."""

    def __init__(self, context: Context, window: QWidget, rail: Rail) -> None:
        super().__init__(window)
        self._context = context
        self._rail = rail
        self._asked = False
        self.question: WhoDialog | None = None
        rail.people_wanted.connect(self._offer)
        rail.person_chosen.connect(self.choose)
        context.changed.connect(self._on_changed)

    @property
    def _window(self) -> QWidget:
        # Not kept: in a cycle through the window a worker's collector could find it, and end it in that thread.
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if changes & (Changes.PEOPLE | Changes.SETTINGS):
            self.show()

    @Slot()
    def show(self) -> None:
        """Say who works."""
        name = self._context.desk.person
        self._rail.show_person(f"Working as {name}" if name else "Who is working?")

    def ask_once(self) -> None:
        """Ask who works, where there is a choice and it was not said in this session; never twice."""
        desk = self._context.desk
        if self._asked or desk.person_chosen or len(desk.settings.staff) < 2 or self._window.isHidden():
            return
        self._asked = True
        from optoutdesk.ui.dialogs.who import WhoDialog  # not before the first paint

        self.question = WhoDialog(desk.settings.staff, desk.person, self._window)
        self.question.chosen.connect(self.choose)
        self.question.destroyed.connect(self._on_answered)
        self.question.open()

    @Slot()
    def _on_answered(self) -> None:
        self.question = None

    @Slot()
    def _offer(self) -> None:
        desk = self._context.desk
        names = dict.fromkeys([*desk.people(), *filter(None, [desk.person])])
        self._rail.show_people(list(names), desk.person)

    @Slot(str)
    def choose(self, name: str) -> None:
        """From now on this person works; the next session begins with that name."""
        desk = self._context.desk
        desk.act_as(name)
        # It holds for this session, whether it can be kept for the next one or not.
        with suppress(OSError, UserError):
            desk.change_settings(replace(desk.settings, person=name))
        self._context.broadcast(Changes.PEOPLE)
