"""Times Today with thousands of open requests: `our_today.py DATA RUNS` prints rows of the table."""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from optoutdesk.desk import Desk
from optoutdesk.services.due_requests import DueFilter, GroupBy
from optoutdesk.store import RegisterFilter

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


def main() -> None:
    """Print the figures with a first page, the slowest kind of groups, and a page far down, each beside the register's."""
    desk = Desk(Path(sys.argv[1]), now=lambda: NOW)
    runs = int(sys.argv[2])
    due = desk.due_requests

    def median(work: Callable[[], object]) -> float:
        times = []
        for _ in range(runs + 1):
            started = time.perf_counter()
            work()
            times.append(1000 * (time.perf_counter() - started))
        return statistics.median(times[1:])

    count = desk.store.count_open()
    register = median(lambda: desk.register.page(RegisterFilter(only_open=True)))
    bens = DueFilter(person="Ben")
    deep = (desk.store.open_requests()[-201].due.isoformat(), 0)
    measured = {
        "the figures and the first page": lambda: (due.today(NOW, limit=0), due.page(NOW)),
        "a page near the end": lambda: due.page(NOW, after=deep),
        "the first page of one person": lambda: due.page(NOW, wanted=bens),
        "all ids": lambda: due.ids(NOW),
        **{f"groups by {by}": lambda by=by: due.groups(NOW, by) for by in GroupBy},
        **{f"groups by {by} of one person": lambda by=by: due.groups(NOW, by, bens) for by in GroupBy},
    }
    print(f"| the register's first page of {count:,} open | {register:.0f} ms | | | | 100 ms |")
    for name, work in measured.items():
        took = median(work)
        against = f"the register's first page, {register:.0f} ms"
        print(
            f"| Today, {count:,} open: {name} | {took:.0f} ms | | {against} | **{took / register:.2f}** | 100 ms |"
        )
    desk.close()


if __name__ == "__main__":
    main()
