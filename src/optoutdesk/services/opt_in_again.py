"""Opting in again: the one way in which a block ends, and only with who agreed, when, how, and what shows it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from optoutdesk.domain.address import exact_key, parse_domain_entry
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Channel,
    Kind,
    OptIn,
    OptOutRequest,
    in_force,
    same_list,
    scope_name,
)
from optoutdesk.services.changes import Changes
from optoutdesk.services.evidence import Kept
from optoutdesk.store import Store

HOW = ("In person", "On paper", "By web form", "By e-mail", "By phone")
"""How people agree, to choose from; any other words will do."""
_FILE_SHOWS_IT = "See the file"


class OptInAgain:
    """Records affirmative consent given after an opt-out (15 U.S.C. 7704(a)(4)(B))."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lifts_complaint(self, request: OptOutRequest, scope: str | None = None) -> bool:
        """Whether an opt-in now would lift a complaint, so that the address has to be typed."""
        subject = (request.kind, request.key)
        wanted = self._named(scope or request.scope)
        barring = self._store.barring(subject, None if wanted == ALL_MAIL else wanted)
        return any(each.channel is Channel.COMPLAINT for each in barring)

    def record(
        self,
        request: OptOutRequest,
        *,
        at: datetime,
        who: str,
        how: str,
        by: str,
        now: datetime,
        evidence: str = "",
        files: Sequence[Kept] = (),
        scope: str | None = None,
        typed: str = "",
    ) -> Changes:
        """Lift a request, and every other of its address in the same scope; UserError when it would lift nothing.

        `who` agreed `at` a moment, `how` in words; `evidence` in words, or `files` that were kept before, show it.
        `typed` is the address once more, needed where a complaint is lifted. One act, all or nothing.
        """
        opt_in = OptIn(
            id=0,
            kind=Kind(request.kind),
            key=request.key,
            scope=self._named(scope or request.scope),
            at=at.replace(microsecond=0),  # as it is stored: the same second is the same moment
            by=by,
            evidence=evidence.strip() or (_FILE_SHOWS_IT if files else ""),
            recorded_at=now,
            who=" ".join(who.split()),
            how=" ".join(how.split()),
        )
        _check(opt_in, now)
        with self._store.act("opt in again", by=by, now=now) as act:
            lifted = self._lifted(opt_in)
            complaint = any(each.channel is Channel.COMPLAINT for each in lifted)
            if complaint and not _is_typed(request, typed):
                raise UserError(
                    "This would end a complaint. Type the whole address once more, so that it is surely meant."
                )
            stored = act.add_opt_in(opt_in)
            act.add_evidence([kept.of(request.id, at=now, by=by, opt_in=stored.id) for kept in files])
        return Changes.REQUESTS

    def _named(self, scope: str) -> str:
        """Return a scope under the spelling by which it is known: consent to another one would lift nothing."""
        name = scope_name(scope)
        return next((known for known in self._store.scopes() if same_list(known) == same_list(name)), name)

    def _lifted(self, opt_in: OptIn) -> list[OptOutRequest]:
        """Return the requests that no longer bar what is agreed to; UserError when there is none."""
        subject = (opt_in.kind, opt_in.key)
        before = self._store.barring(subject, None)
        requests = self._store.requests_about(subject)
        after = in_force(requests, [*self._store.opt_ins_about(subject), opt_in], None)
        left = {request.id for request in after}
        # Of a request for all mail, consent to one list lifts that list alone: it still stands.
        there = in_force(before, [], opt_in.scope)
        still_there = {request.id for request in in_force(before, [opt_in], opt_in.scope)}
        lifted = {r.id: r for r in before if r.id not in left} | {
            r.id: r for r in there if r.id not in still_there
        }
        if not lifted:
            imported = any(request.batch is not None for request in before)
            raise UserError(
                "The consent must be later than the opt-out: on the same day the opt-out stands. "
                + (
                    "One from a file may be a day later than it reads, in another time zone. "
                    if imported
                    else ""
                )
                + "Nothing was changed."
            )
        return list(lifted.values())


def _check(opt_in: OptIn, now: datetime) -> None:
    """Raise a UserError when something is missing."""
    if not opt_in.who:
        raise UserError("Say who agreed: the person's name, or who spoke for them.")
    if not opt_in.how:
        raise UserError("Say how the person agreed, for example in person or by web form.")
    if not opt_in.evidence:
        raise UserError(
            "Say what shows that this person wants mail again, for example “signed up at the till, form of 3 May”, "
            "or add a file that shows it."
        )
    if opt_in.at > now + timedelta(minutes=5):
        raise UserError("That moment lies ahead. Give the moment at which the person agreed.")


def _is_typed(request: OptOutRequest, typed: str) -> bool:
    """Whether a text is the address, the domain or the hash of a request and nothing else."""
    text = typed.strip()
    if request.kind is Kind.DOMAIN:
        return parse_domain_entry(text) == request.key
    return text == request.key or (request.kind is Kind.ADDRESS and exact_key(text) == request.key)
