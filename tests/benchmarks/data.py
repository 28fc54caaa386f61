"""Makes the benchmarks' files: contacts as they come out of a shop's system, and a suppression list to clean against."""

import csv
import random
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from optoutdesk.domain.platforms import Platform, TaskEvent, TaskState
from optoutdesk.domain.requests import Channel, Kind, OptOutRequest, received_on
from optoutdesk.store import Store

SUPPRESSED = 1_000_000
_NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
_DOMAINS = [
    f"{word}{number}.example" for word in ("lake", "mill", "harbor", "garden") for number in range(500)
]
_FIRST = ["Jane", "Maria", "Robert", "Elke", "Joy", "Pia", "Dale", "Nora", "Padma", "Luis"]
_LAST = ["Ortiz", "Fischer", "Okafor", "Lindqvist", "Whitaker", "Petit", "Iyer", "Nguyen", "Barlow", "Zeller"]
_CITIES = ["Burlington, VT", "Stowe", "Colchester", "Plattsburgh, NY", "Hinesburg", "Middlebury"]


def address(number: int) -> str:
    """Return the address of a person by number: the suppression list holds 0 to SUPPRESSED - 1."""
    return (
        f"{_FIRST[number % 10].lower()}.{_LAST[number // 10 % 10].lower()}{number}@{_DOMAINS[number % 2000]}"
    )


def make_contacts(path: Path, rows: int) -> None:
    """Write a CSV of `rows` x 8, CRLF: 20 % suppressed, quoted commas, 5 % line breaks in notes, 1 % `Name <a@b>`."""
    chance = random.Random(rows)
    start = date(2020, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream).writerow
        write(["Id", "Name", "E-mail", "Phone", "City", "Last order", "Total", "Notes"])
        for row in range(rows):
            number = chance.randrange(SUPPRESSED) if chance.random() < 0.2 else SUPPRESSED + row
            mail = address(number)
            name = f"{_FIRST[number % 10]} {_LAST[number // 10 % 10]}"
            kind = chance.random()
            if kind < 0.01:
                mail = f"{name} <{mail}>"
            elif kind < 0.1:
                mail = mail.upper()
            note = "likes heirloom tomatoes" if row % 3 else ""
            if chance.random() < 0.05:
                note = "called twice\r\nprefers mornings"
            day = start + timedelta(days=chance.randrange(2400))
            city = _CITIES[chance.randrange(6)]
            total = f"{chance.randrange(90000) / 100:.2f}"
            write(
                [f"{row:07d}", name, mail, f"802-555-{row % 10000:04d}", city, day.isoformat(), total, note]
            )


def make_opt_outs(path: Path, rows: int, first: int = 0) -> None:
    """Write an export of opted-out people as Mailchimp gives it, in no order: numbers from `first` on."""
    chance = random.Random(rows + first)
    start = datetime(2024, 1, 1)
    numbers = list(range(first, first + rows))
    chance.shuffle(numbers)
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream).writerow
        write(["Email Address", "First Name", "Last Name", "UNSUB_TIME", "UNSUB_REASON"])
        for number in numbers:
            at = start + timedelta(seconds=chance.randrange(2 * 365 * 86_400))
            write(
                [address(number), _FIRST[number % 10], _LAST[number // 10 % 10], at.isoformat(" "), "NORMAL"]
            )


def make_requests_csv(file: Path, target: Path) -> None:
    """Write the requests of a store, all columns, in no order: what the peer of an import reads."""
    database = sqlite3.connect(file)
    rows = database.execute("SELECT * FROM request").fetchall()
    random.Random(1).shuffle(rows)
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def make_audience(path: Path, rows: int) -> None:
    """Write a platform's export of `rows` people, in no order, beside a list of as many: make_verified.

    Half of them left there too, 2 % are still active, 15 % left or bounced there and are unknown here.
    """
    chance = random.Random(rows)
    kinds = [(0.50, 0, "Unsubscribed"), (0.52, 0, "Subscribed"), (0.62, 1, "Unsubscribed")]
    kinds += [(0.67, 1, "Cleaned"), (1.0, 1, "Subscribed")]
    numbers = [iter(chance.sample(range(first, first + rows), rows)) for first in (0, rows)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        write = csv.writer(stream).writerow
        write(["Email", "First Name", "Last Name", "Status", "City"])
        for _ in range(rows):
            drawn = chance.random()
            _, whose, status = next(kind for kind in kinds if drawn < kind[0])
            number = next(numbers[whose])
            mail = address(number).upper() if drawn * 1000 % 1 < 0.1 else address(number)
            write([mail, _FIRST[number % 10], _LAST[number // 10 % 10], status, _CITIES[number % 6]])


def make_store(file: Path, suppressed: int = SUPPRESSED) -> None:
    """Write a suppression list of so many addresses, ledger and all."""
    store = Store(file)
    _fill(store, suppressed, lambda _: date(2026, 11, 10))
    store.close()


def make_verified(file: Path, suppressed: int) -> None:
    """Write a suppression list of so many addresses, all of them removed at one platform, to be verified there."""
    store = Store(file)
    with store.act("add platform", by="bench", now=_NOW) as act:
        act.add_platform(Platform(0, "Mailer", "", date(2026, 1, 1), "bench", _NOW))
    _fill(store, suppressed, lambda _: date(2026, 11, 10))
    with store.act("mark done", by="bench", now=_NOW) as act:
        act.add_task_events(
            TaskEvent(number, 1, TaskState.REMOVED, _NOW, "bench", _NOW)
            for number in range(1, suppressed + 1)
        )
    store.close()


def make_open(file: Path, count: int) -> None:
    """Write a suppression list of so many open requests: three platforms, three people, due on 18 days."""
    store = Store(file)
    with store.act("add platform", by="bench", now=_NOW) as act:
        for name, day in (("Mailer", 1), ("Outlook contacts", 10), ("Paper list", 16)):
            act.add_platform(Platform(0, name, "", date(2026, 11, day), "bench", _NOW))
    _fill(store, count, lambda number: date(2026, 11, 3) + timedelta(days=number % 18))
    with store.act("assign", by="bench", now=_NOW) as act:
        for start, person in enumerate(("Ana", "Ben", "Cleo"), 1):
            act.assign(range(start, count + 1, 4), person, _NOW, "bench")
    store.close()


def _fill(store: Store, count: int, received: Callable[[int], date]) -> None:
    for start in range(0, count, 50_000):
        with store.act("make benchmark", by="bench", now=_NOW) as act:
            act.add_requests(
                [
                    OptOutRequest(
                        0,
                        Kind.ADDRESS,
                        address(n),
                        address(n),
                        "all",
                        received_on(received(n), "America/New_York"),
                        Channel.REPLY,
                        "",
                        "bench",
                        _NOW,
                        received(n) + timedelta(days=15),
                        "can-spam",
                        "Monday to Friday less US public holidays",
                    )
                    for n in range(start, min(start + 50_000, count))
                ]
            )


if (
    __name__ == "__main__"
):  # in a process of its own, so that what it took is not counted for what is measured
    if sys.argv[1] == "store":
        make_store(Path(sys.argv[2]))
    elif sys.argv[1] in ("verified", "open", "audience"):
        make = {"verified": make_verified, "open": make_open, "audience": make_audience}[sys.argv[1]]
        make(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "opt-outs":
        make_opt_outs(Path(sys.argv[2]), *map(int, sys.argv[3:]))
    elif sys.argv[1] == "requests":
        make_requests_csv(Path(sys.argv[3]), Path(sys.argv[2]))
    else:
        make_contacts(Path(sys.argv[2]), int(sys.argv[3]))
