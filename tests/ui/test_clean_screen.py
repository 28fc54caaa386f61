"""Clean a list: a file in, what would be removed on screen, the clean list saved; her file is never changed."""

import threading
from datetime import date

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from optoutdesk.domain.cleaning import Reason
from optoutdesk.services.changes import Changes
from optoutdesk.ui.dialogs.columns import ColumnsDialog
from optoutdesk.ui.dialogs.replace import ReplaceDialog
from optoutdesk.ui.models import removed_model as columns
from optoutdesk.ui.screens.clean import CleanScreen
from optoutdesk.ui.widgets.table import NOTE_ROLE

LIST = """Name,E-mail,Notes
Maria,Maria.Ortiz@Lakeside.example,
John,john@free.example,
John again,john@free.example,
Ops,ops@competitor.example,
Anna,"anna@dunmore,example",
Ghost,,
News,hello@brightpaws.example,
"""


def record(desk, address, scope="all"):
    recorder = desk.record_optout
    received = recorder.received(date(2026, 11, 10), desk.now())
    recorder.record(recorder.parse([address], scope), received, now=desk.now(), by="Ana", scope=scope)


@pytest.fixture
def contacts(tmp_path, desk):
    record(desk, "maria.ortiz@lakeside.example")
    record(desk, "*@competitor.example")
    record(desk, "hello@brightpaws.example", "Newsletter")
    path = tmp_path / "newsletter.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def screen(context, qtbot):
    screen = CleanScreen(context)
    qtbot.addWidget(screen)
    model = screen.view.model
    screen.tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    context.changed.connect(screen.reload)
    screen.resize(1084, 742)
    screen.show()
    yield screen
    qtbot.waitUntil(lambda: not context.tasks.busy)


def settle(qtbot, screen):
    qtbot.waitUntil(lambda: screen._task is None and not screen._context.tasks.busy)


def open_list(qtbot, screen, path):
    screen.open_list(path)
    settle(qtbot, screen)


def page(screen):
    return screen._stack.currentWidget()


def removed(screen):
    return [
        [screen.view.model.index(row, at).data() for at in (0, 1, 2)]
        for row in range(screen.view.model.rowCount())
    ]


def side_texts(screen):
    return [label.text() for label in screen.view.side.findChildren(QLabel) if not label.isHidden()]


def test_an_empty_screen_says_what_happens_and_takes_a_file(screen, contacts, qtbot):
    assert page(screen) is screen.start
    assert screen.start.problem.isHidden()
    screen.first_focus()
    assert screen.start.zone.hasFocus()
    screen._context.file_given.connect(screen.open_list)  # as the window does with a file nobody knows
    screen.start.zone.dropped.emit(contacts)
    settle(qtbot, screen)
    assert page(screen) is screen.view


def test_from_a_list_to_a_clean_list(screen, contacts, desk, context, qtbot):
    before = contacts.read_bytes()
    open_list(qtbot, screen, contacts)
    assert screen.view.name.text() == "newsletter.csv"
    assert screen.view.understood.text() == "7 people · address in column B “E-mail” · checked in 0.1 s"
    assert [(share.name, share.count) for share in screen.view.bar.shares] == [
        ("Kept", 1),
        ("Opted out", 2),
        ("Suppressed domain", 1),
        ("Duplicate", 1),
        ("Not an address", 1),
        ("No address", 1),
    ]
    assert removed(screen) == [
        ["2", "Maria.Ortiz@Lakeside.example", "Opted out"],
        ["4", "john@free.example", "Duplicate"],
        ["5", "ops@competitor.example", "Suppressed domain"],
        ["6", "anna@dunmore,example", "Not an address"],
        ["7", "–", "No address"],
        ["8", "hello@brightpaws.example", "Opted out"],
    ]
    assert "newsletter-clean.csv" in side_texts(screen)

    screen.view.side.duplicates.click()
    settle(qtbot, screen)
    assert screen.view.bar.shares[0].count == 2
    assert screen.view.how_many.text() == "5 rows"

    with qtbot.waitSignal(context.changed) as changed:
        screen.view.side.save_card.save.click()
    assert changed.args == [Changes.CLEANED_LISTS]
    clean = contacts.with_name("newsletter-clean.csv")
    assert clean.read_text() == "Name,E-mail,Notes\nJohn,john@free.example,\nJohn again,john@free.example,\n"
    assert "maria.ortiz@lakeside.example" in contacts.with_name("newsletter-removed.csv").read_text().lower()
    assert contacts.read_bytes() == before
    kept = desk.store.cleans()[0]
    assert (kept.input_path, kept.rows, kept.kept, kept.by) == (contacts, 7, 2, "Ana")
    assert kept.rules["keep_duplicates"] is True
    assert "2 people · send to these" in side_texts(screen)
    assert not screen.view.side.save_card.show_folder.isHidden()
    assert screen.view.side.save_card.save.isHidden()


