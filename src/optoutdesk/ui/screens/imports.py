"""Import opt-outs: a file in, what will happen counted before anything is written, then one act that can be undone."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from optoutdesk.domain.errors import Cancelled, ListChangedError, UserError
from optoutdesk.services.changes import Changes
from optoutdesk.ui import words, words_import
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.screens.imports_keep import Mending, worth_remembering
from optoutdesk.ui.screens.imports_pages import DonePage, StartPage
from optoutdesk.ui.screens.imports_questions import PartContext
from optoutdesk.ui.screens.imports_view import ImportView
from optoutdesk.ui.tasks import Task
from optoutdesk.ui.widgets.work import WorkPage

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Imported, Options, Preview, Source

SHOW_AFTER = 300
"""Milliseconds after which progress is shown."""
SETTLE = 250
"""Milliseconds after the last correction until the file is read again."""


class ImportScreen(QWidget):
    """Opens a file of opt-outs, shows what an import would do, and does it."""

    title = "Import opt-outs"
    undo_wanted = Signal(object)
    """Batch: she wants this import undone."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._source: Source | None = None
        self._options: list[Options] = []
        """As she wants them; what the source has already been read with may be older."""
        self._changed: set[int] = set()
        """Lists whose options are not applied yet."""
        self._number = 0
        self._preview: Preview | None = None
        self._imported: Imported | None = None
        self._task: Task | None = None
        """Opening or importing: everything else waits for it."""
        self._counting: Task | None = None
        self._round = 0
        """Counts how often the rows were counted; what belongs to an earlier round is thrown away."""
        self._wish = 0
        """Counts her corrections; what was read with earlier ones is thrown away."""
        self._importing = False
        self._told = ""
        """What was said already of trouble with what is remembered."""
        self._columns_open = False
        """Whether the columns of a list of a ZIP are in sight."""
        self._waiting: Callable[[], None] | None = None
        self.setProperty("role", "page")
        self._stack = QStackedLayout(self)
        self.start, self.working = StartPage(), WorkPage()
        self.view, self.done = ImportView(context), DonePage(context)
        for page in (self.start, self.working, self.view, self.done):
            self._stack.addWidget(page)
        self._mending = Mending(context, lambda: self._preview, self)
        self._mending.saved.connect(self.done.mended)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SHOW_AFTER)
        self._late.timeout.connect(self._show_working)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE)
        self._settle.timeout.connect(self._apply)
        self._connect()

    def _connect(self) -> None:
        self.start.zone.dropped.connect(self.open_file)
        self.working.cancel.clicked.connect(self.cancel)
        view, done = self.view, self.done
        for page in (self.start, view, done):
            page.imports_wanted.connect(self._context.show_imports)
        for page in (view, done):
            page.another_wanted.connect(self.ask_for_file)
        view.profile_wanted.connect(self._choose_profile)
        view.columns.changed.connect(self._corrected)
        view.columns.manage_wanted.connect(self._manage)
        view.trouble.pressed.connect(self._manage)
        view.members.changed.connect(self._member_corrected)
        view.members.opened.connect(self._open_member)
        view.counts.cancel_wanted.connect(self._stop_counting)
        view.counts.count_wanted.connect(self._count_again)
        view.counts.clean_wanted.connect(self._clean_instead)
        view.mend.clicked.connect(self._mending.ask)
        view.cancel.clicked.connect(self.start_over)
        view.confirm.clicked.connect(self._import)
        done.mend_wanted.connect(self._mending.ask)
        done.open_wanted.connect(self._context.show_open)
        done.undo_wanted.connect(self._undo)

    # -- what the window calls

    @property
    def open(self) -> bool:
        """Whether a file is being looked at, so that she is brought back to it."""
        return (self._source is not None and self._imported is None) or self._task is not None

    def first_focus(self) -> None:
        """Put the keyboard where she begins."""
        page = self._stack.currentWidget()
        if page is self.start:
            self.start.first_focus()
        elif page is self.view:
            self.view.first_focus()
        elif page is self.done:
            (self.done.to_optouts if self.done.to_optouts.isVisibleTo(self) else self.done.another).setFocus()
        else:
            self.working.cancel.setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Count again what is on screen when the suppression list changed."""
        if self._source is None or self._imported is not None or self._task is not None:
            return
        if changes & Changes.REQUESTS and self.isVisible():
            self._count()

    def ask_for_file(self) -> None:
        """Open the file dialog; returns at once."""
        self.start.zone.choose()

    def open_file(self, path: Path) -> None:
        """Read another file; whatever was looked at before is given up, but not an import under way."""
        if self._importing:
            self._context.notice.emit("An import is under way. Open the next file when it is done.")
            return
        self._after_stopping(lambda: self._open(path))

    def cancel(self) -> None:
        """Give up the work under way; nothing was written."""
        if self._task is not None:
            self._task.cancel()

    def leave(self) -> None:
        """She goes elsewhere: the preview is let go of; the file is counted again when she comes back."""
        if self._task is not None or self._source is None:
            return
        if self._imported is not None:
            self.start_over()
            return
        self._drop_counting()
        self._let_go()

    def come_back(self) -> None:
        """She is here again."""
        idle = self._task is None and self._counting is None and self._preview is None
        if self._source is not None and self._imported is None and idle:
            self._count()

    def shut(self) -> None:
        """The window is closed and its workers are joined."""
        self._settle.stop()
        self._late.stop()
        if self._preview is not None:
            self._preview.close()
            self._preview = None

    def start_over(self) -> None:
        """Give up the file; nothing was written."""
        self._wish += 1
        self._settle.stop()
        self._drop_counting()
        self._let_go()
        self._source = self._imported = None
        self._options, self._changed = [], set()
        self.view.counts.start_over()
        self._show_start()

    def _let_go(self) -> None:
        """Close the preview, behind everything that still reads it."""
        preview, self._preview = self._preview, None
        self.view.counts.model.stop()
        if preview is not None and not self._context.lookups.closed:
            self._context.lookups.run(_closing(preview), done=_nothing)

    def _after_stopping(self, then: Callable[[], None]) -> None:
        if self._task is None:
            then()
        else:
            self._waiting = then
            self._task.cancel()

    # -- work that everything waits for

    def _run(
        self,
        what: str,
        work: Callable[[Any], Any],
        done: Callable[[Any], object],
        failed: Callable[[Exception], object],
        *,
        can_cancel: bool = True,
    ) -> None:
        assert self._task is None
        self.working.begin(what, can_cancel=can_cancel)
        self._done, self._failed = done, failed
        self._task = self._context.tasks.run(
            work, done=self._on_done, failed=self._on_failed, progress=self._on_progress
        )
        self._late.start()

    def _on_progress(self, done: int, total: int) -> None:
        self.working.tell(done, total, self._unit(total))

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
        then, self._waiting = self._waiting, None
        if then is not None:
            then()
        return then is not None

    def _show_working(self) -> None:
        self._show(self.working)
        if self.isVisible():
            self.working.cancel.setFocus()

    def _show(self, page: QWidget) -> None:
        if self._stack.currentWidget() is not page:
            had_focus = self.isAncestorOf(self.window().focusWidget() or self)
            self._stack.setCurrentWidget(page)
            if had_focus and self.isVisible():
                self.first_focus()

    def _show_start(self, error: UserError | None = None) -> None:
        self.start.tell(error)
        self._show(self.start)

    # -- opening

    def _open(self, path: Path) -> None:
        self.start_over()
        service, now = self._context.desk.import_optouts, self._context.now()

        def work(_report: Any) -> "Source":
            return service.open(path, now=now)

        self._run(f"Looking at {path.name}", work, self._opened, self._not_opened)

    def _opened(self, source: "Source") -> None:
        self._source = source
        self._options = [part.options for part in source.parts]
        taken = [number for number, part in enumerate(source.parts) if part.taken]
        self._number = taken[0] if taken else 0
        if source.question is not None:
            self._number = source.question[0]
        self._columns_open = len(source.parts) == 1 or source.question is not None
        before = source.before
        when = (
            ""
            if before is None
            else words.moment_or_day(before.at, self._context.zone, self._context.today())
        )
        self.view.before.tell(words_import.before(before, when) if before is not None else "", "warning")
        self._tell_trouble()
        self.view.area.verticalScrollBar().setValue(0)
        self._show_source()
        self._show(self.view)
        self._count()

    def _tell_trouble(self) -> None:
        """Say once what is wrong with what is remembered of earlier files."""
        trouble = self._context.desk.remembered.trouble
        self.view.trouble.tell(trouble if trouble != self._told else "", "warning")
        self._told = trouble

    def _not_opened(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._show_start(error)
            return
        self._show_start()
        if not isinstance(error, Cancelled):
            raise error

    # -- correcting

    def _corrected(self, options: "Options") -> None:
        self._member_corrected(self._number, options)

    def _member_corrected(self, number: int, options: "Options") -> None:
        if self._source is None:
            return
        self._options[number] = options
        self._changed.add(number)
        self._wish += 1
        self._drop_counting()
        self._let_go()
        self.view.show_counts(None)
        self.view.counts.begin(f"Reading {self._source.path.name}")
        self._settle.start()

    def _apply(self) -> None:
        """Read the first rows again with all that was corrected, then count."""
        source, wish = self._source, self._wish
        if source is None:
            return
        wanted = [(number, self._options[number]) for number in sorted(self._changed)]
        service = self._context.desk.import_optouts

        def work(_report: Any) -> "tuple[int, Source]":
            made = source
            for number, options in wanted:
                made = service.correct(made, number, options)
            return wish, made

        self._context.tasks.run(work, done=self._applied, failed=self._not_applied)

    def _applied(self, outcome: "tuple[int, Source]") -> None:
        wish, source = outcome
        if wish != self._wish or self._source is None:
            return
        self._source = source
        self._changed = set()
        self._show_source()
        self._count()

    def _not_applied(self, error: Exception) -> None:
        if self._source is None:
            return
        if not isinstance(error, UserError):
            raise error
        self.view.counts.clear(str(error), tone="danger")

    def _show_source(self) -> None:
        source = self._source
        assert source is not None
        counts = self._preview.counts if self._preview is not None else None
        self.view.show_source(source, self._options, self._number, counts, self._part_context(source))
        self.view.show_columns(shown=self._columns_open)
        self.view.show_counts(counts)

    def _part_context(self, source: "Source") -> PartContext:
        context = self._context
        return PartContext(
            path=source.path,
            zone=context.zone,
            today=context.today(),
            scopes=tuple(context.desk.register.scopes()),
            members=len(source.parts) > 1,
        )

    def _open_member(self, number: int) -> None:
        """Show the columns of a list of a ZIP, or put them away again."""
        self._columns_open = number != self._number or not self._columns_open
        self._number = number
        if self._source is not None:
            self._show_source()

    def _choose_profile(self) -> None:
        from optoutdesk.ui.dialogs.profiles import ProfileDialog

        if self._source is None:
            return
        dialog = ProfileDialog(self._source.parts[self._number], self)
        dialog.chosen.connect(self._profile_chosen)
        dialog.open()

    def _profile_chosen(self, profile: str) -> None:
        from dataclasses import replace

        # What was said of single columns belongs to what the file was taken for before.
        self._corrected(replace(self._options[self._number], profile=profile, mapping=None, day_order=None))

    def _manage(self) -> None:
        from optoutdesk.ui.dialogs.mappings import MappingsDialog

        MappingsDialog(self._context, self).open()

    # -- counting

    def _count_again(self) -> None:
        self._count()

    def _count(self) -> None:
        """Read everything and count; what was counted before is out of date and let go of."""
        source = self._source
        if source is None or self._changed:
            return  # or it is counted as soon as the corrections are applied
        self._drop_counting()
        self._let_go()
        self._round += 1
        if source.question is not None:
            self._ask_first(source)
            self.view.show_counts(None)
            return
        if not any(part.options.take for part in source.parts):
            self.view.counts.clear(words_import.nothing_taken(source), tone="warning")
            self.view.show_counts(None)
            return  # contacts are counted all the same: whom they call subscribed is to be seen
        self.view.show_counts(None)
        reading = [f"Reading {part.name or source.path.name}" for part in source.parts]
        self.view.counts.begin(*reading, "Comparing with what is on record")
        service, now, this_round = self._context.desk.import_optouts, self._context.now(), self._round

        def work(report: Any) -> "tuple[int, Preview]":
            return this_round, service.preview(source, now=now, progress=report)

        self._counting = self._context.tasks.run(
            work, done=self._counted, failed=self._not_counted, progress=self._count_progress
        )

    def _count_progress(self, done: int, total: int) -> None:
        self.view.counts.work.tell(done, total, self._unit(total))

    def _unit(self, total: int) -> str:
        """Return in what a phase is told: text is read by bytes, all else by rows."""
        source = self._source
        if source is None:
            return "row"
        sizes = {source.size, *(part.member.size for part in source.parts if part.member is not None)}
        return "byte" if total in sizes else "row"

    def _ask_first(self, source: "Source") -> None:
        """Nothing can be counted before a question is answered: show it."""
        assert source.question is not None
        number = source.question[0]
        if number != self._number or not self._columns_open:
            self._number, self._columns_open = number, True
            self._show_source()
        self.view.counts.clear(words_import.waiting_for(source.parts[number]))

    def _counted(self, outcome: "tuple[int, Preview]") -> None:
        this_round, preview = outcome
        if this_round != self._round or self._source is None:
            self._context.lookups.run(_closing(preview), done=_nothing)
            return
        self._counting = None
        self._preview = preview
        self.view.hold_focus()
        self.view.counts.show_counts(preview)
        self._show_source()
        if not self.isVisible():
            self._let_go()

    def _not_counted(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._counting = None
        if not isinstance(error, UserError):
            raise error
        self.view.counts.clear(str(error), again=True, tone="danger")

    def _drop_counting(self) -> None:
        """Give up the counting under way: its result would be out of date."""
        counting, self._counting = self._counting, None
        self._round += 1
        if counting is not None:
            counting.cancel()

    def _stop_counting(self) -> None:
        """She cancels the counting."""
        self._drop_counting()
        self.view.counts.clear("Not counted.", again=True)
        self.view.counts.said.button.setFocus()

    def _clean_instead(self) -> None:
        """It is a list of contacts: it is cleaned, not imported."""
        source = self._source
        if source is not None:
            self.start_over()
            self._context.go_to_list(source.path)

    # -- importing

    def _import(self) -> None:
        preview = self._preview
        if preview is None or self._task is not None or preview.counts.requests == 0:
            return
        self.view.counts.model.stop()
        self._remember()
        # Behind everything that still reads the preview: one thread at a time.
        self.view.hold_focus()
        self.view.confirm.setEnabled(False)
        self._context.lookups.run(_nothing, done=self._run_import)

    def _run_import(self, _nothing: object) -> None:
        preview = self._preview
        if preview is None or self._task is not None:
            return
        desk, now = self._context.desk, self._context.now()
        by = desk.person

        def work(report: Any) -> "tuple[Imported, Changes]":
            return desk.import_optouts.run(preview, by=by, now=now, progress=report)

        self._importing = True

        self._run(f"Importing {preview.source.path.name}", work, self._ran, self._not_ran)

    def _ran(self, outcome: "tuple[Imported, Changes]") -> None:
        imported, changes = outcome
        self._importing = False
        self._imported = imported
        self.done.show_imported(imported)
        self._show(self.done)
        if not self.isVisible():
            self._context.notice.emit(
                f"{imported.batch.source_name}: {words_import.imported_title(imported.counts)}."
            )
        self._context.broadcast(changes)

    def _not_ran(self, error: Exception) -> None:
        self._importing = False
        self._show(self.view)
        if isinstance(error, UserError):
            self._context.complain(self, error)
        if isinstance(error, ListChangedError):
            self._count()
        elif self._preview is not None:
            self.view.counts.show_counts(self._preview)
            self.view.show_counts(self._preview.counts)
        if not isinstance(error, UserError | Cancelled):
            raise error

    def _remember(self) -> None:
        """Keep what she corrected for the next file like this."""
        name = self.view.columns.questions.remember_as()
        if not name or self._source is None:
            return
        part = self._source.parts[self._number]
        if part.header is None:
            return
        memory = self._context.desk.remembered
        try:
            memory.remember(worth_remembering(name, part, memory.find(part.header)))
        except (UserError, OSError) as error:
            # The import goes on: what is remembered is a convenience.
            self._context.notice.emit(str(error))

    def _undo(self) -> None:
        if self._imported is not None:
            self.undo_wanted.emit(self._imported.batch)


def _closing(preview: "Preview") -> Callable[[Any], None]:
    def work(_report: Any) -> None:
        preview.close()

    return work


def _nothing(_what: object) -> None:
    """Do nothing."""
