"""Builds workbooks piece by piece, also such as no program writes."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.workbook import open_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def rows_or_sentence(path: Path) -> list[list[str]] | str:
    """What comes of reading a file that chance has damaged; anything but these two is a crash."""
    try:
        return [row for block in open_workbook(path).blocks() for row in block.rows]
    except UnreadableListError as error:
        return str(error)


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def sheet_xml(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def xlsx_parts(
    sheets: Mapping[str, str] | str,
    *,
    strings: str | None = None,
    formats: Sequence[str] = (),
    workbook: str = "",
    states: Mapping[str, str] | None = None,
) -> dict[str, str | bytes]:
    """The parts of an xlsx workbook. `sheets`: rows of one sheet, or a whole sheet's XML for each name.

    `strings` are the <si> elements; cell style n has the n-th of `formats`; `workbook` stands before its sheets.
    """
    if isinstance(sheets, str):
        sheets = {"Contacts": sheet_xml(sheets)}
    listed, related, parts = [], [], {}
    for number, (name, xml) in enumerate(sheets.items(), 1):
        state = f' state="{states[name]}"' if states and name in states else ""
        listed.append(f'<sheet name={quoteattr(name)} sheetId="{number}"{state} r:id="rId{number}"/>')
        related.append(_relation(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        parts[f"xl/worksheets/sheet{number}.xml"] = xml
    codes = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(f)}/>' for n, f in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    related.append(_relation("rId98", "styles", "styles.xml"))
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f"<cellXfs>{styles or '<xf/>'}</cellXfs></styleSheet>"
    )
    if strings is not None:
        related.append(_relation("rId99", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    return {
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f"{_relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
        f"<sheets>{''.join(listed)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{"".join(related)}</Relationships>',
        **parts,
    }


def write_xlsx(path: Path, sheets: Mapping[str, str] | str, **options) -> Path:
    return write_zip(path, xlsx_parts(sheets, **options))


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'


# --- OpenDocument ---------------------------------------------------------------------------------------------------

_ODS_NAMES = ("office", "table", "text", "style")
_ODS_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods_content(tables: str, *, styles: str = "") -> str:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _ODS_NAMES
    )
    return (
        f'<office:document-content {names} xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )


def ods_parts(tables: str, *, styles: str = "", manifest: str = "") -> dict[str, str | bytes]:
    return {
        "mimetype": _ODS_MIMETYPE,
        "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="content.xml">{manifest}</m:file-entry></m:manifest>',
        "content.xml": ods_content(tables, styles=styles),
    }


def write_ods(path: Path, tables: str, **options) -> Path:
    return write_zip(path, ods_parts(tables, **options))


def ods_table(rows: str, name: str = "Contacts", attributes: str = "") -> str:
    return f"<table:table table:name={quoteattr(name)} {attributes}>{rows}</table:table>"


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_text(text: str, attributes: str = "") -> str:
    """A text cell; `text` is XML."""
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


# --- Excel 97 -------------------------------------------------------------------------------------------------------

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file. Streams of less than 4,096 bytes go into the mini stream."""
    sectors: list[bytes] = []
    table: list[int] = []

    def store(content: bytes) -> int:
        if not content:
            return _END
        first = len(sectors)
        for start in range(0, len(content), _SECTOR):
            sectors.append(content[start : start + _SECTOR].ljust(_SECTOR, b"\0"))
            table.append(len(sectors))
        table[-1] = _END
        return first

    mini, mini_table, entries = b"", [], []
    for name, content in streams.items():
        if len(content) >= 4096:
            first = store(content)
        else:
            first = len(mini_table)
            count = -(-len(content) // 64)
            mini_table += [*range(first + 1, first + count), _END] if count else []
            mini += content.ljust(count * 64, b"\0")
        entries.append(_entry(name, 2, first, len(content)))
    root = _entry("Root Entry", 5, store(mini), len(mini))
    directory = store((root + b"".join(entries)).ljust(_SECTOR, b"\0"))
    mini_start = store(struct.pack(f"<{len(mini_table)}I", *mini_table).ljust(_SECTOR, b"\xff"))
    count = 1
    while (len(table) + count) * 4 > count * _SECTOR:
        count += 1
    places = range(len(sectors), len(sectors) + count)
    table += [_TABLE] * count
    numbers = struct.pack(f"<{len(table)}I", *table).ljust(count * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6s9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        count,
        directory,
        0,
        4096,
        mini_start,
        1,
        _END,
        0,
    )
    difat = struct.pack("<109I", *places, *([_FREE] * (109 - count)))
    return header + difat + b"".join(sectors) + numbers


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sI16sIII",
        encoded,
        len(encoded),
        kind,
        1,
        _FREE,
        _FREE,
        _FREE,
        b"",
        0,
        b"",
        start,
        size,
        0,
    )


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def bof(kind: int, version: int = 0x600) -> bytes:
    return record(0x809, struct.pack("<HHHHII", version, kind, 0x1234, 2003, 0, 0))


