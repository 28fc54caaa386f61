"""Settings: saved as they are chosen, the way of counting only after it was said what it would mean; and who works."""

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTime
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget
from test_accessible import nameless

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import StoreBusyError, UserError
from optoutdesk.domain.requests import Kind
from optoutdesk.services.autostart import Autostart
from optoutdesk.services.change_settings import ChangeSettings, SettingsPlan
from optoutdesk.services.changes import Changes
from optoutdesk.settings import load_settings
from optoutdesk.ui import words, words_reminders, words_settings
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.settings import SettingsScreen
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import OPT_OUTS, PLATFORMS, SETTINGS, SMALLEST, TODAY, MainWindow


@pytest.fixture(autouse=True)
def own_autostart(desk: Desk, tmp_path: Path) -> Autostart:
    """Nobody's computer is made to start anything."""
    made = Autostart(system="linux", home=tmp_path / "home", environment={})
    desk.__dict__["autostart"] = made
    return made


@pytest.fixture
def screen(context: Context, qtbot) -> Iterator[SettingsScreen]:
    made = SettingsScreen(context)
    qtbot.addWidget(made)
    context.changed.connect(made.reload)
    made.resize(828, 642)
    made.show()
    made.reload()
    yield made
    qtbot.waitUntil(lambda: not context.tasks.busy and not context.lookups.busy)


def saved(desk: Desk) -> dict[str, object]:
    """Return what stands in the file."""
    settings = load_settings(desk.paths.settings)
    return {name: getattr(settings, name) for name in settings.__slots__}


def idle(screen: SettingsScreen, qtbot) -> None:
    context = screen._context
    qtbot.waitUntil(lambda: not context.tasks.busy and not context.lookups.busy)


def choose(screen: SettingsScreen, qtbot, policy: str) -> None:
    box = screen.counting.policy
    box.setCurrentIndex(box.findData(policy))
    idle(screen, qtbot)


def type_in(qtbot, field: QWidget, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


def message() -> Message:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())


# -- what is saved at once


