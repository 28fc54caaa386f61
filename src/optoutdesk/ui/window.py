"""The window: what happens in it by itself, from the first paint to the last moment; its frame is in window_frame.py."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.services.changes import Changes
from optoutdesk.ui.context import EVERYTHING
from optoutdesk.ui.ledger_check import LedgerCheck
from optoutdesk.ui.window_frame import Frame
from optoutdesk.ui.window_screens import CLEAN, IMPORT, IMPORTS, OPT_OUTS, PLATFORMS, SETTINGS, TODAY
from optoutdesk.ui.working import Working

# The rest is loaded when it is needed: the window is seen first.
if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.ui.reminding import Reminding

# The numbers of the screens belong to whoever has a window.
__all__ = [
    "CLEAN",
    "IMPORT",
    "IMPORTS",
    "OPT_OUTS",
    "PLATFORMS",
    "SETTINGS",
    "SMALLEST",
    "TODAY",
    "USUAL",
    "MainWindow",
]
_TICK_MS = 60_000
SMALLEST = QSize(1024, 700)
USUAL = QSize(1280, 800)


class MainWindow(Frame):
    """The one window of a desk."""

    refused = Signal(object)
    """UserError: the suppression list cannot be opened."""
    left = Signal()
    """The window was closed for good."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._day: date | None = None
        self.reminding: Reminding | None = None
        """Once the window is filled."""
        self._in_tray = False
        self.context.changed.connect(self._on_changed)
        self.went.connect(self._on_went)
        self.working = Working(self.context, self, self.rail)
        self.working.show()
        self.ledger = LedgerCheck(self.context, self)
        self.ledger.status.connect(self.rail.show_status)
        self.ledger.broken.connect(self._dialogs.tell_broken)
        self._restore_place()
        # Recomputed from the clock each minute: one timer per deadline would not survive sleep.
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.on_tick)

    # -- the first moments

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._day is None:
            # After the first paint: she sees the window at once, and the figures a moment later.
            QTimer.singleShot(0, self, self.fill)

    @Slot()
    def fill(self) -> None:
        """Load what the screen shows; called once, after the first paint."""
        if self._day is not None or self.context.tasks.closed:
            return
        try:
            _ = self.context.desk.store
            _ = self.context.desk.counting  # by a list of hers, which may be damaged
        except UserError as error:
            self.hide()
            self.refused.emit(error)
            return
        self._day = self.context.today()
        self.go_to(TODAY)
        self._count_badge()
        self.screen_at(TODAY).first_focus()
        self._tick.start()
        self.ledger.check()
        self._begin_reminding()
        self._catch_up()
        self.working.ask_once()

    def _catch_up(self) -> None:
        """Record settings that were changed where nobody saw it."""
        service, now = self.context.desk.settings_changes, self.context.now()
        self.context.lookups.run(
            lambda _report: service.catch_up(now=now), done=self._caught_up, failed=self._not_caught_up
        )

    def _caught_up(self, _nothing: object) -> None:
        """Nothing of it is on screen."""

    def _not_caught_up(self, error: Exception) -> None:
        if not isinstance(error, (UserError, Cancelled)):
            raise error
        # The next start catches up.

    def start_in_tray(self) -> None:
        """Begin without being seen; where there is no tray, the window is shown after all."""
        self._in_tray = True
        self.fill()

    def _begin_reminding(self) -> None:
        from optoutdesk.ui.reminding import Reminding

        self.reminding = reminding = Reminding(self.context, self, self.lines)
        reminding.jumped.connect(self.on_tick)
        reminding.open_wanted.connect(self.come_forward)
        reminding.today_wanted.connect(self._on_today_wanted)
        reminding.record_wanted.connect(self._on_record_wanted)
        reminding.quit_wanted.connect(self.leave)
        self._on_went(TODAY)
        reminding.start(in_tray=self._in_tray)
        self._count_badge()

    @Slot(int)
    def _on_went(self, index: int) -> None:
        if self.reminding is not None:
            self.reminding.bar.look.setVisible(index != TODAY)
        if self._day is not None and index != SETTINGS:
            self.working.ask_once()  # she may have entered the names of her staff just now

    @Slot()
    def come_forward(self) -> None:
        """Show the window, also out of the tray."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.working.ask_once()

    @Slot()
    def _on_today_wanted(self) -> None:
        self.come_forward()
        self.go_to(TODAY)

    @Slot()
    def _on_record_wanted(self) -> None:
        self.come_forward()
        if self.dialog is None:
            self._on_record()

    @Slot()
    def leave(self) -> None:
        """Close for good, not into the tray."""
        if self.reminding is not None:
            self.reminding.leave()
        self.close()

    @Slot()
    def on_tick(self) -> None:
        """Once a minute: a new day makes other due dates urgent."""
        today = self.context.today()
        if today != self._day:
            self._day = today
            self._reload_all(EVERYTHING)
            self.ledger.check()
        if self.reminding is not None:
            self.reminding.on_tick()

    # -- what changed

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        self._reload_all(changes)

    def _reload_all(self, changes: Changes) -> None:
        self.stack.reload(changes)
        self._count_badge()

    def _count_badge(self) -> None:
        today = self.context.desk.due_requests.today(self.context.now(), limit=0)
        self.rail.buttons[TODAY].set_badge(today.need_her, "danger" if today.overdue else "warning")
        self.rail.buttons[PLATFORMS].set_badge(self.context.desk.platforms.count_with_tasks())
        if self.reminding is not None:
            self.reminding.show_count(today.need_her, overdue=today.overdue > 0)

    # -- size and place

    def _restore_place(self) -> None:
        saved = QByteArray.fromBase64(self.context.desk.settings.window.encode("ascii", "ignore"))
        if saved.isEmpty() or not self.restoreGeometry(saved):
            screen = self.screen().availableSize()
            self.resize(USUAL.boundedTo(screen.expandedTo(self.minimumSize())))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.reminding is not None and not self.reminding.may_close():
            event.ignore()
            return
        self._tick.stop()
        if self.reminding is not None:
            self.reminding.stop()
        desk = self.context.desk
        place = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        # Not worth a question at the end of her day.
        with suppress(OSError, UserError):
            desk.change_settings(replace(desk.settings, window=place))
        self.context.close()
        self.stack.shut()
        desk.close()
        super().closeEvent(event)
        self.left.emit()
