"""What the cards of the Settings screen are made of: a setting with its words at the left and its field at the right."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from optoutdesk.ui.widgets.basic import label

FIELD_WIDTH = 320


class SettingRow(QWidget):
    """One setting."""

    def __init__(self, title: str, hint: str, field: QWidget) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(24)
        said = QVBoxLayout()
        said.setSpacing(2)
        self.title = label(title, "strong", wrap=True)
        self.hint = label(hint, "small", wrap=True)
        self.hint.setVisible(bool(hint))
        said.addWidget(self.title)
        said.addWidget(self.hint)
        said.addStretch(1)
        self.title.setBuddy(field)
        field.setAccessibleDescription(hint)
        field.setFixedWidth(FIELD_WIDTH)
        row.addLayout(said, 1)
        row.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
        self.field = field

    def tell(self, hint: str) -> None:
        """Say something else about it."""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.field.setAccessibleDescription(hint)


class SettingBox(QWidget):
    """A setting that is on or off, with what that means below it."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(1)
        self.box = QCheckBox(text)
        self.box.setAccessibleName(text)
        self.box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.hint = label("", "small", wrap=True)
        self.hint.setContentsMargins(27, 0, 0, 0)
        column.addWidget(self.box)
        column.addWidget(self.hint)
        self.tell(hint)

    def tell(self, hint: str) -> None:
        """Say something else about it."""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.box.setAccessibleDescription(hint)

    def show_value(self, *, on: bool) -> None:
        """Show what is saved, as if nobody had touched it."""
        with QSignalBlocker(self.box):
            self.box.setChecked(on)


def paragraph() -> QLabel:
    """Return a small text over the whole width, which can be copied."""
    made = label("", "small", wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
