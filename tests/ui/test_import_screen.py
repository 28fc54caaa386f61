"""Import opt-outs: a file in, what will happen counted before anything is written, then one act that can be undone."""

import os
import threading
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from import_driver import choose, idle, meaning, open_file, page, row_of, settle, table, tiles
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

import import_samples
from optoutdesk.desk import Desk
from optoutdesk.domain.importing import Shown
from optoutdesk.domain.requests import Kind, Precision
from optoutdesk.services.changes import Changes
from optoutdesk.services.import_optouts import ImportOptOuts, Preview
from optoutdesk.store import RegisterFilter
from optoutdesk.ui.dialogs.profiles import ProfileDialog
from optoutdesk.ui.models import import_model as columns
from optoutdesk.ui.screens.imports import ImportScreen
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import IMPORT


@pytest.fixture
def screen(import_screen: ImportScreen) -> ImportScreen:
    return import_screen


def requests(desk: Desk) -> list:
    return [row.request for row in desk.register.page(RegisterFilter(), limit=2000).rows]


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    os.utime(path, (import_samples.DAY, import_samples.DAY))
    return path


SMALL = """E-mail,Unsubscribed on,Reason
a.petrov@kestrel.example,2026-11-19 14:02,tired of it
b.cole@windrush.example,2026-11-18 09:40,
broken@nodot,2026-11-18,
,2026-11-18,no address here
maria.ortiz@lakeside.example,2026-11-12,
"""


@pytest.fixture
def small(tmp_path: Path, record) -> Path:
    record("maria.ortiz@lakeside.example")
    return write(tmp_path / "stop.csv", SMALL)


# -- from a file to the suppression list


def test_an_empty_screen_takes_a_file(screen, small, qtbot) -> None:
    assert page(screen) is screen.start
    screen.first_focus()
    assert screen.start.zone.hasFocus()
    screen.start.zone.dropped.emit(small)
    settle(qtbot, screen)
    assert page(screen) is screen.view


def test_a_recognized_file_is_named_and_its_columns_are_known(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.mailchimp(tmp_path))
    view = screen.view
    assert view.file.text() == "unsubscribed_email_audience_export_8f2c.csv · 307 rows"
    assert (view.looks.text(), view.profile.text()) == ("· looks like", "Mailchimp, unsubscribed contacts")
    assert meaning(screen, "Email Address") == "Address"
    assert meaning(screen, "UNSUB_TIME") == "Received"
    assert row_of(screen, "Email Address").chip.text() == "302 of 307"
    assert row_of(screen, "UNSUB_TIME").chip.text() == "time zone?"
    assert view.columns.left_out.text().startswith(
        "First name, last name, note and reason come along · 17 columns are left out: MEMBER_RATING"
    )
    assert tiles(screen)[:2] == ["301 new opt-outs", "1 already known"]
    assert view.confirm.text() == "Import 301 opt-outs"


def test_nothing_is_written_before_import_is_pressed(screen, small, desk, context, qtbot) -> None:
    open_file(qtbot, screen, small)
    assert len(requests(desk)) == 1
    assert tiles(screen) == ["2 new opt-outs", "1 already known", "1 not an address", "1 no address"]
    assert table(screen) == [
        ["2", "a.petrov@kestrel.example", "Thu 19 Nov 14:02", "Fri 4 Dec", "All mail"],
        ["3", "b.cole@windrush.example", "Wed 18 Nov 09:40", "Thu 3 Dec", "All mail"],
    ]
    with qtbot.waitSignal(context.changed) as changed:
        screen.view.confirm.click()
    assert changed.args == [Changes.REQUESTS]
    settle(qtbot, screen)
    assert {request.key for request in requests(desk)} == {
        "maria.ortiz@lakeside.example",
        "a.petrov@kestrel.example",
        "b.cole@windrush.example",
    }
    assert page(screen) is screen.done
    assert screen.done.title.text() == "2 opt-outs are suppressed from now on"
    assert screen.done.line.text() == "from stop.csv · Today 11:00 · Ana"
    backup = desk.backups.list()[0]
    assert backup.path.name in screen.done.backup.text()
    assert desk.undo_import.batches()[0].imported == 2


