"""Acknowledges a request: a draft for her own mail program, and on record when she says that she sent it."""

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import OptOutRequest
from optoutdesk.services.acknowledge import Draft
from optoutdesk.services.templates import Template
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.templates import TemplatesDialog
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.when_edit import show_start

_WIDTH = 560
HINT = "The program sends nothing: the message opens as a draft in your mail program, and you send it from there."
OPENED = "Look at the draft in your mail program and send it. Then say so here, and it stands in the record."
COPIED = "Copied. Paste it into a message to {address}, send it, and say so here."
TOO_LONG = (
    "The text is too long for a draft, so it was copied: paste it into the draft, send it, and say so here."
)
NO_PROGRAM = (
    "Your computer opened no mail program. The text was copied: paste it into a message to {address}."
)


class AcknowledgeDialog(Dialog):
    """Which text, what it says, and whether it was sent."""

    def __init__(self, context: Context, request: OptOutRequest, parent: QWidget | None = None) -> None:
        super().__init__("Acknowledge", parent)
        self._context = context
        self._request = request
        self._templates: tuple[Template, ...] = ()
        self._draft: Draft | None = None
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(8)
        name = words.subject(request.kind, request.key)
        heading = label(f"Tell {breakable(name)} that mail stops", "large", wrap=True)
        heading.setAccessibleName(f"Tell {name} that mail stops")
        column.addWidget(heading)
        column.addWidget(label(HINT, "muted", wrap=True))
        column.addSpacing(4)
        self._add_template(column)
        self._add_text(column)
        self.said = label("", "small", wrap=True)
        self.problem = label("", "danger", wrap=True)
        for part in (self.said, self.problem):
            part.hide()
            column.addWidget(part)
        column.addSpacing(6)
        self._add_buttons(column)
        self._reload("")
        (self.open_draft if self._draft is not None else self.cancel).setFocus()

    def _add_template(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.template = QComboBox()
        self.template.setAccessibleName("Template")
        show_start(self.template)
        self.template.currentIndexChanged.connect(self._show_draft)
        self.edit = Button("Edit templates…", role="link")
        self.edit.clicked.connect(self._edit)
        row.addWidget(self.template, 1)
        row.addWidget(self.edit)
        column.addLayout(row)

    def _add_text(self, column: QVBoxLayout) -> None:
        self.subject = label("", "strong", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("What the message says")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(176)
        column.addWidget(self.subject)
        column.addWidget(self.text)

    def _add_buttons(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.copy = Button("Copy text")
        self.copy.clicked.connect(self._copy)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.open_draft = Button("Open in my mail program", primary=True)
        self.open_draft.setDefault(True)
        self.open_draft.clicked.connect(self._open)
        self.sent = Button("I sent it", primary=True)
        self.sent.clicked.connect(self._record)
        self.sent.hide()
        row.addWidget(self.copy)
        row.addStretch(1)
        for button in (self.cancel, self.open_draft, self.sent):
            row.addWidget(button)
        column.addLayout(row)

    # -- what it shows

    def _reload(self, chosen: str) -> None:
        """Read the templates and show the draft of one."""
        try:
            self._templates = self._context.desk.acknowledge.templates.list()
        except UserError as error:
            self._templates = ()
            self._complain(str(error))
        self.template.blockSignals(True)
        self.template.clear()
        self.template.addItems([template.name for template in self._templates])
        self.template.setCurrentIndex(max(0, self.template.findText(chosen)))
        self.template.blockSignals(False)
        self._show_draft()

    @Slot()
    def _show_draft(self) -> None:
        self._draft = None
        place = self.template.currentIndex()
        if 0 <= place < len(self._templates):
            try:
                self._draft = self._context.desk.acknowledge.draft(self._request, self._templates[place])
            except UserError as error:
                self._complain(str(error))
        draft = self._draft
        self.subject.setText(draft.subject if draft is not None else "")
        self.text.setPlainText(draft.body if draft is not None else "")
        for button in (self.open_draft, self.copy, self.sent):
            button.setEnabled(draft is not None)
        if draft is not None:
            self._complain("")
        self._ask_sent("")

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.fit()

    def _ask_sent(self, sentence: str) -> None:
        """Ask whether it was sent, once there is something to send; "" goes back to the start."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self.sent.setVisible(bool(sentence))
        self.open_draft.setVisible(not sentence)
        self.open_draft.setDefault(not sentence)
        if sentence:
            # Enter that is held down, or pressed again because no program came, must not say that it was sent.
            self.text.setFocus()
        self.fit()

    # -- what she does

    @Slot()
    def _open(self) -> None:
        draft = self._draft
        if draft is None:
            return
        opened = QDesktopServices.openUrl(
            QUrl.fromEncoded(draft.link.encode("ascii"), QUrl.ParsingMode.StrictMode)
        )
        if opened and draft.with_text:
            self._ask_sent(OPENED)
        else:
            QGuiApplication.clipboard().setText(draft.body if opened else draft.text)
            self._ask_sent(TOO_LONG if opened else NO_PROGRAM.format(address=draft.address))

    @Slot()
    def _copy(self) -> None:
        if self._draft is not None:
            QGuiApplication.clipboard().setText(self._draft.text)
            self._ask_sent(COPIED.format(address=self._draft.address))

    @Slot()
    def _edit(self) -> None:
        dialog = TemplatesDialog(self._context, self, self.template.currentText())
        dialog.kept.connect(self._reload)
        dialog.open()

    @Slot()
    def _record(self) -> None:
        draft, desk = self._draft, self._context.desk
        if draft is None:
            return
        try:
            changes = desk.acknowledge.record(self._request, draft, by=desk.person, now=self._context.now())
        except UserError as error:
            self._complain(str(error))
            return
        self.accept()
        self._context.notice.emit(f"On record: {draft.address} was told.")
        self._context.broadcast(changes)
