"""The evidence of a request on record: more is dropped on it, and a file is opened only after a question and a look at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from message_files import ASKED
from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.ui.widgets.evidence import RequestEvidence
from optoutdesk.ui.widgets.message import Message

KEY = "maria.ortiz@lakeside.example"


class Viewer(QObject):
    """Stands in for the program that the computer opens files with."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    made = Viewer()
    QDesktopServices.setUrlHandler("file", made, "open")
    yield made
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "please stop.eml"
    path.write_bytes(ASKED)
    return path


@pytest.fixture
def request_made(record) -> OptOutRequest:
    return record(KEY)


@pytest.fixture
def show(context, desk, request_made: OptOutRequest, qtbot):
    """Show the request's evidence as the detail panel does."""

    def do() -> RequestEvidence:
        history = desk.register.history(Kind.ADDRESS, KEY, desk.now())
        widget = RequestEvidence(context, request_made, history.evidence)
        qtbot.addWidget(widget)
        widget.show()
        return widget

    return do


def message(qtbot) -> Message:
    def there() -> list[Message]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible()]

    qtbot.waitUntil(lambda: bool(there()))
    return there()[-1]


def add(show, drop, context, qtbot, mail: Path) -> RequestEvidence:
    widget = show()
    with qtbot.waitSignal(context.changed):
        assert drop(widget.zone, mail)
    return show()


def test_a_file_dropped_on_a_request_is_its_evidence(
    show, drop, mail, context, desk, request_made, qtbot
) -> None:
    widget = show()
    with qtbot.waitSignal(context.changed) as changed, qtbot.waitSignal(context.notice) as said:
        assert drop(widget.zone, mail)
    assert changed.args == [Changes.REQUESTS]
    assert said.args == ["The evidence is on record. Its text and attachments were not read."]
    [evidence] = desk.evidence.of([request_made.id])
    assert (evidence.name, evidence.by) == ("please stop.eml", "Ana")
    again = show()
    [row] = again.rows
    assert row.name.text() == "please stop.eml"
    assert row.facts.text() == f"E-mail, 197 bytes · from {KEY} · Mon 23 Nov 09:12"


def test_the_panel_may_be_gone_by_the_time_a_file_is_kept(
    show, mail, context, desk, request_made, qtbot
) -> None:
    widget = show()
    with qtbot.waitSignal(context.changed):
        widget.add(mail)
        widget.hide()
        widget.deleteLater()
    assert len(desk.evidence.of([request_made.id])) == 1


def test_the_same_file_again_is_said_to_be_there(
    show, drop, mail, context, desk, request_made, qtbot
) -> None:
    widget = add(show, drop, context, qtbot, mail)
    with qtbot.waitSignal(context.notice) as said:
        drop(widget.zone, mail)
    assert said.args == ["That file is evidence of this request already."]
    assert len(desk.evidence.of([request_made.id])) == 1


def test_a_file_that_is_no_evidence_is_refused(show, drop, tmp_path: Path, desk, qtbot) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK")
    widget = show()
    drop(widget.zone, path)
    assert "“list.xlsx” cannot be kept as evidence." in message(qtbot).text.text()
    assert desk.store.last_entry().seq == 1


def test_a_file_is_opened_after_a_question_that_says_where_it_came_from(
    show, drop, mail, context, viewer: Viewer, desk, qtbot
) -> None:
    widget = add(show, drop, context, qtbot, mail)
    widget.rows[0].button.click()
    asked = message(qtbot)
    assert asked.heading.text() == "Open “please stop.eml”?"
    assert "came from outside" in asked.accessibleDescription()
    assert f"sent by {KEY}" in asked.accessibleDescription()
    assert "by Ana" in asked.accessibleDescription()
    assert viewer.opened == []
    assert asked.yes is not None
    asked.yes.click()
    qtbot.waitUntil(lambda: bool(viewer.opened))
    assert viewer.opened[0].read_bytes() == ASKED
    assert viewer.opened[0].parent == desk.paths.evidence


def test_without_a_yes_nothing_is_opened(show, drop, mail, context, viewer: Viewer, qtbot) -> None:
    widget = add(show, drop, context, qtbot, mail)
    widget.rows[0].button.click()
    message(qtbot).no.click()
    qtbot.waitUntil(lambda: not context.lookups.busy)
    assert viewer.opened == []


def test_an_altered_file_is_not_opened(show, drop, mail, context, viewer: Viewer, desk, qtbot) -> None:
    widget = add(show, drop, context, qtbot, mail)
    [stored] = desk.paths.evidence.iterdir()
    stored.write_bytes(b"something else")
    widget.rows[0].button.click()
    message(qtbot).yes.click()
    qtbot.waitUntil(lambda: "was changed" in message(qtbot).accessibleDescription())
    assert viewer.opened == []


def test_where_nothing_opens_such_files_it_says_where_the_file_is(
    show, drop, mail, context, desk, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    widget = add(show, drop, context, qtbot, mail)
    widget.rows[0].button.click()
    message(qtbot).yes.click()
    qtbot.waitUntil(lambda: "no program to open" in message(qtbot).accessibleDescription())


def test_where_nothing_can_be_added_files_are_only_listed(context, qtbot) -> None:
    widget = RequestEvidence(context, None, ())
    qtbot.addWidget(widget)
    widget.show()
    assert widget.zone.isHidden()
