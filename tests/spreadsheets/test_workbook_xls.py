"""Workbooks of Excel 97 to 2003 (xls)."""

import datetime as dt
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_workbooks import (
    biff_text,
    bof,
    formula,
    label,
    number,
    ole,
    record,
    rows_or_sentence,
    shared,
    string_table,
    write_xls,
    xls_stream,
)
from python_calamine import CalamineWorkbook

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.table import CellValue, Format
from optoutdesk.spreadsheets.workbook import open_workbook


def rows_of(path, sheet=None):
    return {
        n: row
        for block in open_workbook(path, sheet).blocks()
        for n, row in zip(block.numbers, block.rows, strict=True)
    }


def values_of(path):
    blocks = list(open_workbook(path).blocks())
    return {
        (n, column): cell
        for block in blocks
        for n, row in zip(block.numbers, block.raw, strict=True)
        for column, cell in enumerate(row)
        if cell is not None
    }


def test_texts_and_numbers_stand_at_their_own_rows_and_columns(tmp_path):
    cells = label(2, 1, "jane@example.org") + number(2, 3, 5.0) + number(4, 0, 5.25)
    path = write_xls(tmp_path / "a.xls", cells)
    assert open_workbook(path).format is Format.XLS
    assert rows_of(path) == {1: [], 2: [], 3: ["", "jane@example.org", "", "5"], 4: [], 5: ["5.25"]}


def test_number_formats_survive_and_make_dates(tmp_path):
    formats = ("General", "yyyy-mm-dd hh:mm", "[h]:mm", '#,##0.00" €"')
    cells = number(0, 0, 46346.395833333336, 1) + number(0, 1, 1.5, 2) + number(0, 2, 12.5, 3)
    assert values_of(write_xls(tmp_path / "a.xls", cells, formats=formats)) == {
        (1, 0): CellValue(dt.datetime(2026, 11, 20, 9, 30), formats[1]),
        (1, 1): CellValue(dt.timedelta(hours=36), formats[2]),
        (1, 2): CellValue(12.5, formats[3]),
    }


def test_dates_of_the_1904_calendar(tmp_path):
    path = write_xls(
        tmp_path / "a.xls", number(0, 0, 44884.0), before=record(0x22, b"\1\0"), formats=["d.m.yyyy"]
    )
    assert rows_of(path) == {1: ["2026-11-20"]}


def test_every_kind_of_cell(tmp_path):
    compact = record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, 7 << 2 | 2, 0, 1234 << 2 | 3, 1))
    negative = record(0x27E, struct.pack("<HHHI", 1, 2, 0, (-5 << 2 & 0xFFFFFFFF) | 2))
    double = record(0x27E, struct.pack("<HHHI", 1, 3, 0, struct.unpack("<I", struct.pack("<d", 0.75)[4:])[0]))
    cells = (
        shared(0, 0, 1)
        + record(0x205, struct.pack("<HHHBB", 0, 1, 0, 1, 0))
        + record(0x205, struct.pack("<HHHBB", 0, 2, 0, 0x2A, 1))
        + record(0x201, struct.pack("<HHH", 0, 3, 0))  # blank
        + compact
        + negative
        + double
    )
    path = write_xls(tmp_path / "a.xls", cells, before=string_table("no", "jane@example.org"))
    assert rows_of(path) == {1: ["jane@example.org", "TRUE", "#N/A"], 2: ["7", "12.34", "-5", "0.75"]}


def test_results_of_formulas(tmp_path):
    text = record(0x207, biff_text("jané@example.org"))
    cells = (
        formula(0, 0, struct.pack("<d", 2.5))
        + formula(0, 1, b"\0\0\0\0\0\0\xff\xff")
        + text
        + formula(0, 2, b"\1\0\1\0\0\0\xff\xff")
        + formula(0, 3, b"\2\0\x07\0\0\0\xff\xff")
        + formula(0, 4, b"\3\0\0\0\0\0\xff\xff")
        + label(0, 5, "end")
    )
    path = write_xls(tmp_path / "a.xls", cells)
    assert rows_of(path) == {1: ["2.5", "jané@example.org", "TRUE", "#DIV/0!", "", "end"]}


def test_a_formula_whose_text_is_missing_is_refused(tmp_path):
    path = write_xls(tmp_path / "a.xls", formula(6, 2, b"\0\0\0\0\0\0\xff\xff") + label(6, 3, "x"))
    with pytest.raises(
        UnreadableListError, match="Cell C7 of sheet Contacts holds a formula without a result"
    ):
        rows_of(path)


def test_formulas_of_a_library_that_calculates_nothing_are_refused(tmp_path):
    stream = xls_stream({"Contacts": formula(0, 1, b"\3\0\0\0\0\0\xff\xff")})
    by_xlwt = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0x0DBB, 0x07CC, 0, 6)
    path = tmp_path / "a.xls"
    path.write_bytes(ole({"Workbook": by_xlwt + stream[20:]}))
    with pytest.raises(UnreadableListError, match=r"Cell B1 .* formula without a result"):
        rows_of(path)


