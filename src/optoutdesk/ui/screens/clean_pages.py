"""What Clean a list shows before there is a result: the drop zone, and work under way."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from optoutdesk.domain.errors import NoAddressColumnError, UserError
from optoutdesk.ui import words
from optoutdesk.ui.screens.clean_result import Notice
from optoutdesk.ui.widgets import Button, Card, DropZone, label


class StartPage(QWidget):
    """The drop zone, what will happen, and what went wrong before."""

    def __init__(self) -> None:
        super().__init__()
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 24)
        page.setSpacing(0)
        page.addWidget(label("Clean a list", "title"))
        page.addSpacing(3)
        page.addWidget(
            label("Take everyone who opted out of a contact list before you mail it.", "muted", wrap=True)
        )
        page.addSpacing(16)
        self.problem = Notice("Details")
        self.columns = Button("Choose the columns…").compact()
        self.problem.layout().addWidget(self.columns)  # type: ignore[union-attr]
        self._trouble = QWidget()
        trouble = QVBoxLayout(self._trouble)
        trouble.setContentsMargins(0, 0, 0, 16)
        trouble.setSpacing(8)
        trouble.addWidget(self.problem)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("Details")
        self.details.setFixedHeight(96)
        self.details.hide()
        trouble.addWidget(self.details)
        page.addWidget(self._trouble)
        self.zone = DropZone(
            "Drop a contact list here",
            "or click, or press Enter, to choose one. Excel, CSV, TSV, ODS or text.",
        )
        self.zone.setMinimumHeight(200)
        page.addWidget(self.zone, 1)
        page.addSpacing(16)
        steps = QHBoxLayout()
        steps.setSpacing(16)
        for number, (title, text) in enumerate(
            (
                ("It is read as it is", "Sheet, header and address columns are found; you can correct them."),
                ("Every row gets a verdict", "Kept or removed, with the reason and the request behind it."),
                (
                    "You save the clean list",
                    "And the removed rows with their reasons. Your file is never changed.",
                ),
            ),
            1,
        ):
            card = Card()
            card.body.setSpacing(3)
            card.body.addWidget(label(f"{number}  {title}", "strong", wrap=True))
            card.body.addWidget(label(text, "small", wrap=True))
            card.body.addStretch(1)
            steps.addWidget(card, 1)
        page.addLayout(steps)
        self.problem.pressed.connect(self._show_details)

    def tell(self, error: UserError | None) -> None:
        """Show what went wrong, or nothing."""
        self.problem.tell("" if error is None else str(error), "danger")
        self._trouble.setVisible(error is not None)
        details = "" if error is None else error.details
        self.details.setPlainText(details)
        self.details.hide()
        self.problem.button.setVisible(bool(details))
        self.columns.setVisible(isinstance(error, NoAddressColumnError))

    def first_focus(self) -> None:
        """Put the keyboard on the next step: the way out of what went wrong, else the drop zone."""
        next_step = (
            self.columns if self._trouble.isVisibleTo(self) and not self.columns.isHidden() else self.zone
        )
        next_step.setFocus()

    def _show_details(self) -> None:
        self.details.setVisible(not self.details.isVisible())


class WorkingPage(QWidget):
    """What is being done, how far it is, and Cancel."""

    def __init__(self) -> None:
        super().__init__()
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 24, 24, 24)
        page.addStretch(2)
        self.what = label("", "large")
        self.what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(360)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.cancel = Button("Cancel")
        page.addWidget(self.what)
        page.addSpacing(12)
        page.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addSpacing(16)
        page.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(3)

    def show_progress(self, what: str, done: int, total: int) -> None:
        """Say how far the work is; rows alone where their number is not known."""
        if total:
            share = min(100, done * 100 // total)
            self.bar.setRange(0, 100)
            self.bar.setValue(share)
            self.what.setText(f"{what} {share} %")
        else:
            self.bar.setRange(0, 0)
            self.what.setText(f"{what} {words.count(done, 'row')}" if done else what)
