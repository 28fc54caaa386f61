"""Business days, on top of the `holidays` package, and the sentence that says how they were counted."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from optoutdesk.domain.deadlines import HolidayName, Policy, Unit, no_holidays

NO_CALENDAR = "none"
_CALENDAR_DAYS = "calendar days"
_ALL_WEEKDAYS = "Monday to Friday, holidays counted as business days"
_WEEKDAYS_LESS = "Monday to Friday less {calendar} public holidays (holidays {version})"
_SAYS_CALENDAR = re.compile(
    re.escape(_WEEKDAYS_LESS).replace(r"\{calendar\}", r"([A-Z-]+)").replace(r"\{version\}", r".+")
)


def calendar_of(policy: Policy, province: str = "") -> str:
    """Return which holidays a policy goes by: a country, with the province where one is set and matters.

    A country alone has the holidays that all of it has, the fewest there are anywhere in it: the earliest date.
    """
    of_its_own = province and province in dict(policy.provinces)
    return f"{policy.calendar}-{province}" if of_its_own else policy.calendar


def holiday_names(calendar: str, *, holidays_count: bool) -> HolidayName:
    """Return the holidays of a calendar; with `holidays_count` none, which makes every date stricter."""
    return no_holidays if holidays_count or calendar == NO_CALENDAR else _holidays_of(calendar)


@cache
def _holidays_of(calendar: str) -> HolidayName:
    import holidays  # slow to load: only where a date is counted

    country, _, province = calendar.partition("-")
    # Years fill in as they are asked for, so a count across a year's end sees the next year's holidays.
    days = holidays.country_holidays(country, subdiv=province or None)

    def name(day: date) -> str | None:
        found: str | None = days.get(day)
        return found

    return name


@cache
def way_of_counting(calendar: str, *, holidays_count: bool) -> str:
    """Return how business days are counted, in words, with the version of the data: it stands beside every date."""
    if calendar == NO_CALENDAR:
        return _CALENDAR_DAYS
    if holidays_count:
        return _ALL_WEEKDAYS
    from importlib.metadata import version  # slow to load: only where a date is counted

    return _WEEKDAYS_LESS.format(calendar=calendar, version=version("holidays"))


@dataclass(frozen=True, slots=True)
class Way:
    """How the days of one request were counted."""

    unit: Unit
    holiday: HolidayName


@lru_cache(maxsize=256)
def read_way(way: str) -> Way | None:
    """Return what a sentence of way_of_counting() says; None: it is none of its sentences.

    The holidays are those the package has now, whatever its version was then: they only explain a date that stands.
    """
    if way == _CALENDAR_DAYS:
        return Way(Unit.CALENDAR_DAYS, no_holidays)
    if way == _ALL_WEEKDAYS:
        return Way(Unit.BUSINESS_DAYS, no_holidays)
    said = _SAYS_CALENDAR.fullmatch(way)
    if said is None:
        return None
    try:
        return Way(Unit.BUSINESS_DAYS, _holidays_of(said.group(1)))
    except NotImplementedError:  # a calendar this version of the package does not have
        return None
