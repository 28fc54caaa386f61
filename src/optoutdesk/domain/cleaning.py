"""The rows of a contact list in, a verdict for each out: kept, trimmed, or removed with its reason and evidence.

One reason a row, the gravest first: opted out, suppressed domain, not an address, no address, duplicate.
A row with several addresses goes when one of them is suppressed; whatever is recognisable but odd goes too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from optoutdesk.domain.address import (
    MAX_ADDRESS,
    MAX_LOCAL_PART,
    NO_AT,
    Address,
    Problem,
    Reading,
    is_plain_domain,
    plain_local,
    read_cell,
)
from optoutdesk.domain.matching import Evidence, SuppressionList
from optoutdesk.domain.requests import Kind


class Reason(StrEnum):
    """Why a row is not in the clean list."""

    OPTED_OUT = "opted-out"
    DOMAIN = "domain"
    DUPLICATE = "duplicate"
    NOT_AN_ADDRESS = "not-an-address"
    NO_ADDRESS = "no-address"
    HIDDEN = "hidden"
    """A hidden row of a workbook that she chose to leave out."""


class HiddenRows(StrEnum):
    """What becomes of the hidden rows of a workbook."""

    INCLUDE = "include"
    LEAVE_OUT = "leave-out"


@dataclass(frozen=True, slots=True)
class Rules:
    """What she chose for this clean."""

    keep_duplicates: bool = False
    drop_address_only: bool = False
    """Keep a row of several addresses and take only the suppressed ones out of it."""
    hidden: HiddenRows | None = None
    """None: not said. A list with hidden rows is judged with them then, but not cleaned."""


@dataclass(slots=True)
class Removed:
    """A row that is not in the clean list. Not frozen only because a frozen one takes thrice as long to make."""

    row: int
    reason: Reason
    given: str
    """The address as it stood in the row, or the cell that is none."""
    cause: Evidence | Problem | int | None
    """The request behind it; what is wrong; the row it repeats; None for a row without an address."""


@dataclass(slots=True)
class Trimmed:
    """A row that stays without some of its addresses."""

    row: int
    dropped: Mapping[str, Removed]
    """By match key."""


Verdict = Removed | Trimmed
"""What happens to a row that does not stay as it is."""


@dataclass(frozen=True, slots=True)
class CleanRecord:
    """One cleaned list: what went in, what came out, against what."""

    at: datetime
    by: str
    scope: str | None
    """The list that is to be mailed; None: any mail, the safe side."""
    input_path: Path
    input_size: int
    input_sha256: str
    sheet: str | None
    columns: tuple[str, ...]
    rules: Mapping[str, bool | str | None]
    rows: int
    kept: int
    reasons: Mapping[str, int]
    trimmed: int
    output_path: Path
    output_size: int
    output_sha256: str
    removed_path: Path
    removed_size: int
    removed_sha256: str
    suppressed_addresses: int
    suppressed_domains: int
    against_entry: int
    against_head: str
    id: int = 0


@dataclass(slots=True)
class Batch:
    """Some rows of a list, in order, reduced to what decides about them."""

    numbers: Sequence[int]
    """The rows' numbers in the list."""
    cells: Sequence[str] | Sequence[tuple[str, ...]]
    """Each row's address cell, or its address cells where the list has several address columns."""
    beside: dict[int, list[str]] = field(default_factory=dict)
    """By position: further cells of which no address may be suppressed."""
    broken: dict[int, Problem] = field(default_factory=dict)
    """By position: rows that cannot be read as rows at all."""


_FINGERPRINT = (1 << 60) - 1
"""Bits of a key's hash by which kept addresses are remembered: a third of the memory of the keys themselves.

Two of a million addresses share one by a chance of one in two million; then the second row is held back.
"""
_DOMAINS_AT_HAND = 100_000


