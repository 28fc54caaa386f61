"""A cell of a list in, the addresses in it with their match keys out, or the reason why there are none.

The match key decides whether two spellings are one mailbox: trimmed, invisible characters out, NFKC where
that leaves ASCII, lower case, domain as IDNA A-label (RFC 5890). RFC 5321 section 2.4 lets a receiver tell
`Jane@` from `jane@`, but no list does, and taking them as one holds back rather than mails.

Whatever is recognisable but odd gives a reason for review instead of a key, so that it fails closed.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

MAX_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
MAX_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1
MAX_DOMAIN = 253  # RFC 1035 section 2.3.4, written without the final dot


@dataclass(frozen=True, slots=True)
class Address:
    """One address found in a cell."""

    key: str
    """The match key."""
    given: str
    """As it stood in the cell."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something in a cell is no address, in words for a person."""

    reason: str
    guess: str | None = None
    """The address that was probably meant; never acted on."""

    def __str__(self) -> str:
        return f"{self.reason}; {self.guess}?" if self.guess else self.reason


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell gave. Both can be there: a good address beside a broken one."""

    addresses: tuple[Address, ...] = ()
    problem: Problem | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing at all stood in the cell."""
        return not self.addresses and self.problem is None


EMPTY = Reading()
NO_AT = "no @ sign"
"""The reason for a cell in which nothing looks like an address."""

# The guard that spares nearly every row the long way: a lower-case local part that the long way would leave as
# it is. Possessive, so that no cell can make it try long.
_PLAIN_LOCAL = re.compile(r"[a-z0-9_]++(?:[.+'&-][a-z0-9_]++)*+")
plain_local: Callable[[str], object] = _PLAIN_LOCAL.fullmatch
"""Truthy for a plain local part, lower case, of any length."""

# Default-ignorable code points (Unicode DerivedCoreProperties): they print as nothing, str.strip() keeps
# them, and a copy from a web page or a PDF is full of them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_AT_SIGNS = str.maketrans("\uff20\ufe6b", "@@")
_MAILTO = re.compile(r"mailto:([^\s?<>\"]*)(\?[^\s<>\"]*)?", re.IGNORECASE)
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_SEPARATORS = re.compile(r"[<>()\[\],;:\"|\s]+")
# ann@exam"ple.com is not ann@exam: some program lost a quotation mark here.
_QUOTE_WITHIN = re.compile(r'@[^@\s<>()\[\],;:"|]*+"\w')
# What stands around it may be a part of the address, which then is another person's: \x1b[31mann@a.example.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# Allowed by RFC 5322, but before an address it is a bullet, a comment sign, or the rest of a link or a formula.
_NEVER_FIRST = "=*/+-#!?$%&^~|{}"
# Allowed as well, but what parts the columns of an odd export, or a name from its value, is more likely.
_HARDLY_WITHIN = re.compile(r"[!#$%*/=?^`{|}~]")
_SURROUNDING = ".'\u2018\u2019`"
_DOT_ATOM = re.compile(r"[^\s\"(),:;<>@\[\\\].\x00-\x1f\x7f]+(?:\.[^\s\"(),:;<>@\[\\\].\x00-\x1f\x7f]+)*")
_ASCII_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*")  # RFC 5322 section 3.2.3
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1035 section 2.3.1, RFC 1123 section 2.1
_TOP_LEVEL = re.compile(
    r"[a-z]+|xn--[a-z0-9-]+"
)  # RFC 1123 section 2.1, RFC 5890: a footnote's mark makes it com1
_WRITTEN_OUT = re.compile(r"^(\S+)\s*[\[({]?\s*\bat\b\s*[\])}]?\s*(\S+)$", re.IGNORECASE)
_DOT_WRITTEN_OUT = re.compile(r"\s*[\[({]\s*dot\s*[\])}]\s*|\s+dot\s+", re.IGNORECASE)


def plain_key(cell: str) -> str | None:
    """Return the match key of a cell that is one plain ASCII address, else None (then ask read_cell)."""
    if len(cell) > MAX_ADDRESS:
        return None
    key = cell.strip().lower()
    local, _, domain = key.partition("@")
    plain = len(local) <= MAX_LOCAL_PART and plain_local(local) and is_plain_domain(domain)
    return key if plain else None


@lru_cache(maxsize=65_536)
def is_plain_domain(domain: str) -> bool:
    """Whether a lower-case domain is valid and its own key."""
    return domain.isascii() and domain_key(domain) == domain


def read_cell(cell: str) -> Reading:
    """Return every address in a cell, each key once, and the first reason for review."""
    key = plain_key(cell)
    if key is not None:
        return Reading((Address(key, cell.strip()),))
    text = _INVISIBLE.sub("", cell).strip()
    if not text.isascii():
        compatible = unicodedata.normalize("NFKC", text)
        # Beside letters that stay as they are, at least no sign that reads as an @ may hide an address.
        text = compatible.strip() if compatible.isascii() else text.translate(_AT_SIGNS)
    if not text:
        return EMPTY
    if "@" not in text:
        return Reading(problem=Problem(NO_AT, _guess_without_at(text)))
    text = _MAILTO.sub(lambda found: f" {_percent_decoded(found[1])} ", text)
    found: dict[str, Address] = {}
    problem: Problem | None = None
    if _QUOTE_WITHIN.search(text):
        problem = Problem("a quotation mark within the address")
    elif _CONTROL.search(text):
        problem = Problem("an invisible control character")
    for token in _SEPARATORS.split(text):
        if "@" not in token:
            continue
        given = token.strip(_SURROUNDING)
        result = _key_of(given)
        if isinstance(result, Problem):
            problem = problem or Problem(result.reason, result.guess or _guess(text))
        else:
            found.setdefault(result, Address(result, given))
    return Reading(tuple(found.values()), problem)


