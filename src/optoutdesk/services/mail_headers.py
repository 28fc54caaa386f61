"""What the headers of an e-mail say (RFC 5322), read safely: they may be broken, endless or made to mislead."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from optoutdesk.domain.address import exact_key

_MOST_BYTES = 1 << 20
_MOST_LINES = 20_000
_LONGEST_LINE = 1_000
"""RFC 5322 section 2.1.1 allows 998."""
_LONGEST_HEADER = 8_000
_MOST_CONTINUED = 20
"""Lines of one header that are looked at. The standard library's time grows with their square."""
_LONGEST_TEXT = 300


def _words(between: str) -> re.Pattern[str]:
    """Return what finds words with an @. Whole ones only, each looked at once: half an address is another one."""
    return re.compile(rf"(?<![^{between}])[^{between}@]++@[^{between}]++")


_IN_TEXT = _words(r"\s<>()\[\],;:\"|")
_IN_LINK = _words(r"\s<>()\[\],;:\"|=&?/")
_TOKEN = re.compile(r"[^+@]++\+([^@]+)=([^=@]+)@[^@]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


@dataclass(frozen=True, slots=True)
class Mail:
    """What an e-mail says of itself."""

    senders: tuple[str, ...] = ()
    """The addresses in From."""
    receivers: tuple[str, ...] = ()
    """The addresses in To."""
    subject: str = ""
    message_id: str = ""
    sent: datetime | None = None
    """Date, aware."""
    arrived: datetime | None = None
    """When the mailbox took it in."""
    automatic: bool = False
    """A program sent it, not a person (RFC 3834 section 5)."""
    answers: bool = False
    """It answers another message."""
    unsubscribes: tuple[str, ...] = ()
    """Addresses that stand plainly in List-Unsubscribe (RFC 2369) as the one to be removed."""


def parse_mail(data: bytes) -> Message:
    """Return the parts of an e-mail, of its first megabyte; what cannot be taken apart, by its headers alone."""
    tamed = b"".join(_tamed(data))
    try:
        return BytesParser(policy=policy.default).parsebytes(tamed)
    except Exception:  # noqa: BLE001 - the parser raises whatever a hostile header makes it stumble over
        return BytesHeaderParser(policy=policy.compat32).parsebytes(tamed)


def parse_headers(text: str) -> Message:
    """Return the headers of an e-mail that are given as text."""
    return BytesHeaderParser(policy=policy.compat32).parsebytes(
        b"".join(_tamed(text.encode("utf-8", "replace")))
    )


def _tamed(data: bytes) -> Iterator[bytes]:
    """Yield an e-mail's lines without what only fills them."""
    continued = 0
    for line in data[:_MOST_BYTES].removeprefix(b"\xef\xbb\xbf").splitlines()[:_MOST_LINES]:
        continued = continued + 1 if line[:1] in (b" ", b"\t") else 0
        if continued <= _MOST_CONTINUED:
            yield line[: _whole_words(line)] + b"\n"


def _whole_words(line: bytes) -> int:
    """Return how much of a line is read: all of it, else to the end of a word. Half an address is another one."""
    if len(line) <= _LONGEST_LINE:
        return len(line)
    return max(line.rfind(separator, 0, _LONGEST_LINE) for separator in (b" ", b"\t", b",", b";", b"<")) + 1


def read_mail(message: Message, zone: str) -> Mail:
    """Return what the headers say. `zone` is the business's, for dates that name none."""
    received = next(iter(values(message, "Received")), "")
    return Mail(
        senders=addresses(message, "From"),
        receivers=addresses(message, "To"),
        subject=text_of(message, "Subject"),
        message_id=message_id(next(iter(values(message, "Message-ID")), "")),
        sent=moment_of(next(iter(values(message, "Date")), ""), zone),
        arrived=moment_of(received.rpartition(";")[2], zone),  # RFC 5321 section 4.4: the newest stands first
        automatic=_is_automatic(message),
        answers=any(values(message, name) for name in ("In-Reply-To", "References")),
        unsubscribes=_unsubscribes(message),
    )


def values(message: Message, name: str) -> list[str]:
    """Return what stands in the headers of a name, in one line each, not decoded."""
    found = []
    for header, value in message.raw_items():
        if header.lower() == name.lower():
            raw = str(value).encode("utf-8", "surrogateescape")
            try:
                text = raw.decode("utf-8")
            except (
                UnicodeDecodeError
            ):  # older programs leave letters as they are (RFC 5322 does not allow any)
                text = raw.decode("cp1252", "replace")
            found.append(" ".join(text.split()))
    return found


def text_of(message: Message, name: str) -> str:
    """Return the text of a header with its encoded words (RFC 2047) read, ready to show."""
    return shown(decoded(next(iter(values(message, name)), "")))


def decoded(text: str) -> str:
    """Return a header's text with its encoded words read; what cannot be read stays as it is."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text[: 8 * _LONGEST_TEXT])))
    except (
        MessageError,
        ValueError,
        LookupError,
    ):  # a broken base64, a character set unknown or no name of one
        return text


def shown(text: str) -> str:
    """Return a text of one line without signs that are not seen or turn others around; cut off where it is endless."""
    kept = (" " if c.isspace() else c for c in text[: 4 * _LONGEST_TEXT] if c.isspace() or _is_seen(c))
    line = " ".join("".join(kept).split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}…"


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def addresses(message: Message, name: str) -> tuple[str, ...]:
    """Return the addresses in the headers of a name, each once."""
    found: dict[str, str] = {}
    for value in values(message, name)[:20]:
        if len(value) > _LONGEST_HEADER:
            value = value[: value.rfind(",", 0, _LONGEST_HEADER) + 1]  # noqa: PLW2901 - as in a line
        for address in in_header(value) or in_header(decoded(value)):
            found.setdefault(exact_key(address) or address, address)
    return tuple(found.values())


def in_header(value: str) -> list[str]:
    """Return the addresses of one header: those in angle brackets, else every word that is one.

    What stands in quotation marks or in parentheses is a name and not an address, also where it looks like one.
    """
    bare = re.sub(r'"(?:[^"\\]|\\.)*+"|\([^()]*+\)', " ", value)
    bracketed = re.findall(r"<([^<>\s@]*+@[^<>\s]*+)>", bare)
    return [word for word in bracketed if exact_key(word) is not None] if bracketed else words_in(bare)


def words_in(text: str) -> list[str]:
    """Return every word of a text that is an address."""
    return [word for word in _IN_TEXT.findall(text) if exact_key(word) is not None]


def tokens_in(addresses: Iterable[str]) -> list[str]:
    """Return the addresses that are written into other ones, as jane@example.com in unsub+jane=example.com@shop.example."""
    found = [f"{token[1]}@{token[2]}" for address in addresses if (token := _TOKEN.fullmatch(address))]
    return [address for address in found if exact_key(address) is not None]


def message_id(value: str) -> str:
    """Return a Message-ID without what stands around it."""
    found = _MESSAGE_ID.search(value)
    return shown(found[0] if found else value[:250])


def moment_of(text: str, zone: str) -> datetime | None:
    """Return the moment of a date as e-mails write it (RFC 5322 section 3.3), in UTC; None where it makes no sense.

    Without a zone it is the earlier of the readings: in the business's zone or in UTC.
    """
    try:
        moment = parsedate_to_datetime(text.strip())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        utc = moment.replace(tzinfo=UTC)
        if text.rstrip().endswith("-0000"):  # in UTC, written by who does not say where
            return utc
        return min(utc, moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _is_automatic(message: Message) -> bool:
    submitted = next(iter(values(message, "Auto-Submitted")), "no").lower()
    precedence = next(iter(values(message, "Precedence")), "").lower()
    answered = any(values(message, name) for name in ("X-Autoreply", "X-Autorespond"))
    return submitted.startswith("auto") or precedence in ("auto_reply", "auto-reply") or answered


def _unsubscribes(message: Message) -> tuple[str, ...]:
    """Return the addresses that a List-Unsubscribe names as the one to be removed, as `?email=jane%40example.com`."""
    found: dict[str, None] = {}
    for value in values(message, "List-Unsubscribe")[:5]:
        for link in re.findall(r"<([^<>]+)>", value):
            address, _, asked = unquote(link).partition("?")
            for word in (*_IN_LINK.findall(asked), *tokens_in([address.removeprefix("mailto:")])):
                if exact_key(word) is not None:
                    found[word] = None
    return tuple(found)
