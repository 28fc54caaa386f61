"""Text lists are read record by record at any block border, and kept rows leave as the very bytes they were."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optoutdesk.desk import Desk
from optoutdesk.domain.address import read_cell
from optoutdesk.domain.cleaning import Reason, Rules
from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.services.clean_list import CleanList, ListFile, Outputs, Plan, Result
from optoutdesk.settings import Settings, save_settings
from optoutdesk.spreadsheets import text as module
from optoutdesk.spreadsheets.text import TextTable

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
SUPPRESSED = "sup@x.example"
AT_DOMAIN = "bo@mail.gone.example"


@dataclass
class Bench:
    """A desk on which two entries stand, and fresh files to clean."""

    desk: Desk
    folder: Path
    numbers: Iterator[int]

    def file(self, content: bytes | str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        folder = self.folder / str(next(self.numbers))
        folder.mkdir()
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def clean(self, source: Path | ListFile, **rules: bool) -> tuple[Result, bytes, list[list[str]]]:
        """The result, the bytes of the clean list, the removed rows as a spreadsheet program reads them."""
        service: CleanList = self.desk.clean_list
        plan = Plan(service.open(source) if isinstance(source, Path) else source, None, Rules(**rules))
        outputs: Outputs = service.default_outputs(plan)
        _, result, _ = service.clean(plan, outputs, by="Ana", now=NOW, overwrite=True)
        removed = outputs.removed.read_bytes().decode("utf-8-sig")
        return result, outputs.clean.read_bytes(), list(csv.reader(io.StringIO(removed, newline="")))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("text")
    save_settings(folder / "data" / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    desk = Desk(folder / "data", now=lambda: NOW)
    service = desk.record_optout
    service.record(
        service.parse([SUPPRESSED, "*@gone.example"]), service.received(NOW, NOW), now=NOW, by="Ana"
    )
    yield Bench(desk, folder, count())
    desk.close()


# --- records, whatever the bytes are --------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *('"', '"', '""', ",", ",", ",", ";", "\t", "|", "\r\n", "\r\n", "\n", "\n", "\r", "\n\n", " "),
        *("a", "Name", "Email", "é", "\x81", "\x8d", "Ã©", "'", "=1+1", "\x85", "\x0c"),
        *(SUPPRESSED, AT_DOMAIN, "ok@ok.example", "Ok@OK.example", "b@b.example", "c@@c.example"),
        *(
            '"a\nb"',
            '"a,b"',
            '"x""y"',
            '" , "',
            'x"y',
            '"x"y',
            f'"Jo" <{SUPPRESSED}>',
            f'"\r\n{SUPPRESSED}\r\n"',
        ),
    ]
)
LINES = st.sampled_from(
    [
        *("Name,Email\r\n", "Name;Email;Note\n", '"Name","Email"\n', "ok@ok.example\n", "\r\n"),
        *(
            f"Ann,{SUPPRESSED}\r\n",
            f'Ann,"{SUPPRESSED}"\n',
            f"Ann;{AT_DOMAIN};x\r",
            f"x,b@b.example,{SUPPRESSED}\n",
        ),
        *(
            '"Ann\n',
            'Bo",bo@b.example\n',
            f'"Ann",ann@a.example,"x\n{SUPPRESSED},y"\n',
            '"Do, Jo",jo@j.example\n',
        ),
        *('Ann,5" disk,\n', f'"Ann, b@b.example\nBo ""B"" , {SUPPRESSED}\n', 'C",c@c.example\n'),
    ]
)
MESS = st.lists(PIECES | LINES, max_size=24).map("".join)
TABLES = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["", "Name,Email\n", "Name,Email,Note\r\n", f"Title\n{SUPPRESSED}\nName,Email\n", "Email\n"]
    ),
    st.lists(LINES | st.builds("n,{}\n".format, MESS), max_size=8).map("".join),
    st.sampled_from(["", "d,d@d.example", "\r\n", '"']),
)
ENCODINGS = {
    "latin-1": b"",
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Bytes of a text list: every encoding with and without its mark (UTF-16 with), or two encodings mixed."""
    text = draw(MESS | TABLES)
    encoding = draw(st.sampled_from(["latin-1", "utf-8", "utf-8", "utf-16-le", "utf-16-be", "mixed"]))
    if encoding == "mixed":
        middle = len(text) // 2
        return codecs.BOM_UTF8 + text[:middle].encode("utf-8") + text[middle:].encode("latin-1")
    marked = encoding.startswith("utf-16") or draw(st.booleans())
    return (ENCODINGS[encoding] if marked else b"") + text.encode(encoding)


