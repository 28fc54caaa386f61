"""Opted in again: ends a block, and only with evidence."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale, QTime
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, OptOutRequest
from optoutdesk.services.register import History
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.standing import scope_quoted
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.when_edit import FIELD_HEIGHT, pad_time, show_start

_WIDTH = 480


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
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(6)
        name = words.subject(history.kind, history.key)
        heading = label(f"{breakable(name)} wants mail again", "large", wrap=True)
        heading.setAccessibleName(f"{name} wants mail again")
        column.addWidget(heading)
        hint = "The law lets you mail someone who opted out only after they agreed to it again themselves."
        column.addWidget(label(hint, "muted", wrap=True))
        column.addSpacing(10)

        self.what = QComboBox()
        self.what.addItems([choice.text for choice in self._choices])
        self.what.setAccessibleName("What may be mailed again")
        self.what.currentIndexChanged.connect(self._explain)
        column.addWidget(label("What may be mailed again", "bold"))
        column.addWidget(self.what)
        self.lifts = label("", "small", wrap=True)
        column.addWidget(self.lifts)
        column.addSpacing(8)

        self._add_when(column)
        column.addSpacing(8)
        self.evidence = QPlainTextEdit()
        self.evidence.setPlaceholderText(
            "For example: signed up at the till, form of 3 May; her e-mail of today"
        )
        self.evidence.setAccessibleName("What shows it")
        self.evidence.setTabChangesFocus(True)
        self.evidence.setFixedHeight(72)
        column.addWidget(label("What shows it", "bold"))
        column.addWidget(self.evidence)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addSpacing(12)

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
        self._explain()
        self.evidence.setFocus()

    def _add_when(self, column: QVBoxLayout) -> None:
        now = self._context.local(self._context.now())
        self.day = QDateEdit(QDate(now.year, now.month, now.day))
        english = QLocale(QLocale.Language.English)  # the words around it are English
        self.day.setLocale(english)
        self.day.setDisplayFormat(words.edit_format_day())
        self.day.setCalendarPopup(True)
        self.day.calendarWidget().setAccessibleName("Day on which the person agreed")
        self.day.setMaximumDate(self.day.date())
        self.day.setAccessibleName("Day on which the person agreed")
        self.time = QTimeEdit(QTime(now.hour, now.minute))
        self.time.setLocale(english)
        self.time.setDisplayFormat(words.edit_format_time())
        self.time.setAccessibleName("Time at which the person agreed")
        self.by = QComboBox()
        self.by.setEditable(True)
        desk = self._context.desk
        self.by.addItems(list(dict.fromkeys([desk.person, *desk.register.people()])))
        self.by.setCurrentText(desk.person)
        show_start(self.by)
        self.by.setAccessibleName("Recorded by")
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for at, (title, field) in enumerate(
            (("Agreed on", self.day), ("At", self.time), ("Recorded by", self.by))
        ):
            grid.addWidget(label(title, "bold"), 0, at)
            grid.addWidget(field, 1, at)
            grid.setColumnStretch(at, (3, 2, 3)[at])
        for field in (self.day, self.time, self.by):
            field.setFixedHeight(FIELD_HEIGHT)
        pad_time(self.time)
        column.addLayout(grid)

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

    def _record(self) -> None:
        choice = self._choices[self.what.currentIndex()]
        day, time = self.day.date(), self.time.time()
        zone = ZoneInfo(self._context.zone)
        at = datetime(day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=zone)
        desk = self._context.desk
        try:
            changes = desk.opt_in_again.record(
                choice.request,
                at=at,
                evidence=self.evidence.toPlainText(),
                by=self.by.currentText().strip() or desk.person,
                now=self._context.now(),
                scope=choice.scope,
            )
        except UserError as error:
            self.problem.setText(str(error))
            self.problem.show()
            self.adjustSize()
            self.evidence.setFocus()
            return
        self.accept()
        self._context.broadcast(changes)


def _choices(history: History, scopes: list[str]) -> list[_Choice]:
    """Return what an opt-in could end: each scope in force once, and for all mail also each single list."""
    found: dict[str, _Choice] = {}
    for request in history.in_force:
        found.setdefault(request.scope, _Choice(words.scope(request.scope), request, request.scope))
        if request.scope == ALL_MAIL:
            for scope in scopes:
                found.setdefault(scope, _Choice(f"Only {scope_quoted(scope)}", request, scope))
    return list(found.values())
