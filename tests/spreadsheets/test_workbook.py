"""Which file is a workbook, and which of its sheets is read."""

import pytest
from odd_workbooks import (
    label,
    ods_parts,
    ods_row,
    ods_table,
    ods_text,
    ole,
    sheet_xml,
    text_cell,
    write_ods,
    write_xls,
    write_xlsx,
    write_zip,
    xlsx_parts,
)
from openpyxl import Workbook
from openpyxl.chart import BarChart

from optoutdesk.domain.errors import UnreadableListError, UsageError
from optoutdesk.spreadsheets.table import Format, Table
from optoutdesk.spreadsheets.workbook import looks_like_workbook, open_workbook

EMPTY = sheet_xml("")
TITLES = sheet_xml(f'<row r="1">{text_cell("A1", "Name")}</row>')
ADDRESS = sheet_xml(
    f'<row r="1">{text_cell("A1", "E-mail")}</row><row r="2">{text_cell("A2", "a@b.example")}</row>'
)
BROKEN = sheet_xml('<row r="1"><c r="A1"><f>B1</f></c></row>')


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls", "list.ods", "list.csv", "list"])
def test_content_decides_and_not_the_name(tmp_path, name):
    path = tmp_path / name
    assert open_workbook(write_xlsx(path, {"S": ADDRESS})).format is Format.XLSX
    assert open_workbook(write_ods(path, ods_table(ods_row(ods_text("a"))))).format is Format.ODS
    assert open_workbook(write_xls(path, label(0, 0, "a"))).format is Format.XLS


def test_it_fits_the_protocol(tmp_path):
    table: Table = open_workbook(write_xlsx(tmp_path / "a.xlsx", {"S": ADDRESS}))
    assert [row for block in table.blocks() for row in block.rows] == [["E-mail"], ["a@b.example"]]


@pytest.mark.parametrize(
    "first",
    [
        b"PK\x03\x04\x14\x00",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x09\x08\x10\x00",
        b"\x09\x00\x04\x00",
    ],
)
def test_files_for_this_reader(first):
    assert looks_like_workbook(first + bytes(56))


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"Email,Name\r\n",
        b"\tEmail\n",
        b"PK,a\n",
        b"<html><table>",
        b"<?xml version='1.0'?>",
        b"\xff\xfeE\0",
        b"%PDF-1.7",
    ],
)
def test_files_for_other_readers(first, tmp_path):
    assert not looks_like_workbook(first)
    path = tmp_path / "list.xls"
    path.write_bytes(first)
    with pytest.raises(UnreadableListError, match=r"list.xls is not a workbook"):
        open_workbook(path)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            {"subscribed.csv": "a@b.example"},
            "a.zip is a ZIP file but no workbook. Unpack it and choose the list that is in it.",
        ),
        ({}, "a.zip is a ZIP file but no workbook. Unpack it and choose the list that is in it."),
        (
            {"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"},
            "a.zip is a ZIP file but no workbook.",
        ),
        (
            ods_parts("") | {"mimetype": "application/vnd.oasis.opendocument.text"},
            "a.zip is a ZIP file but no workbook.",
        ),
        (
            {"xl/workbook.bin": b"\0"},
            "a.zip is a binary Excel workbook, which is not read. Open it in Excel, save it",
        ),
    ],
)
def test_other_zip_files_say_what_they_are(tmp_path, parts, sentence):
    with pytest.raises(UnreadableListError) as caught:
        open_workbook(write_zip(tmp_path / "a.zip", parts))
    assert str(caught.value).startswith(sentence)


def test_an_encrypted_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole({"EncryptedPackage": bytes(6000)}))
    with pytest.raises(UnreadableListError) as caught:
        open_workbook(path)
    assert str(caught.value) == (
        "The workbook a.xlsx is protected by a password. Open it with the password, save it without one, and try again."
    )


