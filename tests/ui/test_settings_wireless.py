"""Settings: the list of wireless domains and the templates; a list counts only after it was said what it would mean."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from test_accessible import nameless

from optoutdesk.desk import Desk
from optoutdesk.services.autostart import Autostart
from optoutdesk.services.counting import load_wireless_domains
from optoutdesk.ui import words_settings
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.templates import TemplatesDialog
from optoutdesk.ui.screens.settings import SettingsScreen
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import SETTINGS, SMALLEST, MainWindow

SHIPPED = "Wireless domains: the short unofficial list of the program"


@pytest.fixture(autouse=True)
def _own_autostart(desk: Desk, tmp_path: Path) -> None:
    """Nobody's computer is made to start anything."""
    desk.__dict__["autostart"] = Autostart(system="linux", home=tmp_path / "home", environment={})


@pytest.fixture
def screen(context: Context, qtbot) -> Iterator[SettingsScreen]:
    made = SettingsScreen(context)
    qtbot.addWidget(made)
    context.changed.connect(made.reload)
    made.resize(828, 642)
    made.show()
    made.reload()
    yield made
    idle(made, qtbot)


@pytest.fixture
def busy(desk: Desk, record: Callable[..., object]) -> Desk:
    record("5551234567@text.example", date(2026, 11, 20))
    record("jane@shop.example", date(2026, 11, 20))
    return desk


@pytest.fixture
def fcc(tmp_path: Path) -> Path:
    file = tmp_path / "fcc.txt"
    file.write_text("# of today\ntext.example\n" + "".join(f"m{n}.example\n" for n in range(411)), "utf-8")
    return file


def idle(screen: SettingsScreen, qtbot) -> None:
    context = screen._context
    qtbot.waitUntil(lambda: not context.tasks.busy and not context.lookups.busy)


def load(screen: SettingsScreen, qtbot, file: Path) -> None:
    """Choose a file in the file dialog."""
    line = screen.counting.wireless
    line.load.setFocus()
    qtbot.keyClick(line.load, Qt.Key.Key_Return)
    dialog = line.dialog
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(file))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    for _ in range(2):  # reading it, then counting what it would mean
        idle(screen, qtbot)


def agree(screen: SettingsScreen, qtbot) -> None:
    qtbot.mouseClick(screen.counting.question.yes, Qt.MouseButton.LeftButton)
    idle(screen, qtbot)


def test_the_program_s_list_is_said_to_be_short_and_unofficial(screen: SettingsScreen) -> None:
    line = screen.counting.wireless
    assert line.text.text() == SHIPPED
    assert line.load.text() == "Load the FCC’s list…"
    assert not line.back.isVisible()


def test_a_loaded_list_counts_once_she_has_agreed(
    busy: Desk, screen: SettingsScreen, fcc: Path, qtbot
) -> None:
    told: list[str] = []
    screen._context.notice.connect(told.append)
    before = busy.store.open_requests()
    load(screen, qtbot, fcc)
    question, line = screen.counting.question, screen.counting.wireless
    assert question.isVisible()
    assert question.text.text() == (
        "1 open request was counted the old way; it keeps its date: it would be due earlier."
    )
    assert line.text.text() == "Wireless domains: 412 domains from fcc.txt, loaded 24 Nov"
    assert busy.counting.wireless == load_wireless_domains()
    assert not busy.paths.wireless.exists()
    agree(screen, qtbot)
    assert not question.isVisible()
    assert len(busy.counting.wireless.domains) == 412
    assert line.text.text() == "Wireless domains: 412 domains from fcc.txt, loaded 24 Nov"
    assert "unofficial" not in screen.counting.telephones.text()
    assert screen.counting.telephones.text().startswith(
        "Addresses that are telephones (m0.example, m1.example, m10.example and more) are due after 10 calendar days"
    )
    assert told == ["412 wireless domains from fcc.txt count from now on."]
    (change,) = busy.store.setting_changes()
    assert (change.name, change.would_change, change.by) == ("wireless_domains", 1, "Ana")
    assert busy.store.open_requests() == before


