"""A process that is killed at any moment leaves all of its work or nothing of it, and the ledger holds."""

import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from optoutdesk.store.store import Store

ROWS = 120_000
SUPPRESSED = [f"person{n}@p{n % 7}.example" for n in range(0, 900, 3)]
CLEANS, ADDS = 14, 10

# Sends itself a signal when a result is about to get its name for the n-th time, or (n = 3) has all of them.
STOPPED_AT = """
import os, sys
from optoutdesk.__main__ import main
from optoutdesk.spreadsheets.output import PendingFile
left, number = int(sys.argv[1]), int(sys.argv[2])
published = PendingFile.publish
def publish(self):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), number)
    published(self)
    if left == 1 and sys.argv[1] == "3":
        os.kill(os.getpid(), number)
PendingFile.publish = publish
sys.exit(main(sys.argv[3:]))
"""


@dataclass(frozen=True)
class Shop:
    """A list, its suppression list, and what an undisturbed clean makes of them in how many seconds."""

    data: Path
    source: Path
    results: Mapping[str, bytes]
    seconds: float

    def start(
        self, *arguments: object, code: str | None = None, words: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        program = ["-m", "optoutdesk"] if code is None else ["-c", code, *words]
        return subprocess.Popen(
            [sys.executable, *program, "--data", str(self.data), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def store(self) -> closing[Store]:
        return closing(Store(self.data / "optoutdesk.sqlite"))

    def clean_into(self, folder: Path) -> list[object]:
        return [
            *("clean", self.source, "--output", folder / "clean.csv", "--removed", folder / "removed.csv"),
            *("--by", "Ana", "--json"),
        ]

    def assert_all_or_nothing(self, folder: Path) -> bool:
        """Whether the clean into this folder is in the ledger; then its results are whole, as all there are are."""
        with self.store() as store:
            assert store.verify().holds
            records = [record for record in store.cleans(1000) if record.output_path.parent == folder]
        found = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
        assert found.items() <= self.results.items()
        assert len(records) <= 1
        for record in records:
            assert hashlib.sha256(found["clean.csv"]).hexdigest() == record.output_sha256
            assert hashlib.sha256(found["removed.csv"]).hexdigest() == record.removed_sha256
        return bool(records)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return process.returncode, out


def kill_after(process: subprocess.Popen[str], seconds: float) -> tuple[int, str]:
    """Let a process run for some time, kill it, and return what it said until then."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    return finish(process)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("kill")
    source = folder / "list.csv"
    with source.open("w", encoding="utf-8") as stream:
        stream.write("Name,E-mail,Note\n")
        stream.writelines(f"Person {n},person{n}@p{n % 7}.example,{'x' * 40}\n" for n in range(ROWS))
    made = Shop(folder / "data", source, {}, 0)
    assert finish(made.start("add", *SUPPRESSED, "--by", "Ana"))[0] == 0
    (folder / "first").mkdir()
    started = time.perf_counter()
    assert finish(made.start(*made.clean_into(folder / "first")))[0] == 0
    seconds = time.perf_counter() - started
    results = {path.name: path.read_bytes() for path in (folder / "first").iterdir()}
    assert results["removed.csv"].count(b"Opted out") == len(SUPPRESSED)
    return Shop(made.data, source, results, seconds)


def test_a_clean_killed_at_any_moment_leaves_all_or_nothing(shop: Shop, tmp_path: Path) -> None:
    chance = random.Random(2026)
    small = tmp_path / "small.csv"
    small.write_text(f"Email\n{SUPPRESSED[0]}\nbo@b.example\n")
    killed = 0
    for n in range(CLEANS):
        folder = tmp_path / str(n)
        folder.mkdir()
        # The first one surely; half of the others near the end, where files get their names.
        moment = chance.uniform(0.85, 1.05) if n % 2 else chance.uniform(0, 1) if n else 0
        code, _ = kill_after(shop.start(*shop.clean_into(folder)), moment * shop.seconds)
        killed += code != 0
        recorded = shop.assert_all_or_nothing(folder)
        assert recorded or code != 0
    assert killed
    # The next one works, also where a killed one left its pieces.
    code, out = finish(shop.start("clean", small, "--by", "Ana", "--json"))
    assert (code, json.loads(out)["kept"]) == (0, 1)
    code, out = finish(shop.start(*shop.clean_into(folder), "--overwrite"))
    assert (code, json.loads(out)["removed"]) == (0, len(SUPPRESSED))
    assert {name: (folder / name).read_bytes() for name in shop.results} == shop.results


@pytest.mark.parametrize(
    ("moment", "left"),
    [(1, set()), (2, {"removed.csv"}), (3, {"removed.csv", "clean.csv"})],
    ids=["before", "between", "after"],
)
def test_a_clean_killed_as_its_files_get_their_names(
    shop: Shop, tmp_path: Path, moment: int, left: set[str]
) -> None:
    code, _ = finish(shop.start(*shop.clean_into(tmp_path), code=STOPPED_AT, words=(str(moment), "9")))
    assert code == -9
    assert not shop.assert_all_or_nothing(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")} == left
    code, _ = finish(shop.start(*shop.clean_into(tmp_path), "--overwrite"))
    assert code == 0
    assert shop.assert_all_or_nothing(tmp_path)


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_clean_that_is_interrupted_takes_everything_back(shop: Shop, tmp_path: Path, moment: int) -> None:
    process = shop.start(*shop.clean_into(tmp_path), code=STOPPED_AT, words=(str(moment), "2"))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (1, "", "optoutdesk: Stopped; nothing was written.\n")
    assert not shop.assert_all_or_nothing(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_add_killed_at_any_moment_records_all_of_its_addresses_or_none(shop: Shop) -> None:
    chance = random.Random(1126)
    started = time.perf_counter()
    assert finish(shop.start("add", "first@add.example", "--by", "Ana"))[0] == 0
    seconds = time.perf_counter() - started
    outcomes = set()
    for n in range(ADDS):
        addresses = [f"a{m}@n{n}.example" for m in range(200)]
        process = shop.start("add", *addresses, "--by", "Ana", "--json")
        code, out = kill_after(process, chance.uniform(0.3, 1.6) * seconds if n else 0)
        with shop.store() as store:
            assert store.verify().holds
            suppression, _ = store.suppression_list(None)
        there = sum(address in suppression.addresses for address in addresses)
        assert there in (0, len(addresses))
        if out:  # what was reported is there, be it the first piece of the report
            assert there == len(addresses)
        outcomes.add((code == 0, there > 0))
        code, out = finish(shop.start("add", *addresses, "--by", "Ana", "--json"))
        assert code == 0
        assert {item["already"] for item in json.loads(out)["added"]} == {there > 0}
    assert (False, False) in outcomes
