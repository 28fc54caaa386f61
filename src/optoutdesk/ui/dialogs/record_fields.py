"""What is recorded with an opt-out: when and how it arrived, what it is about, by whom, a note, and by which rule it counts."""

from datetime import date, datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from optoutdesk.domain.requests import Channel
from optoutdesk.services.read_message import Proposal
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.widgets.due_line import policy_choice
from optoutdesk.ui.widgets.field import field
from optoutdesk.ui.widgets.when_edit import WhenEdit, show_start


class RecordFields(QWidget):
    """The fields below the addresses. What an e-mail proposes never overwrites what she said herself."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proposed_note = ""
        self._channel_said = False
        self._make(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.addLayout(field("&Received", self.when.day, self.when, self.when.unknown), 0, 0)
        grid.addLayout(field("&How", self.channel), 0, 1)
        grid.addLayout(field("From &what", self.scope), 1, 0)
        grid.addLayout(field("Recorded &by", self.by), 1, 1)
        grid.addLayout(field("N&ote", self.note), 2, 0, 1, 2)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 4)
        column.addLayout(grid)
        self.rule = QWidget()
        """Folded away until she wants another rule than her own."""
        rule = field("R&ule for this request", self.policy)
        rule.setContentsMargins(0, 0, 0, 0)
        self.rule.setLayout(rule)
        self.rule.hide()
        column.addWidget(self.rule)
        self.channel.activated.connect(self._on_channel_said)

    def _make(self, context: Context) -> None:
        desk = context.desk
        self.when = WhenEdit(context.now(), context.zone)
        self.channel = QComboBox()
        for channel in words.CHANNELS:
            self.channel.addItem(words.channel_choice(channel), channel)
        self.scope = QComboBox()
        self.scope.setEditable(True)
        self.scope.addItem(words.ALL_MAIL_WORDS)
        self.scope.addItems(desk.register.scopes())
        self.scope.setToolTip(
            "All mail, unless the person named one list or brand. Type the name of a new one."
        )
        self.by = QComboBox()
        self.by.setEditable(True)
        self.by.addItems(list(dict.fromkeys([desk.person, *desk.people()])))
        for combo in (self.scope, self.by):
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.note = QLineEdit()
        self.note.setPlaceholderText("What was said, if it matters")
        self.policy = policy_choice(desk.counting)
        for combo in (self.channel, self.scope, self.by, self.policy):
            show_start(combo)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the Tab key stops, in order."""
        when = self.when
        return (
            *(when.day, when.time, when.unknown, self.channel),
            *(self.scope, self.by, self.note, self.policy),
        )

    @property
    def person(self) -> str:
        """Who records it; "" while nobody is named."""
        return " ".join(self.by.currentText().split())

    def take(self, channel: Channel | None, day: date | None) -> None:
        """Take over what she said before, in the small box."""
        if channel is not None:
            self.channel.setCurrentIndex(self.channel.findData(channel))
            self._channel_said = True
        if day is not None:
            self.when.set_day(day)

    def propose(self, proposal: Proposal) -> None:
        """Fill in how it arrived and the note, as an e-mail says."""
        if proposal.channel is not None and not self._channel_said:
            self.channel.setCurrentIndex(self.channel.findData(proposal.channel))
        if proposal.note and self.note.text() in ("", self._proposed_note):
            self.note.setText(proposal.note)
            self.note.setCursorPosition(0)
            self._proposed_note = self.note.text()

    def propose_received(self, moment: datetime | None) -> None:
        """Fill in when it arrived; None: nothing says so."""
        if moment is not None:
            self.when.propose(moment)

    @Slot()
    def _on_channel_said(self) -> None:
        self._channel_said = True
