"""May I mail this person?"""

from collections.abc import Iterable
from dataclasses import dataclass

from optoutdesk.domain.address import exact_key, parse_domain_entry, read_cell
from optoutdesk.domain.cleaning import Reason
from optoutdesk.domain.errors import NotAnAddressError
from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.store import Store


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one address, or all of a domain, may be mailed; on what grounds not."""

    kind: Kind
    key: str
    given: str
    request: OptOutRequest | None
    """The request that bars it."""

    @property
    def may_mail(self) -> bool:
        """Whether nothing bars it."""
        return self.request is None

    @property
    def reason(self) -> Reason | None:
        """Why not."""
        if self.request is None:
            return None
        return Reason.DOMAIN if self.request.kind is Kind.DOMAIN else Reason.OPTED_OUT


class CheckAddress:
    """Answers for single addresses, straight from the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check(self, texts: Iterable[str], target: str | None = None) -> list[Answer]:
        """Return an answer for every address in the texts; NotAnAddressError when one text has none.

        `target` is the list that is to be mailed; without it someone who left any list may not be mailed.
        """
        answers: list[Answer] = []
        for text in texts:
            domain = parse_domain_entry(text)
            if isinstance(domain, str):
                answers.append(self._answer(Kind.DOMAIN, domain, text, target))
                continue
            reading = read_cell(text)
            unusual = exact_key(text) if reading.problem is not None else None
            if unusual is not None:
                answers.append(self._answer(Kind.ADDRESS, unusual, text.strip(), target))
                continue
            if reading.problem is not None or not reading.addresses:
                why = reading.problem or "empty"
                raise NotAnAddressError(f"“{text.strip()}” is no address ({why}); it must not be mailed.")
            answers += [self._answer(Kind.ADDRESS, a.key, a.given, target) for a in reading.addresses]
        return answers

    def _answer(self, kind: Kind, key: str, given: str, target: str | None) -> Answer:
        if kind is Kind.ADDRESS:
            barring = self._store.barring_address(key, target, given.strip())
        else:
            barring = self._store.barring_domain(key, target)
        return Answer(kind, key, given, barring[0] if barring else None)
