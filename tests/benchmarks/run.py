"""Measures every limit as a ratio against a peer in the same run and prints a table: `python tests/benchmarks/run.py`.

Whole processes, interleaved, medians; only the ratios mean anything on another machine. Needs about 2 GB of
disk and some minutes for everything; `--only clean import verify register today check window` chooses, `--runs N` repeats,
`--rows N` is the size of the list.
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import data

HERE = Path(__file__).resolve().parent


@dataclass
class Measured:
    """One command, several runs."""

    seconds: list[float] = field(default_factory=list)
    peak: int = 0
    """Bytes, the largest of the runs."""

    @property
    def median(self) -> float:
        """Median of the wall times."""
        return statistics.median(self.seconds)


def run_once(command: list[str], measured: Measured) -> None:
    """Run a command as a whole process and note its wall time and peak memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    _, status, usage = os.wait4(process.pid, 0)
    measured.seconds.append(time.perf_counter() - started)
    if os.waitstatus_to_exitcode(status) not in (0, 10):
        raise SystemExit(f"failed: {' '.join(command)}")
    process.returncode = 0
    measured.peak = max(measured.peak, usage.ru_maxrss * 1024)


def make(what: str, path: Path, *size: int | Path) -> None:
    """Make one of the benchmarks' files in a process of its own: a child's peak counts from its parent's."""
    subprocess.run([sys.executable, str(HERE / "data.py"), what, str(path), *map(str, size)], check=True)


def interleaved(runs: int, *commands: list[str], prepare: Callable[[], None] | None = None) -> list[Measured]:
    """Run commands in turn, several times, after a warm-up of each. `prepare` is called before each, unmeasured."""
    results = [Measured() for _ in commands]
    for number in range(runs + 1):
        for command, result in zip(commands, results, strict=True):
            if prepare is not None:
                prepare()
            run_once(command, result if number else Measured())
    return results


def report(
    name: str, ours: Measured, peer: str, theirs: Measured, limit: float | None, memory: int | None = None
) -> None:
    """Print one row of the table."""
    ratio = ours.median / theirs.median
    peak = f"{ours.peak / 2**20:.0f} MiB" + (f" (limit {memory})" if memory else "")
    print(
        f"| {name} | {ours.median:.2f} s | {peak} | {peer}, {theirs.median:.2f} s "
        f"| **{ratio:.2f}** | {'none' if limit is None else f'{limit:g}'} |",
        flush=True,
    )


