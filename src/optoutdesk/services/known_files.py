"""Whether a file is still what was written or read once: by size and time first, then by its SHA-256."""

import hashlib
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_BLOCK = 4 << 20


class FileState(StrEnum):
    """How a file stands."""

    SAME = "same"
    ALTERED = "altered"
    GONE = "gone"
    """Moved, deleted or out of reach."""
    UNREAD = "unread"
    """There, with the right size; its content is still to be compared."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file was when it was last read."""

    size: int
    time: int
    """Of its last change, in nanoseconds."""
    sha256: str


class KnownFiles:
    """Remembers, as long as the program runs, what it has read: a file that did not change is not read twice."""

    def __init__(self) -> None:
        self._seen: dict[Path, _Seen] = {}

    def state(
        self,
        path: Path,
        size: int,
        sha256: str,
        *,
        read: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> FileState:
        """Return how a file stands that once had this size and SHA-256. `read` False leaves it UNREAD where it must be read."""
        try:
            now = path.stat()
        except (OSError, ValueError):
            return FileState.GONE
        if not stat.S_ISREG(now.st_mode):
            return FileState.GONE
        if now.st_size != size:
            return FileState.ALTERED
        seen = self._seen.get(path)
        if not read and (seen is None or (seen.size, seen.time) != (now.st_size, now.st_mtime_ns)):
            return FileState.UNREAD
        found = self.sha256(path, progress)
        if not found:
            return FileState.GONE
        return FileState.SAME if found == sha256 else FileState.ALTERED

    def sha256(self, path: Path, progress: Callable[[int, int], None] | None = None) -> str:
        """Return a file's SHA-256 in hex; "" when it cannot be read."""
        try:
            before = path.stat()
            seen = self._seen.get(path)
            if seen is not None and (seen.size, seen.time) == (before.st_size, before.st_mtime_ns):
                return seen.sha256
            found = _read(path, before.st_size, progress)
            after = path.stat()
        except OSError:
            return ""
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            self._seen[path] = _Seen(after.st_size, after.st_mtime_ns, found)
        return found


def _read(path: Path, size: int, progress: Callable[[int, int], None] | None) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            done += len(block)
            if progress is not None:
                progress(done, size)
    return digest.hexdigest()


def same_path(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same place."""
    if one.absolute() == other.absolute():
        return True
    with suppress(OSError, ValueError):
        return one.samefile(other)
    return False