# --- which sheet ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheets", "states", "chosen"),
    [
        ({"A": TITLES, "B": ADDRESS}, {}, "B"),
        ({"A": ADDRESS, "B": ADDRESS}, {}, "A"),
        ({"A": ADDRESS, "B": ADDRESS}, {"A": "hidden"}, "B"),
        ({"A": ADDRESS, "B": TITLES}, {"A": "veryHidden"}, "B"),
        ({"A": EMPTY, "B": TITLES, "C": TITLES}, {}, "B"),
        ({"A": EMPTY, "B": EMPTY}, {"A": "hidden"}, "B"),
        ({"A": EMPTY, "B": EMPTY}, {}, "A"),
        ({"A": TITLES, "B": BROKEN, "C": ADDRESS}, {}, "B"),
    ],
)
def test_the_first_visible_sheet_with_an_address_is_read(tmp_path, sheets, states, chosen):
    table = open_workbook(write_xlsx(tmp_path / "a.xlsx", sheets, states=states))
    assert table.sheet == chosen
    assert table.sheets == tuple(sheets)


def test_a_sheet_that_cannot_be_read_says_so_when_it_is_read(tmp_path):
    table = open_workbook(write_xlsx(tmp_path / "a.xlsx", {"A": BROKEN, "B": ADDRESS}))
    with pytest.raises(UnreadableListError, match="Cell A1 of sheet A holds a formula"):
        list(table.blocks())


def test_when_all_are_hidden_one_must_be_named(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx", {"A": ADDRESS, "B": ADDRESS}, states={"A": "hidden", "B": "hidden"}
    )
    with pytest.raises(UnreadableListError) as caught:
        open_workbook(path)
    assert (
        str(caught.value)
        == "All sheets of a.xlsx are hidden. Show the one with your contacts, or name it: “A”, “B”."
    )
    assert open_workbook(path, "B").sheet == "B"


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("Kunden", "Kunden"),
        ("kunden", "kunden"),
        ("KUNDEN", "Kunden"),
        (" 2019 ", "2019"),
        ("2019", "2019"),
        (1, "Kunden"),
        ("1", "Kunden"),
        (2, "2019"),
        ("3", "kunden"),
        (4, "1 Straße"),
        ("1 STRASSE", "1 Straße"),
    ],
)
def test_a_sheet_by_its_name_or_number(tmp_path, wanted, chosen):
    sheets = {"Kunden": TITLES, "2019": TITLES, "kunden": TITLES, "1 Straße": TITLES}
    assert open_workbook(write_xlsx(tmp_path / "a.xlsx", sheets), wanted).sheet == chosen


@pytest.mark.parametrize("wanted", ["C", "0", "3", "-1", "1.0", "", 0, 3, -1])
def test_a_sheet_that_is_not_there_lists_those_that_are(tmp_path, wanted):
    path = write_xlsx(tmp_path / "a.xlsx", {"A": TITLES, "B": TITLES})
    with pytest.raises(UsageError) as caught:
        open_workbook(path, wanted)
    assert str(caught.value) == f"a.xlsx has no sheet “{wanted}”. Its sheets are 1 “A”, 2 “B”."


def test_of_very_many_sheets_only_some_are_listed(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {f"S{n}": EMPTY for n in range(50)})
    with pytest.raises(UsageError, match="20 “S19” and 30 more"):
        open_workbook(path, "X")


def test_chart_sheets_are_no_sheets(tmp_path):
    book = Workbook()
    book.create_chartsheet("Chart", 0).add_chart(BarChart())
    book.create_sheet("People").append(["a@b.example"])
    book.save(tmp_path / "a.xlsx")
    table = open_workbook(tmp_path / "a.xlsx")
    assert (table.sheets, table.sheet) == (("Sheet", "People"), "People")


def test_names_of_sheets_are_unescaped(tmp_path):
    parts = xlsx_parts({"Q&A <1> _x0041_": TITLES})
    assert open_workbook(write_zip(tmp_path / "a.xlsx", parts)).sheets == ("Q&A <1> A",)
