"""Joins the parts once: paths, settings, store, calendar, services. The window and the command line hold one Desk."""

import getpass
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from optoutdesk.paths import find_paths
from optoutdesk.services.changes import Changes
from optoutdesk.settings import Settings, load_settings, save_settings

# Parts are imported where they are first used: `check` must not pay for holidays and spreadsheets, nor the
# window's first paint for the store.
if TYPE_CHECKING:
    from optoutdesk.domain.ledger import Verification
    from optoutdesk.services.backups import Backups
    from optoutdesk.services.check_address import CheckAddress
    from optoutdesk.services.clean_list import CleanList
    from optoutdesk.services.cleaned_lists import CleanedLists
    from optoutdesk.services.counting import Counting
    from optoutdesk.services.due_requests import DueRequests
    from optoutdesk.services.export_list import ExportList
    from optoutdesk.services.import_optouts import ImportOptOuts
    from optoutdesk.services.opt_in_again import OptInAgain
    from optoutdesk.services.record_optout import RecordOptOut
    from optoutdesk.services.register import Register
    from optoutdesk.services.remembered_mappings import RememberedMappings
    from optoutdesk.services.undo_import import UndoImport
    from optoutdesk.store import Store


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

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        if self._settings is None:
            self._settings = load_settings(self.paths.settings)
        return self._settings

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
        settings = replace(load_settings(self.paths.settings), **chosen)
        save_settings(self.paths.settings, settings)
        self._settings = settings
        for part in ("counting", "record_optout", "import_optouts", "due_requests", "register"):
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
        """Who records, where nobody says otherwise: the person of the settings, else the computer's user."""
        if self.settings.person:
            return self.settings.person
        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):  # a container's user may have no name
            return ""

    @cached_property
    def counting(self) -> "Counting":
        """How this business counts days."""
        from optoutdesk.services.counting import make_counting

        settings = self.settings
        return make_counting(settings.policy, settings.zone(), holidays_count=settings.holidays_count)

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

        return CleanedLists(self.store)

    @cached_property
    def due_requests(self) -> "DueRequests":
        """The open requests."""
        from optoutdesk.services.due_requests import DueRequests

        return DueRequests(self.store, self.counting)

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
