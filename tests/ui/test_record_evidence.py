"""Evidence on the Record dialog: dropped or chosen, read, proposed and never in the way of what she typed; recorded in one act."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from message_files import ASKED, eml, msg
from optoutdesk.domain.errors import OutputError
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services import read_message
from optoutdesk.services.evidence import KeepEvidence
from optoutdesk.store import RegisterFilter
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.dialogs.record import RecordDialog
from optoutdesk.ui.widgets import evidence as evidence_widgets
from optoutdesk.ui.window import CLEAN, OPT_OUTS, TODAY, MainWindow

MARIA = "maria.ortiz@lakeside.example"
NOTE = "please stop (Message-ID <20261123.17@lakeside.example>)"


@pytest.fixture
def host(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1024, 700)
    made.show()
    return made


@pytest.fixture
def dialog(qtbot, context, host: QWidget) -> RecordDialog:
    made = RecordDialog(context, host)
    with qtbot.waitActive(made):
        made.open()
        made.activateWindow()
    return made


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "please stop.eml"
    path.write_bytes(ASKED)
    return path


@pytest.fixture
def read(qtbot):
    """Wait until everything that was dropped is read."""

    def wait(dialog: RecordDialog) -> None:
        qtbot.waitUntil(lambda: not dialog.evidence.reading)

    return wait


def stored(desk):
    return [row.request for row in desk.register.page(RegisterFilter()).rows]


def found(dialog: RecordDialog) -> list[str]:
    return [dialog.found.item(row).text() for row in range(dialog.found.count())]


def test_a_dropped_e_mail_fills_the_fields_and_is_recorded_with_the_request(
    dialog: RecordDialog, drop, read, mail: Path, desk, context, qtbot
) -> None:
    assert drop(dialog.evidence.zone, mail)
    read(dialog)
    assert dialog.text.toPlainText() == MARIA
    assert found(dialog) == [MARIA]
    assert dialog.when.value(desk.now()) == datetime(2026, 11, 23, 14, 12, tzinfo=UTC)
    assert dialog.channel.currentData() == Channel.REPLY
    assert dialog.note.text() == NOTE
    assert dialog.due.due.text() == "Due Tue 8 December 2026"
    assert dialog.evidence.said.text() == read_message.HEADERS_ONLY
    assert dialog.evidence.rows[0].name.text() == "please stop.eml"
    with qtbot.waitSignals([context.changed, dialog.accepted]):
        dialog.record()
    [request] = stored(desk)
    assert (request.key, request.note, request.due) == (MARIA, NOTE, date(2026, 12, 8))
    [evidence] = desk.register.history(Kind.ADDRESS, MARIA, desk.now()).evidence
    assert (evidence.name, evidence.request, evidence.by) == ("please stop.eml", request.id, "Ana")
    assert desk.evidence.path_of(evidence).read_bytes() == ASKED
    assert desk.store.last_entry().seq == 1


@pytest.mark.parametrize("where", ["dialog", "text"])
def test_an_e_mail_may_be_dropped_anywhere_on_the_dialog(
    dialog: RecordDialog, drop, read, mail: Path, where: str
) -> None:
    if where == "dialog":
        assert drop(dialog, mail)
    else:  # where its path would be inserted as text
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(mail))])
        assert dialog.text.canInsertFromMimeData(data)
        dialog.text.insertFromMimeData(data)
    read(dialog)
    assert dialog.text.toPlainText() == MARIA
    assert len(dialog.evidence.files) == 1


def test_text_can_still_be_pasted(dialog: RecordDialog) -> None:
    QApplication.clipboard().setText("jane@shop.example")
    dialog.text.paste()
    assert dialog.text.toPlainText() == "jane@shop.example"


def test_what_she_said_stays_as_she_said_it(dialog: RecordDialog, drop, read, mail: Path, qtbot) -> None:
    qtbot.keyClicks(dialog.text, "j.ortiz@lakeside.example")
    qtbot.keyClicks(dialog.note, "by phone too")
    dialog.when.day.setDate(QDate(2026, 11, 20))
    dialog.channel.setCurrentIndex(dialog.channel.findData(Channel.PHONE))
    dialog.channel.activated.emit(dialog.channel.currentIndex())
    before = dialog.when.value(datetime(2026, 11, 24, 16, tzinfo=UTC))
    drop(dialog.evidence.zone, mail)
    read(dialog)
    # Another address is added below hers, nothing of hers is changed.
    assert dialog.text.toPlainText() == f"j.ortiz@lakeside.example\n{MARIA}"
    assert found(dialog) == ["j.ortiz@lakeside.example", MARIA]
    assert dialog.note.text() == "by phone too"
    assert dialog.channel.currentData() == Channel.PHONE
    assert dialog.when.value(datetime(2026, 11, 24, 16, tzinfo=UTC)) == before


def test_an_address_that_is_there_already_is_not_added_again(
    dialog: RecordDialog, drop, read, mail: Path
) -> None:
    dialog.text.setPlainText(f"From: Maria <{MARIA.upper()}>")
    drop(dialog.evidence.zone, mail)
    read(dialog)
    assert dialog.text.toPlainText() == f"From: Maria <{MARIA.upper()}>"


def test_what_was_only_proposed_follows_the_next_e_mail(
    dialog: RecordDialog, drop, read, mail: Path, tmp_path: Path
) -> None:
    drop(dialog.evidence.zone, mail)
    read(dialog)
    second = tmp_path / "again.eml"
    second.write_bytes(eml(From=MARIA, Subject="unsubscribe", Date="Sun, 22 Nov 2026 10:00:00 -0500"))
    drop(dialog.evidence.zone, second)
    read(dialog)
    assert dialog.note.text() == "unsubscribe"
    assert dialog.when.value(datetime(2026, 11, 24, 16, tzinfo=UTC)) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert dialog.channel.currentData() == Channel.LIST_UNSUBSCRIBE
    assert len(dialog.evidence.files) == 2


def test_of_several_e_mails_the_first_request_starts_the_clock(
    dialog: RecordDialog, drop, read, mail: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.eml"
    again.write_bytes(eml(From=MARIA, Subject="still?", Date="Tue, 24 Nov 2026 09:00:00 -0500"))
    drop(dialog.evidence.zone, mail, again)
    read(dialog)
    now = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert dialog.when.value(now) == datetime(2026, 11, 23, 14, 12, tzinfo=UTC)
    dialog.evidence.rows[0].button.click()
    assert dialog.when.value(now) == datetime(2026, 11, 24, 14, tzinfo=UTC)


def test_a_file_that_was_refused_is_said_beside_those_that_were_read(
    dialog: RecordDialog, drop, read, mail: Path, tmp_path: Path
) -> None:
    wrong, empty = tmp_path / "setup.exe", tmp_path / "scan.pdf"
    wrong.write_bytes(b"MZ")
    empty.write_bytes(b"")
    drop(dialog.evidence.zone, wrong, empty, mail)
    read(dialog)
    assert [file.name for file in dialog.evidence.files] == ["please stop.eml"]
    said = dialog.evidence.problem.text()
    assert "“setup.exe” cannot be kept as evidence." in said
    assert "“scan.pdf” is empty." in said
    assert dialog.evidence.said.text() == read_message.HEADERS_ONLY
    dialog.evidence.rows[0].button.click()
    assert not dialog.evidence.problem.text()


def test_several_files_at_once_and_one_of_them_taken_away(
    dialog: RecordDialog, drop, read, mail: Path, tmp_path: Path, desk, context, qtbot
) -> None:
    scan = tmp_path / "letter.png"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n")
    drop(dialog.evidence.zone, mail, scan, mail)
    read(dialog)
    assert [row.name.text() for row in dialog.evidence.rows] == ["please stop.eml", "letter.png"]
    assert dialog.evidence.said.text() == read_message.NOTHING_READ
    dialog.evidence.rows[0].button.click()
    assert [file.name for file in dialog.evidence.files] == ["letter.png"]
    with qtbot.waitSignal(context.changed):
        dialog.record()
    [request] = stored(desk)
    assert [e.name for e in desk.evidence.of([request.id])] == ["letter.png"]


def test_a_message_of_outlook_is_read_and_says_what_is_not(
    dialog: RecordDialog, drop, read, tmp_path: Path
) -> None:
    path = tmp_path / "stop.msg"
    path.write_bytes(
        msg({0x0037: "stop", 0x5D01: MARIA}, {0x0039: datetime(2026, 11, 23, 14, 12, tzinfo=UTC)})
    )
    drop(dialog.evidence.zone, path)
    read(dialog)
    assert found(dialog) == [MARIA]
    assert "text and attachments were not read" in dialog.evidence.said.text()


def test_an_automatic_reply_says_that_it_is_no_opt_out(
    dialog: RecordDialog, drop, read, tmp_path: Path
) -> None:
    path = tmp_path / "away.eml"
    path.write_bytes(eml(From=MARIA, Subject="Out of office", Auto_Submitted="auto-replied"))
    drop(dialog.evidence.zone, path)
    read(dialog)
    assert dialog.evidence.problem.text() == read_message.AUTOMATIC
    assert found(dialog) == []


def test_a_file_that_is_no_evidence_is_refused_in_a_sentence(
    dialog: RecordDialog, drop, read, tmp_path: Path
) -> None:
    path = tmp_path / "setup.exe"
    path.write_bytes(b"MZ")
    drop(dialog.evidence.zone, path)
    read(dialog)
    assert dialog.evidence.problem.text().startswith("“setup.exe” cannot be kept as evidence.")
    assert not dialog.evidence.files


def test_a_file_is_chosen_by_keyboard(dialog: RecordDialog, read, mail: Path, monkeypatch, qtbot) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda chooser: chooser.filesSelected.emit([str(mail)]))
    dialog.note.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.evidence.zone.button.hasFocus()
    qtbot.keyClick(dialog.evidence.zone.button, Qt.Key.Key_Return)
    read(dialog)
    assert found(dialog) == [MARIA]
    # Its row can be reached too, before the way to the next file.
    dialog.note.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.evidence.rows[0].button.hasFocus()


def test_while_a_file_is_being_read_nothing_is_recorded(dialog: RecordDialog, read, mail: Path, desk) -> None:
    dialog.text.setPlainText("jane@shop.example")
    dialog.evidence.take(mail)
    dialog.record()
    assert dialog.problem.text().startswith("The file is still being read.")
    assert not stored(desk)
    read(dialog)
    assert found(dialog) == ["jane@shop.example", MARIA]


def test_a_file_that_cannot_be_kept_is_said_and_nothing_is_recorded(
    dialog: RecordDialog, drop, read, mail: Path, desk, monkeypatch, qtbot
) -> None:
    def fail(*_arguments: object) -> None:
        raise OutputError("“please stop.eml” could not be kept.")

    monkeypatch.setattr(KeepEvidence, "keep", fail)
    drop(dialog.evidence.zone, mail)
    read(dialog)
    dialog.record()
    assert not dialog.button.isEnabled()
    qtbot.waitUntil(dialog.button.isEnabled)
    assert dialog.problem.text() == "“please stop.eml” could not be kept."
    assert dialog.text.isEnabled()
    assert not stored(desk)


def test_a_dialog_that_is_closed_keeps_nothing(dialog: RecordDialog, drop, read, mail: Path, desk) -> None:
    drop(dialog.evidence.zone, mail)
    read(dialog)
    dialog.reject()
    assert not desk.paths.evidence.exists()
    assert not stored(desk)


def test_more_than_a_few_files_at_once_are_refused(
    dialog: RecordDialog, drop, read, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(evidence_widgets, "MOST_FILES", 2)
    files = [tmp_path / f"{n}.txt" for n in range(3)]
    for number, path in enumerate(files):
        path.write_text(f"page {number}")
    drop(dialog.evidence.zone, *files)
    assert dialog.evidence.problem.text().startswith("2 files at once are enough.")
    read(dialog)
    assert [file.name for file in dialog.evidence.files] == ["0.txt", "1.txt"]


def test_a_draft_with_a_file_opens_with_what_it_says(context, host: QWidget, read, mail: Path) -> None:
    made = RecordDialog(context, host, RecordDraft("", Channel.LETTER, files=(mail,)))
    read(made)
    assert found(made) == [MARIA]
    assert made.channel.currentData() == Channel.LETTER  # it was said already


def test_with_many_addresses_and_files_it_stays_in_the_window(
    dialog: RecordDialog, drop, read, tmp_path: Path, host: QWidget
) -> None:
    dialog.text.setPlainText("\n".join(f"person{n}@shop.example" for n in range(50)))
    dialog.look()
    files = [tmp_path / f"{n}.txt" for n in range(5)]
    for number, path in enumerate(files):
        path.write_text(f"page {number}")
    drop(dialog.evidence.zone, *files)
    read(dialog)
    dialog._show_rules()
    assert dialog.height() <= host.height()
    for button in (dialog.button, dialog.cancel):  # what closes it is always in sight
        assert dialog.rect().contains(button.geometry())


# -- another rule


def test_another_rule_is_folded_away_and_changes_the_due_date(
    dialog: RecordDialog, desk, context, qtbot
) -> None:
    dialog.text.setPlainText("jane@shop.example")
    dialog.look()
    assert dialog.policy.isHidden() or not dialog.policy.isVisible()
    dialog.due.other.click()
    assert dialog.policy.hasFocus()
    assert dialog.policy.currentText() == "Your own: CAN-SPAM (United States)"
    dialog.policy.setCurrentIndex(dialog.policy.findData("australia"))
    due = desk.counting.due(desk.record_optout.received(desk.now(), desk.now()), "australia")
    assert dialog.due.due.text().startswith(f"Due {due:%a} {due.day} ")
    assert dialog.due.why.text().startswith(desk.counting.policies["australia"].name)
    with qtbot.waitSignal(context.changed):
        dialog.record()
    assert [(r.policy, r.due) for r in stored(desk)] == [("australia", due)]


def test_an_address_that_is_a_telephone_is_due_earlier_and_it_says_why(
    dialog: RecordDialog, desk, context, qtbot
) -> None:
    dialog.text.setPlainText("5551234567@vtext.com, jane@shop.example")
    dialog.look()
    assert dialog.due.due.text() == "Due Fri 4 December 2026"
    assert dialog.due.why.text() == (
        "FCC rule for wireless domains (United States): 10 calendar days. The others: Wed 9 December 2026"
    )
    dialog.found.tick(0, on=False)
    assert dialog.due.due.text() == "Due Wed 9 December 2026"
    dialog.found.tick(0, on=True)
    with qtbot.waitSignal(context.notice) as said:
        dialog.record()
    assert said.args == ["2 opt-outs recorded. The first is due Fri 4 Dec."]
    assert {(r.key, r.due) for r in stored(desk)} == {
        ("5551234567@vtext.com", date(2026, 12, 4)),
        ("jane@shop.example", date(2026, 12, 9)),
    }


# -- dropped elsewhere in the window


@pytest.mark.parametrize("screen", [TODAY, OPT_OUTS, CLEAN])
def test_an_e_mail_dropped_on_the_window_opens_the_dialog_with_it(
    window: MainWindow, drop, read, mail: Path, screen: int
) -> None:
    window.go_to(screen)
    assert drop(window, mail)
    dialog = window.dialog
    assert isinstance(dialog, RecordDialog)
    read(dialog)
    assert found(dialog) == [MARIA]


def test_an_e_mail_dropped_on_the_small_box_takes_along_what_was_typed(
    window: MainWindow, drop, read, mail: Path
) -> None:
    quick = window.screen_at(TODAY).quick
    quick.text.setPlainText("j.ortiz@lakeside.example")
    assert drop(quick, mail)
    assert isinstance(window.dialog, RecordDialog)
    read(window.dialog)
    assert found(window.dialog) == ["j.ortiz@lakeside.example", MARIA]
    assert quick.text.toPlainText() == ""


def test_a_list_dropped_on_the_small_box_is_left_to_the_window(
    window: MainWindow, drop, tmp_path: Path, qtbot
) -> None:
    quick = window.screen_at(TODAY).quick
    quick.text.setPlainText("j.ortiz@lakeside.example")
    for name in ("list.csv", "list.txt"):
        path = tmp_path / name
        path.write_text("jane@shop.example\n")
        drop(quick, path)
        qtbot.waitUntil(lambda: not window.context.tasks.busy and not window.context.lookups.busy)
    assert not isinstance(window.dialog, RecordDialog)
    assert quick.text.toPlainText() == "j.ortiz@lakeside.example"
