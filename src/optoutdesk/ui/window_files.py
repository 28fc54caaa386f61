"""What becomes of a file that is dropped anywhere in the window: evidence, opt-outs, an export to verify, or a list to clean."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from optoutdesk.services.file_kinds import is_surely_evidence
from optoutdesk.ui.context import Context, RecordDraft
from optoutdesk.ui.window_screens import CLEAN, OPT_OUTS, PLATFORMS, on_the_rail

# The rest is loaded when it is needed: the window is seen first.
if TYPE_CHECKING:
    from optoutdesk.ui.dialogs.which import Dropped


class DroppedFiles(QObject):
    """Says what is to be done with a file, and asks where both may be meant. The window owns it and does it."""

    record_wanted = Signal(object)
    """RecordDraft: an opt-out, with the file as evidence."""
    import_wanted = Signal(object)
    """Path, as the others."""
    clean_wanted = Signal(object)
    verify_wanted = Signal(object)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context = context

    @property
    def _window(self) -> QWidget:
        # Not kept: no cycle through widgets may be left to the collector.
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    @staticmethod
    def hint(path: Path, index: int) -> str:
        """Say what would become of a file that hovers over a screen."""
        if is_surely_evidence(path.name):
            return "Drop it to record an opt-out, with this as evidence."
        what = {
            OPT_OUTS: "file to import the opt-outs in it",
            PLATFORMS: "export of a platform to verify it",
        }.get(on_the_rail(index), "list to clean it")
        return f"Drop the {what}. Your file is never changed."

    def take(self, path: Path, index: int) -> None:
        """Take a file: an e-mail or a picture shows an opt-out; a list is imported on Opt-outs, on Platforms it is an export
        to verify with, elsewhere it is to be cleaned, or she is asked."""
        if is_surely_evidence(path.name):
            self.record_wanted.emit(RecordDraft("", files=(path,)))
        elif on_the_rail(index) == OPT_OUTS:
            self.import_wanted.emit(path)
        elif index == PLATFORMS:
            self.verify_wanted.emit(path)
        else:
            self._ask_what_it_is(path, only_lists=index == CLEAN)

    def _ask_what_it_is(self, path: Path, *, only_lists: bool) -> None:
        from optoutdesk.ui.dialogs.which import what_was_dropped

        desk = self._context.desk
        self._context.lookups.run(
            lambda report: what_was_dropped(desk, path, only_lists=only_lists, progress=report),
            done=self._known_what_it_is,
        )

    @Slot(object)
    def _known_what_it_is(self, dropped: "Dropped") -> None:
        if dropped.known is not None:
            from optoutdesk.ui.dialogs.known_list import KnownDialog

            known = KnownDialog(self._context, dropped.known, self._window)
            known.open_wanted.connect(self.clean_wanted)
            known.open()
        elif dropped.opt_outs:
            from optoutdesk.ui.dialogs.which import WhichDialog

            dialog = WhichDialog(dropped.path, dropped.opt_outs, self._window)
            dialog.import_wanted.connect(self.import_wanted)
            dialog.clean_wanted.connect(self.clean_wanted)
            dialog.open()
        else:
            self.clean_wanted.emit(dropped.path)
