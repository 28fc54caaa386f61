"""The cards of the platforms: how many people are to be removed there, when it was verified, and what to do."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from optoutdesk.ui import words, words_platforms
from optoutdesk.ui.context import Context
from optoutdesk.ui.theme import Size, color, font, theme
from optoutdesk.ui.widgets import Button, Chip, ElidedLabel, label
from optoutdesk.ui.widgets.drop_zone import dropped_file
from optoutdesk.ui.widgets.flow import FlowLayout

if TYPE_CHECKING:
    from optoutdesk.domain.platforms import Platform
    from optoutdesk.services.platforms import PlatformStanding

_NARROWEST = 262
_GAP = 14


class Shown(NamedTuple):
    """A platform as its card shows it."""

    standing: "PlatformStanding"
    resolved: datetime | None
    """When the differences of its last verification were all seen to; None: not yet, or there were none."""
    exported: tuple[int, ...] = ()
    """Requests that were written into a file in this window and are still to be done."""


class PlatformCard(QFrame):
    """One platform."""

    export_wanted = Signal(object)
    """PlatformStanding."""
    list_wanted = Signal(object)
    done_wanted = Signal(object)
    """Shown."""
    verify_wanted = Signal(object)
    history_wanted = Signal(object)
    retire_wanted = Signal(object)
    dropped = Signal(object, object)
    """Platform, path: an export to verify it with."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: Shown | None = None
        self._lit = False
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 13, 16, 15)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.name = ElidedLabel("", "large")
        self.chip = Chip()
        self.more = Button("⋯").compact()
        self.more.clicked.connect(self._show_menu)
        head.addWidget(self.name, 1)
        head.addWidget(self.chip)
        head.addWidget(self.more)
        column.addLayout(head)
        self.verified = label("", "small", wrap=True)
        self.verified.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.note = label("", "smalltext", wrap=True)
        column.addWidget(self.verified)
        column.addWidget(self.note)
        column.addStretch(1)
        self._buttons = QWidget()
        row = FlowLayout(self._buttons, spacing=8)
        self.act = Button("", primary=True).compact()
        self.act.clicked.connect(self._act)
        self.done = Button("Mark done").compact()
        self.done.clicked.connect(self._done)
        self.verify = Button("Verify…").compact()
        self.verify.clicked.connect(self._verify)
        for button in (self.act, self.done, self.verify):
            row.addWidget(button)
        column.addSpacing(4)
        column.addWidget(self._buttons)
        self._make_menu()

    def _make_menu(self) -> None:
        self.menu = QMenu(self)
        self.to_verify = QAction("Verify against its export…", self)
        self.to_verify.triggered.connect(self._verify)
        self.to_list = QAction("Show the list…", self)
        self.to_list.triggered.connect(self._list)
        self.to_history = QAction("Past verifications…", self)
        self.to_history.triggered.connect(self._history)
        self.to_retire = QAction("Retire…", self)
        self.to_retire.triggered.connect(self._retire)
        self.menu.addActions([self.to_verify, self.to_list, self.to_history])
        self.menu.addSeparator()
        self.menu.addAction(self.to_retire)

    # -- what is shown

    @property
    def shown(self) -> Shown | None:
        """Which platform it is, and how it stands."""
        return self._shown

    def show_platform(self, shown: Shown) -> None:
        """Show a platform as it stands."""
        self._shown = shown
        standing = shown.standing
        platform, today = standing.platform, self._context.today()
        name, count = platform.name, standing.to_remove
        active = platform.retired_at is None
        self.setAccessibleName(name)
        self.setAcceptDrops(active)
        self.name.setText(name)
        self.chip.show_state(*words_platforms.to_remove(standing))
        self.verified.setText(self._last(shown, today))
        self.note.setText(words_platforms.card_note(standing, len(shown.exported)))
        self.note.setVisible(bool(self.note.text()))
        # Two lines with the note, so that cards beside each other look alike.
        lines = 1 if self.note.text() else 2
        self.verified.setMinimumHeight(lines * QFontMetrics(font(Size.SMALL)).lineSpacing() + 4)
        self.act.setText(
            words_platforms.export_button(count, name) if standing.can_upload else "Show the list"
        )
        self.act.setAccessibleName(
            self.act.text() if standing.can_upload else f"Show the list of whom to remove in {name}"
        )
        some = len(shown.exported) if shown.exported else 0
        self.done.setText(f"Mark these {words.number(some)} done" if some and some != count else "Mark done")
        self.done.setAccessibleName(f"Mark {words.number(some or count)} done in {name}")
        self.verify.setAccessibleName(f"Verify {name} against its export")
        self.more.setAccessibleName(f"More about {name}")
        self.more.setToolTip(f"More about {name}")
        self.act.setVisible(active and count > 0)
        self.done.setVisible(active and count > 0)
        self.verify.setVisible(active and not count)
        self.to_list.setVisible(active and count > 0 and standing.can_upload)
        self.to_verify.setVisible(active)
        self.to_retire.setVisible(active)
        self._buttons.setVisible(active)

    def _last(self, shown: Shown, today: date) -> str:
        platform, last = shown.standing.platform, shown.standing.last
        if platform.retired_at is not None:
            return words_platforms.retired_line(platform, self._day(platform.retired_at), today)
        day = self._day(last.at) if last is not None else None
        resolved = self._day(shown.resolved) if shown.resolved is not None else None
        return words_platforms.last_verified(last, day, resolved, today)

    def _day(self, moment: datetime) -> date:
        return self._context.local(moment).date()

    # -- what she does

    def _show_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))

    def _act(self) -> None:
        if self._shown is not None:
            wanted = self.export_wanted if self._shown.standing.can_upload else self.list_wanted
            wanted.emit(self._shown.standing)

    def _list(self) -> None:
        if self._shown is not None:
            self.list_wanted.emit(self._shown.standing)

    def _done(self) -> None:
        if self._shown is not None:
            self.done_wanted.emit(self._shown)

    def _verify(self) -> None:
        if self._shown is not None:
            self.verify_wanted.emit(self._shown.standing.platform)

    def _history(self) -> None:
        if self._shown is not None:
            self.history_wanted.emit(self._shown.standing.platform)

    def _retire(self) -> None:
        if self._shown is not None:
            self.retire_wanted.emit(self._shown.standing)

    # -- a file dropped on it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._light(on=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._light(on=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(on=False)
        path = dropped_file(event.mimeData())
        if path is not None and self._shown is not None:
            event.acceptProposedAction()
            self.dropped.emit(self._shown.standing.platform, path)

    def _light(self, *, on: bool) -> None:
        self._lit = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._lit:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(color(theme().accent), 2.0)
        pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        painter.end()


