"""Reads CSV, TSV and plain text lists record by record, and keeps each record's bytes.

A file whose encoding contains ASCII is read as Latin-1, one character a byte, so that what is copied is what
was there whatever the file claims to be; only cells are decoded, when somebody looks at them. The boundaries
of records are the csv parser's own: any cheaper guess lets a row slip through at a stray quotation mark.
"""

import codecs
import csv
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.findings import Findings
from optoutdesk.spreadsheets.table import Block, ByteSink, Format

BLOCK_SIZE = 1 << 18
"""Bytes read at a time: small enough that a block stays in the processor's cache."""
MAX_RECORD = 16 << 20
"""Characters; a longer record is no row of a list."""
_MAX_LINES = 1 << 17
"""Lines; each takes much more memory than its characters."""
_SNIFFED = 1 << 18
_DELIMITERS = ",;\t|"
_UTF16 = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_END = "\x00\x00"

csv.field_size_limit(min(sys.maxsize, MAX_RECORD))

ENCODING_NAMES = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
"""How encodings are called on screen."""


class TextTable:
    """A text list; see table.Table."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sheets: tuple[str, ...] = ()
        self.sheet: str | None = None
        with path.open("rb") as stream:
            head = stream.read(_SNIFFED)
        if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
            raise UnreadableListError(f"{path.name} is empty. Choose the file that holds the addresses.")
        self.encoding = _sniff_encoding(path, head)
        """As Python names it: utf-8, cp1252, utf-16-le or utf-16-be."""
        self._codec = self.encoding if self.encoding in _UTF16 else "latin-1"
        text = codecs.getincrementaldecoder(self._codec)("replace").decode(head)
        mark = "\ufeff" if self.encoding in _UTF16 else "\xef\xbb\xbf"
        self.mark = mark if text.startswith(mark) else ""
        """The byte order mark as raw text; "" without one."""
        complete = len(head) < _SNIFFED
        self.delimiter, self.announced = _sniff_delimiter(text if complete else text[: text.rfind("\n") + 1])
        """The delimiter; None: each line is one cell."""
        suffix = path.suffix.lower().lstrip(".")
        self.format = Format(suffix) if suffix in ("csv", "tsv", "txt") else Format.CSV

    @property
    def encoding_name(self) -> str:
        """The encoding as it is called on screen."""
        return ENCODING_NAMES[self.encoding]

    def findings(self) -> Findings:
        """Return nothing: nothing is hidden in text."""
        return Findings()

    def decode(self, cell: str) -> str:
        """Return a cell of Block.rows as proper text, even where a file mixes encodings."""
        if self.encoding in _UTF16 or cell.isascii():
            return cell
        return decode_bytes(cell.encode("latin-1"))

    def encode(self, text: str) -> str:
        """Return text as a cell of this file; as UTF-8 where its encoding cannot hold it, which decode() reads."""
        if self.encoding in _UTF16:
            return text
        try:
            return text.encode(self.encoding).decode("latin-1")
        except UnicodeEncodeError:
            return text.encode("utf-8").decode("latin-1")

    def to_bytes(self, text: str) -> bytes:
        """Return raw text of Block.raw as the bytes that stood in the file."""
        return text.encode(self._codec, "surrogatepass" if self.encoding in _UTF16 else "strict")

    def blocks(self, tap: Callable[[bytes], None] | None = None) -> Iterator[Block]:
        """Yield all records in order; `tap` is given each piece of the file as it is read."""
        with self.path.open("rb") as stream:
            lines = _lines(stream, self._codec, self.path.name, tap)
            if self.delimiter is None:
                yield from self._unquoted(lines)
            else:
                yield from self._parsed(lines, self.delimiter)

    def _unquoted(self, lines: Iterator[list[str]]) -> Iterator[Block]:
        """Yield each line as one cell: a plain list has no quoting."""
        number = 1
        for some in lines:
            cells = [line.rstrip("\r\n") for line in some]
            if number == 1:
                cells[0] = cells[0].removeprefix(self.mark)
            rows = [[cell] if cell else [] for cell in cells]
            yield Block(list(range(number, number + len(some))), rows, some)
            number += len(some)

    def _parsed(self, lines: Iterator[list[str]], delimiter: str) -> Iterator[Block]:
        """Yield records where the csv parser ends them, each with the lines it was made from."""
        held: list[str] = []  # lines the parser was given and whose records are not out yet
        first = 0  # how many lines came before them
        given = 0  # how many lines the parser was given in all
        limit = 0  # a record that ends here or later completes a block
        rows: list[list[str]] = []
        ends: list[int] = []  # after how many lines each row was complete

        def feed() -> Iterator[list[str]]:
            nonlocal given, limit
            before, size, last = -1, 0, [""]
            for some in lines:
                begun = ends[-1] if ends else first  # where the record begins that the parser is in
                size = sum(map(len, last), size) if begun == before else sum(map(len, held[begun - first :]))
                if size > MAX_RECORD or first + len(held) - begun > _MAX_LINES:
                    raise _endless(self.path.name, begun + 1)
                before, last = begun, some
                held.extend(some)
                if not given:
                    # The parser would take a quotation mark behind it for text; the raw text keeps it.
                    some[0] = some[0].removeprefix(self.mark)
                limit = given if rows else given + len(some)
                given += len(some)
                yield some
            yield [_END]

        reader = csv.reader(chain.from_iterable(feed()), delimiter=delimiter)
        ended = False
        try:
            for row in reader:
                end = reader.line_num
                if end > given:  # the mark of the end; it stands alone unless a quotation mark swallowed it
                    ended = (ends[-1] if ends else first) == given
                    break
                rows.append(row)
                ends.append(end)
                if end >= limit:
                    yield self._block(rows, ends, held, first)
                    del held[: end - first]
                    first, limit = end, given
                    rows.clear()
                    ends.clear()
        except csv.Error as error:
            raise self._unreadable(error, (ends[-1] if ends else first) + 1) from error
        if not ended:
            raise _endless(self.path.name, (ends[-1] if ends else first) + 1)
        if rows:
            yield self._block(rows, ends, held, first)

    def _block(self, rows: list[list[str]], ends: list[int], held: list[str], first: int) -> Block:
        """Return records with their numbers and raw text; `held` starts with line `first` + 1."""
        starts = [first, *ends[:-1]]
        if ends[-1] - first == len(rows):
            raw, several = held[: len(rows)], []
        else:
            raw = [
                held[start - first] if end - start == 1 else "".join(held[start - first : end - first])
                for start, end in zip(starts, ends, strict=True)
            ]
            several = [n for n, (start, end) in enumerate(zip(starts, ends, strict=True)) if end - start > 1]
        return Block([start + 1 for start in starts], [*rows], raw, several)

    def _unreadable(self, error: csv.Error, line: int) -> UnreadableListError:
        if "field limit" in str(error) or "larger" in str(error):
            return _endless(self.path.name, line)
        return UnreadableListError(
            f"Line {line} of {self.path.name} cannot be read. Open the file in your spreadsheet program, "
            "save it as CSV again, and try once more.",
            details=str(error),
        )


def decode_bytes(data: bytes) -> str:
    """Decode a cell's bytes: UTF-8 where they are, else Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _endless(name: str, line: int) -> UnreadableListError:
    return UnreadableListError(
        f"In line {line} of {name} a quotation mark opens that is never closed. "
        "Take it out or close it, save the file, and try again."
    )


