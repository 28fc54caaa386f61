"""Marking done and assigning on Today: each act asks first with a count, and applies to exactly what was shown."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from today_driver import choose, click, dialog, heads, menu_texts, row_of, section, settle, spoken

import many_requests
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import Kind
from optoutdesk.services.due_requests import GroupBy
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.mark_done import AssignDialog, MarkDoneDialog
from optoutdesk.ui.screens.today import TodayScreen
from optoutdesk.ui.widgets.due_places import Part
from optoutdesk.ui.widgets.message import Message

MARIA = "maria.ortiz@lakeside.example"
OKAFOR = "j.okafor@northgate.example"


def screen_of(qtbot, desk) -> Iterator[TodayScreen]:
    context = Context(desk)
    made = TodayScreen(context)
    qtbot.addWidget(made)
    context.changed.connect(made.reload)
    made.resize(1084, 742)
    made.show()
    made.reload()
    settle(qtbot, made)
    yield made
    context.close()
    desk.close()


@pytest.fixture
def five(qtbot, tmp_path) -> Iterator[TodayScreen]:
    yield from screen_of(qtbot, many_requests.make_five(tmp_path / "five"))


@pytest.fixture
def forty(qtbot, tmp_path) -> Iterator[TodayScreen]:
    yield from screen_of(qtbot, many_requests.make_many(tmp_path / "forty", 40))


@pytest.fixture
def single(qtbot, desk, record) -> Iterator[TodayScreen]:
    record(MARIA)
    yield from screen_of(qtbot, desk)


def states(screen: TodayScreen, name: str) -> dict[str, TaskState]:
    desk = screen._context.desk
    history = desk.register.history(Kind.ADDRESS, name, desk.now())
    return {task.platform.name: task.state for tasks in history.tasks.values() for task in tasks}


def ledger(screen: TodayScreen) -> int:
    return screen._context.desk.store.last_entry().seq


# -- one request


def test_without_a_platform_the_question_is_plain(single, qtbot) -> None:
    click(qtbot, single, MARIA, Part.BUTTON)
    asked = dialog(Message)
    assert asked.heading.text() == "Removed everywhere you send from?"
    assert MARIA in asked.text.text().replace("\u200b", "")
    with qtbot.waitSignal(single._context.notice) as said:
        qtbot.keyClick(asked.yes, Qt.Key.Key_Return)
    assert said.args == [f"{MARIA}: done."]
    settle(qtbot, single)
    assert single.headline.text() == "All opt-outs are done"


def test_saying_no_leaves_the_request_open(single, qtbot, desk) -> None:
    click(qtbot, single, MARIA, Part.BUTTON)
    qtbot.keyClick(dialog(Message), Qt.Key.Key_Escape)
    assert desk.due_requests.today(desk.now()).open == 1


def test_what_cannot_be_done_is_one_sentence(single, qtbot, desk, monkeypatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise UserError("Another window is writing just now. Wait a moment and try again.", details="locked")

    monkeypatch.setattr(type(desk.due_requests), "mark_done", fail)
    click(qtbot, single, MARIA, Part.BUTTON)
    qtbot.mouseClick(dialog(Message).yes, Qt.MouseButton.LeftButton)
    sentence = "Another window is writing just now. Wait a moment and try again."
    assert dialog(Message).text.text() == sentence


def test_open_at_one_platform_the_question_names_it(five, qtbot) -> None:
    click(qtbot, five, OKAFOR, Part.BUTTON)
    asked = dialog(Message)
    assert asked.heading.text() == "Removed from Mailchimp?"
    assert f"{OKAFOR} is out of Mailchimp." in asked.text.text().replace("\u200b", "")
    before = ledger(five)
    qtbot.mouseClick(asked.yes, Qt.MouseButton.LeftButton)
    settle(qtbot, five)
    assert ledger(five) == before + 1
    assert states(five, OKAFOR)["Mailchimp"] is TaskState.REMOVED
    assert OKAFOR not in section(five, "On track")


def test_open_at_several_platforms_she_ticks_where(five, qtbot) -> None:
    click(qtbot, five, MARIA, Part.BUTTON)
    asked = dialog(MarkDoneDialog)
    assert [(box.text(), box.isChecked()) for box in asked.boxes] == [("Mailchimp", True), ("Outlook", True)]
    asked.boxes[1].setChecked(False)
    asked.boxes[0].setChecked(False)
    assert not asked.confirm.isEnabled()
    asked.boxes[0].setChecked(True)
    before = ledger(five)
    with qtbot.waitSignal(five._context.notice) as said:
        asked.confirm.click()
    assert said.args == [f"{MARIA}: done at Mailchimp."]
    settle(qtbot, five)
    assert ledger(five) == before + 1
    assert states(five, MARIA) == {
        "Mailchimp": TaskState.REMOVED,
        "Outlook": TaskState.OPEN,
        "QuickBooks": TaskState.REMOVED,
    }
    assert "open at Outlook, done at Mailchimp and QuickBooks" in spoken(five, MARIA)


def test_done_on_another_day_or_never_there(five, qtbot) -> None:
    click(qtbot, five, MARIA, Part.BUTTON)
    asked = dialog(MarkDoneDialog)
    assert asked.day.date() == QDate(2026, 11, 24)
    assert asked.day.maximumDate() == QDate(2026, 11, 24)
    asked.day.setDate(QDate(2026, 11, 16))
    asked.never.setChecked(True)
    asked.confirm.click()
    settle(qtbot, five)
    assert states(five, MARIA)["Outlook"] is TaskState.NOT_THERE
    desk = five._context.desk
    history = desk.register.history(Kind.ADDRESS, MARIA, desk.now())
    zone = ZoneInfo(many_requests.ZONE)
    days = {event.at.astimezone(zone).date() for event in history.events if event.platform == 1}
    assert days == {date(2026, 11, 16)}


def test_a_day_before_the_request_is_refused_in_one_sentence(five, qtbot) -> None:
    click(qtbot, five, MARIA, Part.BUTTON)
    asked = dialog(MarkDoneDialog)
    asked.day.setDate(QDate(2026, 11, 9))
    asked.confirm.click()
    settle(qtbot, five)
    assert asked.isVisible()
    assert "asked only after that" in asked.problem.text()
    assert states(five, MARIA)["Mailchimp"] is TaskState.OPEN


def test_working_through_one_platform_that_one_is_ticked(forty, qtbot) -> None:
    forty.bar.group.setCurrentIndex(forty.bar.group.findData(GroupBy.PLATFORM))
    settle(qtbot, forty)
    outlook = row_of(forty, "Outlook")
    due = next(line.due for line in forty.list.rows.lines()[outlook + 1 :] if len(line.due.open_tasks) > 1)
    row = next(row for row, line in enumerate(forty.list.rows.lines()) if row > outlook and line.due is due)
    forty.list.setCurrentIndex(forty.list.rows.index(row, 0))
    qtbot.keyClick(forty.list, Qt.Key.Key_D)
    ticked = [box.text() for box in dialog(MarkDoneDialog).boxes if box.isChecked()]
    assert ticked == ["Outlook"]


def test_the_keys_for_one_request(five, qtbot) -> None:
    five.list.first_focus()
    qtbot.keyClick(five.list, Qt.Key.Key_D)
    dialog(MarkDoneDialog).reject()
    qtbot.keyClick(five.list, Qt.Key.Key_A)
    assert menu_texts(five) == ["Assign to Ana", "Assign to nobody"]
    five.acts.menu.close()


def test_the_menu_of_a_row_offers_everything(five, qtbot) -> None:
    row = row_of(five, OKAFOR)
    place = five.list.part_rect(row, Part.STRIP).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, five.list.viewport().mapToGlobal(place))
    QApplication.sendEvent(five.list.viewport(), event)
    assert menu_texts(five) == [
        "Show the history",
        "Mark done…",
        "Done on another day, or never there…",
        "Assign to Ana",
        "Assign to nobody",
    ]
    choose(five, "Done on another day, or never there…")
    asked = dialog(MarkDoneDialog)
    assert [box.text() for box in asked.boxes] == ["Mailchimp"]
    asked.never.setChecked(True)
    asked.confirm.click()
    settle(qtbot, five)
    assert states(five, OKAFOR)["Mailchimp"] is TaskState.NOT_THERE


# -- many


def select(qtbot, screen: TodayScreen, title: str) -> None:
    click(qtbot, screen, title, Part.CHOOSE_ALL)
    settle(qtbot, screen)


def open_there(screen: TodayScreen) -> dict[str, int]:
    desk = screen._context.desk
    return {s.platform.name: s.to_remove for s in desk.platforms.all(desk.now())}


def test_the_selected_are_marked_done_at_one_platform(forty, qtbot) -> None:
    select(qtbot, forty, "Act now")
    before = open_there(forty)
    desk = forty._context.desk
    chosen = forty.list.rows.chosen
    at_outlook = set(desk.platforms.ids_to_remove(2)) & chosen
    forty.selection.done.click()
    settle(qtbot, forty)
    assert menu_texts(forty) == [
        "Everywhere they are still open (12)",
        "At Mailchimp (12)",
        f"At Outlook ({len(at_outlook)})",
        menu_texts(forty)[3],
    ]
    choose(forty, f"At Outlook ({len(at_outlook)})")
    asked = dialog(MarkDoneDialog)
    assert asked.heading.text() == f"Mark {len(at_outlook)} requests done at Outlook?"
    said = asked.content.itemAt(0).widget().text()
    assert said == f"Confirm that these {len(at_outlook)} people are out of Outlook."
    entry = ledger(forty)
    asked.confirm.click()
    settle(qtbot, forty)
    assert ledger(forty) == entry + 1, "one act, one entry"
    after = open_there(forty)
    assert after == {**before, "Outlook": before["Outlook"] - len(at_outlook)}
    assert not set(desk.platforms.ids_to_remove(2)) & chosen


def test_the_selected_are_marked_done_everywhere(forty, qtbot) -> None:
    select(qtbot, forty, "Act now")
    chosen = forty.list.rows.chosen
    forty.selection.done.click()
    settle(qtbot, forty)
    choose(forty, "Everywhere they are still open (12)")
    asked = dialog(MarkDoneDialog)
    assert asked.heading.text() == "Mark 12 requests done?"
    assert asked.never.isHidden()
    with qtbot.waitSignal(forty._context.notice) as said:
        asked.confirm.click()
    assert said.args == ["12 requests: done."]
    settle(qtbot, forty)
    assert heads(forty) == ["On track: 28"]
    assert not forty.list.rows.chosen
    assert not forty.selection.isVisible()
    assert not chosen & set(forty._context.desk.due_requests.ids(many_requests.NOW))


def test_cancelling_changes_nothing(forty, qtbot) -> None:
    select(qtbot, forty, "Act now")
    before, entry = open_there(forty), ledger(forty)
    forty.selection.done.click()
    settle(qtbot, forty)
    choose(forty, "Everywhere they are still open (12)")
    dialog(MarkDoneDialog).cancel.click()
    assert (open_there(forty), ledger(forty)) == (before, entry)
    assert len(forty.list.rows.chosen) == 12


def test_what_was_done_meanwhile_is_not_counted(forty, qtbot) -> None:
    select(qtbot, forty, "Act now")
    desk = forty._context.desk
    desk.due_requests.mark_done(sorted(forty.list.rows.chosen)[:5], now=desk.now(), by="Ben")
    forty.selection.done.click()
    settle(qtbot, forty)
    assert menu_texts(forty)[0] == "Everywhere they are still open (7)"
    forty.acts.menu.close()


def test_a_single_selected_one_is_asked_about_like_any_single_one(forty, qtbot) -> None:
    name = section(forty, "On track")[1]
    click(qtbot, forty, name, Part.BOX)
    qtbot.keyClick(forty.list, Qt.Key.Key_D)
    asked = dialog(MarkDoneDialog)
    assert name in asked.heading.text().replace("\u200b", "")


def test_without_platforms_the_selected_are_asked_about_at_once(single, record, qtbot) -> None:
    record("hello@brightpaws.example")
    single.reload()
    settle(qtbot, single)
    qtbot.keyClick(single.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, single)
    single.selection.done.click()
    settle(qtbot, single)
    asked = dialog(MarkDoneDialog)
    assert asked.heading.text() == "Mark 2 requests done?"
    asked.confirm.click()
    settle(qtbot, single)
    assert single.headline.text() == "All opt-outs are done"


def test_the_selected_are_given_to_somebody(forty, qtbot) -> None:
    select(qtbot, forty, "Act now")
    chosen = forty.list.rows.chosen
    forty.selection.assign.click()
    settle(qtbot, forty)
    assert menu_texts(forty) == ["Assign to Ana", "Assign to Ben", "Assign to Cleo", "Assign to nobody"]
    choose(forty, "Assign to Cleo")
    asked = dialog(AssignDialog)
    assert asked.heading.text() == "Give 12 requests to Cleo?"
    entry = ledger(forty)
    with qtbot.waitSignal(forty._context.notice) as said:
        asked.confirm.click()
    assert said.args == ["12 requests are assigned to Cleo now."]
    settle(qtbot, forty)
    assert ledger(forty) == entry + 1
    theirs = {
        line.due.request.id
        for line in forty.list.rows.lines()
        if line.due is not None and line.due.assigned == "Cleo"
    }
    assert theirs == chosen
    assert forty.list.rows.chosen == chosen, "they stay selected: she may go on with them"


def test_one_request_is_given_to_nobody_again(forty, qtbot) -> None:
    name = next(
        forty.list.rows.index(row, 0).data()
        for row, line in enumerate(forty.list.rows.lines())
        if line.due is not None and line.due.assigned == "Ben"
    )
    assert "assigned to Ben" in spoken(forty, name)
    forty.list.setCurrentIndex(forty.list.rows.index(row_of(forty, name), 0))
    qtbot.keyClick(forty.list, Qt.Key.Key_A)
    choose(forty, "Assign to nobody")
    dialog(AssignDialog).confirm.click()
    settle(qtbot, forty)
    assert "assigned" not in spoken(forty, name)


def test_twenty_thousand_can_be_marked_done_in_one_act(qtbot, tmp_path) -> None:
    for screen in screen_of(qtbot, many_requests.make_many(tmp_path / "all", 20_000)):
        qtbot.keyClick(screen.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        settle(qtbot, screen)
        screen.acts.ask_chosen_done(QPoint(0, 0))
        settle(qtbot, screen)
        choose(screen, "Everywhere they are still open (20,000)")
        asked = dialog(MarkDoneDialog)
        entry = ledger(screen)
        asked.confirm.click()
        assert asked.bar.isVisible(), "it says that something is going on"
        assert not asked.confirm.isEnabled()
        settle(qtbot, screen)
        assert ledger(screen) == entry + 1
        assert screen.headline.text() == "All opt-outs are done"
        done_at = datetime(2026, 11, 24, 11, tzinfo=ZoneInfo(many_requests.ZONE))
        desk = screen._context.desk
        assert (
            desk.register.history(Kind.ADDRESS, "person7@shop7.example", desk.now()).requests[0].done_at
            == done_at
        )
