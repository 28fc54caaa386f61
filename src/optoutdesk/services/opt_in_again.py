"""Opting in again: the one way in which a block ends, and only with evidence."""

from datetime import datetime, timedelta

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Kind, OptIn, OptOutRequest, in_force
from optoutdesk.services.changes import Changes
from optoutdesk.store import Store


class OptInAgain:
    """Records affirmative consent given after an opt-out (15 U.S.C. 7704(a)(4)(B))."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(
        self,
        request: OptOutRequest,
        *,
        at: datetime,
        evidence: str,
        by: str,
        now: datetime,
        scope: str | None = None,
    ) -> Changes:
        """Lift a request, and every other of its address in the same scope; UserError when it would lift nothing."""
        if not evidence.strip():
            raise UserError(
                "Say what shows that this person wants mail again, for example “signed up at the till, form of 3 May”."
            )
        if at > now + timedelta(minutes=5):
            raise UserError("That moment lies ahead. Give the moment at which the person agreed.")
        opt_in = OptIn(
            id=0,
            kind=Kind(request.kind),
            key=request.key,
            scope=scope or request.scope,
            at=at.replace(microsecond=0),  # as it is stored: the same second is the same moment
            by=by,
            evidence=evidence.strip(),
            recorded_at=now,
        )
        subject = (request.kind, request.key)
        with self._store.act("opt in again", by=by, now=now) as act:
            before = self._store.barring(subject, None)
            requests = self._store.requests_about(subject)
            after = in_force(requests, [*self._store.opt_ins_about(subject), opt_in], None)
            lifted = [r for r in before if r.id not in {left.id for left in after}]
            target = opt_in.scope
            lifts_list = in_force(before, [opt_in], target) != in_force(before, [], target)
            if not lifted and not lifts_list:
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
            act.add_opt_in(opt_in)
        return Changes.REQUESTS
