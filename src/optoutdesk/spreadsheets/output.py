"""Files that appear whole or not at all: written beside their target under a temporary name, then renamed."""

import errno
import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from optoutdesk.domain.errors import OutputError

_PREFIX = ".optoutdesk-"
_SUFFIX = ".part"
_STALE_SECONDS = 86_400
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


class PendingFile:
    """A file on its way: write to `stream` or to the `temporary` path, then seal() and publish().

    Leaving the `with` block without publish() leaves nothing behind.
    """

    def __init__(self, target: Path, *, overwrite: bool, mode: int = 0o600) -> None:
        self.target = target
        self._overwrite = overwrite
        self._published = False
        self._previous: Path | None = None
        self.size = 0
        self.sha256 = ""
        refuse_existing(target, overwrite=overwrite)
        self.temporary = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
        _sweep(target.parent)
        try:
            handle = os.open(
                self.temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode
            )
        except OSError as error:
            raise cannot_write(target, error) from error
        self.stream = HashingStream(handle, target)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self.stream.close()
        if not self._published:
            self.temporary.unlink(missing_ok=True)
        if self._previous is not None:
            self._previous.unlink(missing_ok=True)
            self._previous = None

    def seal(self) -> None:
        """Bring the content to the disk and note its size and SHA-256. OutputError when the disk is full."""
        try:
            self._seal()
        except OSError as error:
            raise cannot_write(self.target, error) from error

    def _seal(self) -> None:
        self.stream.flush()
        if self.stream.size:
            os.fsync(self.stream.fileno())
            self.size, self.sha256 = self.stream.size, self.stream.sha256()
        else:  # a library wrote to the path
            with self.temporary.open("rb+") as written:
                self.sha256 = hashlib.file_digest(written, "sha256").hexdigest()
                self.size = written.tell()
                os.fsync(written.fileno())
        self.stream.close()

    def publish(self) -> None:
        """Give the file its name. OutputError when that was taken meanwhile and may not be overwritten."""
        try:
            if self._overwrite:
                self._set_aside()
                self.temporary.replace(self.target)
            else:
                _rename_to_free_name(self.temporary, self.target)
        except OSError as error:
            raise cannot_write(self.target, error) from error
        self._published = True
        _sync_folder(self.target.parent)

    def _set_aside(self) -> None:
        """Keep the file that is replaced under a second name until all is well."""
        if self.target.is_file():
            previous = self.temporary.with_suffix(".before" + _SUFFIX)
            with suppress(OSError):  # no hard links there (a USB stick): then it cannot come back
                os.link(self.target, previous)
                self._previous = previous

    def withdraw(self) -> None:
        """Take a published file away again, because what belongs to it failed; the one it replaced comes back."""
        if self._published and self._previous is not None:
            self._previous.replace(self.target)
        elif self._published and not self._overwrite:
            self.target.unlink(missing_ok=True)


class HashingStream:
    """A binary stream that knows the size and SHA-256 of what went through it. OutputError when it cannot be written."""

    def __init__(self, handle: int, target: Path) -> None:
        self._target = target
        self._file = os.fdopen(handle, "wb", buffering=1 << 18)
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Write all of it."""
        self._hash.update(data)
        self.size += len(data)
        try:
            return self._file.write(data)
        except OSError as error:
            raise cannot_write(self._target, error) from error

    def flush(self) -> None:
        """Hand everything to the system."""
        self._file.flush()

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def sha256(self) -> str:
        """Return the digest in hex."""
        return self._hash.hexdigest()


def refuse_existing(target: Path, *, overwrite: bool) -> None:
    """Raise OutputError when a target exists and may not be overwritten, or is no file."""
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Give a file name.")
    if target.exists() and not target.is_file():
        raise OutputError(f"{target} is not a file. Give a file name.")
    if not overwrite and (target.exists() or target.is_symlink()):
        raise OutputError(
            f"{target} exists already. Choose another name, or allow it to be replaced (--overwrite)."
        )


def cannot_write(target: Path, error: OSError) -> OutputError:
    """Return the sentence for a file that cannot be written."""
    if isinstance(error, FileExistsError):
        sentence = f"{target} exists already. Choose another name, or allow it to be replaced (--overwrite)."
    elif error.errno in _FULL:
        sentence = f"There is no room for {target.name} on that disk; nothing was written. Free some space and try again."
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        sentence = f"There is no folder {target.parent}. Make it, or choose another one."
    elif error.errno == errno.ENAMETOOLONG:
        sentence = f"The name {target.name[:40]}... is too long. Choose a shorter one."
    else:
        sentence = f"{target.name} cannot be written in {target.parent}. Choose a folder that is yours and not read-only."
    return OutputError(sentence, details=str(error))


def _rename_to_free_name(source: Path, target: Path) -> None:
    """Rename without ever replacing a file, also one that appeared a moment ago."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # no hard links there (a USB stick): the check and the rename lie a moment apart
        if target.exists():
            raise FileExistsError(target) from None
        source.rename(target)
    else:
        source.unlink()


def _sync_folder(folder: Path) -> None:
    """Bring a new name to the disk, so that a power cut cannot leave the record of a file without it."""
    with suppress(OSError):  # not every system lets a folder be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what a power cut left behind long ago."""
    with suppress(OSError):
        for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                    left.unlink()
