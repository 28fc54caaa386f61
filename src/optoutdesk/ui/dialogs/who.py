"""Who is working? Asked once in a session, where there are several names; no password."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from optoutdesk.ui.dialogs.act import show_rows
from optoutdesk.ui.widgets import Button, Dialog, label

_WIDTH = 360
_MOST_ROWS = 10


class WhoDialog(Dialog):
    """The names of the staff; Enter takes the one that is chosen."""

    chosen = Signal(str)

    def __init__(self, names: Sequence[str], usual: str, parent: QWidget | None = None) -> None:
        super().__init__("Who is working?", parent)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("Who is working?", "large", wrap=True))
        hint = "Whatever you do is recorded under this name. You can change it at the bottom left."
        column.addWidget(label(hint, "muted", wrap=True))
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Who is working?")
        for name in names:
            self.list.addItem(QListWidgetItem(name))
        self.list.setCurrentRow(list(names).index(usual) if usual in names else 0)
        self.list.itemDoubleClicked.connect(self._take)  # Enter presses the button
        self.list.currentItemChanged.connect(self._name_button)
        column.addWidget(self.list)
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        self.later = Button("Not now")
        self.later.clicked.connect(self.reject)
        self.confirm = Button("", primary=True)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._take)
        row.addWidget(self.later)
        row.addWidget(self.confirm)
        column.addLayout(row)
        self._name_button()
        self.ensurePolished()
        show_rows(self.list, _MOST_ROWS)
        self.list.setFocus()

    @Slot()
    def _name_button(self) -> None:
        self.confirm.setText(f"I am {self.list.currentItem().text()}".replace("&", "&&"))

    @Slot()
    def _take(self) -> None:
        name = self.list.currentItem().text()
        self.accept()
        self.chosen.emit(name)
