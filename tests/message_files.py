"""E-mails for the tests, as mail programs save them: .eml as text, .msg as a compound file ([MS-CFB], [MS-OXMSG])."""

import struct
from collections.abc import Mapping
from datetime import UTC, datetime

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5

Storage = Mapping[str, "bytes | Storage"]
"""What lies in a storage, by name: streams and further storages."""


def eml(body: str = "Please stop.", **headers: str) -> bytes:
    """An e-mail; `Message_ID="<1@x>"` is its Message-ID."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("utf-8")


ASKED = eml(
    From='"Maria Ortiz" <maria.ortiz@lakeside.example>',
    To="news@ourshop.example",
    Subject="please stop",
    Date="Mon, 23 Nov 2026 09:12:00 -0500",
    Message_ID="<20261123.17@lakeside.example>",
)


def msg(
    texts: Mapping[int, str],
    times: Mapping[int, datetime] | None = None,
    *,
    numbers: Mapping[int, int] | None = None,
    encoding: str = "utf-16-le",
    inner: Storage | None = None,
) -> bytes:
    """A message of Outlook with properties by their numbers. With another encoding its texts are in 8 bits."""
    fixed = bytes(32)
    for number, moment in (times or {}).items():
        ticks = round((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10_000_000)
        fixed += struct.pack("<IIQ", number << 16 | 0x0040, 6, ticks)
    for number, value in (numbers or {}).items():
        fixed += struct.pack("<IIII", number << 16 | 0x0003, 6, value, 0)
    kind = "001F" if encoding == "utf-16-le" else "001E"
    streams = {f"__substg1.0_{number:04X}{kind}": text.encode(encoding) for number, text in texts.items()}
    # What lies further in comes first: whoever takes the first stream of a name gets the wrong one.
    return compound({**(inner or {}), **streams, "__properties_version1.0": fixed})


def compound(content: Storage) -> bytes:
    """A compound file. Streams of less than 4,096 bytes go into the mini stream; siblings form a chain to the right."""
    sectors: list[bytes] = []
    table: list[int] = []

    def store(data: bytes) -> int:
        if not data:
            return _END
        first = len(sectors)
        for start in range(0, len(data), _SECTOR):
            sectors.append(data[start : start + _SECTOR].ljust(_SECTOR, b"\0"))
            table.append(len(sectors))
        table[-1] = _END
        return first

    mini, mini_table, entries = bytearray(), [], [b""]

    def add(items: Storage) -> int:
        """Add what lies in a storage, and return the number of its first entry."""
        following = _FREE
        for name, item in reversed(items.items()):
            if isinstance(item, bytes):
                if len(item) >= 4096:
                    first = store(item)
                else:
                    first, count = len(mini_table), -(-len(item) // 64)
                    mini_table.extend([*range(first + 1, first + count), _END] if count else [])
                    mini.extend(item.ljust(count * 64, b"\0"))
                entry = _entry(name, _STREAM, first, len(item), right=following)
            else:
                entry = _entry(name, _STORAGE, 0, 0, right=following, child=add(item))
            entries.append(entry)
            following = len(entries) - 1
        return following

    child = add(content)
    entries[0] = _entry("Root Entry", _ROOT, store(bytes(mini)), len(mini), child=child)
    directory = store(b"".join(entries))
    mini_start = store(struct.pack(f"<{len(mini_table)}I", *mini_table).ljust(_SECTOR, b"\xff"))
    count = 1
    while (len(table) + count) * 4 > count * _SECTOR:
        count += 1
    places = range(len(sectors), len(sectors) + count)
    table += [_TABLE] * count
    numbers = struct.pack(f"<{len(table)}I", *table).ljust(count * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6s9I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, count, directory, 0, 4096),
        *(mini_start, 1, _END, 0),
    )
    difat = struct.pack("<109I", *places, *([_FREE] * (109 - count)))
    return header + difat + b"".join(sectors) + numbers


def _entry(name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sI16sIII",
        encoded,
        len(encoded),
        kind,
        1,
        _FREE,
        right,
        child,
        b"",
        0,
        b"",
        start,
        size,
        0,
    )
