"""The words of importing: what columns mean, what becomes of rows, how a file was understood, how fast it goes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from optoutdesk.domain.importing import Batch, Counts, Outcome, Shown
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.ui import words

if TYPE_CHECKING:
    from optoutdesk.domain.dates import Example
    from optoutdesk.services.import_optouts import Options, Part, PreviewRow, Source
    from optoutdesk.services.remembered_mappings import RememberedMapping
    from optoutdesk.spreadsheets.columns import Column

GENERIC = "generic"
ANY_SPREADSHEET = "Any spreadsheet"

# -- columns

LEAVE_OUT = "Leave out"
MEANS: dict[str, str] = {
    "address": "Address",
    "received": "Received",
    "scope": "List",
    "reason": "Reason",
    "channel": "How it arrived",
    "status": "Status",
    "first-name": "First name",
    "last-name": "Last name",
    "name": "Name",
    "platform": "Platform",
    "note": "Note",
    "all-mail-flag": "TRUE: left all mail",
    "scope-flag": "TRUE: left this list",
    "complaint-flag": "TRUE: complained",
    "bounce-flag": "TRUE: bounced",
}
"""What a column can be, in the order in which it is offered."""

# -- counts


class Tile(NamedTuple):
    """How a count is named and what colour underlines it."""

    one: str
    many: str
    tone: str
    hint: str


TILES: dict[Shown, Tile] = {
    Shown.NEW: Tile("new opt-out", "new opt-outs", "accent", "They are imported"),
    Shown.KNOWN: Tile(
        "already known", "already known", "", "Suppressed already, or by an earlier row of this file"
    ),
    Shown.EARLIER: Tile(
        "earlier than known",
        "earlier than known",
        "",
        "Already known, but this file has the earlier date, which counts from now on",
    ),
    Shown.OVERDUE: Tile(
        "overdue on arrival", "overdue on arrival", "danger", "New, and the due date has passed"
    ),
    Shown.UNDATED: Tile(
        "without a date", "without a date", "warning", "New, and the day of receipt is not known"
    ),
    Shown.LIFTED: Tile(
        "opted in again since", "opted in again since", "", "On record from now on, but it bars no mail"
    ),
    Shown.REVIEW: Tile("to review", "to review", "warning", "Nothing is done until you have mended them"),
    Shown.NOT_AN_ADDRESS: Tile(
        "not an address", "not an address", "warning", "They cannot be imported as they are"
    ),
    Shown.EMPTY: Tile("no address", "no address", "muted", "Other cells are filled, but no address"),
    Shown.CONFLICT: Tile(
        "conflict",
        "conflicts",
        "warning",
        "The file calls somebody subscribed who opted out; they stay suppressed",
    ),
    Shown.ACTIVE: Tile(
        "left out: active", "left out: active", "muted", "No opt-outs, so they are not imported"
    ),
    Shown.HIDDEN: Tile(
        "hidden, left out", "hidden, left out", "muted", "You chose not to include hidden rows"
    ),
}
"""In the order in which they are shown."""
ALWAYS = (Shown.NEW, Shown.KNOWN)


def tiles(counts: Counts) -> list[tuple[Shown, int]]:
    """Return which counts are shown: new and known always, the others where there are any."""
    return [(shown, counts.by.get(shown, 0)) for shown in TILES if shown in ALWAYS or counts.by.get(shown, 0)]


def tile_text(shown: Shown, value: int) -> str:
    """Return what stands below a count."""
    return TILES[shown].one if value == 1 else TILES[shown].many


def why(row: "PreviewRow", members: Sequence[str] = ()) -> str:
    """Return what is to be said of a row, as a sentence begins; `members` names the lists of a ZIP."""
    if row.outcome is Outcome.KNOWN:
        if row.earlier:
            return "The date in this file is earlier: it counts from now on"
        if row.repeats is not None:
            return f"Same as {place(row.repeats, members)}"
        return "On record already, not earlier"
    if row.outcome is Outcome.CONFLICT:
        where = f" in {place(row.repeats, members)}" if row.repeats is not None else ""
        return f"“Subscribed” here, but opted out{where}: stays suppressed"
    return row.reason[:1].upper() + row.reason[1:]


def place(at: tuple[int, int], members: Sequence[str]) -> str:
    """Return where something stands in a file: `row 12`, `row 12 of cleaned.csv`."""
    of = f" of {members[at[0]]}" if len(members) > 1 else ""
    return f"row {words.number(at[1])}{of}"


def import_button(counts: Counts | None) -> str:
    """Return what the button says: `Import 297 opt-outs`."""
    if counts is None:
        return "Import"
    if new := counts.by.get(Shown.NEW, 0):
        return f"Import {words.count(new, 'opt-out')}"
    if counts.requests:
        return f"Record {words.count(counts.requests, 'more request')}"
    return "Nothing to import"


def to_mend_button(rows: int) -> str:
    """Return `Save 4 rows to mend…`."""
    return f"Save {words.count(rows, 'row')} to mend…"


# -- how a file was understood


def file_line(source: "Source", counts: Counts | None) -> str:
    """Return `unsubscribed.csv · 318 rows`."""
    parts = [source.path.name]
    if counts is not None:
        parts.append(words.count(counts.rows, "row"))
    elif len(source.parts) > 1:
        parts.append(words.count(len(source.parts), "list"))
    return " · ".join(parts)


def profile_name(part: "Part") -> str:
    """Return what a file is read as."""
    return ANY_SPREADSHEET if part.profile.id == GENERIC else part.profile.name


def looks_like(part: "Part") -> tuple[str, str]:
    """Return the words before what a file is read as, and that: `looks like`, `Mailchimp, unsubscribed contacts`."""
    name = profile_name(part)
    if part.options.profile is not None:
        return "read as", name
    if part.remembered:
        return "remembered as", f"“{part.remembered}”"
    if part.profile.id == GENERIC:
        return "not recognized, columns guessed", ""
    return "looks like", name


def member_state(part: "Part") -> words.State:
    """Return whether a list of a ZIP goes in."""
    if part.taken:
        return words.State("goes in", "ok")
    return (
        words.State("left out", "plain") if not part.options.take else words.State("never imported", "plain")
    )


def column_name(name: str, letter: str) -> str:
    """Return a column's header, its letter without one."""
    return name or f"Column {letter}"


