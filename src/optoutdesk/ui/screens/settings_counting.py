"""How the days are counted, on the Settings screen: nothing here is saved before it was said what it would mean."""

from dataclasses import replace
from datetime import date
from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QWidget

from optoutdesk.services.counting import WirelessDomains, load_policies
from optoutdesk.settings import MOST_TARGET_HOURS, Settings
from optoutdesk.ui import words, words_settings
from optoutdesk.ui.screens.settings_parts import SettingBox, SettingRow, paragraph
from optoutdesk.ui.screens.settings_wireless import WirelessLine
from optoutdesk.ui.widgets.basic import Button, Card, label, line, restyle
from optoutdesk.ui.widgets.choice import Choice
from optoutdesk.ui.widgets.quiet_edits import NumberEdit

_AREAS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@cache
def _zones() -> tuple[str, ...]:
    """Return the zones that are offered: those of a place, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS))


class Question(QFrame):
    """What a change would mean, and whether it is to be made."""

    agreed = Signal()
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 10, 10)
        row.setSpacing(10)
        self.text = label("", wrap=True)
        self.no = Button(words_settings.KEEP).compact()
        self.yes = Button(words_settings.USE, primary=True).compact()
        self.no.clicked.connect(self.refused)
        self.yes.clicked.connect(self.agreed)
        row.addWidget(self.text, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        restyle(self, tone="accent")
        self.hide()

    def ask(self, sentence: str, *, ready: bool, tone: str = "accent") -> None:
        """Show what is known of it; it can be agreed to once it is counted."""
        self.text.setText(sentence)
        self.yes.setAccessibleDescription(sentence)
        self.yes.setEnabled(ready)
        restyle(self, tone=tone)
        self.show()


class CountingCard(Card):
    """The policy, the province, the holidays and the zone; the own target, which is no due date, beside them."""

    edited = Signal()
    """Something that decides due dates was chosen; see chosen()."""
    target_chosen = Signal(int)
    """Hours."""

    def __init__(self) -> None:
        super().__init__("How the days are counted", words.GUIDANCE)
        self._settings = Settings()
        policies = load_policies()
        self.policy = Choice("Policy", [(policy.name, policy.id) for policy in policies.values()])
        self.province = Choice("Province", [(words_settings.ANYWHERE, "")])
        self.zone = Choice("Time zone")
        for choice in (self.policy, self.province, self.zone):
            # A long name must not push the words beside it away.
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.policy_row = SettingRow(
            "Policy", "Counts for every new request, unless you choose another.", self.policy
        )
        self.counts, self.source, self.open_points, self.telephones = (paragraph() for _ in range(4))
        self.wireless = WirelessLine()
        hint = "Its holidays do not count. Without one, only those of all of Canada do not."
        self.province_row = SettingRow("Province", hint, self.province)
        self.holidays = SettingBox(
            "Count holidays as business days", "Every due date is as early as it can be, never later."
        )
        self.zone_row = SettingRow("Time zone", "A request is received on the day it is there.", self.zone)
        self.question = Question()
        self.target = NumberEdit("Own target in hours", 1, MOST_TARGET_HOURS, "hours")
        self.target_row = SettingRow(
            "Your own target", "Stands beside the legal date, never instead of it.", self.target
        )
        self._lay_out()
        for choice in (self.policy, self.province, self.zone):
            choice.currentIndexChanged.connect(self._on_edited)
        self.holidays.box.toggled.connect(self._on_edited)
        self.target.settled.connect(self._on_target)

    def _lay_out(self) -> None:
        parts: tuple[QWidget, ...] = (
            *(self.policy_row, self.counts, self.source, self.open_points, line()),
            *(self.telephones, self.wireless, line()),
            *(
                self.province_row,
                self.holidays,
                line(),
                self.zone_row,
                self.question,
                line(),
                self.target_row,
            ),
        )
        for part in parts:
            self.body.addWidget(part)

    def show_settings(self, settings: Settings, draft: Settings) -> None:
        """Show what holds, and what she has chosen but not yet agreed to."""
        self._settings = settings
        self._show_zones(draft.time_zone)
        self.policy.choose(draft.policy)
        self._show_provinces(draft)
        self.holidays.show_value(on=draft.holidays_count)
        self.target.show_value(settings.own_target_hours)
        policy = load_policies()[draft.policy]
        self.counts.setText(words.counts_from(policy))
        self.source.setText(words.policy_source(policy))
        self.open_points.setText(" ".join(filter(None, (policy.penalty, policy.not_confirmed))))
        self.open_points.setVisible(bool(self.open_points.text()))
        self.policy.setAccessibleDescription(f"{self.counts.text()} {self.source.text()} {words.GUIDANCE}")

    def show_wireless(self, domains: WirelessDomains, loaded: date | None, today: date) -> None:
        """Show a list of wireless domains and what it means; `loaded`: on which day of hers."""
        self.telephones.setText(words_settings.wireless(domains, load_policies()[domains.policy]))
        self.wireless.show_list(domains, loaded, today)

    def _show_provinces(self, draft: Settings) -> None:
        provinces = load_policies()[draft.policy].provinces
        if provinces and self.province.count() == 1:
            self.province.blockSignals(True)
            for code, name in provinces:
                self.province.addItem(name, code)
            self.province.blockSignals(False)
        self.province.choose(draft.province)
        self.province_row.setVisible(bool(provinces))

    def _show_zones(self, chosen: str) -> None:
        if not self.zone.count():
            own = replace(self._settings, time_zone="").zone()
            self.zone.blockSignals(True)
            self.zone.addItem(f"As on this computer: {own}", "")
            for name in _zones():
                self.zone.addItem(name, name)
            self.zone.blockSignals(False)
        if self.zone.findData(chosen) < 0:
            self.zone.blockSignals(True)
            self.zone.addItem(chosen, chosen)
            self.zone.blockSignals(False)
        self.zone.choose(chosen)

    def chosen(self) -> Settings:
        """Return the settings with what is chosen here."""
        return replace(
            self._settings,
            policy=self.policy.currentData(),
            province=self.province.currentData(),
            holidays_count=self.holidays.box.isChecked(),
            time_zone=self.zone.currentData(),
        )

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit()

    @Slot()
    def _on_target(self) -> None:
        self.target_chosen.emit(self.target.value())
