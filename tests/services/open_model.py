"""A slow, simple model of what is still to be done and where, written without a look at how the program works it out.

It keeps every request with all that happened to it, and looks through everything every time it is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from optoutdesk.desk import Desk
from optoutdesk.domain.requests import OptOutRequest

ANY_ZONE = timedelta(hours=26)
"""A file does not say in which zone its times are written."""
BY_HAND = 0
"""Stands for "wherever she sends from" among the ids of platforms."""


@dataclass
class Place:
    """A platform as it was added."""

    id: int
    known: str
    since: date
    after: int
    """The last request that was on record when it was added."""
    retired: bool = False

    def concerns(self, request: "Asked") -> bool:
        """Whether a request came in, or went on record, when people were kept there."""
        return request.day >= self.since or request.id > self.after


@dataclass
class Asked:
    """A request and its whole history."""

    id: int
    subject: tuple[str, str]
    scope: str
    at: datetime
    latest: datetime
    day: date
    precision: str
    bounced: bool
    asks: bool
    """False: a bounce, or a hash: nobody asked, or nobody can be found by it."""
    origin: str
    """Whose own export brought it."""
    batch: int | None
    events: dict[int, list[tuple[str, datetime, int]]] = field(default_factory=dict)
    """State, moment and number of the act, by platform."""
    done: datetime | None = None
    """When it was last done everywhere."""
    done_in: int = 0
    """Number of the act that said so."""
    withdrawn: bool = False

    def finished_at(self, place: int) -> datetime | None:
        """When it was done at a platform; None: it was not, or was found undone since."""
        finished = None
        for state, at, _ in self.events.get(place, []):
            if state == "open":
                finished = None
            elif finished is None:
                finished = at
        return finished


class OpenModel:
    """Everything on record."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.places: list[Place] = []
        self.consents: list[tuple[tuple[str, str], str, datetime]] = []
        self._open_before: dict[int, set[int]] = {}
        self._act = 1

    def add(self, found: Iterable[OptOutRequest], *, origin: str = "") -> None:
        """Note new requests: what was asked, not what is to be done."""
        for each in found:
            self.requests.append(
                Asked(
                    id=each.id,
                    subject=(each.kind.value, each.key),
                    scope=each.scope,
                    at=each.received.instant,
                    latest=each.received.latest + (ANY_ZONE if each.batch is not None else timedelta()),
                    day=each.received.day,
                    precision=each.received.precision.value,
                    bounced=each.channel.value == "bounce",
                    asks=each.channel.value != "bounce" and each.kind.value != "hash",
                    origin=origin,
                    batch=each.batch,
                )
            )

    def place(self, number: int) -> Place:
        return next(place for place in self.places if place.id == number)

    def request(self, number: int) -> Asked:
        return next(request for request in self.requests if request.id == number)

    def stands(self, request: Asked) -> bool:
        """Whether a request still bars mail."""
        return not request.withdrawn and not any(
            subject == request.subject and scope in ("all", request.scope) and at > request.latest
            for subject, scope, at in self.consents
        )

    # -- what is to be done where

    def matters_at(self, request: Asked, place: Place) -> bool:
        """Whether a platform in use has, or had, something to do with a request."""
        if place.retired:
            return False
        of_its_own = place.known != "" and request.origin == place.known
        return bool(request.events.get(place.id)) or (place.concerns(request) and not of_its_own)

    def _is_by_hand(self, request: Asked) -> bool:
        """Whether no platform says where a request is to be done."""
        if any(self.matters_at(request, place) for place in self.places):
            return False
        if self._found_active_in(request) is not None:
            return True
        # Whoever left at a platform by its own word is not looked for by hand, even when that platform is retired.
        return not any(
            place.known != "" and place.known == request.origin and place.concerns(request)
            for place in self.places
        )

    def _found_active_in(self, request: Asked) -> int | None:
        """The act in which a platform that is retired by now said last that the person is still active."""
        last = [
            request.events[place.id][-1]
            for place in self.places
            if place.retired and request.events.get(place.id)
        ]
        return max((act for state, _, act in last if state == "open"), default=None)

    def _finished(self, request: Asked, number: int) -> datetime | None:
        if number != BY_HAND:
            return request.finished_at(number)
        found_active = self._found_active_in(request)
        return None if found_active is not None and request.done_in < found_active else request.done

    def _to_do(self, request: Asked, number: int, among: Sequence[Asked]) -> bool:
        """Whether a request is to be done at one place, among all that matter there: one clock runs, the strictest."""
        if not request.asks or self._finished(request, number) is not None:
            return False
        earlier = [
            other
            for other in among
            if (other.at, other.id) < (request.at, request.id) and other.scope in ("all", request.scope)
        ]
        for other in earlier:
            finished = self._finished(other, number)
            if finished is not None and finished >= request.at:
                return False  # whoever was taken out after this had arrived is out
        return not any(self._to_do(other, number, among) for other in earlier)

    def open(self) -> dict[int, set[int]]:
        """The platforms by open request; BY_HAND alone: wherever she sends from."""
        found: dict[int, set[int]] = {}
        for subject in {request.subject for request in self.requests}:
            standing = [r for r in self.requests if r.subject == subject and self.stands(r)]
            for place in self.places:
                there = [r for r in standing if self.matters_at(r, place)]
                for request in there:
                    if self._to_do(request, place.id, there):
                        found.setdefault(request.id, set()).add(place.id)
            by_hand = [r for r in standing if self._is_by_hand(r)]
            for request in by_hand:
                if self._to_do(request, BY_HAND, by_hand):
                    found[request.id] = {BY_HAND}
        return found

    # -- what happens

    def happens(self, request: int, place: int, state: str, at: datetime) -> None:
        self.request(request).events.setdefault(place, []).append((state, at, self._act))

    def is_done(self, request: Asked, at: datetime) -> None:
        request.done, request.done_in = at, self._act

    def settle(self) -> None:
        """End an act: what is thereby done at the last of its platforms is done."""
        still = self.open()
        for number in self._open_before.keys() - still.keys():
            request = self.request(number)
            concerned = [place for place in self.places if self.matters_at(request, place)]
            finished = [request.finished_at(place.id) for place in concerned]
            moments = [at for at in finished if at is not None]
            if self.stands(request) and concerned and len(moments) == len(finished):
                self.is_done(request, max(moments))
        self._open_before = still
        self._act += 1


def open_of(desk: Desk, now: datetime) -> dict[int, set[int]]:
    """What the desk says is open, in the model's words."""
    return {
        due.request.id: {task.platform.id for task in due.open_tasks} or {BY_HAND}
        for due in desk.due_requests.today(now).requests
    }