def more_columns(part: "Part", rest: "Sequence[Column]") -> str:
    """Return what the columns are that are not shown: `First name and Last name come along; 17 columns are left out`."""
    used = {index: of.value for of, columns in part.mapping.columns.items() for index in columns}
    along = list(dict.fromkeys(MEANS[used[column.index]].lower() for column in rest if column.index in used))
    out = [column for column in rest if column.index not in used]
    said = []
    if along:
        said.append(f"{_and(along).capitalize()} {'comes' if len(along) == 1 else 'come'} along")
    if out:
        names = ", ".join(column_name(column.name, column.letter) for column in out[:3])
        dots = " …" if len(out) > 3 else ""
        said.append(f"{words.count(len(out), 'column is', 'columns are')} left out: {names}{dots}")
    return " · ".join(said)


def _and(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def reading(examples: "Sequence[Example]", *, day_first: bool) -> str:
    """Return how cells read one way: `04/03/2026 is 4 Mar 2026`, at most two of them."""
    read = []
    for example in examples[:2]:
        day = example.day_first if day_first else example.month_first
        read.append(f"{example.cell} is {words.short_date(day) if day else 'no date'}")
    return ", ".join(read)


def hidden_choice(rows: int) -> str:
    """Return what the box for hidden rows says."""
    return f"Include {words.count(rows, 'hidden row')}" if rows else "Include hidden rows"


# -- how fast


def pace(done: int, total: int, seconds: float, unit: str = "row") -> str:
    """Return how far work is and how fast: `43 % · 210,000 rows a second · 4 s left`; "" before anything is known."""
    parts = []
    if total:
        parts.append(f"{min(100, done * 100 // total)} %")
    elif done:
        parts.append(size(done) if unit == "byte" else words.count(done, unit, _MANY.get(unit, "")))
    if done and seconds >= 1:
        rate = done / seconds
        many = _MANY.get(unit, f"{unit}s")
        fast = size(int(rate)) if unit == "byte" else f"{words.number(round_rate(rate))} {many}"
        parts.append(f"{fast} a second")
        if total and done < total:
            parts.append(f"{time_left((total - done) / rate)} left")
    return " · ".join(parts)


_MANY = {"person": "people"}


def round_rate(rate: float) -> int:
    """Return a rate with two digits that matter: it changes all the time."""
    value = int(rate)
    step = int("1".ljust(len(str(value)) - 1, "0"))
    return value // step * step


def time_left(seconds: float) -> str:
    """Return `4 s`, `3 min`, `2 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def size(amount: int) -> str:
    """Return a number of bytes: `312 kB`, `4.1 MB`."""
    if amount < 1_000_000:
        return f"{max(1, round(amount / 1000)) if amount else 0} kB"
    return f"{amount / 1_000_000:.1f} MB" if amount < 1_000_000_000 else f"{amount / 1_000_000_000:.1f} GB"


# -- what a file leaves open

ZONES = (
    "UTC",
    *(f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles", "Anchorage")),
    "Pacific/Honolulu",
    *(
        f"America/{city}"
        for city in ("Halifax", "Toronto", "Vancouver", "Mexico_City", "Bogota", "Sao_Paulo")
    ),
    *(f"Europe/{city}" for city in ("London", "Lisbon", "Berlin", "Athens", "Istanbul", "Moscow")),
    *(f"Africa/{city}" for city in ("Lagos", "Johannesburg", "Nairobi")),
    *(f"Asia/{city}" for city in ("Jerusalem", "Dubai", "Karachi", "Kolkata", "Bangkok", "Singapore")),
    *(f"Asia/{city}" for city in ("Shanghai", "Tokyo")),
    *(f"Australia/{city}" for city in ("Perth", "Sydney")),
    "Pacific/Auckland",
)
"""Zones that are offered for times without one."""


def zone(name: str) -> str:
    """Return a time zone by its city: `New York`."""
    return name.rpartition("/")[2].replace("_", " ")


def findings(part: "Part") -> list[str]:
    """Return what a workbook holds beside what is plain to see, in sentences."""
    found = part.findings
    said = []
    if found.hidden_rows:
        rows = words.count(found.hidden_rows, "row is", "rows are")
        said.append(f"{rows} hidden{' by a filter' if found.filtered else ''}.")
    if found.hidden_sheet:
        said.append("This sheet is hidden in the workbook.")
    if found.hidden_columns:
        letters = [letter_of(index) for index in found.hidden_columns]
        columns = f"Column {letters[0]} is" if len(letters) == 1 else f"Columns {', '.join(letters[:8])} are"
        said.append(f"{columns} hidden; read all the same.")
    if found.other_sheets:
        names = ", ".join(f"“{name}”" for name in found.other_sheets[:4])
        said.append(f"Not read: {'sheet' if len(found.other_sheets) == 1 else 'sheets'} {names}.")
    if found.merged_over_rows:
        cells = words.count(found.merged_over_rows, "merged cell spans", "merged cells span")
        said.append(f"{cells} several rows: only the first of these rows has what is written there.")
    return said


def hidden_rows(part: "Part") -> int:
    """Return how many rows of a workbook are hidden."""
    return part.findings.hidden_rows


def corrected(options: "Options") -> bool:
    """Whether she corrected how a file is read, so that it is worth remembering."""
    said = (options.profile, options.mapping, options.day_order, options.zone, options.scope)
    return any(value is not None for value in said)


def mapping_name(part: "Part") -> str:
    """Return a name under which the columns of a list may be remembered."""
    if part.profile.id == GENERIC:
        return "My spreadsheet"
    return f"{part.profile.platform.name} list"


def facts(counts: Counts) -> str:
    """Return what the counts of rows do not show: how many hashes match, how many entries are whole domains, what is unused."""
    said = []
    if counts.hashes:
        said.append(
            f"{words.number(counts.hashes_matched)} of {words.count(counts.hashes, 'hash', 'hashes')} "
            "are of addresses on record here or in this file; the others match once the address stands in a list you clean."
        )
    if counts.domains:
        said.append(
            f"{words.count(counts.domains, 'entry suppresses a whole domain', 'entries suppress whole domains')}."
        )
    if counts.unused:
        said.append(
            f"{words.count(counts.unused, 'row has', 'rows have')} an address in a column that is left out: "
            "say what it is if people in it opted out."
        )
    return " ".join(said)


def conflicts(rows: int) -> str:
    """Say what a file claims of people who opted out."""
    people = words.count(rows, "row calls somebody", "rows call somebody")
    return f"{people} “subscribed” who opted out here. Nobody is opted in by a file: they stay suppressed."


def no_rows(shown: Shown, counts: Counts | None) -> str:
    """Return what stands where a count has no rows."""
    if counts is not None and not counts.rows:
        return "There are no rows in this file."
    if shown is Shown.NEW:
        return "Nobody in this file is new: all are suppressed already, or left out."
    return "No rows."


def waiting_for(part: "Part") -> str:
    """Return what has to be answered before a list can be counted."""
    question = part.question
    assert question is not None
    of = f" of {part.name}" if part.name else ""
    return {
        "day-order": f"First say whether the day or the month comes first in the dates{of}.",
        "profile": f"First choose where this file comes from: it could be {_or([p.name for p in part.recognition.candidates])}.",
        "people": "First say whether everyone in this file opted out.",
        "address-column": f"First say which column{of} holds the addresses.",
    }[question.value]


def _or(names: Sequence[str]) -> str:
    return " or ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} or {names[-1]}"


def before(batch: Batch, when: str) -> str:
    """Say that this very file was imported before."""
    by = f" by {batch.by}" if batch.by else ""
    when = f"today{when.removeprefix('Today')}" if when.startswith("Today") else f"on {when}"
    return f"This very file was imported {when}{by}. Importing it again adds nobody twice."


# -- afterwards


def imported_title(counts: Counts) -> str:
    """Return what was done: `297 opt-outs are suppressed from now on`."""
    new = counts.by.get(Shown.NEW, 0)
    if not new:
        return f"{words.count(counts.requests, 'more request')} on record"
    lifted = counts.by.get(Shown.LIFTED, 0)
    if lifted:
        return f"{words.count(new, 'opt-out')} on record"
    return f"{words.count(new, 'opt-out is', 'opt-outs are')} suppressed from now on"


def next_step(counts: Counts) -> str:
    """Return what she should do now."""
    said = []
    barred = counts.by.get(Shown.NEW, 0) - counts.by.get(Shown.LIFTED, 0)
    overdue = counts.by.get(Shown.OVERDUE, 0)
    if barred > 0:
        they, them = ("This person is", "the person") if barred == 1 else ("All of them are", "them")
        said.append(
            f"{they} out of every list you clean here from now on. "
            f"What remains: remove {them} wherever else you send from, then mark {'it' if barred == 1 else 'them'} done."
        )
        if overdue >= barred:
            said.append(f"The due date{' has' if barred == 1 else 's have'} passed already, so do not wait.")
        elif overdue:
            whose = "that one" if overdue == 1 else "those"
            said.append(
                f"For {words.number(overdue)} of them the due date has passed already: begin with {whose}."
            )
    else:
        said.append("Nobody new has to be removed anywhere.")
    if also := facts(counts):
        said.append(also)
    if lifted := counts.by.get(Shown.LIFTED, 0):
        people = words.count(lifted, "person", "people")
        said.append(f"{people} opted in again after that day: on record, but mail may go on.")
    return " ".join(said)


def mend_text(rows: int) -> str:
    """Return what is said of the rows that were not imported."""
    return f"{words.count(rows, 'row could', 'rows could')} not be imported as {'it is' if rows == 1 else 'they are'}."


def nothing_taken(source: "Source") -> str:
    """Say why nothing of a file would be imported."""
    if len(source.parts) == 1:
        return (
            "Nothing goes in: this is a list of contacts, not of opt-outs. "
            "To take out of it who opted out, clean it before you mail it."
        )
    if any(part.taken or not part.options.take for part in source.parts):
        return "None of these lists goes in. Check one of them."
    return "Nothing goes in: none of these lists is one of opt-outs."


def everyone(part: "Part") -> str:
    """Ask what a file does not say: whether the people in it opted out."""
    note = (
        f"{part.profile.scope_note} "
        if part.profile.scope_note
        else "This file does not say who of them opted out. "
    )
    return f"{note}Did everyone in it opt out?"


def passed_over(source: "Source") -> str:
    """Return what else is in a ZIP, and why it is left alone."""
    said = [f"{name}: {why}" for name, why in source.skipped[:4]]
    more = len(source.skipped) - 4
    if more > 0:
        said.append(f"and {words.number(more)} more")
    return f"Also in this ZIP: {'; '.join(said)}." if said else ""


def mapping_in_words(mapping: "RememberedMapping") -> str:
    """Return what is remembered: `E-mail is Address, Notes is left out. Header: …`."""
    said = []
    if mapping.profile:
        said.append(f"read as {mapping.profile}")
    for name, of in list(mapping.fields.items())[:4]:
        said.append(
            f"{name or 'a column without a name'} is {MEANS[of.value] if of is not None else 'left out'}"
        )
    if len(mapping.fields) > 4:
        said.append(f"{len(mapping.fields) - 4} more")
    if mapping.day_order is not None:
        said.append("day first" if mapping.day_order.value == "day-first" else "month first")
    if mapping.zone:
        said.append(f"times of {zone(mapping.zone)}")
    if mapping.scope:
        said.append(f"these people left {words.scope(mapping.scope)}")
    header = ", ".join(mapping.header[:6]) + (" …" if len(mapping.header) > 6 else "")
    return f"{'; '.join(said) or 'As guessed'}. Header: {header}"
