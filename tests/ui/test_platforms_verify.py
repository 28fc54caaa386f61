"""Verifying a platform with its own export: what each side says, what is recorded, and what is done about it."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from platform_driver import (
    ESP,
    add,
    cards,
    dialog,
    dialogs,
    figures,
    go,
    settle,
    table,
    written,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

import import_samples
from export_samples import CLEANED, SUBSCRIBED, UNSUBSCRIBED, mailchimp_file, mailchimp_zip
from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.verify_platform import Side, VerifyPlatform
from optoutdesk.ui.dialogs.mark_done import MarkDoneDialog
from optoutdesk.ui.dialogs.platform_add import AddPlatformDialog
from optoutdesk.ui.dialogs.platform_export import ExportedDialog
from optoutdesk.ui.dialogs.platform_history import VerificationsDialog
from optoutdesk.ui.dialogs.platform_other import OtherPlatformDialog, WhichPlatformDialog
from optoutdesk.ui.dialogs.undo_import import UndoDialog
from optoutdesk.ui.models import verify_model as columns
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import IMPORTS, TODAY

MARIA, HELLO, DONE = "maria.ortiz@lakeside.example", "hello@brightpaws.example", "done@oakhill.example"
PETROV, DEB, JANE = "z.petrov@kestrel.example", "deb@oakhill.example", "jane@shop.example"


@pytest.fixture
def desk_of_three(desk, record):
    """Maria and Hello are open, Done was removed from Mailchimp already."""
    requests = [
        record(MARIA, date(2026, 11, 10)),
        record(HELLO, date(2026, 11, 12)),
        record(DONE, date(2026, 11, 3)),
    ]
    mailchimp = add(desk, "Mailchimp")
    desk.due_requests.mark_done(
        [requests[2].id], now=desk.now(), by="Ana", at=date(2026, 11, 5), platforms=[mailchimp.id]
    )
    return mailchimp, requests


@pytest.fixture
def audience(tmp_path) -> Path:
    """Maria is still active; Hello, Done and two others left; one of the two bounced."""
    return mailchimp_zip(
        tmp_path,
        active=[MARIA, JANE],
        left=[(HELLO, "2026-11-12 20:00:00"), (DONE, "2026-11-05 10:00:00"), (PETROV, "2026-11-19 10:00:00")],
        bounced=[(DEB, "2026-11-13 10:00:00")],
    )


def verify(qtbot, window, screen, name: str, path: Path) -> None:
    screen.check.start(cards(screen)[name].shown.standing.platform, path)
    settle(qtbot, window)


def state(desk, request, platform) -> TaskState:
    tasks = desk.register.history(Kind.ADDRESS, request.key, desk.now()).tasks[request.id]
    return next(task.state for task in tasks if task.platform.id == platform.id)


# -- the result, as in the picture


def test_an_export_of_the_platform_is_compared_and_recorded_at_once(
    window, desk, desk_of_three, audience, qtbot
) -> None:
    mailchimp, requests = desk_of_three
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    view = screen.view
    assert view.card.title.text() == "Verify Mailchimp"
    assert view.card.hint.text() == "audience_export_8f2c.zip · 2 active · 4 unsubscribed"
    assert [tile.accessibleName() for tile in view.tiles.tiles] == [
        "1 opted out here, still active there",
        "2 unsubscribed there, unknown here",
        "2 agree on both sides",
    ]
    assert table(screen) == [
        [MARIA, "Opted out 10 Nov", "Subscribed", "Remove by Wed 25 Nov"],
        [PETROV, "Unknown", "Unsubscribed 19 Nov", "Take over as opt-out received 19 Nov"],
        [DEB, "Unknown", "Bounced 13 Nov", "Take over as suppression"],
    ]
    assert view.recorded.text.text() == "2 requests verified."
    (verification,) = desk.platforms.verifications(mailchimp.id)
    assert (verification.still_active, verification.unknown_here, verification.agree) == (1, 2, 2)
    assert len(verification.sha256) == 64
    assert [state(desk, request, mailchimp) for request in requests] == [
        TaskState.OPEN,
        TaskState.VERIFIED,
        TaskState.VERIFIED,
    ]
    assert cards(screen)["Mailchimp"].verified.text() == "Verified today · 3 differences, not resolved yet"
    assert cards(screen)["Mailchimp"].chip.text() == "1 to remove"
    assert not view.record.isVisible()


def test_somebody_who_was_removed_and_is_active_again_is_open_again(
    window, desk, desk_of_three, tmp_path, qtbot
) -> None:
    mailchimp, requests = desk_of_three
    screen = go(qtbot, window)
    verify(
        qtbot,
        window,
        screen,
        "Mailchimp",
        mailchimp_zip(
            tmp_path,
            active=[DONE, JANE],
            left=[(HELLO, "2026-11-12 20:00:00"), (MARIA, "2026-11-12 20:00:00")],
        ),
    )
    assert screen.view.recorded.text.text() == "2 requests verified; 1 is open again."
    assert state(desk, requests[2], mailchimp) is TaskState.OPEN
    assert cards(screen)["Mailchimp"].chip.text() == "1 to remove"


def test_a_figure_shows_its_people_and_pressed_again_all_differences(
    window, desk_of_three, audience, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    tiles = screen.view.tiles.tiles
    qtbot.mouseClick(tiles[2], Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert [row[0] for row in table(screen)] == [HELLO, DONE]
    assert table(screen)[0][1:] == ["Opted out 12 Nov", "Unsubscribed 12 Nov", "Nothing"]
    qtbot.mouseClick(tiles[1], Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert [row[0] for row in table(screen)] == [PETROV, DEB]
    qtbot.mouseClick(tiles[1], Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert [row[0] for row in table(screen)] == [MARIA, PETROV, DEB]
    assert screen.view.tiles.key() is None


def test_without_differences_both_sides_agree(window, desk, desk_of_three, tmp_path, qtbot) -> None:
    _, requests = desk_of_three
    left = [(each.key, "2026-11-12 20:00:00") for each in requests]
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_zip(tmp_path, active=[JANE], left=left))
    assert figures(screen) == [0, 0, 3]
    assert len(table(screen)) == 3
    assert not screen.view.take_over.isVisible()
    assert not screen.view.export.isVisible()
    card = cards(screen)["Mailchimp"]
    assert card.verified.text() == "Verified against its own export today · 3 matched, 0 differences"
    assert card.chip.text() == "Nothing to remove"


def test_who_is_not_in_the_export_can_be_marked_not_there(
    window, desk, desk_of_three, tmp_path, qtbot
) -> None:
    mailchimp, requests = desk_of_three
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_zip(tmp_path, active=[JANE, MARIA]))
    absent = screen.view.absent
    assert absent.text.text() == "1 still to remove is not in this export."
    absent.look.click()
    settle(qtbot, window)
    assert table(screen) == [[HELLO, "Opted out 12 Nov", "Not in this export", "Mark as not there"]]
    absent.act.click()
    settle(qtbot, window)
    question = dialog(Message)
    assert question.heading.text() == "Never in Mailchimp?"
    question.yes.click()
    settle(qtbot, window)
    assert state(desk, requests[1], mailchimp) is TaskState.NOT_THERE
    assert not absent.isVisible()
    assert figures(screen)[0] == 1


def test_a_file_of_only_those_who_left_says_nothing_of_who_is_not_in_it(
    window, desk_of_three, tmp_path, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(
        qtbot,
        window,
        screen,
        "Mailchimp",
        mailchimp_file(tmp_path, UNSUBSCRIBED, [(HELLO, "2026-11-12 20:00:00")]),
    )
    assert figures(screen) == [0, 0, 1]
    assert not screen.view.absent.isVisible()


@pytest.mark.parametrize(
    ("name", "people", "expected"),
    [
        (SUBSCRIBED, [(MARIA, ""), (JANE, "")], [1, 0, 0]),
        (UNSUBSCRIBED, [(MARIA, "2026-11-11 10:00:00"), (PETROV, "2026-11-19 10:00:00")], [0, 1, 1]),
        (CLEANED, [(DEB, "2026-11-13 10:00:00")], [0, 1, 0]),
    ],
)
def test_each_of_the_three_files_of_mailchimp_alone(
    window, desk, desk_of_three, tmp_path, qtbot, name, people, expected
) -> None:
    mailchimp, _ = desk_of_three
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_file(tmp_path, name, people))
    assert figures(screen) == expected
    assert len(desk.platforms.verifications(mailchimp.id)) == 1


def test_who_left_a_single_list_only_is_pointed_out(window, desk, record, tmp_path, qtbot) -> None:
    record(MARIA, date(2026, 11, 10), scope="Newsletter")
    add(desk, "Mailchimp")
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_zip(tmp_path, active=[MARIA]))
    assert figures(screen) == [0, 0, 0]
    single = screen.view.single
    assert (
        single.text.text()
        == "1 person who left a single list is active in Mailchimp: look whether that list still mails them."
    )
    single.look.click()
    settle(qtbot, window)
    assert table(screen)[0] == [
        MARIA,
        "Opted out 10 Nov",
        "Subscribed",
        "Look whether that list still mails them",
    ]


def test_rows_that_are_not_understood_are_shown_with_the_reason(
    window, desk_of_three, tmp_path, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(
        qtbot,
        window,
        screen,
        "Mailchimp",
        mailchimp_zip(tmp_path, active=[JANE], left=[("broken@nodot", "2026-11-12 20:00:00")]),
    )
    review = screen.view.review
    assert review.text.text() == "1 row could not be compared."
    review.look.click()
    settle(qtbot, window)
    assert table(screen)[0][0] == "broken@nodot"
    assert table(screen)[0][3] == "The domain has no dot"


def test_a_broken_address_among_the_active_ones_is_not_passed_over(
    window, desk_of_three, tmp_path, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_zip(tmp_path, active=[JANE, "maria@nodot"]))
    assert screen.view.review.text.text() == "1 row could not be compared."


# -- each platform's status columns and per-status files

STATUSES = {
    "constant-contact.csv": "Constant Contact",
    "hubspot.csv": "HubSpot",
    "aweber.csv": "AWeber",
    "listmonk.csv": "listmonk",
    "mailerlite.csv": "MailerLite",
    "campaign-monitor-list.csv": "Campaign Monitor",
    "mailup.csv": "MailUp",
    "cordial.csv": "Cordial",
    "google.csv": "Google Contacts",
    "outlook.csv": "Outlook",
    "brevo.csv": "Brevo",
}


@pytest.mark.parametrize("file", STATUSES)
def test_with_each_status_column_whoever_is_active_there_is_found(
    window, desk, record, qtbot, file, tmp_path
) -> None:
    """Whoever did not leave there, opted out here, is found as still active; nobody else is."""
    add(desk, STATUSES[file])
    path = tmp_path / file
    path.write_bytes((ESP / file).read_bytes())
    active = _active_in(desk, path)
    assert active, "the sample has somebody who is active"
    for address in active:
        record(address, date(2026, 11, 10))
    screen = go(qtbot, window)
    verify(qtbot, window, screen, STATUSES[file], path)
    assert figures(screen)[0] == len(active)
    screen.view.tiles.choose(Side.STILL_ACTIVE)
    settle(qtbot, window)
    model = screen.view.model
    assert {model.row(row).key for row in range(model.rowCount())} == set(active)
    assert {row[2] for row in table(screen)} == {"Subscribed"}
    assert cards(screen)[STATUSES[file]].shown.standing.last is not None, "it was recorded at once"


def _active_in(desk, path: Path) -> list[str]:
    """Return whom a file calls active, by the import's own reading of it."""
    from optoutdesk.domain.importing import Shown

    service, now = desk.verify_platform, desk.now()
    source = service.open(path, now=now)
    with desk.import_optouts.preview(source, now=now) as preview:
        return list(dict.fromkeys(row.key for row in preview.rows(Shown.ACTIVE) if row.key))


