"""The rows of a list get the right verdicts, and no kept row holds an address that must not be mailed."""

import hashlib
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optoutdesk.domain import cleaning
from optoutdesk.domain.address import NO_AT, Problem, read_cell
from optoutdesk.domain.cleaning import Batch, Cleaning, Reason, Removed, Rules, Trimmed, Verdict
from optoutdesk.domain.matching import Evidence, Grounds, SuppressionList
from optoutdesk.domain.requests import Kind

PHONE = Grounds("2026-11-10", "phone", "all")
LETTER = Grounds("2026-11-12", "letter", "Newsletter")
BARRED = SuppressionList(
    {"jane@example.com": PHONE, "josé@example.com": PHONE, "eve@rival.example": PHONE},
    {"rival.example": LETTER},
)
JANE = Evidence(Kind.ADDRESS, "jane@example.com", *PHONE)
RIVAL = Evidence(Kind.DOMAIN, "rival.example", *LETTER)
DROP, KEEP = Rules(drop_address_only=True), Rules(keep_duplicates=True)

Row = str | tuple[str, ...]


def judge(rows: list[Row], rules: Rules | None = None, **special) -> dict[int, Verdict]:
    """Judge rows numbered from 2, as below a header; positions are the rows' numbers here."""
    batch = Batch(range(2, 2 + len(rows)), rows, **special)
    return {
        position + 2: verdict for position, verdict in Cleaning(BARRED, rules or Rules()).judge(batch).items()
    }


def only(rows: list[Row], rules: Rules | None = None, **special) -> Verdict:
    """Return the verdict of the last row, which must be the only one."""
    verdicts = judge(rows, rules, **special)
    assert list(verdicts) == [len(rows) + 1]
    return verdicts[len(rows) + 1]


def test_a_person_who_may_be_mailed_stays() -> None:
    assert judge(["bob@example.com", ("", "bob@shop.example")]) == {}


@pytest.mark.parametrize(
    "cell",
    ["jane@example.com", " Jane@EXAMPLE.com ", "Jane Doe <jane@example.com>", "ja\u200bne@example.com"],
)
@pytest.mark.parametrize("known", [[], ["bob@example.com"]], ids=["new domain", "known domain"])
def test_who_opted_out_goes_with_the_request_as_evidence(cell: str, known: list[Row]) -> None:
    verdict = only([*known, cell])
    assert isinstance(verdict, Removed)
    assert (verdict.reason, verdict.cause) == (Reason.OPTED_OUT, JANE)
    assert verdict.given.lower() == "jane@example.com"


@pytest.mark.parametrize("cell", ["ops@rival.example", "ops@a.b.rival.example", "<Ops@RIVAL.example>"])
def test_who_is_at_a_suppressed_domain_goes(cell: str) -> None:
    assert only([cell]) == Removed(2, Reason.DOMAIN, cell.strip("<>"), RIVAL)


@pytest.mark.parametrize("known", [[], ["bob@example.com"]], ids=["new domain", "known domain"])
@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("Kim@Example.com", "kim@example.com"),
        ("Kim@Example.com", "Kim@Example.com"),
        ("kim@example.com", "KIM@EXAMPLE.COM"),
        ("Kim Doe <kim@example.com>", "kim@example.com"),
        ("zoe@xn--bcher-kva.example", "zoe@bücher.example"),
        ("Zoe@Bücher.example", "zoe@xn--bcher-kva.example"),
    ],
)
def test_who_opted_out_by_a_hash_goes_with_the_hash_as_evidence(
    cell: str, listed: str, known: list[Row]
) -> None:
    made = hashlib.sha256(listed.encode()).hexdigest()
    suppression = SuppressionList({}, {}, {bytes.fromhex(made): PHONE})
    batch = Batch(range(2, 3 + len(known)), [*known, cell])
    [verdict] = Cleaning(suppression, Rules()).judge(batch).values()
    assert isinstance(verdict, Removed)
    assert (verdict.reason, verdict.cause) == (Reason.OPTED_OUT, Evidence(Kind.HASH, made, *PHONE))


def test_whose_hash_is_not_listed_stays_beside_a_list_of_hashes() -> None:
    suppression = SuppressionList({}, {"rival.example": LETTER}, {b"0" * 16: PHONE})
    batch = Batch(range(2, 5), ["bob@example.com", "bob@example.com", "ops@rival.example"])
    verdicts = Cleaning(suppression, Rules()).judge(batch)
    assert {at: v.reason for at, v in verdicts.items() if isinstance(v, Removed)} == {
        1: Reason.DUPLICATE,
        2: Reason.DOMAIN,
    }