def exact_key(text: str) -> str | None:
    """Return the match key of a text that is one address and nothing else, also one with an unusual sign in it.

    In a list such an address is held back, but someone who has one must be able to opt out.
    """
    result = _key_of(text.strip(), unusual=True) if "@" in text else None
    return result if isinstance(result, str) else None


def _key_of(token: str, *, unusual: bool = False) -> str | Problem:
    """Return the match key of one token that holds an @, or what is wrong with it."""
    local, _, domain = token.rpartition("@")
    if "@" in local:
        return Problem("two @ signs")
    if not local:
        return Problem("nothing before the @")
    if not domain:
        return Problem("nothing after the @")
    if len(token) > MAX_ADDRESS or len(local) > MAX_LOCAL_PART:
        return Problem("too long for an address")
    if local[0] in _NEVER_FIRST:
        return Problem(f"begins with {local[0]}")
    if not unusual and ("//" in local or _PERCENT.search(local)):
        return Problem("part of a web address")
    ascii_domain = domain_key(domain)
    if isinstance(ascii_domain, Problem):
        return ascii_domain
    if not unusual and _HARDLY_WITHIN.search(local):
        return Problem("an unusual sign before the @", _sure(f"{_HARDLY_WITHIN.split(local)[-1]}@{domain}"))
    lower = local.lower()
    if lower.isascii():
        if not _ASCII_ATOM.fullmatch(lower):
            return Problem("a character no address can have before the @")
    else:
        lower = unicodedata.normalize("NFC", lower)
        # A full-width letter beside an accented one: recognisable, but nobody's spelling of a mailbox.
        accent_alone = unicodedata.category(lower[0])[0] == "M"
        if unicodedata.normalize("NFKC", lower) != lower or accent_alone or any(map(_no_letter, lower)):
            return Problem("unusual letters before the @")
    if not _DOT_ATOM.fullmatch(lower):
        return Problem(
            "dots in the wrong place" if "." in lower else "a character no address can have before the @"
        )
    return f"{lower}@{ascii_domain}"


def domain_key(domain: str) -> str | Problem:
    """Return a domain as lower-case A-labels without a final dot, or what is wrong with it."""
    name = domain.strip().rstrip(".").lower()
    if not name.isascii():
        encoded = _a_labels(name)
        if encoded is None:
            return Problem("the domain is not valid")
        name = encoded
    labels = name.split(".")
    if len(labels) < 2:
        return Problem("the domain has no dot")
    if (
        len(name) > MAX_DOMAIN
        or not all(map(_LABEL.fullmatch, labels))
        or not _TOP_LEVEL.fullmatch(labels[-1])
    ):
        return Problem("the domain is not valid")
    return name


@lru_cache(maxsize=4096)
def _a_labels(name: str) -> str | None:
    import idna  # slow to load and slow to run: only for the few domains that need it

    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None


def unicode_domain(domain: str) -> str:
    """Return a domain of A-labels in its Unicode form (RFC 5890 section 2.3.2.1); unchanged where it has none."""
    if "xn--" not in domain:
        return domain
    import idna  # as above

    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def _no_letter(character: str) -> bool:
    """Whether a character is a bullet, a dash, a typographic quote or the like, as a paste leaves them beside a name."""
    return not character.isascii() and unicodedata.category(character)[0] not in "LMN"


def _percent_decoded(text: str) -> str:
    """Return the address of a mailto link as RFC 6068 section 2 reads it."""
    if "%" not in text:
        return text
    from urllib.parse import unquote  # slow to load: only for the few that need it

    return unquote(text)


def _guess(text: str) -> str | None:
    """Guess what a cell with an unreadable address meant: a comma for a dot, a blank beside the @, a curly quote."""
    if len(text) > 2 * MAX_ADDRESS:
        return None
    compact = re.sub(r"\s*@\s*", "@", text.strip().strip(_SURROUNDING + "=*")).replace("\u2019", "'")
    return _sure(re.sub(r"\s*,\s*", ".", compact)) or _sure(re.sub(r"[\s,]+", "", compact))


def _guess_without_at(text: str) -> str | None:
    match = _WRITTEN_OUT.match(_DOT_WRITTEN_OUT.sub(".", text[:MAX_ADDRESS]))
    return _sure(f"{match[1]}@{match[2]}") if match else None


def _sure(candidate: str) -> str | None:
    return plain_key(candidate)


def parse_domain_entry(text: str) -> str | Problem | None:
    """Read `*@shop.example` or `@shop.example`: the domain's key, what is wrong, or None when it is neither."""
    stripped = _INVISIBLE.sub("", text).strip().strip("<>\"'").strip()
    bare = stripped.removeprefix("*")
    if not bare.startswith("@") or "@" in bare[1:]:
        return None
    return domain_key(bare[1:])


def parent_domains(domain: str) -> tuple[str, ...]:
    """Return the domain and all it lies under: a.b.example -> a.b.example, b.example, example."""
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels)))