def test_cells_that_are_not_in_order_are_put_in_order(tmp_path):
    path = write_xls(
        tmp_path / "a.xls", label(1, 1, "d") + label(0, 0, "a") + label(1, 0, "c") + label(0, 1, "b")
    )
    assert rows_of(path) == {1: ["a", "b"], 2: ["c", "d"]}


def test_shared_strings_go_on_in_further_records_even_within_a_character(tmp_path):
    first = struct.pack("<II", 2, 2) + struct.pack("<HB", 5, 0) + b"ja"
    then = b"\1" + "né".encode("utf-16-le")
    last = b"\0" + b"!" + struct.pack("<HBH", 2, 9, 1) + "\U0001f600".encode("utf-16-le")[:2]
    end = b"\1" + "\U0001f600".encode("utf-16-le")[2:] + bytes(4)
    before = record(0xFC, first) + record(0x3C, then) + record(0x3C, last) + record(0x3C, end)
    path = write_xls(tmp_path / "a.xls", shared(0, 0, 0) + shared(0, 1, 1), before=before)
    assert rows_of(path) == {1: ["jané!", "\U0001f600"]}


def test_what_follows_a_shared_string_goes_on_in_further_records_too(tmp_path):
    rich = struct.pack("<HBHI", 1, 12, 3, 10) + b"a" + bytes(8)
    before = (
        record(0xFC, struct.pack("<II", 2, 2) + rich)
        + record(0x3C, bytes(6))
        + record(0x3C, bytes(8) + biff_text("b"))
    )
    path = write_xls(tmp_path / "a.xls", shared(0, 0, 0) + shared(0, 1, 1), before=before)
    assert rows_of(path) == {1: ["a", "b"]}


def test_hidden_sheets_are_not_chosen(tmp_path):
    sheets = {
        "One": label(0, 0, "a@hidden.example"),
        "Two": label(0, 0, "b"),
        "Drei ☃": label(0, 0, "a@b.example"),
    }
    path = write_xls(tmp_path / "a.xls", sheets, hidden=["One"])
    table = open_workbook(path)
    assert (table.sheets, table.sheet) == (tuple(sheets), "Drei ☃")
    assert rows_of(path, 1) == {1: ["a@hidden.example"]}


@pytest.mark.parametrize(("page", "text"), [(10000, "jané"), (1252, "jané"), (32769, "jané"), (9, "jané")])
def test_code_pages(tmp_path, page, text):
    stream = bof(5, 0x500) + record(0x42, struct.pack("<H", page))
    start = len(stream) + 4 + 8 + 4
    content = text.encode("mac_roman" if page == 10000 else "cp1252")
    stream += record(0x85, struct.pack("<IBBB", start, 0, 0, 1) + b"S") + record(0x0A)
    stream += (
        bof(0x10, 0x500) + record(0x204, struct.pack("<HHHH", 0, 0, 0, len(content)) + content) + record(0x0A)
    )
    path = tmp_path / "a.xls"
    path.write_bytes(ole({"Book": stream}))
    assert rows_of(path) == {1: [text]}


def test_an_excel_95_workbook_in_its_code_page(tmp_path):
    text = "jané".encode("cp1250")
    cells = record(0x204, struct.pack("<HHHH", 0, 0, 0, len(text)) + text)
    name = "Súbor".encode("cp1250")
    code_page = record(0x42, struct.pack("<H", 1250))
    start = len(bof(5)) + len(code_page) + 4 + 7 + len(name) + 4
    stream = (
        bof(5, 0x500)
        + code_page
        + record(0x85, struct.pack("<IBBB", start, 0, 0, len(name)) + name)
        + record(0x0A)
        + bof(0x10, 0x500)
        + cells
        + record(0x0A)
    )
    path = tmp_path / "a.xls"
    path.write_bytes(ole({"Book": stream}))
    assert open_workbook(path).sheets == ("Súbor",)
    assert rows_of(path) == {1: ["jané"]}


def test_a_chart_within_a_sheet_does_not_end_it(tmp_path):
    chart = bof(0x20) + number(9, 9, 1.0) + record(0x0A)
    assert rows_of(write_xls(tmp_path / "a.xls", label(0, 0, "a") + chart + label(1, 0, "b"))) == {
        1: ["a"],
        2: ["b"],
    }


def test_column_widths(tmp_path):
    widths = record(0x7D, struct.pack("<HHHHHH", 1, 2, 5120, 0, 0, 0))
    assert open_workbook(write_xls(tmp_path / "a.xls", widths + label(0, 0, "a"))).column_widths == {
        1: 20,
        2: 20,
    }


