"""What narrows the register: part of an address, how requests stand, and small choosers that appear when they apply."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from optoutdesk.domain.address import parse_domain_entry, read_cell
from optoutdesk.domain.platforms import Platform
from optoutdesk.domain.requests import ALL_MAIL, Channel
from optoutdesk.store import RegisterFilter
from optoutdesk.ui import words
from optoutdesk.ui.screens.imports_questions import DayField
from optoutdesk.ui.theme import Size, font
from optoutdesk.ui.widgets import FilterChips, label
from optoutdesk.ui.widgets.choice import Choice
from optoutdesk.ui.widgets.flow import FlowLayout

_WIDEST = 176


class Show(StrEnum):
    """What the filter chips let through."""

    OPEN = "open"
    SOON = "due-soon"
    LATE = "late"
    ALL = "all"


class Received(StrEnum):
    """When a request arrived."""

    ANY = "any"
    MONTH = "month"
    THIRTY = "thirty"
    YEAR = "year"
    PERIOD = "period"


_RECEIVED = (
    ("Received: any time", Received.ANY),
    ("This month", Received.MONTH),
    ("Last 30 days", Received.THIRTY),
    ("This year", Received.YEAR),
    ("A period…", Received.PERIOD),
)


class _Pill(Choice):
    """A chooser as wide as what is chosen, so that a row of them stays calm."""

    def __init__(self, name: str, choices: Sequence[tuple[str, object]]) -> None:
        super().__init__(name, choices)
        self.currentTextChanged.connect(self.updateGeometry)

    def offer(self, choices: Sequence[tuple[str, object]]) -> None:
        """Offer these; what was chosen stays chosen if it is among them."""
        if [(self.itemText(i), self.itemData(i)) for i in range(self.count())] == [*choices]:
            return
        chosen = self.currentData()
        self.blockSignals(True)
        self.clear()
        for text, data in choices:
            self.addItem(text, data)
        self.blockSignals(False)
        self.choose(chosen)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font(Size.SMALL)).horizontalAdvance(self.currentText()) + 38
        return QSize(min(width, _WIDEST), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showPopup(self) -> None:
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(self.itemText(i)) for i in range(self.count())), default=0)
        self.view().setMinimumWidth(widest + 36)
        super().showPopup()


class Filters(QWidget):
    """The search, the chips and the choosers."""

    typed = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Part of an address")
        self.search.setAccessibleName("Search the opt-outs by part of an address")
        self.search.setClearButtonEnabled(True)
        column.addWidget(self.search)
        self.chips = FilterChips(
            [(Show.OPEN, "Open"), (Show.SOON, "Due soon"), (Show.LATE, "Late"), (Show.ALL, "All")],
            "Which requests",
        )
        channels = [(words.channel(channel), channel) for channel in words.CHANNELS]
        self.channel = _Pill("How the request arrived", [("Channel: any", None), *channels])
        self.list = _Pill("List", [("List: any", None)])
        self.received = _Pill("When the request arrived", _RECEIVED)
        self.platform = _Pill("Where it is still to be done", [("Platform: any", None)])
        self.person = _Pill("Who works on it", [("Person: any", None)])
        self.since, self.until = (
            DayField("Received on this day or later"),
            DayField("Received on this day or earlier"),
        )
        self._period = QWidget()
        days = FlowLayout(self._period, spacing=6)
        days.addWidget(self.since)
        days.addWidget(label("to", "small"))
        days.addWidget(self.until)
        row = QWidget()
        flow = FlowLayout(row, spacing=8)
        for part in (self.chips, *self.choosers, self._period):
            flow.addWidget(part)
        column.addWidget(row)
        self._period.hide()
        self._today = date.min
        self.search.textChanged.connect(self.typed)
        self.chips.changed.connect(self.changed)
        for chooser in self.choosers:
            chooser.currentIndexChanged.connect(self._on_changed)
        for day in (self.since, self.until):
            day.dateChanged.connect(self.changed)
        self.offer([], [], [], any_request=False)

    @property
    def choosers(self) -> list[_Pill]:
        """The choosers, as they stand."""
        return [self.channel, self.list, self.received, self.platform, self.person]

    def know_today(self, today: date) -> None:
        """Take note of the day; a period ends with it at the latest."""
        if self._today != today:
            first = self._today == date.min
            self._today = today
            since = today.replace(day=1) if first else self.since.day()
            self.since.choose(since, today)
            self.until.choose(today if first else self.until.day(), today)

    def offer(
        self,
        scopes: Sequence[str],
        platforms: Sequence[Platform],
        people: Sequence[str],
        *,
        any_request: bool,
    ) -> None:
        """Offer what there is to choose from; a chooser without a choice is not there."""
        lists = [(scope, scope) for scope in scopes]
        self.list.offer([("List: any", None), (words.scope(ALL_MAIL), ALL_MAIL), *lists])
        self.platform.offer([("Platform: any", None), *((f"Open in {p.name}", p.id) for p in platforms)])
        self.person.offer([("Person: any", None), *((name, name) for name in people), ("Nobody", "")])
        for chooser, there in (
            (self.channel, any_request),
            (self.received, any_request),
            (self.list, bool(scopes)),
            (self.platform, bool(platforms)),
            (self.person, bool(people)),
        ):
            chooser.setVisible(there or chooser.currentIndex() > 0)

    def start_over(self, show: Show, text: str) -> None:
        """Show other requests, and nothing else narrows them; nothing is emitted."""
        parts = (self, self.chips, self.search, *self.choosers)
        before = [part.blockSignals(True) for part in parts]
        self.chips.choose(show)
        for chooser in self.choosers:
            chooser.setCurrentIndex(0)
        self.search.setText(text)
        for part, blocked in zip(parts, before, strict=True):
            part.blockSignals(blocked)
        self._show_period()

    @property
    def narrowed(self) -> bool:
        """Whether anything but the chips and the search narrows the register."""
        return any(chooser.currentIndex() > 0 for chooser in self.choosers)

    @property
    def chosen(self) -> Show:
        """Return which chip is chosen."""
        return Show(str(self.chips.key()))

    def wanted(self, today: date, soon: date) -> RegisterFilter:
        """Return what the register is asked for; `soon` is the last due date that counts as due soon."""
        self.know_today(today)
        channel = self.channel.currentData()  # Qt gives an enum of strings back as a plain string
        since, until = self._received(today)
        wanted = RegisterFilter(
            text=_searched(self.search.text()),
            channel=Channel(channel) if channel else None,
            scope=self.list.currentData(),
            received_from=since,
            received_to=until,
            platform=self.platform.currentData(),
            person=self.person.currentData(),
        )
        if self.chosen is Show.LATE:
            return replace(wanted, late_on=today)
        if self.chosen is Show.SOON:
            return replace(wanted, only_open=True, due_from=today, due_by=soon)
        return replace(wanted, only_open=self.chosen is Show.OPEN)

    def _received(self, today: date) -> tuple[date | None, date | None]:
        chosen = Received(str(self.received.currentData()))
        if chosen is Received.PERIOD:
            days = sorted((self.since.day(), self.until.day()))
            return days[0], days[1]
        since = {
            Received.MONTH: today.replace(day=1),
            Received.THIRTY: today - timedelta(days=30),
            Received.YEAR: today.replace(month=1, day=1),
        }.get(chosen)
        return since, None

    def _on_changed(self) -> None:
        self._show_period()
        self.changed.emit()

    def _show_period(self) -> None:
        self._period.setVisible(self.received.currentData() == Received.PERIOD)


def _searched(text: str) -> str:
    """Return what to search for: a whole address or domain by its key, else the text as typed."""
    text = text.strip()
    domain = parse_domain_entry(text)
    if isinstance(domain, str):
        return domain
    addresses = read_cell(text).addresses
    return addresses[0].key if len(addresses) == 1 else text.lower()
