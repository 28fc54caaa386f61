"""The words of platforms: what is to remove there, when they were verified, and how the two sides compare."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from optoutdesk.domain.platforms import Platform, TaskState, Verification
from optoutdesk.domain.requests import Kind, OptOutRequest
from optoutdesk.services.verify_platform import Side
from optoutdesk.ui import words

if TYPE_CHECKING:
    from optoutdesk.services.import_optouts import Part
    from optoutdesk.services.platforms import AddPlan, PlatformExport, PlatformStanding
    from optoutdesk.services.verify_platform import VerifyCounts, VerifyRow

# -- a platform


def to_remove(standing: "PlatformStanding") -> words.State:
    """Return how many people are to be removed there: `5 to remove`."""
    if standing.platform.retired_at is not None:
        return words.State("Retired", "plain")
    if not standing.to_remove:
        return words.State("Nothing to remove", "ok")
    return words.State(
        f"{words.number(standing.to_remove)} to remove", "danger" if standing.overdue else "warning"
    )


def card_note(standing: "PlatformStanding", exported: int) -> str:
    """Return what else is to be known of a platform: `2 overdue. 5 exported: mark them done when they were uploaded.`"""
    said = []
    if standing.overdue and standing.platform.retired_at is None:
        said.append(f"{words.number(standing.overdue)} overdue.")
    if exported:
        them = "it done when it was" if exported == 1 else "them done when they were"
        said.append(f"{words.number(exported)} exported: mark {them} uploaded.")
    return " ".join(said)


def last_verified(last: Verification | None, day: date | None, resolved: date | None, today: date) -> str:
    """Return when a platform was last verified and what came of it; `day`, `resolved`: local days."""
    if last is None or day is None:
        return "Never verified. Drop an export here to prove it."
    when = "today" if day == today else f"on {words.month_day(day, today)}"
    if not last.differences and not last.agree:
        return f"Compared with an export {when} · nobody in it had opted out"
    if not last.differences:
        return f"Verified against its own export {when} · {words.number(last.agree)} matched, 0 differences"
    found = f"Verified {when} · {words.count(last.differences, 'difference')}"
    if resolved is None:
        return f"{found}, not resolved yet"
    return (
        f"{found}, resolved {'the same day' if resolved == day else f'on {words.month_day(resolved, today)}'}"
    )


def retired_line(platform: Platform, day: date, today: date) -> str:
    """Return since when nobody is kept at a platform any more."""
    by = f" by {platform.retired_by}" if platform.retired_by else ""
    return (
        f"Nobody is kept here since {words.month_day(day, today)}{by}. What happened before stays on record."
    )


def export_button(people: int, name: str) -> str:
    """Return `Export 5 for Mailchimp`."""
    return f"Export {words.number(people)} for {name}"


# -- adding and retiring


def add_plan(plan: "AddPlan") -> str:
    """Return what adding a platform comes to, in plain words."""
    if not plan.to_do:
        return "Nobody has to be removed there now. Each request that comes in from then on will have this to do."
    said = [f"{words.count(plan.to_do, 'person has', 'people have')} to be removed there."]
    if plan.overdue:
        of_them = "That is" if plan.overdue == plan.to_do == 1 else "All of them are"
        if plan.overdue < plan.to_do:
            of_them = f"{words.number(plan.overdue)} of them {'is' if plan.overdue == 1 else 'are'}"
        said.append(f"{of_them} overdue already.")
    if plan.reopened:
        them = words.count(
            plan.reopened,
            "request that was done is open again until that is done",
            "requests that were done are open again until that is done",
        )
        said.append(f"{them}.")
    return " ".join(said)


def added(name: str, plan: "AddPlan") -> str:
    """Return what was added, in passing."""
    if not plan.to_do:
        return f"{name} is added. Nobody has to be removed there."
    return f"{name} is added: {words.count(plan.to_do, 'person', 'people')} to remove there."


def retire_text(standing: "PlatformStanding") -> str:
    """Return what retiring a platform comes to."""
    count = standing.to_remove
    if not count:
        return "Nothing is to be done there. What was done and verified stays on record."
    ends = words.count(count, "thing to do there ends", "things to do there end")
    return (
        f"{ends}: {'this person is' if count == 1 else 'these people are'} not to be removed there any more. "
        "What was done and verified stays on record. A request that no other platform concerns stays open until you "
        "mark it as removed wherever you send from."
    )


# -- exporting


def exported_text(written: "PlatformExport") -> list[str]:
    """Return what is to be said of an export for a platform, paragraph by paragraph."""
    folder = written.files[0].parent.name
    where = f" in the folder “{folder}”" if folder else ""
    said = [f"{words.count(len(written.ids), 'person', 'people')}{where}."]
    if written.left_out:
        said.append(
            f"{words.count(written.left_out, 'whole domain is', 'whole domains are')} not in it, because only addresses can be "
            "written there: remove these people by hand. They stay open here."
        )
    if written.how:
        said.append(f"Upload it there: {written.how}")
    if written.unverified:
        said.append(f"Not confirmed by its documentation: {'; '.join(written.unverified)}.")
    return said


# -- the comparison


class Figure(NamedTuple):
    """How a figure of the comparison is named and what colour underlines it."""

    text: str
    tone: str
    hint: str


FIGURES: Mapping[Side, Figure] = {
    Side.STILL_ACTIVE: Figure(
        "opted out here, still active there", "danger", "They have to be removed there"
    ),
    Side.UNKNOWN_HERE: Figure(
        "unsubscribed there, unknown here", "warning", "They opted out or bounced there; take them over"
    ),
    Side.AGREE: Figure("agree on both sides", "ok", "Opted out here, and not mailed there any more"),
}
"""The three figures, in the order in which they are shown."""

DIFFERENCES = (Side.STILL_ACTIVE, Side.UNKNOWN_HERE)


def facts(name: str, counts: "VerifyCounts | None") -> str:
    """Return `audience_export.csv · 9,402 active · 2,911 unsubscribed`."""
    if counts is None:
        return name
    return f"{name} · {words.number(counts.active)} active · {words.number(counts.opted_out)} unsubscribed"


def member_state(part: "Part") -> words.State:
    """Return what a list of a ZIP says of the people in it."""
    if not part.options.take:
        return words.State("left out", "plain")
    return {
        "contacts": words.State("active people", "accent"),
        "opted-out": words.State("unsubscribed people", "ok"),
        "bounced": words.State("bounced", "plain"),
        "complaints": words.State("complaints", "ok"),
    }.get(part.profile.people.value, words.State("by status", "accent"))


def here(row: "VerifyRow", today: date) -> words.State:
    """Return how somebody stands here."""
    if row.request is None:
        return words.State("" if row.side is Side.REVIEW else "Unknown", "plain")
    tone = {Side.STILL_ACTIVE: "danger", Side.AGREE: "ok"}.get(row.side, "plain")
    return words.State(f"{_opted_out(row.request)} {words.month_day(row.request.received.day, today)}", tone)


def _opted_out(request: OptOutRequest) -> str:
    if request.kind is Kind.DOMAIN:
        return "Domain opted out"
    if request.kind is Kind.HASH:
        return "Hash opted out"
    return "Opted out" if request.asked else "Bounced"


def there(row: "VerifyRow", today: date) -> words.State:
    """Return how somebody stands at the platform, in the file's own words."""
    if row.side is Side.ABSENT:
        return words.State("Not in this export", "plain")
    tone = {Side.STILL_ACTIVE: "warning", Side.SINGLE_LIST: "warning"}.get(row.side, "ok")
    day = f" {words.month_day(row.there_day, today)}" if row.there_day is not None and row.there else ""
    return words.State(f"{row.there}{day}", "plain" if row.bounced else tone)


