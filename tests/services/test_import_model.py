"""Whatever is imported, recorded by hand, undone, done or opted in to, in any order: who may be mailed is what a slow
simple model says, every row of every file is accounted for, and no file ever makes a suppressed person mailable.
"""

import csv
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from optoutdesk.desk import Desk
from optoutdesk.domain.cleaning import Rules
from optoutdesk.domain.errors import ListChangedError, UserError
from optoutdesk.domain.importing import IMPORTED, REVIEWED, SKIPPED, Outcome, Shown
from optoutdesk.domain.requests import ZONES_APART, Kind, OptOutRequest, with_clock
from optoutdesk.services.clean_list import Plan
from optoutdesk.services.import_optouts import Options, Preview, PreviewRow
from optoutdesk.settings import Settings, save_settings
from optoutdesk.spreadsheets.profiles import Field

START = datetime(2026, 11, 24, 16, tzinfo=UTC)
ZONE = "America/New_York"
HOUR = timedelta(hours=1)

Subject = tuple[str, str]
"""Kind and key."""


def hashed(algorithm: str, text: str) -> Subject:
    return "hash", hashlib.new(algorithm, text.encode()).hexdigest()


# -- what a file can hold: how it is written there, and what is meant by it

BUCHER = "xn--bcher-kva.example"
PEOPLE = {
    "jane@example.com": "jane@example.com",
    "Jane@Example.COM": "jane@example.com",
    "kim@shop.example": "kim@shop.example",
    "Lee <lee@mail.shop.example>": "lee@mail.shop.example",
    "zoe@bücher.example": f"zoe@{BUCHER}",
    "ann@example.com": "ann@example.com",
}
"""Cells of a contact list, with the match key of whom they name."""
ADDRESSES = sorted(set(PEOPLE.values()))
CELLS: dict[str, tuple[Subject, ...]] = {
    **{cell: (("address", key),) for cell, key in PEOPLE.items()},
    "jane@example.com; kim@shop.example": (("address", "jane@example.com"), ("address", "kim@shop.example")),
    "ann@example.com, Ann@example.com": (("address", "ann@example.com"),),
    "*@shop.example": (("domain", "shop.example"),),
    "@bücher.example": (("domain", BUCHER),),
    "9E26471D35A78862C17E467D87CDDEDF": (hashed("md5", "jane@example.com"),),
    "46132748f9ebddf8b1179768814d3e1d": (hashed("md5", "Jane@Example.com"),),  # nobody is listed so here
    hashed("sha256", "zoe@bücher.example")[1]: (hashed("sha256", "zoe@bücher.example"),),
    hashed("sha1", "ANN@EXAMPLE.COM")[1].upper(): (hashed("sha1", "ANN@EXAMPLE.COM"),),
}
BROKEN = ["jane@", "jane@example,com", "call Kim"]

SCOPES = {"": "all", "All mail": "all", "News": "news", "NEWS": "news", "Offers": "offers"}
TARGETS = (None, "news", "offers")
"""Lists by their folded names."""


@dataclass(frozen=True)
class Receipt:
    at: datetime
    latest: datetime
    precision: str


def a_day(day: date, precision: str = "day") -> Receipt:
    """A day in New York in winter."""
    first = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    return Receipt(first, first + timedelta(days=1), precision)


def a_moment(at: datetime) -> Receipt:
    return Receipt(at, at, "minute")


RECEIVED = {
    "2026-11-05": a_day(date(2026, 11, 5)),
    "2026-11-05T15:00:00Z": a_moment(datetime(2026, 11, 5, 15, tzinfo=UTC)),
    "2026-11-13": a_day(date(2026, 11, 13)),
    "2026-11-13T03:30:00Z": a_moment(
        datetime(2026, 11, 13, 3, 30, tzinfo=UTC)
    ),  # the evening before in New York
    "": None,
    "last week": None,
    "2031-01-01": None,
}
"""None: not known."""
FILE_DAYS = (date(2026, 11, 9), date(2026, 11, 20))
CONSENTS = [
    datetime(2026, 11, 5, 15, tzinfo=UTC),
    datetime(2026, 11, 6, 6, tzinfo=UTC),
    datetime(2026, 11, 14, 6, tzinfo=UTC),
    datetime(2026, 11, 22, 6, tzinfo=UTC),
]


