"""What becomes of the rows of a file of opt-outs: which are new, which are known already, which go back to be mended.

A block wins over any import: nothing here ends one. The earliest receipt stands; a later one of someone who is
suppressed already is kept too, because the earlier one may be lifted or its import undone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from optoutdesk.domain.requests import ALL_MAIL


class Outcome(StrEnum):
    """What becomes of a row; every row of a file has exactly one."""

    REVIEW = "review"
    """Nothing is decided until she has mended it."""
    NOT_AN_ADDRESS = "not-an-address"
    NEW = "new"
    """Imported."""
    KNOWN = "already-known"
    """The person is suppressed already, or by an earlier row of the file."""
    CONFLICT = "conflict"
    """The file says "subscribed" of someone who is suppressed: shown, never acted on."""
    ACTIVE = "active"
    """No opt-out: left out."""
    EMPTY = "empty"
    """No address in it."""
    HIDDEN = "hidden"
    """A hidden row of a workbook that she chose to leave out."""


TO_MEND = (Outcome.REVIEW, Outcome.NOT_AN_ADDRESS, Outcome.EMPTY)
"""What "save the rows to mend" writes."""
IMPORTED = (Outcome.NEW,)
REVIEWED = (Outcome.REVIEW, Outcome.NOT_AN_ADDRESS)
SKIPPED = (Outcome.CONFLICT, Outcome.ACTIVE, Outcome.EMPTY, Outcome.HIDDEN)


class Shown(StrEnum):
    """Which rows of a preview are wanted: those of an outcome, or some of the new and the known ones."""

    REVIEW = "review"
    NOT_AN_ADDRESS = "not-an-address"
    NEW = "new"
    KNOWN = "already-known"
    CONFLICT = "conflict"
    ACTIVE = "active"
    EMPTY = "empty"
    HIDDEN = "hidden"
    OVERDUE = "overdue"
    """New, and due before today."""
    EARLIER = "earlier"
    """Known, but the file has the earlier receipt, which stands from now on."""
    UNDATED = "undated"
    """New, and the receipt is not known."""
    LIFTED = "lifted"
    """New, but the person opted in again after that receipt: it goes on record and bars nothing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import comes to."""

    rows: int
    by: Mapping[Shown, int]
    """Rows. Those of the outcomes add up to all rows; the others are parts of them."""
    requests: int
    """Opt-out requests that are stored: a row of several addresses or lists makes several."""
    hashes: int = 0
    """Entries that are hashes."""
    hashes_matched: int = 0
    """How many of them are of an address that is on record here."""
    domains: int = 0
    unused: int = 0
    """Rows with an address in a column that is not used."""

    def sum(self, outcomes: Iterable[Outcome]) -> int:
        """Return how many rows have one of these outcomes."""
        return sum(self.by.get(Shown(outcome.value), 0) for outcome in outcomes)


@dataclass(frozen=True, slots=True)
class Batch:
    """One import."""

    at: datetime
    by: str
    source_path: Path
    source_size: int
    source_sha256: str
    profile_name: str
    """What the file was taken for."""
    settings: Mapping[str, object]
    """How it was read, with all that was corrected."""
    rows: int
    imported: int
    already_known: int
    review: int
    skipped: int
    overdue: int
    requests: int
    """Requests it stored; their ids are consecutive."""
    first_request: int = 0
    id: int = 0
    undone_at: datetime | None = None
    undone_by: str = ""
    origin: str = ""
    """The platform (as in resources/esp/profiles.json) whose own export the file is; "" for any other file."""

    @property
    def source_name(self) -> str:
        """The file's name."""
        return self.source_path.name


class Claim(NamedTuple):
    """What a row says: this person opted out of that mail then. Made by the million, hence a named tuple."""

    number: int
    """Its place in the file; the order of reading."""
    scope: str
    at: str
    """Instant of receipt, ISO 8601 UTC to the second, as it is stored; sorts by time."""
    day: str
    precision: str
    asked: bool = True
    """Somebody asked; False: a bounce, for which nothing is due."""


class Known(NamedTuple):
    """A request on record about the same person."""

    id: int
    scope: str
    at: str
    day: str
    precision: str
    imported: bool
    """Brought by an import, not recorded by hand."""
    asked: bool = True


class Settled(NamedTuple):
    """What becomes of a claim that is not simply new."""

    number: int
    outcome: Outcome
    stored: bool
    """Whether it is stored as a request of its own."""
    same: int | None = None
    """The very same request on record."""
    since: int | None = None
    """The request that bars the person already."""
    repeats: int | None = None
    """The claim of the file that says so already."""
    earlier: bool = False
    """The file has the earlier receipt."""
    lifted: bool = False
    """The person opted in again after that receipt: it goes on record and bars nothing."""


Lifted = Callable[[str, Claim | Known], bool]
"""Whether the person opted in again to mail of this scope after that receipt."""


def never(scope: str, receipt: Claim | Known) -> bool:  # noqa: ARG001 - a Lifted
    """Say of someone who never opted in again that nothing is lifted."""
    return False


def settle(claims: Sequence[Claim], known: Sequence[Known], lifted: Lifted = never) -> list[Settled]:
    """Return what becomes of the claims of one file about one person, in order of receipt; new ones are left out.

    `known` holds what is on record about the person, without what was withdrawn.
    """
    result: list[Settled] = []
    mine: list[Claim] = []

    def says_so(item: Claim | Known, claim: Claim) -> bool:
        # A bounce of that moment is no request: whoever asked then still waits for what is due.
        return item[1:5] == claim[1:5] and (item.asked or not claim.asked)

    def bars(item: Claim | Known, scope: str) -> bool:
        return item.scope in (ALL_MAIL, scope) and not lifted(scope, item)

    for claim in claims:
        same = next((k for k in known if says_so(k, claim)), None)
        if same is not None:
            result.append(Settled(claim.number, Outcome.KNOWN, stored=False, same=same.id, since=same.id))
            continue
        twin = next((c for c in mine if says_so(c, claim)), None)
        if twin is not None:
            result.append(Settled(claim.number, Outcome.KNOWN, stored=False, repeats=twin.number))
            continue
        barring = [k for k in known if bars(k, claim.scope)]
        before = next((c for c in mine if bars(c, claim.scope)), None)
        over = lifted(claim.scope, claim)
        if barring:
            first = min(barring, key=lambda k: (k.at, k.id))
            earlier = claim.at < first.at and not over
            result.append(Settled(claim.number, Outcome.KNOWN, stored=True, since=first.id, earlier=earlier))
        elif before is not None:
            result.append(Settled(claim.number, Outcome.KNOWN, stored=True, repeats=before.number))
        elif over:
            result.append(Settled(claim.number, Outcome.NEW, stored=True, lifted=True))
        mine.append(claim)
    return result
