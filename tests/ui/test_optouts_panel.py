"""Opt-outs with platforms: what is still to do where, what happened, who does it, and several requests at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from platform_driver import add, dialog, dialogs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from export_samples import mailchimp_zip
from optoutdesk.domain.platforms import TaskState
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.services.changes import Changes
from optoutdesk.ui.dialogs.acknowledge import AcknowledgeDialog
from optoutdesk.ui.dialogs.mark_done import AssignDialog, MarkDoneDialog
from optoutdesk.ui.dialogs.opt_in import OptInDialog
from optoutdesk.ui.models.register_model import ADDRESS, DUE, STATE
from optoutdesk.ui.screens.optouts_filters import Received, Show
from optoutdesk.ui.widgets.basic import Chip
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import OPT_OUTS

MARIA, HELLO, OKAFOR = (
    "maria.ortiz@lakeside.example",
    "hello@brightpaws.example",
    "j.okafor@northgate.example",
)


def settle(qtbot, window) -> None:
    screen = window.screen_at(OPT_OUTS)

    def quiet() -> bool:
        return not (
            window.context.lookups.busy
            or window.context.tasks.busy
            or screen._wait.isActive()
            or screen.model.asking
        )

    for _ in range(3):
        qtbot.waitUntil(quiet)


@pytest.fixture
def screen(window, qtbot):
    window.go_to(OPT_OUTS)
    settle(qtbot, window)
    return window.screen_at(OPT_OUTS)


def reload(qtbot, window) -> None:
    window.context.broadcast(Changes.REQUESTS | Changes.PLATFORMS)
    settle(qtbot, window)


def look_at(qtbot, window, address: str) -> None:
    window.show_history(Kind.ADDRESS, address)
    settle(qtbot, window)


def told(screen) -> list[str]:
    return [label.text().replace("\u200b", "") for label in screen.detail.findChildren(QLabel)]


def chips(screen) -> list[str]:
    return [chip.text() for chip in screen.detail.findChildren(Chip)]


def shown(screen, column: int = ADDRESS) -> list[str]:
    return [screen.model.index(row, column).data() for row in range(screen.model.rowCount())]


# -- still to do


def test_each_open_platform_has_its_own_mark_done_and_what_is_done_is_green(
    window, desk, screen, record, qtbot
) -> None:
    request = record(MARIA)
    mailchimp, outlook, books = (add(desk, name) for name in ("Mailchimp", "Outlook contacts", "QuickBooks"))
    desk.due_requests.mark_done(
        [request.id],
        now=desk.now(),
        by="Ana",
        platforms=[books.id],
        at=request.received.instant + timedelta(minutes=23),
    )
    look_at(qtbot, window, MARIA)
    assert "Still to do" in told(screen)
    todo = screen.detail.todo
    assert [place.place.platform.name for place in todo.places] == ["Mailchimp", "Outlook contacts"]
    assert chips(screen) == ["Mailchimp", "Outlook contacts", "QuickBooks ✓"]
    assert "Removed from QuickBooks" in told(screen)
    assert "Tue 10 Nov 17:05 · Ana · recorded Tue 24 Nov" in told(screen)
    todo.places[0].done.click()
    ask = dialog(MarkDoneDialog)
    assert ask.heading.text() == "Removed from Mailchimp?"
    ask.confirm.click()
    settle(qtbot, window)
    assert chips(screen) == ["Outlook contacts", "Mailchimp ✓", "QuickBooks ✓"]
    assert desk.platforms.ids_to_remove(outlook.id) == [request.id]
    assert desk.platforms.ids_to_remove(mailchimp.id) == []


def test_it_was_never_there_is_in_the_small_menu(window, desk, screen, record, qtbot) -> None:
    request = record(MARIA)
    kit = add(desk, "Kit")
    look_at(qtbot, window, MARIA)
    screen.detail.todo.places[0].never.trigger()
    ask = dialog(MarkDoneDialog)
    assert ask.never.isChecked()
    ask.confirm.click()
    settle(qtbot, window)
    (task,) = desk.register.history(Kind.ADDRESS, MARIA, desk.now()).tasks[request.id]
    assert (task.platform.id, task.state) == (kit.id, TaskState.NOT_THERE)
    assert "Was never in Kit" in told(screen)
    assert "Done everywhere" in told(screen)
    assert "Still to do" not in told(screen)


def test_the_last_platform_settles_the_request(window, desk, screen, record, qtbot) -> None:
    record(MARIA)
    add(desk, "Mailchimp")
    look_at(qtbot, window, MARIA)
    screen.detail.todo.places[0].done.click()
    dialog(MarkDoneDialog).confirm.click()
    settle(qtbot, window)
    assert "Done at every platform" in told(screen)
    screen.chips.choose(Show.ALL)
    settle(qtbot, window)
    assert shown(screen, STATE) == ["Done"]


def test_the_own_target_stands_beside_the_legal_date(window, desk, screen, record, qtbot) -> None:
    record(MARIA)
    record(HELLO, datetime(2026, 11, 23, 15, tzinfo=UTC))
    look_at(qtbot, window, MARIA)
    assert "Due Wed 25 Nov · 1 business day left. Wed 11 Nov (Veterans Day) does not count." in told(screen)
    assert "Own target Thu 12 Nov 16:42: missed." in told(screen)
    look_at(qtbot, window, HELLO)
    assert "Own target tomorrow 10:00." in told(screen)


# -- what happened


def test_a_verification_stands_with_its_file_and_its_hash(
    window, desk, screen, record, qtbot, tmp_path
) -> None:
    request = record(MARIA, date(2026, 11, 10))
    mailchimp = add(desk, "Mailchimp")
    path = mailchimp_zip(tmp_path, active=["jane@shop.example"], left=[(MARIA, "2026-11-12 10:00:00")])
    service, now = desk.verify_platform, desk.now()
    with service.preview(mailchimp.id, service.open(path, now=now), now=now) as preview:
        verification, _ = service.record(preview, by="Ben", now=now)
    look_at(qtbot, window, MARIA)
    assert "Verified in Mailchimp" in told(screen)
    assert f"Today 11:00 · Ben · audience_export_8f2c.zip · SHA-256 {verification.sha256[:8]}…" in told(
        screen
    )
    assert chips(screen) == ["Mailchimp ✓"]
    screen.chips.choose(Show.ALL)
    settle(qtbot, window)
    assert shown(screen, STATE) == ["Verified"]
    assert (
        screen.model.index(0, STATE)
        .data(Qt.ItemDataRole.ToolTipRole)
        .startswith("Done, and each platform shows it")
    )
    assert request.id


def test_opened_again_by_a_verification_is_said_and_it_stands_open(
    window, desk, screen, record, qtbot, tmp_path
) -> None:
    request = record(MARIA, date(2026, 11, 10))
    mailchimp = add(desk, "Mailchimp")
    desk.due_requests.mark_done([request.id], now=desk.now(), by="Ana", at=date(2026, 11, 12))
    path = mailchimp_zip(tmp_path, active=[MARIA])
    service, now = desk.verify_platform, desk.now()
    with service.preview(mailchimp.id, service.open(path, now=now), now=now) as preview:
        service.record(preview, by="Ben", now=now)
    look_at(qtbot, window, MARIA)
    assert "Still active in Mailchimp: open again" in told(screen)
    assert chips(screen) == ["Mailchimp"]
    screen.chips.choose(Show.OPEN)
    settle(qtbot, window)
    assert (shown(screen), shown(screen, STATE), shown(screen, DUE)) == (
        [MARIA],
        ["Due soon"],
        ["Wed 25 Nov"],
    )


def test_one_line_for_what_was_done_for_several_requests_at_once(window, desk, screen, record, qtbot) -> None:
    requests = [record(MARIA, date(2026, 11, 10), scope=scope) for scope in ("News", "Offers")]
    add(desk, "Mailchimp")
    desk.due_requests.mark_done([r.id for r in requests], now=desk.now(), by="Ana")
    look_at(qtbot, window, MARIA)
    assert told(screen).count("Removed from Mailchimp") == 1


def test_blocked_in_every_cleaned_list_stands_from_the_record_on(window, desk, screen, record, qtbot) -> None:
    record(MARIA, datetime(2026, 11, 10, 21, 42, tzinfo=UTC))
    look_at(qtbot, window, MARIA)
    lines = told(screen)
    assert lines.index("Blocked in every list you clean") < lines.index("Asked by phone to stop all mail")


def test_opting_in_again_tells_who_and_how(window, desk, screen, record, qtbot) -> None:
    request = record(MARIA, date(2026, 11, 10))
    desk.opt_in_again.record(
        request, at=datetime(2026, 11, 20, 15, tzinfo=UTC), who="Maria Ortiz", how="In person", evidence="form of 20 Nov", by="Ben", now=desk.now()
    )  # fmt: skip
    look_at(qtbot, window, MARIA)
    assert "Opted in again: all mail" in told(screen)
    assert "Fri 20 Nov 10:00 · Maria Ortiz · in person · recorded by Ben" in told(screen)
    assert "“form of 20 Nov”" in told(screen)


# -- acknowledging, evidence, opting in, who does it


def test_an_acknowledgement_is_drafted_and_stands_in_the_record(
    window, desk, screen, record, qtbot, monkeypatch
) -> None:
    record(MARIA)
    look_at(qtbot, window, MARIA)
    screen.detail.acknowledge.click()
    draft = dialog(AcknowledgeDialog)
    settle(qtbot, window)
    service = desk.acknowledge
    request = screen.detail.history.clock.request
    template = service.templates.list()[0]
    draft.reject()
    window.context.broadcast(
        service.record(request, service.draft(request, template), by="Ana", now=desk.now())
    )
    settle(qtbot, window)
    assert "Acknowledged by e-mail" in told(screen)
    assert f"Today 11:00 · Ana · template “{template.name}”" in told(screen)


def test_nobody_can_be_acknowledged_for_a_bounce_or_a_domain(window, desk, screen, record, qtbot) -> None:
    record(MARIA, channel=Channel.BOUNCE)
    record("*@competitor.example")
    for kind, key in ((Kind.ADDRESS, MARIA), (Kind.DOMAIN, "competitor.example")):
        window.show_history(kind, key)
        settle(qtbot, window)
        assert screen.detail.acknowledge is None


def test_a_file_dropped_on_the_panel_is_evidence_and_opens_after_a_question(
    window, desk, screen, record, drop, qtbot, tmp_path
) -> None:
    record(MARIA)
    look_at(qtbot, window, MARIA)
    note = tmp_path / "call-note.pdf"
    note.write_bytes(b"%PDF-1.4 a note")
    assert drop(screen.detail, note)
    settle(qtbot, window)
    assert "Evidence: call-note.pdf" in told(screen)
    (row,) = screen.detail.evidence.rows
    row.button.click()
    assert dialog(Message).heading.text().replace("\u200b", "") == "Open “call-note.pdf”?"
    assert desk.register.history(Kind.ADDRESS, MARIA, desk.now()).evidence[0].name == "call-note.pdf"


def test_opting_in_again_is_offered_where_something_bars_mail(window, desk, screen, record, qtbot) -> None:
    record(MARIA)
    look_at(qtbot, window, MARIA)
    screen.detail.opt_in.click()
    assert isinstance(dialog(), OptInDialog)
    dialog().reject()
    look_at(qtbot, window, "free@b.example")
    assert screen.detail.opt_in is None


def test_a_request_is_given_to_somebody_and_the_panel_names_her(window, desk, screen, record, qtbot) -> None:
    request = record(MARIA, by="Ben")
    reload(qtbot, window)
    look_at(qtbot, window, MARIA)
    screen.detail.assign.click()
    action = next(a for a in screen.acts.menu.actions() if a.text() == "Assign to Ben")
    action.trigger()
    dialog(AssignDialog).confirm.click()
    settle(qtbot, window)
    assert "Ben works on it." in told(screen)
    assert desk.register.history(Kind.ADDRESS, MARIA, desk.now()).assigned == {request.id: "Ben"}


# -- states, chips, filters


def test_every_state_has_its_word(window, desk, screen, record, qtbot, tmp_path) -> None:
    """Open, due soon, overdue, done, done late, opted in again, suppressed by a hash, bounced."""
    record("open@a.example", date(2026, 11, 23))
    record("soon@a.example", date(2026, 11, 10))
    record("overdue@a.example", date(2026, 10, 30))
    done, late, again = (record(f"{name}@a.example", date(2026, 11, 3)) for name in ("done", "late", "again"))
    desk.due_requests.mark_done([done.id], now=desk.now(), by="Ana", at=date(2026, 11, 9))
    desk.due_requests.mark_done([late.id], now=desk.now(), by="Ana", at=date(2026, 11, 23))
    desk.opt_in_again.record(
        again,
        at=datetime(2026, 11, 20, 15, tzinfo=UTC),
        who="A",
        how="In person",
        evidence="form",
        by="Ana",
        now=desk.now(),
    )
    record("bounced@a.example", channel=Channel.BOUNCE)
    hashes = tmp_path / "hashes.txt"
    hashes.write_text("5f4dcc3b5aa765d61d8327deb882cf99" * 2 + "\n")
    with desk.import_optouts.preview(
        desk.import_optouts.open(hashes, now=desk.now()), now=desk.now()
    ) as preview:
        desk.import_optouts.run(preview, by="Ana", now=desk.now())
    screen.chips.choose(Show.ALL)
    reload(qtbot, window)
    states = {a.partition("@")[0]: s for a, s in zip(shown(screen), shown(screen, STATE), strict=True)}
    assert states == {
        "open": "Open",
        "soon": "Due soon",
        "overdue": "Overdue",
        "done": "Done",
        "late": "Done late",
        "again": "Opted in again",
        "bounced": "Bounced",
        "SHA-256 5f4dcc3b…": "Suppressed",
    }
    dues = dict(zip(shown(screen), shown(screen, DUE), strict=True))
    assert dues["SHA-256 5f4dcc3b…"] == dues["bounced@a.example"] == "–"
    screen.chips.choose(Show.LATE)
    settle(qtbot, window)
    assert set(shown(screen)) == {"overdue@a.example", "late@a.example"}
    assert "Late 2" in [chip.text() for chip in screen.chips.chips]


def test_choosers_appear_when_there_is_something_to_choose(window, desk, screen, record, qtbot) -> None:
    filters = screen.filters
    assert not any(chooser.isVisible() for chooser in filters.choosers)
    record(MARIA)
    reload(qtbot, window)
    assert [c.isVisible() for c in filters.choosers] == [True, False, True, False, False]
    record(HELLO, scope="Newsletter", by="Ben")
    add(desk, "Mailchimp")
    reload(qtbot, window)
    assert all(chooser.isVisible() for chooser in filters.choosers)


def test_platform_and_person_narrow_the_register(window, desk, screen, record, qtbot) -> None:
    maria, hello = record(MARIA), record(HELLO, by="Ben")
    mailchimp, kit = add(desk, "Mailchimp"), add(desk, "Kit")
    desk.due_requests.mark_done([maria.id], now=desk.now(), by="Ana", platforms=[mailchimp.id])
    desk.due_requests.assign([hello.id], "Ben", now=desk.now(), by="Ana")
    reload(qtbot, window)
    platform, person = screen.filters.platform, screen.filters.person
    platform.setCurrentIndex(platform.findText("Open in Mailchimp"))
    settle(qtbot, window)
    assert shown(screen) == [HELLO]
    platform.setCurrentIndex(platform.findText("Open in Kit"))
    settle(qtbot, window)
    assert sorted(shown(screen)) == [HELLO, MARIA]
    person.setCurrentIndex(person.findText("Ben"))
    settle(qtbot, window)
    assert shown(screen) == [HELLO]
    person.setCurrentIndex(person.findText("Nobody"))
    settle(qtbot, window)
    assert shown(screen) == [MARIA]
    assert kit.id


@pytest.mark.parametrize(
    ("when", "addresses"),
    [
        (Received.ANY, {"now@a.example", "october@a.example", "spring@a.example", "before@a.example"}),
        (Received.MONTH, {"now@a.example"}),
        (Received.THIRTY, {"now@a.example", "october@a.example"}),
        (Received.YEAR, {"now@a.example", "october@a.example", "spring@a.example"}),
    ],
)
def test_when_it_was_received_narrows_the_register(window, screen, record, qtbot, when, addresses) -> None:
    record("now@a.example", date(2026, 11, 1))
    record("october@a.example", date(2026, 10, 25))
    record("spring@a.example", date(2026, 1, 1))
    record("before@a.example", date(2025, 12, 31))
    screen.chips.choose(Show.ALL)
    reload(qtbot, window)
    screen.filters.received.setCurrentIndex(screen.filters.received.findData(when))
    settle(qtbot, window)
    assert set(shown(screen)) == addresses


def test_a_period_is_given_by_two_days_in_any_order(window, screen, record, qtbot) -> None:
    for day in (1, 5, 9, 20):
        record(f"d{day}@a.example", date(2026, 11, day))
    screen.chips.choose(Show.ALL)
    reload(qtbot, window)
    filters = screen.filters
    assert not filters.since.isVisible()
    filters.received.setCurrentIndex(filters.received.findData(Received.PERIOD))
    assert filters.since.isVisible()
    for field, day in ((filters.since, 9), (filters.until, 5)):
        field.setDate(field.date().fromString(f"2026-11-{day:02}", "yyyy-MM-dd"))
    settle(qtbot, window)
    assert set(shown(screen)) == {"d5@a.example", "d9@a.example"}
    filters.received.setCurrentIndex(0)
    settle(qtbot, window)
    assert len(shown(screen)) == 4


def test_a_filter_without_hits_does_not_claim_that_nobody_opted_out(window, screen, record, qtbot) -> None:
    record(MARIA)
    reload(qtbot, window)
    channel = screen.filters.channel
    channel.setCurrentIndex(channel.findData(Channel.LETTER))
    settle(qtbot, window)
    assert screen.empty.title.text() == "No such request"


# -- several at once


def select(screen, *rows: int) -> None:
    screen.table.clearSelection()
    flags = screen.table.selectionModel().SelectionFlag
    for row in rows:
        screen.table.selectionModel().select(screen.model.index(row, 0), flags.Select | flags.Rows)


@pytest.fixture
def three(window, desk, screen, record, qtbot):
    """Three open requests and two platforms."""
    requests = [record(a, date(2026, 11, 10 + n)) for n, a in enumerate((MARIA, HELLO, OKAFOR))]
    platforms = [add(desk, "Mailchimp"), add(desk, "Kit")]
    reload(qtbot, window)
    return requests, platforms


def test_control_and_shift_choose_several(window, screen, three, qtbot) -> None:
    assert not screen.selection.isVisible()
    table = screen.table
    where = [table.visualRect(screen.model.index(row, 0)).center() for row in range(3)]
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where[0])
    assert not screen.selection.isVisible(), "one is what the panel is about"
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, where[2]
    )
    assert screen.selection.isVisible()
    assert screen.selection.count.text() == "2 selected"
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where[0])
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert screen.selection.count.text() == "3 selected"
    screen.selection.none.click()
    assert not screen.selection.isVisible()


def test_several_are_marked_done_at_one_platform(window, desk, screen, three, qtbot) -> None:
    requests, (mailchimp, kit) = three
    select(screen, 0, 2)
    screen.selection.done.click()
    settle(qtbot, window)
    next(a for a in screen.acts.menu.actions() if a.text() == "At Mailchimp (2)").trigger()
    dialog(MarkDoneDialog).confirm.click()
    settle(qtbot, window)
    assert desk.platforms.ids_to_remove(mailchimp.id) == [requests[1].id]
    assert len(desk.platforms.ids_to_remove(kit.id)) == 3
    assert screen.selection.count.text() == "2 selected", "the same two stay chosen"


def test_several_are_given_to_somebody(window, desk, screen, three, qtbot) -> None:
    requests, _ = three
    select(screen, 1, 2)
    screen.selection.assign.click()
    settle(qtbot, window)
    next(a for a in screen.acts.menu.actions() if a.text() == "Assign to Ana").trigger()
    dialog(AssignDialog).confirm.click()
    settle(qtbot, window)
    page = desk.register.page(screen.filters.wanted(window.context.today(), date(2026, 11, 27)))
    assert {row.request.id: row.assigned for row in page.rows} == {
        requests[0].id: "",
        requests[1].id: "Ana",
        requests[2].id: "Ana",
    }


def test_where_nothing_of_it_is_open_there_is_nothing_to_do_with_several(
    window, desk, screen, three, qtbot
) -> None:
    requests, _ = three
    desk.due_requests.mark_done([r.id for r in requests], now=desk.now(), by="Ana")
    screen.chips.choose(Show.ALL)
    reload(qtbot, window)
    select(screen, 0, 1)
    assert screen.selection.isVisible()
    assert not screen.selection.done.isEnabled()
    assert not screen.selection.assign.isEnabled()
    assert not dialogs()
