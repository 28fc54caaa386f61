"""What Ctrl+K answers: may this person be mailed? Looked up in one go, shown as a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from optoutdesk.desk import Desk
from optoutdesk.domain.address import Problem, domain_key, parse_domain_entry, read_cell
from optoutdesk.domain.requests import Kind
from optoutdesk.store import RegisterFilter
from optoutdesk.ui import words
from optoutdesk.ui.models.parent import NO_PARENT
from optoutdesk.ui.models.standing import in_one_line, people_at_domain

LIMIT = 20
"""People shown at once: whoever has to read more types another letter."""
_LOOKED_AT = 200
_WHOLE = 5
"""Whole addresses answered for at once: a pasted text may hold many."""

LINE_ROLE = Qt.ItemDataRole.UserRole + 1
CHIP_ROLE = Qt.ItemDataRole.UserRole + 2
TONE_ROLE = Qt.ItemDataRole.UserRole + 3

DO_NOT_MAIL = "Do not mail"
MAY_BE_MAILED = "May be mailed"

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Hit:
    """One address or domain, and the answer about it."""

    kind: Kind
    key: str
    line: str
    chip: str
    tone: str

    @property
    def title(self) -> str:
        """Its name as it is read and copied."""
        return words.subject(self.kind, self.key)


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer to one text."""

    hits: tuple[Hit, ...] = ()
    hint: str = ""
    """What to do or know where hits alone do not say it."""


START = Findings(hint="Type part of an address, a whole one, or a domain such as *@example.com.")


def look_up(desk: Desk, text: str, now: datetime) -> Findings:
    """Answer for what was typed; an address is said to be free only when it is a whole, valid one."""
    text = " ".join(text.split())
    if not text:
        return START
    domain = parse_domain_entry(text)
    if isinstance(domain, str):
        return Findings(_once([_domain_hit(desk, domain, now), *_people(desk, "@" + domain, now)]))
    reading = read_cell(text)
    if reading.addresses:
        return _whole(desk, text, now)
    people = list(_people(desk, text.removeprefix("*").lower(), now))
    domains = {hit.key.partition("@")[2] for hit in people if hit.kind is Kind.ADDRESS}
    if len(domains) > 1:
        domains.clear()  # of several domains none is meant
    typed = domain_key(text) if "@" not in text else None
    if isinstance(typed, str):
        domains.add(typed)
    hits = _once([*people, *_known_domains(desk, sorted(domains), now)])
    if hits:
        return Findings(hits)
    if domain is not None:
        return Findings(hint=f"Nobody on record, and “{text}” is no whole domain yet ({domain}).")
    return Findings(hint=_nothing(text, reading.problem))


def _nothing(text: str, problem: Problem | None) -> str:
    """Say that nobody was found; never that the text may be mailed, for it is no address."""
    if problem is not None and problem.guess:
        return f"“{text}” is no address ({problem.reason}). Did you mean {problem.guess}?"
    if problem is not None and "@" in text:
        return f"Nobody on record, and “{text}” is no whole address yet ({problem.reason})."
    return f"Nobody on record with “{text}”. Type a whole address to see whether it may be mailed."


def _whole(desk: Desk, text: str, now: datetime) -> Findings:
    """Answer for one or more whole addresses, then for whoever looks like the one, and for its domain."""
    reading = read_cell(text)
    addresses = reading.addresses[:_WHOLE]
    hits = [_person_hit(desk, address.key, now, address.given) for address in addresses]
    if len(addresses) == 1:
        hits += _people(desk, addresses[0].key, now)
        hits += _known_domains(desk, [addresses[0].key.partition("@")[2]], now)
    hint = ""
    if reading.problem is not None:
        hint = f"Part of this is no address ({reading.problem}); it must not be mailed."
    elif len(reading.addresses) > _WHOLE:
        hint = f"The first {_WHOLE} of {len(reading.addresses)} addresses are shown."
    return Findings(_once(hits), hint)


