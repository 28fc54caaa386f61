"""Clean lists that are written as xlsx workbooks."""

import datetime as dt
import errno
import gc
import io
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from optoutdesk.domain.errors import OutputError
from optoutdesk.spreadsheets import xlsx_write
from optoutdesk.spreadsheets.cells import CellError
from optoutdesk.spreadsheets.table import Block, CellValue, Writer
from optoutdesk.spreadsheets.workbook import open_workbook
from optoutdesk.spreadsheets.xlsx_write import XlsxWriter, clean_title


def from_text(*rows):
    return Block(list(range(1, len(rows) + 1)), [list(row) for row in rows], [",".join(row) for row in rows])


def from_workbook(*rows):
    texts = [["" if cell is None else str(cell.value) for cell in row] for row in rows]
    return Block(list(range(1, len(rows) + 1)), texts, [list(row) for row in rows])


def write(path, block, *, title="Contacts", widths=None):
    writer: Writer = XlsxWriter(path, title, widths or {})
    writer.copy(block, range(len(block.rows)))
    writer.finish()
    return path


def written_cell(path, cell):
    return load_workbook(write(path, from_workbook([cell]))).active["A1"]


# --- what survives --------------------------------------------------------------------------------------------------


def test_values_types_formats_and_widths_survive(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Kunden 2026"
    sheet.append(["E-mail", "No.", "Since", "Total", "VIP", "Hours", "At"])
    sheet.append(
        [
            "a@b.example",
            "007",
            dt.datetime(2026, 11, 20, 9, 30),
            12.5,
            True,
            dt.timedelta(hours=36),
            dt.time(9, 30),
        ]
    )
    sheet.append(["c@d.example", 7, dt.datetime(1999, 1, 2), -3, False, dt.timedelta(0), dt.time(0, 0, 1)])
    sheet["D2"].number_format = sheet["D3"].number_format = '#,##0.00\\ "€"'
    sheet["C3"].number_format = "dddd, d. mmmm yyyy"
    sheet["B2"].number_format = "@"
    sheet.column_dimensions["A"].width = 31.5
    sheet.column_dimensions["C"].width = 18
    book.save(tmp_path / "in.xlsx")

    table = open_workbook(tmp_path / "in.xlsx")
    writer = XlsxWriter(tmp_path / "out.xlsx", table.sheet, table.column_widths)
    for block in table.blocks():
        writer.copy(block, range(len(block.rows)))
    writer.finish()

    before, after = (load_workbook(tmp_path / name).active for name in ("in.xlsx", "out.xlsx"))
    assert after.title == "Kunden 2026"
    assert [[(c.value, c.data_type, c.number_format) for c in row] for row in after.iter_rows()] == [
        [(c.value, c.data_type, c.number_format) for c in row] for row in before.iter_rows()
    ]
    assert after.column_dimensions["A"].width == 31.5
    assert after.column_dimensions["C"].width == 18
    assert "B" not in after.column_dimensions


NUMBERS = st.one_of(st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False))
FORMATS = st.sampled_from(["General", "0.00", "@", '#,##0\\ "€"', '[Red]<&>"\'"0', "0\n0"])
ANY_CELL = st.one_of(
    st.none(),
    st.builds(
        CellValue,
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20),
        FORMATS,
    ),
    st.builds(CellValue, NUMBERS, FORMATS),
    st.builds(CellValue, st.booleans(), FORMATS),
    st.builds(
        CellValue,
        st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 1, 1)).map(
            lambda moment: moment.replace(microsecond=0)
        ),
        st.sampled_from(["yyyy-mm-dd hh:mm", "d/m/yy"]),
    ),
)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(st.lists(st.lists(ANY_CELL, max_size=6), max_size=6))
def test_our_reader_gives_back_what_was_written(tmp_path_factory, rows):
    path = write(tmp_path_factory.getbasetemp() / "back.xlsx", from_workbook(*rows))

    def filled(rows):
        return {
            (number, column): cell
            for number, row in enumerate(rows, 1)
            for column, cell in enumerate(row)
            if cell is not None
        }

    blocks = list(open_workbook(path).blocks())
    found = filled(row for block in blocks for row in block.raw)
    assert found == filled(rows)
    assert [type(cell.value) for cell in found.values()] == [
        type(cell.value) for cell in filled(rows).values()
    ]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=8
    )
)
def test_any_text_is_text_to_openpyxl(tmp_path_factory, texts):
    path = write(tmp_path_factory.getbasetemp() / "text.xlsx", from_text(*[[text, "end"] for text in texts]))
    sheet = load_workbook(path).active
    found = [row[0] for row in sheet.iter_rows()]
    # openpyxl leaves Excel's escapes in texts that stand in the cell.
    assert [unescape(cell.value or "") for cell in found] == texts
    assert {cell.data_type for cell in found if cell.value} <= {"s"}


