"""The due date of something that is being recorded, with how it came about; another rule can be chosen."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.requests import Received
from optoutdesk.services.counting import Counted, Counting
from optoutdesk.ui import words
from optoutdesk.ui.widgets.basic import Button, label, restyle


class DueLine(QWidget):
    """`Due Wed 9 December 2026`, below it why, and the way to another rule."""

    other_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        self.due = label("", "heading")
        self.other = Button("Other rule…", role="link").compact()
        self.other.setToolTip("Count this request by another law than your own")
        self.other.clicked.connect(self.other_wanted)
        head.addWidget(self.due)
        head.addWidget(self.other)
        head.addStretch(1)
        self.why = label("", "small", wrap=True)
        column.addLayout(head)
        column.addWidget(self.why)

    def show_problem(self, sentence: str) -> None:
        """Say why there is no due date."""
        self._show("No due date", sentence, "")

    def show_counted(
        self, counted: Sequence[Counted], received: Received, counting: Counting, today: date
    ) -> None:
        """Show the earliest of the due dates that RecordOptOut.count gave."""
        first = counted[0]
        why = words.why_due(first.policy, counting.strip_for(received, first, today))
        if first.policy.id != counting.policy.id:
            why = f"{first.policy.name}: {why[:1].lower()}{why[1:]}"
        if len(counted) > 1:
            why += f". The others: {words.full_day(counted[-1].due)}"
        late = first.due < today
        self._show(
            f"Due {words.full_day(first.due)}{': already past' if late else ''}",
            why,
            "danger" if late else "",
        )

    def _show(self, due: str, why: str, tone: str) -> None:
        self.due.setText(due)
        self.why.setText(why)
        if (self.due.property("tone") or "") != tone:
            restyle(self.due, tone=tone)


def policy_choice(counting: Counting) -> QComboBox:
    """Return the rules to choose from by their ids, the business's own (None) first."""
    combo = QComboBox()
    combo.addItem(f"Your own: {counting.policy.name}", None)
    for policy in counting.policies.values():
        if policy.id != counting.policy.id:
            combo.addItem(policy.name, policy.id)
    return combo
