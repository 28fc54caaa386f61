"""Which list of wireless domains counts, as a line on the Settings screen, with the ways to another one."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from optoutdesk.services.counting import WirelessDomains
from optoutdesk.ui import words_settings
from optoutdesk.ui.widgets.basic import Button, breakable, label
from optoutdesk.ui.widgets.drop_zone import start_folder

_FILES = "Lists of domains (*.txt *.csv *.tsv);;All files (*)"


class WirelessLine(QWidget):
    """The line. It says what is wanted; the screen reads, asks and keeps."""

    file_chosen = Signal(object)
    """Path: the list she wants to load."""
    shipped_wanted = Signal()
    """She wants the list of the program back."""

    def __init__(self) -> None:
        super().__init__()
        self.dialog: QFileDialog | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.text = label("", wrap=True)
        self.load = Button(words_settings.LOAD_WIRELESS, role="link").compact()
        self.load.setToolTip("A text or CSV file with one domain a line")
        self.back = Button(words_settings.SHIPPED_WIRELESS, role="link").compact()
        row.addWidget(self.text, 1)
        for button in (self.load, self.back):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.load.clicked.connect(self.choose)
        self.back.clicked.connect(self.shipped_wanted)

    def show_list(self, domains: WirelessDomains, loaded: date | None, today: date) -> None:
        """Say which list counts; `loaded`: the business's day on which she loaded it."""
        self.text.setText(breakable(words_settings.wireless_list(domains, loaded, today)))
        own = bool(domains.file)
        self.load.setText(words_settings.LOAD_ANOTHER if own else words_settings.LOAD_WIRELESS)
        self.load.setAccessibleDescription(self.text.text())
        if not own and self.window().focusWidget() is self.back:
            self.load.setFocus()
        self.back.setVisible(own)

    @Slot()
    def choose(self) -> None:
        """Ask for a file; returns at once."""
        dialog = self.dialog = QFileDialog(self, words_settings.LOAD_TITLE, start_folder(), _FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.destroyed.connect(self._on_dialog_gone)
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    @Slot()
    def _on_dialog_gone(self) -> None:
        self.dialog = None

    @Slot(str)
    def _on_file(self, name: str) -> None:
        self.file_chosen.emit(Path(name))
