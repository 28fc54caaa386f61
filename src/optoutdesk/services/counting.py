"""How this business counts: its policy, its holidays and its time zone, in one object."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from optoutdesk.calendars import holiday_names, way_of_counting
from optoutdesk.domain import deadlines
from optoutdesk.domain.dates import CLOCK_ERROR, EARLIEST
from optoutdesk.domain.deadlines import Cell, HolidayName, Policy, Unit
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import OptOutRequest, Received, received_at, received_on
from optoutdesk.resources import resource

SOON = 3
"""Business days: a request due within so many needs her now."""


def load_policies() -> dict[str, Policy]:
    """Return the policies of resources/law/policies.json by id."""
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
        )
        for item in data["policies"]
    }


@dataclass(frozen=True)
class Counting:
    """The policy, the holidays and the zone that give due dates and days left."""

    policy: Policy
    holiday: HolidayName
    zone: str
    way: str
    """The way of counting in words; recorded with each date."""

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

    def due(self, received: Received) -> date:
        """Return the last day on which mail may still go out."""
        return deadlines.due_date(received.day, self.policy, self.holiday)

    def days_left(self, due: date, today: date) -> int:
        """Return the business days left after today; negative: days late."""
        return deadlines.days_left(today, due, self.policy, self.holiday)

    def strip(self, request: OptOutRequest, today: date) -> tuple[Cell, ...]:
        """Return the cells of a request's deadline strip."""
        return deadlines.strip(request.received.day, request.due, today, self.policy, self.holiday)

    def soon(self, today: date) -> date:
        """Return the last due date that still counts as due soon."""
        return deadlines.due_date(today, replace(self.policy, limit=SOON), self.holiday)


def make_counting(policy_id: str, zone: str, *, holidays_count: bool) -> Counting:
    """Return the counting of a business's settings."""
    policy = load_policies()[policy_id]
    return Counting(
        policy,
        holiday_names(policy.calendar, holidays_count=holidays_count),
        zone,
        way_of_counting(policy.calendar, holidays_count=holidays_count),
    )
