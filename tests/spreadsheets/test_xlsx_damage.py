"""Workbooks that are damaged, or made to do harm: each is refused with a sentence, none fills the memory."""

import random
import struct
import time
import zipfile

import pytest
from odd_workbooks import MAIN, rows_or_sentence, sheet_xml, text_cell, write_xlsx, write_zip, xlsx_parts

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets import cells, xlsx_sheet
from optoutdesk.spreadsheets.workbook import open_workbook

DAMAGED = "a.xlsx is damaged or was not copied whole. Open it in Excel or LibreOffice, save it under a new name, and try again."
TOO_BIG = "a.xlsx holds far more than any contact list does, so it is not read."
ROW = f'<row r="1">{text_cell("A1", "jane@example.org")}</row>'
SHEET = "xl/worksheets/sheet1.xml"


def read(path):
    return [row for block in open_workbook(path).blocks() for row in block.rows]


def refused(path):
    with pytest.raises(UnreadableListError) as caught:
        read(path)
    sentence = str(caught.value)
    assert not any(
        word in sentence.lower() for word in ("xml", "zip file is", "error", "exception", "traceback")
    )
    return caught.value


@pytest.fixture
def with_part(tmp_path):
    """Writes a workbook in which one part is something else."""

    def write(name, content):
        return write_zip(tmp_path / "a.xlsx", xlsx_parts(ROW, strings="<si><t>a</t></si>") | {name: content})

    return write


# --- formulas without results ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C7"><f>A1</f></c>',
        '<c r="C7"><f>A1</f><v/></c>',
        '<c r="C7"><f>A1</f><v></v></c>',
        '<c r="C7" t="str"><f>A1</f></c>',
        '<c r="C7" s="1"><f t="shared" si="0"/></c>',
    ],
)
def test_a_formula_without_a_result_is_named(tmp_path, cell):
    path = write_xlsx(tmp_path / "a.xlsx", {"My list": sheet_xml(f'{ROW}<row r="7">{cell}</row>')})
    assert str(refused(path)) == (
        "Cell C7 of sheet My list holds a formula without a result; open the workbook in Excel or LibreOffice, "
        "save it, and try again."
    )


# --- cells and rows that cannot be ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="1"><v>1</v></c></row>',
        '<row r="1"><c r=""><v>1</v></c></row>',
        '<row r="11"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="XFD1"/><c><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="-1"><c r="A-1"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="99999999999999999999"/>',
        '<row r="one"/>',
        '<row r="2"/><row r="1"/>',
        '<row r="2"/><row r="2"/>',
        '<row r="1048576"/><row/>',
        '<c r="A1"><v>1</v></c>',
        "<c><v>1</v></c>",
        '<row r="1"/><c r="A1"><v>1</v></c>',
    ],
)
def test_a_place_that_cannot_be(tmp_path, rows):
    error = refused(write_xlsx(tmp_path / "a.xlsx", rows))
    assert str(error) == DAMAGED
    assert error.details


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>1</v></c>',
        '<c r="A1" t="s"><v>-1</v></c>',
        '<c r="A1" t="s"><v>0.0</v></c>',
        '<c r="A1" t="s"><v>²</v></c>',
        '<c r="A1" t="s"><v>99999999999999999999</v></c>',
        '<c r="A1"><v>jane</v></c>',
        '<c r="A1"><v>1_0</v></c>',
        '<c r="A1"><v>NaN</v></c>',
        '<c r="A1"><v>1e999</v></c>',
        f'<c r="A1"><v>{"9" * 5000}</v></c>',
        '<c r="A1"><is><t>jane</t></is></c>',
        '<c r="A1" t="b"><v>yes</v></c>',
        '<c r="A1" t="x"><v>1</v></c>',
    ],
)
def test_a_value_that_cannot_be(tmp_path, cell):
    path = write_xlsx(tmp_path / "a.xlsx", f'<row r="1">{cell}</row>', strings="<si><t>a</t></si>")
    assert str(refused(path)) == DAMAGED


@pytest.mark.parametrize(
    "rows",
    [
        f'<mc:AlternateContent xmlns:mc="http://x">{ROW}</mc:AlternateContent>',
        '<row r="1"><x:c xmlns:x="http://x" r="A1"/></row>',
        '<row r="1"><c r="A1"><w/></c></row>',
        '<row r="1"><c r="A1"><extLst><ext><v>1</v></ext></extLst></c></row>',
    ],
)
def test_what_is_not_known_among_the_cells_is_not_passed_over(tmp_path, rows):
    assert str(refused(write_xlsx(tmp_path / "a.xlsx", rows))) == DAMAGED


def test_what_stands_around_the_cells_is(tmp_path):
    xml = sheet_xml(
        ROW, before="<sheetPr><tabColor/></sheetPr>", after="<c/><extLst><ext><row/></ext></extLst>"
    )
    with pytest.raises(UnreadableListError):
        read(write_xlsx(tmp_path / "a.xlsx", {"S": xml}))
    xml = sheet_xml(
        ROW, before="<sheetPr><tabColor/></sheetPr>", after="<mergeCells/><extLst><ext/></extLst>"
    )
    assert read(write_xlsx(tmp_path / "a.xlsx", {"S": xml})) == [["jane@example.org"]]


