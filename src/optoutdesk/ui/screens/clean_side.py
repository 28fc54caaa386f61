"""What stands beside a result: saving it, what else to remove, and which mailing it is for."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.cleaning import CleanRecord, Rules
from optoutdesk.services.clean_list import Outputs, Plan, Result
from optoutdesk.ui import words
from optoutdesk.ui.widgets import Button, Card, Chip, ElidedLabel, label


@dataclass(frozen=True, slots=True)
class Options:
    """What she chose beside the list itself."""

    target: str | None
    rules: Rules


class SaveCard(Card):
    """Names the files that will be written, saves them, and says that it is done."""

    def __init__(self) -> None:
        super().__init__("Save the clean list")
        self.files = ElidedLabel("", "strong", elide=Qt.TextElideMode.ElideMiddle)
        self.people = label("", "small", wrap=True)
        self.removed_file = ElidedLabel("", "strong", elide=Qt.TextElideMode.ElideMiddle)
        self.rows = label("", "small", wrap=True)
        self.state = label("", "small", wrap=True)
        self.saved = Chip("Saved", "ok")
        self.header.addWidget(self.saved)
        self.save = Button("Save clean list", primary=True)
        self.elsewhere = Button("Save somewhere else…", role="link")
        self.show_folder = Button("Show in folder")
        self.body.setSpacing(2)
        for text, spacing in (
            (self.state, 4),
            (self.files, 0),
            (self.people, 8),
            (self.removed_file, 0),
            (self.rows, 8),
        ):
            self.body.addWidget(text)
            self.body.addSpacing(spacing)
        self.body.addWidget(self.save)
        self.body.addSpacing(4)
        self.body.addWidget(self.elsewhere, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self.show_folder)

    def show_plan(self, result: Result, outputs: Outputs, note: str = "", *, ready: bool = True) -> None:
        """Say what would be saved, and whether it can be saved already."""
        self.title.setText("Save the clean list")
        self.saved.hide()
        self._name(outputs.clean, outputs.removed, result.kept, result.removed_count)
        self._tell(note, "warning")
        self.save.setText("Save clean list")
        self.save.setEnabled(ready)
        self.save.show()
        self.elsewhere.setVisible(ready)
        self.show_folder.hide()

    def show_saved(self, record: CleanRecord) -> None:
        """Say what was saved."""
        self.title.setText("Your clean list")
        self.saved.show()
        self._name(record.output_path, record.removed_path, record.kept, record.rows - record.kept)
        self._tell("", "")
        self.save.hide()
        self.elsewhere.hide()
        self.show_folder.show()
        self.setAccessibleDescription(
            f"Saved. {record.output_path.name}, {words.count(record.kept, 'person', 'people')}"
        )

    def _name(self, clean: Path, removed: Path, kept: int, gone: int) -> None:
        self.files.setText(clean.name)
        self.people.setText(f"{words.count(kept, 'person', 'people')} · send to these")
        self.removed_file.setText(removed.name)
        self.rows.setText(f"{words.count(gone, 'row')} with reasons · for your files")

    def _tell(self, note: str, role: str) -> None:
        self.state.setText(note)
        self.state.setProperty("role", role or "small")
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)
        self.state.setVisible(bool(note))


class Side(QScrollArea):
    """The three cards; `changed` when an option was changed by her."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.save_card = SaveCard()
        body = QWidget()
        body.setProperty("role", "plain")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.save_card)
        column.addWidget(self._also_remove())
        column.addWidget(self._sending_for())
        column.addStretch(1)
        self.setWidget(body)

    def fit(self, width: int) -> None:
        """Be this wide, or as wide as the largest letters need."""
        body = self.widget()
        self.setFixedWidth(max(width, body.minimumSizeHint().width() if body else 0))

    def _also_remove(self) -> Card:
        card = Card("Also remove")
        self.duplicates = QCheckBox("Duplicates")
        self.duplicates.setAccessibleName("Also remove duplicates")
        self.duplicates.setChecked(True)
        self.address_only = QCheckBox("Only the address itself")
        self.address_only.setAccessibleName("Only take out the suppressed address when a row has several")
        for box in (self.duplicates, self.address_only):
            box.toggled.connect(self.changed)
        card.body.addWidget(self.duplicates)
        card.body.addWidget(self.address_only)
        hint = label("where a row has several: the row and its other addresses stay", "small", wrap=True)
        hint.setContentsMargins(27, 0, 0, 0)
        card.body.setSpacing(4)
        card.body.addWidget(hint)
        return card

    def _sending_for(self) -> Card:
        card = Card("Sending for")
        self.target = QComboBox()
        self.target.setAccessibleName("The mailing this list is for")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target.setMinimumContentsLength(10)
        self.explanation = label("", "small", wrap=True)
        card.body.addWidget(self.target)
        card.body.addWidget(self.explanation)
        self.show_lists([])
        self.target.currentIndexChanged.connect(self._explain)
        self.target.currentIndexChanged.connect(self.changed)
        return card

    def show_lists(self, scopes: list[str]) -> None:
        """Offer these lists."""
        wanted = [("Any mail (safest)", None), *((scope, scope) for scope in scopes)]
        if [self.target.itemData(i) for i in range(self.target.count())] != [scope for _, scope in wanted]:
            chosen = self.target.currentData()
            self.target.blockSignals(True)
            self.target.clear()
            for text, scope in wanted:
                self.target.addItem(text, scope)
            self.target.setCurrentIndex(max(0, self.target.findData(chosen)))
            self.target.blockSignals(False)
        self._explain()

    def _explain(self) -> None:
        target = self.target.currentData()
        others = [
            self.target.itemData(i)
            for i in range(1, self.target.count())
            if self.target.itemData(i) != target
        ]
        if target is None:
            text = "Whoever opted out of anything is removed."
        elif not others:
            text = f"Whoever opted out of “{target}” or of all mail is removed."
        else:
            named = " or ".join(f"“{name}”" for name in others) if len(others) <= 2 else "other lists"
            text = f"People who left only {named} stay on this list."
        self.explanation.setText(text)

    def options(self) -> Options:
        """Return what is chosen."""
        rules = Rules(
            keep_duplicates=not self.duplicates.isChecked(), drop_address_only=self.address_only.isChecked()
        )
        return Options(self.target.currentData(), rules)

    def show_options(self, plan: Plan) -> None:
        """Set the options to those of a plan, as if nobody had touched them."""
        for part in (self.duplicates, self.address_only, self.target):
            part.blockSignals(True)
        self.duplicates.setChecked(not plan.rules.keep_duplicates)
        self.address_only.setChecked(plan.rules.drop_address_only)
        self.target.setCurrentIndex(max(0, self.target.findData(plan.target)))
        for part in (self.duplicates, self.address_only, self.target):
            part.blockSignals(False)
        self._explain()
