"""Several chosen requests of the register: what can be done with them at once."""

from collections.abc import Collection

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QVBoxLayout, QWidget

from optoutdesk.ui.context import Context
from optoutdesk.ui.models.register_model import RegisterModel
from optoutdesk.ui.screens.today_acts import TodayActs
from optoutdesk.ui.screens.today_bars import SelectionBar
from optoutdesk.ui.widgets.table import ListTable

_FLAG = QItemSelectionModel.SelectionFlag


class Several(QWidget):
    """The bar below the table; it is there while more than one request is chosen."""

    def __init__(self, context: Context, table: ListTable, model: RegisterModel, screen: QWidget) -> None:
        super().__init__()
        self._table = table
        self._model = model
        self.acts = TodayActs(context, screen, self.ids)
        self.bar = SelectionBar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.addWidget(self.bar)
        self.hide()
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.selectionModel().selectionChanged.connect(self._changed)
        self.bar.done_wanted.connect(self.acts.ask_chosen_done)
        self.bar.assign_wanted.connect(self.acts.ask_chosen_assign)
        self.bar.none_wanted.connect(self._choose_none)

    def _rows(self) -> list[int]:
        return sorted({index.row() for index in self._table.selectionModel().selectedRows()})

    def ids(self) -> frozenset[int]:
        """Return the requests that are chosen."""
        return frozenset(self._model.row(row).request.id for row in self._rows())

    def _changed(self) -> None:
        """Offer what can be done with several at once."""
        rows = self._rows()
        several = len(rows) > 1
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self._table)
        self.bar.show_count(len(rows) if several else 0)
        self.setVisible(several)
        some_open = any(self._model.row(row).open for row in rows)
        for button in (self.bar.done, self.bar.assign):
            button.setEnabled(some_open)
            button.setToolTip("" if some_open else "None of these is open")
        if had_focus and not several:
            self._table.setFocus()

    def _choose_none(self) -> None:
        """Let go of all but the one the panel shows."""
        row = self._table.currentIndex().row()
        if row >= 0:
            self.choose(row)
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, row: int) -> None:
        """Choose one row and no other, whichever keys are held down."""
        index = self._model.index(row, 0)
        self._table.selectionModel().setCurrentIndex(index, _FLAG.ClearAndSelect | _FLAG.Rows)

    def choose_again(self, ids: Collection[int]) -> bool:
        """Choose the requests that were chosen before the rows were read again; False where none is left."""
        rows = self._model.rows_of(ids)
        if not rows:
            return False
        self.choose(rows[0])
        for row in rows[1:]:
            self._table.selectionModel().select(self._model.index(row, 0), _FLAG.Select | _FLAG.Rows)
        return True