# --- parts ----------------------------------------------------------------------------------------------------------


def test_a_workbook_without_sheets(tmp_path):
    assert str(refused(write_xlsx(tmp_path / "a.xlsx", {}))).startswith(
        "The workbook a.xlsx has no sheet with cells."
    )


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml", SHEET]
)
@pytest.mark.parametrize(
    "content",
    [
        "",
        "<",
        "<a><b></a>",
        "text",
        "<a>&unknown;</a>",
        b"\xff\xfe\x00",
        '<?xml version="1.0" encoding="idna"?><a/>',
    ],
)
def test_malformed_parts(with_part, name, content):
    assert str(refused(with_part(name, content))) == DAMAGED


@pytest.mark.parametrize(
    "xml",
    [f'<worksheet xmlns="{MAIN}"/>', f'<chartsheet xmlns="{MAIN}"/>', "<worksheet><sheetData/></worksheet>"],
)
def test_a_sheet_that_is_none_is_not_taken_for_an_empty_one(with_part, xml):
    assert str(refused(with_part(SHEET, xml))) == DAMAGED


def test_a_missing_sheet(tmp_path):
    parts = xlsx_parts(ROW)
    del parts[SHEET]
    assert str(refused(write_zip(tmp_path / "a.xlsx", parts))) == DAMAGED


def test_a_part_that_is_there_twice_is_ambiguous(tmp_path):
    parts = xlsx_parts(ROW)
    path = write_zip(tmp_path / "a.xlsx", parts)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET.upper(), sheet_xml(""))
    assert str(refused(path)) == DAMAGED


@pytest.mark.parametrize(
    "target", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "C:\\x.xml", ""]
)
def test_a_target_outside_leads_nowhere(with_part, target):
    relations = xlsx_parts(ROW)["xl/_rels/workbook.xml.rels"].replace("worksheets/sheet1.xml", target)
    assert str(refused(with_part("xl/_rels/workbook.xml.rels", relations))) == DAMAGED


def test_entries_with_climbing_names_are_never_put_on_disk(tmp_path):
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    path = write_zip(folder / "a.xlsx", xlsx_parts(ROW) | {"../../evil.txt": "x", "/evil.txt": "x"})
    before = set(tmp_path.rglob("*"))
    assert read(path) == [["jane@example.org"]]
    assert set(tmp_path.rglob("*")) == before


def test_an_extra_part_of_any_size_is_not_opened(with_part):
    assert read(with_part("xl/media/image1.png", b"\0" * 60_000_000)) == [["jane@example.org"]]


# --- definitions ----------------------------------------------------------------------------------------------------

BOMB = (
    '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "doctype",
    [BOMB, '<!DOCTYPE a SYSTEM "file:///etc/passwd">', '<!DOCTYPE a [<!ENTITY e SYSTEM "http://x/">]>'],
)
@pytest.mark.parametrize(
    "name",
    [
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        SHEET,
    ],
)
def test_definitions_are_refused_in_every_part(with_part, name, doctype):
    content = xlsx_parts(ROW, strings="<si><t>a</t></si>")[name]
    error = refused(with_part(name, doctype + content))
    assert str(error).startswith("a.xlsx contains definitions that no spreadsheet program writes")


# --- zip files ------------------------------------------------------------------------------------------------------


def test_a_truncated_file(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", ROW)
    whole = path.read_bytes()
    for size in range(4, len(whole), 97):
        path.write_bytes(whole[:size])
        assert str(refused(path)) == DAMAGED


def test_corrupted_data(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx",
        "".join(f'<row r="{n}">{text_cell(f"A{n}", str(n * n))}</row>' for n in range(1, 900)),
    )
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(SHEET).header_offset
    content[start + 1200 : start + 1300] = bytes(100)
    path.write_bytes(content)
    assert str(refused(path)) == DAMAGED


def test_a_zip_with_a_password(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", ROW)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            content[at + offset] |= 1
    path.write_bytes(content)
    assert str(refused(path)) == (
        "The workbook a.xlsx is protected by a password. Open it with the password, save it without one, and try again."
    )


@pytest.mark.parametrize("method", [9, 12, 14, 99])
def test_another_way_of_compression(tmp_path, method):
    path = write_xlsx(tmp_path / "a.xlsx", ROW)
    content = bytearray(path.read_bytes())
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 10] = method
    path.write_bytes(content)
    assert str(refused(path)) == DAMAGED


def test_a_name_in_no_encoding(tmp_path):
    path = write_zip(tmp_path / "a.xlsx", xlsx_parts(ROW) | {"xl/é": ""})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    assert str(refused(path)) == DAMAGED


@pytest.mark.parametrize("name", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_zip_bomb_is_refused_at_once(with_part, name):
    path = with_part(name, b" " * 60_000_000)
    start = time.perf_counter()
    assert str(refused(path)).startswith(TOO_BIG)
    assert time.perf_counter() - start < 1


def test_a_bomb_that_lies_about_its_size(with_part):
    path = with_part(SHEET, sheet_xml(ROW).encode() + b" " * 60_000_000)
    content = bytearray(path.read_bytes())
    size = struct.pack("<I", 60_000_000 + len(sheet_xml(ROW)))
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, struct.pack("<I", len(sheet_xml(ROW)))))
    assert str(refused(path)) == DAMAGED