def test_who_never_subscribed_is_not_called_active(window, desk, record, qtbot, tmp_path) -> None:
    record("bo@netlane.example", date(2026, 11, 10))
    record("eve@pondside.example", date(2026, 11, 10))
    add(desk, "Klaviyo")
    path = tmp_path / "klaviyo.csv"
    path.write_bytes((ESP / "klaviyo.csv").read_bytes())
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Klaviyo", path)
    screen.view.tiles.choose(Side.STILL_ACTIVE)
    settle(qtbot, window)
    assert [row[0] for row in table(screen)] == ["bo@netlane.example"]


PER_STATUS = {
    "suppression_unsubscribes.csv": "SendGrid",
    "asm_groups_1234_suppressions.csv": "SendGrid",
    "suppression_bounces.csv": "SendGrid",
    "rejects.csv": "Mailchimp Transactional (Mandrill)",
    "mailgun.csv": "Mailgun",
    "ses-suppression.csv": "Amazon SES",
    "postmark.csv": "Postmark",
    "promio.csv": "promio",
}


@pytest.mark.parametrize("file", PER_STATUS)
def test_of_a_file_of_those_who_left_everybody_is_unknown_at_first_and_agrees_after_taking_over(
    window, desk, qtbot, file, tmp_path
) -> None:
    add(desk, PER_STATUS[file])
    path = tmp_path / file
    path.write_bytes((ESP / file).read_bytes())
    screen = go(qtbot, window)
    verify(qtbot, window, screen, PER_STATUS[file], path)
    unknown = figures(screen)[1]
    assert unknown > 0
    assert figures(screen)[0] == 0
    screen.view.take_over.click()
    settle(qtbot, window)
    assert figures(screen) == [0, 0, unknown]
    assert desk.register.suppressed() == unknown
    assert cards(screen)[PER_STATUS[file]].chip.text() == "Nothing to remove", (
        "its own export says that they are gone"
    )


