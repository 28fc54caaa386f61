"""Opt-outs: the register of all requests, with a panel on the one that is chosen."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.address import read_cell
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.domain.requests import Kind
from optoutdesk.services.changes import Changes
from optoutdesk.services.register import Counts
from optoutdesk.store import RegisterFilter
from optoutdesk.ui import words
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.models import register_model as columns
from optoutdesk.ui.models.register_model import RegisterModel
from optoutdesk.ui.screens.optouts_detail import DetailPanel
from optoutdesk.ui.screens.optouts_filters import Filters, Show
from optoutdesk.ui.screens.optouts_several import Several
from optoutdesk.ui.widgets import Button, EmptyState, label
from optoutdesk.ui.widgets.table import ListTable

DEBOUNCE = 150
"""Milliseconds after the last letter until the register is asked."""
_USUAL = "hello@brightpaws.example"
"""An address of this length must be readable; columns that say what the panel says too make room for it."""
_SCROLL_BAR = 12
_MARGIN, _GAP = 24, 16
_PANEL = 288


@dataclass(frozen=True, slots=True)
class _Figures:
    """What stands in the heading, on the chips and in the choosers."""

    counts: Counts
    suppressed: int
    scopes: list[str]
    platforms: list[Platform]
    people: list[str]
    assigned: bool
    """Whether requests are shared out among several people."""


class OptOutsScreen(QWidget):
    """The register and the panel beside it."""

    title = "Opt-outs"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._figures: _Figures | None = None
        self._kept: frozenset[int] = frozenset()
        """Requests that were chosen when the rows were asked for again."""
        self._wanted_subject: tuple[Kind, str] | None = None
        """What the panel was asked to show, whether or not it stands in the table."""
        self.setProperty("role", "page")
        page = QHBoxLayout(self)
        page.setContentsMargins(_MARGIN, 20, _MARGIN, _MARGIN)
        page.setSpacing(_GAP)
        left = QVBoxLayout()
        left.setSpacing(0)
        page.addLayout(left, 1)
        self.detail = DetailPanel(context)
        self.detail.setFixedWidth(_PANEL)
        self.detail.show_other.connect(self.show_history)
        page.addWidget(self.detail)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Opt-outs", "title"), 1)
        self.imports = Button("Imports…").compact()
        self.imports.setToolTip("The imports made so far, and the backups")
        self.imports.clicked.connect(context.show_imports)
        self.export = Button("Export…").compact()
        self.export.clicked.connect(self._export)
        head.addWidget(self.imports)
        head.addWidget(self.export)
        left.addLayout(head)
        left.addSpacing(4)
        self.summary = label("", "muted", wrap=True)
        left.addWidget(self.summary)
        left.addSpacing(14)
        self.filters = Filters()
        left.addWidget(self.filters)
        left.addSpacing(12)
        self.chips, self.search = self.filters.chips, self.filters.search
        self._add_table(left)
        self.detail.assign_wanted.connect(self.acts.ask_assign)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DEBOUNCE)
        self._wait.timeout.connect(self._ask)
        self.search.installEventFilter(self)
        self.filters.typed.connect(self._typed)
        self.filters.changed.connect(self._filter_changed)
        QShortcut(QKeySequence.StandardKey.Find, self, self.first_focus)

    def _add_table(self, left: QVBoxLayout) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        self.model = RegisterModel(self._context, self)
        self.model.answered.connect(self._answered)
        self.model.failed.connect(self._failed)
        self.table = ListTable("Opt-out requests")
        self.table.setModel(self.model)
        self.table.set_columns(
            {
                columns.RECEIVED: "by 30 Nov 2026",
                columns.HOW: "Web form",
                columns.LIST: "Newsletter",
                columns.STATE: "Opted in again",
                columns.DUE: "30 Nov 2026",
            },
            stretch=columns.ADDRESS,
            chips=[columns.STATE],
        )
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.empty = EmptyState("", "", "Record an opt-out", self._record)
        self._stack = QStackedLayout(card)
        self._stack.setContentsMargins(1, 1, 1, 6)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        left.addWidget(card, 1)
        self.several = Several(self._context, self.table, self.model, self)
        self.selection, self.acts = self.several.bar, self.several.acts
        left.addWidget(self.several)

    # -- what the window calls

    def first_focus(self) -> None:
        """Put the cursor where she begins."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Read again what is shown."""
        if changes & (Changes.REQUESTS | Changes.SETTINGS | Changes.PLATFORMS | Changes.PEOPLE):
            self._context.lookups.run(self._read_figures, done=self._show_figures)
            self._kept = self.several.ids()
            self.model.wanted = self._filter()  # "due soon" may have moved on with the clock
            self.model.refresh()

    def show_open(self) -> None:
        """Show the open requests."""
        self._start_over(Show.OPEN, "")

    def show_history(self, kind: Kind, key: str) -> None:
        """Show what happened to an address or a domain, whether or not it is in the table now."""
        self._wanted_subject = (Kind(kind), key)
        row = self.model.row_of(Kind(kind), key)
        if row is not None and not self.model.asking:
            self.several.choose(row)
            self.table.setFocus()
        else:
            # Of a hash only its digits are stored, which is what can be searched for.
            self._start_over(Show.ALL, key if kind == Kind.HASH else words.subject(Kind(kind), key))
        self._show_subject()

    def _start_over(self, show: Show, text: str) -> None:
        self.filters.start_over(show, text)
        self._ask()

    # -- figures

    def _read_figures(self, _report: object) -> _Figures:
        desk, now = self._context.desk, self._context.now()
        register = desk.register
        people = desk.people()
        return _Figures(
            register.counts(now),
            register.suppressed(),
            register.scopes(),
            [standing.platform for standing in desk.platforms.all(now)],
            people,
            len(people) > 1,
        )

    def _show_figures(self, figures: _Figures) -> None:
        first = self._figures is None
        self._figures = figures
        counts = figures.counts
        for key, count in (
            (Show.OPEN, counts.open),
            (Show.SOON, counts.due_soon),
            (Show.LATE, counts.late),
            (Show.ALL, counts.all),
        ):
            self.chips.set_count(key, count)
        many = "es and domains" if figures.suppressed != 1 else " or domain"
        self.summary.setText(
            f"{words.number(figures.suppressed)} address{many} suppressed · {words.count(counts.open, 'request')} open"
        )
        self.acts.know_people(figures.people)
        self.filters.offer(
            figures.scopes,
            figures.platforms,
            figures.people if figures.assigned else [],
            any_request=counts.all > 0,
        )
        if first and not counts.open and counts.all and self._wanted_subject is None:
            self.chips.choose(Show.ALL)
        self._show_emptiness()

    # -- filter

    def _filter(self) -> RegisterFilter:
        today = self._context.today()
        return self.filters.wanted(today, self._context.desk.counting.soon(today))

    def _typed(self) -> None:
        self._wanted_subject = None
        self._wait.start()

    def _filter_changed(self) -> None:
        self._wanted_subject = None
        self._ask()

    def _ask(self) -> None:
        self._wait.stop()
        self.model.show(self._filter())

    def _answered(self) -> None:
        """Choose the row that was chosen before, or the first one, and show how it stands now."""
        self._show_emptiness()
        ids, self._kept = self._kept, frozenset()
        if len(ids) > 1 and self._wanted_subject is None and self.several.choose_again(ids):
            self._show_subject()
            return
        shown = self.detail.history
        subject = self._wanted_subject or ((shown.kind, shown.key) if shown is not None else None)
        row = self.model.row_of(*subject) if subject is not None else None
        if row is None and self._wanted_subject is None and self.model.rowCount():
            row = 0
        if row is not None:
            self.several.choose(row)
        self._show_subject()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    def _show_emptiness(self) -> None:
        if self.model.rowCount() or self.model.asking:
            self._stack.setCurrentWidget(self.table)
            return
        text = self.search.text().strip()
        every = self.filters.chosen is Show.ALL
        if self._figures is not None and not self._figures.counts.all:
            title = "Nobody has opted out yet"
            hint = "Each opt-out you record stands here with its due date, what is still to do and what happened."
        elif self.filters.narrowed:
            title, hint = "No such request", "Other requests are there when you choose less."
        elif text or every:
            matching = f" matching “{text}”" if text else ""
            title = f"Nobody{matching} has opted out" if every else f"No such request{matching}"
            hint = "Record it?" if text and every else "Other requests are under “All”."
            if through := self._blocked_otherwise(text):
                title, hint = f"“{text}” has no request of its own", through
        else:
            title = {
                Show.OPEN: "Nothing is open",
                Show.SOON: "Nothing is due soon",
                Show.LATE: "Nothing is late",
            }[self.filters.chosen]
            hint = "Every request that is done stands under “All”."
        self.empty.title.setText(title)
        self.empty.text.setText(hint)
        self._stack.setCurrentWidget(self.empty)

    def _blocked_otherwise(self, text: str) -> str:
        """Say of an address without a request that matches what bars it all the same: its hash or its domain."""
        found = read_cell(text).addresses
        if len(found) != 1:
            return ""
        desk, address = self._context.desk, found[0]
        over_it = desk.register.history(Kind.ADDRESS, address.key, self._context.now(), address.given).over_it
        if not over_it:
            return ""
        what = "hash" if over_it[0].kind is Kind.HASH else "domain"
        name = words.subject(over_it[0].kind, over_it[0].key)
        return f"Do not mail it: its {what} is suppressed ({name})."

    def _record(self) -> None:
        self._context.record_optout.emit(self.search.text().strip())

    def _export(self) -> None:
        from optoutdesk.ui.dialogs.export import ExportDialog

        ExportDialog(self._context, self.window()).open()

    # -- the chosen one

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self._wanted_subject = None
            self._show_subject()

    def _show_subject(self) -> None:
        subject = self._wanted_subject
        index = self.table.currentIndex()
        if subject is None and index.isValid():
            request = self.model.row(index.row()).request
            subject = (request.kind, request.key)
        desk, now = self._context.desk, self._context.now()
        had_focus = self.detail.isAncestorOf(QApplication.focusWidget() or self)
        other = self.detail.show_history(None if subject is None else desk.register.history(*subject, now))
        if other and had_focus:
            self.table.setFocus()  # the button that was pressed is gone

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if (
                event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
                and self.model.rowCount()
            ):
                self.table.setFocus()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - _PANEL - 2 * _MARGIN - _GAP - _SCROLL_BAR
        self.table.leave_out(room, _USUAL, (columns.HOW, columns.LIST, columns.RECEIVED))
