"""What is written after a comparison: the check is put on record, people are taken over, absent ones marked not there."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import Cancelled, ListChangedError, UserError
from optoutdesk.domain.platforms import TaskState, Verification
from optoutdesk.services.changes import Changes
from optoutdesk.services.verify_platform import Side
from optoutdesk.ui import words, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.platforms_verify import VerifyView

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Imported
    from optoutdesk.services.verify_platform import VerifyPreview

Work = Callable[["VerifyPreview", Any], Any]


class CheckActs(QObject):
    """One act at a time; while it runs nothing else may be done with the comparison."""

    recorded = Signal(object, bool)
    """Verification, whether anybody is still to be removed there."""
    taken = Signal(object)
    """Batch."""
    compare_wanted = Signal()
    """What was compared is out of date."""
    not_done = Signal()
    """Nothing was written: show again what was compared."""

    def __init__(self, context: Context, view: VerifyView, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._over = parent
        self._view = view
        self._preview: VerifyPreview | None = None
        self._absent: list[int] = []
        self.busy = False
        self.broadcasting = False
        """Whether what changes is what is done here."""

    def record(self, preview: "VerifyPreview") -> None:
        """Put the check on record."""
        service, by, now = self._context.desk.verify_platform, self._context.desk.person, self._context.now()

        def work(preview: "VerifyPreview", report: Any) -> "tuple[Verification, int, bool, Changes]":
            verification, changes = service.record(preview, by=by, now=now, progress=report)
            # Counted by the act: once recorded, nothing more would be opened again.
            return (
                verification,
                preview.counts.reopened,
                bool(preview.ids_to_do(Side.STILL_ACTIVE)),
                changes,
            )

        self._run(preview, "Recording the check", work, self._on_recorded)

    def _on_recorded(self, outcome: "tuple[Verification, int, bool, Changes]") -> None:
        verification, reopened, to_remove, changes = outcome
        text = words_platforms.recorded(verification, reopened)
        self.recorded.emit(verification, to_remove)
        self._view.tell_recorded(text)
        if not self._over.isVisible():
            name = self._context.desk.platforms.get(verification.platform).name
            self._context.notice.emit(f"{name}: {text}")
        self._broadcast(changes)

    def take_over(self, preview: "VerifyPreview") -> None:
        """Import whoever opted out or bounced there and is unknown here."""
        service, by, now = self._context.desk.verify_platform, self._context.desk.person, self._context.now()
        counts = preview.counts
        self._told = words_platforms.taken_over(counts.by.get(Side.UNKNOWN_HERE, 0), counts.bounced)

        def work(preview: "VerifyPreview", report: Any) -> "tuple[Imported, Changes]":
            return service.take_over(preview, by=by, now=now, progress=report)

        self._run(preview, "Taking over", work, self._on_taken)

    def _on_taken(self, outcome: "tuple[Imported, Changes]") -> None:
        imported, changes = outcome
        self._view.tell_taken(self._told)
        self.taken.emit(imported.batch)
        self._broadcast(changes)
        self.compare_wanted.emit()

    # -- people who are not in the export

    def ask_not_there(self, preview: "VerifyPreview") -> None:
        """Ask whether those who are still to be removed, but not in the export, were never there."""
        self._preview = preview

        def work(_report: Any) -> "tuple[VerifyPreview, list[int]]":
            return preview, preview.absent_ids()

        self._context.lookups.run(work, done=self._sure_not_there)

    def _sure_not_there(self, outcome: "tuple[VerifyPreview, list[int]]") -> None:
        preview, self._absent = outcome
        if preview is not self._preview or not self._absent or self.busy:
            return
        name, count = preview.platform.name, len(self._absent)
        people = words.count(count, "person is", "people are")
        self._context.ask(
            self._over,
            f"Never in {name}?",
            f"{people} still to be removed, but not in this export of {name}. Say so only if it holds everyone who is "
            "active there. This goes into the ledger and cannot be taken back.",
            f"Mark {words.number(count)} not there",
            self._mark_not_there,
        )

    def _mark_not_there(self) -> None:
        preview, ids = self._preview, self._absent
        if preview is None:
            return
        desk, now, platform = self._context.desk, self._context.now(), preview.platform.id
        by, state = desk.person, TaskState.NOT_THERE

        def work(_preview: "VerifyPreview", _report: Any) -> Changes:
            return desk.due_requests.mark_done(ids, now=now, by=by, platforms=[platform], state=state)

        self._run(preview, "Marking them not there", work, self._on_marked)

    def _on_marked(self, changes: Changes) -> None:
        self._broadcast(changes)
        self.compare_wanted.emit()

    def forget(self) -> None:
        """What was compared is let go of."""
        self._preview = None

    # -- the act itself

    def _run(self, preview: "VerifyPreview", what: str, work: Work, done: Callable[[Any], object]) -> None:
        """Do an act with the comparison, behind everything that still reads it."""
        if self.busy:
            return
        self.busy = True
        self._view.lock(locked=True)
        self._view.begin(what)
        self._preview, self._work, self._then = preview, work, done
        self._context.lookups.run(_nothing, done=self._begin)

    def _begin(self, _what: object) -> None:
        preview, work = self._preview, self._work
        assert preview is not None
        self._context.tasks.run(
            lambda report: work(preview, report),
            done=self._written,
            failed=self._not_written,
            progress=self._view.work.tell,
        )

    def _stop(self) -> None:
        self.busy = False
        self._view.lock(locked=False)
        self._view.rest()

    def _written(self, outcome: Any) -> None:
        self._stop()
        self._then(outcome)

    def _not_written(self, error: Exception) -> None:
        self._stop()
        if isinstance(error, UserError):
            self._context.complain(self._over, error)
        if isinstance(error, ListChangedError):
            self.compare_wanted.emit()
        else:
            self.not_done.emit()
        if not isinstance(error, UserError | Cancelled):
            raise error

    def _broadcast(self, changes: Changes) -> None:
        self.broadcasting = True
        try:
            self._context.broadcast(changes)
        finally:
            self.broadcasting = False


def _nothing(_what: object) -> None:
    """Do nothing."""
