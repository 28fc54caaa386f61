"""Writing the suppression list out: whole for her own use, hashed for third parties, in the shape a platform takes."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from optoutdesk.domain.errors import UsageError
from optoutdesk.domain.hashing import LENGTHS
from optoutdesk.domain.requests import Kind
from optoutdesk.resources import resource
from optoutdesk.services.export_files import LinesFile, PartsFile, ReportFile, Target, WorkbookFile
from optoutdesk.services.export_shapes import AddressesShape, HashesShape, Shape, UploadShape
from optoutdesk.spreadsheets.output import cannot_write
from optoutdesk.spreadsheets.profiles import Platform, Upload, load_platforms
from optoutdesk.store import Store
from optoutdesk.store.exporting import SuppressedPeople, Wanted, suppressed_people

OWN = "own"
"""For whom: her own use; all there is, plain."""
THIRD_PARTY = "third-party"
"""For whom: someone else, who gets hashes."""
HASH = "sha256"
"""How addresses are hashed where nobody says otherwise."""
ENDINGS = (".csv", ".xlsx", ".txt")

Progress = Callable[[int, int], None]
"""Called now and then with requests looked through and in all. Raises Cancelled to stop the work."""

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What is to be written, for whom, and where to."""

    output: Path
    """Its ending says what is written: .csv, .xlsx or .txt."""
    recipient: str = OWN
    """OWN, THIRD_PARTY or the id of a platform."""
    algorithm: str | None = None
    """md5, sha1, sha256 or sha512: hashes instead of addresses. None: as usual for the recipient."""
    plain_anyway: bool = False
    """A third party gets plain addresses: the person read the warning and says that it is for complying with the law."""
    scope: str | None = None
    """Only who is barred from mail for this list: opted out of it or of all mail. None: everyone."""
    since: date | None = None
    """Only requests received on this day or later."""
    until: date | None = None
    """Only requests received on this day or earlier."""
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    files: tuple[Path, ...]
    entries: int
    """Lines below the header, in all files."""
    skipped_domains: int
    """Suppressed domains that cannot be written in this shape."""
    skipped_hashes: int
    """Entries only known by their hash that cannot be written in this shape."""
    widened: int
    """People who left single lists only, in a file that bars all mail: the platform knows no lists."""
    warning: str
    """What the law says about passing these addresses on; "" where nobody else gets them."""
    how: str = ""
    """Where to upload it."""
    unverified: tuple[str, ...] = ()
    """What about this upload no source confirms."""

    @property
    def skipped(self) -> int:
        """How many entries are in no file."""
        return self.skipped_domains + self.skipped_hashes


class ExportList:
    """Writes the suppression list into files. Nothing in it changes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def platforms(self) -> list[Platform]:
        """Return all platforms by name; those without an upload say why."""
        return sorted(load_platforms().values(), key=lambda platform: platform.name.casefold())

    def warning(self, plan: ExportPlan) -> str:
        """Return what the law says about passing these addresses on; "" where nobody else gets them."""
        if plan.recipient != THIRD_PARTY:
            return ""
        law = _law()
        return f"{law['rule']} ({law['source']})" + ("" if plan.plain_anyway else f" {law['hashes']}")

    def run(self, plan: ExportPlan, progress: Progress | None = None) -> Exported:
        """Write whoever is suppressed, as it stands at this moment, all files or none.

        UsageError when the plan makes no sense, OutputError when a file cannot be written.
        """
        shape = _shape_for(plan)
        wanted = Wanted(plan.scope, plan.since, plan.until)
        try:
            with ExitStack() as stack:
                target = _target_for(plan, shape, stack)
                with suppressed_people(self._store, wanted) as people:
                    entries = _write(people, shape, target, progress)
                files = target.publish()
        except OSError as error:  # of the disk that a workbook is written to
            raise cannot_write(plan.output, error) from error
        return Exported(
            files=files,
            entries=entries,
            skipped_domains=shape.skipped[Kind.DOMAIN],
            skipped_hashes=shape.skipped[Kind.HASH],
            widened=shape.widened,
            warning=self.warning(plan),
            how=shape.upload.how if shape.upload else "",
            unverified=shape.upload.unverified if shape.upload else (),
        )


@cache
def _law() -> Mapping[str, str]:
    law: Mapping[str, str] = json.loads(resource("law", "passing-on.json").read_text("utf-8"))
    return law


def _write(people: SuppressedPeople, shape: Shape, target: Target, progress: Progress | None) -> int:
    entries = 0
    rows: list[Sequence[str]] = []
    for done, person in people.people():
        rows += shape.rows(person)
        if len(rows) >= _AT_ONCE:
            entries += len(rows)
            target.write(rows)
            rows = []
            if progress is not None:
                progress(done, people.requests)
    target.write(rows)
    if progress is not None:
        progress(people.requests, people.requests)
    return entries + len(rows)


# -- what the plan asks for


def _shape_for(plan: ExportPlan) -> Shape:
    if plan.since is not None and plan.until is not None and plan.since > plan.until:
        raise UsageError(f"No day lies between {plan.since} and {plan.until}. Exchange them.")
    if plan.algorithm is not None and plan.algorithm not in LENGTHS:
        raise UsageError(f"“{plan.algorithm}” is no known hash. Choose one of {', '.join(LENGTHS)}.")
    if plan.plain_anyway and (plan.recipient != THIRD_PARTY or plan.algorithm):
        raise UsageError("Plain addresses are only to be asked for where a third party would get hashes.")
    _check_ending(plan)
    if plan.recipient not in (OWN, THIRD_PARTY):
        return UploadShape(_upload_of(plan))
    algorithm = plan.algorithm or (HASH if plan.recipient == THIRD_PARTY and not plan.plain_anyway else None)
    if algorithm is not None:
        return HashesShape(algorithm)
    plain_text = plan.output.suffix.lower() == ".txt"
    return AddressesShape() if plain_text or plan.recipient == THIRD_PARTY else Shape()


def _upload_of(plan: ExportPlan) -> Upload:
    platform = load_platforms().get(plan.recipient)
    if platform is None:
        known = ", ".join(sorted(key for key, each in load_platforms().items() if each.upload))
        raise UsageError(f"“{plan.recipient}” is not known. Choose {OWN}, {THIRD_PARTY}, or one of: {known}.")
    if platform.upload is None:
        raise UsageError(platform.no_upload)
    if plan.algorithm is not None:
        raise UsageError(f"{platform.name} takes addresses, no hashes.")
    return platform.upload


def _check_ending(plan: ExportPlan) -> None:
    endings = ENDINGS if plan.recipient in (OWN, THIRD_PARTY) else ENDINGS[:1]
    if plan.output.suffix.lower() not in endings:
        ending = plan.output.suffix or plan.output.name
        raise UsageError(
            f"This cannot be written as “{ending}”. Give a name that ends in {' or '.join(endings)}."
        )


def _target_for(plan: ExportPlan, shape: Shape, stack: ExitStack) -> Target:
    ending = plan.output.suffix.lower()
    if shape.upload is not None:
        return PartsFile(stack, plan.output, shape.header, shape.upload, overwrite=plan.overwrite)
    kinds: dict[str, type[LinesFile | ReportFile | WorkbookFile]]
    kinds = {".txt": LinesFile, ".csv": ReportFile, ".xlsx": WorkbookFile}
    return kinds[ending](stack, plan.output, shape.header, overwrite=plan.overwrite)
