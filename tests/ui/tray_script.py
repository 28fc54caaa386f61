"""A real window beside a real tray: run by test_real_tray.py in a process of its own, under Xvfb.

    python tray_script.py FOLDER SCENARIO

Prints what it saw, one `name: value` a line; its last line is `done`.
"""

import faulthandler
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from optoutdesk.desk import Desk
from optoutdesk.ui import reminding as reminding_module
from optoutdesk.ui.app import make_app, open_window
from optoutdesk.ui.summons import Summons
from optoutdesk.ui.window import MainWindow

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def tell(name: str, value: object) -> None:
    print(f"{name}: {value}", flush=True)


def wait(until: Callable[[], bool], seconds: float = 15) -> bool:
    """Let the program run until something is so."""
    end = time.monotonic() + seconds
    app = QGuiApplication.instance()
    while not until() and time.monotonic() < end:
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.01)
    return until()


def icon_shown(window: MainWindow) -> bool:
    icon = window.reminding.tray.icon
    return icon is not None and icon.geometry().width() > 0


def record(desk: Desk, address: str, day: datetime) -> None:
    service = desk.record_optout
    service.record(
        service.parse([address]), service.received(day.date(), desk.now()), now=desk.now(), by="Ana"
    )


def said(window: MainWindow) -> list[tuple[str, str]]:
    """Collect the notifications from now on."""
    found: list[tuple[str, str]] = []
    tray = window.reminding.tray
    show = tray.say
    tray.say = lambda title, text: (found.append((title, text)), show(title, text))
    return found


def idle(window: MainWindow) -> bool:
    return not window.context.lookups.busy and not window.context.tasks.busy


def start(desk: Desk, *, in_tray: bool) -> MainWindow:
    app = make_app(["tray"])
    app.setQuitOnLastWindowClosed(False)
    window = open_window(app, desk, in_tray=in_tray)
    if in_tray:
        window.start_in_tray()
    wait(lambda: window.reminding is not None and idle(window))
    return window


def with_tray(desk: Desk, clock: Clock) -> None:
    """Said in the tray at each step; closing hides; a click brings it back; Quit ends it."""
    record(desk, "maria.ortiz@lakeside.example", datetime(2026, 11, 10, tzinfo=UTC))
    window = start(desk, in_tray=False)
    tray = window.reminding.tray
    tell("available", QSystemTrayIcon.isSystemTrayAvailable())
    tell("icon shown", wait(lambda: icon_shown(window)))
    tell("first line", tray.next.text())
    tell("tooltip", tray.icon.toolTip())
    notices = said(window)
    clock.now = NOW + timedelta(days=1)
    window.on_tick()
    wait(lambda: idle(window) and bool(notices))
    tell("said", notices)
    window.on_tick()
    wait(lambda: idle(window))
    tell("said once", len(notices) == 1)
    desk.change_settings(replace(desk.settings, stay_in_tray=True))
    window.close()
    wait(lambda: not window.isVisible())
    tell("hidden", window.isHidden() and not window.context.tasks.closed)
    tell("still here", notices[-1][0])
    clock.now = NOW + timedelta(days=2)
    window.on_tick()
    wait(lambda: idle(window) and len(notices) == 3)
    tell("said while hidden", notices[-1][1])
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tell("came back", wait(window.isVisible))
    tell("bar", window.reminding.bar.isVisible() and window.reminding.bar.text.text())
    left: list[bool] = []
    window.left.connect(lambda: left.append(True))
    tray.menu.actions()[-1].trigger()
    tell("left", bool(left) and window.context.tasks.closed and tray.icon is None)


def hidden_start(desk: Desk, clock: Clock) -> None:
    """--tray: no window, but an icon; what is due is said."""
    record(desk, "maria.ortiz@lakeside.example", datetime(2026, 11, 10, tzinfo=UTC))
    window = start(desk, in_tray=True)
    tell("hidden", window.isHidden())
    tell("icon shown", wait(lambda: icon_shown(window)))
    tell("noted", desk.reminders.due(clock.now) is None)
    window.leave()


