"""Opted in again: ends a block, and only with who agreed, when, how, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale, QTime, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, OptOutRequest
from optoutdesk.services.evidence import Kept
from optoutdesk.services.opt_in_again import HOW
from optoutdesk.services.register import History
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.standing import scope_quoted
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.evidence import EvidenceBox
from optoutdesk.ui.widgets.field import field
from optoutdesk.ui.widgets.when_edit import FIELD_HEIGHT, pad_time, show_start

_WIDTH = 520


@dataclass(frozen=True, slots=True)
class _Choice:
    """What may be mailed again: which request is lifted, and for which list."""

    text: str
    request: OptOutRequest
    scope: str


class OptInDialog(Dialog):
    """Asks what shows that someone wants mail again, and records it."""

    def __init__(self, context: Context, history: History, parent: QWidget | None = None) -> None:
        super().__init__("Opted in again", parent)
        self._context = context
        self._choices = _choices(history, context.desk.register.scopes())
        self._name = words.subject(history.kind, history.key)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(10)
        heading = label(f"{breakable(self._name)} wants mail again", "large", wrap=True)
        heading.setAccessibleName(f"{self._name} wants mail again")
        hint = "The law lets you mail someone who opted out only after they agreed to it again themselves."
        column.addWidget(heading)
        column.addWidget(label(hint, "muted", wrap=True))
        self._add_what(column)
        self._add_consent(column, history)
        self._add_typed(column)
        self._add_foot(column)
        self._order()
        self.what.currentIndexChanged.connect(self._explain)
        self._explain()
        (self.how if self.who.text() else self.who).setFocus()

    # -- how it is built

    def _add_what(self, column: QVBoxLayout) -> None:
        self.what = QComboBox()
        self.what.addItems([choice.text for choice in self._choices])
        show_start(self.what)
        part = field("What &may be mailed again", self.what)
        self.lifts = label("", "small", wrap=True)
        part.addWidget(self.lifts)
        column.addLayout(part)

    def _add_consent(self, column: QVBoxLayout, history: History) -> None:
        self._make_when()
        self.who = QLineEdit(next((r.name for r in reversed(history.in_force) if r.name), ""))
        self.who.setPlaceholderText("The person's name")
        self.who.setMaxLength(200)
        self.how = QComboBox()
        self.how.setEditable(True)
        self.how.addItems(HOW)
        self.how.setCurrentIndex(-1)
        typed = self.how.lineEdit()
        assert typed is not None  # it is editable
        typed.setPlaceholderText("In person, on paper…")
        self.by = QComboBox()
        self.by.setEditable(True)
        desk = self._context.desk
        self.by.addItems(list(dict.fromkeys([desk.person, *desk.people()])))
        for combo in (self.how, self.by):
            combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            show_start(combo)
        self.evidence = QPlainTextEdit()
        self.evidence.setPlaceholderText(
            "For example: signed up at the till, form of 3 May; her e-mail of today"
        )
        self.evidence.setTabChangesFocus(True)
        self.evidence.setFixedHeight(56)
        self.files = EvidenceBox(
            self._context, "Or drop the form, the e-mail or a picture here", proposes=False
        )
        self.files.changed.connect(self._on_files)
        moment = QWidget()
        row = QHBoxLayout(moment)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.day, 1)
        row.addWidget(self.time)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.addLayout(field("&Who agreed", self.who), 0, 0)
        grid.addLayout(field("&How", self.how), 0, 1)
        grid.addLayout(field("Agreed &on", self.day, moment), 1, 0)
        grid.addLayout(field("Recorded &by", self.by), 1, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 4)
        column.addLayout(grid)
        column.addLayout(field("What &shows it", self.evidence))
        column.addWidget(self.files)

    def _make_when(self) -> None:
        now = self._context.local(self._context.now())
        self.day = QDateEdit(QDate(now.year, now.month, now.day))
        english = QLocale(QLocale.Language.English)  # the words around it are English
        self.day.setLocale(english)
        self.day.setDisplayFormat(words.edit_format_day())
        self.day.setCalendarPopup(True)
        self.day.calendarWidget().setAccessibleName("Day on which the person agreed")
        self.day.setMaximumDate(self.day.date())
        self.time = QTimeEdit(QTime(now.hour, now.minute))
        self.time.setLocale(english)
        self.time.setDisplayFormat(words.edit_format_time())
        self.time.setAccessibleName("Time at which the person agreed")
        longest = "00:00 AM" if "AP" in words.edit_format_time() else "00:00"
        self.time.setFixedWidth(self.time.fontMetrics().horizontalAdvance(longest) + 44)
        for edit in (self.day, self.time):
            edit.setFixedHeight(FIELD_HEIGHT)
        pad_time(self.time)

    def _add_typed(self, column: QVBoxLayout) -> None:
        """Ask for the address once more, where a complaint would be lifted."""
        self._asks = QWidget()
        part = QVBoxLayout(self._asks)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(5)
        said = f"This person complained about your mail. Type {breakable(self._name)} to end that."
        warning = label(said, "warning", wrap=True)
        self.typed = QLineEdit()
        self.typed.setAccessibleName("The address once more")
        self.typed.setAccessibleDescription(said)
        warning.setBuddy(self.typed)
        part.addWidget(warning)
        part.addWidget(self.typed)
        column.addWidget(self._asks)

    def _add_foot(self, column: QVBoxLayout) -> None:
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addSpacing(4)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.confirm = Button("Record opt-in", primary=True)
        self.confirm.setDefault(True)
        self.confirm.setToolTip("Ctrl+Enter")
        self.confirm.clicked.connect(self._record)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._record)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.confirm)
        column.addLayout(buttons)

    def _order(self) -> None:
        """Let Tab go through the fields as the eye does."""
        order: list[QWidget] = [self.what, self.who, self.how, self.day, self.time, self.by, self.evidence]
        order += [*self.files.stops, self.typed, self.confirm, self.cancel]
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)

    # -- what it shows

    @Slot()
    def _explain(self) -> None:
        choice = self._choices[self.what.currentIndex()]
        request = choice.request
        since = f"{words.received_in_full(request.received)} {words.by_channel(request.channel)}"
        if choice.scope == request.scope:
            stays = "" if request.scope == ALL_MAIL else " Every other list stays as it is."
            text = f"This ends the opt-out of {scope_quoted(request.scope)} of {since}.{stays}"
        else:
            text = f"The opt-out of all mail of {since} stays, except for {scope_quoted(choice.scope)}."
        self.lifts.setText(text)
        self._asks.setVisible(self._context.desk.opt_in_again.lifts_complaint(request, choice.scope))
        self.fit()

    @Slot()
    def _on_files(self) -> None:
        self._order()
        self.fit()

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.fit()

    # -- what she does

    @Slot()
    def _record(self) -> None:
        if not self.confirm.isEnabled():
            return
        if self.files.reading:
            self._complain("The file is still being read. Try again in a moment.")
        elif self.files.files:
            self.confirm.setEnabled(False)
            service, files = self._context.desk.evidence, list(self.files.files)
            self._context.tasks.run(
                lambda _report: [service.keep(file) for file in files],
                done=self._store,
                failed=self._on_not_kept,
            )
        else:
            self._store([])

    def _on_not_kept(self, error: Exception) -> None:
        self.confirm.setEnabled(True)
        if not isinstance(error, UserError):
            raise error
        self._complain(str(error))

    def _store(self, kept: Sequence[Kept]) -> None:
        self.confirm.setEnabled(True)
        choice = self._choices[self.what.currentIndex()]
        day, time = self.day.date(), self.time.time()
        zone = ZoneInfo(self._context.zone)
        at = datetime(day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=zone)
        desk = self._context.desk
        try:
            changes = desk.opt_in_again.record(
                choice.request,
                at=at,
                who=self.who.text(),
                how=self.how.currentText(),
                evidence=self.evidence.toPlainText(),
                files=kept,
                by=" ".join(self.by.currentText().split()) or desk.person,
                now=self._context.now(),
                scope=choice.scope,
                typed=self.typed.text(),
            )
        except UserError as error:
            self._complain(str(error))
            self._first_missing().setFocus()
            return
        self.accept()
        self._context.broadcast(changes)

    def _first_missing(self) -> QWidget:
        """Return the first field that needs her."""
        if not self.who.text().strip():
            return self.who
        if not self.how.currentText().strip():
            return self.how
        if not self.evidence.toPlainText().strip() and not self.files.files:
            return self.evidence
        return self.day if self._asks.isHidden() else self.typed


def _choices(history: History, scopes: list[str]) -> list[_Choice]:
    """Return what an opt-in could end: each scope in force once, and for all mail also each single list."""
    found: dict[str, _Choice] = {}
    for request in history.in_force:
        found.setdefault(request.scope, _Choice(words.scope(request.scope), request, request.scope))
        if request.scope == ALL_MAIL:
            for scope in scopes:
                found.setdefault(scope, _Choice(f"Only {scope_quoted(scope)}", request, scope))
    return list(found.values())
