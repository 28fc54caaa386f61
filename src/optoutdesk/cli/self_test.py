"""Tries, in a throw-away folder, what the program is for; a frozen build runs it to show that nothing was left out."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from optoutdesk.cli.codes import COULD_NOT, DONE
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.resources import resource


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
    expected = json.loads(resource("samples", "expected.json").read_text("utf-8"))

    def holiday() -> None:
        thanksgiving = desk.counting.holiday(date(2026, 11, 26))
        assert thanksgiving is not None, "the holidays' data is missing"

    def record() -> None:
        for item in json.loads(resource("samples", "opt-outs.json").read_text("utf-8")):
            entries = service.parse([item["address"]])
            service.record(entries, service.received(now, now), now=now, by="self-test", scope=item["scope"])

    def check() -> None:
        answers = desk.check_address.check(["Maria.Ortiz@lakeside.example", "nobody@lakeside.example"])
        assert [answer.may_mail for answer in answers] == [False, True]

    def clean(name: str) -> None:
        from optoutdesk.services.clean_list import Plan

        source = folder / name.replace(".", "-") / name  # a folder each: their results would share names
        source.parent.mkdir()
        shutil.copyfile(resource("samples", name), source)
        plan = Plan(desk.clean_list.open(source))
        outputs = desk.clean_list.default_outputs(plan)
        _, result, _ = desk.clean_list.clean(plan, outputs, by="self-test", now=now)
        assert (result.rows, result.kept) == (expected[name]["rows"], expected[name]["kept"]), (
            f"{result.kept} of {result.rows} kept, not {expected[name]['kept']} of {expected[name]['rows']}"
        )
        again = desk.clean_list.examine(Plan(desk.clean_list.open(outputs.clean)))
        assert again.kept == result.kept, "the clean list is not clean"

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
    yield "verifies the ledger", verify
