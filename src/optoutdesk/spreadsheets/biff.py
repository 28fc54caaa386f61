"""The records that the stream of an xls workbook consists of, by [MS-XLS] 2.1.4."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from optoutdesk.spreadsheets.cells import mend_surrogates
from optoutdesk.spreadsheets.ole import OleError

BOF, EOF, CONTINUE = 0x809, 0x0A, 0x3C


class Record(NamedTuple):
    kind: int
    at: int
    """Where its content begins in the stream."""
    size: int


def records(stream: bytes, at: int) -> Iterator[Record]:
    """Yield the records of a part of a stream: after its BOF to its EOF, without those of charts in it."""
    depth = 0
    while True:
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + size > len(stream):
            raise OleError(f"a record at {at} of {size} bytes is cut off")
        if kind == BOF:
            depth += 1
        elif depth == 0:
            raise OleError(f"a part begins with a record {kind:#x}")
        elif kind == EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield Record(kind, at, size)
        at += size


class Pieces:
    """The content of a record and of the records that continue it."""

    def __init__(self, stream: bytes, record: Record) -> None:
        _, at, size = record
        self._pieces = [stream[at : at + size]]
        while True:
            at += size
            if at + 4 > len(stream):
                break
            kind, size = struct.unpack_from("<HH", stream, at)
            at += 4
            if kind != CONTINUE:
                break
            self._pieces.append(stream[at : at + size])
        self._pieces.reverse()
        self._piece = self._pieces.pop()
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._piece) and not any(self._pieces)

    def take(self, size: int) -> bytes:
        """Return the next bytes, wherever they stand."""
        taken = self._piece[self._at : self._at + size]
        self._at += len(taken)
        while len(taken) < size:
            self._next()
            more = self._piece[: size - len(taken)]
            self._at = len(more)
            taken += more
        return taken

    def number(self, layout: str) -> int:
        """Return the next number."""
        value: int = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        return value

    def text(self, length: int, *, wide: bool) -> str:
        """Return the next characters; each further record says anew whether they are wide."""
        parts = []
        while length:
            if self._at >= len(self._piece):
                self._next()
                wide = bool(self._piece[0] & 1)
                self._at = 1
            part = self._piece[self._at : self._at + (length << wide)]
            count = len(part) >> wide
            if not count:
                raise OleError("half a character")
            parts.append(part[: count << wide].decode("utf-16-le" if wide else "latin-1", "surrogatepass"))
            self._at += count << wide
            length -= count
        return mend_surrogates("".join(parts))

    def _next(self) -> None:
        if not self._pieces:
            raise OleError("a text is cut off")
        self._piece = self._pieces.pop()
        self._at = 0


def read_strings(pieces: Pieces) -> list[str]:
    """Return the shared strings; an untrue number of them does no harm."""
    pieces.number("<I")
    count = pieces.number("<I")
    strings: list[str] = []
    while len(strings) < count and not pieces.ended:
        length, flags = pieces.number("<H"), pieces.number("<B")
        runs = pieces.number("<H") if flags & 8 else 0
        phonetic = pieces.number("<I") if flags & 4 else 0
        strings.append(pieces.text(length, wide=bool(flags & 1)))
        pieces.take(4 * runs + phonetic)
    return strings


def from_rk(number: int) -> float:
    """Return a number that is stored in 30 bits and two flags: whole, and in hundredths."""
    value: float
    if number & 2:
        value = (number >> 2) - (1 << 30 if number >> 31 else 0)
    else:
        value = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", number & 0xFFFFFFFC))[0]
    return float(value / 100 if number & 1 else value)
