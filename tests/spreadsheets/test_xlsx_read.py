"""What the cells of xlsx workbooks are read as."""

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_workbooks import (
    MAIN,
    OFFICE,
    STRICT,
    STRICT_OFFICE,
    sheet_xml,
    text_cell,
    write_xlsx,
    write_zip,
    xlsx_parts,
)
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from optoutdesk.spreadsheets.cells import CellError, as_text
from optoutdesk.spreadsheets.table import CellValue, Format
from optoutdesk.spreadsheets.workbook import open_workbook


def rows_of(path, sheet=None):
    blocks = open_workbook(path, sheet).blocks()
    return {n: row for block in blocks for n, row in zip(block.numbers, block.rows, strict=True)}


def values_of(path):
    return {
        (n, column): cell
        for block in open_workbook(path).blocks()
        for n, row in zip(block.numbers, block.raw, strict=True)
        for column, cell in enumerate(row)
        if cell is not None
    }


@pytest.fixture
def read(tmp_path):
    """Reads the rows of a sheet given as XML."""

    def read(rows, **options):
        return rows_of(write_xlsx(tmp_path / "a.xlsx", rows, **options))

    return read


def one_cell(xml):
    return f'<row r="1">{xml}</row>'


def test_a_workbook_is_a_table(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", f'<row r="1">{text_cell("A1", "a@b.example")}</row>')
    table = open_workbook(path)
    assert (table.path, table.format, table.sheets, table.sheet) == (
        path,
        Format.XLSX,
        ("Contacts",),
        "Contacts",
    )
    assert table.decode("é") == "é"
    first, again = list(table.blocks()), list(table.blocks())
    assert first == again
    assert first[0].rows == [["a@b.example"]]
    assert first[0].raw == [[CellValue("a@b.example", "General")]]
    assert first[0].several_lines == []


# --- texts ----------------------------------------------------------------------------------------------------------


def test_shared_strings_join_their_runs_and_leave_out_readings(read):
    strings = (
        "<si><t>jane@example.org</t></si>"
        '<si><r><rPr><b/><sz val="11"/></rPr><t>jane</t></r><r><t>@example.org</t></r></si>'
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
        "<si/>"
    )
    cells = "".join(f'<c r="{"ABCD"[n]}1" t="s"><v>{n}</v></c>' for n in range(4)) + text_cell("E1", "end")
    assert read(one_cell(cells), strings=strings) == {
        1: ["jane@example.org", "jane@example.org", "東京", "", "end"]
    }


def test_inline_strings_do_so_too(read):
    cell = (
        '<c r="A1" t="inlineStr"><is><r><rPr><i/></rPr><t>ja</t></r><r><t>ne</t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh><phoneticPr fontId="1"/></is></c>'
    )
    assert read(one_cell(cell)) == {1: ["jane"]}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a_x000D_b", "a\rb"),
        ("jane_x0040_example.org", "jane@example.org"),
        ("_x005F_x0040_", "_x0040_"),
        ("_x0041_x0042_", "Ax0042_"),
        ("_X0041_ _x004_ _x00zz_", "_X0041_ _x004_ _x00zz_"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("_xD83D_", "\ufffd"),
    ],
)
def test_escapes_are_decoded_as_excel_does(read, written, text):
    assert read(one_cell(text_cell("A1", written))) == {1: [text]}
    assert read(one_cell('<c r="A1" t="s"><v>0</v></c>'), strings=f"<si><t>{written}</t></si>") == {1: [text]}
    assert read(one_cell(f'<c r="A1" t="str"><f>B1</f><v>{written}</v></c>')) == {1: [text]}


