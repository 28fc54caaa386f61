"""What she does with open requests on Today: marks them done, gives them to somebody. Each act asks first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform, TaskState
from optoutdesk.services.due_requests import Due
from optoutdesk.ui import words, words_today
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.due_lines import Section

EVERYWHERE = "Everywhere they are still open"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the selected requests come to now."""

    ids: tuple[int, ...]
    """Those that are still open."""
    places: tuple[tuple[Platform, tuple[int, ...]], ...]
    """Where they are still to be done: a platform and which of them."""
    where: QPoint


class TodayActs(QObject):
    """Asks and acts for the screen it belongs to."""

    def __init__(self, context: Context, screen: QWidget, chosen: Callable[[], frozenset[int]]) -> None:
        """`chosen` gives the ids of the requests that are selected."""
        super().__init__(screen)
        self._context = context
        self._chosen = chosen
        self._asked: tuple[Due, list[Platform]] | None = None
        self._people: Sequence[str] = ()
        self.menu: QMenu | None = None
        """The menu that was opened last."""

    @property
    def _screen(self) -> QWidget:
        screen = self.parent()
        assert isinstance(screen, QWidget)
        return screen

    def know_people(self, people: Sequence[str]) -> None:
        """Take note of whom requests can be given to."""
        self._people = people

    # -- one request

    def ask_done(self, due: Due, section: Section | None = None) -> None:
        """Ask before a request is settled: where, when it is open at several platforms; else a plain question."""
        places = [task.platform for task in due.open_tasks]
        if len(places) > 1:
            self._ask_where(due, section)
            return
        self._asked = (due, places)
        name, names = words.subject(due.request.kind, due.request.key), [place.name for place in places]
        text = words_today.done_confirm(name, due.request.scope, names)
        self._context.ask(
            self._screen,
            words_today.done_question(names, 1),
            f"{text} {words_today.IRREVOCABLE_TODAY}",
            "Yes, mark done",
            self._mark_done,
        )

    def _ask_where(self, due: Due, section: Section | None) -> None:
        """Ask at which platforms a request is done. Where she works through one platform, that one is ticked."""
        from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog, Wanted

        places = tuple(task.platform for task in due.open_tasks)
        here = section.group.platform if section is not None else None
        ticked = frozenset([here.id] if here is not None else [place.id for place in places])
        name = words.subject(due.request.kind, due.request.key)
        wanted = Wanted((due.request.id,), name, places, ticked, scope=due.request.scope)
        MarkDoneDialog(self._context, wanted, self._screen).open()

    @Slot()
    def _mark_done(self) -> None:
        asked, self._asked = self._asked, None
        if asked is None:
            return
        due, places = asked
        desk = self._context.desk
        there = [place.id for place in places] or None
        try:
            changes = desk.due_requests.mark_done(
                [due.request.id], now=self._context.now(), by=desk.person, platforms=there
            )
        except UserError as error:
            self._context.complain(self._screen, error)
            return
        name = words.subject(due.request.kind, due.request.key)
        self._context.notice.emit(words_today.done(name, [place.name for place in places], TaskState.REMOVED))
        self._context.broadcast(changes)

    def show_menu(self, due: Due, section: Section, where: QPoint) -> None:
        """Offer what can be done with one request."""
        menu = self._new_menu()
        history = menu.addAction("Show the history")
        history.triggered.connect(lambda: self._context.go_to_history(due.request.kind, due.request.key))
        menu.addAction("Mark done…").triggered.connect(lambda: self.ask_done(due, section))
        other = menu.addAction("Done on another day, or never there…")
        other.triggered.connect(lambda: self._ask_where(due, section))
        menu.addSeparator()
        self._add_people(menu, [due.request.id], words.subject(due.request.kind, due.request.key))
        menu.popup(where)

    # -- the selected ones

    def ask_chosen_done(self, where: QPoint) -> None:
        """Ask at which platform the selected requests are done, then whether; one is asked about like any single one."""
        self._count(where, self._offer_places)

    def ask_chosen_assign(self, where: QPoint) -> None:
        """Ask who is to work on the selected requests."""
        self._count(where, self._offer_people)

    def ask_assign(self, due: Due, where: QPoint) -> None:
        """Ask who is to work on a request."""
        menu = self._new_menu()
        self._add_people(menu, [due.request.id], words.subject(due.request.kind, due.request.key))
        menu.popup(where)

    def _count(self, where: QPoint, then: Callable[[_Chosen], None]) -> None:
        """Find out which of the selected requests are open and where; 20,000 take a moment."""
        chosen, desk, now = self._chosen(), self._context.desk, self._context.now()
        due_requests, platforms = desk.due_requests, desk.platforms

        def work(_report: Any) -> _Chosen:
            ids = tuple(request for request in due_requests.ids(now) if request in chosen)
            places = []
            for standing in platforms.all(now):
                there = tuple(r for r in platforms.ids_to_remove(standing.platform.id) if r in chosen)
                if there:
                    places.append((standing.platform, there))
            return _Chosen(ids, tuple(places), where)

        self._context.lookups.run(work, done=then, failed=self._failed)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._screen, error)

    @Slot(object)
    def _offer_places(self, found: _Chosen) -> None:
        if not found.ids:
            return
        if not found.places:
            self._ask_many(found.ids, None, ())
            return
        menu = self._new_menu()
        every = menu.addAction(f"{EVERYWHERE} ({words.number(len(found.ids))})")
        everywhere = tuple(platform for platform, _ in found.places)
        every.triggered.connect(lambda: self._ask_many(found.ids, None, everywhere))
        menu.addSeparator()
        for platform, ids in found.places:
            self._add_place(menu, platform, ids)
        menu.popup(found.where)

    def _add_place(self, menu: QMenu, platform: Platform, ids: tuple[int, ...]) -> None:
        action = menu.addAction(f"At {platform.name} ({words.number(len(ids))})".replace("&", "&&"))
        action.triggered.connect(lambda: self._ask_many(ids, platform, ()))

    def _ask_many(self, ids: tuple[int, ...], only: Platform | None, everywhere: Sequence[Platform]) -> None:
        from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog, Wanted

        who = f"these {words.number(len(ids))} people" if len(ids) > 1 else "this person"
        names = tuple(platform.name for platform in everywhere)
        wanted = Wanted(ids, who, only=only, everywhere=names)
        MarkDoneDialog(self._context, wanted, self._screen).open()

    @Slot(object)
    def _offer_people(self, found: _Chosen) -> None:
        if not found.ids:
            return
        menu = self._new_menu()
        many = len(found.ids) > 1
        who = f"these {words.number(len(found.ids))} requests" if many else "this request"
        self._add_people(menu, found.ids, who)
        menu.popup(found.where)

    def _add_people(self, menu: QMenu, ids: Sequence[int], who: str) -> None:
        for person in (*self._people, ""):
            text = f"Assign to {person}" if person else "Assign to nobody"
            menu.addAction(self._assign_action(menu, text.replace("&", "&&"), ids, who, person))

    def _assign_action(self, menu: QMenu, text: str, ids: Sequence[int], who: str, person: str) -> QAction:
        action = QAction(text, menu)
        action.triggered.connect(lambda: self._ask_who(ids, who, person))
        return action

    def _ask_who(self, ids: Sequence[int], who: str, person: str) -> None:
        from optoutdesk.ui.dialogs.mark_done import AssignDialog

        AssignDialog(self._context, ids, who, person, self._screen).open()

    def _new_menu(self) -> QMenu:
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = QMenu(self._screen)
        return self.menu
