"""The files an exported list goes into: a report, plain lines, a workbook, or the parts of a platform's upload."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from optoutdesk.domain.errors import OutputError
from optoutdesk.spreadsheets.delimited import SheetWriter
from optoutdesk.spreadsheets.output import PendingFile, refuse_existing
from optoutdesk.spreadsheets.profiles import Upload
from optoutdesk.spreadsheets.table import Block

MOST_PARTS = 1000
"""More files than that nobody uploads."""
_WIDTHS = (34.0, 10.0, 26.0, 10.0, 18.0, 16.0, 22.0, 40.0)
"""Of a workbook's columns, in characters."""


class Target(Protocol):
    """Takes lines and makes files of them."""

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Write lines."""

    def publish(self) -> tuple[Path, ...]:
        """Give the files their names, all or none."""


class LinesFile:
    """One entry a line, no header: what every program reads."""

    def __init__(self, stack: ExitStack, output: Path, _header: Sequence[str], *, overwrite: bool) -> None:
        self._pending = stack.enter_context(PendingFile(output, overwrite=overwrite))

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        self._pending.stream.write("".join([f"{cells[0]}\n" for cells in rows]).encode("utf-8", "replace"))

    def publish(self) -> tuple[Path, ...]:
        self._pending.seal()
        return _publish([self._pending])


class ReportFile:
    """CSV for a spreadsheet program: what could be taken for a formula is defused."""

    def __init__(self, stack: ExitStack, output: Path, header: Sequence[str], *, overwrite: bool) -> None:
        self._pending = stack.enter_context(PendingFile(output, overwrite=overwrite))
        self._writer = SheetWriter(self._pending.stream, header)

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        self._writer.write([self._writer.line(cells) for cells in rows])

    def publish(self) -> tuple[Path, ...]:
        self._pending.seal()
        return _publish([self._pending])


class WorkbookFile:
    """XLSX; every cell is text, which no program takes for a formula."""

    def __init__(self, stack: ExitStack, output: Path, header: Sequence[str], *, overwrite: bool) -> None:
        from optoutdesk.spreadsheets.xlsx_write import XlsxWriter  # openpyxl: only where one is written

        self._pending = stack.enter_context(PendingFile(output, overwrite=overwrite))
        widths = dict(enumerate(_WIDTHS)) if len(header) > 1 else {0: 70.0}
        self._writer = XlsxWriter(self._pending.temporary, "Suppression list", widths)
        stack.callback(self._writer.abort)
        self.write([header])

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        block = Block([], [list(cells) for cells in rows], [None] * len(rows))
        self._writer.copy(block, range(len(rows)))

    def publish(self) -> tuple[Path, ...]:
        self._writer.finish()
        self._pending.seal()
        return _publish([self._pending])


class PartsFile:
    """What a platform takes, to the letter: its header, its delimiter, no mark, nothing defused, cut at its limits.

    One file has the name that was asked for; several are numbered: NAME-1.csv, NAME-2.csv.
    """

    def __init__(
        self, stack: ExitStack, output: Path, header: Sequence[str], upload: Upload, *, overwrite: bool
    ) -> None:
        self._stack = stack
        self._output = output
        self._upload = upload
        self._overwrite = overwrite
        self._header = self._line(header) if header else b""
        self._parts: list[PendingFile] = []
        self._rows = self._size = 0
        self._open(output)

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        held: list[bytes] = []
        for cells in rows:
            line = self._line(cells)
            if self._is_full(len(line)):
                self._flush(held)
                self._next()
            held.append(line)
            self._rows += 1
            self._size += len(line)
        self._flush(held)

    def publish(self) -> tuple[Path, ...]:
        self._parts[-1].seal()
        return _publish(self._parts)

    def _line(self, cells: Sequence[str]) -> bytes:
        return (self._upload.delimiter.join(map(self._cell, cells)) + "\n").encode("utf-8", "replace")

    def _cell(self, text: str) -> str:
        if self._upload.quotes and any(sign in text for sign in (self._upload.delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _is_full(self, more: int) -> bool:
        limits = self._upload
        return bool(self._rows) and (
            (limits.max_rows is not None and self._rows >= limits.max_rows)
            or (limits.max_bytes is not None and self._size + more > limits.max_bytes)
        )

    def _flush(self, held: list[bytes]) -> None:
        self._parts[-1].stream.write(b"".join(held))
        held.clear()

    def _next(self) -> None:
        if len(self._parts) == MOST_PARTS:
            raise OutputError(
                f"This would be more than {MOST_PARTS:,} files, for one holds {self._upload.max_rows:,} people; "
                "nothing was written. Export fewer people at a time, by the day of receipt."
            )
        if len(self._parts) == 1:
            first = self._numbered(1)
            refuse_existing(first, overwrite=self._overwrite)
            self._parts[0].target = first
        self._parts[-1].seal()
        self._open(self._numbered(len(self._parts) + 1))

    def _numbered(self, number: int) -> Path:
        return self._output.with_name(f"{self._output.stem}-{number}{self._output.suffix}")

    def _open(self, output: Path) -> None:
        self._parts.append(self._stack.enter_context(PendingFile(output, overwrite=self._overwrite)))
        self._parts[-1].stream.write(self._header)
        self._rows, self._size = 0, len(self._header)


def _publish(parts: Sequence[PendingFile]) -> tuple[Path, ...]:
    done: list[PendingFile] = []
    try:
        for part in parts:
            done.append(part)
            part.publish()
    except BaseException:
        for part in done:
            part.withdraw()
        raise
    return tuple(part.target for part in parts)