def test_text_that_looks_like_a_number_stays_text(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", one_cell(text_cell("A1", "007") + text_cell("B1", "=1+1")))
    assert values_of(path) == {(1, 0): CellValue("007"), (1, 1): CellValue("=1+1")}


def test_white_space_around_text_stays(read):
    assert read(one_cell(text_cell("A1", "  a\n b "))) == {1: ["  a\n b "]}


def test_a_huge_string_that_many_cells_share_is_held_once(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    path = write_xlsx(tmp_path / "a.xlsx", rows, strings=f"<si><t>{'x' * 1_000_000}</t></si>")
    texts = [row[0] for block in open_workbook(path).blocks() for row in block.rows]
    assert len(texts) == 20_000
    assert len({id(text) for text in texts}) == 1


# --- numbers, dates and the rest ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value", "text"),
    [
        ("5", 5, "5"),
        ("-5", -5, "-5"),
        ("5.0", 5.0, "5"),
        ("007", 7, "7"),
        ("491701234567", 491701234567, "491701234567"),
        ("0.30000000000000004", 0.30000000000000004, "0.3"),
        ("1234.5678", 1234.5678, "1234.5678"),
        ("1e20", 1e20, "1E+20"),
        ("1.5E-7", 1.5e-7, "1.5E-07"),
        ("-0.0", -0.0, "0"),
        (" 5\n", 5, "5"),
    ],
)
def test_numbers_show_as_excel_shows_them(tmp_path, written, value, text):
    path = write_xlsx(tmp_path / "a.xlsx", one_cell(f'<c r="A1"><v>{written}</v></c>'))
    assert values_of(path) == {(1, 0): CellValue(value)}
    assert rows_of(path) == {1: [text]}


@pytest.mark.parametrize(
    ("number_format", "written", "value", "text"),
    [
        ("yyyy-mm-dd", "46346", dt.datetime(2026, 11, 20), "2026-11-20"),
        ("d/m/yy h:mm", "46346.395833333336", dt.datetime(2026, 11, 20, 9, 30), "2026-11-20 09:30:00"),
        ("dddd\\, d. mmmm", "1", dt.datetime(1900, 1, 1), "1900-01-01"),
        ("h:mm", "0.5", dt.time(12), "12:00:00"),
        ("[h]:mm", "1.5", dt.timedelta(hours=36), "36:00:00"),
        ("[h]:mm:ss", "-0.5", -dt.timedelta(hours=12), "-12:00:00"),
        ("mm:ss.0", "0.0000173611111111111", dt.time(0, 0, 1, 500_000), "00:00:01.500000"),
        ("yyyy", "-3", -3, "-3"),
        ("yyyy", "99999999", 99999999, "99999999"),
        ('0 "days"', "3", 3, "3"),
        ("[Red]0.00", "3", 3, "3"),
        ("_-* #,##0.00\\ _€_-", "3", 3, "3"),
        ("@", "3", 3, "3"),
    ],
)
def test_the_number_format_makes_a_date_of_a_number(tmp_path, number_format, written, value, text):
    cell = f'<c r="A1" s="1"><v>{written}</v></c>'
    path = write_xlsx(tmp_path / "a.xlsx", one_cell(cell), formats=["General", number_format])
    assert values_of(path) == {(1, 0): CellValue(value, number_format)}
    assert rows_of(path) == {1: [text]}


def test_dates_of_the_1904_calendar(read):
    cell = '<c r="A1" s="0"><v>44884</v></c>'
    assert read(one_cell(cell), formats=["d.m.yy"], workbook='<workbookPr date1904="1"/>') == {
        1: ["2026-11-20"]
    }


def test_built_in_formats_and_those_of_east_asia(tmp_path):
    parts = xlsx_parts(one_cell("".join(f'<c r="{"ABC"[n]}1" s="{n}"><v>46346</v></c>' for n in range(3))))
    xfs = "".join(f'<xf numFmtId="{n}"/>' for n in (14, 31, 4))
    parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}"><cellXfs>{xfs}</cellXfs></styleSheet>'
    path = write_zip(tmp_path / "a.xlsx", parts)
    date = dt.datetime(2026, 11, 20)
    assert list(values_of(path).values()) == [
        CellValue(date, "mm-dd-yy"),
        CellValue(date, "yyyy-mm-dd"),
        CellValue(46346, "#,##0.00"),
    ]


@pytest.mark.parametrize(
    ("written", "value", "text"),
    [
        ("2026-11-20", CellValue(dt.date(2026, 11, 20), "yyyy-mm-dd"), "2026-11-20"),
        (
            "2026-11-20T09:30:00.250Z",
            CellValue(dt.datetime(2026, 11, 20, 9, 30, 0, 250_000), "yyyy-mm-dd hh:mm:ss"),
            "2026-11-20 09:30:00.250000",
        ),
        ("09:30:00", CellValue(dt.time(9, 30), "hh:mm:ss"), "09:30:00"),
        ("PT36H", CellValue(dt.timedelta(hours=36), "[h]:mm:ss"), "36:00:00"),
        ("2026-13-45", CellValue("2026-13-45"), "2026-13-45"),
    ],
)
def test_iso_dates(tmp_path, written, value, text):
    path = write_xlsx(tmp_path / "a.xlsx", one_cell(f'<c r="A1" t="d"><v>{written}</v></c>'))
    assert values_of(path) == {(1, 0): value}
    assert rows_of(path) == {1: [text]}