def _lines(
    stream: IO[bytes], codec: str, name: str, tap: Callable[[bytes], None] | None
) -> Iterator[list[str]]:
    """Yield the file's lines with their ends, about a block at a time; memory is bounded whatever is in it."""
    decoder = codecs.getincrementaldecoder(codec)("surrogatepass" if codec in _UTF16 else "strict")
    wide = codec in _UTF16
    rest: list[str] = []  # pieces of a line whose end was not seen yet
    rest_size = 0
    while True:
        data = stream.read(BLOCK_SIZE)
        if tap is not None:
            tap(data)
        if not wide and b"\0" in data:
            raise _binary(name)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise UnreadableListError(
                f"{name} ends in the middle of a character: it was not saved whole. Save or export it again.",
                details=str(error),
            ) from error
        if not data:
            break
        # A \r that ends the block may be half of a \r\n.
        cut = max(text.rfind("\n"), text.rfind("\r", 0, -1) if text.endswith("\r") else text.rfind("\r")) + 1
        if not cut:
            rest.append(text)
            rest_size += len(text)
            if rest_size > MAX_RECORD:
                raise UnreadableListError(
                    f"{name} has a line of more than {MAX_RECORD >> 20} million characters: it is not a list of "
                    "contacts. Export the list again as CSV."
                )
            continue
        yield io.StringIO("".join([*rest, text[:cut]]), newline="").readlines()
        rest, rest_size = [text[cut:]], len(text) - cut
    last = "".join(rest) + text
    if last:
        yield io.StringIO(last, newline="").readlines()


