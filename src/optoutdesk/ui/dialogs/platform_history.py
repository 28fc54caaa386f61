"""The verifications of one platform so far: when, with which file, what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.platforms import Verification
from optoutdesk.ui import words, words_batches, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.table import MUTED_ROLE, ListTable

if TYPE_CHECKING:
    from optoutdesk.domain.platforms import Platform

Index = QModelIndex | QPersistentModelIndex
_MOST = 200


class VerificationsModel(QAbstractTableModel):
    """Verifications, the newest first."""

    HEADERS = ("When", "By", "File", "SHA-256", "Verified", "What came of it")
    WHEN, BY, FILE, SHA, VERIFIED, CAME = range(len(HEADERS))

    def __init__(
        self, context: Context, verifications: Sequence[Verification], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._verifications = verifications

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._verifications)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        made, column = self._verifications[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(made, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            full = {self.FILE: f"{made.path}\n{made.profile_name}", self.SHA: made.sha256}
            return full.get(column, self._text(made, column))
        return column == self.SHA if role == MUTED_ROLE else None

    def _text(self, made: Verification, column: int) -> str:
        return {
            self.WHEN: words.moment(made.at, self._context.zone, self._context.today()),
            self.BY: made.by or words.NONE,
            self.FILE: made.path.name,
            self.SHA: words_batches.sha_short(made.sha256),
            self.VERIFIED: words.number(made.verified),
            self.CAME: words_platforms.verification_line(made),
        }[column]


class VerificationsDialog(Dialog):
    """The list, to be read."""

    def __init__(self, context: Context, platform: "Platform", parent: QWidget | None = None) -> None:
        super().__init__(f"Verifications of {platform.name}", parent)
        self.setFixedWidth(880)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(f"Verifications of {platform.name}", "large", wrap=True))
        made = context.desk.platforms.verifications(platform.id, _MOST)
        text = (
            "Each was a comparison with its own export. The SHA-256 says exactly which file it was."
            if made
            else "It was never verified. Drop an export of it on its card to prove that nobody is still active there."
        )
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(4)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        self.model = VerificationsModel(context, made, self)
        self.table = ListTable("Verifications")
        self.table.setModel(self.model)
        model = self.model
        self.table.set_columns(
            {
                model.WHEN: "Wed 30 Nov 00:00",
                model.BY: "Catherine",
                model.SHA: "00000000…",
                model.VERIFIED: "Verified",
                model.CAME: "8,960 agree, 12 still active there",
            },
            stretch=model.FILE,
        )
        self.table.setFixedHeight(300)
        inside.addWidget(self.table)
        card.setVisible(bool(made))
        column.addWidget(card)
        row = QHBoxLayout()
        row.addStretch(1)
        self.close_button = Button("Close", primary=True)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        row.addWidget(self.close_button)
        column.addSpacing(8)
        column.addLayout(row)
        self.close_button.setFocus()
