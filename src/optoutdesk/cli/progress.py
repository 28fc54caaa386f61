"""A line of progress on standard error, for a terminal only."""

import sys
import time
from types import TracebackType
from typing import Self

_EVERY = 0.1
_AFTER = 0.3


class Progress:
    """Callable with (done, all); all 0 means that it is not known."""

    def __init__(self, what: str, *, rate: str = "") -> None:
        """`rate`: what is counted, to show how many of them a second and how long it will take."""
        self._what = what
        self._rate = rate
        self._began, self._last = time.monotonic(), 0
        self._terminal = sys.stderr.isatty()
        self._next = time.monotonic() + _AFTER
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        if done < self._last:  # the next phase
            self._began = time.monotonic()
        self._last = done
        if not self._terminal or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        self._shown = True
        far = f"{100 * done // total} %" if total else f"{done:,} rows"
        sys.stderr.write(f"\r\x1b[K{self._what}: {far}{self._pace(done, total)}")
        sys.stderr.flush()

    def _pace(self, done: int, total: int) -> str:
        """Return how fast it goes and how long it will take."""
        pace = done / max(time.monotonic() - self._began, 0.001)
        if not self._rate or pace < 1:
            return ""
        left = f" · {max(total - done, 0) / pace:,.0f} s left" if total else ""
        return f" · {pace:,.0f} {self._rate}/s{left}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