def what_to_do(row: "VerifyRow", today: date, *, removed_since: bool = False) -> str:
    """Return what she should do about somebody; `removed_since`: it was done after the export was made."""
    if row.side is Side.STILL_ACTIVE:
        if removed_since:
            return "Removed since: a newer export shows it"
        if row.request is None or not row.request.has_clock:
            return "Remove there"
        due = row.request.due
        return (
            f"Remove now, was due {words.day(due, today)}"
            if due < today
            else f"Remove by {words.day(due, today)}"
        )
    if row.side is Side.UNKNOWN_HERE:
        if row.bounced:
            return "Take over as suppression"
        if row.there_day is None:
            return "Take over as opt-out, receipt not known"
        return f"Take over as opt-out received {words.month_day(row.there_day, today)}"
    if row.side is Side.REVIEW:
        return row.reason[:1].upper() + row.reason[1:]
    return {
        Side.ABSENT: "Mark as not there",
        Side.SINGLE_LIST: "Look whether that list still mails them",
    }.get(row.side, "Nothing")


def take_over_button(counts: "VerifyCounts") -> str:
    """Return `Take over 12 opt-outs`."""
    people = counts.by.get(Side.UNKNOWN_HERE, 0)
    if counts.bounced == people:
        return f"Take over {words.count(people, 'bounce')}"
    return f"Take over {words.count(people, 'opt-out')}"


