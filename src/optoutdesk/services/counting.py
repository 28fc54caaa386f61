"""How this business counts: its policy, its holidays and its time zone, in one object; and how a request on record was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from optoutdesk.calendars import Way, calendar_of, holiday_names, read_way, way_of_counting
from optoutdesk.domain import deadlines
from optoutdesk.domain.address import domain_key, parent_domains
from optoutdesk.domain.dates import CLOCK_ERROR, EARLIEST
from optoutdesk.domain.deadlines import Cell, HolidayName, Policy, Starts, Unit
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.domain.requests import Kind, OptOutRequest, Received, received_at, received_on
from optoutdesk.resources import resource
from optoutdesk.settings import Settings

SOON = 3
"""Business days: a request due within so many needs her now."""
MOST_WIRELESS_BYTES = 4 << 20
"""Of a kept list of wireless domains."""


@cache
def load_policies() -> Mapping[str, Policy]:
    """Return the policies of resources/law/policies.json by id, in their order."""
    data = json.loads(resource("law", "policies.json").read_text("utf-8"))
    return {
        item["id"]: Policy(
            id=item["id"],
            name=item["name"],
            limit=item["limit"],
            unit=Unit(item["unit"]),
            calendar=item["calendar"],
            source=item["source"],
            checked_on=date.fromisoformat(item["checked_on"]),
            penalty=item["penalty"],
            holidays=item["holidays"],
            starts=Starts(item["starts"]),
            provinces=tuple(item.get("provinces", {}).items()),
            not_confirmed=item["not_confirmed"],
        )
        for item in data["policies"]
    }


@dataclass(frozen=True, slots=True)
class WirelessDomains:
    """Domains of addresses that are telephones: those of resources/law/wireless-domains.json, or a list she loaded."""

    policy: str
    """Id of the policy for them."""
    domains: frozenset[str]
    official: bool
    """Whether this is the list the law means."""
    source: str
    file: str = ""
    """Name of the file she loaded; "" for the list of the program."""
    loaded: datetime | None = None
    """When she loaded it."""

    def __contains__(self, domain: str) -> bool:
        """Whether a domain is listed; a listed domain covers what lies below it."""
        return not self.domains.isdisjoint(parent_domains(domain))


def load_wireless_domains(kept: Path | None = None) -> WirelessDomains:
    """Return the wireless domains that are kept in a file, else those that come with the program.

    UserError when that file cannot be understood: by a shorter list a date might be later than the law allows.
    """
    if kept is None:
        return _shipped_wireless_domains()
    try:
        with kept.open("rb") as stream:
            content = stream.read(MOST_WIRELESS_BYTES)  # a larger file is cut off, and then it is no JSON
        return _kept_wireless_domains(content.decode("utf-8-sig"))
    except FileNotFoundError:
        return _shipped_wireless_domains()
    except (OSError, ValueError) as error:
        raise UserError(
            f"The wireless domains in {kept} cannot be read. Put that file back from a copy, or delete it to count by the "
            "list of the program until you load yours again.",
            details=str(error),
        ) from error


@cache
def _shipped_wireless_domains() -> WirelessDomains:
    data = json.loads(resource("law", "wireless-domains.json").read_text("utf-8"))
    return WirelessDomains(data["policy"], frozenset(data["domains"]), data["official"], data["source"])


def _kept_wireless_domains(text: str) -> WirelessDomains:
    """Return what a kept file holds; ValueError when it is none."""
    try:
        data = json.loads(text)
        domains, file = data["domains"], data["file"]
        loaded = datetime.fromisoformat(data["loaded"])
        wrong = [domain for domain in domains if domain_key(domain) != domain]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a kept list: {error!r}") from error
    if not domains or not isinstance(domains, list) or wrong or loaded.tzinfo is None:
        raise ValueError(f"not a kept list: {str(wrong or data)[:200]}")
    if not isinstance(file, str) or not file:
        raise ValueError("not a kept list: nothing says from which file")
    usual = _shipped_wireless_domains()
    return replace(usual, domains=frozenset(domains), official=True, file=file, loaded=loaded)


@dataclass(frozen=True, slots=True)
class Counted:
    """A due date and how it came about, for a request that is to be recorded."""

    due: date
    """The last day on which mail may still go out."""
    policy: Policy
    way: str
    """The way of counting in words; recorded with the date."""


@dataclass(frozen=True)
class Counting:
    """The policy, the holidays and the zone that give due dates and days left."""

    policy: Policy
    """What counts where nothing else is said."""
    zone: str
    policies: Mapping[str, Policy]
    wireless: WirelessDomains
    province: str = ""
    holidays_count: bool = False
    own_target_hours: int = 48

    @property
    def holiday(self) -> HolidayName:
        """The holidays of the business's policy."""
        return self.holiday_for(self.policy)

    @property
    def way(self) -> str:
        """The way of counting of the business's policy, in words."""
        return self.way_for(self.policy)

    def today(self, now: datetime) -> date:
        """Return the business's local day."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def received(self, when: datetime | date, now: datetime) -> Received:
        """Return the receipt for a moment, or a day without a time; UserError when it lies ahead or is absurd."""
        day = when.date() if isinstance(when, datetime) else when
        # First by the year alone: at the ends of the calendar no time zone can be applied.
        receipt = None
        if EARLIEST.year <= day.year <= now.year + 1:
            receipt = (
                received_at(when, self.zone) if isinstance(when, datetime) else received_on(when, self.zone)
            )
            day = receipt.day
        if day < EARLIEST:
            raise UserError(f"{day.isoformat()} is too long ago. Give the day on which the request arrived.")
        if receipt is None or receipt.instant > now + CLOCK_ERROR or day > self.today(now):
            today = receipt is not None and day == self.today(now)
            ahead = "That time" if today else day.isoformat()
            raise UserError(
                f"{ahead} lies ahead. Give the {'time at' if today else 'day on'} which the request arrived."
            )
        return receipt

    # -- a request that is to be recorded

    def policy_named(self, policy_id: str | None) -> Policy:
        """Return a policy by its id, the business's own for none; UsageError when there is no such policy."""
        if not policy_id:
            return self.policy
        found = self.policies.get(policy_id)
        if found is None:
            raise UsageError(f"There is no policy “{policy_id}”. Choose one of {', '.join(self.policies)}.")
        return found

    def count(self, received: Received, policy_id: str | None = None, domain: str = "") -> Counted:
        """Return the due date of a request received then, by a policy or the business's own, about an address at a domain.

        At a wireless domain the rule for those counts where its date is the earlier one (47 CFR 64.3100): the law
        of the list and the law of the business both bind.
        """
        policy = self.policy_named(policy_id)
        due = self._due(received, policy)
        if domain and domain in self.wireless:
            rule = self.policies[self.wireless.policy]
            earlier = self._due(received, rule)
            if earlier < due:
                due, policy = earlier, rule
        return Counted(due, policy, self.way_for(policy))

    def due(self, received: Received, policy_id: str | None = None, domain: str = "") -> date:
        """Return the last day on which mail may still go out; see count()."""
        return self.count(received, policy_id, domain).due

    def _due(self, received: Received, policy: Policy) -> date:
        return deadlines.due_date(received.day, policy, self.holiday_for(policy))

    def way_for(self, policy: Policy) -> str:
        """Return the way of counting by a policy in words; recorded with each date."""
        calendar = calendar_of(policy, self.province)
        return way_of_counting(calendar, holidays_count=self.holidays_count)

    def holiday_for(self, policy: Policy) -> HolidayName:
        """Return the holidays that do not count by a policy."""
        return holiday_names(calendar_of(policy, self.province), holidays_count=self.holidays_count)

    def strip_for(self, received: Received, counted: Counted, today: date) -> tuple[Cell, ...]:
        """Return the cells that explain a due date that count() gave."""
        policy = counted.policy
        return deadlines.strip(received.day, counted.due, today, policy, self.holiday_for(policy))

    def own_target(self, received: Received) -> datetime:
        """Return when the business itself wants it done, beside the legal date and never instead of it.

        A receipt without a time starts with the first moment of its day.
        """
        return received.instant + timedelta(hours=self.own_target_hours)

    # -- a request on record: by its policy and its way of counting, whatever the settings say by now

    def days_left(self, request: OptOutRequest, today: date) -> int:
        """Return the days left after today, of the kind its policy counts; negative: days late."""
        policy, holiday = self._of(request)
        return deadlines.days_left(today, request.due, policy, holiday)

    def strip(self, request: OptOutRequest, today: date) -> tuple[Cell, ...]:
        """Return the cells of a request's deadline strip."""
        policy, holiday = self._of(request)
        return deadlines.strip(request.received.day, request.due, today, policy, holiday)

    def _of(self, request: OptOutRequest) -> tuple[Policy, HolidayName]:
        policy = self.policies.get(request.policy, self.policy)
        way = read_way(request.counting) or Way(
            policy.unit, holiday_names(policy.calendar, holidays_count=False)
        )
        return (policy if policy.unit is way.unit else replace(policy, unit=way.unit)), way.holiday

    def soon(self, today: date) -> date:
        """Return the last due date that still counts as due soon."""
        return deadlines.due_date(today, replace(self.policy, limit=SOON), self.holiday)


