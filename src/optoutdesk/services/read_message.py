"""What a file says of an opt-out: of an e-mail its headers are read and proposed, of any other file nothing but its type."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from itertools import islice

from optoutdesk.domain.address import exact_key
from optoutdesk.domain.dates import CLOCK_ERROR, EARLIEST
from optoutdesk.domain.requests import Channel
from optoutdesk.services.file_kinds import EML, MSG, media_of
from optoutdesk.services.mail_headers import (
    Mail,
    in_header,
    parse_headers,
    parse_mail,
    read_mail,
    tokens_in,
    values,
    words_in,
)
from optoutdesk.services.read_msg import read_msg

_MOST_PARTS = 50
_UNSUBSCRIBE = re.compile(r"\W*(?:list[ -])?unsubscribe\b", re.IGNORECASE)

HEADERS_ONLY = "Read: who sent it, when, its subject and Message-ID. Its text and attachments were not read."
NOTHING_READ = "Nothing in it was read: type the address, and when the request arrived."
NO_HEADERS = "It says neither who sent it nor when. Type the address, and when the request arrived."
AUTOMATIC = (
    "This is an automatic reply, which is no opt-out. If the person asks for it in there, type the address."
)
BOUNCED = "A mail server says that it could not deliver. Nobody asked for anything, so nothing is due."
NO_COMPLAINT = "This report is no complaint. If somebody asks in it to be left alone, type the address."
REDACTED = "A complaint that does not say whose it is. Look for the address in the message that it carries."
CARRIES = "It carries another message. Addresses of both are proposed: tick those who asked."
AHEAD = "Its date lies ahead, so it is not proposed. Say when it arrived."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be recorded; she can change all of it."""

    addresses: tuple[str, ...] = ()
    received: datetime | None = None
    """When the request arrived, aware."""
    channel: Channel | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file says of itself."""

    media: str
    """Media type (RFC 6838)."""
    not_read: str
    """One sentence on what of it was not read."""
    remarks: tuple[str, ...] = ()
    """What she should know of it, a sentence each."""
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    sent_at: datetime | None = None
    proposal: Proposal = Proposal()


def read_message(name: str, data: bytes, *, zone: str, now: datetime, own: Collection[str] = ()) -> FileRead:
    """Return what a file says; UserError when such files are not kept as evidence.

    `zone` is the business's; `own` are the match keys of its own addresses, which never asked for anything.
    """
    media = media_of(name, data)
    if media == MSG:
        mail = read_msg(data, zone)
        reading = _Reading(zone, now, own)
        return reading.file(media, mail, reading.request(mail)) if mail else FileRead(media, NO_HEADERS)
    if media != EML:
        return FileRead(media, NOTHING_READ)
    message = parse_mail(data)
    mail = read_mail(message, zone)
    reading = _Reading(zone, now, own)
    return reading.file(media, mail, reading.of_parts(message, mail))


class _Reading:
    """Makes a proposal of what an e-mail says, and notes what she should know."""

    def __init__(self, zone: str, now: datetime, own: Collection[str]) -> None:
        self._zone = zone
        self._now = now
        self._own = own
        self._remarks: list[str] = []

    def file(self, media: str, mail: Mail, proposal: Proposal) -> FileRead:
        """Return all of it."""
        said = mail.senders or mail.sent or mail.subject or mail.message_id
        return FileRead(
            media=media,
            not_read=HEADERS_ONLY if said else NO_HEADERS,
            remarks=tuple(self._remarks),
            sender=", ".join(mail.senders),
            subject=mail.subject,
            message_id=mail.message_id,
            sent_at=mail.sent or mail.arrived,
            proposal=proposal,
        )

    def of_parts(self, message: Message, mail: Mail) -> Proposal:
        """Return what an e-mail is about: a complaint, a bounce, another message that it carries, or itself."""
        parts = list(islice(_parts(message), _MOST_PARTS))
        carried = next((read_mail(m, self._zone) for m in _carried(parts)), None)
        complaint = next(_blocks(parts, "message/feedback-report"), None)
        if complaint is not None:
            return self._complaint(complaint, mail, carried)
        failed = _failed(message, parts)
        if failed:
            self._remarks.append(BOUNCED)
            return self._proposal(mail, failed, Channel.BOUNCE)
        return self.request(mail, carried)

    def request(self, mail: Mail, carried: Mail | None = None) -> Proposal:
        """Return what a message of a person proposes."""
        unsubscribes = _UNSUBSCRIBE.match(mail.subject) is not None and not mail.answers
        if mail.automatic and not unsubscribes:
            self._remarks.append(AUTOMATIC)
            return self._proposal(mail, (), None)
        channel = Channel.LIST_UNSUBSCRIBE if unsubscribes else Channel.REPLY
        if carried is None:
            named = (*tokens_in(mail.receivers), *words_in(mail.subject)) if unsubscribes else ()
            return self._proposal(mail, (*named, *mail.senders), channel)
        ours = bool(carried.senders) and all(exact_key(sender) in self._own for sender in carried.senders)
        # Forwarded by a colleague, the request is the message within; sent back by the person, that one is ours.
        people = (*mail.senders, *(carried.receivers if ours else carried.senders))
        if {exact_key(person) for person in people} - {exact_key(s) for s in mail.senders} - {*self._own}:
            self._remarks.append(CARRIES)
        moments = (
            [mail.sent, mail.arrived] if ours else [carried.sent, carried.arrived, mail.sent, mail.arrived]
        )
        return self._proposal(mail, people, channel, moments)

    def _complaint(self, report: Message, mail: Mail, original: Mail | None) -> Proposal:
        """Return what a feedback report (RFC 5965) proposes: the complaint of whoever the message went to."""
        if next(iter(values(report, "Feedback-Type")), "").lower() in ("not-spam", "auth-failure"):
            self._remarks.append(NO_COMPLAINT)
            return self._proposal(mail, (), None)
        named = [a for value in values(report, "Original-Rcpt-To") for a in in_header(value.split(";")[-1])]
        if not named and original is not None:  # the address is often taken out of the report
            named = [*original.unsubscribes, *original.receivers]
        if not named:
            self._remarks.append(REDACTED)
        return self._proposal(mail, named, Channel.COMPLAINT)

    def _proposal(
        self,
        mail: Mail,
        addresses: Iterable[str],
        channel: Channel | None,
        moments: Iterable[datetime | None] | None = None,
    ) -> Proposal:
        people: dict[str, str] = {}
        for address in addresses:
            key = exact_key(address)
            if key is not None and key not in self._own:
                people.setdefault(key, address)
        known = [moment for moment in moments or (mail.sent, mail.arrived) if moment is not None]
        usable = [moment for moment in known if self._is_usable(moment)]
        if known and not usable and all(moment > self._now for moment in known):
            self._remarks.append(AHEAD)
        note = mail.subject
        if mail.message_id:
            note = f"{note} (Message-ID {mail.message_id})" if note else f"Message-ID {mail.message_id}"
        # The earliest: the clock starts when the request arrived anywhere on the sender's side.
        return Proposal(tuple(people.values()), min(usable, default=None), channel, note)

    def _is_usable(self, moment: datetime) -> bool:
        return moment.date() >= EARLIEST and moment <= self._now + CLOCK_ERROR


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts of an e-mail; those of a message that it carries are not its own."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and not _type_of(part).startswith("message/"):
            waiting.extend(reversed(_inner(part)))
        else:
            yield part


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else ()
    return [inner for inner in payload if isinstance(inner, Message)]


def _type_of(message: Message) -> str:
    """Return the type of a part, by what its header begins with."""
    value = next(iter(values(message, "Content-Type")), "")
    return value.partition(";")[0].strip().lower()


def _blocks(parts: Iterable[Message], media: str) -> Iterator[Message]:
    """Yield the blocks of header lines of which a part of a report consists."""
    for part in parts:
        if _type_of(part) == media:
            yield from _inner(part)


def _carried(parts: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages that an e-mail carries, whole or by their headers."""
    for part in parts:
        if _type_of(part) == "message/rfc822":
            yield from _inner(part)
        elif _type_of(part) == "text/rfc822-headers":
            yield parse_headers(_text_of(part))


def _text_of(part: Message) -> str:
    try:
        return str(part.get_payload())
    except Exception:  # noqa: BLE001 - as in parse_mail: it looks into headers for the character set
        return ""


def _failed(message: Message, parts: Iterable[Message]) -> list[str]:
    """Return the addresses to which a message could not be delivered for good (RFC 3464, RFC 3463)."""
    failed = [a for value in values(message, "X-Failed-Recipients") for a in in_header(value)]
    for block in _blocks(parts, "message/delivery-status"):
        action = next(iter(values(block, "Action")), "").lower()
        status = next(iter(values(block, "Status")), "")
        if action == "failed" and not status.startswith("4"):
            for value in values(block, "Original-Recipient") or values(block, "Final-Recipient"):
                failed += in_header(value.split(";")[-1])
    return failed
