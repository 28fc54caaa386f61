"""Opt-out requests and opting in again: what they are, and which of them is in force at a moment.

Nothing is ever deleted: the state of an address or a domain is derived from its requests and its opt-ins.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ALL_MAIL = "all"
"""The scope of a request that names no list: all mail (15 U.S.C. 7704(a)(3)(B) and (4)(A))."""


class Kind(StrEnum):
    """What an entry of the suppression list names."""

    ADDRESS = "address"
    DOMAIN = "domain"
    """A domain and everything below it."""
    HASH = "hash"
    """An address that is only known by its hash, in lower-case hexadecimal digits."""


class Channel(StrEnum):
    """How a request arrived."""

    LINK = "link"
    REPLY = "reply"
    LIST_UNSUBSCRIBE = "list-unsubscribe"
    PHONE = "phone"
    LETTER = "letter"
    IN_PERSON = "in-person"
    WEB_FORM = "web-form"
    PLATFORM_EXPORT = "platform-export"
    COMPLAINT = "complaint"
    BOUNCE = "bounce"
    OTHER = "other"


class Precision(StrEnum):
    """How precisely the moment of receipt is known."""

    MINUTE = "minute"
    DAY = "day"
    UNKNOWN = "unknown"
    """Not known: it arrived on that day at the latest, from which the clock runs."""


@dataclass(frozen=True, slots=True)
class Received:
    """When a request reached the sender: the instant, and the local day the clock starts from."""

    instant: datetime
    """UTC. For a day without a time, and where it is not known: the day's first moment in the business's zone."""
    day: date
    """The day in the business's time zone; day 0 of the count."""
    precision: Precision
    zone: str
    """IANA name of the business's time zone, as it was when this was recorded."""

    @property
    def latest(self) -> datetime:
        """The last moment at which the request may have arrived; the safe side when consents are compared."""
        if self.precision is Precision.MINUTE:
            return self.instant
        # Not 24 hours later: the day on which clocks go back has 25.
        return datetime.combine(self.day + timedelta(days=1), time.min, ZoneInfo(self.zone)).astimezone(UTC)


def received_at(moment: datetime, zone: str) -> Received:
    """Return the receipt at an aware moment, in a business's time zone."""
    return Received(
        moment.astimezone(UTC).replace(microsecond=0),
        moment.astimezone(ZoneInfo(zone)).date(),
        Precision.MINUTE,
        zone,
    )


def received_on(day: date, zone: str, precision: Precision = Precision.DAY) -> Received:
    """Return the receipt on a day whose time is not known: the clock starts on that day."""
    first_moment = datetime.combine(day, time.min, ZoneInfo(zone))
    return Received(first_moment.astimezone(UTC), day, precision, zone)


def received_by(day: date, zone: str) -> Received:
    """Return the receipt of which only is known that it was not later than a day: the clock starts on that day."""
    return received_on(day, zone, Precision.UNKNOWN)


ZONES_APART = timedelta(hours=26)
"""The widest spread of local times, from UTC-12 to UTC+14."""


def latest_receipt(received: Received, *, imported: bool) -> datetime:
    """Return the last moment at which a request may have arrived.

    A file rarely says in which zone its times and days are written; of all readings the latest counts here.
    """
    return received.latest + ZONES_APART if imported else received.latest


@dataclass(frozen=True, slots=True)
class OptOutRequest:
    """One request to be left alone, as it was recorded."""

    id: int
    kind: Kind
    key: str
    """Match key of the address, the domain, or the hash."""
    given: str
    """As it was written down."""
    scope: str
    """ALL_MAIL, or the name of one list or brand."""
    received: Received
    channel: Channel
    note: str
    by: str
    """Who recorded it."""
    recorded_at: datetime
    due: date
    policy: str
    """The policy's id."""
    counting: str
    """How the business days were counted, for every printed date."""
    done_at: datetime | None = None
    """When it was last done everywhere the business mails from; None: never. A platform's export may open it again."""
    done_by: str = ""
    name: str = ""
    """The person's name, where a file gave it."""
    platform: str = ""
    """Where the file that brought it came from."""
    batch: int | None = None
    """The import that brought it; None: recorded by hand."""
    withdrawn_at: datetime | None = None
    """When its import was undone: it is on record, but bars nothing."""
    origin: str = ""
    """The platform (as in resources/esp/profiles.json) whose own export brought it; "" for any other way."""

    @property
    def latest(self) -> datetime:
        """The last moment at which it may have arrived."""
        return latest_receipt(self.received, imported=self.batch is not None)

    @property
    def asked(self) -> bool:
        """Whether somebody asked. A bounce bars mail too, but is no request (15 U.S.C. 7704(a)(4)(A)): nothing is due."""
        return self.channel is not Channel.BOUNCE

    @property
    def has_clock(self) -> bool:
        """Whether something is due: somebody asked, and can be found where people are kept; a hash names nobody there."""
        return self.asked and self.kind is not Kind.HASH


