"""Recording an opt-out: any text in, every address in it found, the chosen ones suppressed at once."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from optoutdesk.domain.address import Problem, exact_key, parse_domain_entry, read_cell
from optoutdesk.domain.errors import NotAnAddressError
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Channel,
    Kind,
    OptOutRequest,
    Received,
    same_list,
    scope_name,
)
from optoutdesk.services.changes import Changes
from optoutdesk.services.counting import Counted, Counting, domain_of
from optoutdesk.services.evidence import Kept, evidence_to_add
from optoutdesk.store import Store

# In the middle of a text only the star says that a whole domain is meant: "@shop" alone may be a name.
_DOMAIN_ENTRIES = re.compile(r"(?<!\S)[<(\"']?(\*@[^\s<>()\"',;]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """An address or a domain in a text, and what is known of it."""

    kind: Kind
    key: str
    given: str
    already: OptOutRequest | None
    """The earliest request that bars it in the asked scope already; None: it is new."""
    own: bool
    """One of the business's own addresses, which stand in every forwarded mail."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in a text."""

    entries: tuple[Found, ...]
    problems: tuple[tuple[str, Problem], ...]
    """What looks like an address and is none: the line it stands in, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome for one address: the request that bars it now."""

    request: OptOutRequest
    already: bool
    """It was barred already; nothing new was stored, or an earlier receipt of it."""
    lifted: bool = False
    """The person opted in again after this receipt: it is on record, but bars nothing."""


