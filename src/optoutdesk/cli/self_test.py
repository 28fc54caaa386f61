"""Tries, in a throw-away folder, what the program is for; a frozen build runs it to show that nothing was left out."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from optoutdesk.cli.codes import COULD_NOT, DONE
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
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
        for name, check in _checks(desk, folder):
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


def _checks(desk: Desk, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    now = desk.now()
    service = desk.record_optout
    expected = _sample("expected.json")
    imports = _sample("expected-imports.json")
    del imports["afterwards"]

    def holiday() -> None:
        thanksgiving = desk.counting.holiday(date(2026, 11, 26))
        assert thanksgiving is not None, "the holidays' data is missing"

    def record() -> None:
        for item in _sample("opt-outs.json"):
            entries = service.parse([item["address"]])
            service.record(entries, service.received(now, now), now=now, by="self-test", scope=item["scope"])

    def check() -> None:
        answers = desk.check_address.check(["Maria.Ortiz@lakeside.example", "nobody@lakeside.example"])
        assert [answer.may_mail for answer in answers] == [False, True]

    def clean(name: str) -> None:
        from optoutdesk.services.clean_list import Plan

        plan = Plan(desk.clean_list.open(_copy(name, folder)))
        outputs = desk.clean_list.default_outputs(plan)
        _, result, _ = desk.clean_list.clean(plan, outputs, by="self-test", now=now)
        assert (result.rows, result.kept) == (expected[name]["rows"], expected[name]["kept"]), (
            f"{result.kept} of {result.rows} kept, not {expected[name]['kept']} of {expected[name]['rows']}"
        )
        again = desk.clean_list.examine(Plan(desk.clean_list.open(outputs.clean)))
        assert again.kept == result.kept, "the clean list is not clean"

    def bring_in(name: str) -> None:
        from optoutdesk.domain.dates import DayOrder
        from optoutdesk.services.import_source import Options

        options = Options(day_order=DayOrder.MONTH_FIRST if name.endswith(".xlsx") else None)
        source = desk.import_optouts.open(_copy(name, folder), options, now=now)
        wanted = imports[name]["outcomes"]
        with desk.import_optouts.preview(source, now=now) as preview:
            found = {outcome.value: count for outcome, count in preview.counts.by.items()}
            found = {outcome: found.get(outcome, 0) for outcome in wanted}
            desk.import_optouts.run(preview, by="self-test", now=now)
        assert found == wanted, f"{found}, not {wanted}"

    def match_hash() -> None:
        answers = desk.check_address.check([_IN_HASHED, "nobody@lakeside.example"])
        assert [answer.may_mail for answer in answers] == [False, True]

    def undo() -> None:
        newest = desk.undo_import.batches()[0]
        plan, _ = desk.undo_import.undo(newest.id, by="self-test", now=now)
        assert (plan.withdrawn, plan.kept_count) == (newest.requests, 0)
        assert desk.check_address.check([_IN_HASHED])[0].may_mail, "the import is still in force"

    def restore() -> None:
        backup = desk.backups.make(now)
        service.record(
            service.parse(["late@lakeside.example"]), service.received(now, now), now=now, by="self-test"
        )
        lost = desk.backups.look(backup.path).lost
        desk.backups.restore(backup.path, by="self-test", now=now, expected_lost=lost)
        answers = desk.check_address.check(["late@lakeside.example", "maria.ortiz@lakeside.example"])
        assert (lost, [answer.may_mail for answer in answers]) == (1, [True, False])

    def export(ending: str) -> None:
        from optoutdesk.services.export_list import THIRD_PARTY, ExportPlan

        own = desk.export_list.run(ExportPlan(folder / f"list{ending}"))
        hashed = desk.export_list.run(ExportPlan(folder / f"hashed{ending}", recipient=THIRD_PARTY))
        assert own.entries >= hashed.entries > 0
        assert own.files[0].stat().st_size
        assert hashed.warning

    def verify() -> None:
        found = desk.store.verify()
        assert found.holds, found.wrong

    def open_store() -> None:
        assert not desk.store.head()

    yield "opens a new suppression list", open_store
    yield "knows the holidays", holiday
    yield "records the sample opt-outs", record
    yield "tells who may be mailed", check
    for name in expected:
        yield f"cleans {name}", partial(clean, name)
    for name in imports:  # each alone, as it is expected
        yield f"imports {name}", partial(bring_in, name)
        if name == _HASHED:
            yield "matches a hash", match_hash
        yield f"undoes the import of {name}", undo
    yield "makes a backup and puts it back", restore
    for ending in (".csv", ".xlsx", ".txt"):
        yield f"exports to {ending}", partial(export, ending)
    yield "verifies the ledger", verify


def _sample(name: str) -> Any:
    return json.loads(resource("samples", name).read_text("utf-8"))


def _copy(name: str, folder: Path) -> Path:
    """Return a sample in a folder of its own: results would share names."""
    copy = folder / name.replace(".", "-") / name
    copy.parent.mkdir()
    shutil.copyfile(resource("samples", name), copy)
    return copy
