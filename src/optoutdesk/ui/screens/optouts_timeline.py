"""What happened to an address or a domain, as lines of the panel beside the register, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from optoutdesk.domain.platforms import TaskEvent, TaskState
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Acknowledgement,
    Evidence,
    Kind,
    OptIn,
    OptOutRequest,
    Precision,
)
from optoutdesk.services.register import History
from optoutdesk.ui import words, words_batches, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.standing import scope_quoted
from optoutdesk.ui.theme import theme, theme_changed
from optoutdesk.ui.widgets.basic import label as plain_label


class _Order(IntEnum):
    """Of two events of one moment the higher one came later."""

    ASKED = 0
    BLOCKED = 1
    EVIDENCE = 2
    ACKNOWLEDGED = 3
    AT_PLATFORM = 4
    DONE = 5
    OPTED_IN = 6
    WITHDRAWN = 7


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as a line of the timeline."""

    at: datetime
    order: _Order
    title: str
    facts: str
    quote: str = ""
    tone: str = "accent"


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


def event_line(event: Event) -> QHBoxLayout:
    """Return an event with its dot, its facts and what was said."""
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(_Dot(event.tone), 0, Qt.AlignmentFlag.AlignTop)
    texts = QVBoxLayout()
    texts.setSpacing(2)
    texts.addWidget(label(event.title, "strong"))
    if event.facts:
        texts.addWidget(label(event.facts, "small"))
    if event.quote:
        texts.addWidget(label(f"“{event.quote}”", "small", quote=True))
    row.addLayout(texts, 1)
    return row


def events_of(history: History, context: Context) -> list[Event]:
    """Return what happened, the latest first."""
    return _Teller(history, context).events()


class _Teller:
    """Puts a history into words."""

    def __init__(self, history: History, context: Context) -> None:
        self._history = history
        self._context = context
        self._today = context.today()

    def events(self) -> list[Event]:
        """Return all of it."""
        history = self._history
        found = [self._asked(request) for request in history.requests]
        found += self._blocked(history.requests)
        found += [self._done(request) for request in history.requests if request.done_at is not None]
        found += [
            self._withdrawn(request) for request in history.requests if request.withdrawn_at is not None
        ]
        found += [self._opted_in(opt_in) for opt_in in history.opt_ins]
        found += self._at_platforms(history.events)
        found += [self._acknowledged(told) for told in history.acknowledged]
        found += [self._shown(file) for file in history.evidence if file.opt_in is None]
        return sorted(found, key=lambda event: (event.at, event.order), reverse=True)

    def _when(self, at: datetime) -> str:
        return words.moment(at, self._context.zone, self._today)

    def _asked(self, request: OptOutRequest) -> Event:
        stop = "all mail" if request.scope == ALL_MAIL else scope_quoted(request.scope)
        who = "The domain asked" if request.kind is Kind.DOMAIN else "Asked"
        receipt = words.received(request.received, self._today)
        facts = [f"receipt {receipt}" if request.received.precision is Precision.UNKNOWN else receipt]
        if request.platform:
            facts.append(request.platform)
        if file := self._history.files.get(request.batch or 0, ""):
            facts.append(file)
        recorded = self._context.local(request.recorded_at)
        late = recorded.date() != request.received.day
        when = f" {words.day(recorded.date(), self._today)}" if late else ""
        if request.by or when:
            facts.append(f"recorded{when}{f' by {request.by}' if request.by else ''}")
        if request.received.precision is Precision.DAY:
            facts[0] += " (time not known)"
        title = f"{who} {words.by_channel(request.channel)} to stop {stop}"
        if not request.asked:
            title = "Mail to it bounced"
        return Event(request.received.instant, _Order.ASKED, title, " · ".join(facts), request.note)

    def _blocked(self, requests: Sequence[OptOutRequest]) -> list[Event]:
        """The first record blocks; what comes later finds it blocked."""
        standing = [request for request in requests if request.withdrawn_at is None]
        if not standing:
            return []
        first = min(standing, key=lambda request: (request.recorded_at, request.id))
        at = max(first.recorded_at, first.received.instant)
        return [Event(at, _Order.BLOCKED, "Blocked in every list you clean", self._when(at))]

    def _done(self, request: OptOutRequest) -> Event:
        assert request.done_at is not None
        late = words.done_late(request)
        facts = [self._when(request.done_at)]
        if request.done_by:
            facts.append(request.done_by)
        if late:
            facts.append(f"was due {words.day(request.due, self._today)}")
        if any(event.request == request.id for event in self._history.events):
            title = "Done at every platform, late" if late else "Done at every platform"
        else:
            title = "Removed everywhere, late" if late else "Removed everywhere you send from"
        return Event(request.done_at, _Order.DONE, title, " · ".join(facts), "", "danger" if late else "ok")

    def _withdrawn(self, request: OptOutRequest) -> Event:
        assert request.withdrawn_at is not None
        title = "Its import was undone: this request bars no mail"
        return Event(
            request.withdrawn_at, _Order.WITHDRAWN, title, self._when(request.withdrawn_at), "", "plain"
        )

    def _opted_in(self, opt_in: OptIn) -> Event:
        facts = [self._when(opt_in.at)]
        if opt_in.who:
            facts.append(opt_in.who)
        if opt_in.how:
            facts.append(opt_in.how[:1].lower() + opt_in.how[1:])
        if opt_in.by:
            facts.append(f"recorded by {opt_in.by}")
        facts += [file.name for file in self._history.evidence if file.opt_in == opt_in.id]
        title = f"Opted in again: {scope_quoted(opt_in.scope)}"
        return Event(opt_in.at, _Order.OPTED_IN, title, " · ".join(facts), opt_in.evidence)

    def _at_platforms(self, events: Sequence[TaskEvent]) -> list[Event]:
        """One line for what was done at one moment at one platform, however many requests it was about."""
        found = {(e.platform, e.state, e.at, e.verification): e for e in events}
        return [self._at_platform(event) for event in found.values()]

    def _at_platform(self, event: TaskEvent) -> Event:
        name = self._history.platforms[event.platform].name
        title, tone = words_platforms.happened(event.state, name)
        facts = [self._when(event.at)]
        if event.by:
            facts.append(event.by)
        recorded = self._context.local(event.recorded_at).date()
        if event.state is not TaskState.OPEN and recorded != self._context.local(event.at).date():
            facts.append(f"recorded {words.day(recorded, self._today)}")
        verification = self._history.verifications.get(event.verification or 0)
        if verification is not None:
            facts.append(verification.path.name)
            facts.append(f"SHA-256 {words_batches.sha_short(verification.sha256)}")
        return Event(event.at, _Order.AT_PLATFORM, title, " · ".join(facts), "", tone)

    def _acknowledged(self, told: Acknowledgement) -> Event:
        facts = [self._when(told.at)]
        if told.by:
            facts.append(told.by)
        if told.template:
            facts.append(f"template “{told.template}”")
        return Event(told.at, _Order.ACKNOWLEDGED, "Acknowledged by e-mail", " · ".join(facts))

    def _shown(self, file: Evidence) -> Event:
        facts = [self._when(file.at)]
        if file.by:
            facts.append(file.by)
        facts.append(f"SHA-256 {words_batches.sha_short(file.sha256)}")
        return Event(file.at, _Order.EVIDENCE, f"Evidence: {file.name}", " · ".join(facts))
