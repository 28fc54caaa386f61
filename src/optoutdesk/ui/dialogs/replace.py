"""Asks before a file of an earlier clean is replaced."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.ui.widgets import Button, Dialog, label


class ReplaceDialog(Dialog):
    """Replace, another name, or cancel."""

    replace = Signal()
    rename = Signal()

    def __init__(self, there: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__("Replace the files?", parent)
        self.setFixedWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        names = " and ".join(path.name for path in there)
        column.addWidget(label("Replace files of an earlier clean?", "large", wrap=True))
        folder = f"the folder “{there[0].parent.name}”" if there[0].parent.name else "the same folder"
        text = f"{names} {'is' if len(there) == 1 else 'are'} in {folder} already."
        column.addWidget(label(text, wrap=True))
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.another = Button("Another name…")
        self.another.clicked.connect(self._rename)
        self.confirm = Button("Replace", primary=True)
        self.confirm.clicked.connect(self._replace)
        row.addWidget(self.another)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.confirm)
        column.addLayout(row)
        self.cancel.setFocus()

    def _replace(self) -> None:
        self.accept()
        self.replace.emit()

    def _rename(self) -> None:
        self.accept()
        self.rename.emit()
