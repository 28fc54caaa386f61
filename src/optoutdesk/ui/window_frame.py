"""The frame of the window: the rail, the top bar, the screens, and the ways between them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from optoutdesk.ui.context import Context, RecordDraft
from optoutdesk.ui.widgets.icons import app_icon
from optoutdesk.ui.widgets.rail import Rail
from optoutdesk.ui.widgets.toast import Toast
from optoutdesk.ui.widgets.top_bar import TopBar
from optoutdesk.ui.window_colours import Colours
from optoutdesk.ui.window_dialogs import Dialogs
from optoutdesk.ui.window_files import DroppedFiles
from optoutdesk.ui.window_screens import (
    BELOW,
    CLEAN,
    IMPORT,
    IMPORTS,
    ON_THE_RAIL,
    OPT_OUTS,
    PLATFORMS,
    SETTINGS,
    TODAY,
    Screens,
    on_the_rail,
)

# The rest is loaded when it is needed: the window is seen first.
if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.domain.importing import Batch
    from optoutdesk.domain.requests import Kind


class Frame(QMainWindow):
    """What she sees and where she goes. What happens by itself is the window's (ui/window.py)."""

    went = Signal(int)
    """The number of the screen that came into sight."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.context = Context(desk, self)
        self.setWindowTitle("Opt-Out Desk")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(960, 600)
        self.setAcceptDrops(True)
        self._build()
        self._dialogs = Dialogs(self.context, self)
        self._files = DroppedFiles(self.context, self)
        self._colours = Colours(self.context, self)
        self.toast = Toast(self._content)
        self._connect()
        self._connect_keys()

    def _build(self) -> None:
        ground = QWidget()
        columns = QHBoxLayout(ground)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        self.rail = Rail(ON_THE_RAIL, self.context.desk.settings.theme, BELOW)
        self.rail.buttons[TODAY].setChecked(True)
        columns.addWidget(self.rail)
        self._content = QWidget()
        rows = QVBoxLayout(self._content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        bar = TopBar()
        self.find_box, self.record_button = bar.find_box, bar.record_button
        self.import_button = bar.import_button
        rows.addWidget(bar)
        self.lines = QVBoxLayout()
        """Room for what is said above every screen."""
        rows.addLayout(self.lines)
        self.stack = Screens(self.context)
        rows.addWidget(self.stack, 1)
        columns.addWidget(self._content, 1)
        self.setCentralWidget(ground)

    def _connect(self) -> None:
        context = self.context
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
        context.notice.connect(self.toast.say)
        self.find_box.clicked.connect(self.open_find)
        self.import_button.clicked.connect(self.choose_import)
        self.record_button.clicked.connect(self._on_record)
        self.rail.chosen.connect(self.go_to)
        self.rail.switch.chosen.connect(self._colours.choose)
        self.rail.staff_wanted.connect(self._go_to_settings)
        self.stack.undo_wanted.connect(self.undo_import)
        self._files.record_wanted.connect(self.record_draft)
        self._files.import_wanted.connect(self.import_file)
        self._files.clean_wanted.connect(self.open_list)
        self._files.verify_wanted.connect(self._verify_with)

    def _connect_keys(self) -> None:
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

    # -- the screens

    def screen_at(self, index: int) -> Any:
        """Return a screen, made when first asked for."""
        return self.stack.at(index)

    @Slot(int)
    def go_to(self, index: int) -> None:
        """Show a screen."""
        screen = self.stack.show_screen(index)
        self.rail.buttons[on_the_rail(index)].setChecked(True)
        self.went.emit(index)
        if not self.rail.isAncestorOf(self.focusWidget() or self):
            screen.first_focus()

    def _jump_to(self, index: int) -> None:
        """Show a screen by its key: from there on the keyboard works in it, also when it was in the rail."""
        self.go_to(index)
        self.screen_at(index).first_focus()

    @Slot()
    def _go_to_today(self) -> None:
        self._jump_to(TODAY)

    @Slot()
    def _go_to_optouts(self) -> None:
        self._jump_to(OPT_OUTS)

    @Slot()
    def _go_to_clean(self) -> None:
        self._jump_to(CLEAN)

    @Slot()
    def _go_to_platforms(self) -> None:
        self._jump_to(PLATFORMS)

    @Slot()
    def _go_to_settings(self) -> None:
        self._jump_to(SETTINGS)

    @Slot(object)
    def open_list(self, path: Path) -> None:
        """Go to Clean a list and open a file there."""
        self.go_to(CLEAN)
        self.screen_at(CLEAN).open_list(path)

    @Slot()
    def choose_list(self) -> None:
        """Go to Clean a list and ask for a file."""
        self.go_to(CLEAN)
        self.screen_at(CLEAN).ask_for_list()

    @Slot(object)
    def import_file(self, path: Path) -> None:
        """Go to Import opt-outs and open a file there."""
        self.go_to(IMPORT)
        self.screen_at(IMPORT).open_file(path)

    @Slot()
    def choose_import(self) -> None:
        """Go to Import opt-outs: back to the file she was looking at, or ask for one."""
        here = self.stack.currentIndex() == IMPORT
        self.go_to(IMPORT)
        if here or not self.screen_at(IMPORT).open:
            self.screen_at(IMPORT).ask_for_file()

    @Slot()
    def show_imports(self) -> None:
        """Go to the imports made so far."""
        self.go_to(IMPORTS)

    @Slot(object)
    def undo_import(self, batch: "Batch") -> None:
        """Go to the imports and ask whether one is to be undone."""
        self.go_to(IMPORTS)
        self.screen_at(IMPORTS).ask_undo(batch)

    @Slot(object, str)
    def show_history(self, kind: "Kind", key: str) -> None:
        """Go to Opt-outs and show one address's or domain's history."""
        self.go_to(OPT_OUTS)
        self.screen_at(OPT_OUTS).show_history(kind, key)

    @Slot()
    def show_open(self) -> None:
        """Go to Opt-outs and show the open requests."""
        self.go_to(OPT_OUTS)
        self.screen_at(OPT_OUTS).show_open()

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
        self._dialogs.open_record(draft)

    @Slot()
    def open_find(self) -> None:
        """Open the find box."""
        self._dialogs.open_find()

    @property
    def dialog(self) -> QDialog | None:
        """The Record dialog while it is open."""
        return self._dialogs.record

    @property
    def find_dialog(self) -> Any:
        """The find box once it was opened."""
        return self._dialogs.find

    # -- files dropped anywhere

    @Slot(object)
    def take_file(self, path: Path) -> None:
        """Take a file that was dropped; what becomes of it depends on what it is and on the screen in sight."""
        self._files.take(path, self.stack.currentIndex())

    @Slot(object)
    def _verify_with(self, path: Path) -> None:
        self.screen_at(PLATFORMS).take_file(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from optoutdesk.ui.widgets.drop_zone import dropped_file

        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.toast.say(self._files.hint(path, self.stack.currentIndex()))

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
