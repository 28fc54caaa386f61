"""Adds a platform: a known one or her own, from when on, and what that comes to before it is done."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QWidget,
)

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.ui import words, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.act import ActDialog
from optoutdesk.ui.screens.imports_questions import DayField
from optoutdesk.ui.widgets import label

if TYPE_CHECKING:
    from optoutdesk.services.changes import Changes
    from optoutdesk.services.platforms import AddPlan

_ROWS = 4
_LONGEST = 60
_DEBOUNCE = 150


@dataclass(frozen=True, slots=True)
class _Planned:
    question: int
    plan: "AddPlan"


class AddPlatformDialog(ActDialog):
    """Which one, from when on, and the count of what it adds."""

    unit = "person"

    def __init__(self, context: Context, parent: QWidget | None = None, name: str = "") -> None:
        """`name`: what is typed already."""
        super().__init__(context, "Add a platform", "Add", parent, width=520)
        self._platforms = context.desk.platforms
        now = context.now()
        self._taken = {each.platform.name.casefold() for each in self._platforms.all(now)}
        self._days = {
            "suggested": self._platforms.suggested_since(now),
            "today": context.today(),
            "everyone": self._platforms.oldest(now),
        }
        self._question = 0
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_DEBOUNCE)
        self._wait.timeout.connect(self._ask)
        self.content.addWidget(
            label(
                "Anywhere you keep or mail people. A paper list is one too.",
                "muted",
                wrap=True,
            )
        )
        self._add_which()
        self._add_since()
        self.plan = label("", wrap=True)
        self.plan.setMinimumHeight(40)
        self.plan.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.content.addSpacing(4)
        self.content.addWidget(self.plan)
        self.confirm.setDefault(True)
        self.search.setText(name)
        self._narrow(name)
        self.search.setFocus()

    # -- which one

    def _add_which(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Type a name: Mailchimp, QuickBooks, paper list…")
        self.search.setAccessibleName("Name of the platform")
        self.search.setMaxLength(_LONGEST)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Platforms to choose from")
        self.list.setUniformItemSizes(True)
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemActivated.connect(self._on_activated)
        self.name_label = label("You call it", "bold")
        self.name = QLineEdit()
        self.name.setAccessibleName("You call it")
        self.name.setMaxLength(_LONGEST)
        self.name.textEdited.connect(self._renamed)
        self._known = self._platforms.known()
        self._fill("")
        self.list.setFixedHeight(_ROWS * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth() + 8)
        for part in (self.search, self.list, self.name_label, self.name):
            self.content.addWidget(part)

    def _narrow(self, text: str) -> None:
        self._fill(" ".join(text.split()))

    def _fill(self, typed: str) -> None:
        """List the known ones that match, and what she typed as her own."""
        wanted = typed.casefold()
        fits = [known for known in self._known if wanted in known.name.casefold()]
        fits.sort(key=lambda known: not known.name.casefold().startswith(wanted))
        exact = any(known.name.casefold() == wanted for known in fits)
        self.list.blockSignals(True)
        self.list.clear()
        for known in fits:
            item = QListWidgetItem(known.name)
            item.setData(Qt.ItemDataRole.UserRole, known.id)
            self.list.addItem(item)
        if typed and not exact:
            item = QListWidgetItem(f"“{typed}”  ·  your own name")
            item.setData(Qt.ItemDataRole.UserRole, "")
            self.list.insertItem(0 if not fits else self.list.count(), item)
        self.list.blockSignals(False)
        # Nothing is chosen before she has said something: Enter must not add the first of the alphabet.
        self.list.setCurrentRow(0 if typed else -1)
        self._chosen()

    def _chosen(self) -> None:
        known = self._known_id()
        self.name.setText(self.list.currentItem().text() if known else " ".join(self.search.text().split()))
        # Of her own the name stands in the box above already.
        for part in (self.name_label, self.name):
            part.setEnabled(bool(known))
        self._renamed()

    def _renamed(self) -> None:
        self._look_at_name()
        self._wait_and_ask()

    def _known_id(self) -> str:
        if self.list.currentRow() < 0:
            return ""
        return str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    def _name(self) -> str:
        return " ".join(self.name.text().split())

    def _look_at_name(self) -> None:
        name = self._name()
        there = name.casefold() in self._taken
        self.confirm.setEnabled(bool(name) and not there)
        self.confirm.setText(f"Add {name}" if name and len(name) <= 24 else "Add")
        self.complain(f"You have {name} already. Give another one another name." if there else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.list.count():
                row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)

    def _on_activated(self) -> None:
        if self.confirm.isEnabled():
            self.act()

    # -- from when on

    def _add_since(self) -> None:
        self.content.addSpacing(4)
        self.content.addWidget(label("Who has to be removed there", "bold"))
        today = self._days["today"]
        suggested, oldest = self._days["suggested"], self._days["everyone"]
        self._group = QButtonGroup(self)
        self.since: dict[str, QRadioButton] = {}
        texts = {
            "suggested": f"Whoever asked since the oldest open request, {words.short_date(suggested)}",
            "today": "Whoever asks from today on",
            "everyone": f"Everyone on record, since {words.short_date(oldest)}",
            "day": "Whoever asked since",
        }
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        self.day = DayField("Since this day")
        self.day.choose(suggested, today)
        for row, (key, text) in enumerate(texts.items()):
            choice = QRadioButton(text)
            self._group.addButton(choice)
            self.since[key] = choice
            grid.addWidget(choice, row, 0, 1, 1 if key == "day" else 2)
        grid.addWidget(self.day, len(texts) - 1, 1, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)
        self.content.addLayout(grid)
        self.since["suggested"].setVisible(suggested != today)
        self.since["everyone"].setVisible(oldest != today)
        self.since["suggested" if suggested != today else "today"].setChecked(True)
        self.day.setEnabled(False)
        self._group.buttonToggled.connect(self._since_chosen)
        self.day.dateChanged.connect(self._wait_and_ask)

    def _since_chosen(self, _button: QRadioButton, on: bool) -> None:
        if on:
            self.day.setEnabled(self.since["day"].isChecked())
            self._wait_and_ask()

    def _since(self) -> date:
        key = next(key for key, choice in self.since.items() if choice.isChecked())
        return self.day.day() if key == "day" else self._days[key]

    # -- what it comes to

    def _wait_and_ask(self) -> None:
        self._wait.start()

    def _ask(self) -> None:
        self._question += 1
        question, platforms = self._question, self._platforms
        since, known, now = self._since(), self._known_id(), self._context.now()

        def work(_report: Any) -> _Planned:
            return _Planned(question, platforms.plan_add(since, now, known))

        self._context.lookups.run(work, done=self._planned, failed=self._not_planned)

    def _planned(self, planned: _Planned) -> None:
        if planned.question == self._question:
            self.plan.setText(words_platforms.add_plan(planned.plan))
            self.fit()

    def _not_planned(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self.complain(str(error))

    # -- doing it

    def act(self) -> None:
        if not self.confirm.isEnabled():
            return
        desk, name, since, known = self._context.desk, self._name(), self._since(), self._known_id()
        by, now = desk.person, self._context.now()

        def work(report: Any) -> "tuple[Platform, AddPlan, Changes]":
            plan = desk.platforms.plan_add(since, now, known)
            platform, changes = desk.platforms.add(name, since, known=known, by=by, now=now, progress=report)
            return platform, plan, changes

        self.run(work, self._added, can_cancel=True)

    def _added(self, outcome: "tuple[Platform, AddPlan, Changes]") -> None:
        platform, plan, changes = outcome
        self.accept()
        self._context.notice.emit(words_platforms.added(platform.name, plan))
        self._context.broadcast(changes)