def test_a_count_shows_its_rows_with_the_reason(screen, small, qtbot) -> None:
    open_file(qtbot, screen, small)
    shown = screen.view.counts.tiles
    qtbot.mouseClick(shown.tiles[2], Qt.MouseButton.LeftButton)
    settle(qtbot, screen)
    assert table(screen) == [["4", "broken@nodot", "The domain has no dot"]]
    assert shown.key() == Shown.NOT_AN_ADDRESS
    qtbot.keyClick(shown.tiles[2], Qt.Key.Key_Left)
    settle(qtbot, screen)
    assert shown.key() == Shown.KNOWN
    ((row, address, received, since, why),) = table(screen)
    assert (row, address) == ("6", "maria.ortiz@lakeside.example")
    assert (received, since) == ("Thu 12 Nov", "Tue 10 Nov 16:42")
    assert why == "On record already, not earlier"


def test_the_earlier_date_of_somebody_known_is_pointed_out(screen, record, tmp_path, qtbot) -> None:
    record("maria.ortiz@lakeside.example")
    open_file(
        qtbot,
        screen,
        write(tmp_path / "a.csv", "E-mail,Unsubscribed on\nmaria.ortiz@lakeside.example,2026-11-02\n"),
    )
    assert tiles(screen) == ["0 new opt-outs", "1 already known", "1 earlier than known"]
    assert table(screen)[0][-1] == "The date in this file is earlier: it counts from now on"
    assert screen.view.confirm.text() == "Record 1 more request"


def test_rows_are_fetched_page_by_page(window, tmp_path, qtbot) -> None:
    people = "\n".join(import_samples.person(number) for number in range(450))
    window.go_to(IMPORT)
    screen = window.screen_at(IMPORT)
    open_file(qtbot, screen, write(tmp_path / "many.txt", people + "\n"))
    model, view = screen.view.counts.model, screen.view.counts.table
    assert model.rowCount() == columns.PAGE
    for loaded in (400, 450):
        view.scrollToBottom()
        settle(qtbot, screen)
        assert model.rowCount() == loaded
    assert [row[0] for row in table(screen)] == [str(number) for number in range(1, 451)]


def test_an_unreadable_file_is_explained(screen, tmp_path, qtbot) -> None:
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    open_file(qtbot, screen, path)
    assert page(screen) is screen.start
    assert "photo.csv" in screen.start.problem.text.text()


def test_the_same_file_again_is_recognized(screen, small, qtbot) -> None:
    open_file(qtbot, screen, small)
    assert screen.view.before.isHidden()
    screen.view.confirm.click()
    settle(qtbot, screen)
    open_file(qtbot, screen, small)
    assert screen.view.before.text.text() == (
        "This very file was imported today 11:00 by Ana. Importing it again adds nobody twice."
    )
    assert screen.view.confirm.text() == "Nothing to import"
    assert not screen.view.confirm.isEnabled()


# -- correcting


def test_a_column_means_what_she_says_and_it_is_counted_again(screen, small, qtbot) -> None:
    open_file(qtbot, screen, small)
    choose(row_of(screen, "Unsubscribed on").means, "Leave out")
    assert tiles(screen) == []  # out of date
    assert not screen.view.confirm.isEnabled()
    settle(qtbot, screen)
    assert tiles(screen)[2] == "2 without a date"
    assert table(screen)[0][2] == "by 20 Nov 2026"
    choose(row_of(screen, "Unsubscribed on").means, "Received")
    settle(qtbot, screen)
    assert table(screen)[0][2] == "Thu 19 Nov 14:02"


def test_quick_corrections_are_read_once_and_none_is_lost(screen, small, qtbot, monkeypatch) -> None:
    open_file(qtbot, screen, small)
    read: list[int] = []
    preview = ImportOptOuts.preview
    monkeypatch.setattr(
        ImportOptOuts, "preview", lambda *given, **named: read.append(1) or preview(*given, **named)
    )
    choose(row_of(screen, "Unsubscribed on").means, "Leave out")
    choose(row_of(screen, "Reason").means, "List")
    settle(qtbot, screen)
    assert len(read) == 1
    assert [row[2:] for row in table(screen)] == [
        ["by 20 Nov 2026", "Mon 7 Dec", "tired of it"],
        ["by 20 Nov 2026", "Mon 7 Dec", "All mail"],
    ]


def test_doubtful_guesses_are_marked(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.spreadsheet(tmp_path))
    assert screen.view.looks.text() == "· not recognized, columns guessed"
    assert row_of(screen, "Via").chip.text() == "doubtful"
    assert row_of(screen, "Who").chip.isHidden()


