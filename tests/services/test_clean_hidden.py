"""Hidden rows of a workbook: nothing is cleaned before she says what becomes of them, and each is accounted for."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from optoutdesk.desk import Desk
from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Batch, Cleaning, HiddenRows, Reason, Removed, Rules
from optoutdesk.domain.errors import HiddenRowsError, UnreadableListError
from optoutdesk.domain.matching import SuppressionList
from optoutdesk.services.clean_hidden import HiddenLeftOut
from optoutdesk.services.clean_list import Plan
from optoutdesk.spreadsheets.findings import Findings

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
ROWS = [
    ("Name", "E-mail", "Second e-mail"),
    ("Shown", "shown@a.example", None),
    ("Hidden", "hidden@a.example", None),  # 3
    ("Hidden, suppressed", "JANE@example.com", None),  # 4
    ("Hidden, of a domain", "ops@rival.example", None),  # 5
    ("Hidden, no address", "carl@example", None),  # 6
    ("Hidden, without one", None, None),  # 7
    ("Hidden, suppressed beside", "amy@a.example", "jane@example.com"),  # 8
    ("Shown, like a hidden one", "hidden@a.example", None),  # 9
    ("Shown, suppressed", "jane@example.com", None),
    ("Shown twice", "shown@a.example", None),
]
HIDDEN = (3, 4, 5, 6, 7, 8)
NOBODY = SuppressionList({}, {})


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A desk where Jane opted out of everything, and everybody at Rival."""
    service = desk.record_optout
    entries = service.parse(["jane@example.com", "*@rival.example"], "all")
    service.record(entries, service.received(NOW, NOW), now=NOW, by="Ana", scope="all")
    return desk


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    def make(hidden: tuple[int, ...] = HIDDEN, rows: list[tuple[str | None, ...]] = ROWS) -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        for number in hidden:
            sheet.row_dimensions[number].hidden = True
        book.create_sheet("Old").append(["x"])
        path = tmp_path / "lists" / "contacts.xlsx"
        path.parent.mkdir(exist_ok=True)
        book.save(path)
        return path

    return make


def plan_for(desk: Desk, path: Path, hidden: HiddenRows | None, **rules: bool) -> Plan:
    return Plan(desk.clean_list.open(path, columns=("B", "C")), None, Rules(hidden=hidden, **rules))


def clean(desk: Desk, plan: Plan):
    return desk.clean_list.clean(plan, desk.clean_list.default_outputs(plan), by="Ana", now=NOW)


def test_without_an_answer_nothing_is_written(asked: Desk, make: Callable[..., Path]) -> None:
    path = make()
    entries = asked.store.last_entry()
    with pytest.raises(HiddenRowsError) as caught:
        clean(asked, plan_for(asked, path, None))
    assert caught.value.found == "6 of 10 rows are hidden."
    assert str(caught.value) == "6 of 10 rows are hidden. Say whether they are meant too, or left out."
    assert list(path.parent.iterdir()) == [path]
    assert asked.store.cleans() == []
    assert asked.store.last_entry() == entries


def test_without_an_answer_they_are_judged_like_all_others(asked: Desk, make: Callable[..., Path]) -> None:
    result = asked.clean_list.examine(plan_for(asked, make(), None))
    assert (result.hidden, result.rows, result.kept) == (6, 10, 2)
    assert result.reasons[Reason.HIDDEN] == 0
    assert result.findings == Findings("Sheet", hidden_rows=6, other_sheets=("Old",))


def test_included_they_are_cleaned_like_all_others(asked: Desk, make: Callable[..., Path]) -> None:
    record, result, _ = clean(asked, plan_for(asked, make(), HiddenRows.INCLUDE))
    assert (result.hidden, record.kept) == (6, 2)
    assert [removed.row for removed in asked.clean_list.examine(plan_for(asked, make(), None)).removed] == [
        *(4, 5, 6, 7, 8, 9, 10, 11)
    ]
    assert record.rules["hidden"] == "include"


