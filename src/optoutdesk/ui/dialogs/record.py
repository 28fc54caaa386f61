"""Records opt-outs: any text in, every address in it listed, the ticked ones suppressed at once."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain import deadlines
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Channel, Received, scope_name
from optoutdesk.services.record_optout import Findings
from optoutdesk.ui import words
from optoutdesk.ui.context import Context, RecordDraft
from optoutdesk.ui.widgets import Dialog
from optoutdesk.ui.widgets.basic import Button, label, line
from optoutdesk.ui.widgets.found_list import FoundList
from optoutdesk.ui.widgets.when_edit import WhenEdit, show_start

_WIDTH = 580
_SETTLE_MS = 120
"""How long she must pause before the text is read again."""


class RecordDialog(Dialog):
    """Ctrl+N."""

    def __init__(
        self, context: Context, parent: QWidget | None = None, draft: RecordDraft | None = None
    ) -> None:
        super().__init__("Record an opt-out", parent)
        self._context = context
        self.setFixedWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = label("Record an opt-out", "large")
        head.setContentsMargins(20, 14, 20, 12)
        layout.addWidget(head)
        layout.addWidget(line())
        body = QVBoxLayout()
        body.setContentsMargins(20, 14, 20, 18)
        body.setSpacing(12)
        layout.addLayout(body)
        self._build_text(body)
        self._build_fields(body)
        self._build_foot(body)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.look)
        self._connect()
        self._order()
        if draft is not None:
            self._take(draft)
        self.look()
        self.text.setFocus()

    # -- how it is built

    def _build_text(self, body: QVBoxLayout) -> None:
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(
            "Paste an address, a whole e-mail, or *@domain for everybody there. Every address in it is found."
        )
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(92)
        self.found = FoundList()
        part = _field("Addresses, or the whole &message", self.text)
        part.addSpacing(6)
        part.addWidget(self.found)
        body.addLayout(part)

    def _build_fields(self, body: QVBoxLayout) -> None:
        desk = self._context.desk
        self.when = WhenEdit(self._context.now(), self._context.zone)
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
        people = desk.register.people()
        self.by.addItems([desk.person, *(name for name in people if name != desk.person)])
        for combo in (self.scope, self.by):
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            show_start(combo)
        self.note = QLineEdit()
        self.note.setPlaceholderText("What was said, if it matters")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.addLayout(_field("&Received", self.when.day, self.when, self.when.unknown), 0, 0)
        grid.addLayout(_field("&How", self.channel), 0, 1)
        grid.addLayout(_field("From &what", self.scope), 1, 0)
        grid.addLayout(_field("Recorded &by", self.by), 1, 1)
        grid.addLayout(_field("N&ote", self.note), 2, 0, 1, 2)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 4)
        body.addLayout(grid)

    def _build_foot(self, body: QVBoxLayout) -> None:
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        body.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        due = QVBoxLayout()
        due.setSpacing(2)
        self.due = label("", "heading")
        self.why = label("", "small", wrap=True)
        due.addWidget(self.due)
        due.addWidget(self.why)
        foot.addLayout(due, 1)
        self.cancel = Button("Cancel")
        self.button = Button("Record opt-out", primary=True)
        self.button.setDefault(True)
        self.button.setToolTip("Ctrl+Enter")
        foot.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        body.addLayout(foot)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._settle.start)
        self.scope.currentTextChanged.connect(self._settle.start)
        self.when.changed.connect(self._show_due)
        self.found.ticked.connect(self._show_count)
        self.cancel.clicked.connect(self.reject)
        self.button.clicked.connect(self.record)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.record)

    def _order(self) -> None:
        """Let Tab go through the fields as the eye does."""
        when = self.when
        order: list[QWidget] = [self.text, self.found, when.day, when.time, when.unknown, self.channel]
        order += [self.scope, self.by, self.note, self.button, self.cancel]
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)

    def _take(self, draft: RecordDraft) -> None:
        self.text.setPlainText(draft.text)
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        if draft.channel is not None:
            self.channel.setCurrentIndex(self.channel.findData(draft.channel))
        if draft.day is not None:
            self.when.set_day(draft.day)

    # -- what it shows

    @Slot()
    def look(self) -> None:
        """Read the text and list what is in it."""
        self._settle.stop()
        text = self.text.toPlainText()
        if text.strip():
            findings = self._context.desk.record_optout.find(text, scope_name(self.scope.currentText()))
        else:
            findings = Findings((), ())
        self.found.show_findings(findings)
        self._show_due()
        self.fit()

    @Slot()
    def _show_count(self) -> None:
        count = len(self.found.chosen())
        self.button.setText(f"Record {words.count(count, 'opt-out')}" if count else "Record opt-out")
        self._complain("")

    @Slot()
    def _show_due(self) -> None:
        """Count the due date of what is in the fields."""
        self._complain("")
        try:
            received = self._received()
        except UserError as error:
            self.due.setText("No due date")
            self.why.setText(str(error))
            return
        counting, day = self._context.desk.counting, self._context.today()
        due = counting.due(received)
        cells = deadlines.strip(received.day, due, day, counting.policy, counting.holiday)
        late = due < day
        self.due.setText(f"Due {words.full_day(due)}" + (": already past" if late else ""))
        self.due.setProperty("tone", "danger" if late else "")
        self.why.setText(words.why_due(counting.policy, cells))

    def _received(self) -> Received:
        now = self._context.now()
        return self._context.desk.record_optout.received(self.when.value(now), now)

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        shown = bool(text)
        if shown != self.problem.isVisibleTo(self):
            self.problem.setVisible(shown)
            self.fit()

    # -- what she does

    @Slot()
    def record(self) -> None:
        """Record the ticked addresses and close, or say what is missing."""
        if self._settle.isActive():
            self.look()
        chosen = self.found.chosen()
        person = " ".join(self.by.currentText().split())
        if not chosen:
            if not self.text.toPlainText().strip():
                self._complain("Type or paste an address first.")
            elif self.found.count():
                self._complain("Nothing is ticked. Tick the addresses that are to be left alone.")
            else:
                self._complain("There is no e-mail address in this text. It looks like name@example.com.")
            self.text.setFocus()
            return
        if not person:
            self._complain("Say who records this.")
            self.by.setFocus()
            return
        desk, now = self._context.desk, self._context.now()
        try:
            recorded, changes = desk.record_optout.record(
                chosen,
                self._received(),
                now=now,
                by=person,
                channel=Channel(self.channel.currentData()),
                scope=scope_name(self.scope.currentText()),
                note=self.note.text(),
            )
            if person != desk.person:
                changes |= desk.change_settings(replace(desk.settings, person=person))
        except UserError as error:
            self._complain(str(error))
            return
        self.accept()
        self._context.tell_recorded(self.parentWidget() or self, recorded)
        self._context.broadcast(changes)


def _field(
    text: str, widget: QWidget, around: QWidget | None = None, beside: QWidget | None = None
) -> QVBoxLayout:
    """Return a field, or what is around it, under its label and what is beside that; & marks the letter for Alt."""
    layout = QVBoxLayout()
    layout.setSpacing(5)
    name = label(text, "small")
    name.setBuddy(widget)
    widget.setAccessibleName(text.replace("&", ""))
    head = QHBoxLayout()
    name.setFixedHeight(18)
    head.addWidget(name, 1)
    if beside is not None:
        beside.setFixedHeight(18)
        head.addWidget(beside)
    layout.addLayout(head)
    layout.addWidget(around or widget)
    return layout
