"""Short dialogs: a question before an act, a complaint in one plain sentence, an error of ours with its details."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from optoutdesk.ui.widgets.basic import Button, breakable, label
from optoutdesk.ui.widgets.dialog import Dialog

_WIDTH = 440


class Message(Dialog):
    """A title, a sentence, details on demand, and one or two buttons."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        *,
        yes: str = "",
        no: str = "Close",
        details: str = "",
        details_shown: bool = False,
    ) -> None:
        super().__init__(title, parent)
        self.setFixedWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(8)
        self._sentence = text
        self.heading = label(breakable(title), "large", wrap=True)
        self.text = label(breakable(text), wrap=True)
        self.text.setAccessibleName(text)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleDescription(text)
        layout.addWidget(self.heading)
        layout.addWidget(self.text)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName("Details")
        self.details.setFixedHeight(140)
        self.details.setVisible(details_shown)
        self.details.setTabChangesFocus(True)
        layout.addWidget(self.details)
        layout.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(10)
        if details:
            if not details_shown:
                self.more = Button("Show details")
                self.more.clicked.connect(self._show_details)
                row.addWidget(self.more)
            self.copy = Button("Copy details")
            self.copy.clicked.connect(self._copy)
            self.copy.setVisible(details_shown)
            row.addWidget(self.copy)
        row.addStretch(1)
        self.no = Button(no, primary=not yes)
        self.no.clicked.connect(self.reject)
        self.yes = Button(yes, primary=True) if yes else None
        if self.yes is not None:
            self.yes.clicked.connect(self.accept)
        for button in (self.no, self.yes):
            if button is not None:
                row.addWidget(button)
        layout.addLayout(row)
        # Enter that is held down on the button that asked must not answer the question too.
        self.no.setDefault(True)
        self.no.setFocus()

    def _show_details(self) -> None:
        self.details.show()
        self.more.hide()
        self.copy.show()
        self.copy.setFocus()
        self.fit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._sentence}\n\n{self.details.toPlainText()}")
        self.copy.setText("Copied")


def ask(
    parent: QWidget, title: str, text: str, yes: str, then: Callable[[], object], *, details: str = ""
) -> Message:
    """Ask before an act; `then` is called when she agrees. Returns at once."""
    message = Message(parent, title, text, yes=yes, no="Cancel", details=details)
    message.accepted.connect(then)
    message.open()
    return message


def complain(parent: QWidget | None, sentence: str, details: str = "") -> Message:
    """Say in one sentence what went wrong and what to do. Returns at once."""
    message = Message(parent, "That did not work", sentence, details=details)
    message.open()
    return message
