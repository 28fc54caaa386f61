"""A ZIP of lists, as mail platforms export them: what is in it, and one member at a time as a private file.

It is opened on the suspicion that it was made to do harm: the names in it never become paths, and no more is written
than it declares, which has to be believable.
"""

import errno
import os
import re
import shutil
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from stat import S_ISLNK
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from optoutdesk.domain.errors import ListChangedError, UnreadableListError
from optoutdesk.spreadsheets.open import unreadable
from optoutdesk.spreadsheets.output import cannot_write
from optoutdesk.spreadsheets.table import Format

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_DOCUMENT_PARTS = {"[content_types].xml", "_rels/.rels", "mimetype", "content.xml"}
"""Parts by which a ZIP is a document of some program: OOXML (ECMA-376 part 2), OpenDocument, EPUB."""
_LISTS = tuple(f".{each}" for each in Format)
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
MOST_MEMBERS = 1_000
"""Lists; more than that is no export."""
MOST_BYTES = 4 << 30
"""Of all lists together, unpacked: a hundred million addresses."""
# Lists are repetitive: 5- to 30-fold by measurement. A bomb of zeros is 1,000-fold.
_MOST_RATIO = 400
_RATIO_COUNTS_FROM = 50 << 20
# ZipFile reads all of the directory, and makes an object of some 500 bytes of each entry of 50 and more.
_MOST_DIRECTORY_BYTES = 8 << 20
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8_NAME = 0x800
_PIECE = 1 << 20
_SHORTEST = 6
"""Bytes of a list with somebody in it: a@b.cc. A file of less is a mark and a line end, or nothing."""
_LONGEST_NAME = 200
"""Bytes; no system takes more than 255."""
_PREFIX = ".optoutdesk-unpacked-"
_STALE_SECONDS = 86_400
# Windows reserves these whatever follows the dot.
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")

Progress = Callable[[int, int], None]
"""Called with (bytes done, all bytes); raises Cancelled to stop."""


