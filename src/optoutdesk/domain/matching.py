"""A match key against the suppression list: is it on it, by itself or through its domain?"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from optoutdesk.domain.address import parent_domains
from optoutdesk.domain.requests import Kind


class Evidence(NamedTuple):
    """The request that bars a key: made by the hundred thousand, hence a named tuple."""

    key: str
    kind: Kind
    day: str
    """Day of receipt, ISO 8601."""
    channel: str
    scope: str
    request_id: int


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """All that must not be mailed for one target, as it stands at one entry of the ledger."""

    addresses: AbstractSet[str]
    domains: AbstractSet[str]
    _covering: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    def domain_over(self, key: str) -> str | None:
        """Return the suppressed domain that covers an address's match key: its own or one above it."""
        if not self.domains:
            return None
        domain = key.partition("@")[2]
        try:
            return self._covering[domain]
        except KeyError:
            over = next((name for name in parent_domains(domain) if name in self.domains), None)
            self._covering[domain] = over
            return over
