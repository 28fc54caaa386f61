"""A file turned out to be another platform's export, or could be of several: asks which platform it is about."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from optoutdesk.domain.platforms import Platform
from optoutdesk.ui.dialogs.act import show_rows
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.basic import breakable


class OtherPlatformDialog(Dialog):
    """Verify the other platform, take the file for this one's all the same, or neither."""

    other_wanted = Signal(str)
    """Name of a platform of hers."""
    same_wanted = Signal()

    def __init__(
        self, file: str, other: str, platform: Platform, hers: str, parent: QWidget | None = None
    ) -> None:
        """`other`: whose export it is; `hers`: the name she has for that platform, "" when it is none of hers."""
        super().__init__("Another platform", parent)
        self._hers = hers
        self.setFixedWidth(500)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(f"This is an export of {other}", "large", wrap=True))
        column.addWidget(label(breakable(f"{file} does not come from {platform.name}."), wrap=True))
        text = (
            f"It can show how {hers} stands, but not whether anybody is still active in {platform.name}."
            if hers
            else f"{other} is not among your platforms. To prove that nobody is still active in {platform.name}, "
            "export it there."
        )
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.same = Button(f"It is of {platform.name}")
        self.same.setToolTip("Compare it all the same; it is recorded only when you say so")
        self.same.clicked.connect(self._same)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.confirm = Button(f"Verify {hers}", primary=True)
        self.confirm.clicked.connect(self._other)
        self.confirm.setVisible(bool(hers))
        row.addWidget(self.same)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.confirm)
        column.addLayout(row)
        (self.confirm if hers else self.cancel).setDefault(True)
        (self.confirm if hers else self.cancel).setFocus()

    def _same(self) -> None:
        self.accept()
        self.same_wanted.emit()

    def _other(self) -> None:
        self.accept()
        self.other_wanted.emit(self._hers)


class WhichPlatformDialog(Dialog):
    """The platforms, one of which is to be verified with a file; `chosen` gives it."""

    chosen = Signal(object)

    def __init__(
        self, file: Path, platforms: Sequence[Platform], looks_like: str = "", parent: QWidget | None = None
    ) -> None:
        """`looks_like`: name of the platform it is recognised as, which is none of these."""
        super().__init__("Which platform?", parent)
        self._platforms = platforms
        self.setFixedWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("Which platform is this export of?", "large", wrap=True))
        text = (
            f"{file.name} looks like an export of {looks_like}, which is not among your platforms."
            if looks_like
            else f"{file.name} does not say it."
        )
        column.addWidget(label(breakable(text), "muted", wrap=True))
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Platforms")
        for number, platform in enumerate(platforms):
            item = QListWidgetItem(platform.name)
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        show_rows(self.list, 8)
        column.addWidget(self.list)
        column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.confirm = Button("Verify it", primary=True)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        row.addWidget(self.cancel)
        row.addWidget(self.confirm)
        column.addLayout(row)
        self.list.setFocus()

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self.chosen.emit(self._platforms[int(item.data(Qt.ItemDataRole.UserRole))])
