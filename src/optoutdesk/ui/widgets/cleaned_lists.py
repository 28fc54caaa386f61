"""The card of cleaned lists: is this one still safe to send? And cleaning one again in one click."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.services.cleaned_lists import Cleaned, Standing
from optoutdesk.ui import words_lists
from optoutdesk.ui.context import Context
from optoutdesk.ui.tasks import Task
from optoutdesk.ui.widgets.basic import Button, Card, Chip, ElidedLabel, label, line
from optoutdesk.ui.widgets.flow import FlowLayout
from optoutdesk.ui.widgets.work import progress_bar, show_share

if TYPE_CHECKING:
    from optoutdesk.services.changes import Changes
    from optoutdesk.services.clean_again import CleanedAgain

SHOWN = 4


class CleanedRow(QWidget):
    """One cleaned list."""

    clean_wanted = Signal(object)
    """Cleaned: to be cleaned again."""
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cleaned: Cleaned | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 11, 16, 12)
        layout.setSpacing(2)
        self.name = ElidedLabel("", "strong", elide=Qt.TextElideMode.ElideMiddle)
        self.facts = label("", "small", wrap=True)
        self.outcome = label("", "smalltext", wrap=True)
        self.chip = Chip()
        self.again = Button("Clean again").compact()
        self.folder = Button("Show in folder").compact()
        self.bar = progress_bar(96)
        self.cancel = Button("Cancel").compact()
        layout.addWidget(self.name)
        layout.addWidget(self.facts)
        layout.addWidget(self.outcome)
        layout.addSpacing(6)
        row = QWidget()
        flow = FlowLayout(row, spacing=8)
        for part in (self.chip, self.again, self.folder, self.bar, self.cancel):
            flow.addWidget(part)
        layout.addWidget(row)
        self.again.clicked.connect(self._on_again)
        self.folder.clicked.connect(self._on_folder)
        self.cancel.clicked.connect(self.cancel_wanted)

    def show_cleaned(self, cleaned: Cleaned, context: Context, *, outcome: str, working: bool) -> None:
        """Show a list and what happened since it was cleaned; `outcome`: what cleaning it again just did."""
        self._cleaned = cleaned
        name = cleaned.record.input_path.name
        self.name.setText(name)
        self.facts.setText(words_lists.figures(cleaned, context.zone, context.today()))
        self.outcome.setText(outcome)
        self.outcome.setVisible(bool(outcome))
        self.chip.show_state(*words_lists.state(cleaned))
        self.chip.setToolTip(words_lists.state_in_full(cleaned))
        self.chip.setVisible(not working)
        self.again.setVisible(cleaned.can_clean_again and not working)
        self.again.setAccessibleName(f"Clean {name} again")
        self.folder.setVisible(bool(outcome) and not working)
        self.folder.setAccessibleName(f"Show {cleaned.record.output_path.name} in its folder")
        self.bar.setVisible(working)
        self.cancel.setVisible(working)
        self.cancel.setAccessibleName(f"Cancel cleaning {name}")

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the Tab key stops, in order."""
        return self.again, self.folder, self.cancel

    @Slot()
    def _on_again(self) -> None:
        if self._cleaned is not None:
            self.clean_wanted.emit(self._cleaned)

    @Slot()
    def _on_folder(self) -> None:
        if self._cleaned is not None:
            show_in_folder(self._cleaned.record.output_path)


