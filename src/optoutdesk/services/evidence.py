"""Evidence: the e-mail, the letter, a picture; kept beside the suppression list under its SHA-256, and on record."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from optoutdesk.domain.errors import OutputError, UserError
from optoutdesk.domain.requests import Evidence
from optoutdesk.services.changes import Changes
from optoutdesk.services.file_kinds import ENDINGS
from optoutdesk.spreadsheets.output import PendingFile
from optoutdesk.store import Store

# What reads e-mails is loaded when there is one: recording without evidence must not wait for it.
if TYPE_CHECKING:
    from optoutdesk.services.read_message import FileRead

MOST_BYTES = 25 << 20
"""The largest file that is kept: 25 MB."""
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that was read and is not kept yet; her mail program may have thrown it away by now."""

    name: str
    data: bytes = field(repr=False)
    sha256: str
    read: "FileRead"

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies beside the suppression list and is to be put on record."""

    name: str
    size: int
    sha256: str
    read: "FileRead"

    def of(self, request: int, *, at: datetime, by: str, opt_in: int | None = None) -> Evidence:
        """Return it as evidence of a request."""
        read = self.read
        return Evidence(
            request=request,
            name=self.name,
            size=self.size,
            sha256=self.sha256,
            media=read.media,
            at=at,
            by=by,
            sender=read.sender,
            subject=read.subject,
            message_id=read.message_id,
            sent_at=read.sent_at,
            opt_in=opt_in,
        )


class KeepEvidence:
    """Reads, keeps and finds the files that show what happened."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        zone: Callable[[], str],
        own_addresses: Callable[[], Collection[str]],
    ) -> None:
        self._store = store
        self._folder = folder
        self._zone = zone
        self._own = own_addresses

    def open(self, path: Path, now: datetime) -> EvidenceFile:
        """Read a file and what it says of itself; nothing is kept yet. UserError when it cannot be evidence."""
        from optoutdesk.services.read_message import read_message

        name = _shown_name(path)
        data = _content(path, name)
        read = read_message(name, data, zone=self._zone(), now=now, own=self._own())
        return EvidenceFile(name, data, hashlib.sha256(data).hexdigest(), read)

    def keep(self, file: EvidenceFile) -> Kept:
        """Copy a file beside the suppression list, whole or not at all. The same file is there once.

        It is on record only when an act says so; one that was left by a crash in between harms nobody.
        """
        target = self._place(file.sha256, file.read.media)
        if not _is_whole(target, file.sha256):
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._folder.chmod(0o700)
                with PendingFile(target, overwrite=True) as pending:
                    pending.stream.write(file.data)
                    pending.seal()
                    pending.publish()
            except (OSError, OutputError) as error:
                raise OutputError(
                    f"“{file.name}” could not be kept in {self._folder}, so nothing was recorded. "
                    "Check that the disk is not full and that the folder is yours.",
                    details=str(error),
                ) from error
        return Kept(file.name, file.size, file.sha256, file.read)

    def add(self, request_ids: Collection[int], files: Sequence[Kept], *, by: str, now: datetime) -> Changes:
        """Put kept files on record as evidence of requests, in one act; what is on record of one already is not twice."""
        with self._store.act("add evidence", by=by, now=now) as act:
            fresh = evidence_to_add(self._store, request_ids, files, at=now, by=by)
            if not fresh:
                act.leave_no_entry()
                return Changes.NOTHING
            act.add_evidence(fresh)
        return Changes.REQUESTS

    def of(self, request_ids: Collection[int]) -> list[Evidence]:
        """Return the evidence of requests, in the order it was added."""
        found = [evidence for request in set(request_ids) for evidence in self._store.evidence(request)]
        return sorted(found, key=lambda evidence: evidence.id)

    def path_of(self, evidence: Evidence) -> Path:
        """Return where a file lies, after a look at its content; UserError when it is gone or was changed."""
        path = self._place(evidence.sha256, evidence.media)
        if not path.is_file():
            raise UserError(
                f"“{evidence.name}” is no longer in {self._folder}. Put that folder back from your own backup."
            )
        if not _is_whole(path, evidence.sha256):
            raise UserError(
                f"“{evidence.name}” was changed or cannot be read, so it shows nothing any more and is not opened. "
                f"Put {path.name} in {self._folder} back from your own backup."
            )
        return path

    def _place(self, sha256: str, media: str) -> Path:
        # Never the ending of its own name: what is opened later is what was looked at.
        return self._folder / f"{sha256}{ENDINGS.get(media, '')}"


def evidence_to_add(
    store: Store, request_ids: Collection[int], files: Sequence[Kept], *, at: datetime, by: str
) -> list[Evidence]:
    """Return what is to be put on record so that each file stands there once for each request."""
    if not files:
        return []
    known = {(e.request, e.sha256) for r in set(request_ids) for e in store.evidence(r) if e.opt_in is None}
    wanted = {(request, kept.sha256): kept for request in sorted(set(request_ids)) for kept in files}
    return [
        kept.of(request, at=at, by=by)
        for (request, sha), kept in wanted.items()
        if (request, sha) not in known
    ]


def _shown_name(path: Path) -> str:
    """Return a file's name without signs that are not seen: one could turn the words around it on screen."""
    name = path.name[-_LONGEST_NAME:].encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else " " * c.isspace() for c in name)


def _content(path: Path, name: str) -> bytes:
    """Return the content of a file she named."""
    try:
        if path.is_dir():
            raise UserError(f"“{name}” is a folder. Take a single file.")
        if not path.is_file():
            raise UserError(f"“{name}” is not there, or is no file. Check its name and folder.")
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(
            f"“{name}” cannot be read. Check that it is yours to open.", details=str(error)
        ) from error
    if len(data) > MOST_BYTES:
        raise UserError(
            f"“{name}” is larger than 25 MB. Save it without its attachments, or take a picture of it."
        )
    return data


def _is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there and holds what its name says."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError:
        return False