def test_the_business_s_name_is_saved_when_she_goes_on(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    told: list[Changes] = []
    screen._context.changed.connect(told.append)
    type_in(qtbot, screen.business.name, "  Lakeside   Garden ", Qt.Key.Key_Tab)
    assert saved(desk)["business_name"] == "Lakeside Garden"
    assert told == [Changes.SETTINGS]
    screen.business.name.setFocus()
    qtbot.keyClick(screen.business.name, Qt.Key.Key_Tab)
    assert told == [Changes.SETTINGS]  # nothing was changed


def test_own_addresses_are_added_changed_and_removed(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    edit = screen.business.addresses
    type_in(qtbot, edit.fresh, "News@OurShop.example")
    type_in(qtbot, edit.fresh, "Ana <ana@ourshop.example>")
    assert saved(desk)["own_addresses"] == edit.names == ("news@ourshop.example", "ana@ourshop.example")
    found = desk.record_optout.find("news@ourshop.example jane@shop.example").entries
    assert [entry.own for entry in found] == [True, False]
    type_in(qtbot, edit.rows[0].field, "info@ourshop.example")
    assert saved(desk)["own_addresses"] == ("info@ourshop.example", "ana@ourshop.example")
    qtbot.mouseClick(edit.rows[0].remove, Qt.MouseButton.LeftButton)
    assert saved(desk)["own_addresses"] == ("ana@ourshop.example",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ana", "“ana” is no e-mail address. It looks like name@example.com."),
        ("a@shop.example b@shop.example", "“a@shop.example b@shop.example” is no e-mail address."),
        ("NEWS@ourshop.example", "“news@ourshop.example” is in the list already."),
    ],
)
def test_what_is_no_address_or_there_already_is_said_and_not_saved(
    screen: SettingsScreen, desk: Desk, qtbot, text: str, sentence: str
) -> None:
    edit = screen.business.addresses
    type_in(qtbot, edit.fresh, "news@ourshop.example")
    type_in(qtbot, edit.fresh, text)
    assert edit.problem.isVisible()
    assert edit.problem.text().startswith(sentence)
    assert edit.fresh.text() == text
    assert saved(desk)["own_addresses"] == ("news@ourshop.example",)
    type_in(qtbot, edit.fresh, "ana@ourshop.example")
    assert not edit.problem.isVisible()


def test_an_emptied_field_is_no_removal(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    names = screen.staff.names
    type_in(qtbot, names.fresh, "Ana")
    names.rows[0].field.clear()
    qtbot.keyClick(names.rows[0].field, Qt.Key.Key_Return)
    assert names.rows[0].field.text() == "Ana"
    assert saved(desk)["staff"] == ("Ana",)


def test_staff_is_added_renamed_and_removed(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    names = screen.staff.names
    for name in ("Ana", "Ben"):
        type_in(qtbot, names.fresh, name)
    assert saved(desk)["staff"] == ("Ana", "Ben")
    type_in(qtbot, names.rows[1].field, "Benjamin")
    assert saved(desk)["staff"] == ("Ana", "Benjamin")
    names.rows[0].remove.setFocus()
    qtbot.keyClick(names.rows[0].remove, Qt.Key.Key_Return)
    assert saved(desk)["staff"] == ("Benjamin",)
    assert QApplication.focusWidget() is names.rows[0].remove


def test_who_is_renamed_works_on_under_the_new_name(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    type_in(qtbot, screen.staff.names.fresh, "Ana")
    desk.act_as("Ana")
    type_in(qtbot, screen.staff.names.rows[0].field, "Anna")
    assert desk.person == "Anna"
    assert saved(desk)["person"] == "Anna"


def test_the_own_target_is_saved_once_after_several_steps(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    times: list[Changes] = []
    screen._context.changed.connect(times.append)
    for _ in range(3):
        screen.counting.target.stepDown()
    qtbot.waitUntil(lambda: saved(desk)["own_target_hours"] == 45)
    assert times == [Changes.SETTINGS]
    assert desk.counting.own_target_hours == 45


def test_a_step_she_made_last_is_saved_though_she_goes_elsewhere_at_once(
    screen: SettingsScreen, desk: Desk
) -> None:
    screen.counting.target.stepUp()
    screen.reminders.time.setTime(QTime(17, 30))
    screen.hide()
    assert saved(desk)["own_target_hours"] == 49
    assert saved(desk)["reminder_time"] == "17:30"


def test_the_wheel_scrolls_the_page_and_changes_nothing(screen: SettingsScreen, desk: Desk) -> None:
    before = saved(desk)
    for field in (screen.counting.target, screen.reminders.time, screen.counting.policy):
        place = QPointF(field.rect().center())
        turn = QWheelEvent(
            place,
            QPointF(field.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, turn)
    screen.hide()
    assert saved(desk) == before


def test_the_steps_of_reminders_are_chosen(screen: SettingsScreen, desk: Desk) -> None:
    days = screen.reminders.days
    assert {day for day, box in days.items() if box.isChecked()} == {3, 1, 0}
    days[5].click()
    days[1].click()
    screen.reminders.target.box.click()
    screen.reminders.overdue.box.click()
    written = saved(desk)
    assert written["reminder_days"] == (5, 3, 0)
    assert (written["remind_target"], written["remind_overdue"]) == (False, False)


def test_a_step_that_was_set_by_hand_can_be_seen_and_taken_away(screen: SettingsScreen, desk: Desk) -> None:
    desk.change_settings(replace(desk.settings, reminder_days=(8, 1)))
    screen.reload()
    box = screen.reminders.days[8]
    assert box.isChecked()
    assert box.text() == "8 business days before"
    box.click()
    assert saved(desk)["reminder_days"] == (1,)


def test_staying_in_the_tray_says_where_there_is_none(screen: SettingsScreen, desk: Desk) -> None:
    assert screen.reminders.tray.hint.text() == words_reminders.NO_TRAY  # offscreen there is none
    screen.reminders.tray.box.click()
    assert saved(desk)["stay_in_tray"] is True


def test_starting_with_the_computer_is_off_until_asked_for(
    screen: SettingsScreen, desk: Desk, own_autostart: Autostart
) -> None:
    box = screen.reminders.autostart.box
    assert not box.isChecked()
    assert not own_autostart.file.exists()
    box.click()
    assert own_autostart.is_on
    assert saved(desk)["start_with_computer"] is True
    box.click()
    assert not own_autostart.file.exists()
    assert saved(desk)["start_with_computer"] is False


def test_where_the_system_does_not_let_it_start_that_is_said(
    screen: SettingsScreen, desk: Desk, own_autostart: Autostart, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Autostart) -> None:
        raise UserError("The program could not be set to start with the computer.")

    monkeypatch.setattr(Autostart, "turn_on", refuse)
    screen.reminders.autostart.box.click()
    assert "could not be set" in message().text.text()
    assert not screen.reminders.autostart.box.isChecked()
    assert saved(desk)["start_with_computer"] is False


def test_where_the_file_cannot_be_written_she_is_told_and_sees_what_holds(
    screen: SettingsScreen, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("optoutdesk.desk.save_settings", full)
    screen.reminders.tray.box.click()
    assert message().text.text().startswith("The settings could not be saved in ")
    assert not screen.reminders.tray.box.isChecked()


# -- what decides due dates


@pytest.fixture
def busy(desk: Desk, record: Callable[..., object]) -> Desk:
    for name, day in (("a", 10), ("b", 20), ("c", 24)):
        record(f"{name}@shop.example", date(2026, 11, day))
    return desk


def test_a_policy_shows_what_it_counts_where_it_stands_and_that_it_is_guidance(
    screen: SettingsScreen,
) -> None:
    card = screen.counting
    assert card.counts.text() == (
        "10 business days after the day on which it reached you; weekends and U.S. federal holidays do not count."
    )
    assert card.source.text().startswith("15 U.S.C. 7704(a)(4)(A)(i)")
    assert card.source.text().endswith("Checked on 24 Nov 2026.")
    assert "$53,088" in card.open_points.text()
    assert card.hint.text() == "Guidance, not legal advice."
    assert "unofficial list" in card.telephones.text()
    assert "10 calendar days" in card.telephones.text()


def test_another_policy_is_counted_before_it_is_saved(busy: Desk, screen: SettingsScreen, qtbot) -> None:
    before = busy.store.open_requests()
    busy.act_as("Ben")
    choose(screen, qtbot, "casl")
    question = screen.counting.question
    assert question.isVisible()
    assert question.text.text() == (
        "3 open requests were counted the old way; they keep their dates: all of them would be due earlier."
    )
    assert saved(busy)["policy"] == "can-spam"
    assert screen.counting.source.text().startswith("CASL, section 11(3)")
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert not question.isVisible()
    assert saved(busy)["policy"] == "casl"
    assert busy.store.open_requests() == before
    (change,) = busy.store.setting_changes()
    assert (change.name, change.before, change.after) == ("policy", "can-spam", "casl")
    assert (change.would_change, change.by) == (3, "Ben")
    assert screen.counting.policy.currentData() == "casl"


def test_she_can_keep_it_as_it_was(busy: Desk, screen: SettingsScreen, qtbot) -> None:
    screen.counting.holidays.box.click()
    idle(screen, qtbot)
    assert "3 open requests" in screen.counting.question.text.text()
    screen.counting.question.no.setFocus()
    qtbot.keyClick(screen.counting.question.no, Qt.Key.Key_Return)
    assert not screen.counting.question.isVisible()
    assert not screen.counting.holidays.box.isChecked()
    assert QApplication.focusWidget() is screen.counting.policy
    assert saved(busy)["holidays_count"] is False
    assert busy.store.setting_changes() == []


def test_choosing_the_old_one_again_takes_the_question_away(
    busy: Desk, screen: SettingsScreen, qtbot
) -> None:
    choose(screen, qtbot, "australia")
    choose(screen, qtbot, "can-spam")
    assert not screen.counting.question.isVisible()


def test_the_last_choice_is_what_is_told(busy: Desk, screen: SettingsScreen, qtbot) -> None:
    box = screen.counting.policy
    box.setCurrentIndex(box.findData("uk-eu"))
    box.setCurrentIndex(box.findData("fcc-wireless"))
    screen.counting.holidays.box.click()
    assert not screen.counting.question.yes.isEnabled()  # not before it is counted
    idle(screen, qtbot)
    qtbot.mouseClick(screen.counting.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert (saved(busy)["policy"], saved(busy)["holidays_count"]) == ("fcc-wireless", True)


def test_a_province_is_asked_for_canada_only(screen: SettingsScreen, desk: Desk, qtbot) -> None:
    card = screen.counting
    assert not card.province_row.isVisible()
    choose(screen, qtbot, "casl")
    assert card.province_row.isVisible()
    card.province.setCurrentIndex(card.province.findData("QC"))
    idle(screen, qtbot)
    qtbot.mouseClick(card.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert (saved(desk)["policy"], saved(desk)["province"]) == ("casl", "QC")
    assert card.province.currentText() == "Quebec"
    assert [change.name for change in desk.store.setting_changes()] == ["province", "policy"]


def test_the_time_zone_decides_the_day_of_receipt_and_is_asked_for_too(
    busy: Desk, screen: SettingsScreen, qtbot
) -> None:
    zone = screen.counting.zone
    zone.setCurrentIndex(zone.findData("Europe/Berlin"))
    idle(screen, qtbot)
    assert screen.counting.question.text.text() == "All 3 open requests would have the same due date."
    qtbot.mouseClick(screen.counting.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert screen._context.zone == "Europe/Berlin"


def test_requests_that_come_in_meanwhile_are_counted(
    busy: Desk, screen: SettingsScreen, record, qtbot
) -> None:
    choose(screen, qtbot, "uk-eu")
    record("d@shop.example", date(2026, 11, 23))
    screen._context.broadcast(Changes.REQUESTS)
    idle(screen, qtbot)
    assert screen.counting.question.text.text().startswith("4 open requests")


def test_what_was_chosen_and_not_agreed_to_stays_when_something_else_is_saved(
    busy: Desk, screen: SettingsScreen, qtbot
) -> None:
    choose(screen, qtbot, "casl")
    screen.reminders.tray.box.click()
    assert screen.counting.policy.currentData() == "casl"
    assert saved(busy)["policy"] == "can-spam"
    qtbot.mouseClick(screen.counting.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert (saved(busy)["policy"], saved(busy)["stay_in_tray"]) == ("casl", True)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StoreBusyError("Somebody else is writing."), "Somebody else is writing."),
        (OSError(28, "No space left on device"), "The settings could not be saved in "),
    ],
)
def test_what_cannot_be_changed_is_said_and_stays(
    busy: Desk,
    screen: SettingsScreen,
    qtbot,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    sentence: str,
) -> None:
    def refuse(*_arguments: object, **_named: object) -> Changes:
        raise error

    monkeypatch.setattr(ChangeSettings, "apply", refuse)
    choose(screen, qtbot, "casl")
    qtbot.mouseClick(screen.counting.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert message().text.text().startswith(sentence)
    assert saved(busy)["policy"] == "can-spam"
    assert screen.counting.policy.currentData() == "can-spam"
    assert screen.counting.isEnabled()
    assert not screen.counting.question.isVisible()


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (
            SettingsPlan(12, 10, 2, 40),
            "12 open requests were counted the old way; they keep their dates: 10 would be due earlier, 2 later.",
        ),
        (
            SettingsPlan(1_200, 0, 1_200, 1_200),
            "1,200 open requests were counted the old way; they keep their dates: all of them would be due later.",
        ),
        (
            SettingsPlan(1, 1, 0, 3),
            "1 open request was counted the old way; it keeps its date: it would be due earlier.",
        ),
        (SettingsPlan(0, 0, 0, 3), "All 3 open requests would have the same due date."),
        (SettingsPlan(0, 0, 0, 1), "The open request would have the same due date."),
        (SettingsPlan(0, 0, 0, 0), "No request is open. The next one is counted like that."),
    ],
)
def test_what_a_change_would_mean_is_one_sentence_that_counts(plan: SettingsPlan, sentence: str) -> None:
    assert words_settings.plan(plan) == sentence


# -- words on policies


def test_policies_say_how_long_they_give(desk: Desk) -> None:
    policies = desk.counting.policies
    assert [words.allowance(policy) for policy in policies.values()] == [
        *("10 business days", "10 business days", "5 business days", "5 business days"),
        *("at once", "10 calendar days"),
    ]
    assert words.law_allows(policies["can-spam"]) == "The law allows 10 business days"
    assert words.law_allows(policies["uk-eu"]) == "The law asks you to stop at once"
    assert words.counts_from(policies["uk-eu"]) == "Stop at once, on the day on which it reached you."
    assert (
        words.counts_from(policies["fcc-wireless"])
        == "10 calendar days after the day on which it reached you."
    )
    assert words.counts_from(policies["casl"]) == (
        "10 business days after the day on which the person sent it; weekends and public holidays in all of Canada do "
        "not count. Where that day is not known, the day of receipt is taken."
    )


def test_a_clock_of_calendar_days_says_days(desk: Desk, record) -> None:
    today = date(2026, 11, 24)
    wireless = desk.due_requests.clock(record("5551234567@vtext.com", date(2026, 11, 20)), today)
    assert words.days_left(wireless) == "6 days left"
    assert words.strip_in_words(wireless, today) == (
        "Received Fri 20 Nov; due Mon 30 Nov, 10 days later. 6 days left."
    )
    desk.change_settings(replace(desk.settings, policy="uk-eu"))
    at_once = desk.due_requests.clock(record("jane@shop.example", date(2026, 11, 24)), today)
    assert (
        words.strip_in_words(at_once, today)
        == "Received Tue 24 Nov; due Tue 24 Nov, at once. Last day today."
    )
    assert words.days_left(wireless) == "6 days left"  # counted by its own policy


# -- in the window


def test_settings_stand_at_the_bottom_of_the_rail(window: MainWindow, qtbot) -> None:
    button = window.rail.buttons[SETTINGS]
    assert button.text() == "Settings"
    assert button.y() > window.rail.buttons[OPT_OUTS].y() + 200
    qtbot.keyClick(window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentIndex() == SETTINGS
    assert button.isChecked()
    assert window.screen_at(SETTINGS).title == "Settings"


def test_the_screen_fits_the_smallest_window_and_everything_has_a_name(
    window: MainWindow, desk: Desk
) -> None:
    desk.change_settings(replace(desk.settings, staff=("Ana", "Ben"), own_addresses=("news@shop.example",)))
    window.resize(SMALLEST)
    window.go_to(SETTINGS)
    QApplication.processEvents()
    screen = window.screen_at(SETTINGS)
    screen.counting.question.ask("A sentence", ready=True)
    QApplication.processEvents()
    assert nameless(window) == []
    assert window.size() == SMALLEST
    assert window.minimumSizeHint().width() <= 960
    texts = [text for text in screen.findChildren(QLabel) if text.isVisible() and text.wordWrap()]
    assert len(texts) > 10
    assert [text.text() for text in texts if text.height() < text.heightForWidth(text.width())] == []
    boxes = [box for box in screen.findChildren(QCheckBox) if box.isVisible()]
    assert [box.text() for box in boxes if box.height() < box.sizeHint().height()] == []


def test_a_change_of_the_policy_reaches_the_other_screens(
    window: MainWindow, record, desk: Desk, qtbot
) -> None:
    record("a@shop.example", date(2026, 11, 24))
    window.go_to(SETTINGS)
    screen = window.screen_at(SETTINGS)
    choose(screen, qtbot, "uk-eu")
    qtbot.mouseClick(screen.counting.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)
    assert window.toast.text() == (
        "New requests are counted by PECR and GDPR (United Kingdom, European Union) from now on."
    )
    assert record("b@shop.example", date(2026, 11, 24)).due == date(2026, 11, 24)
    history = desk.register.history(Kind.ADDRESS, "a@shop.example", desk.now())
    assert history.requests[0].due == date(2026, 12, 9)


# -- who works


@pytest.fixture
def team(desk: Desk) -> Desk:
    desk.change_settings(replace(desk.settings, staff=("Ana", "Ben", "Zoe")))
    return desk


@pytest.fixture
def opened(team: Desk, qtbot) -> Iterator[MainWindow]:
    made = MainWindow(team)
    qtbot.addWidget(made)
    made.show()
    made.fill()
    qtbot.waitUntil(lambda: not made.context.lookups.busy)
    yield made
    made.close()


def test_with_several_names_she_is_asked_once_who_works(opened: MainWindow, team: Desk, qtbot) -> None:
    question = opened.working.question
    assert question is not None
    assert question.isVisible()
    assert nameless(question) == []
    assert question.confirm.text() == "I am Ana"  # who worked last
    qtbot.keyClick(question.list, Qt.Key.Key_Down)
    assert question.confirm.text() == "I am Ben"
    with qtbot.waitSignal(question.destroyed):
        qtbot.keyClick(question, Qt.Key.Key_Return)
    assert team.person == "Ben"
    assert opened.rail.person.accessibleName() == "Working as Ben"
    opened.come_forward()
    assert opened.working.question is None


def test_who_would_rather_not_say_is_left_alone(opened: MainWindow, team: Desk, qtbot) -> None:
    question = opened.working.question
    with qtbot.waitSignal(question.destroyed):
        qtbot.keyClick(question, Qt.Key.Key_Escape)
    opened.come_forward()
    assert opened.working.question is None
    assert team.person == "Ana"
    assert not team.person_chosen


def test_every_act_is_recorded_under_the_chosen_name(opened: MainWindow, team: Desk, record, qtbot) -> None:
    opened.working.question.list.setCurrentRow(2)
    opened.working.question.confirm.click()
    window = opened
    draft = window.context
    window.record_optout("jane@shop.example")
    window.dialog.record()
    qtbot.waitUntil(lambda: not draft.tasks.busy and not draft.lookups.busy)
    assert [(e.act, e.by) for e in team.store._entries()] == [("record opt-out", "Zoe")]


@pytest.mark.parametrize("staff", [(), ("Ana",)])
def test_with_one_name_or_none_nobody_is_asked(
    window: MainWindow, desk: Desk, staff: tuple[str, ...]
) -> None:
    desk.change_settings(replace(desk.settings, staff=staff))
    window.come_forward()
    assert window.working.question is None
    assert window.rail.person.text() == "Working as Ana ▾"


def test_she_is_asked_as_soon_as_she_has_named_her_staff(window: MainWindow, desk: Desk) -> None:
    window.go_to(SETTINGS)
    window.context.broadcast(desk.change_settings(replace(desk.settings, staff=("Ana", "Ben"))))
    assert window.working.question is None  # she may be writing the next name
    window.go_to(TODAY)
    assert window.working.question is not None
    assert window.working.question.isVisible()


def test_a_key_leads_into_the_screen_also_from_the_rail(window: MainWindow, qtbot) -> None:
    window.rail.buttons[TODAY].setFocus()
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentIndex() == PLATFORMS
    assert not window.rail.isAncestorOf(window.focusWidget())


def test_in_the_tray_nobody_is_asked_before_the_window_is_seen(team: Desk, qtbot) -> None:
    window = MainWindow(team)
    qtbot.addWidget(window)
    window.working.ask_once()
    assert window.working.question is None
    window.come_forward()
    qtbot.waitUntil(lambda: window.working.question is not None)
    window.close()


def test_who_works_can_be_changed_in_the_rail(window: MainWindow, desk: Desk, record, qtbot) -> None:
    record("jane@shop.example", by="Zoe")
    desk.change_settings(replace(desk.settings, staff=("Ana", "B & B")))
    qtbot.mouseClick(window.rail.person, Qt.MouseButton.LeftButton)
    menu = window.rail.people
    names = [action.data() for action in menu.actions() if action.data()]
    assert names == ["Ana", "B & B", "Zoe"]
    assert [action.isChecked() for action in menu.actions() if action.data()] == [True, False, False]
    told: list[Changes] = []
    window.context.changed.connect(told.append)
    menu.actions()[1].trigger()
    menu.close()
    assert desk.person == "B & B"
    assert window.rail.person.accessibleName() == "Working as B & B"
    assert told == [Changes.PEOPLE]
    assert saved(desk)["person"] == "B & B"  # the next session begins with that name


def test_the_names_are_changed_in_the_settings(window: MainWindow, qtbot) -> None:
    qtbot.mouseClick(window.rail.person, Qt.MouseButton.LeftButton)
    window.rail.people.actions()[-1].trigger()
    window.rail.people.close()
    assert window.stack.currentIndex() == SETTINGS


def test_a_long_name_does_not_widen_the_rail(window: MainWindow, desk: Desk) -> None:
    width = window.rail.width()
    window.working.choose("Wolfeschlegelsteinhausenbergerdorff Senior of Philadelphia")
    assert window.rail.width() == width
    assert window.rail.person.text().endswith("… ▾")
    assert window.rail.person.sizeHint().width() <= width


def test_a_closed_window_leaves_nothing_to_the_collector(team: Desk, qtbot) -> None:
    """A collector at work in another window's worker would end it in that thread, with its timers running."""
    window = MainWindow(team)
    window.show()
    window.fill()
    lookups = window.context.lookups
    qtbot.waitUntil(lambda: not lookups.busy)
    window.go_to(SETTINGS)
    window.working.question.reject()
    window.close()
    gone = weakref.ref(window)
    gc.collect()
    gc.disable()
    try:
        del window
        assert gone() is None
    finally:
        gc.enable()