class RecordOptOut:
    """Takes opt-outs in by hand."""

    def __init__(self, store: Store, counting: Counting, own_addresses: Collection[str] = ()) -> None:
        self._store = store
        self._counting = counting
        self._own = frozenset(own_addresses)

    def find(self, text: str, scope: str = ALL_MAIL) -> Findings:
        """Return every address and every `*@domain` in a text, each once, in its order."""
        found: dict[tuple[Kind, str], Found] = {}
        problems: list[tuple[str, Problem]] = []
        scope = self._known_spelling(scope_name(scope))

        def note(kind: Kind, key: str, given: str) -> None:
            if (kind, key) not in found:
                found[kind, key] = self._found(kind, key, given, scope)

        for line in text.splitlines():
            rest = line
            for piece in _DOMAIN_ENTRIES.findall(line) or [line.strip()]:
                entry = piece.rstrip(".,;:!?")
                domain = parse_domain_entry(entry)
                if domain is None:
                    continue
                if isinstance(domain, Problem):
                    problems.append((entry, domain))
                else:
                    note(Kind.DOMAIN, domain, entry)
                rest = rest.replace(entry, " ", 1)
            reading = read_cell(rest)
            for address in reading.addresses:
                note(Kind.ADDRESS, address.key, address.given)
            unusual = exact_key(rest) if reading.problem is not None and not reading.addresses else None
            if unusual is not None:
                note(Kind.ADDRESS, unusual, rest.strip())
            elif reading.problem is not None and "@" in rest:
                problems.append((rest.strip(), reading.problem))
        return Findings(tuple(found.values()), tuple(problems))

    def _found(self, kind: Kind, key: str, given: str, scope: str) -> Found:
        barring = self._store.barring((kind, key), None if scope == ALL_MAIL else scope)
        known = [r for r in barring if r.scope in (ALL_MAIL, scope)]
        return Found(kind, key, given, known[0] if known else None, key in self._own)

    def parse(self, addresses: Sequence[str], scope: str = ALL_MAIL) -> list[Found]:
        """Read arguments that must each be an address or a domain; NotAnAddressError names those that are not."""
        found: list[Found] = []
        wrong: list[str] = []
        for text in addresses:
            findings = self.find(text, scope)
            if findings.problems or not findings.entries:
                why = findings.problems[0][1] if findings.problems else read_cell(text).problem
                wrong.append(f"“{text.strip()}” ({why or 'empty'})")
            found += [entry for entry in findings.entries if entry not in found]
        if wrong:
            raise NotAnAddressError(
                f"{', '.join(wrong)} {'is no address' if len(wrong) == 1 else 'are no addresses'}; "
                "nothing was recorded. Give an address such as jane@example.com, or *@example.com for a whole domain."
            )
        return found

    def received(self, when: datetime | date, now: datetime) -> Received:
        """Return the receipt for a moment, or a day without a time; UserError when it lies ahead or is absurd."""
        return self._counting.received(when, now)

    def count(self, entries: Iterable[Found], received: Received, policy: str | None = None) -> list[Counted]:
        """Return the different due dates that requests received then would have, the earliest first.

        `policy` is the id of one; None: the business's own. Without entries it is the date that any address would have.
        """
        domains = {domain_of(entry.kind, entry.key) for entry in entries} or {""}
        counted = {c.due: c for c in (self._counting.count(received, policy, d) for d in sorted(domains))}
        return [counted[due] for due in sorted(counted)]

    def due(self, received: Received) -> date:
        """Return the due date a request received then would have."""
        return self._counting.due(received)

    def record(
        self,
        entries: Sequence[Found],
        received: Received,
        *,
        now: datetime,
        by: str,
        channel: Channel = Channel.OTHER,
        scope: str = ALL_MAIL,
        note: str = "",
        policy: str | None = None,
        evidence: Sequence[Kept] = (),
    ) -> tuple[list[Recorded], Changes]:
        """Suppress the entries and start their clocks; one act, all or nothing.

        Every request is kept, also of someone who is barred already: she may be asking because mail still
        comes. Only the same receipt again is not a second request. `policy` is the id of one, None the business's
        own; UsageError when there is none of that id. `evidence` was kept before, and is evidence of each request.
        """
        self._counting.policy_named(policy)
        with self._store.act("record opt-out", by=by, now=now) as act:
            # In the transaction: two programs may name the same new list at once.
            scope = self._known_spelling(scope_name(scope))
            draft = OptOutRequest(
                *(0, Kind.ADDRESS, "", "", scope, received, channel, note.strip(), by, now),
                due=received.day,
                policy="",
                counting="",
            )
            fresh: list[OptOutRequest] = []
            outcome: dict[tuple[Kind, str], Recorded] = {}
            for entry in entries:
                subject = (entry.kind, entry.key)
                if subject in outcome:
                    continue
                known = self._found(entry.kind, entry.key, entry.given, scope).already
                request = self._about(entry, draft, policy)
                same = next((r for r in self._store.requests_about(subject) if _same(r, request)), None)
                outcome[subject] = Recorded(same or request, already=known is not None)
                if same is None:
                    fresh.append(request)
            numbered = iter(act.add_requests(fresh) if fresh else ())
            requests = [item.request if item.request.id else next(numbered) for item in outcome.values()]
            shown = evidence_to_add(self._store, [r.id for r in requests], evidence, at=now, by=by)
            if shown:
                act.add_evidence(shown)
            elif not fresh:
                act.leave_no_entry()
            recorded = [
                self._outcome(request, already=item.already)
                for request, item in zip(requests, outcome.values(), strict=True)
            ]
        return recorded, Changes.REQUESTS if fresh or shown else Changes.NOTHING

    def _about(self, entry: Found, draft: OptOutRequest, policy: str | None) -> OptOutRequest:
        """Return what is asked, of one address or domain, with the due date that has there."""
        counted = self._counting.count(draft.received, policy, domain_of(entry.kind, entry.key))
        return replace(
            draft,
            kind=entry.kind,
            key=entry.key,
            given=entry.given,
            due=counted.due,
            policy=counted.policy.id,
            counting=counted.way,
        )

    def _outcome(self, request: OptOutRequest, *, already: bool) -> Recorded:
        """Return what became of a request: itself, or the earlier one whose clock it shares."""
        barring = self._store.barring((request.kind, request.key), None)
        if request.id not in {r.id for r in barring}:
            return Recorded(request, already=already, lifted=True)
        clocks = [r for r in self._store.clocks.running(barring) if r.scope in (ALL_MAIL, request.scope)]
        if not already or request.id in {r.id for r in clocks}:
            return Recorded(request, already=already)
        covering = clocks or [r for r in barring if r.scope in (ALL_MAIL, request.scope)]
        return Recorded(covering[0], already=True)

    def _known_spelling(self, scope: str) -> str:
        """Return the spelling under which a list is known already, so that one list has one name."""
        return next((name for name in self._store.scopes() if same_list(name) == same_list(scope)), scope)


def _same(known: OptOutRequest, request: OptOutRequest) -> bool:
    """Whether a request on record is this very one.

    An imported one is not, because its import may be undone; nor is a bounce of that day, when somebody asks.
    """
    asked = known.asked or not request.asked
    same = known.received == request.received and known.scope == request.scope
    return asked and same and known.batch is None