def test_an_own_request_is_told_before_the_domain_s() -> None:
    both = ("ops@rival.example", "jane@example.com")
    assert only([both]) == Removed(2, Reason.OPTED_OUT, "jane@example.com", JANE)
    verdict = only(["Eve <eve@rival.example>"])
    assert isinstance(verdict, Removed)
    assert verdict.reason is Reason.OPTED_OUT


def test_a_duplicate_names_the_row_it_repeats() -> None:
    verdicts = judge(["bob@example.com", "amy@example.com", "BOB@example.com", " bob@example.com"])
    assert verdicts == {
        4: Removed(4, Reason.DUPLICATE, "BOB@example.com", 2),
        5: Removed(5, Reason.DUPLICATE, "bob@example.com", 2),
    }


def test_a_duplicate_is_found_across_batches_and_columns() -> None:
    judging = Cleaning(BARRED, Rules())
    assert judging.judge(Batch([2], ["bob@example.com"])) == {}
    assert judging.judge(Batch([3], [("amy@example.com", "bob@example.com")])) == {}
    assert judging.judge(Batch([4], [("Bob@example.com", "Amy@example.com")])) == {
        0: Removed(4, Reason.DUPLICATE, "Bob@example.com", 2)
    }
    assert judging.judge(Batch([5], [("amy@example.com", "new@example.com")])) == {}


def test_a_removed_row_makes_no_duplicate_of_the_next() -> None:
    assert list(judge([("bob@example.com", "jane@example.com"), "bob@example.com"])) == [2]


def test_duplicates_stay_when_she_wants_them() -> None:
    rows: list[Row] = ["bob@example.com", "bob@example.com", "Bob <bob@example.com>", ("bob@example.com", "")]
    assert judge(rows, KEEP) == {}
    assert list(judge([*rows, "jane@example.com"], KEEP)) == [6]


@pytest.mark.parametrize(
    "cell", ["bob@example", "bob@@example.com", "=bob@example.com", "bob at example.com", "not known"]
)
def test_what_is_no_address_goes_with_what_is_wrong(cell: str) -> None:
    assert only([f" {cell} "]) == Removed(2, Reason.NOT_AN_ADDRESS, cell, read_cell(cell).problem)


@pytest.mark.parametrize("row", ["", "  ", ("", ""), ("\u200b", " ")])
def test_a_row_without_any_address_goes(row: Row) -> None:
    assert only([row]) == Removed(2, Reason.NO_ADDRESS, "", None)


def test_a_note_beside_a_good_address_is_no_reason_to_go() -> None:
    assert judge([("bob@example.com", "call first")]) == {}


@pytest.mark.parametrize(
    "odd", ["carl@", "carl@example", "jos\u00e9\uff20example", "\uff4ajos\u00e9\uff20example.com"]
)
def test_a_broken_address_beside_a_good_one_fails_closed(odd: str) -> None:
    verdict = only([("bob@example.com", odd)])
    assert isinstance(verdict, Removed)
    assert (verdict.reason, verdict.given) == (Reason.NOT_AN_ADDRESS, odd)
    assert isinstance(only([f"bob@example.com; {odd}"]), Removed)


def test_a_wide_at_sign_hides_nobody() -> None:
    for row in (
        "jos\u00e9\uff20example.com",
        ("bob@example.com", "jos\u00e9\uff20example.com"),
        "x, jos\u00e9\ufe6bexample.com",
    ):
        verdict = only([row])
        assert isinstance(verdict, Removed)
        assert verdict.reason is Reason.OPTED_OUT


def test_who_opted_out_goes_for_that_reason_whatever_else_is_wrong() -> None:
    verdicts = judge(["jane@example.com", "jane@example.com, carl@", ("carl@", "ops@rival.example")])
    assert [v.reason for v in verdicts.values() if isinstance(v, Removed)] == [
        Reason.OPTED_OUT,
        Reason.OPTED_OUT,
        Reason.DOMAIN,
    ]


def test_an_address_too_long_fails_closed_however_often_its_domain_was_seen() -> None:
    assert list(judge([f"{'c' * 65}@example.com", "bob@example.com", f"{'d' * 65}@example.com"])) == [2, 4]
    for length in (188, 189, 190, 191):
        domain = f"{'d' * 60}.{'d' * 60}.{'d' * 60}.".ljust(length, "x")
        rows: list[Row] = [f"{letter * 64}@{domain}" for letter in "abc"]
        assert len(judge(rows)) == (3 if length > 189 else 0)  # 64 + 1 + 189 is all an address can have
        assert judge([f"{letter}@{domain}" for letter in "abc"]) == {}