@dataclass(frozen=True, slots=True)
class OptIn:
    """Affirmative consent after an opt-out (15 U.S.C. 7704(a)(4)(B)); lifts only its own scope."""

    id: int
    kind: Kind
    key: str
    scope: str
    at: datetime
    by: str
    evidence: str
    recorded_at: datetime
    who: str = ""
    """Who agreed, in words."""
    how: str = ""
    """How the person agreed, in words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that shows what happened: the e-mail, the letter, a picture. The file itself lies beside the list."""

    request: int
    name: str
    size: int
    """Bytes."""
    sha256: str
    media: str
    """Media type (RFC 6838)."""
    at: datetime
    by: str
    sender: str = ""
    """What an e-mail says of itself: From, Subject, Message-ID (RFC 5322), Date."""
    subject: str = ""
    message_id: str = ""
    sent_at: datetime | None = None
    opt_in: int | None = None
    """Of a later opt-in, not of the request itself."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """She told the person that the request is honored."""

    request: int
    at: datetime
    by: str
    template: str
    address: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting that decides due dates was changed; requests on record keep theirs."""

    at: datetime
    by: str
    name: str
    before: str
    after: str
    would_change: int
    """Open requests that would have another due date by it."""


_SAYS_ALL_MAIL = re.compile(
    r"(?:(?:un ?subscribed?|opt(?:ed)? out) (?:from |of )?)?(?:all|any|every)(?: (?:of|the|our|my|your|e|e?mail(?:s|ings?)?|lists?|"
    r"newsletters?|marketing|commercial|promotional|communications?|subscriptions?|messages?|campaigns?|audiences?|types?))*"
    r"|everything|global(?:ly)?|\*|"
).fullmatch
"""Matches what a folded name says: no list of its own. Rather too much than too little: unknown scope means all."""


def scope_name(text: str) -> str:
    """Return a scope as typed, blanks and accents in one form; every way of saying "all mail" becomes ALL_MAIL."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    return ALL_MAIL if _SAYS_ALL_MAIL(re.sub("[-_]", " ", same_list(name))) else name


def same_list(name: str) -> str:
    """Return what all spellings of one list's name have in common: a list under two names would be mailed by the other."""
    compatible = unicodedata.normalize("NFKC", name)
    return " ".join("".join(c for c in compatible if unicodedata.category(c) != "Cf").split()).casefold()


def in_force(
    requests: Iterable[OptOutRequest],
    opt_ins: Iterable[OptIn],
    target: str | None,
    at: datetime | None = None,
) -> list[OptOutRequest]:
    """Return the requests that bar mail for `target`, earliest receipt first.

    All given events concern one address or one domain. `target` is the list that is to be mailed; None asks
    whether any mail at all is barred, which is the safe question. `at` looks at a past moment. A request and
    an opt-in of the same moment leave the request in force: holding back beats mailing.
    """
    given = [opt_in for opt_in in opt_ins if at is None or opt_in.at <= at]

    def barred(request: OptOutRequest) -> bool:
        if request.withdrawn_at is not None and (at is None or request.withdrawn_at <= at):
            return False
        if at is not None and request.received.instant > at:
            return False
        if target is not None and request.scope not in (ALL_MAIL, target):
            return False
        return not is_lifted(request.scope if target is None else target, request.latest, given)

    return sorted(filter(barred, requests), key=_by_receipt)


def is_lifted(target: str, latest: datetime, opt_ins: Iterable[OptIn]) -> bool:
    """Whether one of the opt-ins lifts, for `target`, a request that arrived at `latest` at the latest."""
    return any(o.scope in (ALL_MAIL, target) and o.at > latest for o in opt_ins)


def with_clock(barring: Iterable[OptOutRequest]) -> list[OptOutRequest]:
    """Return the requests that are still to be done, of those in force about one address or one domain.

    One clock runs, the strictest: a request is covered by an earlier receipt of its scope or of all mail that
    is still to be done, and settled by one that was done after it arrived. Who asks again after it was done is
    still being mailed: that request has a clock of its own.
    """
    given = sorted(barring, key=_by_receipt)
    running: list[OptOutRequest] = []
    for position, request in enumerate(given):
        before = [other for other in given[:position] if other.scope in (ALL_MAIL, request.scope)]
        settled = any(o.done_at is not None and o.done_at >= request.received.instant for o in before)
        covered = any(other in running for other in before)
        if request.has_clock and request.done_at is None and not settled and not covered:
            running.append(request)
    return running


def _by_receipt(request: OptOutRequest) -> tuple[datetime, int]:
    return request.received.instant, request.id