def test_further_columns_are_shown_on_demand(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.mailchimp(tmp_path))
    assert [row.name.text() for row in screen.view.columns.rows.values()] == [
        "Email Address",
        "UNSUB_TIME",
        "UNSUB_REASON",
    ]
    screen.view.columns.more.click()
    assert len(screen.view.columns.rows) == len(import_samples.MAILCHIMP)
    assert meaning(screen, "MEMBER_RATING") == "Leave out"
    assert row_of(screen, "First Name").means.hasFocus()


def test_hundreds_of_columns_come_a_few_at_a_time(screen, tmp_path, qtbot) -> None:
    header = ["E-mail", *(f"Column {number}" for number in range(499))]
    row = ["a@shop.example", *["x"] * 499]
    open_file(qtbot, screen, import_samples.write(tmp_path / "wide.csv", [header, row, row]))
    assert len(screen.view.columns.rows) < 20
    before = len(screen.view.columns.rows)
    screen.view.columns.more.click()
    assert len(screen.view.columns.rows) == before + 40


def test_the_day_and_the_month_are_asked_once_with_both_readings(screen, tmp_path, desk, qtbot) -> None:
    open_file(qtbot, screen, import_samples.both_ways(tmp_path))
    order = screen.view.columns.questions.order
    assert not order.isHidden()
    assert order.day_first.text() == "The day comes first: 02/06/2026 is 2 Jun 2026, 03/02/2026 is 3 Feb 2026"
    assert order.month_first.text() == (
        "The month comes first: 02/06/2026 is 6 Feb 2026, 03/02/2026 is 2 Mar 2026"
    )
    assert not order.day_first.isChecked()
    assert tiles(screen) == []
    assert not screen.view.confirm.isEnabled()
    assert screen.view.counts.said.text.text() == (
        "First say whether the day or the month comes first in the dates."
    )
    order.month_first.click()
    settle(qtbot, screen)
    assert tiles(screen)[0] == "24 new opt-outs"
    assert order.month_first.isChecked()  # it can still be changed
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert date(2026, 2, 6) in {request.received.day for request in requests(desk)}


def test_a_file_that_does_not_say_who_opted_out_asks(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.not_stated(tmp_path))
    assert tiles(screen) == []
    people = screen.view.columns.questions.people
    assert not people.isHidden()
    people.click()
    settle(qtbot, screen)
    assert tiles(screen)[0] == "12 new opt-outs"


def test_times_without_a_zone_are_read_in_the_zone_she_names(screen, tmp_path, qtbot) -> None:
    open_file(
        qtbot, screen, write(tmp_path / "a.csv", "E-mail,Unsubscribed on\na@shop.example,2026-11-19 23:30\n")
    )
    zone = screen.view.columns.questions.zone
    assert zone.currentText() == "New York (yours)"
    assert table(screen)[0][2] == "Thu 19 Nov 23:30"
    choose(zone, "Los Angeles")
    settle(qtbot, screen)
    assert table(screen)[0][2] == "Fri 20 Nov 02:30"


def test_rows_without_a_date_count_from_the_file_s_day_or_the_one_she_sets(
    screen, tmp_path, desk, qtbot
) -> None:
    open_file(qtbot, screen, write(tmp_path / "a.txt", "a@shop.example\n"))
    questions = screen.view.columns.questions
    assert questions.undated.day() == date(2026, 11, 20)
    assert table(screen)[0][2] == "by 20 Nov 2026"
    questions.undated.setDate(questions.undated.date().addDays(-4))
    settle(qtbot, screen)
    assert table(screen)[0][2:4] == ["Mon 16 Nov", "Tue 1 Dec"]


def test_a_file_of_one_list_is_for_all_mail_until_she_names_the_list(screen, tmp_path, desk, qtbot) -> None:
    open_file(qtbot, screen, import_samples.mailchimp(tmp_path))
    scope = screen.view.columns.questions.scope
    assert scope.currentText() == "All mail"
    scope.setEditText("Garden news")
    scope.lineEdit().editingFinished.emit()
    settle(qtbot, screen)
    assert {row[4] for row in table(screen)} == {"Garden news"}


def test_another_profile_can_be_chosen(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.mailchimp(tmp_path))
    screen.view.choose.click()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ProfileDialog) and w.isVisible())
    assert dialog.list.currentItem().text() == "Mailchimp, unsubscribed contacts  ·  looks like it"
    dialog.search.setText("any spread")
    assert dialog.list.currentItem().text() == "Any spreadsheet"
    dialog.confirm.click()
    settle(qtbot, screen)
    assert screen.view.looks.text() == "· read as"
    assert screen.view.profile.text() == "Any spreadsheet"


