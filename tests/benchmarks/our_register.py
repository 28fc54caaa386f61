"""Times the register's pages at a million requests: `our_register.py DATA RUNS` prints a row of the table."""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from optoutdesk.desk import Desk
from optoutdesk.domain.requests import Channel
from optoutdesk.store import RegisterFilter

TYPED = ("a", "jane", "jane.o", "99@lake", "lake77.example", "nobody-at-all")
FILTERS = {
    "first page": RegisterFilter(),
    **{f"“{text}”": RegisterFilter(text=text) for text in TYPED},
    "open, “nobody-at-all”": RegisterFilter(text=TYPED[-1], only_open=True),
    "one channel": RegisterFilter(channel=Channel.PHONE),
}


def main() -> None:
    """Print the slowest kind of page by its median, and the counts."""
    desk = Desk(Path(sys.argv[1]))
    runs = int(sys.argv[2])

    def median(work: Callable[[], object]) -> float:
        times = []
        for _ in range(runs + 1):
            started = time.perf_counter()
            work()
            times.append(1000 * (time.perf_counter() - started))
        return statistics.median(times[1:])

    pages = {
        name: median(lambda wanted=wanted: desk.register.page(wanted)) for name, wanted in FILTERS.items()
    }
    slowest = max(pages, key=pages.__getitem__)
    total = desk.store.count_requests()
    now = datetime.now(UTC)
    counts = median(lambda: desk.register.counts(now))
    print(
        f"| first page of {total:,} after a keystroke, the slowest ({slowest}) | {pages[slowest]:.0f} ms | | | | 100 ms |"
    )
    print(f"| the register's counts at {total:,} | {counts:.0f} ms | | | | 100 ms |")
    desk.close()


if __name__ == "__main__":
    main()
