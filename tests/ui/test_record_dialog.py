"""The Record dialog: any text in, every address in it seen, the right due date, plain sentences when something is missing."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtWidgets import QApplication, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind, OptOutRequest, Precision
from optoutdesk.store import RegisterFilter
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.dialogs.record import RecordDialog
from optoutdesk.ui.widgets.message import Message

MAIL = (
    'From: "Maria Ortiz" <maria.ortiz@lakeside.example>\n'
    "Subject: please stop\n"
    "Also for my husband, j.ortiz@lakeside.example. Thanks.\n"
)


@pytest.fixture
def host(qtbot) -> QWidget:
    """What the dialog lies over; the dialog deletes itself when it is closed."""
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


def paste(dialog: RecordDialog, text: str) -> None:
    dialog.text.setPlainText(text)
    dialog.look()


def rows(dialog: RecordDialog) -> list[tuple[str, bool, str]]:
    """Return what is listed: text, ticked, what is known of it."""
    items = [dialog.found.item(row) for row in range(dialog.found.count())]
    return [
        (item.text(), item.checkState() is Qt.CheckState.Checked, item.data(Qt.ItemDataRole.UserRole))
        for item in items
    ]


def stored(desk) -> list[OptOutRequest]:
    return [row.request for row in desk.register.page(RegisterFilter()).rows]


def test_by_keyboard_alone_two_opt_outs_are_recorded_with_their_due_date(
    dialog: RecordDialog, qtbot, desk, context
) -> None:
    assert dialog.text.hasFocus()
    qtbot.keyClicks(dialog.text, "maria.ortiz@lakeside.example, j.ortiz@lakeside.example")
    qtbot.waitUntil(lambda: dialog.button.text() == "Record 2 opt-outs")
    for _ in range(2):  # over the list to the day
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.when.day.hasFocus()
    with qtbot.waitSignals([context.changed, context.notice, dialog.accepted]):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert {(r.key, r.due, r.by, r.scope, r.channel) for r in stored(desk)} == {
        ("maria.ortiz@lakeside.example", date(2026, 12, 9), "Ana", ALL_MAIL, Channel.REPLY),
        ("j.ortiz@lakeside.example", date(2026, 12, 9), "Ana", ALL_MAIL, Channel.REPLY),
    }
    assert stored(desk)[0].received.instant == desk.now()


def test_the_due_date_explains_itself(dialog: RecordDialog) -> None:
    assert dialog.due.due.text() == "Due Wed 9 December 2026"
    assert dialog.due.why.text() == "10 business days; Thu 26 Nov (Thanksgiving Day) does not count"


def test_every_address_in_a_mail_is_listed(dialog: RecordDialog) -> None:
    paste(dialog, MAIL)
    assert rows(dialog) == [
        ("maria.ortiz@lakeside.example", True, "New"),
        ("j.ortiz@lakeside.example", True, "New"),
    ]
    assert dialog.button.text() == "Record 2 opt-outs"


def test_known_ones_and_her_own_are_listed_and_left_alone(dialog: RecordDialog, desk, record) -> None:
    record("maria.ortiz@lakeside.example")
    desk.change_settings(replace(desk.settings, own_addresses=("news@ourshop.example",)))
    paste(dialog, f"{MAIL}To: news@ourshop.example")
    assert rows(dialog) == [
        ("maria.ortiz@lakeside.example", False, "Already since 10 Nov 2026"),
        ("j.ortiz@lakeside.example", True, "New"),
        ("news@ourshop.example", False, "Your own address"),
    ]
    assert dialog.button.text() == "Record 1 opt-out"


def test_what_is_no_address_is_listed_with_the_reason(dialog: RecordDialog) -> None:
    paste(dialog, "jane@shop.example\nbroken@nodot")
    assert rows(dialog)[1] == ("broken@nodot", False, "Not an address: the domain has no dot")
    assert dialog.button.text() == "Record 1 opt-out"


def test_space_ticks_and_the_choice_outlives_more_typing(dialog: RecordDialog, qtbot) -> None:
    paste(dialog, MAIL)
    dialog.found.setFocus()
    qtbot.keyClick(dialog.found, Qt.Key.Key_Space)
    assert dialog.button.text() == "Record 1 opt-out"
    paste(dialog, f"{MAIL} x@shop.example")
    assert [ticked for _text, ticked, _known in rows(dialog)] == [False, True, True]


def test_a_click_anywhere_in_a_row_ticks_it(dialog: RecordDialog, qtbot) -> None:
    paste(dialog, MAIL)
    place = dialog.found.visualItemRect(dialog.found.item(1)).center()
    qtbot.mouseClick(dialog.found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [ticked for _text, ticked, _known in rows(dialog)] == [True, False]


def test_a_whole_domain(dialog: RecordDialog, desk) -> None:
    paste(dialog, "*@competitor.example")
    assert rows(dialog) == [("*@competitor.example", True, "Whole domain, new")]
    dialog.record()
    assert (stored(desk)[0].kind, stored(desk)[0].key) == (Kind.DOMAIN, "competitor.example")


def test_a_day_without_a_time(dialog: RecordDialog, desk) -> None:
    paste(dialog, "jane@shop.example")
    dialog.when.day.setDate(QDate(2026, 11, 10))
    dialog.when.unknown.setChecked(True)
    assert not dialog.when.time.isEnabled()
    assert dialog.due.due.text() == "Due Wed 25 November 2026"
    dialog.record()
    received = stored(desk)[0].received
    assert (received.day, received.precision) == (date(2026, 11, 10), Precision.DAY)


def test_a_time_is_meant_in_the_business_s_zone(dialog: RecordDialog, desk) -> None:
    paste(dialog, "jane@shop.example")
    dialog.when.day.setDate(QDate(2026, 11, 10))
    dialog.when.time.setTime(QTime(16, 42))
    dialog.record()
    assert stored(desk)[0].received.instant == datetime(2026, 11, 10, 21, 42, tzinfo=UTC)


def test_a_day_ahead_is_refused_in_a_sentence(dialog: RecordDialog, desk) -> None:
    paste(dialog, "jane@shop.example")
    dialog.when.day.setDate(QDate(2026, 11, 25))
    assert dialog.due.due.text() == "No due date"
    dialog.record()
    assert dialog.problem.isVisible()
    assert "lies ahead" in dialog.problem.text()
    assert not stored(desk)


def test_a_due_date_in_the_past_says_so(dialog: RecordDialog) -> None:
    dialog.when.set_day(date(2026, 11, 2))
    assert dialog.due.due.text() == "Due Tue 17 November 2026: already past"


def test_one_list_by_its_known_name(host: QWidget, desk, record, context) -> None:
    record("a@shop.example", scope="Newsletter")
    again = RecordDialog(context, host)
    assert [again.scope.itemText(i) for i in range(again.scope.count())] == ["All mail", "Newsletter"]
    again.scope.setEditText("newsletter")
    paste(again, "b@shop.example")
    again.record()
    assert {r.scope for r in stored(desk)} == {"Newsletter"}


def test_another_one_may_have_recorded_it_and_she_goes_on_working(dialog: RecordDialog, desk) -> None:
    paste(dialog, "jane@shop.example")
    dialog.by.setEditText("  Ben ")
    dialog.record()
    assert stored(desk)[0].by == "Ben"
    assert desk.store.last_entry().by == "Ben"
    assert desk.person == "Ana"


def test_where_nobody_has_said_who_works_the_first_name_is_remembered(context, host: QWidget, desk) -> None:
    desk.change_settings(replace(desk.settings, person=""))
    dialog = RecordDialog(context, host)
    paste(dialog, "jane@shop.example")
    dialog.by.setEditText("Ben")
    dialog.record()
    assert (desk.person, desk.settings.person) == ("Ben", "Ben")


def test_the_staff_can_be_chosen_and_who_works_comes_first(context, host: QWidget, desk) -> None:
    desk.change_settings(replace(desk.settings, staff=("Ben", "Ana", "Chris")))
    desk.act_as("Chris")
    dialog = RecordDialog(context, host)
    assert [dialog.by.itemText(i) for i in range(dialog.by.count())] == ["Chris", "Ben", "Ana"]
    assert dialog.by.currentText() == "Chris"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type or paste an address first."),
        ("please stop", "There is no e-mail address in this text. It looks like name@example.com."),
        ("broken@nodot", "Nothing is ticked. Tick the addresses that are to be left alone."),
    ],
)
def test_without_an_address_it_says_what_is_missing(
    dialog: RecordDialog, desk, qtbot, text: str, sentence: str
) -> None:
    paste(dialog, text)
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert dialog.problem.isVisible()
    assert dialog.problem.text() == sentence
    assert dialog.isVisible()
    assert not stored(desk)
    paste(dialog, "jane@shop.example")
    assert not dialog.problem.isVisible()


def test_without_a_name_it_asks_who(dialog: RecordDialog, desk) -> None:
    paste(dialog, "jane@shop.example")
    dialog.by.setEditText(" ")
    dialog.record()
    assert dialog.problem.text() == "Say who records this."
    assert not stored(desk)


def test_what_goes_wrong_is_said_and_nothing_typed_is_lost(dialog: RecordDialog, desk, monkeypatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise UserError("The disk is full; nothing was recorded.")

    monkeypatch.setattr(type(desk.record_optout), "record", fail)
    paste(dialog, MAIL)
    dialog.record()
    assert dialog.isVisible()
    assert dialog.problem.text() == "The disk is full; nothing was recorded."
    assert dialog.text.toPlainText() == MAIL


def test_a_draft_fills_the_fields(context, host: QWidget) -> None:
    made = RecordDialog(context, host, RecordDraft("jane@shop.example", Channel.LETTER, date(2026, 11, 23)))
    assert rows(made) == [("jane@shop.example", True, "New")]
    assert made.channel.currentData() == Channel.LETTER
    assert made.when.value(datetime(2026, 11, 24, 16, tzinfo=UTC)) == date(2026, 11, 23)


def test_escape_closes_and_records_nothing(dialog: RecordDialog, desk, qtbot) -> None:
    paste(dialog, MAIL)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not stored(desk)


def test_thousands_of_addresses_stay_in_the_window(dialog: RecordDialog) -> None:
    paste(dialog, "\n".join(f"person{n}@shop.example" for n in range(3000)))
    assert dialog.button.text() == "Record 3,000 opt-outs"
    assert dialog.height() < 690


def test_a_request_from_before_a_later_consent_is_not_called_blocked(
    dialog: RecordDialog, qtbot, desk, context, record
) -> None:
    first = record("jane@shop.example", date(2026, 11, 10))
    agreed = datetime(2026, 11, 20, 15, tzinfo=UTC)
    desk.opt_in_again.record(
        first, at=agreed, evidence="form", who="Jane", how="on paper", by="Ana", now=desk.now()
    )
    paste(dialog, "jane@shop.example, new@shop.example")
    dialog.when.set_day(date(2026, 11, 16))
    with qtbot.waitSignal(context.notice) as said:
        dialog.record()
    assert said.args == ["new@shop.example is blocked from now on. Due Tue 1 Dec."]
    told = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())
    assert told.heading.text() == "Recorded, but not blocked"
    assert told.text.text().startswith("jane@shop.example opted in again after that day.")
    assert desk.check_address.check(["jane@shop.example"])[0].may_mail
