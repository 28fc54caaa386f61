"""What stands below the columns of a file of opt-outs: what its times, its dates and its rows leave open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.dates import DayOrder
from optoutdesk.domain.importing import Counts, Shown
from optoutdesk.domain.requests import ALL_MAIL, scope_name
from optoutdesk.spreadsheets.profiles import People
from optoutdesk.ui import words, words_import
from optoutdesk.ui.theme import Size, font
from optoutdesk.ui.widgets import label, line
from optoutdesk.ui.widgets.choice import Choice

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Part

_EARLIEST = QDate(1995, 1, 1)
_SCOPE = 240
"""A list may have a long name; what is said beside it needs room too."""


@dataclass(frozen=True, slots=True)
class PartContext:
    """What is known around a list: the file, the business, what it is remembered as."""

    path: Path
    zone: str
    """The business's own."""
    today: date
    scopes: Sequence[str] = ()
    """Lists people have left before."""
    members: bool = False
    """Whether the file is a ZIP of several lists."""


class Question(QWidget):
    """One line below the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(line())
        self.row = QHBoxLayout()
        self.row.setContentsMargins(16, 5, 16, 5)
        self.row.setSpacing(10)
        outer.addLayout(self.row)


class DayOrderQuestion(QWidget):
    """Asks whether the day or the month comes first; both readings of the file's own cells are shown."""

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(line())
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 10, 16, 10)
        inside.setSpacing(4)
        outer.addLayout(inside)
        self.text = label("", "strong", wrap=True)
        inside.addWidget(self.text)
        self._group = QButtonGroup(self)
        self.day_first, self.month_first = QRadioButton(), QRadioButton()
        for number, choice in enumerate((self.day_first, self.month_first)):
            self._group.addButton(choice, number)
            inside.addWidget(choice)
        self._group.idClicked.connect(self._on_clicked)

    def show_order(self, part: "Part", order: DayOrder | None) -> None:
        """Show both readings, and what she answered."""
        assert part.order is not None
        if part.order.order is DayOrder.CONTRADICTORY:
            text = "Some dates in this file have the day first, others the month. Which is usual in it? The others go to review."
        elif order is None:
            text = "Which comes first in the dates of this file, the day or the month?"
        else:
            text = "In the dates of this file"
        self.text.setText(text)
        for choice, name, day_first in (
            (self.day_first, "The day comes first", True),
            (self.month_first, "The month comes first", False),
        ):
            choice.setText(f"{name}: {words_import.reading(part.order.examples, day_first=day_first)}")
        if order is None:
            self._group.setExclusive(False)  # else the last answer could not be taken off
            for choice in (self.day_first, self.month_first):
                choice.setChecked(False)
            self._group.setExclusive(True)
        else:
            (self.day_first if order is DayOrder.DAY_FIRST else self.month_first).setChecked(True)
        for choice in (self.day_first, self.month_first):
            # One stop for the Tab key once it is answered.
            stop = order is None or choice.isChecked()
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stop else Qt.FocusPolicy.ClickFocus)

    def _on_clicked(self, number: int) -> None:
        self.answered.emit(DayOrder.MONTH_FIRST if number else DayOrder.DAY_FIRST)