def decoded(table: TextTable, data: bytes) -> tuple[str, str]:
    """A file's byte order mark and its text, one character a byte unless it is UTF-16."""
    wide = table.encoding.startswith("utf-16")
    text = data.decode(table.encoding if wide else "latin-1")
    mark = "\ufeff" if wide else "\xef\xbb\xbf"
    return (mark, text.removeprefix(mark)) if text.startswith(mark) else ("", text)


def records(table: TextTable, data: bytes) -> list[tuple[int, list[str], str]]:
    """Every record by the plain csv module: the number of its first line, its cells, its text."""
    mark, text = decoded(table, data)
    lines = io.StringIO(text, newline="").readlines()
    found: list[tuple[int, list[str], str]] = []
    if table.delimiter is None:
        found = [
            (n, [cell] if (cell := line.rstrip("\r\n")) else [], line) for n, line in enumerate(lines, 1)
        ]
    else:
        reader = csv.reader(lines, delimiter=table.delimiter)
        start = 0
        for row in reader:
            found.append((start + 1, row, "".join(lines[start : reader.line_num])))
            start = reader.line_num
    if found:
        found[0] = (found[0][0], found[0][1], mark + found[0][2])
    return found


def left_open(table: TextTable, data: bytes) -> bool:
    """Whether the text ends within quotation marks, by a parser of five states."""
    if table.delimiter is None:
        return False
    state = "start"
    for character in decoded(table, data)[1]:
        if state == "quoted":
            state = "closed" if character == '"' else state
        elif character in ("\r", "\n", table.delimiter):
            state = "start"
        elif character == '"' and state in ("start", "closed"):
            state = "quoted"
        else:
            state = "field"
    return state == "quoted"


def opened(path: Path) -> TextTable:
    """A table, where the file is one at all."""
    try:
        return TextTable(path)
    except UnreadableListError:
        assume(False)
        raise AssertionError from None


@settings(max_examples=300, deadline=None)
@given(data=files(), block_size=st.sampled_from([1, 2, 3, 7, 64, 1 << 18]))
def test_records_are_the_csv_parser_s_own_and_all_bytes_are_kept(
    bench: Bench, data: bytes, block_size: int
) -> None:
    path = bench.folder / "records.csv"
    path.write_bytes(data)
    tapped: list[bytes] = []
    with patch.object(module, "BLOCK_SIZE", block_size):
        table = opened(path)
        if left_open(table, data):
            with pytest.raises(UnreadableListError, match="a quotation mark opens that is never closed"):
                list(table.blocks())
            return
        blocks = list(table.blocks(tapped.append))
    assert b"".join(tapped) == data
    assert table.to_bytes("".join(raw for block in blocks for raw in block.raw)) == data
    expected = records(table, data)
    assert [row for block in blocks for row in block.rows] == [cells for _, cells, _ in expected]
    assert [number for block in blocks for number in block.numbers] == [number for number, _, _ in expected]
    assert [raw for block in blocks for raw in block.raw] == [text for _, _, text in expected]
    several = [block.numbers[position] for block in blocks for position in block.several_lines]
    assert several == [n for n, _, raw in expected if len(io.StringIO(raw, newline="").readlines()) > 1]


# --- a whole clean against a slow model -----------------------------------------------------------------------------


def barred(cell: str) -> bool:
    """Whether an address in a cell is one of those on the desk."""
    keys = [address.key for address in read_cell(cell).addresses]
    return any(key == SUPPRESSED or key.endswith(("@gone.example", ".gone.example")) for key in keys)


