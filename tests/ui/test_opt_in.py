"""Opted in again: nothing is lifted without evidence, and only what she says."""

from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt

from optoutdesk.domain.requests import Kind
from optoutdesk.services.changes import Changes
from optoutdesk.ui.dialogs.opt_in import OptInDialog


def record(desk, address, when, scope="all"):
    recorder = desk.record_optout
    received = recorder.received(when, desk.now())
    entries = recorder.parse([address], scope)
    recorder.record(entries, received, now=desk.now(), by="Ana", scope=scope)


KEY = "maria.ortiz@lakeside.example"


@pytest.fixture
def opened(desk, context, qtbot):
    def open_dialog(key=KEY):
        dialog = OptInDialog(context, desk.register.history(Kind.ADDRESS, key, desk.now()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_dialog


def test_without_evidence_nothing_is_recorded_and_it_says_so(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    with qtbot.assertNotEmitted(context.changed):
        dialog.confirm.click()
    assert dialog.isVisible()
    assert dialog.problem.text().startswith("Say what shows that this person wants mail again")
    assert not desk.check_address.check([KEY])[0].may_mail


def test_with_evidence_the_person_may_be_mailed_again(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    dialog.evidence.setPlainText("Signed up at the till")
    with qtbot.waitSignal(context.changed) as changed:
        dialog.confirm.click()
    assert changed.args == [Changes.REQUESTS]
    assert not dialog.isVisible()
    assert desk.check_address.check([KEY])[0].may_mail
    opt_in = desk.register.history(Kind.ADDRESS, KEY, desk.now()).opt_ins[0]
    assert (opt_in.evidence, opt_in.by) == ("Signed up at the till", "Ana")


def test_ctrl_enter_records_from_the_field_she_types_in(desk, context, opened, qtbot):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    qtbot.keyClicks(dialog.evidence, "Signed up at the till")
    with qtbot.waitSignal(context.changed):
        qtbot.keyClick(dialog.evidence, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.check_address.check([KEY])[0].may_mail


def test_consent_before_the_opt_out_lifts_nothing(desk, opened):
    record(desk, KEY, date(2026, 11, 10))
    dialog = opened()
    dialog.evidence.setPlainText("Form")
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
    dialog.evidence.setPlainText("Asked for the newsletter")
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
    dialog.evidence.setPlainText("Form")
    with qtbot.assertNotEmitted(context.changed):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not desk.check_address.check([KEY])[0].may_mail