def _people(desk: Desk, text: str, now: datetime) -> Iterator[Hit]:
    """Yield an answer for each address or domain of the register that holds the text."""
    page = desk.register.page(RegisterFilter(text=text), limit=_LOOKED_AT)
    subjects = dict.fromkeys((row.request.kind, row.request.key) for row in page.rows)
    for kind, key in list(subjects)[:LIMIT]:
        if kind is Kind.DOMAIN:
            yield _domain_hit(desk, key, now)
        elif kind is Kind.HASH:
            yield _hash_hit(desk, key, now)
        else:
            yield _person_hit(desk, key, now)


def _person_hit(desk: Desk, key: str, now: datetime, given: str | None = None) -> Hit:
    history = desk.register.history(Kind.ADDRESS, key, now, given)
    free = desk.check_address.check([given or key])[0].may_mail
    chip, tone = (MAY_BE_MAILED, "ok") if free else (DO_NOT_MAIL, "danger")
    return Hit(Kind.ADDRESS, key, in_one_line(history, desk.counting.today(now)), chip, tone)


def _hash_hit(desk: Desk, key: str, now: datetime) -> Hit:
    history = desk.register.history(Kind.HASH, key, now)
    chip, tone = (DO_NOT_MAIL, "danger") if history.in_force else (MAY_BE_MAILED, "ok")
    return Hit(Kind.HASH, key, in_one_line(history, desk.counting.today(now)), chip, tone)


def _domain_hit(desk: Desk, domain: str, now: datetime) -> Hit:
    history = desk.register.history(Kind.DOMAIN, domain, now)
    barring = desk.check_address.check([f"*@{domain}"])[0].request
    if barring is None:
        people, more = _people_at(desk, domain)
        line = f"{people_at_domain(people, more=more)} · the domain itself is not suppressed"
        return Hit(Kind.DOMAIN, domain, line, "Domain", "plain")
    if barring.key != domain:
        return Hit(
            Kind.DOMAIN,
            domain,
            f"Suppressed with {words.subject(barring.kind, barring.key)}",
            DO_NOT_MAIL,
            "danger",
        )
    return Hit(Kind.DOMAIN, domain, in_one_line(history, desk.counting.today(now)), DO_NOT_MAIL, "danger")


def _people_at(desk: Desk, domain: str) -> tuple[int, bool]:
    """Return how many people at a domain have opted out, and whether there are more than were counted."""
    page = desk.register.page(RegisterFilter(text=f"@{domain}"), limit=_LOOKED_AT)
    people = {
        row.request.key
        for row in page.rows
        if row.request.kind is Kind.ADDRESS and row.request.key.endswith(f"@{domain}") and not row.lifted
    }
    return len(people), page.after is not None


def _known_domains(desk: Desk, domains: list[str], now: datetime) -> Iterator[Hit]:
    """Yield the domains about which there is something to say."""
    for domain in domains:
        barred = not desk.check_address.check([f"*@{domain}"])[0].may_mail
        if barred or _people_at(desk, domain)[0]:
            yield _domain_hit(desk, domain, now)


def _once(hits: list[Hit]) -> tuple[Hit, ...]:
    first: dict[tuple[Kind, str], Hit] = {}
    for hit in hits:
        first.setdefault((hit.kind, hit.key), hit)
    return tuple(first.values())


class FindModel(QAbstractListModel):
    """The hits of one text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()

    def show(self, hits: tuple[Hit, ...]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()

    def hit(self, number: int) -> Hit:
        """Return the hit in a row."""
        return self._hits[number]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        answers = {
            Qt.ItemDataRole.DisplayRole: hit.title,
            LINE_ROLE: hit.line,
            CHIP_ROLE: hit.chip,
            TONE_ROLE: hit.tone,
            Qt.ItemDataRole.AccessibleTextRole: f"{hit.title}: {hit.chip}. {hit.line}",
        }
        return answers.get(Qt.ItemDataRole(role) if role < Qt.ItemDataRole.UserRole else role)
