"""The ground of dialogs that do one act in the worker: what it would do, the button, and what went wrong."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.ui.context import Context
from optoutdesk.ui.tasks import Task
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.work import Pace, progress_bar, show_share


class ActDialog(Dialog):
    """A heading, what is to be known, and two buttons. While the act runs it stays open."""

    unit = "row"
    """What its progress counts."""

    def __init__(
        self, context: Context, title: str, yes: str, parent: QWidget | None, *, width: int = 480
    ) -> None:
        super().__init__(title, parent)
        self._context = context
        self._running = False
        self._task: Task | None = None
        """The act under way, where it can be cancelled."""
        self.setFixedWidth(width)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 22, 24, 20)
        self._column.setSpacing(8)
        self.heading = label(title, "large", wrap=True)
        self._column.addWidget(self.heading)
        self.content = QVBoxLayout()
        self.content.setSpacing(8)
        self._column.addLayout(self.content)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.bar = progress_bar(120)
        self.pace = label("", "small")
        self._rate = Pace()
        self.bar.hide()
        self._column.addWidget(self.problem)
        self._column.addSpacing(8)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(10)
        self.buttons.addWidget(self.bar)
        self.buttons.addWidget(self.pace)
        self.buttons.addStretch(1)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.confirm = Button(yes, primary=True)
        self.confirm.clicked.connect(self.act)
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.confirm)
        self._column.addLayout(self.buttons)
        # Enter that is held down on the button that asked must not answer the question too.
        self.cancel.setDefault(True)
        self.cancel.setFocus()

    def act(self) -> None:
        """Do what the dialog is for."""
        raise NotImplementedError

    def run(
        self, work: Callable[[Any], Any], done: Callable[[Any], object], *, can_cancel: bool = False
    ) -> None:
        """Do the act in the worker."""
        self._running = True
        self.confirm.setEnabled(False)
        self.cancel.setEnabled(can_cancel)
        self.complain("")
        self.bar.setRange(0, 0)
        self.bar.show()
        self._done = done
        task = self._context.tasks.run(
            work, done=self._on_done, failed=self._on_failed, progress=self._on_progress
        )
        self._task = task if can_cancel else None

    def _on_progress(self, done: int, total: int) -> None:
        show_share(self.bar, done, total)
        self.pace.setText(self._rate.tell(done, total, self.unit))

    def complain(self, sentence: str) -> None:
        """Say what went wrong."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.fit()

    def _stop(self) -> None:
        self._running = False
        self._task = None
        self.bar.hide()
        self.pace.setText("")
        self.confirm.setEnabled(True)
        self.cancel.setEnabled(True)

    def _on_done(self, outcome: Any) -> None:
        self._stop()
        self._done(outcome)

    def _on_failed(self, error: Exception) -> None:
        self._stop()
        if isinstance(error, UserError):
            self.complain(str(error))
        elif not isinstance(error, Cancelled):
            raise error

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        elif not self._running:  # else it is whole or not at all: there is nothing to cancel half-way
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._running:
            self.reject()
            event.ignore()
        else:
            super().closeEvent(event)


def paragraph(text: str, role: str = "") -> QLabel:
    """Return a paragraph that can be copied."""
    made = label(text, role, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def show_rows(listed: QListWidget, most: int) -> None:
    """Make a list as high as its rows, or as so many of them."""
    row = listed.sizeHintForRow(0) if listed.count() else 0
    listed.setFixedHeight(min(listed.count(), most) * row + 2 * listed.frameWidth() + 8)
