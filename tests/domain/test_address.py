"""What stands in a cell of a contact list is read as the addresses in it, or as something for review."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optoutdesk.domain.address import (
    EMPTY,
    Address,
    Problem,
    domain_key,
    exact_key,
    is_plain_domain,
    parent_domains,
    parse_domain_entry,
    plain_key,
    read_cell,
    unicode_domain,
)

CASES = Path(__file__).resolve().parents[1] / "facts" / "addresses.csv"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "facts"

with CASES.open(encoding="utf-8", newline="") as stream:
    FACTS = [(row["cell"], row["keys"]) for row in csv.DictReader(stream)]


def keys_of(cell: str) -> list[str]:
    return [address.key for address in read_cell(cell).addresses]


def problem_of(cell: str) -> Problem:
    reading = read_cell(cell)
    assert reading.problem is not None, reading
    assert not reading.addresses
    return reading.problem


@pytest.mark.parametrize("name", ["addresses.csv", "deadlines.csv"])
def test_the_cases_are_those_of_the_shared_facts(name: str) -> None:
    ours = CASES.with_name(name).read_bytes()
    theirs = SHARED / name
    assert not theirs.exists() or theirs.read_bytes() == ours


def test_the_facts_hold_all_their_cases() -> None:
    assert len(FACTS) == 23


@pytest.mark.parametrize(("cell", "keys"), FACTS)
def test_every_cell_of_the_facts_gives_its_keys(cell: str, keys: str) -> None:
    if keys == "review":
        problem_of(cell)
    else:
        assert keys_of(cell) == keys.split(" ")
        assert read_cell(cell).problem is None


def test_the_address_is_kept_as_it_was_given() -> None:
    assert read_cell("Jane <Jane.Doe@Example.COM>").addresses == (
        Address("jane.doe@example.com", "Jane.Doe@Example.COM"),
    )


@pytest.mark.parametrize("cell", ["", "   ", "\t\n", "\ufeff", "\u200b \u00a0", "\u2060"])
def test_a_cell_of_nothing_visible_is_empty(cell: str) -> None:
    assert read_cell(cell) == EMPTY
    assert read_cell(cell).empty


@pytest.mark.parametrize("cell", ["jane@example.com", "?"])
def test_a_cell_with_anything_in_it_is_not_empty(cell: str) -> None:
    assert not read_cell(cell).empty


@pytest.mark.parametrize(
    "invisible",
    ["\u00ad", "\u200b", "\u200d", "\u200e", "\u202a", "\u2060", "\u2066", "\ufe0f", "\ufeff", "\U000e0020"],
)
def test_what_prints_as_nothing_does_not_make_another_address(invisible: str) -> None:
    assert keys_of(f"{invisible}ja{invisible}ne@exam{invisible}ple.com{invisible}") == ["jane@example.com"]


@pytest.mark.parametrize("cell", ["mailto:jane@exampl%65.com", "MAILTO:%6aane@example%2Ecom?subject=50%25"])
def test_a_mailto_link_is_read_with_its_percent_signs(cell: str) -> None:
    assert keys_of(cell) == ["jane@example.com"]


def test_percent_signs_of_a_link_hide_no_second_address() -> None:
    assert keys_of("mailto:bob@example.com%2Cjane@example.com") == ["bob@example.com", "jane@example.com"]


def test_nothing_is_guessed_from_a_long_text() -> None:
    assert problem_of(f"{'word ' * 200} jane@example").guess is None


@pytest.mark.parametrize("cell", ['ann@exam"ple.com', 'Ann <ann@exam"ple.com>', 'ann\uff20exam"ple.com'])
def test_an_address_that_a_lost_quotation_mark_cuts_in_two_is_for_review(cell: str) -> None:
    """What stands before it is somebody else's address."""
    assert problem_of(cell).reason == "a quotation mark within the address"


def test_an_address_that_stands_twice_in_a_cell_is_one() -> None:
    assert keys_of("jane@example.com, JANE@Example.com") == ["jane@example.com"]


@pytest.mark.parametrize(
    "cell",
    [
        "jane@example.com|bob@example.com",
        "<jane@example.com>,<bob@example.com>",
        "jane@example.com\nbob@example.com",
        "mailto:jane@example.com?cc=x, MAILTO:bob@example.com",
        "[jane@example.com](mailto:bob@example.com)",
        "E-mail: jane@example.com (private), bob@example.com",
    ],
)
def test_several_addresses_of_a_cell_are_all_found(cell: str) -> None:
    assert keys_of(cell) == ["jane@example.com", "bob@example.com"]