class CleanedListsCard(Card):
    """The latest cleaned lists."""

    rows_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("Cleaned lists", parent=parent)
        self._context = context
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.empty = label(
            "Lists you clean appear here, and whether they are still safe to send.", "small", wrap=True
        )
        self.empty.setContentsMargins(16, 12, 16, 14)
        self.body.addWidget(self.empty)
        self.rows: list[CleanedRow] = []
        self._lines: list[QWidget] = []
        self._shown: Sequence[Cleaned] = ()
        self._question = 0
        """Counts what was asked; an answer to an earlier question is dropped."""
        self._loaded = False
        self._task: Task | None = None
        self._working: int | None = None
        """The record that is being cleaned again."""
        self._outcomes: dict[int, str] = {}
        """What cleaning again did, by the record it gave."""

    @property
    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [stop for row in self.rows for stop in row.stops]

    # -- what it shows

    def reload(self) -> None:
        """Ask how the lists stand; files that may have changed are read afterwards."""
        self._loaded = True
        self._ask(read_files=False)

    def look_again(self) -> None:
        """Look whether files were altered or moved meanwhile."""
        if self._loaded and not self._context.lookups.closed:
            self._ask(read_files=False)

    def _ask(self, *, read_files: bool) -> None:
        self._question += 1
        question, service = self._question, self._context.desk.cleaned_lists

        def work(report: Any) -> tuple[int, Sequence[Cleaned]]:
            def progress(done: int, total: int) -> None:
                report(done, total)

            return question, service.recent(SHOWN, read_files=read_files, progress=progress)

        self._context.lookups.run(work, done=self._take, failed=self._failed)

    @Slot(object)
    def _take(self, answer: tuple[int, Sequence[Cleaned]]) -> None:
        question, lists = answer
        if question != self._question:
            return
        self.show_lists(lists)
        if not all(cleaned.checked for cleaned in lists):
            self._ask(read_files=True)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    def show_lists(self, lists: Sequence[Cleaned]) -> None:
        """Show these lists."""
        self._shown = lists
        fresh = len(self.rows) < len(lists)
        while len(self.rows) < len(lists):
            if self.rows:
                self._lines.append(line())
                self.body.addWidget(self._lines[-1])
            row = CleanedRow()
            row.clean_wanted.connect(self.clean_again)
            row.cancel_wanted.connect(self._cancel)
            self.body.addWidget(row)
            self.rows.append(row)
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(lists))
            if index:
                self._lines[index - 1].setVisible(index < len(lists))
            if index < len(lists):
                number = lists[index].record.id
                safe = lists[index].standing is Standing.SAFE  # else there is something newer to say
                row.show_cleaned(
                    lists[index],
                    self._context,
                    outcome=self._outcomes.get(number, "") if safe else "",
                    working=number == self._working,
                )
        self.empty.setVisible(not lists)
        if fresh:
            self.rows_changed.emit()

    # -- cleaning again

    @Slot(object)
    def clean_again(self, cleaned: Cleaned) -> None:
        """Clean a list again at once; one at a time."""
        if self._task is not None:
            return
        desk, now, record = self._context.desk, self._context.now(), cleaned.record
        by, service = desk.person, desk.cleaned_lists
        self._working = record.id

        def work(report: Any) -> "tuple[CleanedAgain, Changes]":
            return service.clean_again(record, by=by, now=now, progress=report)

        self._task = self._context.tasks.run(
            work, done=self._cleaned, failed=self._not_cleaned, progress=self._tell
        )
        self.show_lists(self._shown)

    @Slot()
    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _tell(self, done: int, total: int) -> None:
        for row in self.rows:
            show_share(row.bar, done, total)

    def _stop(self) -> None:
        self._task = None
        self._working = None
        self.show_lists(self._shown)

    def _cleaned(self, outcome: "tuple[CleanedAgain, Changes]") -> None:
        again, changes = outcome
        self._outcomes[again.record.id] = words_lists.cleaned_again(again)
        self._stop()
        self._context.notice.emit(words_lists.cleaned_again_in_full(again))
        self._context.broadcast(changes)

    def _not_cleaned(self, error: Exception) -> None:
        self._stop()
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, UserError):
            raise error
        look_first(self._context, self, error)


def look_first(context: Context, parent: QWidget, error: UserError) -> None:
    """Say why a list could not be cleaned again; where it has to be looked at first, open it for that."""
    from optoutdesk.services.clean_again import LookFirstError

    if isinstance(error, LookFirstError):
        context.notice.emit(str(error))
        context.go_to_list(error.path)
    else:
        context.complain(parent, error)


def show_in_folder(path: Path) -> None:
    """Open the folder of a file in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