# -- taking only the address out


def test_a_row_of_several_goes_whole_unless_she_wants_only_the_address_out() -> None:
    assert isinstance(only(["jane@example.com; bob@example.com"]), Removed)
    verdict = only(["jane@example.com; bob@example.com"], DROP)
    assert verdict == Trimmed(2, {"jane@example.com": Removed(2, Reason.OPTED_OUT, "jane@example.com", JANE)})


def test_a_row_whose_every_address_is_suppressed_goes_whole() -> None:
    assert isinstance(only([("jane@example.com", "ops@rival.example")], DROP), Removed)
    assert isinstance(only(["jane@example.com"], DROP), Removed)


def test_a_row_that_would_only_repeat_others_without_its_suppressed_address_goes_whole() -> None:
    rows: list[Row] = ["bob@example.com", "jane@example.com; bob@example.com"]
    assert isinstance(only(rows, DROP), Removed)
    assert isinstance(only(rows, Rules(keep_duplicates=True, drop_address_only=True)), Trimmed)


def test_what_is_left_of_a_row_counts_as_kept() -> None:
    verdicts = judge(["jane@example.com; bob@example.com", "bob@example.com"], DROP)
    assert verdicts[3] == Removed(3, Reason.DUPLICATE, "bob@example.com", 2)


@pytest.mark.parametrize(
    ("row", "special"),
    [
        ("jane@example.com; bob@example.com; carl@", {}),
        (("jane@example.com", "bob@example.com", "carl@example"), {}),
        ("jane@example.com; bob@example.com", {"broken": {0: Problem("glued")}}),
        ("jane@example.com; bob@example.com", {"beside": {0: ["ops@rival.example"]}}),
    ],
)
def test_a_row_that_is_odd_besides_is_not_kept_by_taking_an_address_out(row: Row, special: dict) -> None:
    verdict = only([row], DROP, **special)
    assert isinstance(verdict, Removed)
    assert verdict.reason is Reason.OPTED_OUT


# -- rows that are not what they seem


def test_a_suppressed_address_beside_the_address_cells_takes_the_row_along() -> None:
    assert only(["bob@example.com"], beside={0: ["a note", "x <Jane@example.com>"]}) == Removed(
        2, Reason.OPTED_OUT, "Jane@example.com", JANE
    )
    assert judge(["bob@example.com"], beside={0: ["amy@example.com"]}) == {}


def test_a_row_that_cannot_be_read_as_one_goes() -> None:
    glued = Problem("a quotation mark runs on")
    assert only([("", "bob@example.com")], broken={0: glued}) == Removed(
        2, Reason.NOT_AN_ADDRESS, "bob@example.com", glued
    )


def test_memory_of_domains_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "_DOMAINS_AT_HAND", 2)
    rows = [f"bob@shop{n % 5}.example" for n in range(20)]
    verdicts = judge([*rows, "jane@example.com", "ops@rival.example"])
    assert sum(v.reason is Reason.DUPLICATE for v in verdicts.values() if isinstance(v, Removed)) == 15
    assert list(verdicts)[-2:] == [22, 23]


# -- any list against any suppression list


@dataclass(frozen=True)
class Case:
    rows: list[Row]
    cuts: list[int]
    suppression: SuppressionList
    rules: Rules
    beside: dict[int, list[str]]
    broken: dict[int, Problem]