# -- taking over


def test_taking_over_is_an_import_with_its_undo(window, desk, desk_of_three, audience, qtbot) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    view = screen.view
    assert view.take_over.text() == "Take over 2 opt-outs"
    assert view.hint.text() == "1 of them bounced: suppressed, but nothing is due."
    view.take_over.click()
    settle(qtbot, window)
    assert (
        view.taken.text.text()
        == "1 opt-out and 1 bounce taken over: suppressed in every list you clean from now on."
    )
    assert figures(screen) == [1, 0, 4]
    petrov = desk.register.history(Kind.ADDRESS, PETROV, desk.now()).requests[0]
    assert (petrov.received.day, petrov.origin) == (date(2026, 11, 19), "mailchimp")
    assert desk.register.history(Kind.ADDRESS, DEB, desk.now()).requests[0].channel is Channel.BOUNCE
    assert len(desk.undo_import.batches()) == len(desk.backups.list()) == 1
    view.taken.button.click()
    settle(qtbot, window)
    assert window.stack.currentIndex() == IMPORTS
    dialog(UndoDialog).confirm.click()
    settle(qtbot, window)
    assert desk.undo_import.batches()[0].undone_at is not None
    screen = go(qtbot, window)
    assert figures(screen) == [1, 2, 2], "compared again, as it stands now"
    assert len(desk.platforms.verifications(1)) == 1, "but not recorded a second time"


