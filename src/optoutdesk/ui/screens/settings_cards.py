"""The other cards of the Settings screen: the business, who works there, reminders."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSystemTrayIcon, QWidget

from optoutdesk.domain.address import read_cell
from optoutdesk.settings import Settings
from optoutdesk.ui import words_reminders, words_settings
from optoutdesk.ui.screens.settings_parts import SettingBox, SettingRow
from optoutdesk.ui.widgets.basic import Button, Card, label, line
from optoutdesk.ui.widgets.flow import FlowLayout
from optoutdesk.ui.widgets.names_edit import NamesEdit
from optoutdesk.ui.widgets.quiet_edits import TimeEdit

_DAYS_BEFORE = (0, 1, 2, 3, 5)
"""Offered as steps of reminders, with whatever else is set."""
_IN_THE_TRAY = "Closing the window leaves the program in the tray, where it reminds you."


class BusinessCard(Card):
    """What the business is called, its own addresses, and what it writes to people."""

    chosen = Signal(object)
    """dict: settings by name."""
    templates_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Your business")
        self.name = QLineEdit()
        self.name.setAccessibleName("Business name")
        self.name.setMaxLength(120)
        self.name_row = SettingRow(
            "Business name", "Signs what you send to people and heads your records.", self.name
        )
        self.addresses = NamesEdit("Address", _address, words_settings.names_twice)
        self.addresses.fresh.setPlaceholderText("name@example.com")
        self.addresses_row = SettingRow("Your own addresses", words_settings.OWN_HINT, self.addresses)
        self.templates = Button("Templates…")
        self.templates.setAccessibleDescription(words_settings.TEMPLATES_HINT)
        place = QWidget()
        at_left = QHBoxLayout(place)
        at_left.setContentsMargins(0, 0, 0, 0)
        at_left.addWidget(self.templates, 0, Qt.AlignmentFlag.AlignLeft)
        templates_row = SettingRow("Acknowledgement templates", words_settings.TEMPLATES_HINT, place)
        for part in (self.name_row, line(), self.addresses_row, line(), templates_row):
            self.body.addWidget(part)
        self.name.editingFinished.connect(self._on_name)
        self.addresses.changed.connect(self._on_addresses)
        self.templates.clicked.connect(self.templates_wanted)

    def show_settings(self, settings: Settings) -> None:
        """Show what is saved, unless she is typing."""
        if not self.name.isModified():
            self.name.setText(settings.business_name)
        self.addresses.show_names(settings.own_addresses)

    @Slot()
    def _on_name(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.chosen.emit({"business_name": " ".join(self.name.text().split())})

    @Slot(object, str, str)
    def _on_addresses(self, names: tuple[str, ...], _before: str, _now: str) -> None:
        self.chosen.emit({"own_addresses": names})


class StaffCard(Card):
    """Names to choose from."""

    changed = Signal(object, str, str)
    """tuple[str, ...]: all names; what one was before and is now."""

    def __init__(self) -> None:
        super().__init__("Who works here")
        self.names = NamesEdit("Name", str, words_settings.names_twice)
        self.names.fresh.setPlaceholderText("A first name will do")
        self.body.addWidget(SettingRow("Names", words_settings.STAFF_HINT, self.names))
        self.names.changed.connect(self.changed)

    def show_settings(self, settings: Settings) -> None:
        """Show what is saved."""
        self.names.show_names(settings.staff)


class RemindersCard(Card):
    """When she is reminded, and whether the program is there to do it."""

    chosen = Signal(object)
    """dict: settings by name."""
    autostart_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Reminders")
        self.time = TimeEdit("Time of day of reminders")
        self.days: dict[int, QCheckBox] = {}
        self._days = QWidget()
        self._flow = FlowLayout(self._days, spacing=6)
        self.target = SettingBox("When your own target is missed")
        self.overdue = SettingBox("Every day while something is overdue")
        self.tray = SettingBox("Stay in the tray", _IN_THE_TRAY)
        self.autostart = SettingBox(
            "Start with the computer", "The program starts in the tray when you sign in."
        )
        parts: tuple[QWidget, ...] = (
            SettingRow("Time of day", "In the time zone of your business.", self.time),
            *(label("Remind me of a request", "strong"), self._days, self.target, self.overdue),
            *(line(), self.tray, self.autostart),
        )
        for part in parts:
            self.body.addWidget(part)
        self.time.settled.connect(self._on_time)
        self.target.box.toggled.connect(self._on_target)
        self.overdue.box.toggled.connect(self._on_overdue)
        self.tray.box.toggled.connect(self._on_tray)
        self.autostart.box.toggled.connect(self.autostart_chosen)

    def show_settings(self, settings: Settings, *, starts: bool) -> None:
        """Show what is saved; `starts`: whether it does start with the computer."""
        self.time.show_value(settings.reminder_time)
        self._show_days(settings.reminder_days)
        self.target.show_value(on=settings.remind_target)
        self.overdue.show_value(on=settings.remind_overdue)
        self.tray.show_value(on=settings.stay_in_tray)
        there = QSystemTrayIcon.isSystemTrayAvailable()
        self.tray.tell(_IN_THE_TRAY if there else words_reminders.NO_TRAY)
        self.autostart.show_value(on=starts)

    def _show_days(self, chosen: tuple[int, ...]) -> None:
        for days in sorted({*_DAYS_BEFORE, *chosen} - set(self.days)):
            box = QCheckBox(words_settings.days_before(days))
            box.setAccessibleName(f"Remind me {box.text()[:1].lower()}{box.text()[1:]}")
            box.toggled.connect(self._on_days)
            self._flow.addWidget(box)
            self.days[days] = box
        for days, box in self.days.items():
            box.blockSignals(True)
            box.setChecked(days in chosen)
            box.blockSignals(False)

    @Slot()
    def _on_time(self) -> None:
        self.chosen.emit({"reminder_time": self.time.value()})

    @Slot()
    def _on_days(self) -> None:
        chosen = sorted((days for days, box in self.days.items() if box.isChecked()), reverse=True)
        self.chosen.emit({"reminder_days": tuple(chosen)})

    @Slot(bool)
    def _on_target(self, on: bool) -> None:
        self.chosen.emit({"remind_target": on})

    @Slot(bool)
    def _on_overdue(self, on: bool) -> None:
        self.chosen.emit({"remind_overdue": on})

    @Slot(bool)
    def _on_tray(self, on: bool) -> None:
        self.chosen.emit({"stay_in_tray": on})


def _address(text: str) -> str:
    """Return the match key of one address; ValueError where it is none."""
    found = read_cell(text)
    if len(found.addresses) != 1 or found.problem is not None:
        raise ValueError(words_settings.no_address(text))
    return found.addresses[0].key