@pytest.mark.parametrize(
    "text",
    ["007", "=1+1", "=HYPERLINK(A1)", "+491701234567", "-5", "@a", "#N/A", "TRUE", "2026-11-20", "1e5", "'a"],
)
def test_cells_of_a_text_list_stay_text(tmp_path, text):
    cell = load_workbook(write(tmp_path / "a.xlsx", from_text([text]))).active["A1"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "General")


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "a\x0bb", "\x1f", "a\r\nb", "a\ufffe", "_x0041_", "_x0041_x0042_", "_x005F_", "a\tb\nc"],
)
def test_characters_that_xml_cannot_hold_come_back(tmp_path, text):
    path = write(tmp_path / "a.xlsx", from_text([text]))
    assert [row for block in open_workbook(path).blocks() for row in block.rows] == [[text]]


def test_half_a_character_is_replaced_when_it_is_read(tmp_path):
    path = write(tmp_path / "a.xlsx", from_text(["a\ud83d"]))
    assert [row for block in open_workbook(path).blocks() for row in block.rows] == [["a\ufffd"]]


def test_errors_stay_errors_and_text_like_them_stays_text(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        from_workbook([CellValue(CellError("#N/A")), CellValue("#N/A"), CellValue(CellError("Err:502"))]),
    )
    assert [(cell.value, cell.data_type) for cell in load_workbook(path).active[1]] == [
        ("#N/A", "e"),
        ("#N/A", "s"),
        ("Err:502", "s"),
    ]


@pytest.mark.parametrize(
    ("value", "expected", "number_format"),
    [
        (dt.date(2026, 11, 20), dt.datetime(2026, 11, 20), "yyyy-mm-dd"),
        (dt.datetime(2026, 11, 20, 9, 30), dt.datetime(2026, 11, 20, 9, 30), "yyyy-mm-dd hh:mm:ss"),
        (dt.time(9, 30), dt.time(9, 30), "hh:mm:ss"),
        (dt.timedelta(hours=30), dt.timedelta(hours=30), "[h]:mm:ss"),
        (dt.date(1880, 5, 1), "1880-05-01", "General"),
        (math.inf, "#NUM!", "General"),
    ],
)
def test_values_that_need_a_format_of_their_own(tmp_path, value, expected, number_format):
    cell = written_cell(tmp_path / "a.xlsx", CellValue(value))
    assert (cell.value, cell.number_format) == (expected, number_format)


def test_rows_that_are_kept_move_up_and_blank_rows_stay_blank(tmp_path):
    block = from_text(["a"], ["b"], [], ["", "", "c"])
    writer = XlsxWriter(tmp_path / "a.xlsx", "S", {})
    writer.copy(block, [0])
    writer.copy(block, [2, 3])
    writer.copy(block, [])
    writer.finish()
    assert list(load_workbook(tmp_path / "a.xlsx").active.values) == [
        ("a", None, None),
        (None, None, None),
        (None, None, "c"),
    ]


def test_a_changed_row_keeps_its_other_cells_and_the_formats(tmp_path):
    block = from_workbook([CellValue(5, "0.00"), CellValue("a@b.example; c@d.example", "@"), None])
    writer = XlsxWriter(tmp_path / "a.xlsx", "S", {})
    writer.change(block, 0, {1: "c@d.example", 2: "x", 4: "y"})
    writer.finish()
    row = load_workbook(tmp_path / "a.xlsx").active[1]
    assert [cell.value for cell in row] == [5, "c@d.example", "x", None, "y"]
    assert [cell.number_format for cell in row][:2] == ["0.00", "@"]
    assert block.raw[0][1].value == "a@b.example; c@d.example"


def test_a_changed_row_of_a_text_list(tmp_path):
    writer = XlsxWriter(tmp_path / "a.xlsx", "S", {})
    writer.change(from_text(["a@b.example, c@d.example", "007"]), 0, {0: "c@d.example"})
    writer.finish()
    assert list(load_workbook(tmp_path / "a.xlsx").active.values) == [("c@d.example", "007")]


def test_calamine_reads_it_too(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        from_workbook([CellValue("a & <b>"), CellValue(5), CellValue(dt.date(2026, 11, 20), "d/m/yy")]),
    )
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() == [
        ["a & <b>", 5, dt.date(2026, 11, 20)]
    ]


