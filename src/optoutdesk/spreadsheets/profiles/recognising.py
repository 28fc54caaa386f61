"""Recognises where a file comes from by its header, its first rows and, between alike ones, its name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from optoutdesk.spreadsheets.profiles.data import People, Profile, Signature, Verified, load_profiles
from optoutdesk.spreadsheets.profiles.names import is_person, plain


@dataclass(frozen=True, slots=True)
class Recognition:
    """Where a file comes from, as far as it shows."""

    profile: Profile | None
    """None: it is not recognised, or it could be several."""
    candidates: tuple[Profile, ...] = ()
    """All it can be; empty: nothing that is known."""

    @property
    def ambiguous(self) -> bool:
        """Whether she has to choose."""
        return self.profile is None and bool(self.candidates)


def recognise(
    file_name: str, header: Sequence[str] | None, first_rows: Sequence[Sequence[str]]
) -> Recognition:
    """Say which profile a file has, from its header and its first rows.

    `header` is None for a file without one; a header that holds an address is taken as the first row. What no
    source confirms gives way to what one does, and file names only decide between headers that are alike.
    """
    if header is None or is_person(header):
        rows = [
            row
            for row in ([header] if header else []) + list(first_rows)
            if any(cell.strip() for cell in row)
        ]
        found = [p for p in load_profiles().values() if p.signature and _fits_content(p.signature, rows)]
    else:
        names = frozenset(filter(None, map(plain, header)))
        found = [p for p in load_profiles().values() if p.signature and _fits_header(p.signature, names)]
    found = [p for p in found if p.verified is not Verified.UNCONFIRMED] or found
    base = re.split(r"[/\\]", file_name)[-1]
    if len(found) > 1:
        by_name = [p for p in found if _file_name(p, base)]
        found = by_name or [p for p in found if p.signature and not p.signature.only_by_name]
    if len(found) == 1 and found[0].people is People.CONTACTS and not _file_name(found[0], base):
        # Contacts are never imported: a name that says "unsubscribed" must not be passed over in silence.
        rivals = [
            p for p in load_profiles().values() if p.platform is found[0].platform and _file_name(p, base)
        ]
        found = [*found, *rivals]
    if len(found) != 1:
        return Recognition(None, tuple(found))
    profile = _scoped_by_name(found[0], base)
    return Recognition(profile, (profile,))


def _fits_header(signature: Signature, names: frozenset[str]) -> bool:
    if signature.content:
        return False
    if signature.exactly:
        return names == set(signature.exactly)
    return (
        names.issuperset(signature.required)
        and all(names.intersection(group) for group in signature.any_of)
        and names.isdisjoint(signature.none_of)
    )


def _fits_content(signature: Signature, rows: Sequence[Sequence[str]]) -> bool:
    patterns = signature.content
    return (
        bool(patterns and rows)
        and all(
            len(row) >= len(patterns) and not any(cell.strip() for cell in row[len(patterns) :])
            for row in rows
        )
        and all(
            re.fullmatch(p, plain(cell), re.IGNORECASE)
            for row in rows
            for p, cell in zip(patterns, row, strict=False)
        )
    )


def _file_name(profile: Profile, base: str) -> re.Match[str] | None:
    names = profile.signature.file_names if profile.signature else ()
    return next((m for pattern in names if (m := re.search(pattern, base, re.IGNORECASE))), None)


def _scoped_by_name(profile: Profile, base: str) -> Profile:
    match = _file_name(profile, base)
    if not profile.scope_from_name or match is None:
        return profile
    return replace(profile, scope=profile.scope_from_name.format(match["scope"]))
