"""Platforms: everywhere people are kept or mailed, what is to be removed there, and what was done about it."""

from datetime import date
from pathlib import Path

import pytest
from platform_driver import add, cards, dialog, dialogs, go, settle, written
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel

from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog
from optoutdesk.ui.dialogs.platform_add import AddPlatformDialog
from optoutdesk.ui.dialogs.platform_export import ExportedDialog
from optoutdesk.ui.dialogs.platform_history import VerificationsDialog
from optoutdesk.ui.dialogs.platform_list import ToRemoveDialog
from optoutdesk.ui.dialogs.platform_retire import RetireDialog
from optoutdesk.ui.window import CLEAN, PLATFORMS, TODAY

MARIA, HELLO, NEW = "maria.ortiz@lakeside.example", "hello@brightpaws.example", "new@fjord.example"


@pytest.fixture
def two(record):
    """Two open requests, one of which is due soon."""
    return [record(MARIA, date(2026, 11, 10)), record(HELLO, date(2026, 11, 20))]


def states(desk, request, platform) -> TaskState:
    history = desk.register.history(Kind.ADDRESS, request.key, desk.now())
    return next(t.state for t in history.tasks[request.id] if t.platform.id == platform.id)


def wait_for_plan(qtbot, window, ask: AddPlatformDialog) -> str:
    qtbot.waitUntil(lambda: not ask._wait.isActive())
    settle(qtbot, window)
    return ask.plan.text()


def open_add(qtbot, window, screen) -> AddPlatformDialog:
    (screen.first if screen.empty.isVisible() else screen.add).click()
    return dialog(AddPlatformDialog)


# -- the cards


def test_without_a_platform_the_screen_says_what_will_appear_and_offers_the_first_step(window, qtbot) -> None:
    screen = go(qtbot, window)
    assert screen.empty.isVisible()
    assert not screen.cards.isVisible()
    assert "the proof against its own export" in " ".join(x.text() for x in screen.empty.findChildren(QLabel))
    screen.first_focus()
    assert window.focusWidget() is screen.first
    screen.first.click()
    assert isinstance(dialog(), AddPlatformDialog)


def test_a_card_says_how_many_to_remove_and_that_it_was_never_verified(window, desk, two, qtbot) -> None:
    add(desk, "Mailchimp")
    add(desk, "Outlook contacts")
    screen = go(qtbot, window)
    mailchimp, outlook = cards(screen)["Mailchimp"], cards(screen)["Outlook contacts"]
    assert mailchimp.chip.text() == outlook.chip.text() == "2 to remove"
    assert mailchimp.verified.text() == "Never verified. Drop an export here to prove it."
    assert mailchimp.act.text() == "Export 2 for Mailchimp"
    assert outlook.act.text() == "Show the list"
    assert mailchimp.chip.property("tone") == "warning"
    assert not mailchimp.note.isVisible()


def test_what_is_overdue_is_said_in_words_too(window, desk, record, qtbot) -> None:
    record(MARIA, date(2026, 10, 20))
    add(desk, "Mailchimp")
    card = cards(go(qtbot, window))["Mailchimp"]
    assert (card.chip.property("tone"), card.note.text()) == ("danger", "1 overdue.")


def test_with_nothing_to_remove_it_can_still_be_verified(window, desk, qtbot) -> None:
    add(desk, "Mailchimp")
    card = cards(go(qtbot, window))["Mailchimp"]
    assert (card.chip.text(), card.chip.property("tone")) == ("Nothing to remove", "ok")
    assert not card.act.isVisible()
    assert not card.done.isVisible()
    assert card.verify.isVisible()


def test_the_rail_counts_requests_not_things_to_do(window, desk, two, qtbot) -> None:
    add(desk, "Mailchimp")
    add(desk, "Outlook contacts")
    window.on_tick()
    window._count_badge()
    assert window.rail.buttons[PLATFORMS].badge == 2
    assert window.rail.buttons[PLATFORMS].accessibleName() == "Platforms, 2 requests waiting"


