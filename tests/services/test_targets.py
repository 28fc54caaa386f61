"""The name of a list that is to be mailed: a slip in it must not mail those who left that list."""

from datetime import UTC, datetime

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError
from optoutdesk.services.targets import choose_target

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


@pytest.fixture
def named(desk: Desk) -> Desk:
    service = desk.record_optout
    entries = service.parse(["jane@example.com"])
    service.record(entries, service.received(NOW, NOW), now=NOW, by="Ana", scope="Garden Newsletter")
    return desk


@pytest.mark.parametrize("text", [None, "", "all", "All mail", "everything"])
def test_without_a_name_any_mail_is_meant(named: Desk, text: str | None) -> None:
    assert choose_target(named.store, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Garden Newsletter",
        "garden newsletter",
        "  GARDEN   Newsletter ",
        "Garden\u200b News\xadletter",
        "Ｇarden Newsletter",
    ],
)
def test_a_known_name_is_found_however_it_is_typed(named: Desk, text: str) -> None:
    assert choose_target(named.store, text) == "Garden Newsletter"


@pytest.mark.parametrize(
    "text", ["Garden Newsleter", "Garden Newsletters", "gardennewsletter", "Garden News letter"]
)
def test_a_slip_is_refused_and_the_name_it_may_mean_is_told(named: Desk, text: str) -> None:
    with pytest.raises(UsageError, match="If you meant \u201cGarden Newsletter\u201d"):
        choose_target(named.store, text)


def test_a_name_nobody_left_is_allowed(named: Desk) -> None:
    assert choose_target(named.store, "  Spring  Catalogue ") == "Spring Catalogue"
