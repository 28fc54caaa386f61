"""The card of cleaned lists: is this one still safe to send?"""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from optoutdesk.services.cleaned_lists import Cleaned
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.widgets.basic import Button, Card, Chip, ElidedLabel, label, line
from optoutdesk.ui.widgets.flow import FlowLayout

SHOWN = 4


class CleanedRow(QWidget):
    """One cleaned list."""

    clean_wanted = Signal(object)
    """Path of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cleaned: Cleaned | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 11, 16, 12)
        layout.setSpacing(2)
        self.name = ElidedLabel("", "strong")
        self.facts = label("", "small", wrap=True)
        self.chip = Chip()
        self.again = Button("Clean again").compact()
        layout.addWidget(self.name)
        layout.addWidget(self.facts)
        layout.addSpacing(6)
        row = QWidget()
        flow = FlowLayout(row, spacing=8)
        flow.addWidget(self.chip)
        flow.addWidget(self.again)
        layout.addWidget(row)
        self.again.clicked.connect(self._on_again)

    def show_cleaned(self, cleaned: Cleaned, context: Context) -> None:
        """Show a list and what happened since it was cleaned."""
        self._cleaned = cleaned
        record = cleaned.record
        self.name.setText(record.input_path.name)
        when = words.moment_or_day(record.at, context.zone, context.today())
        removed = words.number(record.rows - record.kept)
        self.facts.setText(f"{when} · {words.number(record.kept)} kept, {removed} removed")
        since = cleaned.opted_out_since
        if since:
            self.chip.show_state(f"{words.number(since)} opted out since", "danger")
        else:
            self.chip.show_state("Still safe to send", "ok")
        self.again.setVisible(bool(since))
        self.again.setAccessibleName(f"Clean {record.input_path.name} again")

    @Slot()
    def _on_again(self) -> None:
        if self._cleaned is not None:
            self.clean_wanted.emit(self._cleaned.record.input_path)


class CleanedListsCard(Card):
    """The latest cleaned lists."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("Cleaned lists", parent=parent)
        self._context = context
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.empty = label(
            "Lists you clean appear here, and whether they are still safe to send.", "small", wrap=True
        )
        self.empty.setContentsMargins(16, 12, 16, 14)
        self.body.addWidget(self.empty)
        self.rows: list[CleanedRow] = []
        self._lines: list[QWidget] = []

    def show_lists(self, lists: Sequence[Cleaned]) -> None:
        """Show the latest lists, the newest first; of a list cleaned again only the last time counts."""
        latest: dict[str, Cleaned] = {}
        for cleaned in lists:
            latest.setdefault(str(cleaned.record.input_path), cleaned)
        shown = list(latest.values())[:SHOWN]
        while len(self.rows) < len(shown):
            if self.rows:
                self._lines.append(line())
                self.body.addWidget(self._lines[-1])
            row = CleanedRow()
            row.clean_wanted.connect(self._context.go_to_list)
            self.body.addWidget(row)
            self.rows.append(row)
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(shown))
            if index:
                self._lines[index - 1].setVisible(index < len(shown))
            if index < len(shown):
                row.show_cleaned(shown[index], self._context)
        self.empty.setVisible(not shown)
