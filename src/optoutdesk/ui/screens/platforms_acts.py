"""What she does with a platform: adds and retires it, writes out whom to remove there, marks exactly these done."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.platform_export import Exporting, Prepare, Write
from optoutdesk.ui.screens.platforms_cards import Shown

if TYPE_CHECKING:
    from optoutdesk.services.platforms import PlatformExport, PlatformStanding


class PlatformActs(QObject):
    """Asks and acts for the Platforms screen. Each act asks first."""

    export_written = Signal(object, object)
    """Platform, PlatformExport."""
    not_added = Signal()

    def __init__(self, context: Context, screen: QWidget) -> None:
        super().__init__(screen)
        self._context = context
        self._screen = screen
        self.exporting = Exporting(context, screen)
        self.exporting.written.connect(self.export_written)
        self.exporting.done_wanted.connect(self.mark_done)

    def ask_for_platform(self) -> None:
        """Ask which platform is to be added."""
        from optoutdesk.ui.dialogs.platform_add import AddPlatformDialog

        dialog = AddPlatformDialog(self._context, self._screen.window())
        dialog.rejected.connect(self.not_added)
        dialog.open()

    def retire(self, standing: "PlatformStanding") -> None:
        """Ask whether nobody is kept there any more."""
        from optoutdesk.ui.dialogs.platform_retire import RetireDialog

        RetireDialog(self._context, standing, self._screen.window()).open()

    def show_history(self, platform: Platform) -> None:
        """Show its verifications."""
        from optoutdesk.ui.dialogs.platform_history import VerificationsDialog

        VerificationsDialog(self._context, platform, self._screen.window()).open()

    # -- whom to remove there

    def export(self, standing: "PlatformStanding") -> None:
        """Write out everybody who is to be removed there."""
        self._write_ids(standing.platform, None)

    def save_list(self, platform: Platform, ids: Sequence[int]) -> None:
        """Write out the people of some requests."""
        self._write_ids(platform, ids)

    def _write_ids(self, platform: Platform, ids: Sequence[int] | None) -> None:
        platforms = self._context.desk.platforms

        def write(path: Path, _report: Any) -> "PlatformExport":
            return platforms.export(platform.id, path, ids=ids, overwrite=True)  # the file dialog has asked

        def prepare() -> Write:
            return write

        self.write(platform, prepare)

    def write(self, platform: Platform, prepare: Prepare) -> None:
        """Ask for a name and write; `prepare` gives the work once there is one."""
        self.exporting.ask(platform, prepare)

    def show_list(self, standing: "PlatformStanding") -> None:
        """Show everybody who is to be removed there."""
        from optoutdesk.ui.dialogs.platform_list import ToRemoveDialog

        dialog = ToRemoveDialog(self._context, standing, self._screen.window())
        dialog.done_wanted.connect(self.mark_done)
        dialog.save_wanted.connect(self.save_list)
        dialog.open()

    # -- done

    def done(self, shown: Shown) -> None:
        """Ask about exactly those that were exported, else about those that are to be removed as the card says it."""
        platform, platforms = shown.standing.platform, self._context.desk.platforms
        if shown.exported:
            self.mark_done(platform, shown.exported)
            return
        self._context.lookups.run(
            lambda _report: (platform, platforms.ids_to_remove(platform.id)),
            done=self._known_ids,
            failed=self._failed,
        )

    def _known_ids(self, known: tuple[Platform, list[int]]) -> None:
        self.mark_done(*known)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._screen, error)

    def mark_done(self, platform: Platform, ids: Sequence[int]) -> None:
        """Ask whether people were removed at a platform, and when."""
        from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog, Wanted

        if ids:
            who = "this person" if len(ids) == 1 else f"these {words.number(len(ids))} people"
            wanted = Wanted(tuple(ids), who, only=platform)
            MarkDoneDialog(self._context, wanted, self._screen.window()).open()
