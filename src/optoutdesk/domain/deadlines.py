"""When a request must be honoured: received + policy + holidays -> due, days left, and the strip that shows it.

The day of receipt is day 0, the next business day is day 1, the policy's last day is the last on which mail
may go out (15 U.S.C. 7704(a)(4)(A)(i)). Business days are Monday to Friday less the calendar's holidays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

HolidayName = Callable[[date], str | None]
"""The name of the holiday on a day, or None."""

_SATURDAY = 5
_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a policy counts."""

    BUSINESS_DAYS = "business-days"
    CALENDAR_DAYS = "calendar-days"


class Starts(StrEnum):
    """What starts a policy's clock."""

    RECEIPT = "receipt"
    SENT = "sent"
    """That the person sent it, which may be earlier; the day of receipt counts only where that is not known."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule for the due date, with where it stands. Data of resources/law/policies.json."""

    id: str
    name: str
    limit: int
    """How many days; 0: at once, on the day itself."""
    unit: Unit
    calendar: str
    """Which holidays: a country code of the `holidays` package, or "none"."""
    source: str
    checked_on: date
    penalty: str
    """What breaking it can cost, as a sentence; "" where none is known."""
    holidays: str = ""
    """What the calendar holds, in words; "" where every day counts."""
    starts: Starts = Starts.RECEIPT
    provinces: tuple[tuple[str, str], ...] = ()
    """Codes and names of the provinces that have holidays of their own; none: the place makes no difference."""
    not_confirmed: str = ""
    """What of this is not confirmed, as a sentence; "" where all of it is."""


class CellKind(StrEnum):
    """What one cell of the strip stands for."""

    PASSED = "passed"
    TO_COME = "to-come"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    """A gap: one for both days."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the deadline strip."""

    day: date
    kind: CellKind
    holiday: str = ""


def no_holidays(_day: date) -> None:
    """Count holidays as business days, which gives the earlier date."""


def is_business_day(day: date, holiday: HolidayName) -> bool:
    """Whether a day counts: Monday to Friday and no holiday."""
    return day.weekday() < _SATURDAY and holiday(day) is None


def due_date(received: date, policy: Policy, holiday: HolidayName) -> date:
    """Return the last day on which mail may still go out to someone whose request came on `received`."""
    if policy.unit is Unit.CALENDAR_DAYS:
        return received + policy.limit * _DAY
    day = received
    left = policy.limit
    while left:
        day += _DAY
        if is_business_day(day, holiday):
            left -= 1
    return day


def days_left(today: date, due: date, policy: Policy, holiday: HolidayName) -> int:
    """Return how many of the policy's days remain after today up to the due date; negative: days late."""
    first, last, sign = (today, due, 1) if today <= due else (due, today, -1)
    if policy.unit is Unit.CALENDAR_DAYS:
        return sign * (last - first).days
    return sign * sum(is_business_day(day, holiday) for day in _days_after(first, last))


def strip(received: date, due: date, today: date, policy: Policy, holiday: HolidayName) -> tuple[Cell, ...]:
    """Return the cells from the day after receipt to the due date: they explain the date."""
    cells: list[Cell] = []
    for day in _days_after(received, due):
        name = holiday(day)
        if policy.unit is Unit.BUSINESS_DAYS and day.weekday() >= _SATURDAY:
            if cells and cells[-1].kind is not CellKind.WEEKEND:
                cells.append(Cell(day, CellKind.WEEKEND))
        elif policy.unit is Unit.BUSINESS_DAYS and name is not None:
            cells.append(Cell(day, CellKind.HOLIDAY, name))
        else:
            cells.append(Cell(day, CellKind.PASSED if day <= today else CellKind.TO_COME))
    return tuple(cells)


def _days_after(first: date, last: date) -> Iterator[date]:
    for offset in range(1, (last - first).days + 1):
        yield first + offset * _DAY
