"""A zip file of XML parts, which is what xlsx and ods are: opened on the suspicion that it was made to do harm.

Parts are read from the zip into memory piece by piece and never put on disk, so their names can lead nowhere.
"""

import errno
import posixpath
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, NoReturn, Self
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from optoutdesk.domain.errors import UnreadableListError
from optoutdesk.spreadsheets.cells import damaged, protected, too_big

# What a sheet of 1,048,576 rows and 20 columns of text takes is a half of it.
_MOST_BYTES = 4 << 30
_MOST_BYTES_OF_SMALL_PART = 256 << 20
# Sheets are repetitive: by measurement 9- to 29-fold, 350-fold when nearly every cell is the same. A bomb of
# zeros is 1,000-fold.
_MOST_RATIO = 400
_RATIO_COUNTS_FROM = 50 << 20
# Small, as one piece can make many wide rows, and blocks can only be handed out between pieces.
_PIECE = 16 << 10
_READ = 256 << 10
# Expat keeps an unfinished tag and scans it again with every piece.
_LONGEST_TAG = 2 << 20
DEEPEST = 500
"""Elements within each other; each of them takes memory until it ends. No spreadsheet program writes 50."""
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}  # those that expat knows by itself

Attributes = Mapping[str, str]


class Package:
    """An open zip file; use it in a `with`. Every failure is an UnreadableListError with a sentence."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        with self._sentences(), _zipfile_errors():
            self._zip = ZipFile(path)
        self._parts: dict[str, ZipInfo] = {}
        self._twice: set[str] = set()
        for info in self._zip.infolist():
            key = _key(info.filename)
            if key in self._parts:
                self._twice.add(key)
            self._parts[key] = info

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return _key(part) in self._parts

    def has_folder(self, name: str) -> bool:
        """Whether there are parts in a folder."""
        return any(part.startswith(f"{_key(name)}/") for part in self._parts)

    def start_of(self, part: str, size: int) -> bytes:
        """Return the first bytes of a part; b"" when there is no such part."""
        if part not in self:
            return b""
        with self._sentences(), self._open(self._info(part)) as stream:
            return stream.read(size)

    def holds(self, part: str, pattern: re.Pattern[bytes]) -> bool:
        """Whether bytes of a part match; True too where they cannot tell because it is not written in ASCII.

        Of a match that is longer than 256 bytes it may see nothing.
        """
        end = b""
        with self._sentences(), self._open(self._held(part)) as stream:
            while data := stream.read(_READ):
                if not end and b"\0" in data[:4]:
                    return True  # UTF-16
                end += data
                if pattern.search(end):
                    return True
                end = end[-256:]
        return False

    def parser(self, *, namespaces: bool = False) -> expat.XMLParserType:
        """Return a parser that refuses what no spreadsheet program writes. `namespaces`: names are "uri local"."""
        parser = expat.ParserCreate(None, " " if namespaces else None)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.XmlDeclHandler = self._check_encoding
        return parser

    def feed(self, part: str, parser: expat.XMLParserType, *, small: bool = False) -> Iterator[None]:
        """Send a part through a parser, yielding after each piece of it. `small` parts are held to 256 MB."""
        with self._sentences(), self._open(self._held(part, small=small)) as stream:
            fed = 0
            while data := stream.read(_READ):
                for start in range(0, len(data), _PIECE):
                    piece = data[start : start + _PIECE]
                    parser.Parse(piece)
                    fed += len(piece)
                    if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                        raise too_big(self.name, f"{part} has a tag of more than {_LONGEST_TAG:,} bytes")
                    yield
            parser.Parse(b"", True)
        yield

    def walk(self, part: str, visit: Callable[[list[str], Attributes], None]) -> None:
        """Call `visit` for each element of a small part with its path of local names and its attributes."""
        path: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            path.append(name.rpartition(" ")[2])
            if len(path) > DEEPEST:
                raise damaged(self.name, f"{part} has elements without end in each other")
            visit(path, attributes)

        def end(_: str) -> None:
            path.pop()

        parser = self.parser(namespaces=True)
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        for _ in self.feed(part, parser, small=True):
            pass

    def root(self, part: str) -> tuple[str, Attributes]:
        """Return the name (with its prefix) and the attributes of a part's outermost element."""
        found: list[tuple[str, Attributes]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if not found:
                found.append((name, attributes))

        parser = self.parser()
        parser.StartElementHandler = start
        for _ in self.feed(part, parser):
            if found:
                break
        return found[0]

    def prefix_of(self, part: str, element: str, namespaces: tuple[str, ...]) -> str:
        """Return the prefix ("" or like "x:") under which a part uses one of these namespaces.

        A parser that resolves namespaces takes half as long again. Without one, names are compared as they stand;
        a document that changes its prefixes half-way has then unknown names, which readers refuse.
        """
        name, attributes = self.root(part)
        prefix = name.removesuffix(element)
        declared = attributes.get(f"xmlns:{prefix[:-1]}" if prefix else "xmlns")
        if name != prefix + element or declared not in namespaces:
            raise damaged(self.name, f"{part} begins with {name} of {declared}, not {element}")
        return prefix

    def _info(self, part: str) -> ZipInfo:
        key = _key(part)
        if key not in self._parts:
            raise damaged(self.name, f"{part} is missing")
        if key in self._twice:  # programs differ in which one they show
            raise damaged(self.name, f"{part} is there twice")
        info = self._parts[key]
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # nor does Excel read others
            raise damaged(self.name, f"{part} is compressed by method {info.compress_type}")
        return info

    def _held(self, part: str, *, small: bool = False) -> ZipInfo:
        """Return where a part is that may be read to its end: it unpacks to no more bytes than a sheet can have."""
        info = self._info(part)
        if info.file_size > (_MOST_BYTES_OF_SMALL_PART if small else _MOST_BYTES):
            raise too_big(self.name, f"{part} is {info.file_size:,} bytes")
        if info.file_size > max(_RATIO_COUNTS_FROM, _MOST_RATIO * info.compress_size):
            raise too_big(
                self.name, f"{part} unpacks from {info.compress_size:,} to {info.file_size:,} bytes"
            )
        return info  # ZipFile never gives more bytes than were declared, and checks their sum at the end

    def _open(self, info: ZipInfo) -> IO[bytes]:
        with _zipfile_errors():
            return self._zip.open(info)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what zipfile, zlib and expat say into sentences."""
        try:
            yield
        except (BadZipFile, EOFError, zlib.error, expat.ExpatError, NotImplementedError) as error:
            raise damaged(self.name, f"{type(error).__name__}: {error}") from error
        except RuntimeError as error:
            if "password" in str(error):
                raise protected(self.name) from error
            raise
        except OSError as error:
            if error.errno == errno.EINVAL:  # an offset before the file's start
                raise damaged(self.name, str(error)) from error
            raise

    def _refuse_doctype(self, *_: object) -> NoReturn:
        """Entities can grow without end or fetch other files; no spreadsheet program declares any."""
        raise UnreadableListError(
            f"{self.name} contains definitions that no spreadsheet program writes, so it is not read. Ask for the "
            "list as a plain Excel workbook or as CSV.",
            details="DOCTYPE",
        )

    def _check_encoding(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise damaged(self.name, f"XML in the encoding {encoding!r}")


@contextmanager
def _zipfile_errors() -> Iterator[None]:
    """Let zipfile call a name or a time that cannot be what it is. Elsewhere a ValueError would be our own fault."""
    try:
        yield
    except (ValueError, struct.error) as error:
        raise BadZipFile(str(error)) from error


def resolve(base: str, target: str) -> str:
    """Return the part that `target` names in the relations of the part `base`."""
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def _key(name: str) -> str:
    """Part names do not tell upper from lower case; some programs write backslashes."""
    return name.replace("\\", "/").lstrip("/").casefold()
