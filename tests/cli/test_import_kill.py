"""An import that is killed or interrupted at any moment leaves all of it or nothing, and no trace of people elsewhere."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_kill import finish, kill_after

from optoutdesk.store.store import Store

ROWS = 12_000
BROKEN = 20
KILLS = 5

# Sends itself a signal when one of the steps of an import is taken for the n-th time, before or after it.
STOPPED_AT = """
import os, sys
from optoutdesk.__main__ import main
from optoutdesk.services import backups, import_optouts
from optoutdesk.spreadsheets import archive
from optoutdesk.spreadsheets.output import PendingFile
from optoutdesk.store.acts import Act
from optoutdesk.store.staging import Staging
where, left, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
owner, name = {
    "unpacking": (archive.Archive, "_copy"),
    "reading": (Staging, "add"),
    "comparing": (Staging, "compare"),
    "backing up": (backups.Backups, "make"),
    "storing": (Act, "add_import"),
    "mending": (PendingFile, "seal"),
}[where]
step = getattr(owner, name)
def stopping(*arguments, **options):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), number)
    result = step(*arguments, **options)
    if left == -1:
        os.kill(os.getpid(), number)
    return result
if where == "storing":  # once all rows are in, before the transaction ends
    def stopping(*arguments, **options):
        step(*arguments, **options)
        os.kill(os.getpid(), number)