def test_booleans_and_errors(tmp_path):
    cells = "".join(
        f'<c r="{"ABC"[n]}1" t="{kind}"><v>{value}</v></c>'
        for n, (kind, value) in enumerate([("b", "1"), ("b", "0"), ("e", "#N/A")])
    )
    path = write_xlsx(tmp_path / "a.xlsx", one_cell(cells))
    assert rows_of(path) == {1: ["TRUE", "FALSE", "#N/A"]}
    values = [cell.value for cell in values_of(path).values()]
    assert values == [True, False, "#N/A"]
    assert isinstance(values[2], CellError)


def test_results_of_formulas_are_read(read):
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="E1"><f t="shared" si="0"/><v>5</v></c>'
    )
    assert read(one_cell(cells)) == {1: ["2", "a", "", "#DIV/0!", "5"]}


# --- rows, columns, blocks ------------------------------------------------------------------------------------------


def test_rows_and_cells_without_references_follow_each_other(read):
    rows = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r='4'><c r='C4'><v>4</v></c><c><v>5</v></c></row><row/>"
    assert read(rows + "<row><c><v>6</v></c></row>") == {
        1: ["1", "", "3"],
        2: [],
        3: [],
        4: ["", "", "4", "5"],
        5: [],
        6: ["6"],
    }


def test_blank_cells_and_rows_are_blank(read):
    styled = '<row r="2" s="1"><c r="A2" s="1"/><c r="B2" s="1"><v></v></c></row>'
    empty_text = f'<row r="3">{text_cell("A3", "")}</row>'
    last = '<row r="4"><c r="A4"/><c r="C4"><v>1</v></c><c r="D4"/></row>'
    assert read(styled + empty_text + last + '<row r="9"><c r="A9" s="1"/></row>') == {
        1: [],
        2: [],
        3: [],
        4: ["", "", "1"],
    }


def test_rows_of_a_gap_are_blank_ones_but_a_wide_gap_is_skipped(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 9_000, 1_048_576))
    blocks = list(open_workbook(write_xlsx(tmp_path / "a.xlsx", rows)).blocks())
    assert [number for block in blocks for number in block.numbers] == [*range(1, 9_001), 1_048_576]
    assert all(len(block.numbers) <= 2_000 for block in blocks)
    assert blocks[0].rows[1] == blocks[0].raw[1] == []


def test_the_last_column_of_all(read):
    assert read('<row r="1"><c r="XFD1"><v>1</v></c></row>') == {1: [""] * 16_383 + ["1"]}


def test_blocks_of_wide_rows_are_short(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 100))
    blocks = list(open_workbook(write_xlsx(tmp_path / "a.xlsx", rows)).blocks())
    assert sum(len(block.rows) for block in blocks) == 99
    assert max(len(block.rows) for block in blocks) < 15


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576", "ZZZZZZ1:B-5", ""])
def test_the_declared_dimension_is_not_believed(tmp_path, dimension):
    xml = sheet_xml(f'<row r="3">{text_cell("B3", "a")}</row>', before=f'<dimension ref="{dimension}"/>')
    assert rows_of(write_xlsx(tmp_path / "a.xlsx", {"S": xml})) == {1: [], 2: [], 3: ["", "a"]}


def test_column_widths(tmp_path):
    columns = (
        '<cols><col min="1" max="2" width="20.5" customWidth="1"/><col min="4" max="4" width="9"/>'
        '<col min="5" max="16384" width="12"/><col min="x" max="1" width="1"/><col min="3" max="3"/></cols>'
    )
    path = write_xlsx(tmp_path / "a.xlsx", {"S": sheet_xml('<row r="1"/>', before=columns)})
    widths = open_workbook(path).column_widths
    assert {column: widths[column] for column in range(5) if column in widths} == {
        0: 20.5,
        1: 20.5,
        3: 9,
        4: 12,
    }
    assert len(widths) <= 1_004


# --- variants of the format -----------------------------------------------------------------------------------------


def test_the_strict_namespace(tmp_path):
    parts = xlsx_parts(one_cell('<c r="A1" t="s"><v>0</v></c>'), strings="<si><t>a@b.example</t></si>")
    strict = {
        name: content.replace(MAIN, STRICT).replace(OFFICE, STRICT_OFFICE) for name, content in parts.items()
    }
    assert rows_of(write_zip(tmp_path / "a.xlsx", strict)) == {1: ["a@b.example"]}


def test_prefixed_elements(tmp_path):
    parts = xlsx_parts(one_cell(""), strings="")
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>'
    )
    parts["xl/sharedStrings.xml"] = f'<y:sst xmlns:y="{MAIN}"><y:si><y:t>a@b.example</y:t></y:si></y:sst>'
    assert rows_of(write_zip(tmp_path / "a.xlsx", parts)) == {1: ["a@b.example", "b"]}


