"""A match key is barred by its own entry, by its domain's, and by any domain above that."""

import hashlib

import pytest

from optoutdesk.domain.matching import Evidence, Grounds, SuppressionList
from optoutdesk.domain.requests import Kind

PHONE = Grounds("2026-11-10", "phone", "all")
LETTER = Grounds("2026-11-12", "letter", "Newsletter")


@pytest.fixture
def barred() -> SuppressionList:
    return SuppressionList({"jane@example.com": PHONE}, {"rival.example": LETTER, "deep.shop.example": PHONE})


@pytest.mark.parametrize(
    ("key", "over"),
    [
        ("ops@rival.example", "rival.example"),
        ("ops@a.b.rival.example", "rival.example"),
        ("ops@deep.shop.example", "deep.shop.example"),
        ("ops@shop.example", None),  # what lies above a suppressed domain is another's
        ("ops@notrival.example", None),
        ("ops@rival.example.org", None),
        ("rival.example@example.com", None),
    ],
)
def test_a_domain_covers_itself_and_everything_below(
    barred: SuppressionList, key: str, over: str | None
) -> None:
    for _ in "once", "and from memory":
        assert barred.domain_over(key) == over
        assert barred.bars(key) == (over is not None)


def test_an_address_on_the_list_is_barred_and_its_neighbour_is_not(barred: SuppressionList) -> None:
    assert barred.bars("jane@example.com")
    assert not barred.bars("bob@example.com")


def test_an_entry_tells_its_grounds(barred: SuppressionList) -> None:
    assert barred.evidence(Kind.ADDRESS, "jane@example.com") == Evidence(
        Kind.ADDRESS, "jane@example.com", "2026-11-10", "phone", "all"
    )
    assert barred.evidence(Kind.DOMAIN, "rival.example").scope == "Newsletter"


def test_an_empty_list_bars_nobody() -> None:
    assert not SuppressionList({}, {}).bars("jane@example.com")


def hashed(text: str, algorithm: str = "md5") -> bytes:
    return hashlib.new(algorithm, text.encode()).digest()


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_an_address_on_the_list_by_its_hash_is_barred(algorithm: str) -> None:
    listed = SuppressionList({}, {}, {hashed("jane@example.com", algorithm): LETTER})
    made = hashed("jane@example.com", algorithm).hex()
    for _ in "once", "and from memory":
        assert listed.hash_of("jane@example.com") == made
        assert listed.bars("jane@example.com")
        assert not listed.bars("bob@example.com")
    assert listed.evidence(Kind.HASH, made) == Evidence(Kind.HASH, made, *LETTER)


def test_hashes_of_several_lengths_are_all_looked_for() -> None:
    listed = SuppressionList(
        {}, {}, {hashed("jane@example.com"): PHONE, hashed("bob@example.com", "sha256"): PHONE}
    )
    assert listed.bars("jane@example.com")
    assert listed.bars("bob@example.com")


def test_a_hash_of_the_address_as_it_is_written_in_the_list_bars_it() -> None:
    listed = SuppressionList({}, {}, {hashed("Jane@Example.com"): PHONE})
    assert listed.bars("jane@example.com", "Jane@Example.com")
    assert not listed.bars("jane@example.com")


def test_a_list_without_hashes_is_asked_for_none() -> None:
    assert SuppressionList({"jane@example.com": PHONE}, {}).hash_of("jane@example.com") is None