def test_hidden_rows_are_said_and_imported_unless_she_leaves_them_out(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.workbook(tmp_path))
    questions = screen.view.columns.questions
    assert questions._findings.text() == "8 rows are hidden. Not read: sheet “Last year”."
    assert questions.hidden.isChecked()
    assert tiles(screen)[0] == "30 new opt-outs"
    questions.hidden.click()
    settle(qtbot, screen)
    assert tiles(screen)[0] == "22 new opt-outs"
    assert tiles(screen)[-1] == "8 hidden, left out"


def test_another_sheet_can_be_read(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.workbook(tmp_path))
    choose(screen.view.columns.questions.sheet, "Last year")
    settle(qtbot, screen)
    assert [row[1] for row in table(screen)] == [import_samples.person(900)]


def test_corrections_are_remembered_for_the_next_file_like_this(screen, tmp_path, desk, qtbot) -> None:
    first = write(
        tmp_path / "shop.csv", "Person,Moment\na@shop.example,2026-11-10\nb@shop.example,2026-11-11\n"
    )
    open_file(qtbot, screen, first)
    questions = screen.view.columns.questions
    assert questions._remember_line.isHidden()
    choose(row_of(screen, "Moment").means, "Received")
    settle(qtbot, screen)
    assert not questions._remember_line.isHidden()
    assert questions.remember.isChecked()
    questions.name.setText("Shop list")
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert [known.name for known in desk.remembered.list()] == ["Shop list"]
    open_file(qtbot, screen, write(tmp_path / "shop2.csv", "Person,Moment\nc@shop.example,2026-11-12\n"))
    assert (screen.view.looks.text(), screen.view.profile.text()) == ("· remembered as", "“Shop list”")
    assert meaning(screen, "Moment") == "Received"
    assert table(screen)[0][2] == "Thu 12 Nov"


def test_nothing_is_remembered_when_she_unchecks_it(screen, tmp_path, desk, qtbot) -> None:
    open_file(qtbot, screen, write(tmp_path / "shop.csv", "Person,Moment\na@shop.example,2026-11-10\n"))
    choose(row_of(screen, "Moment").means, "Received")
    settle(qtbot, screen)
    screen.view.columns.questions.remember.click()
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert desk.remembered.list() == ()


# -- a ZIP


def test_a_zip_shows_what_each_list_is_and_never_takes_subscribers(
    screen, tmp_path, desk, record, qtbot
) -> None:
    record(import_samples.person(700))
    open_file(qtbot, screen, import_samples.zip_of_lists(tmp_path))
    rows = {row.name.text().split("_")[0]: row for row in screen.view.members.rows}
    assert {name: row.chip.text() for name, row in rows.items()} == {
        "subscribed": "never imported",
        "unsubscribed": "goes in",
        "cleaned": "goes in",
    }
    assert not rows["subscribed"].box.isEnabled()
    assert screen.view.members.note.text() == "Also in this ZIP: granular_activity.json: not a list."
    assert "1 conflict" in tiles(screen)
    assert screen.view.counts.conflicts.text.text() == (
        "1 row calls somebody “subscribed” who opted out here. "
        "Nobody is opted in by a file: they stay suppressed."
    )
    rows["cleaned"].box.click()
    settle(qtbot, screen)
    assert rows["cleaned"].chip.text() == "left out"
    screen.view.confirm.click()
    settle(qtbot, screen)
    keys = {request.key for request in requests(desk)}
    assert import_samples.person(10) in keys
    assert import_samples.person(780) not in keys
    assert import_samples.person(701) not in keys


def test_a_conflict_shows_its_rows(screen, tmp_path, record, qtbot) -> None:
    record(import_samples.person(700))
    open_file(qtbot, screen, import_samples.zip_of_lists(tmp_path))
    screen.view.counts.conflicts.button.click()
    settle(qtbot, screen)
    ((number, member, address, why),) = table(screen)
    assert (number, address) == ("2", import_samples.person(700))
    assert member.startswith("subscribed")
    assert why == "“Subscribed” here, but opted out: stays suppressed"


