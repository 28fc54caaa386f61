"""OpenDocument spreadsheets (ods)."""

import datetime as dt
import random
import re

import pytest
from odd_workbooks import (
    ods_content,
    ods_parts,
    ods_row,
    ods_table,
    ods_text,
    rows_or_sentence,
    write_ods,
    write_zip,
)

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets import cells
from optoutdesk.spreadsheets.cells import CellError
from optoutdesk.spreadsheets.table import CellValue, Format
from optoutdesk.spreadsheets.workbook import open_workbook

DAMAGED = "a.ods is damaged or was not copied whole."
EMPTY = "<table:table-cell/>"


def rows_of(path, sheet=None):
    blocks = open_workbook(path, sheet).blocks()
    return {n: row for block in blocks for n, row in zip(block.numbers, block.rows, strict=True)}


def refused(path):
    with pytest.raises(UnreadableListError) as caught:
        rows_of(path)
    return caught.value


@pytest.fixture
def read(tmp_path):
    """Reads the rows of a sheet given as XML."""

    def read(*rows, **options):
        return rows_of(write_ods(tmp_path / "a.ods", ods_table("".join(rows)), **options))

    return read


def value_of(tmp_path, cell):
    path = write_ods(tmp_path / "a.ods", ods_table(ods_row(cell)))
    (block,) = open_workbook(path).blocks()
    return block.raw[0][0], block.rows[0][0]


def test_rows_stand_where_they_stand(read):
    assert read(
        ods_row(
            "<table:table-cell table:number-columns-repeated='5'/>",
            attributes="table:number-rows-repeated='3'",
        ),
        ods_row("<table:table-cell table:number-columns-repeated='2'/>", ods_text("a"), EMPTY),
        ods_row(ods_text("b")),
        ods_row(
            "<table:table-cell table:number-columns-repeated='16384'/>",
            attributes="table:number-rows-repeated='1048571'",
        ),
    ) == {1: [], 2: [], 3: [], 4: ["", "", "a"], 5: ["b"]}


def test_the_table_is_ods(tmp_path):
    table = open_workbook(write_ods(tmp_path / "a.ods", ods_table(ods_row(ods_text("a")), name="Kunden")))
    assert (table.format, table.sheets, table.sheet, table.column_widths) == (
        Format.ODS,
        ("Kunden",),
        "Kunden",
        {},
    )
    assert list(table.blocks()) == list(table.blocks())


def test_repeated_rows_and_cells_are_all_there(read):
    rows = read(
        ods_row(
            ods_text("a", "table:number-columns-repeated='3'"), attributes="table:number-rows-repeated='2'"
        )
    )
    assert rows == {1: ["a", "a", "a"], 2: ["a", "a", "a"]}
    assert rows[1] is not rows[2]


def test_header_rows_and_groups_are_rows_too(read):
    inner = f"<table:table-rows>{ods_row(ods_text('b'))}</table:table-rows>"
    assert read(
        "<table:title>t</table:title><table:table-columns><table:table-column/></table:table-columns>",
        f"<table:table-header-rows>{ods_row(ods_text('a'))}</table:table-header-rows>",
        f"<table:table-row-group><table:table-row-group>{inner}</table:table-row-group></table:table-row-group>",
        ods_row(ods_text("c")),
    ) == {1: ["a"], 2: ["b"], 3: ["c"]}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("jane<text:span>@exam</text:span>ple.org", "jane@example.org"),
        ('see <text:a xlink:href="mailto:x@y.z">jane@example.org</text:a>', "see jane@example.org"),
        ("a@b.example<text:line-break/>c@d.example", "a@b.example\nc@d.example"),
        ("a@b.example<text:tab/>c@d.example", "a@b.example\tc@d.example"),
        ("a@b.example</text:p><text:p>c@d.example", "a@b.example\nc@d.example"),
        ("a<text:s text:c='3'/>b<text:s/>", "a   b "),
        ("  a\n   b  ", "a b"),
        ("a<office:annotation><text:p>note@b.example</text:p></office:annotation>b", "ab"),
        (
            "<text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>no</text:ruby-text></text:ruby>",
            "東京",
        ),
        ("a<text:note><text:note-body><text:p>no</text:p></text:note-body></text:note>", "a"),
    ],
)
def test_the_text_of_a_cell(read, written, text):
    assert read(ods_row(ods_text(written))) == {1: [text]}