def test_a_full_sheet_of_dull_rows_is_no_bomb(tmp_path):
    row = '<row><c t="s"><v>{}</v></c>' + '<c t="s"><v>0</v></c>' * 65 + "</row>"
    rows = "".join(row.format(n) for n in range(40_000))
    assert len(rows) > 50 << 20
    path = write_xlsx(
        tmp_path / "a.xlsx", rows, strings="".join(f"<si><t>u{n}@example.org</t></si>" for n in range(40_000))
    )
    assert next(open_workbook(path).blocks()).rows[7][:2] == ["u7@example.org", "u0@example.org"]


@pytest.mark.parametrize("bomb", ["<!--{}-->", '<a b="{}"/>', "<?a {}?>"])
def test_a_tag_without_end_is_not_collected(with_part, bomb):
    content = sheet_xml(ROW, after=bomb.format("".join(map(str, range(500_000)))))
    assert str(refused(with_part(SHEET, content))).startswith(TOO_BIG)


@pytest.mark.parametrize("element", ["a", "c", "v", "row", "t", "f", "is", "r", "rPh", "si", "sheetData"])
@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", SHEET])
def test_elements_without_end_in_each_other_are_not_collected(with_part, name, element):
    content = xlsx_parts(ROW, strings="<si><t>a</t></si>")[name]
    start, end = content[: content.index(">") + 1], content[content.rindex("<") :]
    deep = f"<{element}>" * 20_000 + f"</{element}>" * 20_000
    if name == SHEET:
        deep = f'<sheetData><row r="1">{deep}</row></sheetData>'
    error = refused(with_part(name, start + deep + end))
    assert str(error) == DAMAGED
    assert "Expat" not in error.details


@pytest.mark.parametrize("name", [SHEET, "xl/sharedStrings.xml"])
@pytest.mark.parametrize("runs", [1, 300])
def test_a_text_without_end_is_not_collected(with_part, monkeypatch, name, runs):
    monkeypatch.setattr(cells, "_LONGEST_TEXT", 100_000)
    text = f"<r><t>{'ab' * 80_000}</t></r>" if runs == 1 else "<r><t>abc</t></r>" * 60_000
    shared = f'<sst xmlns="{MAIN}"><si>{text}</si></sst>'
    sheet = sheet_xml(f'<row r="1"><c r="A1" t="inlineStr"><is>{text}</is></c></row>')
    use = sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    path = with_part(name, sheet if name == SHEET else shared)
    if name != SHEET:
        path = write_zip(path, xlsx_parts({"S": use}, strings="") | {name: shared})
    assert str(refused(path)).startswith(TOO_BIG)


def test_strings_without_end_are_not_collected(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_sheet, "_MOST_STRINGS", 1_000)
    assert str(refused(write_xlsx(tmp_path / "a.xlsx", ROW, strings="<si/>" * 20_000))).startswith(TOO_BIG)


def test_cells_strewn_over_millions_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "_MOST_CELLS", 1_000_000)
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 200))
    assert str(refused(write_xlsx(tmp_path / "a.xlsx", rows))).startswith(TOO_BIG)


# --- anything -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_no_damage_to_the_file_crashes_the_reader(tmp_path, seed):
    path = write_xlsx(tmp_path / "a.xlsx", ROW, strings="<si><t>a</t></si>")
    whole = path.read_bytes()
    chance = random.Random(seed)
    for _ in range(250):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            content[chance.randrange(4, len(content))] = chance.choice([0, 1, 0xFF, chance.randrange(256)])
        path.write_bytes(content)
        # Whatever is read after all is what was written: the zip's checksums see to it.
        outcome = rows_or_sentence(path)
        assert outcome == [["jane@example.org"]] or outcome.endswith(".")


@pytest.mark.parametrize(
    "name",
    [
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/sharedStrings.xml",
        SHEET,
    ],
)
def test_no_damage_within_a_part_crashes_the_reader(tmp_path, name):
    row = '<row r="1"><c r="A1" t="s" s="1"><v>0</v></c><c r="B1" s="1"><v>46346.5</v></c><c r="C1" t="b"><v>1</v></c></row>'
    parts = xlsx_parts(
        ROW.replace('r="1"', 'r="2"').replace("A1", "A2").join([row, ""]),
        strings="<si><t>a_x0041_</t></si>",
        formats=["General", "d/m/yy"],
    )
    content = parts[name].encode()
    chance = random.Random(name)
    for _ in range(60):
        odd = bytearray(content)
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(len(odd))
            odd[at : at + chance.randrange(0, 4)] = chance.choice(
                [b"", b"0", b"-", b"9999999", b"<", b'"', b"\xff", b"Z"]
            )
        outcome = rows_or_sentence(write_zip(tmp_path / "a.xlsx", parts | {name: bytes(odd)}))
        assert isinstance(outcome, list) or outcome.endswith(".")
