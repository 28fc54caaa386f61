"""Today: what needs her first, then what is on track; beside it the ways in."""

from itertools import pairwise

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.due_requests import Due, Today, Urgency
from optoutdesk.ui import words
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.theme import Size, font
from optoutdesk.ui.widgets.basic import Button, Card, EmptyState, label, line, restyle
from optoutdesk.ui.widgets.cleaned_lists import SHOWN, CleanedListsCard
from optoutdesk.ui.widgets.drop_zone import DropZone
from optoutdesk.ui.widgets.quick_record import QuickRecord
from optoutdesk.ui.widgets.request_row import RequestRow

ROWS = 40
"""Requests shown here at most; the register shows them all."""
_DIGITS = len("99,999")
"""A longer figure needs the room of its words in a narrow window."""
_NARROW = 940
"""Below this width of the screen everything moves closer together."""


class Figure(QFrame):
    """One figure and what it counts."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(15, 10, 12, 11)
        layout.setSpacing(1)
        self.figure = label(words.NONE, "figure")
        self._text = text
        self._below = label(text, "small")
        layout.addWidget(self.figure)
        layout.addWidget(self._below)

    def show_figure(self, figure: str, tone: str = "") -> None:
        """Show a figure; a tone underlines what its words say already."""
        self.figure.setText(figure)
        self.figure.setAccessibleName(f"{self._text}: {figure}")
        if self.figure.property("tone") != tone:
            restyle(self.figure, tone=tone)

    def wrap(self, wrap: bool) -> None:
        """Let the words below take two lines, so that long figures find room beside each other."""
        self._below.setWordWrap(wrap)
        self._below.setMinimumWidth(1 if wrap else 0)


class Section(Card):
    """Some of the open requests under one title; its rows are kept and given other requests."""

    def __init__(self, screen: "TodayScreen", title: str, hint: str = "") -> None:
        super().__init__(title, hint)
        self._screen = screen
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self._wide = True
        self.rows: list[RequestRow] = []
        self._lines: list[QWidget] = []

    def set_wide(self, wide: bool) -> None:
        """Give the due date a column of its own, or put it behind the days left."""
        self._wide = wide
        for row in self.rows:
            row.set_wide(wide)

    def show_requests(self, requests: list[Due], today: Today, due_width: int) -> None:
        """Show these requests, or nothing at all when there are none."""
        while len(self.rows) < len(requests):
            if self.rows:
                self._lines.append(line())
                self.body.addWidget(self._lines[-1])
            row = RequestRow()
            row.done_wanted.connect(self._screen.ask_done)
            row.opened.connect(self._screen.open_history)
            self.body.addWidget(row)
            self.rows.append(row)
        for index, row in enumerate(self.rows):
            used = index < len(requests)
            if used:
                row.show_due(requests[index], today.day)
                row.set_due_width(due_width)
                row.set_wide(self._wide)
            row.setVisible(used)
            if index:
                self._lines[index - 1].setVisible(used)
        self.setVisible(bool(requests))


class TodayScreen(QWidget):
    """The first screen. It is built without data, so that the window is there at once; `reload` fills it."""

    title = "Today"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asked: Due | None = None
        self.setProperty("role", "page")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(area)
        page = QWidget()
        page.setProperty("role", "plain")
        self._columns = QHBoxLayout(page)
        left, right = QVBoxLayout(), QVBoxLayout()
        self._columns.addLayout(left, 1)
        self._side = QWidget()
        self._side.setLayout(right)
        self._columns.addWidget(self._side)
        self._build_left(left)
        self._build_right(right)
        area.setWidget(page)
        self._fit(wide=True)

    def _build_left(self, layout: QVBoxLayout) -> None:
        layout.setSpacing(16)
        head = QVBoxLayout()
        head.setSpacing(3)
        self.headline = label("", "title", wrap=True)
        self.subline = label("", "muted", wrap=True)
        head.addWidget(self.headline)
        head.addWidget(self.subline)
        layout.addLayout(head)
        self.figures = QWidget()
        figures = QHBoxLayout(self.figures)
        figures.setContentsMargins(0, 0, 0, 0)
        figures.setSpacing(12)
        self.overdue = Figure("Overdue")
        self.soon = Figure("Due within 3 days")
        self.open = Figure("Open in all")
        self.on_time = Figure("On time, 12 months")
        self._figures = (self.overdue, self.soon, self.open, self.on_time)
        for figure in self._figures:
            figures.addWidget(figure, 1)
        layout.addWidget(self.figures)
        self.act_now = Section(
            self,
            "Act now",
            "blocked in every list you clean, still to be removed where you send from",
        )
        self.on_track = Section(self, "On track")
        self.act_now.hide()
        self.on_track.hide()
        layout.addWidget(self.act_now)
        layout.addWidget(self.on_track)
        self.all = Button("Show all in Opt-outs", role="link")
        self.all.clicked.connect(self._context.show_open)
        self.all.hide()
        layout.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)
        self.first_run = self._make_first_run()
        layout.addWidget(self.first_run)
        self.all_done = Card()
        self.all_done.body.addWidget(
            EmptyState(
                "Nobody is waiting",
                "New requests appear here with their due date. Before your next newsletter, clean its list.",
            )
        )
        self.all_done.hide()
        layout.addWidget(self.all_done)
        layout.addStretch(1)

    def _make_first_run(self) -> Card:
        card = Card()
        state = EmptyState(
            "Somebody asked to be left alone?",
            "Record the request here. It gets its legal due date, and everyone you recorded is taken out of "
            "every contact list you clean. All of it stays on this computer.",
            "Record the first opt-out",
            self._record_first,
        )
        card.body.addWidget(state)
        self.import_first = Button("Or bring in the opt-outs you already have…", role="link")
        self.import_first.clicked.connect(self._context.choose_import)
        card.body.addWidget(self.import_first, 0, Qt.AlignmentFlag.AlignHCenter)
        card.body.addSpacing(16)
        card.hide()
        return card

    def _build_right(self, layout: QVBoxLayout) -> None:
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        self.drop_zone = DropZone(
            "Drop a contact list here to clean it",
            "Excel, CSV, TSV, ODS or text.\nYour file is never changed.",
        )
        self.drop_zone.dropped.connect(self._context.file_given)
        self.cleaned = CleanedListsCard(self._context)
        self.quick = QuickRecord(self._context)
        layout.addWidget(self.drop_zone)
        layout.addWidget(self.cleaned)
        layout.addWidget(self.quick)
        layout.addStretch(1)

    # -- what it shows

    def first_focus(self) -> None:
        """Put the focus where work begins: on the most urgent request, else on the box that records one."""
        section = next((part for part in (self.act_now, self.on_track) if part.isVisible()), None)
        if section is not None:
            section.rows[0].address.setFocus()
        else:
            self.quick.text.setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Show how things stand."""
        desk = self._context.desk
        if changes & (Changes.REQUESTS | Changes.SETTINGS):
            self._show_today(desk.due_requests.today(self._context.now(), limit=ROWS))
        if changes:
            # More are read than shown, because one list may stand there several times.
            self.cleaned.show_lists(desk.cleaned_lists.recent(SHOWN * 5))
            self._order()

    def _order(self) -> None:
        """Let Tab go through the page as the eye does; rows are made as they are needed."""
        rows = [*self.act_now.rows, *self.on_track.rows]
        order: list[QWidget] = [part for row in rows for part in (row.address, row.button)]
        order += [self.all, self.drop_zone, *(row.again for row in self.cleaned.rows), *self.quick.stops]
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)

    def _show_today(self, today: Today) -> None:
        nothing_yet = not today.open and not self._context.desk.register.counts(self._context.now()).all
        self.headline.setText("Welcome to Opt-Out Desk" if nothing_yet else words.headline(today))
        self.subline.setText(self._explain(today, nothing_yet=nothing_yet))
        self.subline.setToolTip(self._context.desk.counting.policy.penalty)
        self.figures.setVisible(not nothing_yet)
        self.overdue.show_figure(words.number(today.overdue), "danger" if today.overdue else "")
        self.soon.show_figure(words.number(today.soon), "warning" if today.soon else "")
        self.open.show_figure(words.number(today.open))
        self.on_time.show_figure(words.percent(today.on_time))
        self._wrap_figures()
        urgent = [due for due in today.requests if due.urgency is not Urgency.ON_TRACK]
        calm = [due for due in today.requests if due.urgency is Urgency.ON_TRACK]
        width = self._due_width(today)
        self.act_now.show_requests(urgent, today, width)
        self.on_track.show_requests(calm, today, width)
        self.all.setText(f"Show all {words.number(today.open)} in Opt-outs")
        self.all.setVisible(today.open > len(today.requests))
        self.first_run.setVisible(nothing_yet)
        self.all_done.setVisible(not today.open and not nothing_yet)

    def _explain(self, today: Today, *, nothing_yet: bool) -> str:
        allowed = words.allowance(self._context.desk.counting.policy)
        if nothing_yet:
            return f"Nothing is recorded yet. The law allows {allowed} to honor an opt-out."
        if not today.requests:
            return "Well done: everyone who asked was removed."
        first = today.requests[0]
        day = words.long_day(first.request.due, today.day)
        if first.urgency is Urgency.OVERDUE:
            return (
                f"The first was due on {day}. The lists you clean leave them out already; "
                f"remove them now wherever else you send from. The law allows {allowed}."
            )
        return f"Next deadline: {day}. The law allows {allowed}."

    def _due_width(self, today: Today) -> int:
        """Return the width of the widest due date, so that all rows line up."""
        metrics = QFontMetrics(font(Size.SMALL, bold=True))
        texts = [words.day(due.request.due, today.day) for due in today.requests]
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(wide=self.width() >= _NARROW)

    def _fit(self, *, wide: bool) -> None:
        self._columns.setContentsMargins(24, 22, 24, 24)
        self._columns.setSpacing(20 if wide else 16)
        self._side.setFixedWidth(272 if wide else 240)
        for section in (self.act_now, self.on_track):
            section.set_wide(wide)
        self._wrap_figures()

    def _wrap_figures(self) -> None:
        """Give figures of many digits room in a narrow window."""
        crowded = self.width() < _NARROW and max(len(f.figure.text()) for f in self._figures) > _DIGITS
        for figure in self._figures:
            figure.wrap(crowded)

    # -- what she does

    @Slot()
    def _record_first(self) -> None:
        self._context.record_optout.emit("")

    @Slot(object)
    def open_history(self, due: Due) -> None:
        """Go to the history of a request's address."""
        self._context.go_to_history(due.request.kind, due.request.key)

    @Slot(object)
    def ask_done(self, due: Due) -> None:
        """Ask before a request is settled: the act stands in the ledger and cannot be taken back."""
        self._asked = due
        name = words.subject(due.request.kind, due.request.key)
        if words.is_one_list(due.request.scope):
            text = f"Confirm that {name} is off “{due.request.scope}” in every program that sends it."
        else:
            text = f"Confirm that {name} is out of every list and every program you send from."
        self._context.ask(
            self,
            "Removed everywhere you send from?",
            f"{text} This goes into the ledger with today's date and cannot be taken back.",
            "Yes, mark done",
            self._mark_done,
        )

    @Slot()
    def _mark_done(self) -> None:
        due, self._asked = self._asked, None
        if due is None:
            return
        desk = self._context.desk
        try:
            changes = desk.due_requests.mark_done([due.request], now=self._context.now(), by=desk.person)
        except UserError as error:
            self._context.complain(self, error)
            return
        self._context.notice.emit(f"{words.subject(due.request.kind, due.request.key)} is done.")
        self._context.broadcast(changes)
