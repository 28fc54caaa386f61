"""What a workbook holds beside what meets the eye is found before anything is done with it, in every format."""

import random
from pathlib import Path

import pytest
from odd_workbooks import (
    filter_on,
    formula,
    hidden_columns,
    label,
    merged,
    ods_row,
    ods_table,
    ods_text,
    record,
    row_record,
    sheet_xml,
    text_cell,
    write_ods,
    write_xls,
    write_xlsx,
    write_zip,
    xlsx_parts,
)
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.table import Table as ExcelTable

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets import findings as findings_module
from optoutdesk.spreadsheets.findings import Findings
from optoutdesk.spreadsheets.text import TextTable
from optoutdesk.spreadsheets.workbook import open_workbook

FORMATS = ("xlsx", "xls", "ods")
NO_TEXT = bytes.fromhex("000000000000ffff")
"""The result of a formula in xls that is a text which does not follow."""


def people(count: int) -> list[list[str]]:
    return [["Name", "E-mail"], *([f"P{n}", f"p{n}@a.example"] for n in range(2, count + 1))]


def write(path: Path, rows: list[list[str]], hidden: set[int], *, by_filter: bool) -> Path:
    """A workbook in the format of its name, in which rows with these numbers are hidden."""
    if path.suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        sheet.title = "Contacts"
        for row in rows:
            sheet.append(row)
        for number in hidden:
            sheet.row_dimensions[number].hidden = True
        if by_filter:
            sheet.auto_filter.ref = f"A1:B{len(rows)}"
            sheet.auto_filter.add_filter_column(0, ["P2"])
        book.save(path)
    elif path.suffix == ".xls":
        cells = b"".join(row_record(number - 1, hidden=True) for number in hidden)
        for number, row in enumerate(rows):
            cells += b"".join(label(number, column, text) for column, text in enumerate(row) if text)
        write_xls(path, (filter_on() if by_filter else b"") + cells)
    else:
        how = 'table:visibility="filter"' if by_filter else 'table:visibility="collapse"'
        written = [
            ods_row(*map(ods_text, row), attributes=how if number in hidden else "")
            for number, row in enumerate(rows, 1)
        ]
        write_ods(path, ods_table("".join(written)))
    return path


def found_in(path: Path, sheet: str | int | None = None) -> Findings:
    """The findings, which are the same whether the rows were read before or not."""
    asked = open_workbook(path, sheet).findings()
    table = open_workbook(path, sheet)
    list(table.blocks())
    assert table.findings() == asked
    return asked


def hidden_numbers(path: Path) -> list[int]:
    return [block.numbers[at] for block in open_workbook(path).blocks() for at in block.hidden]


# --- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_in_a_plain_workbook_nothing_is_found(tmp_path, kind):
    path = write(tmp_path / f"a.{kind}", people(5), set(), by_filter=False)
    assert found_in(path) == Findings("Contacts")
    assert hidden_numbers(path) == []


