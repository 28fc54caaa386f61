"""The words of importing: how fast it goes, what a workbook hides, what is remembered."""

from types import SimpleNamespace

import pytest

from optoutdesk.spreadsheets.findings import Findings
from optoutdesk.spreadsheets.profiles import Field
from optoutdesk.ui import words_import
from optoutdesk.ui.widgets.work import Pace


@pytest.mark.parametrize(
    ("done", "total", "seconds", "said"),
    [
        (0, 0, 0.0, ""),
        (212_000, 1_000_000, 1.06, "21 % · 200,000 rows a second · 4 s left"),
        (999_999, 1_000_000, 600.0, "99 % · 1,600 rows a second · 1 s left"),
        (500, 0, 0.5, "500 rows"),
        (500, 0, 5.0, "500 rows · 100 rows a second"),
        (10, 1_000_000, 2.0, "0 % · 5 rows a second · 56 h left"),
        (1_000_000, 1_000_000, 4.0, "100 % · 250,000 rows a second"),
    ],
)
def test_progress_says_how_far_how_fast_and_how_long(
    done: int, total: int, seconds: float, said: str
) -> None:
    assert words_import.pace(done, total, seconds) == said


def test_text_is_told_in_bytes() -> None:
    assert words_import.pace(3_000_000, 12_000_000, 2.0, "byte") == "25 % · 1.5 MB a second · 6 s left"


def test_minutes_are_told_as_minutes() -> None:
    assert [words_import.time_left(seconds) for seconds in (0.2, 89, 91, 600, 7200)] == [
        "1 s",
        "89 s",
        "2 min",
        "10 min",
        "2 h",
    ]


def test_each_phase_has_its_name() -> None:
    pace = Pace()
    pace.begin(["Reading a.csv", "Comparing"])
    pace.tell(5, 10, "row")
    assert pace.phase == "Reading a.csv"
    pace.tell(10, 10, "row")
    pace.tell(1, 10, "row")
    assert pace.phase == "Comparing"
    pace.tell(0, 10, "row")
    assert pace.phase == "Comparing"


def test_what_a_workbook_hides_is_said_in_sentences() -> None:
    found = Findings(
        sheet="People",
        hidden_rows=214,
        filtered=True,
        hidden_columns=(5, 26),
        other_sheets=("Old", "Older"),
        merged_cells=4,
        merged_over_rows=1,
    )
    assert words_import.findings(SimpleNamespace(findings=found)) == [  # type: ignore[arg-type]
        "214 rows are hidden by a filter.",
        "Columns F, AA are hidden; read all the same.",
        "Not read: sheets “Old”, “Older”.",
        "1 merged cell spans several rows: only the first of these rows has what is written there.",
    ]
    assert words_import.findings(SimpleNamespace(findings=Findings())) == []  # type: ignore[arg-type]


def test_every_meaning_of_a_column_has_a_name() -> None:
    assert {of.value for of in Field} <= set(words_import.MEANS)