def kept_by_a_slow_model(source: ListFile, data: bytes) -> list[str]:
    """The texts of the records that stay, judged one by one with nothing but sets."""
    table, layout = source.table, source.layout
    assert isinstance(table, TextTable)
    seen: set[str] = set()
    kept: list[str] = []
    for number, row, raw in records(table, data):
        cells = [table.decode(cell) for cell in row]
        if number < layout.first_row or row in ([], [""]):
            if not any(map(barred, cells)):
                kept.append(raw)
            continue
        over = cells[layout.width :]
        spanning = [cell for cell in cells if "\n" in cell or "\r" in cell]
        judged = [cells[column] for column in layout.address_columns if column < len(cells)]
        # A row of several lines may be rows glued together: nobody suppressed may stand anywhere in it.
        if any(map(barred, [*judged, *over, *(cells if spanning else ())])):
            continue
        if (
            layout.header_row is not None
            and (len(row) < layout.width or any(row[layout.width :]))
            and any("@" in c for c in spanning)
        ):
            continue
        readings = [read_cell(cell) for cell in judged]
        keys = {address.key for reading in readings for address in reading.addresses}
        if any(
            reading.problem and not (keys and "@" not in cell)
            for cell, reading in zip(judged, readings, strict=True)
        ):
            continue
        if not keys or keys <= seen:
            continue
        seen |= keys
        kept.append(raw)
    return kept


def seen_by_others(source: ListFile, output: str) -> Iterator[str]:
    """What stands in the address columns for the csv parser, and for one that takes every line for a row."""
    table = source.table
    assert isinstance(table, TextTable)
    lines = io.StringIO(output, newline="").readlines()
    delimiter = table.delimiter or "\0"
    for row in csv.reader(lines, delimiter=delimiter):
        yield from [
            table.decode(row[column]) for column in source.layout.address_columns if column < len(row)
        ]
    for line in lines:
        row = next(csv.reader([line], delimiter=delimiter))
        for column in source.layout.address_columns:
            if column < len(row) and row[column].strip(" '\"\r\n").lower() in (SUPPRESSED, AT_DOMAIN):
                yield table.decode(row[column])


@settings(max_examples=200, deadline=None)
@given(data=files(), block_size=st.sampled_from([5, 1 << 18]))
def test_a_clean_keeps_bytes_and_lets_nobody_suppressed_through(
    bench: Bench, data: bytes, block_size: int
) -> None:
    path = bench.folder / "clean.csv"
    path.write_bytes(data)
    with patch.object(module, "BLOCK_SIZE", block_size):
        try:
            source = bench.desk.clean_list.open(path)
            result, output, removed = bench.clean(source)
        except UnreadableListError:
            assume(False)
    table = source.table
    assert isinstance(table, TextTable)
    kept = kept_by_a_slow_model(source, data)
    mark, _ = decoded(table, data)
    expected = "".join(kept)
    assert output == table.to_bytes((mark if expected else "") + expected.removeprefix(mark))
    assert result.rows - result.kept == len(removed) - 1
    assert not any(map(barred, seen_by_others(source, decoded(table, output)[1])))


# --- the ways of real files -----------------------------------------------------------------------------------------


def test_rows_that_stay_keep_quoting_line_ends_and_blank_lines(bench: Bench) -> None:
    kept = (
        b'\xef\xbb\xbf"Name";"E-mail";Note\r\n\r\n"Ann \n\r ""A""";ann@a.example;"5"" disk"\r\n'
        b'Bo "the" B;"bo@b.example" ;x"y\nCy;cy@c.example;\xe9\x81\x8d\xc3\xa9\r'
    )
    path = bench.file(kept + b"Su;sup@x.example;\n;;\n;dy@d.example;  ")
    _, output, removed = bench.clean(path)
    assert output == kept + b";dy@d.example;  "
    assert [row[:4] for row in removed[1:]] == [
        ["8", "Opted out", "24 Nov 2026 · all mail", SUPPRESSED],
        ["9", "No address", "no address in this row", ""],
    ]