@dataclass(frozen=True)
class Row:
    cell: str
    status: str
    scope: str
    received: str

    @property
    def entries(self) -> Sequence[Subject]:
        return CELLS.get(self.cell, ()) if self.status == "unsubscribed" else ()


ROWS = st.builds(
    Row,
    st.sampled_from([*CELLS, *CELLS, *BROKEN, ""]),
    st.sampled_from(["unsubscribed"] * 4 + ["subscribed", "who knows", ""]),
    st.sampled_from([*SCOPES]),
    st.sampled_from([*RECEIVED]),
)
BLANK_LINE = None
FILES = st.lists(ROWS | st.just(BLANK_LINE), min_size=1, max_size=7)
SUBJECTS = st.sampled_from(
    [*(("address", key) for key in ADDRESSES), ("domain", "shop.example"), ("domain", BUCHER)]
)


READ_SO = Options(
    profile="generic",
    header=True,
    mapping={0: Field.ADDRESS, 1: Field.STATUS, 2: Field.SCOPE, 3: Field.RECEIVED, 4: None},
)
"""How the files are read: of few rows that hold anything at all the columns cannot be guessed."""


# -- the slow simple model


@dataclass
class Recorded:
    """A request as the model remembers it."""

    subject: Subject
    scope: str
    receipt: Receipt
    recorded_at: datetime
    brought_by: set[int] = field(default_factory=set)
    """The imports that have it; none: recorded by hand."""
    done: bool = False
    withdrawn: bool = False


@dataclass
class Consent:
    subject: Subject
    scope: str
    at: datetime
    recorded_at: datetime


