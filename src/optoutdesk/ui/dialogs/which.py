"""A file was dropped: what it is; where it can be a list to clean or a file of opt-outs, asks which is meant."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.ui.widgets import Button, Dialog, label

if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.services.cleaned_lists import Known


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that was dropped, and what is known of it."""

    path: Path
    known: "Known | None"
    """From an earlier clean."""
    opt_outs: str = ""
    """What kind of opt-outs it looks like; "" for a contact list like any other."""


def what_was_dropped(
    desk: "Desk", path: Path, *, only_lists: bool, progress: Callable[[int, int], None] | None = None
) -> Dropped:
    """Return what a file is; `only_lists`: where it was dropped nothing but a list to clean is meant."""
    known = desk.cleaned_lists.recognise(path, progress)
    return Dropped(path, known, "" if known is not None or only_lists else is_of_opt_outs(desk, path))


def is_of_opt_outs(desk: "Desk", path: Path) -> str:
    """Return what kind of opt-outs a file looks like; "" when it is a contact list like any other."""
    from optoutdesk.spreadsheets.profiles import GENERIC, People

    try:
        source = desk.import_optouts.open(path, now=desk.now())
    except UserError:
        return ""  # whoever opens it says what is wrong with it
    if len(source.parts) > 1 or (source.parts and source.parts[0].name):
        return "a ZIP with lists of opt-outs"
    for part in source.parts:
        known = [part.recognition.profile] if part.recognition.profile else part.recognition.candidates
        of_opt_outs = [
            p for p in known if p.people not in (People.CONTACTS, People.NOT_STATED) and p.id != GENERIC
        ]
        if of_opt_outs:
            return of_opt_outs[0].name
    return ""


class WhichDialog(Dialog):
    """Import, clean, or neither."""

    import_wanted = Signal(object)
    clean_wanted = Signal(object)

    def __init__(self, path: Path, what: str, parent: QWidget | None = None) -> None:
        super().__init__("Import or clean?", parent)
        self._path = path
        self.setFixedWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("What is this file for?", "large"))
        column.addWidget(label(f"{path.name} looks like {what}.", wrap=True))
        text = (
            "Import the opt-outs in it to suppress these people from now on, "
            "or clean it to take suppressed people out of a list you are about to mail."
        )
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.clean = Button("Clean it")
        self.clean.clicked.connect(self._clean)
        self.confirm = Button("Import opt-outs from it", primary=True)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._import)
        row.addStretch(1)
        for button in (self.cancel, self.clean, self.confirm):
            row.addWidget(button)
        column.addLayout(row)
        self.confirm.setFocus()

    def _clean(self) -> None:
        self.accept()
        self.clean_wanted.emit(self._path)

    def _import(self) -> None:
        self.accept()
        self.import_wanted.emit(self._path)
