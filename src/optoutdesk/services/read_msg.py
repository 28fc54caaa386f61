"""What an e-mail saved by Outlook (.msg) says of itself, by [MS-OXMSG] and [MS-OXPROPS]; its text and attachments are not read."""

import codecs
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from optoutdesk.services.mail_headers import (
    Mail,
    decoded,
    in_header,
    message_id,
    parse_headers,
    read_mail,
    shown,
)
from optoutdesk.spreadsheets.ole import CompoundFile, OleError

_PROPERTIES = "__properties_version1.0"
_HEADER = 32
"""Bytes before the first property of a message that lies in no other (section 2.4.1.1)."""
_PROPERTY = 16
_TIME = 0x0040
_NUMBER = 0x0003
_SUBJECT = 0x0037
_CLASS = 0x001A
_MESSAGE_ID = 0x1035
_HEADERS = 0x007D
_IN_REPLY_TO = 0x1042
_SENDERS = (0x5D02, 0x5D01, 0x0065, 0x0C1F)
"""Sent on behalf of (From) before sender, the SMTP address before one of any kind, which may be an Exchange name."""
_DISPLAY_TO = 0x0E04
_SUBMITTED = 0x0039
_DELIVERED = 0x0E06
_CODE_PAGES = (0x3FFD, 0x3FDE)
_MOST_CHARACTERS = 1 << 20
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_AUTOMATIC = ("report.", "ipm.note.rules.oof", "ipm.note.rules.reply")


def read_msg(data: bytes, zone: str) -> Mail | None:
    """Return what a .msg file says; None when it is no message, or too damaged to be read as one."""
    try:
        return _Message(data).mail(zone)
    except (OleError, struct.error, IndexError):
        return None


class _Message:
    """The properties of the outermost message of a file."""

    def __init__(self, data: bytes) -> None:
        self._file = CompoundFile(data)
        fixed = self._file.top_stream(_PROPERTIES)
        if fixed is None:
            raise OleError("no message")
        self._fixed: dict[int, bytes] = {}
        for at in range(_HEADER, len(fixed) - _PROPERTY + 1, _PROPERTY):
            (tag,) = struct.unpack_from("<I", fixed, at)
            self._fixed.setdefault(tag, fixed[at + 8 : at + _PROPERTY])

    def mail(self, zone: str) -> Mail:
        """Return what the properties say; what they do not, by the headers it came with, if they were kept."""
        headers = read_mail(parse_headers(self._text(_HEADERS)), zone)
        senders = [address for number in _SENDERS for address in in_header(self._text(number))]
        receivers = in_header(self._text(_DISPLAY_TO))
        return replace(
            headers,
            senders=tuple(senders[:1]) or headers.senders,
            receivers=tuple(receivers) or headers.receivers,
            subject=shown(self._text(_SUBJECT)) or headers.subject,
            message_id=message_id(self._text(_MESSAGE_ID)) or headers.message_id,
            sent=self._moment(_SUBMITTED) or headers.sent,
            arrived=self._moment(_DELIVERED) or headers.arrived,
            automatic=headers.automatic or self._text(_CLASS).lower().startswith(_AUTOMATIC),
            answers=headers.answers or bool(self._text(_IN_REPLY_TO)),
        )

    def _text(self, number: int) -> str:
        """Return a text, "" where there is none: in UTF-16, else in the message's own code page."""
        wide = self._file.top_stream(f"__substg1.0_{number:04X}001F")
        if wide is not None:
            text = wide[: 2 * _MOST_CHARACTERS].decode("utf-16-le", "replace")
        else:
            narrow = self._file.top_stream(f"__substg1.0_{number:04X}001E") or b""
            text = narrow[:_MOST_CHARACTERS].decode(self._code_page(), "replace")
        return decoded(text.rstrip("\0"))

    def _code_page(self) -> str:
        for number in _CODE_PAGES:
            value = self._fixed.get(number << 16 | _NUMBER)
            if value is not None:
                (page,) = struct.unpack_from("<I", value)
                name = "utf-8" if page == 65001 else f"cp{page}"
                try:
                    return codecs.lookup(name).name
                except LookupError:
                    continue
        return "cp1252"

    def _moment(self, number: int) -> datetime | None:
        """Return a moment: tenths of microseconds since 1601 ([MS-DTYP] FILETIME)."""
        value = self._fixed.get(number << 16 | _TIME)
        if value is None:
            return None
        (ticks,) = struct.unpack_from("<Q", value)
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None