def test_she_can_go_back_to_the_program_s_list(busy: Desk, screen: SettingsScreen, fcc: Path, qtbot) -> None:
    load(screen, qtbot, fcc)
    agree(screen, qtbot)
    line = screen.counting.wireless
    assert line.load.text() == "Load another list…"
    line.back.setFocus()
    qtbot.keyClick(line.back, Qt.Key.Key_Return)
    idle(screen, qtbot)
    assert line.text.text() == SHIPPED
    assert screen.focusWidget() is line.load
    assert busy.paths.wireless.exists()  # until she agrees
    agree(screen, qtbot)
    assert not busy.paths.wireless.exists()
    assert busy.counting.wireless == load_wireless_domains()
    assert not line.back.isVisible()


def test_she_can_keep_the_list_she_has(busy: Desk, screen: SettingsScreen, fcc: Path, qtbot) -> None:
    load(screen, qtbot, fcc)
    qtbot.mouseClick(screen.counting.question.no, Qt.MouseButton.LeftButton)
    assert not screen.counting.question.isVisible()
    assert screen.counting.wireless.text.text() == SHIPPED
    assert busy.store.setting_changes() == []
    load(screen, qtbot, fcc)
    screen.counting.wireless.back.click()  # the one she has
    assert not screen.counting.question.isVisible()


def test_the_same_list_again_needs_no_question(busy: Desk, screen: SettingsScreen, fcc: Path, qtbot) -> None:
    load(screen, qtbot, fcc)
    agree(screen, qtbot)
    told: list[str] = []
    screen._context.notice.connect(told.append)
    load(screen, qtbot, fcc)
    assert not screen.counting.question.isVisible()
    assert told == [words_settings.SAME_WIRELESS]


def test_a_file_that_is_no_list_is_said_and_what_she_chose_besides_stays(
    busy: Desk, screen: SettingsScreen, tmp_path: Path, qtbot
) -> None:
    policy = screen.counting.policy
    policy.setCurrentIndex(policy.findData("casl"))
    idle(screen, qtbot)
    wrong = tmp_path / "notes.txt"
    wrong.write_text("vtext.com\ncall the carrier\n", "utf-8")
    load(screen, qtbot, wrong)
    message = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert message.text.text().startswith("Line 2 of notes.txt is no domain: “call the carrier”.")
    assert screen.counting.wireless.text.text() == SHIPPED
    assert policy.currentData() == "casl"
    assert screen.counting.question.isVisible()


def test_the_line_fits_the_smallest_window_and_has_names(window: MainWindow, tmp_path: Path, qtbot) -> None:
    file = tmp_path / f"{'a-very-long-name.' * 10}txt"
    file.write_text("text.example\n", "utf-8")
    window.resize(SMALLEST)
    window.go_to(SETTINGS)
    screen = window.screen_at(SETTINGS)
    load(screen, qtbot, file)
    agree(screen, qtbot)
    QApplication.processEvents()
    assert window.size() == SMALLEST
    assert nameless(screen) == []
    text = screen.counting.wireless.text
    assert text.height() >= text.heightForWidth(text.width())
    assert screen.area.widget().width() <= screen.area.viewport().width()


def test_a_damaged_kept_list_is_one_sentence_at_opening(desk: Desk, qtbot) -> None:
    desk.paths.wireless.write_text(json.dumps({"domains": []}), "utf-8")
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.refused) as refused:
        window.fill()
    assert str(refused.args[0]).startswith(f"The wireless domains in {desk.paths.wireless} cannot be read.")
    assert not window.isVisible()
    window.close()


def test_the_templates_are_edited_from_the_settings(window: MainWindow, qtbot) -> None:
    window.go_to(SETTINGS)
    button = window.screen_at(SETTINGS).business.templates
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    (dialog,) = window.findChildren(TemplatesDialog)
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close_button.click()