@pytest.fixture
def contacts(tmp_path: Path, record) -> Path:
    """A list of subscribed contacts with one who opted out here."""
    record(import_samples.person(701))
    with zipfile.ZipFile(import_samples.zip_of_lists(tmp_path)) as archive:
        name = next(name for name in archive.namelist() if name.startswith("subscribed"))
        return Path(archive.extract(name, tmp_path))


def test_a_list_of_contacts_shows_whom_it_calls_subscribed_and_imports_nobody(
    screen, contacts, context, qtbot
) -> None:
    open_file(qtbot, screen, contacts)
    counts = screen.view.counts
    assert counts.contacts.text.text().startswith("Nothing goes in: this is a list of contacts")
    assert tiles(screen) == ["0 new opt-outs", "0 already known", "1 conflict", "59 left out: active"]
    ((row, address, why),) = table(screen)
    assert (row, address) == ("3", import_samples.person(701))
    assert why == "“Subscribed” here, but opted out: stays suppressed"
    assert not counts.conflicts.isHidden()
    assert screen.view.confirm.text() == "Nothing to import"
    assert not screen.view.confirm.isEnabled()
    questions = screen.view.columns.questions
    assert questions._undated_line.isHidden()
    assert questions._scope_line.isHidden()
    with qtbot.waitSignal(context.open_list) as asked:
        counts.contacts.button.click()
    assert asked.args == [contacts]
    settle(qtbot, screen)
    assert not screen.open


def test_the_next_file_begins_with_its_new_opt_outs(screen, small, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, small)
    screen.view.counts.tiles.choose(Shown.NOT_AN_ADDRESS)
    settle(qtbot, screen)
    open_file(qtbot, screen, write(tmp_path / "b.csv", "E-mail\nb@shop.example\nbroken@nodot\n"))
    assert screen.view.counts.tiles.key() == Shown.NEW


def test_a_header_without_rows_is_said_to_have_none(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, write(tmp_path / "empty.csv", "E-mail,Unsubscribed on\n"))
    assert screen.view.counts.none.text() == "There are no rows in this file."
    assert row_of(screen, "E-mail").chip.isHidden()


def test_what_is_wrong_with_the_remembered_columns_is_said_once(screen, small, desk, qtbot) -> None:
    desk.remembered._file.parent.mkdir(parents=True, exist_ok=True)
    desk.remembered._file.write_text("{", "utf-8")
    open_file(qtbot, screen, small)
    assert not screen.view.trouble.isHidden()
    assert "set aside" in screen.view.trouble.text.text()
    open_file(qtbot, screen, small)
    assert screen.view.trouble.isHidden()


def test_the_columns_of_a_list_of_a_zip_are_shown_on_demand(screen, tmp_path, qtbot) -> None:
    open_file(qtbot, screen, import_samples.zip_of_lists(tmp_path))
    assert screen.view.columns.isHidden()
    cleaned = next(row for row in screen.view.members.rows if row.name.text().startswith("cleaned"))
    cleaned.look.click()
    assert not screen.view.columns.isHidden()
    assert screen.view.columns.title.text().startswith("What is in which column of cleaned")
    assert meaning(screen, "CLEAN_TIME") == "Received"
    cleaned.look.click()
    assert screen.view.columns.isHidden()


# -- cancelling, leaving, closing


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Hold counting until it is let go; the gate opens by itself when the counting is cancelled."""
    gate = threading.Event()
    preview = ImportOptOuts.preview

    def held(self, source, *, now, progress):
        while not gate.wait(0.005):
            progress(1, 10)
        return preview(self, source, now=now, progress=progress)

    monkeypatch.setattr(ImportOptOuts, "preview", held)
    return gate.set


def test_counting_can_be_cancelled_and_begun_again(screen, small, slow, qtbot) -> None:
    screen.open_file(small)
    counts = screen.view.counts
    qtbot.waitUntil(lambda: counts.work.isVisible() and "10 %" in counts.work.text.text())
    counts.work.cancel.click()
    settle(qtbot, screen)
    assert counts.work.isHidden()
    assert counts.said.text.text() == "Not counted."
    assert not screen.view.confirm.isEnabled()
    slow()
    counts.said.button.click()
    settle(qtbot, screen)
    assert tiles(screen)[0] == "2 new opt-outs"


@pytest.fixture
def open_previews(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Previews that were made and not closed yet."""
    there: set[int] = set()
    made, close = Preview.__init__, Preview.close

    def note(self, *given) -> None:
        made(self, *given)
        there.add(id(self))

    def forget(self) -> None:
        close(self)
        there.discard(id(self))

    monkeypatch.setattr(Preview, "__init__", note)
    monkeypatch.setattr(Preview, "close", forget)
    return there


