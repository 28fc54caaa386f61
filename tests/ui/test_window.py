"""The window: the ways between the screens, what it remembers, what reaches it from outside."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

import import_samples
from optoutdesk.desk import Desk
from optoutdesk.domain.requests import Kind
from optoutdesk.services.changes import Changes
from optoutdesk.ui.dialogs.record import RecordDialog
from optoutdesk.ui.dialogs.which import WhichDialog
from optoutdesk.ui.theme import DARK, LIGHT, theme
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import CLEAN, IMPORT, IMPORTS, OPT_OUTS, SMALLEST, TODAY, MainWindow


@pytest.fixture
def active(window: MainWindow, qtbot) -> MainWindow:
    with qtbot.waitActive(window):
        window.activateWindow()
    return window


def press(window: MainWindow, qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)


def test_the_window_begins_with_today(window: MainWindow) -> None:
    assert window.stack.currentIndex() == TODAY
    assert window.rail.buttons[TODAY].isChecked()
    assert window.screen_at(TODAY).headline.text() == "Welcome to Opt-Out Desk"


def test_shortcuts_lead_to_the_screens(active: MainWindow, qtbot) -> None:
    for key, index in ((Qt.Key.Key_2, OPT_OUTS), (Qt.Key.Key_3, CLEAN), (Qt.Key.Key_1, TODAY)):
        press(active, qtbot, key)
        assert active.stack.currentIndex() == index
        assert active.rail.buttons[index].isChecked()


def test_the_rail_leads_to_the_screens(window: MainWindow, qtbot) -> None:
    qtbot.mouseClick(window.rail.buttons[OPT_OUTS], Qt.MouseButton.LeftButton)
    assert window.stack.currentIndex() == OPT_OUTS


def test_ctrl_n_opens_the_record_dialog_and_escape_closes_it(active: MainWindow, qtbot) -> None:
    press(active, qtbot, Qt.Key.Key_N)
    dialog = active.dialog
    assert isinstance(dialog, RecordDialog)
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert active.dialog is None


def test_ctrl_k_opens_the_find_box_again_and_again(active: MainWindow, qtbot) -> None:
    for _ in range(2):
        press(active, qtbot, Qt.Key.Key_K)
        assert active.find_dialog.isVisible()
        active.find_dialog.reject()
        assert not active.find_dialog.isVisible()


def idle(window: MainWindow) -> bool:
    return not window.context.lookups.busy


def test_the_badge_counts_what_needs_her_after_every_change(window: MainWindow, record, desk, qtbot) -> None:
    badge = window.rail.buttons[TODAY]
    assert badge.badge == 0
    request = record("maria.ortiz@lakeside.example")
    window.context.broadcast(Changes.REQUESTS)
    assert badge.badge == 1
    assert badge.accessibleName() == "Today, 1 request waiting"
    qtbot.waitUntil(lambda: idle(window))
    assert window.screen_at(TODAY).headline.text() == "One request needs you today"
    window.context.broadcast(desk.due_requests.mark_done([request.id], now=desk.now(), by="Ana"))
    assert badge.badge == 0
    assert badge.accessibleName() == "Today"
    qtbot.waitUntil(lambda: idle(window))


def test_a_screen_out_of_sight_is_reloaded_when_she_comes_back(window: MainWindow, record, qtbot) -> None:
    window.go_to(CLEAN)
    record("maria.ortiz@lakeside.example")
    window.context.broadcast(Changes.REQUESTS)
    today = window.screen_at(TODAY)
    assert today.headline.text() == "Welcome to Opt-Out Desk"
    window.go_to(TODAY)
    qtbot.waitUntil(lambda: idle(window))
    assert today.headline.text() == "One request needs you today"


def test_a_new_day_makes_other_requests_urgent(window: MainWindow, record, desk, qtbot) -> None:
    record("p.lindqvist@fjord.example", datetime(2026, 11, 20, 16, tzinfo=UTC))
    window.context.broadcast(Changes.REQUESTS)
    today = window.screen_at(TODAY)
    qtbot.waitUntil(lambda: idle(window))
    assert today.headline.text() == "Nothing needs you today"
    later = desk.now() + timedelta(days=9)
    desk.now = lambda: later
    window.on_tick()
    qtbot.waitUntil(lambda: idle(window))
    assert today.headline.text() == "One request needs you today"


def test_a_file_dropped_anywhere_goes_to_clean_a_list(
    window: MainWindow, drop, qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("a@shop.example\n", "utf-8")
    opened: list[Path] = []
    monkeypatch.setattr(type(window.screen_at(CLEAN)), "open_list", lambda _screen, path: opened.append(path))
    assert drop(window, file)
    qtbot.waitUntil(lambda: opened == [file])
    assert window.stack.currentIndex() == CLEAN
    assert not drop(window, tmp_path)


def test_an_address_on_today_leads_to_its_history(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[Kind, str]] = []
    monkeypatch.setattr(
        type(window.screen_at(OPT_OUTS)), "show_history", lambda _screen, kind, key: shown.append((kind, key))
    )
    window.context.go_to_history(Kind.ADDRESS, "maria.ortiz@lakeside.example")
    assert shown == [(Kind.ADDRESS, "maria.ortiz@lakeside.example")]
    assert window.stack.currentIndex() == OPT_OUTS


def test_size_and_place_are_remembered(qtbot, desk: Desk) -> None:
    first = MainWindow(desk)
    first.show()
    first.resize(960, 707)  # the offscreen screen is 800 by 800, which bounds what can be restored
    first.close()
    second = MainWindow(desk)
    qtbot.addWidget(second)
    assert second.size() == QSize(960, 707)
    second.close()


def test_a_place_nobody_understands_is_forgotten(qtbot, desk: Desk) -> None:
    desk.change_settings(replace(desk.settings, window="%%%"))
    window = MainWindow(desk)
    qtbot.addWidget(window)
    assert window.width() >= window.minimumWidth()
    window.close()


def test_every_screen_fits_the_smallest_window(window: MainWindow, record) -> None:
    record("maria.ortiz@lakeside.example")
    window.resize(SMALLEST)
    for index in (TODAY, OPT_OUTS, CLEAN, IMPORT, IMPORTS):
        window.go_to(index)
        QApplication.processEvents()
        assert window.size() == SMALLEST
        assert window.minimumSizeHint().width() <= SMALLEST.width()
        assert window.minimumSizeHint().height() <= SMALLEST.height()


def test_the_switch_changes_the_colours_and_is_remembered(window: MainWindow, qtbot, desk: Desk) -> None:
    qtbot.mouseClick(window.rail.switch.buttons["dark"], Qt.MouseButton.LeftButton)
    assert theme() is DARK
    assert desk.settings.theme == "dark"
    qtbot.mouseClick(window.rail.switch.buttons["light"], Qt.MouseButton.LeftButton)
    assert theme() is LIGHT
    assert Desk(desk.paths.folder).settings.theme == "light"


def test_a_notice_is_shown_at_the_bottom(window: MainWindow) -> None:
    window.context.notice.emit("jane@shop.example is blocked from now on.")
    assert window.toast.isVisible()
    assert window.toast.text() == "jane@shop.example is blocked from now on."


def test_closing_stops_the_workers(window: MainWindow) -> None:
    window.close()
    assert window.context.tasks.closed
    assert window.context.lookups.closed


def work_in(window: MainWindow, drop: Callable[..., bool], qtbot, file: Path) -> None:
    """Go through what the window's helpers do: colours, a file of opt-outs, recording, finding, other screens."""
    lookups = window.context.lookups
    window.rail.switch.buttons["dark"].click()
    assert drop(window, file)
    qtbot.waitUntil(lambda: window.findChild(WhichDialog) is not None and not lookups.busy)
    window.findChild(WhichDialog).reject()
    window.record_optout("jane@shop.example")
    window.dialog.reject()
    qtbot.waitUntil(lambda: window.dialog is None)
    window.open_find()
    window.find_dialog.reject()
    window.go_to(IMPORTS)
    qtbot.waitUntil(lambda: not lookups.busy)