def test_a_large_workbook_is_read_from_ordinary_sectors(tmp_path):
    cells = b"".join(label(row, 0, f"user{row}@example.org") for row in range(5000))
    rows = rows_of(write_xls(tmp_path / "a.xls", cells))
    assert len(rows) == 5000
    assert rows[5000] == ["user4999@example.org"]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], max_codepoint=0xFFFF), min_size=1, max_size=40
)
CELLS = st.dictionaries(
    st.tuples(st.integers(0, 30), st.integers(0, 12)),
    st.one_of(TEXTS, st.integers(-(10**6), 10**6).map(float), st.floats(-1e9, 1e9)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(CELLS)
def test_calamine_reads_the_same(tmp_path_factory, cells):
    path = tmp_path_factory.getbasetemp() / "model.xls"
    content = b"".join(
        label(*place, value) if isinstance(value, str) else number(*place, value)
        for place, value in sorted(cells.items())
    )
    write_xls(path, content)
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    expected = {
        (row + 1, column): value
        for row, values in enumerate(sheet.to_python(skip_empty_area=False))
        for column, value in enumerate(values)
        if value != ""
    }
    assert {place: cell.value for place, cell in values_of(path).items()} == expected


# --- damage ---------------------------------------------------------------------------------------------------------


def refused(path):
    with pytest.raises(UnreadableListError) as caught:
        rows_of(path)
    return caught.value


@pytest.mark.parametrize("stream", ["EncryptedPackage", "encryptedpackage"])
def test_an_encrypted_xlsx_asks_for_the_password_to_be_taken_off(tmp_path, stream):
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole({stream: bytes(5000), "EncryptionInfo": bytes(100)}))
    assert "is protected by a password" in str(refused(path))


def test_an_encrypted_xls_too(tmp_path):
    path = write_xls(tmp_path / "a.xls", b"", before=record(0x2F, bytes(6)))
    assert "is protected by a password" in str(refused(path))


def test_a_word_document_is_no_workbook(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(ole({"WordDocument": bytes(5000)}))
    assert str(refused(path)).startswith("a.xls is an Office file but no workbook.")


def test_an_excel_4_workbook_is_too_old(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(100))
    assert "older than 1995" in str(refused(path))
    path.write_bytes(ole({"Book": b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(5000)}))
    assert "older than 1995" in str(refused(path))


def test_two_cells_far_apart_do_not_fill_the_memory(tmp_path):
    path = write_xls(tmp_path / "a.xls", label(0, 0, "a") + label(65535, 255, "z"))
    blocks = list(open_workbook(path).blocks())
    assert [block.numbers for block in blocks] == [[1, 65536]]
    assert len(blocks[0].rows[1]) == 256


@pytest.mark.parametrize(
    "cells",
    [
        label(0, 256, "a"),
        shared(0, 0, 1),
        label(0, 0, "a") + label(0, 0, "b"),
        record(0x204, b"\0\0"),
        label(0, 0, "jane@example.org")[:-5],
        struct.pack("<HH", 0x204, 60_000) + bytes(20),
    ],
    ids=["column", "string", "twice", "short", "cut", "long"],
)
def test_a_damaged_cell_is_refused_rather_than_left_out(tmp_path, cells):
    error = refused(write_xls(tmp_path / "a.xls", cells, before=string_table("a")))
    assert str(error).startswith("a.xls is damaged or was not copied whole. Open it in")
    assert error.details


def test_an_untrue_number_of_strings_does_no_harm(tmp_path):
    table = record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + biff_text("a"))
    assert rows_of(write_xls(tmp_path / "a.xls", shared(0, 0, 0), before=table)) == {1: ["a"]}


def test_a_file_that_was_cut_off_anywhere_is_refused_or_whole(tmp_path):
    whole = ole(
        {"Workbook": xls_stream({"Contacts": b"".join(label(n, 0, f"u{n}@example.org") for n in range(300))})}
    )
    path = tmp_path / "a.xls"
    for size in range(8, len(whole) - 512, 997):
        path.write_bytes(whole[:size])
        assert "is damaged" in str(refused(path))


def test_sectors_in_a_circle_end(tmp_path):
    path = tmp_path / "a.xls"
    content = bytearray(ole({"Workbook": xls_stream({"Contacts": label(0, 0, "a")}) + bytes(9000)}))
    table_at = 512 + 512 * struct.unpack_from("<I", content, 76)[0]
    struct.pack_into("<I", content, table_at + 4, 0)
    path.write_bytes(content)
    assert "circle" in refused(path).details


def test_no_damage_crashes_the_reader(tmp_path):
    cells = b"".join(
        label(n, 0, f"u{n}@example.org") + shared(n, 1, n % 3) + number(n, 2, n, 1) for n in range(40)
    )
    cells += formula(41, 0, b"\0\0\0\0\0\0\xff\xff") + record(0x207, biff_text("result"))
    stream = xls_stream(
        {"Contacts": cells}, before=string_table("é", "日本", "c"), formats=["General", "d/m/yy"]
    )
    whole = ole({"Workbook": stream})
    path = tmp_path / "a.xls"
    chance = random.Random(1)
    for _ in range(600):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(8, len(content))] = chance.choice(
                [0, 1, 0x7F, 0xFF, chance.randrange(256)]
            )
        path.write_bytes(content)
        outcome = rows_or_sentence(path)
        assert isinstance(outcome, list) or outcome.endswith(".")
