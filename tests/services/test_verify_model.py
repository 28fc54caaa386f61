"""Whatever is on record and whatever an export says: the comparison is what a simple model makes of the two.

The model goes through the export person by person, with dictionaries and sets, and knows nothing of how it is done.
"""

import csv
import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from desk_acts import (
    DAYS,
    HASH,
    HOURS,
    OPT_OUT,
    READ_SO,
    ROWS,
    WHICH,
    ZONE,
    Act,
    Bench,
    add_platform,
    bring_in,
    mark_done,
    opt_in,
    undo,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_model import ANY_ZONE, Asked

from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import ALL_MAIL
from optoutdesk.services.import_optouts import Options, Source
from optoutdesk.services.verify_platform import Side, VerifyPreview, VerifyRow

Subject = tuple[str, str]
Left = tuple[str, datetime, date, str]
"""Scope, instant, day and precision of an opt-out."""

CELLS: dict[str, Subject | None] = {
    "jane@example.com": ("address", "jane@example.com"),
    "Jane Doe <JANE@Example.com>": ("address", "jane@example.com"),
    "kim@rival.example": ("address", "kim@rival.example"),
    "lee@news.rival.example": ("address", "lee@news.rival.example"),
    "zoe@other.example": ("address", "zoe@other.example"),
    "*@rival.example": ("domain", "rival.example"),
    HASH: ("hash", HASH),
    "kim@": None,
}
STATUSES = ["subscribed", "unsubscribed", "cleaned", "nonsubscribed", "who knows"]


@dataclass(frozen=True)
class Line:
    """A row of the export."""

    cell: str
    status: str
    scope: str
    days: int | None
    """How long ago the person left; None: the export does not say."""


@dataclass
class Export:
    """An export, and what it says of whom."""

    lines: Sequence[Line]
    scope: str
    """The list it is of."""
    made_at: datetime
    now: datetime
    left: dict[Subject, list[tuple[Left, bool]]] = field(default_factory=lambda: defaultdict(list))
    """Opt-outs, and whether it is a bounce."""
    active: set[str] = field(default_factory=set)
    named: set[Subject] = field(default_factory=set)
    """In a row that says nothing of leaving."""
    not_understood: int = 0

    def __post_init__(self) -> None:
        for line in self.lines:
            subject = CELLS[line.cell]
            # Whoever left or is active has to be somebody.
            unread = subject is None and line.status != "nonsubscribed"
            self.not_understood += line.status == "who knows" or unread
            if subject is None:
                continue
            if line.status in ("unsubscribed", "cleaned"):
                scope = line.scope or self.scope
                bounced = line.status == "cleaned"
                self.left[subject].append(
                    ((ALL_MAIL if bounced else scope, *self._received(line.days)), bounced)
                )
                continue
            self.named.add(subject)
            if line.status == "subscribed" and subject[0] == "address":
                self.active.add(subject[1])

    def _received(self, days: int | None) -> tuple[datetime, date, str]:
        day = (self.made_at if days is None else self.now - timedelta(days=days)).astimezone(ZONE).date()
        first = datetime.combine(day, time.min, ZONE).astimezone(UTC)
        return first, day, "unknown" if days is None else "day"


@dataclass
class Found:
    """What a comparison comes to."""

    sides: dict[Side, set[str]]
    """Keys; of those absent the keys of their requests."""
    bounced: int
    verified: set[int]
    reopened: set[int]
    absent: set[int]


def expected(bench: Bench, place: int, export: Export) -> Found:
    """Compare an export with what is on record, slowly."""
    model, still = bench.model, bench.model.open()

    def on_record(*subjects: Subject) -> list[Asked]:
        return [r for r in model.requests if r.subject in subjects and model.stands(r)]

    def is_known(subject: Subject, left: Left, *, bounced: bool) -> bool:
        scope, at, day, precision = left
        same = any(
            (r.scope, r.at, r.day, r.precision) == (scope, at, day, precision)
            for r in model.requests
            if r.subject == subject and not r.withdrawn and (bounced or not r.bounced)
        )
        return same or any(r.scope in (ALL_MAIL, scope) for r in on_record(subject))

    def is_lifted(subject: Subject, left: Left) -> bool:
        latest = datetime.combine(left[2] + timedelta(days=1), time.min, ZONE) + ANY_ZONE
        return any(of == subject and consent > latest for of, _, consent in model.consents)

    def over(key: str) -> list[Subject]:
        labels = key.partition("@")[2].split(".")
        domains = [("domain", ".".join(labels[n:])) for n in range(len(labels))]
        return [*domains, ("hash", hashlib.sha256(key.encode()).hexdigest())]

    sides: dict[Side, set[str]] = {side: set() for side in Side}
    bounced = 0
    for subject, left in export.left.items():
        known = [is_known(subject, each, bounced=bounce) for each, bounce in left]
        unknown = [
            was_bounce
            for (each, was_bounce), known_here in zip(left, known, strict=True)
            if not known_here and not is_lifted(subject, each)
        ]
        if unknown:
            sides[Side.UNKNOWN_HERE].add(subject[1])
            bounced += all(unknown)
        elif any(known) and on_record(subject) and subject[1] not in export.active:
            sides[Side.AGREE].add(subject[1])

    reopened = set()
    for key in export.active:
        own = on_record(("address", key))
        others = on_record(*over(key))

        def of_this_list(requests: list[Asked]) -> list[Asked]:
            return [r for r in requests if r.scope in (ALL_MAIL, export.scope)]

        if of_this_list(own + others):
            sides[Side.STILL_ACTIVE].add(key)
        elif own + others:
            sides[Side.SINGLE_LIST].add(key)
        asked = [r for r in of_this_list(own + others) if r.asks]
        before = [r for r in asked if r.at <= export.made_at]
        before = [r for r in before if r in own] or before  # her own words first
        is_open = any(place in still.get(r.id, ()) for r in asked)
        since = any(at > export.made_at for r in asked if (at := r.finished_at(place)) is not None)
        if before and not is_open and not since:
            reopened.add(min(before, key=lambda r: (r.at, r.id)).id)

    def somebody_is_there(request: Asked) -> bool:
        """Whether the export names the person, or somebody of the domain, as one who did not leave."""
        people = {key for kind, key in export.named if kind == "address"}
        return request.subject in export.named or any(request.subject in over(person) for person in people)

    verified, absent = set(), set()
    for request in model.requests:
        if not request.asks or not model.stands(request) or request.at > export.made_at:
            continue
        is_open = place in still.get(request.id, ())
        last = request.events.get(place, [("",)])[-1][0]
        scopes = {left[0] for left, _ in export.left.get(request.subject, ())}
        both = sides[Side.AGREE] | sides[Side.UNKNOWN_HERE]
        agrees = request.subject[1] in both and bool(scopes & {ALL_MAIL, request.scope})
        if request.subject[0] == "domain":
            agrees = agrees and not somebody_is_there(request)
        else:
            agrees = agrees and request.subject[1] not in export.active
        if agrees:
            if is_open or last in ("open", "removed", "not-there"):
                verified.add(request.id)
        elif export.active and request.subject not in export.left and not somebody_is_there(request):
            if last in ("removed", "not-there"):
                verified.add(request.id)
            elif is_open:
                absent.add(request.id)
    sides[Side.ABSENT] = {request.subject[1] for request in model.requests if request.id in absent}
    return Found(sides, bounced, verified, reopened, absent)


class VerifyBench(Bench):
    """Compares an export with a platform of the desk and with the model."""

    def write(self, export: Export) -> Path:
        path = self.folder / "audience.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            write = csv.writer(stream).writerow
            write(["E-mail", "Status", "List", "When"])
            for line in export.lines:
                days = line.days
                when = "" if days is None else (export.now - timedelta(days=days)).astimezone(ZONE).date()
                write([line.cell, line.status, line.scope, str(when)])
        os.utime(path, (export.made_at.timestamp(), export.made_at.timestamp()))
        return path

    def opened(self, path: Path, scope: str) -> Source:
        named = {} if scope == ALL_MAIL else {"scope": scope}
        options = Options(profile="generic", header=True, mapping=READ_SO.mapping, **named)
        return self.desk.verify_platform.open(path, options, now=self.now)

    def preview(self, place: int, path: Path, export: Export) -> tuple[VerifyPreview, Found]:
        """Compare, and hold what is shown to the model."""
        preview = self.desk.verify_platform.preview(place, self.opened(path, export.scope), now=self.now)
        found = expected(self, place, export)
        self.same(preview, export, found)
        return preview, found

    def same(self, preview: VerifyPreview, export: Export, found: Found) -> None:
        counts = preview.counts
        assert counts.rows == len(export.lines)
        assert (counts.active, counts.opted_out) == (len(export.active), len(export.left))
        shown = {side: pages(preview, side) for side in Side}
        for side in Side:
            if side not in (Side.REVIEW, Side.ABSENT):
                assert sorted(row.key for row in shown[side]) == sorted(found.sides[side]), side
            assert counts.by[side] == len(shown[side])
        assert {row.request.id for row in shown[Side.ABSENT] if row.request} == found.absent
        assert set(preview.absent_ids()) == found.absent
        assert counts.by[Side.REVIEW] == export.not_understood
        assert counts.bounced == found.bounced == sum(row.bounced for row in shown[Side.UNKNOWN_HERE])
        assert (counts.verified, counts.reopened) == (len(found.verified), len(found.reopened))
        assert preview.lists_active == bool(export.active)
        for side in (Side.STILL_ACTIVE, Side.SINGLE_LIST, Side.AGREE):
            for row in shown[side]:
                assert row.request is not None
                assert self.model.stands(self.model.request(row.request.id))
        assert all(row.request is None for row in shown[Side.UNKNOWN_HERE])

    def happened(self, place: int, found: Found) -> None:
        for ids, state in ((found.verified, "verified"), (found.reopened, "open")):
            for request in ids:
                self.model.happens(request, place, state, self.now)


def pages(preview: VerifyPreview, side: Side) -> list[VerifyRow]:
    rows: list[VerifyRow] = []
    while page := preview.rows(side, rows[-1].number if rows else 0, limit=2):
        rows += page
    return rows


LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from([*CELLS]),
        st.sampled_from([*STATUSES, "subscribed", "unsubscribed"]),
        st.sampled_from(["", "", "Newsletter"]),
        DAYS | st.none(),
    ),
    min_size=1,
    max_size=7,
)
RECORDED = st.one_of(
    OPT_OUT,
    OPT_OUT,
    st.builds(bring_in, ROWS, st.sampled_from(["", "mailchimp"])),
    st.builds(undo, WHICH),
    st.builds(opt_in, WHICH, st.just(ALL_MAIL), HOURS),
    st.builds(
        mark_done,
        WHICH,
        st.just(0) | st.none(),
        st.sampled_from([TaskState.REMOVED, TaskState.NOT_THERE]),
        HOURS,
        day_only=st.just(False),
    ),
)


