"""Desks with few or many open requests at three platforms, as after a holiday peak; used by tests and pictures."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clock import NOW, ZONE
from optoutdesk.desk import Desk
from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import Channel
from optoutdesk.settings import Settings, save_settings

PLATFORMS = ("Mailchimp", "Outlook", "QuickBooks")
_RECEIVED = (
    # when, the share of all in twentieths
    (datetime(2026, 11, 2, 9), 1),  # overdue since 17 November
    (datetime(2026, 11, 10, 16, 42), 3),  # due tomorrow
    (datetime(2026, 11, 12, 9, 5), 2),  # due on Friday
    (datetime(2026, 11, 18, 9), 6),
    (datetime(2026, 11, 20, 11, 30), 4),
    (datetime(2026, 11, 23, 8, 14), 4),
)


class Clock:
    """A clock that can be set back, so that everything is recorded when it happened."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def at(local: datetime) -> datetime:
    """Return a moment in the business's zone."""
    return local.replace(tzinfo=ZoneInfo(ZONE))


def open_desk(folder: Path, clock: Clock | None = None, staff: tuple[str, ...] = ()) -> Desk:
    """Open the desk of a folder, new or not."""
    if not (folder / "settings.json").exists():
        wanted = Settings(
            time_zone=ZONE, person="Ana", staff=staff, ledger_verified="2026-11-24", theme="light"
        )
        save_settings(folder / "settings.json", wanted)
    return Desk(folder, now=clock or Clock())


def add_platforms(desk: Desk, clock: Clock, names: Sequence[str] = PLATFORMS) -> dict[str, int]:
    """Add platforms that concern everyone since 1 November, and return their ids."""
    before, clock.now = clock.now, at(datetime(2026, 11, 1, 9))
    added = {
        name: desk.platforms.add(name, date(2026, 11, 1), by="Ana", now=clock.now)[0].id for name in names
    }
    clock.now = before
    return added


def record(
    desk: Desk, clock: Clock, text: str, when: datetime, channel: Channel = Channel.OTHER, by: str = "Ana"
) -> list[int]:
    """Record opt-outs when they came."""
    clock.now = at(when)
    service = desk.record_optout
    recorded, _ = service.record(
        service.find(text).entries,
        service.received(clock.now, clock.now),
        now=clock.now,
        by=by,
        channel=channel,
    )
    return [item.request.id for item in recorded]


def done(desk: Desk, clock: Clock, ids: Sequence[int], *places: int, never: bool = False) -> None:
    """Mark requests done at platforms, at the clock's moment."""
    state = TaskState.NOT_THERE if never else TaskState.REMOVED
    desk.due_requests.mark_done(ids, now=clock.now, by="Ana", platforms=places, state=state)


def make_five(folder: Path, meanwhile: Callable[[Desk, Clock], object] | None = None) -> Desk:
    """Return the desk of the picture: five open requests, two of which need her.

    `meanwhile` is what she does on 20 November, after which three more people opt out.
    """
    clock = Clock()
    desk = open_desk(folder, clock)
    mailchimp, outlook, quickbooks = add_platforms(desk, clock).values()
    early = record(desk, clock, "early@shop.example", datetime(2026, 11, 2, 9))
    clock.now = at(datetime(2026, 11, 3, 12))
    done(desk, clock, early, mailchimp, outlook, quickbooks)
    maria = record(desk, clock, "maria.ortiz@lakeside.example", datetime(2026, 11, 10, 16, 42), Channel.PHONE)
    done(desk, clock, maria, quickbooks)
    hello = record(desk, clock, "hello@brightpaws.example", datetime(2026, 11, 12, 9, 5), Channel.REPLY, "")
    done(desk, clock, hello, outlook)
    done(desk, clock, hello, quickbooks, never=True)
    if meanwhile is not None:
        clock.now = at(datetime(2026, 11, 20, 9, 40))
        meanwhile(desk, clock)
    okafor = record(
        desk, clock, "j.okafor@northgate.example", datetime(2026, 11, 20, 11, 30), Channel.WEB_FORM, ""
    )
    done(desk, clock, okafor, outlook, quickbooks, never=True)
    sales = record(
        desk, clock, "sales@ferrystreet.example", datetime(2026, 11, 23, 8, 14), Channel.LETTER, ""
    )
    done(desk, clock, sales, outlook)
    fjord = record(
        desk, clock, "p.lindqvist@fjord.example", datetime(2026, 11, 24, 10, 51), Channel.IN_PERSON
    )
    done(desk, clock, fjord, outlook, quickbooks)
    clock.now = NOW
    return desk


def make_many(folder: Path, count: int) -> Desk:
    """Return a desk with so many open requests, some of them done at one platform or another, some assigned to Ben."""
    clock = Clock()
    desk = open_desk(folder, clock, ("Ana", "Ben", "Cleo"))
    _, outlook, quickbooks = add_platforms(desk, clock).values()
    number = 0
    for when, share in _RECEIVED:
        many = count * share // 20
        text = "\n".join(f"person{n}@shop{n % 97}.example" for n in range(number, number + many))
        ids = record(desk, clock, text, when)
        number += many
        done(desk, clock, ids[::2], outlook)
        done(desk, clock, ids[::3], quickbooks)
        desk.due_requests.assign(ids[::4], "Ben", now=clock.now, by="Ana")
    clock.now = NOW
    assert number == count
    return desk
