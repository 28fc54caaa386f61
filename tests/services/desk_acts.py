"""What she does with a desk, done to the model beside it as well: random acts for hypothesis to put together."""

import csv
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from open_model import BY_HAND, OpenModel, Place, open_of

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import ALL_MAIL, OptOutRequest
from optoutdesk.services.import_optouts import Options
from optoutdesk.settings import Settings, save_settings
from optoutdesk.spreadsheets.profiles import Field

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
KEYS = ["jane@example.com", "*@rival.example", "kim@rival.example"]
HASH = hashlib.sha256(b"jane@example.com").hexdigest()
READ_SO = Options(
    profile="generic",
    header=True,
    mapping={0: Field.ADDRESS, 1: Field.STATUS, 2: Field.SCOPE, 3: Field.RECEIVED},
)


class Bench:
    """A desk and the model beside it; every act is done to both."""

    def __init__(self, folder: Path) -> None:
        save_settings(folder / "data" / "settings.json", Settings(time_zone=ZONE.key, person="Ana"))
        self.folder = folder
        self.now = NOW
        self.desk = Desk(folder / "data", now=lambda: self.now)
        self.model = OpenModel()
        self.imports: list[int] = []

    def add_place(self, number: int, known: str, since: date) -> None:
        self.model.places.append(Place(number, known, since, self.desk.store.count_requests()))

    def note_new(self, origin: str = "") -> None:
        store, known = self.desk.store, len(self.model.requests)
        fresh = [store.request(number) for number in range(known + 1, store.count_requests() + 1)]
        self.model.add([request for request in fresh if request is not None], origin=origin)

    def day(self, days_ago: int) -> date:
        return (self.now - timedelta(days=days_ago)).astimezone(ZONE).date()

    def any_request(self, which: int) -> OptOutRequest | None:
        count = self.desk.store.count_requests()
        return self.desk.store.request(which % count + 1) if count else None

    def check(self) -> None:
        """Compare the desk with the model, by all that says what is open."""
        self.model.settle()
        still = self.model.open()
        desk, now = self.desk, self.now
        assert open_of(desk, now) == still
        assert {request.id for request in desk.store.open_requests()} == still.keys()
        for standing in desk.platforms.all(now, retired=True):
            at = standing.platform.id
            there = {number for number, places in still.items() if at in places}
            assert standing.to_remove == len(there)
            assert set(desk.platforms.ids_to_remove(at)) == there
        assert desk.platforms.count_with_tasks() == sum(places != {BY_HAND} for places in still.values())
        for request in self.model.requests:
            stored = desk.store.request(request.id)
            assert stored is not None
            assert stored.done_at == request.done
            assert (stored.withdrawn_at is not None) == request.withdrawn
        assert desk.verify_ledger().wrong is None
        self.now += HOUR


Act = Callable[[Bench], None]


def opt_out(key: str, scope: str, hours: int, *, day_only: bool) -> Act:
    def act(bench: Bench) -> None:
        moment = bench.now - timedelta(hours=hours * 6)
        service = bench.desk.record_optout
        received = service.received(moment.astimezone(ZONE).date() if day_only else moment, bench.now)
        service.record(service.parse([key], scope), received, now=bench.now, by="Ana", scope=scope)
        bench.note_new()

    return act


Row = tuple[str, str, str, int]
"""Cell, status, scope, and days before now."""


def bring_in(rows: Sequence[Row], origin: str) -> Act:
    """Import a file; with an origin it is the own export of a platform known by that id."""

    def act(bench: Bench) -> None:
        path = bench.folder / f"list-{bench.now:%d-%H}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            write = csv.writer(stream).writerow
            write(["E-mail", "Status", "List", "When"])
            for cell, status, scope, days in rows:
                write([cell, status, scope, bench.day(days).isoformat()])
        imports = bench.desk.import_optouts
        with imports.preview(imports.open(path, READ_SO, now=bench.now), now=bench.now) as preview:
            done, _ = imports.run(preview, by="Ana", now=bench.now, origin=origin)
        bench.imports.append(done.batch.id)
        bench.note_new(origin)

    return act


def undo(which: int) -> Act:
    def act(bench: Bench) -> None:
        if not bench.imports:
            return
        batch = bench.imports.pop(which % len(bench.imports))
        bench.desk.undo_import.undo(batch, by="Ana", now=bench.now)
        # Which requests go is the business of test_import_model; here it matters that they are open no more.
        for request in bench.model.requests:
            stored = bench.desk.store.request(request.id)
            request.withdrawn = stored is not None and stored.withdrawn_at is not None

    return act


