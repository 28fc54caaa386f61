"""The Opt-outs screen: find somebody in the register, see how they stand, settle it."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.changes import Changes
from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog
from optoutdesk.ui.models.register_model import ADDRESS, STATE
from optoutdesk.ui.screens.optouts import OptOutsScreen, Show


def record(desk, address, when=None, scope="all", **how):
    recorder = desk.record_optout
    received = recorder.received(when or desk.now(), desk.now())
    recorded, _ = recorder.record(
        recorder.parse([address], scope), received, now=desk.now(), by="Ana", scope=scope, **how
    )
    return recorded[0].request


@pytest.fixture
def screen(context, qtbot):
    screen = OptOutsScreen(context)
    qtbot.addWidget(screen)
    context.changed.connect(screen.reload)
    screen.resize(1084, 742)
    screen.show()
    yield screen
    qtbot.waitUntil(lambda: not context.lookups.busy)


def settle(qtbot, screen):
    qtbot.waitUntil(
        lambda: not (screen._context.lookups.busy or screen._wait.isActive() or screen.model.asking)
    )


def load(qtbot, screen):
    screen.reload()
    settle(qtbot, screen)


def shown(screen, column=ADDRESS):
    return [screen.model.index(row, column).data() for row in range(screen.model.rowCount())]


def detail(screen):
    return [label.text().replace("\u200b", "") for label in screen.detail.findChildren(QLabel)]


def test_an_empty_register_says_what_will_appear_and_offers_the_first_step(screen, context, qtbot):
    load(qtbot, screen)
    assert screen.empty.isVisible()
    assert screen.empty.title.text() == "Nobody has opted out yet"
    with qtbot.waitSignal(context.record_optout) as asked:
        screen.empty.button.click()
    assert asked.args == [""]


def test_the_heading_and_the_chips_count(desk, screen, qtbot):
    record(desk, "maria.ortiz@lakeside.example", date(2026, 11, 10))
    record(desk, "late@a.example", date(2026, 11, 2))
    record(desk, "*@competitor.example", date(2026, 11, 23))
    load(qtbot, screen)
    assert screen.summary.text() == "3 addresses and domains suppressed · 3 requests open"
    assert [chip.text() for chip in screen.chips.chips] == ["Open 3", "Due soon 1", "Late 1", "All 3"]


def test_each_chip_shows_what_it_counts(desk, screen, qtbot):
    record(desk, "soon@a.example", date(2026, 11, 10))
    record(desk, "late@a.example", date(2026, 11, 2))
    record(desk, "new@a.example", date(2026, 11, 23))
    desk.due_requests.mark_done(
        [record(desk, "done@a.example", date(2026, 11, 20)).id], now=desk.now(), by="Ana"
    )
    load(qtbot, screen)
    expected = {
        Show.OPEN: ["late@a.example", "soon@a.example", "new@a.example"],  # what is due first stands first
        Show.SOON: ["soon@a.example"],
        Show.LATE: ["late@a.example"],
        Show.ALL: ["new@a.example", "done@a.example", "soon@a.example", "late@a.example"],
    }
    for show, addresses in reversed(expected.items()):
        screen.chips.choose(show)
        settle(qtbot, screen)
        assert shown(screen) == addresses


def test_with_nothing_open_the_whole_register_is_shown_first(desk, screen, qtbot):
    desk.due_requests.mark_done([record(desk, "done@a.example").id], now=desk.now(), by="Ana")
    load(qtbot, screen)
    settle(qtbot, screen)
    assert screen.chips.key() == Show.ALL
    assert shown(screen) == ["done@a.example"]


def test_typing_finds_and_clearing_brings_all_back(desk, screen, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    record(desk, "hello@brightpaws.example")
    load(qtbot, screen)
    qtbot.keyClicks(screen.search, "ORTIZ")
    settle(qtbot, screen)
    assert shown(screen) == ["maria.ortiz@lakeside.example"]
    qtbot.keyClick(screen.search, Qt.Key.Key_Escape)
    settle(qtbot, screen)
    assert len(shown(screen)) == 2


def test_a_domain_is_found_as_it_is_written(desk, screen, qtbot):
    record(desk, "*@competitor.example")
    load(qtbot, screen)
    screen.search.setText("*@competitor.example")
    settle(qtbot, screen)
    assert shown(screen) == ["*@competitor.example"]


def test_a_search_without_hits_offers_to_record_it(desk, screen, context, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    load(qtbot, screen)
    screen.chips.choose(Show.ALL)
    screen.search.setText("new@b.example")
    settle(qtbot, screen)
    assert screen.empty.title.text() == "Nobody matching “new@b.example” has opted out"
    with qtbot.waitSignal(context.record_optout) as asked:
        screen.empty.button.click()
    assert asked.args == ["new@b.example"]


def test_channel_and_list_narrow_the_register(desk, screen, qtbot):
    record(desk, "phone@a.example", channel=Channel.PHONE)
    record(desk, "news@a.example", channel=Channel.REPLY, scope="Newsletter")
    load(qtbot, screen)
    channel, scopes = screen.filters.channel, screen.filters.list
    channel.setCurrentIndex(channel.findData(Channel.PHONE))
    settle(qtbot, screen)
    assert shown(screen) == ["phone@a.example"]
    channel.setCurrentIndex(0)
    scopes.setCurrentIndex(scopes.findData("Newsletter"))
    settle(qtbot, screen)
    assert shown(screen) == ["news@a.example"]


def test_the_panel_tells_the_whole_story(desk, screen, qtbot):
    moment = datetime(2026, 11, 10, 21, 42, tzinfo=UTC)
    record(
        desk,
        "maria.ortiz@lakeside.example",
        moment,
        channel=Channel.PHONE,
        note="Please take me off everything.",
    )
    load(qtbot, screen)
    told = detail(screen)
    assert "maria.ortiz@lakeside.example" in told
    assert "Blocked from all mail since 10 Nov 2026, 16:42" in told
    assert "Due Wed 25 Nov · 1 business day left. Wed 11 Nov (Veterans Day) does not count." in told
    assert "Asked by phone to stop all mail" in told
    assert "“Please take me off everything.”" in told
    assert any(text.startswith("Tue 10 Nov 16:42 · recorded") and text.endswith("by Ana") for text in told)


def test_marking_done_asks_first_and_then_settles_it(desk, screen, context, qtbot):
    record(desk, "maria.ortiz@lakeside.example", date(2026, 11, 10))
    load(qtbot, screen)
    with qtbot.assertNotEmitted(context.changed):
        screen.detail.todo.done.click()
    (ask,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MarkDoneDialog) and w.isVisible()]
    assert ask.heading.text() == "Removed everywhere you send from?"
    assert any(
        "Confirm that maria.ortiz@lakeside.example is out of every list" in x.text()
        for x in ask.findChildren(QLabel)
    )
    with qtbot.waitSignal(context.changed):
        ask.confirm.click()
    settle(qtbot, screen)
    screen.chips.choose(Show.ALL)
    settle(qtbot, screen)
    assert shown(screen, STATE) == ["Done"]
    assert "Removed everywhere you send from" in detail(screen)
    assert "Still to do" not in detail(screen)


def test_history_of_somebody_who_is_not_in_the_table(desk, screen, qtbot):
    done = record(desk, "maria.ortiz@lakeside.example")
    record(desk, "hello@brightpaws.example")
    desk.due_requests.mark_done([done.id], now=desk.now(), by="Ana")
    load(qtbot, screen)
    assert shown(screen) == ["hello@brightpaws.example"]
    screen.show_history(Kind.ADDRESS, "maria.ortiz@lakeside.example")
    settle(qtbot, screen)
    assert shown(screen) == ["maria.ortiz@lakeside.example"]
    assert screen.detail.history.key == "maria.ortiz@lakeside.example"


def test_history_of_somebody_with_nothing_on_record(desk, screen, context, qtbot):
    load(qtbot, screen)
    screen.show_history(Kind.ADDRESS, "free@b.example")
    settle(qtbot, screen)
    assert "Nothing on record. May be mailed." in detail(screen)
    with qtbot.waitSignal(context.record_optout) as asked:
        screen.detail.record.click()
    assert asked.args == ["free@b.example"]


def test_somebody_blocked_through_her_domain_or_hash_is_never_called_free(desk, screen, qtbot, tmp_path):
    record(desk, "*@competitor.example", date(2026, 11, 3))
    file = tmp_path / "hashes.txt"
    file.write_text(hashlib.sha256(b"ann@shop.example").hexdigest() + "\n")
    service = desk.import_optouts
    with service.preview(service.open(file, now=desk.now()), now=desk.now()) as preview:
        service.run(preview, by="Ana", now=desk.now())
    load(qtbot, screen)
    screen.chips.choose(Show.ALL)
    for address, how in (("ops@competitor.example", "domain"), ("Ann@shop.example", "hash")):
        screen.search.setText(address)
        settle(qtbot, screen)
        assert screen.empty.title.text() == f"“{address}” has no request of its own"
        assert screen.empty.text.text().startswith(f"Do not mail it: its {how} is suppressed (")
    screen.show_history(Kind.ADDRESS, "ann@shop.example")
    settle(qtbot, screen)
    assert "Blocked through its hash; receipt not known, by 24 Nov 2026 at the latest" in detail(screen)


def test_an_address_blocked_through_its_domain_leads_to_the_domain(desk, screen, qtbot):
    record(desk, "*@competitor.example", date(2026, 11, 3))
    load(qtbot, screen)
    screen.show_history(Kind.ADDRESS, "ops@competitor.example")
    settle(qtbot, screen)
    assert "Blocked through its domain since 3 Nov 2026" in detail(screen)
    screen.detail.show_other.emit(Kind.DOMAIN, "competitor.example")
    settle(qtbot, screen)
    assert screen.detail.history.kind is Kind.DOMAIN
    assert shown(screen) == ["*@competitor.example"]


def test_a_change_elsewhere_is_shown_and_the_chosen_one_stays_chosen(desk, screen, context, qtbot):
    record(desk, "first@a.example", date(2026, 11, 19))
    record(desk, "second@a.example", date(2026, 11, 20))
    load(qtbot, screen)
    screen.table.selectRow(1)
    record(desk, "third@a.example", date(2026, 11, 18))
    context.broadcast(Changes.REQUESTS)
    settle(qtbot, screen)
    assert len(shown(screen)) == 3
    assert screen.table.currentIndex().data() == "second@a.example"
    assert screen.detail.history.key == "second@a.example"


def test_the_arrows_lead_from_the_search_into_the_table(desk, screen, qtbot):
    record(desk, "first@a.example", date(2026, 11, 19))
    record(desk, "second@a.example", date(2026, 11, 20))
    load(qtbot, screen)
    screen.first_focus()
    qtbot.keyClick(screen.search, Qt.Key.Key_Down)
    qtbot.keyClick(screen.table, Qt.Key.Key_Down)
    assert screen.detail.history.key == "second@a.example"


def test_every_part_that_takes_the_keyboard_has_a_name(desk, screen, qtbot):
    record(desk, "maria.ortiz@lakeside.example", date(2026, 11, 10))
    load(qtbot, screen)
    from PySide6.QtGui import QAccessible
    from PySide6.QtWidgets import QAbstractScrollArea, QWidget

    for widget in screen.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            inner = widget.parent()
            if isinstance(inner, QAbstractScrollArea) and widget.objectName().startswith("qt_"):
                continue
            face = QAccessible.queryAccessibleInterface(widget)
            assert face is not None, widget
            assert face.text(QAccessible.Text.Name), widget


def test_narrow_windows_leave_out_what_the_panel_says(desk, screen, qtbot):
    record(desk, "maria.ortiz@lakeside.example")
    load(qtbot, screen)
    screen.resize(828, 642)
    assert screen.table.isColumnHidden(2)
    assert not screen.table.isColumnHidden(STATE)
    screen.resize(1400, 742)  # wide enough in any letters
    assert not screen.table.isColumnHidden(2)
