"""The rows of a contact list in, a verdict for each out: kept, trimmed, or removed with its reason and evidence.

One reason a row, the gravest first: opted out, suppressed domain, not an address, no address, duplicate.
A row with several addresses goes when one of them is suppressed; whatever is recognisable but odd goes too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from optoutdesk.domain.address import MAX_LOCAL_PART, Address, Problem, Reading, plain_match, read_cell
from optoutdesk.domain.matching import Evidence, SuppressionList
from optoutdesk.domain.requests import Kind


class Reason(StrEnum):
    """Why a row is not in the clean list."""

    OPTED_OUT = "opted-out"
    DOMAIN = "domain"
    DUPLICATE = "duplicate"
    NOT_AN_ADDRESS = "not-an-address"
    NO_ADDRESS = "no-address"


@dataclass(frozen=True, slots=True)
class Rules:
    """What she chose for this clean."""

    keep_duplicates: bool = False
    drop_address_only: bool = False
    """Keep a row of several addresses and take only the suppressed ones out of it."""


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


Verdict = Removed | Trimmed | None
"""None: kept as it is."""

FindEvidence = Callable[[Sequence[tuple[Kind, str]]], Mapping[tuple[Kind, str], Evidence]]
"""Looks up the requests behind suppressed keys, many at once."""


@dataclass(slots=True)
class Batch:
    """Some rows of a list, in order, reduced to what decides about them."""

    numbers: Sequence[int]
    """The rows' numbers in the list."""
    cells: Sequence[tuple[str, ...]]
    """Each row's address cells."""
    beside: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """By position: further cells of which no address may be suppressed."""
    broken: Mapping[int, Problem] = field(default_factory=dict)
    """By position: rows that cannot be read as rows at all."""


@dataclass(slots=True)
class _Hit:
    """A suppressed address whose evidence is still to be looked up."""

    address: Address
    kind: Kind
    key: str


@dataclass(slots=True)
class _Judged:
    """What is known of a batch before the evidence is looked up: None stands where a hit will go."""

    verdicts: list[Verdict] = field(default_factory=list)
    removed: dict[int, _Hit] = field(default_factory=dict)
    trimmed: dict[int, list[_Hit]] = field(default_factory=dict)


