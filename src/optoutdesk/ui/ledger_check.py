"""Checks the ledger in the background, at most once a day, and says in the rail what it found."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.ui.context import Context
from optoutdesk.ui.tasks import Report

if TYPE_CHECKING:
    from optoutdesk.domain.ledger import Verification

ADVICE = (
    "The history of your opt-outs was changed outside this program: {wrong}. "
    "Do not rely on it; put back optoutdesk.sqlite from your backup."
)


class LedgerCheck(QObject):
    """Runs the check and remembers the day of the last one that held."""

    status = Signal(str, str)
    """A line for the rail and its role."""
    broken = Signal(str, str)
    """A sentence and the details: the ledger does not hold."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._day: date | None = None
        self._running = False

    def check(self) -> None:
        """Check now, unless that was done today."""
        today = self._context.today()
        if self._running or self._day == today:
            return
        if self._context.desk.settings.ledger_verified == today.isoformat():
            self._day = today
            self.status.emit("Ledger verified today", "small")
            return
        self._running = True
        self._context.lookups.run(self._verify, done=self._on_done, failed=self._on_failed)

    def _verify(self, _report: Report) -> "Verification":
        return self._context.desk.verify_ledger()

    @Slot(object)
    def _on_done(self, result: "Verification") -> None:
        self._running = False
        self._day = self._context.today()
        if result.holds:
            self._remember(self._day.isoformat())
            self.status.emit("Ledger verified today", "small")
            return
        self._remember("")
        self.status.emit("The ledger does not hold", "danger")
        details = f"first wrong record: {result.wrong}\nentries that hold: {result.entries}\nhash: {result.head.hex()}"
        self.broken.emit(ADVICE.format(wrong=result.wrong), details)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._running = False
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, UserError):
            raise error
        self.status.emit("Ledger could not be checked", "danger")
        self.broken.emit(str(error), error.details)

    def _remember(self, day: str) -> None:
        desk = self._context.desk
        # The next start checks again when this cannot be written; nothing depends on it.
        with suppress(OSError):
            desk.change_settings(replace(desk.settings, ledger_verified=day))
