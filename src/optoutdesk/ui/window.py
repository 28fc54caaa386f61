"""The window: the rail, the top bar, the screens, and the ways between them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.file_kinds import is_surely_evidence
from optoutdesk.ui.context import EVERYTHING, Context, RecordDraft
from optoutdesk.ui.ledger_check import LedgerCheck
from optoutdesk.ui.theme import apply_theme
from optoutdesk.ui.widgets.basic import Button
from optoutdesk.ui.widgets.find_box import FindBox
from optoutdesk.ui.widgets.icons import app_icon
from optoutdesk.ui.widgets.rail import Rail
from optoutdesk.ui.widgets.toast import Toast
from optoutdesk.ui.working import Working

# The rest is loaded when it is needed: the window is seen first.
if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.domain.importing import Batch
    from optoutdesk.domain.requests import Kind
    from optoutdesk.ui.dialogs.which import Dropped
    from optoutdesk.ui.reminding import Reminding

TODAY, OPT_OUTS, CLEAN, PLATFORMS, SETTINGS, IMPORT, IMPORTS = range(7)
_SCREENS = (
    ("Today", "today", "Ctrl+1"),
    ("Opt-outs", "optouts", "Ctrl+2"),
    ("Clean a list", "clean", "Ctrl+3"),
    ("Platforms", "platforms", "Ctrl+4"),
)
_BELOW = (("Settings", "settings", "Ctrl+5"),)
"""At the bottom of the rail."""
_PARTS = {IMPORT: OPT_OUTS, IMPORTS: OPT_OUTS}
"""Screens that belong to one of the rail."""
_HOLDS_A_FILE = (IMPORT, PLATFORMS)
"""Screens that hold a file that was read; they let go of it while she is elsewhere."""
_TICK_MS = 60_000
SMALLEST = QSize(1024, 700)
USUAL = QSize(1280, 800)


class MainWindow(QMainWindow):
    """The one window of a desk."""

    refused = Signal(object)
    """UserError: the suppression list cannot be opened."""
    left = Signal()
    """The window was closed for good."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.context = Context(desk, self)
        self._day: date | None = None
        self._stale: dict[int, Changes] = {}
        self._dialog: QDialog | None = None
        self._find: Any = None
        self.reminding: Reminding | None = None
        """Once the window is filled."""
        self._in_tray = False
        self.setWindowTitle("Opt-Out Desk")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(960, 600)
        self.setAcceptDrops(True)
        self._screens: dict[int, Any] = {}
        self._build()
        self.working = Working(self.context, self, self.rail)
        self._connect()
        self.ledger = LedgerCheck(self.context, self)
        self.ledger.status.connect(self.rail.show_status)
        self.ledger.broken.connect(self._on_broken)
        self.toast = Toast(self._content)
        self.context.notice.connect(self.toast.say)
        self._restore_place()
        # Recomputed from the clock each minute: one timer per deadline would not survive sleep.
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.on_tick)

    def _build(self) -> None:
        ground = QWidget()
        columns = QHBoxLayout(ground)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        self.rail = Rail(_SCREENS, self.context.desk.settings.theme, _BELOW)
        self.rail.buttons[TODAY].setChecked(True)
        columns.addWidget(self.rail)
        self._content = QWidget()
        rows = QVBoxLayout(self._content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._make_top_bar())
        self._lines = QVBoxLayout()
        rows.addLayout(self._lines)
        self.stack = QStackedWidget()
        rows.addWidget(self.stack, 1)
        columns.addWidget(self._content, 1)
        self.setCentralWidget(ground)
        for _ in (*_SCREENS, *_BELOW, *_PARTS):
            # An empty page until she first goes there: a screen is built when it is needed.
            self.stack.addWidget(QWidget())

    def _make_top_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "topbar")
        bar.setFixedHeight(58)
        row = QHBoxLayout(bar)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(12)
        self.find_box = FindBox(QKeySequence("Ctrl+K"))
        self.import_button = Button("Import opt-outs…")
        self.import_button.setToolTip("Ctrl+I")
        self.record_button = Button("Record opt-out", primary=True)
        self.record_button.setToolTip("Ctrl+N")
        row.addWidget(self.find_box, 3)
        row.addStretch(1)
        row.addWidget(self.import_button)
        row.addWidget(self.record_button)
        return bar

    def _connect(self) -> None:
        context = self.context
        context.changed.connect(self._on_changed)
        context.open_list.connect(self.open_list)
        context.import_file.connect(self.import_file)
        context.file_given.connect(self.take_file)
        context.choose_import.connect(self.choose_import)
        context.show_imports.connect(self.show_imports)
        context.show_history.connect(self.show_history)
        context.show_open.connect(self.show_open)
        context.record_optout.connect(self.record_optout)
        context.record_draft.connect(self.record_draft)
        context.find.connect(self.open_find)
        self.find_box.clicked.connect(self.open_find)
        self.import_button.clicked.connect(self.choose_import)
        self.record_button.clicked.connect(self._on_record)
        self.rail.chosen.connect(self.go_to)
        self.rail.switch.chosen.connect(self._on_theme)
        self.rail.staff_wanted.connect(self._go_to_settings)
        self.working.show()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.styleHints().colorSchemeChanged.connect(self._on_system_scheme)
        self._shortcut("Ctrl+N", self._on_record)
        self._shortcut("Ctrl+K", self.open_find)
        self._shortcut("Ctrl+O", self.choose_list)
        self._shortcut("Ctrl+I", self.choose_import)
        self._shortcut("Ctrl+1", self._go_to_today)
        self._shortcut("Ctrl+2", self._go_to_optouts)
        self._shortcut("Ctrl+3", self._go_to_clean)
        self._shortcut("Ctrl+4", self._go_to_platforms)
        self._shortcut("Ctrl+5", self._go_to_settings)

    def _shortcut(self, keys: str, slot: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(slot)

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
        except UserError as error:
            self.hide()
            self.refused.emit(error)
            return
        self._day = self.context.today()
        self.go_to(TODAY)
        self._count_badge()
        self._screens[TODAY].first_focus()
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

        self.reminding = reminding = Reminding(self.context, self, self._lines)
        reminding.jumped.connect(self.on_tick)
        reminding.open_wanted.connect(self.come_forward)
        reminding.today_wanted.connect(self._on_today_wanted)
        reminding.record_wanted.connect(self._on_record_wanted)
        reminding.quit_wanted.connect(self.leave)
        reminding.bar.look.hide()  # Today is in sight
        reminding.start(in_tray=self._in_tray)
        self._count_badge()

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
        if self._dialog is None:
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
        """Reload the screen in sight; the others when she goes there."""
        current = self.stack.currentIndex()
        for index, screen in self._screens.items():
            if index == current:
                screen.reload(changes)
            else:
                self._stale[index] = self._stale.get(index, Changes.NOTHING) | changes
        self._count_badge()

    def _count_badge(self) -> None:
        today = self.context.desk.due_requests.today(self.context.now(), limit=0)
        self.rail.buttons[TODAY].set_badge(today.need_her, "danger" if today.overdue else "warning")
        self.rail.buttons[PLATFORMS].set_badge(self.context.desk.platforms.count_with_tasks())
        if self.reminding is not None:
            self.reminding.show_count(today.need_her, overdue=today.overdue > 0)

    # -- the screens

    def screen_at(self, index: int) -> Any:
        """Return a screen, made when first asked for."""
        if index not in self._screens:
            screen = self._make_screen(index)
            empty = self.stack.widget(index)
            assert empty is not None
            self.stack.insertWidget(index, screen)
            self.stack.removeWidget(empty)
            empty.deleteLater()
            self._screens[index] = screen
            self._stale[index] = EVERYTHING
        return self._screens[index]

    def _make_screen(self, index: int) -> QWidget:
        if index == TODAY:
            from optoutdesk.ui.screens.today import TodayScreen

            return TodayScreen(self.context)
        if index == OPT_OUTS:
            from optoutdesk.ui.screens.optouts import OptOutsScreen

            return OptOutsScreen(self.context)
        if index == IMPORT:
            from optoutdesk.ui.screens.imports import ImportScreen

            screen = ImportScreen(self.context)
            screen.undo_wanted.connect(self.undo_import)
            return screen
        if index == IMPORTS:
            from optoutdesk.ui.screens.imports_history import ImportsScreen

            return ImportsScreen(self.context)
        if index == PLATFORMS:
            from optoutdesk.ui.screens.platforms import PlatformsScreen

            platforms = PlatformsScreen(self.context)
            platforms.undo_wanted.connect(self.undo_import)
            return platforms
        if index == SETTINGS:
            from optoutdesk.ui.screens.settings import SettingsScreen

            return SettingsScreen(self.context)
        from optoutdesk.ui.screens.clean import CleanScreen

        return CleanScreen(self.context)

    @Slot(int)
    def go_to(self, index: int) -> None:
        """Show a screen."""
        screen = self.screen_at(index)
        before = self.stack.currentIndex()
        if before in _HOLDS_A_FILE and before != index and before in self._screens:
            self._screens[before].leave()
        self.rail.buttons[_PARTS.get(index, index)].setChecked(True)
        self.stack.setCurrentIndex(index)
        if self.reminding is not None:
            self.reminding.bar.look.setVisible(index != TODAY)
        stale = self._stale.pop(index, Changes.NOTHING)
        if stale:
            screen.reload(stale)
        if index in _HOLDS_A_FILE:
            screen.come_back()
        if not self.rail.isAncestorOf(self.focusWidget() or self):
            screen.first_focus()

    @Slot()
    def _go_to_today(self) -> None:
        self.go_to(TODAY)

    @Slot()
    def _go_to_optouts(self) -> None:
        self.go_to(OPT_OUTS)

    @Slot()
    def _go_to_clean(self) -> None:
        self.go_to(CLEAN)

    @Slot()
    def _go_to_platforms(self) -> None:
        self.go_to(PLATFORMS)

    @Slot()
    def _go_to_settings(self) -> None:
        self.go_to(SETTINGS)

    @Slot(object)
    def open_list(self, path: Path) -> None:
        """Go to Clean a list and open a file there."""
        self.go_to(CLEAN)
        self._screens[CLEAN].open_list(path)

    @Slot()
    def choose_list(self) -> None:
        """Go to Clean a list and ask for a file."""
        self.go_to(CLEAN)
        self._screens[CLEAN].ask_for_list()

    @Slot(object)
    def import_file(self, path: Path) -> None:
        """Go to Import opt-outs and open a file there."""
        self.go_to(IMPORT)
        self._screens[IMPORT].open_file(path)

    @Slot()
    def choose_import(self) -> None:
        """Go to Import opt-outs: back to the file she was looking at, or ask for one."""
        here = self.stack.currentIndex() == IMPORT
        self.go_to(IMPORT)
        if here or not self._screens[IMPORT].open:
            self._screens[IMPORT].ask_for_file()

    @Slot()
    def show_imports(self) -> None:
        """Go to the imports made so far."""
        self.go_to(IMPORTS)

    @Slot(object)
    def undo_import(self, batch: "Batch") -> None:
        """Go to the imports and ask whether one is to be undone."""
        self.go_to(IMPORTS)
        self._screens[IMPORTS].ask_undo(batch)

    @Slot(object)
    def take_file(self, path: Path) -> None:
        """Take a file that was dropped: an e-mail or a picture shows an opt-out; a list is imported on Opt-outs, on Platforms
        it is an export to verify with, elsewhere it is to be cleaned, or she is asked."""
        index = self.stack.currentIndex()
        if is_surely_evidence(path.name):
            self.record_draft(RecordDraft("", files=(path,)))
        elif _PARTS.get(index, index) == OPT_OUTS:
            self.import_file(path)
        elif index == PLATFORMS:
            self.screen_at(PLATFORMS).take_file(path)
        else:
            self._ask_what_it_is(path, only_lists=index == CLEAN)

    def _ask_what_it_is(self, path: Path, *, only_lists: bool) -> None:
        from optoutdesk.ui.dialogs.which import what_was_dropped

        desk = self.context.desk
        self.context.lookups.run(
            lambda report: what_was_dropped(desk, path, only_lists=only_lists, progress=report),
            done=self._known_what_it_is,
        )

    @Slot(object)
    def _known_what_it_is(self, dropped: "Dropped") -> None:
        if dropped.known is not None:
            from optoutdesk.ui.dialogs.known_list import KnownDialog

            known = KnownDialog(self.context, dropped.known, self)
            known.open_wanted.connect(self.open_list)
            known.open()
        elif dropped.opt_outs:
            from optoutdesk.ui.dialogs.which import WhichDialog

            dialog = WhichDialog(dropped.path, dropped.opt_outs, self)
            dialog.import_wanted.connect(self.import_file)
            dialog.clean_wanted.connect(self.open_list)
            dialog.open()
        else:
            self.open_list(dropped.path)

    @Slot(object, str)
    def show_history(self, kind: "Kind", key: str) -> None:
        """Go to Opt-outs and show one address's or domain's history."""
        self.go_to(OPT_OUTS)
        self._screens[OPT_OUTS].show_history(kind, key)

    @Slot()
    def show_open(self) -> None:
        """Go to Opt-outs and show the open requests."""
        self.go_to(OPT_OUTS)
        self._screens[OPT_OUTS].show_open()

    # -- the dialogs

    @Slot()
    def _on_record(self) -> None:
        self.record_draft(RecordDraft(""))

    @Slot(str)
    def record_optout(self, text: str) -> None:
        """Open the Record dialog with a text."""
        self.record_draft(RecordDraft(text))

    @Slot(object)
    def record_draft(self, draft: RecordDraft) -> None:
        """Open the Record dialog with what is known already."""
        from optoutdesk.ui.dialogs.record import RecordDialog

        self._open(RecordDialog(self.context, self, draft))

    @Slot()
    def open_find(self) -> None:
        """Open the find box."""
        from optoutdesk.ui.dialogs.find import FindDialog

        if self._dialog is not None:
            return
        if self._find is None:
            self._find = FindDialog(self.context, self)
        self._find.open_over()

    @property
    def dialog(self) -> QDialog | None:
        """The Record dialog while it is open."""
        return self._dialog

    @property
    def find_dialog(self) -> Any:
        """The find box once it was opened."""
        return self._find

    def _open(self, dialog: QDialog) -> None:
        self._dialog = dialog
        dialog.destroyed.connect(self._on_dialog_gone)
        dialog.open()

    @Slot(QObject)
    def _on_dialog_gone(self, _gone: QObject) -> None:
        self._dialog = None

    @Slot(str, str)
    def _on_broken(self, sentence: str, details: str) -> None:
        from optoutdesk.ui.widgets.message import Message

        message = Message(self, "The ledger does not hold", sentence, details=details, details_shown=True)
        message.open()

    # -- light and dark

    @Slot(str)
    def _on_theme(self, choice: str) -> None:
        self._apply_theme(choice)
        desk = self.context.desk
        try:
            changes = desk.change_settings(replace(desk.settings, theme=choice))
        except OSError as error:
            from optoutdesk.ui.widgets.message import complain

            complain(self, "The choice could not be saved; it holds until you close the window.", str(error))
            return
        except UserError as error:
            self.context.complain(self, error)
            return
        self.context.broadcast(changes)

    @Slot()
    def _on_system_scheme(self) -> None:
        if self.context.desk.settings.theme == "system":
            self._apply_theme("system")

    @staticmethod
    def _apply_theme(choice: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, choice)

    # -- files dropped anywhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from optoutdesk.ui.widgets.drop_zone import dropped_file

        path = dropped_file(event.mimeData())
        if path is not None and is_surely_evidence(path.name):
            event.acceptProposedAction()
            self.toast.say("Drop it to record an opt-out, with this as evidence.")
        elif path is not None:
            event.acceptProposedAction()
            index = self.stack.currentIndex()
            what = {
                OPT_OUTS: "file to import the opt-outs in it",
                PLATFORMS: "export of a platform to verify it",
            }.get(_PARTS.get(index, index), "list to clean it")
            self.toast.say(f"Drop the {what}. Your file is never changed.")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.toast.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        from optoutdesk.ui.widgets.drop_zone import dropped_file

        self.toast.hide()
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.take_file(path)

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
        for index in _HOLDS_A_FILE:
            if index in self._screens:
                self._screens[index].shut()
        desk.close()
        super().closeEvent(event)
        self.left.emit()