def test_in_text_nothing_is_hidden(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("E-mail\na@b.example\n")
    assert TextTable(path).findings() == Findings()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("by_filter", [True, False])
def test_hidden_rows_are_counted_and_known_one_by_one(tmp_path, kind, by_filter):
    hidden = {3, 4, 7}
    path = write(tmp_path / f"a.{kind}", people(8), hidden, by_filter=by_filter)
    assert found_in(path) == Findings("Contacts", hidden_rows=3, filtered=by_filter)
    assert hidden_numbers(path) == [3, 4, 7]


@pytest.mark.parametrize("kind", FORMATS)
def test_hidden_rows_are_told_apart_in_every_block(tmp_path, kind):
    hidden = set(random.Random(1).sample(range(2, 5001), 700)) | {2000, 2001, 4000, 5000}
    path = write(tmp_path / f"a.{kind}", people(5000), hidden, by_filter=True)
    assert hidden_numbers(path) == sorted(hidden)
    assert open_workbook(path).findings().hidden_rows == len(hidden)
    rows = [row for block in open_workbook(path).blocks() for row in block.rows]
    assert rows == people(5000)


@pytest.mark.parametrize("kind", FORMATS)
def test_hidden_rows_without_anything_in_them_do_not_count(tmp_path, kind):
    rows = [*people(3), ["", ""], ["P5", "p5@a.example"], ["", ""]]
    path = write(tmp_path / f"a.{kind}", rows, {2, 4, 6}, by_filter=False)
    assert open_workbook(path).findings().hidden_rows == 1
    assert hidden_numbers(path) == [2]


def test_repeated_rows_of_ods_are_hidden_each(tmp_path):
    rows = ods_row(ods_text("a@b.example")) + ods_row(
        ods_text("c@d.example"), attributes='table:visibility="filter" table:number-rows-repeated="3"'
    )
    path = write_ods(tmp_path / "a.ods", ods_table(rows + ods_row(ods_text("e@f.example"))))
    assert found_in(path) == Findings("Contacts", hidden_rows=3, filtered=True)
    assert hidden_numbers(path) == [2, 3, 4]


@pytest.mark.parametrize(
    ("target", "filtered"),
    [
        ("Contacts.A1:Contacts.A3", True),
        ("$Contacts.$A$1:$Contacts.$A$3", True),
        ("'Contacts'.A1:'Contacts'.A3", True),
        ("Old.A1:Old.A3", False),
        ("'Contacts.'.A1:'Contacts.'.A3", False),
    ],
)
def test_a_filter_that_ods_declares_behind_its_sheets(tmp_path, target, filtered):
    rows = ods_row(ods_text("a")) + ods_row(ods_text("a@b.example"), attributes='table:visibility="collapse"')
    ranges = (
        f'<table:database-ranges><table:database-range table:target-range-address="{target}">'
        "<table:filter/></table:database-range></table:database-ranges>"
    )
    path = write_ods(tmp_path / "a.ods", ods_table(rows) + ods_table("", "Old") + ranges)
    assert found_in(path).filtered is filtered


XLSX_HIDDEN = f'<row r="1">{text_cell("A1", "a@b.example")}</row><row r="2" hidden="true">{text_cell("A2", "c@d.example")}</row>'


@pytest.mark.parametrize(
    ("before", "after", "filtered"),
    [
        ('<sheetPr filterMode="1"/>', "", True),
        ('<sheetPr filterMode="false"/>', "", False),
        (
            "",
            '<autoFilter ref="A1:A2"><filterColumn colId="0"><customFilters/></filterColumn></autoFilter>',
            True,
        ),
        ("", '<autoFilter ref="A1:A2"/>', False),
        ("", '<autoFilter ref="A1:A2"><filterColumn colId="0" hiddenButton="1"/></autoFilter>', False),
        (
            "",
            (
                '<customSheetViews><customSheetView><autoFilter ref="A1:A2"><filterColumn colId="0"><filters/>'
                "</filterColumn></autoFilter></customSheetView></customSheetViews>"
            ),
            False,
        ),
    ],
)
def test_only_a_filter_that_is_on_hides_rows(tmp_path, before, after, filtered):
    path = write_xlsx(tmp_path / "a.xlsx", {"S": sheet_xml(XLSX_HIDDEN, before=before, after=after)})
    assert found_in(path) == Findings("S", hidden_rows=1, filtered=filtered)


def test_a_filter_in_a_table_of_excel(tmp_path):
    book = Workbook()
    sheet = book.active
    for row in people(4):
        sheet.append(row)
    table = ExcelTable(displayName="People", ref="A1:B4")
    table._initialise_columns()
    table.autoFilter.add_filter_column(0, ["P2"])
    sheet.add_table(table)
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    assert found_in(tmp_path / "a.xlsx") == Findings("Sheet", hidden_rows=1, filtered=True)


# --- columns --------------------------------------------------------------------------------------------------------


def test_hidden_columns_are_named_as_far_as_there_are_cells(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["Name", "E-mail", "Old e-mail", "x"])
    sheet.append(["P2", "p2@a.example", "", ""])
    for letter in ("C", "D", "G"):
        sheet.column_dimensions[letter].hidden = True
    book.save(tmp_path / "a.xlsx")
    assert found_in(tmp_path / "a.xlsx").hidden_columns == (2, 3)

    cells = label(0, 0, "Name") + label(0, 3, "E-mail")
    path = write_xls(tmp_path / "a.xls", hidden_columns(1, 2) + hidden_columns(9, 255) + cells)
    assert found_in(path).hidden_columns == (1, 2)

    columns = (
        '<table:table-column table:number-columns-repeated="2"/><table:table-column-group>'
        '<table:table-column table:visibility="collapse"/></table:table-column-group>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="16000"/>'
    )
    row = ods_row(*map(ods_text, "abcd"))
    assert found_in(write_ods(tmp_path / "a.ods", ods_table(columns + row))).hidden_columns == (2, 3)


# --- sheets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_further_sheets_count_when_there_is_anything_in_them(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        cell, nothing = (
            '<row r="9"><c r="B9"><v>5</v></c></row>',
            '<row r="1" hidden="1"><c r="A1" s="0"/></row>',
        )
        sheets = {
            "Old": sheet_xml(cell),
            "None": sheet_xml(nothing),
            "Contacts": sheet_xml(f'<row r="1">{text_cell("A1", "a@b.example")}</row>'),
            "Secret": sheet_xml(cell),
            "Sums": sheet_xml('<row r="1"><c r="A1"><f>B1</f></c></row>'),
            "Broken": sheet_xml('<row r="1"><c r="A2"><v>1</v></c></row>'),
        }
        write_xlsx(path, sheets, states={"Secret": "veryHidden"})
    elif kind == "xls":
        missing = formula(0, 0, NO_TEXT)
        cell = label(8, 1, "5")
        sheets = {"Old": cell, "None": record(0x201, bytes(6)), "Contacts": label(0, 0, "a@b.example")}
        write_xls(
            path,
            sheets | {"Secret": cell, "Sums": missing, "Broken": label(0, 0, "x") * 2},
            hidden=["Secret"],
        )
    else:
        number = '<table:table-cell office:value-type="float" office:value="5"/>'
        hidden = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
        tables = (
            ods_table(ods_row(number), "Old")
            + ods_table(ods_row("<table:table-cell/>"), "None")
            + ods_table(ods_row(ods_text("a@b.example")))
            + ods_table(ods_row(ods_text("x")), "Secret", 'table:style-name="h"')
        )
        write_ods(path, tables, styles=hidden)
    others = ("Old", "Secret") if kind == "ods" else ("Old", "Secret", "Sums", "Broken")
    # A sheet that cannot be read would be read before the contacts; hence by name.
    assert found_in(path, "Contacts") == Findings("Contacts", other_sheets=others)
    assert found_in(path, "Secret").hidden_sheet


