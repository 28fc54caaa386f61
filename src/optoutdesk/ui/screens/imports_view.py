"""One file of opt-outs before it is imported: what it is, its columns, what will happen, and the button that does it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.importing import TO_MEND, Counts
from optoutdesk.ui import words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.clean_result import Notice
from optoutdesk.ui.screens.imports_columns import ColumnsCard
from optoutdesk.ui.screens.imports_counts import CountsCard
from optoutdesk.ui.screens.imports_members import MembersCard
from optoutdesk.ui.screens.imports_questions import PartContext
from optoutdesk.ui.widgets import Button, ElidedLabel, label, line

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Source

_MARGIN = 24


class ImportView(QWidget):
    """Everything about one file; the screen around it does the work."""

    profile_wanted = Signal()
    another_wanted = Signal()
    imports_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(area, 1)
        self.area = area
        self._lent: QWidget | None = None
        """What gets the keyboard back once it is counted."""
        page = QWidget()
        page.setProperty("role", "plain")
        column = self._column = QVBoxLayout(page)
        column.setContentsMargins(_MARGIN, 18, _MARGIN, 10)
        column.setSpacing(12)
        self._add_heading(column)
        self.before = Notice("Show imports")
        self.before.pressed.connect(self.imports_wanted)
        self.trouble = Notice("Remembered…")
        self.ambiguous = Notice("Choose…")
        self.ambiguous.pressed.connect(self.profile_wanted)
        self.members = MembersCard()
        self.columns = ColumnsCard()
        self.counts = CountsCard(context)
        for part in (self.before, self.trouble, self.ambiguous, self.members, self.columns):
            column.addWidget(part)
        column.addWidget(self.counts, 1)
        area.setWidget(page)
        area.verticalScrollBar().rangeChanged.connect(self._make_room)
        self.columns.rows_changed.connect(self.order)
        outer.addWidget(self._make_bar())

    def _add_heading(self, column: QVBoxLayout) -> None:
        head = QVBoxLayout()
        head.setSpacing(2)
        first = QHBoxLayout()
        first.addWidget(label("Import opt-outs", "title"), 1)
        self.another = Button("Another file…").compact()
        self.another.clicked.connect(self.another_wanted)
        first.addWidget(self.another)
        head.addLayout(first)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.file = ElidedLabel("", "muted", elide=Qt.TextElideMode.ElideMiddle)
        self.file.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.looks = label("", "muted")
        self.profile = label("", "strong")
        self.choose = Button("Not right? Choose…").compact()
        self.choose.setAccessibleName("Not right? Choose what this file is")
        self.choose.clicked.connect(self.profile_wanted)
        row.addWidget(self.file)
        row.addWidget(self.looks)
        row.addWidget(self.profile)
        row.addStretch(1)
        row.addWidget(self.choose)
        self._line = row
        head.addLayout(row)
        column.addLayout(head)

    def _make_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "plain")
        rows = QVBoxLayout(bar)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self._edge = line()
        rows.addWidget(self._edge)
        row = QHBoxLayout()
        rows.addLayout(row)
        row.setContentsMargins(_MARGIN, 9, _MARGIN, 12)
        row.setSpacing(10)
        self.promise = label("A backup is made first. You can undo this import later.", "small", wrap=True)
        self.mend = Button("")
        self.cancel = Button("Cancel")
        self.confirm = Button("Import", primary=True)
        row.addWidget(self.promise, 1)
        for button in (self.mend, self.cancel, self.confirm):
            row.addWidget(button)
        return bar

    def _make_room(self, _least: int, most: int) -> None:
        """Keep the right edge where it is when the scroll bar comes and goes."""
        bar = self.area.verticalScrollBar().sizeHint().width() if most > 0 else 0
        self._column.setContentsMargins(_MARGIN, 18, _MARGIN - bar, 10)
        self._edge.setVisible(most > 0)

    def order(self) -> None:
        """Let Tab go through the page as the eye does; rows and counts are made as they are needed."""
        members: list[QWidget] = [part for row in self.members.rows for part in (row.box, row.look)]
        counts = self.counts
        notices = [self.before.button, self.trouble.button, self.ambiguous.button]
        stops: list[QWidget] = [self.another, self.choose, *notices, *members]
        stops += [*self.columns.stops, counts.work.cancel, counts.said.button, counts.contacts.button]
        stops += [
            *counts.tiles.tiles,
            counts.conflicts.button,
            counts.table,
            self.mend,
            self.cancel,
            self.confirm,
        ]
        for one, next_one in pairwise(stops):
            QWidget.setTabOrder(one, next_one)

    def first_focus(self) -> None:
        """Put the keyboard where she begins: on the act, else on what may have to be corrected."""
        boxes = [row.box for row in self.members.rows if row.box.isEnabled()]
        corrections = [self.choose] if self.choose.isVisibleTo(self) else boxes
        stops = [self.confirm] if self.confirm.isEnabled() else [*corrections, self.another]
        stops[0].setFocus()

    # -- what is shown

    def show_source(
        self,
        source: "Source",
        options: "Sequence[Options]",
        number: int,
        counts: Counts | None,
        context: PartContext,
    ) -> None:
        """Show how a file is understood; `number` is the list whose columns are in sight."""
        part = source.parts[number]
        several = len(source.parts) > 1
        before, name = ("", "") if several else words_import.looks_like(part)
        text = words_import.file_line(source, counts)
        self.file.setText(text)
        self.looks.setText(f"· {before}" if before else "")
        self.profile.setText(name)
        self.members.setVisible(several)
        if several:
            self.members.show_source(source, options, number)
        question = part.question
        asked = question is not None and question.value == "profile"
        self.ambiguous.tell(words_import.waiting_for(part) if asked else "", "warning")
        self.columns.show_part(part, options[number], counts, context)
        self.order()

    def show_columns(self, *, shown: bool) -> None:
        """Show or hide the columns: those of a list of a ZIP only when she wants to see them."""
        self.columns.setVisible(shown)
        self.choose.setVisible(shown)
        if not shown:
            for row in self.members.rows:
                row.look.setChecked(False)

    def show_counts(self, counts: Counts | None) -> None:
        """Say what the buttons would do; None: it is being counted, or cannot be."""
        if counts is None:
            self.hold_focus()
        to_mend = counts.sum(TO_MEND) if counts is not None else 0
        self.mend.setVisible(to_mend > 0)
        self.mend.setText(words_import.to_mend_button(to_mend))
        self.confirm.setText(words_import.import_button(counts))
        self.confirm.setEnabled(counts is not None and counts.requests > 0)
        if counts is not None:
            self.give_focus_back()

    def hold_focus(self) -> None:
        """Keep the keyboard on this page while what has it cannot be used: it would go to the rail."""
        focused = self.window().focusWidget()
        counts = self.counts
        for part in (self.confirm, counts.tiles, counts.table, counts.said, counts.work):
            if focused is not None and (part is focused or part.isAncestorOf(focused)):
                self._lent = part
                self.area.setFocus()

    def give_focus_back(self) -> None:
        """Let what had the keyboard before it was counted have it again, if she is nowhere else by now."""
        part, self._lent = self._lent, None
        if part is None or self.window().focusWidget() is not self.area:
            return
        if part in (self.confirm, self.counts.table) and part.isEnabled():
            part.setFocus()
        else:
            self.counts.tiles.first_focus()
