"""The window says in time what is due, keeps quiet when it is to wait, and never hides where nobody could find it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QSystemTrayIcon
from test_accessible import nameless

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import StoreBusyError, UserError
from optoutdesk.domain.reminders import Snooze
from optoutdesk.services.changes import Changes
from optoutdesk.services.reminders import Reminders
from optoutdesk.ui import words_reminders
from optoutdesk.ui.app import Application
from optoutdesk.ui.summons import Summons, summon
from optoutdesk.ui.theme import LIGHT
from optoutdesk.ui.tray import SIZES, Tray, badged_icon
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import OPT_OUTS, TODAY, MainWindow

DAY = timedelta(days=1)
MARIA = "maria.ortiz@lakeside.example"


class Said(list):
    """Notifications."""


@pytest.fixture
def a_tray(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Let Qt believe in a tray; collects what is said there."""
    said = Said()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    # Offscreen Qt has no window for it to be in, and says so in a warning.
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _icon: None)
    monkeypatch.setattr(Tray, "say", lambda _tray, title, text: said.append((title, text)))
    return said


@pytest.fixture
def due(desk: Desk, record) -> None:
    record(MARIA)  # due tomorrow


@pytest.fixture
def opened(qtbot, desk: Desk, due: None) -> Iterator[MainWindow]:
    """The window with a request that is due tomorrow."""
    made = MainWindow(desk)
    qtbot.addWidget(made)
    made.show()
    made.fill()
    settle(made, qtbot)
    yield made
    made.leave()


def settle(window: MainWindow, qtbot) -> None:
    qtbot.waitUntil(lambda: not window.context.lookups.busy and not window.context.tasks.busy)


def later(window: MainWindow, qtbot, by: timedelta) -> None:
    """Let time pass, and the minute come."""
    now = window.context.now() + by
    window.context.desk.now = lambda: now
    window.on_tick()
    settle(window, qtbot)


def stay_in_tray(desk: Desk) -> None:
    desk.change_settings(replace(desk.settings, stay_in_tray=True))


# -- said in the window


def test_at_opening_what_is_due_is_said_in_the_window_where_there_is_no_tray(
    opened: MainWindow, desk: Desk
) -> None:
    bar = opened.reminding.bar
    assert bar.isVisible()
    assert bar.text.text() == f"{MARIA} is due tomorrow."
    assert bar.property("tone") == "warning"
    assert desk.reminders.due(desk.now()) is None


def test_what_was_said_is_not_said_at_the_next_opening(opened: MainWindow, desk: Desk, qtbot) -> None:
    opened.leave()
    again = MainWindow(desk)
    qtbot.addWidget(again)
    again.show()
    again.fill()
    settle(again, qtbot)
    assert not again.reminding.bar.isVisible()
    later(again, qtbot, DAY)
    assert again.reminding.bar.text.text() == f"{MARIA} is due today."
    again.leave()


def test_a_dismissed_bar_comes_back_with_the_next_step_only(opened: MainWindow, qtbot) -> None:
    bar = opened.reminding.bar
    bar.dismiss.click()
    later(opened, qtbot, timedelta(minutes=1))
    assert not bar.isVisible()
    later(opened, qtbot, 2 * DAY)
    assert bar.isVisible()
    assert bar.property("tone") == "danger"


def test_the_bar_goes_when_all_it_speaks_of_is_done(opened: MainWindow, desk: Desk, qtbot) -> None:
    [open_] = desk.store.open_requests()
    opened.context.broadcast(desk.due_requests.mark_done([open_.id], now=desk.now(), by="Ana"))
    settle(opened, qtbot)
    assert not opened.reminding.bar.isVisible()


def test_a_request_that_is_overdue_when_it_comes_is_said_at_once(opened: MainWindow, record, qtbot) -> None:
    record("late@shop.example", date(2026, 11, 6))
    opened.context.broadcast(Changes.REQUESTS)
    settle(opened, qtbot)
    # What stood there unanswered is not pushed out by it.
    assert opened.reminding.bar.text.text() == "1 request is overdue; 1 is due tomorrow."