class Cleaning:
    """Judges the rows of one list in their order; remembers only which addresses it has kept, and where."""

    def __init__(self, suppression: SuppressionList, rules: Rules, find_evidence: FindEvidence) -> None:
        self._suppression = suppression
        self._rules = rules
        self._find_evidence = find_evidence
        self._kept_at: dict[str, int] = {}

    def judge(self, batch: Batch) -> list[Verdict]:
        """Return a verdict for each row of the batch."""
        judged = _Judged()
        numbers = batch.numbers
        addresses = self._suppression.addresses
        domain_over = self._suppression.domain_over if self._suppression.domains else None
        kept_at = self._kept_at
        drop_duplicates = not self._rules.keep_duplicates
        special = batch.beside.keys() | batch.broken.keys()
        add = judged.verdicts.append
        # Nearly every row has one plain address: it is decided here. All others go the long way.
        for index, cells in enumerate(batch.cells):
            if len(cells) != 1 or index in special:
                self._judge_row(batch, index, judged)
                continue
            cell = cells[0]
            key = cell.lower()
            if key in addresses:
                judged.removed[index] = _Hit(Address(key, cell), Kind.ADDRESS, key)
                add(None)
            elif key in kept_at and drop_duplicates:
                add(Removed(numbers[index], Reason.DUPLICATE, cell, kept_at[key]))
            # Shorter than the longest label and local part allowed, so neither can be too long.
            elif len(key) < MAX_LOCAL_PART and plain_match(key):
                if domain_over is not None and (domain := domain_over(key)) is not None:
                    judged.removed[index] = _Hit(Address(key, cell), Kind.DOMAIN, domain)
                else:
                    kept_at[key] = numbers[index]
                add(None)
            else:
                self._judge_row(batch, index, judged)
        self._add_evidence(batch, judged)
        return judged.verdicts

    def _judge_row(self, batch: Batch, index: int, judged: _Judged) -> None:
        """Judge one row the long way."""
        cells = batch.cells[index]
        readings = [read_cell(cell) for cell in cells]
        found = {address.key: address for reading in readings for address in reading.addresses}
        hits = self._hits(found.values())
        hidden = self._hits(a for cell in batch.beside.get(index, ()) for a in read_cell(cell).addresses)
        verdict: Verdict = None
        if hits or hidden:
            left = found.keys() - {hit.address.key for hit in hits}
            if left and not hidden and self._rules.drop_address_only and not self._repeats(left):
                judged.trimmed[index] = hits
                self._remember(left, batch.numbers[index])
            else:
                judged.removed[index] = (hits or hidden)[0]
        else:
            verdict = self._odd_or_duplicate(batch, index, readings, list(found.values()))
        judged.verdicts.append(verdict)

    def _hits(self, addresses: Iterable[Address]) -> list[_Hit]:
        hits = []
        for address in addresses:
            if address.key in self._suppression.addresses:
                hits.append(_Hit(address, Kind.ADDRESS, address.key))
            elif (domain := self._suppression.domain_over(address.key)) is not None:
                hits.append(_Hit(address, Kind.DOMAIN, domain))
        # A person's own request says more than her domain's.
        return sorted(hits, key=lambda hit: hit.kind is Kind.DOMAIN)

    def _odd_or_duplicate(
        self, batch: Batch, index: int, readings: Sequence[Reading], found: Sequence[Address]
    ) -> Removed | None:
        number = batch.numbers[index]
        cells = batch.cells[index]
        if index in batch.broken:
            text = next((cell for cell in cells if cell), "")
            return Removed(number, Reason.NOT_AN_ADDRESS, text, batch.broken[index])
        for cell, reading in zip(cells, readings, strict=True):
            # A text without any @ beside a good address is a note, not an address gone wrong.
            if reading.problem is not None and not (found and "@" not in cell):
                return Removed(number, Reason.NOT_AN_ADDRESS, cell.strip(), reading.problem)
        if not found:
            return Removed(number, Reason.NO_ADDRESS, "", None)
        keys = [address.key for address in found]
        if self._repeats(keys):
            return Removed(number, Reason.DUPLICATE, found[0].given, self._kept_at[keys[0]])
        self._remember(keys, number)
        return None

    def _repeats(self, keys: Iterable[str]) -> bool:
        """Whether each of a row's addresses stands in an earlier kept row, and such rows are to go."""
        return not self._rules.keep_duplicates and all(key in self._kept_at for key in keys)

    def _remember(self, keys: Iterable[str], number: int) -> None:
        for key in keys:
            self._kept_at.setdefault(key, number)

    def _add_evidence(self, batch: Batch, judged: _Judged) -> None:
        """Look up the requests behind all hits of the batch at once and put their verdicts in place."""
        hits = [*judged.removed.values(), *(hit for row in judged.trimmed.values() for hit in row)]
        if not hits:
            return
        evidence = self._find_evidence([(hit.kind, hit.key) for hit in hits])

        def removed(index: int, hit: _Hit) -> Removed:
            reason = Reason.OPTED_OUT if hit.kind is Kind.ADDRESS else Reason.DOMAIN
            cause = evidence.get((hit.kind, hit.key))
            return Removed(batch.numbers[index], reason, hit.address.given, cause)

        for index, hit in judged.removed.items():
            judged.verdicts[index] = removed(index, hit)
        for index, row in judged.trimmed.items():
            dropped = tuple((hit.address.key, removed(index, hit)) for hit in row)
            judged.verdicts[index] = Trimmed(batch.numbers[index], dict(dropped))