class Cleaning:
    """Judges the rows of one list in their order; remembers only which addresses it has kept, and where."""

    def __init__(self, suppression: SuppressionList, rules: Rules) -> None:
        self._suppression = suppression
        self._rules = rules
        self._kept_at: dict[int, int] = {}
        self._free_domains: set[str] = set()
        """Valid domains seen that no entry covers."""

    def judge(self, batch: Batch) -> dict[int, Verdict]:
        """Return the verdicts of a batch by position, in order; rows that stay as they are are not in it."""
        verdicts: dict[int, Verdict] = {}
        numbers = batch.numbers
        addresses = self._suppression.addresses
        free_domains = self._free_domains
        kept_at = self._kept_at
        drop_duplicates = not self._rules.keep_duplicates
        hashed = bool(self._suppression.hashes)
        special = batch.beside.keys() | batch.broken.keys()
        # Nearly every row has one plain address: it is decided here. All others go the long way.
        for index, cell in enumerate(batch.cells):
            if isinstance(cell, str) and not (special and index in special):
                key = cell.lower()
                if key in addresses:
                    evidence = Evidence(Kind.ADDRESS, key, *addresses[key])
                    verdicts[index] = Removed(numbers[index], Reason.OPTED_OUT, cell, evidence)
                    continue
                local, _, domain = key.partition("@")
                if (
                    domain in free_domains
                    and plain_local(local)
                    and len(local) <= MAX_LOCAL_PART
                    and not (hashed and self._suppression.hash_of(key, cell))
                ):
                    fingerprint = hash(key) & _FINGERPRINT
                    if fingerprint not in kept_at:
                        kept_at[fingerprint] = numbers[index]
                    elif drop_duplicates:
                        first = kept_at[fingerprint]
                        verdicts[index] = Removed(numbers[index], Reason.DUPLICATE, cell, first)
                    continue
                self._note_domain(domain)
            verdict = self._judge_row(batch, index)
            if verdict is not None:
                verdicts[index] = verdict
        return verdicts

    def _note_domain(self, domain: str) -> None:
        """Remember a valid domain that no entry covers, so that its next address takes the short way."""
        if len(domain) > MAX_ADDRESS - MAX_LOCAL_PART - 1:
            return  # with it an address may be too long
        if is_plain_domain(domain) and self._suppression.domain_over("@" + domain) is None:
            if len(self._free_domains) >= _DOMAINS_AT_HAND:
                self._free_domains.clear()
            self._free_domains.add(domain)

    def _judge_row(self, batch: Batch, index: int) -> Verdict | None:
        """Judge one row the long way."""
        cell = batch.cells[index]
        cells = (cell,) if isinstance(cell, str) else cell
        number = batch.numbers[index]
        readings = [read_cell(cell) for cell in cells]
        found = {address.key: address for reading in readings for address in reading.addresses}
        barred = self._barred(number, found.values())
        hidden = self._barred(
            number, (a for c in batch.beside.get(index, ()) for a in read_cell(c).addresses)
        )
        odd = self._odd(number, cells, readings, batch.broken.get(index))
        if not barred and not hidden:
            return odd or self._empty_or_duplicate(number, found)
        left = found.keys() - barred.keys()
        droppable = left and not hidden and odd is None and self._rules.drop_address_only
        if droppable and not self._repeats(left):
            self._remember(left, number)
            return Trimmed(number, barred)
        return next(iter((barred or hidden).values()))

    def _barred(self, number: int, addresses: Iterable[Address]) -> dict[str, Removed]:
        """Return the suppressed addresses by match key; a person's own request goes before her domain's."""
        own: dict[str, Removed] = {}
        through_domain: dict[str, Removed] = {}
        for address in addresses:
            key = address.key
            if key in self._suppression.addresses:
                evidence = self._suppression.evidence(Kind.ADDRESS, key)
                own[key] = Removed(number, Reason.OPTED_OUT, address.given, evidence)
            elif (digest := self._suppression.hash_of(key, address.given)) is not None:
                evidence = self._suppression.evidence(Kind.HASH, digest)
                own[key] = Removed(number, Reason.OPTED_OUT, address.given, evidence)
            elif (domain := self._suppression.domain_over(key)) is not None:
                evidence = self._suppression.evidence(Kind.DOMAIN, domain)
                through_domain[key] = Removed(number, Reason.DOMAIN, address.given, evidence)
        return own | through_domain

    def _odd(
        self, number: int, cells: Sequence[str], readings: Sequence[Reading], broken: Problem | None
    ) -> Removed | None:
        if broken is not None:
            return Removed(number, Reason.NOT_AN_ADDRESS, next((c for c in cells if c), ""), broken)
        found = any(reading.addresses for reading in readings)
        for cell, reading in zip(cells, readings, strict=True):
            # A text without any @ beside a good address is a note, not an address gone wrong.
            if reading.problem is not None and not (found and reading.problem.reason == NO_AT):
                return Removed(number, Reason.NOT_AN_ADDRESS, cell.strip(), reading.problem)
        return None

    def _empty_or_duplicate(self, number: int, found: Mapping[str, Address]) -> Removed | None:
        if not found:
            return Removed(number, Reason.NO_ADDRESS, "", None)
        if self._repeats(found):
            key, address = next(iter(found.items()))
            return Removed(number, Reason.DUPLICATE, address.given, self._kept_at[hash(key) & _FINGERPRINT])
        self._remember(found, number)
        return None

    def _repeats(self, keys: Iterable[str]) -> bool:
        """Whether each of a row's addresses stands in an earlier kept row, and such rows are to go."""
        return not self._rules.keep_duplicates and all(
            hash(key) & _FINGERPRINT in self._kept_at for key in keys
        )

    def _remember(self, keys: Iterable[str], number: int) -> None:
        for key in keys:
            self._kept_at.setdefault(hash(key) & _FINGERPRINT, number)
