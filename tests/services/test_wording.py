"""The evidence beside a removed row is plain English, the same from the window and from the command line."""

import locale
from collections.abc import Iterator

import pytest

from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind
from optoutdesk.services.wording import CHANNELS, REASONS, day_words, evidence_words


@pytest.fixture
def her_locale() -> Iterator[None]:
    """Do what Qt does as it starts."""
    before = locale.setlocale(locale.LC_ALL)
    locale.setlocale(locale.LC_ALL, "")
    yield
    locale.setlocale(locale.LC_ALL, before)


def evidence(kind: Kind, key: str, channel: Channel = Channel.PHONE, scope: str = ALL_MAIL) -> Evidence:
    return Evidence(kind, key, "2026-11-10", channel.value, scope)


@pytest.mark.parametrize(
    ("reason", "cause", "words"),
    [
        (
            Reason.OPTED_OUT,
            evidence(Kind.ADDRESS, "jane@example.com"),
            "10 Nov 2026 by phone \u00b7 all mail",
        ),
        (
            Reason.OPTED_OUT,
            evidence(Kind.ADDRESS, "jane@example.com", Channel.OTHER, "Newsletter"),
            "10 Nov 2026 \u00b7 Newsletter",
        ),
        (
            Reason.DOMAIN,
            evidence(Kind.DOMAIN, "rival.example"),
            "*@rival.example since 10 Nov 2026 by phone \u00b7 all mail",
        ),
        (Reason.NOT_AN_ADDRESS, Problem("no @ sign", "ann@a.example"), "no @ sign; ann@a.example?"),
        (Reason.DUPLICATE, 7, "same as row 7"),
        (Reason.NO_ADDRESS, None, "no address in this row"),
    ],
)
def test_every_reason_has_its_evidence(
    reason: Reason, cause: Evidence | Problem | int | None, words: str
) -> None:
    assert evidence_words(Removed(9, reason, "given", cause)) == words


@pytest.mark.usefixtures("her_locale")
def test_months_are_english_wherever_she_is() -> None:
    days = [day_words(f"2026-{month:02}-03") for month in range(1, 13)]
    assert days == [
        f"3 {month} 2026"
        for month in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    ]


def test_every_reason_and_every_channel_has_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(CHANNELS) == set(Channel)
