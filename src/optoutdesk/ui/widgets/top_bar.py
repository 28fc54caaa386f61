"""The bar above the screens: find anybody, import, record."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout

from optoutdesk.ui.widgets.basic import Button
from optoutdesk.ui.widgets.find_box import FindBox


class TopBar(QFrame):
    """What is at hand on every screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "topbar")
        self.setFixedHeight(58)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(12)
        self.find_box = FindBox(QKeySequence("Ctrl+K"))
        self.import_button = Button("Import opt-outs…")
        self.import_button.setToolTip("Ctrl+I")
        self.record_button = Button("Record opt-out", primary=True)
        self.record_button.setToolTip("Ctrl+N")
        row.addWidget(self.find_box, 3)
        row.addStretch(1)
        row.addWidget(self.import_button)
        row.addWidget(self.record_button)
