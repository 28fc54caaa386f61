"""Everything that can be reached by keyboard has a name that a screen reader can say."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QScrollBar,
    QWidget,
)

import import_samples
from optoutdesk.domain.requests import Kind
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import CLEAN, IMPORT, IMPORTS, OPT_OUTS, TODAY, MainWindow


def focusable(root: QWidget) -> Iterator[QWidget]:
    """Yield all that the Tab key or a click can give the focus to."""
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisibleTo(root):
            continue
        parent = widget.parentWidget()
        inner = widget.focusProxy() is not None or isinstance(widget, QScrollBar)
        if (
            inner
            or (parent is not None and isinstance(parent, QComboBox))
            or widget.objectName().startswith("qt_")
        ):
            continue  # parts of a widget that has the name itself
        yield widget


def nameless(root: QWidget) -> list[str]:
    found = []
    for widget in focusable(root):
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name).strip():
            found.append(
                f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
            )
    return found


@pytest.fixture
def full(window: MainWindow, record, qtbot) -> MainWindow:
    record("maria.ortiz@lakeside.example")
    record("p.lindqvist@fjord.example", date(2026, 11, 24))
    window.go_to(TODAY)
    window.screen_at(TODAY).reload()
    return window


def settled(window: MainWindow) -> bool:
    return not window.context.tasks.busy and not window.context.lookups.busy


def test_today(full: MainWindow) -> None:
    assert nameless(full) == []


def test_opt_outs(full: MainWindow, qtbot) -> None:
    full.show_history(Kind.ADDRESS, "maria.ortiz@lakeside.example")
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(full) == []


def test_clean_a_list_empty_and_full(full: MainWindow, qtbot, tmp_path: Path) -> None:
    full.go_to(CLEAN)
    assert nameless(full) == []
    file = tmp_path / "list.csv"
    file.write_text("name,e-mail\nMaria,maria.ortiz@lakeside.example\nJane,jane@shop.example\n", "utf-8")
    full.open_list(file)
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(full) == []


def test_the_record_dialog(full: MainWindow) -> None:
    full.record_draft(RecordDraft("jane@shop.example broken@nodot"))
    assert full.dialog is not None
    assert nameless(full.dialog) == []


def test_the_find_box(full: MainWindow, qtbot) -> None:
    full.open_find()
    full.find_dialog.box.setText("maria")
    full.find_dialog.look_up()
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(full.find_dialog) == []


def test_a_question(full: MainWindow, qtbot) -> None:
    qtbot.mouseClick(full.screen_at(TODAY).act_now.rows[0].button, Qt.MouseButton.LeftButton)
    question = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert nameless(question) == []


@pytest.mark.parametrize(
    "sample",
    [
        import_samples.mailchimp,
        import_samples.both_ways,
        import_samples.not_stated,
        import_samples.workbook,
        import_samples.zip_of_lists,
    ],
)
def test_import_opt_outs(full: MainWindow, sample, qtbot, tmp_path: Path) -> None:
    full.go_to(IMPORT)
    assert nameless(full) == []
    full.import_file(sample(tmp_path))
    qtbot.waitUntil(lambda: settled(full))
    screen = full.screen_at(IMPORT)
    screen.view.columns.more.click()
    if screen.view.members.rows:
        screen.view.members.rows[1].look.click()
    assert nameless(full) == []
    if screen.view.confirm.isEnabled():
        screen.view.confirm.click()
        qtbot.waitUntil(lambda: settled(full))
        assert nameless(full) == []
        full.show_imports()
        qtbot.waitUntil(lambda: settled(full))
        assert nameless(full) == []
        full.screen_at(IMPORTS).act.click()
        qtbot.waitUntil(lambda: settled(full))
        assert nameless(open_dialog()) == []


def open_dialog() -> QWidget:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())


def test_the_dialogs_of_importing(full: MainWindow, qtbot, tmp_path: Path) -> None:
    import_samples.remember(full.context.desk)
    full.import_file(import_samples.mailchimp(tmp_path))
    qtbot.waitUntil(lambda: settled(full))
    screen = full.screen_at(IMPORT)
    full.go_to(OPT_OUTS)
    register = full.screen_at(OPT_OUTS)
    for button in (screen.view.choose, screen.view.columns.manage, register.export):
        button.click()
        dialog = open_dialog()
        assert nameless(dialog) == []
        dialog.close()
        qtbot.waitUntil(lambda: settled(full))


def test_the_walk_would_find_one_without_a_name(qtbot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    bad = QComboBox(root)
    bad.setAccessibleName("")
    QLabel("text", root)
    root.show()
    assert len(nameless(root)) == 1


def test_rows_found_in_a_text_are_read_with_what_is_known(full: MainWindow) -> None:
    full.record_draft(RecordDraft("maria.ortiz@lakeside.example"))
    assert full.dialog is not None
    view = full.dialog.findChild(QAbstractItemView, "")
    assert view is not None
    index = view.model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "maria.ortiz@lakeside.example, Already since 10 Nov 2026"


def test_the_screens_are_there(full: MainWindow) -> None:
    assert [full.screen_at(index).title for index in (TODAY, OPT_OUTS, CLEAN)] == [
        "Today",
        "Opt-outs",
        "Clean a list",
    ]
