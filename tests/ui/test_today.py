"""Today says what needs her, in the order in which it needs her."""

from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.changes import Changes
from optoutdesk.store import RegisterFilter
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.screens.today import ROWS, TodayScreen
from optoutdesk.ui.widgets.basic import EmptyState
from optoutdesk.ui.widgets.message import Message


@pytest.fixture
def screen(qtbot, context) -> TodayScreen:
    made = TodayScreen(context)
    qtbot.addWidget(made)
    made.resize(1084, 742)
    made.show()
    made.reload()
    return made


def question() -> Message:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())


def addresses(section) -> list[str]:
    return [row.address.text() for row in section.rows if row.isVisible()]


def test_an_empty_desk_says_what_will_appear_and_offers_the_first_step(
    screen: TodayScreen, qtbot, context
) -> None:
    assert screen.headline.text() == "Welcome to Opt-Out Desk"
    assert "10 business days" in screen.subline.text()
    assert screen.first_run.isVisible()
    assert not screen.figures.isVisible()
    assert not screen.act_now.isVisible()
    button = screen.first_run.findChild(EmptyState).button
    with qtbot.waitSignal(context.record_optout):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(context.choose_import):
        screen.import_first.click()


def test_overdue_requests_are_said_with_what_remains_to_be_done(screen: TodayScreen, record) -> None:
    record("late@lakeside.example", date(2025, 10, 1))
    screen.reload()
    assert screen.subline.text() == (
        "The first was due on Thursday 16 October 2025. The lists you clean leave them out already; "
        "remove them now wherever else you send from. The law allows 10 business days."
    )


def test_figures_of_a_large_register_fit_a_narrow_window(screen: TodayScreen, record) -> None:
    record("late@lakeside.example")
    screen.resize(828, 622)
    screen.reload()
    for figure in (screen.overdue, screen.soon, screen.open):
        figure.show_figure("1,000,000")
    screen._wrap_figures()
    screen.layout().activate()
    page = screen.drop_zone.parentWidget().parentWidget()
    assert page.minimumSizeHint().width() <= 828


def test_one_request_needs_her(screen: TodayScreen, record) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()
    assert screen.headline.text() == "One request needs you today"
    assert screen.subline.text() == "Next deadline: Wednesday 25 November. The law allows 10 business days."
    assert not screen.first_run.isVisible()
    assert screen.soon.figure.text() == "1"
    assert screen.on_time.figure.text() == "–"
    row = screen.act_now.rows[0]
    assert row.address.text() == "maria.ortiz@lakeside.example"
    assert row.facts.text() == "Tue 10 Nov 16:42 · phone · Ana"
    assert row.left.text() == "1 business day left"
    assert row.due.text() == "Wed 25 Nov"


def test_two_requests_need_her_and_a_third_is_on_track(screen: TodayScreen, record) -> None:
    record(
        "hello@brightpaws.example", datetime(2026, 11, 12, 14, 5, tzinfo=UTC), Channel.REPLY, "Newsletter", ""
    )
    record("maria.ortiz@lakeside.example")
    record("p.lindqvist@fjord.example", date(2026, 11, 24), Channel.IN_PERSON)
    screen.reload()
    assert screen.headline.text() == "Two requests need you today"
    assert addresses(screen.act_now) == ["maria.ortiz@lakeside.example", "hello@brightpaws.example"]
    assert addresses(screen.on_track) == ["p.lindqvist@fjord.example"]
    assert screen.act_now.rows[1].facts.text() == "Thu 12 Nov 09:05 · reply · Newsletter only"
    assert screen.on_track.rows[0].facts.text() == "Today · in person · Ana"
    assert screen.open.figure.text() == "3"


def test_nothing_needs_her_while_all_is_on_track(screen: TodayScreen, record) -> None:
    record("p.lindqvist@fjord.example", date(2026, 11, 24))
    screen.reload()
    assert screen.headline.text() == "Nothing needs you today"
    assert "Wednesday 9 December" in screen.subline.text()
    assert not screen.act_now.isVisible()


def test_an_overdue_request_says_so_in_words(screen: TodayScreen, record) -> None:
    record("late@shop.example", date(2026, 11, 2))
    screen.reload()
    assert screen.overdue.figure.text() == "1"
    assert "was due on Tuesday 17 November" in screen.subline.text()
    assert screen.act_now.rows[0].left.text() == "5 business days late"