def biff_text(text: str, layout: str = "<H") -> bytes:
    wide = not all(ord(character) < 256 for character in text)
    content = text.encode("utf-16-le" if wide else "latin-1")
    return struct.pack(layout, len(content) >> wide) + bytes([wide]) + content


def label(row: int, column: int, text: str, style: int = 0) -> bytes:
    return record(0x204, struct.pack("<HHH", row, column, style) + biff_text(text))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def shared(row: int, column: int, index: int, style: int = 0) -> bytes:
    return record(0xFD, struct.pack("<HHHI", row, column, style, index))


def formula(row: int, column: int, result: bytes, style: int = 0) -> bytes:
    return record(0x06, struct.pack("<HHH", row, column, style) + result + bytes(6) + struct.pack("<H", 0))


def row_record(row: int, *, hidden: bool) -> bytes:
    return record(0x208, struct.pack("<HHHHHHHH", row, 0, 256, 255, 0, 0, 0x20 if hidden else 0, 0x0F00))


def hidden_columns(first: int, last: int) -> bytes:
    return record(0x7D, struct.pack("<HHHHHH", first, last, 2560, 0, 1, 0))


def merged(*ranges: tuple[int, int, int, int]) -> bytes:
    """Merged cells: first and last row, first and last column."""
    return record(0xE5, struct.pack("<H", len(ranges)) + b"".join(struct.pack("<HHHH", *r) for r in ranges))


def filter_on() -> bytes:
    return record(0x9B)


def string_table(*strings: str) -> bytes:
    content = struct.pack("<II", len(strings), len(strings)) + b"".join(map(biff_text, strings))
    return record(0xFC, content)


def xls_stream(
    sheets: Mapping[str, bytes],
    *,
    before: bytes = b"",
    formats: Sequence[str] = ("General",),
    hidden: Sequence[str] = (),
) -> bytes:
    """The Workbook stream of an xls: records of cells for each sheet; cell style n has the n-th of `formats`."""
    styles = b"".join(
        record(0x41E, struct.pack("<H", 164 + n) + biff_text(code)) for n, code in enumerate(formats)
    ) + b"".join(record(0xE0, struct.pack("<HH16s", 0, 164 + n, b"")) for n in range(len(formats)))
    names = [biff_text(name, "<B") for name in sheets]
    start = (
        len(bof(5)) + len(before) + len(styles) + sum(4 + 6 + len(name) for name in names) + len(record(0x0A))
    )
    bounds = b""
    for (title, cells), name in zip(sheets.items(), names, strict=True):
        bounds += record(0x85, struct.pack("<IBB", start, title in hidden, 0) + name)
        start += len(bof(0x10)) + len(cells) + len(record(0x0A))
    parts = [bof(0x10) + cells + record(0x0A) for cells in sheets.values()]
    return bof(5) + before + styles + bounds + record(0x0A) + b"".join(parts)


def write_xls(path: Path, sheets: Mapping[str, bytes] | bytes, **options) -> Path:
    if isinstance(sheets, bytes):
        sheets = {"Contacts": sheets}
    path.write_bytes(ole({"Workbook": xls_stream(sheets, **options)}))
    return path
