"""Which requests are open, and where, is kept beside the history; whatever is done, it stays what the history says.

A request that silently drops off the list of what is to be done is the worst fault this program can have.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from desk_acts import ACTS, ADD_PLATFORM, OPT_OUT, WHICH, Act, Bench
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optoutdesk.domain.platforms import TaskEvent, TaskState, Verification


def verify(which: int, found: Sequence[tuple[int, TaskState]]) -> Act:
    """What a comparison with a platform's own export stores: verified where something was done, or open again."""

    def act(bench: Bench) -> None:
        in_use = [place for place in bench.model.places if not place.retired]
        if not in_use:
            return
        place = in_use[which % len(in_use)]
        still = bench.model.open()
        events = {}
        for number, state in found:
            request = bench.any_request(number)
            if request is None:
                return
            known = bench.model.request(request.id)
            last = known.events.get(place.id, [("",)])[-1][0]
            shown_done = last in ("removed", "not-there") or place.id in still.get(request.id, ())
            if known.asks and bench.model.stands(known) and (state is TaskState.OPEN or shown_done):
                events[request.id] = state
        with bench.desk.store.act("verify platform", by="Ana", now=bench.now) as stored:
            verification = stored.add_verification(
                Verification(
                    *(place.id, bench.now, "Ana", Path("/lists/export.csv"), 99, "ab" * 32, "Any"),
                    *(9, 5, 4, 3, 1, 1, len(events)),
                )
            )
            stored.add_task_events(
                TaskEvent(number, place.id, state, bench.now, "Ana", bench.now, verification.id)
                for number, state in events.items()
            )
        for number, state in events.items():
            bench.model.happens(number, place.id, state.value, bench.now)

    return act


_EVENTS = st.lists(
    st.tuples(WHICH, st.sampled_from([TaskState.VERIFIED, TaskState.OPEN])), min_size=1, max_size=3
)


@settings(
    max_examples=int(os.environ.get("N", "200")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(OPT_OUT | ADD_PLATFORM, max_size=4),
    st.lists(ACTS | st.builds(verify, WHICH, _EVENTS), max_size=12),
)
def test_what_is_open_and_where_is_what_a_simple_model_says_whatever_is_done(
    first: list[Act], then: list[Act]
) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        bench = Bench(Path(name))
        for act in [*first, *then]:
            act(bench)
            bench.check()
        bench.desk.close()