# --- merged cells ---------------------------------------------------------------------------------------------------


def test_merged_cells_are_found_as_openpyxl_finds_them(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["Customers of 2026"])
    for row in people(9):
        sheet.append(row)
    for area in ("B3:B5", "A6:B6", "A8:B9"):
        sheet.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    ranges = load_workbook(tmp_path / "a.xlsx").active.merged_cells.ranges
    found = found_in(tmp_path / "a.xlsx")
    assert found.merged_cells == len(ranges) == 3
    assert found.merged_over_rows == sum(area.size["rows"] > 1 for area in ranges) == 2


@pytest.mark.parametrize("kind", FORMATS)
def test_titles_over_several_columns_and_empty_places_are_not_worth_a_word(tmp_path, kind):
    """A title, an address over two rows, a name over two columns, and a place where nothing is."""
    path = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        cells = {1: ("A",), 2: ("A", "B"), 3: ("A", "B"), 4: ("A",)}
        rows = "".join(
            f'<row r="{number}">{"".join(text_cell(f"{letter}{number}", "x@y.example") for letter in letters)}</row>'
            for number, letters in cells.items()
        )
        areas = "".join(
            f'<mergeCell ref="{area}"/>' for area in ("A1:B1", "B3:B4", "A4:B4", "A9:B10", "E2:F3")
        )
        write_xlsx(path, {"S": sheet_xml(rows, after=f"<mergeCells>{areas}</mergeCells>")})
    elif kind == "xls":
        cells = b"".join(
            label(row, column, "x") for row, column in ((0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0))
        )
        write_xls(
            path,
            cells + merged((0, 0, 0, 1), (2, 3, 1, 1), (3, 3, 0, 1)) + merged((8, 9, 0, 1), (1, 2, 4, 5)),
        )
    else:
        wide, high = 'table:number-columns-spanned="2"', 'table:number-rows-spanned="2"'
        covered = "<table:covered-table-cell/>"
        rows = (
            ods_row(ods_text("x", wide), covered)
            + ods_row(ods_text("x"), ods_text("x"))
            + ods_row(ods_text("x"), ods_text("x", f'{high} table:number-columns-spanned="1"'))
            + ods_row(ods_text("x", wide), covered, f"<table:table-cell {high}/>")
        )
        write_ods(path, ods_table(rows))
    found = found_in(path)
    assert (found.merged_cells, found.merged_over_rows) == (2, 1)


