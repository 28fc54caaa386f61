"""Above the open requests: how they are grouped and whose are shown; below them: what to do with the selected ones."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from optoutdesk.services.due_requests import GroupBy
from optoutdesk.ui import words_today
from optoutdesk.ui.widgets.basic import Button, label
from optoutdesk.ui.widgets.choice import Choice

_GROUPS = {
    GroupBy.URGENCY: "By urgency",
    GroupBy.DAY: "By due day",
    GroupBy.PLATFORM: "By platform",
}
ANYBODY = "Everybody's"
NOBODY = "Nobody's yet"
OTHERS_STAY = "What is overdue stays in sight, whoever works on it."


class ListBar(QWidget):
    """Two choosers, each shown only where there is something to choose."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.group = Choice("How the requests are grouped")
        self.person = Choice("Whose requests are shown")
        self.note = label("", "small", wrap=True)
        """Stands below the figures: that overdue requests stay."""
        self.note.hide()
        for part in (self.group, self.person):
            part.currentIndexChanged.connect(self._on_changed)
            row.addWidget(part)
        row.addStretch(1)
        self._fill(self.group, [(text, by) for by, text in _GROUPS.items()])
        self._fill(self.person, [(ANYBODY, None)])

    @property
    def by(self) -> GroupBy:
        """How the requests are grouped."""
        return GroupBy(self.group.currentData())  # Qt gives an enum of strings back as a plain string

    @property
    def wanted_person(self) -> str | None:
        """Whose requests are shown; "" those nobody works on, None all."""
        person: str | None = self.person.currentData()
        return person

    def offer(self, people: Sequence[str], *, many: bool, platforms: bool, whose: bool) -> None:
        """Offer what makes sense: `many` to group, platforms to group by, `whose`: several people to choose from."""
        ways = [(text, by) for by, text in _GROUPS.items() if platforms or by is not GroupBy.PLATFORM]
        self._fill(self.group, ways if many else ways[:1])
        self._fill(self.person, [(ANYBODY, None), *((name, name) for name in people), (NOBODY, "")])
        self.group.setVisible(many)
        self.person.setVisible(whose or self.wanted_person is not None)
        self.setVisible(many or not self.person.isHidden())

    def tell(self, *, overdue: bool) -> None:
        """Say that overdue requests of others stay, where there are any."""
        self.note.setText(OTHERS_STAY)
        self.note.setVisible(overdue and self.wanted_person is not None)

    @staticmethod
    def _fill(choice: Choice, wanted: Sequence[tuple[str, object]]) -> None:
        there = [(choice.itemText(i), choice.itemData(i)) for i in range(choice.count())]
        if there == [*wanted]:
            return
        chosen = choice.currentData()
        choice.blockSignals(True)
        choice.clear()
        for text, data in wanted:
            choice.addItem(text, data)
        choice.blockSignals(False)
        choice.choose(chosen)

    def _on_changed(self) -> None:
        self.changed.emit()


class SelectionBar(QFrame):
    """How many are selected, and what to do with them. Each act asks first."""

    done_wanted = Signal(object)
    """QPoint: where a menu may open."""
    assign_wanted = Signal(object)
    none_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Selected requests")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        self.count = label("", "heading")
        self.none = Button("Select none", role="link").compact()
        self.assign = Button("Assign to…").compact()
        self.done = Button("Mark done…", primary=True).compact()
        row.addWidget(self.count)
        row.addWidget(self.none)
        row.addStretch(1)
        row.addWidget(self.assign)
        row.addWidget(self.done)
        self.none.clicked.connect(self.none_wanted)
        self.assign.clicked.connect(self._on_assign)
        self.done.clicked.connect(self._on_done)
        self.hide()

    def show_count(self, count: int) -> None:
        """Say how many are selected; nothing is shown for none."""
        self.count.setText(words_today.selected(count))
        self.setVisible(count > 0)

    def _on_assign(self) -> None:
        self.assign_wanted.emit(_above(self.assign))

    def _on_done(self) -> None:
        self.done_wanted.emit(_above(self.done))


def _above(button: QPushButton) -> QPoint:
    return button.mapToGlobal(QPoint(0, 0))