def test_the_differences_are_resolved_the_same_day_when_all_was_seen_to(
    window, desk, desk_of_three, audience, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    screen.view.take_over.click()
    settle(qtbot, window)
    card = cards(screen)["Mailchimp"]
    assert card.verified.text() == "Verified today · 3 differences, not resolved yet"
    card.done.click()
    settle(qtbot, window)
    dialog(MarkDoneDialog).confirm.click()
    settle(qtbot, window)
    assert card.verified.text() == "Verified today · 3 differences, resolved the same day"


def test_a_take_over_that_fails_says_so_and_leaves_the_figures(
    window, desk_of_three, audience, qtbot, monkeypatch
) -> None:
    from optoutdesk.domain.errors import UserError

    def fail(*_args, **_more):
        raise UserError("The disk is full. Make room and try again.")

    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    monkeypatch.setattr(VerifyPlatform, "take_over", fail)
    screen.view.take_over.click()
    settle(qtbot, window)
    assert dialog(Message).text.text() == "The disk is full. Make room and try again."
    assert figures(screen) == [1, 2, 2]
    assert screen.view.take_over.isEnabled()


# -- writing out who is still active


def test_who_is_still_active_is_exported_and_exactly_these_are_marked_done(
    window, desk, desk_of_three, audience, qtbot, tmp_path
) -> None:
    mailchimp, requests = desk_of_three
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    assert screen.view.export.text() == "Export 1 for Mailchimp"
    screen.view.export.click()
    screen.acts.exporting.dialog.fileSelected.emit(str(tmp_path / "active.csv"))
    screen.acts.exporting.dialog.close()
    settle(qtbot, window)
    assert written(tmp_path / "active.csv") == [["Email Address"], [MARIA]]
    dialog(ExportedDialog).confirm.click()
    dialog(MarkDoneDialog).confirm.click()
    settle(qtbot, window)
    assert state(desk, requests[0], mailchimp) is TaskState.REMOVED
    assert table(screen)[0] == [
        MARIA,
        "Opted out 10 Nov",
        "Subscribed",
        "Removed since: a newer export shows it",
    ]
    assert not screen.view.export.isVisible(), "there is nobody to be removed any more"


# -- whose export it is


def test_the_export_of_another_platform_is_refused_with_a_question(
    window, desk, desk_of_three, qtbot, tmp_path
) -> None:
    klaviyo = add(desk, "Klaviyo")
    path = tmp_path / "klaviyo.csv"
    path.write_bytes((ESP / "klaviyo.csv").read_bytes())
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", path)
    question = dialog(OtherPlatformDialog)
    assert question.confirm.text() == "Verify Klaviyo"
    assert not desk.platforms.verifications(1)
    question.confirm.click()
    settle(qtbot, window)
    assert screen.view.card.title.text() == "Verify Klaviyo"
    assert desk.platforms.verifications(klaviyo.id)


def test_the_export_of_a_platform_that_is_not_hers_is_refused(
    window, desk, desk_of_three, qtbot, tmp_path
) -> None:
    path = tmp_path / "klaviyo.csv"
    path.write_bytes((ESP / "klaviyo.csv").read_bytes())
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", path)
    question = dialog(OtherPlatformDialog)
    assert not question.confirm.isVisible()
    question.reject()
    settle(qtbot, window)
    assert not screen.view.isVisible()
    assert not desk.platforms.verifications(1)


def test_taken_for_hers_all_the_same_it_is_recorded_only_when_she_says_so(
    window, desk, desk_of_three, qtbot, tmp_path
) -> None:
    path = tmp_path / "klaviyo.csv"
    path.write_bytes((ESP / "klaviyo.csv").read_bytes())
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", path)
    dialog(OtherPlatformDialog).same.click()
    settle(qtbot, window)
    assert (
        screen.view.doubt.text.text()
        == "It is not certain that this is an export of Mailchimp. Look at the figures first."
    )
    assert not desk.platforms.verifications(1)
    screen.view.record.click()
    settle(qtbot, window)
    assert len(desk.platforms.verifications(1)) == 1
    assert not screen.view.record.isVisible()
    assert not screen.view.doubt.isVisible()


def test_an_export_of_her_own_platform_is_recorded_when_she_says_so(
    window, desk, record, qtbot, tmp_path
) -> None:
    request = record(MARIA, date(2026, 11, 10))
    record(HELLO, date(2026, 11, 12))
    quickbooks = add(desk, "QuickBooks")
    path = import_samples.write(
        tmp_path / "customers.csv",
        [["Customer", "E-mail", "Balance"], ["Jane", JANE, "3"], ["Maria", MARIA, "0"]],
    )
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "QuickBooks", path)
    assert figures(screen) == [1, 0, 0]
    assert screen.view.record.isVisible()
    assert screen.view.export.text() == "Export 1 for QuickBooks"
    assert not screen.view.absent.act.isVisible(), "a file that may be any proves nobody missing"
    screen.view.record.click()
    settle(qtbot, window)
    assert state(desk, request, quickbooks) is TaskState.OPEN
    assert screen.view.absent.act.isVisible()
    assert cards(screen)["QuickBooks"].verified.text() == "Verified today · 1 difference, not resolved yet"