class Model:
    """Keeps everything and looks through all of it every time."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.consents: list[Consent] = []
        self.undone: set[int] = set()

    def same(self, subject: Subject, scope: str, receipt: Receipt) -> list[Recorded]:
        wanted = (subject, scope, receipt)
        return [r for r in self.requests if (r.subject, r.scope, r.receipt) == wanted and not r.withdrawn]

    def record(self, subject: Subject, scope: str, receipt: Receipt, now: datetime) -> None:
        if all(r.brought_by for r in self.same(subject, scope, receipt)):
            self.requests.append(Recorded(subject, scope, receipt, now))

    def bring_in(self, batch: int, claims: Sequence[tuple[Subject, str, Receipt]], now: datetime) -> int:
        """Import; returns how many requests are new."""
        before = len(self.requests)
        for claim in claims:
            known = self.same(*claim)
            if not known:
                self.requests.append(Recorded(*claim, now, {batch}))
            elif known[0].brought_by:
                known[0].brought_by.add(batch)
        return len(self.requests) - before

    def undo(self, batch: int) -> int:
        """Take an import back: what no other import has and nobody has worked on since; returns how many."""
        self.undone.add(batch)
        gone = [
            r
            for r in self.requests
            if batch in r.brought_by
            and r.brought_by <= self.undone
            and not r.withdrawn
            and not r.done
            and not any(c.subject == r.subject and c.recorded_at >= r.recorded_at for c in self.consents)
        ]
        for request in gone:
            request.withdrawn = True
        return len(gone)

    def barring(self, subject: Subject, target: str | None) -> list[Recorded]:
        """The requests in force about one entry of the suppression list."""
        return [
            r
            for r in self.requests
            if r.subject == subject
            and not r.withdrawn
            and (target is None or r.scope in ("all", target))
            and not any(
                c.subject == subject
                and c.scope in ("all", r.scope if target is None else target)
                and c.at > r.receipt.latest + (ZONES_APART if r.brought_by else timedelta())
                for c in self.consents
            )
        ]

    def listed(self, target: str | None) -> set[Subject]:
        return {r.subject for r in self.requests if self.barring(r.subject, target)}

    def bars(self, cell: str, target: str | None) -> bool:
        """Whether whom a cell of a contact list names must not be mailed."""
        return self.bars_key(PEOPLE[cell], target, cell.removeprefix("Lee <").removesuffix(">"))

    def bars_key(self, key: str, target: str | None, given: str = "") -> bool:
        """Whether an address must not be mailed: by itself, by its hash or by its domain."""
        local, _, domain = key.partition("@")
        spelt = {
            key,
            key.upper(),
            given,
            given.lower(),
            f"{local}@{domain.replace(BUCHER, 'bücher.example')}",
        }
        hashes = {hashed(algorithm, text) for algorithm in ("md5", "sha1", "sha256") for text in spelt}
        labels = domain.split(".")
        under = {("domain", ".".join(labels[n:])) for n in range(len(labels))}
        return not self.listed(target).isdisjoint({("address", key)} | hashes | under)

    def mailable(self) -> dict[str | None, set[str]]:
        return {target: {cell for cell in PEOPLE if not self.bars(cell, target)} for target in TARGETS}


def claims_of(rows: Sequence[Row | None], day: date) -> list[tuple[Subject, str, Receipt]]:
    return [
        (subject, SCOPES[row.scope], RECEIVED[row.received] or a_day(day, "unknown"))
        for row in rows
        if row is not None
        for subject in row.entries
    ]


# -- the desk beside it


class Imports(RuleBasedStateMachine):
    """Does the same to a desk and to the model, and compares them after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.model = Model()
        self.batches: list[int] = []
        self.files = 0
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        save_settings(self.folder / "data" / "settings.json", Settings(time_zone=ZONE, person="Ana"))
        self.desk = Desk(self.folder / "data", now=lambda: self.now)

    def teardown(self) -> None:
        self.desk.close()
        self._folder.cleanup()

    # - acts

    @rule(rows=FILES, day=st.sampled_from(FILE_DAYS))
    def import_a_file(self, rows: list[Row | None], day: date) -> None:
        path = self._file(rows, day)
        with self._preview(path) as preview:
            self._rows_are_accounted_for(preview, rows)
            self._run(preview, rows, day)

    @rule(rows=FILES, day=st.sampled_from(FILE_DAYS), meanwhile=SUBJECTS, scope=st.sampled_from([*SCOPES]))
    def import_a_file_while_someone_records(
        self, rows: list[Row | None], day: date, meanwhile: Subject, scope: str
    ) -> None:
        with self._preview(self._file(rows, day)) as preview:
            self.record_by_hand(meanwhile, scope, "2026-11-05")
            try:
                self._run(preview, rows, day)
            except ListChangedError:
                self._rows_are_accounted_for(preview, rows)
                self._run(preview, rows, day)

    @rule(subject=SUBJECTS, scope=st.sampled_from([*SCOPES]), received=st.sampled_from([*RECEIVED]))
    def record_by_hand(self, subject: Subject, scope: str, received: str) -> None:
        receipt = RECEIVED[received] or a_moment(self.now)
        service = self.desk.record_optout
        when = receipt.at if receipt.precision == "minute" else receipt.at.date()
        entries = service.parse([subject[1] if subject[0] == "address" else f"*@{subject[1]}"], scope)
        service.record(entries, service.received(when, self.now), now=self.now, by="Ana", scope=scope)
        self.model.record(subject, SCOPES[scope], receipt, self.now)
        self._tick()

    @precondition(lambda self: self._standing())
    @rule(data=st.data())
    def undo_an_import(self, data: st.DataObject) -> None:
        batch = data.draw(st.sampled_from(self._standing()))
        before = self.model.mailable()
        plan = self.desk.undo_import.plan(batch)
        done, _ = self.desk.undo_import.undo(batch, by="Ana", now=self.now, expected=plan)
        assert done.withdrawn == plan.withdrawn == self.model.undo(batch)
        assert all(before[target] <= now for target, now in self.model.mailable().items())
        self._tick()

    @precondition(lambda self: self.desk.store.count_open())
    @rule(data=st.data())
    def mark_a_request_done(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(self.desk.store.open_requests()))
        self.desk.due_requests.mark_done([request.id], now=self.now, by="Ana")
        [same] = [r for r in self._of_model(request) if bool(r.brought_by) == (request.batch is not None)]
        same.done = True
        self._tick()

    @precondition(lambda self: any(not r.withdrawn for r in self.model.requests))
    @rule(data=st.data(), at=st.sampled_from(CONSENTS), scope=st.sampled_from([None, "all", "news"]))
    def opt_in_again(self, data: st.DataObject, at: datetime, scope: str | None) -> None:
        standing = [r for r in self.model.requests if not r.withdrawn]
        kind, key = data.draw(st.sampled_from([r.subject for r in standing]))
        request = data.draw(st.sampled_from(self.desk.store.requests_about((Kind(kind), key))))
        scope = None if scope is None else self._spelled(scope)
        try:
            self.desk.opt_in_again.record(
                request,
                at=at,
                evidence="form",
                who="Jane",
                how="on paper",
                by="Ana",
                now=self.now,
                scope=scope,
            )
        except UserError:
            return
        self.model.consents.append(Consent((kind, key), (scope or request.scope).casefold(), at, self.now))
        self._tick()

    # - what must hold after each of them

    @invariant()
    def the_suppression_list_is_what_the_model_says(self) -> None:
        for target in TARGETS:
            barred, _ = self.desk.store.suppression_list(self._spelled(target))
            listed = {("address", key) for key in barred.addresses} | {
                ("domain", key) for key in barred.domains
            }
            assert listed | {("hash", key.hex()) for key in barred.hashes} == self.model.listed(target)
        assert self.desk.store.count_suppressed() == len(self.model.listed(None))

    @invariant()
    def who_may_be_mailed_is_what_the_model_says(self) -> None:
        for target in TARGETS:
            answers = self.desk.check_address.check(PEOPLE, self._spelled(target))
            assert [answer.may_mail for answer in answers] == [
                not self.model.bars(cell, target) for cell in PEOPLE
            ]

    @invariant()
    def one_list_has_one_name(self) -> None:
        names = [name.casefold() for name in self.desk.store.scopes()]
        assert len(names) == len(set(names))

    @invariant()
    def a_cleaned_list_keeps_nobody_who_is_suppressed(self) -> None:
        path = self.folder / "contacts.csv"
        path.write_text("".join(f'"{cell}"\n' for cell in ("E-mail", *PEOPLE)), encoding="utf-8")
        rows = dict(enumerate(PEOPLE, 2))
        for target in TARGETS:
            plan = Plan(self.desk.clean_list.open(path), self._spelled(target), Rules(keep_duplicates=True))
            result = self.desk.clean_list.examine(plan)
            kept = {
                cell for row, cell in rows.items() if row not in {removed.row for removed in result.removed}
            }
            assert kept == self.model.mailable()[target]

    @invariant()
    def exactly_the_right_clocks_run(self) -> None:
        subjects = {r.subject for r in self.model.requests}
        running = [
            request.id
            for kind, key in subjects
            for request in with_clock(self.desk.store.barring((Kind(kind), key), None))
        ]
        assert sorted(running) == sorted(request.id for request in self.desk.store.open_requests())
        assert self.desk.store.verify().holds

    # - how it is done

    def _tick(self) -> None:
        self.now += HOUR

    def _standing(self) -> list[int]:
        return [batch for batch in self.batches if batch not in self.model.undone]

    def _spelled(self, scope: str | None) -> str | None:
        """A list's name as it was first written."""
        return next((name for name in self.desk.store.scopes() if name.casefold() == scope), scope)

    def _of_model(self, request: OptOutRequest) -> Iterator[Recorded]:
        for found in self.model.requests:
            same = (found.scope, found.receipt.at) == (request.scope.casefold(), request.received.instant)
            precise = found.receipt.precision == request.received.precision.value
            if (
                found.subject == (request.kind.value, request.key)
                and same
                and precise
                and not found.withdrawn
            ):
                yield found

    def _file(self, rows: Sequence[Row | None], day: date) -> Path:
        self.files += 1
        path = self.folder / f"list-{self.files}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["E-mail", "Status", "List", "Unsubscribed at", "No."])
            for number, row in enumerate(rows):
                writer.writerow(
                    [] if row is None else [row.cell, row.status, row.scope, row.received, f"n{number}"]
                )
        noon = datetime(day.year, day.month, day.day, 17, tzinfo=UTC).timestamp()
        os.utime(path, (noon, noon))
        return path

    def _preview(self, path: Path) -> Preview:
        service = self.desk.import_optouts
        return service.preview(service.open(path, READ_SO, now=self.now), now=self.now)

    def _run(self, preview: Preview, rows: Sequence[Row | None], day: date) -> None:
        before = self.model.mailable()
        imported, _ = self.desk.import_optouts.run(preview, by="Ana", now=self.now)
        batch = imported.batch
        assert batch.imported + batch.already_known + batch.review + batch.skipped == batch.rows
        self.batches.append(batch.id)
        assert batch.requests == self.model.bring_in(batch.id, claims_of(rows, day), self.now)
        assert all(now <= before[target] for target, now in self.model.mailable().items())
        self._tick()

    def _rows_are_accounted_for(self, preview: Preview, rows: Sequence[Row | None]) -> None:
        """Every row of the file has exactly one outcome, and it is the right one."""
        lines = {number: row for number, row in enumerate(rows, 2) if row is not None}
        counts = preview.counts
        assert counts.sum(Outcome) == counts.rows == len(lines)
        assert counts.sum([*IMPORTED, Outcome.KNOWN, *REVIEWED, *SKIPPED]) == counts.rows
        shown = {outcome: {row.row for row in preview.rows(Shown(outcome.value))} for outcome in Outcome}
        assert set(chain.from_iterable(shown.values())) == lines.keys()
        outcomes: dict[int, set[Outcome]] = {
            line: {outcome for outcome, at in shown.items() if line in at} for line in lines
        }
        for line, row in lines.items():
            assert outcomes[line] <= self._expected(row), (line, row)
        by = Counter(min(found, key=list(Outcome).index) for found in outcomes.values())
        assert by == {outcome: counts.by[Shown(outcome.value)] for outcome in by}
        for row in preview.rows(Shown.NEW):
            assert not self._on_record(row), row
        for row in preview.rows(Shown.KNOWN):
            assert row.repeats is not None or self._on_record(row), row
        for row in preview.rows(Shown.CONFLICT):
            assert row.repeats is not None or self.model.bars_key(row.key, None), row
        for row in preview.rows(Shown.ACTIVE):
            assert not row.key or not self.model.bars_key(row.key, None), row

    def _on_record(self, row: PreviewRow) -> bool:
        """Whether what a row asks for is so already, or was asked for in the very same words."""
        assert row.kind is not None
        assert row.received is not None
        subject, scope = (row.kind.value, row.key), row.scope.casefold()
        barring = self.model.barring(subject, None if scope == "all" else scope)
        receipt = Receipt(row.received.instant, row.received.latest, row.received.precision.value)
        return any(r.scope in ("all", scope) for r in barring) or bool(
            self.model.same(subject, scope, receipt)
        )

    def _expected(self, row: Row) -> set[Outcome]:
        if row.status == "subscribed" and row.cell and not CELLS.get(row.cell):
            return {Outcome.NOT_AN_ADDRESS}  # whoever is active may be somebody who is suppressed
        if row.status == "subscribed":
            return {Outcome.ACTIVE, Outcome.CONFLICT}
        if row.status != "unsubscribed":
            return {Outcome.REVIEW}
        if row.entries:
            return {Outcome.NEW, Outcome.KNOWN}
        return {Outcome.NOT_AN_ADDRESS} if row.cell else {Outcome.EMPTY}


def test_any_sequence_of_acts_leaves_everyone_as_the_simple_model_says() -> None:
    run_state_machine_as_test(
        Imports,
        settings=settings(
            max_examples=int(os.environ.get("N", "50")),
            stateful_step_count=9,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
