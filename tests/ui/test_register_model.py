"""The register as a table: any number of requests, page by page, and never an answer to an earlier question."""

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtTest import QAbstractItemModelTester

from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.record_optout import Found
from optoutdesk.store import RegisterFilter
from optoutdesk.ui import words
from optoutdesk.ui.models.register_model import (
    ADDRESS,
    DUE,
    HEADERS,
    HOW,
    LIST,
    PAGE,
    RECEIVED,
    STATE,
    RegisterModel,
)
from optoutdesk.ui.widgets.table import TONE_ROLE


def record(desk, address, when=None, **how):
    recorder = desk.record_optout
    scope = how.get("scope", "all")
    received = recorder.received(when or desk.now(), desk.now())
    recorded, _ = recorder.record(recorder.parse([address], scope), received, now=desk.now(), by="Ana", **how)
    return recorded[0].request


def fill(desk, count, domain="many.example"):
    keys = [f"person{number:04}@{domain}" for number in range(count)]
    entries = [Found(Kind.ADDRESS, key, key, None, own=False) for key in keys]
    recorder = desk.record_optout
    recorder.record(entries, recorder.received(desk.now(), desk.now()), now=desk.now(), by="Ana")
    return keys


@pytest.fixture
def model(context, qtbot):
    model = RegisterModel(context)
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    yield model
    qtbot.waitUntil(lambda: not context.lookups.busy)


def shown(model, column=ADDRESS):
    return [model.index(row, column).data() for row in range(model.rowCount())]


def ask(qtbot, model, wanted):
    with qtbot.waitSignal(model.answered):
        model.show(wanted)


def fetch_all(qtbot, model):
    qtbot.waitUntil(lambda: not model.asking)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
        assert not model.canFetchMore(QModelIndex())
        model.fetchMore(QModelIndex())  # a second scroll event meanwhile
        qtbot.waitUntil(lambda: not model.asking)


def test_pages_lead_to_the_last_request_and_none_comes_twice(desk, model, qtbot):
    keys = fill(desk, 2 * PAGE + 50)
    ask(qtbot, model, RegisterFilter())
    fetch_all(qtbot, model)
    assert sorted(shown(model)) == keys
    assert not model.canFetchMore(QModelIndex())


def test_only_a_page_is_read_at_first(desk, context, qtbot):
    fill(desk, PAGE + 1)
    model = RegisterModel(context)
    ask(qtbot, model, RegisterFilter())
    assert model.rowCount() == PAGE
    assert model.canFetchMore(QModelIndex())