def test_comments_and_drawings_at_a_cell_are_no_text_of_it(read):
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>no@b.example</text:p></office:annotation>'
        "<draw:frame><draw:text-box><text:p>no</text:p></draw:text-box></draw:frame><text:p>yes</text:p></table:table-cell>"
    )
    assert read(ods_row(cell, ods_text("b"))) == {1: ["yes", "b"]}


def test_tables_within_drawings_are_not_the_sheet(read):
    drawing = f"<table:shapes><draw:frame>{ods_table(ods_row(ods_text('no')))}</draw:frame></table:shapes>"
    assert read(drawing, ods_row(ods_text("yes"))) == {1: ["yes"]}


def test_text_without_a_declared_type_is_text(read):
    assert read(ods_row("<table:table-cell><text:p>jane@example.org</text:p></table:table-cell>")) == {
        1: ["jane@example.org"]
    }


def test_covered_cells_keep_what_they_hold(read):
    assert read(ods_row(ods_text("a"), ods_text("b").replace("table-cell", "covered-table-cell"))) == {
        1: ["a", "b"]
    }


@pytest.mark.parametrize(
    ("attributes", "value", "text"),
    [
        ('office:value-type="float" office:value="5"', CellValue(5), "5"),
        ('office:value-type="float" office:value="5.25"', CellValue(5.25), "5.25"),
        ('office:value-type="currency" office:currency="EUR" office:value="5.5"', CellValue(5.5), "5.5"),
        ('office:value-type="percentage" office:value="0.5"', CellValue(0.5, "0.00%"), "0.5"),
        ('office:value-type="boolean" office:boolean-value="true"', CellValue(True), "TRUE"),
        (
            'office:value-type="date" office:date-value="2026-11-20"',
            CellValue(dt.date(2026, 11, 20), "yyyy-mm-dd"),
            "2026-11-20",
        ),
        (
            'office:value-type="date" office:date-value="2026-11-20T09:30:00.123456789"',
            CellValue(dt.datetime(2026, 11, 20, 9, 30, 0, 123456), "yyyy-mm-dd hh:mm:ss"),
            "2026-11-20 09:30:00.123456",
        ),
        (
            'office:value-type="time" office:time-value="PT09H30M00S"',
            CellValue(dt.time(9, 30), "hh:mm:ss"),
            "09:30:00",
        ),
        (
            'office:value-type="time" office:time-value="PT29H30M00.5S"',
            CellValue(dt.timedelta(hours=29.5, seconds=0.5), "[h]:mm:ss"),
            "29:30:00.5",
        ),
        (
            'office:value-type="time" office:time-value="-PT1H"',
            CellValue(dt.timedelta(hours=-1), "[h]:mm:ss"),
            "-1:00:00",
        ),
        ('office:value-type="string" office:string-value="007"', CellValue("007"), "007"),
        ('office:value-type="string" office:string-value=""', CellValue("shown"), "shown"),
        ('office:value-type="date" office:date-value="-0044-03-15"', CellValue("shown"), "shown"),
        ('office:value-type="time" office:time-value="soon"', CellValue("shown"), "shown"),
        ('office:value-type="float" office:value="NaN"', CellValue("shown"), "shown"),
        ('office:value-type="float"', CellValue("shown"), "shown"),
        ('office:value-type="new"', CellValue("shown"), "shown"),
    ],
)
def test_values(tmp_path, attributes, value, text):
    cell = f"<table:table-cell {attributes}><text:p>shown</text:p></table:table-cell>"
    assert value_of(tmp_path, cell) == (value, text)