@pytest.mark.parametrize(
    ("cell", "reason", "guess"),
    [
        ("jane", "no @ sign", None),
        ("jane (at) example.com", "no @ sign", "jane@example.com"),
        ("jane at example dot com", "no @ sign", "jane@example.com"),
        ("jane [at] example [dot] com", "no @ sign", "jane@example.com"),
        ("meet jane at the shop", "no @ sign", None),
        ("jane@@example.com", "two @ signs", None),
        ("jane@home@example.com", "two @ signs", None),
        ("@example.com", "nothing before the @", None),
        ("jane@", "nothing after the @", None),
        ("jane @ example.com", "nothing before the @", "jane@example.com"),
        ("jane@example", "the domain has no dot", None),
        ("anna@dunmore,example", "the domain has no dot", "anna@dunmore.example"),
        ("jane@exam ple.com", "the domain has no dot", "jane@example.com"),
        ("=jane@example.com", "begins with =", "jane@example.com"),
        ("*jane@example.com", "begins with *", "jane@example.com"),
        ("/o=shop/cn=jane@example.com", "begins with /", None),
        ("shop.example//jane@example.com", "part of a web address", None),
        ("https://jane@example.com", "begins with /", None),
        ("jane@-example.com", "the domain is not valid", None),
        ("jane@example..com", "the domain is not valid", None),
        ("jane@127.0.0.1", "the domain is not valid", None),
        ("jane@[127.0.0.1]", "nothing after the @", None),
        ("jane@ex_ample.com", "the domain is not valid", None),
        ("jane@b\u00fccher\u2026.example", "the domain is not valid", None),
        ("jane..doe@example.com", "dots in the wrong place", None),
        ("ja\\ne@example.com", "a character no address can have before the @", None),
        ("jos\u00e9\\x@example.com", "a character no address can have before the @", None),
        ("\uff4aos\u00e9@example.com", "unusual letters before the @", None),
        ("jos\ufffd@example.com", "unusual letters before the @", None),
        (f"{'j' * 65}@example.com", "too long for an address", None),
        (f"j@{'d' * 63}.{'d' * 63}.{'d' * 63}.{'d' * 63}", "too long for an address", None),
    ],
)
def test_what_is_odd_fails_closed_and_says_what_is_wrong(cell: str, reason: str, guess: str | None) -> None:
    assert problem_of(cell) == Problem(reason, guess)


def test_a_problem_is_told_with_its_guess() -> None:
    assert str(Problem("no @ sign", "jane@example.com")) == "no @ sign; jane@example.com?"
    assert str(Problem("no @ sign")) == "no @ sign"


def test_a_good_address_beside_a_broken_one_gives_both() -> None:
    reading = read_cell("jane@example.com, bob@example")
    assert [address.key for address in reading.addresses] == ["jane@example.com"]
    assert reading.problem == Problem("the domain has no dot", None)


def test_the_first_of_several_problems_is_told() -> None:
    assert problem_of("bob@, @example.com").reason == "nothing after the @"


def test_accents_match_however_they_are_composed() -> None:
    assert keys_of("jose\u0301@example.com") == keys_of("jos\u00e9@example.com") == ["jos\u00e9@example.com"]


def test_a_domain_is_compared_as_a_labels() -> None:
    assert keys_of("jane@B\u00dcCHER.example") == keys_of("jane@xn--bcher-kva.example")
    assert keys_of("jane@stra\u00dfe.de") == ["jane@xn--strae-oqa.de"]  # not strasse.de: another owner


@pytest.mark.parametrize("local", ["j", "jane.doe", "j_a-n.e", "o'brien", "jane+news", "a&b", "x" * 64])
def test_plain_addresses_take_the_short_way(local: str) -> None:
    assert plain_key(f" {local.upper()}@Example.COM ") == f"{local}@example.com"


@pytest.mark.parametrize(
    "cell",
    [
        "jane",
        "jane@example",
        "x" * 65 + "@example.com",
        "jane@example.com" + " " * 300,
        "jane@example.com.",
        "a@b@c.example",
    ],
)
def test_anything_else_goes_the_long_way(cell: str) -> None:
    assert plain_key(cell) is None