def test_what_was_answered_is_not_said_again_with_what_comes_next(opened: MainWindow, record, qtbot) -> None:
    opened.reminding.bar.dismiss.click()
    record("late@shop.example", date(2026, 11, 6))
    opened.context.broadcast(Changes.REQUESTS)
    settle(opened, qtbot)
    assert opened.reminding.bar.text.text() == "late@shop.example is overdue."


def test_the_bar_leads_to_today_from_elsewhere(opened: MainWindow) -> None:
    look = opened.reminding.bar.look
    assert not look.isVisible()
    opened.go_to(OPT_OUTS)
    assert look.isVisible()
    look.click()
    assert opened.stack.currentIndex() == TODAY


def test_all_of_it_has_a_name(opened: MainWindow, desk: Desk) -> None:
    stay_in_tray(desk)
    opened.reminding.on_beat()
    assert opened.reminding.no_tray.isVisible()
    assert nameless(opened.reminding.bar) == nameless(opened.reminding.no_tray) == []


def test_every_screen_fits_the_smallest_window_below_both_lines(
    opened: MainWindow, desk: Desk, record
) -> None:
    record("late@shop.example", date(2026, 11, 6))
    stay_in_tray(desk)
    opened.reminding.on_beat()
    opened.resize(opened.minimumSize())
    for index in range(opened.stack.count()):
        opened.go_to(index)
        QApplication.processEvents()
        assert opened.size() == opened.minimumSize(), opened.screen_at(index).title


# -- when


def test_a_clock_that_jumps_is_noticed_before_the_minute_is_over(
    opened: MainWindow, desk: Desk, qtbot
) -> None:
    reminding = opened.reminding
    now = desk.now()
    desk.now = lambda: now + timedelta(seconds=10)
    with qtbot.assertNotEmitted(reminding.jumped):
        reminding.on_beat()
    desk.now = lambda: now + 9 * timedelta(hours=1)
    with qtbot.waitSignal(reminding.jumped):
        reminding.on_beat()
    desk.now = lambda: now
    with qtbot.waitSignal(reminding.jumped):
        reminding.on_beat()
    settle(opened, qtbot)


