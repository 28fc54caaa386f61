"""How things stand on Today: read in the look-up thread, said in one line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optoutdesk.services.counting import Counting
from optoutdesk.services.due_requests import Today, Urgency
from optoutdesk.ui import words, words_today
from optoutdesk.ui.context import Context


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand, and which question that answers."""

    question: int
    today: Today
    """With the most urgent request only."""
    median_hours: float | None
    nothing_yet: bool
    """Nothing was ever recorded."""
    people: tuple[str, ...]
    platforms: bool
    """Whether there is any platform to group by."""


def read_standing(
    context: Context, question: int, asked: Callable[[], int]
) -> Callable[[Any], Standing | None]:
    """Return the work that reads how things stand; it gives None when something else was `asked` meanwhile."""
    desk, now = context.desk, context.now()
    due_requests, register, platforms = desk.due_requests, desk.register, desk.platforms

    def work(_report: Any) -> Standing | None:
        if question != asked():
            return None
        today = due_requests.today(now, limit=1)
        return Standing(
            question,
            today,
            due_requests.median_hours(now),
            not today.open and not register.counts(now).all,
            tuple(desk.people()),
            bool(platforms.all(now)),
        )

    return work


def headline(standing: Standing) -> str:
    """Return what needs her, as the title."""
    return "Welcome to Opt-Out Desk" if standing.nothing_yet else words.headline(standing.today)


def explain(standing: Standing, counting: Counting, *, with_response: bool) -> str:
    """Return the line below the title: the next date and what the law allows; `with_response`: how long answers took."""
    today = standing.today
    allowed = words.law_allows(counting.policy)
    if standing.nothing_yet:
        return f"Nothing is recorded yet. {allowed}{' to honor an opt-out' if counting.policy.limit else ''}."
    if not today.requests:
        return "Well done: everyone who asked was removed."
    first = today.requests[0]
    day = words.long_day(first.request.due, today.day)
    if first.urgency is Urgency.OVERDUE:
        return (
            f"The first was due on {day}. The lists you clean leave them out already; "
            f"remove them now wherever else you send from. {allowed}."
        )
    own = words_today.target_hours(counting.own_target_hours)
    # Where there is no room for it below its figure.
    took = "" if not with_response else f" {words_today.response_in_short(standing.median_hours)}"
    return f"Next legal deadline: {day}. {allowed}; your own target is {own}.{took}"
