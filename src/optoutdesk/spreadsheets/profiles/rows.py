"""Says what one row is: an opt-out with its scopes and channel, a bounce, left out, or to be reviewed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from optoutdesk.domain.address import parse_domain_entry
from optoutdesk.domain.requests import ALL_MAIL, Channel, scope_name
from optoutdesk.spreadsheets.profiles.columns import FieldMap
from optoutdesk.spreadsheets.profiles.data import Field, Means, Pattern, People, Profile, Standing
from optoutdesk.spreadsheets.profiles.names import NO, YES, cell_of, plain, plain_word


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row says of its person."""

    standing: Standing
    reason: str
    """In words; rows of one kind have the same words, so that they can be counted."""
    scopes: tuple[str, ...] = ()
    channel: Channel | None = None
    bounced: bool = False
    """Mail to the address bounced, whatever else is said of it."""
    subscribed: bool = False
    """The file says "subscribed": a conflict if the person is suppressed, never an opt-in."""
    dated: bool = True
    """Whether the received column dates this opt-out."""
    pattern: Pattern | None = None
    """Which part of addresses the entry is, where it is a pattern and the file says so."""


_DECIDING = (
    *(Field.STATUS, Field.SCOPE, Field.CHANNEL),
    *(Field.ALL_MAIL_FLAG, Field.BOUNCE_FLAG, Field.COMPLAINT_FLAG, Field.SCOPE_FLAG),
)
"""What a verdict depends on, beside whether there is a time of opting out."""
_REMEMBERED = 1000
_NOTHING = {"", "none", "null", "n/a", "na", "nan", "-", "[]", "{}", "false"}
_TRUE = {"true", "wahr", "vrai", "verdadero"}
"""TRUE as spreadsheets write it; a 1 in a column that is no list may be a number."""
_FILLED = 1 + max(map(len, _NOTHING))
_SHOWN = 40
_PARTS = re.compile(r"[,;|\[\]'\"]+")
_LONGEST_SCOPES = 2_000
_LISTS = re.compile(r"[,;|\n\r]+")
_PATTERNS = {"begins": Pattern.BEGINS, "starts": Pattern.BEGINS, "ends": Pattern.ENDS}
_STRICTEST = {means: place for place, means in enumerate(Means)}


def rows_of_interest(profile: Profile, row: Sequence[str], mapping: FieldMap) -> Verdict:
    """Say what one row is: an opt-out with its scopes and channel, a bounce, left out, or to be reviewed.

    A complaint is an opt-out of all mail. The address itself is not looked at.
    """
    if profile.people is People.CONTACTS:
        return Verdict(
            Standing.ACTIVE,
            f"{profile.name}: a file of contacts, not of opt-outs",
            subscribed=profile.subscribed,
        )
    if profile.people is People.NOT_STATED:
        return Verdict(Standing.UNKNOWN, f"{profile.name}: the file does not say who opted out")
    if profile.people is People.OPTED_OUT:
        return _opted_out(profile, row, mapping, f"{profile.name}: all in this file opted out")
    if profile.people is People.BOUNCED:
        return _verdict(Means.BOUNCE, f"{profile.name}: all in this file bounced")
    if profile.people is People.COMPLAINTS:
        return _verdict(Means.COMPLAINT, f"{profile.name}: all in this file complained")
    if mapping.columns.get(Field.ALL_MAIL_FLAG) or profile.people is People.BY_FLAGS:
        return _by_flags(profile, row, mapping)
    return _by_status(profile, row, mapping)


