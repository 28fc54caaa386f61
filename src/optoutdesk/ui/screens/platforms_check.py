"""A verification from a file to its end: the export is understood, compared, put on record, and acted upon."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import Cancelled, NoAddressColumnError, UserError
from optoutdesk.domain.platforms import Platform, Verification
from optoutdesk.services.changes import Changes
from optoutdesk.services.verify_platform import Side
from optoutdesk.ui import words, words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.platform_export import Write
from optoutdesk.ui.screens.platforms_file import ExportFile
from optoutdesk.ui.screens.platforms_record import CheckActs
from optoutdesk.ui.screens.platforms_verify import VerifyView
from optoutdesk.ui.tasks import Task

if TYPE_CHECKING:
    from optoutdesk.domain.importing import Batch
    from optoutdesk.services.platforms import PlatformExport
    from optoutdesk.services.verify_platform import VerifyPreview


class Check(QObject):
    """One verification at a time: what she sees of it is `view`."""

    begun = Signal()
    """A file is looked at: the view is to be in sight."""
    compared = Signal()
    """A file was compared for the first time."""
    ended = Signal()
    export_wanted = Signal(object)
    """Platform: she wants the people who are still active there written out."""
    undo_wanted = Signal(object)
    """Batch: she wants what was taken over undone."""

    def __init__(self, context: Context, view: VerifyView, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._over = parent
        self.view = view
        self.file = ExportFile(context, view, parent)
        self.acts = CheckActs(context, view, parent)
        self._platform: Platform | None = None
        self._preview: VerifyPreview | None = None
        self._to_remove = False
        """Whether anybody is still to be removed there, of those who are active in the file."""
        self._verification: Verification | None = None
        """What was recorded of this file."""
        self._batch: Batch | None = None
        """What was taken over of it."""
        self._task: Task | None = None
        self._round = 0
        """Counts the comparisons; what belongs to an earlier one is thrown away."""
        self._stale = False
        """Whether it is to be compared again when she comes back."""
        self._seen = False
        """Whether the file's figures were brought into sight once."""
        self._connect()

    def _connect(self) -> None:
        view, file, acts = self.view, self.file, self.acts
        view.closed.connect(self.close)
        view.cancel_wanted.connect(self.cancel)
        view.count_wanted.connect(self._compare)
        view.record_wanted.connect(self._record)
        view.take_over_wanted.connect(self._take_over)
        view.export_wanted.connect(self._export)
        view.not_there_wanted.connect(self._ask_not_there)
        view.undo_wanted.connect(self._undo)
        file.ready.connect(self._compare)
        file.outdated.connect(self._outdated)
        file.failed.connect(self._failed)
        file.given_up.connect(self.close)
        acts.recorded.connect(self._recorded)
        acts.taken.connect(self._taken)
        acts.compare_wanted.connect(self._compare)
        acts.not_done.connect(self._not_done)

    # -- what the screen calls

    @property
    def platform(self) -> Platform | None:
        """Which platform is verified; None: no file is looked at."""
        return self._platform

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._task is None and self.file.idle and not self.acts.busy

    def start(self, platform: Platform, path: Path) -> None:
        """Verify a platform with a file; whatever was looked at before is given up, but not what is being written."""
        if self.acts.busy:
            self._context.notice.emit("Something is being recorded. Open the next file when it is done.")
            return
        self._give_up()
        self._platform = platform
        self.view.start_over(platform.name)
        self.begun.emit()
        self.view.begin(f"Looking at {path.name}")
        self.file.open(platform, path)

    def close(self) -> None:
        """Put the verification away; what was recorded stays."""
        if not self.acts.busy:
            self._give_up()
            self.ended.emit()

    def cancel(self) -> None:
        """Give up reading; nothing was written, and what is being written is not given up."""
        if self.acts.busy:
            return
        self._drop()
        self.file.cancel()
        self.view.clear("Not compared.", again=self.file.source is not None)
        (self.view.said.button if self.file.source is not None else self.view.close_button).setFocus()

    def leave(self) -> None:
        """She goes elsewhere: the comparison is let go of; the file is compared again when she comes back."""
        if self.idle and self._preview is not None:
            self._let_go()
            self._stale = True

    def come_back(self) -> None:
        """She is here again."""
        if self._stale and self.idle:
            self._compare()

    def changed(self, changes: Changes) -> None:
        """Compare again when the suppression list changed elsewhere."""
        of_people = changes & (Changes.REQUESTS | Changes.PLATFORMS)
        if not of_people or self.acts.broadcasting or self._preview is None or not self.idle:
            return
        if self._over.isVisible():
            self._compare()
        else:
            self.leave()

    def shut(self) -> None:
        """The window is closed and its workers are joined."""
        self.file.shut()
        if self._preview is not None:
            self._preview.close()
            self._preview = None

    def _give_up(self) -> None:
        self._drop()
        self.file.give_up()
        self._let_go()
        self._platform = self._verification = self._batch = None
        self._stale = self._seen = False

    def _drop(self) -> None:
        """Give up the comparison under way."""
        self._round += 1
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _let_go(self) -> None:
        """Close what was compared, behind everything that still reads it."""
        preview, self._preview = self._preview, None
        self.acts.forget()
        self.view.model.stop()
        if preview is not None and not self._context.lookups.closed:
            self._context.lookups.run(_closing(preview), done=_nothing)

    # -- comparing

    def _outdated(self) -> None:
        self._drop()
        self._let_go()
        self.view.begin("Reading it again")

    def _compare(self) -> None:
        """Read everything and compare; what was compared before is out of date and let go of."""
        source, platform = self.file.source, self._platform
        if source is None or platform is None or self.acts.busy:
            return
        self._stale = False
        self._drop()
        self._let_go()
        if self.file.ask_first():
            assert source.question is not None
            self.view.clear(words_import.waiting_for(source.parts[source.question[0]]))
            return
        reading = [f"Reading {part.name or source.path.name}" for part in source.parts if part.options.take]
        self.view.begin(*reading, "Comparing with what is on record")
        service, now, round_ = self._context.desk.verify_platform, self._context.now(), self._round

        def work(report: Any) -> "tuple[int, VerifyPreview, bool]":
            preview = service.preview(platform.id, source, now=now, progress=report)
            return round_, preview, bool(preview.ids_to_do(Side.STILL_ACTIVE))

        self._task = self._context.tasks.run(
            work, done=self._compared, failed=self._failed, progress=self._progress
        )

    def _progress(self, done: int, total: int) -> None:
        self.view.work.tell(done, total)

    def _compared(self, outcome: "tuple[int, VerifyPreview, bool]") -> None:
        round_, preview, to_remove = outcome
        if round_ != self._round:
            self._context.lookups.run(_closing(preview), done=_nothing)
            return
        self._task = None
        self._preview, self._to_remove = preview, to_remove
        before = self._recorded_before(preview) if self._verification is None else None
        recorded = self._verification is not None or before is not None
        self._show_preview(recorded=recorded)
        if not self._seen:
            self._seen = True
            self.compared.emit()
        if before is not None:
            day = words.moment(before.at, self._context.zone, self._context.today())
            self.view.tell_recorded(f"This very file was recorded before: {day}.")
        elif not recorded and self.file.sure:
            self._record()

    def _recorded_before(self, preview: "VerifyPreview") -> Verification | None:
        """Return the check of this very file that stands already; a second one would say nothing new."""
        known = self._context.desk.platforms.verifications(preview.platform.id)
        return next((each for each in known if each.sha256 == preview.source.sha256), None)

    def _show_preview(self, *, recorded: bool) -> None:
        assert self._preview is not None
        to_remove = self._to_remove or not recorded
        self.view.show_preview(self._preview, sure=self.file.sure, recorded=recorded, to_remove=to_remove)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._task = None
        if not isinstance(error, UserError):
            self.view.clear()
            raise error
        if isinstance(error, NoAddressColumnError) and self.file.source is not None:
            self.view.show_how(shown=True)
            self.view.clear("First say which column holds the addresses.")
            return
        self.view.clear(str(error), tone="danger", again=self.file.source is not None)

    # -- what she does with it

    def _record(self) -> None:
        """Put the check on record; at once where the file is surely the platform's own."""
        if self._preview is not None and self._task is None:
            self.file.remember()
            self.acts.record(self._preview)

    def _recorded(self, verification: Verification, to_remove: bool) -> None:
        self._verification, self._to_remove = verification, to_remove
        self._show_preview(recorded=True)

    def _take_over(self) -> None:
        if self._preview is not None and self._task is None:
            self.acts.take_over(self._preview)

    def _taken(self, batch: "Batch") -> None:
        self._batch = batch

    def _undo(self) -> None:
        if self._batch is not None:
            self.undo_wanted.emit(self._batch)

    def _export(self) -> None:
        if self._preview is not None:
            self.export_wanted.emit(self._preview.platform)

    def write_active(self) -> Write:
        """Return what writes out whoever is still active there; UserError while it is not known."""
        preview = self._preview
        if preview is None or not self.idle:
            raise UserError("The comparison is being made again. Export these people when it is done.")
        service = self._context.desk.verify_platform

        def write(path: Path, _report: Any) -> "PlatformExport":
            return service.export_still_active(preview, path, overwrite=True)  # the file dialog has asked

        return write

    def _ask_not_there(self) -> None:
        if self._preview is not None:
            self.acts.ask_not_there(self._preview)

    def _not_done(self) -> None:
        if self._preview is not None:
            self._show_preview(recorded=self._verification is not None)


def _closing(preview: "VerifyPreview") -> Callable[[Any], None]:
    def work(_report: Any) -> None:
        preview.close()

    return work


def _nothing(_what: object) -> None:
    """Do nothing."""
