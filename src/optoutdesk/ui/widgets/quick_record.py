"""The small box on the Today screen that records one opt-out; whatever needs a look goes on to the dialog."""

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Channel
from optoutdesk.services.file_kinds import is_surely_evidence
from optoutdesk.services.record_optout import Findings
from optoutdesk.ui import words
from optoutdesk.ui.context import Context, RecordDraft
from optoutdesk.ui.widgets.basic import Button, Card, label, restyle
from optoutdesk.ui.widgets.drop_zone import dropped_files

_NOW, _TODAY, _YESTERDAY, _EARLIER = range(4)
_SETTLE_MS = 120
_CHANNELS = (Channel.PHONE, Channel.REPLY, Channel.LETTER, Channel.IN_PERSON, Channel.WEB_FORM, Channel.OTHER)


class QuickRecord(Card):
    """Text, channel, when, Record."""

    recorded = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("Record an opt-out", parent=parent)
        self._context = context
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText("Paste an address, or a whole e-mail. Every address in it is found.")
        self.text.setAccessibleName("Addresses, or the whole message")
        self.text.setTabChangesFocus(True)
        self.text.setAcceptDrops(False)  # a list dropped here is to be cleaned, as anywhere in the window
        self.setAcceptDrops(True)
        self.text.setFixedHeight(76)
        self.channel = QComboBox()
        self.channel.setAccessibleName("How it arrived")
        for channel in _CHANNELS:
            self.channel.addItem(words.channel(channel), channel)
        self.when = QComboBox()
        self.when.setAccessibleName("When it arrived")
        self.when.addItems(["Now", "Today", "Yesterday", "Earlier…"])
        for index, tip in enumerate(
            (
                "Just now",
                "Today, the time is not known",
                "Yesterday, the time is not known",
                "Asks for the day",
            )
        ):
            self.when.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        for combo in (self.channel, self.when):
            combo.setProperty("compact", "true")
            combo.setMinimumContentsLength(3)
        self.button = Button("Record", primary=True).compact()
        self.button.setToolTip("Ctrl+Enter")
        self.found = label("", "small", wrap=True)
        choices, foot = QHBoxLayout(), QHBoxLayout()
        for row in (choices, foot):
            row.setSpacing(8)
        choices.addWidget(self.channel, 1)
        choices.addWidget(self.when, 1)
        foot.addWidget(self.found, 1)
        foot.addWidget(self.button)
        self.body.addWidget(self.text)
        self.body.addLayout(choices)
        self.body.addLayout(foot)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._describe)
        self.text.textChanged.connect(self._settle.start)
        self.button.clicked.connect(self.record)
        keys = QShortcut(QKeySequence("Ctrl+Return"), self.text)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self.record)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the Tab key stops, in order."""
        return (self.text, self.channel, self.when, self.button)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _evidence_in(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()  # the window knows what to do with it

    def dropEvent(self, event: QDropEvent) -> None:
        files = _evidence_in(event.mimeData())
        if not files:
            event.ignore()
            return
        event.acceptProposedAction()
        self._context.record_draft.emit(RecordDraft(self.text.toPlainText(), files=tuple(files)))
        self.clear()

    def _find(self) -> Findings:
        return self._context.desk.record_optout.find(self.text.toPlainText())

    @Slot()
    def _describe(self) -> None:
        """Say what was found in the text so far."""
        if not self.text.toPlainText().strip():
            self._say("")
            return
        found = self._find()
        known = sum(entry.already is not None for entry in found.entries)
        if not found.entries:
            self._say("No address in it yet.")
        elif known == len(found.entries):
            self._say("Already recorded." if known == 1 else "All of them are already recorded.")
        else:
            text = f"{words.count(len(found.entries), 'address', 'addresses')} found"
            self._say(f"{text}, {words.number(known)} already recorded." if known else f"{text}.")

    def _say(self, text: str, role: str = "small") -> None:
        self.found.setText(text)
        restyle(self.found, role=role)

    @Slot()
    def record(self) -> None:
        """Record one new address straight away; several, known or odd ones are shown in the dialog first."""
        self._settle.stop()
        text = self.text.toPlainText()
        if not text.strip():
            self._say("Type or paste an address first.", "danger")
            self.text.setFocus()
            return
        found = self._find()
        if not found.entries and not found.problems:
            self._say("There is no e-mail address in this text.", "danger")
            self.text.setFocus()
            return
        plain = len(found.entries) == 1 and not found.problems
        plain = plain and found.entries[0].already is None and not found.entries[0].own
        day = None
        if self.when.currentIndex() != _NOW:
            day = self._context.today() - timedelta(days=1 if self.when.currentIndex() >= _YESTERDAY else 0)
        channel = Channel(self.channel.currentData())
        if not plain or self.when.currentIndex() == _EARLIER:
            self._context.record_draft.emit(RecordDraft(text, channel, day))
            self.clear()
            return
        desk, now = self._context.desk, self._context.now()
        try:
            received = desk.record_optout.received(day or now, now)
            recorded, changes = desk.record_optout.record(
                found.entries, received, now=now, by=desk.person, channel=channel
            )
        except UserError as error:
            self._context.complain(self, error)
            return
        self.clear()
        self._context.tell_recorded(self, recorded)
        self._context.broadcast(changes)

    def clear(self) -> None:
        """Empty the box for the next one."""
        self.text.clear()
        self._settle.stop()
        self._say("")
        self.when.setCurrentIndex(_NOW)


def _evidence_in(data: QMimeData) -> list[Path]:
    """Return the dropped files, if they are e-mails, PDFs or pictures."""
    files = dropped_files(data)
    return files if all(is_surely_evidence(file.name) for file in files) else []
