"""A platform's export beside what is on record: who stands differently here and there, person by person.

The export's rows are staged and compared as those of an import are; here they are put together by person.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from optoutdesk.domain import ledger
from optoutdesk.domain.address import parent_domains, read_cell
from optoutdesk.domain.hashing import digests_of
from optoutdesk.domain.importing import Outcome
from optoutdesk.domain.platforms import closed_at
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, Precision, in_force, same_list
from optoutdesk.store.clocks import HAS_CLOCK
from optoutdesk.store.connection import translated
from optoutdesk.store.rows import REQUEST, to_request, to_text
from optoutdesk.store.staging import Staging, outcome_code
from optoutdesk.store.store import Store


class Side(StrEnum):
    """How a person stands here and there."""

    STILL_ACTIVE = "still-active"
    """Opted out here, still active there."""
    UNKNOWN_HERE = "unknown-here"
    """Opted out or bounced there, unknown here."""
    AGREE = "agree"
    """Opted out here and there."""
    SINGLE_LIST = "single-list"
    """Opted out of single lists here, active there: it may be for another list."""
    REVIEW = "review"
    """The row is not understood."""
    ABSENT = "absent"
    """Still to be done there, but not in the export, although that names who is active."""


class _Barring(NamedTuple):
    """A request that bars a person, and how it stands at the platform."""

    request: OptOutRequest
    is_open: bool
    has_events: bool


class SideRow(NamedTuple):
    """One person as the export names them."""

    number: int
    """Give the last one of a page to get the next page; of ABSENT the request's id."""
    key: str
    given: str
    reason: str
    received_day: str
    """ISO; "" where the export does not say it."""
    channel: str
    request: OptOutRequest | None
    """What is on record: the request that bars the person."""


_NEW, _KNOWN, _CONFLICT = map(outcome_code, (Outcome.NEW, Outcome.KNOWN, Outcome.CONFLICT))
_ACTIVE = outcome_code(Outcome.ACTIVE)
_REVIEWED = ",".join(str(outcome_code(o)) for o in (Outcome.REVIEW, Outcome.NOT_AN_ADDRESS))
_CODES = {side: code for code, side in enumerate(Side)}
_FINAL = "coalesce(s.outcome, g.outcome)"
_IN_FORCE = "NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = r.id)"
_LAST_STATE = "(SELECT state FROM task t WHERE t.request_id = r.id AND t.platform_id = :platform ORDER BY id DESC LIMIT 1)"
_ABOUT = "JOIN request r INDEXED BY request_kind_key ON r.kind = g.kind AND r.key = g.key"
"""Request r is about the person of staged row g. Left to itself SQLite takes an index that has the kind alone."""
_NAMED = (
    "(EXISTS (SELECT 1 FROM staged g WHERE g.kind = r.kind AND g.key = r.key AND g.key <> '')"
    " OR EXISTS (SELECT 1 FROM named WHERE key = r.key))"
)
"""The export names the person of request r, or of a domain somebody who did not leave, in whatever way."""
_CAME_BEFORE = "r.received_at <= :as_of"
"""Request r came before the export was made: of a later one it knows nothing."""
_PLAIN = "[^-a-zA-Z0-9@.+_]"
"""What stands in no cell that holds just a plain address."""
_AT_HAND = 10_000
"""Domains of which it is remembered what bars them."""