def judge(profile: Profile, mapping: FieldMap) -> Callable[[Sequence[str]], Verdict]:
    """Return rows_of_interest for a million rows of one file: rows that say the same are judged once."""
    watched = sorted({i for of in _DECIDING for i in mapping.columns.get(of, ())})
    received = mapping.column(Field.RECEIVED) if profile.opted_out_when_received else None
    seen: dict[tuple[str, ...], Verdict] = {}

    def verdict_of(row: Sequence[str]) -> Verdict:
        key = [row[i] if i < len(row) else "" for i in watched]
        if received is not None:
            key.append(cell_of(row, received)[:_FILLED])  # only whether it is filled matters
        known = seen.get(place := tuple(key))
        if known is None:
            known = rows_of_interest(profile, row, mapping)
            if len(seen) < _REMEMBERED and sum(map(len, place)) < _REMEMBERED:
                seen[place] = known
        return known

    return verdict_of


def _opted_out(
    profile: Profile, row: Sequence[str], mapping: FieldMap, reason: str, *, dated: bool = True
) -> Verdict:
    channel = _channel(profile, mapping.cell(Field.CHANNEL, row))
    # A complaint is treated as one about all mail.
    scopes = (ALL_MAIL,) if channel is Channel.COMPLAINT else _scopes(profile, mapping.cell(Field.SCOPE, row))
    return Verdict(Standing.OPTED_OUT, reason, scopes, channel, dated=dated)


def _verdict(means: Means, reason: str, *, dated: bool = True) -> Verdict:
    """Return the verdict of everything but an ordinary opt-out."""
    if means is Means.COMPLAINT:
        return Verdict(Standing.OPTED_OUT, reason, (ALL_MAIL,), Channel.COMPLAINT, dated=dated)
    if means is Means.BOUNCE:
        return Verdict(Standing.BOUNCE, reason, (ALL_MAIL,), Channel.BOUNCE, bounced=True, dated=dated)
    if means is Means.PATTERN:
        return Verdict(Standing.PATTERN, reason)
    if means is Means.REVIEW:
        return Verdict(Standing.UNKNOWN, reason)
    return Verdict(Standing.ACTIVE, reason, subscribed=means is Means.SUBSCRIBED)


def _channel(profile: Profile, cell: str) -> Channel:
    word = plain(cell)
    if word in profile.channels:
        return profile.channels[word]
    try:
        return Channel(re.sub(r"[\s_]+", "-", word)) if word else profile.channel
    except ValueError:
        return profile.channel


def _scopes(profile: Profile, cell: str) -> tuple[str, ...]:
    """Return the lists a cell names; nothing named is the scope of the file.

    "News, Offers" may be two lists or one. Where the platform does not say, it is taken for all three, so that whoever
    left is mailed for none of them.
    """
    if len(cell) > _LONGEST_SCOPES:
        return (ALL_MAIL,)  # no names of lists, whatever it is
    between = _PARTS if profile.several_scopes else _LISTS
    parts = [part for text in between.split(cell) if (part := text.strip())]
    named = parts if profile.several_scopes or len(parts) < 2 else [cell, *parts]
    scopes = dict.fromkeys(ALL_MAIL if name in profile.all_mail_words else scope_name(name) for name in named)
    return (ALL_MAIL,) if ALL_MAIL in scopes else tuple(scopes) or (profile.scope,)


def _by_status(profile: Profile, row: Sequence[str], mapping: FieldMap) -> Verdict:
    received = mapping.column(Field.RECEIVED)
    by_time = profile.opted_out_when_received and received is not None and not mapping.received_is_latest
    left = by_time and received is not None and cell_of(row, received).casefold() not in _NOTHING
    status = mapping.columns.get(Field.STATUS, ())
    said = [(means, index) for index in status if (means := _means(profile, cell_of(row, index))) is not None]
    if not said:
        if left and received is not None:
            return _opted_out(profile, row, mapping, f"{mapping.name(received)} is filled")
        if status:
            return Verdict(Standing.UNKNOWN, f"{' and '.join(mapping.name(i) for i in status)}: empty")
        if by_time and received is not None:
            reason = f"{mapping.name(received)} is empty: no opt-out"
            return Verdict(Standing.ACTIVE, reason, subscribed=profile.subscribed)
        if profile.without_status is Means.OPTED_OUT:
            return _opted_out(profile, row, mapping, "no column says otherwise")
        return Verdict(Standing.UNKNOWN, "no column says whether this person opted out")
    means, index = min(said, key=lambda each: _STRICTEST[each[0]])
    reason = f"{mapping.name(index)} is “{cell_of(row, index)[:_SHOWN]}”"
    if left and received is not None and means in (Means.SUBSCRIBED, Means.ACTIVE):
        return Verdict(
            Standing.UNKNOWN,
            f"{reason}, yet {mapping.name(received)} is filled",
            subscribed=means is Means.SUBSCRIBED,
        )
    dated = not profile.received_of or plain(profile.received_of) == plain(mapping.name(index))
    if means is Means.OPTED_OUT:
        return _opted_out(profile, row, mapping, reason, dated=dated)
    if means is Means.REVIEW:
        reason += ": not known to be an opt-out or none"
    verdict = _verdict(means, reason, dated=dated)
    return replace(verdict, pattern=_pattern(cell_of(row, index))) if means is Means.PATTERN else verdict