@dataclass(frozen=True, slots=True)
class Member:
    """A list in an archive."""

    name: str
    """Its file name without folders, safe to show and to write, and unlike all others in the archive."""
    size: int
    """Bytes, unpacked."""
    day: date | None
    """When it was last changed, by the clock of whoever packed it; None where that is not said."""
    place: int
    """Its position in the archive's directory."""
    crc: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """What is in an archive and is no list."""

    name: str
    reason: str
    """In words."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A ZIP file with at least one list in it."""

    path: Path
    members: tuple[Member, ...]
    skipped: tuple[Skipped, ...]

    def extract(self, member: Member, folder: Path | None = None, progress: Progress | None = None) -> Path:
        """Unpack a member into a new folder of its own, which nobody else may read; the caller removes that.

        The new folder is made in `folder`, else where the system keeps temporary files. UnreadableListError when the
        member is damaged, ListChangedError when the archive is another one by now, OutputError when there is no room.
        """
        place = folder or Path(tempfile.gettempdir())
        try:
            _sweep(place)
            own = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))  # mode 0700
        except OSError as error:
            raise cannot_write(place / member.name, error) from error
        try:
            self._copy(member, own / member.name, progress)
        except BaseException as error:
            shutil.rmtree(own, ignore_errors=True)
            if isinstance(error, OSError):
                raise unreadable(self.path, error) from error
            raise
        return own / member.name

    @contextmanager
    def extracted(
        self, member: Member, folder: Path | None = None, progress: Progress | None = None
    ) -> Iterator[Path]:
        """Unpack a member as extract() does, for as long as the `with` lasts."""
        path = self.extract(member, folder, progress)
        try:
            yield path
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)

    def _copy(self, member: Member, target: Path, progress: Progress | None) -> None:
        with (
            _opened(self.path) as package,
            _sentences(self.path.name, member.name),
            package.open(_unchanged(package, member, self.path.name)) as source,
            _private_file(target) as write,
        ):
            done = 0
            # ZipFile never gives more bytes than were declared, and checks their sum at the end.
            while data := source.read(_PIECE):
                write(data)
                done += len(data)
                if progress:
                    progress(done, member.size)
            if done != member.size:
                raise BadZipFile(f"{done:,} of {member.size:,} bytes")


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP of files for open_archive, not a workbook nor another document that is a ZIP inside.

    A damaged ZIP is one if it is called so. What cannot be opened at all is none.
    """
    try:
        with path.open("rb") as stream:
            if not stream.read(4).startswith(_SIGNATURES):
                return False
        with _opened(path) as package:
            names = {info.filename.replace("\\", "/").lstrip("/").casefold() for info in package.infolist()}
    except OSError:
        return False  # open_table has the sentence for it
    except UnreadableListError:
        return path.suffix.lower() == ".zip"
    return names.isdisjoint(_DOCUMENT_PARTS) and not any(name.startswith("xl/") for name in names)


def open_archive(path: Path) -> Archive:
    """Return the lists in a ZIP file. UnreadableListError says why there are none, or why they are not read."""
    try:
        with _opened(path) as package:
            infos = package.infolist()
    except OSError as error:
        raise unreadable(path, error) from error
    members: list[Member] = []
    skipped: list[Skipped] = []
    taken: set[str] = set()
    for place, info in enumerate(infos):
        full = _name_of(info)
        if full.endswith("/"):
            continue
        name = _shown(full)
        if reason := _why_no_list(full, info):
            skipped.append(Skipped(name, reason))
            continue
        _check(info, name, path.name)
        if len(members) == MOST_MEMBERS:
            raise _too_big(path.name, f"more than {MOST_MEMBERS:,} lists")
        name = _unlike(taken, name)
        members.append(Member(name, info.file_size, _day_of(info), place, info.CRC))
    size = sum(member.size for member in members)
    if size > MOST_BYTES:
        raise _too_big(path.name, f"{size:,} bytes unpacked")
    if not members:
        raise _without_lists(path.name, skipped)
    return Archive(path, tuple(members), tuple(skipped))


def _name_of(info: ZipInfo) -> str:
    """Return a member's name as it was packed, with / between its folders. Only shown, never a path."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        # Said to be of code page 437, which nobody uses: macOS writes UTF-8 and says nothing.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _shown(full: str) -> str:
    """Return the last part of a name: on one line, not too long, and a file name on every system."""
    base = full.rsplit("/", 1)[-1]
    base = "".join("_" if sign in '<>:"|?*' or not sign.isprintable() else sign for sign in base)
    stem, dot, suffix = base.strip(" .").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    stem = stem.encode("utf-8", "replace")[:_LONGEST_NAME].decode("utf-8", "ignore").strip(" .")
    stem = _RESERVED.sub(r"\1_", stem) or "list"
    return f"{stem}{dot}{suffix[:20]}"


def _unlike(taken: set[str], name: str) -> str:
    """Return a name as no other member has it: list.csv, list (2).csv."""
    stem, dot, suffix = name.rpartition(".")
    number, unlike = 1, name
    while unlike.casefold() in taken:
        number += 1
        unlike = f"{stem} ({number}){dot}{suffix}"
    taken.add(unlike.casefold())
    return unlike


def _why_no_list(full: str, info: ZipInfo) -> str:
    """Return why a member is not offered; "" for a list."""
    base = full.rsplit("/", 1)[-1]
    if full.startswith("__MACOSX/") or base.startswith("."):
        return "a hidden file"
    if S_ISLNK(info.external_attr >> 16):
        return "a link to another file"
    suffix = Path(_shown(full)).suffix.lower()
    if suffix in _ARCHIVES:
        return "a packed file in a packed file: unpack it and import the lists in it"
    if suffix not in _LISTS:
        return "not a list"
    return "" if info.file_size >= _SHORTEST else "empty"


def _check(info: ZipInfo, name: str, archive: str) -> None:
    """Refuse a list that would be unpacked in vain or without end."""
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableListError(
            f"{archive} is password-protected. Unpack it with its password and import the files in it."
        )
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnreadableListError(
            f"{archive} is packed in a way that is not read. Unpack it and import the files in it.",
            details=f"{name} is compressed by method {info.compress_type}",
        )
    if info.file_size > max(_RATIO_COUNTS_FROM, _MOST_RATIO * info.compress_size):
        raise _too_big(archive, f"{name} unpacks from {info.compress_size:,} to {info.file_size:,} bytes")