class _Over:
    """What bars people otherwise than by their own address: through their domain, or a hash."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._algorithms = store.hash_algorithms()
        self._by_domain: dict[str, list[OptOutRequest]] = {}

    def barring(self, key: str) -> list[OptOutRequest]:
        """Return the requests in force that bar an address through its domain or its hash."""
        domain = key.partition("@")[2]
        if domain not in self._by_domain:
            if len(self._by_domain) >= _AT_HAND:
                self._by_domain.clear()
            self._by_domain[domain] = self._store.barring_domain(domain, None)
        hashes = digests_of(key, None, self._algorithms) if self._algorithms else ()
        hashed = [request for each in hashes for request in self._store.barring((Kind.HASH, each), None)]
        return hashed + self._by_domain[domain]


class Comparison:
    """An export whose rows are staged and compared, put together by person for one platform."""

    def __init__(self, staging: Staging, platform: int, scope: str, as_of: datetime) -> None:
        """`scope`: the list the export is of, ALL_MAIL where it is of all mail or does not say; `as_of`: its time."""
        self._staging = staging
        self._store = staging.store
        self._asked: Mapping[str, ledger.Value] = {"platform": platform, "as_of": to_text(as_of)}
        self._platform = platform
        self._scope = scope
        self._as_of = as_of
        self._verified: list[int] | None = None
        self.to_reopen: list[int] = []
        """Requests of people who are still active although nothing is to be done there any more."""
        connection = self._store.connection
        connection.execute(
            "CREATE TEMP TABLE sides (side INTEGER, number INTEGER, request INTEGER, PRIMARY KEY (side, number))"
            " WITHOUT ROWID"
        )
        connection.execute("CREATE TEMP TABLE named (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self.put_together()

    def _rows(
        self, sql: str, parameters: Mapping[str, ledger.Value] | Sequence[ledger.Value] = ()
    ) -> sqlite3.Cursor:
        return self._store.connection.execute(sql, parameters)

    def put_together(self) -> None:
        """Find the side of every person; once more when the staged rows were compared anew."""
        connection = self._store.connection
        new = f"{_FINAL} = {_NEW} AND coalesce(s.lifted, 0) = 0"
        # Beside a bounce an opt-out of the same person is what is shown: that somebody asked.
        asked = (
            f"g.channel <> '{Channel.BOUNCE.value}' AND coalesce(s.lifted, 0) = 0"
            f" AND ({_FINAL} = {_NEW} OR ({_FINAL} = {_KNOWN} AND s.since IS NULL))"
        )
        with translated(self._store.file), self._staging.at_once():
            connection.execute("DELETE FROM sides")
            self._verified = None
            self._find_named()
            connection.execute(
                f"INSERT INTO sides SELECT {_CODES[Side.REVIEW]}, number, NULL FROM staged"
                f" WHERE outcome IN ({_REVIEWED})"
            )
            connection.execute(
                f"INSERT INTO sides SELECT CASE WHEN new THEN {_CODES[Side.UNKNOWN_HERE]} ELSE {_CODES[Side.AGREE]} END,"
                " coalesce(new, known), CASE WHEN new THEN NULL ELSE since END FROM (SELECT"
                f" iif(max({new}), coalesce(min(CASE WHEN {asked} THEN g.number END),"
                f" min(CASE WHEN {new} THEN g.number END)), NULL) AS new,"
                f" min(CASE WHEN {_FINAL} = {_KNOWN} THEN g.number END) AS known,"
                f" max({_FINAL} = {_CONFLICT}) AS conflict, max(s.since) AS since"
                " FROM staged g LEFT JOIN settled s ON s.number = g.number WHERE g.key <> '' GROUP BY g.kind, g.key)"
                " WHERE new IS NOT NULL OR (known IS NOT NULL AND NOT conflict)"
            )
            self._leave_out_lifted()
            self._add_conflicts()
            if self.lists_active:
                connection.execute(
                    f"INSERT INTO sides SELECT {_CODES[Side.ABSENT]}, r.id, NULL FROM open_task k"
                    " JOIN request r ON r.id = k.request_id"
                    f" WHERE k.platform_id = :platform AND r.kind <> 'hash' AND {_CAME_BEFORE} AND NOT {_NAMED}",
                    self._asked,
                )

    def _find_named(self) -> None:
        """Note whom rows name that are no claim, and the domains on record of which somebody is named who did not leave."""
        connection = self._store.connection
        connection.execute("DELETE FROM named")
        of_rows = "FROM staged WHERE key = '' AND given <> ''"
        connection.execute(f"INSERT OR IGNORE INTO named SELECT lower(trim(given)) {of_rows}")
        odd = self._rows(f"SELECT DISTINCT given {of_rows} AND trim(given) GLOB '*{_PLAIN}*'")
        keys = [(address.key,) for (given,) in odd.fetchall() for address in read_cell(given).addresses]
        connection.executemany("INSERT OR IGNORE INTO named VALUES (?)", keys)
        on_record = {key for (key,) in self._rows("SELECT DISTINCT key FROM request WHERE kind = 'domain'")}
        if on_record:
            rows = self._rows(
                f"SELECT DISTINCT substr(key, instr(key, '@') + 1) FROM staged WHERE outcome = {_ACTIVE} AND key <> ''"
                " UNION SELECT substr(key, instr(key, '@') + 1) FROM named"
            )
            domains = {parent for (domain,) in rows.fetchall() for parent in parent_domains(domain)}
            connection.executemany(
                "INSERT OR IGNORE INTO named VALUES (?)", [(key,) for key in on_record & domains]
            )

    def _leave_out_lifted(self) -> None:
        """Take out who opted in here again: the export knows their opt-out, but here it may stand no more."""
        theirs = (
            f"WHERE side = {_CODES[Side.AGREE]} AND number IN"
            " (SELECT number FROM staged WHERE kind = ? AND key = ? AND key <> '')"
        )
        for kind, key in self._store.opted_in():
            barring = self._store.barring((Kind(kind), key), None)
            if barring:
                self._rows(f"UPDATE sides SET request = ? {theirs}", (barring[0].id, kind, key))
            else:
                self._rows(f"DELETE FROM sides {theirs}", (kind, key))

    @cached_property
    def lists_active(self) -> bool:
        """Whether the export names people who are mailed; else nothing follows from not standing in it."""
        return any(self._rows("SELECT 1 FROM staged WHERE outcome = ? AND key <> '' LIMIT 1", (_ACTIVE,)))

    def _add_conflicts(self) -> None:
        """Sort those who opted out here and are active there: by the requests that bar them, not by one of them."""
        self.to_reopen = []
        opted_in, over = set(self._store.opted_in()), _Over(self._store)
        scopes = {
            ALL_MAIL,
            *(name for name in self._store.scopes() if same_list(name) == same_list(self._scope)),
        }
        sides: list[tuple[int, int, int]] = []
        rows = self._rows(
            "SELECT c.number, c.key, EXISTS (SELECT 1 FROM open_task WHERE platform_id = :platform AND request_id = r.id),"
            " EXISTS (SELECT 1 FROM task WHERE platform_id = :platform AND request_id = r.id),"
            f" {REQUEST} FROM (SELECT min(g.number) AS number, g.kind, g.key"
            " FROM staged g JOIN settled s ON s.number = g.number"
            f" WHERE s.outcome = {_CONFLICT} GROUP BY g.kind, g.key) c"
            " LEFT JOIN request r INDEXED BY request_kind_key ON r.kind = c.kind AND r.key = c.key"
            " ORDER BY c.kind, c.key",
            self._asked,
        )
        for (number, key), group in groupby(rows, key=itemgetter(0, 1)):
            found = [_Barring(to_request(row[4:]), bool(row[2]), bool(row[3])) for row in group if row[4]]
            barring = [*self._in_force(found, opted_in), *map(self._at_platform, over.barring(key))]
            if not barring:
                continue  # only the export itself says so, in another row
            of_this = [one for one in barring if one.request.scope in scopes]
            side = Side.STILL_ACTIVE if of_this else Side.SINGLE_LIST
            sides.append((_CODES[side], number, (of_this or barring)[0].request.id))
            with_clock = [one for one in of_this if one.request.has_clock]
            came_before = [one for one in with_clock if one.request.received.instant <= self._as_of]
            if came_before and self._is_settled(with_clock):
                self.to_reopen.append(came_before[0].request.id)
        self.to_reopen = list(dict.fromkeys(self.to_reopen))
        self._store.connection.executemany("INSERT INTO sides VALUES (?, ?, ?)", sides)

    def _in_force(self, found: Sequence["_Barring"], opted_in: set[tuple[str, str]]) -> list["_Barring"]:
        if not found:
            return []
        kind, key = found[0].request.kind, found[0].request.key
        opt_ins = self._store.opt_ins_about((kind, key)) if (kind, key) in opted_in else []
        still = in_force((one.request for one in found), opt_ins, None)
        by_id = {one.request.id: one for one in found}
        return [by_id[request.id] for request in still]

    def _at_platform(self, request: OptOutRequest) -> "_Barring":
        where, asked = "WHERE platform_id = ? AND request_id = ?", (self._platform, request.id)
        is_open = any(self._rows(f"SELECT 1 FROM open_task {where}", asked))
        return _Barring(request, is_open, any(self._rows(f"SELECT 1 FROM task {where}", asked)))

    def _is_settled(self, barring: Sequence["_Barring"]) -> bool:
        """Whether nothing is to be done for these at the platform, as far as the export can tell otherwise."""
        if any(one.is_open for one in barring):
            return False
        ids = [one.request.id for one in barring if one.has_events]
        events = self._store.clocks.events(ids)
        closed = (closed_at(events.get((request_id, self._platform), ())) for request_id in ids)
        # Removed after the export was made: the export is old, and shows nothing.
        return not any(moment is not None and moment > self._as_of for moment in closed)

    def leave_known_out(self) -> None:
        """Have an import of the staged rows store only those of people who are unknown here; until they are compared anew.

        A date on which someone known left there too is no new request: the removal there may have been what it dates.
        """
        self.put_together()
        with translated(self._store.file), self._staging.at_once():
            self._store.connection.execute(
                "UPDATE settled SET stored = 0, same = NULL WHERE number IN (SELECT g.number FROM staged g"
                " WHERE g.key <> '' AND (g.kind, g.key) NOT IN (SELECT g.kind, g.key FROM sides v"
                f" JOIN staged g ON g.number = v.number WHERE v.side = {_CODES[Side.UNKNOWN_HERE]}))"
            )

    # -- what it comes to

    def counts(self) -> dict[Side, int]:
        """Return how many people stand on each side."""
        found = dict(self._rows("SELECT side, count(*) FROM sides GROUP BY side"))
        return {side: found.get(code, 0) for side, code in _CODES.items()}

    def people(self) -> tuple[int, int, int]:
        """Return how many people are active there, opted out or bounced there, and how many unknown ones bounced."""

        def count(sql: str) -> int:
            return int(next(self._rows(sql))[0])

        grouped = (
            "SELECT count(*) FROM (SELECT 1 FROM staged WHERE outcome = {} AND key <> '' GROUP BY kind, key)"
        )
        bounced = count(
            "SELECT count(*) FROM sides v JOIN staged g ON g.number = v.number"
            f" WHERE v.side = {_CODES[Side.UNKNOWN_HERE]} AND g.channel = '{Channel.BOUNCE.value}'"
        )
        return count(grouped.format(_ACTIVE)), count(grouped.format(_NEW)), bounced

    def page(self, side: Side, after: int = 0, limit: int = 200) -> list[SideRow]:
        """Return the people of one side, in the order of the export; as fast at any depth as at the start."""
        if side is Side.ABSENT:
            requests = self._requests(
                "FROM sides v JOIN request r ON r.id = v.number WHERE v.side = ? AND v.number > ?"
                " ORDER BY v.number LIMIT ?",
                (_CODES[side], after, limit),
            )
            return [SideRow(r.id, r.key, r.given, "", "", "", r) for r in requests]
        rows = self._rows(
            "SELECT g.number, g.key, g.given, g.reason,"
            f" CASE g.precision WHEN '{Precision.UNKNOWN.value}' THEN '' ELSE g.received_day END,"
            " g.channel, v.request"
            " FROM sides v JOIN staged g ON g.number = v.number"
            " WHERE v.side = ? AND v.number > ? ORDER BY v.number LIMIT ?",
            (_CODES[side], after, limit),
        ).fetchall()
        return [
            SideRow(number, key, given, reason, day, channel, None if of is None else self._store.request(of))
            for number, key, given, reason, day, channel, of in rows
        ]

    def keys(self, side: Side) -> list[str]:
        """Return the addresses of one side, in the order of the export."""
        rows = self._rows(
            "SELECT g.key FROM sides v JOIN staged g ON g.number = v.number WHERE v.side = ? ORDER BY v.number",
            (_CODES[side],),
        )
        return [key for (key,) in rows]

    def requests_of(self, side: Side) -> list[int]:
        """Return the requests still to be done at the platform, of the people of one side."""
        if side is Side.ABSENT:
            rows = self._rows("SELECT number FROM sides WHERE side = ? ORDER BY 1", (_CODES[side],))
        else:
            rows = self._rows(
                "SELECT k.request_id FROM open_task k WHERE k.platform_id = :platform AND k.request_id IN ("
                f"SELECT r.id FROM sides v JOIN staged g ON g.number = v.number {_ABOUT} WHERE v.side = :side"
                " UNION SELECT request FROM sides WHERE side = :side) ORDER BY 1",
                {**self._asked, "side": _CODES[side]},
            )
        return [request_id for (request_id,) in rows]

    def to_verify(self) -> list[int]:
        """Return the requests that the export shows to be done there, and that were not verified when it was compared."""
        if self._verified is None:
            self._verified = self._find_verified()
        return self._verified

    def _find_verified(self) -> list[int]:
        standing = f"{HAS_CLOCK} AND {_IN_FORCE} AND {_CAME_BEFORE}"
        # Who is unknown here in one way may be known in another: of one list, or by another receipt.
        agreeing = self._rows(
            "SELECT DISTINCT r.id FROM sides v JOIN staged g ON g.number = v.number"
            f" {_ABOUT} WHERE v.side IN ({_CODES[Side.AGREE]}, {_CODES[Side.UNKNOWN_HERE]}) AND {standing}"
            " AND NOT EXISTS (SELECT 1 FROM staged a WHERE a.kind = r.kind AND a.key = r.key AND a.key <> ''"
            f" AND a.outcome = {_ACTIVE})"
            # Nor is a domain done while somebody of it is there.
            " AND NOT (r.kind = 'domain' AND EXISTS (SELECT 1 FROM named WHERE key = r.key))"
            f" AND coalesce({_LAST_STATE}, (SELECT 'open' FROM open_task"
            " WHERE platform_id = :platform AND request_id = r.id), 'none') IN ('open', 'removed', 'not-there')"
            " AND EXISTS (SELECT 1 FROM staged c WHERE c.kind = r.kind AND c.key = r.key AND c.key <> ''"
            f" AND c.outcome = {_NEW} AND c.scope IN ('{ALL_MAIL}', r.scope))",
            self._asked,
        )
        found = [request_id for (request_id,) in agreeing]
        if self.lists_active:
            gone = self._rows(
                "SELECT r.id FROM (SELECT DISTINCT request_id FROM task WHERE platform_id = :platform) t"
                f" JOIN request r ON r.id = t.request_id WHERE {standing}"
                f" AND {_LAST_STATE} IN ('removed', 'not-there') AND NOT {_NAMED}",
                self._asked,
            )
            found += [request_id for (request_id,) in gone]
        lifted = self._lifted() if found else ()
        return [request_id for request_id in found if request_id not in lifted]

    def _lifted(self) -> set[int]:
        """Return the requests that bar nothing any more, because the person opted in again."""
        lifted: set[int] = set()
        for kind, key in self._store.opted_in():
            subject = (Kind(kind), key)
            lifted |= {r.id for r in self._store.requests_about(subject)}
            lifted -= {r.id for r in self._store.barring(subject, None)}
        return lifted

    def _requests(self, clause: str, parameters: Sequence[ledger.Value]) -> list[OptOutRequest]:
        return [to_request(row) for row in self._rows(f"SELECT {REQUEST} {clause}", parameters)]