def test_the_chips_show_one_reason(screen, contacts, qtbot):
    open_list(qtbot, screen, contacts)
    screen.view.chips.choose(Reason.DUPLICATE)
    assert removed(screen) == [["4", "john@free.example", "Duplicate"]]
    screen.view.chips.choose(None)
    assert len(removed(screen)) == 6


def test_sending_for_one_list_keeps_who_left_only_another(screen, contacts, qtbot, desk):
    record(desk, "john@free.example", "Promotions")
    open_list(qtbot, screen, contacts)
    side = screen.view.side
    assert side.explanation.text() == "Whoever opted out of anything is removed."
    assert screen.view.bar.shares[0].count == 0
    side.target.setCurrentIndex(side.target.findData("Newsletter"))
    settle(qtbot, screen)
    assert side.explanation.text() == "People who left only “Promotions” stay on this list."
    assert screen.view.bar.shares[0].count == 1
    assert "hello@brightpaws.example" in [row[1] for row in removed(screen)]


def test_only_the_suppressed_address_is_taken_out_on_request(screen, desk, tmp_path, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    path = tmp_path / "couples.csv"
    path.write_text("Name,E-mail\nOrtiz,maria.ortiz@lakeside.example; pedro@lakeside.example\n")
    open_list(qtbot, screen, path)
    assert len(removed(screen)) == 1
    screen.view.side.address_only.click()
    settle(qtbot, screen)
    assert removed(screen) == []
    screen.view.side.save_card.save.click()
    settle(qtbot, screen)
    text = (tmp_path / "couples-clean.csv").read_text()
    assert "pedro@lakeside.example" in text
    assert "maria" not in text


def test_a_bad_file_gives_one_sentence_and_the_drop_zone_again(screen, tmp_path, qtbot):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    open_list(qtbot, screen, path)
    assert page(screen) is screen.start
    assert "broken.xlsx" in screen.start.problem.text.text()
    assert screen.start.zone.isVisible()
    if screen.start.details.toPlainText():
        screen.start.problem.button.click()
        assert screen.start.details.isVisible()


def test_a_missing_file_is_no_bug(screen, tmp_path, qtbot):
    open_list(qtbot, screen, tmp_path / "gone.csv")
    assert page(screen) is screen.start
    assert "gone.csv" in screen.start.problem.text.text()


def test_a_list_without_addresses_can_still_be_told_where_they_are(screen, tmp_path, qtbot):
    path = tmp_path / "phones.csv"
    path.write_text("Name,Phone\nAna,1\nBen,2\n")
    open_list(qtbot, screen, path)
    assert not screen.start.columns.isHidden()
    assert screen.window().focusWidget() is screen.start.columns  # the way out is one Enter away
    screen.start.columns.click()
    settle(qtbot, screen)
    dialog = screen.findChild(ColumnsDialog)
    assert not dialog.confirm.isEnabled()
    dialog.model.toggle(1)
    dialog.confirm.click()
    settle(qtbot, screen)
    assert page(screen) is screen.view
    assert "address in column B" in screen.view.understood.text()


def test_other_columns_are_examined_again(screen, desk, tmp_path, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    path = tmp_path / "two.csv"
    path.write_text(
        "E-mail,Contact\n"
        + "".join(f"a{number}@free.example,see notes\n" for number in range(20))
        + "x@free.example,maria.ortiz@lakeside.example\n"
    )
    open_list(qtbot, screen, path)
    assert screen.view.elsewhere.text.text() == "1 kept row holds a suppressed address in another column."
    screen.view.elsewhere.button.click()
    dialog = screen.findChild(ColumnsDialog)
    assert dialog.model.checked == {0}
    qtbot.mouseClick(
        dialog.table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=dialog.table.visualRect(dialog.model.index(1, 0)).center(),
    )
    assert dialog.model.checked == {0, 1}
    screen._save()
    settle(qtbot, screen)
    dialog.confirm.click()
    settle(qtbot, screen)
    assert screen.view.elsewhere.isHidden()
    assert (
        screen.view.side.save_card.state.text()
        == "two-clean.csv was saved before this changed. Save it again."
    )
    assert "x@free.example" in [row[1] for row in removed(screen)] or removed(screen)[0][2] == "Opted out"


def test_a_first_row_that_is_a_person_is_counted(screen, context, tmp_path, qtbot):
    path = tmp_path / "plain.csv"
    path.write_text("Name,Address\njane@a.example,x\njohn@a.example,y\n")
    open_list(qtbot, screen, path)
    assert screen.view.understood.text().startswith("2 people")
    screen.view.change_columns.click()
    dialog = screen.findChild(ColumnsDialog)
    dialog.header.click()
    qtbot.waitUntil(lambda: not context.tasks.busy)
    assert dialog._file.layout.header_row is None
    dialog.confirm.click()
    settle(qtbot, screen)
    assert screen.view.understood.text().startswith("3 people")


def test_an_empty_suppression_list_is_said_calmly(screen, context, tmp_path, qtbot):
    path = tmp_path / "list.csv"
    path.write_text("E-mail\njane@a.example\n")
    open_list(qtbot, screen, path)
    assert screen.view.nobody.text.text().startswith("Your suppression list is still empty")
    assert screen.view.none.title.text() == "Nobody has to be removed"
    with qtbot.waitSignal(context.record_optout):
        screen.view.nobody.button.click()


class Gate:
    """Holds a service's work in the worker until the test lets it go on, reporting progress."""

    def __init__(self, service, name, monkeypatch):
        self.reached, self.open = threading.Event(), threading.Event()
        original = getattr(service, name)

        def held(*arguments, **named):
            report = named.get("progress") or (arguments[1] if len(arguments) > 1 else None)
            report(43, 100)
            self.reached.set()
            assert self.open.wait(10)
            report(44, 100)
            return original(*arguments, **named)

        monkeypatch.setattr(service, name, held)


def test_long_work_shows_how_far_it_is_and_can_be_cancelled(screen, contacts, desk, qtbot, monkeypatch):
    gate = Gate(desk.clean_list, "examine", monkeypatch)
    screen.open_list(contacts)
    qtbot.waitUntil(lambda: page(screen) is screen.working and "43 %" in screen.working.what.text())
    assert screen.working.what.text() == "Reading newsletter.csv 43 %"
    assert screen.working.cancel.hasFocus()
    screen.working.cancel.click()
    gate.open.set()
    settle(qtbot, screen)
    assert page(screen) is screen.start
    assert screen.start.problem.isHidden()


def test_cancelling_a_save_leaves_nothing(screen, contacts, desk, context, qtbot, monkeypatch):
    open_list(qtbot, screen, contacts)
    before = sorted(path.name for path in contacts.parent.iterdir())
    gate = Gate(desk.clean_list, "clean", monkeypatch)
    screen.view.side.save_card.save.click()
    qtbot.waitUntil(gate.reached.is_set)
    screen.cancel()
    gate.open.set()
    settle(qtbot, screen)
    assert page(screen) is screen.view
    assert sorted(path.name for path in contacts.parent.iterdir()) == before
    assert desk.store.cleans() == []


def test_cancelled_options_go_back_to_those_of_the_result(screen, contacts, desk, qtbot, monkeypatch):
    open_list(qtbot, screen, contacts)
    gate = Gate(desk.clean_list, "examine", monkeypatch)
    screen.view.side.duplicates.click()
    qtbot.waitUntil(gate.reached.is_set)
    screen.cancel()
    gate.open.set()
    settle(qtbot, screen)
    assert screen.view.side.duplicates.isChecked()
    assert screen.view.bar.shares[0].count == 1


def test_another_list_takes_the_place_of_the_one_being_read(
    screen, contacts, tmp_path, desk, qtbot, monkeypatch
):
    other = tmp_path / "other.csv"
    other.write_text("E-mail\njane@a.example\n")
    gate = Gate(desk.clean_list, "examine", monkeypatch)
    screen.open_list(contacts)
    qtbot.waitUntil(gate.reached.is_set)
    screen.open_list(other)
    gate.open.set()
    settle(qtbot, screen)
    assert screen.view.name.text() == "other.csv"


def test_a_list_changed_since_it_was_checked_is_checked_again(screen, contacts, desk, context, qtbot):
    told = []
    context.complain = lambda _parent, error: told.append(str(error))
    open_list(qtbot, screen, contacts)
    contacts.write_text(LIST + "New,new@free.example,\n")
    screen.view.side.save_card.save.click()
    settle(qtbot, screen)
    assert "changed since it was checked" in told[0]
    assert screen.view.understood.text().startswith("8 people")
    assert not contacts.with_name("newsletter-clean.csv").exists()
    assert desk.store.cleans() == []


def test_an_opt_out_recorded_meanwhile_is_taken_into_account(screen, contacts, desk, context, qtbot):
    open_list(qtbot, screen, contacts)
    screen.view.side.save_card.save.click()
    settle(qtbot, screen)
    record(desk, "john@free.example")
    context.broadcast(Changes.REQUESTS)
    settle(qtbot, screen)
    assert screen.view.bar.shares[0].count == 0
    assert "newsletter-clean.csv was saved before this changed. Save it again." in side_texts(screen)


def test_what_changes_nothing_here_leaves_the_saved_list_saved(screen, contacts, desk, context, qtbot):
    open_list(qtbot, screen, contacts)
    screen.view.side.save_card.save.click()
    settle(qtbot, screen)
    record(desk, "somebody@else.example")
    context.broadcast(Changes.REQUESTS)
    settle(qtbot, screen)
    assert not screen.view.side.save_card.saved.isHidden()


def test_an_earlier_clean_list_is_replaced_only_when_she_says_so(screen, contacts, desk, qtbot):
    clean = contacts.with_name("newsletter-clean.csv")
    clean.write_text("mine")
    open_list(qtbot, screen, contacts)
    screen.view.side.save_card.save.click()
    dialog = screen.findChild(ReplaceDialog)
    dialog.cancel.click()
    assert clean.read_text() == "mine"
    screen.view.side.save_card.save.click()
    screen.findChild(ReplaceDialog).confirm.click()
    settle(qtbot, screen)
    assert "john@free.example" in clean.read_text()


def test_another_name_leaves_the_earlier_files_alone(screen, contacts, desk, qtbot):
    for name in ("newsletter-clean.csv", "newsletter-removed.csv"):
        contacts.with_name(name).write_text("mine")
    open_list(qtbot, screen, contacts)
    screen.view.side.save_card.save.click()
    screen.findChild(ReplaceDialog).another.click()
    files = screen.findChild(QFileDialog)
    chosen = files.selectedFiles()[0]
    assert chosen.endswith("newsletter-clean-2.csv")
    files.fileSelected.emit(chosen)
    files.reject()
    settle(qtbot, screen)
    for name in ("newsletter-clean.csv", "newsletter-removed.csv"):
        assert contacts.with_name(name).read_text() == "mine"
    saved = desk.store.cleans()[0]
    assert (saved.output_path.name, saved.removed_path.name) == (
        "newsletter-clean-2.csv",
        "newsletter-removed-2.csv",
    )


def test_the_clean_list_can_be_saved_somewhere_else(screen, contacts, desk, tmp_path, qtbot):
    (tmp_path / "mailings").mkdir()
    open_list(qtbot, screen, contacts)
    card = screen.view.side.save_card
    card.elsewhere.click()
    files = screen.findChild(QFileDialog)
    assert files.selectedFiles()[0].endswith("newsletter-clean.csv")
    files.fileSelected.emit(str(tmp_path / "mailings" / "november.csv"))
    files.reject()
    settle(qtbot, screen)
    saved = desk.store.cleans()[0]
    assert saved.output_path == tmp_path / "mailings" / "november.csv"
    assert saved.removed_path == tmp_path / "mailings" / "november-removed.csv"
    assert not contacts.with_name("newsletter-clean.csv").exists()
    assert card.elsewhere.isHidden()


def test_the_next_list_is_for_any_mail_again(screen, contacts, qtbot):
    open_list(qtbot, screen, contacts)
    target = screen.view.side.target
    target.setCurrentIndex(target.findData("Newsletter"))
    settle(qtbot, screen)
    open_list(qtbot, screen, contacts)
    assert target.currentData() == "Newsletter"  # the same list, read again
    other = contacts.with_name("promotions.csv")
    other.write_text(LIST, encoding="utf-8")
    open_list(qtbot, screen, other)
    assert target.currentData() is None
    assert screen._plan.target is None


def test_where_there_is_little_room_the_evidence_moves_below_the_address(screen, contacts, qtbot):
    open_list(qtbot, screen, contacts)
    table, model = screen.view.table, screen.view.model
    address = model.index(0, columns.ADDRESS)
    screen.resize(1600, 742)
    assert not table.isColumnHidden(columns.EVIDENCE)
    assert address.data(NOTE_ROLE) is None
    one_line = table.rowHeight(0)
    screen.resize(828, 642)
    assert table.isColumnHidden(columns.EVIDENCE)
    assert address.data(NOTE_ROLE) == model.index(0, columns.EVIDENCE).data()
    assert table.rowHeight(0) > one_line


def test_tab_goes_on_from_the_removed_rows_to_saving_them(screen, contacts, qtbot):
    open_list(qtbot, screen, contacts)
    screen.activateWindow()
    screen.view.table.setFocus()
    qtbot.keyClick(screen.view.table, Qt.Key.Key_Tab)
    assert screen.window().focusWidget() is screen.view.side.save_card.save


def test_the_shares_fill_the_bar_and_the_smallest_is_seen(screen, contacts, qtbot):
    open_list(qtbot, screen, contacts)
    bar = screen.view.bar
    widths = bar.widths(600)
    assert sum(widths) + 2 * (len(widths) - 1) == pytest.approx(600)
    assert min(widths) >= 4
    assert bar.accessibleDescription().startswith("1 kept, 2 opted out")


def test_closing_while_a_list_is_read_delivers_nothing(contacts, desk, context, qtbot, monkeypatch):
    screen = CleanScreen(context)
    qtbot.addWidget(screen)
    gate = Gate(desk.clean_list, "examine", monkeypatch)
    screen.open_list(contacts)
    qtbot.waitUntil(gate.reached.is_set)
    gate.open.set()
    context.tasks.close()
    assert page(screen) is not screen.view


def nameless(screen):
    takes_tab = Qt.FocusPolicy.TabFocus
    for widget in screen.findChildren(QWidget):
        if (
            widget.isVisible()
            and widget.focusPolicy() & takes_tab
            and not widget.objectName().startswith("qt_")
        ):
            face = QAccessible.queryAccessibleInterface(widget)
            if face is None or not face.text(QAccessible.Text.Name):
                yield widget


def test_every_part_that_takes_the_keyboard_has_a_name(screen, contacts, qtbot):
    assert list(nameless(screen)) == []
    open_list(qtbot, screen, contacts)
    assert list(nameless(screen)) == []


# -- what is in a workbook beside the rows


@pytest.fixture
def filtered(tmp_path, desk):
    """Five people, three of them hidden by a filter, one of those suppressed; a hidden column, a further sheet."""
    record(desk, "p3@a.example")
    book = Workbook()
    sheet = book.active
    sheet.title = "Customers"
    sheet.append(["Name", "E-mail"])
    for number in range(2, 7):
        sheet.append([f"P{number}", f"p{number}@a.example"])
    sheet.auto_filter.ref = "A1:B6"
    sheet.auto_filter.add_filter_column(0, ["P2", "P6"])
    for number in (3, 4, 5):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["A"].hidden = True
    other = book.create_sheet("Old")
    other.append(["E-mail"])
    other.append(["q@a.example"])
    other.append(["r@a.example"])
    other.row_dimensions[3].hidden = True
    book.save(tmp_path / "filtered.xlsx")
    return tmp_path / "filtered.xlsx"


def test_hidden_rows_are_asked_about_before_anything_can_be_saved(screen, filtered, desk, qtbot):
    open_list(qtbot, screen, filtered)
    bar, card = screen.view.hidden, screen.view.side.save_card
    assert bar.isVisible()
    assert bar.text.text() == "3 of 5 rows are hidden by a filter. Clean them too, or leave them out?"
    assert not card.save.isEnabled()
    assert card.elsewhere.isHidden()
    assert card.state.text() == "First say what becomes of the hidden rows."
    screen._save()
    screen._save_elsewhere()
    settle(qtbot, screen)
    assert screen.findChild(QFileDialog) is None
    assert not filtered.with_name("filtered-clean.xlsx").exists()
    assert desk.store.cleans() == []


def test_hidden_rows_are_left_out_with_their_reason(screen, filtered, desk, qtbot):
    open_list(qtbot, screen, filtered)
    screen.view.hidden.leave_out.click()
    settle(qtbot, screen)
    assert removed(screen) == [
        ["3", "p3@a.example", "Opted out"],
        ["4", "p4@a.example", "Hidden row, left out"],
        ["5", "p5@a.example", "Hidden row, left out"],
    ]
    assert [(share.name, share.count) for share in screen.view.bar.shares] == [
        ("Kept", 2),
        ("Opted out", 1),
        ("Hidden row, left out", 2),
    ]
    assert screen.view.hidden.text.text() == "3 hidden rows are left out."
    assert screen.view.hidden.leave_out.isHidden()
    card = screen.view.side.save_card
    assert card.state.isHidden()
    card.save.click()
    settle(qtbot, screen)
    assert desk.store.cleans()[0].rules["hidden"] == "leave-out"
    assert filtered.with_name("filtered-clean.xlsx").exists()


def test_she_can_change_her_mind_about_hidden_rows(screen, filtered, desk, qtbot):
    open_list(qtbot, screen, filtered)
    screen.view.hidden.leave_out.click()
    settle(qtbot, screen)
    screen.view.side.save_card.save.click()
    settle(qtbot, screen)
    screen.view.hidden.include.click()
    settle(qtbot, screen)
    assert screen.view.hidden.text.text() == "3 hidden rows are cleaned too."
    assert screen.view.hidden.include.isHidden()
    assert screen.view.bar.shares[0].count == 4
    assert "filtered-clean.xlsx was saved before this changed. Save it again." in side_texts(screen)
    screen.view.side.duplicates.click()  # another option leaves the answer alone
    settle(qtbot, screen)
    assert screen.view.hidden.text.text() == "3 hidden rows are cleaned too."


def test_the_answer_holds_for_one_sheet_of_one_list_only(screen, filtered, context, qtbot):
    open_list(qtbot, screen, filtered)
    screen.view.hidden.leave_out.click()
    settle(qtbot, screen)
    screen.view.change_columns.click()
    dialog = screen.findChild(ColumnsDialog)
    dialog.sheet.setCurrentText("Old")
    qtbot.waitUntil(lambda: not context.tasks.busy)
    dialog.confirm.click()
    settle(qtbot, screen)
    assert screen.view.hidden.text.text().startswith("1 of 2 rows is hidden. Clean")
    screen.view.hidden.include.click()
    settle(qtbot, screen)
    open_list(qtbot, screen, filtered)
    assert screen.view.hidden.text.text().startswith("3 of 5 rows are hidden by a filter. Clean")
    assert not screen.view.side.save_card.save.isEnabled()


def test_a_cancelled_answer_is_none(screen, filtered, desk, qtbot, monkeypatch):
    open_list(qtbot, screen, filtered)
    gate = Gate(desk.clean_list, "examine", monkeypatch)
    screen.view.hidden.leave_out.click()
    qtbot.waitUntil(gate.reached.is_set)
    screen.cancel()
    gate.open.set()
    settle(qtbot, screen)
    assert screen.view.hidden.text.text().startswith("3 of 5 rows")
    screen.view.side.duplicates.click()
    settle(qtbot, screen)
    assert screen.view.hidden.text.text().startswith("3 of 5 rows")


def test_what_else_is_in_the_workbook_is_said(screen, filtered, contacts, qtbot):
    open_list(qtbot, screen, filtered)
    assert screen.view.found.text() == (
        "Column A is hidden. The file has a further sheet, “Old”; only “Customers” is read."
    )
    assert screen.view.found.isVisible()
    assert list(nameless(screen)) == []
    open_list(qtbot, screen, contacts)
    assert screen.view.found.isHidden()
    assert screen.view.hidden.isHidden()
    assert screen.view.side.save_card.save.isEnabled()
