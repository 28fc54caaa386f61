"""What a dropped file is for, what is remembered of columns, and the list written out again."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

import import_samples
from optoutdesk.desk import Desk
from optoutdesk.ui.dialogs.export import ExportDialog
from optoutdesk.ui.dialogs.mappings import MappingsDialog
from optoutdesk.ui.dialogs.which import WhichDialog, is_of_opt_outs
from optoutdesk.ui.window import CLEAN, IMPORT, IMPORTS, OPT_OUTS, TODAY, MainWindow


def settle(qtbot, context) -> None:
    qtbot.waitUntil(lambda: not context.tasks.busy and not context.lookups.busy)


# -- which way a file goes


def test_exports_of_opt_outs_are_told_from_contact_lists(desk: Desk, tmp_path: Path) -> None:
    assert is_of_opt_outs(desk, import_samples.mailchimp(tmp_path)) == "Mailchimp, unsubscribed contacts"
    assert is_of_opt_outs(desk, import_samples.zip_of_lists(tmp_path)) == "a ZIP with lists of opt-outs"
    assert is_of_opt_outs(desk, import_samples.spreadsheet(tmp_path)) == ""
    assert is_of_opt_outs(desk, tmp_path / "gone.csv") == ""


def test_on_today_she_is_asked_what_a_file_of_opt_outs_is_for(window: MainWindow, qtbot, tmp_path) -> None:
    file = import_samples.mailchimp(tmp_path)
    window.screen_at(TODAY).drop_zone.dropped.emit(file)
    settle(qtbot, window.context)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, WhichDialog) and w.isVisible())
    dialog.confirm.click()
    settle(qtbot, window.context)
    assert window.stack.currentIndex() == IMPORT
    assert window.rail.buttons[OPT_OUTS].isChecked()
    assert window.screen_at(IMPORT).view.profile.text() == "Mailchimp, unsubscribed contacts"


def test_it_can_be_cleaned_all_the_same(window: MainWindow, qtbot, tmp_path) -> None:
    window.take_file(import_samples.mailchimp(tmp_path))
    settle(qtbot, window.context)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, WhichDialog) and w.isVisible())
    dialog.clean.click()
    settle(qtbot, window.context)
    assert window.stack.currentIndex() == CLEAN


def test_a_file_dropped_on_opt_outs_is_imported(window: MainWindow, drop, qtbot, tmp_path) -> None:
    window.go_to(OPT_OUTS)
    assert drop(window, import_samples.spreadsheet(tmp_path))
    settle(qtbot, window.context)
    assert window.stack.currentIndex() == IMPORT
    assert window.screen_at(IMPORT).view.file.text() == "people who said stop.csv · 46 rows"


def test_ctrl_i_asks_for_a_file_and_later_leads_back_to_it(window: MainWindow, qtbot, tmp_path) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    screen = window.screen_at(IMPORT)
    assert window.stack.currentIndex() == IMPORT
    assert screen.start.zone.dialog is not None
    screen.start.zone.dialog.reject()
    window.import_file(import_samples.mailchimp(tmp_path))
    settle(qtbot, window.context)
    window.go_to(TODAY)
    settle(qtbot, window.context)
    assert screen._preview is None
    screen.start.zone.dialog = None
    window.import_button.click()
    settle(qtbot, window.context)
    assert screen.start.zone.dialog is None
    assert screen._preview is not None
    assert screen.view.confirm.text() == "Import 301 opt-outs"
    window.import_button.click()  # she looks at it already: another file is wanted
    assert screen.start.zone.dialog is not None
    screen.start.zone.dialog.reject()


def test_the_register_leads_to_the_imports(window: MainWindow, qtbot) -> None:
    window.go_to(OPT_OUTS)
    window.screen_at(OPT_OUTS).imports.click()
    settle(qtbot, window.context)
    assert window.stack.currentIndex() == IMPORTS
    assert window.rail.buttons[OPT_OUTS].isChecked()


# -- remembered columns


@pytest.fixture
def mappings(context, desk: Desk, qtbot) -> MappingsDialog:
    import_samples.remember(desk)
    dialog = MappingsDialog(context)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def names(dialog: MappingsDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_remembered_columns_are_listed_with_what_they_mean(mappings) -> None:
    assert names(mappings) == ["People who said stop", "The shop's list"]
    mappings.list.setCurrentRow(1)
    assert mappings._about.text() == (
        "Newsletter is List; Date is Received; month first. Header: E-mail, Date, Newsletter"
    )


def test_they_are_renamed_and_forgotten(mappings, desk) -> None:
    mappings.name.setText("Stop list")
    mappings.rename.click()
    assert names(mappings) == ["Stop list", "The shop's list"]
    assert mappings.name.text() == "Stop list"
    mappings.name.setText("The shop's list")
    mappings.rename.click()
    assert "remembered already" in mappings.problem.text()
    mappings.forget.click()
    mappings.forget.click()
    assert desk.remembered.list() == ()
    assert not mappings.nothing.isHidden()
    assert not mappings.export.isEnabled()


def test_they_go_to_another_computer_in_one_file(mappings, desk, tmp_path) -> None:
    file = tmp_path / "columns.json"
    mappings._export(str(file))
    desk.remembered.forget("The shop's list")
    desk.remembered.forget("People who said stop")
    mappings._bring_in(str(file))
    assert names(mappings) == ["People who said stop", "The shop's list"]
    (tmp_path / "other.json").write_text("[]", "utf-8")
    mappings._bring_in(str(tmp_path / "other.json"))
    assert "other.json" in mappings.problem.text()
    assert names(mappings) == ["People who said stop", "The shop's list"]


# -- exporting


@pytest.fixture
def export(context, record, qtbot) -> ExportDialog:
    record("maria.ortiz@lakeside.example")
    record("hello@brightpaws.example", scope="Newsletter")
    record("*@competitor.example")
    dialog = ExportDialog(context)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def choose(dialog: ExportDialog, recipient: str) -> None:
    dialog.recipient.setCurrentIndex(dialog.recipient.findData(recipient))


def test_the_list_is_written_for_herself(export, context, qtbot, tmp_path) -> None:
    assert export.warning.isHidden()
    export.write(str(tmp_path / "mine.csv"))
    settle(qtbot, context)
    text = (tmp_path / "mine.csv").read_text("utf-8-sig")
    assert "maria.ortiz@lakeside.example" in text
    assert "*@competitor.example" in text
    assert export.heading.text() == "Saved mine.csv"
    assert export.said.text().startswith(f"3 entries in the folder “{tmp_path.name}”.")
    assert export.form.isHidden()


def test_others_get_hashes_and_she_is_warned(export, context, qtbot, tmp_path) -> None:
    choose(export, "third-party")
    assert not export.warning.isHidden()
    assert "7704(a)(4)(A)(iv)" in export.warning.text.text()
    export.write(str(tmp_path / "theirs.csv"))
    settle(qtbot, context)
    text = (tmp_path / "theirs.csv").read_text("utf-8-sig")
    assert "@" not in text
    assert "1 suppressed domain cannot be written in this shape" in export.said.text()


def test_others_get_plain_addresses_only_when_she_says_why(export, context, qtbot, tmp_path) -> None:
    choose(export, "third-party")
    assert not export.plain.isChecked()
    export.plain.click()
    export.write(str(tmp_path / "theirs.csv"))
    settle(qtbot, context)
    assert "maria.ortiz@lakeside.example" in (tmp_path / "theirs.csv").read_text("utf-8-sig")
    assert "passed" in export.warning.text.text()


def test_a_platform_gets_the_file_it_takes(export, context, desk, qtbot, tmp_path) -> None:
    choose(export, "mailgun")
    assert not export.ending.isEnabled()
    export.write(str(tmp_path / "mailgun.csv"))
    settle(qtbot, context)
    assert export._exported is not None
    assert export._exported.how in export.said.text()


def test_a_platform_that_takes_no_file_says_so(export, desk) -> None:
    assert export.recipient.findText("For No platform") < 0
    without = [platform for platform in desk.export_list.platforms() if platform.upload is None]
    for platform in without:
        if platform.id == "none":
            continue
        choose(export, platform.id)
        assert export.warning.text.text() == platform.no_upload
        assert not export.confirm.isEnabled()
    choose(export, "own")
    assert export.confirm.isEnabled()


def test_one_list_and_some_days_can_be_chosen(export, context, qtbot, tmp_path) -> None:
    export.scope.setCurrentIndex(export.scope.findData("Newsletter"))
    export.since_box.click()
    export.since.setDate(export.since.date().addDays(20))  # 21 November: after both
    export.write(str(tmp_path / "some.csv"))
    settle(qtbot, context)
    assert export.said.text().startswith("0 entries")


def test_a_file_that_cannot_be_written_is_explained_and_the_form_stays(
    export, context, qtbot, tmp_path
) -> None:
    export.write(str(tmp_path / "list.pdf"))
    settle(qtbot, context)
    assert ".csv" in export.problem.text()
    assert not export.form.isHidden()