def test_left_out_each_is_accounted_for_by_the_gravest_reason(asked: Desk, make: Callable[..., Path]) -> None:
    path = make()
    plan = plan_for(asked, path, HiddenRows.LEAVE_OUT)
    examined = asked.clean_list.examine(plan)
    assert [(removed.row, removed.reason, removed.given) for removed in examined.removed] == [
        (3, Reason.HIDDEN, "hidden@a.example"),
        (4, Reason.OPTED_OUT, "JANE@example.com"),
        (5, Reason.DOMAIN, "ops@rival.example"),
        (6, Reason.HIDDEN, "carl@example"),
        (7, Reason.HIDDEN, ""),
        (8, Reason.OPTED_OUT, "jane@example.com"),
        (10, Reason.OPTED_OUT, "jane@example.com"),
        (11, Reason.DUPLICATE, "shown@a.example"),
    ]
    record, result, _ = clean(asked, plan)
    assert (result.fingerprint, result.kept, result.hidden) == (examined.fingerprint, 2, 6)
    # A row that repeats only what was left out is no duplicate.
    kept = load_workbook(record.output_path).active
    assert [row[1].value for row in kept.iter_rows()] == ["E-mail", "shown@a.example", "hidden@a.example"]
    assert not any(dimension.hidden for dimension in kept.row_dimensions.values())
    with record.removed_path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[1] == [
        *("3", "Hidden row, left out", "hidden in the workbook", "hidden@a.example"),
        *("Hidden", "hidden@a.example"),
    ]
    assert len(rows) == 1 + record.rows - record.kept
    assert asked.store.cleans() == [record]
    assert record.rules["hidden"] == "leave-out"
    assert record.reasons["hidden"] == 3


def test_what_hangs_over_the_headers_width_is_not_forgotten(asked: Desk, make: Callable[..., Path]) -> None:
    over = [(name, f"{name}@a.example", None, "jane@example.com") for name in ("hidden", "shown")]
    path = make((2,), [ROWS[0], *over, ROWS[1]])
    examined = asked.clean_list.examine(plan_for(asked, path, HiddenRows.LEAVE_OUT))
    assert [(removed.row, removed.reason) for removed in examined.removed] == [
        (2, Reason.OPTED_OUT),
        (3, Reason.OPTED_OUT),
    ]


def test_rows_that_are_none_are_still_none_beside_hidden_ones() -> None:
    cleaning = Cleaning(NOBODY, Rules())
    batch = Batch([2, 3], ["a@a.example", "b@a.example"], broken={1: Problem("glued")})
    verdicts = HiddenLeftOut(cleaning, NOBODY).judge(batch, [0])
    assert [(at, verdict.reason) for at, verdict in verdicts.items() if isinstance(verdict, Removed)] == [
        (0, Reason.HIDDEN),
        (1, Reason.NOT_AN_ADDRESS),
    ]


def test_of_a_hidden_row_no_address_is_saved_by_taking_only_one_out(
    asked: Desk, make: Callable[..., Path]
) -> None:
    examined = asked.clean_list.examine(
        plan_for(asked, make(), HiddenRows.LEAVE_OUT, drop_address_only=True, keep_duplicates=True)
    )
    assert examined.trimmed == 0
    assert (8, Reason.OPTED_OUT) in [(removed.row, removed.reason) for removed in examined.removed]
    assert examined.kept == 3


@pytest.mark.parametrize("hidden", list(HiddenRows))
def test_hidden_titles_and_headers_are_no_question(
    asked: Desk, make: Callable[..., Path], hidden: HiddenRows
) -> None:
    path = make(hidden=(1, 2), rows=[("Customers", None), (None, None), *ROWS[:2]])
    result = asked.clean_list.examine(plan_for(asked, path, hidden))
    assert (result.hidden, result.rows, result.kept) == (0, 1, 1)
    clean(asked, plan_for(asked, path, None))


def test_every_hidden_row_of_a_long_list_is_left_out(asked: Desk, make: Callable[..., Path]) -> None:
    rows = [("E-mail",), *((f"p{number}@a.example",) for number in range(2, 4503))]
    hidden = (*range(1990, 2011), 4502)
    path = make(hidden, rows)
    plan = Plan(asked.clean_list.open(path), None, Rules(hidden=HiddenRows.LEAVE_OUT))
    result = asked.clean_list.examine(plan)
    assert [removed.row for removed in result.removed] == list(hidden)
    assert (result.rows, result.kept) == (4501, 4501 - len(hidden))


def test_a_formula_without_a_value_stops_a_clean_before_anything_is_written(
    asked: Desk, make: Callable[..., Path]
) -> None:
    rows = [*ROWS[:2], *((f"P{n}", f"p{n}@a.example", None) for n in range(3000)), ("x", "=B2", None)]
    path = make((), rows)
    with pytest.raises(
        UnreadableListError, match="Cell B3003 of sheet Sheet holds a formula without a result"
    ):
        clean(asked, plan_for(asked, path, None))
    assert list(path.parent.iterdir()) == [path]
