"""What every screen is given: the desk, the clock, the worker, the one broadcast, and the ways to other screens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.services.changes import Changes
from optoutdesk.ui.tasks import Tasks

# Names in signatures only: loading them would delay the window's first paint.
if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.domain.errors import UserError
    from optoutdesk.domain.requests import Channel, Kind
    from optoutdesk.services.record_optout import Recorded

EVERYTHING = ~Changes.NOTHING


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """What is known already of an opt-out that is being recorded."""

    text: str
    channel: "Channel | None" = None
    day: date | None = None
    """Received on this day at an unknown time; None: now."""
    files: tuple[Path, ...] = ()
    """What shows it."""


class Context(QObject):
    """One window's view of the desk."""

    changed = Signal(object)
    """Changes: what an act changed; each screen reloads what it shows."""
    open_list = Signal(object)
    """Path: go to Clean a list and open it."""
    import_file = Signal(object)
    """Path: go to Import opt-outs and open it."""
    file_given = Signal(object)
    """Path: a file was dropped where both may be meant; ask if it looks like opt-outs, else clean it."""
    choose_import = Signal()
    """Go to Import opt-outs and ask for a file."""
    show_imports = Signal()
    """Go to the imports made so far, and the backups."""
    show_history = Signal(object, str)
    """Kind, key: go to Opt-outs with that address's or domain's history."""
    show_open = Signal()
    """Go to Opt-outs with the open requests."""
    record_optout = Signal(str)
    """Open the Record dialog with this text."""
    record_draft = Signal(object)
    """RecordDraft: open the Record dialog with this, for her to complete."""
    notice = Signal(str)
    """One short sentence on what was just done, shown for a moment."""
    find = Signal()
    """Open the find box."""

    def __init__(self, desk: "Desk", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.tasks = Tasks(desk.close, self)
        self.lookups = Tasks(desk.close, self)
        """A second worker for short questions: a search must not wait behind a long clean."""

    def now(self) -> datetime:
        """Return the present moment, aware."""
        return self.desk.now()

    @property
    def zone(self) -> str:
        """The business's time zone."""
        return self.desk.counting.zone

    def today(self) -> date:
        """Return the business's local day."""
        return self.desk.counting.today(self.now())

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the business's time zone."""
        from zoneinfo import ZoneInfo

        return moment.astimezone(ZoneInfo(self.zone))

    def close(self) -> None:
        """Stop both workers."""
        self.lookups.close()
        self.tasks.close()

    def broadcast(self, changes: Changes) -> None:
        """Tell every screen what an act changed."""
        if changes:
            self.changed.emit(changes)

    def go_to_history(self, kind: "Kind", key: str) -> None:
        """Ask the window for an address's or a domain's history."""
        self.show_history.emit(kind, key)

    def go_to_list(self, path: Path) -> None:
        """Ask the window to open a contact list."""
        self.open_list.emit(path)

    def ask(
        self,
        parent: QWidget,
        title: str,
        text: str,
        yes: str,
        then: Callable[[], object],
        *,
        details: str = "",
    ) -> QWidget:
        """Ask before an act and return at once; `then` is called when she presses `yes`."""
        from optoutdesk.ui.widgets.message import ask

        return ask(parent, title, text, yes, then, details=details)

    def tell_recorded(self, parent: QWidget, items: "Sequence[Recorded]") -> None:
        """Say what recording did: in passing, or in a dialog where somebody may still be mailed."""
        from optoutdesk.ui import words

        if said := words.recorded(items):
            self.notice.emit(said)
        if held := words.not_blocked(items):
            from optoutdesk.ui.widgets.message import Message

            Message(parent, "Recorded, but not blocked", held).open()

    def complain(self, parent: QWidget, error: "UserError") -> QWidget:
        """Show what went wrong: one plain sentence, the details behind a button. Returns at once."""
        from optoutdesk.ui.widgets.message import complain

        return complain(parent, str(error), error.details)
