"""The panel beside the register: how one address or domain stands, what is still to do, what happened."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, Kind, OptIn, OptOutRequest, Precision
from optoutdesk.services.register import History
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.opt_in import OptInDialog
from optoutdesk.ui.models.standing import bars_most, scope_quoted
from optoutdesk.ui.theme import theme, theme_changed
from optoutdesk.ui.widgets import Button, Chip, DeadlineStrip
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.basic import label as plain_label


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happened, as a line of the timeline."""

    at: datetime
    order: int
    """Of two events of one moment the higher one came later."""
    title: str
    facts: str
    quote: str
    tone: str


class _Dot(QWidget):
    """The dot at the side of a line of the timeline."""

    def __init__(self, tone: str) -> None:
        super().__init__()
        self._tone = tone
        self.setFixedSize(QSize(9, 18))
        theme_changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().tone(self._tone)[0]))
        painter.drawEllipse(QPoint(4, 10), 4, 4)
        painter.end()


def label(text: str, role: str, *, quote: bool = False) -> QLabel:
    """Return a text that wraps; a quotation can be copied."""
    made = plain_label(text, role, wrap=True)
    if quote:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


class DetailPanel(QFrame):
    """Everything about one address or domain, and what can be done about it."""

    show_other = Signal(object, str)
    """Kind, key: the history of its domain is wanted."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._history: History | None = None
        self._settling: tuple[OptOutRequest, ...] = ()
        """What she was asked about: exactly these are marked done, whatever is shown by then."""
        self.setProperty("role", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll)
        self.mark_done = Button("Mark done")
        self.opt_in = Button("Opted in again…")
        self.record = Button("Record another opt-out")
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
        self._add_clock(column, history)
        self._add_domain(column, history)
        self._add_events(column, history)
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

    def _add_clock(self, column: QVBoxLayout, history: History) -> None:
        clock = history.clock
        if clock is None:
            return
        column.addSpacing(12)
        strip = DeadlineStrip()
        strip.set_due(clock, self._context.today())
        column.addWidget(strip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
        today = self._context.today()
        left = words.days_left(clock)
        sentences = [f"Due {words.day(clock.request.due, today)} · {left[0].lower()}{left[1:]}."]
        if off := words.holidays(clock.strip):
            sentences.append(f"{off}.")
        column.addWidget(label(" ".join(sentences), "small"))
        column.addSpacing(20)
        column.addWidget(label("Still to do", "heading"))
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("Remove it wherever you send from", "smalltext"), 1)
        self.mark_done = Button("Mark done").compact()
        self.mark_done.setAccessibleName(f"Mark done: {words.subject(history.kind, history.key)}")
        self.mark_done.clicked.connect(self._ask_done)
        row.addWidget(self.mark_done)
        column.addLayout(row)

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
        events = self._events(history)
        if not events:
            return
        column.addSpacing(20)
        column.addWidget(label("What happened", "heading"))
        for event in events:
            column.addSpacing(10)
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(_Dot(event.tone), 0, Qt.AlignmentFlag.AlignTop)
            texts = QVBoxLayout()
            texts.setSpacing(2)
            texts.addWidget(label(event.title, "strong"))
            texts.addWidget(label(event.facts, "small"))
            if event.quote:
                texts.addWidget(label(f"“{event.quote}”", "small", quote=True))
            row.addLayout(texts, 1)
            column.addLayout(row)

    def _add_buttons(self, column: QVBoxLayout, history: History) -> None:
        column.addSpacing(20)
        self.record = Button("Record another opt-out" if history.requests else "Record an opt-out").compact()
        self.record.clicked.connect(self._record)
        buttons = [self.record] if history.kind is not Kind.HASH else []  # nobody can write down a hash
        if history.in_force:
            self.opt_in = Button("Opted in again…").compact()
            self.opt_in.clicked.connect(self._opt_in)
            buttons.insert(0, self.opt_in)
        wide = sum(button.sizeHint().width() + 8 for button in buttons) <= self.width() - 34
        row = QHBoxLayout() if wide else QVBoxLayout()
        row.setSpacing(8)
        for button in buttons:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        column.addLayout(row)

    # -- what happened

    def _events(self, history: History) -> list[_Event]:
        events = [
            self._asked(request, history.files.get(request.batch or 0, "")) for request in history.requests
        ]
        events += [self._done(request) for request in history.requests if request.done_at is not None]
        events += [
            self._withdrawn(request) for request in history.requests if request.withdrawn_at is not None
        ]
        events += [self._opted_in(opt_in) for opt_in in history.opt_ins]
        return sorted(events, key=lambda event: (event.at, event.order), reverse=True)

    def _asked(self, request: OptOutRequest, file: str) -> _Event:
        stop = "all mail" if request.scope == ALL_MAIL else scope_quoted(request.scope)
        who = "The domain asked" if request.kind is Kind.DOMAIN else "Asked"
        receipt = words.received(request.received, self._context.today())
        facts = [f"receipt {receipt}" if request.received.precision is Precision.UNKNOWN else receipt]
        if request.platform:
            facts.append(request.platform)
        if file:
            facts.append(file)
        recorded = self._context.local(request.recorded_at)
        late = recorded.date() != request.received.day
        when = f" {words.day(recorded.date(), self._context.today())}" if late else ""
        if request.by or when:
            facts.append(f"recorded{when}{f' by {request.by}' if request.by else ''}")
        if request.received.precision is Precision.DAY:
            facts[0] += " (time not known)"
        title = f"{who} {words.by_channel(request.channel)} to stop {stop}"
        if not request.asked:
            title = "Mail to it bounced"
        return _Event(request.received.instant, 0, title, " · ".join(facts), request.note, "accent")

    def _done(self, request: OptOutRequest) -> _Event:
        assert request.done_at is not None
        late = words.done_late(request)
        facts = [words.moment(request.done_at, self._context.zone, self._context.today())]
        if request.done_by:
            facts.append(request.done_by)
        if late:
            facts.append(f"was due {words.day(request.due, self._context.today())}")
        title = "Removed everywhere, late" if late else "Removed everywhere you send from"
        return _Event(request.done_at, 1, title, " · ".join(facts), "", "danger" if late else "ok")

    def _withdrawn(self, request: OptOutRequest) -> _Event:
        assert request.withdrawn_at is not None
        when = words.moment(request.withdrawn_at, self._context.zone, self._context.today())
        title = "Its import was undone: this request bars no mail"
        return _Event(request.withdrawn_at, 3, title, when, "", "plain")

    def _opted_in(self, opt_in: OptIn) -> _Event:
        facts = [words.moment(opt_in.at, self._context.zone, self._context.today())]
        if opt_in.by:
            facts.append(f"recorded by {opt_in.by}")
        title = f"Opted in again: {scope_quoted(opt_in.scope)}"
        return _Event(opt_in.at, 2, title, " · ".join(facts), opt_in.evidence, "accent")

    # -- acts

    def _ask_done(self) -> None:
        """Ask before a request is settled: the act stands in the ledger and cannot be taken back."""
        history = self._history
        if history is None:
            return
        self._settling = tuple(
            request
            for request in history.requests
            if request.done_at is None and request.withdrawn_at is None
        )
        text = (
            f"{words.subject(history.kind, history.key)} no longer stands in any list you send from. "
            "This goes into the ledger with today’s date and stays there."  # noqa: RUF001
        )
        self._context.ask(self, "Removed everywhere you send from?", text, "Yes, mark done", self._mark_done)

    def _mark_done(self) -> None:
        settling, self._settling = self._settling, ()
        desk = self._context.desk
        try:
            changes = desk.due_requests.mark_done(settling, now=self._context.now(), by=desk.person)
        except UserError as error:
            self._context.complain(self, error)
            return
        self._context.broadcast(changes)

    def _opt_in(self) -> None:
        if self._history is not None:
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