def opt_in(which: int, scope: str | None, hours: int) -> Act:
    def act(bench: Bench) -> None:
        request = bench.any_request(which)
        if request is None:
            return
        at = bench.now - timedelta(hours=hours * 6)
        with suppress(UserError):  # it would lift nothing
            bench.desk.opt_in_again.record(
                request,
                at=at,
                evidence="a form",
                who="Jane",
                how="on paper",
                by="Ana",
                now=bench.now,
                scope=scope,
            )
            subject = (request.kind.value, request.key)
            bench.model.consents.append((subject, scope or request.scope, at))

    return act


def mark_done(which: int, at_place: int | None, state: TaskState, hours: int, *, day_only: bool) -> Act:
    """Done everywhere (None) or at one platform, now or some hours ago, by the hour or by the day."""

    def act(bench: Bench) -> None:
        request = bench.any_request(which)
        if request is None:
            return
        platforms = bench.model.places
        chosen = (
            None
            if at_place is None
            else {platforms[at_place % len(platforms)].id}
            if platforms
            else {99}  # there is no such platform
        )
        moment = bench.now - timedelta(hours=hours * 6)
        places = bench.model.open().get(request.id, set())
        if day_only:
            day = moment.astimezone(ZONE).date()
            at = max(datetime(day.year, day.month, day.day, tzinfo=ZONE), request.received.instant)
        else:
            day, at = None, moment
        try:
            bench.desk.due_requests.mark_done(
                [request.id], now=bench.now, by="Ben", at=day or at, platforms=chosen, state=state
            )
        except UserError:
            # Nothing is done before it was asked for.
            assert (day or at) < (request.received.day if day else request.received.instant)
            return
        for place in sorted(places if chosen is None else places & chosen):
            if place == BY_HAND:
                bench.model.is_done(bench.model.request(request.id), at)
            else:
                bench.model.happens(request.id, place, state.value, at)

    return act


def add_platform(known: str, days: int) -> Act:
    def act(bench: Bench) -> None:
        since, platforms = bench.day(days), bench.desk.platforms
        before = bench.model.open()
        plan = platforms.plan_add(since, bench.now, known)
        platform, _ = platforms.add(
            f"Place {len(bench.model.places)}", since, known=known, by="Ana", now=bench.now
        )
        assert platform.known == known
        bench.add_place(platform.id, known, since)
        there = {number for number, places in bench.model.open().items() if platform.id in places}
        assert (plan.to_do, plan.reopened) == (len(there), len(there - before.keys()))
        [standing] = [each for each in platforms.all(bench.now) if each.platform == platform]
        assert (standing.to_remove, standing.overdue) == (plan.to_do, plan.overdue)

    return act


def retire(which: int) -> Act:
    def act(bench: Bench) -> None:
        if bench.model.places:
            place = bench.model.places[which % len(bench.model.places)]
            bench.desk.platforms.retire(place.id, by="Ana", now=bench.now)
            place.retired = True

    return act


SCOPES = st.sampled_from([ALL_MAIL, "Newsletter", "Catalogue"])
HOURS = st.integers(0, 30)
DAYS = st.integers(0, 8) | st.just(20)
WHICH = st.integers(0, 9)
KNOWN = st.sampled_from(["", "mailchimp", "outlook"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from([*KEYS, HASH]),
        st.sampled_from(["unsubscribed", "unsubscribed", "bounced"]),
        st.sampled_from(["", "Newsletter"]),
        DAYS,
    ),
    min_size=1,
    max_size=3,
)
OPT_OUT = st.builds(opt_out, st.sampled_from(KEYS), SCOPES, HOURS, day_only=st.booleans())
ADD_PLATFORM = st.builds(add_platform, KNOWN, DAYS)
ACTS = st.one_of(
    OPT_OUT,
    st.builds(bring_in, ROWS, KNOWN),
    st.builds(undo, WHICH),
    st.builds(opt_in, WHICH, SCOPES | st.none(), HOURS),
    st.builds(
        mark_done,
        WHICH,
        WHICH | st.none(),
        st.sampled_from([TaskState.REMOVED, TaskState.NOT_THERE]),
        st.just(0) | HOURS,
        day_only=st.booleans(),
    ),
    ADD_PLATFORM,
    st.builds(retire, WHICH),
)
