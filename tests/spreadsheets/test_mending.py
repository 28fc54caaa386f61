"""The mended file of rows to mend reads as the file did that the rows come from."""

from datetime import date

import pytest

from optoutdesk.spreadsheets.mending import MEND_MARK, MendColumn, mend_column, mend_header, mend_text
from optoutdesk.spreadsheets.profiles import recognise

DAY = date(2026, 11, 20)


def test_the_column_says_whose_it_is_and_of_which_day_the_file_was() -> None:
    assert mend_header(DAY) == "Opt-Out Desk, file of 2026-11-20: what to mend"
    assert mend_header(None) == "Opt-Out Desk: what to mend"
    assert mend_text("not an address", DAY) == "Opt-Out Desk, file of 2026-11-20: not an address"


@pytest.mark.parametrize("day", [DAY, None])
def test_the_column_is_found_wherever_it_was_moved_to(day: date | None) -> None:
    assert mend_column(["email", "created", mend_header(day)]) == MendColumn(2, day)
    assert mend_column([f" {mend_header(day)} ", "email"]) == MendColumn(0, day)
    assert mend_column(["ann at a.example", mend_text("not an address: " + "x" * 9999, day)]) == MendColumn(
        1, day
    )


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            MEND_MARK,
            "Opt-Out Desk, file of yesterday: x",
            "Opt-Out Desk, file of 2026-11-20",
            "opt-out desk: x",
        ),
        *("Opt-Out Desk, file of 2026-02-31: x", "From Opt-Out Desk: x", "Opt-Out Desktop: x"),
    ],
)
def test_other_cells_are_not_taken_for_it(cell: str) -> None:
    assert mend_column(["email", cell]) is None
    assert mend_column([]) is None


def test_without_the_column_the_file_is_recognised_again() -> None:
    header = ["email", "created", mend_header(DAY)]
    assert recognise("x.csv", header, []).profile is None
    found = mend_column(header)
    assert found is not None
    del header[found.index]
    profile = recognise("x.csv", header, []).profile
    assert profile is not None
    assert profile.id == "sendgrid-unsubscribes"
