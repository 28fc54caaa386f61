"""What is said of cleaned lists: how they stand, what a dropped file is known as, what cleaning again did."""

from datetime import date
from typing import TYPE_CHECKING

from optoutdesk.services.cleaned_lists import COUNTED, Cleaned, Known, KnownAs, Standing
from optoutdesk.ui import words

# What reads spreadsheets is loaded only when something is cleaned.
if TYPE_CHECKING:
    from optoutdesk.services.clean_again import CleanedAgain


def opted_out(cleaned: Cleaned) -> str:
    """Return `3 opted out since`."""
    since = cleaned.opted_out_since
    many = f"More than {words.number(COUNTED)}" if since > COUNTED else words.number(since)
    return f"{many} opted out since"


def state(cleaned: Cleaned) -> words.State:
    """Return how a cleaned list stands, for its chip."""
    if not cleaned.checked and not cleaned.opted_out_since:
        return words.State("Checking …", "plain")
    return {
        Standing.SAFE: words.State("Still safe to send", "ok"),
        Standing.OPTED_OUT: words.State(opted_out(cleaned), "danger"),
        Standing.ALTERED: words.State("Altered since", "warning"),
        Standing.GONE: words.State("No longer there", "plain"),
    }[cleaned.standing]


def state_in_full(cleaned: Cleaned) -> str:
    """Return what a state means, for a tooltip."""
    name = cleaned.record.output_path.name
    return {
        Standing.SAFE: f"{name} is as it was written, and nobody opted out since.",
        Standing.OPTED_OUT: f"{opted_out(cleaned)} {name} was written. Clean the list again before you send.",
        Standing.ALTERED: f"{name} is no longer what was written. Clean the list again before you send.",
        Standing.GONE: f"{name} was moved or deleted. It stood in {cleaned.record.output_path.parent}.",
    }[cleaned.standing]


def figures(cleaned: Cleaned, zone: str, today: date) -> str:
    """Return `Fri 20 Nov · 9,412 kept, 408 removed`."""
    record = cleaned.record
    removed = words.number(record.rows - record.kept)
    return (
        f"{words.moment_or_day(record.at, zone, today)} · {words.number(record.kept)} kept, {removed} removed"
    )


def cleaned_again(again: "CleanedAgain") -> str:
    """Return what cleaning again did: `2 more removed; 9,410 kept.`"""
    more, kept = again.more_removed, words.number(again.record.kept)
    if more < 0:
        return f"{words.number(-more)} more kept; {kept} kept in all."
    return f"{words.number(more) if more else 'Nobody'} more removed; {kept} kept."


def cleaned_again_in_full(again: "CleanedAgain") -> str:
    """Return what cleaning again did and where the result is."""
    record = again.record
    source = "" if again.from_original else f" The original is gone, so {record.input_path.name} was cleaned."
    return f"{cleaned_again(again)}{source} Send to {record.output_path.name}."


# -- a dropped file


def known_title(known: Known) -> str:
    """Return what a dropped file is, as a heading."""
    cleaned, name = known.cleaned, known.path.name
    if known.known_as is KnownAs.REMOVED:
        return f"Do not send to {name}"
    if known.known_as is KnownAs.ALTERED:
        return f"{name} was altered since it was cleaned"
    if known.known_as is KnownAs.ORIGINAL:
        return f"{name} was cleaned already"
    if cleaned.opted_out_since:
        return f"{opted_out(cleaned)} {name} was cleaned"
    return f"{name} is still safe to send"


def known_text(known: Known, zone: str, today: date) -> str:
    """Return what is known of a dropped file and what follows from it."""
    cleaned = known.cleaned
    record = cleaned.record
    when = f"{words.moment(record.at, zone, today)}{f' by {record.by}' if record.by else ''}"
    if known.known_as is KnownAs.REMOVED:
        many = record.rows - record.kept
        these = (
            "This is the row that was" if many == 1 else f"These are the {words.number(many)} rows that were"
        )
        why = "its reason" if many == 1 else "their reasons"
        return f"{these} removed from {record.input_path.name}, {when}, with {why}."
    kept = f"{words.number(record.kept)} kept, {words.number(record.rows - record.kept)} removed"
    if known.known_as is KnownAs.ALTERED:
        return f"It was written {when} ({kept}), but holds something else now. Clean it once more before you send."
    if known.known_as is KnownAs.CLEAN:
        if not cleaned.opted_out_since:
            return f"It is the clean list of {record.input_path.name} ({when}; {kept}), as it was written. Nobody opted out since."
        return f"It is the clean list of {record.input_path.name} ({when}; {kept}). Clean it again before you send."
    return f"{when[:1].upper()}{when[1:]}: {kept}. {_result(cleaned)}"


def _result(cleaned: Cleaned) -> str:
    """Return how the result of a list that was cleaned stands now."""
    name = cleaned.record.output_path.name
    return {
        Standing.SAFE: f"Its clean list, {name}, is still safe to send.",
        Standing.OPTED_OUT: f"{opted_out(cleaned)}: clean it again before you send {name}.",
        Standing.ALTERED: f"Its clean list, {name}, was altered since: clean it again before you send.",
        Standing.GONE: f"Its clean list, {name}, is no longer where it was.",
    }[cleaned.standing]
