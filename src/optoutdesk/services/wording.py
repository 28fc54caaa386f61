"""How verdicts are put into words in files and on the command line: plain English, the same in every locale."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from optoutdesk.domain.address import Problem
from optoutdesk.domain.cleaning import Reason, Removed
from optoutdesk.domain.matching import Evidence
from optoutdesk.domain.requests import ALL_MAIL, Channel, Kind
from optoutdesk.spreadsheets.columns import letter_of
from optoutdesk.spreadsheets.findings import Findings

CHANNELS = {
    Channel.LINK: "by unsubscribe link",
    Channel.REPLY: "by reply",
    Channel.LIST_UNSUBSCRIBE: "by unsubscribe button",
    Channel.PHONE: "by phone",
    Channel.LETTER: "by letter",
    Channel.IN_PERSON: "in person",
    Channel.WEB_FORM: "by web form",
    Channel.PLATFORM_EXPORT: "from a platform's export",
    Channel.COMPLAINT: "by complaint",
    Channel.BOUNCE: "by bounce",
    Channel.OTHER: "",
}
"""How a request arrived, as the end of "opted out ..."."""

# Not strftime's: Qt sets the process to her locale, and a file must read the same from the window and the command line.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

REASONS = {
    Reason.OPTED_OUT: "Opted out",
    Reason.DOMAIN: "Suppressed domain",
    Reason.DUPLICATE: "Duplicate",
    Reason.NOT_AN_ADDRESS: "Not an address",
    Reason.NO_ADDRESS: "No address",
    Reason.HIDDEN: "Hidden row, left out",
}
"""Reasons as headings."""

WITHOUT_CAUSE = {Reason.NO_ADDRESS: "no address in this row", Reason.HIDDEN: "hidden in the workbook"}
"""What stands as evidence for reasons that have no cause beyond the row itself."""


def scope_words(scope: str) -> str:
    """Return a scope as it is shown."""
    return "all mail" if scope == ALL_MAIL else scope


def day_words(day: str) -> str:
    """Return an ISO day as 10 Nov 2026."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"


def evidence_words(removed: Removed, unit: str = "row") -> str:
    """Return the evidence of a removed row in one line; `unit` is what the list's numbers count."""
    cause = removed.cause
    if isinstance(cause, Evidence):
        since = _since(cause.day, cause.channel, cause.scope)
        if cause.kind is Kind.HASH:
            return f"hash {cause.key} since {since}"
        return f"*@{cause.key} since {since}" if removed.reason is Reason.DOMAIN else since
    if isinstance(cause, Problem):
        return str(cause)
    if isinstance(cause, int):
        return f"same as {unit} {cause}"
    return WITHOUT_CAUSE.get(removed.reason, "")


def hash_sentence(entries: int, rows: int) -> str:
    """Return how well the hashed entries of the suppression list match a list; "" where there are none."""
    if not entries:
        return ""
    verb = "row matches" if rows == 1 else "rows match"
    of = "the hashed entry" if entries == 1 else f"one of the {entries:,} hashed entries"
    return f"{rows:,} {verb} {of} of your suppression list."


def hidden_rows_sentence(hidden: int, rows: int, *, filtered: bool) -> str:
    """Return `214 of 3,020 rows are hidden by a filter.`"""
    verb = "is" if hidden == 1 else "are"
    return f"{hidden:,} of {rows:,} rows {verb} hidden{' by a filter' if filtered else ''}."


def finding_sentences(findings: Findings, rows: int) -> list[str]:
    """Return what is to be said about a workbook with so many rows, a sentence for each thing."""
    sentences = []
    if findings.hidden_rows:
        sentences.append(hidden_rows_sentence(findings.hidden_rows, rows, filtered=findings.filtered))
    if letters := [letter_of(column) for column in findings.hidden_columns]:
        columns = "Column" if len(letters) == 1 else "Columns"
        sentences.append(f"{columns} {_listed(letters)} {'is' if len(letters) == 1 else 'are'} hidden.")
    sheet = _in_quotes(findings.sheet)
    if findings.hidden_sheet:
        sentences.append(f"The sheet {sheet} is hidden.")
    if others := [_in_quotes(name) for name in findings.other_sheets]:
        further = "a further sheet" if len(others) == 1 else f"{len(others)} further sheets"
        sentences.append(f"The file has {further}, {_listed(others)}; only {sheet} is read.")
    sentences += _merged_sentences(findings)
    if count := findings.formulas_without_value:
        have = "formula has" if count == 1 else "formulas have"
        sentences.append(f"{count:,} {have} no value; open the file in a spreadsheet program and save it.")
    return sentences


def _merged_sentences(findings: Findings) -> list[str]:
    over_rows = findings.merged_over_rows
    within_row = findings.merged_cells - over_rows
    sentences = []
    if over_rows:
        cells = "1 merged cell spans" if over_rows == 1 else f"{over_rows:,} merged cells span"
        sentences.append(
            f"{cells} several rows; what is written there, an address too, counts for the first row only."
        )
    if within_row:
        cells = "1 merged cell spans" if within_row == 1 else f"{within_row:,} merged cells span"
        sentences.append(f"{cells} several columns; what is written there counts for the first column only.")
    return sentences


def _listed(names: Sequence[str]) -> str:
    """Return `A, B and C`; of many names only the first ones."""
    if len(names) > 5:
        return f"{', '.join(names[:4])} and {len(names) - 4} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _in_quotes(name: str) -> str:
    """Return a name in quotation marks, without what would command a terminal."""
    return f"“{''.join(character if character.isprintable() else '?' for character in name)}”"


@lru_cache(maxsize=4096)
def _since(day: str, channel: str, scope: str) -> str:
    how = CHANNELS[Channel(channel)]
    return f"{day_words(day)}{' ' if how else ''}{how} · {scope_words(scope)}"