def test_a_search_shows_only_what_holds_the_text(desk, model, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    record(desk, "j.ortiz@lakeside.example")
    record(desk, "hello@brightpaws.example")
    ask(qtbot, model, RegisterFilter(text="ortiz"))
    assert sorted(shown(model)) == ["j.ortiz@lakeside.example", "maria.ortiz@lakeside.example"]
    ask(qtbot, model, RegisterFilter(text="_rtiz"))
    assert shown(model) == []  # what is typed is meant as it stands


def test_filters_for_channel_list_and_open_requests(desk, model, qtbot):
    record(desk, "phone@a.example", channel=Channel.PHONE)
    record(desk, "letter@a.example", channel=Channel.LETTER, scope="Promotions")
    done = record(desk, "done@a.example", channel=Channel.PHONE)
    desk.due_requests.mark_done([done.id], now=desk.now(), by="Ana")
    ask(qtbot, model, RegisterFilter(channel=Channel.PHONE))
    assert sorted(shown(model)) == ["done@a.example", "phone@a.example"]
    ask(qtbot, model, RegisterFilter(scope="Promotions"))
    assert shown(model) == ["letter@a.example"]
    ask(qtbot, model, RegisterFilter(only_open=True))
    assert sorted(shown(model)) == ["letter@a.example", "phone@a.example"]


def test_a_row_says_how_a_request_stands(desk, model, qtbot):
    record(
        desk,
        "maria.ortiz@lakeside.example",
        datetime(2026, 11, 10, 21, 42, tzinfo=UTC),
        channel=Channel.PHONE,
    )
    ask(qtbot, model, RegisterFilter())
    row = {column: model.index(0, column).data() for column in range(len(HEADERS))}
    assert row[ADDRESS] == "maria.ortiz@lakeside.example"
    assert row[RECEIVED] == "10 Nov 2026"
    assert row[HOW] == "Phone"
    assert row[LIST] == "All mail"
    assert row[STATE] == "Due soon"
    assert row[DUE] == "Wed 25 Nov"
    assert model.index(0, STATE).data(TONE_ROLE) == "warning"
    assert model.headerData(DUE, Qt.Orientation.Horizontal) == "Due"


def test_every_state_is_named(desk, model, qtbot):
    start = desk.now()
    record(desk, "open@a.example", start)
    record(desk, "soon@a.example", date(2026, 11, 10))
    record(desk, "overdue@a.example", date(2026, 11, 2))
    done = record(desk, "done@a.example", date(2026, 11, 9))
    late = record(desk, "late@a.example", date(2026, 10, 1))
    back = record(desk, "back@a.example", date(2026, 10, 5))
    desk.due_requests.mark_done([done.id, late.id], now=desk.now(), by="Ana")
    record(desk, "earlier@a.example", date(2026, 11, 20))
    record(desk, "earlier@a.example", date(2026, 11, 19))  # it came to light later, and its date stands
    agreed = start - timedelta(days=2)
    desk.opt_in_again.record(
        back, at=agreed, evidence="form", who="Jane", how="on paper", by="Ana", now=desk.now()
    )
    ask(qtbot, model, RegisterFilter())
    rows = list(zip(shown(model), shown(model, STATE), shown(model, DUE), strict=True))
    twice = [(state, due) for address, state, due in rows if address == "earlier@a.example"]
    assert sorted(twice) == [("Open", "Fri 4 Dec"), ("Repeated", words.NONE)]
    hints = [model.index(row, STATE).data(Qt.ItemDataRole.ToolTipRole) for row in range(len(rows))]
    assert [hint for hint in hints if hint] == ["An earlier request of the same person counts"]
    assert {address: state for address, state, _ in rows if address != "earlier@a.example"} == {
        "open@a.example": "Open",
        "soon@a.example": "Due soon",
        "overdue@a.example": "Overdue",
        "done@a.example": "Done",
        "late@a.example": "Done late",
        "back@a.example": "Opted in again",
    }


def test_a_domain_is_shown_as_one(desk, model, qtbot):
    record(desk, "*@competitor.example")
    ask(qtbot, model, RegisterFilter())
    assert shown(model) == ["*@competitor.example"]
    assert model.row_of(Kind.DOMAIN, "competitor.example") == 0
    assert model.row_of(Kind.ADDRESS, "competitor.example") is None


class SlowLookups(QObject):
    """Holds the answers back until the test lets them go, in any order."""

    busy = False
    _unused = Signal()

    def __init__(self):
        super().__init__()
        self.asked = []

    def run(self, work, *, done, failed=None, progress=None):
        self.asked.append((work(None), done))

    def answer(self, number):
        result, done = self.asked[number]
        done(result)


def test_an_answer_to_an_earlier_question_is_dropped(desk, context, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    record(desk, "hello@brightpaws.example")
    lookups = context.lookups
    context.lookups = slow = SlowLookups()
    try:
        model = RegisterModel(context)
        model.show(RegisterFilter(text="hello"))
        model.show(RegisterFilter(text="ortiz"))
        slow.answer(1)
        assert shown(model) == ["maria.ortiz@lakeside.example"]
        slow.answer(0)
        assert shown(model) == ["maria.ortiz@lakeside.example"]
    finally:
        context.lookups = lookups


def test_a_question_that_was_overtaken_is_not_looked_up(desk, context):
    record(desk, "maria.ortiz@lakeside.example")
    model = RegisterModel(context)
    overtaken = model._work(None, PAGE)
    model._question += 1
    assert overtaken(None) is None


def test_refreshing_keeps_as_many_rows_as_were_there(desk, model, qtbot):
    fill(desk, 2 * PAGE)
    ask(qtbot, model, RegisterFilter())
    fetch_all(qtbot, model)
    record(desk, "late@a.example")
    with qtbot.waitSignal(model.answered):
        model.refresh()
    assert model.rowCount() >= 2 * PAGE
    assert "late@a.example" in shown(model)