_PIECES = [
    *"aZ09.@-_+'&=*/,;:<>()[]\"| \t\n\u00a0\u00e9\u00fc\u212a\u0130\uff20\uff0e\u3002\ufeff",
    "mailto:",
    "xn--",
    "@ex.com",
]
_NEAR_ADDRESSES = st.lists(st.sampled_from(_PIECES), max_size=16).map("".join)


@settings(max_examples=400)
@given(
    st.text(max_size=20) | _NEAR_ADDRESSES | st.builds("{}@{}.com".format, _NEAR_ADDRESSES, _NEAR_ADDRESSES)
)
def test_the_short_way_agrees_with_the_long_way_for_any_text(cell: str) -> None:
    short = plain_key(cell)
    the_long_way = read_cell("\u200b" + cell)  # what prints as nothing is no part of a plain address
    if short is not None:
        assert [address.key for address in the_long_way.addresses] == [short]
        assert the_long_way.problem is None
    assert read_cell(cell).problem == the_long_way.problem
    assert keys_of(cell) == [address.key for address in the_long_way.addresses]


@settings(max_examples=300)
@given(_NEAR_ADDRESSES)
def test_a_key_is_its_own_key_and_nothing_with_an_at_sign_is_passed_over(cell: str) -> None:
    reading = read_cell(cell)
    for address in reading.addresses:
        assert keys_of(address.key) == [address.key]
        assert keys_of(address.given) == [address.key]
    if "@" in cell:
        assert not reading.empty


def test_a_plain_domain_is_its_own_key() -> None:
    assert is_plain_domain("shop.example")
    assert not is_plain_domain("Shop.example")
    assert not is_plain_domain("shop.example.")
    assert not is_plain_domain("b\u00fccher.example")


def test_a_domain_is_keyed_or_refused() -> None:
    assert domain_key(" Shop.Example. ") == "shop.example"
    assert domain_key("localhost") == Problem("the domain has no dot")
    assert domain_key(".".join(["x" * 60] * 5)) == Problem("the domain is not valid")


@pytest.mark.parametrize(
    "text",
    ["*@shop.example", "@shop.example", " *@Shop.Example. ", "<*@shop.example>", "\u200b@shop.example"],
)
def test_a_whole_domain_can_be_named(text: str) -> None:
    assert parse_domain_entry(text) == "shop.example"


@pytest.mark.parametrize(
    "text", ["jane@shop.example", "shop.example", "*", "", "**@shop.example", "@a@shop.example"]
)
def test_what_names_no_domain_is_not_taken_for_one(text: str) -> None:
    assert parse_domain_entry(text) is None


def test_a_domain_entry_that_is_no_domain_says_why() -> None:
    assert parse_domain_entry("*@shop") == Problem("the domain has no dot")
    assert parse_domain_entry("@") == Problem("the domain has no dot")


def test_a_domain_lies_under_all_its_parents() -> None:
    assert parent_domains("a.b.example") == ("a.b.example", "b.example", "example")


@pytest.mark.parametrize("cell", ["\x1b[31mann@a.example", "ann@a.example\x00", "\x7fann@a.example"])
def test_an_address_beside_a_control_character_fails_closed(cell: str) -> None:
    assert read_cell(cell).problem == Problem("an invisible control character")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (" a!b@Shop.example ", "a!b@shop.example"),
        ("a/b=c@shop.example", "a/b=c@shop.example"),
        ("jane@example.com", "jane@example.com"),
        ("a!b@shop.example, c@shop.example", None),
        ("a!b", None),
        ("=a@shop.example", None),
    ],
)
def test_someone_with_an_unusual_address_can_opt_out_too(text: str, key: str | None) -> None:
    assert exact_key(text) == key


@pytest.mark.parametrize(
    ("domain", "reads"),
    [
        ("xn--bcher-kva.example", "b\u00fccher.example"),
        ("shop.example", "shop.example"),
        ("xn--zzzzzzzz99.example", "xn--zzzzzzzz99.example"),
    ],
)
def test_a_domain_as_it_reads(domain: str, reads: str) -> None:
    assert unicode_domain(domain) == reads


@pytest.mark.parametrize("cell", ["x@" * 500_000, '@"' * 500_000, "@a " * 300_000, "a@b" * 300_000 + '"c'])
def test_a_cell_full_of_at_signs_is_read_at_once(cell: str) -> None:
    start = time.perf_counter()
    assert read_cell(cell).problem is not None
    assert time.perf_counter() - start < 10