def test_errors_are_errors(tmp_path):
    value, text = value_of(
        tmp_path,
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>',
    )
    assert text == "#N/A"
    assert isinstance(value.value, CellError)


def test_a_formula_without_a_result_is_named(tmp_path):
    path = write_ods(
        tmp_path / "a.ods", ods_table(ods_row(EMPTY, '<table:table-cell table:formula="of:=A1"/>'))
    )
    assert str(refused(path)).startswith("Cell B1 of sheet Contacts holds a formula without a result;")


def test_a_formula_that_gives_an_empty_text_is_blank(read):
    assert read(
        ods_row('<table:table-cell table:formula="of:=A1" office:value-type="string"/>', ods_text("b"))
    ) == {1: ["", "b"]}


def test_sheets_and_which_are_hidden(tmp_path):
    styles = (
        '<style:style style:name="t1"><style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="t2"><style:table-properties table:display="false"/></style:style>'
    )
    tables = (
        ods_table(ods_row(ods_text("a@hidden.example")), "One", 'table:style-name="t2"')
        + ods_table(ods_row(ods_text("no address")), "Two", 'table:style-name="t1"')
        + ods_table(ods_row(ods_text("a@b.example")), "Three")
    )
    path = write_ods(tmp_path / "a.ods", tables, styles=styles)
    table = open_workbook(path)
    assert (table.sheets, table.sheet) == (("One", "Two", "Three"), "Three")
    assert rows_of(path, "one") == {1: ["a@hidden.example"]}
    assert rows_of(path, 2) == {1: ["no address"]}


def test_sheets_of_one_name_are_told_apart_by_number(tmp_path):
    path = write_ods(
        tmp_path / "a.ods", ods_table(ods_row(ods_text("a"))) + ods_table(ods_row(ods_text("b")))
    )
    assert rows_of(path, 2) == {1: ["b"]}


def test_other_prefixes_mean_the_same(tmp_path):
    parts = ods_parts(ods_table(ods_row(ods_text("a"))))
    parts["content.xml"] = re.sub(
        r"(?<=[</ ])table:|(?<=xmlns:)table(?==)", lambda m: m[0].replace("table", "t"), parts["content.xml"]
    )
    assert "<t:table-row" in parts["content.xml"]
    assert rows_of(write_zip(tmp_path / "a.ods", parts)) == {1: ["a"]}


# --- damage ---------------------------------------------------------------------------------------------------------


def test_a_password(tmp_path):
    path = write_ods(tmp_path / "a.ods", ods_table(""), manifest="<m:encryption-data/>")
    assert str(refused(path)).startswith("The workbook a.ods is protected by a password.")


def test_no_sheets(tmp_path):
    assert str(refused(write_ods(tmp_path / "a.ods", ""))).startswith(
        "The workbook a.ods has no sheet with cells."
    )


@pytest.mark.parametrize("content", ["", "<a>", "<!-- -->", b"\xff\xfe"])
def test_malformed_content(tmp_path, content):
    path = write_zip(tmp_path / "a.ods", ods_parts("") | {"content.xml": content})
    assert str(refused(path)).startswith(DAMAGED)


def test_missing_content(tmp_path):
    parts = ods_parts("")
    del parts["content.xml"]
    assert str(refused(write_zip(tmp_path / "a.ods", parts))).startswith(DAMAGED)


@pytest.mark.parametrize("name", ["content.xml", "META-INF/manifest.xml"])
def test_definitions_are_refused(tmp_path, name):
    parts = ods_parts(ods_table(ods_row(ods_text("a"))))
    parts[name] = '<!DOCTYPE x [<!ENTITY a "b">]>' + parts[name]
    assert "contains definitions" in str(refused(write_zip(tmp_path / "a.ods", parts)))


