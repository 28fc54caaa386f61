"""The words of what was imported: batches, undoing them, backups, and the list written out again."""

from typing import TYPE_CHECKING

from optoutdesk.domain.importing import Batch
from optoutdesk.ui import words

if TYPE_CHECKING:
    from optoutdesk.services.backups import BackupContents
    from optoutdesk.services.export_list import Exported
    from optoutdesk.services.undo_import import UndoPlan

# -- batches


def sha_short(digest: str) -> str:
    """Return how a SHA-256 begins."""
    return f"{digest[:8]}…"


def batch_state(batch: Batch) -> words.State:
    """Return how an import stands."""
    return words.State("Undone", "plain") if batch.undone_at is not None else words.State("Imported", "ok")


def batch_counts(batch: Batch) -> str:
    """Return what an import came to: `318 rows: 297 imported, 14 already known, 4 to review, 3 left out`."""
    parts = [
        f"{words.number(value)} {text}"
        for value, text in (
            (batch.imported, "imported"),
            (batch.already_known, "already known"),
            (batch.review, "to review"),
            (batch.skipped, "left out"),
        )
        if value or text == "imported"
    ]
    return f"{words.count(batch.rows, 'row')}: {', '.join(parts)}"


# -- undoing, putting back


def undo_title(batch: Batch) -> str:
    """Return the question before an import is undone."""
    return f"Undo import of {batch.source_name}, {words.count(batch.requests, 'request')}?"


def undo_text(plan: "UndoPlan") -> str:
    """Return what undoing an import comes to."""
    if not plan.withdrawn:
        return "None of its requests goes: all of them stay in force."
    return (
        f"{words.count(plan.withdrawn, 'request')} will no longer count: these people may be mailed again, "
        "unless another request bars it."
    )


def kept_heading(rows: int) -> str:
    """Return what stands above the requests that stay."""
    return f"{words.count(rows, 'request stays', 'requests stay')} in force"


def undone(plan: "UndoPlan") -> str:
    """Return what was undone."""
    gone = words.count(plan.withdrawn, "request no longer counts", "requests no longer count")
    return f"Import of {plan.batch.source_name} undone: {gone}."


def backup_holds(contents: "BackupContents") -> str:
    """Return what is in a backup."""
    return f"It was checked and holds {words.count(contents.requests, 'opt-out request')}."


def backup_lost(contents: "BackupContents") -> str:
    """Return what would be missing if a backup were put back."""
    if not contents.lost:
        return "No opt-out that bars mail now would be missing."
    one = "opt-out that bars mail now would be missing, and that person might be mailed"
    many = "opt-outs that bar mail now would be missing, and these people might be mailed"
    return f"{words.count(contents.lost, one, many)}:"


def backup_more(contents: "BackupContents") -> str:
    """Return what else would change."""
    said = []
    if contents.lost_opt_ins:
        people = words.count(contents.lost_opt_ins, "person who opted in again", "people who opted in again")
        said.append(f"{people} would be suppressed again.")
    if contents.diverged:
        said.append("This backup also holds acts that the present list does not.")
    return " ".join(said)


# -- exporting


def exported_title(exported: "Exported") -> str:
    """Return what was written: `Saved suppression-list.csv`."""
    first = exported.files[0].name
    more = len(exported.files) - 1
    return f"Saved {first}" if not more else f"Saved {first} and {words.count(more, 'more part')}"


def exported(exported: "Exported") -> list[str]:
    """Return what is to be said of an export, paragraph by paragraph."""
    folder = exported.files[0].parent.name
    where = f" in the folder “{folder}”" if folder else ""
    said = [f"{words.count(exported.entries, 'entry', 'entries')}{where}."]
    if exported.skipped_domains:
        said.append(
            f"{words.count(exported.skipped_domains, 'suppressed domain')} cannot be written in this shape: keep it in mind."
        )
    if exported.skipped_hashes:
        said.append(
            f"{words.count(exported.skipped_hashes, 'entry', 'entries')} only known by a hash cannot be written in this shape."
        )
    if exported.widened:
        people = words.count(
            exported.widened, "person who left a single list", "people who left single lists"
        )
        said.append(f"{people} would get no mail at all there: it knows no lists.")
    if exported.how:
        said.append(exported.how)
    if exported.unverified:
        said.append(f"Not confirmed by its documentation: {'; '.join(exported.unverified)}.")
    return said
