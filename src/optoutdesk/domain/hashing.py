"""Hashed suppression lists: which cell is a hash, and under which hashes a partner may have listed an address.

Partners hash an address so that a list can be compared without being read. Most lower-case and trim it first, some
leave the case as it was written, some write the domain in its Unicode form: all of these are tried.
"""

import hashlib
import re
from collections.abc import Collection

from optoutdesk.domain.address import unicode_domain

ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
"""Names of hashlib by the number of hexadecimal digits."""
LENGTHS = {name: length for length, name in ALGORITHMS.items()}

_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}").fullmatch
_LONGEST = max(ALGORITHMS) + 32  # with some blanks around


def digest_key(cell: str) -> str | None:
    """Return the hash that stands in a cell, in lower case; None when it is none."""
    if len(cell) > _LONGEST:
        return None
    key = cell.strip().lower()
    return key if _DIGEST(key) else None


def digest(text: str, algorithm: str) -> str:
    """Return the hexadecimal hash of a text in UTF-8."""
    return hashlib.new(algorithm, text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def forms(key: str, given: str | None = None) -> tuple[str, ...]:
    """Return the spellings of an address under which it may have been hashed, the usual one first.

    `key` is its match key: lower case, the domain as an A-label (RFC 5890). `given` is how it was written.
    """
    found = {key: None}
    local, at, domain = key.rpartition("@")
    if "xn--" in domain:
        found[local + at + unicode_domain(domain)] = None
    if given is not None and given != key:
        found |= dict.fromkeys((given, given.lower()))
    found[key.upper()] = None
    return tuple(found)


def digests_of(key: str, given: str | None, algorithms: Collection[str]) -> list[str]:
    """Return the hashes of all forms of an address, by each of these algorithms."""
    return [digest(form, algorithm) for form in forms(key, given) for algorithm in algorithms]
