"""Asks what becomes of the hidden rows of a workbook; the answer stays in sight and can be changed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from optoutdesk.domain.cleaning import HiddenRows
from optoutdesk.services.clean_list import Plan, Result
from optoutdesk.services.wording import hidden_rows_sentence
from optoutdesk.ui import words
from optoutdesk.ui.widgets import Button, label
from optoutdesk.ui.widgets.basic import restyle


class HiddenRowsBar(QFrame):
    """A sentence and two buttons; `answered` gives what she chose."""

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        self.text = label("", wrap=True)
        row.addWidget(self.text, 1)
        self.include = Button("Clean them too").compact()
        self.leave_out = Button("Leave them out").compact()
        self.include.clicked.connect(lambda: self.answered.emit(HiddenRows.INCLUDE))
        self.leave_out.clicked.connect(lambda: self.answered.emit(HiddenRows.LEAVE_OUT))
        row.addWidget(self.include)
        row.addWidget(self.leave_out)
        self.hide()

    def show_result(self, plan: Plan, result: Result) -> None:
        """Ask about the hidden rows of an examined list, or say what was chosen."""
        answer = plan.rules.hidden
        if answer is None:
            found = hidden_rows_sentence(result.hidden, result.rows, filtered=result.findings.filtered)
            text = f"{found} Clean them too, or leave them out?"
        else:
            rows = words.count(result.hidden, "hidden row")
            verb = "is" if result.hidden == 1 else "are"
            text = f"{rows} {verb} {'cleaned too' if answer is HiddenRows.INCLUDE else 'left out'}."
        self.text.setText(text)
        self.include.setVisible(answer is not HiddenRows.INCLUDE)
        self.leave_out.setVisible(answer is not HiddenRows.LEAVE_OUT)
        restyle(self, tone="warning" if answer is None else "accent")
        self.setVisible(result.hidden > 0)


def must_be_answered(plan: Plan, result: Result) -> bool:
    """Whether nothing can be saved before she has said what becomes of hidden rows."""
    return result.hidden > 0 and plan.rules.hidden is None