def test_a_zip_bomb(tmp_path):
    path = write_zip(tmp_path / "a.ods", ods_parts("") | {"content.xml": b" " * 60_000_000})
    assert str(refused(path)).startswith("a.ods holds far more than any contact list does")


def test_a_cell_that_is_repeated_over_the_whole_sheet_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "_MOST_CELLS", 1_000_000)
    text = ods_text("x" * 30_000, "table:number-columns-repeated='16384'")
    path = write_ods(
        tmp_path / "a.ods", ods_table(ods_row(text, attributes="table:number-rows-repeated='1048576'"))
    )
    blocks = open_workbook(path).blocks()
    assert len(next(blocks).rows[0]) == 16_384
    with pytest.raises(UnreadableListError, match=r"a.ods holds far more than any contact list does"):
        list(blocks)


@pytest.mark.parametrize(
    "rows",
    [
        ods_row(ods_text("a"), attributes="table:number-rows-repeated='1048577'"),
        ods_row(ods_text("a", "table:number-columns-repeated='16385'")),
        ods_row(ods_text("a", "table:number-columns-repeated='-1'")),
        ods_row(ods_text("a"), attributes="table:number-rows-repeated='0'"),
        ods_row(ods_text("a"), attributes="table:number-rows-repeated='many'"),
        f"<table:new>{ods_row(ods_text('a'))}</table:new>",
        ods_row(f"<table:table-cell>{ods_table(ods_row(ods_text('a')))}</table:table-cell>"),
    ],
)
def test_rows_and_cells_that_cannot_be(tmp_path, rows):
    error = refused(write_ods(tmp_path / "a.ods", ods_table(rows)))
    assert str(error).startswith(DAMAGED)
    assert error.details


def test_a_text_without_end_is_not_collected(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "_LONGEST_TEXT", 100_000)
    spaces = "<text:s text:c='999999999'/>" * 2_000
    assert "far more than" in str(
        refused(write_ods(tmp_path / "a.ods", ods_table(ods_row(ods_text(spaces)))))
    )
    paragraphs = "abcdefgh</text:p><text:p>" * 20_000
    assert "far more than" in str(
        refused(write_ods(tmp_path / "a.ods", ods_table(ods_row(ods_text(paragraphs)))))
    )


@pytest.mark.parametrize(
    "element", ["table:table", "table:table-row", "table:table-cell", "text:p", "text:span", "draw:frame"]
)
def test_elements_without_end_in_each_other_are_not_collected(tmp_path, element):
    deep = f"<{element}>" * 20_000 + f"</{element}>" * 20_000
    for rows in (deep, ods_row(ods_text(deep))):
        error = refused(write_ods(tmp_path / "a.ods", ods_table(rows)))
        assert "without end in each other" in error.details


def test_no_damage_within_the_content_crashes_the_reader(tmp_path):
    content = ods_content(
        ods_table(
            ods_row(
                ods_text("a<text:s text:c='2'/>b"),
                '<table:table-cell office:value-type="float" office:value="5"/>',
            )
            + ods_row(
                ods_text("c", "table:number-columns-repeated='2'"),
                attributes="table:number-rows-repeated='2'",
            )
            + ods_row('<table:table-cell office:value-type="date" office:date-value="2026-11-20T09:30:00"/>')
            + ods_row('<table:table-cell office:value-type="time" office:time-value="PT29H30M00S"/>')
        )
    ).encode()
    chance = random.Random(1)
    start = content.index(b"<table:table ")
    for _ in range(300):
        odd = bytearray(content)
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(start, len(odd))
            odd[at : at + chance.randrange(0, 4)] = chance.choice(
                [b"", b"0", b"-", b"9999999", b"<", b'"', b"\xff", b"Z"]
            )
        outcome = rows_or_sentence(write_zip(tmp_path / "a.ods", ods_parts("") | {"content.xml": bytes(odd)}))
        assert isinstance(outcome, list) or outcome.endswith(".")
