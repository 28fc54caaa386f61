"""Today: what needs her first, then what is on track; beside it the ways in."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.due_requests import Due, DueFilter
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.models.due_lines import Section
from optoutdesk.ui.screens.today_acts import TodayActs
from optoutdesk.ui.screens.today_bars import ListBar, SelectionBar
from optoutdesk.ui.screens.today_cards import AllDoneCard, FirstRunCard
from optoutdesk.ui.screens.today_figures import Figures
from optoutdesk.ui.screens.today_standing import Standing, explain, headline, read_standing
from optoutdesk.ui.widgets.basic import label
from optoutdesk.ui.widgets.cleaned_lists import CleanedListsCard
from optoutdesk.ui.widgets.drop_zone import DropZone
from optoutdesk.ui.widgets.due_list import MANY, DueList
from optoutdesk.ui.widgets.quick_record import QuickRecord

_NARROW = 940
"""Below this width of the screen everything moves closer together."""
_CRAMPED = 800
"""Below this one the words below the figures take two lines."""
_MARGIN = 24
_GAP, _BESIDE = 16, 4
"""Between the cards of the list and what stands beside them: first room for the scroll bar, then air."""
_MINUTE_MS = 60_000
_SHOWS_REQUESTS = Changes.REQUESTS | Changes.SETTINGS | Changes.PLATFORMS | Changes.PEOPLE


class TodayScreen(QWidget):
    """The first screen. It is built without data, so that the window is there at once; `reload` fills it."""

    title = "Today"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._question = 0
        """Counts what was asked; an answer to an earlier question is dropped."""
        self._standing: Standing | None = None
        self._focus_wanted = False
        self._wide = True
        self._current: tuple[int, int] | None = None
        """The request and the line the keyboard was on when the list was asked for anew."""
        self.setProperty("role", "page")
        self._columns = QHBoxLayout(self)
        self.list = DueList(context, _GAP)
        self.acts = TodayActs(context, self, self._chosen_ids)
        left, right = QVBoxLayout(), QVBoxLayout()
        self._columns.addLayout(left, 1)
        self._columns.addWidget(self._make_side(right))
        self._build_left(left)
        self._build_right(right)
        self._connect()
        self._fit(wide=True)

    def _build_left(self, layout: QVBoxLayout) -> None:
        layout.setSpacing(16)
        layout.setContentsMargins(0, 0, 0, 0)
        head = QVBoxLayout()
        head.setSpacing(3)
        self.headline = label("", "title", wrap=True)
        self.subline = label("", "muted", wrap=True)
        self.figures = Figures()
        self.bar = ListBar()
        self.bar.hide()
        self.selection = SelectionBar()
        self.nothing = label("", "muted", wrap=True)
        self.nothing.hide()
        self.first_run = FirstRunCard()
        self.all_done = AllDoneCard()
        self._top = QHBoxLayout()
        self._top.setSpacing(16)
        self._top.addWidget(self.headline, 1)
        head.addLayout(self._top)
        head.addWidget(self.subline)
        # The list is wider than what stands above it: its scroll bar goes into the gap beside the cards.
        self._heads = QVBoxLayout()
        self._heads.setSpacing(16)
        self._heads.addLayout(head)
        self._below = QHBoxLayout()
        self._heads.addWidget(self.figures)
        self._heads.addLayout(self._below)
        for part in (self.bar.note, self.nothing, self.first_run, self.all_done):
            self._heads.addWidget(part)
        layout.addLayout(self._heads)
        layout.addWidget(self.list, 1)
        self._foot = QVBoxLayout()
        self._foot.setContentsMargins(0, 0, _GAP, 0)
        self._foot.addWidget(self.selection)
        layout.addLayout(self._foot)
        self._rest = QWidget()
        layout.addWidget(self._rest, 1)
        self.list.hide()

    def _make_side(self, column: QVBoxLayout) -> QScrollArea:
        self._side = QScrollArea()
        self._side.setWidgetResizable(True)
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.verticalScrollBar().rangeChanged.connect(self._fit_side)
        page = QWidget()
        page.setProperty("role", "plain")
        page.setLayout(column)
        self._side.setWidget(page)
        return self._side

    def _build_right(self, layout: QVBoxLayout) -> None:
        layout.setSpacing(16)
        self.drop_zone = DropZone(
            "Drop a contact list here to clean it",
            "Excel, CSV, TSV, ODS or text.\nYour file is never changed.",
        )
        self.cleaned = CleanedListsCard(self._context)
        self.quick = QuickRecord(self._context)
        layout.addWidget(self.drop_zone)
        layout.addWidget(self.cleaned)
        layout.addWidget(self.quick)
        layout.addStretch(1)

    def _connect(self) -> None:
        rows = self.list.rows
        self.drop_zone.dropped.connect(self._context.file_given)
        self.first_run.record_wanted.connect(self._record_first)
        self.first_run.import_wanted.connect(self._context.choose_import)
        self.all_done.clean_wanted.connect(self.drop_zone.choose)
        self.cleaned.rows_changed.connect(self._order)
        self.bar.changed.connect(self._regroup)
        rows.answered.connect(self._list_answered)
        rows.choice_changed.connect(self._choice_changed)
        rows.failed.connect(self._failed)
        self.list.opened.connect(self.open_history)
        self.list.done_wanted.connect(self._done_wanted)
        self.list.chosen_done_wanted.connect(self._chosen_done_wanted)
        self.list.assign_wanted.connect(self._assign_wanted)
        self.list.menu_wanted.connect(self.acts.show_menu)
        self.selection.none_wanted.connect(rows.choose_none)
        self.selection.done_wanted.connect(self._ask_chosen_done)
        self.selection.assign_wanted.connect(self.acts.ask_chosen_assign)
        clear = QShortcut(QKeySequence("Escape"), self.selection)
        clear.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        clear.activated.connect(rows.choose_none)
        # What the own target says moves on with the clock.
        self._minute = QTimer(self)
        self._minute.setInterval(_MINUTE_MS)
        self._minute.timeout.connect(self.list.viewport().update)
        self._minute.start()

    # -- what it shows

    def first_focus(self) -> None:
        """Put the focus where work begins: on the most urgent request, else on the box that records one."""
        if self._standing is None or self.list.rows.asking:
            self._focus_wanted = True
        elif self.list.isVisibleTo(self) and self.list.rows.rowCount():
            self.list.first_focus()
        else:
            self.quick.text.setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Show how things stand; what is on screen stays until the answer is there."""
        if changes & _SHOWS_REQUESTS:
            self._ask()
        if changes:
            self.cleaned.reload()

    def _ask(self) -> None:
        self._question += 1
        current = self.list.current()
        if current is not None:
            self._current = current.request.id, self.list.currentIndex().row()
        work = read_standing(self._context, self._question, lambda: self._question)
        self._context.lookups.run(work, done=self._show_standing, failed=self._failed)
        self.list.rows.refresh()

    @Slot(object)
    def _show_standing(self, standing: Standing | None) -> None:
        if standing is None or standing.question != self._question:
            return
        self._standing = standing
        today, nothing_yet = standing.today, standing.nothing_yet
        self.headline.setText(headline(standing))
        self.subline.setToolTip(self._context.desk.counting.policy.penalty)
        self.figures.setVisible(not nothing_yet)
        self.figures.show_today(today, standing.median_hours)
        many = today.open > MANY
        whose = len(standing.people) > 1 and (many or len(self._context.desk.settings.staff) > 1)
        self.bar.offer(
            standing.people, many=many, platforms=standing.platforms, whose=whose and today.open > 0
        )
        self.bar.setVisible(self.bar.isVisibleTo(self) and today.open > 0)
        if (self.bar.by, self.bar.wanted_person) != (self.list.rows.by, self.list.rows.wanted.person):
            self._regroup()  # what was chosen is no longer there to choose
        self.bar.tell(overdue=today.overdue > 0)
        self.acts.know_people(standing.people)
        self.list.show_many(many)
        self.list.setVisible(today.open > 0)
        self._rest.setVisible(not today.open)
        self.first_run.setVisible(nothing_yet)
        self.all_done.setVisible(not today.open and not nothing_yet)
        self._fit(wide=self.width() >= _NARROW)

    @Slot()
    def _list_answered(self) -> None:
        """Put the keyboard back where it was, and say so where a person has nothing to do."""
        rows = self.list.rows
        person = self.bar.wanted_person
        whose = f"assigned to {person}" if person else "unassigned"
        self.nothing.setText(f"Nothing open is {whose}. Other requests are under “{_quoted(self.bar)}”.")
        self.nothing.setVisible(person is not None and not rows.rowCount() and self.list.isVisibleTo(self))
        if self._current is not None:
            request_id, row = self._current
            if not self.list.go_to_request(request_id) and rows.rowCount():
                self.list.setCurrentIndex(rows.index(min(row, rows.rowCount() - 1), 0))
        if self._focus_wanted:
            self._focus_wanted = False
            self.first_focus()
        self._choice_changed()
        self._order()

    @Slot()
    def _choice_changed(self) -> None:
        count = len(self.list.rows.chosen)
        self.selection.show_count(count)
        self._foot.setContentsMargins(0, 0, _GAP, 12 if count else 0)

    @Slot()
    def _regroup(self) -> None:
        self._current = None
        self.list.scrollToTop()
        wanted = replace(DueFilter(), person=self.bar.wanted_person)
        self.list.rows.show(self.bar.by, wanted)
        self.bar.tell(overdue=self._standing is not None and self._standing.today.overdue > 0)

    @Slot()
    def _order(self) -> None:
        """Let Tab go through the page as the eye does."""
        order: list[QWidget] = [self.bar.group, self.bar.person, self.list, self.selection.none]
        order += [self.selection.assign, self.selection.done, self.drop_zone]
        order += [*self.cleaned.stops, *self.quick.stops]
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(wide=self.width() >= _NARROW)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.cleaned.look_again()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow() and self.isVisible():
            self.cleaned.look_again()  # she may have moved or edited a file meanwhile

    def _fit(self, *, wide: bool) -> None:
        """Share out the width; the choosers stand beside the headline where there is room, else below the figures."""
        self._wide = wide
        self._columns.setContentsMargins(_MARGIN, 22, 0, 0)
        self._columns.setSpacing(_BESIDE)
        self._heads.setContentsMargins(0, 0, _GAP, 0)
        self._side.setFixedWidth((272 if wide else 240) + _MARGIN)
        self._fit_side()
        (self._top if wide else self._below).addWidget(self.bar)
        self.figures.fit(narrow=not wide, cramped=self.width() < _CRAMPED)
        if self._standing is not None:
            counting = self._context.desk.counting
            # How long answers took stands below its figure, where there is room for it.
            self.subline.setText(explain(self._standing, counting, with_response=not wide))

    @Slot()
    def _fit_side(self) -> None:
        """Let the scroll bar of what stands beside the list go into the margin."""
        page, bar = self._side.widget(), self._side.verticalScrollBar()
        column = page.layout() if page is not None else None
        if column is not None:
            taken = bar.sizeHint().width() if bar.maximum() else 0
            column.setContentsMargins(0, 0, max(0, _MARGIN - taken), _MARGIN)

    # -- what she does

    @Slot()
    def _record_first(self) -> None:
        self._context.record_optout.emit("")

    @Slot(object)
    def open_history(self, due: Due) -> None:
        """Go to the history of a request's address."""
        self._context.go_to_history(due.request.kind, due.request.key)

    def _chosen_ids(self) -> frozenset[int]:
        return self.list.rows.chosen

    @Slot(object)
    def _done_wanted(self, wanted: tuple[Due, Section]) -> None:
        self.acts.ask_done(*wanted)

    @Slot()
    def _chosen_done_wanted(self) -> None:
        self._ask_chosen_done(self.selection.done.mapToGlobal(QPoint(0, 0)))

    @Slot(object)
    def _ask_chosen_done(self, where: QPoint) -> None:
        chosen = self.list.rows.chosen
        row = self.list.rows.row_of(next(iter(chosen))) if len(chosen) == 1 else None
        line = self.list.rows.line(row) if row is not None else None
        if line is not None and line.due is not None:
            self.acts.ask_done(line.due, line.section)
        else:
            self.acts.ask_chosen_done(where)

    @Slot(object, object)
    def _assign_wanted(self, due: Due | None, where: QPoint) -> None:
        if due is None:
            self.acts.ask_chosen_assign(where)
        else:
            self.acts.ask_assign(due, where)


def _quoted(bar: ListBar) -> str:
    """Return the choice that shows everybody's requests, as it reads."""
    return bar.person.itemText(0)
