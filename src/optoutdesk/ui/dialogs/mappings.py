"""The remembered columns: how files with a header that was met before are read; renamed, forgotten, taken elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import UserError
from optoutdesk.ui import words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.widgets import Button, Dialog, label

if TYPE_CHECKING:
    from optoutdesk.services.remembered_mappings import RememberedMapping

FILES = "Remembered columns (*.json)"


class MappingsDialog(Dialog):
    """A list of names, and what stands behind the chosen one."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("Remembered columns", parent)
        self._memory = context.desk.remembered
        self._known: dict[str, RememberedMapping] = {}
        self.setFixedWidth(560)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("Remembered columns", "large"))
        text = "When you correct what a column means, the next file with the same header is read in the same way."
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(4)
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Remembered columns")
        self.list.setFixedHeight(170)
        column.addWidget(self.list)
        self.nothing = label("Nothing is remembered yet.", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setFixedHeight(170)
        column.addWidget(self.nothing)
        self._about = label("", "small", wrap=True)
        self._about.setMinimumHeight(36)
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._about)
        self._add_name(column)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addSpacing(8)
        self._add_buttons(column)
        self.list.currentItemChanged.connect(self._show_chosen)
        self._fill("")
        (self.list if self._known else self.close_button).setFocus()

    def _add_name(self, column: QVBoxLayout) -> None:
        self._name_row = QWidget()
        row = QHBoxLayout(self._name_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.setMaxLength(80)
        self.rename = Button("Rename")
        self.rename.clicked.connect(self._rename)
        self.forget = Button("Forget")
        self.forget.clicked.connect(self._forget)
        self.name.returnPressed.connect(self._rename)
        row.addWidget(self.name, 1)
        row.addWidget(self.rename)
        row.addWidget(self.forget)
        column.addWidget(self._name_row)

    def _add_buttons(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.bring_in = Button("Bring in…")
        self.bring_in.setToolTip("Take over a file that was exported on another computer")
        self.bring_in.clicked.connect(self._choose_file)
        self.export = Button("Export…")
        self.export.setToolTip("Write all of them to one file, for another computer")
        self.export.clicked.connect(self._choose_target)
        self.close_button = Button("Close", primary=True)
        self.close_button.clicked.connect(self.accept)
        row.addWidget(self.bring_in)
        row.addWidget(self.export)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column.addLayout(row)

    # -- what is shown

    def _fill(self, chosen: str) -> None:
        self._known = {mapping.name: mapping for mapping in self._memory.list()}
        self.list.blockSignals(True)
        self.list.clear()
        for name in self._known:
            self.list.addItem(QListWidgetItem(name))
        self.list.blockSignals(False)
        row = list(self._known).index(chosen) if chosen in self._known else 0
        self.list.setCurrentRow(row if self._known else -1)
        for part, shown in (
            (self.list, self._known),
            (self._name_row, self._known),
            (self._about, self._known),
            (self.nothing, not self._known),
        ):
            part.setVisible(bool(shown))
        self.export.setEnabled(bool(self._known))
        self._show_chosen()
        self._tell(self._memory.trouble)

    def _show_chosen(self) -> None:
        mapping = self._chosen()
        self.name.setText(mapping.name if mapping is not None else "")
        self._about.setText(words_import.mapping_in_words(mapping) if mapping is not None else "")

    def _chosen(self) -> "RememberedMapping | None":
        item = self.list.currentItem()
        return None if item is None else self._known.get(item.text())

    def _tell(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        if self.isVisible():
            self.fit()

    # -- what she does

    def _rename(self) -> None:
        mapping, name = self._chosen(), " ".join(self.name.text().split())
        if mapping is None or name == mapping.name:
            return
        try:
            self._memory.rename(mapping.name, name)
        except UserError as error:
            self._tell(str(error))
            return
        self._fill(name)

    def _forget(self) -> None:
        mapping = self._chosen()
        if mapping is None:
            return
        try:
            self._memory.forget(mapping.name)
        except UserError as error:
            self._tell(str(error))
            return
        self._fill("")
        (self.list if self._known else self.close_button).setFocus()

    def _choose_target(self) -> None:
        dialog = QFileDialog(
            self, "Export the remembered columns as", str(Path.home() / "remembered-columns.json"), FILES
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(self._export)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export(self, name: str) -> None:
        try:
            self._memory.export(Path(name), overwrite=True)  # the file dialog has asked
        except UserError as error:
            self._tell(str(error))

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Bring in remembered columns", str(Path.home()), FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._bring_in)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _bring_in(self, name: str) -> None:
        try:
            self._memory.bring_in(Path(name))
        except UserError as error:
            self._tell(str(error))
            return
        self._fill("")