def test_mailchimps_export_on_the_card_of_quickbooks_is_noticed(
    window, desk, desk_of_three, audience, qtbot
) -> None:
    add(desk, "QuickBooks")
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "QuickBooks", audience)
    assert dialog(OtherPlatformDialog).confirm.text() == "Verify Mailchimp"


def test_the_very_same_file_is_not_recorded_twice(window, desk, desk_of_three, audience, qtbot) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    screen.view.close_button.click()
    assert not screen.view.isVisible()
    verify(qtbot, window, screen, "Mailchimp", audience)
    assert screen.view.recorded.text.text() == "This very file was recorded before: Today 11:00."
    assert len(desk.platforms.verifications(1)) == 1


def test_the_past_verifications_name_the_file_and_its_hash(
    window, desk, desk_of_three, audience, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    cards(screen)["Mailchimp"].to_history.trigger()
    model = dialog(VerificationsDialog).model
    (verification,) = desk.platforms.verifications(1)
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert row == [
        "Today 11:00",
        "Ana",
        "audience_export_8f2c.zip",
        f"{verification.sha256[:8]}…",
        "2",
        "2 agree, 1 still active there, 2 unknown here",
    ]
    assert model.index(0, model.SHA).data(Qt.ItemDataRole.ToolTipRole) == verification.sha256


# -- files dropped


def test_a_file_dropped_on_a_card_verifies_that_platform(
    window, desk, desk_of_three, audience, drop, qtbot
) -> None:
    add(desk, "Kit")
    screen = go(qtbot, window)
    assert drop(cards(screen)["Mailchimp"], audience)
    settle(qtbot, window)
    assert screen.view.card.title.text() == "Verify Mailchimp"
    assert figures(screen) == [1, 2, 2]


def test_a_file_dropped_on_the_window_finds_its_platform(
    window, desk, desk_of_three, audience, drop, qtbot
) -> None:
    add(desk, "Kit")
    add(desk, "QuickBooks")
    screen = go(qtbot, window)
    assert drop(window, audience)
    settle(qtbot, window)
    assert screen.view.card.title.text() == "Verify Mailchimp"
    assert window.stack.currentWidget() is screen


def test_of_a_file_that_does_not_say_it_she_is_asked_which_platform_it_is_of(
    window, desk, desk_of_three, drop, qtbot, tmp_path
) -> None:
    add(desk, "QuickBooks")
    path = import_samples.write(
        tmp_path / "customers.csv", [["Customer", "E-mail"], ["Jane", JANE], ["Maria", MARIA]]
    )
    screen = go(qtbot, window)
    assert drop(window, path)
    settle(qtbot, window)
    ask = dialog(WhichPlatformDialog)
    assert [ask.list.item(row).text() for row in range(ask.list.count())] == ["Mailchimp", "QuickBooks"]
    ask.list.setCurrentRow(1)
    ask.confirm.click()
    settle(qtbot, window)
    assert screen.view.card.title.text() == "Verify QuickBooks"
    assert figures(screen) == [1, 0, 0]


def test_the_only_platform_is_the_one(window, desk, desk_of_three, audience, drop, qtbot) -> None:
    screen = go(qtbot, window)
    assert drop(window, audience)
    settle(qtbot, window)
    assert figures(screen) == [1, 2, 2]


def test_dropped_before_there_is_a_platform_it_waits_for_one(
    window, desk, record, audience, drop, qtbot
) -> None:
    record(MARIA, date(2026, 11, 10))
    screen = go(qtbot, window)
    assert drop(window, audience)
    settle(qtbot, window)
    ask = dialog(AddPlatformDialog)
    ask.search.setText("mailchimp")
    ask.confirm.click()
    settle(qtbot, window)
    assert figures(screen)[0] == 1


# -- questions of the file, answered as an import's


def test_how_it_was_read_can_be_looked_at_and_corrected(window, desk, record, qtbot, tmp_path) -> None:
    record(MARIA, date(2026, 11, 10))
    add(desk, "QuickBooks")
    path = import_samples.write(
        tmp_path / "customers.csv",
        [
            ["Contact", "E-mail", "Account manager"],
            ["Maria", MARIA, "boss@shop.example"],
            ["Jane", JANE, "boss@shop.example"],
        ],
    )
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "QuickBooks", path)
    view = screen.view
    assert figures(screen)[0] == 1
    assert not view.columns.isVisible()
    view.how.click()
    assert view.columns.isVisible()
    row = next(row for row in view.columns.rows.values() if row.name.text() == "E-mail")
    row.means.setCurrentIndex(row.means.findText("Leave out"))
    row = next(row for row in view.columns.rows.values() if row.name.text() == "Account manager")
    row.means.setCurrentIndex(row.means.findText("Address"))
    settle(qtbot, window)
    assert figures(screen)[0] == 0
    assert view.record.isVisible(), "nothing was recorded of what was read wrongly"


