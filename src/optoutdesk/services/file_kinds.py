"""Which files are kept as evidence, told by what is in them: e-mails, PDFs, pictures and plain text, nothing that runs."""

from pathlib import PurePath

from optoutdesk.domain.errors import UserError

EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
PDF = "application/pdf"
TEXT = "text/plain"

ENDINGS = {
    EML: ".eml",
    MSG: ".msg",
    PDF: ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/tiff": ".tif",
    TEXT: ".txt",
}
"""The ending under which a media type (RFC 6838) is kept."""

PATTERNS = "*.eml *.msg *.pdf *.png *.jpg *.jpeg *.gif *.webp *.heic *.tif *.tiff *.txt"
"""What a file dialog shows."""

_ACCEPTED = frozenset(pattern.removeprefix("*") for pattern in PATTERNS.split())
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (_OLE, MSG),
)
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 1024
"""Bytes that are looked at. A PDF may begin anywhere in them (ISO 32000, implementation note 13)."""


def has_kept_ending(name: str) -> bool:
    """Whether a file's name ends like one that is kept as evidence."""
    return PurePath(name).suffix.lower() in _ACCEPTED


def is_surely_evidence(name: str) -> bool:
    """Whether a file can be nothing but evidence: a text file may also be a list of people."""
    return has_kept_ending(name) and PurePath(name).suffix.lower() != ".txt"


def media_of(name: str, data: bytes) -> str:
    """Return a file's media type by what is in it; UserError when such files are not kept."""
    if not has_kept_ending(name):
        raise UserError(
            f"“{name}” cannot be kept as evidence. Take an e-mail (.eml or .msg), a PDF, a picture or a text file."
        )
    if not data:
        raise UserError(f"“{name}” is empty. Save it once more from where it came from.")
    media = _by_content(data) or _as_text(name, data)
    if media is None:
        raise UserError(
            f"“{name}” is not what its name says. Save it once more from where it came from, or take a picture of it."
        )
    return media


def _by_content(data: bytes) -> str | None:
    for signature, media in _SIGNATURES:
        if data.startswith(signature):
            return media
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "image/heic"
    return PDF if b"%PDF-" in data[:_HEAD] and not _begins_like_a_mail(data) else None


def _begins_like_a_mail(data: bytes) -> bool:
    """Whether a header line comes first: an e-mail that speaks of a PDF is none."""
    name, colon, _ = data.partition(b"\n")[0].partition(b":")
    return bool(colon) and name.isascii() and bool(name.strip()) and b" " not in name.strip()


def _as_text(name: str, data: bytes) -> str | None:
    """Return the type of a file that nothing but its name tells: text holds no zero bytes, programs do."""
    ending = PurePath(name).suffix.lower()
    if ending == ".txt" and data.startswith(_UTF_16):
        return TEXT
    if ending not in (".eml", ".txt") or b"\0" in data[:_HEAD]:
        return None
    return EML if ending == ".eml" else TEXT
