"""Settings: the business, how its days are counted, who works there, reminders. What decides due dates is asked first."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.services.changes import Changes
from optoutdesk.ui import words_settings
from optoutdesk.ui.context import EVERYTHING, Context
from optoutdesk.ui.screens.settings_cards import BusinessCard, RemindersCard, StaffCard
from optoutdesk.ui.screens.settings_counting import CountingCard
from optoutdesk.ui.widgets.basic import label

if TYPE_CHECKING:
    from optoutdesk.services.change_settings import SettingsPlan
    from optoutdesk.services.counting import WirelessDomains
    from optoutdesk.settings import Settings

_WIDEST = 880
"""Lines that are longer are tiring to read."""


class SettingsScreen(QWidget):
    """The screen. What is harmless is saved as soon as it is chosen; the way of counting only after a question."""

    title = "Settings"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._draft: dict[str, Any] = {}
        """What she has chosen of the way of counting and not yet agreed to, by the name of the setting."""
        self._list: WirelessDomains | None = None
        """The list of wireless domains she has chosen and not yet agreed to."""
        self._wish = 0
        """Counts her choices: what was counted for an earlier one is passed over."""
        self._applying = False
        self.setProperty("role", "page")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(area)
        page = QWidget()
        page.setProperty("role", "plain")
        column = self._column = QVBoxLayout(page)
        column.setSpacing(16)
        column.addWidget(label("Settings", "title"))
        self.business, self.counting = BusinessCard(), CountingCard()
        self.staff, self.reminders = StaffCard(), RemindersCard()
        for card in (self.business, self.counting, self.staff, self.reminders):
            column.addWidget(card)
        column.addStretch(1)
        area.setWidget(page)
        self._fit()
        self._connect()

    def _connect(self) -> None:
        self.business.chosen.connect(self._save)
        self.business.templates_wanted.connect(self._edit_templates)
        self.reminders.chosen.connect(self._save)
        self.reminders.autostart_chosen.connect(self._on_autostart)
        self.staff.changed.connect(self._on_staff)
        self.counting.target_chosen.connect(self._on_target)
        self.counting.edited.connect(self._on_counting)
        self.counting.wireless.file_chosen.connect(self._read_list)
        self.counting.wireless.shipped_wanted.connect(self._back_to_shipped)
        self.counting.question.agreed.connect(self._apply)
        self.counting.question.refused.connect(self._keep)

    def _fit(self) -> None:
        # By the margin: cards with a widest width would be asked how high they are at the width of the whole page.
        self._column.setContentsMargins(24, 22, max(24, self.width() - 24 - _WIDEST), 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # -- what the window calls

    def first_focus(self) -> None:
        """Put the keyboard where she begins."""
        self.business.name.setFocus()

    def reload(self, changes: Changes = EVERYTHING) -> None:
        """Show what is saved by now."""
        if changes & Changes.SETTINGS:
            desk = self._context.desk
            self.business.show_settings(desk.settings)
            self.staff.show_settings(desk.settings)
            self.reminders.show_settings(desk.settings, starts=desk.autostart.is_on)
            self._show_counting()
        if changes & Changes.REQUESTS and self._undecided and not self._applying:
            self._count()

    def _show_counting(self) -> None:
        context = self._context
        self.counting.show_settings(context.desk.settings, self._wanted())
        domains = self._list or context.desk.counting.wireless
        loaded = context.local(domains.loaded).date() if domains.loaded else None
        self.counting.show_wireless(domains, loaded, context.today())

    @property
    def _undecided(self) -> bool:
        return bool(self._draft) or self._list is not None

    def _wanted(self) -> "Settings":
        """Return the settings as they would be if she agreed; what was saved elsewhere meanwhile stays."""
        return replace(self._context.desk.settings, **self._draft)

    # -- what is saved at once

    @Slot(object)
    def _save(self, chosen: dict[str, Any]) -> None:
        desk = self._context.desk
        new = replace(desk.settings, **chosen)
        if new != desk.settings:
            self._try(lambda: desk.change_settings(new))

    def _try(self, save: Callable[[], Changes]) -> bool:
        """Save and tell every screen, or say why not and show what holds."""
        try:
            changes = save()
        except OSError as error:
            self._could_not_save(error)
            return False
        except UserError as error:
            self._context.complain(self, error)
            self.reload()
            return False
        if not self._context.tasks.closed:  # else the window goes, and takes a last change with it
            self._context.notice.emit(words_settings.SAVED)
            self._context.broadcast(changes)
        return True

    def _could_not_save(self, error: OSError) -> None:
        folder = self._context.desk.paths.folder
        sentence = f"The settings could not be saved in {folder}. Check that there is room and that you may write there."
        self._context.complain(self, UserError(sentence, details=str(error)))
        self.reload()

    @Slot(int)
    def _on_target(self, hours: int) -> None:
        self._save({"own_target_hours": hours})

    @Slot(object, str, str)
    def _on_staff(self, names: tuple[str, ...], before: str, now: str) -> None:
        desk = self._context.desk
        chosen: dict[str, Any] = {"staff": names}
        renamed = before and now
        if renamed and desk.settings.person == before:
            chosen["person"] = now
        works = renamed and desk.person_chosen and desk.person == before

        def change() -> Changes:
            changes = desk.change_settings(replace(desk.settings, **chosen))
            if works:
                desk.act_as(now)
            return changes | Changes.PEOPLE

        self._try(change)

    @Slot(bool)
    def _on_autostart(self, on: bool) -> None:
        desk = self._context.desk

        def change() -> Changes:
            if on:
                desk.autostart.turn_on()
            else:
                desk.autostart.turn_off()
            return desk.change_settings(replace(desk.settings, start_with_computer=on))

        self._try(change)

    @Slot()
    def _edit_templates(self) -> None:
        from optoutdesk.ui.dialogs.templates import TemplatesDialog

        TemplatesDialog(self._context, self.window()).open()

    # -- what decides due dates

    @Slot(object)
    def _read_list(self, path: Path) -> None:
        """Read a list of wireless domains; it counts once she has agreed."""
        now = self._context.now()

        def work(_report: Any) -> "WirelessDomains":
            from optoutdesk.services.wireless_domains import read_wireless_domains

            return read_wireless_domains(path, now=now)

        self._context.lookups.run(work, done=self._choose_list, failed=self._not_read)

    def _not_read(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self, error)

    @Slot()
    def _back_to_shipped(self) -> None:
        from optoutdesk.services.counting import load_wireless_domains

        self._choose_list(load_wireless_domains())

    def _choose_list(self, domains: "WirelessDomains") -> None:
        if self._applying:
            return
        in_use = self._context.desk.counting.wireless
        same = (domains.file, domains.domains) == (in_use.file, in_use.domains)
        self._list = None if same else domains
        self._show_counting()
        self._count()
        if same and domains.file:
            self._context.notice.emit(words_settings.SAME_WIRELESS)

    @Slot()
    def _on_counting(self) -> None:
        chosen = self.counting.chosen()
        self._draft = {
            name: getattr(chosen, name) for name in self._context.desk.settings_changes.decides(chosen)
        }
        self._show_counting()
        self._count()

    def _count(self) -> None:
        """Have it counted what the choice would mean."""
        self._wish += 1
        if not self._undecided:
            self.counting.question.hide()
            return
        service = self._context.desk.settings_changes
        draft, domains, wish = self._wanted(), self._list, self._wish
        self.counting.question.ask(words_settings.COUNTING, ready=False)
        QTimer.singleShot(0, self, self._show_question)
        self._context.lookups.run(
            lambda _report: (wish, service.plan(draft, domains)), done=self._counted, failed=self._not_counted
        )

    @Slot()
    def _show_question(self) -> None:
        self.area.ensureWidgetVisible(self.counting.question, 0, 24)

    def _counted(self, outcome: "tuple[int, SettingsPlan]") -> None:
        wish, plan = outcome
        if wish == self._wish and self._undecided:
            tone = "warning" if plan.would_change else "accent"
            self.counting.question.ask(words_settings.plan(plan), ready=True, tone=tone)
            QTimer.singleShot(0, self, self._show_question)

    def _not_counted(self, error: Exception) -> None:
        self._keep()
        self._not_read(error)

    @Slot()
    def _keep(self) -> None:
        """She keeps it as it was."""
        self._draft, self._list = {}, None
        self._wish += 1
        had_focus = self.counting.question.isAncestorOf(self.focusWidget() or self)
        self.counting.question.hide()
        self._show_counting()
        if had_focus:
            self.counting.policy.setFocus()

    @Slot()
    def _apply(self) -> None:
        """She agrees: it is recorded and holds from now on."""
        if not self._undecided or self._applying:
            return
        desk, draft, domains = self._context.desk, self._wanted(), self._list
        now, by = self._context.now(), desk.person
        self._applying = True
        self.counting.setEnabled(False)

        def work(_report: Any) -> tuple[list[str], Changes]:
            service = desk.settings_changes
            return service.decides(draft, domains), service.apply(draft, domains, by=by, now=now)

        self._context.tasks.run(work, done=self._applied, failed=self._not_applied)

    def _applied(self, outcome: tuple[list[str], Changes]) -> None:
        names, changes = outcome
        self._end_applying()
        settings, counting = self._context.desk.settings, self._context.desk.counting
        said = words_settings.changed(names, settings, counting.policy, counting.wireless)
        self._context.notice.emit(said)
        self._context.broadcast(changes)

    def _not_applied(self, error: Exception) -> None:
        self._end_applying()
        if isinstance(error, OSError):
            self._could_not_save(error)
        elif isinstance(error, UserError):
            self._context.complain(self, error)
        else:
            raise error

    def _end_applying(self) -> None:
        self._applying = False
        self.counting.setEnabled(True)
        self._keep()
        self.counting.policy.setFocus()