def test_a_file_without_an_address_column_asks_for_it(window, desk, record, qtbot, tmp_path) -> None:
    record(MARIA, date(2026, 11, 10))
    add(desk, "QuickBooks")
    path = import_samples.write(tmp_path / "odd.csv", [["Name", "Balance"], ["Jane", "3"], ["Maria", "0"]])
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "QuickBooks", path)
    assert "column" in screen.view.said.text.text()
    assert "--map" not in screen.view.said.text.text()
    assert screen.view.columns.isVisible()
    assert not screen.view.tiles.isVisible()


def test_the_lists_of_a_zip_can_be_left_out(window, desk, desk_of_three, audience, qtbot) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    view = screen.view
    assert not view.parts.isVisible()
    view.how.click()
    assert [row.chip.text() for row in view.parts.rows] == ["active people", "unsubscribed people", "bounced"]
    view.parts.rows[2].box.click()
    settle(qtbot, window)
    assert figures(screen) == [1, 1, 2]


def test_dates_that_can_be_read_in_two_ways_are_asked_about_first(
    window, desk, record, qtbot, tmp_path
) -> None:
    record(MARIA, date(2026, 11, 10))
    add(desk, "Paper list")
    rows = [["E-mail", "Unsubscribed on"], [MARIA, "03/04/2026"], [PETROV, "05/06/2026"]]
    path = import_samples.write(tmp_path / "unsubscribed.csv", rows)
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Paper list", path)
    view = screen.view
    assert view.said.text.text() == "First say whether the day or the month comes first in the dates."
    assert view.columns.isVisible()
    view.columns.questions.order.month_first.click()
    settle(qtbot, window)
    assert figures(screen) == [0, 1, 1]