def take_over_hint(counts: "VerifyCounts") -> str:
    """Say how many of those taken over bounced; "" where none or all did."""
    people = counts.by.get(Side.UNKNOWN_HERE, 0)
    if not counts.bounced:
        return ""
    if counts.bounced == people:
        return "Bounced addresses are suppressed; nobody asked, so nothing is due."
    return f"{words.number(counts.bounced)} of them bounced: suppressed, but nothing is due."


def absent_text(people: int) -> str:
    """Say of whom an export knows nothing."""
    return f"{words.number(people)} still to remove {'is' if people == 1 else 'are'} not in this export."


def single_list_text(people: int, name: str) -> str:
    """Say who left one list only."""
    they = words.count(people, "person who left a single list is", "people who left single lists are")
    return f"{they} active in {name}: look whether that list still mails them."


def review_text(rows: int) -> str:
    """Say what could not be compared."""
    return f"{words.count(rows, 'row', 'rows')} could not be compared."


def no_rows(sides: tuple[Side, ...], name: str) -> str:
    """Return what stands where a figure has no rows."""
    if sides == DIFFERENCES:
        return "No differences: both sides agree."
    return {
        Side.STILL_ACTIVE: f"Nobody who opted out here is still active in {name}.",
        Side.UNKNOWN_HERE: f"Everyone who opted out in {name} is known here.",
        Side.AGREE: "Nobody who opted out here is in this export.",
    }.get(sides[0], "No rows.")


def recorded(verification: Verification, reopened: int) -> str:
    """Return what recording a check did: `2,899 requests verified; 2 are open again.`"""
    again = f"{words.number(reopened)} {'is' if reopened == 1 else 'are'} open again" if reopened else ""
    if not verification.verified:
        return f"The check is on record{f'; {again}' if again else ''}."
    return f"{words.count(verification.verified, 'request')} verified{f'; {again}' if again else ''}."


def taken_over(people: int, bounced: int) -> str:
    """Return what taking over did."""
    asked = people - bounced
    parts = [words.count(asked, "opt-out")] if asked else []
    parts += [words.count(bounced, "bounce")] if bounced else []
    return f"{' and '.join(parts)} taken over: suppressed in every list you clean from now on."


def verification_line(verification: Verification) -> str:
    """Return what one check came to: `2,899 agree, 5 still active there, 12 unknown here`."""
    parts = [f"{words.number(verification.agree)} agree"]
    if verification.still_active:
        parts.append(f"{words.number(verification.still_active)} still active there")
    if verification.unknown_here:
        parts.append(f"{words.number(verification.unknown_here)} unknown here")
    return ", ".join(parts)


# -- what happened to a request at a platform

_HAPPENED = {
    TaskState.OPEN: ("Still active in {}: open again", "danger"),
    TaskState.REMOVED: ("Removed from {}", "accent"),
    TaskState.VERIFIED: ("Verified in {}", "ok"),
    TaskState.NOT_THERE: ("Was never in {}", "accent"),
}


def happened(state: TaskState, platform: str) -> words.State:
    """Return what happened at a platform, as a line of the timeline."""
    text, tone = _HAPPENED[state]
    return words.State(text.format(platform), tone)
