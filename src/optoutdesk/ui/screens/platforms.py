"""Platforms: everywhere people are kept or mailed, what is to be removed there, and the proof that it was."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import Platform
from optoutdesk.services.changes import Changes
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.screens.platforms_acts import PlatformActs
from optoutdesk.ui.screens.platforms_cards import Cards, PlatformCard, Shown
from optoutdesk.ui.screens.platforms_check import Check
from optoutdesk.ui.screens.platforms_verify import VerifyView
from optoutdesk.ui.widgets import Button, Card, EmptyState, label
from optoutdesk.ui.widgets.drop_zone import start_folder

if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.services.platforms import PlatformExport, PlatformStanding

_MARGIN = 24
_EXPORTS = "Exports (*.csv *.tsv *.txt *.xlsx *.xls *.ods *.zip);;All files (*)"


@dataclass(frozen=True, slots=True)
class _Found:
    active: list[Shown]
    retired: list[Shown]


@dataclass(frozen=True, slots=True)
class _Whose:
    """Which platforms a file may be an export of."""

    path: Path
    platforms: list[Platform]
    looks_like: str = ""
    """Name of the platform it is recognised as, when that is none of hers."""


class PlatformsScreen(QWidget):
    """The cards, and below them the verification under way."""

    title = "Platforms"
    undo_wanted = Signal(object)
    """Batch: she wants what was taken over undone."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._found: _Found | None = None
        self.acts = PlatformActs(context, self)
        self._exported: dict[int, tuple[int, ...]] = {}
        """By platform which requests were written into a file in this window: these may be marked done."""
        self._waiting: Path | None = None
        """A file that was dropped before it was known which platform it is of."""
        self.setProperty("role", "page")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self.area)
        page = self._page = QWidget()
        page.setProperty("role", "plain")
        self._column = QVBoxLayout(page)
        self._column.setSpacing(0)
        self._build(self._column)
        self.area.setWidget(page)
        self.area.verticalScrollBar().rangeChanged.connect(self._make_room)
        self._make_room(0, 0)
        self._connect()

    def _build(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Platforms", "title"), 1)
        self.add = Button("Add a platform…").compact()
        head.addWidget(self.add)
        column.addLayout(head)
        column.addSpacing(4)
        text = "Everywhere you keep or mail people. An opt-out counts as honored when each of these no longer has the person active."
        column.addWidget(label(text, "muted", wrap=True))
        column.addSpacing(16)
        self.empty = Card()
        self.empty.body.addWidget(
            state := EmptyState(
                "Where do you keep or mail people?",
                "Each platform you name appears here: how many people are still to be removed there, the file to do it "
                "with, and the proof against its own export. Begin with the program that sends your newsletter.",
                "Add a platform",
                self.acts.ask_for_platform,
            )
        )
        self.first = state.button
        self.empty.hide()
        column.addWidget(self.empty)
        self.cards = Cards(self._context)
        column.addWidget(self.cards)
        self.show_retired = Button("", role="link")
        self.show_retired.setCheckable(True)
        self.show_retired.hide()
        column.addSpacing(6)
        column.addWidget(self.show_retired, 0, Qt.AlignmentFlag.AlignLeft)
        self.retired = Cards(self._context)
        self.retired.hide()
        column.addWidget(self.retired)
        column.addSpacing(10)
        self.view = VerifyView(self._context)
        self.view.hide()
        column.addWidget(self.view, 1)
        self._rest = QWidget()  # takes what is left while nothing is verified
        column.addWidget(self._rest, 1)

    def _connect(self) -> None:
        self.check = Check(self._context, self.view, self)
        self.check.begun.connect(self._begun)
        self.check.compared.connect(self._begun)
        self.check.ended.connect(self._ended)
        self.check.file.verify_other.connect(self._verify_other)
        self.check.export_wanted.connect(self._export_active)
        self.check.undo_wanted.connect(self.undo_wanted)
        self.acts.export_written.connect(self._written)
        self.acts.not_added.connect(self._not_added)
        self.add.clicked.connect(self.acts.ask_for_platform)
        self.show_retired.clicked.connect(self._show_retired)
        self.view.how.clicked.connect(self._look_how)

    # -- what the window calls

    def first_focus(self) -> None:
        """Put the keyboard where she begins."""
        if not self.empty.isHidden() and self.first is not None:
            self.first.setFocus()
            return
        stops = [part for part in self.cards.stops if part.isVisibleTo(self)]
        (stops[0] if stops else self.add).setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Show how the platforms stand."""
        if changes & (Changes.REQUESTS | Changes.PLATFORMS | Changes.SETTINGS):
            self._context.lookups.run(self._read, done=self._show, failed=self._failed)
            self.check.changed(changes)

    def take_file(self, path: Path) -> None:
        """Take a file that was dropped: the export of one of the platforms, which she is asked for if it does not show."""
        platforms = [shown.standing.platform for shown in self._found.active] if self._found else []
        if len(platforms) == 1:
            self.check.start(platforms[0], path)
        elif platforms:
            desk = self._context.desk
            self._context.lookups.run(
                lambda _report: _whose(desk, path), done=self._known_of, failed=self._failed
            )
        else:
            self._waiting = path
            self.acts.ask_for_platform()

    def leave(self) -> None:
        """She goes elsewhere."""
        self.check.leave()

    def come_back(self) -> None:
        """She is here again."""
        self.check.come_back()

    def shut(self) -> None:
        """The window is closed."""
        self.check.shut()

    # -- how the platforms stand

    def _read(self, _report: Any) -> _Found:
        desk, now = self._context.desk, self._context.now()
        standings = desk.platforms.all(now, retired=True)
        shown = [self._shown(standing) for standing in standings]
        return _Found(
            [each for each in shown if each.standing.platform.retired_at is None],
            [each for each in shown if each.standing.platform.retired_at is not None],
        )

    def _shown(self, standing: "PlatformStanding") -> Shown:
        platforms, last = self._context.desk.platforms, standing.last
        resolved = platforms.resolved(last) if last is not None and last.differences else None
        exported = self._exported.get(standing.platform.id, ())
        if exported:
            still = set(platforms.ids_to_remove(standing.platform.id))
            exported = tuple(each for each in exported if each in still)
        return Shown(standing, resolved, exported)

    def _show(self, found: _Found) -> None:
        self._found = found
        for card in (*self.cards.show_platforms(found.active), *self.retired.show_platforms(found.retired)):
            self._connect_card(card)
        for shown in found.active:
            self._exported[shown.standing.platform.id] = shown.exported
        begins = bool(found.active) and self.first is not None and self.window().focusWidget() is self.first
        self.cards.setVisible(bool(found.active))
        self.empty.setVisible(not found.active)
        self.add.setVisible(bool(found.active))
        count = len(found.retired)
        self.show_retired.setVisible(count > 0)
        self._name_retired()
        self.retired.setVisible(count > 0 and self.show_retired.isChecked())
        self._order()
        if begins:  # the button of the empty screen is gone
            self.first_focus()
        waiting, self._waiting = self._waiting, None
        if waiting is not None and found.active:
            self.take_file(waiting)

    def _connect_card(self, card: PlatformCard) -> None:
        acts = self.acts
        card.export_wanted.connect(acts.export)
        card.list_wanted.connect(acts.show_list)
        card.done_wanted.connect(acts.done)
        card.verify_wanted.connect(self._choose_export)
        card.history_wanted.connect(acts.show_history)
        card.retire_wanted.connect(acts.retire)
        card.dropped.connect(self.check.start)

    def _show_retired(self, on: bool) -> None:
        self.retired.setVisible(on)
        self._name_retired()
        self._order()

    def _name_retired(self) -> None:
        count = len(self._found.retired) if self._found is not None else 0
        verb = "Hide" if self.show_retired.isChecked() else "Show"
        self.show_retired.setText(f"{verb} {count} retired platform{'' if count == 1 else 's'}")

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    def _make_room(self, _least: int, most: int) -> None:
        """Keep the right edge where it is when the scroll bar comes and goes."""
        bar = self.area.verticalScrollBar().sizeHint().width() if most > 0 else 0
        self._column.setContentsMargins(_MARGIN, 20, _MARGIN - bar, _MARGIN)

    def _order(self) -> None:
        """Let Tab go through the page as the eye does."""
        stops = [self.add, *self.cards.stops, self.show_retired, *self.retired.stops]
        for one, next_one in pairwise(stops):
            QWidget.setTabOrder(one, next_one)

    # -- verifying

    def _begun(self) -> None:
        self.view.show()
        self._rest.hide()
        QTimer.singleShot(0, self, self._look_at_check)

    def _look_at_check(self) -> None:
        """Bring the verification into sight: whole, or from its head on where there is not room enough."""
        bar, card = self.area.verticalScrollBar(), self.view.card
        top = card.mapTo(self._page, QPoint(0, 0)).y()
        bottom = top + card.height() + _MARGIN - self.area.viewport().height()
        bar.setValue(min(top - 12, max(bar.value(), bottom)))

    def _look_how(self, shown: bool) -> None:
        """Bring how the file was read into sight."""
        if shown:
            QTimer.singleShot(0, self, self._look_at_view)

    def _look_at_view(self) -> None:
        self.area.verticalScrollBar().setValue(self.view.mapTo(self._page, QPoint(0, 0)).y() - 12)

    def _ended(self) -> None:
        had_focus = self.view.isAncestorOf(self.window().focusWidget() or self)
        self.view.hide()
        self._rest.show()
        if had_focus:
            self.first_focus()

    def _choose_export(self, platform: Platform) -> None:
        self._to_verify = platform
        dialog = self.dialog = QFileDialog(
            self, f"Open an export of {platform.name}", start_folder(), _EXPORTS
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.verify_with)
        dialog.open()

    def verify_with(self, name: str) -> None:
        """Verify the platform that was asked about with a file."""
        self.check.start(self._to_verify, Path(name))

    def _verify_other(self, name: str, path: Path) -> None:
        """The file was another platform's export: verify that one with it."""
        active = self._found.active if self._found is not None else []
        named = (shown.standing.platform for shown in active)
        platform = next((each for each in named if each.name == name), None)
        if platform is not None:
            self.check.start(platform, path)

    def _known_of(self, whose: "_Whose") -> None:
        if len(whose.platforms) == 1:
            self.check.start(whose.platforms[0], whose.path)
            return
        from optoutdesk.ui.dialogs.platform_other import WhichPlatformDialog

        self._dropped = whose.path
        dialog = WhichPlatformDialog(whose.path, whose.platforms, whose.looks_like, self)
        dialog.chosen.connect(self._which_chosen)
        dialog.open()

    def _which_chosen(self, platform: Platform) -> None:
        self.check.start(platform, self._dropped)

    def _not_added(self) -> None:
        self._waiting = None

    # -- what was written into a file

    def _export_active(self, platform: Platform) -> None:
        self.acts.write(platform, self.check.write_active)

    def _written(self, platform: Platform, written: "PlatformExport") -> None:
        self._exported[platform.id] = written.ids
        self.reload(Changes.SETTINGS)  # only what stands on the cards


def _whose(desk: "Desk", path: Path) -> _Whose:
    """Return whose export a file may be: of the platforms it is recognised as, else of any of them."""
    now = desk.now()
    active = [standing.platform for standing in desk.platforms.all(now)]
    try:
        source = desk.verify_platform.open(path, now=now)
    except UserError:
        return _Whose(path, active)  # whoever opens it says what is wrong with it
    sure = [platform for platform in active if desk.verify_platform.sure(platform.id, source)]
    if sure:
        return _Whose(path, sure)
    known = next((each for each in active if each.known), None)
    return _Whose(path, active, desk.verify_platform.other_platform(known.id, source) if known else "")
