"""What will happen: the counts of an import before anything is written, and the rows behind each of them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.importing import Counts, Shown
from optoutdesk.ui import words_import
from optoutdesk.ui.context import Context
from optoutdesk.ui.models import import_model as columns
from optoutdesk.ui.models.import_model import ImportModel
from optoutdesk.ui.screens.clean_result import Notice
from optoutdesk.ui.widgets import Card, label, line
from optoutdesk.ui.widgets.table import ListTable
from optoutdesk.ui.widgets.tiles import Tiles, TileText
from optoutdesk.ui.widgets.work import WorkLine

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Preview

_FEW_ROWS = 5
"""So many rows can be seen at least."""
_SHOW_AFTER = 300
_USUAL = "principal@elmstreet-school.example"
"""An address of this length must be readable."""
_SCROLL_BAR = 34
"""With the padding of a cell."""


class CountsCard(Card):
    """The counts and the rows of the chosen one."""

    cancel_wanted = Signal()
    count_wanted = Signal()
    clean_wanted = Signal()
    """It is a list of contacts: she wants it cleaned."""

    def __init__(self, context: Context) -> None:
        super().__init__("What will happen", "nothing is written until you press Import")
        self._context = context
        self._preview: Preview | None = None
        self.body.setContentsMargins(0, 0, 0, 6)
        self.body.setSpacing(0)
        self.work = WorkLine()
        self.work.cancel.clicked.connect(self.cancel_wanted)
        self.said = Notice("Count again")
        self.said.pressed.connect(self.count_wanted)
        self.contacts = Notice("Clean this list")
        self.contacts.pressed.connect(self.clean_wanted)
        self.tiles = Tiles("What becomes of the rows")
        self.tiles.changed.connect(self._chosen)
        self._line = line()
        self.conflicts = Notice("Show them")
        self.conflicts.pressed.connect(self._show_conflicts)
        self.facts = label("", "small", wrap=True)
        self.facts.setContentsMargins(16, 8, 16, 8)
        under = (self.facts, self._inset(self.conflicts))
        for part in (
            self.work,
            self._inset(self.said),
            self._inset(self.contacts),
            self.tiles,
            self._line,
            *under,
        ):
            self.body.addWidget(part)
        self._add_table()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_SHOW_AFTER)
        self._late.timeout.connect(self._show_work)
        self.work.hide()
        self.clear()

    @staticmethod
    def _inset(notice: Notice) -> QFrame:
        """Return a notice with room around it, which it takes only while it is shown."""
        holder = QFrame()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(notice)
        return holder

    def _add_table(self) -> None:
        self.model = ImportModel(self._context, self)
        self.model.answered.connect(self._answered)
        self.model.failed.connect(self._failed)
        self.table = ListTable("Rows of the chosen count")
        self.table.setModel(self.model)
        self.none = label("", "muted", wrap=True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        holder = QFrame()
        rows = _FEW_ROWS * self.table.verticalHeader().defaultSectionSize()
        holder.setMinimumHeight(self.table.horizontalHeader().height() + rows + 2)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.none)
        self.body.addWidget(holder, 1)

    # -- what is shown

    @property
    def preview(self) -> "Preview | None":
        """What is shown."""
        return self._preview

    def begin(self, *phases: str) -> None:
        """Say that it is being counted; what was counted before stays in sight, but is out of date."""
        self.model.stop()
        self._tell("", "accent", again=False)
        self.tiles.setEnabled(False)
        self.table.setEnabled(False)
        self.work.begin(*phases)
        if self._preview is None and self.model.rowCount() == 0:
            self._say("Counting…")
        self._late.start()

    def _show_work(self) -> None:
        self.work.show()

    def _stop_work(self) -> None:
        self._late.stop()
        self.work.hide()

    def show_counts(self, preview: "Preview") -> None:
        """Show what was counted."""
        self._stop_work()
        counts = preview.counts
        self._preview = preview
        shown = [
            TileText(
                key,
                value,
                words_import.tile_text(key, value),
                _tone(key, value),
                words_import.TILES[key].hint,
            )
            for key, value in words_import.tiles(counts)
        ]
        chosen = self.tiles.key()
        keys = [tile.key for tile in shown]
        if chosen not in keys:
            filled = [tile.key for tile in shown if tile.figure]
            chosen = Shown.NEW if counts.by.get(Shown.NEW, 0) or not filled else filled[0]
        self.model.members = tuple(part.name for part in preview.source.parts)
        self.tiles.show_tiles(shown, chosen)
        for part in (self.tiles, self.table):
            part.setEnabled(True)
        self.tiles.show()
        self._line.show()
        self._tell("", "accent", again=False)
        self._tell_contacts(preview)
        self._tell_conflicts(counts)
        self.facts.setText(words_import.facts(counts))
        self.facts.setVisible(bool(self.facts.text()))
        assert isinstance(chosen, Shown)
        self._ask(chosen)

    def start_over(self) -> None:
        """Show no counts, and the first one of the next file, whichever was chosen of this one."""
        self.clear()
        self.tiles.show_tiles([], None)

    def clear(self, text: str = "", *, again: bool = False, tone: str = "accent") -> None:
        """Show no counts, and why."""
        self._stop_work()
        self._preview = None
        self.model.clear()
        self.tiles.hide()
        self._line.hide()
        self.facts.hide()
        for notice in (self.contacts, self.conflicts):
            notice.tell("", "warning")
            _room(notice, shown=False)
        self._say("")
        self._tell(text, tone, again=again)

    def _tell(self, text: str, tone: str, *, again: bool) -> None:
        self.said.tell(text, tone)
        self.said.button.setVisible(again)
        _room(self.said, shown=bool(text))

    def _tell_contacts(self, preview: "Preview") -> None:
        """Say why nothing of a file goes in."""
        source = preview.source
        text = "" if any(part.taken for part in source.parts) else words_import.nothing_taken(source)
        self.contacts.tell(text, "warning")
        self.contacts.button.setVisible(len(source.parts) == 1)
        _room(self.contacts, shown=bool(text))

    def _tell_conflicts(self, counts: Counts) -> None:
        rows = counts.by.get(Shown.CONFLICT, 0)
        self.conflicts.tell(words_import.conflicts(rows) if rows else "", "warning")
        _room(self.conflicts, shown=bool(rows))

    def _show_conflicts(self) -> None:
        self.tiles.choose(Shown.CONFLICT)
        self.tiles.first_focus()

    def _say(self, text: str) -> None:
        self.none.setText(text)
        self._stack.setCurrentWidget(self.none)

    # -- the rows

    def _chosen(self, key: object) -> None:
        if self._preview is not None and isinstance(key, Shown):
            self._ask(key)

    def _ask(self, shown: Shown) -> None:
        assert self._preview is not None
        self.model.show(self._preview, shown)

    def _answered(self) -> None:
        shown = self.model.shown
        wanted = columns.columns_of(shown, members=len(self.model.members) > 1)
        last = self.model.row(self.model.rowCount() - 1).row if self.model.rowCount() else 0
        widest = {
            columns.ROW: max(f"{max(last, 1000):,}", columns.HEADERS[columns.ROW], key=len),
            columns.MEMBER: "unsubscribed_email_au",
            columns.RECEIVED: "Wed 30 Nov 00:00",
            columns.DUE: "Wed 30 Nov 2026",
            columns.SINCE: "Wed 30 Nov 00:00",
            columns.SCOPE: "Newsletter list",
        }
        stretch = columns.WHY if columns.WHY in wanted else columns.ADDRESS
        if stretch == columns.ADDRESS:
            widest[columns.RECEIVED] = "Wed 30 Nov 2026 00:00"  # there is room for the year
        else:
            widest[columns.ADDRESS] = _USUAL
        for column in range(self.model.columnCount()):
            self.table.setColumnHidden(column, column not in wanted)
        self.table.set_columns(widest, stretch=stretch)
        self._fit_table()
        self.table.scrollToTop()
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.table)
        else:
            self._say(words_import.no_rows(shown, self._preview.counts if self._preview else None))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_table()

    def _fit_table(self) -> None:
        """Leave out what matters least where an address could not be read otherwise."""
        wanted = columns.columns_of(self.model.shown, members=len(self.model.members) > 1)
        fixed = sum(self.table.fixed_width(column) for column in wanted - {columns.ADDRESS})
        left = self.width() - _SCROLL_BAR - fixed - self.table.fontMetrics().horizontalAdvance(_USUAL)
        if columns.WHY in wanted:
            return
        for column in (columns.SCOPE, columns.MEMBER):
            self.table.setColumnHidden(column, column not in wanted or left < 0)
            left += self.table.fixed_width(column) if left < 0 and column in wanted else 0

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)


def _tone(key: Shown, value: int) -> str:
    """Return the colour of a figure; a nought is nothing to look at."""
    return words_import.TILES[key].tone if value else "muted"


def _room(notice: Notice, *, shown: bool) -> None:
    holder = notice.parentWidget()
    if holder is not None:
        holder.setVisible(shown)