def _day_of(info: ZipInfo) -> date | None:
    year, month, day = info.date_time[:3]
    if year <= 1980:  # where the count begins: nobody set it
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _unchanged(package: ZipFile, member: Member, name: str) -> ZipInfo:
    infos = package.infolist()
    info = infos[member.place] if member.place < len(infos) else None
    if info is None or (info.CRC, info.file_size) != (member.crc, member.size):
        raise ListChangedError(f"{name} was changed since it was opened. Open it again.")
    return info


@contextmanager
def _private_file(target: Path) -> Iterator[Callable[[bytes], object]]:
    """Give the write of a new file that only its owner may read. OutputError when it cannot be written."""
    try:
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise cannot_write(target, error) from error

    def write(data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[stream.write(rest) :]
        except OSError as error:
            raise cannot_write(target, error) from error

    with os.fdopen(handle, "wb", buffering=0) as stream:
        yield write


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    """Open a ZIP file whose directory is of a size that an export has."""
    with path.open("rb") as stream:
        with _sentences(path.name):
            if _directory_bytes(stream) > _MOST_DIRECTORY_BYTES:
                raise _too_big(path.name, "its directory is endless")
            stream.seek(0)
            package = ZipFile(stream)
        with package:
            yield package


def _directory_bytes(stream: IO[bytes]) -> int:
    """Return how large the directory at the end of a ZIP says it is (APPNOTE.TXT 4.3.14 and 4.3.16)."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - (1 << 16) - 100))
    tail = stream.read()
    found = [0]
    for signature, offset, form in ((b"PK\x05\x06", 12, "<L"), (b"PK\x06\x06", 40, "<Q")):
        at = tail.rfind(signature)
        if at >= 0 and len(tail) >= at + offset + struct.calcsize(form):
            [declared] = struct.unpack_from(form, tail, at + offset)
            if (form, declared) != ("<L", 0xFFFFFFFF):  # else the other record says it
                found.append(declared)
    return min(max(found), size)


@contextmanager
def _sentences(archive: str, member: str = "") -> Iterator[None]:
    """Turn what zipfile and zlib say into sentences."""
    try:
        yield
    except (BadZipFile, EOFError, zlib.error, struct.error, NotImplementedError, ValueError) as error:
        raise _damaged(archive, f"{type(error).__name__}: {error}", member) from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # an offset before the file's start
            raise _damaged(archive, str(error), member) from error
        raise


def _damaged(archive: str, details: str, member: str = "") -> UnreadableListError:
    what = f"{member} in {archive}" if member else archive
    return UnreadableListError(
        f"{what} is damaged or was not copied whole. Download or copy {archive} again.", details=details
    )


def _too_big(archive: str, details: str) -> UnreadableListError:
    return UnreadableListError(
        f"{archive} unpacks to far more than any export holds, so it is not read. If you trust it, unpack it and import "
        "the lists in it.",
        details=details,
    )


def _without_lists(archive: str, skipped: Sequence[Skipped]) -> UnreadableListError:
    details = "; ".join(f"{each.name}: {each.reason}" for each in skipped[:20])
    packed = next((each.name for each in skipped if Path(each.name).suffix.lower() in _ARCHIVES), "")
    if packed:
        return UnreadableListError(
            f"{archive} holds no list but another packed file, {packed}. Unpack it and import the lists in it.",
            details=details,
        )
    return UnreadableListError(
        f"There is no list in {archive}: no CSV, TSV or text file and no workbook that is not empty. Choose the file "
        "that holds the opt-outs.",
        details=details,
    )


def _sweep(folder: Path) -> None:
    """Remove what a power cut left behind long ago: it holds people's addresses."""
    with suppress(OSError):
        for left in folder.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                if time.time() - left.lstat().st_mtime > _STALE_SECONDS:
                    shutil.rmtree(left, ignore_errors=True)
