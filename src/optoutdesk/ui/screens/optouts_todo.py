"""What is still to be done about an address or a domain: where, by when, and who does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from optoutdesk.domain.platforms import Platform, Task, TaskState
from optoutdesk.domain.requests import ALL_MAIL, with_clock
from optoutdesk.services.due_requests import Due, Urgency
from optoutdesk.services.register import History
from optoutdesk.ui import words, words_today
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.optouts_timeline import label
from optoutdesk.ui.widgets import Button, Chip, DeadlineStrip, line
from optoutdesk.ui.widgets.flow import FlowLayout


@dataclass(frozen=True, slots=True)
class Place:
    """One platform, and what is to be done there."""

    platform: Platform
    open: tuple[int, ...]
    """Requests still to be done there."""
    last: Task
    """How it stands: of several requests what came last."""


def places_of(history: History) -> list[Place]:
    """Return the platforms that the requests about an address or a domain concern, in their order."""
    found: dict[int, list[tuple[int, Task]]] = {}
    standing = {request.id for request in history.requests if request.withdrawn_at is None}
    for request, tasks in history.tasks.items():
        for task in tasks:
            if request in standing:
                found.setdefault(task.platform.id, []).append((request, task))
    places = []
    for number in sorted(found):
        there = found[number]
        still = tuple(request for request, task in there if task.state is TaskState.OPEN)
        last = max((task for _, task in there), key=_since)
        places.append(Place(last.platform, still, last))
    return places


def _since(task: Task) -> str:
    return task.at.isoformat() if task.at is not None else ""


class OpenPlace(QWidget):
    """One platform where it is still to be done."""

    def __init__(self, context: Context, who: str, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._who = who
        self.place = place
        name = place.platform.name
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Chip(name, "warning"))
        row.addStretch(1)
        self.done = Button("Mark done").compact()
        self.done.setAccessibleName(f"Mark done in {name}: {who}")
        self.done.clicked.connect(self._removed)
        self.more = Button("⋯").compact()
        self.more.setAccessibleName(f"More about {name}: {who}")
        self.more.setToolTip("Was it never there?")
        self.more.clicked.connect(self._show_menu)
        row.addWidget(self.done)
        row.addWidget(self.more)
        outer.addLayout(row)
        outer.addWidget(line())
        self.menu = QMenu(self)
        self.never = self.menu.addAction("Was never there…")
        self.never.triggered.connect(self._never)

    def _show_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))

    def _removed(self) -> None:
        self._ask(never=False)

    def _never(self) -> None:
        self._ask(never=True)

    def _ask(self, *, never: bool) -> None:
        from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog, Wanted

        wanted = Wanted(self.place.open, self._who, only=self.place.platform)
        dialog = MarkDoneDialog(self._context, wanted, self.window())
        if never:
            dialog.never.setChecked(True)
        dialog.open()


class Clock(QWidget):
    """The strip of the most urgent request, and why it is due when."""

    def __init__(self, context: Context, due: Due, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        today, now = context.today(), context.now()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        strip = DeadlineStrip()
        strip.set_due(due, today)
        column.addWidget(strip, 0, Qt.AlignmentFlag.AlignLeft)
        left = words.days_left(due)
        sentences = [f"Due {words.day(due.request.due, today)} · {left[0].lower()}{left[1:]}."]
        if off := words.holidays(due.strip):
            sentences.append(f"{off}.")
        column.addWidget(label(" ".join(sentences), "small"))
        if due.urgency is not Urgency.OVERDUE:  # then the legal date says more
            missed = due.target_missed(now)
            own = words_today.own_target(due, now, context.zone)
            if missed:
                own = f"own target {words.moment(due.own_target, context.zone, today)}: missed"
            column.addWidget(label(f"{own[:1].upper()}{own[1:]}.", "warning" if missed else "small"))


class Todo(QWidget):
    """Still to do, and what is done already."""

    def __init__(
        self, context: Context, history: History, places: Sequence[Place], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._history = history
        self._who = words.subject(history.kind, history.key)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        still = [place for place in places if place.open]
        self.places: list[OpenPlace] = []
        self.done: Button | None = None
        """Where no platform is concerned: done wherever she sends from."""
        due = history.clock
        if due is not None:
            self._column.addWidget(label("Still to do", "heading"))
            if due.assigned:
                self._column.addWidget(label(f"{due.assigned} works on it.", "small"))
            for place in still:
                self.places.append(OpenPlace(context, self._who, place))
                self._column.addWidget(self.places[-1])
            if not still:
                self._add_by_hand()
        elif places:
            self._column.addWidget(label("Done everywhere", "heading"))
        self._add_done([place for place in places if not place.open])

    def _add_by_hand(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("Remove it wherever you send from", "smalltext"), 1)
        self.done = Button("Mark done").compact()
        self.done.setAccessibleName(f"Mark done: {self._who}")
        self.done.clicked.connect(self._ask_done)
        row.addWidget(self.done)
        self._column.addLayout(row)

    def _add_done(self, places: Sequence[Place]) -> None:
        if not places:
            return
        holder = QWidget()
        flow = FlowLayout(holder, spacing=6)
        for place in places:
            chip = Chip(words_today.task(place.last), "ok")
            chip.setToolTip(words_today.task_in_words(place.last, self._context.zone, self._context.today()))
            chip.setAccessibleName(chip.toolTip())
            flow.addWidget(chip)
        self._column.addWidget(holder)

    def _ask_done(self) -> None:
        """Ask before a request is settled: the act stands in the ledger and cannot be taken back."""
        from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog, Wanted

        history = self._history
        running = [r for r in with_clock(history.in_force) if not history.tasks.get(r.id)]
        scope = running[0].scope if len({r.scope for r in running}) == 1 else ALL_MAIL
        wanted = Wanted(tuple(r.id for r in running), self._who, scope=scope)
        MarkDoneDialog(self._context, wanted, self.window()).open()