def test_a_window_she_worked_in_leaves_nothing_to_the_collector(
    desk: Desk, drop, qtbot, tmp_path: Path
) -> None:
    """A collector at work in another window's worker would end it in that thread, with its timers running."""
    window = MainWindow(desk)
    window.show()
    window.fill()
    work_in(window, drop, qtbot, import_samples.mailchimp(tmp_path))
    window.close()
    gone = weakref.ref(window)
    gc.collect()
    gc.disable()
    try:
        del window
        assert gone() is None
    finally:
        gc.enable()


# -- the ledger


def test_the_ledger_is_verified_in_the_background_once_a_day(qtbot, desk: Desk, record, monkeypatch) -> None:
    record("maria.ortiz@lakeside.example")
    times: list[int] = []
    verify = type(desk.store).verify
    monkeypatch.setattr(type(desk.store), "verify", lambda store: times.append(1) or verify(store))
    for _ in range(2):
        window = MainWindow(desk)
        qtbot.addWidget(window)
        window.show()
        window.fill()
        qtbot.waitUntil(lambda: window.rail.status.text() == "Ledger verified today")  # noqa: B023 - called before the loop goes on
        window.ledger.check()
        window.close()
    assert len(times) == 1


def test_a_ledger_that_does_not_hold_is_said_at_once(qtbot, desk: Desk, record) -> None:
    record("maria.ortiz@lakeside.example")
    connection = desk.store.connection
    connection.execute("DROP TRIGGER request_no_update")
    connection.execute("UPDATE request SET note = 'changed'")
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    window.fill()
    qtbot.waitUntil(lambda: window.rail.status.text() == "The ledger does not hold")
    assert window.rail.status.property("role") == "danger"
    message = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert "request 1" in message.text.text()
    assert "backup" in message.text.text()
    window.close()


# -- the first moments


def test_the_first_paint_waits_for_nothing(tmp_path: Path) -> None:
    """What the window needs before it can be seen: no spreadsheets, no holidays, no other screen."""
    script = f"""
import sys
from pathlib import Path
from optoutdesk.desk import Desk
from optoutdesk.ui.app import make_app, open_window
app = make_app(["test"])
window = open_window(app, Desk(Path({str(tmp_path)!r})))
heavy = ["openpyxl", "python_calamine", "holidays", "tzlocal", "peewee", "optoutdesk.services.clean_list",
         "optoutdesk.ui.screens.today", "optoutdesk.ui.screens.optouts", "optoutdesk.ui.dialogs.record"]
print([name for name in heavy if name in sys.modules])
window.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_a_widget_of_the_window_can_be_found_by_tab(active: MainWindow, qtbot) -> None:
    """Tab comes round: nothing swallows it, and everything in sight can be reached."""
    seen: list[QWidget] = []
    for _ in range(200):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in seen:
            break
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert active.find_box in seen
    assert active.record_button in seen
    assert active.screen_at(TODAY).drop_zone in seen
    assert any(button in seen for button in active.rail.buttons)