def test_utf_16_parts(tmp_path):
    parts = xlsx_parts(one_cell(text_cell("A1", "日本")))
    name = "xl/worksheets/sheet1.xml"
    parts[name] = ('<?xml version="1.0" encoding="UTF-16"?>' + parts[name]).encode("utf-16")
    assert rows_of(write_zip(tmp_path / "a.xlsx", parts)) == {1: ["日本"]}


def test_part_names_with_other_case_and_backslashes(tmp_path):
    parts = {
        name.replace("xl/worksheets/", "XL\\Worksheets\\"): content
        for name, content in xlsx_parts(one_cell(text_cell("A1", "a"))).items()
    }
    assert rows_of(write_zip(tmp_path / "a.xlsx", parts)) == {1: ["a"]}


def test_absolute_targets_and_a_workbook_somewhere_else(tmp_path):
    parts = xlsx_parts(one_cell(text_cell("A1", "a")))
    moved = {
        name.replace("xl/workbook.xml", "other/book.xml").replace(
            "xl/_rels/workbook", "other/_rels/book"
        ): content
        for name, content in parts.items()
    }
    moved["_rels/.rels"] = moved["_rels/.rels"].replace("xl/workbook.xml", "/other/book.xml")
    moved["other/_rels/book.xml.rels"] = (
        moved["other/_rels/book.xml.rels"]
        .replace('"worksheets/', '"../xl/worksheets/')
        .replace('"styles', '"/xl/styles')
    )
    assert rows_of(write_zip(tmp_path / "a.xlsx", moved)) == {1: ["a"]}


def test_a_workbook_without_relations_is_found_by_its_content_type(tmp_path):
    parts = xlsx_parts(one_cell(text_cell("A1", "a")))
    del parts["_rels/.rels"]
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    )
    assert rows_of(write_zip(tmp_path / "a.xlsm", parts)) == {1: ["a"]}


# --- openpyxl as the model ------------------------------------------------------------------------------------------

# Characters that openpyxl takes and XML keeps; a text that begins with "=" would become a formula there.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff_"),
    min_size=1,
    max_size=30,
).filter(lambda text: not text.startswith("=") and text not in ("#N/A", "#REF!"))
FORMATS = [
    "General",
    "0.00",
    "#,##0",
    "@",
    "0%",
    "0.00E+00",
    '#,##0.00\\ "€"',
    "[Red]0;[Blue]-0",
    '0 "years"',
]
MOMENTS = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)
CELLS = st.one_of(
    st.tuples(TEXTS, st.sampled_from(FORMATS)),
    st.tuples(st.integers(-(10**14), 10**14), st.sampled_from(FORMATS)),
    st.tuples(st.floats(-1e15, 1e15), st.sampled_from(FORMATS)),
    st.tuples(st.booleans(), st.sampled_from(FORMATS)),
    st.tuples(
        MOMENTS, st.sampled_from(["yyyy-mm-dd hh:mm:ss", "d/m/yy", "dddd\\, d. mmmm yyyy", "[$-409]m/d/yyyy"])
    ),
    st.tuples(
        st.times().map(lambda time: time.replace(microsecond=0)), st.sampled_from(["hh:mm:ss", "h:mm AM/PM"])
    ),
    st.tuples(st.integers(0, 10**7).map(lambda n: dt.timedelta(seconds=n)), st.just("[h]:mm:ss")),
)
SHEETS = st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 30)), CELLS, min_size=1, max_size=25)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(SHEETS, st.booleans())
def test_openpyxl_reads_the_same_values_and_number_formats(tmp_path_factory, cells, of_1904):
    path = tmp_path_factory.getbasetemp() / "model.xlsx"
    book = Workbook()
    if of_1904:
        book.epoch = CALENDAR_MAC_1904
        cells = {
            place: cell
            for place, cell in cells.items()
            if not isinstance(cell[0], dt.datetime) or cell[0].year > 1904
        }
    for (row, column), (value, number_format) in cells.items():
        book.active.cell(row, column, value).number_format = number_format
    book.save(path)
    expected = {
        (cell.row, cell.column - 1): CellValue(cell.value, cell.number_format)
        for row in load_workbook(path).active.iter_rows()
        for cell in row
        if cell.value is not None
    }
    found = values_of(path)
    assert found == expected
    assert [type(cell.value) for cell in found.values()] == [type(expected[place].value) for place in found]
    texts = rows_of(path)
    assert all(texts[row][column] == as_text(cell.value) for (row, column), cell in expected.items())


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.floats(-1e300, 1e300))
def test_the_text_of_a_number_has_its_first_fifteen_digits(number):
    text = as_text(number)
    assert math.isclose(float(text), number, rel_tol=1e-14, abs_tol=0.0)
    assert not text.endswith(".0")
