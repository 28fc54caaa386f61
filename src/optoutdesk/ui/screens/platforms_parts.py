"""Parts of a verification that say how its file was read, and the calm lines below its figures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.ui import words_import, words_platforms
from optoutdesk.ui.screens.imports_members import MemberRow, MembersCard
from optoutdesk.ui.widgets import Button, label, line

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Part


class PartRow(MemberRow):
    """One list of a ZIP; here people who are subscribed count too."""

    def __init__(self, number: int, part: "Part") -> None:
        super().__init__(number, part)
        self.box.setAccessibleName(f"Compare with {part.name}")

    def show_part(self, part: "Part", options: "Options", *, open_: bool) -> None:
        """Show what the list says of the people in it."""
        self.box.setChecked(options.take)
        before, name = words_import.looks_like(part)
        self.what.setText(name or before)
        self.chip.show_state(*words_platforms.member_state(part))
        self.look.setChecked(open_)


class PartsCard(MembersCard):
    """All lists of a ZIP."""

    row_of = PartRow

    def __init__(self) -> None:
        super().__init__("together they say who is active there and who opted out")


class CalmLine(QWidget):
    """A sentence below the figures, to look at it and to do something about it."""

    looked = Signal()
    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(16, 5, 12, 5)
        row.setSpacing(8)
        self.text = label("", "smalltext", wrap=True)
        self.look = Button("Show them").compact()
        self.look.clicked.connect(self.looked)
        self.act = Button("").compact()
        self.act.clicked.connect(self.pressed)
        row.addWidget(self.text, 1)
        row.addWidget(self.look)
        row.addWidget(self.act)
        outer.addLayout(row)
        outer.addWidget(line())
        self.hide()

    def tell(self, text: str, *, act: str = "", look: bool = True) -> None:
        """Show a sentence with its buttons; nothing for an empty one."""
        self.text.setText(text)
        self.look.setVisible(look)
        self.look.setAccessibleName(f"Show them: {text}")
        self.act.setText(act)
        self.act.setVisible(bool(act))
        self.setVisible(bool(text))
