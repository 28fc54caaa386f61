"""The parts: the strip explains a date, chips move by arrow keys, files are dropped, nothing is clipped."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, QRectF, QStringListModel, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from optoutdesk.domain.deadlines import CellKind
from optoutdesk.services.due_requests import Due
from optoutdesk.ui import words
from optoutdesk.ui.theme import theme
from optoutdesk.ui.widgets import Button, Chip, DeadlineStrip, DropZone, ElidedLabel, FilterChips, drop_zone
from optoutdesk.ui.widgets.basic import breakable
from optoutdesk.ui.widgets.flow import FlowLayout
from optoutdesk.ui.widgets.message import Message, ask
from optoutdesk.ui.widgets.strip import cell_rects, paint_strip
from optoutdesk.ui.widgets.table import ListTable

TODAY = date(2026, 11, 24)


@pytest.fixture
def due(desk, record) -> Due:
    """Received on 10 November: Veterans Day does not count, so it is due on the 25th."""
    return desk.due_requests.clock(record("maria.ortiz@lakeside.example"), TODAY)


def colours_in(image: QImage, place: QRectF) -> set[str]:
    area = place.toAlignedRect()
    pixels = ((x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom()))
    return {image.pixelColor(x, y).name() for x, y in pixels}


def painted(due: Due) -> tuple[QImage, list[QRectF]]:
    image = QImage(200, 16, QImage.Format.Format_RGB32)
    image.fill(QColor(theme().surface))
    painter = QPainter(image)
    place = QRectF(0, 0, 200, 16)
    paint_strip(painter, place, due)
    painter.end()
    return image, cell_rects(due.strip, place)


def test_every_day_of_the_count_is_painted_as_what_it_is(qapp, due: Due) -> None:
    image, places = painted(due)
    filled, to_come = QColor(theme().danger).name(), QColor(theme().empty).name()
    assert due.strip[0].holiday.startswith("Veterans Day")
    for cell, place in zip(due.strip, places, strict=True):
        seen = colours_in(image, place)
        assert (filled in seen) == (cell.kind is CellKind.PASSED), cell
        assert (to_come in seen) == (cell.kind is CellKind.TO_COME), cell
        if cell.kind is CellKind.WEEKEND:
            assert seen == {QColor(theme().surface).name()}
        if cell.kind is CellKind.HOLIDAY:
            assert len(seen) > 3  # hatched


@pytest.mark.parametrize(
    ("received", "tone"),
    [
        (date(2026, 11, 3), "danger"),
        (date(2026, 11, 10), "danger"),
        (date(2026, 11, 12), "warning"),
        (TODAY, "accent"),
    ],
)
def test_the_tone_follows_the_days_left(desk, record, received: date, tone: str) -> None:
    assert words.urgency_tone(desk.due_requests.clock(record("a@shop.example", received), TODAY)) == tone


def test_the_strip_explains_the_date_in_words(qtbot, due: Due) -> None:
    strip = DeadlineStrip()
    qtbot.addWidget(strip)
    strip.set_due(due, TODAY)
    text = strip.accessibleDescription()
    assert "due Wed 25 Nov, 10 business days later" in text
    assert "1 business day left" in text
    assert "Wed 11 Nov (Veterans Day) does not count" in text
    assert strip.toolTip() == text
    assert "maria.ortiz@lakeside.example" in strip.accessibleName()


def test_a_strip_with_little_room_shows_all_its_cells(due: Due) -> None:
    places = cell_rects(due.strip, QRectF(0, 0, 60, 16))
    assert places[-1].right() <= 60
    assert all(place.width() > 0 for place in places)


def test_arrow_keys_move_between_the_chips(qtbot) -> None:
    chips = FilterChips([("open", "Open"), ("late", "Overdue"), ("all", "All")])
    qtbot.addWidget(chips)
    chips.show()
    chosen: list[object] = []
    chips.changed.connect(chosen.append)
    chips.chips[0].setFocus()
    qtbot.keyClick(chips.chips[0], Qt.Key.Key_Right)
    qtbot.keyClick(chips.chips[1], Qt.Key.Key_Left)
    qtbot.keyClick(chips.chips[0], Qt.Key.Key_Left)
    assert chosen == ["late", "open", "all"]
    assert chips.key() == "all"
    # One stop for the Tab key.
    assert [bool(chip.focusPolicy() & Qt.FocusPolicy.TabFocus) for chip in chips.chips] == [
        False,
        False,
        True,
    ]


def test_arrow_keys_skip_a_hidden_chip(qtbot) -> None:
    chips = FilterChips([("a", "A"), ("b", "B"), ("c", "C")])
    qtbot.addWidget(chips)
    chips.show()
    chips.set_shown("b", False)
    qtbot.keyClick(chips.chips[0], Qt.Key.Key_Right)
    assert chips.key() == "c"


def test_a_chip_says_its_count(qtbot) -> None:
    chips = FilterChips([("all", "All")])
    qtbot.addWidget(chips)
    chips.set_count("all", 12408)
    assert chips.chips[0].text() == chips.chips[0].accessibleName() == "All 12,408"


def test_chips_go_on_in_the_next_line(qtbot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(holder, spacing=8)
    for number in range(6):
        flow.addWidget(QLabel(f"a longish chip {number}"))
    wide, narrow = flow.heightForWidth(2000), flow.heightForWidth(200)
    assert narrow > 2 * wide
    holder.resize(200, narrow)
    holder.show()
    assert all(QRect(0, 0, 200, narrow).contains(flow.itemAt(i).geometry()) for i in range(flow.count()))


def test_a_file_is_dropped(qtbot, drop, tmp_path: Path) -> None:
    zone = DropZone("Drop a list", "Any list.")
    qtbot.addWidget(zone)
    file = tmp_path / "list.csv"
    file.write_text("a@shop.example\n", "utf-8")
    with qtbot.waitSignal(zone.dropped) as taken:
        assert drop(zone, file)
    assert taken.args == [file]


def test_a_folder_is_not_taken(qtbot, drop, tmp_path: Path) -> None:
    zone = DropZone("Drop a list", "Any list.")
    qtbot.addWidget(zone)
    assert not drop(zone, tmp_path)


def test_enter_opens_the_file_dialog(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: opened.append(dialog))  # noqa: PLW0108 - a method
    zone = DropZone("Drop a list", "Any list.")
    qtbot.addWidget(zone)
    qtbot.keyClick(zone, Qt.Key.Key_Return)
    assert len(opened) == 1
    with qtbot.waitSignal(zone.dropped) as taken:
        opened[0].fileSelected.emit(str(tmp_path / "x.csv"))
    assert taken.args == [tmp_path / "x.csv"]


def test_a_shortened_text_is_whole_in_its_tooltip(qtbot) -> None:
    shown = ElidedLabel("a.very.long.address@somewhere.example")
    qtbot.addWidget(shown)
    shown.resize(80, 20)
    shown.show()
    assert shown.elided().endswith("…")
    assert shown.toolTip() == "a.very.long.address@somewhere.example"
    shown.resize(600, 20)
    assert shown.elided() == shown.text()
    assert not shown.toolTip()


def test_what_stands_in_a_list_is_never_markup(qtbot) -> None:
    chip = Chip("<b>bold</b>", "danger")
    qtbot.addWidget(chip)
    assert chip.textFormat() is Qt.TextFormat.PlainText


def test_the_details_are_one_click_away_and_ready_to_copy(qtbot) -> None:
    message = Message(None, "That did not work", "The list cannot be read.", details="line 7: bad byte")
    qtbot.addWidget(message)
    message.open()
    assert not message.details.isVisible()
    qtbot.mouseClick(message.more, Qt.MouseButton.LeftButton)
    assert message.details.isVisible()
    qtbot.mouseClick(message.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "The list cannot be read.\n\nline 7: bad byte"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_presses_a_button_wherever_it_stands(qtbot, key: Qt.Key) -> None:
    button = Button("Mark done")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, key)


def test_a_long_address_in_a_sentence_is_not_cut_and_is_copied_as_it_is(qtbot) -> None:
    address = "a.very.long.mailbox.that.never.ends@subdomain.of.a.rather.long.company.example"
    message = Message(None, "Sure?", f"Is {address} gone?", details="-", details_shown=True)
    qtbot.addWidget(message)
    message.open()
    widest = max(
        message.fontMetrics().horizontalAdvance(part) for part in message.text.text().split("\u200b")
    )
    assert widest <= message.text.width()
    assert message.text.accessibleName() == f"Is {address} gone?"
    message.copy.click()
    assert QApplication.clipboard().text().startswith(f"Is {address} gone?")
    assert breakable("maria.ortiz@lakeside.example") == "maria.ortiz@lakeside.example"


def test_a_wrapped_sentence_is_never_cut(qtbot) -> None:
    message = Message(None, "That did not work", "A rather long sentence about what to do next. " * 12)
    qtbot.addWidget(message)
    message.open()
    assert message.text.height() >= message.text.heightForWidth(message.text.width())
    assert message.rect().contains(message.no.geometry())


def test_enter_held_down_presses_once(qtbot) -> None:
    button = Button("Mark done")
    qtbot.addWidget(button)
    press, keys = QEvent.Type.KeyPress, Qt.KeyboardModifier.NoModifier
    with qtbot.assertNotEmitted(button.clicked):
        QApplication.sendEvent(button, QKeyEvent(press, Qt.Key.Key_Return, keys, "\r", autorep=True))


def test_a_question_is_not_answered_by_the_enter_that_asked_it(qtbot) -> None:
    agreed: list[bool] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    asked = ask(parent, "Really?", "It cannot be taken back.", "Yes", lambda: agreed.append(True))
    assert asked.focusWidget() is asked.no
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    assert not agreed
    assert not asked.isVisible()


def test_the_heading_of_a_dialog_says_what_it_is_and_its_title_whose(qtbot) -> None:
    message = Message(None, "That did not work", "The list cannot be read.")
    qtbot.addWidget(message)
    assert message.windowTitle() == "Opt-Out Desk"
    assert message.accessibleName() == "That did not work"


def test_the_file_dialog_goes_on_where_she_last_was(
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: opened.append(dialog))  # noqa: PLW0108 - a method
    monkeypatch.setattr(drop_zone, "_last_folder", "")
    monkeypatch.setattr(
        drop_zone.QStandardPaths, "writableLocation", lambda _place: str(tmp_path / "not there")
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "lists").mkdir()
    zone = DropZone("Drop a list", "Any list.")
    qtbot.addWidget(zone)
    zone.choose()
    assert opened[0].directory().absolutePath() == str(tmp_path)  # there is no folder of documents
    opened[0].fileSelected.emit(str(tmp_path / "lists" / "x.csv"))
    zone.choose()
    assert opened[1].directory().absolutePath() == str(tmp_path / "lists")


def test_a_table_shows_where_the_keyboard_is(qtbot) -> None:
    table = ListTable("Rows")
    qtbot.addWidget(table)
    table.setModel(QStringListModel(["a", "b"], table))
    focus_in = QEvent.Type.FocusIn
    QApplication.sendEvent(table, QFocusEvent(focus_in, Qt.FocusReason.OtherFocusReason))
    assert not table.currentIndex().isValid()
    QApplication.sendEvent(table, QFocusEvent(focus_in, Qt.FocusReason.TabFocusReason))
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
