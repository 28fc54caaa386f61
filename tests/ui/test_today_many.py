"""Today with 500 and with 20,000 open requests: workable, quick, and nothing overdue is ever out of sight."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from today_driver import click, heads, row_of, section, settle

import many_requests
from optoutdesk.services.changes import Changes
from optoutdesk.services.due_requests import DueFilter, DueRequests, GroupBy
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.due_lines import Kind
from optoutdesk.ui.models.due_model import PAGE
from optoutdesk.ui.screens.today import TodayScreen
from optoutdesk.ui.screens.today_bars import OTHERS_STAY
from optoutdesk.ui.widgets.due_list import MANY
from optoutdesk.ui.widgets.due_places import Part

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="session")
def five_hundred(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "500"
    many_requests.make_many(folder, 500).close()
    return folder


@pytest.fixture(scope="session")
def twenty_thousand(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "20000"
    many_requests.make_many(folder, 20_000).close()
    return folder


def opened(qtbot, template: Path, folder: Path) -> Iterator[TodayScreen]:
    """The screen on a copy of a desk."""
    shutil.copytree(template, folder)
    desk = many_requests.open_desk(folder)
    context = Context(desk)
    made = TodayScreen(context)
    qtbot.addWidget(made)
    context.changed.connect(made.reload)
    made.resize(1084, 742)
    made.show()
    made.reload()
    settle(qtbot, made)
    yield made
    context.close()
    desk.close()


@pytest.fixture
def many(qtbot, five_hundred: Path, tmp_path: Path) -> Iterator[TodayScreen]:
    for made in opened(qtbot, five_hundred, tmp_path / "desk"):
        rows = made.list.rows
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        made.tester = QAbstractItemModelTester(rows, mode, rows)
        yield made


@pytest.fixture
def huge(qtbot, twenty_thousand: Path, tmp_path: Path) -> Iterator[TodayScreen]:
    yield from opened(qtbot, twenty_thousand, tmp_path / "desk")


def group(qtbot, screen: TodayScreen, by: GroupBy) -> None:
    screen.bar.group.setCurrentIndex(screen.bar.group.findData(by))
    settle(qtbot, screen)


def person(qtbot, screen: TodayScreen, name: str | None) -> None:
    screen.bar.person.setCurrentIndex(screen.bar.person.findData(name))
    settle(qtbot, screen)


def to_the_end(qtbot, screen: TodayScreen) -> None:
    """Scroll down as long as something is still to be read."""
    rows = screen.list.rows
    while more := [row for row, line in enumerate(rows.lines()) if line.kind is Kind.MORE]:
        screen.list.scrollTo(rows.index(more[0], 0))
        settle(qtbot, screen)


def shown(screen: TodayScreen) -> int:
    return sum(line.kind is Kind.REQUEST for line in screen.list.rows.lines())


# -- 500 after a holiday peak


def test_five_hundred_requests_stand_in_sections_with_their_counts(many) -> None:
    assert many.headline.text() == "150 requests need you today"
    assert heads(many) == ["Act now: 150", "On track: 350"]
    assert many.list.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Act now, 150 open, 25 overdue, "
        "blocked in every list you clean already; still to be removed where you send from"
    )
    assert many.list.many
    assert many.list.places.boxes
    assert many.bar.isVisible()


def test_all_of_them_can_be_reached_by_scrolling(many, qtbot) -> None:
    assert shown(many) < 500
    to_the_end(qtbot, many)
    assert shown(many) == 500
    assert not [line for line in many.list.rows.lines() if line.kind is Kind.MORE]
    everyone = section(many, "Act now") + section(many, "On track")
    assert len(set(everyone)) == 500


def test_they_can_be_grouped_by_due_day(many, qtbot) -> None:
    group(qtbot, many, GroupBy.DAY)
    assert heads(many) == [
        "Was due Tue 17 Nov: 25",
        "Due Wed 25 Nov: 75",
        "Due Fri 27 Nov: 50",
        "Due Thu 3 Dec: 150",
        "Due Mon 7 Dec: 100",
        "Due Tue 8 Dec: 100",
    ]


def test_they_can_be_grouped_by_platform(many, qtbot) -> None:
    group(qtbot, many, GroupBy.PLATFORM)
    assert heads(many)[0] == "Mailchimp: 500"
    assert [head.split(":")[0] for head in heads(many)] == ["Mailchimp", "Outlook", "QuickBooks"]
    outlook = next(s for s in many.list.rows.sections if s.group.platform.name == "Outlook")
    to_the_end(qtbot, many)
    open_at = {
        task.platform.name
        for due in outlook.rows
        for task in due.open_tasks
        if task.platform.name == "Outlook"
    }
    assert open_at == {"Outlook"}
    assert len(outlook.rows) == outlook.group.count


def test_a_section_can_be_folded_by_a_click_or_a_key(many, qtbot) -> None:
    click(qtbot, many, "Act now", Part.HEAD)
    assert section(many, "Act now") == []
    settle(qtbot, many)
    assert section(many, "On track")
    assert "folded" in many.list.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    many.list.setCurrentIndex(many.list.rows.index(0, 0))
    qtbot.keyClick(many.list, Qt.Key.Key_Right)
    assert len(section(many, "Act now")) == 150
    many.list.setCurrentIndex(many.list.rows.index(5, 0))
    qtbot.keyClick(many.list, Qt.Key.Key_Left)
    assert section(many, "Act now") == []
    assert many.list.currentIndex().row() == 0


def test_a_folded_section_stays_folded_when_something_changes(many, qtbot) -> None:
    click(qtbot, many, "Act now", Part.HEAD)
    many.reload(Changes.REQUESTS)
    settle(qtbot, many)
    assert heads(many) == ["Act now: 150", "On track: 350"]
    assert section(many, "Act now") == []


def test_few_requests_need_no_chooser(qtbot, tmp_path) -> None:
    for count, offered in ((20, True), (MANY, False)):
        folder = tmp_path / str(count)
        desk = many_requests.open_desk(folder)
        many_requests.record(
            desk,
            many_requests.Clock(),
            "\n".join(f"p{n}@shop.example" for n in range(count)),
            many_requests.NOW,
        )
        context = Context(desk)
        made = TodayScreen(context)
        qtbot.addWidget(made)
        made.show()
        made.reload()
        settle(qtbot, made)
        assert made.bar.isVisible() is offered
        if offered:  # without a platform there is none to group by
            assert made.bar.group.findData(GroupBy.PLATFORM) == -1
        context.close()
        desk.close()


# -- selecting many


def test_boxes_select_one_and_shift_a_range(many, qtbot) -> None:
    first, third, fifth = (section(many, "Act now")[n] for n in (0, 2, 4))
    click(qtbot, many, first, Part.BOX)
    assert many.selection.count.text() == "1 selected"
    click(qtbot, many, third, Part.BOX, SHIFT)
    assert many.selection.count.text() == "3 selected"
    click(qtbot, many, fifth, Part.STRIP, CONTROL)
    assert many.selection.count.text() == "4 selected"
    click(qtbot, many, first, Part.BOX)
    assert many.selection.count.text() == "3 selected"
    many.selection.none.click()
    assert not many.selection.isVisible()


def test_the_keyboard_selects_ranges_too(many, qtbot) -> None:
    many.list.first_focus()
    for _ in range(3):
        qtbot.keyClick(many.list, Qt.Key.Key_Down, SHIFT)
    assert many.selection.count.text() == "4 selected"


def test_a_whole_group_is_selected_before_it_is_read(many, qtbot) -> None:
    on_track = next(s for s in many.list.rows.sections if s.group.count == 350)
    assert len(on_track.rows) < 350
    to_the_end(qtbot, many)
    many.reload()
    settle(qtbot, many)
    click(qtbot, many, "Act now", Part.CHOOSE_ALL)
    settle(qtbot, many)
    assert many.selection.count.text() == "150 selected"
    click(qtbot, many, "On track", Part.CHOOSE_ALL)
    settle(qtbot, many)
    assert many.selection.count.text() == "500 selected"
    click(qtbot, many, "Act now", Part.CHOOSE_ALL)
    settle(qtbot, many)
    assert many.selection.count.text() == "350 selected"


def test_space_on_a_head_selects_its_group_and_ctrl_a_everybody(many, qtbot) -> None:
    many.list.setCurrentIndex(many.list.rows.index(0, 0))
    qtbot.keyClick(many.list, Qt.Key.Key_Space)
    settle(qtbot, many)
    assert len(many.list.rows.chosen) == 150
    qtbot.keyClick(many.list, Qt.Key.Key_A, CONTROL)
    settle(qtbot, many)
    assert len(many.list.rows.chosen) == 500


def test_what_is_no_longer_open_is_selected_no_longer(many, qtbot) -> None:
    qtbot.keyClick(many.list, Qt.Key.Key_A, CONTROL)
    settle(qtbot, many)
    desk = many._context.desk
    ids = desk.due_requests.ids(desk.now())[:120]
    many._context.broadcast(desk.due_requests.mark_done(ids, now=desk.now(), by="Ana"))
    settle(qtbot, many)
    assert many.selection.count.text() == "380 selected"
    assert not many.list.rows.chosen & set(ids)


def test_what_a_filter_hides_is_selected_no_longer(many, qtbot) -> None:
    qtbot.keyClick(many.list, Qt.Key.Key_A, CONTROL)
    settle(qtbot, many)
    person(qtbot, many, "Ben")
    visible = set(many._context.desk.due_requests.ids(many_requests.NOW, None, many.list.rows.wanted))
    assert many.list.rows.chosen == visible
    assert len(visible) < 500


# -- whose they are


def test_a_person_filter_never_hides_what_is_overdue(many, qtbot) -> None:
    overdue = set(section(many, "Act now")[:25])
    person(qtbot, many, "Ben")
    # A quarter of all is Ben's; the 25 overdue ones stay, of which 7 are his.
    assert heads(many) == ["Act now: 57", "On track: 88"]
    assert overdue <= set(section(many, "Act now"))
    assert many.bar.note.text() == OTHERS_STAY
    assert many.bar.note.isVisible()
    assert many.figures.overdue.figure.text() == "25"
    dues = [line.due for line in many.list.rows.lines() if line.due is not None]
    assert {due.assigned for due in dues if due.days_left >= 0} == {"Ben"}
    assert {due.assigned for due in dues if due.days_left < 0} == {"", "Ben"}
    person(qtbot, many, None)
    assert not many.bar.note.isVisible()
    assert heads(many) == ["Act now: 150", "On track: 350"]


def test_of_those_nobody_works_on_the_overdue_stay_too(many, qtbot) -> None:
    person(qtbot, many, "")
    assert many.bar.note.isVisible()
    assert heads(many)[0] == "Act now: 118"


def test_who_has_nothing_to_do_is_told_so(many, qtbot) -> None:
    desk = many._context.desk
    overdue = [d.request.id for d in desk.due_requests.page(desk.now(), None, limit=25).requests]
    many._context.broadcast(desk.due_requests.mark_done(overdue, now=desk.now(), by="Cleo"))
    settle(qtbot, many)
    person(qtbot, many, "Cleo")
    assert many.nothing.text() == "Nothing open is assigned to Cleo. Other requests are under “Everybody's”."
    assert many.nothing.isVisible()
    assert shown(many) == 0


def test_a_grouping_that_is_no_longer_offered_is_left(many, qtbot) -> None:
    group(qtbot, many, GroupBy.DAY)
    person(qtbot, many, "Ben")
    desk = many._context.desk
    ids = desk.due_requests.ids(desk.now())
    many._context.broadcast(desk.due_requests.mark_done(ids[:-5], now=desk.now(), by="Ana"))
    settle(qtbot, many)
    assert not many.bar.group.isVisible()
    assert many.list.rows.by is GroupBy.URGENCY
    assert many.bar.person.isVisible()
    person(qtbot, many, None)
    assert heads(many) == ["On track: 5"]
    many._context.broadcast(desk.due_requests.mark_done(ids, now=desk.now(), by="Ana"))
    settle(qtbot, many)
    assert not many.bar.isVisible()
    assert many.all_done.isVisible()


def test_platforms_that_were_retired_group_nothing_any_more(many, qtbot) -> None:
    group(qtbot, many, GroupBy.PLATFORM)
    desk = many._context.desk
    for standing in desk.platforms.all(desk.now()):
        changes = desk.platforms.retire(standing.platform.id, by="Ana", now=desk.now())
    many._context.broadcast(changes)
    settle(qtbot, many)
    assert many.bar.by is GroupBy.URGENCY
    assert many.bar.group.findData(GroupBy.PLATFORM) == -1


# -- 20,000


def test_twenty_thousand_open_requests_open_quickly(huge, qtbot) -> None:
    assert huge.headline.text() == "6,000 requests need you today"
    assert heads(huge) == ["Act now: 6000", "On track: 14000"]
    assert shown(huge) <= 2 * PAGE, "only what is in sight is read"
    assert huge.figures.open.figure.text() == "20,000"


def test_nothing_is_read_in_the_windows_thread(huge, qtbot, monkeypatch) -> None:
    readers: list[tuple[str, threading.Thread]] = []
    for name in ("today", "median_hours", "groups", "page", "ids"):
        original = getattr(DueRequests, name)

        def told(self, *arguments, original=original, name=name, **named):
            readers.append((name, threading.current_thread()))
            return original(self, *arguments, **named)

        monkeypatch.setattr(DueRequests, name, told)
    bar = huge.list.verticalScrollBar()
    huge.reload()
    settle(qtbot, huge)
    bar.setValue(bar.maximum())
    settle(qtbot, huge)
    group(qtbot, huge, GroupBy.DAY)
    person(qtbot, huge, "Ben")
    huge.list.rows.choose_all()
    settle(qtbot, huge)
    huge.acts.ask_chosen_done(huge.mapToGlobal(huge.rect().center()))
    settle(qtbot, huge)
    huge.acts.menu.close()
    assert {name for name, _ in readers} == {"today", "median_hours", "groups", "page", "ids"}
    assert all(thread is not threading.main_thread() for _, thread in readers)


def test_one_step_of_reading_takes_one_page_however_many_there_are(huge, qtbot, monkeypatch) -> None:
    limits: list[int] = []
    original = DueRequests.page

    def told(self, now, group=None, wanted=DueFilter(), after=None, limit=200):  # noqa: B008 - as the original
        limits.append(limit)
        return original(self, now, group, wanted, after, limit)

    monkeypatch.setattr(DueRequests, "page", told)
    for by in (GroupBy.DAY, GroupBy.PLATFORM, GroupBy.URGENCY):
        group(qtbot, huge, by)
    to_here = shown(huge)
    bar = huge.list.verticalScrollBar()
    bar.setValue(bar.maximum())
    settle(qtbot, huge)
    assert shown(huge) > to_here
    assert set(limits) == {PAGE}


def test_there_are_no_widgets_for_rows(huge, qtbot) -> None:
    to_the_end_of_some = huge.list.verticalScrollBar()
    before = len(huge.findChildren(object))
    for _ in range(5):
        to_the_end_of_some.setValue(to_the_end_of_some.maximum())
        settle(qtbot, huge)
    assert shown(huge) >= 1_000
    assert len(huge.findChildren(object)) == before


def test_a_group_of_thousands_is_selected_at_once(huge, qtbot) -> None:
    group(qtbot, huge, GroupBy.DAY)
    click(qtbot, huge, "Was due Tue 17 Nov", Part.CHOOSE_ALL)
    settle(qtbot, huge)
    assert huge.selection.count.text() == "1,000 selected"


def test_after_a_change_as_much_is_read_again_as_was_there(huge, qtbot) -> None:
    bar = huge.list.verticalScrollBar()
    for _ in range(3):
        bar.setValue(bar.maximum())
        settle(qtbot, huge)
    before, place = shown(huge), bar.value()
    huge.list.setCurrentIndex(huge.list.rows.index(huge.list.rowAt(100), 0))
    where = huge.list.current().request.id
    huge.reload(Changes.REQUESTS)
    settle(qtbot, huge)
    assert shown(huge) >= before
    assert huge.list.current().request.id == where
    assert abs(bar.value() - place) < huge.list.viewport().height()
    assert row_of(huge, huge.list.currentIndex().data()) == huge.list.currentIndex().row()