setattr(owner, name, stopping)
sys.exit(main(sys.argv[4:]))
"""


@dataclass(frozen=True)
class Shop:
    """A suppression list, a large file of opt-outs and the same file in a ZIP."""

    folder: Path
    seconds: float = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def source(self) -> Path:
        return self.folder / "files" / "list.csv"

    def start(self, source: Path, at: tuple[str, int, int] | None = None) -> subprocess.Popen[str]:
        program = ["-m", "optoutdesk"] if at is None else ["-c", STOPPED_AT, *map(str, at)]
        words = ["--data", str(self.data), "import", str(source), "--by", "Ana", "--json"]
        return subprocess.Popen(
            [sys.executable, *program, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(self.folder / "temporary")},
        )

    def imported(self) -> bool:
        """Whether the import is on record; then it is there whole, and the ledger holds."""
        with closing(Store(self.data / "optoutdesk.sqlite")) as store:
            assert store.verify().holds
            standing = [batch for batch in store.batches(100) if batch.undone_at is None and batch.requests]
            requests = store.count_requests()
            suppressed = store.count_suppressed()
        assert len(standing) <= 1
        assert suppressed == (ROWS + 1 if standing else 1)
        assert all(batch.requests == ROWS for batch in standing)
        assert requests % ROWS == 1
        return bool(standing)

    def take_back(self) -> None:
        """Undo the import, so that the next one finds the list as this one did."""
        with closing(Store(self.data / "optoutdesk.sqlite")) as store:
            number = str(store.batches(1)[0].id)
        words = [sys.executable, "-m", "optoutdesk", "--data", str(self.data), "undo", number, "--by", "Ana"]
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0

    def beside(self) -> set[str]:
        """Names of what lies beside the files and in the folder for temporary ones."""
        return {
            path.name
            for folder in (self.source.parent, self.folder / "temporary")
            for path in folder.iterdir()
            if path.suffix != ".zip" and path != self.source
        }


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    for name in ("files", "temporary"):
        (tmp_path / name).mkdir()
    made = Shop(tmp_path)
    with made.source.open("w", encoding="utf-8") as stream:
        stream.write("Name,E-mail,Unsubscribed on,Note\n")
        stream.writelines(
            f"P,person{n}@p{n % 7}.example,2026-11-{1 + n % 20:02},{'x' * 40}\n" for n in range(ROWS)
        )
        stream.writelines(f"P,{n}@@p.example,,\n" for n in range(BROKEN))
    add = [
        sys.executable,
        "-m",
        "optoutdesk",
        "--data",
        str(made.data),
        "add",
        "sup@x.example",
        "--by",
        "Ana",
    ]
    assert subprocess.run(add, capture_output=True, check=False).returncode == 0
    return made


def in_zip(shop: Shop) -> Path:
    path = shop.source.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.write(shop.source, "list.csv")
    return path


def test_an_import_killed_at_any_moment_leaves_all_or_nothing(shop: Shop) -> None:
    started = time.perf_counter()
    code, out = finish(shop.start(shop.source))
    seconds = time.perf_counter() - started
    assert (code, json.loads(out)["imported"], shop.imported()) == (0, ROWS, True)
    shop.take_back()
    for path in shop.source.parent.glob("*-to-mend*"):
        path.unlink()
    chance = random.Random(2026)
    outcomes = set()
    for n in range(KILLS):
        code, _ = kill_after(shop.start(shop.source), chance.uniform(0.2, 1.05) * seconds if n else 0)
        stands = shop.imported()
        assert stands or code != 0
        outcomes.add(stands)
        if stands:
            shop.take_back()
        # What is half written of a file of rows to mend is hidden and swept up after a day.
        assert all(name.startswith((".optoutdesk-", "list-to-mend")) for name in shop.beside())
    assert False in outcomes
    code, out = finish(shop.start(shop.source))
    assert (code, json.loads(out)["imported"], shop.imported()) == (0, ROWS, True)


@pytest.mark.parametrize(
    ("where", "time", "stands"),
    [
        ("reading", 1, False),
        ("reading", 3, False),
        ("comparing", 1, False),
        ("backing up", 1, False),
        ("storing", 1, False),
        ("mending", 1, True),
    ],
)
def test_an_import_that_is_interrupted_says_what_was_written(
    shop: Shop, where: str, time: int, stands: bool
) -> None:
    process = shop.start(shop.source, (where, time, signal.SIGINT))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert shop.imported() == stands
    assert shop.beside() == set()
    if stands:
        assert json.loads(out)["imported"] == ROWS
        assert err == (
            "optoutdesk: The opt-outs are imported, but the rows to mend are not saved. It was stopped."
            " Import list.csv again for them; nobody is recorded twice.\n"
        )
    else:
        assert (out, err) == ("", "optoutdesk: Stopped; nothing was written.\n")
    code, out = finish(shop.start(shop.source))
    assert (code, json.loads(out)["imported"]) == (0, 0 if stands else ROWS)
    assert shop.imported()
    assert shop.beside() == {"list-to-mend.csv"}


@pytest.mark.parametrize(
    ("where", "time", "stands"),
    [("reading", 3, False), ("backing up", 1, False), ("storing", 1, False), ("mending", 1, True)],
)
def test_an_import_that_is_killed_at_its_steps(shop: Shop, where: str, time: int, stands: bool) -> None:
    code, _ = finish(shop.start(shop.source, (where, time, signal.SIGKILL)))
    assert code == -signal.SIGKILL
    assert shop.imported() == stands
    assert {name[:12] for name in shop.beside()} == ({".optoutdesk-"} if stands else set())
    code, out = finish(shop.start(shop.source))
    assert (code, json.loads(out)["imported"]) == (0, 0 if stands else ROWS)


@pytest.mark.parametrize(("where", "time"), [("unpacking", 1), ("reading", 2), ("storing", 1)])
def test_of_an_interrupted_import_of_a_zip_nothing_unpacked_is_left(
    shop: Shop, where: str, time: int
) -> None:
    process = shop.start(in_zip(shop), (where, time, signal.SIGINT))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (1, "", "optoutdesk: Stopped; nothing was written.\n")
    assert shop.beside() == set()
    assert not shop.imported()


def test_what_a_killed_import_of_a_zip_unpacked_is_closed_to_others_and_swept_up_after_a_day(
    shop: Shop,
) -> None:
    path = in_zip(shop)
    code, _ = finish(shop.start(path, ("reading", 2, signal.SIGKILL)))
    assert code == -signal.SIGKILL
    (left,) = (shop.folder / "temporary").iterdir()
    assert left.stat().st_mode & 0o077 == 0
    yesterday = time.time() - 100_000
    os.utime(left, (yesterday, yesterday))
    code, out = finish(shop.start(path))
    assert (code, json.loads(out)["imported"]) == (0, ROWS)
    assert list((shop.folder / "temporary").iterdir()) == []