def tray_comes_later(desk: Desk, clock: Clock) -> None:
    """A session may start its tray after its programs; and a tray may end."""
    record(desk, "maria.ortiz@lakeside.example", datetime(2026, 11, 10, tzinfo=UTC))
    window = start(desk, in_tray=True)
    tell("before", QSystemTrayIcon.isSystemTrayAvailable())
    tell("nothing said to nobody", desk.reminders.due(clock.now) is not None)
    tray = subprocess.Popen(os.environ["TRAY"].split())
    wait(QSystemTrayIcon.isSystemTrayAvailable)
    window.reminding.on_beat()
    tell("hidden", window.isHidden())
    tell("icon shown", wait(lambda: icon_shown(window)))
    tell("tooltip", window.reminding.tray.icon.toolTip())
    wait(lambda: idle(window) and desk.reminders.due(clock.now) is None)
    tell("said now", desk.reminders.due(clock.now) is None)
    tray.terminate()
    tray.wait()
    wait(lambda: not QSystemTrayIcon.isSystemTrayAvailable())
    window.reminding.on_beat()
    tell("shown when the tray is gone", wait(window.isVisible))
    window.leave()


def without_tray(desk: Desk, clock: Clock) -> None:
    """No tray: said in the window, which does not hide and offers the calendar file."""
    record(desk, "maria.ortiz@lakeside.example", datetime(2026, 11, 10, tzinfo=UTC))
    desk.change_settings(replace(desk.settings, stay_in_tray=True))
    window = start(desk, in_tray=True)
    tell("available", QSystemTrayIcon.isSystemTrayAvailable())
    window.reminding.on_beat()
    tell("shown", wait(window.isVisible))
    wait(lambda: idle(window) and window.reminding.bar.isVisible())
    tell("bar", window.reminding.bar.text.text())
    tell("no tray", window.reminding.no_tray.isVisible() and window.reminding.no_tray.text.text())
    window.close()
    tell("not hidden", window.isVisible() and window.reminding.question.isVisible())
    window.reminding.question.confirm.click()
    tell("closed", wait(lambda: window.context.tasks.closed))


def started_again(desk: Desk, clock: Clock) -> None:
    """Who starts the program while it is in the tray sees its window; a second start into the tray changes nothing."""
    window = start(desk, in_tray=True)
    summons = Summons(desk.paths.folder, window)
    summons.wanted.connect(window.come_forward)
    summons.listen()
    for arguments, name in ((["--tray"], "again in the tray"), ([], "again")):
        command = [sys.executable, "-m", "optoutdesk", "--data", str(desk.paths.folder), *arguments]
        second = subprocess.Popen(command)
        wait(lambda second=second: second.poll() is not None)
        tell(name, second.returncode)
        tell(f"{name}, shown", wait(window.isVisible, 0.5))
    window.leave()


def asked_to_quit(desk: Desk, clock: Clock) -> None:
    """The system's own Quit (Cmd+Q) does not end in the tray."""
    desk.change_settings(replace(desk.settings, stay_in_tray=True))
    window = start(desk, in_tray=False)
    app = QGuiApplication.instance()
    app.quit_wanted.connect(window.leave)
    QGuiApplication.sendEvent(app, QEvent(QEvent.Type.Quit))
    tell("closed", window.context.tasks.closed)


def main(folder: str, scenario: str) -> None:
    faulthandler.enable()
    faulthandler.dump_traceback_later(100, exit=True)
    reminding_module.BEAT_MS = 3_600_000  # the script beats itself
    clock = Clock()
    desk = Desk(Path(folder), now=clock)
    tell("platform", os.environ["QT_QPA_PLATFORM"])
    globals()[scenario](desk, clock)
    # What is to be deleted later is, before Python takes the application down.
    wait(lambda: False, 0.2)
    tell("done", "")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