def test_leaving_lets_go_of_the_rows_and_coming_back_counts_again(
    screen, small, open_previews, qtbot
) -> None:
    open_file(qtbot, screen, small)
    assert len(open_previews) == 1
    screen.leave()
    settle(qtbot, screen)
    assert not open_previews
    assert screen.open
    screen.come_back()
    settle(qtbot, screen)
    assert tiles(screen)[0] == "2 new opt-outs"
    assert len(open_previews) == 1


def test_every_outdated_preview_is_closed(
    screen, small, tmp_path, open_previews, record, context, qtbot
) -> None:
    open_file(qtbot, screen, small)
    choose(row_of(screen, "Reason").means, "Leave out")
    settle(qtbot, screen)
    record("b.cole@windrush.example")
    context.broadcast(Changes.REQUESTS)
    settle(qtbot, screen)
    assert tiles(screen)[0] == "1 new opt-out"
    open_file(qtbot, screen, write(tmp_path / "b.txt", "b@shop.example\n"))
    assert len(open_previews) == 1
    screen.view.cancel.click()
    settle(qtbot, screen)
    assert page(screen) is screen.start
    assert not open_previews


def test_closing_the_window_closes_the_preview(window, small, open_previews, qtbot) -> None:
    window.import_file(small)
    qtbot.waitUntil(lambda: not window.context.tasks.busy and not window.context.lookups.busy)
    assert len(open_previews) == 1
    window.close()
    assert not open_previews


def test_a_cancelled_import_leaves_nothing(window, tmp_path, desk, monkeypatch, qtbot) -> None:
    people = "\n".join(f"person{number}@shop.example" for number in range(12_000))
    window.go_to(IMPORT)
    screen = window.screen_at(IMPORT)
    open_file(qtbot, screen, write(tmp_path / "many.txt", people + "\n"))
    run = ImportOptOuts.run

    def cancelled(self, preview, *, by, now, progress):
        def report(done: int, total: int) -> None:
            screen.cancel()
            progress(done, total)

        return run(self, preview, by=by, now=now, progress=report)

    monkeypatch.setattr(ImportOptOuts, "run", cancelled)
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert page(screen) is screen.view
    assert requests(desk) == []
    assert desk.undo_import.batches() == []
    assert screen.view.confirm.text() == "Import 12,000 opt-outs"
    assert screen.view.confirm.isEnabled()


def test_another_file_does_not_stop_an_import_under_way(
    screen, small, tmp_path, desk, monkeypatch, qtbot
) -> None:
    open_file(qtbot, screen, small)
    gate = threading.Event()
    run = ImportOptOuts.run
    monkeypatch.setattr(ImportOptOuts, "run", lambda *given, **named: gate.wait(5) and run(*given, **named))
    screen.view.confirm.click()
    qtbot.waitUntil(lambda: screen._importing)
    with qtbot.waitSignal(screen._context.notice) as said:
        screen.open_file(tmp_path / "other.csv")
    assert said.args == ["An import is under way. Open the next file when it is done."]
    gate.set()
    settle(qtbot, screen)
    assert page(screen) is screen.done


