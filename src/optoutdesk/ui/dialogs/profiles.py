"""What a file is, when it was not recognised or not rightly: one of the exports that are known, or any spreadsheet."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from optoutdesk.spreadsheets.profiles import GENERIC, load_profiles
from optoutdesk.ui import words_import
from optoutdesk.ui.widgets import Button, Dialog, label

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Part


class ProfileDialog(Dialog):
    """A list of exports to choose from; `chosen` gives the id of a profile."""

    chosen = Signal(str)

    def __init__(self, part: "Part", parent: QWidget | None = None) -> None:
        super().__init__("Choose what this file is", parent)
        self.setFixedWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("What is this file?", "large"))
        text = "Where it comes from decides what its columns mean, and who in it opted out."
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(4)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Part of a name")
        self.search.setAccessibleName("Search by part of a name")
        self.search.setClearButtonEnabled(True)
        column.addWidget(self.search)
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("What this file can be")
        self.list.setMinimumHeight(300)
        column.addWidget(self.list)
        self._fill(part)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.confirm = Button("Read it as this", primary=True)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._choose)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.confirm)
        column.addLayout(buttons)
        self.search.textChanged.connect(self._narrow)
        self.list.itemActivated.connect(self._choose)
        self.list.itemSelectionChanged.connect(self._on_selected)
        self.list.setFocus()

    def _fill(self, part: "Part") -> None:
        """List what the file can be first, then any spreadsheet, then all others by name."""
        candidates = [profile.id for profile in part.recognition.candidates]
        others = sorted(
            (p for p in load_profiles().values() if p.id != GENERIC and p.id not in candidates),
            key=lambda profile: profile.name.casefold(),
        )
        choices = [(profile.name, profile.id) for profile in part.recognition.candidates]
        choices.append((words_import.ANY_SPREADSHEET, GENERIC))
        choices += [(profile.name, profile.id) for profile in others]
        for name, key in choices:
            item = QListWidgetItem(f"{name}  ·  looks like it" if key in candidates else name)
            item.setData(Qt.ItemDataRole.UserRole, key)
            self.list.addItem(item)
            if key == part.profile.id:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)

    def _narrow(self, text: str) -> None:
        first = None
        for number in range(self.list.count()):
            item = self.list.item(number)
            shown = text.casefold().strip() in item.text().casefold()
            item.setHidden(not shown)
            first = first or (item if shown else None)
        if first is not None and self.list.currentItem().isHidden():
            self.list.setCurrentItem(first)
        self._on_selected()

    def _on_selected(self) -> None:
        item = self.list.currentItem()
        self.confirm.setEnabled(item is not None and not item.isHidden())

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is None or item.isHidden():
            return
        self.accept()
        self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
