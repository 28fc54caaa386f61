"""Acknowledging in the window: a draft opens in her mail program, she says that she sent it, and the texts are hers to change."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from optoutdesk.domain.requests import Kind
from optoutdesk.services.changes import Changes
from optoutdesk.services.templates import Template, shipped
from optoutdesk.ui.dialogs import acknowledge
from optoutdesk.ui.dialogs.acknowledge import AcknowledgeDialog
from optoutdesk.ui.dialogs.templates import TemplatesDialog
from optoutdesk.ui.widgets.message import Message

KEY = "maria.ortiz@lakeside.example"


class MailProgram(QObject):
    """Stands in for her mail program: what it was asked to open."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.links.append(bytes(url.toEncoded().data()).decode("ascii"))


@pytest.fixture
def mail() -> Iterator[MailProgram]:
    made = MailProgram()
    QDesktopServices.setUrlHandler("mailto", made, "open")
    yield made
    QDesktopServices.unsetUrlHandler("mailto")


@pytest.fixture
def host(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1024, 700)
    made.show()
    return made


@pytest.fixture
def dialog(context, host: QWidget, record, qtbot) -> AcknowledgeDialog:
    made = AcknowledgeDialog(context, record(KEY), host)
    with qtbot.waitActive(made):
        made.open()
        made.activateWindow()
    return made


def told(desk) -> list[tuple[str, str, str]]:
    return [
        (a.address, a.template, a.by)
        for a in desk.register.history(Kind.ADDRESS, KEY, desk.now()).acknowledged
    ]


def question() -> Message:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible())


def test_by_keyboard_alone_a_draft_is_opened_and_it_is_on_record_once_it_is_sent(
    dialog: AcknowledgeDialog, mail: MailProgram, desk, context, qtbot
) -> None:
    assert dialog.open_draft.hasFocus()
    assert dialog.sent.isHidden()
    qtbot.keyClick(dialog.open_draft, Qt.Key.Key_Return)
    [link] = mail.links
    parts = urlsplit(link)
    fields = parse_qs(parts.query)
    assert (parts.path, fields["subject"], fields["body"][0].replace("\r\n", "\n")) == (
        KEY,
        [dialog.subject.text()],
        dialog.text.toPlainText(),
    )
    assert told(desk) == []  # a draft is no message
    assert dialog.said.text() == acknowledge.OPENED
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.sent.hasFocus()
    with qtbot.waitSignals([context.notice, dialog.accepted]), qtbot.waitSignal(context.changed) as changed:
        qtbot.keyClick(dialog.sent, Qt.Key.Key_Return)
    assert changed.args == [Changes.REQUESTS]
    assert told(desk) == [(KEY, "Thank you", "Ana")]


@pytest.mark.parametrize("opens", [True, False])
def test_enter_pressed_once_more_does_not_say_that_it_was_sent(
    dialog: AcknowledgeDialog, desk, qtbot, monkeypatch, opens: bool
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: opens)
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert not dialog.sent.isHidden()
    assert told(desk) == []


def test_who_changes_their_mind_is_not_on_record(
    dialog: AcknowledgeDialog, mail: MailProgram, desk, qtbot
) -> None:
    dialog.open_draft.click()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert told(desk) == []


def test_a_text_that_is_too_long_is_copied_and_the_draft_opens_without_it(
    context, host: QWidget, record, desk, mail: MailProgram
) -> None:
    desk.acknowledge.templates.save(Template("Long", "About your request", "word " * 500))
    dialog = AcknowledgeDialog(context, record(KEY), host)
    dialog.template.setCurrentIndex(1)
    dialog.open_draft.click()
    assert mail.links == [f"mailto:{KEY}?subject=About%20your%20request"]
    assert QGuiApplication.clipboard().text() == dialog.text.toPlainText()
    assert dialog.said.text() == acknowledge.TOO_LONG
    assert not dialog.sent.isHidden()


def test_without_a_mail_program_the_text_is_copied(dialog: AcknowledgeDialog, monkeypatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    dialog.open_draft.click()
    assert KEY in dialog.said.text()
    assert dialog.said.text().startswith("Your computer opened no mail program.")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"To: {KEY}\nSubject: {dialog.subject.text()}\n\n")
    assert copied.rstrip("\n").endswith(dialog.text.toPlainText())


def test_the_text_can_be_copied_for_a_mail_program_on_the_web(dialog: AcknowledgeDialog, desk, mail) -> None:
    dialog.copy.click()
    assert QGuiApplication.clipboard().text().startswith(f"To: {KEY}")
    assert mail.links == []
    dialog.sent.click()
    assert told(desk) == [(KEY, "Thank you", "Ana")]


def test_another_template_is_another_draft_and_asks_anew(context, host: QWidget, record, desk, mail) -> None:
    desk.acknowledge.templates.save(Template("Short", "Done", "It is done, {address}."))
    dialog = AcknowledgeDialog(context, record(KEY), host)
    dialog.open_draft.click()
    dialog.template.setCurrentIndex(1)
    assert (dialog.subject.text(), dialog.text.toPlainText()) == ("Done", f"It is done, {KEY}.")
    assert dialog.sent.isHidden()
    dialog.copy.click()
    dialog.sent.click()
    assert told(desk) == [(KEY, "Short", "Ana")]


