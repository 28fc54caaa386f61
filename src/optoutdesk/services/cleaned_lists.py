"""The lists that were cleaned: is this one still safe to send, whose file is this, and cleaning one again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.services.known_files import FileState, KnownFiles, same_path
from optoutdesk.store import Store
from optoutdesk.store.barred_since import barred_since

# What reads spreadsheets is loaded only when something is cleaned.
if TYPE_CHECKING:
    from optoutdesk.services.changes import Changes
    from optoutdesk.services.clean_again import CleanedAgain
    from optoutdesk.services.clean_list import CleanList

Progress = Callable[[int, int], None]
"""Called now and then while files are read; raises Cancelled to stop."""

COUNTED = 10_000
"""So many opt-outs since are counted; more are `more than`."""
_ALL = 1_000_000


class Standing(StrEnum):
    """How a clean list stands."""

    SAFE = "safe"
    OPTED_OUT = "opted-out-since"
    """People opted out since it was cleaned; whether they are in it is not known."""
    ALTERED = "altered"
    """The file is no longer what was written: nobody knows who is in it."""
    GONE = "gone"
    """Moved, deleted or out of reach."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned list and what happened since."""

    record: CleanRecord
    opted_out_since: int
    """Who is barred from this mailing now and was not when it was cleaned; COUNTED + 1 for more than COUNTED."""
    file: FileState
    """Of the clean list."""
    original: FileState
    """Of the list it was made from."""

    @property
    def standing(self) -> Standing:
        """How it stands; the gravest first."""
        if self.file is FileState.GONE:
            return Standing.GONE
        if self.file is FileState.ALTERED:
            return Standing.ALTERED
        return Standing.OPTED_OUT if self.opted_out_since else Standing.SAFE

    @property
    def checked(self) -> bool:
        """Whether the clean list was compared with what was written."""
        return self.file is not FileState.UNREAD

    @property
    def can_clean_again(self) -> bool:
        """Whether there is something to clean again, and a reason to."""
        both_gone = self.file is FileState.GONE and self.original is FileState.GONE
        return not both_gone and self.standing is not Standing.SAFE


class KnownAs(StrEnum):
    """What a file is known as."""

    CLEAN = "clean"
    """A clean list as it was written."""
    ALTERED = "altered"
    """Name and place of a clean list, but not its content."""
    ORIGINAL = "original"
    """A list that was cleaned already."""
    REMOVED = "removed"
    """The removed rows of a list with their reasons: nobody in them may be mailed."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file that is known from an earlier clean."""

    path: Path
    known_as: KnownAs
    cleaned: Cleaned
    """The newest clean it belongs to."""


class CleanedLists:
    """Reads the records of cleaned lists and looks after their files."""

    def __init__(self, store: Store, clean_list: "Callable[[], CleanList]") -> None:
        self._store = store
        self._clean_list = clean_list
        self._files = KnownFiles()
        self._since: dict[tuple[int, str | None], int] = {}
        self._since_head = ""

    def recent(
        self, limit: int = 20, *, read_files: bool = True, progress: Progress | None = None
    ) -> list[Cleaned]:
        """Return the newest first; of a list that was cleaned again only the last time.

        Files are compared by size and time with what is known of them, then by their SHA-256; without `read_files`
        those of which that is still to be done are UNREAD.
        """
        found: list[Cleaned] = []
        inputs: set[Path] = set()
        for record in self._store.cleans(_ALL):
            if len(found) == limit:
                break
            # Cleaned again from the original, or, where that was gone, from the clean list itself.
            if record.input_path in inputs or record.output_path in inputs:
                inputs.add(record.input_path)
                continue
            inputs.add(record.input_path)
            found.append(self._cleaned(record, read_files=read_files, progress=progress))
        return found

    def get(self, record: CleanRecord, progress: Progress | None = None) -> Cleaned:
        """Return how one cleaned list stands now."""
        return self._cleaned(record, read_files=True, progress=progress)

    def _cleaned(self, record: CleanRecord, *, read_files: bool, progress: Progress | None) -> Cleaned:
        clean = self._files.state(
            record.output_path,
            record.output_size,
            record.output_sha256,
            read=read_files,
            progress=progress,
        )
        there = record.input_path.is_file()
        return Cleaned(
            record, self._opted_out_since(record), clean, FileState.UNREAD if there else FileState.GONE
        )

    def _opted_out_since(self, record: CleanRecord) -> int:
        head = self._store.head()
        if head != self._since_head:
            self._since, self._since_head = {}, head
        known, key = self._since, (record.against_entry, record.scope)
        if key not in known:
            known[key] = barred_since(self._store, *key, COUNTED + 1)
        return known[key]

    def clean_again(
        self, record: CleanRecord, *, by: str, now: datetime, progress: Progress | None = None
    ) -> "tuple[CleanedAgain, Changes]":
        """Clean a list again in one step; see services/clean_again.py for what that is and when it is refused."""
        from optoutdesk.services.clean_again import clean_again

        return clean_again(self._clean_list(), self._files, record, by=by, now=now, progress=progress)

    # -- whose file is this

    def recognise(self, path: Path, progress: Progress | None = None) -> Known | None:
        """Return what is known of a file; None when it belongs to no clean. Only a file of a known size is read."""
        try:
            size = path.stat().st_size
        except OSError:
            return None  # whoever opens it says what is wrong with it
        records = self._store.cleans(_ALL)
        if any(size in (r.output_size, r.input_size, r.removed_size) for r in records):
            sha256 = self._files.sha256(path, progress)
            for record in records if sha256 else ():
                known_as = _known_as(record, path, size, sha256)
                if known_as is not None:
                    return Known(path, known_as, self.get(record, progress))
        for record in records:
            if same_path(path, record.output_path):
                return Known(path, KnownAs.ALTERED, self.get(record, progress))
        return None


def _known_as(record: CleanRecord, path: Path, size: int, sha256: str) -> KnownAs | None:
    """Return what a file with this content is of one clean. Where nothing was removed, its place tells."""
    clean = (record.output_size, record.output_sha256) == (size, sha256)
    original = (record.input_size, record.input_sha256) == (size, sha256)
    if original and (not clean or same_path(path, record.input_path)):
        return KnownAs.ORIGINAL
    if clean:
        return KnownAs.CLEAN
    return KnownAs.REMOVED if (record.removed_size, record.removed_sha256) == (size, sha256) else None
