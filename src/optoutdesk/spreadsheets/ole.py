"""Reads the streams of an OLE compound file, the container of xls, encrypted workbooks and Outlook's messages, by [MS-CFB]."""

import struct
from collections.abc import Iterator, Sequence

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_END_OF_CHAIN = 0xFFFFFFFE
_LAST_SECTOR = 0xFFFFFFF9  # higher numbers have other meanings
_STREAM = 2
_ROOT = 5


class OleError(Exception):
    """The container is damaged; for programmers, not for people."""


class CompoundFile:
    """The streams of a compound file given whole. Nothing that it claims of itself is believed beyond its size."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if len(data) < _HEADER or not data.startswith(SIGNATURE):
            raise OleError("no header")
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise OleError(f"sectors of 2^{shift} and 2^{mini_shift} bytes")
        self._sector = 1 << shift
        directory, _, self._cutoff, mini_table = struct.unpack_from("<IIII", data, 48)
        self._table = self._read_table()
        self._entries: dict[str, tuple[int, int]] = {}
        numbered: dict[int, tuple[str, tuple[int, int]]] = {}
        links: list[tuple[int, int]] = []
        top = _END_OF_CHAIN
        mini_stream = (_END_OF_CHAIN, 0)
        entries = b"".join(self._chain(directory))
        for start in range(0, len(entries) - 127, 128):
            entry = entries[start : start + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            left, right, child = struct.unpack_from("<III", entry, 68)
            place = struct.unpack_from("<II", entry, 116)
            if kind == _ROOT:
                mini_stream = place
                top = child
            elif kind == _STREAM:
                name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                self._entries.setdefault(name.casefold(), place)
                numbered[start // 128] = (name.casefold(), place)
            links.append((left, right))
        self._at_top = dict(numbered[number] for number in _siblings(links, top) if number in numbered)
        self._mini_table = _numbers(b"".join(self._chain(mini_table)))
        self._mini_stream = b"".join(self._chain(mini_stream[0]))[: mini_stream[1]]

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def stream(self, name: str) -> bytes:
        """Return the content of a stream, case of its name ignored. OleError when it is missing or cut short."""
        if name not in self:
            raise OleError(f"no stream {name}")
        return self._content(name, self._entries[name.casefold()])

    def top_stream(self, name: str) -> bytes | None:
        """Return the content of a stream that lies in no storage, None without one; OleError when it is cut short.

        In a message each recipient and each attachment is a storage with streams of the same names.
        """
        place = self._at_top.get(name.casefold())
        return None if place is None else self._content(name, place)

    def _content(self, name: str, place: tuple[int, int]) -> bytes:
        start, size = place
        if size < self._cutoff:
            pieces = [self._mini_stream[n << 6 : (n + 1) << 6] for n in _follow(self._mini_table, start)]
            content = b"".join(pieces)[:size]
        else:
            content = b"".join(self._chain(start))[:size]
        if len(content) < size:
            raise OleError(f"stream {name} has {len(content)} of {size} bytes")
        return content

    def _read_table(self) -> tuple[int, ...]:
        """Return the sector that follows each sector."""
        places = list(struct.unpack_from("<109I", self._data, 76))
        further = struct.unpack_from("<I", self._data, 68)[0]
        sectors = len(self._data) // self._sector
        for _ in range(sectors):
            if further > _LAST_SECTOR:
                break
            *more, further = _numbers(self._at(further))
            places.extend(more)
        parts = [self._at(place) for place in dict.fromkeys(places) if place <= _LAST_SECTOR]
        return _numbers(b"".join(parts))

    def _chain(self, start: int) -> Iterator[bytes]:
        for number in _follow(self._table, start):
            yield self._at(number)

    def _at(self, number: int) -> bytes:
        begin = max(_HEADER, self._sector) + number * self._sector
        if begin >= len(self._data):
            raise OleError(f"sector {number} is beyond the end")
        return self._data[begin : begin + self._sector]


def _follow(table: tuple[int, ...], start: int) -> Iterator[int]:
    number = start
    for _ in range(len(table)):
        if number > _LAST_SECTOR:
            return
        if number >= len(table):
            raise OleError(f"sector {number} is not in the table")
        yield number
        number = table[number]
    if number <= _LAST_SECTOR:
        raise OleError("sectors follow each other in a circle")


def _siblings(links: Sequence[tuple[int, int]], start: int) -> Iterator[int]:
    """Yield the numbers of the entries in the tree below one of them, each once."""
    met: set[int] = set()
    waiting = [start]
    while waiting:
        number = waiting.pop()
        if number < len(links) and number not in met:
            met.add(number)
            yield number
            waiting.extend(links[number])


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
