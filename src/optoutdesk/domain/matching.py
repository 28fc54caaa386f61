"""A match key against the suppression list: is it on it, by itself, by its hash or through its domain, and why?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from optoutdesk.domain.address import parent_domains
from optoutdesk.domain.hashing import ALGORITHMS, digests_of
from optoutdesk.domain.requests import Kind


class Grounds(NamedTuple):
    """When, how and for which mail someone opted out; one object serves all requests that share it."""

    day: str
    """Day of receipt, ISO 8601."""
    channel: str
    scope: str


class Evidence(NamedTuple):
    """The request that bars a row: made by the hundred thousand, hence a named tuple."""

    kind: Kind
    key: str
    """Match key of the address, the suppressed domain, or the hash."""
    day: str
    channel: str
    scope: str


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """All that must not be mailed for one target, as it stands at one entry of the ledger."""

    addresses: Mapping[str, Grounds]
    """By match key."""
    domains: Mapping[str, Grounds]
    hashes: Mapping[bytes, Grounds] = field(default_factory=dict)
    """By hash; its length says which."""
    _covering: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    _algorithms: list[str] = field(default_factory=list, compare=False, repr=False)

    def evidence(self, kind: Kind, key: str) -> Evidence:
        """Return the request behind an entry of the list."""
        if kind is Kind.HASH:
            return Evidence(kind, key, *self.hashes[bytes.fromhex(key)])
        return Evidence(kind, key, *(self.addresses if kind is Kind.ADDRESS else self.domains)[key])

    def hash_of(self, key: str, given: str | None = None) -> str | None:
        """Return the hash under which an address is suppressed, given its match key and how it is written."""
        if not self.hashes:
            return None
        if not self._algorithms:
            self._algorithms.extend({ALGORITHMS[2 * len(key)] for key in self.hashes})
        digests = digests_of(key, given, self._algorithms)
        return next((digest for digest in digests if bytes.fromhex(digest) in self.hashes), None)

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

    def bars(self, key: str, given: str | None = None) -> bool:
        """Whether an address must not be mailed."""
        return (
            key in self.addresses or self.domain_over(key) is not None or self.hash_of(key, given) is not None
        )
