"""How a list is to be understood: which sheet, whether it has a header, which columns hold addresses."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPen, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import NoAddressColumnError, UserError
from optoutdesk.services.clean_list import ListFile
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.theme import color, theme
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.table import MUTED_ROLE, Index, ListTable, RowDelegate

HOLDS, LETTER, NAME, SAMPLES = range(4)
HEADERS = ("Addresses", "Column", "Name", "For example")


class ColumnsModel(QAbstractTableModel):
    """The columns of a list; those that hold addresses are checked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file: ListFile | None = None
        self.checked: set[int] = set()

    def show(self, file: ListFile, checked: set[int]) -> None:
        """Show the columns of a list."""
        self.beginResetModel()
        self._file = file
        self.checked = set(checked)
        self.endResetModel()

    def toggle(self, row: int) -> None:
        """Check or uncheck a column."""
        self.checked ^= {row}
        index = self.index(row, HOLDS)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() or self._file is None else len(self._file.layout.columns)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == HOLDS else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != HOLDS:
            return False
        if (Qt.CheckState(value) == Qt.CheckState.Checked) != (index.row() in self.checked):
            self.toggle(index.row())
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._file is None:
            return None
        column = self._file.layout.columns[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == HOLDS:
            return Qt.CheckState.Checked if index.row() in self.checked else Qt.CheckState.Unchecked
        if role == MUTED_ROLE:
            return index.column() in (LETTER, SAMPLES)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == HOLDS:
            return f"Column {column.letter} {column.name} holds addresses"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            samples = " · ".join(column.samples) or "nothing"
            return ("", column.letter, column.name or words.NONE, samples)[index.column()]
        return None


class _BoxDelegate(RowDelegate):
    """Paints the box of the first column."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if state is None:
            return
        on = Qt.CheckState(state) == Qt.CheckState.Checked
        colours = theme()
        rect: Any = option.rect
        box = QRectF(rect.left() + 12.5, rect.center().y() - 7, 15, 15)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(colours.accent if on else colours.muted), 1))
        painter.setBrush(color(colours.accent if on else colours.surface))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            painter.setPen(
                QPen(color(colours.on_accent), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            x, y = box.left(), box.top()
            painter.drawPolyline(
                [_point(x + 3.6, y + 7.8), _point(x + 6.4, y + 10.6), _point(x + 11.4, y + 4.8)]
            )
        painter.restore()


def _point(x: float, y: float) -> Any:
    return QRectF(x, y, 0, 0).topLeft()


class ColumnsDialog(Dialog):
    """Shows how a list was understood and lets her correct it; `chosen` gives the list as she wants it read."""

    chosen = Signal(object)

    def __init__(
        self, context: Context, file: ListFile, parent: QWidget | None = None, *, none_chosen: bool = False
    ) -> None:
        """`none_chosen`: no column looked like addresses, so none is checked."""
        super().__init__("Change columns", parent)
        self._context = context
        self._file = file
        self._question = 0
        self.setFixedWidth(660)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label("Where are the addresses?", "large"))
        text = "Check every column that holds addresses: a row goes when one of them is suppressed."
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.sheet = QComboBox()
        self.sheet.setAccessibleName("Sheet")
        self.sheet.addItems(list(file.table.sheets))
        if file.table.sheet is not None:
            self.sheet.setCurrentText(file.table.sheet)
        self.sheet_name = label("Sheet", "bold")
        for part in (self.sheet_name, self.sheet):
            part.setVisible(len(file.table.sheets) > 1)
            row.addWidget(part)
        self.header = QCheckBox()
        self._show_header(file)
        row.addWidget(self.header)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(4)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        self.model = ColumnsModel(self)
        self.table = ListTable("Columns of the list")
        self.table.setModel(self.model)
        self.table.setItemDelegate(_BoxDelegate(self.table))
        self.table.set_columns(
            {HOLDS: "Addresses", LETTER: "Column", NAME: "E-mail 1 - Value xxx"}, stretch=SAMPLES
        )
        self.table.setMinimumHeight(320)
        self.table.clicked.connect(self._clicked)
        inside.addWidget(self.table)
        column.addWidget(card)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.confirm = Button("Check the list again", primary=True)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._choose)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.confirm)
        column.addLayout(buttons)
        self.model.dataChanged.connect(self._checked)
        self._show(file, set() if none_chosen else set(file.layout.address_columns))
        self.sheet.currentIndexChanged.connect(self._read_again)
        self.header.toggled.connect(self._read_again)
        self.table.setFocus()

    def _show(self, file: ListFile, checked: set[int]) -> None:
        self._file = file
        self.model.show(file, checked)
        if self.model.rowCount():
            self.table.selectRow(min(checked, default=0))
        self._checked()

    def _show_header(self, file: ListFile) -> None:
        """Say which row names the columns; titles may stand above it."""
        row = file.layout.header_row
        which = "The first row" if row is None or row == 1 else f"Row {words.number(row)}"
        self.header.setText(f"{which} names the columns")
        self.header.setAccessibleName(f"{which} names the columns; it is no person")
        self.header.blockSignals(True)
        self.header.setChecked(row is not None)
        self.header.blockSignals(False)

    def _checked(self) -> None:
        self.confirm.setEnabled(bool(self.model.checked))
        self._complain("" if self.model.checked else "Check the column that holds the addresses.")

    def _complain(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.table.scrollTo(self.table.currentIndex(), self.table.ScrollHint.PositionAtCenter)

    def _clicked(self, index: QModelIndex) -> None:
        self.model.toggle(index.row())

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Space and self.table.hasFocus() and self.table.currentIndex().isValid():
            self.model.toggle(self.table.currentIndex().row())
            return
        super().keyPressEvent(event)

    # -- another sheet, another header

    def _read_again(self) -> None:
        self._question += 1
        question, clean_list, path = self._question, self._context.desk.clean_list, self._file.path
        sheet = self.sheet.currentText() if self.sheet.count() else None
        header = self.header.isChecked() if self.sender() is self.header else None

        def work(_report: Any) -> tuple[int, ListFile, bool]:
            try:
                return question, clean_list.open(path, sheet=sheet, header=header), True
            except NoAddressColumnError:
                return question, clean_list.open(path, sheet=sheet, header=header, columns=("A",)), False

        self.confirm.setEnabled(False)
        self._context.tasks.run(work, done=self._read, failed=self._not_read)

    def _read(self, outcome: tuple[int, ListFile, bool]) -> None:
        question, file, found = outcome
        if question != self._question:
            return
        self._show_header(file)
        self._show(file, set(file.layout.address_columns) if found else set())

    def _not_read(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._complain(str(error))

    def _choose(self) -> None:
        columns = tuple(sorted(self.model.checked))
        chosen = replace(self._file, layout=replace(self._file.layout, address_columns=columns))
        self.accept()
        self.chosen.emit(chosen)
