"""Joins the parts once: paths, settings, store, calendar, services. The window and the command line hold one Desk."""

import getpass
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from optoutdesk.paths import find_paths, usual_paths
from optoutdesk.services.changes import Changes
from optoutdesk.settings import Settings, load_settings, save_settings, unreadable_settings

# Parts are imported where they are first used: `check` must not pay for holidays and spreadsheets, nor the
# window's first paint for the store.
if TYPE_CHECKING:
    from optoutdesk.domain.ledger import Verification
    from optoutdesk.services.acknowledge import Acknowledge
    from optoutdesk.services.autostart import Autostart
    from optoutdesk.services.backups import Backups
    from optoutdesk.services.calendar_file import CalendarFile
    from optoutdesk.services.change_settings import ChangeSettings
    from optoutdesk.services.check_address import CheckAddress
    from optoutdesk.services.clean_list import CleanList
    from optoutdesk.services.cleaned_lists import CleanedLists
    from optoutdesk.services.counting import Counting
    from optoutdesk.services.due_requests import DueRequests
    from optoutdesk.services.evidence import KeepEvidence
    from optoutdesk.services.export_list import ExportList
    from optoutdesk.services.import_optouts import ImportOptOuts
    from optoutdesk.services.opt_in_again import OptInAgain
    from optoutdesk.services.platforms import Platforms
    from optoutdesk.services.record_optout import RecordOptOut
    from optoutdesk.services.register import Register
    from optoutdesk.services.remembered_mappings import RememberedMappings
    from optoutdesk.services.reminders import Reminders
    from optoutdesk.services.undo_import import UndoImport
    from optoutdesk.services.verify_platform import VerifyPlatform
    from optoutdesk.services.wireless_domains import WirelessLists
    from optoutdesk.store import Store


_COUNTED = (
    *("counting", "record_optout", "import_optouts", "due_requests", "register"),
    *("platforms", "verify_platform", "reminders", "calendar_file"),
)
"""Parts that hold settings: made anew when one changes."""