def _pattern(status: str) -> Pattern | None:
    said = {each for words, each in _PATTERNS.items() if words in plain_word(status)}
    return said.pop() if len(said) == 1 else None


def domain_of_pattern(cell: str, pattern: Pattern | None) -> str | None:
    """Return the domain, as its key, that is all a pattern stands for; None: it has to be looked at.

    What ends with @shop.example is that domain, and an entry for a domain covers what lies below it too, which is
    stricter. "shop.example" alone also ends the addresses of bookshop.example, and ".example" those of strangers.
    """
    domain = parse_domain_entry(cell) if pattern is Pattern.ENDS else None
    return domain if isinstance(domain, str) else None


def _means(profile: Profile, cell: str) -> Means | None:
    """Return what a status means, the strictest where a cell holds several; None for an empty one."""
    word = plain_word(cell)
    if word in _NOTHING:
        return None
    if word in profile.statuses:
        return profile.statuses[word]
    parts = [part for text in _PARTS.split(cell) if (part := plain_word(text)) not in _NOTHING]
    return min(
        (profile.statuses.get(part, profile.otherwise) for part in parts),
        key=_STRICTEST.__getitem__,
        default=None,
    )


def _by_flags(profile: Profile, row: Sequence[str], mapping: FieldMap) -> Verdict:
    def filled(of: Field) -> int | None:
        return next(
            (i for i in mapping.columns.get(of, ()) if plain_word(cell_of(row, i)) not in _NOTHING | NO), None
        )

    bounced = filled(Field.BOUNCE_FLAG)
    unsubscribed = filled(Field.ALL_MAIL_FLAG)
    if unsubscribed is not None and plain_word(cell_of(row, unsubscribed)) in YES:
        verdict = _opted_out(profile, row, mapping, f"{mapping.name(unsubscribed)} is TRUE")
    elif (complaint := filled(Field.COMPLAINT_FLAG)) is not None:
        verdict = _verdict(Means.COMPLAINT, f"{mapping.name(complaint)} is TRUE")
    elif unsubscribed is not None:
        text = cell_of(row, unsubscribed)[:_SHOWN]
        verdict = Verdict(
            Standing.UNKNOWN, f"{mapping.name(unsubscribed)} is “{text}”, neither TRUE nor FALSE"
        )
    elif lists := [
        i for i in mapping.columns.get(Field.SCOPE_FLAG, ()) if plain_word(cell_of(row, i)) in _TRUE
    ]:
        scopes = tuple(dict.fromkeys(scope_name(mapping.name(i)) for i in lists))
        verdict = Verdict(Standing.OPTED_OUT, "opted out of single lists", scopes, profile.channel)
    elif bounced is not None:
        verdict = _verdict(Means.BOUNCE, f"{mapping.name(bounced)} is filled")
    else:
        verdict = Verdict(Standing.ACTIVE, "no column says TRUE: no opt-out", subscribed=profile.subscribed)
    return replace(verdict, bounced=bounced is not None)
