"""Opted in again: nothing is lifted without evidence, and only what she says."""

from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication

from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.changes import Changes
from optoutdesk.ui.dialogs.opt_in import OptInDialog


def record(desk, address, when, scope="all", channel=Channel.REPLY):
    recorder = desk.record_optout
    received = recorder.received(when, desk.now())
    entries = recorder.parse([address], scope)
    recorder.record(entries, received, now=desk.now(), by="Ana", scope=scope, channel=channel)


def fill(dialog, evidence="Signed up at the till"):
    dialog.who.setText("Maria Ortiz")
    dialog.how.setEditText("In person")
    dialog.evidence.setPlainText(evidence)


KEY = "maria.ortiz@lakeside.example"


@pytest.fixture
def opened(desk, context, qtbot):
    def open_dialog(key=KEY):
        dialog = OptInDialog(context, desk.register.history(Kind.ADDRESS, key, desk.now()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.open()
            dialog.activateWindow()
        return dialog

    return open_dialog


def test_without_evidence_nothing_is_recorded_and_it_says_so(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    fill(dialog, evidence="")
    with qtbot.assertNotEmitted(context.changed):
        dialog.confirm.click()
    assert dialog.isVisible()
    assert dialog.problem.text().startswith("Say what shows that this person wants mail again")
    assert not desk.check_address.check([KEY])[0].may_mail


def test_with_evidence_the_person_may_be_mailed_again(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    fill(dialog)
    with qtbot.waitSignal(context.changed) as changed:
        dialog.confirm.click()
    assert changed.args == [Changes.REQUESTS]
    assert not dialog.isVisible()
    assert desk.check_address.check([KEY])[0].may_mail
    opt_in = desk.register.history(Kind.ADDRESS, KEY, desk.now()).opt_ins[0]
    assert (opt_in.evidence, opt_in.by) == ("Signed up at the till", "Ana")
    assert (opt_in.who, opt_in.how) == ("Maria Ortiz", "In person")


def test_ctrl_enter_records_from_the_field_she_types_in(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    fill(dialog, evidence="")
    qtbot.keyClicks(dialog.evidence, "Signed up at the till")
    with qtbot.waitSignal(context.changed):
        qtbot.keyClick(dialog.evidence, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.check_address.check([KEY])[0].may_mail


def test_consent_before_the_opt_out_lifts_nothing(desk, opened):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    fill(dialog)
    dialog.day.setDate(QDate(2026, 11, 9))
    dialog.confirm.click()
    assert "later than the opt-out" in dialog.problem.text()
    assert not desk.check_address.check([KEY])[0].may_mail


def test_only_one_list_again_leaves_the_block_for_all_other_mail(desk, opened):
    record(desk, KEY, date(2026, 11, 10))
    record(desk, "other@a.example", date(2026, 11, 9), scope="Newsletter")
    dialog = opened()
    assert [dialog.what.itemText(i) for i in range(dialog.what.count())] == ["All mail", "Only “Newsletter”"]
    dialog.what.setCurrentIndex(1)
    assert dialog.lifts.text().endswith("stays, except for “Newsletter”.")
    fill(dialog, "Asked for the newsletter")
    dialog.confirm.click()
    assert desk.check_address.check([KEY], "Newsletter")[0].may_mail
    assert not desk.check_address.check([KEY])[0].may_mail


def test_it_says_what_is_lifted(desk, opened):
    record(desk, KEY, date(2026, 11, 10), scope="Newsletter")
    dialog = opened()
    assert dialog.lifts.text().startswith("This ends the opt-out of “Newsletter” of 10 Nov 2026")


def test_cancelling_records_nothing(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    fill(dialog)
    with qtbot.assertNotEmitted(context.changed):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not desk.check_address.check([KEY])[0].may_mail


def test_by_keyboard_alone_somebody_opts_in_again(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    assert dialog.who.hasFocus()
    qtbot.keyClicks(dialog.who, "Maria Ortiz")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClicks(QApplication.focusWidget(), "At the till")
    for _ in range(10):  # over the parts of day and time, and who records
        if not dialog.evidence.hasFocus():
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.evidence.hasFocus()
    qtbot.keyClicks(dialog.evidence, "Form of today")
    with qtbot.waitSignal(context.changed):
        qtbot.keyClick(dialog.evidence, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    [opt_in] = desk.register.history(Kind.ADDRESS, KEY, desk.now()).opt_ins
    assert (opt_in.who, opt_in.how, opt_in.evidence) == ("Maria Ortiz", "At the till", "Form of today")


@pytest.mark.parametrize(
    ("missing", "sentence"), [("who", "Say who agreed"), ("how", "Say how the person agreed")]
)
def test_who_and_how_are_asked_for(desk, opened, missing, sentence):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    fill(dialog)
    if missing == "who":
        dialog.who.clear()
    else:
        dialog.how.clearEditText()
    dialog.confirm.click()
    assert dialog.problem.text().startswith(sentence)
    assert getattr(dialog, missing).hasFocus()
    assert not desk.check_address.check([KEY])[0].may_mail


def test_a_complaint_asks_for_the_address_and_nothing_else_does(desk, opened):
    record(desk, KEY, date(2026, 11, 10))
    assert opened()._asks.isHidden()
    record(desk, KEY, date(2026, 11, 12), channel=Channel.COMPLAINT)
    dialog = opened()
    assert dialog._asks.isVisible()
    fill(dialog)
    dialog.confirm.click()
    assert dialog.problem.text().startswith("This would end a complaint.")
    assert dialog.typed.hasFocus()
    assert not desk.check_address.check([KEY])[0].may_mail
    dialog.typed.setText(KEY)
    dialog.confirm.click()
    assert not dialog.isVisible()
    assert desk.check_address.check([KEY])[0].may_mail


def test_a_dropped_form_shows_it_and_is_on_record(desk, context, opened, drop, qtbot, tmp_path):
    record(desk, KEY, date(2026, 11, 10))
    form = tmp_path / "form.pdf"
    form.write_bytes(b"%PDF-1.7 signed")
    dialog = opened()
    fill(dialog, evidence="")
    assert drop(dialog.files.zone, form)
    qtbot.waitUntil(lambda: bool(dialog.files.files))
    with qtbot.waitSignal(context.changed):
        dialog.confirm.click()
    history = desk.register.history(Kind.ADDRESS, KEY, desk.now())
    assert [(e.name, e.opt_in) for e in history.evidence] == [("form.pdf", history.opt_ins[0].id)]
    assert desk.check_address.check([KEY])[0].may_mail