def test_an_unreadable_file_is_one_sentence(window, desk, desk_of_three, qtbot, tmp_path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", path)
    assert screen.view.said.text.text()
    assert not dialogs()
    assert not desk.platforms.verifications(1)


# -- a long file


def test_comparing_can_be_cancelled_and_done_again(
    window, desk, desk_of_three, audience, qtbot, monkeypatch
) -> None:
    screen = go(qtbot, window)
    real, go_on, reached = VerifyPlatform.preview, threading.Event(), threading.Event()

    def slow(self, *args, progress=None, **more):
        reached.set()
        while not go_on.wait(0.01):
            progress(1, 10)
        return real(self, *args, progress=progress, **more)

    monkeypatch.setattr(VerifyPlatform, "preview", slow)
    screen.check.start(cards(screen)["Mailchimp"].shown.standing.platform, audience)
    qtbot.waitUntil(reached.is_set)
    qtbot.waitUntil(screen.view.work.isVisible)
    assert "10 %" in screen.view.work.text.text()
    screen.view.work.cancel.click()
    settle(qtbot, window)
    assert screen.view.said.text.text() == "Not compared."
    assert not desk.platforms.verifications(1)
    go_on.set()
    screen.view.said.button.click()
    settle(qtbot, window)
    assert figures(screen) == [1, 2, 2]


def test_another_file_takes_the_place_of_the_one_that_is_read(
    window, desk, desk_of_three, audience, qtbot, monkeypatch, tmp_path
) -> None:
    screen = go(qtbot, window)
    real, reached = VerifyPlatform.preview, threading.Event()

    def slow(self, platform, source, *, now, progress=None):
        if source.path.name.startswith("audience"):
            reached.set()
            while True:
                progress(1, 10)
        return real(self, platform, source, now=now, progress=progress)

    monkeypatch.setattr(VerifyPlatform, "preview", slow)
    screen.check.start(cards(screen)["Mailchimp"].shown.standing.platform, audience)
    qtbot.waitUntil(reached.is_set)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_file(tmp_path, SUBSCRIBED, [(JANE, "")]))
    assert screen.view.card.hint.text().startswith(SUBSCRIBED)
    assert figures(screen) == [0, 0, 0]
    assert [each.path.name for each in desk.platforms.verifications(1)] == [SUBSCRIBED]