def test_templates_that_cannot_be_read_are_said_and_nothing_can_be_sent(context, host, record, desk) -> None:
    desk.paths.templates.write_text("{")
    dialog = AcknowledgeDialog(context, record(KEY), host)
    assert "templates.json cannot be read" in dialog.problem.text()
    assert not dialog.open_draft.isEnabled()
    assert not dialog.copy.isEnabled()


def test_a_template_that_was_edited_is_the_draft_at_once(dialog: AcknowledgeDialog, qtbot) -> None:
    dialog.edit.click()
    editor = next(w for w in QApplication.topLevelWidgets() if isinstance(w, TemplatesDialog))
    editor.subject.setText("All done")
    editor.subject.textEdited.emit("All done")
    editor.save.click()
    assert dialog.subject.text() == "All done"


# -- the templates


@pytest.fixture
def editor(context, host: QWidget, qtbot) -> TemplatesDialog:
    made = TemplatesDialog(context, host)
    with qtbot.waitActive(made):
        made.open()
        made.activateWindow()
    return made


def listed(editor: TemplatesDialog) -> list[str]:
    return [editor.list.item(row).text() for row in range(editor.list.count())]


def kept(desk) -> list[Template]:
    return list(desk.acknowledge.templates.list())


def test_one_is_added_renamed_and_deleted(editor: TemplatesDialog, desk, qtbot) -> None:
    assert listed(editor) == ["Thank you"]
    assert not editor.delete.isEnabled()  # the last one stays
    editor.add.click()
    assert editor.name.hasFocus()
    qtbot.keyClicks(editor.name, "Warm")
    qtbot.keyClicks(editor.subject, "Dear you")
    qtbot.keyClicks(editor.body, "Thank you, {address}.")
    editor.save.click()
    assert listed(editor) == ["Thank you", "Warm"]
    assert kept(desk)[1] == Template("Warm", "Dear you", "Thank you, {address}.")
    assert not editor.save.isEnabled()
    editor.name.selectAll()
    qtbot.keyClicks(editor.name, "Warmer")
    editor.save.click()
    assert listed(editor) == ["Thank you", "Warmer"]
    editor.delete.click()
    question().yes.click()
    assert kept(desk) == [*shipped()]
    assert listed(editor) == ["Thank you"]


def test_what_cannot_be_kept_is_said_and_stays_in_the_fields(editor: TemplatesDialog, desk, qtbot) -> None:
    editor.body.selectAll()
    qtbot.keyClicks(editor.body, "Dear {name}")
    editor.save.click()
    assert editor.problem.text().startswith("Nothing is filled in for {name}.")
    assert editor.body.toPlainText() == "Dear {name}"
    assert kept(desk) == [*shipped()]


def test_the_usual_one_comes_back_after_a_question(editor: TemplatesDialog, desk, qtbot) -> None:
    qtbot.keyClicks(editor.subject, "!")
    editor.save.click()
    assert kept(desk) != [*shipped()]
    editor.back.click()
    question().yes.click()
    assert kept(desk) == [*shipped()]
    assert editor.subject.text() == shipped()[0].subject


@pytest.mark.parametrize("way", ["another", "add", "close"])
def test_what_was_typed_is_not_lost_without_a_word(editor: TemplatesDialog, desk, qtbot, way: str) -> None:
    desk.acknowledge.templates.save(Template("Warm", "Dear you", "Bye."))
    editor._fill("Thank you")
    qtbot.keyClicks(editor.subject, "!")
    if way == "another":
        editor.list.setCurrentRow(1)
    elif way == "add":
        editor.add.click()
    else:
        editor.close_button.click()
    assert question().heading.text() == "Leave it without saving?"
    assert editor.isVisible()
    assert editor.list.currentRow() == 0
    assert editor.subject.text() == shipped()[0].subject + "!"
    question().yes.click()
    if way == "another":
        assert editor.subject.text() == "Dear you"
    elif way == "add":
        assert editor.subject.text() == ""
    else:
        assert not editor.isVisible()
    assert kept(desk)[0] == shipped()[0]


def test_a_file_that_cannot_be_read_is_said_and_nothing_is_written_over(context, host, desk) -> None:
    desk.paths.templates.write_text("{")
    editor = TemplatesDialog(context, host)
    assert "cannot be read" in editor.problem.text()
    assert not any(
        part.isEnabled() for part in (editor.add, editor.back, editor.save, editor.delete, editor.name)
    )
    assert desk.paths.templates.read_text() == "{"


def test_the_business_is_named_as_the_settings_say(context, host: QWidget, record, desk) -> None:
    desk.change_settings(replace(desk.settings, business_name="Lakeside Garden Supply"))
    dialog = AcknowledgeDialog(context, record(KEY), host)
    assert dialog.text.toPlainText().endswith("\n\nLakeside Garden Supply")


def test_closed_templates_leave_nothing_to_the_collector(context, host: QWidget, qtbot) -> None:
    """A collector at work in a worker would end the widgets in that thread."""
    editor = TemplatesDialog(context, host)
    editor.open()
    qtbot.keyClicks(editor.subject, "!")
    editor.add.click()
    question().no.click()
    editor.close_button.click()
    question().yes.click()
    gone = weakref.ref(editor)
    gc.collect()
    gc.disable()
    try:
        del editor
        qtbot.waitUntil(lambda: gone() is None)
    finally:
        gc.enable()
