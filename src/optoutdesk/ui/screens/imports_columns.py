"""What is in which column of a file of opt-outs: each column with its first rows and what it is taken for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.importing import Counts, Shown
from optoutdesk.spreadsheets.profiles import Confidence, Field
from optoutdesk.ui import words, words_import
from optoutdesk.ui.screens.imports_questions import PartContext, Questions
from optoutdesk.ui.theme import Size, font
from optoutdesk.ui.widgets import Button, Card, Chip, ElidedLabel, label, line
from optoutdesk.ui.widgets.choice import Choice

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Part
    from optoutdesk.spreadsheets.columns import Column

_FEW = 6
"""So many columns are all shown; of more only those that mean something."""
_MORE = 40
"""So many further ones with each press: a file may have hundreds."""
_MEANS, _CHIP = 190, 152
_NAME_SHARE, _SAMPLE_SHARE = 3, 5


class ColumnRow(QWidget):
    """One column: its name, its first rows, what it means, and what was found in it."""

    changed = Signal(int, object)
    """Index of the column, what it means (the value of a Field, or None)."""

    def __init__(self, column: "Column", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = column
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        name = words_import.column_name(column.name, column.letter)
        row = QHBoxLayout()
        row.setContentsMargins(16, 3, 16, 3)
        row.setSpacing(12)
        self.name = ElidedLabel(name, "strong")
        self.samples = ElidedLabel(", ".join(column.samples) or words.NONE, "small")
        self.means = Choice(f"What the column {name} means", [*_choices()])
        self.means.setFixedWidth(_MEANS)
        self.chip = Chip()
        chip = QWidget()
        chip.setFixedWidth(_CHIP)
        holder = QHBoxLayout(chip)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(self.chip)
        holder.addStretch(1)
        row.addWidget(self.name, _NAME_SHARE)
        row.addWidget(self.samples, _SAMPLE_SHARE)
        row.addWidget(self.means)
        row.addWidget(chip)
        outer.addLayout(row)
        outer.addWidget(line())
        self.means.currentIndexChanged.connect(self._on_chosen)

    def show_meaning(self, means: str | None, state: words.State | None) -> None:
        """Show what it is taken for, and what was found."""
        self.means.choose(means)
        self.chip.setVisible(state is not None)
        if state is not None:
            self.chip.show_state(*state)
            self.means.setAccessibleDescription(state.text)

    def _on_chosen(self) -> None:
        self.changed.emit(self.column.index, self.means.currentData())


def _choices() -> list[tuple[str, object]]:
    known = {of.value for of in Field}
    return [
        *((text, of) for of, text in words_import.MEANS.items() if of in known),
        (words_import.LEAVE_OUT, None),
    ]


class ColumnsCard(Card):
    """The columns of one list and the questions about them; `changed` gives the options as she wants them."""

    changed = Signal(object)
    manage_wanted = Signal()
    rows_changed = Signal()
    """Other columns are in sight, to be put where Tab goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "What is in which column",
            "correct what is wrong; it is remembered for the next file like this",
            parent,
        )
        self.setAccessibleName("What is in which column")
        self._part: Part | None = None
        self._options: Options | None = None
        self._shape: object = None
        self._limit = 0
        self.rows: dict[int, ColumnRow] = {}
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.manage = Button("Remembered…").compact()
        self.manage.setAccessibleName("Remembered columns")
        self.manage.setToolTip("How files were read that you imported before")
        self.manage.clicked.connect(self.manage_wanted)
        self.header.setContentsMargins(16, 8, 12, 8)
        self.header.addWidget(self.manage)
        self.body.addWidget(self._names())
        self.body.addWidget(line())
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.body.addWidget(holder)
        self._rest = QWidget()
        rest = QHBoxLayout(self._rest)
        rest.setContentsMargins(16, 5, 12, 5)
        self.left_out = ElidedLabel("", "small")
        self.more = Button("Show them").compact()
        self.more.clicked.connect(self._show_more)
        rest.addWidget(self.left_out, 1)
        rest.addWidget(self.more)
        self.body.addWidget(self._rest)
        self.questions = Questions()
        self.questions.changed.connect(self._answered)
        self.body.addWidget(self.questions)

    @property
    def stops(self) -> list[QWidget]:
        """What Tab stops at, as the eye goes."""
        rows = [self.rows[index].means for index in sorted(self.rows)]
        return [self.manage, *rows, self.more, *self.questions.stops]

    def _names(self) -> QWidget:
        names = QWidget()
        row = QHBoxLayout(names)
        row.setContentsMargins(16, 7, 16, 7)
        row.setSpacing(12)
        for text, share in (("Column", _NAME_SHARE), ("First rows", _SAMPLE_SHARE)):
            name = ElidedLabel(text, "small")
            name.setFont(font(Size.SMALL, medium=True))
            row.addWidget(name, share)
        means = label("Means", "small")
        means.setFont(font(Size.SMALL, medium=True))
        means.setFixedWidth(_MEANS + _CHIP + 12)
        row.addWidget(means)
        return names

    # -- what is shown

    def show_part(
        self, part: "Part", options: "Options", counts: Counts | None, context: PartContext
    ) -> None:
        """Show a list as it is understood; `options` are hers, also those that are still being applied."""
        shape = (context.path, part.name, part.sheet, part.header_row, [c.name for c in part.columns])
        self._part, self._options = part, options
        if shape != self._shape:
            self._shape = shape
            self._start_over(part)
        for row in self.rows.values():
            means = _means_of(part, options, row.column.index)
            row.show_meaning(means, self._state(row.column, means, counts, context))
        self.title.setText(
            f"What is in which column of {part.name}" if part.name else "What is in which column"
        )
        self.questions.show_part(part, options, counts, context)

    def _start_over(self, part: "Part") -> None:
        for row in self.rows.values():
            row.hide()
            row.deleteLater()
        self.rows = {}
        self._limit = 0
        few = len(part.columns) <= _FEW
        self._add([c for c in part.columns if few or _matters(part, c)] or list(part.columns[:_FEW]))

    def _add(self, columns: "Sequence[Column]") -> None:
        """Show further columns, all in the order of the file."""
        for column in columns:
            row = ColumnRow(column)
            row.changed.connect(self._meaning_changed)
            place = sum(1 for index in self.rows if index < column.index)
            self.rows[column.index] = row
            self._list.insertWidget(place, row)
        part = self._part
        assert part is not None
        rest = [c for c in part.columns if c.index not in self.rows]
        self._rest.setVisible(bool(rest))
        if rest:
            self.left_out.setText(words_import.more_columns(part, rest))
            self.more.setText("Show them" if len(rest) <= _MORE else f"Show {_MORE} more")

    def _show_more(self) -> None:
        part, options = self._part, self._options
        if part is None or options is None:
            return
        rest = [c for c in part.columns if c.index not in self.rows][:_MORE]
        if not rest:
            return
        self._add(rest)
        for column in rest:
            self.rows[column.index].show_meaning(_means_of(part, options, column.index), None)
        self.rows_changed.emit()
        # What was pressed may be gone.
        self.rows[rest[0].index].means.setFocus()

    def _state(
        self, column: "Column", means: str | None, counts: Counts | None, context: PartContext
    ) -> words.State | None:
        part = self._part
        assert part is not None
        if means is None:
            return None
        first = part.mapping.column(Field(means)) == column.index
        if means == Field.RECEIVED and first:
            if part.question is not None and part.question.value == "day-order":
                return words.State("day or month?", "warning")
            if part.no_zone and self._options is not None and self._options.zone is None:
                return words.State("time zone?", "warning")
        if part.mapping.confidence.get(Field(means)) is Confidence.DOUBTFUL:
            return words.State("doubtful", "warning")
        if not first or counts is None or context.members:
            return None
        if means == Field.ADDRESS and counts.rows:
            without = counts.by.get(Shown.NOT_AN_ADDRESS, 0) + counts.by.get(Shown.EMPTY, 0)
            return words.State(f"{words.number(counts.rows - without)} of {words.number(counts.rows)}", "ok")
        return None

    # -- what she corrects

    def _meaning_changed(self, index: int, means: str | None) -> None:
        assert self._options is not None
        mapping = dict(self._options.mapping or {})
        mapping[index] = Field(means) if means is not None else None
        self._change(replace(self._options, mapping=mapping))

    def _answered(self, options: "Options") -> None:
        self._change(options)

    def _change(self, options: "Options") -> None:
        self._options = options
        self.changed.emit(options)


_BESIDE = {"first-name", "last-name", "name", "note"}
"""What is taken along, but decides nothing."""


def _matters(part: "Part", column: "Column") -> bool:
    """Whether a column decides who opted out of what, and when, so that it is in sight at once."""
    return any(
        of.value not in _BESIDE and column.index in columns and (column.filled or column.index == columns[0])
        for of, columns in part.mapping.columns.items()
    )


def _means_of(part: "Part", options: "Options", index: int) -> str | None:
    """Return what a column means: what she said, else what was guessed."""
    if options.mapping is not None and index in options.mapping:
        said = options.mapping[index]
        return None if said is None else said.value
    return next((of.value for of, columns in part.mapping.columns.items() if index in columns), None)
