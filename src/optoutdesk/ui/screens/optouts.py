"""Opt-outs: the register of all requests, with a panel on the one that is chosen."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.address import parse_domain_entry, read_cell
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind
from optoutdesk.services.changes import Changes
from optoutdesk.services.register import Counts
from optoutdesk.store import RegisterFilter
from optoutdesk.ui import words
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.models import register_model as columns
from optoutdesk.ui.models.register_model import RegisterModel
from optoutdesk.ui.screens.optouts_detail import DetailPanel
from optoutdesk.ui.widgets import Button, EmptyState, FilterChips, label
from optoutdesk.ui.widgets.table import ListTable

DEBOUNCE = 150
"""Milliseconds after the last letter until the register is asked."""
_USUAL = "hello@brightpaws.example"
"""An address of this length must be readable; columns that say what the panel says too make room for it."""
_SCROLL_BAR = 12
_MARGIN, _GAP = 24, 16
_PANEL = 288


class Show(StrEnum):
    """What the filter chips let through."""

    OPEN = "open"
    SOON = "due-soon"
    OVERDUE = "overdue"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class _Figures:
    """What stands in the heading, on the chips and in the combo of lists."""

    counts: Counts
    suppressed: int
    scopes: list[str]


class OptOutsScreen(QWidget):
    """The register and the panel beside it."""

    title = "Opt-outs"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._figures: _Figures | None = None
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
        self._add_filters(left)
        self._add_table(left)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DEBOUNCE)
        self._wait.timeout.connect(self._ask)
        self.search.textChanged.connect(self._typed)
        self.search.installEventFilter(self)
        self.chips.changed.connect(self._filter_changed)
        self.channel.currentIndexChanged.connect(self._filter_changed)
        self.list.currentIndexChanged.connect(self._filter_changed)
        QShortcut(QKeySequence.StandardKey.Find, self, self.first_focus)

    def _add_filters(self, left: QVBoxLayout) -> None:
        self.chips = FilterChips(
            [(Show.OPEN, "Open"), (Show.SOON, "Due soon"), (Show.OVERDUE, "Overdue"), (Show.ALL, "All")],
            "Which requests",
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText("Part of an address")
        self.search.setAccessibleName("Search the opt-outs by part of an address")
        self.search.setClearButtonEnabled(True)
        self.channel = QComboBox()
        self.channel.setAccessibleName("How the request arrived")
        self.channel.addItem("Any channel", None)
        for channel in words.CHANNELS:
            self.channel.addItem(words.channel(channel), channel)
        self.list = QComboBox()
        self.list.setAccessibleName("List")
        self._fill_lists([])
        for combo in (self.channel, self.list):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.channel)
        row.addWidget(self.list)
        left.addLayout(row)
        left.addSpacing(10)
        left.addWidget(self.chips)
        left.addSpacing(12)

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

    # -- what the window calls

    def first_focus(self) -> None:
        """Put the cursor where she begins."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Read again what is shown."""
        if changes & (Changes.REQUESTS | Changes.SETTINGS):
            self._context.lookups.run(self._read_figures, done=self._show_figures)
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
            self.table.selectRow(row)
            self.table.setFocus()
        else:
            # Of a hash only its digits are stored, which is what can be searched for.
            self._start_over(Show.ALL, key if kind == Kind.HASH else words.subject(Kind(kind), key))
        self._show_subject()

    def _start_over(self, show: Show, text: str) -> None:
        for part in (self.chips, self.channel, self.list, self.search):
            part.blockSignals(True)
        self.chips.choose(show)
        self.channel.setCurrentIndex(0)
        self.list.setCurrentIndex(0)
        self.search.setText(text)
        for part in (self.chips, self.channel, self.list, self.search):
            part.blockSignals(False)
        self._ask()

    # -- figures

    def _read_figures(self, _report: object) -> _Figures:
        register = self._context.desk.register
        return _Figures(register.counts(self._context.now()), register.suppressed(), register.scopes())

    def _show_figures(self, figures: _Figures) -> None:
        first = self._figures is None
        self._figures = figures
        counts = figures.counts
        for key, count in (
            (Show.OPEN, counts.open),
            (Show.SOON, counts.due_soon),
            (Show.OVERDUE, counts.overdue),
            (Show.ALL, counts.all),
        ):
            self.chips.set_count(key, count)
        many = "es and domains" if figures.suppressed != 1 else " or domain"
        self.summary.setText(
            f"{words.number(figures.suppressed)} address{many} suppressed · {words.count(counts.open, 'request')} open"
        )
        self._fill_lists(figures.scopes)
        if first and not counts.open and counts.all and self._wanted_subject is None:
            self.chips.choose(Show.ALL)
        self._show_emptiness()

    def _fill_lists(self, scopes: list[str]) -> None:
        chosen = self.list.currentData()
        wanted = [
            ("Any list", None),
            (words.scope(ALL_MAIL), ALL_MAIL),
            *((scope, scope) for scope in scopes),
        ]
        if [self.list.itemText(i) for i in range(self.list.count())] == [text for text, _ in wanted]:
            return
        self.list.blockSignals(True)
        self.list.clear()
        for text, scope in wanted:
            self.list.addItem(text, scope)
        self.list.setCurrentIndex(max(0, self.list.findData(chosen)))
        self.list.blockSignals(False)

    # -- filter

    def _filter(self) -> RegisterFilter:
        channel = self.channel.currentData()  # Qt gives an enum of strings back as a plain string
        wanted = RegisterFilter(
            text=_searched(self.search.text()),
            channel=Channel(channel) if channel else None,
            scope=self.list.currentData(),
        )
        show = self.chips.key()
        if show == Show.ALL:
            return wanted
        today = self._context.today()
        if show == Show.OVERDUE:
            return replace(wanted, only_open=True, due_by=today - timedelta(days=1))
        if show == Show.SOON:
            return replace(
                wanted, only_open=True, due_from=today, due_by=self._context.desk.counting.soon(today)
            )
        return replace(wanted, only_open=True)

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
        shown = self.detail.history
        subject = self._wanted_subject or ((shown.kind, shown.key) if shown is not None else None)
        row = self.model.row_of(*subject) if subject is not None else None
        if row is None and self._wanted_subject is None and self.model.rowCount():
            row = 0
        if row is not None:
            self.table.selectRow(row)
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
        narrowed = self.channel.currentData() or self.list.currentData()
        if self._figures is not None and not self._figures.counts.all:
            title = "Nobody has opted out yet"
            hint = "Each opt-out you record stands here with its due date, what is still to do and what happened."
        elif text or narrowed or self.chips.key() == Show.ALL:
            matching = f" matching “{text}”" if text else ""
            title = (
                f"Nobody{matching} has opted out"
                if self.chips.key() == Show.ALL
                else f"No such request{matching}"
            )
            hint = (
                "Record it?" if text and self.chips.key() == Show.ALL else "Other requests are under “All”."
            )
            if through := self._blocked_otherwise(text):
                title, hint = f"“{text}” has no request of its own", through
        else:
            title = {
                Show.OPEN: "Nothing is open",
                Show.SOON: "Nothing is due soon",
                Show.OVERDUE: "Nothing is overdue",
            }[Show(str(self.chips.key()))]
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


def _searched(text: str) -> str:
    """Return what to search for: a whole address or domain by its key, else the text as typed."""
    text = text.strip()
    domain = parse_domain_entry(text)
    if isinstance(domain, str):
        return domain
    addresses = read_cell(text).addresses
    return addresses[0].key if len(addresses) == 1 else text.lower()
