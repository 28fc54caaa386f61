"""Whatever is changed in the history or in what it covers is found, and the first wrong record is named."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import pytest

from optoutdesk.domain.ledger import (
    DIGEST_SIZE,
    GENESIS,
    Entry,
    Span,
    Value,
    Verification,
    decode_spans,
    encode_spans,
    row_digest,
    seal,
    verify,
)

ROWS = {
    "request": [
        ("jane@example.com", "all", None, 1),
        ("bob@example.com", "Newsletter", "é", 2),
        ("eve@example.com", "all", "", 3),
    ],
    "done": [(1, "2026-11-20T10:00:00Z", "Ana")],
}


@dataclass
class Book:
    """A ledger and the rows it covers, in memory."""

    rows: dict[str, dict[int, tuple[Value, ...]]] = field(default_factory=lambda: {"request": {}, "done": {}})
    entries: list[Entry] = field(default_factory=list)

    def write(self, act: str, *new: tuple[str, Sequence[tuple[Value, ...]]]) -> None:
        spans: list[Span] = []
        digests = b""
        for table, rows in new:
            first = len(self.rows[table]) + 1
            spans.append(Span(table, first, len(rows), len(rows[0]) if rows else 0))
            for number, values in enumerate(rows, first):
                self.rows[table][number] = values
                digests += row_digest(table, number, values)
        seq, head = (self.entries[-1].seq + 1, self.entries[-1].hash) if self.entries else (1, GENESIS)
        self.entries.append(seal(head, seq, f"2026-11-2{seq}T10:00:00Z", "Ana", act, spans, digests))

    def verify(self) -> Verification:
        def rows_of(span: Span) -> Iterator[tuple[int, Sequence[Value]]]:
            table = self.rows.get(span.table, {})
            return ((n, table[n]) for n in sorted(table) if span.first <= n < span.first + span.count)

        return verify(
            self.entries, rows_of, lambda: [(name, max(rows, default=0)) for name, rows in self.rows.items()]
        )


@pytest.fixture
def book() -> Book:
    made = Book()
    made.write("record opt-out", ("request", ROWS["request"][:2]))
    made.write("nothing stored")
    made.write("record and settle", ("request", ROWS["request"][2:]), ("done", ROWS["done"]))
    return made


def test_an_empty_ledger_holds() -> None:
    assert Book().verify() == Verification(0, 0, GENESIS, None)


def test_an_untouched_ledger_holds(book: Book) -> None:
    assert book.verify() == Verification(3, 4, book.entries[-1].hash, None)
    assert book.verify().holds


@pytest.mark.parametrize(
    ("table", "number", "column"),
    [
        (table, number, column)
        for table, rows in ROWS.items()
        for number, row in enumerate(rows, 1)
        for column in range(len(row))
    ],
)
@pytest.mark.parametrize("other", ["x", None, 7], ids=repr)
def test_any_value_of_any_row_that_was_changed_is_found(
    book: Book, table: str, number: int, column: int, other: Value
) -> None:
    row = list(book.rows[table][number])
    row[column] = other if row[column] != other else "y"
    book.rows[table][number] = tuple(row)
    found = book.verify()
    assert found.wrong is not None
    assert found.wrong.startswith(f"{table} {number} was changed (ledger entry ")


def test_a_value_cannot_move_into_the_column_beside_it() -> None:
    assert row_digest("request", 1, ["ab", "c"]) != row_digest("request", 1, ["a", "bc"])
    assert row_digest("request", 1, ["1"]) != row_digest("request", 1, [1])
    assert row_digest("request", 1, []) != row_digest("request", 2, [])
    assert row_digest("request", 1, []) != row_digest("done", 1, [])


_CHANGES: dict[str, Callable[[Entry], object]] = {
    "seq": lambda entry: entry.seq + 10,
    "at": lambda entry: "2026-11-22T10:00:01Z",
    "by": lambda entry: "Ben",
    "act": lambda entry: "something else",
    "spans": lambda entry: (*entry.spans, Span("done", 9, 0, 3)),
    "digests": lambda entry: bytes(DIGEST_SIZE) + entry.digests[DIGEST_SIZE:],
    "previous": lambda entry: bytes(32) if entry.seq > 1 else b"x" * 32,
    "hash": lambda entry: b"x" * 32,
}


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("name", [field.name for field in fields(Entry)])
def test_any_field_of_any_entry_that_was_changed_is_found(book: Book, name: str, position: int) -> None:
    entry = book.entries[position]
    book.entries[position] = replace(entry, **{name: _CHANGES[name](entry)})
    found = book.verify()
    assert found.wrong is not None
    assert f"ledger entry {entry.seq}" in found.wrong
    assert (found.entries, found.head) == (position, book.entries[position - 1].hash if position else GENESIS)


@pytest.mark.parametrize(("table", "number"), [("request", 1), ("request", 2), ("request", 3), ("done", 1)])
def test_a_missing_row_is_named(book: Book, table: str, number: int) -> None:
    del book.rows[table][number]
    found = book.verify()
    assert found.wrong is not None
    assert found.wrong.startswith(f"{table} {number} is missing")


@pytest.mark.parametrize("table", ["request", "done"])
def test_a_row_beyond_the_ledger_is_named(book: Book, table: str) -> None:
    number = len(book.rows[table]) + 1
    book.rows[table][number] = book.rows[table][1]
    assert book.verify().wrong == f"{table} {number} was added without a ledger entry"


def test_a_missing_entry_is_named(book: Book) -> None:
    del book.entries[1]
    assert book.verify().wrong == "ledger entry 2 is missing"


def test_swapped_entries_are_found(book: Book) -> None:
    book.entries[1:] = book.entries[:0:-1]
    assert book.verify().wrong == "ledger entry 2 is missing"
    renumbered = [replace(entry, seq=n) for n, entry in enumerate(book.entries, 1)]
    book.entries = renumbered
    assert book.verify().wrong == "ledger entry 2 does not follow the entry before it"


def test_a_tail_cut_off_that_leaves_its_rows_is_found(book: Book) -> None:
    del book.entries[2]
    found = book.verify()
    assert found.wrong == "request 3 was added without a ledger entry"
    assert found.entries == 2


def test_an_entry_that_covers_fewer_rows_than_it_says_is_found(book: Book) -> None:
    forged = seal(book.entries[-1].hash, 4, "", "", "", [Span("done", 2, 1, 3)], b"")
    book.entries.append(forged)
    assert book.verify().wrong == "ledger entry 4 does not cover its rows"


def test_an_entry_that_leaves_out_rows_is_found(book: Book) -> None:
    book.rows["done"] |= {2: (2, "", ""), 3: (3, "", "")}
    forged = seal(
        book.entries[-1].hash, 4, "", "", "", [Span("done", 3, 1, 3)], row_digest("done", 3, (3, "", ""))
    )
    book.entries.append(forged)
    assert book.verify().wrong == "ledger entry 4 leaves out rows of done"


def test_a_row_given_out_of_place_is_found(book: Book) -> None:
    def rows_of(span: Span) -> Iterable[tuple[int, Sequence[Value]]]:
        return [(99, ())]

    assert verify(book.entries, rows_of, list).wrong == "request 1 is missing (ledger entry 1)"


def test_a_column_added_by_a_later_version_leaves_what_was_written_as_it_was() -> None:
    values = ("jane@example.com", "2026-11-10", None)
    entry = seal(
        GENESIS, 1, "", "Ana", "record opt-out", [Span("request", 1, 1, 3)], row_digest("request", 1, values)
    )
    wider = [(1, (*values, "a new column"))]
    assert verify([entry], lambda _span: wider, lambda: [("request", 1)]).holds
    changed = [(1, ("bob@example.com", *values[1:], "a new column"))]
    assert not verify([entry], lambda _span: changed, lambda: [("request", 1)]).holds


def test_spans_survive_being_stored() -> None:
    spans = (Span("request", 1, 2, 3), Span("done", 7, 1, 3))
    assert encode_spans(spans) == '[["request",1,2,3],["done",7,1,3]]'
    assert decode_spans(encode_spans(spans)) == spans
    assert decode_spans("[]") == ()


@pytest.mark.parametrize(
    "text", ["", "{", "7", "null", '[["request",1]]', '[["request","x",1]]', '[["request",null,1]]', "[7]"]
)
def test_a_text_that_holds_no_spans_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode_spans(text)


def test_canonical_bytes_can_be_recomputed_by_anyone() -> None:
    """The one test that pins the format: a change of it breaks every ledger that exists."""
    row = b'["request",1,"jos\\u00e9@example.com",null,3]'
    assert row_digest("request", 1, ["jos\u00e9@example.com", None, 3]) == hashlib.sha256(row).digest()[:16]
    entry = seal(
        GENESIS, 1, "2026-11-24T16:00:00Z", "Ana", "record opt-out", [Span("request", 1, 1, 3)], b"d" * 16
    )
    digests = hashlib.sha256(b"d" * 16).hexdigest()
    text = f'[1,"2026-11-24T16:00:00Z","Ana","record opt-out","[[\\"request\\",1,1,3]]","{digests}","{"0" * 64}"]'
    assert entry.hash == hashlib.sha256(text.encode()).digest()