def test_when_all_is_done_she_is_told_the_next_step(screen: TodayScreen, record, desk) -> None:
    request = record("maria.ortiz@lakeside.example")
    desk.due_requests.mark_done([request], now=desk.now(), by="Ana")
    screen.reload()
    assert screen.headline.text() == "All opt-outs are done"
    assert screen.all_done.isVisible()
    assert screen.on_time.figure.text() == "100 %"


def test_five_hundred_requests_stay_a_short_page(screen: TodayScreen, desk, context, qtbot) -> None:
    service, now = desk.record_optout, desk.now()
    text = "\n".join(f"person{n}@shop.example" for n in range(500))
    service.record(service.find(text).entries, service.received(date(2026, 11, 10), now), now=now, by="Ana")
    screen.reload()
    assert screen.headline.text() == "500 requests need you today"
    assert len(addresses(screen.act_now)) == ROWS
    assert screen.all.text() == "Show all 500 in Opt-outs"
    with qtbot.waitSignal(context.show_open):
        qtbot.mouseClick(screen.all, Qt.MouseButton.LeftButton)


def test_marking_done_asks_once_and_names_the_address(
    screen: TodayScreen, record, qtbot, desk, context
) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()
    context.changed.connect(screen.reload)
    qtbot.mouseClick(screen.act_now.rows[0].button, Qt.MouseButton.LeftButton)
    asked = question()
    assert "maria.ortiz@lakeside.example" in asked.text.text()
    assert desk.due_requests.today(desk.now()).open == 1
    with qtbot.waitSignal(context.changed) as told:
        qtbot.keyClick(asked.yes, Qt.Key.Key_Return)
    assert told.args == [Changes.REQUESTS]
    done = desk.register.page(RegisterFilter()).rows[0].request
    assert done.done_at == desk.now()
    assert done.done_by == "Ana"
    assert screen.headline.text() == "All opt-outs are done"


def test_saying_no_leaves_the_request_open(screen: TodayScreen, record, qtbot, desk) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()
    qtbot.mouseClick(screen.act_now.rows[0].button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(question(), Qt.Key.Key_Escape)
    assert desk.due_requests.today(desk.now()).open == 1


def test_what_cannot_be_done_is_one_sentence(screen: TodayScreen, record, qtbot, desk, monkeypatch) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()

    def fail(*_arguments: object, **_named: object) -> None:
        raise UserError("Another window is writing just now. Wait a moment and try again.", details="locked")

    monkeypatch.setattr(type(desk.due_requests), "mark_done", fail)
    qtbot.mouseClick(screen.act_now.rows[0].button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(question().yes, Qt.MouseButton.LeftButton)
    assert question().text.text() == "Another window is writing just now. Wait a moment and try again."


def test_an_address_leads_to_its_history(screen: TodayScreen, record, qtbot, context) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()
    with qtbot.waitSignal(context.show_history) as asked:
        qtbot.keyClick(screen.act_now.rows[0].address, Qt.Key.Key_Space)
    assert asked.args == [Kind.ADDRESS, "maria.ortiz@lakeside.example"]


def test_the_box_records_one_new_address_at_once(screen: TodayScreen, qtbot, desk, context) -> None:
    context.changed.connect(screen.reload)
    with qtbot.waitActive(screen):
        screen.activateWindow()
    screen.quick.text.setFocus()
    qtbot.keyClicks(screen.quick.text, "Stop it! jane@shop.example")
    screen.quick.channel.setCurrentText("Letter")
    with qtbot.waitSignal(context.notice) as said:
        qtbot.keyClick(screen.quick.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["jane@shop.example is blocked from now on. Due Wed 9 Dec."]
    request = desk.register.page(RegisterFilter()).rows[0].request
    assert (request.key, request.channel, request.by) == ("jane@shop.example", Channel.LETTER, "Ana")
    assert request.due == date(2026, 12, 9)
    assert screen.quick.text.toPlainText() == ""
    assert screen.headline.text() == "Nothing needs you today"


def test_yesterday_is_a_day_without_a_time(screen: TodayScreen, qtbot, desk) -> None:
    screen.quick.text.setPlainText("jane@shop.example")
    screen.quick.when.setCurrentText("Yesterday")
    screen.quick.record()
    assert desk.register.page(RegisterFilter()).rows[0].request.received.day == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["a@shop.example b@shop.example", "maria.ortiz@lakeside.example", "broken@nodot", "Earlier"]
)
def test_whatever_needs_a_look_goes_to_the_dialog(
    screen: TodayScreen, record, qtbot, context, text: str
) -> None:
    record("maria.ortiz@lakeside.example")
    if text == "Earlier":
        text = "new@shop.example"
        screen.quick.when.setCurrentIndex(3)
    screen.quick.text.setPlainText(text)
    with qtbot.waitSignal(context.record_draft) as asked:
        qtbot.mouseClick(screen.quick.button, Qt.MouseButton.LeftButton)
    draft: RecordDraft = asked.args[0]
    assert draft.text == text
    assert draft.channel is Channel.PHONE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "Type or paste an address first."), ("please stop", "There is no e-mail address in this text.")],
)
def test_the_box_says_what_is_missing(screen: TodayScreen, qtbot, text: str, sentence: str) -> None:
    screen.quick.text.setPlainText(text)
    qtbot.mouseClick(screen.quick.button, Qt.MouseButton.LeftButton)
    assert screen.quick.found.text() == sentence


