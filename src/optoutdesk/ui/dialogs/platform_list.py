"""Who is to be removed at a platform: the list, to be read and copied, and marked done when it is."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.services.due_requests import Due, Urgency
from optoutdesk.ui import words
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.table import TONE_ROLE, ListTable

if TYPE_CHECKING:
    from optoutdesk.services.platforms import PlatformStanding

Index = QModelIndex | QPersistentModelIndex
ADDRESS, LIST, RECEIVED, DUE = range(4)
_HEADERS = ("Address", "List", "Received", "Due")


class ToRemoveModel(QAbstractTableModel):
    """People to remove at a platform, by due date. All are read at once: they are to be copied and counted."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = context.today()
        self.rows: list[Due] = []

    def show(self, rows: list[Due]) -> None:
        """Show these requests."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        due, column = self.rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(due, column)
        if role == TONE_ROLE and column == DUE and due.urgency is not Urgency.ON_TRACK:
            return "danger" if due.urgency is Urgency.OVERDUE else "warning"
        return None

    def _text(self, due: Due, column: int) -> str:
        request = due.request
        if column == ADDRESS:
            return words.subject(request.kind, request.key)
        if column == LIST:
            return words.scope(request.scope)
        if column == RECEIVED:
            return words.received_day(request.received)
        return words.narrow_day(request.due, self._today)


class ToRemoveDialog(Dialog):
    """The list; `done_wanted` gives exactly the requests that were shown."""

    done_wanted = Signal(object, object)
    """Platform, ids."""
    save_wanted = Signal(object, object)
    """Platform, ids: she wants them in a file."""

    def __init__(self, context: Context, standing: "PlatformStanding", parent: QWidget | None = None) -> None:
        super().__init__(f"To remove in {standing.platform.name}", parent)
        self._context = context
        self._platform: Platform = standing.platform
        self.setFixedWidth(640)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(f"To remove in {standing.platform.name}", "large", wrap=True))
        self.text = label("", "muted", wrap=True)
        column.addWidget(self.text)
        self.why_not = label(standing.why_not, "small", wrap=True)
        self.why_not.setVisible(bool(standing.why_not))
        column.addWidget(self.why_not)
        column.addSpacing(4)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        self.model = ToRemoveModel(context, self)
        self.table = ListTable("People to remove")
        self.table.setModel(self.model)
        self.table.set_columns(
            {LIST: "Newsletter", RECEIVED: "by 30 Nov 2026", DUE: "Wed 30 Nov"}, stretch=ADDRESS, chips=[DUE]
        )
        self.table.setFixedHeight(320)
        inside.addWidget(self.table)
        column.addWidget(card)
        column.addSpacing(8)
        column.addLayout(self._buttons())
        self._count(standing.to_remove)
        self._allow(allowed=False)
        self._read()
        self.copy.setFocus()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.copy = Button("Copy addresses")
        self.copy.clicked.connect(self._copy)
        self.save = Button("Save as a file…")
        self.save.clicked.connect(self._save)
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.reject)
        self.mark = Button("Mark done", primary=True)
        self.mark.clicked.connect(self._mark_done)
        row.addWidget(self.copy)
        row.addWidget(self.save)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.mark)
        return row

    def _count(self, people: int) -> None:
        they = "this person" if people == 1 else f"these {words.number(people)}"
        self.text.setText(f"Take {they} out there, or unsubscribe them there, then mark them done here.")
        self.mark.setText(f"Mark {words.number(people)} done")

    def _allow(self, *, allowed: bool) -> None:
        for button in (self.save, self.mark):
            button.setEnabled(allowed)

    def _read(self) -> None:
        platforms, platform, now = self._context.desk.platforms, self._platform, self._context.now()

        def work(report: Any) -> list[Due]:
            found: list[Due] = []
            after = None
            while True:
                page = platforms.to_remove(platform.id, now, after, 500)
                found += page.requests
                report(len(found), 0)
                after = page.after
                if after is None:
                    return found

        self._task = self._context.lookups.run(work, done=self._show, failed=self._failed)

    def _show(self, found: list[Due]) -> None:
        self.model.show(found)
        self._count(len(found))
        self._allow(allowed=bool(found))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    def done(self, result: int) -> None:
        self._task.cancel()  # what she does not see needs not be read
        super().done(result)

    def _ids(self) -> list[int]:
        return [due.request.id for due in self.model.rows]

    def _copy(self) -> None:
        names = dict.fromkeys(words.subject(d.request.kind, d.request.key) for d in self.model.rows)
        QGuiApplication.clipboard().setText("\n".join(names))
        self.copy.setText("Copied")

    def _save(self) -> None:
        self.accept()
        self.save_wanted.emit(self._platform, self._ids())

    def _mark_done(self) -> None:
        self.accept()
        self.done_wanted.emit(self._platform, self._ids())
