"""Who is barred from mail now and was not yet when a list was cleaned."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from optoutdesk.domain import ledger
from optoutdesk.domain.requests import ALL_MAIL, Kind, in_force
from optoutdesk.store.connection import translated
from optoutdesk.store.store import Store

_STANDS = "NOT EXISTS (SELECT 1 FROM withdrawn WHERE request_id = {r}.id)"


def barred_since(store: Store, entry: int, target: str | None, at_most: int) -> int:
    """Return how many addresses, domains and hashes were barred from mail to `target` after a ledger entry; `at_most` of them.

    Who was barred before is not counted, nor who agreed to mail again since. `target` None: from any mail.
    """
    first = _first_after(store, entry)
    if "request" not in first:
        return 0
    scopes = "" if target is None else "AND {r}.scope IN (?, ?)"
    named = () if target is None else (ALL_MAIL, target)
    new, earlier = scopes.format(r="r"), scopes.format(r="e")
    (alone,) = next(
        _rows(
            store,
            "SELECT count(*) FROM (SELECT DISTINCT r.kind, r.key FROM request r"
            f" WHERE r.id >= ? {new} AND {_STANDS.format(r='r')}"
            " AND NOT EXISTS (SELECT 1 FROM opt_in i WHERE i.key = r.key AND i.kind = r.kind)"
            " AND NOT EXISTS (SELECT 1 FROM request e WHERE e.kind = r.kind AND e.key = r.key AND e.id < ?"
            f" {earlier} AND {_STANDS.format(r='e')}) LIMIT ?)",
            (first["request"], *named, first["request"], *named, at_most),
        )
    )
    again = sum(
        _newly_barred(store, (Kind(kind), key), target, first)
        for kind, key in store.opted_in()
        if alone < at_most
    )
    return min(int(alone) + again, at_most)


def _newly_barred(store: Store, subject: tuple[Kind, str], target: str | None, first: dict[str, int]) -> bool:
    """Whether somebody who once agreed to mail again is barred now and was not then."""
    requests, opt_ins = store.requests_about(subject), store.opt_ins_about(subject)
    if not in_force(requests, opt_ins, target):
        return False
    before = [request for request in requests if request.id < first["request"]]
    agreed = [opt_in for opt_in in opt_ins if opt_in.id < first.get("opt_in", opt_in.id + 1)]
    return not in_force(before, agreed, target)


def _first_after(store: Store, entry: int) -> dict[str, int]:
    """Return the first row of each table that was stored after a ledger entry."""
    first: dict[str, int] = {}
    spans = chain.from_iterable(
        ledger.decode_spans(text)
        for (text,) in _rows(store, "SELECT spans FROM ledger WHERE seq > ? ORDER BY seq", (entry,))
    )
    for span in spans:
        first.setdefault(span.table, span.first)
    return first


def _rows(store: Store, sql: str, parameters: Sequence[ledger.Value]) -> Iterator[tuple[Any, ...]]:
    with translated(store.file):
        yield from store.connection.execute(sql, parameters)
