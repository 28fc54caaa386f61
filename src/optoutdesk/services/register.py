"""The register of all requests: pages, counts, and the whole history of one address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from optoutdesk.domain.platforms import Platform, Task, TaskEvent, Verification
from optoutdesk.domain.requests import Acknowledgement, Evidence, Kind, OptIn, OptOutRequest
from optoutdesk.services.counting import Counting
from optoutdesk.services.due_requests import Due, DueRequests
from optoutdesk.store import OpenWork, RegisterFilter, RegisterPage, RegisterPages, Store
from optoutdesk.store.platforms import KeptPlatforms


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures on the filter chips."""

    all: int
    open: int
    due_soon: int
    overdue: int
    late: int
    """Overdue, or done late."""


@dataclass(frozen=True, slots=True)
class History:
    """All that happened to one address or domain."""

    kind: Kind
    key: str
    requests: tuple[OptOutRequest, ...]
    opt_ins: tuple[OptIn, ...]
    in_force: tuple[OptOutRequest, ...]
    """What bars it now, the earliest receipt first."""
    over_it: tuple[OptOutRequest, ...]
    """Requests about its hash or its domain that bar it too."""
    clock: Due | None
    """The most urgent open request."""
    files: Mapping[int, str] = field(default_factory=dict)
    """Names of the files its requests were imported from, by import."""
    tasks: Mapping[int, tuple[Task, ...]] = field(default_factory=dict)
    """What is to be done where, done ones too, by request."""
    events: tuple[TaskEvent, ...] = ()
    """What happened at platforms, in the order it was recorded."""
    platforms: Mapping[int, Platform] = field(default_factory=dict)
    """The platforms of the events."""
    verifications: Mapping[int, Verification] = field(default_factory=dict)
    """Those of the events."""
    acknowledged: tuple[Acknowledgement, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    assigned: Mapping[int, str] = field(default_factory=dict)
    """Who works on its requests, for those that somebody works on."""


class Register:
    """Reads the register."""

    def __init__(self, store: Store, counting: Counting, due_requests: DueRequests) -> None:
        self._store = store
        self._pages = RegisterPages(store)
        self._counting = counting
        self._due_requests = due_requests

    def page(
        self, wanted: RegisterFilter, after: tuple[str, int] | None = None, limit: int = 200
    ) -> RegisterPage:
        """Return a page, the latest receipt first."""
        return self._pages.page(wanted, after, limit)

    def counts(self, now: datetime) -> Counts:
        """Return the figures of the chips."""
        today = self._due_requests.today(now, limit=0)
        late = self._store.count_late(today.day)
        return Counts(self._store.count_requests(), today.open, today.soon, today.overdue, late)

    def suppressed(self) -> int:
        """Return how many different addresses and domains are barred from some mail; 0.1 s at a million, more when the file is cold."""
        return self._store.count_suppressed()

    def scopes(self) -> list[str]:
        """Return the names of the lists people have left."""
        return self._store.scopes()

    def people(self) -> list[str]:
        """Return who has recorded something, the latest first."""
        return self._store.people()

    def history(self, kind: Kind, key: str, now: datetime, given: str | None = None) -> History:
        """Return all that is known of an address or a domain. `given`: as it was typed, which its hash may be of."""
        subject = (kind, key)
        requests = tuple(self._store.requests_about(subject))
        day = self._counting.today(now)
        still_open = sorted((r for r in requests if self._store.is_open(r.id)), key=lambda r: (r.due, r.id))
        over_it = tuple(self._store.barring_otherwise(key, None, given)) if kind is Kind.ADDRESS else ()
        ids = [request.id for request in requests]
        kept, work = KeptPlatforms(self._store), OpenWork(self._store)
        events = kept.events(ids)
        shown_by = {event.verification for event in events if event.verification is not None}
        return History(
            kind,
            key,
            requests,
            tuple(self._store.opt_ins_about(subject)),
            tuple(self._store.barring(subject, None)),
            over_it,
            self._due_requests.with_tasks(still_open[:1], day)[0] if still_open else None,
            self._files(requests),
            tasks=work.tasks(requests),
            events=tuple(events),
            platforms={platform.id: platform for platform in kept.all()} if events else {},
            verifications={v: found for v in shown_by if (found := kept.verification(v)) is not None},
            acknowledged=tuple(told for each in ids for told in self._store.acknowledgements(each)),
            evidence=tuple(file for each in ids for file in self._store.evidence(each)),
            assigned=work.assigned(ids),
        )

    def _files(self, requests: Iterable[OptOutRequest]) -> dict[int, str]:
        found = {r.batch: self._store.batch(r.batch) for r in requests if r.batch is not None}
        return {number: batch.source_name for number, batch in found.items() if batch is not None}
