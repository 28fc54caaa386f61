"""Clean a list: a contact list in, a clean list out; her file is never changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QStackedLayout,
    QWidget,
)

from optoutdesk.domain.cleaning import CleanRecord, HiddenRows, Reason
from optoutdesk.domain.errors import Cancelled, ListChangedError, UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_list import ListFile, Outputs, Plan, Result
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.dialogs.columns import ColumnsDialog
from optoutdesk.ui.dialogs.replace import ReplaceDialog
from optoutdesk.ui.screens.clean_hidden import must_be_answered
from optoutdesk.ui.screens.clean_pages import StartPage, WorkingPage
from optoutdesk.ui.screens.clean_result import ResultView
from optoutdesk.ui.tasks import Task

SHOW_AFTER = 300
"""Milliseconds after which progress is shown."""


class CleanScreen(QWidget):
    """Opens a list, shows what would be removed, and saves the rest."""

    title = "Clean a list"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self._what = ""
        self._plan: Plan | None = None
        self._result: Result | None = None
        self._saved: CleanRecord | None = None
        self._hidden: HiddenRows | None = None
        """What she said about the hidden rows of the sheet on screen."""
        self._failed_path: Path | None = None
        self._examining: Plan | None = None
        self._focus: QWidget | None = None
        """What had the keyboard in the result before progress was shown."""
        self._waiting: Callable[[], None] | None = None
        """What to do when the work under way has stopped."""
        self.setProperty("role", "page")
        self._stack = QStackedLayout(self)
        self.start, self.working, self.view = StartPage(), WorkingPage(), ResultView()
        for page in (self.start, self.working, self.view):
            self._stack.addWidget(page)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SHOW_AFTER)
        self._late.timeout.connect(self._show_working)
        self.start.zone.dropped.connect(context.file_given)  # it may be known already
        self.start.columns.clicked.connect(self._open_anyhow)
        self.working.cancel.clicked.connect(self.cancel)
        self.view.columns_wanted.connect(self._change_columns)
        self.view.another_wanted.connect(self.ask_for_list)
        self.view.record_wanted.connect(self._record)
        self.view.hidden.answered.connect(self._answered)
        self.view.side.changed.connect(self._options_changed)
        self.view.side.save_card.save.clicked.connect(self._save)
        self.view.side.save_card.elsewhere.clicked.connect(self._save_elsewhere)
        self.view.side.save_card.show_folder.clicked.connect(self._show_folder)
        self.start.tell(None)

    # -- what the window calls

    def first_focus(self) -> None:
        """Put the keyboard where she begins."""
        if self._stack.currentWidget() is self.start:
            self.start.first_focus()
        elif self._stack.currentWidget() is self.view:
            self.view.table.setFocus()
        else:
            self.working.cancel.setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Examine again what is on screen when the suppression list changed."""
        if changes & Changes.REQUESTS:
            self.view.side.show_lists(self._context.desk.register.scopes())
            # A list that is being opened or saved takes the news into account by itself.
            if self._examining is not None:
                self._examine(self._examining)
            elif self._task is None and self._plan is not None:
                self._examine(self._plan)

    def ask_for_list(self) -> None:
        """Open the file dialog; returns at once."""
        self.start.zone.choose()

    def open_list(self, path: Path) -> None:
        """Read and examine another list; whatever ran before is given up.

        What is removed besides stays as she set it, but each list is again for any mail: who forgets to say that
        it is for one newsletter only must not mail people who left another one.
        """
        self._after_stopping(lambda: self._open(path))

    def cancel(self) -> None:
        """Give up the work under way; nothing was written."""
        if self._task is not None:
            self._task.cancel()

    def _after_stopping(self, then: Callable[[], None]) -> None:
        if self._task is None:
            then()
        else:
            self._waiting = then
            self._task.cancel()

    # -- work

    def _run(
        self,
        what: str,
        work: Callable[[Any], Any],
        done: Callable[[Any], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Start one piece of work in the worker; one at a time."""
        assert self._task is None
        self._what = what
        self.working.show_progress(what, 0, 0)
        self._done, self._failed = done, failed
        self._task = self._context.tasks.run(
            work, done=self._on_done, failed=self._on_failed, progress=self._on_progress
        )
        self._late.start()

    def _on_progress(self, done: int, total: int) -> None:
        self.working.show_progress(self._what, done, total)

    def _on_done(self, outcome: Any) -> None:
        if not self._stop():
            self._done(outcome)

    def _on_failed(self, error: Exception) -> None:
        if not self._stop():
            self._failed(error)

    def _stop(self) -> bool:
        """Clean up after a piece of work; True when another one took its place."""
        self._late.stop()
        self._task = None
        self._examining = None
        then, self._waiting = self._waiting, None
        if then is not None:
            then()
        return then is not None

    def _show_working(self) -> None:
        focus = self.window().focusWidget()
        self._focus = focus if focus is not None and self.view.isAncestorOf(focus) else None
        self._stack.setCurrentWidget(self.working)
        self.working.cancel.setFocus()

    def _show_start(self, error: UserError | None = None) -> None:
        self._plan = self._result = self._saved = None
        self.start.tell(error)
        self._stack.setCurrentWidget(self.start)
        self.start.first_focus()

    # -- opening

    def _open(self, path: Path, columns: tuple[str, ...] = ()) -> None:
        self._failed_path = path
        clean_list = self._context.desk.clean_list

        def work(_report: Any) -> ListFile:
            return clean_list.open(path, columns=columns)

        self._run(f"Reading {path.name}", work, self._opened, self._not_opened)

    def _opened(self, file: ListFile) -> None:
        self.view.side.show_lists(self._context.desk.register.scopes())
        same = self._plan is not None and self._plan.list.path == file.path
        self._plan = self._result = self._saved = self._hidden = None
        plan = self._plan_for(file)
        self._examine(plan if same else replace(plan, target=None))

    def _not_opened(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._back()
        elif isinstance(error, UserError):
            self._show_start(error)
        else:
            self._show_start()
            raise error

    def _open_anyhow(self) -> None:
        """Open a list in which no column looks like addresses, so that she can name one."""
        path, clean_list = self._failed_path, self._context.desk.clean_list
        if path is None or self._task is not None:
            return

        def work(_report: Any) -> ListFile:
            return clean_list.open(path, columns=("A",))

        self._run(f"Reading {path.name}", work, self._opened_anyhow, self._not_opened)

    def _opened_anyhow(self, file: ListFile) -> None:
        dialog = ColumnsDialog(self._context, file, self, none_chosen=True)
        dialog.chosen.connect(self._opened)
        dialog.open()

    def _change_columns(self) -> None:
        if self._plan is not None and self._task is None:
            dialog = ColumnsDialog(self._context, self._plan.list, self)
            dialog.chosen.connect(self._read_otherwise)
            dialog.open()

    def _read_otherwise(self, file: ListFile) -> None:
        """Examine the same list with what she corrected; what was saved before is out of date then."""
        if self._plan is not None and self._plan.list.table.sheet != file.table.sheet:
            self._hidden = None
        self._examine(self._plan_for(file))

    # -- examining

    def _plan_for(self, file: ListFile) -> Plan:
        """Return what is to be done with a list, as she has set it."""
        options = self.view.side.options()
        return Plan(file, options.target, replace(options.rules, hidden=self._hidden))

    def _options_changed(self) -> None:
        plan = self._examining or self._plan
        if plan is not None:
            self._examine(self._plan_for(plan.list))

    def _answered(self, answer: HiddenRows) -> None:
        """Examine the list again with or without its hidden rows."""
        self._hidden = answer
        self.view.table.setFocus()  # the button goes, and Enter must not press the next one
        self._options_changed()

    def _examine(self, plan: Plan) -> None:
        if self._task is not None:
            self._after_stopping(lambda: self._examine(plan))
            return
        clean_list = self._context.desk.clean_list

        def work(report: Any) -> tuple[Plan, Result]:
            return plan, clean_list.examine(plan, report)

        self._run(f"Reading {plan.list.path.name}", work, self._examined, self._not_opened)
        self._examining = plan

    def _examined(self, outcome: tuple[Plan, Result]) -> None:
        plan, result = outcome
        fresh, still_saved = self._plan is None, self._still_saved(plan, result)
        self._plan, self._result = plan, result
        self.view.show_result(plan, result)
        self.view.side.show_options(plan)
        card = self.view.side.save_card
        if self._saved is not None and still_saved:
            card.show_saved(self._saved)
        else:
            note = (
                f"{self._saved.output_path.name} was saved before this changed. Save it again."
                if self._saved
                else ""
            )
            self._saved = None
            ready = not must_be_answered(plan, result)
            note = note if ready else "First say what becomes of the hidden rows."
            outputs = self._context.desk.clean_list.default_outputs(plan)
            card.show_plan(result, outputs, note, ready=ready)
        self._show_view()
        if fresh:
            self.view.table.setFocus()

    def _still_saved(self, plan: Plan, result: Result) -> bool:
        """Whether what was saved is exactly what is shown now."""
        saved = self._saved
        return (
            saved is not None
            and self._plan == plan
            and (saved.input_sha256, saved.kept) == (result.input_sha256, result.kept)
            and dict(saved.reasons) == {reason.value: result.reasons[reason] for reason in Reason}
        )

    def _show_view(self) -> None:
        if self._stack.currentWidget() is not self.view:
            self._stack.setCurrentWidget(self.view)
            focus, self._focus = self._focus, None
            (focus if focus is not None and focus.isVisibleTo(self) else self.view.table).setFocus()

    def _back(self) -> None:
        """Show again what was there before the work that was cancelled."""
        if self._plan is None or self._result is None:
            self._show_start()
        else:
            self._hidden = self._plan.rules.hidden
            self.view.side.show_options(self._plan)
            self._show_view()

    # -- saving

    def _can_save(self) -> bool:
        plan, result = self._plan, self._result
        shown = plan is not None and result is not None and not must_be_answered(plan, result)
        return shown and self._task is None

    def _save(self) -> None:
        if self._plan is None or not self._can_save():
            return
        outputs = self._context.desk.clean_list.default_outputs(self._plan)
        there = [path for path in (outputs.clean, outputs.removed) if path.exists()]
        if not there:
            self._write(outputs)
            return
        self._outputs = outputs
        dialog = ReplaceDialog(there, self)
        dialog.replace.connect(self._replace)
        dialog.rename.connect(self._choose_name)
        dialog.open()

    def _save_elsewhere(self) -> None:
        """Ask for a folder and a name: hers may be read-only, or no place for clean lists."""
        if self._plan is not None and self._can_save():
            self._outputs = self._context.desk.clean_list.default_outputs(self._plan)
            self._choose_name()

    def _replace(self) -> None:
        self._write(self._outputs, overwrite=True)

    def _choose_name(self) -> None:
        outputs = self._outputs
        dialog = QFileDialog(self, "Save the clean list as", str(_free(outputs.clean)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(outputs.clean.suffix.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._write_as)
        dialog.open()

    def _write_as(self, name: str) -> None:
        clean = Path(name)
        before, _, after = clean.stem.rpartition("-clean")
        stem = f"{before}-removed{after}" if before else f"{clean.stem}-removed"
        # The dialog asked about the clean list; a file of removed rows is never replaced unasked.
        self._write(Outputs(clean, _free(clean.with_name(f"{stem}.csv"))), overwrite=True)

    def _write(self, outputs: Outputs, *, overwrite: bool = False) -> None:
        plan, expected, desk, now = self._plan, self._result, self._context.desk, self._context.now()
        if plan is None or expected is None or self._task is not None:
            return
        by = desk.person

        def work(report: Any) -> tuple[CleanRecord, Result, Changes]:
            return desk.clean_list.clean(
                plan, outputs, by=by, now=now, progress=report, overwrite=overwrite, expected=expected
            )

        self._run(f"Saving {outputs.clean.name}", work, self._written, self._not_written)

    def _written(self, outcome: tuple[CleanRecord, Result, Changes]) -> None:
        self._saved, _, changes = outcome
        self.view.side.save_card.show_saved(self._saved)
        self._show_view()
        self.view.side.save_card.show_folder.setFocus()
        self._context.broadcast(changes)

    def _not_written(self, error: Exception) -> None:
        self._back()
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)
        if isinstance(error, ListChangedError) and self._plan is not None:
            self._examine(self._plan)

    def _show_folder(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved.output_path.parent)))

    def _record(self) -> None:
        self._context.record_optout.emit("")


def _free(path: Path) -> Path:
    """Return the path, or one with a number that is not taken yet."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free
