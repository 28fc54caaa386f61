"""The templates of acknowledgements: added, renamed, edited, deleted, and the shipped one brought back."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import UserError
from optoutdesk.services.templates import LONGEST_NAME, LONGEST_SUBJECT, Template
from optoutdesk.ui.context import Context
from optoutdesk.ui.widgets import Button, Dialog, label
from optoutdesk.ui.widgets.field import field

_WIDTH = 700
_NEW = "New template"
PLACES = (
    "Filled in for each request: {address}, {business} (your business’s name), {received} (the day) and "  # noqa: RUF001 - an apostrophe
    "{scope} (what is stopped). Ask the person for nothing: the law does not allow it."
)


class TemplatesDialog(Dialog):
    """The names at the left, the chosen text at the right."""

    kept = Signal(str)
    """The name of the template that is chosen, after something changed."""

    def __init__(self, context: Context, parent: QWidget | None = None, chosen: str = "") -> None:
        super().__init__("Templates", parent)
        self._context = context
        self._templates = context.desk.acknowledge.templates
        self._known: tuple[Template, ...] = ()
        self._shown: Template | None = None
        """What is in the fields as it is kept; None: a new one, or none at all."""
        self._then: Callable[[TemplatesDialog], None] = Dialog.reject
        """What she wanted when she was asked about what is not kept. Not bound: no cycle through widgets."""
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(8)
        column.addWidget(label("Templates", "large"))
        column.addWidget(label(PLACES, "muted", wrap=True))
        column.addSpacing(4)
        parts = QHBoxLayout()
        parts.setSpacing(16)
        parts.addLayout(self._make_list(), 2)
        parts.addLayout(self._make_fields(), 5)
        column.addLayout(parts)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addSpacing(4)
        column.addLayout(self._make_buttons())
        order: list[QWidget] = [self.list, self.add, self.back, self.name, self.subject, self.body]
        order += [self.delete, self.close_button, self.save]
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)
        self._fill(chosen)
        self.list.setFocus()

    def _make_list(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        self.list = QListWidget()
        self.list.setProperty("role", "choices")
        self.list.setAccessibleName("Templates")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.add = Button("Add a template", role="link").compact()
        self.add.clicked.connect(self._add)
        self.back = Button("Back to the usual one", role="link").compact()
        self.back.setToolTip("Bring the shipped template back as it was; your others stay")
        self.back.clicked.connect(self._ask_back)
        column.addWidget(self.list, 1)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        return column

    def _make_fields(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self.name, self.subject = QLineEdit(), QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.subject.setMaxLength(LONGEST_SUBJECT)
        self.body = QPlainTextEdit()
        self.body.setTabChangesFocus(True)
        self.body.setFixedHeight(190)
        column.addLayout(field("&Name", self.name))
        column.addLayout(field("S&ubject", self.subject))
        column.addLayout(field("&Text", self.body))
        for changed in (self.name.textEdited, self.subject.textEdited, self.body.textChanged):
            changed.connect(self._on_edited)
        return column

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.delete = Button("Delete")
        self.delete.clicked.connect(self._ask_delete)
        self.close_button = Button("Close")
        self.close_button.clicked.connect(self.reject)
        self.save = Button("Save", primary=True)
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        row.addWidget(self.delete)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.save)
        return row

    # -- what is shown

    def _fill(self, chosen: str) -> None:
        """Read the templates and show one of them."""
        self._tell("")
        try:
            self._known = self._templates.list()
        except UserError as error:
            self._known = ()
            self._tell(str(error))
        self.list.blockSignals(True)
        self.list.clear()
        for template in self._known:
            self.list.addItem(QListWidgetItem(template.name))
        names = [template.name for template in self._known]
        self.list.setCurrentRow(names.index(chosen) if chosen in names else 0 if names else -1)
        self.list.blockSignals(False)
        place = self.list.currentRow()
        self._show(self._known[place] if place >= 0 else None)
        for part in (self.add, self.back):
            part.setEnabled(bool(self._known))

    def _show(self, template: Template | None) -> None:
        self._shown = template
        self.name.setText(template.name if template is not None else "")
        self.subject.setText(template.subject if template is not None else "")
        self.body.blockSignals(True)
        self.body.setPlainText(template.body if template is not None else "")
        self.body.blockSignals(False)
        for part in (self.name, self.subject, self.body):
            part.setEnabled(bool(self._known))
        self.delete.setEnabled(template is not None and len(self._known) > 1)
        self._on_edited()

    def _typed(self) -> Template:
        return Template(self.name.text(), self.subject.text(), self.body.toPlainText())

    @property
    def _changed(self) -> bool:
        """Whether something was typed that is not kept."""
        if self._shown is None:
            return any((self.subject.text(), self.body.toPlainText()))
        return self._typed() != self._shown

    @Slot()
    def _on_edited(self) -> None:
        self.save.setEnabled(self._changed)

    def _tell(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        if self.isVisible():
            self.fit()

    # -- what she does

    @Slot()
    def _on_chosen(self) -> None:
        item = self.list.currentItem()
        wanted = item.text() if item is not None else ""
        self._select(self._shown.name if self._shown is not None else "")  # until she has answered
        self._leave_for(partial(TemplatesDialog._fill, chosen=wanted))

    def _leave_for(self, then: "Callable[[TemplatesDialog], None]") -> None:
        """Do something else, after a question where she typed what is not kept."""
        if not self._changed:
            then(self)
            return
        self._then = then
        self._context.ask(
            self,
            "Leave it without saving?",
            "What you typed in this template is not kept.",
            "Leave it",
            self._leave,
        )

    def _select(self, name: str) -> None:
        names = [template.name for template in self._known]
        self.list.blockSignals(True)
        self.list.setCurrentRow(names.index(name) if name in names else -1)
        self.list.blockSignals(False)

    def _leave(self) -> None:
        self._then(self)

    @Slot()
    def reject(self) -> None:
        self._leave_for(Dialog.reject)

    @Slot()
    def _add(self) -> None:
        self._leave_for(TemplatesDialog._begin)

    def _begin(self) -> None:
        """Offer empty fields; nothing is kept before she saves."""
        self._select("")
        self._show(None)
        self.name.setText(_NEW)
        self.name.selectAll()
        self.name.setFocus()

    @Slot()
    def _save(self) -> None:
        try:
            saved = self._templates.save(
                self._typed(), instead_of=self._shown.name if self._shown is not None else None
            )
        except UserError as error:
            self._tell(str(error))
            return
        self._fill(saved.name)
        self.kept.emit(saved.name)
        self.list.setFocus()

    @Slot()
    def _ask_delete(self) -> None:
        if self._shown is not None:
            text = "What was sent with it stays on record."
            self._context.ask(self, f"Delete “{self._shown.name}”?", text, "Delete", self._delete)

    def _delete(self) -> None:
        if self._shown is None:
            return
        try:
            self._templates.delete(self._shown.name)
        except UserError as error:
            self._tell(str(error))
            return
        self._fill("")
        self.kept.emit("")

    @Slot()
    def _ask_back(self) -> None:
        text = "The usual template comes back as it was shipped; what you changed in it is lost. Your others stay."
        self._context.ask(self, "Back to the usual template?", text, "Bring it back", self._bring_back)

    def _bring_back(self) -> None:
        try:
            usual = self._templates.bring_back()
        except UserError as error:
            self._tell(str(error))
            return
        self._fill(usual.name)
        self.kept.emit(usual.name)
