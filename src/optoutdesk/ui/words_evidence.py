"""The words of evidence: what a file is, how large, what it says of itself, and the question before it is opened."""

from collections.abc import Iterable
from datetime import date, datetime

from optoutdesk.domain.requests import Evidence
from optoutdesk.services.evidence import EvidenceFile, Kept
from optoutdesk.services.file_kinds import EML, MSG, PATTERNS, PDF, TEXT
from optoutdesk.ui import words

FILES = f"E-mails, PDFs, pictures, texts ({PATTERNS});;All files (*)"
DROP = "Drop the e-mail, letter or picture here as evidence"
CHOOSE_TITLE = "Choose evidence"
KNOWN = "That file is evidence of this request already."


def size(value: int) -> str:
    """Return `800 bytes`, `12 KB`, `3.4 MB`."""
    if value < 1000:
        return words.count(value, "byte")
    return f"{round(value / 1000)} KB" if value < 1_000_000 else f"{value / 1_000_000:.1f} MB"


def kind(media: str) -> str:
    """Return what a file is: `E-mail`, `PDF`, `Picture`, `Text`."""
    names = {EML: "E-mail", MSG: "E-mail of Outlook", PDF: "PDF", TEXT: "Text"}
    return names.get(media, "Picture")


def facts(evidence: Evidence, zone: str, today: date) -> str:
    """Return what stands below the name of a kept file: `E-mail, 12 KB · from jane@shop.example · Mon 23 Nov 09:12`."""
    said = [f"{kind(evidence.media)}, {size(evidence.size)}"]
    said += _of_mail(evidence.sender, evidence.sent_at, zone, today)
    return " · ".join(said)


def facts_of_file(file: EvidenceFile, zone: str, today: date) -> str:
    """Return the same of a file that is not kept yet."""
    said = [f"{kind(file.read.media)}, {size(file.size)}"]
    said += _of_mail(file.read.sender, file.read.sent_at, zone, today)
    return " · ".join(said)


def _of_mail(sender: str, sent_at: datetime | None, zone: str, today: date) -> list[str]:
    said = [f"from {sender}"] if sender else []
    return said + ([words.moment(sent_at, zone, today)] if sent_at is not None else [])


def added(files: Iterable[Kept]) -> str:
    """Return what is said once files are on record: of an e-mail also what of it was not read."""
    # Shorter than FileRead.not_read: it stands in one line at the bottom of the smallest window.
    mail = any(file.read.media in (EML, MSG) for file in files)
    return f"The evidence is on record.{' Its text and attachments were not read.' if mail else ''}"


def open_question(evidence: Evidence, zone: str, today: date) -> str:
    """Return the question before a file is opened: whose it is, and that it came from outside."""
    added = f"added {words.moment(evidence.at, zone, today)}{f' by {evidence.by}' if evidence.by else ''}"
    sender = f", sent by {evidence.sender}" if evidence.sender else ""
    return (
        f"“{evidence.name}” came from outside{sender} ({kind(evidence.media)}, {added}). It opens in the program that your "
        "computer uses for such files. Open it only if you trust it, and change nothing in it."
    )