def test_the_rows_are_fetched_page_by_page(window, desk, qtbot, tmp_path) -> None:
    add(desk, "Mailchimp")
    people = [(f"p{number:05}@shop.example", "2026-11-12 10:00:00") for number in range(450)]
    screen = go(qtbot, window)
    model = screen.view.model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    assert tester
    verify(qtbot, window, screen, "Mailchimp", mailchimp_file(tmp_path, UNSUBSCRIBED, people))
    qtbot.waitUntil(lambda: not model.asking)
    assert model.rowCount() >= columns.PAGE
    while model.canFetchMore(model.index(-1, -1)):
        model.fetchMore(model.index(-1, -1))
        settle(qtbot, window)
    assert model.rowCount() == 450
    assert len({model.row(row).key for row in range(450)}) == 450


def test_both_kinds_of_differences_follow_each_other_over_the_pages(
    window, desk, record, qtbot, tmp_path
) -> None:
    active = [f"a{number:03}@shop.example" for number in range(230)]
    service = desk.record_optout
    service.record(
        service.find(" ".join(active), "all").entries,
        service.received(date(2026, 11, 12), desk.now()),
        now=desk.now(), by="Ana", channel=Channel.PHONE, scope="all",
    )  # fmt: skip
    add(desk, "Mailchimp")
    left = [(f"u{number:03}@shop.example", "2026-11-12 10:00:00") for number in range(230)]
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", mailchimp_zip(tmp_path, active=active, left=left))
    model = screen.view.model
    while model.canFetchMore(model.index(-1, -1)):
        model.fetchMore(model.index(-1, -1))
        settle(qtbot, window)
    sides = [model.row(row).side for row in range(model.rowCount())]
    assert sides == [Side.STILL_ACTIVE] * 230 + [Side.UNKNOWN_HERE] * 230


def test_going_elsewhere_lets_go_of_the_file_and_coming_back_compares_again(
    window, desk, desk_of_three, audience, record, qtbot
) -> None:
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", audience)
    window.go_to(TODAY)
    settle(qtbot, window)
    record(PETROV, date(2026, 11, 19))
    window.context.broadcast(desk.due_requests.assign([1], "Ben", now=desk.now(), by="Ana"))
    assert screen.check._preview is None
    go(qtbot, window)
    assert figures(screen) == [1, 1, 3]


def test_a_file_that_is_older_than_the_removal_opens_nothing_again(
    window, desk, desk_of_three, tmp_path, qtbot
) -> None:
    mailchimp, requests = desk_of_three
    old = mailchimp_zip(tmp_path, active=[DONE, JANE], at=datetime(2026, 11, 4, 9, tzinfo=UTC))
    screen = go(qtbot, window)
    verify(qtbot, window, screen, "Mailchimp", old)
    assert state(desk, requests[2], mailchimp) is TaskState.REMOVED
    assert table(screen)[0] == [
        DONE,
        "Opted out 3 Nov",
        "Subscribed",
        "Removed since: a newer export shows it",
    ]
