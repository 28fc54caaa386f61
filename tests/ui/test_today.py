"""Today says what needs her, in the order in which it needs her: nothing, one request, a few of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from today_driver import click, heads, row_of, section, settle, spoken

import many_requests
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.changes import Changes
from optoutdesk.store import RegisterFilter
from optoutdesk.ui.context import Context, RecordDraft
from optoutdesk.ui.screens.today import TodayScreen
from optoutdesk.ui.widgets.due_places import Part

MARIA = "maria.ortiz@lakeside.example"


@pytest.fixture
def screen(qtbot, context) -> TodayScreen:
    made = TodayScreen(context)
    qtbot.addWidget(made)
    rows = made.list.rows
    made.tester = QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal, rows)
    context.changed.connect(made.reload)
    made.resize(1084, 742)
    made.show()
    reload(qtbot, made)
    return made


@pytest.fixture
def five(qtbot, tmp_path):
    """The screen on the desk of the picture."""
    desk = many_requests.make_five(tmp_path / "five")
    context = Context(desk)
    made = TodayScreen(context)
    qtbot.addWidget(made)
    context.changed.connect(made.reload)
    made.resize(1084, 742)
    made.show()
    reload(qtbot, made)
    yield made
    context.close()
    desk.close()


def reload(qtbot, screen: TodayScreen, changes: Changes = ~Changes.NOTHING) -> None:
    screen.reload(changes)
    settle(qtbot, screen)


# -- nothing


def test_an_empty_desk_says_what_will_appear_and_offers_the_first_step(screen, qtbot, context) -> None:
    assert screen.headline.text() == "Welcome to Opt-Out Desk"
    assert "10 business days" in screen.subline.text()
    assert screen.first_run.isVisible()
    assert not screen.figures.isVisible()
    assert not screen.list.isVisible()
    assert not screen.bar.isVisible()
    with qtbot.waitSignal(context.record_optout):
        qtbot.mouseClick(screen.first_run.state.button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(context.choose_import):
        screen.first_run.bring_in.click()


def test_when_all_is_done_she_is_praised_and_told_the_next_step(screen, record, desk, qtbot) -> None:
    request = record(MARIA)
    desk.due_requests.mark_done([request.id], now=desk.now(), by="Ana")
    reload(qtbot, screen)
    assert screen.headline.text() == "All opt-outs are done"
    assert screen.subline.text() == "Well done: everyone who asked was removed."
    assert screen.all_done.isVisible()
    assert not screen.list.isVisible()
    assert screen.figures.on_time.figure.text() == "100 %"
    screen.all_done.state.button.click()
    assert screen.drop_zone.dialog is not None
    screen.drop_zone.dialog.close()


# -- the line above, and the figures


def test_overdue_requests_are_said_with_what_remains_to_be_done(screen, record, qtbot) -> None:
    record("late@lakeside.example", date(2025, 10, 1))
    reload(qtbot, screen)
    assert screen.subline.text() == (
        "The first was due on Thursday 16 October 2025. The lists you clean leave them out already; "
        "remove them now wherever else you send from. The law allows 10 business days."
    )


def test_one_request_needs_her(screen, record, qtbot) -> None:
    record(MARIA)
    reload(qtbot, screen)
    assert screen.headline.text() == "One request needs you today"
    assert screen.subline.text() == (
        "Next legal deadline: Wednesday 25 November. The law allows 10 business days; your own target is 48 hours."
    )
    assert not screen.first_run.isVisible()
    assert screen.figures.soon.figure.text() == "1"
    assert heads(screen) == ["Act now: 1"]
    assert spoken(screen, MARIA) == (
        "maria.ortiz@lakeside.example, 1 business day left, due Wed 25 Nov, own target missed, "
        "received Tue 10 Nov 16:42 · phone · Ana"
    )


def test_nothing_needs_her_while_all_is_on_track(screen, record, qtbot) -> None:
    record("p.lindqvist@fjord.example", date(2026, 11, 24))
    reload(qtbot, screen)
    assert screen.headline.text() == "Nothing needs you today"
    assert "Wednesday 9 December" in screen.subline.text()
    assert heads(screen) == ["On track: 1"]


def test_response_times_are_told_once_something_was_done(screen, record, desk, qtbot) -> None:
    request = record(MARIA)
    reload(qtbot, screen)
    figure = screen.figures.on_time
    assert (figure.figure.text(), figure.response.text()) == ("–", "none done yet")
    assert "nothing to measure yet" in figure.toolTip()
    desk.due_requests.mark_done(
        [request.id], now=desk.now(), by="Ana", at=request.received.instant + timedelta(hours=26)
    )
    reload(qtbot, screen)
    assert (figure.figure.text(), figure.response.text()) == ("100 %", "half within 26 hours")
    assert "Half of the requests of the last 12 months were done within 26 hours" in figure.toolTip()


def test_a_narrow_window_tells_response_times_in_the_line_above(screen, record, desk, qtbot) -> None:
    record("p.lindqvist@fjord.example", date(2026, 11, 24))
    screen.resize(828, 622)
    reload(qtbot, screen)
    assert screen.figures.on_time.response.isHidden()
    assert screen.subline.text().endswith("your own target is 48 hours. None was done yet.")


def test_figures_of_a_large_register_fit_a_narrow_window(screen, record, qtbot) -> None:
    record("late@lakeside.example")
    screen.resize(828, 622)
    reload(qtbot, screen)
    for figure in (screen.figures.overdue, screen.figures.soon, screen.figures.open):
        figure.show_figure("1,000,000")
    screen.figures.fit(narrow=True, cramped=False)
    screen.layout().activate()
    assert screen.minimumSizeHint().width() <= 828


# -- a few requests, as in the picture


def test_the_five_of_the_picture_stand_in_two_sections(five) -> None:
    assert five.headline.text() == "Two requests need you today"
    assert section(five, "Act now") == [MARIA, "hello@brightpaws.example"]
    assert section(five, "On track") == [
        "j.okafor@northgate.example",
        "sales@ferrystreet.example",
        "p.lindqvist@fjord.example",
    ]
    figures = five.figures
    assert [f.figure.text() for f in (figures.overdue, figures.soon, figures.open)] == ["0", "2", "5"]
    assert not five.bar.isVisible()
    assert not five.list.many


def test_each_request_says_where_it_is_done_and_where_not(five) -> None:
    line = five.list.rows.line(row_of(five, MARIA))
    places = five.list.places.places(five.list._rect(row_of(five, MARIA)), line.due)
    assert [(chip.text, chip.tone) for chip in places.chips] == [
        ("Mailchimp", "warning"),
        ("Outlook", "warning"),
        ("QuickBooks ✓", "ok"),
    ]
    assert "open at Mailchimp and Outlook, done at QuickBooks" in spoken(five, MARIA)
    row = row_of(five, "hello@brightpaws.example")
    tip = five.list.explain(five.list.part_rect(row, Part.CHIPS).center())
    assert tip.splitlines() == [
        "Mailchimp: still to be removed",
        "Outlook: removed Thu 12 Nov by Ana",
        "QuickBooks: was never there, said Thu 12 Nov by Ana",
    ]


def test_the_own_target_stands_beside_the_legal_date(five, qtbot) -> None:
    assert "own target missed" in spoken(five, MARIA)
    assert "due Wed 25 Nov" in spoken(five, MARIA)
    assert "own target tomorrow 08:14" in spoken(five, "sales@ferrystreet.example")
    assert "own target Thu 26 Nov 10:51" in spoken(five, "p.lindqvist@fjord.example")


def test_of_an_overdue_request_only_the_legal_date_is_said(screen, record, qtbot) -> None:
    record("late@shop.example", date(2026, 11, 2))
    reload(qtbot, screen)
    assert screen.figures.overdue.figure.text() == "1"
    assert "was due on Tuesday 17 November" in screen.subline.text()
    said = spoken(screen, "late@shop.example")
    assert "5 business days late" in said
    assert "own target" not in said


def test_the_strip_the_address_and_the_button_explain_themselves(five) -> None:
    row = row_of(five, MARIA)

    def explained(part: Part) -> str:
        return five.list.explain(five.list.part_rect(row, part).center())

    assert explained(Part.STRIP).startswith("Received Tue 10 Nov; due Wed 25 Nov, 10 business days later.")
    assert explained(Part.ADDRESS) == MARIA
    assert explained(Part.BUTTON) == "D"


def test_an_address_leads_to_its_history(five, qtbot) -> None:
    with qtbot.waitSignal(five._context.show_history) as asked:
        click(qtbot, five, MARIA, Part.ADDRESS)
    assert asked.args == [Kind.ADDRESS, MARIA]


def test_who_works_on_a_request_stands_with_it(five, desk, qtbot) -> None:
    work = five._context.desk
    due = five.list.rows.line(row_of(five, MARIA)).due
    height = five.list.rowHeight(row_of(five, "hello@brightpaws.example"))
    work.due_requests.assign([due.request.id], "Ben", now=work.now(), by="Ana")
    reload(qtbot, five)
    assert "assigned to Ben" in spoken(five, MARIA)
    assert five.list.rowHeight(row_of(five, MARIA)) >= height


@pytest.mark.parametrize("width", [764, 828, 904, 1084, 1600])
def test_nothing_is_cut_off_or_in_the_way_at_any_width(five, width: int, qtbot) -> None:
    for step in (
        930,
        790,
        width,
    ):  # as an edge is dragged: what is narrower makes it possible to be narrower still
        five.resize(max(step, width), 642)
        settle(qtbot, five)
    assert five.width() == width
    rows = five.list.rows
    for row in range(rows.rowCount()):
        due = rows.line(row).due
        if due is None:
            continue
        rect = five.list._rect(row)
        places = five.list.places.places(rect, due)
        parts = [places.address, places.facts, places.strip, places.left, places.due, places.button]
        parts += [chip.rect for chip in places.chips]
        for part in parts:
            assert rect.contains(part), (row, part)
        for one in range(len(parts)):
            for other in range(one + 1, len(parts)):
                assert not parts[one].intersects(parts[other]), (row, one, other)
        metrics = five.list.fontMetrics()
        if width >= 1084:
            assert places.address.width() >= metrics.horizontalAdvance(rows.index(row, 0).data())
    assert five.minimumSizeHint().width() <= width


def test_a_file_dropped_on_the_list_goes_to_the_window(five) -> None:
    assert not five.list.acceptDrops()
    assert not five.list.viewport().acceptDrops()


# -- the keyboard


def test_the_keyboard_begins_at_the_most_urgent_request(five, qtbot) -> None:
    with qtbot.waitActive(five):
        five.activateWindow()
    five.first_focus()
    assert five.focusWidget() is five.list
    assert five.list.current().request.key == MARIA
    qtbot.keyClick(five.list, Qt.Key.Key_Down)
    assert five.list.current().request.key == "hello@brightpaws.example"
    with qtbot.waitSignal(five._context.show_history) as told:
        qtbot.keyClick(five.list, Qt.Key.Key_Return)
    assert told.args == [Kind.ADDRESS, "hello@brightpaws.example"]


def test_the_focus_waits_for_the_requests(qtbot, context, record) -> None:
    record(MARIA)
    made = TodayScreen(context)
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    made.reload()
    made.first_focus()
    settle(qtbot, made)
    assert made.focusWidget() is made.list
    assert made.list.current().request.key == MARIA


def test_without_a_request_the_keyboard_begins_where_one_is_recorded(screen) -> None:
    screen.first_focus()
    assert screen.focusWidget() is screen.quick.text


def test_tab_goes_from_the_requests_to_the_side(five, qtbot) -> None:
    with qtbot.waitActive(five):
        five.activateWindow()
    five.list.setFocus()
    qtbot.keyClick(five.list, Qt.Key.Key_Tab)
    assert five.focusWidget() is five.drop_zone
    qtbot.keyClick(five.drop_zone, Qt.Key.Key_Tab)
    assert five.focusWidget() is five.quick.text


def test_the_keyboard_stays_where_it_was_when_something_changes(five, qtbot, desk) -> None:
    five.list.go_to_request(five.list.rows.line(row_of(five, "sales@ferrystreet.example")).due.request.id)
    work = five._context.desk
    first = five.list.rows.line(row_of(five, MARIA)).due.request.id
    changes = work.due_requests.mark_done([first], now=work.now(), by="Ana")
    five._context.broadcast(changes)
    settle(qtbot, five)
    assert MARIA not in section(five, "Act now")
    assert five.list.current().request.key == "sales@ferrystreet.example"


def test_space_selects_and_brings_the_boxes(five, qtbot) -> None:
    assert not five.list.places.boxes
    five.list.go_to_request(five.list.rows.line(row_of(five, MARIA)).due.request.id)
    qtbot.keyClick(five.list, Qt.Key.Key_Space)
    assert five.list.places.boxes
    assert five.selection.isVisible()
    assert five.selection.count.text() == "1 selected"
    assert ", selected," in spoken(five, MARIA)
    qtbot.keyClick(five.list, Qt.Key.Key_Escape)
    assert not five.selection.isVisible()
    assert not five.list.places.boxes


# -- the box that records one


def test_the_box_records_one_new_address_at_once(screen, qtbot, desk, context) -> None:
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
    settle(qtbot, screen)
    assert screen.headline.text() == "Nothing needs you today"
    assert section(screen, "On track") == ["jane@shop.example"]


def test_yesterday_is_a_day_without_a_time(screen, desk) -> None:
    screen.quick.text.setPlainText("jane@shop.example")
    screen.quick.when.setCurrentText("Yesterday")
    screen.quick.record()
    assert desk.register.page(RegisterFilter()).rows[0].request.received.day == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["a@shop.example b@shop.example", MARIA, "broken@nodot", "Earlier"])
def test_whatever_needs_a_look_goes_to_the_dialog(screen, record, qtbot, context, text: str) -> None:
    record(MARIA)
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
def test_the_box_says_what_is_missing(screen, qtbot, text: str, sentence: str) -> None:
    screen.quick.text.setPlainText(text)
    qtbot.mouseClick(screen.quick.button, Qt.MouseButton.LeftButton)
    assert screen.quick.found.text() == sentence


def test_the_box_says_what_it_found_while_she_types(screen, record, qtbot) -> None:
    record(MARIA)
    screen.quick.text.setPlainText(f"{MARIA}, jane@shop.example")
    qtbot.waitUntil(lambda: screen.quick.found.text() == "2 addresses found, 1 already recorded.")


# -- the other way round: what comes late is not shown


def test_an_answer_to_an_earlier_question_is_dropped(screen, record, qtbot) -> None:
    record(MARIA)
    for _ in range(5):
        screen.reload()
    settle(qtbot, screen)
    assert heads(screen) == ["Act now: 1"]
    assert section(screen, "Act now") == [MARIA]


def test_the_targets_words_follow_the_clock(screen, record, qtbot, desk) -> None:
    record("new@shop.example", datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    reload(qtbot, screen)
    assert "own target today 11:30" in spoken(screen, "new@shop.example")
    later = desk.now() + timedelta(hours=1)
    desk.now = lambda: later
    assert "own target missed" in spoken(screen, "new@shop.example")


def test_the_line_says_the_own_target_of_the_settings(screen, record, qtbot, desk) -> None:
    record(MARIA)
    desk.change_settings(replace(desk.settings, own_target_hours=120))
    reload(qtbot, screen, Changes.SETTINGS)
    assert screen.subline.text().endswith("your own target is 5 days.")
    assert QApplication.focusWidget() is None or screen.isVisible()