def domain_of(kind: Kind, key: str) -> str:
    """Return the domain an entry of the suppression list is about; "" for a hash, which does not tell."""
    if kind is Kind.DOMAIN:
        return key
    return key.rpartition("@")[2] if kind is Kind.ADDRESS else ""


def make_counting(
    policy_id: str,
    zone: str,
    *,
    holidays_count: bool,
    province: str = "",
    own_target_hours: int = 48,
    wireless: WirelessDomains | None = None,
) -> Counting:
    """Return the counting of a business's settings; without a list of wireless domains, by that of the program."""
    policies = load_policies()
    return Counting(
        policies[policy_id],
        zone,
        policies,
        wireless or load_wireless_domains(),
        province,
        holidays_count,
        own_target_hours,
    )


def counting_of(settings: Settings, wireless: WirelessDomains) -> Counting:
    """Return the counting of a business's settings and its list of wireless domains."""
    return make_counting(
        settings.policy,
        settings.zone(),
        holidays_count=settings.holidays_count,
        province=settings.province,
        own_target_hours=settings.own_target_hours,
        wireless=wireless,
    )


def wrong_in(settings: Settings) -> str:
    """Return what the law's data do not know of what settings name; "" where they know it all."""
    policies = load_policies()
    if settings.policy not in policies:
        return f"policy should be one of {', '.join(policies)}, is {settings.policy!r}"
    provinces = {code for policy in policies.values() for code, _ in policy.provinces}
    if settings.province and settings.province not in provinces:
        return f"province should be empty or one of {', '.join(sorted(provinces))}, is {settings.province!r}"
    return ""
