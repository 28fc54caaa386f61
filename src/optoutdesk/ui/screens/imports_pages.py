"""What Import shows before there is a file, and after a file was imported."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.importing import TO_MEND, Shown
from optoutdesk.ui import words, words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.clean_result import Notice
from optoutdesk.ui.widgets import Button, Card, DropZone, label, line
from optoutdesk.ui.widgets.tiles import Tiles, TileText

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Imported

FILES = "Lists of opt-outs (*.csv *.tsv *.txt *.xlsx *.xls *.ods *.zip);;All files (*)"
_STEPS = (
    (
        "Any list will do",
        "An export of your newsletter program, a spreadsheet, a text file, a list of hashes, a ZIP.",
    ),
    (
        "You see first what happens",
        "New, already known, overdue, to review: counted before anything is written.",
    ),
    ("Nothing is lost", "A backup is made first, and each import can be undone by its name."),
)


class StartPage(QWidget):
    """The drop zone, what will happen, and what went wrong before."""

    imports_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 24)
        page.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(label("Import opt-outs", "title"), 1)
        self.imports = Button("Imports and backups…").compact()
        self.imports.clicked.connect(self.imports_wanted)
        head.addWidget(self.imports)
        page.addLayout(head)
        page.addSpacing(3)
        page.addWidget(
            label(
                "Bring in the people who opted out elsewhere: they are suppressed here from then on.",
                "muted",
                wrap=True,
            )
        )
        page.addSpacing(16)
        self.problem = Notice("Details")
        self.problem.pressed.connect(self._show_details)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("Details")
        self.details.setFixedHeight(96)
        page.addWidget(self.problem)
        page.addWidget(self.details)
        page.addSpacing(12)
        self.zone = DropZone(
            "Drop a file of opt-outs here",
            "or click, or press Enter, to choose one. CSV, TSV, text, Excel, ODS or ZIP.",
            dialog_title="Open a file of opt-outs",
            files=FILES,
        )
        self.zone.setMinimumHeight(200)
        page.addWidget(self.zone, 1)
        page.addSpacing(16)
        steps = QHBoxLayout()
        steps.setSpacing(16)
        for number, (title, text) in enumerate(_STEPS, 1):
            card = Card()
            card.body.setSpacing(3)
            card.body.addWidget(label(f"{number}  {title}", "strong", wrap=True))
            card.body.addWidget(label(text, "small", wrap=True))
            card.body.addStretch(1)
            steps.addWidget(card, 1)
        page.addLayout(steps)
        self.tell(None)

    def tell(self, error: UserError | None) -> None:
        """Show what went wrong, or nothing."""
        self.problem.tell("" if error is None else str(error), "danger")
        details = "" if error is None else error.details
        self.details.setPlainText(details)
        self.details.hide()
        self.problem.button.setVisible(bool(details))

    def first_focus(self) -> None:
        """Put the keyboard on the drop zone."""
        self.zone.setFocus()

    def _show_details(self) -> None:
        self.details.setVisible(not self.details.isVisible())


class DonePage(QWidget):
    """What was imported, and what comes next."""

    open_wanted = Signal()
    mend_wanted = Signal()
    undo_wanted = Signal()
    imports_wanted = Signal()
    another_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 24)
        page.setSpacing(0)
        self.title = label("", "title", wrap=True)
        self.line = label("", "muted", wrap=True)
        page.addWidget(self.title)
        page.addSpacing(3)
        page.addWidget(self.line)
        page.addSpacing(16)
        card = Card("What was imported")
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.setSpacing(0)
        self.figures = Tiles("What was imported", to_read=True)
        card.body.addWidget(self.figures)
        page.addWidget(card)
        page.addSpacing(16)
        page.addWidget(self._next_steps())
        page.addSpacing(16)
        page.addWidget(self._way_back())
        page.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.another = Button("Import another file…")
        self.another.clicked.connect(self.another_wanted)
        self.to_optouts = Button("Show the open requests", primary=True)
        self.to_optouts.clicked.connect(self.open_wanted)
        row.addStretch(1)
        row.addWidget(self.another)
        row.addWidget(self.to_optouts)
        page.addLayout(row)

    def _next_steps(self) -> Card:
        card = Card("What comes next")
        card.body.setContentsMargins(0, 0, 0, 0)
        card.body.setSpacing(0)
        self.next = label("", wrap=True)
        holder = QWidget()
        inside = QHBoxLayout(holder)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self.next)
        card.body.addWidget(holder)
        self._mend_line = QWidget()
        outer = QVBoxLayout(self._mend_line)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(line())
        row = QHBoxLayout()
        row.setContentsMargins(16, 9, 12, 9)
        self.mend_text = label("", wrap=True)
        self.mend = Button("").compact()
        self.mend.clicked.connect(self.mend_wanted)
        row.addWidget(self.mend_text, 1)
        row.addWidget(self.mend)
        outer.addLayout(row)
        card.body.addWidget(self._mend_line)
        return card

    def _way_back(self) -> Card:
        card = Card("If it was not right")
        card.body.setContentsMargins(16, 9, 12, 9)
        row = QHBoxLayout()
        self.backup = label("", "small", wrap=True)
        self.undo = Button("Undo this import…").compact()
        self.undo.clicked.connect(self.undo_wanted)
        self.imports = Button("All imports…").compact()
        self.imports.clicked.connect(self.imports_wanted)
        row.addWidget(self.backup, 1)
        row.addWidget(self.imports)
        row.addWidget(self.undo)
        card.body.addLayout(row)
        return card

    def show_imported(self, imported: "Imported") -> None:
        """Say what was done."""
        batch, counts = imported.batch, imported.counts
        new = counts.by.get(Shown.NEW, 0)
        when = words.moment(batch.at, self._context.zone, self._context.today())
        self.title.setText(words_import.imported_title(counts))
        self.line.setText(f"from {batch.source_name} · {when}{f' · {batch.by}' if batch.by else ''}")
        shown = [
            TileText(
                key,
                value,
                words_import.tile_text(key, value),
                words_import.TILES[key].tone if value else "muted",
            )
            for key, value in words_import.tiles(counts)
        ]
        self.figures.show_tiles(shown, None)
        self.next.setText(words_import.next_step(counts))
        rows = counts.sum(TO_MEND)
        self._mend_line.setVisible(rows > 0)
        self.mend_text.setText(words_import.mend_text(rows))
        self.mend.setText(words_import.to_mend_button(rows))
        self.mend.setEnabled(True)
        self.backup.setText(f"The list as it was before is kept as {imported.backup.name}.")
        self.backup.setToolTip(str(imported.backup))
        self.to_optouts.setVisible(new > 0)

    def mended(self, name: str) -> None:
        """Say where the rows to mend are."""
        self.mend_text.setText(
            f"Saved as {name}. Correct them there and import that file: the rest is known by then."
        )
        if self.window().focusWidget() is self.mend:
            self.another.setFocus()
        self.mend.setEnabled(False)
