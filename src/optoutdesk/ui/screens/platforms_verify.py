"""A verification as it is seen: what the file is, the three figures, the people behind them, and what to do."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from optoutdesk.services.verify_platform import Side
from optoutdesk.ui import words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.clean_result import Notice
from optoutdesk.ui.screens.imports_columns import ColumnsCard
from optoutdesk.ui.screens.imports_questions import PartContext
from optoutdesk.ui.screens.platforms_parts import CalmLine, PartsCard
from optoutdesk.ui.screens.platforms_people import Foot, People
from optoutdesk.ui.widgets import Button, Card, line
from optoutdesk.ui.widgets.tiles import Tiles, TileText
from optoutdesk.ui.widgets.work import WorkLine

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Options, Source
    from optoutdesk.services.verify_platform import VerifyCounts, VerifyPreview

_SHOW_AFTER = 300


class VerifyView(QWidget):
    """Everything about one verification; what stands behind it does the work."""

    closed = Signal()
    cancel_wanted = Signal()
    count_wanted = Signal()
    profile_wanted = Signal()
    record_wanted = Signal()
    take_over_wanted = Signal()
    export_wanted = Signal()
    not_there_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._preview: VerifyPreview | None = None
        self._several = False
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        self.parts, self.columns = PartsCard(), ColumnsCard()
        self.profile = Button("Not right? Choose…").compact()
        self.profile.setAccessibleName("Not right? Choose what this file is")
        self.profile.clicked.connect(self.profile_wanted)
        self.columns.header.addWidget(self.profile)
        self.columns.rows_changed.connect(self.order)
        self.card = Card("Verify")
        column.addWidget(self.parts)
        column.addWidget(self.columns)
        column.addWidget(self.card, 1)
        self._add_head()
        self._add_figures()
        self._add_people()
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_SHOW_AFTER)
        self._late.timeout.connect(self._show_work)
        self.start_over("")

    def _add_head(self) -> None:
        self.how = Button("How it was read").compact()
        self.how.setCheckable(True)
        self.how.clicked.connect(self.show_how)
        self.close_button = Button("Close").compact()
        self.close_button.clicked.connect(self.closed)
        self.card.header.setContentsMargins(16, 8, 12, 8)
        self.card.header.addWidget(self.how)
        self.card.header.addWidget(self.close_button)
        self.card.body.setContentsMargins(0, 0, 0, 0)
        self.card.body.setSpacing(0)

    def _add_figures(self) -> None:
        body = self.card.body
        self.work = WorkLine()
        self.work.cancel.clicked.connect(self.cancel_wanted)
        self.said = Notice("Compare again")
        self.said.pressed.connect(self.count_wanted)
        self.doubt = Notice()
        self.recorded = Notice()
        self.taken = Notice("Undo…")
        self.taken.button.setAccessibleName("Undo taking over")
        self.taken.pressed.connect(self.undo_wanted)
        body.addWidget(self.work)
        for notice in (self.said, self.doubt, self.recorded, self.taken):
            holder = QFrame()
            inside = QVBoxLayout(holder)
            inside.setContentsMargins(12, 10, 12, 4)
            inside.addWidget(notice)
            body.addWidget(holder)
        self.tiles = Tiles("How the two sides compare")
        self.tiles.changed.connect(self._chosen)
        self._line = line()
        self.absent, self.single, self.review = CalmLine(), CalmLine(), CalmLine()
        self.absent.pressed.connect(self.not_there_wanted)
        self._of_lines = {
            Side.ABSENT: self.absent,
            Side.SINGLE_LIST: self.single,
            Side.REVIEW: self.review,
        }
        self.absent.looked.connect(self._show_absent)
        self.single.looked.connect(self._show_single)
        self.review.looked.connect(self._show_review)
        for part in (self.tiles, self._line, *self._of_lines.values()):
            body.addWidget(part)

    def _add_people(self) -> None:
        self.people = People(self._context)
        self.model, self.table = self.people.model, self.people.table
        self.card.body.addWidget(self.people, 1)
        self._rest = QWidget()  # takes what is left while there are no people to show
        self.card.body.addWidget(self._rest, 1)
        self.foot = Foot()
        self.record, self.take_over, self.export = self.foot.buttons
        self.hint = self.foot.hint
        self.foot.record_wanted.connect(self.record_wanted)
        self.foot.take_over_wanted.connect(self.take_over_wanted)
        self.foot.export_wanted.connect(self.export_wanted)
        self.card.body.addWidget(self.foot)

    # -- from the file to its figures

    @property
    def preview(self) -> "VerifyPreview | None":
        """What is shown."""
        return self._preview

    def start_over(self, name: str) -> None:
        """Show a platform whose file is about to be looked at."""
        self.card.title.setText(f"Verify {name}")
        self.card.setAccessibleName(f"Verify {name}")
        self.card.hint.setText("")
        for part in (self.parts, self.columns, self.how):
            part.hide()
        self.how.setChecked(False)
        self.doubt.tell("", "warning")
        self.recorded.tell("", "ok")
        self.taken.tell("", "ok")
        self.clear()
        self.tiles.show_tiles([], None)
        self._room()

    def begin(self, *phases: str) -> None:
        """Say that work is under way; what was compared before stays in sight, but is out of date."""
        self.model.stop()
        self.said.tell("", "accent")
        self._allow(allowed=False)
        self.work.begin(*phases)
        if self._preview is None and self.model.rowCount() == 0:
            self.people.say("")
        self._late.start()
        self._room()

    def _show_work(self) -> None:
        self.work.show()

    def lock(self, *, locked: bool) -> None:
        """Let nothing be corrected while something is written."""
        for part in (self.parts, self.columns):
            part.setEnabled(not locked)

    def rest(self) -> None:
        """Nothing is under way any more."""
        self._late.stop()
        self.work.hide()
        self._allow(allowed=self._preview is not None)

    def _allow(self, *, allowed: bool) -> None:
        focused = self.window().focusWidget()
        locked = (self.tiles, self.table, self.foot, *self._of_lines.values())
        if not allowed and any(focused is not None and part.isAncestorOf(focused) for part in locked):
            self.close_button.setFocus()  # the keyboard would go to the rail
        for part in locked:
            part.setEnabled(allowed)

    def clear(self, text: str = "", *, again: bool = False, tone: str = "accent") -> None:
        """Show no figures, and why."""
        self._late.stop()
        self.work.hide()
        self._preview = None
        self.model.clear()
        for part in (self.tiles, self._line, self.foot, self.people, *self._of_lines.values()):
            part.hide()
        self.said.tell(text, tone)
        self.said.button.setVisible(again)
        self._room()

    def show_source(
        self, source: "Source", options: "Sequence[Options]", number: int, context: PartContext
    ) -> None:
        """Show how the file is understood; `number` is the list whose columns are in sight."""
        self._several = len(source.parts) > 1
        self.card.hint.setText(words_platforms.facts(source.path.name, None))
        if self._several:
            self.parts.show_source(source, options, number)
        self.columns.show_part(source.parts[number], options[number], None, context)
        self.how.show()
        self.show_how(self.how.isChecked())

    def show_how(self, shown: bool) -> None:
        """Show or hide how the file was read."""
        self.how.setChecked(shown)
        self.parts.setVisible(shown and self._several)
        self.columns.setVisible(shown)
        self.order()

    def show_preview(self, preview: "VerifyPreview", *, sure: bool, recorded: bool, to_remove: bool) -> None:
        """Show what was compared; `to_remove`: somebody who is active in the file is still to be removed there."""
        self._preview = preview
        counts, name = preview.counts, preview.platform.name
        self.card.hint.setText(words_platforms.facts(preview.source.path.name, counts))
        self.said.tell("", "accent")
        shown = [
            TileText(side, counts.by.get(side, 0), figure.text, _tone(figure.tone, counts, side), figure.hint)
            for side, figure in words_platforms.FIGURES.items()
        ]
        before = self.tiles.key()
        self.tiles.show_tiles(shown, before)
        self.tiles.show()
        self._line.show()
        self.people.show()
        self._show_lines(preview, sure=sure or recorded)
        self.foot.show_counts(counts, name, recorded=recorded, to_remove=to_remove)
        doubt = f"It is not certain that this is an export of {name}. Look at the figures first."
        self.doubt.tell("" if sure or recorded else doubt, "warning")
        self.rest()
        self.order()
        self._ask(self._first_sides(counts) if before is None else (Side(str(before)),))
        self._room()

    @staticmethod
    def _first_sides(counts: "VerifyCounts") -> tuple[Side, ...]:
        """All differences together, or whoever agrees where there are none."""
        different = any(counts.by.get(side, 0) for side in words_platforms.DIFFERENCES)
        return words_platforms.DIFFERENCES if different else (Side.AGREE,)

    def _show_lines(self, preview: "VerifyPreview", *, sure: bool) -> None:
        by, name = preview.counts.by, preview.platform.name
        absent, single, review = (by.get(side, 0) for side in (Side.ABSENT, Side.SINGLE_LIST, Side.REVIEW))
        self.absent.tell(
            words_platforms.absent_text(absent) if absent else "",
            # Who is missing in a file that may not be this platform's own is not offered as never there.
            act=f"Mark {'it' if absent == 1 else 'them'} not there" if sure else "",
        )
        self.single.tell(words_platforms.single_list_text(single, name) if single else "")
        self.review.tell(words_platforms.review_text(review) if review else "")

    def tell_recorded(self, text: str) -> None:
        """Say what recording did."""
        self.recorded.tell(text, "ok")
        self._room()

    def tell_taken(self, text: str) -> None:
        """Say what was taken over, with the way back."""
        self.taken.tell(text, "ok")
        self._room()

    def _room(self) -> None:
        """Let notices take room only while they are shown."""
        self._rest.setVisible(self.people.isHidden())
        for notice in (self.said, self.doubt, self.recorded, self.taken):
            holder = notice.parentWidget()
            if holder is not None:
                holder.setVisible(not notice.isHidden())

    # -- the people

    def _chosen(self, key: object) -> None:
        if self._preview is None:
            return
        if key is None:
            return
        side = Side(str(key))
        if self.model.sides == (side,):
            self._show_all()  # pressed once more: no figure is chosen
        else:
            self._ask((side,))

    def _show_all(self) -> None:
        if self._preview is not None:
            self._choose_none()
            self._ask(self._first_sides(self._preview.counts))

    def _choose_none(self) -> None:
        self.tiles.choose(None)

    def _show_absent(self) -> None:
        self._look_at(Side.ABSENT)

    def _show_single(self) -> None:
        self._look_at(Side.SINGLE_LIST)

    def _show_review(self) -> None:
        self._look_at(Side.REVIEW)

    def _look_at(self, side: Side) -> None:
        self._choose_none()
        self._ask((side,))

    def _ask(self, sides: tuple[Side, ...]) -> None:
        if self._preview is not None:
            self.people.show_sides(self._preview, sides)

    # -- the keyboard

    def order(self) -> None:
        """Let Tab go through it as the eye does."""
        boxes = [part for row in self.parts.rows for part in (row.box, row.look)]
        stops: list[QWidget] = [*boxes, *self.columns.stops, self.profile, self.how, self.close_button]
        stops += [self.work.cancel, self.said.button, self.taken.button, *self.tiles.tiles]
        for calm in self._of_lines.values():
            stops += [calm.look, calm.act]
        stops += [self.table, self.record, self.take_over, self.export]
        for one, next_one in pairwise(stops):
            QWidget.setTabOrder(one, next_one)

    def first_focus(self) -> None:
        """Put the keyboard where she begins: on what comes first, else where she can leave."""
        for button in (self.record, self.take_over, self.export):
            if button.isVisibleTo(self) and button.isEnabled():
                button.setFocus()
                return
        self.close_button.setFocus()


def _tone(tone: str, counts: "VerifyCounts", side: Side) -> str:
    """Return the colour of a figure; a nought is nothing to look at."""
    return tone if counts.by.get(side, 0) else "muted"