def test_the_box_says_what_it_found_while_she_types(screen: TodayScreen, record, qtbot) -> None:
    record("maria.ortiz@lakeside.example")
    screen.quick.text.setPlainText("maria.ortiz@lakeside.example, jane@shop.example")
    qtbot.waitUntil(lambda: screen.quick.found.text() == "2 addresses found, 1 already recorded.")


def test_a_cleaned_list_says_whether_it_is_still_safe(
    screen: TodayScreen, record, qtbot, desk, context, tmp_path
) -> None:
    from optoutdesk.services.clean_list import Plan

    file = tmp_path / "newsletter.csv"
    file.write_text("e-mail\na@shop.example\nb@shop.example\n", "utf-8")
    plan = Plan(desk.clean_list.open(file))
    desk.clean_list.clean(plan, desk.clean_list.default_outputs(plan), by="Ana", now=desk.now())
    screen.reload(Changes.CLEANED_LISTS)
    row = screen.cleaned.rows[0]
    assert row.name.text() == "newsletter.csv"
    assert row.facts.text() == "Today 11:00 · 2 kept, 0 removed"
    assert row.chip.text() == "Still safe to send"
    assert not row.again.isVisible()
    record("a@shop.example")
    screen.reload(Changes.REQUESTS)
    assert row.chip.text() == "1 opted out since"
    with qtbot.waitSignal(context.open_list) as asked:
        qtbot.mouseClick(row.again, Qt.MouseButton.LeftButton)
    assert asked.args == [file]


@pytest.mark.parametrize("width", [828, 1084])
def test_nothing_is_cut_off_at_the_smallest_size(screen: TodayScreen, record, width: int) -> None:
    record("maria.ortiz@lakeside.example")
    record("p.lindqvist@fjord.example", date(2026, 11, 24))
    screen.resize(width, 642)
    screen.reload()
    QApplication.processEvents()
    for row in (screen.act_now.rows[0], screen.on_track.rows[0]):
        for part in (row.button, row.left, row.due):
            assert part.width() >= part.sizeHint().width(), part.text()
            assert row.rect().contains(part.geometry())
        assert not row.left.geometry().intersects(row.due.geometry())


def test_tab_goes_from_the_requests_to_the_side(screen: TodayScreen, record, qtbot) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()
    row = screen.act_now.rows[0]
    row.address.setFocus()
    qtbot.keyClick(row.address, Qt.Key.Key_Tab)
    assert screen.focusWidget() is row.button
    qtbot.keyClick(row.button, Qt.Key.Key_Tab)
    assert screen.focusWidget() is screen.drop_zone


def test_enter_on_an_address_opens_its_history(screen: TodayScreen, record, context, qtbot) -> None:
    record("maria.ortiz@lakeside.example")
    screen.reload()
    with qtbot.waitSignal(context.show_history) as told:
        qtbot.keyClick(screen.act_now.rows[0].address, Qt.Key.Key_Return)
    assert told.args[1] == "maria.ortiz@lakeside.example"