def test_the_same_list_gives_the_same_file(tmp_path):
    block = from_text(["a@b.example", "x"])
    assert write(tmp_path / "a.xlsx", block).read_bytes() == write(tmp_path / "b.xlsx", block).read_bytes()


def test_columns_beyond_z(tmp_path):
    sheet = load_workbook(write(tmp_path / "a.xlsx", from_text([str(n) for n in range(800)]))).active
    assert (sheet["AA1"].value, sheet["BM1"].value, sheet["ADT1"].value) == ("26", "64", "799")


def test_odd_widths_are_left_out(tmp_path):
    path = write(tmp_path / "a.xlsx", from_text(["a"]), widths={0: 12, 1: 0, 2: -1, 3: 500, 20_000: 5, -1: 5})
    assert set(load_workbook(path).active.column_dimensions) == {"A"}


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Contacts", "Contacts"),
        ("a/b\\c:d*e?f[g]h", "a b c d e f g h"),
        ("'quoted'", "quoted"),
        ("", "List"),
        (" '' ", "List"),
        ("x" * 40, "x" * 31),
        ("\U0001f600" * 20, "\U0001f600" * 15),
        ("history", "History list"),
        ("a\x00\nb\ud800", "a  b\ufffd"),
        ('Q&A <1> "2"', 'Q&A <1> "2"'),
    ],
)
def test_titles_are_made_such_that_excel_takes_them(tmp_path, title, clean):
    assert clean_title(title) == clean
    assert load_workbook(write(tmp_path / "a.xlsx", from_text(["a"]), title=title)).sheetnames == [clean]


# --- what does not fit ----------------------------------------------------------------------------------------------


def test_the_longest_text_fits_and_a_longer_one_is_refused_whole(tmp_path):
    path = tmp_path / "a.xlsx"
    longest = "\r" * 32_767
    write(path, from_text([longest]))
    assert [row for block in open_workbook(path).blocks() for row in block.rows] == [[longest]]
    for text in ("x" * 32_768, "\U0001f600" * 16_384):
        writer = XlsxWriter(path, "S", {})
        with pytest.raises(OutputError) as caught:
            writer.copy(from_text(["a", text]), [0])
        assert str(caught.value) == (
            "A text of 32,768 characters is too long for a cell of an Excel workbook, which holds 32,767. "
            "Save the list as CSV instead."
        )
        assert "cell B1" in caught.value.details
        writer.abort()


@pytest.mark.parametrize(("limit", "value"), [("MAX_ROWS", 2), ("MAX_COLUMNS", 1), ("_MOST_BYTES", 300)])
def test_a_list_that_is_too_large_for_a_sheet(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(xlsx_write, limit, value)
    writer = XlsxWriter(tmp_path / "a.xlsx", "S", {})
    with pytest.raises(
        OutputError, match=r"too large for a sheet of an Excel workbook. Save it as CSV instead."
    ):
        writer.copy(from_text(*[["a", "b"]] * 3), range(3))
    writer.abort()
    assert not list(tmp_path.iterdir())


# --- giving up ------------------------------------------------------------------------------------------------------


def test_giving_up_leaves_nothing(tmp_path):
    writer = XlsxWriter(tmp_path / "a.xlsx", "S", {})
    writer.copy(from_text(["a"]), [0])
    writer.abort()
    writer.abort()
    assert not list(tmp_path.iterdir())


def test_what_is_finished_is_not_given_up(tmp_path):
    writer = XlsxWriter(tmp_path / "a.xlsx", "S", {})
    writer.finish()
    writer.abort()
    assert load_workbook(tmp_path / "a.xlsx").sheetnames == ["S"]


class FullDisk(io.FileIO):
    """A file on a disk that is full after some bytes."""

    room = 0

    def write(self, data):
        if self.tell() + len(data) > FullDisk.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.99, 0.9999])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch, share):
    block = from_text(*[[f"user{n}@example.org", str(n * n * n)] for n in range(4_000)])

    def write_all():
        writer = XlsxWriter(tmp_path / "a.xlsx", "S", {0: 20})
        try:
            for start in range(0, 4_000, 100):
                writer.copy(block, range(start, start + 100))
            writer.finish()
        except BaseException:
            writer.abort()
            raise

    write_all()
    monkeypatch.setattr(FullDisk, "room", int(share * (tmp_path / "a.xlsx").stat().st_size))
    monkeypatch.setattr(Path, "open", lambda path, mode: io.BufferedWriter(FullDisk(path, mode), 64))
    with pytest.raises(OSError, match="No space left") as caught:
        write_all()
    assert caught.value.errno == errno.ENOSPC
    caught = None
    gc.collect()  # what was left open would complain now
    assert not list(tmp_path.iterdir())