def test_control_4_leads_to_the_platforms(window, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentIndex() == PLATFORMS
    assert window.rail.buttons[PLATFORMS].isChecked()


def test_any_number_of_platforms_stand_beside_and_below_each_other(window, desk, qtbot) -> None:
    for number in range(17):
        add(desk, f"List {number}")
    window.resize(960, 600)
    screen = go(qtbot, window)
    shown = screen.cards.cards
    assert len(shown) == 17
    assert len({card.width() for card in shown}) <= 2, "all are equally wide, but for a pixel"
    assert all(card.width() >= 262 for card in shown)
    assert shown[0].y() == shown[1].y() < shown[-1].y()
    window.resize(1280, 800)
    settle(qtbot, window)
    assert shown[0].y() == shown[2].y()


def test_a_change_elsewhere_shows_on_the_cards(window, desk, record, qtbot) -> None:
    add(desk, "Mailchimp")
    screen = go(qtbot, window)
    record(MARIA)
    window.context.broadcast(desk.due_requests.assign([1], "Ben", now=desk.now(), by="Ana"))
    settle(qtbot, window)
    assert cards(screen)["Mailchimp"].chip.text() == "1 to remove"


# -- adding


def test_adding_a_known_platform_says_first_what_it_adds(window, desk, two, qtbot) -> None:
    screen = go(qtbot, window)
    screen.first_focus()
    ask = open_add(qtbot, window, screen)
    assert not ask.confirm.isEnabled(), "nothing is chosen yet"
    qtbot.keyClicks(ask.search, "mailch")
    assert ask.name.text() == "Mailchimp"
    assert ask.confirm.text() == "Add Mailchimp"
    assert ask.since["suggested"].isChecked()
    assert "since the oldest open request, 10 Nov 2026" in ask.since["suggested"].text()
    assert wait_for_plan(qtbot, window, ask) == "2 people have to be removed there."
    assert not desk.platforms.all(desk.now()), "nothing was done yet"
    qtbot.keyClick(ask.search, Qt.Key.Key_Return)
    settle(qtbot, window)
    (standing,) = desk.platforms.all(desk.now())
    assert (standing.platform.known, standing.platform.since) == ("mailchimp", date(2026, 11, 10))
    assert standing.platform.by == "Ana"
    assert cards(screen)["Mailchimp"].chip.text() == "2 to remove"
    assert screen.add.isVisible()
    assert window.toast.text() == "Mailchimp is added: 2 people to remove there."
    assert window.focusWidget() is not None
    assert screen.cards.isAncestorOf(window.focusWidget()), "the keyboard stays on the screen"


def test_her_own_name_is_taken_as_it_is_typed(window, desk, two, qtbot) -> None:
    ask = open_add(qtbot, window, go(qtbot, window))
    ask.search.setText("  Paper  list ")
    assert [ask.list.item(row).text() for row in range(ask.list.count())] == [
        "“Paper list”  ·  your own name"
    ]
    assert ask.confirm.text() == "Add Paper list"
    ask.confirm.click()
    settle(qtbot, window)
    (standing,) = desk.platforms.all(desk.now())
    assert (standing.platform.name, standing.platform.known) == ("Paper list", "")


def test_a_second_account_needs_another_name(window, desk, qtbot) -> None:
    add(desk, "Mailchimp")
    ask = open_add(qtbot, window, go(qtbot, window))
    ask.search.setText("mailchimp")
    ask.list.setCurrentRow(0)
    assert not ask.confirm.isEnabled()
    assert ask.problem.text() == "You have Mailchimp already. Give another one another name."
    ask.name.setText("Mailchimp shop")
    ask.name.textEdited.emit(ask.name.text())
    ask.confirm.click()
    settle(qtbot, window)
    assert [(s.platform.name, s.platform.known) for s in desk.platforms.all(desk.now())] == [
        ("Mailchimp", "mailchimp"),
        ("Mailchimp shop", "mailchimp"),
    ]


@pytest.mark.parametrize(
    ("choice", "since", "said"),
    [
        (
            "today",
            date(2026, 11, 24),
            "Nobody has to be removed there now. Each request that comes in from then on",
        ),
        (
            "everyone",
            date(2026, 10, 6),
            "2 people have to be removed there. 1 of them is overdue already. 1 request that was done",
        ),
        ("day", date(2026, 11, 20), "1 person has to be removed there."),
    ],
)
def test_from_when_on_decides_what_is_to_do_there(window, desk, record, qtbot, choice, since, said) -> None:
    done = record(MARIA, date(2026, 10, 6))
    desk.due_requests.mark_done([done.id], now=desk.now(), by="Ana")
    record(HELLO, date(2026, 11, 20))
    ask = open_add(qtbot, window, go(qtbot, window))
    ask.search.setText("Kit")
    ask.since[choice].setChecked(True)
    assert ask.day.isEnabled() == (choice == "day")
    assert wait_for_plan(qtbot, window, ask).startswith(said)
    ask.confirm.click()
    settle(qtbot, window)
    (standing,) = desk.platforms.all(desk.now())
    assert standing.platform.since == since


def test_the_arrow_keys_choose_while_she_types(window, qtbot) -> None:
    ask = open_add(qtbot, window, go(qtbot, window))
    qtbot.keyClicks(ask.search, "mail")
    first = ask.name.text()
    qtbot.keyClick(ask.search, Qt.Key.Key_Down)
    assert ask.name.text() != first
    qtbot.keyClick(ask.search, Qt.Key.Key_Up)
    assert ask.name.text() == first


# -- retiring


def test_retiring_says_what_ends_and_keeps_the_past(window, desk, two, qtbot) -> None:
    kit = add(desk, "Kit")
    add(desk, "Outlook contacts")
    desk.due_requests.mark_done([two[0].id], now=desk.now(), by="Ana", platforms=[kit.id])
    screen = go(qtbot, window)
    cards(screen)["Kit"].to_retire.trigger()
    ask = dialog(RetireDialog)
    assert ask.text.text().startswith(
        "1 thing to do there ends: this person is not to be removed there any more."
    )
    ask.confirm.click()
    settle(qtbot, window)
    assert list(cards(screen)) == ["Outlook contacts"]
    assert screen.show_retired.text() == "Show 1 retired platform"
    screen.show_retired.click()
    (card,) = screen.retired.cards
    assert (card.name.text(), card.chip.text()) == ("Kit", "Retired")
    assert card.verified.text().startswith("Nobody is kept here since 24 Nov by Ana.")
    assert not card.to_retire.isVisible()
    assert states(desk, two[0], kit) is TaskState.REMOVED
    assert screen.show_retired.text() == "Hide 1 retired platform"


def test_a_retired_name_can_be_used_again(window, desk, qtbot) -> None:
    kit = add(desk, "Kit")
    desk.platforms.retire(kit.id, by="Ana", now=desk.now())
    ask = open_add(qtbot, window, go(qtbot, window))
    ask.search.setText("kit")
    assert ask.confirm.isEnabled()


# -- removing: the file, the list, marking exactly these done


def export(qtbot, window, screen, card, path: Path) -> ExportedDialog:
    card.act.click()
    assert isinstance(screen.acts.exporting.dialog, QFileDialog)
    screen.acts.exporting.dialog.fileSelected.emit(str(path))
    screen.acts.exporting.dialog.close()
    settle(qtbot, window)
    return dialog(ExportedDialog)


def test_the_export_has_the_shape_of_the_platform_and_says_where_to_upload_it(
    window, desk, two, qtbot, tmp_path
) -> None:
    add(desk, "Mailchimp")
    screen = go(qtbot, window)
    told = export(qtbot, window, screen, cards(screen)["Mailchimp"], tmp_path / "out.csv")
    header, *people = written(tmp_path / "out.csv")
    assert (header, sorted(people)) == (["Email Address"], [[HELLO], [MARIA]])
    said = " ".join(x.text() for x in told.findChildren(QLabel))
    assert "Saved out.csv" in said
    assert "Upload it there: Add contacts, Import" in said
    assert told.confirm.text() == "Mark 2 done…"


def test_exactly_those_exported_are_marked_done(window, desk, two, record, qtbot, tmp_path) -> None:
    mailchimp = add(desk, "Mailchimp")
    screen = go(qtbot, window)
    card = cards(screen)["Mailchimp"]
    export(qtbot, window, screen, card, tmp_path / "out.csv").reject()
    late = record(NEW, date(2026, 11, 23))  # while she was uploading
    window.context.broadcast(
        window.context.desk.due_requests.assign([late.id], "Ben", now=desk.now(), by="Ana")
    )
    settle(qtbot, window)
    assert card.chip.text() == "3 to remove"
    assert card.note.text() == "2 exported: mark them done when they were uploaded."
    assert card.done.text() == "Mark these 2 done"
    card.done.click()
    ask = dialog(MarkDoneDialog)
    ask.confirm.click()
    settle(qtbot, window)
    assert [states(desk, request, mailchimp) for request in (*two, late)] == [
        TaskState.REMOVED,
        TaskState.REMOVED,
        TaskState.OPEN,
    ]
    assert card.chip.text() == "1 to remove"
    assert not card.note.isVisible()
    assert card.done.text() == "Mark done"


def test_the_dialog_of_the_export_leads_to_marking_these_done(window, desk, two, qtbot, tmp_path) -> None:
    mailchimp = add(desk, "Mailchimp")
    screen = go(qtbot, window)
    export(qtbot, window, screen, cards(screen)["Mailchimp"], tmp_path / "out.csv").confirm.click()
    ask = dialog(MarkDoneDialog)
    assert sorted(ask._wanted.ids) == [request.id for request in two]
    ask.confirm.click()
    settle(qtbot, window)
    assert [desk.platforms.ids_to_remove(mailchimp.id)] == [[]]


def test_an_export_that_cannot_be_written_says_so_and_changes_nothing(
    window, desk, two, qtbot, tmp_path
) -> None:
    add(desk, "Mailchimp")
    screen = go(qtbot, window)
    card = cards(screen)["Mailchimp"]
    card.act.click()
    screen.acts.exporting.dialog.close()
    screen.acts.exporting.save(str(tmp_path / "nowhere" / "out.csv"))
    settle(qtbot, window)
    assert dialogs()
    assert not isinstance(dialog(), ExportedDialog)
    assert card.note.text() == ""


def test_the_list_of_a_platform_without_an_upload_can_be_copied_and_marked_done(
    window, desk, two, record, qtbot
) -> None:
    record("*@competitor.example", date(2026, 11, 23))
    outlook = add(desk, "Outlook contacts")
    screen = go(qtbot, window)
    cards(screen)["Outlook contacts"].act.click()
    shown = dialog(ToRemoveDialog)
    settle(qtbot, window)
    rows = [shown.model.index(row, 0).data() for row in range(shown.model.rowCount())]
    assert rows == [MARIA, HELLO, "*@competitor.example"]
    shown.copy.click()
    assert QGuiApplication.clipboard().text().splitlines() == rows
    shown.mark.click()
    dialog(MarkDoneDialog).confirm.click()
    settle(qtbot, window)
    assert desk.platforms.ids_to_remove(outlook.id) == []


def test_the_list_can_be_saved_as_a_plain_file(window, desk, two, qtbot, tmp_path) -> None:
    add(desk, "Outlook contacts")
    screen = go(qtbot, window)
    cards(screen)["Outlook contacts"].act.click()
    settle(qtbot, window)
    dialog(ToRemoveDialog).save.click()
    screen.acts.exporting.dialog.fileSelected.emit(str(tmp_path / "list.csv"))
    screen.acts.exporting.dialog.close()
    settle(qtbot, window)
    assert sorted(row[0] for row in written(tmp_path / "list.csv")) == ["Address", HELLO, MARIA]


def test_marking_done_asks_with_the_count_and_the_day(window, desk, two, qtbot) -> None:
    mailchimp = add(desk, "Mailchimp")
    screen = go(qtbot, window)
    cards(screen)["Mailchimp"].done.click()
    settle(qtbot, window)
    ask = dialog(MarkDoneDialog)
    assert "2 requests done at Mailchimp" in ask.heading.text()
    assert ask.day.date().toPython() == date(2026, 11, 24)
    ask.reject()
    assert len(desk.platforms.ids_to_remove(mailchimp.id)) == 2


def test_a_bounce_and_a_hash_are_nothing_to_remove(window, desk, record, qtbot) -> None:
    record(MARIA, channel=Channel.BOUNCE)
    add(desk, "Mailchimp")
    assert cards(go(qtbot, window))["Mailchimp"].chip.text() == "Nothing to remove"


def test_the_menu_offers_the_past_verifications(window, desk, qtbot) -> None:
    add(desk, "Mailchimp")
    screen = go(qtbot, window)
    cards(screen)["Mailchimp"].to_history.trigger()
    shown = dialog(VerificationsDialog)
    assert shown.model.rowCount() == 0
    assert any("It was never verified" in x.text() for x in shown.findChildren(QLabel))


def test_going_elsewhere_and_back_keeps_the_cards(window, desk, two, qtbot) -> None:
    add(desk, "Mailchimp")
    screen = go(qtbot, window)
    window.go_to(CLEAN)
    window.go_to(TODAY)
    assert go(qtbot, window) is screen
    assert list(cards(screen)) == ["Mailchimp"]
