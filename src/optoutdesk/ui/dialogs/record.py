"""Records opt-outs: any text or e-mail in, every address in it listed, the ticked ones suppressed at once."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Channel, Received, scope_name
from optoutdesk.services.changes import Changes
from optoutdesk.services.evidence import EvidenceFile, Kept
from optoutdesk.services.record_optout import Findings
from optoutdesk.ui import words
from optoutdesk.ui.context import Context, RecordDraft
from optoutdesk.ui.dialogs.record_fields import RecordFields
from optoutdesk.ui.widgets import Dialog
from optoutdesk.ui.widgets.basic import Button, label, line
from optoutdesk.ui.widgets.drop_zone import dropped_files
from optoutdesk.ui.widgets.due_line import DueLine
from optoutdesk.ui.widgets.evidence import EvidenceBox
from optoutdesk.ui.widgets.field import field
from optoutdesk.ui.widgets.found_list import FoundList
from optoutdesk.ui.widgets.message_text import MessageText
from optoutdesk.ui.widgets.scroll_body import ScrollBody

_WIDTH = 580
_SETTLE_MS = 120
"""How long she must pause before the text is read again."""
_SMALLEST_WINDOW = 600
_AROUND = 28
"""What is left of the window above and below."""


class RecordDialog(Dialog):
    """Ctrl+N."""

    def __init__(
        self, context: Context, parent: QWidget | None = None, draft: RecordDraft | None = None
    ) -> None:
        super().__init__("Record an opt-out", parent)
        self._context = context
        self.setFixedWidth(_WIDTH)
        self.setAcceptDrops(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = label("Record an opt-out", "large")
        head.setContentsMargins(20, 14, 20, 12)
        layout.addWidget(head)
        layout.addWidget(line())
        self._body = ScrollBody()
        layout.addWidget(self._body)
        body = self._body.column
        body.setContentsMargins(20, 14, 20, 4)
        body.setSpacing(12)
        self._build_text(body)
        self._build_fields(body)
        self._build_foot(layout)
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
        self.text = MessageText()
        self.text.setPlaceholderText(
            "Paste an address, a whole e-mail, or *@domain for everybody there. Every address in it is found."
        )
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(92)
        self.found = FoundList()
        part = field("Addresses, or the whole &message", self.text)
        part.addSpacing(6)
        part.addWidget(self.found)
        body.addLayout(part)

    def _build_fields(self, body: QVBoxLayout) -> None:
        self.fields = fields = RecordFields(self._context)
        self.when, self.channel, self.scope = fields.when, fields.channel, fields.scope
        self.by, self.note, self.policy = fields.by, fields.note, fields.policy
        body.addWidget(fields)
        self.evidence = EvidenceBox(self._context)
        body.addWidget(self.evidence)

    def _build_foot(self, layout: QVBoxLayout) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(20, 8, 20, 18)
        column.setSpacing(12)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        self.due = DueLine()
        foot.addWidget(self.due, 1)
        self.cancel = Button("Cancel")
        self.button = Button("Record opt-out", primary=True)
        self.button.setDefault(True)
        self.button.setToolTip("Ctrl+Enter")
        foot.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(foot)
        layout.addLayout(column)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._settle.start)
        self.text.files_given.connect(self._take_files)
        self.scope.currentTextChanged.connect(self._settle.start)
        self.when.changed.connect(self._show_due)
        self.policy.currentIndexChanged.connect(self._show_due)
        self.found.ticked.connect(self._show_count)
        self.due.other_wanted.connect(self._show_rules)
        self.evidence.read.connect(self._propose)
        self.evidence.changed.connect(self._on_evidence)
        self.cancel.clicked.connect(self.reject)
        self.button.clicked.connect(self.record)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.record)

    def _order(self) -> None:
        """Let Tab go through the fields as the eye does."""
        order: list[QWidget] = [self.text, self.found, *self.fields.stops, *self.evidence.stops]
        order += [self.due.other, self.button, self.cancel]
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)

    def _take(self, draft: RecordDraft) -> None:
        self.text.setPlainText(draft.text)
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.fields.take(draft.channel, draft.day)
        self._take_files(draft.files)

    # -- what shows it

    @Slot(object)
    def _take_files(self, paths: Sequence[object]) -> None:
        for path in paths:
            self.evidence.zone.dropped.emit(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = dropped_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self._take_files(files)

    @Slot(object)
    def _propose(self, file: EvidenceFile) -> None:
        """Fill in what an e-mail says; what she typed or chose herself stays."""
        proposal = file.read.proposal
        text = self.text.toPlainText()
        there = self._find(text)
        known = {entry.key for entry in there.entries}
        lines = [a for a in proposal.addresses if not known.issuperset(e.key for e in self._find(a).entries)]
        if lines:
            self.text.setPlainText("\n".join(filter(None, [text.rstrip("\n"), *lines])))
        self.fields.propose(proposal)
        self.look()

    @Slot()
    def _on_evidence(self) -> None:
        # Of several e-mails the earliest counts: the clock starts with the first request.
        moments = [file.read.proposal.received for file in self.evidence.files]
        self.fields.propose_received(min((m for m in moments if m is not None), default=None))
        self._order()
        self.fit()

    # -- what it shows

    def fit(self) -> None:
        """Take the height that everything needs; where the window has less, what is above the due date scrolls."""
        layout, parent = self.layout(), self.parentWidget()
        if layout is None:
            return
        room = max(_SMALLEST_WINDOW, parent.window().height() if parent is not None else 0) - _AROUND
        self._body.setFixedHeight(0)
        self._body.take_height(_WIDTH, room - layout.totalHeightForWidth(_WIDTH))
        super().fit()
        if parent is not None and self.isVisible():
            area = parent.window().frameGeometry()
            if self.geometry().bottom() > area.bottom() - _AROUND // 2:
                self._centre(parent.window())

    def _find(self, text: str) -> Findings:
        if not text.strip():
            return Findings((), ())
        return self._context.desk.record_optout.find(text, scope_name(self.scope.currentText()))

    @Slot()
    def look(self) -> None:
        """Read the text and list what is in it."""
        self._settle.stop()
        self.found.show_findings(self._find(self.text.toPlainText()))
        self.fit()

    @Slot()
    def _show_count(self) -> None:
        count = len(self.found.chosen())
        self.button.setText(f"Record {words.count(count, 'opt-out')}" if count else "Record opt-out")
        self._show_due()

    @Slot()
    def _show_rules(self) -> None:
        """Offer the other rules."""
        self.due.other.hide()
        self.fields.rule.show()
        self.fit()
        self._body.show_part(self.fields.rule)
        self.policy.setFocus()

    @Slot()
    def _show_due(self) -> None:
        """Count the due date of what is in the fields."""
        self._complain("")
        desk = self._context.desk
        try:
            received = self._received()
        except UserError as error:
            self.due.show_problem(str(error))
            return
        counted = desk.record_optout.count(self.found.chosen(), received, self.policy.currentData())
        self.due.show_counted(counted, received, desk.counting, self._context.today())

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
        if not self.button.isEnabled():
            return
        if self._settle.isActive():
            self.look()
        if missing := self._missing():
            sentence, widget = missing
            self._complain(sentence)
            widget.setFocus()
        elif self.evidence.files:
            self._hold(True)
            service, files = self._context.desk.evidence, list(self.evidence.files)
            self._context.tasks.run(
                lambda _report: [service.keep(file) for file in files],
                done=self._store,
                failed=self._on_not_kept,
            )
        else:
            self._store([])

    def _missing(self) -> tuple[str, QWidget] | None:
        """Return what is missing as a sentence, and where."""
        if self.evidence.reading:
            return "The file is still being read. Look at what it proposes, then record.", self.text
        if not self.found.chosen():
            if not self.text.toPlainText().strip():
                return "Type or paste an address first.", self.text
            if self.found.count():
                return "Nothing is ticked. Tick the addresses that are to be left alone.", self.text
            return "There is no e-mail address in this text. It looks like name@example.com.", self.text
        if not self.fields.person:
            return "Say who records this.", self.by
        return None

    def _hold(self, on: bool) -> None:
        """Let nothing be changed while files are kept."""
        self._body.setEnabled(not on)
        self.button.setEnabled(not on)

    def _on_not_kept(self, error: Exception) -> None:
        self._hold(False)
        if not isinstance(error, UserError):
            raise error
        self._complain(str(error))

    def _store(self, kept: Sequence[Kept]) -> None:
        desk, person = self._context.desk, self.fields.person
        self._hold(False)
        try:
            recorded, changes = desk.record_optout.record(
                self.found.chosen(),
                self._received(),
                now=self._context.now(),
                by=person,
                channel=Channel(self.channel.currentData()),
                scope=scope_name(self.scope.currentText()),
                note=self.note.text(),
                policy=self.policy.currentData(),
                evidence=kept,
            )
            if not desk.settings.person and not desk.person_chosen:
                # Nobody has said yet who works here: the first name that is given is remembered.
                desk.act_as(person)
                changes |= desk.change_settings(replace(desk.settings, person=person)) | Changes.PEOPLE
        except UserError as error:
            self._complain(str(error))
            return
        self.accept()
        self._context.tell_recorded(self.parentWidget() or self, recorded)
        self._context.broadcast(changes)
