"""Is this list still safe? Today says it, a dropped file is recognised, and cleaning again takes one click."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from optoutdesk.domain.cleaning import CleanRecord
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_list import Plan
from optoutdesk.ui.dialogs.known_list import KnownDialog
from optoutdesk.ui.dialogs.which import WhichDialog
from optoutdesk.ui.screens.clean import CleanScreen
from optoutdesk.ui.widgets.cleaned_lists import SHOWN, CleanedListsCard
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import CLEAN, OPT_OUTS, TODAY, MainWindow

JANE, BOB = "jane@shop.example", "bob@shop.example"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "newsletter.csv"
    path.write_text(f"e-mail\n{JANE}\n{BOB}\nkim@shop.example\n", "utf-8")
    return path


@pytest.fixture
def clean(desk, file: Path):
    """Clean the list, as if it had been cleaned an hour ago."""

    def do(path: Path = file) -> CleanRecord:
        plan = Plan(desk.clean_list.open(path))
        outputs = desk.clean_list.default_outputs(plan)
        at = desk.now() - timedelta(hours=1)
        return desk.clean_list.clean(plan, outputs, by="Ana", now=at, overwrite=True)[0]

    return do


@pytest.fixture
def card(qtbot, context) -> CleanedListsCard:
    made = CleanedListsCard(context)
    qtbot.addWidget(made)
    made.resize(272, 400)
    made.show()
    context.changed.connect(made.reload)
    reload(qtbot, made)
    return made


def reload(qtbot, card: CleanedListsCard) -> None:
    card.reload()
    settle(qtbot, card)


def settle(qtbot, card: CleanedListsCard) -> None:
    context = card._context
    qtbot.waitUntil(lambda: not context.lookups.busy and not context.tasks.busy)


def told(window: MainWindow, qtbot) -> None:
    context = window.context
    qtbot.waitUntil(lambda: not context.lookups.busy and not context.tasks.busy)


def dialog(kind: type):
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


# -- the card


def test_without_a_list_the_card_says_what_will_appear(card) -> None:
    assert card.empty.isVisible()
    assert card.rows == []


def test_a_list_is_safe_until_somebody_opts_out(card, clean, record, qtbot) -> None:
    clean()
    reload(qtbot, card)
    row = card.rows[0]
    assert row.name.text() == "newsletter.csv"
    assert row.facts.text() == "Today 10:00 · 3 kept, 0 removed"
    assert row.chip.text() == "Still safe to send"
    assert not row.again.isVisible()
    record(JANE)
    reload(qtbot, card)
    assert row.chip.text() == "1 opted out since"
    assert row.again.isVisible()
    assert row.again.accessibleName() == "Clean newsletter.csv again"


def test_one_click_cleans_again_and_says_what_happened(
    card, clean, record, qtbot, context, monkeypatch
) -> None:
    before = clean()
    record(JANE)
    record(BOB)
    reload(qtbot, card)
    said: list[object] = []
    context.notice.connect(said.append)
    context.changed.connect(said.append)
    qtbot.mouseClick(card.rows[0].again, Qt.MouseButton.LeftButton)
    settle(qtbot, card)
    assert said == ["2 more removed; 1 kept. Send to newsletter-clean.csv.", Changes.CLEANED_LISTS]
    row = card.rows[0]
    assert row.chip.text() == "Still safe to send"
    assert row.outcome.text() == "2 more removed; 1 kept."
    assert row.folder.isVisible()
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    row.folder.click()
    assert shown == [str(before.output_path.parent)]
    assert JANE not in before.output_path.read_text()


def test_while_it_is_cleaned_there_is_progress_and_cancel(card, clean, record, qtbot, desk) -> None:
    before = clean()
    content = before.output_path.read_bytes()
    record(JANE)
    reload(qtbot, card)
    row = card.rows[0]
    row.again.click()
    assert row.bar.isVisible()
    assert row.cancel.isVisible()
    assert not row.again.isVisible()
    row.cancel.click()
    settle(qtbot, card)
    assert not row.bar.isVisible()
    assert row.again.isVisible()
    assert before.output_path.read_bytes() == content
    assert len(desk.store.cleans()) == 1


def test_an_altered_list_is_said_to_be_altered(card, clean, qtbot) -> None:
    record = clean()
    record.output_path.write_text("e-mail\neve@shop.example\n")
    reload(qtbot, card)
    row = card.rows[0]
    assert row.chip.text() == "Altered since"
    assert "no longer what was written" in row.chip.toolTip()
    assert row.again.isVisible()


def test_a_list_that_is_gone_is_said_calmly(card, clean, file, qtbot) -> None:
    record = clean()
    record.output_path.unlink()
    file.unlink()
    reload(qtbot, card)
    row = card.rows[0]
    assert (row.chip.text(), row.chip.property("tone")) == ("No longer there", "plain")
    assert "newsletter-clean.csv was moved or deleted." in row.chip.toolTip()
    assert not row.again.isVisible(), "there is nothing to clean again"


def test_a_file_that_is_still_to_be_read_is_not_called_safe(card, clean, qtbot) -> None:
    clean()
    card._ask(read_files=False)
    seen: list[str] = []
    original = card.show_lists

    def watch(lists) -> None:
        original(lists)
        seen.append(card.rows[0].chip.text())

    card.show_lists = watch
    settle(qtbot, card)
    assert seen == ["Checking …", "Still safe to send"]


def test_what_happened_to_a_file_meanwhile_is_seen_when_she_comes_back(card, clean, qtbot) -> None:
    record = clean()
    reload(qtbot, card)
    assert card.rows[0].chip.text() == "Still safe to send"
    record.output_path.unlink()
    card.look_again()
    settle(qtbot, card)
    assert card.rows[0].chip.text() == "No longer there"


def test_an_original_that_was_changed_is_opened_to_be_looked_at(
    card, clean, record, file, qtbot, context
) -> None:
    clean()
    record(JANE)
    file.write_text(f"Name,Address\nJane,{JANE}\n")
    reload(qtbot, card)
    said: list[object] = []
    context.notice.connect(said.append)
    context.open_list.connect(said.append)
    card.rows[0].again.click()
    settle(qtbot, card)
    why = "newsletter.csv was changed since it was cleaned. Look at its columns and clean it."
    assert said == [why, file]


def test_what_cannot_be_cleaned_again_is_one_sentence(card, clean, record, file, qtbot) -> None:
    before = clean()
    record(JANE)
    reload(qtbot, card)
    file.unlink()
    before.output_path.unlink()
    card.rows[0].again.click()
    settle(qtbot, card)
    assert dialog(Message).text.text().startswith("Neither newsletter.csv nor newsletter-clean.csv")


def test_only_the_latest_lists_are_shown(card, clean, qtbot, tmp_path) -> None:
    for number in range(SHOWN + 2):
        path = tmp_path / f"list{number}.csv"
        path.write_text(f"e-mail\nperson{number}@shop.example\n")
        clean(path)
    reload(qtbot, card)
    names = [row.name.text() for row in card.rows if row.isVisible()]
    assert names == [f"list{number}.csv" for number in range(SHOWN + 1, 1, -1)]


# -- a dropped file


def test_a_clean_list_that_is_safe_is_recognised(window, clean, drop, qtbot) -> None:
    record = clean()
    assert drop(window, record.output_path)
    told(window, qtbot)
    known = dialog(KnownDialog)
    assert known.heading.text() == "newsletter-clean.csv is still safe to send"
    assert "the clean list of newsletter.csv (Today 10:00 by Ana; 3 kept, 0 removed)" in known.text.text()
    assert known.confirm.isHidden()
    assert window.stack.currentIndex() == TODAY
    known.cancel.click()


def test_a_clean_list_that_is_no_longer_safe_is_cleaned_again(window, clean, record, drop, qtbot) -> None:
    before = clean()
    record(JANE)
    assert drop(window, before.output_path)
    told(window, qtbot)
    known = dialog(KnownDialog)
    assert known.heading.text() == "1 opted out since newsletter-clean.csv was cleaned"
    known.confirm.click()
    told(window, qtbot)
    assert known.isVisible(), "she is shown what came of it"
    assert known.heading.text() == "1 more removed; 2 kept."
    assert known.folder.isVisible()
    assert known.confirm.isHidden()
    assert JANE not in before.output_path.read_text()
    known.cancel.click()


def test_an_altered_clean_list_is_offered_to_be_cleaned(window, clean, drop, qtbot) -> None:
    record = clean()
    record.output_path.write_text("e-mail\neve@shop.example\n")
    assert drop(window, record.output_path)
    told(window, qtbot)
    known = dialog(KnownDialog)
    assert known.heading.text() == "newsletter-clean.csv was altered since it was cleaned"
    assert known.as_list.text() == "Clean this file…"
    known.as_list.click()
    told(window, qtbot)
    assert window.stack.currentIndex() == CLEAN
    assert window.screen_at(CLEAN).view.name.text() == "newsletter-clean.csv"


@pytest.mark.parametrize("screen", [TODAY, CLEAN])
def test_an_original_that_was_cleaned_already_says_when_and_where(
    window, clean, file, drop, qtbot, screen: int, monkeypatch
) -> None:
    clean()
    window.go_to(screen)
    if screen == CLEAN:
        window.screen_at(CLEAN).start.zone.dropped.emit(file)
    else:
        drop(window, file)
    told(window, qtbot)
    known = dialog(KnownDialog)
    assert known.heading.text() == "newsletter.csv was cleaned already"
    assert known.text.text() == (
        "Today 10:00 by Ana: 3 kept, 0 removed. Its clean list, newsletter-clean.csv, is still safe to send."
    )
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    assert known.folder.text() == "Show its clean list"
    known.folder.click()
    assert shown == [str(file.parent)]
    known.as_list.click()
    told(window, qtbot)
    assert window.screen_at(CLEAN).view.name.text() == "newsletter.csv"


def test_the_removed_rows_are_not_to_be_mailed(window, clean, record, drop, qtbot) -> None:
    record(JANE)
    removed = clean().removed_path
    assert drop(window, removed)
    told(window, qtbot)
    known = dialog(KnownDialog)
    assert known.heading.text() == "Do not send to newsletter-removed.csv"
    assert known.text.text() == (
        "This is the row that was removed from newsletter.csv, Today 10:00 by Ana, with its reason."
    )
    assert known.confirm.isHidden()


def test_cleaning_a_dropped_file_again_may_need_a_look_first(
    window, clean, record, file, drop, qtbot
) -> None:
    before = clean()
    record(JANE)
    file.write_text(f"Name,Address\nJane,{JANE}\n")
    assert drop(window, before.output_path)
    told(window, qtbot)
    dialog(KnownDialog).confirm.click()
    told(window, qtbot)
    assert dialog(KnownDialog) is None
    assert window.screen_at(CLEAN).view.name.text() == "newsletter.csv"


def test_an_unknown_file_goes_on_as_ever(window, clean, drop, tmp_path, qtbot) -> None:
    clean()
    other = tmp_path / "spring.csv"
    other.write_text(f"e-mail\n{JANE}\n")
    assert drop(window, other)
    told(window, qtbot)
    assert dialog(KnownDialog) is None
    assert window.screen_at(CLEAN).view.name.text() == "spring.csv"


def test_a_file_of_opt_outs_is_still_asked_about(window, clean, drop, tmp_path, qtbot) -> None:
    import import_samples

    clean()
    assert drop(window, import_samples.mailchimp(tmp_path))
    told(window, qtbot)
    assert dialog(WhichDialog) is not None


def test_on_opt_outs_a_file_is_imported_whatever_it_was(window, clean, drop, qtbot, monkeypatch) -> None:
    record = clean()
    taken: list[Path] = []
    monkeypatch.setattr(window, "import_file", taken.append)
    window.go_to(OPT_OUTS)
    assert drop(window, record.output_path)
    told(window, qtbot)
    assert taken == [record.output_path]


def test_a_file_that_cannot_be_read_is_said_to_be_so_where_it_is_opened(
    window, drop, tmp_path, qtbot
) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    assert drop(window, broken)
    told(window, qtbot)
    screen: CleanScreen = window.screen_at(CLEAN)
    assert screen.start.problem.isVisible()