def system_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Desk:
    """One business's desk. Parts are made when first asked for."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        now: Callable[[], datetime] = system_now,
        busy_seconds: float | None = None,
    ) -> None:
        self.paths = find_paths(folder)
        self.now = now
        self._busy_seconds = busy_seconds
        self._settings: Settings | None = None
        self._acting = ""

    @property
    def settings(self) -> Settings:
        """The settings as they are now; UserError when their file cannot be understood."""
        if self._settings is None:
            self._settings = self._load_settings()
        return self._settings

    def _load_settings(self) -> Settings:
        settings = load_settings(self.paths.settings)
        usual = Settings()
        # The usual ones need no look at the law's data, for which the window's first paint would wait.
        if (settings.policy, settings.province) != (usual.policy, usual.province):
            from optoutdesk.services.counting import wrong_in

            if wrong := wrong_in(settings):
                raise unreadable_settings(self.paths.settings, wrong)
        return settings

    def change_settings(self, settings: Settings) -> Changes:
        """Save what differs from the settings so far and use it from now on.

        What was written into the file by hand meanwhile stays: some settings have no other place.
        """
        before = self.settings
        chosen = {
            field.name: getattr(settings, field.name)
            for field in fields(Settings)
            if getattr(settings, field.name) != getattr(before, field.name)
        }
        settings = replace(self._load_settings(), **chosen)
        save_settings(self.paths.settings, settings)
        self._settings = settings
        for part in _COUNTED:
            self.__dict__.pop(part, None)
        return Changes.SETTINGS

    @cached_property
    def store(self) -> "Store":
        """The suppression list; StoreError when it cannot be opened."""
        from optoutdesk.store import Store

        if self._busy_seconds is None:
            return Store(self.paths.store)
        return Store(self.paths.store, busy_seconds=self._busy_seconds)

    @property
    def person(self) -> str:
        """Who works in this session: who was chosen, else the person of the settings, else the computer's user."""
        if self._acting or self.settings.person:
            return self._acting or self.settings.person
        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):  # a container's user may have no name
            return ""

    @property
    def person_chosen(self) -> bool:
        """Whether it was said in this session who works."""
        return bool(self._acting)

    def act_as(self, name: str) -> None:
        """Say who works from now on in this session: every act is recorded by that name."""
        self._acting = name.strip()

    def people(self) -> list[str]:
        """Return who can be chosen: the staff of the settings in their order, then whoever else has recorded something."""
        return list(dict.fromkeys(filter(None, [*self.settings.staff, *self.store.people()])))

    @cached_property
    def settings_changes(self) -> "ChangeSettings":
        """Changes settings that decide due dates, with what that would mean."""
        from optoutdesk.services.change_settings import ChangeSettings

        return ChangeSettings(self.store, lambda: self.settings, self.change_settings, self.wireless)

    @cached_property
    def wireless(self) -> "WirelessLists":
        """The list of wireless domains, by which due dates are counted as well."""
        from optoutdesk.services.wireless_domains import WirelessLists

        return WirelessLists(self.paths.wireless)

    @cached_property
    def counting(self) -> "Counting":
        """How this business counts days."""
        from optoutdesk.services.counting import counting_of

        return counting_of(self.settings, self.wireless.in_use())

    @cached_property
    def record_optout(self) -> "RecordOptOut":
        """Takes opt-outs in by hand."""
        from optoutdesk.services.record_optout import RecordOptOut

        return RecordOptOut(self.store, self.counting, self.settings.own_addresses)

    @cached_property
    def check_address(self) -> "CheckAddress":
        """May I mail this person?"""
        from optoutdesk.services.check_address import CheckAddress

        return CheckAddress(self.store)

    @cached_property
    def clean_list(self) -> "CleanList":
        """Cleans contact lists."""
        from optoutdesk.services.clean_list import CleanList

        return CleanList(self.store)

    @cached_property
    def cleaned_lists(self) -> "CleanedLists":
        """The lists that were cleaned, and whether they are still safe to send."""
        from optoutdesk.services.cleaned_lists import CleanedLists

        return CleanedLists(self.store, lambda: self.clean_list)

    @cached_property
    def due_requests(self) -> "DueRequests":
        """The open requests."""
        from optoutdesk.services.due_requests import DueRequests

        return DueRequests(self.store, self.counting)

    @cached_property
    def platforms(self) -> "Platforms":
        """Where people are kept or mailed."""
        from optoutdesk.services.platforms import Platforms

        return Platforms(self.store, self.counting, self.due_requests)

    @cached_property
    def verify_platform(self) -> "VerifyPlatform":
        """Compares a platform's own export with what is on record."""
        from optoutdesk.services.verify_platform import VerifyPlatform

        return VerifyPlatform(self.platforms, self.import_optouts)

    @cached_property
    def evidence(self) -> "KeepEvidence":
        """The files that show what happened."""
        from optoutdesk.services.evidence import KeepEvidence

        return KeepEvidence(
            self.store,
            self.paths.evidence,
            zone=lambda: self.settings.zone(),  # noqa: PLW0108 - of the settings as they are by then
            own_addresses=lambda: self.settings.own_addresses,
        )

    @cached_property
    def acknowledge(self) -> "Acknowledge":
        """Tells people that they are left alone from now on."""
        from optoutdesk.services.acknowledge import Acknowledge

        return Acknowledge(self.store, self.paths.templates, lambda: self.settings.business_name)

    @cached_property
    def reminders(self) -> "Reminders":
        """Reminds of open requests."""
        from optoutdesk.services.reminders import Reminders, schedule_of

        return Reminders(self.store, self.counting, schedule_of(self.settings))

    @cached_property
    def calendar_file(self) -> "CalendarFile":
        """Writes due dates for a calendar."""
        from optoutdesk.services.calendar_file import CalendarFile
        from optoutdesk.services.reminders import schedule_of

        return CalendarFile(self.store, self.counting, schedule_of(self.settings))

    @cached_property
    def autostart(self) -> "Autostart":
        """Starts this desk with the computer."""
        from optoutdesk.services.autostart import Autostart

        return Autostart(None if self.paths == usual_paths() else self.paths.folder)

    @cached_property
    def opt_in_again(self) -> "OptInAgain":
        """Ends a block, with evidence."""
        from optoutdesk.services.opt_in_again import OptInAgain

        return OptInAgain(self.store)

    @cached_property
    def register(self) -> "Register":
        """The register of all requests."""
        from optoutdesk.services.register import Register

        return Register(self.store, self.counting, self.due_requests)

    @cached_property
    def backups(self) -> "Backups":
        """Copies of the suppression list: made, listed, put back."""
        from optoutdesk.services.backups import Backups

        return Backups(self.paths.store, lambda: self.store)

    @cached_property
    def import_optouts(self) -> "ImportOptOuts":
        """Takes opt-outs in from files."""
        from optoutdesk.services.import_optouts import ImportOptOuts

        own = self.settings.own_addresses
        return ImportOptOuts(self.store, self.counting, self.backups, self.remembered, own)

    @cached_property
    def undo_import(self) -> "UndoImport":
        """The imports, and how to take one back."""
        from optoutdesk.services.undo_import import UndoImport

        return UndoImport(self.store, self.backups)

    @cached_property
    def export_list(self) -> "ExportList":
        """Writes the suppression list out."""
        from optoutdesk.services.export_list import ExportList

        return ExportList(self.store)

    @cached_property
    def remembered(self) -> "RememberedMappings":
        """What is remembered of the columns of files."""
        from optoutdesk.services.remembered_mappings import RememberedMappings

        return RememberedMappings(self.paths.mappings)

    def verify_ledger(self) -> "Verification":
        """Check the whole ledger and every stored row against it; seconds for a million rows."""
        return self.store.verify()

    def close(self) -> None:
        """Close the store's connection of this thread."""
        if "store" in self.__dict__:
            self.store.close()
