"""The removed rows open in a spreadsheet program as what they were, and nothing in them is run as a formula."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optoutdesk.desk import Desk
from optoutdesk.services.clean_list import CleanList, Outputs, Plan
from optoutdesk.spreadsheets.delimited import DelimitedWriter, SheetWriter, without_formula
from optoutdesk.spreadsheets.table import Block

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
FORMULAS = [
    "=1+1",
    "@SUM(A1)",
    "-2+3+cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x")',
    "-a",
]
TEXTS = [
    "+1 (802) 555-0100",
    "-12.50",
    "+44 20 7946 0000",
    "- ",
    "a=b",
    "Ann @ home",
    "",
    "'=1",
    "jane@example.com",
]


def parsed(line: str) -> list[str]:
    rows = list(csv.reader(io.StringIO(line, newline="")))
    assert len(rows) == 1
    return rows[0]


def writer(header: Sequence[str] = ("Line",)) -> tuple[SheetWriter, io.BytesIO]:
    target = io.BytesIO()
    return SheetWriter(target, header), target


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_defused(formula):
    sheet, _ = writer()
    assert parsed(sheet.line(["3", formula])) == ["3", f"'{formula}"]
    quoted = '"' + formula.replace('"', '""') + '"'
    assert sheet.line_before("3", "why", "given", f"a,{quoted}") is None  # then line() is used
    if not re.search(r'[",\r\n]', formula):
        assert sheet.line_before("3", "why", "given", f"a,{formula},b") is None
    assert sheet.line_before("3", formula, "given", "a") is None
    assert sheet.line_before("3", "why", formula, "a") is None


@pytest.mark.parametrize("text", TEXTS)
def test_other_texts_stay_as_they_are(text):
    sheet, _ = writer()
    assert without_formula(text) == text
    assert parsed(sheet.line(["3", text])) == ["3", text]


@pytest.mark.parametrize("text", [text for text in TEXTS if text[:1] not in ("+", "-")])
def test_a_record_without_anything_like_a_formula_is_taken_as_it_stands(text):
    sheet, _ = writer()
    assert sheet.line_before("3,Why", 'opted out, "late"', "given", f'{text},"x ""y"" \n"') == (
        f'3,Why,"opted out, ""late""",given,{text},"x ""y"" \n"\r\n'
    )


_CELL = st.text(st.sampled_from("=+-@'\"\t\r\n,; 1aé\u2028"), max_size=6) | st.sampled_from(FORMULAS + TEXTS)
CELLS = st.lists(_CELL, min_size=1, max_size=4)


@settings(max_examples=300)
@given(evidence=_CELL, given_text=_CELL, row=CELLS)
def test_both_ways_give_the_same_cells_and_no_formula(evidence, given_text, row):
    sheet, _ = writer()
    why = ["3", evidence, given_text]
    slow = parsed(sheet.line([*why, *row]))
    assert slow == [without_formula(cell) for cell in [*why, *row]]
    record = io.StringIO()
    csv.writer(record).writerow(row)
    fast = sheet.line_before("3", evidence, given_text, record.getvalue().removesuffix("\r\n"))
    if fast is not None:
        assert parsed(fast) == slow
    assert not any(cell.startswith(("=", "@", "\t", "\r")) for cell in slow)


def test_the_file_says_that_it_is_utf_8_and_holds_what_cannot_be_written_as_a_question_mark():
    sheet, target = writer(["Zeile", "Größe\udc00"])
    sheet.write([sheet.line(["2", "\ud800é"])])
    assert target.getvalue() == "\ufeffZeile,Größe?\r\n2,?é\r\n".encode()


# --- the removed rows of real lists ---------------------------------------------------------------------------------


def removed_rows(desk: Desk, path: Path) -> list[list[str]]:
    service: CleanList = desk.clean_list
    entries = desk.record_optout.parse(["sup@x.example"])
    desk.record_optout.record(entries, desk.record_optout.received(NOW, NOW), now=NOW, by="Ana")
    plan = Plan(service.open(path))
    outputs = Outputs(path.with_name("clean.csv"), path.with_name("removed.csv"))
    service.clean(plan, outputs, by="Ana", now=NOW)
    content = outputs.removed.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


ROWS = [
    ["Ann", "ann@a.example", "x"],
    ['Su "S", é\r\nDoe', "sup@x.example", "+1 (802) 555-0100"],
    ["=1+1", "SUP@x.example", "-2+3+cmd|' /C calc'!A0"],
    ["Zoë;Zoë|Zoë", "sup@x.example", "\t=1"],
    ["plain", "sup@x.example", 'ends with "'],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_removed_rows_parse_back_to_the_cells_that_stood_in_the_list(
    desk, tmp_path, delimiter, encoding, header, quoting
):
    text = io.StringIO()
    rows = [*([["Name", "E-mail", "Note"]] if header else []), *ROWS]
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows(rows)
    path = tmp_path / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    found = removed_rows(desk, path)
    assert found[0] == [
        "Line",
        "Reason",
        "Evidence",
        "Address",
        *(["Name", "E-mail", "Note"] if header else "ABC"),
    ]
    assert [row[4:] for row in found[1:]] == [[without_formula(cell) for cell in row] for row in ROWS[1:]]
    assert {row[1] for row in found[1:]} == {"Opted out"}
    first = 2 if header else 1
    assert [int(row[0]) for row in found[1:]] == [first + 1, first + 3, first + 4, first + 5]


def test_a_first_row_behind_a_byte_order_mark_parses_back_too(desk, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes('\ufeff"Doe, Su",sup@x.example\nBo,bo@b.example\n'.encode())
    assert removed_rows(desk, path)[1][4:] == ["Doe, Su", "sup@x.example"]


def test_a_header_is_defused_as_well(desk, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Email,=1+1\nsup@x.example,x\nbo@b.example,y\n")
    assert removed_rows(desk, path)[0][5] == "'=1+1"


# --- clean lists out of workbooks -----------------------------------------------------------------------------------


def test_a_clean_list_for_a_platform_is_not_altered_at_all():
    target = io.BytesIO()
    made = DelimitedWriter(target, "\t")
    block = Block([1, 2, 3], [["Name", "=1"], ["A\tB", 'x"y'], ["C", "\ud800"]], [None] * 3)
    made.copy(block, [0, 2])
    made.change(block, 1, {0: "D"})
    made.finish()
    assert target.getvalue() == b'Name\t=1\r\nC\t?\r\nD\t"x""y"\r\n'
