"""What was said of open requests and until when reminders wait. No act of a person: the ledger does not cover it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from sqlite3 import Connection

from optoutdesk.domain.reminders import Clock
from optoutdesk.store.connection import translated
from optoutdesk.store.rows import from_text, to_text
from optoutdesk.store.store import Store

Said = tuple[int, str]
"""A request's id and a step."""


class ReminderLog:
    """Reads and writes it. Each write is one short transaction: StoreBusyError when someone else is writing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def _at_once(self) -> Iterator[Connection]:
        with translated(self._store.file):
            connection = self._store.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def clocks(self, own_target: timedelta) -> list[Clock]:
        """Return the open requests by due date with what was said of them; `own_target` runs from the receipt."""
        with translated(self._store.file):
            rows = self._store.connection.execute(
                "SELECT o.request_id, o.due, r.received_at,"
                " (SELECT group_concat(step) FROM reminded WHERE request_id = o.request_id)"
                " FROM open_request o JOIN request r ON r.id = o.request_id ORDER BY o.due, o.request_id"
            )
            return [
                Clock(
                    request,
                    date.fromisoformat(due),
                    from_text(received_at) + own_target,
                    frozenset(said.split(",")) if said else frozenset(),
                )
                for request, due, received_at, said in rows
            ]

    def say(self, said: Iterable[Said], at: datetime) -> None:
        """Note what was said, and forget what is of no use any more.

        That is whatever was said of requests that are done, so that one which is open again is reminded of anew, and
        the daily steps before the last one.
        """
        moment = to_text(at)
        with self._at_once() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO reminded (request_id, step, at) VALUES (?, ?, ?)",
                ((request, step, moment) for request, step in said),
            )
            connection.execute(
                "DELETE FROM reminded AS r WHERE NOT EXISTS (SELECT 1 FROM open_request WHERE request_id = r.request_id)"
                " OR step LIKE 'overdue:%' AND EXISTS (SELECT 1 FROM reminded l WHERE l.request_id = r.request_id"
                " AND l.step LIKE 'overdue:%' AND l.step > r.step)"
            )

    def said_after(self, moment: datetime) -> list[Said]:
        """Return what was said by a clock that showed a later moment than this."""
        with translated(self._store.file):
            rows = self._store.connection.execute(
                "SELECT request_id, step FROM reminded WHERE at > ?", (to_text(moment),)
            )
            return [(request, step) for request, step in rows]

    def forget(self, said: Iterable[Said]) -> None:
        """Forget that something was said: it will be said again."""
        with self._at_once() as connection:
            connection.executemany("DELETE FROM reminded WHERE request_id = ? AND step = ?", said)

    def snoozed_until(self) -> datetime | None:
        """Return until when reminders wait; None when they do not."""
        with translated(self._store.file):
            row = self._store.connection.execute("SELECT until FROM snoozed").fetchone()
            return from_text(row[0]) if row else None

    def set_snooze(self, until: datetime | None, again: Iterable[Said] = ()) -> None:
        """Let reminders wait, or (None) no longer; `again` was said and is to be said once more."""
        with self._at_once() as connection:
            connection.execute("DELETE FROM snoozed")
            if until is not None:
                connection.execute("INSERT INTO snoozed (id, until) VALUES (1, ?)", (to_text(until),))
            connection.executemany("DELETE FROM reminded WHERE request_id = ? AND step = ?", again)

    def list_id(self) -> str:
        """Return what tells this suppression list from any other for good: how its ledger begins; "" while it is empty."""
        with translated(self._store.file):
            row = self._store.connection.execute("SELECT hash FROM ledger WHERE seq = 1").fetchone()
            return row[0].hex() if row else ""
