"""Changing settings: what that would mean for the open requests, and the ledger's entry where it decides due dates.

Requests on record keep their due dates, whatever is changed.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from optoutdesk.domain.errors import StoreError, UsageError, UserError
from optoutdesk.domain.requests import OptOutRequest, Precision, SettingChange, received_at
from optoutdesk.services.changes import Changes
from optoutdesk.services.counting import Counting, WirelessDomains, counting_of, domain_of, wrong_in
from optoutdesk.services.wireless_domains import WirelessLists, in_words
from optoutdesk.settings import Settings, wrong_value
from optoutdesk.store import Store

DECIDE = ("policy", "province", "holidays_count", "time_zone")
"""The settings by which due dates are counted."""
WIRELESS = "wireless_domains"
"""So the list of wireless domains is called in the ledger: it decides due dates too, and has a file of its own."""


@dataclass(frozen=True, slots=True)
class SettingsPlan:
    """What other settings would mean for the open requests, if they were counted by them; they are not."""

    would_change: int
    """How many would have another due date."""
    earlier: int
    """How many of them an earlier one."""
    later: int
    open: int
    """How many requests are open in all."""


class ChangeSettings:
    """Saves settings, and records in the ledger what decides due dates."""

    def __init__(
        self,
        store: Store,
        settings: Callable[[], Settings],
        save: Callable[[Settings], Changes],
        wireless: WirelessLists,
    ) -> None:
        """`settings` returns those in use, `save` puts others into the file and has it counted by all files anew."""
        self._store = store
        self._settings = settings
        self._save = save
        self._wireless = wireless

    def plan(self, new: Settings, wireless: WirelessDomains | None = None) -> SettingsPlan:
        """Count how many open requests would have another due date; about a second for 20,000.

        Without a list of wireless domains by the one in use.
        """
        _refuse_wrong(new)
        anew = _Anew(counting_of(new, wireless or self._wireless.in_use()))
        requests = self._store.open_requests()
        earlier = later = 0
        for request in requests:
            due = anew.due(request)
            earlier += due < request.due
            later += due > request.due
        return SettingsPlan(earlier + later, earlier, later, len(requests))

    def decides(self, new: Settings, wireless: WirelessDomains | None = None) -> list[str]:
        """Return the names of the settings that would change and decide due dates."""
        before = self._settings()
        changed = [name for name in DECIDE if getattr(new, name) != getattr(before, name)]
        if wireless is not None and in_words(wireless) != in_words(self._wireless.in_use()):
            changed.append(WIRELESS)
        return changed

    def apply(
        self, new: Settings, wireless: WirelessDomains | None = None, *, by: str, now: datetime
    ) -> Changes:
        """Save settings and, where one is given, another list of wireless domains.

        What decides due dates is recorded with how many open requests it would have changed.

        The ledger comes first: a crash between it and the file shows at the next start, when catch_up() compares
        them. The other way round the change would be in force and nowhere on record. OSError or OutputError when a
        file cannot be written: all stays as it was, and the ledger says so.
        """
        _refuse_wrong(new)
        changed = self.decides(new, wireless)
        list_before = self._wireless.in_use()
        if changed:
            self.catch_up(now=now)
            before = _texts(self._settings(), list_before)
            after = _texts(new, wireless or list_before)
            with self._store.act("change setting", by=by, now=now) as act:
                # In the transaction: nothing comes in between.
                would_change = self.plan(new, wireless).would_change
                for name in changed:
                    change = SettingChange(now, by, name, before[name], after[name], would_change)
                    act.record_setting(change)
        try:
            if wireless is not None:
                self._wireless.use(wireless)
            return self._save(new)
        except BaseException:
            if wireless is not None:
                with suppress(UserError):  # what is in use is counted by until the next start
                    self._wireless.use(list_before)
            if changed:
                with suppress(StoreError):  # the next start catches up
                    self.catch_up(now=now)
            raise

    def catch_up(self, *, now: datetime) -> None:
        """Record where the settings in use are not those last recorded: by a crash, or changed in the file by hand.

        Nobody knows by whom. Settings of which nothing was ever recorded are left alone.
        """
        settings = self._settings()
        recorded: dict[str, str] = {}
        for change in self._store.setting_changes():
            recorded.setdefault(change.name, change.after)
        actual = _texts(settings, self._wireless.in_use())
        names = [name for name in actual if recorded.get(name, actual[name]) != actual[name]]
        if not names:
            return
        with self._store.act("change setting", by="", now=now) as act:
            would_change = self.plan(settings).would_change
            for name in names:
                change = SettingChange(now, "", name, recorded[name], actual[name], would_change)
                act.record_setting(change)


class _Anew:
    """Counts due dates by one way of counting; thousands of requests share few days."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting
        self._wireless: dict[str, bool] = {}
        self._dues: dict[tuple[date, bool], date] = {}

    def due(self, request: OptOutRequest) -> date:
        """Return the due date that a request would have."""
        received, zone = request.received, self._counting.zone
        if received.precision is Precision.MINUTE and received.zone != zone:
            received = received_at(received.instant, zone)
        domain = domain_of(request.kind, request.key)
        wireless = self._wireless.get(domain)
        if wireless is None:
            wireless = self._wireless[domain] = domain in self._counting.wireless
        key = received.day, wireless
        if key not in self._dues:
            self._dues[key] = self._counting.due(received, domain=domain)
        return self._dues[key]


def _texts(settings: Settings, wireless: WirelessDomains) -> dict[str, str]:
    """Return what decides due dates as it stands in the ledger, by name."""
    values = {name: getattr(settings, name) for name in DECIDE}
    texts = {
        name: ("yes" if value else "no") if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }
    return texts | {WIRELESS: in_words(wireless)}


def _refuse_wrong(settings: Settings) -> None:
    if wrong := wrong_value(settings) or wrong_in(settings):
        raise UsageError(f"Settings cannot be changed like that: {wrong}.")
