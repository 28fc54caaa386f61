"""What nobody expected is said in one sentence, with the details at hand and in the log."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qCritical, qWarning
from PySide6.QtWidgets import QApplication

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import DamagedStoreError, UserError
from optoutdesk.ui import errors
from optoutdesk.ui.app import open_window, refuse
from optoutdesk.ui.errors import SENTENCE, ErrorReporter


@pytest.fixture
def reporter(qapp, desk: Desk) -> Iterator[ErrorReporter]:
    made = ErrorReporter(desk.paths.log, desk.now)
    made.install()
    yield made
    made.remove()
    if made.shown is not None:
        made.shown.close()


def fault() -> ZeroDivisionError:
    try:
        raise ZeroDivisionError("the very cause")  # noqa: TRY301 - it needs a traceback
    except ZeroDivisionError as error:
        return error


def test_a_fault_of_ours_is_one_calm_sentence_with_details_in_the_log(
    reporter: ErrorReporter, qtbot, desk
) -> None:
    error = fault()
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: reporter.shown is not None)
    assert reporter.shown.text.text() == SENTENCE
    assert "the very cause" in reporter.shown.details.toPlainText()
    log = desk.paths.log.read_text("utf-8")
    assert "the very cause" in log
    assert log.startswith(desk.now().isoformat())
    assert desk.paths.log.stat().st_mode & 0o077 == 0  # it may quote an address


def test_an_error_of_her_world_keeps_its_own_sentence(reporter: ErrorReporter, qtbot, desk) -> None:
    error = UserError("The list cannot be read. Save it again in Excel.", details="bad zip")
    sys.excepthook(UserError, error, None)
    qtbot.waitUntil(lambda: reporter.shown is not None)
    assert reporter.shown.text.text() == "The list cannot be read. Save it again in Excel."
    assert not desk.paths.log.exists() or "The list" not in desk.paths.log.read_text("utf-8")


def test_a_fault_in_a_thread_reaches_the_window(reporter: ErrorReporter, qtbot, desk) -> None:
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: reporter.shown is not None)
    assert "ZeroDivisionError" in reporter.shown.details.toPlainText()


def test_many_faults_are_one_dialog(reporter: ErrorReporter, qtbot) -> None:
    error = fault()
    for _ in range(5):
        sys.excepthook(type(error), error, None)
    qtbot.waitUntil(lambda: reporter.shown is not None)
    first = reporter.shown
    QApplication.processEvents()
    assert reporter.shown is first


def test_qt_s_warnings_go_to_the_log_only(reporter: ErrorReporter, desk) -> None:
    qWarning("layout is odd")
    QApplication.processEvents()
    assert "layout is odd" in desk.paths.log.read_text("utf-8")
    assert reporter.shown is None


def test_what_qt_calls_critical_is_shown(reporter: ErrorReporter, qtbot, desk) -> None:
    qCritical("no surface left")
    qtbot.waitUntil(lambda: reporter.shown is not None)
    assert reporter.shown.text.text() == SENTENCE
    assert QtMsgType.QtCriticalMsg.name in desk.paths.log.read_text("utf-8")


def test_a_log_that_cannot_be_written_causes_no_further_error(qapp, tmp_path: Path, desk, capsys) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    ErrorReporter(tmp_path / "file" / "errors.log", desk.now).write("the very cause\n")
    assert "the very cause" in capsys.readouterr().err


def test_the_log_does_not_grow_for_ever(qapp, desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "KEEP_BYTES", 100)
    reporter = ErrorReporter(desk.paths.log, desk.now)
    for number in range(20):
        reporter.write(f"fault {number}\n")
    assert desk.paths.log.stat().st_size < 200
    assert "fault 19" in desk.paths.log.read_text("utf-8")


def test_a_damaged_list_is_refused_with_a_sentence(qapp, qtbot, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.paths.store.write_bytes(b"no database at all" * 300)
    window = open_window(qapp, desk)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.refused) as refused:
        window.repaint()
    assert isinstance(refused.args[0], DamagedStoreError)
    assert not window.isVisible()
    message = refuse(refused.args[0])
    qtbot.addWidget(message)
    assert "damaged" in message.text.text()
    assert message.details.toPlainText()


@pytest.mark.parametrize(
    ("name", "content"), [("optoutdesk.sqlite", "no database" * 500), ("settings.json", "{")]
)
def test_a_desk_that_cannot_be_opened_ends_with_1(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    script = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from optoutdesk.desk import Desk
from optoutdesk.ui import app
shown = app.refuse
def refuse(error):
    message = shown(error)
    print("visible", message.isVisible(), message.heading.text())
    QTimer.singleShot(0, message, message.reject)
    return message
app.refuse = refuse
sys.exit(app.run(Desk(Path({str(tmp_path)!r})), ["test"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "visible True Opt-Out Desk cannot open", done.stderr
    assert done.returncode == 1
