"""Tries, in a throw-away folder, what the program is for; a frozen build runs it to show that nothing was left out."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from optoutdesk.cli.codes import COULD_NOT, DONE
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL
from optoutdesk.resources import resource

_HASHED = "partner-md5.txt"
_IN_HASHED = "A.Clarke@snowdrop.example"
"""Only in that file."""


def self_test(*, as_json: bool) -> int:
    """Run every check, print each, and stop at the first that fails."""
    passed: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="optoutdesk-self-test-"))
    desk = Desk(folder / "data")
    try:
        for name, check in _Checks(desk, folder).all():
            try:
                check()
            except (UserError, AssertionError, OSError, LookupError, ValueError, ImportError) as error:
                print(f"optoutdesk: The self-test failed at “{name}”: {error!r}", file=sys.stderr)
                return COULD_NOT
            passed.append(name)
            if not as_json:
                print(f"ok  {name}")
    finally:
        desk.close()
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        print(json.dumps({"passed": passed}, indent=2))
    return DONE


class _Checks:
    """The checks, in the order in which they build on each other."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.now = desk.now()
        self.expected = _sample("expected.json")
        self.imports = _sample("expected-imports.json")
        del self.imports["afterwards"]

    def all(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield each check with what it shows."""
        yield "opens a new suppression list", self.open_store
        yield "knows the holidays", self.holidays
        yield "records the sample opt-outs", self.record
        yield "tells who may be mailed", self.check
        for name in self.expected:
            yield f"cleans {name}", partial(self.clean, name)
        for name in self.imports:  # each alone, as it is expected
            yield f"imports {name}", partial(self.bring_in, name)
            if name == _HASHED:
                yield "matches a hash", self.match_hash
            yield f"undoes the import of {name}", self.undo
        yield "verifies a platform against its export", self.verify_platform
        yield "marks what was removed there", self.mark_done
        yield "reminds, and writes the calendar file", self.remind
        yield "makes a backup and puts it back", self.restore
        for ending in (".csv", ".xlsx", ".txt"):
            yield f"exports to {ending}", partial(self.export, ending)
        yield "verifies the ledger", self.verify

    def open_store(self) -> None:
        assert not self.desk.store.head()

    def holidays(self) -> None:
        thanksgiving = self.desk.counting.holiday(date(2026, 11, 26))
        assert thanksgiving is not None, "the holidays' data is missing"
        for policy in self.desk.counting.policies.values():
            received = self.desk.record_optout.received(self.now, self.now)
            assert self.desk.counting.due(received, policy.id) >= received.day, policy.id

    def record(self) -> None:
        for item in _sample("opt-outs.json"):
            self._record(item["address"], item["scope"])

    def _record(self, address: str, scope: str = ALL_MAIL) -> None:
        service, now = self.desk.record_optout, self.now
        service.record(
            service.parse([address]), service.received(now, now), now=now, by="self-test", scope=scope
        )

    def check(self) -> None:
        answers = self.desk.check_address.check(["Maria.Ortiz@lakeside.example", "nobody@lakeside.example"])
        assert [answer.may_mail for answer in answers] == [False, True]

    def clean(self, name: str) -> None:
        from optoutdesk.services.clean_list import Plan

        service, wanted = self.desk.clean_list, self.expected[name]
        plan = Plan(service.open(_copy(name, self.folder)))
        outputs = service.default_outputs(plan)
        _, result, _ = service.clean(plan, outputs, by="self-test", now=self.now)
        assert (result.rows, result.kept) == (wanted["rows"], wanted["kept"]), (
            f"{result.kept} of {result.rows} kept, not {wanted['kept']} of {wanted['rows']}"
        )
        again = service.examine(Plan(service.open(outputs.clean)))
        assert again.kept == result.kept, "the clean list is not clean"

    def bring_in(self, name: str) -> None:
        from optoutdesk.domain.dates import DayOrder
        from optoutdesk.services.import_source import Options

        options = Options(day_order=DayOrder.MONTH_FIRST if name.endswith(".xlsx") else None)
        source = self.desk.import_optouts.open(_copy(name, self.folder), options, now=self.now)
        wanted = self.imports[name]["outcomes"]
        with self.desk.import_optouts.preview(source, now=self.now) as preview:
            found = {outcome.value: count for outcome, count in preview.counts.by.items()}
            found = {outcome: found.get(outcome, 0) for outcome in wanted}
            self.desk.import_optouts.run(preview, by="self-test", now=self.now)
        assert found == wanted, f"{found}, not {wanted}"

    def match_hash(self) -> None:
        answers = self.desk.check_address.check([_IN_HASHED, "nobody@lakeside.example"])
        assert [answer.may_mail for answer in answers] == [False, True]

    def undo(self) -> None:
        newest = self.desk.undo_import.batches()[0]
        plan, _ = self.desk.undo_import.undo(newest.id, by="self-test", now=self.now)
        assert (plan.withdrawn, plan.kept_count) == (newest.requests, 0)
        assert self.desk.check_address.check([_IN_HASHED])[0].may_mail, "the import is still in force"

    def verify_platform(self) -> None:
        from optoutdesk.services.verify_platform import Side

        desk, now = self.desk, self.now
        platform, _ = desk.platforms.add(
            "Mailchimp", desk.counting.today(now), known="mailchimp", by="self-test", now=now
        )
        export = self.folder / "audience.csv"
        export.write_text("Email Address\nmaria.ortiz@lakeside.example\nkim@lakeside.example\n", "utf-8")
        with desk.verify_platform.preview(
            platform.id, desk.verify_platform.open(export, now=now), now=now
        ) as preview:
            verification, _ = desk.verify_platform.record(preview, by="self-test", now=now)
        assert preview.counts.by[Side.STILL_ACTIVE] == 1, "who is still active was not found"
        assert (verification.active, verification.still_active) == (2, 1)

    def mark_done(self) -> None:
        (standing,) = self.desk.platforms.all(self.now)
        written = self.desk.platforms.export(standing.platform.id, self.folder / "to-remove.csv")
        self.desk.due_requests.mark_done(
            written.ids, now=self.now, by="self-test", platforms=[standing.platform.id]
        )
        (after,) = self.desk.platforms.all(self.now)
        assert (len(written.ids), after.to_remove) == (
            standing.to_remove - written.left_out,
            written.left_out,
        )

    def remind(self) -> None:
        self._record("late@lakeside.example")
        written = self.desk.calendar_file.write(self.folder / "due.ics", now=self.now)
        assert (written.days, written.path.stat().st_size > 0) == (1, True)
        in_a_month = self.now + timedelta(days=30)
        assert self.desk.reminders.all_due(in_a_month), "an overdue request is not said"

    def restore(self) -> None:
        backup = self.desk.backups.make(self.now)
        self._record("later@lakeside.example")
        lost = self.desk.backups.look(backup.path).lost
        self.desk.backups.restore(backup.path, by="self-test", now=self.now, expected_lost=lost)
        answers = self.desk.check_address.check(["later@lakeside.example", "maria.ortiz@lakeside.example"])
        assert (lost, [answer.may_mail for answer in answers]) == (1, [True, False])

    def export(self, ending: str) -> None:
        from optoutdesk.services.export_list import THIRD_PARTY, ExportPlan

        run = self.desk.export_list.run
        own = run(ExportPlan(self.folder / f"list{ending}"))
        hashed = run(ExportPlan(self.folder / f"hashed{ending}", recipient=THIRD_PARTY))
        assert own.entries >= hashed.entries > 0
        assert own.files[0].stat().st_size
        assert hashed.warning

    def verify(self) -> None:
        found = self.desk.store.verify()
        assert found.holds, found.wrong


def _sample(name: str) -> Any:
    return json.loads(resource("samples", name).read_text("utf-8"))


def _copy(name: str, folder: Path) -> Path:
    """Return a sample in a folder of its own: results would share names."""
    copy = folder / name.replace(".", "-") / name
    copy.parent.mkdir()
    shutil.copyfile(resource("samples", name), copy)
    return copy
