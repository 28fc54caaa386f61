"""A short list of names or addresses, each in a field of its own: add, change, remove."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from optoutdesk.ui.widgets.basic import Button, label

_LONGEST = 120
_BUTTON_WIDTH = 78


class _Row(QWidget):
    """One name and the button that removes it."""

    edited = Signal(object)
    """This row: its field was left or Enter was pressed."""
    unwanted = Signal(object)

    def __init__(self, kind: str, text: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.text = text
        self.field = QLineEdit(text)
        self.field.setMaxLength(_LONGEST)
        self.field.setAccessibleName(f"{kind} {text}")
        self.remove = Button("Remove").compact()
        self.remove.setAccessibleName(f"Remove {text}")
        self.remove.setFixedWidth(_BUTTON_WIDTH)
        row.addWidget(self.field, 1)
        row.addWidget(self.remove)
        self.field.editingFinished.connect(self._on_edited)
        self.remove.clicked.connect(self._on_unwanted)

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit(self)

    @Slot()
    def _on_unwanted(self) -> None:
        self.unwanted.emit(self)


class NamesEdit(QWidget):
    """The list; whoever has it saves what it emits and shows it anew."""

    changed = Signal(object, str, str)
    """tuple[str, ...]: all names; what one was before and is now: "" before an added one and after a removed one."""

    def __init__(
        self,
        kind: str,
        read: Callable[[str], str],
        twice: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        """`kind`: what one of them is, as `Name`. `read` returns what was typed as it is kept; ValueError says what is wrong."""
        super().__init__(parent)
        self._kind, self._read, self._twice = kind, read, twice
        self.rows: list[_Row] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column.addLayout(self._rows)
        last = QHBoxLayout()
        last.setSpacing(8)
        self.fresh = QLineEdit()
        self.fresh.setMaxLength(_LONGEST)
        self.fresh.setAccessibleName(f"Add: {kind.lower()}")
        self.fresh.returnPressed.connect(self._add)
        self.add = Button("Add").compact()
        self.add.setAccessibleName(f"Add this {kind.lower()}")
        self.add.setFixedWidth(_BUTTON_WIDTH)
        self.add.clicked.connect(self._add)
        last.addWidget(self.fresh, 1)
        last.addWidget(self.add)
        column.addLayout(last)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)

    @property
    def names(self) -> tuple[str, ...]:
        """The names as they are saved."""
        return tuple(row.text for row in self.rows)

    def show_names(self, names: Sequence[str]) -> None:
        """Show what is saved."""
        if self.names == tuple(names):
            return
        focused = QApplication.focusWidget() or self
        at = next((i for i, row in enumerate(self.rows) if row.isAncestorOf(focused)), None)
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(name) for name in names]
        stops = [part for row in self.rows for part in (row.field, row.remove)]
        for one, following in zip([*stops, self.fresh], [*stops[1:], self.fresh, self.add], strict=True):
            QWidget.setTabOrder(one, following)
        if at is not None:  # the keyboard stays where it was
            (self.rows[min(at, len(self.rows) - 1)].remove if self.rows else self.fresh).setFocus()

    def _row(self, name: str) -> _Row:
        row = _Row(self._kind, name)
        row.edited.connect(self._change)
        row.unwanted.connect(self._remove)
        self._rows.addWidget(row)
        return row

    def complain(self, sentence: str) -> None:
        """Say what is wrong with what was typed."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    @Slot()
    def _add(self) -> None:
        text = " ".join(self.fresh.text().split())
        if not text:
            self.fresh.setFocus()
            return
        name = self._checked(text, None)
        if name:
            self.fresh.clear()
            self.fresh.setFocus()
            self.changed.emit((*self.names, name), "", name)

    @Slot(object)
    def _change(self, row: _Row) -> None:
        text = " ".join(row.field.text().split())
        if row not in self.rows or text == row.text:
            return
        if not text:
            row.field.setText(row.text)  # Remove removes it, an empty field may be a slip
            return
        name = self._checked(text, row)
        if name and name != row.text:
            names = tuple(name if each is row else each.text for each in self.rows)
            self.changed.emit(names, row.text, name)

    @Slot(object)
    def _remove(self, row: _Row) -> None:
        self.complain("")
        self.changed.emit(tuple(each.text for each in self.rows if each is not row), row.text, "")

    def _checked(self, text: str, row: _Row | None) -> str:
        """Return a name as it is kept, "" for one that cannot be, and say why."""
        try:
            name = self._read(text)
        except ValueError as error:
            self.complain(str(error))
            return ""
        others = {each.text.casefold() for each in self.rows if each is not row}
        if name.casefold() in others:
            self.complain(self._twice(name))
            return ""
        self.complain("")
        return name
