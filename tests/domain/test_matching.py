"""A match key is barred by its own entry, by its domain's, and by any domain above that."""

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
