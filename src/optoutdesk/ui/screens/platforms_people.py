"""The people behind the figures of a verification, and what can be done about them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.services.verify_platform import Side
from optoutdesk.ui import words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.models import verify_model as columns
from optoutdesk.ui.models.verify_model import VerifyModel
from optoutdesk.ui.widgets import Button, label, line
from optoutdesk.ui.widgets.basic import restyle
from optoutdesk.ui.widgets.table import ListTable

if TYPE_CHECKING:
    from optoutdesk.services.verify_platform import VerifyCounts, VerifyPreview

_FEW_ROWS = 5
"""So many rows can be seen at least."""
_USUAL = "maria.ortiz@lakeside.example"


class People(QFrame):
    """A table of people, or why there is nobody to show."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._name = ""
        self.model = VerifyModel(context, self)
        self.model.answered.connect(self._answered)
        self.model.failed.connect(self._failed)
        self.table = ListTable("People of the chosen figure")
        self.table.setModel(self.model)
        self.table.set_columns(
            {
                columns.HERE: "Opted out 30 Nov 2026",
                columns.THERE: "Unsubscribed 30 Nov 2026",
                columns.TO_DO: "Take over as opt-out received 30 Nov",
            },
            stretch=columns.ADDRESS,
            chips=[columns.HERE, columns.THERE],
        )
        self._none = label("", "muted", wrap=True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows = _FEW_ROWS * self.table.verticalHeader().defaultSectionSize()
        self.setMinimumHeight(self.table.horizontalHeader().height() + rows + 2)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._none)

    def show_sides(self, preview: "VerifyPreview", sides: tuple[Side, ...]) -> None:
        """Ask for the people of some sides."""
        self._name = preview.platform.name
        self.model.show(preview, sides)

    def say(self, text: str) -> None:
        """Show a sentence instead of people."""
        self._none.setText(text)
        self._stack.setCurrentWidget(self._none)

    def _answered(self) -> None:
        self.table.scrollToTop()
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.table)
            self._fit()
        else:
            self.say(words_platforms.no_rows(self.model.sides, self._name))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what matters least where an address could not be read otherwise."""
        self.table.leave_out(self.width() - 12, _USUAL, (columns.HERE, columns.TO_DO))


class Foot(QWidget):
    """The buttons: what comes first is the primary one."""

    record_wanted = Signal()
    take_over_wanted = Signal()
    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(line())
        row = QHBoxLayout()
        row.setContentsMargins(16, 9, 16, 10)
        row.setSpacing(10)
        self.record = Button("Record this check", primary=True).compact()
        self.record.clicked.connect(self.record_wanted)
        self.take_over = Button("Take over").compact()
        self.take_over.clicked.connect(self.take_over_wanted)
        self.export = Button("Export").compact()
        self.export.clicked.connect(self.export_wanted)
        self.hint = label("", "small", wrap=True)
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(self.hint, 1)
        outer.addLayout(row)

    @property
    def buttons(self) -> tuple[Button, Button, Button]:
        """The buttons, as the eye goes."""
        return self.record, self.take_over, self.export

    def show_counts(self, counts: "VerifyCounts", name: str, *, recorded: bool, to_remove: bool) -> None:
        """Offer what there is to do; `to_remove`: somebody who is active there is still to be removed."""
        unknown = counts.by.get(Side.UNKNOWN_HERE, 0)
        # Where all of them were removed since the export was made, there is nobody to write out.
        still = counts.by.get(Side.STILL_ACTIVE, 0) if to_remove else 0
        self.record.setVisible(not recorded)
        self.take_over.setVisible(unknown > 0)
        self.take_over.setText(words_platforms.take_over_button(counts) if unknown else "Take over")
        self.export.setVisible(still > 0)
        self.export.setText(words_platforms.export_button(still, name))
        restyle(self.take_over, role="primary" if recorded else "")
        restyle(self.export, role="primary" if recorded and not unknown else "")
        self.hint.setText(words_platforms.take_over_hint(counts) if unknown else "")
        self.setVisible(not recorded or unknown > 0 or still > 0)
