"""An address is found under every hash a partner may have listed it by, and nothing else is taken for a hash."""

import hashlib

import pytest

from optoutdesk.domain.hashing import ALGORITHMS, LENGTHS, digest, digest_key, digests_of, forms

JANE = "jane@example.com"
MD5 = "9e26471d35a78862c17e467d87cddedf"
SHA256 = "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"
MD5_AS_WRITTEN = "46132748f9ebddf8b1179768814d3e1d"


@pytest.mark.parametrize(("algorithm", "expected"), [("md5", MD5), ("sha256", SHA256)])
def test_the_hash_is_the_one_that_partners_make(algorithm: str, expected: str) -> None:
    assert digest(JANE, algorithm) == expected


def test_the_hash_of_letters_beyond_ascii_is_that_of_their_utf_8() -> None:
    assert digest("josé@example.com", "md5") == hashlib.md5("josé@example.com".encode()).hexdigest()
    assert len(digest("\ud800@example.com", "sha1")) == 40  # half a character, as an odd file may hold it


@pytest.mark.parametrize("algorithm", LENGTHS)
def test_the_length_of_a_hash_says_which_it_is(algorithm: str) -> None:
    made = digest(JANE, algorithm)
    assert ALGORITHMS[len(made)] == algorithm
    assert digest_key(made) == digest_key(f" {made.upper()}\r\n") == made


@pytest.mark.parametrize(
    "cell",
    [
        "",
        JANE,
        MD5[:-1],
        f"{MD5}0",
        MD5.replace("9", "g", 1),
        f"{MD5} {MD5}",
        f"0x{MD5}",
        "５" * 32,
        "a" * 100_000,
    ],
)
def test_anything_else_is_no_hash(cell: str) -> None:
    assert digest_key(cell) is None


def test_a_hash_within_a_very_long_blank_cell_is_not_looked_for() -> None:
    assert digest_key(MD5 + " " * 10_000) is None


def test_an_address_is_found_as_it_was_written_too() -> None:
    made = digests_of(JANE, "Jane@Example.com", ["md5"])
    assert {MD5, MD5_AS_WRITTEN} <= set(made)
    assert MD5_AS_WRITTEN not in digests_of(JANE, None, ["md5"])


def test_an_address_in_capitals_is_found() -> None:
    assert digest("JANE@EXAMPLE.COM", "sha1") in digests_of(JANE, None, ["md5", "sha1"])


def test_a_domain_is_found_as_it_reads_and_as_it_is_sent() -> None:
    key = "zoe@xn--bcher-kva.example"
    made = digests_of(key, None, ["sha256"])
    assert digest("zoe@bücher.example", "sha256") in made
    assert digest(key, "sha256") in made


def test_the_usual_form_comes_first_and_each_form_once() -> None:
    assert forms(JANE) == (JANE, "JANE@EXAMPLE.COM")
    assert forms(JANE, JANE) == forms(JANE)
    assert forms(JANE, "Jane@example.com") == (JANE, "Jane@example.com", "JANE@EXAMPLE.COM")
    assert forms("zoe@xn--bcher-kva.example", "Zoe@Bücher.example") == (
        "zoe@xn--bcher-kva.example",
        "zoe@bücher.example",
        "Zoe@Bücher.example",
        "ZOE@XN--BCHER-KVA.EXAMPLE",
    )


def test_a_domain_that_only_looks_encoded_stays_as_it_is() -> None:
    assert forms("a@xn--zzzzzzzz99.example") == ("a@xn--zzzzzzzz99.example", "A@XN--ZZZZZZZZ99.EXAMPLE")


def test_no_hash_is_made_that_is_not_asked_for() -> None:
    assert digests_of(JANE, "Jane@example.com", []) == []
    assert {len(made) for made in digests_of(JANE, None, ["md5", "sha512"])} == {32, 128}
