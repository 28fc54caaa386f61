"""Templates: hers to change, the shipped one can always come back, and a file that cannot be read is never written over."""

import json

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.services.templates import LONGEST_BODY, Template, Templates, shipped

WARM = Template("Warm", "Dear {address}", "Thank you.\n\n{business}")


@pytest.fixture
def templates(desk: Desk) -> Templates:
    return Templates(desk.paths.templates)


def names(templates: Templates) -> list[str]:
    return [each.name for each in templates.list()]


def test_until_she_changes_one_there_is_the_shipped_one(templates: Templates, desk: Desk) -> None:
    assert templates.list() == shipped()
    assert names(templates) == ["Thank you"]
    assert not desk.paths.templates.exists()


def test_one_is_added_changed_renamed_and_deleted(templates: Templates, desk: Desk) -> None:
    templates.save(WARM)
    assert Templates(desk.paths.templates).list() == (*shipped(), WARM)
    changed = templates.save(Template("  Warm  again ", "Dear you", "Bye.  \r\n\r\n"), instead_of="warm")
    assert changed == Template("Warm again", "Dear you", "Bye.")
    assert templates.list() == (*shipped(), changed)
    templates.delete("Warm again")
    assert templates.list() == shipped()


def test_the_last_one_stays(templates: Templates) -> None:
    with pytest.raises(UserError, match="only template"):
        templates.delete("Thank you")
    assert templates.list() == shipped()


def test_the_shipped_one_comes_back_as_it_was(templates: Templates) -> None:
    templates.save(Template("Thank you", "Hi", "Changed"), instead_of="Thank you")
    templates.save(WARM)
    assert templates.bring_back() == shipped()[0]
    assert templates.list() == (shipped()[0], WARM)
    templates.delete("Thank you")
    templates.bring_back()
    assert templates.list() == (shipped()[0], WARM)


def test_two_of_one_name_are_refused(templates: Templates) -> None:
    templates.save(WARM)
    with pytest.raises(UserError, match="There is a template “warm” already"):
        templates.save(Template("warm", "Hi", "Text"))
    with pytest.raises(UserError, match="already"):
        templates.save(Template("Thank You", "Hi", "Text"), instead_of="Warm")
    assert templates.list() == (*shipped(), WARM)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (Template(" ", "Hi", "Text"), "Give the template a name"),
        (Template("x" * 81, "Hi", "Text"), "Give the template a name"),
        (Template("A", " \n", "Text"), "Give the message a subject"),
        (Template("A", "Hi", "\n"), "Give the message a text"),
        (Template("A", "Hi", "x" * (LONGEST_BODY + 1)), "Give the message a text"),
        (Template("A", "Hi {adress}", "Text"), "Nothing is filled in for {adress}"),
        (Template("A", "Hi", "{name}"), "Nothing is filled in for {name}"),
        (Template("A", "Hi", "\udcff"), "cannot be kept"),
    ],
)
def test_what_makes_no_message_is_refused(templates: Templates, template: Template, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        templates.save(template)
    assert templates.list() == shipped()


def test_a_line_break_in_a_subject_begins_no_other_header(templates: Templates) -> None:
    assert templates.save(Template("A", "Hi\r\nBcc: x@y.example", "Text")).subject == "Hi Bcc: x@y.example"


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    filled = Template("A", "{business}", "{scope} {1} {}").filled({"business": "{address}", "scope": "“x”"})
    assert (filled.subject, filled.body) == ("{address}", "“x” {1} {}")


def test_an_unknown_name_says_what_there_is(templates: Templates) -> None:
    with pytest.raises(UsageError, match="“Thank you”"):
        templates.named("Nothing")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"templates": [{"name": "A"}]}',
        b'{"templates": [{"name": "A", "subject": "Hi", "body": 7}]}',
        b"\xff",
        b"[" * 100_000,
        b'{"templates": [' + b" " * 2_000_000 + b"]}",
    ],
)
def test_a_file_that_makes_no_sense_is_said_and_left_as_it_is(
    templates: Templates, desk: Desk, content: bytes
) -> None:
    desk.paths.templates.write_bytes(content)
    for act in (templates.list, templates.bring_back, lambda: templates.save(WARM)):
        with pytest.raises(UserError, match=r"templates\.json cannot be read"):
            act()
    assert desk.paths.templates.read_bytes() == content


def test_an_empty_list_gives_the_shipped_one(templates: Templates, desk: Desk) -> None:
    desk.paths.templates.write_text(json.dumps({"templates": []}))
    assert templates.list() == shipped()


def test_the_shipped_templates_are_as_they_would_be_kept(templates: Templates) -> None:
    for template in shipped():
        assert templates.save(template, instead_of=template.name) == template
