"""The append-only history: each act of a person is one entry, chained to the one before by SHA-256.

An entry covers every row its act stored. It holds a 16-byte digest of each, in order, so that a later change
of a row, even one made with a database tool, is found and the row is named. Canonical bytes are JSON arrays
without blanks, non-ASCII characters escaped: anyone can recompute them.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

DIGEST_SIZE = 16
"""Bytes of SHA-256 kept for each row: 128 bits, beyond any search for a second row of the same digest."""

GENESIS = bytes(32)
"""What stands for the hash before the first entry."""

Value = str | int | None
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Span:
    """Rows an act stored: `count` rows of a table, their ids counted up from `first`."""

    table: str
    first: int
    count: int
    width: int
    """How many columns the rows had, the id not counted: columns added by a later version are not covered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    seq: int
    at: str
    """Instant, ISO 8601, UTC."""
    by: str
    act: str
    spans: tuple[Span, ...]
    digests: bytes
    """DIGEST_SIZE bytes for each covered row, in the order of the spans."""
    previous: bytes
    """Hash of the entry before."""
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the whole ledger found."""

    entries: int
    """How many entries hold."""
    rows: int
    """How many stored rows they cover."""
    head: bytes
    """Hash of the last entry that holds."""
    wrong: str | None
    """The first record that does not hold, named; None when all do."""

    @property
    def holds(self) -> bool:
        """Whether the whole ledger holds."""
        return self.wrong is None


def row_digest(table: str, row_id: int, values: Sequence[Value]) -> bytes:
    """Return the digest of a stored row: its table, its id and all its values in the schema's order."""
    return hashlib.sha256(_encode([table, row_id, *values]).encode("ascii")).digest()[:DIGEST_SIZE]


def encode_spans(spans: Iterable[Span]) -> str:
    """Return spans as the JSON text that is stored and hashed."""
    return _encode([[span.table, span.first, span.count, span.width] for span in spans])


def decode_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of a stored text; ValueError when it is none."""
    try:
        return tuple(
            Span(str(table), int(first), int(count), int(width))
            for table, first, count, width in json.loads(text)
        )
    except TypeError as error:
        raise ValueError(text) from error


def seal(
    previous: bytes, seq: int, at: str, by: str, act: str, spans: Iterable[Span], digests: bytes
) -> Entry:
    """Return the entry that follows the one whose hash is `previous`."""
    kept = tuple(spans)
    return Entry(seq, at, by, act, kept, digests, previous, _hash(previous, seq, at, by, act, kept, digests))


def _hash(
    previous: bytes, seq: int, at: str, by: str, act: str, spans: Iterable[Span], digests: bytes
) -> bytes:
    covered = hashlib.sha256(digests).hexdigest()
    text = _encode([seq, at, by, act, encode_spans(spans), covered, previous.hex()])
    return hashlib.sha256(text.encode("ascii")).digest()


def verify(
    entries: Iterable[Entry],
    rows_of: Callable[[Span], Iterable[tuple[int, Sequence[Value]]]],
    last_ids: Callable[[], Iterable[tuple[str, int]]],
) -> Verification:
    """Check the chain from the first entry on, and every stored row against it.

    `rows_of` gives the stored rows of a span by id; `last_ids` the highest id of each covered table, so that
    a row written past the ledger is found too.
    """
    head, held, rows = GENESIS, 0, 0
    next_id: dict[str, int] = {}

    def result(wrong: str | None) -> Verification:
        return Verification(held, rows, head, wrong)

    for entry in entries:
        name = f"ledger entry {entry.seq}"
        if entry.seq != held + 1:
            return result(f"ledger entry {held + 1} is missing")
        if entry.previous != head:
            return result(f"{name} does not follow the entry before it")
        if entry.hash != _hash(
            entry.previous, entry.seq, entry.at, entry.by, entry.act, entry.spans, entry.digests
        ):
            return result(f"{name} was changed")
        if len(entry.digests) != DIGEST_SIZE * sum(span.count for span in entry.spans):
            return result(f"{name} does not cover its rows")
        slot = 0
        for span in entry.spans:
            if span.first != next_id.get(span.table, 1):
                return result(f"{name} leaves out rows of {span.table}")
            wrong = _check_span(span, rows_of(span), entry.digests[slot : slot + DIGEST_SIZE * span.count])
            if wrong is not None:
                return result(f"{wrong} ({name})")
            slot += DIGEST_SIZE * span.count
            rows += span.count
            next_id[span.table] = span.first + span.count
        head, held = entry.hash, entry.seq
    for table, last in last_ids():
        if last >= next_id.get(table, 1):
            return result(f"{table} {next_id.get(table, 1)} was added without a ledger entry")
    return result(None)


def _check_span(span: Span, rows: Iterable[tuple[int, Sequence[Value]]], digests: bytes) -> str | None:
    """Return the first row of a span that does not match its digest, named."""
    expected = span.first
    for row_id, values in rows:
        if row_id != expected:
            break
        slot = (row_id - span.first) * DIGEST_SIZE
        if row_digest(span.table, row_id, values[: span.width]) != digests[slot : slot + DIGEST_SIZE]:
            return f"{span.table} {row_id} was changed"
        expected += 1
    if expected != span.first + span.count:
        return f"{span.table} {expected} is missing"
    return None