def bench_clean(folder: Path, runs: int, rows: int) -> None:
    """Clean a big CSV against a big suppression list, whole command."""
    store = folder / "data" / "optoutdesk.sqlite"
    source = folder / "contacts.csv"
    make("contacts", source, rows)
    ours = _clean(folder, source)
    ours_run, peer, peer_dict = interleaved(
        runs,
        ours,
        [sys.executable, str(HERE / "peers_csv_set.py"), str(store), str(source), str(folder / "peer.csv")],
        [
            sys.executable,
            str(HERE / "peers_dict_reader.py"),
            str(store),
            str(source),
            str(folder / "peer.csv"),
        ],
    )
    what = f"clean CSV {rows:,} x 8 against {data.SUPPRESSED:,}"
    report(what, ours_run, "csv + set", peer, 1.0, 280)
    report(what, ours_run, "csv + set with DictReader, for comparison", peer_dict, None, 280)
    five = folder / "contacts5.csv"
    make("contacts", five, 5 * rows)
    small, large = interleaved(max(1, runs // 2), ours, _clean(folder, five))
    report(f"clean CSV {5 * rows:,} x 8", large, f"ours at {rows:,}", small, 5.6)


def _clean(folder: Path, source: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "optoutdesk",
        "--data",
        str(folder / "data"),
        "clean",
        str(source),
        "--overwrite",
        "--json",
    ]


def bench_import(folder: Path, runs: int, rows: int) -> None:
    """Import opt-outs, whole command with its backup: into an empty store, and into one that holds as many others."""
    if shutil.which("sqlite3") is None:
        raise SystemExit("The peer of the import is the sqlite3 shell: install the package sqlite3.")
    source, empty, full = folder / "opt-outs.csv", folder / "empty", folder / "full"
    make("opt-outs", source, rows, data.SUPPRESSED)

    def fresh() -> None:
        for name in (empty, full):
            shutil.rmtree(name, ignore_errors=True)
        shutil.copytree(folder / "data", full)
        for name in ("peer.db", "peer.db-wal", "peer.db-shm"):
            (folder / name).unlink(missing_ok=True)

    def ours(into: Path) -> list[str]:
        return [sys.executable, "-m", "optoutdesk", "--data", str(into), "import", str(source), "--json"]

    fresh()
    run_once(ours(empty), Measured())
    make("requests", folder / "requests.csv", empty / "optoutdesk.sqlite")
    with sqlite3.connect(empty / "optoutdesk.sqlite") as database:
        made = [
            sql
            for (sql,) in database.execute(
                "SELECT sql FROM sqlite_schema WHERE tbl_name = 'request' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC"
            )
        ]
    body = (HERE / "peer_import.sql").read_text("utf-8")
    for name, statements in (("indexed", made), ("plain", made[:1])):
        script = "PRAGMA journal_mode=wal;\n" + ";\n".join(statements) + ";\n" + body
        (folder / f"peer-{name}.sql").write_text(script, "utf-8")
    shell = ["sh", "-c", 'cd "$0" && sqlite3 peer.db < "$1"', str(folder)]
    into_empty, into_full, indexed, plain = interleaved(
        max(1, runs // 2),
        ours(empty),
        ours(full),
        [*shell, "peer-indexed.sql"],
        [*shell, "peer-plain.sql"],
        prepare=fresh,
    )
    what = f"import {rows:,} opt-outs"
    report(what, into_empty, "sqlite3 shell, sorted, same columns and indexes", indexed, 3, 300)
    report(what, into_empty, "the same without its indexes, for comparison", plain, None, 300)
    report(f"{what} into {data.SUPPRESSED:,}", into_full, "ours into none", into_empty, 1.5, 300)


def bench_verify(folder: Path, runs: int, rows: int) -> None:
    """Compare a platform's export with as many on record, and record it: who stands differently, by person."""
    kept, source, ours_say, peer_says = (
        folder / name for name in ("verified", "audience.csv", "ours.json", "peer.json")
    )
    kept.mkdir()
    make("verified", kept / "optoutdesk.sqlite", rows)
    make("audience", source, rows)
    desk = folder / "verify"

    def fresh() -> None:
        shutil.rmtree(desk, ignore_errors=True)
        shutil.copytree(kept, desk)

    ours, peer = interleaved(
        max(1, runs // 2),
        [sys.executable, str(HERE / "our_verify.py"), str(desk), str(source), str(ours_say)],
        [
            *(sys.executable, str(HERE / "peers_two_sets.py"), str(kept / "optoutdesk.sqlite")),
            *(str(source), str(peer_says)),
        ],
        prepare=fresh,
    )
    if ours_say.read_text() != peer_says.read_text():
        raise SystemExit(f"ours: {ours_say.read_text()}\npeer: {peer_says.read_text()}")
    report(f"verify an export of {rows:,} against {rows:,}, recorded", ours, "csv + two sets", peer, None)


def bench_today(folder: Path, runs: int, rows: int) -> None:
    """Today with 20,000 open requests: time in the database, beside the register's first page."""
    data_folder = folder / "today"
    data_folder.mkdir()
    make("open", data_folder / "optoutdesk.sqlite", min(20_000, rows))
    script = [sys.executable, str(HERE / "our_today.py"), str(data_folder), str(runs)]
    print(subprocess.run(script, check=True, capture_output=True, text=True).stdout, end="", flush=True)


def bench_register(folder: Path, runs: int, rows: int) -> None:
    """The register's first page after a keystroke: time in the database."""
    del rows
    script = [sys.executable, str(HERE / "our_register.py"), str(folder / "data"), str(runs)]
    print(subprocess.run(script, check=True, capture_output=True, text=True).stdout, end="", flush=True)


def bench_check(folder: Path, runs: int, rows: int) -> None:
    """May this person be mailed?, on a big store."""
    del rows
    ours, peer = interleaved(
        5 * runs,
        [
            sys.executable,
            "-m",
            "optoutdesk",
            "--data",
            str(folder / "data"),
            "check",
            data.address(77),
            "a@b.example",
        ],
        [sys.executable, "-c", "import sqlite3"],
    )
    report(f"check on {data.SUPPRESSED:,} addresses", ours, 'python -c "import sqlite3"', peer, 8)


def bench_window(folder: Path, runs: int, rows: int) -> None:
    """The window's first paint."""
    del rows
    ours, peer = interleaved(
        3 * runs,
        [sys.executable, str(HERE / "our_window.py"), str(folder / "data")],
        [sys.executable, str(HERE / "peers_window.py")],
    )
    report("the window's first paint", ours, "bare PySide6 window with a table", peer, 1.8)


BENCHES = {
    "clean": bench_clean,
    "import": bench_import,
    "verify": bench_verify,
    "register": bench_register,
    "today": bench_today,
    "check": bench_check,
    "window": bench_window,
}


WITH_DATA_OF_THEIR_OWN = {"verify", "today"}


def main() -> None:
    """Run the chosen benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(BENCHES), default=list(BENCHES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="optoutdesk-bench-") as name:
        folder = Path(name)
        if not set(arguments.only) <= WITH_DATA_OF_THEIR_OWN:
            make("store", folder / "data" / "optoutdesk.sqlite")
        print("| what | ours | peak | against | ratio | limit |\n| --- | --- | --- | --- | --- | --- |")
        for chosen in arguments.only:
            BENCHES[chosen](folder, arguments.runs, arguments.rows)


if __name__ == "__main__":
    main()
