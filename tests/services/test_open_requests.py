"""Which requests are open is kept beside the history; whatever is done, it stays what the history says."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, Kind, OptOutRequest
from optoutdesk.settings import Settings, save_settings

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
Act = Callable[[Desk], object]
KEYS = ["jane@example.com", "*@rival.example"]
_SCOPES = st.sampled_from([ALL_MAIL, "Newsletter", "Catalogue"])
_HOURS = st.integers(1, 30)


def all_requests(desk: Desk) -> list[OptOutRequest]:
    subjects = [(Kind.ADDRESS, KEYS[0]), (Kind.DOMAIN, "rival.example")]
    return [request for subject in subjects for request in desk.store.requests_about(subject)]


def opt_out(key: str, scope: str, hours: int, *, day_only: bool) -> Act:
    def act(desk: Desk) -> None:
        moment = NOW - timedelta(hours=hours * 6)
        service = desk.record_optout
        received = service.received(moment.date() if day_only else moment, NOW)
        service.record(service.parse([key], scope), received, now=NOW, by="Ana", scope=scope)

    return act


def opt_in(which: int, scope: str | None, hours: int) -> Act:
    def act(desk: Desk) -> None:
        known = all_requests(desk)
        if known:
            at = NOW - timedelta(hours=hours * 6)
            request = known[which % len(known)]
            with suppress(UserError):  # it would lift nothing
                desk.opt_in_again.record(request, at=at, evidence="a form", by="Ana", now=NOW, scope=scope)

    return act


def mark_done(which: int) -> Act:
    def act(desk: Desk) -> None:
        known = all_requests(desk)
        if known:
            desk.due_requests.mark_done([known[which % len(known)]], now=NOW, by="Ben")

    return act


_ACTS = st.one_of(
    st.builds(opt_out, st.sampled_from(KEYS), _SCOPES, _HOURS, day_only=st.booleans()),
    st.builds(opt_in, st.integers(0, 9), _SCOPES | st.none(), _HOURS),
    st.builds(mark_done, st.integers(0, 9)),
)


def derived(desk: Desk) -> set[int]:
    """Return the ids of the requests that are to be done, as the history says it."""

    def to_do(request: OptOutRequest, barring: list[OptOutRequest]) -> bool:
        earlier = [
            other
            for other in barring
            if (other.received.instant, other.id) < (request.received.instant, request.id)
            and other.scope in ("all", request.scope)
        ]
        return (
            request in barring
            and request.done_at is None
            and not any(other.done_at and other.done_at >= request.received.instant for other in earlier)
            and not any(to_do(other, barring) for other in earlier)
        )

    requests = all_requests(desk)
    return {r.id for r in requests if to_do(r, desk.store.barring((r.kind, r.key), None))}


@settings(max_examples=50, deadline=None)
@given(st.lists(_ACTS, max_size=10))
def test_the_open_requests_are_what_the_history_says_whatever_is_done(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_settings(folder / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
        desk = Desk(folder, now=lambda: NOW)
        for act in acts:
            act(desk)
            assert {request.id for request in desk.store.open_requests()} == derived(desk)
        assert desk.verify_ledger().wrong is None
        desk.close()
