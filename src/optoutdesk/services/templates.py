"""What is written to people who asked: a few texts, hers to change, in one readable file; the shipped one asks nothing of them."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.resources import resource
from optoutdesk.spreadsheets.output import PendingFile, cannot_write

PLACEHOLDERS = ("address", "business", "received", "scope")
"""What stands in braces in a template and is filled in."""
LONGEST_NAME = 80
LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
_MOST_BYTES = 1 << 20
_BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A text under a name."""

    name: str
    subject: str
    body: str

    def filled(self, values: Mapping[str, str]) -> "Template":
        """Return it with its placeholders filled in; lines that are empty by that at the end are left out."""

        def fill(text: str) -> str:
            return _BRACES.sub(lambda found: values.get(found[1], found[0]), text).strip()

        return replace(self, subject=" ".join(fill(self.subject).split()), body=fill(self.body))


def shipped() -> tuple[Template, ...]:
    """Return the templates of resources/templates."""
    return tuple(_parse(resource("templates", "acknowledgements.json").read_text("utf-8")))


class Templates:
    """The templates of one business. Read anew each time: the file is small, and another window may change it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def list(self) -> tuple[Template, ...]:
        """Return all templates in their order; the shipped ones until she changes one. UserError when they cannot be read."""
        try:
            with self._file.open("rb") as stream:
                data = stream.read(_MOST_BYTES)  # a larger file is cut off, and then it is no JSON
            return tuple(_parse(data.decode("utf-8-sig"))) or shipped()
        except FileNotFoundError:
            return shipped()
        except (OSError, ValueError) as error:
            raise UserError(
                f"The templates in {self._file} cannot be read. Correct that file, or delete it to get the usual one.",
                details=str(error),
            ) from error

    def named(self, name: str) -> Template:
        """Return one by its name; UsageError names what there is."""
        known = self.list()
        found = next((each for each in known if _compared(each.name) == _compared(name)), None)
        if found is None:
            names = ", ".join(f"“{each.name}”" for each in known)
            raise UsageError(f"There is no template “{name}”. What there is: {names}.")
        return found

    def save(self, template: Template, *, instead_of: str | None = None) -> Template:
        """Keep a template, new or instead of the one of a name, and return it as it is kept; UserError says what is wrong."""
        checked = _checked(template)
        known = list(self.list())
        replaced = None if instead_of is None else self.named(instead_of)
        if any(each != replaced and _compared(each.name) == _compared(checked.name) for each in known):
            raise UserError(f"There is a template “{checked.name}” already. Choose another name.")
        if replaced is None:
            known.append(checked)
        else:
            known[known.index(replaced)] = checked
        self._write(known)
        return checked

    def delete(self, name: str) -> None:
        """Take a template away; the last one stays."""
        gone = self.named(name)
        left = [each for each in self.list() if each != gone]
        if not left:
            raise UserError("This is the only template. Change it, or add another one before you delete it.")
        self._write(left)

    def bring_back(self) -> Template:
        """Put the shipped template back as it was, and return it; the others stay as they are."""
        usual = shipped()[0]
        known = list(self.list())
        names = [_compared(each.name) for each in known]
        if _compared(usual.name) in names:
            known[names.index(_compared(usual.name))] = usual
        else:
            known.insert(0, usual)
        self._write(known)
        return usual

    def _write(self, templates: Iterable[Template]) -> None:
        content = json.dumps(
            {"templates": [asdict(each) for each in templates]}, indent=2, ensure_ascii=False
        )
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise cannot_write(self._file, error) from error
        with PendingFile(self._file, overwrite=True) as pending:
            pending.stream.write(content.encode("utf-8") + b"\n")
            pending.seal()
            pending.publish()


def _parse(text: str) -> list[Template]:
    """Return what a file holds; ValueError when it is no file of templates."""
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested without end") from error
    items = data.get("templates") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ValueError("it holds no list of templates")  # noqa: TRY004 - for the caller it is one of many
    return [_template(item) for item in items]


def _template(item: Any) -> Template:
    try:
        template = Template(item["name"], item["subject"], item["body"])
        return _checked(template)
    except (KeyError, TypeError, AttributeError, UserError) as error:
        raise ValueError(f"no template: {str(item)[:200]}") from error


def _checked(template: Template) -> Template:
    """Return a template with blanks in order; UserError says what is wrong."""
    name = " ".join(template.name.split())
    subject = " ".join(template.subject.split())  # one line: a line break would begin another header
    body = "\n".join(line.rstrip() for line in template.body.splitlines()).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(f"Give the template a name of 1 to {LONGEST_NAME} characters.")
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise UserError(f"Give the message a subject of 1 to {LONGEST_SUBJECT} characters.")
    if not body or len(body) > LONGEST_BODY:
        raise UserError(f"Give the message a text of 1 to {LONGEST_BODY:,} characters.")
    for text in (name, subject, body):
        if text.encode("utf-8", "ignore").decode("utf-8") != text:
            raise UserError("There is a sign in the template that cannot be kept. Type that place again.")
    unknown = next(
        (found for found in _BRACES.findall(f"{subject} {body}") if found not in PLACEHOLDERS), None
    )
    if unknown is not None:
        known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
        raise UserError(f"Nothing is filled in for {{{unknown}}}. What there is: {known}.")
    return Template(name, subject, body)


def _compared(name: str) -> str:
    return " ".join(name.split()).casefold()
