"""Business days, on top of the `holidays` package."""

from datetime import date
from functools import cache

from optoutdesk.domain.deadlines import HolidayName, no_holidays

NO_CALENDAR = "none"


def holiday_names(calendar: str, *, holidays_count: bool) -> HolidayName:
    """Return the holidays of a calendar; with `holidays_count` none, which makes every date stricter."""
    return no_holidays if holidays_count or calendar == NO_CALENDAR else _holidays_of(calendar)


@cache
def _holidays_of(calendar: str) -> HolidayName:
    import holidays  # slow to load: only where a date is counted

    # Years fill in as they are asked for, so a count across a year's end sees the next year's holidays.
    days = holidays.country_holidays(calendar)

    def name(day: date) -> str | None:
        found: str | None = days.get(day)
        return found

    return name


def way_of_counting(calendar: str, *, holidays_count: bool) -> str:
    """Return how business days are counted, in words, with the version of the data: it stands beside every date."""
    if calendar == NO_CALENDAR:
        return "calendar days"
    if holidays_count:
        return "Monday to Friday, holidays counted as business days"
    from importlib.metadata import version  # slow to load: only where a date is counted

    return f"Monday to Friday less {calendar} public holidays (holidays {version('holidays')})"
