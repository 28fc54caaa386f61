"""Platforms, and what is to be done there: a request is honored when no platform that could mail the person still does.

A thing to do is one request at one platform. What became of it is a row of events; the last one counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from optoutdesk.domain.requests import OptOutRequest, with_clock


class TaskState(StrEnum):
    """What became of a thing to do."""

    OPEN = "open"
    """To be done; as an event: found still active there."""
    REMOVED = "removed"
    VERIFIED = "verified"
    """Its own export says so."""
    NOT_THERE = "not-there"
    """The person was never there."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A place that keeps or mails people."""

    id: int
    name: str
    known: str
    """Id of a platform in resources/esp/profiles.json; "" for one of her own."""
    since: date
    """Requests received on this local day or later have a thing to do there, and all that go on record from now on."""
    by: str
    added_at: datetime
    after_request: int = 0
    """The last request that was on record when it was added."""
    retired_at: datetime | None = None
    """From when on nobody is kept there any more; its past stays."""
    retired_by: str = ""


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """Something that happened to a thing to do."""

    request: int
    platform: int
    state: TaskState
    at: datetime
    """When it was done, or seen in the export."""
    by: str
    recorded_at: datetime
    verification: int | None = None
    """The verification that showed it."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A thing to do as it stands now."""

    platform: Platform
    state: TaskState
    at: datetime | None = None
    """Since when it stands like that; None: since the request."""
    by: str = ""
    verification: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """One comparison with a platform's own export."""

    platform: int
    at: datetime
    by: str
    path: Path
    size: int
    """Bytes."""
    sha256: str
    profile_name: str
    """What the file was taken for."""
    rows: int
    active: int
    """People the platform still mails."""
    opted_out: int
    """People who opted out or bounced there."""
    agree: int
    still_active: int
    """Opted out here, still active there."""
    unknown_here: int
    """Opted out or bounced there, unknown here."""
    verified: int
    """Requests that became verified."""
    id: int = 0

    @property
    def differences(self) -> int:
        """How many people stand differently here and there."""
        return self.still_active + self.unknown_here


Events = Mapping[tuple[int, int], Sequence[TaskEvent]]
"""What happened, by request and platform, in the order it was recorded."""


def closed_at(events: Sequence[TaskEvent]) -> datetime | None:
    """Return when a thing to do was done; None while it is open. A verification confirms an earlier removal."""
    last: datetime | None = None
    for event in events:
        if event.state is TaskState.OPEN:
            last = None
        elif last is None:
            last = event.at
    return last


def concerns(platform: Platform, request: OptOutRequest) -> bool:
    """Whether a request came in while the platform kept people, or went on record since.

    An opt-out of last year that is only brought in now may well be about somebody who is kept there.
    """
    return request.received.day >= platform.since or request.id > platform.after_request


def from_its_own_export(platform: Platform, request: OptOutRequest) -> bool:
    """Whether the platform itself said that the person opted out: there is nothing to do there then."""
    return bool(platform.known) and request.origin == platform.known


@dataclass(frozen=True, slots=True)
class Places:
    """Where the requests about one address or domain are still to be done."""

    open: Mapping[int, tuple[int, ...]]
    """Platforms by request; an empty tuple: wherever she sends from, because no platform of hers is concerned."""
    completed: Mapping[int, datetime]
    """Requests that were done at each platform they concern, with when the last of them was."""


def open_places(barring: Sequence[OptOutRequest], platforms: Iterable[Platform], events: Events) -> Places:
    """Return where the requests in force about one address or one domain are still to be done.

    At each platform one clock runs, the strictest (see with_clock).
    """
    kept = list(platforms)
    active = [platform for platform in kept if platform.retired_at is None]
    still: dict[int, list[int]] = {}
    closed: dict[int, list[datetime | None]] = {}
    for platform in active:
        there: list[OptOutRequest] = []
        for request in barring:
            happened = events.get((request.id, platform.id), ())
            if happened or (concerns(platform, request) and not from_its_own_export(platform, request)):
                done_at = closed_at(happened)
                closed.setdefault(request.id, []).append(done_at)
                there.append(replace(request, done_at=done_at))
        for request in with_clock(there):
            still.setdefault(request.id, []).append(platform.id)
    nowhere = [
        r
        for r in barring
        if r.id not in closed and (_is_done_by_hand(r, kept) or _found_active(r, kept, events))
    ]
    return Places(
        {
            **{request: tuple(at) for request, at in still.items()},
            **{request.id: () for request in with_clock(nowhere)},
        },
        {
            request: max(moments)
            for request, at in closed.items()
            if len(moments := [m for m in at if m]) == len(at)
        },
    )


def _found_active(request: OptOutRequest, platforms: Iterable[Platform], events: Events) -> bool:
    """Whether the last that is known of some platform is that the person is still active there."""
    there = (events.get((request.id, platform.id), ()) for platform in platforms)
    return any(happened and closed_at(happened) is None for happened in there)


def _is_done_by_hand(request: OptOutRequest, platforms: Iterable[Platform]) -> bool:
    """Whether no platform says where a request is to be done."""
    return not any(
        concerns(platform, request)
        and (platform.retired_at is None or from_its_own_export(platform, request))
        for platform in platforms
    )
