"""Acknowledging a request: a draft for her own mail program, and on record once she says that she sent it.

The program never sends anything. 16 CFR 316.5: nothing may be asked of the person beyond the request itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from optoutdesk.domain.address import read_cell
from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import ALL_MAIL, Acknowledgement, Kind, OptOutRequest, Precision
from optoutdesk.services.changes import Changes
from optoutdesk.services.templates import Template, Templates
from optoutdesk.services.wording import day_words
from optoutdesk.store import Store

LONGEST_LINK = 1_900
"""Characters of a mailto link that mail programs are known to take; Windows cuts off at some 2,000."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is ready to be sent."""

    template: str
    address: str
    subject: str
    body: str
    link: str
    """A mailto link (RFC 6068) that opens it in her mail program."""
    with_text: bool
    """Whether the text is in the link; it is too long where it is not, and has to be pasted."""

    @property
    def text(self) -> str:
        """Return all of it, to be copied."""
        return f"To: {self.address}\nSubject: {self.subject}\n\n{self.body}\n"


class Acknowledge:
    """Drafts acknowledgements and puts them on record."""

    def __init__(self, store: Store, templates: Path, business: Callable[[], str]) -> None:
        self._store = store
        self._business = business
        self.templates = Templates(templates)

    def draft(self, request: OptOutRequest, template: Template) -> Draft:
        """Return the message for a request; UserError when there is nobody to write to."""
        _refuse(request)
        address = address_of(request)
        filled = template.filled(
            {
                "address": address,
                "business": " ".join(self._business().split()),
                "received": _received(request),
                "scope": "marketing mail" if request.scope == ALL_MAIL else f"“{request.scope}”",
            }
        )
        link = _link(address, filled.subject, filled.body)
        with_text = len(link) <= LONGEST_LINK
        if not with_text:
            link = _link(address, filled.subject, "")
        return Draft(template.name, address, filled.subject, filled.body, link, with_text)

    def record(self, request: OptOutRequest, draft: Draft, *, by: str, now: datetime) -> Changes:
        """Put on record that she sent a draft; one act."""
        _refuse(request)
        with self._store.act("acknowledge", by=by, now=now) as act:
            act.acknowledge(Acknowledgement(request.id, now, by, draft.template, draft.address))
        return Changes.REQUESTS


def can_be_acknowledged(request: OptOutRequest) -> bool:
    """Whether there is somebody who asked and can be written to."""
    return request.kind is Kind.ADDRESS and request.asked and request.withdrawn_at is None


def _refuse(request: OptOutRequest) -> None:
    if request.kind is not Kind.ADDRESS:
        what = "a whole domain" if request.kind is Kind.DOMAIN else "a hash"
        raise UserError(f"This request is about {what}: there is no address to write to.")
    if not request.asked:
        raise UserError(
            "Mail to this address bounced. Nobody asked for anything, so there is nothing to answer."
        )
    if request.withdrawn_at is not None:
        raise UserError("The import that brought this request was undone, so there is nothing to answer.")


def address_of(request: OptOutRequest) -> str:
    """Return the address to write to: the name before the @ as the person writes it, the domain as DNS knows it."""
    given = [a.given for a in read_cell(request.given).addresses if a.key == request.key]
    local = (given or [request.key])[0].rpartition("@")[0]
    return f"{local}@{request.key.rpartition('@')[2]}"


def _received(request: OptOutRequest) -> str:
    day = day_words(request.received.day.isoformat())
    return f"{day} or before" if request.received.precision is Precision.UNKNOWN else day


def _link(address: str, subject: str, body: str) -> str:
    """Return a mailto link: UTF-8 in percent signs, line breaks as %0D%0A (RFC 6068 section 5)."""
    local, _, domain = address.rpartition("@")
    fields = {"subject": subject, "body": body.replace("\n", "\r\n")}
    said = "&".join(f"{name}={quote(text, safe='')}" for name, text in fields.items() if text)
    return f"mailto:{quote(local, safe='')}@{quote(domain, safe='')}?{said}"
