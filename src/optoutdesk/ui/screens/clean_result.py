"""The result of a clean: the list's name and how it was understood, the bar, and the removed rows."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from optoutdesk.domain.cleaning import Reason
from optoutdesk.services.clean_list import ListFile, Plan, Result
from optoutdesk.services.wording import finding_sentences, hash_sentence
from optoutdesk.ui import words
from optoutdesk.ui.models import removed_model as columns
from optoutdesk.ui.models.removed_model import RemovedModel
from optoutdesk.ui.screens.clean_bar import ShareBar
from optoutdesk.ui.screens.clean_hidden import HiddenRowsBar
from optoutdesk.ui.screens.clean_side import Side
from optoutdesk.ui.widgets import Button, Card, ElidedLabel, EmptyState, FilterChips, label, line
from optoutdesk.ui.widgets.basic import restyle
from optoutdesk.ui.widgets.table import PADDING, ListTable

_WIDE = 1000
_USUAL = "principal@elmstreet-school.example"
"""An address of this length must be readable, whatever letters she has."""
_SIDE, _NARROW_SIDE = 272, 240
_MARGIN = 24


class Notice(QFrame):
    """A sentence on a soft ground, with one thing to do about it."""

    pressed = Signal()

    def __init__(self, button: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(10)
        self.text = label("", wrap=True)
        row.addWidget(self.text, 1)
        self.button = Button(button).compact()
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.pressed)
        row.addWidget(self.button)
        self.hide()

    def tell(self, text: str, tone: str) -> None:
        """Show a sentence; nothing for an empty one."""
        self.text.setText(text)
        restyle(self, tone=tone)
        self.setVisible(bool(text))


class ResultView(QWidget):
    """Everything about one examined list."""

    columns_wanted = Signal()
    another_wanted = Signal()
    record_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._understood = ("", "")
        """How the list was understood, in full and without what matters least."""
        self._page = page = QHBoxLayout(self)
        page.setContentsMargins(_MARGIN, 20, _MARGIN, _MARGIN)
        left = QVBoxLayout()
        left.setSpacing(0)
        page.addLayout(left, 1)
        self._add_heading(left)
        self.hidden = HiddenRowsBar()
        self.found = label("", "small", wrap=True)
        self.elsewhere = Notice("Change columns…")
        self.elsewhere.pressed.connect(self.columns_wanted)
        self.nobody = Notice("Record an opt-out")
        self.nobody.pressed.connect(self.record_wanted)
        self._notices = QWidget()
        notices = QVBoxLayout(self._notices)
        notices.setSpacing(10)
        notices.setContentsMargins(0, 0, 0, 14)
        for notice in (self.found, self.hidden, self.elsewhere, self.nobody):
            notices.addWidget(notice)
        left.addWidget(self._notices)
        card = Card()
        card.body.setContentsMargins(16, 16, 16, 12)
        self.bar = ShareBar()
        card.body.addWidget(self.bar)
        left.addWidget(card)
        left.addSpacing(16)
        self._add_removed(left)
        # Made last: Tab goes on here from the removed rows.
        self.side = Side()
        page.addWidget(self.side)

    def _add_heading(self, left: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.name = ElidedLabel("", "title", elide=Qt.TextElideMode.ElideMiddle)
        row.addWidget(self.name, 1)
        self.another = Button("Another list…").compact()
        self.another.clicked.connect(self.another_wanted)
        self.change_columns = Button("Change columns…").compact()
        self.change_columns.clicked.connect(self.columns_wanted)
        row.addWidget(self.another)
        row.addWidget(self.change_columns)
        left.addLayout(row)
        left.addSpacing(3)
        self.understood = label("", "muted", wrap=True)
        left.addWidget(self.understood)
        left.addSpacing(14)

    def _add_removed(self, left: QVBoxLayout) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 6)
        column.setSpacing(0)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(16, 10, 16, 10)
        self._head.setSpacing(10)
        self._title = QWidget()
        title = QHBoxLayout(self._title)
        title.setContentsMargins(0, 0, 0, 0)
        title.setSpacing(10)
        title.addWidget(label("Removed", "heading"))
        self.how_many = label("", "small")
        title.addWidget(self.how_many)
        self._head.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addStretch(1)
        column.addLayout(self._head)
        self._below = QHBoxLayout()
        self._below.setContentsMargins(16, 0, 16, 10)
        self._below_holder = QWidget()
        self._below_holder.setLayout(self._below)
        self._below_holder.hide()
        column.addWidget(self._below_holder)
        column.addWidget(line())
        self.chips = FilterChips(
            [(None, "All"), *((reason, words.reason(reason)) for reason in Reason)], "Why rows were removed"
        )
        self._head.addWidget(self.chips)
        self.model = RemovedModel(self)
        self.chips.changed.connect(self.model.show_only)
        self.table = ListTable("Removed rows")
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(columns.EVIDENCE, header.ResizeMode.Stretch)
        self.none = EmptyState("", "")
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.none)
        column.addWidget(holder, 1)
        left.addWidget(card, 1)

    # -- what is shown

    def show_result(self, plan: Plan, result: Result) -> None:
        """Show an examined list."""
        self.name.setText(plan.list.path.name)
        self._understood = (understood(plan.list, result), understood(plan.list, result, timed=False))
        self.bar.show_result(result)
        self.how_many.setText(words.count(result.removed_count, "row"))
        for reason in Reason:
            self.chips.set_shown(reason, bool(result.reasons[reason]))
        self.chips.choose(None)
        self.chips.setVisible(result.removed_count > 0)
        self.model.show(result.removed)
        last = words.number(result.removed[-1].row) if result.removed else ""
        there = [words.reason(reason) for reason in Reason if result.reasons[reason]]
        widest = max([*there, columns.HEADERS[columns.WHY]], key=len)
        self.table.set_columns(
            {columns.ROW: max(last, columns.HEADERS[columns.ROW], key=len), columns.WHY: widest},
            stretch=columns.ADDRESS,
            chips=[columns.WHY],
        )
        self.none.title.setText("Nobody has to be removed" if result.rows else "This list is empty")
        self.none.text.setText(
            "Every row has a proper address, no address comes twice, and nobody here has opted out."
            if result.rows
            else "There is no row below its header."
        )
        self._stack.setCurrentIndex(0 if result.removed else 1)
        self.hidden.show_result(plan, result)
        self.found.setText(_found(result))
        self.found.setVisible(bool(self.found.text()))
        self.elsewhere.tell(_elsewhere(result), "warning")
        self.nobody.tell(_nobody(plan, result), "accent")
        notices = (self.found, self.hidden, self.elsewhere, self.nobody)
        self._notices.setVisible(not all(notice.isHidden() for notice in notices))
        self._fit()
        self._fit_table()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self.side.fit(_SIDE if wide else _NARROW_SIDE)
        self._page.setSpacing(20 if wide else 16)
        self._fit()
        self._fit_table()

    def _fit_table(self) -> None:
        """Give the evidence a column where there is room, else the line below the address."""
        room = self._room() - 2 - 12  # the card's edges, the scroll bar
        both = room - sum(self.table.fixed_width(column) for column in (columns.ROW, columns.WHY))
        usual = self.table.fontMetrics().horizontalAdvance(_USUAL) + 2 * PADDING
        roomy = both // 2 >= usual
        self.model.show_notes(not roomy)
        self.table.setColumnHidden(columns.EVIDENCE, not roomy)
        self.table.set_tall(not roomy)

    def _room(self) -> int:
        """Return how wide the left part is."""
        return self.width() - self.side.width() - 2 * _MARGIN - self._page.spacing()

    def _fit(self) -> None:
        """Put the chips beside the title where there is room, else below it; shorten what does not fit."""
        room = self._room()
        full, short = self._understood
        self.understood.setText(
            full if self.understood.fontMetrics().horizontalAdvance(full) < room else short
        )
        room -= 2 + 2 * 16
        shown = [chip.sizeHint().width() for chip in self.chips.chips if not chip.isHidden()]
        wanted = sum(shown) + 8 * max(0, len(shown) - 1) + 1
        self._title.setFixedHeight(self.chips.chips[0].sizeHint().height())
        beside = wanted <= room - self._title.sizeHint().width() - 2 * self._head.spacing()
        # Too many even for a line of their own: they take two lines beside the title.
        below = not beside and wanted <= room
        (self._below if below else self._head).addWidget(self.chips)
        self.chips.setMinimumWidth(wanted if beside or below else 0)
        self.chips.setMaximumWidth(wanted if beside else 16_777_215)
        self._head.setStretch(1, 0 if not beside and not below else 1)
        if not below:
            self._head.setStretch(2, 0 if beside else 1)
        self._below_holder.setVisible(below and self.model.rowCount() > 0)


def understood(file: ListFile, result: Result, *, timed: bool = True) -> str:
    """Return how a list was understood: `Sheet “Customers” · 9,820 people · address in column C “E-mail” · ...`."""
    layout = file.layout
    parts = []
    if file.table.sheet is not None:
        parts.append(f"Sheet “{file.table.sheet}”")
    parts.append(words.count(result.rows, "person", "people"))
    chosen = [layout.columns[index] for index in layout.address_columns]
    names = [f"{column.letter} “{column.name}”" if column.name else column.letter for column in chosen]
    if len(layout.columns) == 1:
        parts.append("one address a line")
    elif len(names) == 1:
        parts.append(f"address in column {names[0]}")
    elif len(names) <= 3:
        parts.append(f"addresses in columns {', '.join(names[:-1])} and {names[-1]}")
    else:
        parts.append(f"addresses in {len(names)} columns")
    if timed:
        parts.append(f"checked in {max(result.seconds, 0.1):.1f} s")
    return " · ".join(parts)


def _found(result: Result) -> str:
    """Return what else there is to know of the list; about hidden rows there is a bar of its own."""
    sentences = finding_sentences(replace(result.findings, hidden_rows=0), result.rows)
    return " ".join(filter(None, [hash_sentence(result.hashes, result.by_hash), *sentences]))


def _elsewhere(result: Result) -> str:
    if not result.elsewhere:
        return ""
    rows = "kept row holds" if result.elsewhere == 1 else "kept rows hold"
    return f"{words.number(result.elsewhere)} {rows} a suppressed address in another column."


def _nobody(plan: Plan, result: Result) -> str:
    """Say calmly that there was nothing to compare with."""
    if result.suppressed_addresses or result.suppressed_domains:
        return ""
    if plan.target is not None:
        return f"Nobody has opted out of “{plan.target}” or of all mail yet, so nobody was removed for that."
    return "Your suppression list is still empty, so nobody could be removed for opting out."
