"""The evidence beside a removed row is plain English, the same from the window and from the command line."""

import locale
from collections.abc import Iterator

import pytest

from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind
from optoutdesk.services.wording import (
    CHANNELS,
    REASONS,
    day_words,
    evidence_words,
    finding_sentences,
)
from optoutdesk.spreadsheets.findings import Findings


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
        (Reason.HIDDEN, None, "hidden in the workbook"),
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


@pytest.mark.parametrize(
    ("findings", "sentences"),
    [
        (Findings("List"), []),
        (
            Findings("List", hidden_rows=214, filtered=True),
            ["214 of 3,020 rows are hidden by a filter."],
        ),
        (Findings("List", hidden_rows=1), ["1 of 3,020 rows is hidden."]),
        (Findings("List", filtered=True), []),
        (Findings("List", hidden_columns=(3,)), ["Column D is hidden."]),
        (Findings("List", hidden_columns=(3, 4, 26)), ["Columns D, E and AA are hidden."]),
        (
            Findings("List", hidden_columns=tuple(range(9))),
            ["Columns A, B, C, D and 5 more are hidden."],
        ),
        (Findings("List", hidden_sheet=True), ["The sheet “List” is hidden."]),
        (
            Findings("List", other_sheets=("Old",)),
            ["The file has a further sheet, “Old”; only “List” is read."],
        ),
        (
            Findings("List", other_sheets=("Old, new", "\x1b[2J")),
            ["The file has 2 further sheets, “Old, new” and “?[2J”; only “List” is read."],
        ),
        (
            Findings("List", merged_cells=3, merged_over_rows=2),
            [
                (
                    "2 merged cells span several rows; what is written there, an address too, counts for the "
                    "first row only."
                ),
                "1 merged cell spans several columns; what is written there counts for the first column only.",
            ],
        ),
        (
            Findings("List", formulas_without_value=5),
            ["5 formulas have no value; open the file in a spreadsheet program and save it."],
        ),
        (
            Findings("List", formulas_without_value=1),
            ["1 formula has no value; open the file in a spreadsheet program and save it."],
        ),
    ],
)
def test_what_is_found_in_a_workbook_is_said_plainly(findings: Findings, sentences: list[str]) -> None:
    assert finding_sentences(findings, 3020) == sentences