def test_while_somebody_else_writes_nothing_is_lost_and_nothing_said_twice(
    opened: MainWindow, desk: Desk, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar, said = opened.reminding.bar, Reminders.said

    def busy(*_: object) -> None:
        raise StoreBusyError("busy")

    monkeypatch.setattr(Reminders, "said", busy)
    later(opened, qtbot, DAY)
    assert bar.text.text() == f"{MARIA} is due today."
    bar.dismiss.click()
    later(opened, qtbot, timedelta(minutes=1))
    assert not bar.isVisible()
    assert desk.reminders.due(desk.now()) is not None
    monkeypatch.setattr(Reminders, "said", said)
    later(opened, qtbot, timedelta(minutes=1))
    assert not bar.isVisible()
    assert desk.reminders.due(desk.now()) is None


def test_an_answer_that_was_on_its_way_says_nothing_twice(opened: MainWindow, desk: Desk, qtbot) -> None:
    look = desk.reminders.look(desk.now() + DAY)
    opened.reminding._on_look(look)
    opened.reminding.bar.drop()
    opened.reminding._on_look(look)  # asked before the first one was noted
    assert not opened.reminding.bar.isVisible()
    settle(opened, qtbot)


def test_a_fault_is_reported_and_not_swallowed(
    opened: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    for name in ("look", "said", "snooze"):
        monkeypatch.setattr(Reminders, name, broken)
    with qtbot.captureExceptions() as caught:
        opened.reminding.ask()
        settle(opened, qtbot)
        opened.reminding.snooze(Snooze.HOUR)
        settle(opened, qtbot)
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError, ZeroDivisionError]


# -- snooze


def test_remind_me_later_hides_it_and_says_it_again(opened: MainWindow, desk: Desk, qtbot) -> None:
    bar = opened.reminding.bar
    texts = [action.text() for action in bar.menu.actions()]
    assert texts == ["In 1 hour, at 12:00", "Tomorrow, Wed 25 Nov 09:00"]
    bar.menu.actions()[0].trigger()
    settle(opened, qtbot)
    assert not bar.isVisible()
    assert opened.toast.text() == "Reminders wait until 12:00."
    later(opened, qtbot, timedelta(minutes=59))
    assert not bar.isVisible()
    later(opened, qtbot, timedelta(minutes=1))
    assert bar.isVisible()
    assert bar.text.text() == f"{MARIA} is due tomorrow."


def test_a_snooze_can_be_ended_from_the_tray(opened: MainWindow, qtbot) -> None:
    tray = opened.reminding.tray
    opened.reminding.bar.menu.actions()[1].trigger()
    settle(opened, qtbot)
    assert tray.snooze_menu.title() == "Reminders wait until Wed 25 Nov 09:00"
    assert tray.snooze_menu.actions()[0].text() == "Remind me now"
    tray.snooze_menu.actions()[0].trigger()
    settle(opened, qtbot)
    assert opened.reminding.bar.isVisible()
    assert tray.snooze_menu.title() == "Remind me later"


def test_while_something_is_overdue_only_an_hour_is_offered(opened: MainWindow, record, qtbot) -> None:
    record("late@shop.example", date(2026, 11, 6))
    opened.context.broadcast(Changes.REQUESTS)
    settle(opened, qtbot)
    assert [action.text() for action in opened.reminding.bar.menu.actions()] == ["In 1 hour, at 12:00"]


def test_a_snooze_that_ends_early_says_so(opened: MainWindow, qtbot) -> None:
    later(opened, qtbot, timedelta(hours=21, minutes=30))  # 8:30 on the due date
    assert [action.text() for action in opened.reminding.bar.menu.actions()] == [
        "Until 09:00: no longer, because of what is due"
    ]


def test_a_choice_that_is_not_safe_any_more_is_refused(
    opened: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise UserError("That would be too late.")

    monkeypatch.setattr(Reminders, "snooze", refuse)
    opened.reminding.snooze(Snooze.TOMORROW)
    settle(opened, qtbot)
    message = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert message.text.text() == "That would be too late."


# -- the tray


def test_the_tray_says_it_and_the_window_too_when_nobody_looks_at_it(
    a_tray: Said, opened: MainWindow, qtbot
) -> None:
    assert a_tray == [("1 opt-out request needs you", f"{MARIA} is due tomorrow.")]
    opened.reminding.bar.drop()
    with qtbot.waitActive(opened):
        opened.activateWindow()
    later(opened, qtbot, DAY)
    assert a_tray[1:] == [("1 opt-out request needs you", f"{MARIA} is due today.")]
    assert not opened.reminding.bar.isVisible()


def test_the_menu_names_the_next_due_request_and_leads_to_it(a_tray: Said, opened: MainWindow, qtbot) -> None:
    tray = opened.reminding.tray
    assert tray.next.text() == f"{MARIA}: due tomorrow"
    tray.next.trigger()
    settle(opened, qtbot)
    assert opened.stack.currentIndex() == OPT_OUTS


def test_the_menu_says_when_nothing_is_open(a_tray: Said, window: MainWindow) -> None:
    tray = window.reminding.tray
    assert tray.next.text() == "No opt-out request is open"
    assert not tray.next.isEnabled()
    assert tray.icon.toolTip() == "Opt-Out Desk: nothing needs you"


def test_a_long_name_and_an_ampersand_fit_a_menu(a_tray: Said, window: MainWindow, record, qtbot) -> None:
    record("a&b.with.a.name.that.is.much.too.long@some.where.in.the.lakeside.example")
    window.context.broadcast(Changes.REQUESTS)
    settle(window, qtbot)
    text = window.reminding.tray.next.text()
    assert text.startswith("a&&b.with")
    assert text.endswith("lakeside.example: due tomorrow")
    assert len(text) < 62


def test_the_menu_records_an_opt_out(a_tray: Said, opened: MainWindow, qtbot) -> None:
    record = next(a for a in opened.reminding.tray.menu.actions() if a.text() == "Record an opt-out…")
    record.trigger()
    assert opened.dialog is not None
    record.trigger()  # a second one over the first would be lost below it
    opened.dialog.reject()


def test_clicking_a_notification_opens_today(a_tray: Said, opened: MainWindow) -> None:
    opened.go_to(OPT_OUTS)
    opened.hide()
    opened.reminding.tray.icon.messageClicked.emit()
    assert opened.isVisible()
    assert opened.stack.currentIndex() == TODAY


def test_the_icon_shows_how_many_need_her(a_tray: Said, opened: MainWindow, record, qtbot) -> None:
    tray = opened.reminding.tray
    assert tray.icon.toolTip() == "Opt-Out Desk: 1 request needs you"
    record("late@shop.example", date(2026, 11, 6))
    opened.context.broadcast(Changes.REQUESTS)
    assert tray.icon.toolTip() == "Opt-Out Desk: 2 requests need you"


def badge(count: int, *, overdue: bool, size: int) -> QImage:
    return badged_icon(count, overdue).pixmap(size, size).toImage()


@pytest.mark.parametrize("size", SIZES)
def test_the_badge_is_there_only_when_somebody_needs_her(size: int) -> None:
    def has(image: QImage, colour: str) -> int:
        wanted = QColor(colour)
        return sum(
            abs(image.pixelColor(x, y).red() - wanted.red())
            + abs(image.pixelColor(x, y).blue() - wanted.blue())
            < 24
            for x in range(image.width())
            for y in range(image.height())
        )

    least = size * size // 40
    assert has(badge(0, overdue=False, size=size), LIGHT.danger) == 0
    assert has(badge(3, overdue=True, size=size), LIGHT.danger) > least
    assert has(badge(3, overdue=False, size=size), LIGHT.warning) > least
    assert badge(3, overdue=True, size=size) != badge(4, overdue=True, size=size)
    assert badge(100, overdue=True, size=size) == badge(20_000, overdue=True, size=size)


# -- staying in the tray


def test_closing_hides_the_window_only_where_she_wants_it(
    a_tray: Said, opened: MainWindow, desk: Desk
) -> None:
    stay_in_tray(desk)
    opened.close()
    assert opened.isHidden()
    assert not opened.context.tasks.closed
    assert a_tray[-1] == words_reminders.STILL_HERE
    said = len(a_tray)
    opened.come_forward()
    assert opened.isVisible()
    opened.close()
    assert len(a_tray) == said  # once is enough
    desk.change_settings(replace(desk.settings, stay_in_tray=False))
    opened.come_forward()
    opened.close()
    assert opened.context.tasks.closed


def test_quit_ends_it_whatever_the_setting(a_tray: Said, opened: MainWindow, desk: Desk, qtbot) -> None:
    stay_in_tray(desk)
    opened.close()
    with qtbot.waitSignal(opened.left):
        opened.reminding.tray.menu.actions()[-1].trigger()
    assert opened.context.tasks.closed
    assert opened.reminding.tray.icon is None


def test_the_end_of_a_session_is_not_refused(
    a_tray: Said, opened: MainWindow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay_in_tray(desk)
    monkeypatch.setattr(Application, "isSavingSession", lambda _app: True)
    assert opened.close()
    assert opened.context.tasks.closed


def test_without_a_tray_it_does_not_hide_and_asks(opened: MainWindow, desk: Desk) -> None:
    stay_in_tray(desk)
    opened.close()
    question = opened.reminding.question
    assert question.isVisible()
    assert nameless(question) == []
    assert question.cancel.isDefault()
    question.cancel.click()
    assert opened.isVisible()
    opened.close()
    opened.reminding.question.confirm.click()
    assert opened.context.tasks.closed


def test_without_a_tray_and_with_nothing_open_it_just_closes(window: MainWindow, desk: Desk) -> None:
    stay_in_tray(desk)
    window.close()
    assert window.context.tasks.closed


def test_it_says_once_that_there_is_no_tray(opened: MainWindow, desk: Desk) -> None:
    opened.reminding.on_beat()
    assert not opened.reminding.no_tray.isVisible()  # she does not want to stay in one
    stay_in_tray(desk)
    opened.reminding.on_beat()
    bar = opened.reminding.no_tray
    assert "has no tray" in bar.text.text()
    bar.dismiss.click()
    opened.reminding.on_beat()
    assert not bar.isVisible()


def test_the_calendar_file_is_offered_and_saved(
    opened: MainWindow, desk: Desk, qtbot, tmp_path: Path
) -> None:
    stay_in_tray(desk)
    opened.close()
    opened.reminding.question.save.click()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible())
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    file = tmp_path / "due.ics"
    dialog.fileSelected.emit(str(file))
    dialog.close()
    settle(opened, qtbot)
    [event] = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert event["DTSTART"].dt == date(2026, 11, 25)
    assert opened.toast.text().startswith("due.ics is saved with 1 due date.")
    assert opened.isVisible()


def test_a_calendar_file_of_nothing_says_so(window: MainWindow, qtbot, tmp_path: Path) -> None:
    window.reminding.saving.save(str(tmp_path / "due.ics"))
    settle(window, qtbot)
    assert window.toast.text() == "due.ics is saved. No opt-out request is open."


def test_a_calendar_file_that_cannot_be_saved_is_said(opened: MainWindow, qtbot, tmp_path: Path) -> None:
    opened.reminding.saving.save(str(tmp_path / "nowhere" / "due.ics"))
    settle(opened, qtbot)
    message = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert "There is no folder" in message.text.text()


def test_it_starts_in_the_tray(a_tray: Said, qtbot, desk: Desk, due: None) -> None:
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.start_in_tray()
    settle(window, qtbot)
    assert window.isHidden()
    assert len(a_tray) == 1
    window.reminding.tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert window.isVisible()
    assert window.reminding.bar.isVisible()  # the notification may have gone unseen
    window.leave()


def test_it_shows_itself_where_no_tray_comes(qtbot, desk: Desk, due: None) -> None:
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.start_in_tray()
    settle(window, qtbot)
    assert window.isHidden()  # a tray may still come
    assert desk.reminders.due(desk.now()) is not None  # and nothing is said to nobody
    window.reminding.on_beat()
    settle(window, qtbot)
    assert window.isVisible()
    assert window.reminding.bar.isVisible()
    assert window.reminding.no_tray.isVisible()
    window.leave()


def test_a_tray_that_goes_brings_the_window_back(
    a_tray: Said, opened: MainWindow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay_in_tray(desk)
    opened.close()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    opened.reminding.on_beat()
    assert opened.isVisible()
    assert opened.reminding.tray.icon is None


# -- one window for one desk


def test_nobody_answers_where_no_window_is_open(tmp_path: Path, qapp: Application) -> None:
    assert not summon(tmp_path, show=True)


SUMMON = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from optoutdesk.ui.summons import summon
app = QCoreApplication([])
print(summon(Path(sys.argv[1]), show=sys.argv[2] == "show"))
"""


@pytest.mark.parametrize(("how", "times"), [("show", 1), ("stay", 0)])
def test_who_starts_the_program_again_is_answered(qtbot, tmp_path: Path, how: str, times: int) -> None:
    summons = Summons(tmp_path)
    wanted: list[bool] = []
    summons.wanted.connect(lambda: wanted.append(True))
    summons.listen()
    for _ in range(2):
        other = subprocess.Popen(
            [sys.executable, "-c", SUMMON, str(tmp_path), how], stdout=subprocess.PIPE, text=True
        )
        qtbot.waitUntil(lambda: other.poll() is not None, timeout=20_000)  # noqa: B023 - called before the loop goes on
        assert other.stdout.read().strip() == "True"
        other.stdout.close()
    assert len(wanted) == 2 * times


def test_what_a_crash_left_behind_is_no_obstacle(qtbot, tmp_path: Path) -> None:
    crash = (
        "import os, sys\nfrom pathlib import Path\nfrom PySide6.QtCore import QCoreApplication\n"
        "from optoutdesk.ui.summons import Summons\napp = QCoreApplication([])\n"
        "summons = Summons(Path(sys.argv[1]))\nsummons.listen()\nos._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", crash, str(tmp_path)], check=False)
    assert not summon(tmp_path, show=True)
    summons = Summons(tmp_path)
    summons.listen()
    assert summons._server.isListening()


def test_a_click_beside_the_bar_is_no_click_on_it(opened: MainWindow, qtbot) -> None:
    qtbot.mouseClick(opened.reminding.bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert opened.reminding.bar.isVisible()


def test_the_words_of_the_tray_are_those_of_their_moment() -> None:
    now = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert (
        words_reminders.snoozed(now + DAY, now, "America/New_York") == "Reminders wait until Wed 25 Nov 11:00"
    )
