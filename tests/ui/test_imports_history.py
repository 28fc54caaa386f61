"""The imports made so far, each of which can be undone, and the backups, each of which can be put back."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from optoutdesk.desk import Desk
from optoutdesk.services.changes import Changes
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.put_back import PutBackDialog
from optoutdesk.ui.dialogs.undo_import import UndoDialog
from optoutdesk.ui.screens.imports_history import ImportsScreen


def bring_in(desk: Desk, path: Path, text: str) -> None:
    """Import a file without a window."""
    path.write_text(text, "utf-8")
    service = desk.import_optouts
    with service.preview(service.open(path, now=desk.now()), now=desk.now()) as preview:
        service.run(preview, by="Ana", now=desk.now())


@pytest.fixture
def screen(context: Context, desk: Desk, tmp_path: Path, qtbot) -> ImportsScreen:
    bring_in(desk, tmp_path / "stop.csv", "E-mail\na@shop.example\nb@shop.example\nbroken@nodot\n")
    return shown(context, qtbot)


def shown(context: Context, qtbot) -> ImportsScreen:
    made = ImportsScreen(context)
    qtbot.addWidget(made)
    for model in (made.imports, made.backups):
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    context.changed.connect(made.reload)
    made.resize(828, 642)
    made.show()
    made.reload()
    settle(qtbot, made)
    return made


def settle(qtbot, screen: ImportsScreen) -> None:
    context = screen._context
    qtbot.waitUntil(lambda: not context.tasks.busy and not context.lookups.busy)


def rows(model) -> list[list[str]]:
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def opened(kind):
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def test_before_the_first_import_the_screen_says_what_will_be_there(context, qtbot) -> None:
    screen = shown(context, qtbot)
    assert screen.empty.title.text() == "Nothing was imported yet"
    assert not screen._bar.isVisible()
    with qtbot.waitSignal(context.choose_import):
        screen.empty.button.click()
    screen.chips.choose("backups")
    assert screen.empty.title.text() == "No backup yet"


def test_an_import_is_listed_with_its_file_its_counts_and_its_hash(screen, desk, tmp_path) -> None:
    batch = desk.undo_import.batches()[0]
    digest = batch.source_sha256
    assert rows(screen.imports) == [
        ["stop.csv", "Today 11:00", "Ana", "2", "0", "1", "Imported", f"{digest[:8]}…"]
    ]
    model = screen.imports
    assert model.index(0, model.SHA).data(Qt.ItemDataRole.ToolTipRole) == digest
    assert str(tmp_path / "stop.csv") in model.index(0, model.FILE).data(Qt.ItemDataRole.ToolTipRole)
    assert screen.facts.text().startswith("3 rows: 2 imported, 1 to review\n")
    assert screen.facts.toolTip() == f"SHA-256 {digest}"


def test_an_import_is_undone_after_it_was_counted_what_goes(screen, desk, context, qtbot) -> None:
    screen.act.click()
    settle(qtbot, screen)
    dialog = opened(UndoDialog)
    assert dialog.heading.text() == "Undo import of stop.csv, 2 requests?"
    assert dialog.what.text().startswith("2 requests will no longer count")
    assert dialog.kept.isHidden()
    with qtbot.waitSignal(context.changed) as changed:
        dialog.confirm.click()
    assert changed.args == [Changes.REQUESTS]
    settle(qtbot, screen)
    assert rows(screen.imports)[0][6] == "Undone"
    assert not screen.act.isEnabled()
    assert desk.register.suppressed() == 0
    assert len(desk.backups.list()) == 2


def test_after_undoing_the_keyboard_is_on_the_list(screen, qtbot) -> None:
    with qtbot.waitActive(screen):
        screen.activateWindow()
    screen.act.setFocus()
    screen.act.click()
    settle(qtbot, screen)
    opened(UndoDialog).confirm.click()
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: screen.window().focusWidget() is screen.table)


def test_requests_she_worked_on_stay_and_are_named(screen, desk, qtbot) -> None:
    request = desk.due_requests.today(desk.now(), limit=9).requests[0].request
    desk.due_requests.mark_done([request.id], now=desk.now(), by="Ana")
    screen.act.click()
    settle(qtbot, screen)
    dialog = opened(UndoDialog)
    assert dialog.kept_heading.text() == "1 request stays in force"
    assert dialog.kept.item(0).text() == f"{request.key}  ·  you have worked on it since"
    dialog.reject()
    assert desk.undo_import.batches()[0].undone_at is None


def test_what_was_worked_on_while_the_question_was_open_is_counted_again(screen, desk, qtbot) -> None:
    screen.act.click()
    settle(qtbot, screen)
    dialog = opened(UndoDialog)
    request = desk.due_requests.today(desk.now(), limit=9).requests[0].request
    desk.due_requests.mark_done([request.id], now=desk.now(), by="Ben")
    dialog.confirm.click()
    settle(qtbot, screen)
    assert dialog.isVisible()
    assert "meanwhile" in dialog.problem.text()
    assert dialog.what.text().startswith("1 request will no longer count")
    dialog.confirm.click()
    settle(qtbot, screen)
    assert desk.undo_import.batches()[0].undone_at is not None


def test_enter_held_down_does_not_undo(screen, qtbot) -> None:
    screen.act.click()
    settle(qtbot, screen)
    dialog = opened(UndoDialog)
    assert dialog.cancel.isDefault()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_backup_is_put_back_after_it_was_counted_what_would_be_missing(
    screen, desk, context, qtbot
) -> None:
    screen.chips.choose("backups")
    assert rows(screen.backups)[0][0] == "Today 11:00"
    assert screen.act.text() == "Put back…"
    screen.act.click()
    settle(qtbot, screen)
    dialog = opened(PutBackDialog)
    assert dialog.heading.text() == "Put back the suppression list of today 11:00?"
    assert dialog.holds.text() == "It was checked and holds 0 opt-out requests."
    assert dialog.lost.text().startswith("2 opt-outs that bar mail now would be missing")
    assert {dialog.names.item(row).text().split("  ·")[0] for row in range(dialog.names.count())} == {
        "a@shop.example",
        "b@shop.example",
    }
    with qtbot.waitSignal(context.changed):
        dialog.confirm.click()
    settle(qtbot, screen)
    assert desk.register.suppressed() == 0
    assert desk.undo_import.batches() == []
    assert len(rows(screen.backups)) == 2


def test_opt_outs_recorded_while_the_question_was_open_are_said_first(screen, desk, record, qtbot) -> None:
    screen.chips.choose("backups")
    screen.act.click()
    settle(qtbot, screen)
    dialog = opened(PutBackDialog)
    record("late@shop.example", date(2026, 11, 24))
    dialog.confirm.click()
    settle(qtbot, screen)
    assert dialog.isVisible()
    assert dialog.lost.text().startswith("3 opt-outs")
    assert desk.register.suppressed() == 3
    dialog.reject()
