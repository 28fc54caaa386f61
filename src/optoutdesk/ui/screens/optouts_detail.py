"""The panel beside the register: how one address or domain stands, what is still to do, what happened."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.services.acknowledge import can_be_acknowledged
from optoutdesk.services.register import History
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.standing import bars_most
from optoutdesk.ui.screens.optouts_timeline import event_line, events_of, label
from optoutdesk.ui.screens.optouts_todo import Clock, Todo, places_of
from optoutdesk.ui.widgets import Button, Chip
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.drop_zone import dropped_file
from optoutdesk.ui.widgets.evidence import RequestEvidence
from optoutdesk.ui.widgets.flow import FlowLayout


class DetailPanel(QFrame):
    """Everything about one address or domain, and what can be done about it."""

    show_other = Signal(object, str)
    """Kind, key: the history of its domain is wanted."""
    assign_wanted = Signal(object, object)
    """Due, QPoint: who is to work on it; a menu may open there."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._history: History | None = None
        self.setProperty("role", "card")
        self.setAcceptDrops(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll)
        self.todo: Todo | None = None
        self.evidence: RequestEvidence | None = None
        self.acknowledge: Button | None = None
        self.assign: Button | None = None
        self.opt_in: Button | None = None
        self.record: Button | None = None
        self.show_history(None)

    @property
    def history(self) -> History | None:
        """What is shown."""
        return self._history

    def show_history(self, history: History | None) -> bool:
        """Show another address's or domain's history; False when it is the one that is shown."""
        if history is not None and history == self._history:
            return False  # whatever has the keyboard keeps it
        self._history = history
        self.todo = self.evidence = None
        self.acknowledge = self.assign = self.opt_in = self.record = None
        body = QWidget()
        body.setProperty("role", "plain")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(0)
        if history is None:
            column.addWidget(label("Choose a line to see what happened and what is still to do.", "muted"))
        else:
            self._fill(column, history)
        column.addStretch(1)
        self._scroll.setWidget(body)
        return True

    def _fill(self, column: QVBoxLayout, history: History) -> None:
        name = words.subject(history.kind, history.key)
        title = label(breakable(name, longest=20), "large")
        title.setAccessibleName(name)
        title.setToolTip(words.subject_in_full(history.kind, history.key))
        column.addWidget(title)
        column.addSpacing(2)
        if person := _person(history):
            column.addWidget(label(person, "smalltext"))
            column.addSpacing(2)
        column.addWidget(label(self._standing(history), "muted"))
        if history.clock is not None:
            column.addSpacing(12)
            column.addWidget(Clock(self._context, history.clock))
        places = places_of(history)
        if history.clock is not None or places:
            self.todo = Todo(self._context, history, places)
            column.addSpacing(20)
            column.addWidget(self.todo)
        self._add_domain(column, history)
        self._add_events(column, history)
        self._add_evidence(column, history)
        self._add_buttons(column, history)

    def _standing(self, history: History) -> str:
        request = bars_most(history)
        if request is None:
            if not history.opt_ins:
                free = (
                    "May be mailed."
                    if history.kind is Kind.ADDRESS
                    else "The domain itself is not suppressed."
                )
                return f"Nothing on record. {free}"
            latest = max(history.opt_ins, key=lambda opt_in: opt_in.at)
            return f"May be mailed again since {words.short_date(self._context.local(latest.at).date())}"
        if request.kind is Kind.DOMAIN and history.kind is Kind.ADDRESS:
            return words.blocked_through("domain", request)
        if request.kind is Kind.HASH and history.kind is Kind.ADDRESS:
            return words.blocked_through("hash", request)
        return words.blocked_since(request)

    def _add_domain(self, column: QVBoxLayout, history: History) -> None:
        """Offer the history of the domain or the hash through which an address is blocked."""
        for request in history.over_it[:1]:
            column.addSpacing(8)
            row = QHBoxLayout()
            row.addWidget(Chip(words.subject(request.kind, request.key), "warning"))
            row.addStretch(1)
            show = Button("Show hash" if request.kind is Kind.HASH else "Show domain").compact()
            show.clicked.connect(self._show_domain)
            row.addWidget(show)
            column.addLayout(row)

    def _add_events(self, column: QVBoxLayout, history: History) -> None:
        events = events_of(history, self._context)
        if not events:
            return
        column.addSpacing(20)
        column.addWidget(label("What happened", "heading"))
        for event in events:
            column.addSpacing(10)
            column.addLayout(event_line(event))

    def _add_evidence(self, column: QVBoxLayout, history: History) -> None:
        """List the files that show it, to be opened, and take more."""
        request = _to_prove(history)
        if request is None and not history.evidence:
            return
        self.evidence = RequestEvidence(self._context, request, history.evidence)
        column.addSpacing(20)
        column.addWidget(label("Evidence", "heading"))
        column.addSpacing(6)
        column.addWidget(self.evidence)

    def _add_buttons(self, column: QVBoxLayout, history: History) -> None:
        """Offer what can be done, beside each other as far as there is room."""
        column.addSpacing(20)
        buttons: list[Button] = []

        def offer(text: str, slot: Callable[[], object]) -> Button:
            buttons.append(Button(text).compact())
            buttons[-1].clicked.connect(slot)
            return buttons[-1]

        if _to_acknowledge(history) is not None:
            self.acknowledge = offer("Acknowledge…", self._acknowledge)
        if history.clock is not None:
            self.assign = offer("Assign to…", self._assign)
        if history.in_force:
            self.opt_in = offer("Opted in again…", self._opt_in)
        if history.kind is not Kind.HASH:  # nobody can write down a hash
            another = "Record another opt-out" if history.requests else "Record an opt-out"
            self.record = offer(another, self._record)
        holder = QWidget()
        flow = FlowLayout(holder, spacing=8)
        for button in buttons:
            flow.addWidget(button)
        column.addWidget(holder)

    # -- a file dropped on it is evidence

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.evidence is not None and dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event.mimeData())
        if path is not None and self.evidence is not None:
            event.acceptProposedAction()
            self.evidence.add(path)

    # -- what she does

    def _acknowledge(self) -> None:
        request = _to_acknowledge(self._history) if self._history is not None else None
        if request is not None:
            from optoutdesk.ui.dialogs.acknowledge import AcknowledgeDialog

            AcknowledgeDialog(self._context, request, self.window()).open()

    def _assign(self) -> None:
        if self._history is not None and self._history.clock is not None and self.assign is not None:
            self.assign_wanted.emit(self._history.clock, self.assign.mapToGlobal(QPoint(0, 0)))

    def _opt_in(self) -> None:
        if self._history is not None:
            from optoutdesk.ui.dialogs.opt_in import OptInDialog

            OptInDialog(self._context, self._history, self.window()).open()

    def _record(self) -> None:
        if self._history is not None:
            self._context.record_optout.emit(words.subject(self._history.kind, self._history.key))

    def _show_domain(self) -> None:
        if self._history is not None and self._history.over_it:
            request = self._history.over_it[0]
            self.show_other.emit(request.kind, request.key)


def _person(history: History) -> str:
    """Return the name an import gave with the address; the latest where there are several."""
    named = [request for request in history.requests if request.name]
    return max(named, key=lambda request: request.id).name if named else ""


def _to_acknowledge(history: History) -> OptOutRequest | None:
    """Return the request the person may be told of: the one that is open, else the latest that bars mail."""
    told = {each.request for each in history.acknowledged}
    fits = [request for request in history.in_force if can_be_acknowledged(request)]
    if history.clock is not None and history.clock.request in fits:
        return history.clock.request
    fresh = [request for request in fits if request.id not in told]
    return max(fresh or fits, key=lambda request: (request.received.instant, request.id), default=None)


def _to_prove(history: History) -> OptOutRequest | None:
    """Return the request that a file is evidence of: the one that is open, else the latest."""
    if history.clock is not None:
        return history.clock.request
    standing = [request for request in history.requests if request.withdrawn_at is None]
    return max(standing, key=lambda request: (request.received.instant, request.id), default=None)