def test_merged_cells_without_end_do_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(findings_module, "_MOST_MERGED", 50)
    row = ods_row(
        ods_text("x"),
        ods_text("x", 'table:number-rows-spanned="2"'),
        attributes='table:number-rows-repeated="900"',
    )
    assert found_in(write_ods(tmp_path / "a.ods", ods_table(row))).merged_cells == 50


# --- formulas -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_formulas_without_a_value_are_counted_and_never_read_as_blank(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    if kind == "xlsx":
        book = Workbook()
        for row in people(3000):
            book.active.append(row)
        for number in (7, 8, 2500):
            book.active[f"B{number}"] = f'="p"&{number}&"@a.example"'
        book.active.title = "Contacts"
        book.save(path)
    elif kind == "xls":
        cells = b"".join(
            formula(n, 1, NO_TEXT) if n in (6, 7, 2499) else label(n, 1, f"p{n}@a.example")
            for n in range(3000)
        )
        write_xls(path, cells)
    else:
        missing = '<table:table-cell table:formula="of:=[.A1]"/>'
        rows = [
            ods_row(ods_text("x"), missing if n in (7, 8, 2500) else ods_text(f"p{n}@a.example"))
            for n in range(1, 3001)
        ]
        write_ods(path, ods_table("".join(rows)))
    table = open_workbook(path)
    assert table.findings() == Findings("Contacts", formulas_without_value=3)
    numbers: list[int] = []
    with pytest.raises(UnreadableListError) as caught:
        numbers.extend(number for block in table.blocks() for number in block.numbers)
    assert numbers == []  # no row that is short of a cell is handed out
    assert str(caught.value) == (
        "3 cells of sheet Contacts hold formulas without a result, the first is B7; open the workbook in Excel or "
        "LibreOffice, save it, and try again."
    )


def test_formulas_with_a_value_are_not_worth_a_word(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx", '<row r="1"><c r="A1" t="str"><f>B1</f><v>a@b.example</v></c></row>'
    )
    assert found_in(path) == Findings("Contacts")


# --- how often a sheet is read --------------------------------------------------------------------------------------


@pytest.fixture
def readings(monkeypatch):
    """The sheets of xlsx workbooks that are read, in order."""
    from optoutdesk.spreadsheets.xlsx import XlsxBook

    read = []
    original = XlsxBook.rows

    def rows(self, index, notes):
        read.append(index)
        return original(self, index, notes)

    monkeypatch.setattr(XlsxBook, "rows", rows)
    return read


def test_after_a_reading_the_findings_are_known(tmp_path, readings):
    table = open_workbook(write(tmp_path / "a.xlsx", people(5), {3}, by_filter=True))
    list(table.blocks())
    assert table.findings().hidden_rows == 1
    assert readings == [0]


def test_where_a_glance_shows_that_there_is_nothing_the_rows_are_not_read(tmp_path, readings):
    assert open_workbook(
        write(tmp_path / "a.xlsx", people(5), set(), by_filter=False)
    ).findings() == Findings("Contacts")
    assert readings == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
@pytest.mark.parametrize(
    "row",
    [
        '<x:row r="1" hidden = \'1\'><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
        '<x:row r="1" hidden="&#49;"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_a_glance_overlooks_no_hidden_row_however_it_is_written(tmp_path, encoding, row):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<x:worksheet xmlns:x="{main}"><x:sheetData>{row}</x:sheetData></x:worksheet>'
    parts = xlsx_parts({"S": ""}) | {"xl/worksheets/sheet1.xml": xml.encode(encoding)}
    assert found_in(write_zip(tmp_path / "a.xlsx", parts)) == Findings("S", hidden_rows=1)


def test_a_glance_overlooks_nothing_at_the_seams_of_what_it_reads(tmp_path, monkeypatch):
    monkeypatch.setattr("optoutdesk.spreadsheets.package._READ", 7)
    path = write(tmp_path / "a.xlsx", people(5), {3}, by_filter=False)
    assert open_workbook(path).findings().hidden_rows == 1