@pytest.mark.parametrize(
    ("encoding", "mark", "name"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "UTF-8"),
        ("cp1252", b"", "Windows-1252"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(
    bench: Bench, encoding: str, mark: bytes, name: str, delimiter: str
) -> None:
    rows = [
        ["Vorname", "E-Mail"],
        ["José", "jose@j.example"],
        ["Su", SUPPRESSED],
        ["Zoë, Frau", "zoe@z.example"],
    ]
    lines = [
        delimiter.join(row if delimiter != "," else [f'"{cell}"' for cell in row]) + "\r\n" for row in rows
    ]
    path = bench.file(mark + "".join(lines).encode(encoding))
    table = TextTable(path)
    assert (table.encoding_name, table.delimiter) == (name, delimiter)
    _, output, removed = bench.clean(path)
    assert output == mark + "".join([*lines[:2], lines[3]]).encode(encoding)
    assert removed[1][4:] == ["Su", SUPPRESSED]


@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")])
@pytest.mark.parametrize("after", [0, 1, 2, 3, 4, 5, 60_000])
def test_the_first_accent_may_come_late(bench: Bench, encoding: str, name: str, after: int) -> None:
    text = f"Email\n{'bo@b.example' + chr(10) * 52:s}" * 5000
    text = text[: (1 << 19) - 1 - after - len("é".encode(encoding))]
    assert TextTable(bench.file(f"{text}é{'x' * after}\n", encoding=encoding)).encoding_name == name


def test_only_so_much_of_a_list_is_held_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_SIZE", 64)
    monkeypatch.setattr(module, "MAX_RECORD", 2000)
    monkeypatch.setattr(module, "_MAX_LINES", 100)
    head = "Name,Email\nBo,bo@b.example\n"
    for content, says in (
        (f"{'x' * 3000}\n", "has a line of more than"),
        (f'"{("x" * 99 + chr(10)) * 30}",bo@b.example\n', "In line 3 of"),
        (f'"{"x" + chr(10) * 200}",bo@b.example\n', "In line 3 of"),
    ):
        with pytest.raises(UnreadableListError, match=says):
            list(TextTable(bench.file(head + content)).blocks())
    for content in (f"{'x' * 1800}\n" * 3, f'"{("x" * 99 + chr(10)) * 15}",bo@b.example\n' * 3):
        assert sum(len(block.rows) for block in TextTable(bench.file(head + content)).blocks()) == 5


def test_a_cell_of_seventeen_megabytes_is_none(bench: Bench) -> None:
    path = bench.file(f'Name,Email\n"{("x" * (1 << 20) + chr(10)) * 17}",bo@b.example\n')
    with pytest.raises(UnreadableListError, match="In line 2 of"):
        list(TextTable(path).blocks())


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_the_byte_order_mark_belongs_to_the_file_and_outlives_its_first_row(
    bench: Bench, mark: bytes
) -> None:
    encoding = next(name for name, bom in ENCODINGS.items() if bom == mark)
    path = bench.file(mark + f'"Doe, Su",{SUPPRESSED}\nBo,bo@b.example\n'.encode(encoding))
    _, output, removed = bench.clean(path)
    assert output == mark + "Bo,bo@b.example\n".encode(encoding)
    assert removed[1][3:] == [SUPPRESSED, "Doe, Su", SUPPRESSED]


def test_the_byte_order_mark_stays_when_the_first_row_loses_an_address(bench: Bench) -> None:
    path = bench.file(codecs.BOM_UTF8 + f"{SUPPRESSED};bo@b.example|Bo\ncy@c.example|Cy\n".encode())
    _, output, _ = bench.clean(path, drop_address_only=True)
    assert output == codecs.BOM_UTF8 + b"bo@b.example|Bo\ncy@c.example|Cy\n"


def test_a_byte_order_mark_before_a_quoted_cell_of_two_lines_changes_no_record(bench: Bench) -> None:
    path = bench.file(codecs.BOM_UTF8 + f'"Name\nin full",Email\nSu,{SUPPRESSED}\nBo,bo@b.example\n'.encode())
    source = bench.desk.clean_list.open(path)
    assert [column.name for column in source.layout.columns] == ["Name in full", "Email"]
    _, output, _ = bench.clean(source)
    assert output == codecs.BOM_UTF8 + b'"Name\nin full",Email\nBo,bo@b.example\n'


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", ""])
def test_a_last_line_without_its_end_stays_without(bench: Bench, ending: str) -> None:
    path = bench.file(f"Name,Email\rSu,{SUPPRESSED}\r\nBo,bo@b.example{ending}")
    assert bench.clean(path)[1] == f"Name,Email\rBo,bo@b.example{ending}".encode()


def test_a_quotation_mark_alone_in_the_last_line_is_an_open_one(bench: Bench) -> None:
    path = bench.file('Name,Email\nBo,bo@b.example\n"')
    with pytest.raises(UnreadableListError, match=r"In line 3 of list\.csv a quotation mark opens"):
        bench.clean(path)


def test_excel_s_line_that_names_the_delimiter_is_obeyed_and_kept(bench: Bench) -> None:
    path = bench.file(f"sep=|\r\nName,x|Email\r\nSu,x|{SUPPRESSED}\r\nBo,x|bo@b.example\r\n")
    table = TextTable(path)
    assert (table.delimiter, table.announced) == ("|", True)
    assert bench.clean(path)[1] == b"sep=|\r\nName,x|Email\r\nBo,x|bo@b.example\r\n"


def test_a_quotation_mark_cannot_be_the_delimiter(bench: Bench) -> None:
    path = bench.file(f'sep="\nName,Email\nSu,{SUPPRESSED}\nBo,bo@b.example\n')
    assert TextTable(path).delimiter == ","
    assert bench.clean(path)[1] == b'sep="\nName,Email\nBo,bo@b.example\n'


def test_a_plain_list_of_addresses_has_no_delimiter(bench: Bench) -> None:
    path = bench.file(
        f"bo@b.example\n{SUPPRESSED.upper()}\n\nDoe, Jo <jo@j.example>\ncy@c.example\n", "list.txt"
    )
    assert TextTable(path).delimiter is None
    result, output, removed = bench.clean(path)
    assert output == b"bo@b.example\n\nDoe, Jo <jo@j.example>\ncy@c.example\n"
    assert (result.rows, removed[1][0]) == (4, "2")


def test_names_with_commas_before_addresses_in_angle_brackets_make_no_table(bench: Bench) -> None:
    lines = [
        "Doe, Jane <jane@j.example>",
        "bo@b.example",
        f"Su <{SUPPRESSED}>",
        "Cy <cy@c.example>",
        "dy@d.example",
    ]
    path = bench.file("\n".join(lines), "list.txt")
    assert TextTable(path).delimiter is None
    assert bench.clean(path)[1].decode() == "\n".join([*lines[:2], *lines[3:]])


def test_one_quoted_column_is_read_as_quoted(bench: Bench) -> None:
    path = bench.file(f'"E-mail"\n"bo@b.example"\n"{SUPPRESSED}"\n"Doe, Jo <jo@j.example>"\n')
    assert bench.clean(path)[1] == b'"E-mail"\n"bo@b.example"\n"Doe, Jo <jo@j.example>"\n'


def test_a_header_is_found_below_titles_and_everything_above_stays(bench: Bench) -> None:
    above = "Mill Street Pottery\nExported by owner@mill.example\n\nName,Phone,E-mail\n"
    path = bench.file(f"{above}Su,1,{SUPPRESSED}\nBo,2,bo@b.example\n")
    source = bench.desk.clean_list.open(path)
    assert (source.layout.header_row, source.layout.first_row) == (4, 5)
    result, output, _ = bench.clean(source)
    assert output == f"{above}Bo,2,bo@b.example\n".encode()
    assert (result.rows, result.kept) == (2, 1)


@pytest.mark.parametrize(
    "title",
    [
        f"Exported by {SUPPRESSED}",
        f'"Exported by {SUPPRESSED}",,',
        f"{AT_DOMAIN},,",
        "Exported by sup\uff20x.example,",
        f"{SUPPRESSED},owner@mill.example,more@mill.example,and@mill.example",
        f"and@mill.example,,,,{SUPPRESSED}",
    ],
)
def test_a_title_with_a_suppressed_address_goes(bench: Bench, title: str) -> None:
    path = bench.file(f"Spring fair\n{title}\nName,Email\nAnn,ann@a.example\nBo,bo@b.example\n")
    assert bench.clean(path)[1] == b"Spring fair\nName,Email\nAnn,ann@a.example\nBo,bo@b.example\n"


@pytest.mark.parametrize("over", [SUPPRESSED, f"x,{SUPPRESSED}", f'"Su, {SUPPRESSED}"', "sup\uff20x.example"])
@pytest.mark.parametrize("others", [0, 5, 500])
def test_a_suppressed_address_that_hangs_over_the_header_s_width_takes_its_row_along(
    bench: Bench, over: str, others: int
) -> None:
    rows = "".join(f"n,a{n}@a.example,extra\n" for n in range(others))
    path = bench.file(
        f"Name,Email\n{rows}Do, Jo,b@b.example,{over}\nBo,bo@b.example,{over}\nCy,cy@c.example\n"
    )
    result, output, _ = bench.clean(path)
    assert output == f"Name,Email\n{rows}Cy,cy@c.example\n".encode()
    assert result.elsewhere == 0


def test_an_export_without_any_header_is_all_people(bench: Bench) -> None:
    lines = [f"a{n}@a.example,2026-0{n}-01T00:00:00Z,BOUNCE\n" for n in range(1, 5)]
    path = bench.file(f"{SUPPRESSED},2026-01-01T00:00:00Z,COMPLAINT\n{''.join(lines)}")
    source = bench.desk.clean_list.open(path)
    assert (source.layout.header_row, source.layout.first_row) == (None, 1)
    assert bench.clean(source)[1] == "".join(lines).encode()


def test_a_list_without_a_header_is_not_given_one_by_a_company_s_name(bench: Bench) -> None:
    path = bench.file(
        f"Ann,Foo Ltd,ann@a.example\nAnn,Foo Ltd,ann@a.example\nBo,Direct Mail Ltd,bo@b.example\nSu,Bar,{SUPPRESSED}\n"
    )
    result, output, _ = bench.clean(path)
    assert output == b"Ann,Foo Ltd,ann@a.example\nBo,Direct Mail Ltd,bo@b.example\n"
    assert (result.rows, result.reasons[Reason.DUPLICATE]) == (4, 1)


def test_columns_of_the_same_name_are_both_read(bench: Bench) -> None:
    path = bench.file(f"Email,Email\nann@a.example,{SUPPRESSED}\n{SUPPRESSED},\nbo@b.example,b2@b.example\n")
    assert bench.clean(path)[1] == b"Email,Email\nbo@b.example,b2@b.example\n"


# --- rows that a stray quotation mark glues together ----------------------------------------------------------------


@pytest.mark.parametrize(
    "glued",
    [
        f'"Ann,ann@a.example\nSu,{SUPPRESSED}\nBo",bo@b.example\n',
        f'"Ann\nSu,{SUPPRESSED}",bo@b.example\n',
        f'"Ann\r\n","bo@b.example",{SUPPRESSED}\n',
        f'Ann,ann@a.example,"\nSu,{SUPPRESSED}\n"\n',
    ],
)
@pytest.mark.parametrize("rule", [False, True])
def test_nobody_suppressed_hides_in_a_row_of_several_lines(bench: Bench, glued: str, rule: bool) -> None:
    before, after = "Name,Email,Note\nCy,cy@c.example,x\n", "Dy,dy@d.example,x\n"
    path = bench.file(f"{before}{glued}{after}")
    assert bench.clean(path, drop_address_only=rule)[1] == f"{before}{after}".encode()


def test_rows_glued_to_another_width_go_even_where_nobody_is_suppressed(bench: Bench) -> None:
    path = bench.file(
        'Name,Email,Note\nCy,cy@c.example,\n"Ann,ann@a.example\nBo",bo@b.example\nDy,dy@d.example,\n'
    )
    _, output, removed = bench.clean(path)
    assert output == b"Name,Email,Note\nCy,cy@c.example,\nDy,dy@d.example,\n"
    assert removed[1][:3] == [
        "3",
        "Not an address",
        "a quotation mark in this row runs on over the next lines",
    ]


def test_a_note_of_several_lines_is_no_offence(bench: Bench) -> None:
    content = 'Name,Email,Note\nCy,cy@c.example,"Likes mugs\nand bowls, ask shop@mill.example"\n'
    path = bench.file(content)
    assert bench.clean(path)[1] == content.encode()


# --- taking only an address out of a row ----------------------------------------------------------------------------


def test_a_row_loses_only_the_suppressed_address_and_keeps_everything_else(bench: Bench) -> None:
    path = bench.file(
        f'"E-mail 1";"E-mail 2";Note\r\n{SUPPRESSED};ann@a.example;"5"" disk"\r\n"bo@b.example; {SUPPRESSED}";;\r\n'
        f'" cy@c.example ";;x"y\r\n'
    )
    result, output, removed = bench.clean(path, drop_address_only=True)
    assert output == (
        b'"E-mail 1";"E-mail 2";Note\r\nann@a.example;;"5"" disk"\r\nbo@b.example;;\r\n" cy@c.example ";;x"y\r\n'
    )
    assert (result.trimmed, result.kept, len(removed)) == (2, 3, 3)


def test_a_note_of_several_lines_stays_in_its_cell_when_an_address_goes(bench: Bench) -> None:
    path = bench.file(f'Email 1,Email 2,Note\n{SUPPRESSED},b@b.example,"two\nlines"\na@a.example,,"x\ry"\n')
    _, output, _ = bench.clean(path, drop_address_only=True)
    assert output == b'Email 1,Email 2,Note\nb@b.example,,"two\nlines"\na@a.example,,"x\ry"\n'


@pytest.mark.parametrize("odd", ["=sup@x.example", "sup@x,example", "sup@@x.example", "\u2022sup@x.example"])
def test_a_row_with_something_odd_beside_goes_whole(bench: Bench, odd: str) -> None:
    path = bench.file(f"Email 1|Email 2|Email 3\n{SUPPRESSED}|b@b.example|{odd}\na@a.example||\n")
    assert bench.clean(path, drop_address_only=True)[1] == b"Email 1|Email 2|Email 3\na@a.example||\n"


def test_a_file_in_utf_16_can_lose_addresses(bench: Bench) -> None:
    path = bench.file(f"Email 1,Email 2\n{SUPPRESSED},Zoë <zoe@z.example>\na@a.example,\n", encoding="utf-16")
    _, output, _ = bench.clean(path, drop_address_only=True)
    assert output.decode("utf-16") == "Email 1,Email 2\nZoë <zoe@z.example>,\na@a.example,\n"


def test_a_file_of_two_encodings_can_lose_addresses_too(bench: Bench) -> None:
    head, tail = b"Email 1,Email 2\n", b"a@a.example,Jos\xe9\n"
    path = bench.file(head + f"{SUPPRESSED},Ωμέγα <o@o.example>\n".encode() + tail)
    result, output, _ = bench.clean(path, drop_address_only=True)
    assert TextTable(path).encoding == "cp1252"
    assert output == head + "Ωμέγα <o@o.example>,\n".encode() + tail
    assert result.trimmed == 1


# --- spellings that must not slip through ---------------------------------------------------------------------------

SPELLINGS = [
    "SUP@X.EXAMPLE",
    " sup@x.example ",
    "sup@x.example.",
    "<sup@x.example>",
    "Su <sup@x.example>",
    "'sup@x.example",
    "mailto:sup@x.example",
    "mailto:%73up@x.example?subject=x",
    '"=""sup@x.example"""',
    "sup@x.example (old)",
    "s\u00adup@x.example",
    "\ufeffsup@x.example",
    "sup\uff20x.example",
    "sup@x\u3002example",
    "ｓup@x.example",
    "\u2022sup@x.example",
    "\uf0b7sup@x.example",
    "\u2013sup@x.example",
    "\u201csup@x.example",
    "\u00absup@x.example",
    "\ufffcsup@x.example",
    "\x81sup@x.example",
    "\u2800sup@x.example",
    "%20sup@x.example",
    "=sup@x.example",
    "sup @x.example",
    "sup@x .example",
    "sup@x,example",
    "sup at x.example",
    "sup[at]x.example",
    "a@a.example/sup@x.example",
    "a@a.example;sup@x.example",
    "a@a.example\u2028sup@x.example",
    "a@a.example\x0bsup@x.example",
    "sup@x.example\u2026",
    "\u201csup@x.example\u201d",
    "{sup@x.example}",
    "https://x.example/?e=sup@x.example",
    "\U000e0073sup@x.example",
    "-sup@x.example",
    "+sup@x.example",
    "#sup@x.example",
    "?email=sup@x.example",
    "!sup@x.example",
    "**sup@x.example**",
    "relay!sup@x.example",
    "sup%x.example@relay.example",
    "\u0301sup@x.example",
    "sup@x.example\u00b9",
    "sup@x.example2",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_suppressed_person_does_not_slip_through_by_an_odd_spelling(
    bench: Bench, spelling: str, encoding: str
) -> None:
    people = "Name;Email\nAnn;ann@a.example\n"
    path = bench.file(f"{people}Su;{spelling}\n", encoding=encoding)
    assert bench.clean(path)[1].decode(encoding) == people


@pytest.mark.parametrize("delimiter", ["^", "~", "#", "/", "=", ":", " ", "\x01"])
def test_a_list_with_a_delimiter_nobody_expects_lets_nobody_through(bench: Bench, delimiter: str) -> None:
    rows = [["Name", "Email"], ["Su", SUPPRESSED], ["Bo", "bo@b.example"]]
    path = bench.file("".join(delimiter.join(row) + "\n" for row in rows))
    assert SUPPRESSED.encode() not in bench.clean(path)[1]


def test_an_odd_sign_within_an_address_is_told_with_what_was_probably_meant(bench: Bench) -> None:
    _, _, removed = bench.clean(bench.file("Name,Email\nA,email=ann@a.example\nBo,bo@b.example\n"))
    assert removed[1][1:4] == [
        *("Not an address", "an unusual sign before the @; ann@a.example?", "email=ann@a.example")
    ]


def test_a_curly_apostrophe_is_held_back_with_the_address_that_was_meant(bench: Bench) -> None:
    path = bench.file("Name,Email\nO,o\u2019brien@x.example\nBo,bo@b.example\n")
    _, output, removed = bench.clean(path)
    assert output == b"Name,Email\nBo,bo@b.example\n"
    assert removed[1][2] == "unusual letters before the @; o'brien@x.example?"


def test_a_cell_of_a_hundred_thousand_blanks_takes_no_time(bench: Bench) -> None:
    cell = f"x{' ' * 100_000}y@@z{',' * 100_000}"
    path = bench.file(f'Name,Email\nBo,bo@b.example\nX,"{cell}"\n')
    result, _, _ = bench.clean(path)
    assert result.reasons[Reason.NOT_AN_ADDRESS] == 1
    assert result.seconds < 5


def test_so_does_taking_an_address_out_of_it(bench: Bench) -> None:
    blanks = " " * 100_000
    path = bench.file(f"Name,Email\nBo,bo@b.example{blanks}{SUPPRESSED}\nCy,cy@c.example\n")
    result, output, _ = bench.clean(path, drop_address_only=True)
    assert output == b"Name,Email\nBo,bo@b.example\nCy,cy@c.example\n"
    assert result.seconds < 5


def test_half_a_surrogate_is_copied_and_does_no_harm(bench: Bench) -> None:
    def encoded(text: str) -> bytes:
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le", "surrogatepass")

    path = bench.file(encoded(f"Na\udc00me,Email\nS\ud800,{SUPPRESSED}\nB\ud800,bo@b.example\n"))
    _, output, removed = bench.clean(path)
    assert output == encoded("Na\udc00me,Email\nB\ud800,bo@b.example\n")
    assert removed[1][4:] == ["S?", SUPPRESSED]


def test_utf_16_that_was_cut_in_a_character_is_refused(bench: Bench) -> None:
    path = bench.file("Name,Email\nBo,bo@b.example\n".encode("utf-16") + b"x")
    with pytest.raises(UnreadableListError, match="ends in the middle of a character"):
        bench.clean(path)


def test_the_suffix_does_not_decide_how_a_list_is_read(bench: Bench) -> None:
    content = f"Name\tEmail\nSu\t{SUPPRESSED}\nBo\tbo@b.example\n"
    for name in ("list", "list.csv", "list.TSV", "list.dat"):
        assert bench.clean(bench.file(content, name))[1] == b"Name\tEmail\nBo\tbo@b.example\n"
