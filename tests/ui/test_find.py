"""Ctrl+K: may I mail this person? The answer is never yes for what is no address."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.ui.dialogs.find import FindDialog
from optoutdesk.ui.models.find_model import DO_NOT_MAIL, MAY_BE_MAILED, look_up


def record(desk, address, when=None, scope="all", **how):
    recorder = desk.record_optout
    received = recorder.received(when or desk.now(), desk.now())
    recorded, _ = recorder.record(
        recorder.parse([address], scope), received, now=desk.now(), by="Ana", scope=scope, **how
    )
    return recorded[0].request


def answers(desk, text):
    return {hit.title: hit.chip for hit in look_up(desk, text, desk.now()).hits}


def test_part_of_an_address_finds_who_must_not_be_mailed(desk):
    record(
        desk,
        "maria.ortiz@lakeside.example",
        datetime(2026, 11, 10, 21, 42, tzinfo=UTC),
        channel=Channel.PHONE,
    )
    hits = look_up(desk, "ortiz@lake", desk.now()).hits
    assert (hits[0].title, hits[0].chip) == ("maria.ortiz@lakeside.example", DO_NOT_MAIL)
    assert hits[0].line == "Opted out of all mail on 10 Nov 2026 by phone · due Wed 25 Nov"
    assert (hits[1].title, hits[1].chip) == ("*@lakeside.example", "Domain")
    assert hits[1].line == "1 person opted out at this domain · the domain itself is not suppressed"


def test_a_whole_free_address_may_be_mailed(desk):
    record(desk, "maria.ortiz@lakeside.example")
    findings = look_up(desk, " J.Ortiz@Lakeside.example ", desk.now())
    assert findings.hits[0].title == "j.ortiz@lakeside.example"
    assert (findings.hits[0].chip, findings.hits[0].line) == (MAY_BE_MAILED, "Nothing on record")


def test_an_address_under_a_suppressed_domain_must_not_be_mailed(desk):
    record(desk, "*@competitor.example", date(2026, 11, 3))
    for text in ("ops@competitor.example", "ops@mail.competitor.example"):
        hit = look_up(desk, text, desk.now()).hits[0]
        assert hit.chip == DO_NOT_MAIL
        assert "*@competitor.example" in hit.line


def test_somebody_known_by_the_hash_of_her_address_as_it_is_written_must_not_be_mailed(desk, tmp_path):
    file = tmp_path / "partner.txt"
    file.write_text(hashlib.sha256(b"Ann.Lee@Example.com").hexdigest() + "\n")
    service = desk.import_optouts
    with service.preview(service.open(file, now=desk.now()), now=desk.now()) as preview:
        service.run(preview, by="Ana", now=desk.now())
    hit = look_up(desk, "Ann Lee <Ann.Lee@Example.com>", desk.now()).hits[0]
    assert (hit.title, hit.chip) == ("ann.lee@example.com", DO_NOT_MAIL)
    assert hit.line.startswith("Its hash is suppressed")


def test_somebody_who_left_one_list_is_not_called_free(desk):
    record(desk, "hello@brightpaws.example", date(2026, 11, 12), scope="Newsletter", channel=Channel.REPLY)
    hit = look_up(desk, "hello@brightpaws.example", desk.now()).hits[0]
    assert hit.chip == DO_NOT_MAIL
    assert hit.line.startswith("Opted out of “Newsletter” on 12 Nov 2026 by reply")


def test_somebody_who_opted_in_again_may_be_mailed(desk):
    request = record(desk, "k.sato@hinode.example", date(2026, 10, 28))
    desk.opt_in_again.record(
        request, at=desk.now(), evidence="form", who="Jane", how="on paper", by="Ana", now=desk.now()
    )
    hit = look_up(desk, "k.sato@hinode.example", desk.now()).hits[0]
    assert (hit.chip, hit.line) == (MAY_BE_MAILED, "Opted in again on 24 Nov 2026")


def test_a_domain_says_how_many_left_and_whether_it_is_suppressed(desk):
    record(desk, "a@lakeside.example")
    record(desk, "b@lakeside.example")
    record(desk, "c@lakeside.example.org.example")
    line = "2 people opted out at this domain · the domain itself is not suppressed"
    for text in ("lakeside.example", "*@lakeside.example", "@lakeside.example"):
        found = {hit.title: hit.line for hit in look_up(desk, text, desk.now()).hits}
        assert found["*@lakeside.example"] == line
    record(desk, "*@lakeside.example")
    assert answers(desk, "*@lakeside.example")["*@lakeside.example"] == DO_NOT_MAIL


@pytest.mark.parametrize(
    "text", ["nonsense", "nonsense@", "@", "jane@@b.example", "jane at b.example", "a b c", "%", "*@b"]
)
def test_what_is_no_address_is_never_said_to_be_free(desk, text):
    findings = look_up(desk, text, desk.now())
    assert all(hit.chip != MAY_BE_MAILED for hit in findings.hits)
    assert findings.hint


def test_a_broken_address_beside_a_good_one_is_named(desk):
    findings = look_up(desk, "jane@b.example, bad@x", desk.now())
    assert findings.hits[0].title == "jane@b.example"
    assert "must not be mailed" in findings.hint


def test_the_start_of_a_domain_finds_the_people_there(desk):
    record(desk, "maria.ortiz@lakeside.example")
    assert answers(desk, "@lake") == {
        "maria.ortiz@lakeside.example": DO_NOT_MAIL,
        "*@lakeside.example": "Domain",
    }


@pytest.fixture
def window(qtbot):
    window = QWidget()
    QVBoxLayout(window).addWidget(QPushButton("Before"))
    window.resize(1280, 800)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def find(desk, context, window, qtbot):
    record(desk, "maria.ortiz@lakeside.example", date(2026, 11, 10))
    record(desk, "j.ortiz@lakeside.example", date(2026, 11, 11))
    dialog = FindDialog(context, window)
    dialog.tester = QAbstractItemModelTester(
        dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal, dialog.model
    )
    dialog.open_over()
    yield dialog
    qtbot.waitUntil(lambda: not context.lookups.busy)


def type_and_wait(qtbot, find, text):
    find.box.clear()
    qtbot.keyClicks(find.box, text)
    qtbot.waitUntil(lambda: not find._stale)


def titles(find):
    return [find.model.hit(row).title for row in range(find.model.rowCount())]


def test_it_has_its_width_before_anything_is_typed(find):
    assert find._card.width() > 500


def test_typing_answers_after_a_moment(find, qtbot):
    assert "Type part of an address" in find.hint.text()
    type_and_wait(qtbot, find, "ortiz")
    assert titles(find) == ["j.ortiz@lakeside.example", "maria.ortiz@lakeside.example", "*@lakeside.example"]
    assert find.list.isVisible()


def test_enter_opens_the_history_of_the_chosen_one(find, context, qtbot):
    type_and_wait(qtbot, find, "ortiz")
    qtbot.keyClick(find.box, Qt.Key.Key_Down)
    with qtbot.waitSignal(context.show_history) as asked:
        qtbot.keyClick(find.box, Qt.Key.Key_Return)
    assert asked.args == [Kind.ADDRESS, "maria.ortiz@lakeside.example"]
    assert not find.isVisible()


def test_enter_does_not_open_an_answer_to_an_earlier_text(find, context, qtbot):
    type_and_wait(qtbot, find, "maria")
    qtbot.keyClicks(find.box, "x")
    with qtbot.assertNotEmitted(context.show_history):
        qtbot.keyClick(find.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not find._stale)
    assert titles(find) == []


def test_only_keys_that_do_something_are_named(find, qtbot):
    def named():
        return [label.text() for label in find._keys.findChildren(QLabel) if not label.isHidden()]

    type_and_wait(qtbot, find, "maria")
    assert {"Enter", "Ctrl+Enter", "Ctrl+C"} <= set(named())
    type_and_wait(qtbot, find, "nonsense")
    assert named() == ["Ctrl+Enter", "record an opt-out"]


def test_control_enter_records_what_was_typed_or_chosen(find, context, qtbot):
    type_and_wait(qtbot, find, "new@b.example")
    with qtbot.waitSignal(context.record_optout) as asked:
        qtbot.keyClick(find.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == ["new@b.example"]


def test_control_c_copies_the_chosen_address(find, qtbot):
    type_and_wait(qtbot, find, "maria")
    find.box.deselect()
    qtbot.keyClick(find.box, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "maria.ortiz@lakeside.example"


def test_a_late_answer_to_an_earlier_text_is_dropped(find, desk, qtbot):
    type_and_wait(qtbot, find, "maria")
    before = titles(find)
    find._take((find._question - 1, look_up(desk, "j.ortiz", desk.now())))
    assert titles(find) == before


def test_escape_closes_it_and_gives_the_keyboard_back(find, window, qtbot):
    find.reject()
    button = window.findChild(QPushButton)
    button.setFocus()
    find.open_over("maria")
    qtbot.keyClick(find.box, Qt.Key.Key_Escape)
    assert not find.isVisible()
    assert window.focusWidget() is button


def test_a_click_beside_it_closes_it(find, qtbot):
    qtbot.mouseClick(find, Qt.MouseButton.LeftButton, pos=find.rect().bottomRight())
    assert not find.isVisible()


def test_it_covers_the_window_whatever_its_size(find, window, qtbot):
    window.resize(1024, 700)
    assert find.geometry() == window.rect()
    assert window.rect().contains(find._card.geometry())
