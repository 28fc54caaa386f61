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
from today_driver import choose, click, menu_texts

import import_samples
import message_files
from export_samples import mailchimp_zip
from optoutdesk.domain.requests import Kind
from optoutdesk.services.clean_list import Plan
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.dialogs.acknowledge import AcknowledgeDialog
from optoutdesk.ui.dialogs.opt_in import OptInDialog
from optoutdesk.ui.dialogs.templates import TemplatesDialog
from optoutdesk.ui.widgets.due_places import Part
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import CLEAN, IMPORT, IMPORTS, OPT_OUTS, PLATFORMS, TODAY, MainWindow


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
    qtbot.waitUntil(lambda: settled(window))
    return window


def settled(window: MainWindow) -> bool:
    return not window.context.tasks.busy and not window.context.lookups.busy


def test_today(full: MainWindow) -> None:
    assert nameless(full) == []


def test_selected_requests_and_the_questions_about_them(full: MainWindow, qtbot) -> None:
    desk = full.context.desk
    for name in ("Mailchimp", "Outlook"):
        desk.platforms.add(name, date(2026, 11, 1), by="Ana", now=desk.now())
    screen = full.screen_at(TODAY)
    screen.reload()
    qtbot.waitUntil(lambda: settled(full))
    click(qtbot, screen, "maria.ortiz@lakeside.example", Part.BUTTON)
    assert nameless(open_dialog()) == []
    open_dialog().close()
    screen.list.rows.choose_all()
    qtbot.waitUntil(lambda: settled(full))
    assert screen.selection.isVisible()
    assert nameless(full) == []
    for button in (screen.selection.done, screen.selection.assign):
        button.click()
        qtbot.waitUntil(lambda: settled(full))
        choose(screen, menu_texts(screen)[0])
        assert nameless(open_dialog()) == []
        open_dialog().close()


def test_a_file_that_is_known(full: MainWindow, qtbot, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("e-mail\njane@shop.example\n", "utf-8")
    desk = full.context.desk
    plan = Plan(desk.clean_list.open(file))
    desk.clean_list.clean(plan, desk.clean_list.default_outputs(plan), by="Ana", now=desk.now())
    full.take_file(file)
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(open_dialog()) == []
    full.screen_at(TODAY).reload()
    qtbot.waitUntil(lambda: settled(full))
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


def test_the_record_dialog_with_evidence_and_another_rule(full: MainWindow, qtbot, tmp_path: Path) -> None:
    mail = tmp_path / "please stop.eml"
    mail.write_bytes(message_files.ASKED)
    full.record_draft(RecordDraft("", files=(mail,)))
    assert full.dialog is not None
    qtbot.waitUntil(lambda: settled(full))
    full.dialog.due.other.click()
    assert nameless(full.dialog) == []
    assert full.dialog.evidence.rows[0].button.accessibleName() == "Remove please stop.eml"
    assert full.dialog.evidence.zone.button.accessibleName() == "Choose a file as evidence"


def test_opting_in_again_answering_and_the_templates(full: MainWindow, qtbot) -> None:
    full.show_history(Kind.ADDRESS, "maria.ortiz@lakeside.example")
    qtbot.waitUntil(lambda: settled(full))
    history = full.screen_at(OPT_OUTS).detail.history
    answer = AcknowledgeDialog(full.context, history.requests[0], full)
    for dialog in (OptInDialog(full.context, history, full), answer, TemplatesDialog(full.context, full)):
        dialog.open()
        assert nameless(dialog) == []
        dialog.close()
        dialog.deleteLater()


def test_the_find_box(full: MainWindow, qtbot) -> None:
    full.open_find()
    full.find_dialog.box.setText("maria")
    full.find_dialog.look_up()
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(full.find_dialog) == []


def test_a_question(full: MainWindow, qtbot) -> None:
    screen = full.screen_at(TODAY)
    click(qtbot, screen, "maria.ortiz@lakeside.example", Part.BUTTON)
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


def test_platforms_their_dialogs_and_a_verification(full: MainWindow, desk, qtbot, tmp_path: Path) -> None:
    full.go_to(PLATFORMS)
    qtbot.waitUntil(lambda: settled(full))
    screen = full.screen_at(PLATFORMS)
    assert nameless(full) == []
    for name in ("Mailchimp", "QuickBooks"):
        desk.platforms.add(name, date(2026, 1, 1), by="Ana", now=desk.now())
    screen.reload()
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(full) == []
    mailchimp, quickbooks = screen.cards.cards
    for show in (
        screen.add.click,
        quickbooks.act.click,
        mailchimp.to_history.trigger,
        mailchimp.to_retire.trigger,
    ):
        show()
        qtbot.waitUntil(lambda: settled(full))
        dialog = open_dialog()
        assert nameless(dialog) == []
        dialog.close()
        qtbot.waitUntil(lambda: settled(full))
    left = [("z.petrov@kestrel.example", "2026-11-19 10:00:00")]
    path = mailchimp_zip(tmp_path, active=["maria.ortiz@lakeside.example"], left=left)
    screen.check.start(mailchimp.shown.standing.platform, path)
    qtbot.waitUntil(lambda: screen.check.idle and settled(full))
    screen.view.how.click()
    assert nameless(full) == []
    screen.check.start(quickbooks.shown.standing.platform, path)
    qtbot.waitUntil(lambda: settled(full))
    assert nameless(open_dialog()) == []


def test_the_register_with_platforms(full: MainWindow, desk, qtbot) -> None:
    desk.platforms.add("Mailchimp", date(2026, 1, 1), by="Ana", now=desk.now())
    full.show_history(Kind.ADDRESS, "maria.ortiz@lakeside.example")
    screen = full.screen_at(OPT_OUTS)
    qtbot.waitUntil(lambda: settled(full) and not screen.model.asking)
    screen.filters.received.setCurrentIndex(4)
    screen.table.selectAll()
    assert nameless(full) == []
