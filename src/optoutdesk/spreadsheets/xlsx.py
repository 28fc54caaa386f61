"""Reads Excel workbooks (xlsx, xlsm) as a stream: a sheet of any length takes no more memory than its strings.

The parts and elements are those of ECMA-376 (Office Open XML), in both its namespaces.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.cells import BUILT_IN_FORMATS, MAX_COLUMNS, Row, Sheet, Style, style_of
from optoutdesk.spreadsheets.findings import Notes
from optoutdesk.spreadsheets.package import Attributes, Package, resolve
from optoutdesk.spreadsheets.xlsx_sheet import CRITERIA, SheetParser, StringsParser, is_true, unescape

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
# A width for "all columns to the right" is not one for each of them.
_MOST_WIDTHS = 1_000
# What may come into the findings, whatever it turns out to be; nothing else of a sheet does.
_REMARKABLE = re.compile(
    rb"""hidden\s*=\s*["'](?!0["']|false["'])|<(?:[^<>\s"':/]{1,99}:)?(?:f|mergeCell)[\s/>]"""
)
# Of 16 kB each; more than this is not there to be read.
_PIECES_BEFORE_CELLS = 500


class XlsxBook:
    """An xlsx workbook; see workbook.Book."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[str] = []
        self._strings: list[str] | None = None
        sheets: list[Sheet] = []
        with Package(path) as package:
            main = main_part(package)
            targets, kinds = _relations(package, main)
            self._epoch = WINDOWS_EPOCH

            def visit(path: list[str], attributes: Attributes) -> None:
                if path[-1] == "workbookPr" and is_true(attributes.get("date1904")):
                    self._epoch = MAC_EPOCH
                elif path[-2:] == ["sheets", "sheet"]:
                    relation = next((v for k, v in attributes.items() if k.endswith("relationships id")), "")
                    if kinds.get(relation, "worksheet") == "worksheet":
                        name = unescape(attributes.get("name", ""))
                        sheets.append(Sheet(name, hidden=attributes.get("state", "visible") != "visible"))
                        self._parts.append(targets.get(relation, f"sheet “{name}”"))

            package.walk(main, visit)
            by_kind = {kind: targets[relation] for relation, kind in kinds.items()}
            folder = posixpath.dirname(main)
            self._strings_part = by_kind.get("sharedStrings", posixpath.join(folder, "sharedStrings.xml"))
            self._styles = _read_styles(package, by_kind.get("styles", posixpath.join(folder, "styles.xml")))
        if not sheets:
            raise UnreadableListError(
                f"The workbook {path.name} has no sheet with cells. Choose the one that holds the addresses."
            )
        self.sheets = tuple(sheets)

    def is_plain(self, index: int) -> bool:
        """Whether a glance at a sheet shows that its notes would be empty."""
        with Package(self._path) as package:
            return not package.holds(self._parts[index], _REMARKABLE)

    def rows(self, index: int, notes: Notes) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything."""
        with Package(self._path) as package:
            part = self._parts[index]
            prefix = package.prefix_of(part, "worksheet", MAIN)
            if self._strings is None:
                self._strings = _read_strings(package, self._strings_part)
            name = self.sheets[index].name
            place = (package.name, name)
            sheet = SheetParser(prefix, place, self._strings, self._styles, self._epoch, notes)
            parser = package.parser()
            parser.StartElementHandler = sheet.start
            parser.EndElementHandler = sheet.end
            parser.CharacterDataHandler = sheet.characters
            for _ in package.feed(part, parser):
                yield from sheet.take_rows()
            sheet.check_end()
            if notes.any_hidden and not notes.filtered:
                notes.filtered = _has_filtered_table(package, part)

    def column_widths(self, index: int) -> dict[int, float]:
        """Return the widths of a sheet's columns in characters, by column from 0."""
        widths: dict[int, float] = {}
        begun = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal begun
            local = name.rpartition(":")[2]
            begun = begun or local == "sheetData"
            if local == "col" and not begun:
                widths.update(_widths(attributes))

        with Package(self._path) as package:
            parser = package.parser()
            parser.StartElementHandler = start
            for read, _ in enumerate(package.feed(self._parts[index], parser)):
                if begun or read > _PIECES_BEFORE_CELLS:
                    break
        return widths


def _widths(attributes: Attributes) -> dict[int, float]:
    """Return the widths that one <col> sets."""
    try:
        first, last = int(attributes["min"]), int(attributes["max"])
        width = float(attributes["width"])
    except (KeyError, ValueError):
        return {}
    if first < 1 or not 0 < width <= 255:
        return {}
    return dict.fromkeys(range(first - 1, min(last, first + _MOST_WIDTHS, MAX_COLUMNS)), width)


def main_part(package: Package) -> str:
    """Return the name of the part that describes the workbook; "" when this is no Excel workbook."""
    found: list[str] = []

    def visit_relation(_: list[str], attributes: Attributes) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            found.append(resolve("", attributes.get("Target", "")))

    def visit_type(_: list[str], attributes: Attributes) -> None:
        if re.search(r"(sheet|template)\S*\.main\+xml$", attributes.get("ContentType", "")):
            found.append(attributes.get("PartName", "").lstrip("/"))

    if "_rels/.rels" in package:
        package.walk("_rels/.rels", visit_relation)
    if "[Content_Types].xml" in package:
        package.walk("[Content_Types].xml", visit_type)
    candidates = [part for part in [*found, "xl/workbook.xml"] if part in package and part.endswith(".xml")]
    for part in candidates:
        name, _ = package.root(part)
        if name.rpartition(":")[2] == "workbook":
            return part
    return ""


def _has_filtered_table(package: Package, part: str) -> bool:
    """Whether a filter is on in one of the tables of a sheet, which are parts of their own."""
    found = False

    def visit(path: list[str], _: Attributes) -> None:
        nonlocal found
        found = found or (path[:-1] == ["table", "autoFilter", "filterColumn"] and path[-1] in CRITERIA)

    targets, kinds = _relations(package, part)
    for relation, kind in kinds.items():
        if kind == "table" and targets[relation] in package:
            package.walk(targets[relation], visit)
    return found


def _relations(package: Package, part: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the target and the kind of each relation of a part, by its id."""
    targets: dict[str, str] = {}
    kinds: dict[str, str] = {}

    def visit(_: list[str], attributes: Attributes) -> None:
        if "Id" in attributes:
            targets[attributes["Id"]] = resolve(part, attributes.get("Target", ""))
            kinds[attributes["Id"]] = attributes.get("Type", "").rpartition("/")[2]

    relations = posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")
    if relations in package:
        package.walk(relations, visit)
    return targets, kinds


def _read_styles(package: Package, part: str) -> dict[str | None, Style]:
    """Return number format and kind of each cell style, by its number as cells write it; None for cells without."""
    formats: dict[str, str] = {}
    used: list[str] = []

    def visit(path: list[str], attributes: Attributes) -> None:
        if path[-2:] == ["numFmts", "numFmt"]:
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "General")
        elif path[-2:] == ["cellXfs", "xf"]:
            used.append(attributes.get("numFmtId", "0"))

    if part in package:
        package.walk(part, visit)
    built_in = {str(number): code for number, code in BUILT_IN_FORMATS.items()}
    known: dict[str, Style] = {}
    for number in set(used):
        code = formats.get(number) or built_in.get(number, "General")
        known[number] = style_of(code)
    styles: dict[str | None, Style] = {str(index): known[number] for index, number in enumerate(used)}
    styles[None] = styles.get("0", style_of("General"))
    return styles


def _read_strings(package: Package, part: str) -> list[str]:
    """Return the strings that cells refer to by number."""
    if part not in package:
        return []
    shared = StringsParser(package.prefix_of(part, "sst", MAIN), package.name)
    parser = package.parser()
    parser.StartElementHandler = shared.start
    parser.EndElementHandler = shared.end
    parser.CharacterDataHandler = shared.characters
    for _ in package.feed(part, parser):
        shared.check_size()
    return shared.strings