class Cards(QWidget):
    """The cards, as many beside each other as can be read, all equally wide."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.cards: list[PlatformCard] = []
        self._in_a_row = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)

    def show_platforms(self, platforms: Sequence[Shown]) -> list[PlatformCard]:
        """Show these platforms; returns the cards that were made for it. Cards of platforms that stay keep the keyboard."""
        made = []
        while len(self.cards) < len(platforms):
            card = PlatformCard(self._context, self)
            self.cards.append(card)
            made.append(card)
        for card in self.cards[len(platforms) :]:
            card.hide()
            card.deleteLater()
        gone = len(self.cards) > len(platforms)
        self.cards = self.cards[: len(platforms)]
        for card, shown in zip(self.cards, platforms, strict=True):
            card.show_platform(shown)
        if made or gone:
            self._in_a_row = 0
        self._arrange()
        return made

    def card_of(self, platform: "Platform") -> PlatformCard | None:
        """Return the card of a platform."""
        return next(
            (c for c in self.cards if c.shown is not None and c.shown.standing.platform.id == platform.id),
            None,
        )

    @property
    def stops(self) -> list[QWidget]:
        """What Tab stops at, as the eye goes."""
        return [part for c in self.cards for part in (c.act, c.done, c.verify, c.more)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if not self.cards:
            return
        fit = max(1, (self.width() + _GAP) // (_NARROWEST + _GAP))
        # A single card would be as wide as the page, and two as half of it.
        in_a_row = min(fit, max(3, len(self.cards))) if fit > 2 else fit
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        for card in self.cards:
            self._grid.removeWidget(card)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        for column in range(in_a_row):
            self._grid.setColumnStretch(column, 1)
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // in_a_row, index % in_a_row)
            card.show()
        self.updateGeometry()