_LOCALS = st.sampled_from(["jane", "Jane", "bob", "a.b", "o'brien", "josé", "j+x", "x" * 64, "x" * 65])
_DOMAINS = st.sampled_from(
    [
        "shop.example",
        "a.shop.example",
        "SHOP.example",
        "my-shop.example",
        "example",
        "bücher.example",
        "xn--bcher-kva.example",
    ]
)
_ADDRESSES = st.builds("{}@{}".format, _LOCALS, _DOMAINS)
_DRESSED = st.sampled_from(
    ["{}", " {}", "{}.", "<{}>", "X Y <{}>", "mailto:{}", "\ufeff{}", "={}", "({})", "{},", "{}\n"]
)
_WORDS = st.sampled_from(["", " ", "n/a", "call first", "@", "jane", "\u200b", "jane at shop.example"])
_PARTS = _ADDRESSES | st.builds(str.format, _DRESSED, _ADDRESSES) | _WORDS
_CELLS = _ADDRESSES | st.lists(_PARTS, max_size=3).map("; ".join)
_GROUNDS = st.sampled_from([PHONE, LETTER])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    cells: st.SearchStrategy[Row] = _CELLS
    width = draw(st.integers(1, 3))
    if width > 1:
        cells = st.tuples(*[_CELLS] * width)
    rows = draw(st.lists(cells, max_size=14))
    places = st.integers(0, max(len(rows) - 1, 0))
    keys = [
        address.key for row in draw(st.lists(_ADDRESSES, max_size=5)) for address in read_cell(row).addresses
    ]
    domains = st.sampled_from(["shop.example", "a.shop.example", "xn--bcher-kva.example", "other.example"])
    return Case(
        rows,
        sorted(draw(st.lists(places, max_size=3))),
        SuppressionList(
            {key: draw(_GROUNDS) for key in keys}, draw(st.dictionaries(domains, _GROUNDS, max_size=2))
        ),
        draw(st.builds(Rules, st.booleans(), st.booleans())),
        draw(st.dictionaries(places, st.lists(_PARTS, max_size=2), max_size=2)),
        draw(st.dictionaries(places, st.just(Problem("glued")), max_size=1)),
    )


def is_barred(key: str, suppression: SuppressionList) -> bool:
    domain = key.partition("@")[2]
    return key in suppression.addresses or any(
        domain == name or domain.endswith("." + name) for name in suppression.domains
    )


def keys_in(cells: list[str] | tuple[str, ...]) -> list[str]:
    return [address.key for cell in cells for address in read_cell("\u200b" + cell).addresses]


def slow_model(case: Case) -> list[str]:
    """Say for each row kept, trimmed or the reason, as simply as it can be said."""
    verdicts: list[str] = []
    kept: set[str] = set()
    for index, row in enumerate(case.rows):
        cells = (row,) if isinstance(row, str) else row
        keys = keys_in(cells)
        hidden = [key for key in keys_in(case.beside.get(index, [])) if is_barred(key, case.suppression)]
        barred = [key for key in keys if is_barred(key, case.suppression)]
        free = set(keys) - set(barred)
        problems = [read_cell(cell).problem for cell in cells]
        odd = index in case.broken or any(p is not None and (not keys or p.reason != NO_AT) for p in problems)
        repeats = not case.rules.keep_duplicates and free <= kept
        if barred or hidden:
            if case.rules.drop_address_only and free and not hidden and not odd and not repeats:
                verdicts.append("trimmed")
                kept |= free
            else:
                own = set(barred or hidden) & case.suppression.addresses.keys()
                verdicts.append("opted-out" if own else "domain")
        elif odd:
            verdicts.append("not-an-address")
        elif not keys:
            verdicts.append("no-address")
        elif repeats:
            verdicts.append("duplicate")
        else:
            verdicts.append("kept")
            kept |= free
    return verdicts


@settings(max_examples=300)
@given(cases())
def test_any_list_is_judged_as_the_slow_simple_model_judges_it(case: Case) -> None:
    judging = Cleaning(case.suppression, case.rules)
    verdicts: dict[int, Verdict] = {}
    for start, end in zip([0, *case.cuts], [*case.cuts, len(case.rows)], strict=True):
        batch = Batch(
            range(start + 2, end + 2),
            case.rows[start:end],
            {index - start: cells for index, cells in case.beside.items() if start <= index < end},
            {index - start: problem for index, problem in case.broken.items() if start <= index < end},
        )
        verdicts |= {start + position: verdict for position, verdict in judging.judge(batch).items()}

    for index, row in enumerate(case.rows):
        left = set(keys_in((row,) if isinstance(row, str) else row))
        verdict = verdicts.get(index)
        if isinstance(verdict, Trimmed):
            left -= verdict.dropped.keys()
        if not isinstance(verdict, Removed):
            assert left
            assert not any(is_barred(key, case.suppression) for key in left)

    said = ["kept"] * len(case.rows)
    for index, verdict in verdicts.items():
        said[index] = "trimmed" if isinstance(verdict, Trimmed) else verdict.reason.value
        assert (verdict.row, list(verdicts)) == (index + 2, sorted(verdicts))
        if isinstance(verdict, Removed) and verdict.reason is Reason.DUPLICATE:
            assert isinstance(verdict.cause, int)
            assert said[verdict.cause - 2] in ("kept", "trimmed")
    assert said == slow_model(case)
    reasons = Counter(said)
    assert len(case.rows) == reasons["kept"] + reasons["trimmed"] + sum(
        reasons[reason.value] for reason in Reason
    )