class DayField(QDateEdit):
    """A small field for a day; the wheel scrolls the page."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(QLocale(QLocale.Language.English))
        self.setDisplayFormat(words.edit_format_day())
        self.setCalendarPopup(True)
        self.setMinimumWidth(QFontMetrics(font(Size.SMALL)).horizontalAdvance("Wed 30 Nov 2026") + 40)
        self.setAccessibleName(name)
        self.calendarWidget().setAccessibleName(name)
        self.setProperty("compact", "true")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def choose(self, day: date, latest: date) -> None:
        """Show a day, as if nobody had touched it."""
        self.blockSignals(True)
        self.setDateRange(_EARLIEST, QDate(latest.year, latest.month, latest.day))
        self.setDate(QDate(day.year, day.month, day.day))
        self.blockSignals(False)

    def day(self) -> date:
        """Return the day."""
        chosen = self.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Questions(QWidget):
    """All that is asked or said of one list; `changed` gives the options as she wants them."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._part: Part | None = None
        self._options: Options | None = None
        self._context: PartContext | None = None
        self._fresh = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.order = DayOrderQuestion()
        self.order.answered.connect(self._order_answered)
        self._add_sheet()
        self._add_people()
        self._add_zone()
        self._add_undated()
        self._add_scope()
        self._add_hidden()
        self._add_remember()
        for part in (
            self._sheet_line,
            self._people_line,
            self.order,
            self._zone_line,
            self._undated_line,
            self._scope_line,
            self._hidden_line,
            self._remember_line,
        ):
            part.hide()
            column.addWidget(part)

    # -- the lines

    def _add_sheet(self) -> None:
        self._sheet_line = Question()
        self._sheet_name = label("Sheet", "small")
        self.sheet = Choice("Sheet")
        self.sheet.currentIndexChanged.connect(self._sheet_chosen)
        self.header_box = QCheckBox("The first row names the columns")
        self.header_box.toggled.connect(self._header_changed)
        self._sheet_line.row.addWidget(self._sheet_name)
        self._sheet_line.row.addWidget(self.sheet)
        self._sheet_line.row.addWidget(self.header_box)
        self._sheet_line.row.addStretch(1)

    def _add_people(self) -> None:
        self._people_line = Question()
        self._people_text = label("", wrap=True)
        self.people = QCheckBox("Yes, everyone in it opted out")
        self.people.toggled.connect(self._people_answered)
        self._people_line.row.addWidget(self._people_text, 1)
        self._people_line.row.addWidget(self.people)

    def _add_zone(self) -> None:
        self._zone_line = Question()
        self.zone = Choice("Time zone of the times in this file")
        self._zone_note = label("", "small", wrap=True)
        self._zone_line.row.addWidget(label("Times in this file have no zone. Read them as", "small"))
        self._zone_line.row.addWidget(self.zone)
        self._zone_line.row.addWidget(self._zone_note, 1)
        self.zone.currentIndexChanged.connect(self._zone_chosen)

    def _add_undated(self) -> None:
        self._undated_line = Question()
        self._undated_text = label("", "small")
        self.undated = DayField("The latest possible day of receipt")
        self._undated_note = label("", "small", wrap=True)
        self._undated_line.row.addWidget(self._undated_text)
        self._undated_line.row.addWidget(self.undated)
        self._undated_line.row.addWidget(self._undated_note, 1)
        self.undated.dateChanged.connect(self._undated_changed)

    def _add_scope(self) -> None:
        self._scope_line = Question()
        self.scope = Choice("What these people left")
        self.scope.setEditable(True)
        self.scope.setMinimumContentsLength(14)
        self.scope.setMaximumWidth(_SCOPE)
        self.scope.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        typed = self.scope.lineEdit()
        assert typed is not None
        typed.setAccessibleName("What these people left")
        self._scope_note = label("", "small", wrap=True)
        self._scope_line.row.addWidget(label("These people left", "small"))
        self._scope_line.row.addWidget(self.scope)
        self._scope_line.row.addWidget(self._scope_note, 1)
        self.scope.activated.connect(self._scope_changed)
        typed.editingFinished.connect(self._scope_changed)

    def _add_hidden(self) -> None:
        self._hidden_line = Question()
        self._findings = label("", "small", wrap=True)
        self.hidden = QCheckBox("Include hidden rows")
        self.hidden.toggled.connect(self._hidden_changed)
        self._hidden_line.row.addWidget(self._findings, 1)
        self._hidden_line.row.addWidget(self.hidden, 0, Qt.AlignmentFlag.AlignTop)

    def _add_remember(self) -> None:
        self._remember_line = Question()
        self.remember = QCheckBox("Remember this for the next file like this, as")
        self.name = QLineEdit()
        self.name.setAccessibleName("Name under which it is remembered")
        self.name.setProperty("compact", "true")
        self.name.setMaximumWidth(240)
        self.name.setMaxLength(60)
        self._remembered = label("", "small")
        self._remember_line.row.addWidget(self._remembered)
        self._remember_line.row.addWidget(self.remember)
        self._remember_line.row.addWidget(self.name, 1)
        self._remember_line.row.addStretch(1)
        self.remember.toggled.connect(self.name.setEnabled)

    # -- what is shown

    def show_part(
        self, part: "Part", options: "Options", counts: Counts | None, context: PartContext
    ) -> None:
        """Show what is open about a list."""
        other = self._part is None or (self._context, self._part.name) != (context, part.name)
        self._part, self._options, self._context = part, options, context
        self._show_sheet(part)
        self._show_people(part, options)
        asked = part.order is not None and (
            part.day_order in (DayOrder.UNDECIDED, DayOrder.CONTRADICTORY) or options.day_order is not None
        )
        self.order.setVisible(asked)
        if asked:
            self.order.show_order(part, options.day_order)
        self._show_zone(part, options, context)
        self._show_undated(part, options, counts, other=other)
        self._show_scope(part, options, context)
        self._show_hidden(part, options)
        self._show_remember(part, options, other=other)
        if part.profile.people is People.CONTACTS:
            # Nobody in it asked for anything: there is nothing to say of when and what.
            for asking in (
                self.order,
                self._zone_line,
                self._undated_line,
                self._scope_line,
                self._remember_line,
            ):
                asking.hide()

    @property
    def stops(self) -> list[QWidget]:
        """What Tab stops at, as the eye goes."""
        order = [self.order.day_first, self.order.month_first]
        head: list[QWidget] = [self.sheet, self.header_box, self.people, *order, self.zone]
        return [*head, self.undated, self.scope, self.hidden, self.remember, self.name]

    def remember_as(self) -> str:
        """Return under which name this is to be remembered; "" when it is not."""
        wanted = (
            self._remember_line.isVisibleTo(self)
            and not self.remember.isHidden()
            and self.remember.isChecked()
        )
        return " ".join(self.name.text().split()) if wanted else ""

    def _show_sheet(self, part: "Part") -> None:
        several = len(part.sheets) > 1
        odd = part.header_row != 1 or (self._options is not None and self._options.header is not None)
        self._sheet_line.setVisible(several or odd)
        self._sheet_name.setVisible(several)
        self.sheet.setVisible(several)
        if [self.sheet.itemText(i) for i in range(self.sheet.count())] != list(part.sheets):
            self.sheet.blockSignals(True)
            self.sheet.clear()
            for sheet in part.sheets:
                self.sheet.addItem(sheet, sheet)
            self.sheet.blockSignals(False)
        self.sheet.choose(part.sheet)
        row = part.header_row
        self.header_box.setText(
            "The first row names the columns"
            if row in (None, 1)
            else f"Row {words.number(row or 1)} names the columns"
        )
        _check(self.header_box, on=row is not None)

    def _show_people(self, part: "Part", options: "Options") -> None:
        asked = part.question is not None and part.question.value == "people"
        self._people_line.setVisible(asked or options.all_opted_out is not None)
        self._people_text.setText(words_import.everyone(part))
        self.people.setAccessibleDescription(self._people_text.text())
        _check(self.people, on=bool(options.all_opted_out))

    def _show_zone(self, part: "Part", options: "Options", context: PartContext) -> None:
        self._zone_line.setVisible(part.no_zone)
        if not self.zone.count():
            self.zone.blockSignals(True)
            self.zone.addItem(f"{words_import.zone(context.zone)} (yours)", None)
            for name in words_import.ZONES:
                self.zone.addItem(words_import.zone(name), name)
            self.zone.blockSignals(False)
        zone = options.zone or part.reading.zone
        if zone is not None and self.zone.findData(zone) < 0:
            self.zone.addItem(words_import.zone(zone), zone)
        self.zone.choose(zone)
        self._zone_note.setText(
            "the earlier reading is used where it changes the day"
            if zone is None
            else "exactly as they stand"
        )

    def _show_undated(self, part: "Part", options: "Options", counts: Counts | None, *, other: bool) -> None:
        rows = counts.by.get(Shown.UNDATED, 0) if counts is not None else 0
        no_column = not any(of.value == "received" for of in part.mapping.columns)
        hers = options.received_default is not None
        if counts is not None or no_column or hers or other:
            self._undated_line.setVisible(bool(rows) or no_column or hers)
        if no_column:
            text = "No column says when they asked. Counted from"
        elif rows:
            text = f"{words.count(rows, 'row has', 'rows have')} no date. Counted from"
        else:
            text = "Rows without a date are counted from"
        self._undated_text.setText(text)
        assert self._context is not None
        day = options.received_default or part.modified
        self.undated.choose(day.date() if isinstance(day, datetime) else day, self._context.today)
        whose = "the day you set" if hers else "the date of the file"
        self._undated_note.setText(f"{whose}, as the latest possible")

    def _show_scope(self, part: "Part", options: "Options", context: PartContext) -> None:
        self._scope_line.setVisible(bool(part.one_list) or options.scope is not None)
        wanted = [words.scope(ALL_MAIL), *context.scopes]
        if [self.scope.itemText(i) for i in range(self.scope.count())] != wanted:
            self.scope.blockSignals(True)
            self.scope.clear()
            self.scope.addItems(wanted)
            self.scope.blockSignals(False)
        typed = self.scope.lineEdit()
        assert typed is not None
        if not typed.hasFocus():
            self.scope.setEditText(words.scope(options.scope or ALL_MAIL))
            typed.setCursorPosition(0)
        self._scope_note.setText(part.one_list)

    def _show_hidden(self, part: "Part", options: "Options") -> None:
        sentences = words_import.findings(part)
        self._hidden_line.setVisible(bool(sentences))
        self._findings.setText(" ".join(sentences))
        rows = words_import.hidden_rows(part)
        self.hidden.setVisible(bool(rows))
        self.hidden.setText(words_import.hidden_choice(rows))
        _check(self.hidden, on=options.include_hidden)

    def _show_remember(self, part: "Part", options: "Options", *, other: bool) -> None:
        corrected = words_import.corrected(options) and part.header is not None
        self._remember_line.setVisible(corrected or bool(part.remembered))
        self._remembered.setVisible(not corrected)
        self._remembered.setText(f"Read as you corrected it before: “{part.remembered}”.")
        self.remember.setVisible(corrected)
        self.name.setVisible(corrected)
        if other:
            self.name.setText(part.remembered or words_import.mapping_name(part))
            self.remember.setChecked(True)

    # -- what she says

    def _order_answered(self, order: DayOrder) -> None:
        self._change(day_order=order)

    def _people_answered(self, on: bool) -> None:
        self._change(all_opted_out=on or None)

    def _sheet_chosen(self) -> None:
        # Another sheet has other columns: what was said of the ones before does not hold there.
        self._change(sheet=self.sheet.currentData(), mapping=None, header=None)

    def _header_changed(self, on: bool) -> None:
        self._change(header=on)

    def _zone_chosen(self) -> None:
        self._change(zone=self.zone.currentData())

    def _undated_changed(self) -> None:
        assert self._part is not None
        day = self.undated.day()
        self._change(received_default=None if day == self._part.modified else day)

    def _scope_changed(self) -> None:
        said = scope_name(self.scope.currentText())
        scope = None if said == ALL_MAIL else said
        if self._options is not None and scope != self._options.scope:
            self._change(scope=scope)

    def _hidden_changed(self, on: bool) -> None:
        self._change(include_hidden=on)

    def _change(self, **what: object) -> None:
        if self._options is not None:
            self._options = replace(self._options, **what)  # type: ignore[arg-type]  # names of its fields
            self.changed.emit(self._options)


def _check(box: QCheckBox, *, on: bool) -> None:
    """Check or uncheck a box as if nobody had touched it."""
    box.blockSignals(True)
    box.setChecked(on)
    box.blockSignals(False)