def _binary(name: str) -> UnreadableListError:
    return UnreadableListError(
        f"{name} is not a list: it holds binary data. Choose a CSV, TSV, text, Excel or OpenDocument file."
    )


def _sniff_encoding(path: Path, head: bytes) -> str:
    name = path.name
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableListError(
            f"{name} is saved as UTF-32, which is not read. Save it as UTF-8 and try again."
        )
    for encoding, bom in _UTF16.items():
        if head.startswith(bom):
            return encoding
    nul_even, nul_odd = head[0::2].count(0), head[1::2].count(0)
    if nul_even or nul_odd:
        half = len(head) / 2
        if nul_odd > 0.6 * half and nul_even < 0.05 * half:
            return "utf-16-le"
        if nul_even > 0.6 * half and nul_odd < 0.05 * half:
            return "utf-16-be"
        raise _binary(name)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"{\\rtf", b"%pdf")):
        raise UnreadableListError(
            f"{name} is a web page or document saved under the wrong name. Open it in your spreadsheet program "
            "and save it as an Excel workbook or as CSV."
        )
    control = sum(head.count(code) for code in range(32) if code not in (9, 10, 12, 13))
    if control > max(4, len(head) // 100):
        raise _binary(name)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    # ASCII so far: the rest decides. Only a name on screen depends on it, and trimmed cells.
    if head.isascii():
        with path.open("rb") as stream:
            while data := stream.read(BLOCK_SIZE):
                if not data.isascii():
                    with suppress(UnicodeDecodeError):
                        codecs.getincrementaldecoder("utf-8")().decode(data)
                        return "utf-8"
                    return "cp1252"
    return "utf-8"


def _sniff_delimiter(text: str) -> tuple[str | None, bool]:
    """Return the delimiter (None: one cell a line), and whether Excel's `sep=` line announces it."""
    bare = text.lstrip("\ufeff").removeprefix("\xef\xbb\xbf")
    first, _, _ = bare.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5 and first.strip()[4] != '"':
        return first.strip()[4], True
    best: tuple[float, int] = (0.0, 0)
    chosen: str | None = None
    lines = io.StringIO(bare, newline="").readlines()[:400]
    for delimiter in _DELIMITERS:
        widths: dict[int, int] = {}
        with suppress(csv.Error):
            for row in csv.reader(lines, delimiter=delimiter):
                if row:
                    widths[len(row)] = widths.get(len(row), 0) + 1
        if not widths:
            continue
        width = max(widths, key=lambda value: (widths[value], value))
        share = widths[width] / sum(widths.values())
        # A plain list whose names hold commas is no table: most of its lines must agree, on more than one.
        if width > 1 and share >= 0.5 and (share, width) > best:
            best, chosen = (share, width), delimiter
    if chosen is None and '"' in bare:
        return ",", False  # one column, quoted
    return chosen, False


class TextWriter:
    """Writes kept records with the very bytes they had; see table.Writer."""

    def __init__(self, target: ByteSink, table: TextTable) -> None:
        self._target = target
        self._table = table
        self._begun = False

    def copy(self, block: Block, positions: Sequence[int]) -> None:
        """Write records as they were."""
        raw = block.raw
        self._write("".join([raw[position] for position in positions]))

    def change(self, block: Block, position: int, cells: Mapping[int, str]) -> None:
        """Write one record anew with some cells replaced; its line end stays."""
        row = list(block.rows[position])
        for index, text in cells.items():
            row[index] = self._table.encode(text)
        raw: str = block.raw[position]
        ending = raw[len(raw.rstrip("\r\n")) :]
        if self._table.delimiter is None:
            line = "".join(row)
        else:
            out = io.StringIO()
            # Cells with a line break are quoted only by a writer that ends lines so itself.
            csv.writer(out, delimiter=self._table.delimiter, lineterminator="\r\n").writerow(row)
            line = out.getvalue().removesuffix("\r\n")
        self._write(line + ending)

    def _write(self, text: str) -> None:
        if text and not self._begun:
            self._begun = True
            if not text.startswith(self._table.mark):
                text = self._table.mark + text  # the row that bore it is gone
        self._target.write(self._table.to_bytes(text))

    def finish(self) -> None:
        """Nothing is held back."""

    def abort(self) -> None:
        """Nothing is held back."""
