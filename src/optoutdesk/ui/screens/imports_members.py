"""The lists in a ZIP: what each of them is, and whether it goes in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.ui import words_import
from optoutdesk.ui.widgets import Button, Card, Chip, ElidedLabel, label, line
from optoutdesk.ui.widgets.basic import restyle

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Part, Source


class MemberRow(QWidget):
    """One list: goes in or not, its name, what it is."""

    taken = Signal(int, bool)
    opened = Signal(int)

    def __init__(self, number: int, part: "Part") -> None:
        super().__init__()
        self._number = number
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if number:
            outer.addWidget(line())
        row = QHBoxLayout()
        row.setContentsMargins(16, 5, 16, 5)
        row.setSpacing(12)
        self.box = QCheckBox()
        self.box.setAccessibleName(f"Import {part.name}")
        self.name = ElidedLabel(part.name, "strong")
        self.what = ElidedLabel("", "small")
        self.chip = Chip()
        self.look = Button("Columns").compact()
        self.look.setCheckable(True)
        self.look.setAccessibleName(f"Show the columns of {part.name}")
        row.addWidget(self.box)
        row.addWidget(self.name, 3)
        row.addWidget(self.what, 4)
        row.addWidget(self.chip)
        row.addWidget(self.look)
        outer.addLayout(row)
        self.box.clicked.connect(self._on_box)
        self.look.clicked.connect(self._on_look)

    def show_part(self, part: "Part", options: "Options", *, open_: bool) -> None:
        """Show how the list stands."""
        never = not part.taken and options.take
        self.box.setChecked(options.take and not never)
        self.box.setEnabled(not never)
        before, name = words_import.looks_like(part)
        self.what.setText(part.why_not if never and part.why_not else name or before)
        self.what.setToolTip(part.why_not)
        self.chip.show_state(*words_import.member_state(part))
        self.look.setChecked(open_)
        restyle(self.name, role="strong" if part.taken else "muted")

    def _on_box(self, on: bool) -> None:
        self.taken.emit(self._number, on)

    def _on_look(self) -> None:
        self.opened.emit(self._number)


class MembersCard(Card):
    """All lists of a ZIP."""

    changed = Signal(int, object)
    """Number of the list, its options."""
    opened = Signal(int)
    row_of = MemberRow

    def __init__(self, hint: str = "people who are subscribed are never imported") -> None:
        super().__init__("What is in this ZIP", hint)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.rows: list[MemberRow] = []
        self._options: list[Options] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.note = label("", "small", wrap=True)
        self.note.setContentsMargins(16, 0, 16, 10)
        self.body.addWidget(self.note)

    def show_source(self, source: "Source", options: "Sequence[Options]", open_: int) -> None:
        """Show the lists; the one whose columns are in sight is marked."""
        parts = source.parts
        self.note.setText(words_import.passed_over(source))
        self.note.setVisible(bool(source.skipped))
        self._options = list(options)
        if [row.name.text() for row in self.rows] != [part.name for part in parts]:
            for row in self.rows:
                row.hide()
                row.deleteLater()
            self.rows = [self.row_of(number, part) for number, part in enumerate(parts)]
            for row in self.rows:
                row.taken.connect(self._taken)
                row.opened.connect(self.opened)
                self._list.addWidget(row)
        for number, row in enumerate(self.rows):
            row.show_part(parts[number], options[number], open_=number == open_)

    def _taken(self, number: int, on: bool) -> None:
        self.changed.emit(number, replace(self._options[number], take=on))