@settings(
    max_examples=int(os.environ.get("N", "150")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(
    st.builds(add_platform, st.sampled_from(["", "mailchimp"]), DAYS),
    st.lists(st.builds(add_platform, st.sampled_from(["", "outlook"]), DAYS), max_size=1),
    st.lists(RECORDED, max_size=8),
    LINES,
    st.sampled_from([ALL_MAIL, ALL_MAIL, "Newsletter"]),
    st.just(0) | st.integers(0, 30),
    st.booleans(),
)
def test_a_comparison_is_what_a_simple_model_says_before_and_after_it_is_recorded_and_taken_over(
    first: Act,
    second: list[Act],
    recorded: list[Act],
    lines: list[Line],
    scope: str,
    hours: int,
    record_first: bool,
) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        bench = VerifyBench(Path(name))
        for act in [first, *second, *recorded]:
            act(bench)
            bench.model.settle()
            bench.now += timedelta(hours=1)
        place = bench.model.places[0].id
        export = Export(lines, scope, bench.now - timedelta(hours=6 * hours), bench.now)
        path = bench.write(export)
        if record_first:
            _recorded(bench, place, path, export)
        _taken_over(bench, place, path, export)
        bench.desk.close()


def _recorded(bench: VerifyBench, place: int, path: Path, export: Export) -> None:
    service = bench.desk.verify_platform
    preview, found = bench.preview(place, path, export)
    with preview:
        verification, _ = service.record(preview, by="Ben", now=bench.now)
    assert verification.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (verification.platform, verification.by, verification.rows) == (place, "Ben", len(export.lines))
    assert verification.still_active == len(found.sides[Side.STILL_ACTIVE])
    assert verification.unknown_here == len(found.sides[Side.UNKNOWN_HERE])
    assert (verification.agree, verification.verified) == (
        len(found.sides[Side.AGREE]),
        len(found.verified),
    )
    assert bench.desk.platforms.verifications(place) == [verification]
    bench.happened(place, found)
    bench.check()
    again, found = bench.preview(place, path, export)
    again.close()
    assert not found.verified
    assert not found.reopened


def _taken_over(bench: VerifyBench, place: int, path: Path, export: Export) -> None:
    service, known = bench.desk.verify_platform, bench.model.place(place).known
    preview, before = bench.preview(place, path, export)
    on_record = len(bench.model.requests)
    with preview:
        imported, _ = service.take_over(preview, by="Ben", now=bench.now)
        bench.imports.append(imported.batch.id)
        bench.note_new(origin=known)
        fresh = bench.model.requests[on_record:]
        assert len(fresh) == imported.batch.requests
        assert {r.subject[1] for r in fresh} == before.sides[Side.UNKNOWN_HERE]
        assert {(r.subject, r.scope, r.at, r.precision) for r in fresh} <= {
            (subject, scope, at, precision)
            for subject, all_left in export.left.items()
            for (scope, at, _, precision), _ in all_left
        }
        bench.model.settle()
        found = expected(bench, place, export)
        bench.same(preview, export, found)
        if not known or found.reopened:
            bench.happened(place, found)
    bench.check()
    again, after = bench.preview(place, path, export)
    assert not after.sides[Side.UNKNOWN_HERE]
    assert not after.reopened
    with again:
        service.record(again, by="Ben", now=bench.now)
    bench.happened(place, after)
    bench.check()
    undo(0)(bench)
    bench.check()