def test_tab_goes_through_the_page_as_the_eye_does(window, tmp_path, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    window.import_file(import_samples.both_ways(tmp_path))
    qtbot.waitUntil(lambda: not window.context.tasks.busy and not window.context.lookups.busy)
    screen = window.screen_at(IMPORT)
    view, questions = screen.view, screen.view.columns.questions
    questions.order.day_first.click()
    qtbot.waitUntil(lambda: idle(screen))
    view.another.setFocus()
    seen: list[QWidget | None] = []
    while not seen or seen[-1] is not view.confirm:
        focused = window.focusWidget()
        assert focused is not None, seen
        seen.append(focused)
        assert len(seen) < 30
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    rows = view.columns.rows
    assert seen == [
        *(view.another, view.choose, view.columns.manage),
        *(rows[index].means for index in sorted(rows)),
        questions.order.day_first,
        *(questions.remember, questions.name),
        *(view.counts.tiles.tiles[0], view.counts.table, view.cancel, view.confirm),
    ]


def test_the_keyboard_stays_on_the_page_while_it_is_counted(window, small, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    window.import_file(small)
    screen = window.screen_at(IMPORT)
    settle(qtbot, screen)
    view, stop = screen.view, row_of(screen, "Reason")
    view.counts.tiles.first_focus()
    tile = window.focusWidget()
    choose(stop.means, "Leave out")
    assert screen.isAncestorOf(window.focusWidget())
    settle(qtbot, screen)
    assert window.focusWidget() is tile
    view.confirm.setFocus()
    choose(stop.means, "Reason")
    settle(qtbot, screen)
    assert window.focusWidget() is view.confirm
    view.confirm.click()
    settle(qtbot, screen)
    assert window.focusWidget() is screen.done.to_optouts


def test_a_zip_has_the_keyboard_on_its_first_list(window, tmp_path, qtbot) -> None:
    with qtbot.waitActive(window):
        window.activateWindow()
    window.go_to(IMPORT)
    screen = window.screen_at(IMPORT)
    open_file(qtbot, screen, import_samples.zip_of_lists(tmp_path))
    assert window.focusWidget() in [row.box for row in screen.view.members.rows]


def test_who_is_recorded_meanwhile_is_counted_again_before_anything_is_written(
    screen, small, desk, record, qtbot
) -> None:
    open_file(qtbot, screen, small)
    record("b.cole@windrush.example")  # in another window: nobody broadcast it here
    screen.view.confirm.click()
    settle(qtbot, screen)
    message = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert "counted again" in message.text.text()
    assert tiles(screen)[0] == "1 new opt-out"
    assert len(requests(desk)) == 2
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert page(screen) is screen.done


# -- afterwards


def test_the_rows_to_mend_are_saved_and_come_in_once_they_are_mended(
    screen, small, desk, monkeypatch, qtbot
) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.fileSelected.emit(dialog.target))
    monkeypatch.setattr(QFileDialog, "target", str(small.with_name("stop-to-mend.csv")), raising=False)
    open_file(qtbot, screen, small)
    assert screen.view.mend.text() == "Save 2 rows to mend…"
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert screen.done.mend_text.text() == "2 rows could not be imported as they are."
    screen.done.mend.click()
    settle(qtbot, screen)
    assert screen.done.mend_text.text().startswith("Saved as stop-to-mend.csv.")
    saved = small.with_name("stop-to-mend.csv")
    text = saved.read_text("utf-8-sig")
    assert "broken@nodot" in text
    assert "no dot" in text
    saved.write_text(text.replace("broken@nodot", "mended@shop.example"), "utf-8")
    open_file(qtbot, screen, saved)
    assert tiles(screen)[0] == "1 new opt-out"


def test_the_result_says_what_to_do_first(screen, tmp_path, desk, qtbot) -> None:
    late = write(
        tmp_path / "late.csv",
        "E-mail,Unsubscribed on\nlate@shop.example,2026-10-01\nnew@shop.example,2026-11-20\n",
    )
    open_file(qtbot, screen, late)
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert screen.done.next.text() == (
        "All of them are out of every list you clean here from now on. "
        "What remains: remove them wherever else you send from, then mark them done. "
        "For 1 of them the due date has passed already: begin with that one."
    )


def test_hashes_and_domains_come_in_and_the_matches_are_said(screen, tmp_path, desk, record, qtbot) -> None:
    record("maria.ortiz@lakeside.example")
    import hashlib

    known = hashlib.sha256(b"maria.ortiz@lakeside.example").hexdigest().upper()
    other = hashlib.sha256(b"nobody@known.example").hexdigest()
    open_file(qtbot, screen, write(tmp_path / "hashed.csv", f"sha256\n{known}\n{other}\n"))
    assert [row[1] for row in table(screen)] == [f"SHA-256 {known[:8].lower()}…", f"SHA-256 {other[:8]}…"]
    assert screen.view.counts.facts.text().startswith("1 of 2 hashes are of addresses on record here")
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert "1 of 2 hashes are of addresses on record here" in screen.done.next.text()
    assert [request.kind for request in requests(desk)].count(Kind.HASH) == 2
    assert all(
        request.received.precision is Precision.UNKNOWN
        for request in requests(desk)
        if request.kind is Kind.HASH
    )


def test_leaving_the_result_starts_over(screen, small, qtbot) -> None:
    open_file(qtbot, screen, small)
    screen.view.confirm.click()
    settle(qtbot, screen)
    assert not screen.open
    screen.leave()
    settle(qtbot, screen)
    assert page(screen) is screen.start
