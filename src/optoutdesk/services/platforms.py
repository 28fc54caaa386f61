"""Where people are kept or mailed: platforms added and retired, what is to be removed there, in the file each takes."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from optoutdesk.domain.errors import UsageError, UserError
from optoutdesk.domain.platforms import Platform, Verification
from optoutdesk.services.changes import Changes
from optoutdesk.services.counting import Counting
from optoutdesk.services.due_requests import DueFilter, DuePage, DueRequests, Progress
from optoutdesk.services.export_files import PartsFile, ReportFile, Target
from optoutdesk.services.export_shapes import PlainShape, Shape, UploadShape
from optoutdesk.spreadsheets.profiles import Platform as KnownPlatform
from optoutdesk.spreadsheets.profiles import load_platforms
from optoutdesk.store import Store
from optoutdesk.store.exporting import Listed, people_of
from optoutdesk.store.platforms import KeptPlatforms

_NOT_A_PLATFORM = "none"
_LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    """A platform and how it stands."""

    platform: Platform
    to_remove: int
    """Requests still to be done there."""
    overdue: int
    last: Verification | None
    """The last comparison with its own export."""
    can_upload: bool
    """Whether it takes a file of people to suppress."""
    why_not: str
    """Why not; "" for one of her own, of which nothing is known."""


@dataclass(frozen=True, slots=True)
class AddPlan:
    """What adding a platform comes to."""

    to_do: int
    """Requests that would have a thing to do there."""
    overdue: int
    """How many of them were due before today."""
    reopened: int
    """How many of them are done elsewhere and would be open again."""


@dataclass(frozen=True, slots=True)
class PlatformExport:
    """The files with the people to be removed at a platform."""

    files: tuple[Path, ...]
    ids: tuple[int, ...]
    """The requests whose people are in them: exactly these may be marked done."""
    entries: int
    """Lines below the header, in all files."""
    how: str
    """Where to upload it; "" for a plain list."""
    left_out: int
    """Requests whose domain cannot be written in this shape: they are to be removed by hand."""
    unverified: tuple[str, ...] = ()
    """What about this upload no source confirms."""


class Platforms:
    """Keeps the list of platforms."""

    def __init__(self, store: Store, counting: Counting, due_requests: DueRequests) -> None:
        self._store = store
        self._kept = KeptPlatforms(store)
        self._counting = counting
        self._due_requests = due_requests

    # -- reading

    def all(self, now: datetime, *, retired: bool = False) -> list[PlatformStanding]:
        """Return the platforms in the order they were added; with `retired` those where nobody is kept any more, too."""
        to_do = self._kept.still_to_do(self._counting.today(now))
        return [
            self._standing(platform, *to_do.get(platform.id, (0, 0)))
            for platform in self._kept.all()
            if retired or platform.retired_at is None
        ]

    def _standing(self, platform: Platform, to_remove: int, overdue: int) -> PlatformStanding:
        known = load_platforms().get(platform.known)
        return PlatformStanding(
            platform,
            to_remove,
            overdue,
            next(iter(self._kept.verifications(platform.id, 1)), None),
            known is not None and known.upload is not None,
            known.no_upload if known is not None else "",
        )

    def count_with_tasks(self) -> int:
        """Return how many requests have something to be done at a platform."""
        return self._due_requests.count_with_tasks()

    def get(self, platform_id: int) -> Platform:
        """Return one platform."""
        return next(platform for platform in self._kept.all() if platform.id == platform_id)

    def named(self, text: str) -> Platform:
        """Return the platform in use that a text names: its name in any case, or the id of a known one; UsageError."""
        wanted = " ".join(text.split()).casefold()
        active = [platform for platform in self._kept.all() if platform.retired_at is None]
        for platform in active:
            if platform.name.casefold() == wanted:
                return platform
        found = [platform for platform in active if platform.known and platform.known == wanted]
        if len(found) == 1:
            return found[0]
        if not active:
            raise UsageError("There is no platform yet. Add one: optoutdesk platforms add NAME")
        names = ", ".join(platform.name for platform in active)
        raise UsageError(f"There is no platform “{text.strip()}”. There are: {names}.")

    def known(self) -> list[KnownPlatform]:
        """Return what she can pick from, by name."""
        every = (platform for platform in load_platforms().values() if platform.id != _NOT_A_PLATFORM)
        return sorted(every, key=lambda platform: platform.name.casefold())

    def verifications(self, platform_id: int, limit: int = 20) -> list[Verification]:
        """Return the newest comparisons with its own export first."""
        return self._kept.verifications(platform_id, limit)

    def resolved(self, found: Verification) -> datetime | None:
        """Return when all differences of a comparison were seen to; None: there were none, or some still stand."""
        return self._kept.resolved(found)

    # -- adding and retiring

    def suggested_since(self, now: datetime) -> date:
        """Return from when on a new platform is usually concerned: since the oldest request that is still open."""
        return self._kept.oldest_open() or self._counting.today(now)

    def oldest(self, now: datetime) -> date:
        """Return the day since which everyone on record is concerned."""
        return self._kept.oldest() or self._counting.today(now)

    def plan_add(self, since: date, now: datetime, known: str = "") -> AddPlan:
        """Count what adding a platform would open."""
        return AddPlan(*self._kept.would_open(since, known, self._counting.today(now)))

    def add(
        self,
        name: str,
        since: date,
        *,
        known: str = "",
        by: str,
        now: datetime,
        progress: Progress | None = None,
    ) -> tuple[Platform, Changes]:
        """Add a platform: requests received since a day have a thing to do there. UserError for a name in use.

        Without `known` a name that is one of a known platform is taken for it.
        """
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST:
            raise UserError(f"Give the platform a name of at most {_LONGEST} characters, such as Mailchimp.")
        if since > self._counting.today(now):
            raise UserError("That day lies ahead. Give the day from which on people were kept there.")
        platforms = load_platforms()
        if known and (known not in platforms or known == _NOT_A_PLATFORM):
            choices = ", ".join(platform.id for platform in self.known())
            raise UsageError(f"“{known}” is no known platform. Known are: {choices}.")
        if not known:
            known = next((p.id for p in self.known() if name.casefold() in (p.name.casefold(), p.id)), "")
        with self._store.act("add platform", by=by, now=now, progress=progress) as act:
            if any(p.retired_at is None and p.name.casefold() == name.casefold() for p in self._kept.all()):
                raise UserError(f"There is a platform “{name}” already. Give this one another name.")
            platform = act.add_platform(Platform(0, name, known, since, by, now))
        return platform, Changes.PLATFORMS | Changes.REQUESTS

    def retire(
        self, platform_id: int, *, by: str, now: datetime, progress: Progress | None = None
    ) -> Changes:
        """Say that nobody is kept at a platform any more; what happened there stays on record."""
        with self._store.act("retire platform", by=by, now=now, progress=progress) as act:
            if self.get(platform_id).retired_at is not None:
                act.leave_no_entry()
                return Changes.NOTHING
            act.retire(platform_id, now, by)
        return Changes.PLATFORMS | Changes.REQUESTS

    # -- what is to be removed there

    def to_remove(
        self, platform_id: int, now: datetime, after: tuple[str, int] | None = None, limit: int = 200
    ) -> DuePage:
        """Return the requests still to be done there, by due date."""
        return self._due_requests.page(now, None, DueFilter(platform=platform_id), after, limit)

    def ids_to_remove(self, platform_id: int) -> list[int]:
        """Return the ids of all of them, by due date."""
        return self._kept.ids_to_do(platform_id)

    def default_export(self, platform_id: int, folder: Path, now: datetime) -> Path:
        """Return a name for the file with the people to be removed."""
        name = "-".join(
            "".join(c if c.isalnum() else " " for c in self.get(platform_id).name).lower().split()
        )
        return folder / f"{name or 'platform'}-to-remove-{self._counting.today(now).isoformat()}.csv"

    def export(
        self, platform_id: int, output: Path, *, ids: Sequence[int] | None = None, overwrite: bool = False
    ) -> PlatformExport:
        """Write exactly the people still to be removed there (or of `ids`), in the shape the platform takes.

        Where it takes none, a plain list for her own use. OutputError when it cannot be written.
        """
        wanted = self.ids_to_remove(platform_id) if ids is None else list(ids)
        people = people_of(self._store, wanted)
        return write_people(self.get(platform_id), people, output, overwrite=overwrite)


def write_people(
    platform: Platform,
    people: Iterable[tuple[Sequence[int], Sequence[Listed]]],
    output: Path,
    *,
    overwrite: bool,
) -> PlatformExport:
    """Write people, each with the ids of the requests about them, into the file a platform takes; else a plain list."""
    if output.suffix.lower() != ".csv":
        ending = output.suffix or output.name
        raise UsageError(f"This cannot be written as “{ending}”. Give a name that ends in .csv.")
    known = load_platforms().get(platform.known)
    upload = known.upload if known is not None else None
    shape: Shape = PlainShape() if upload is None else UploadShape(upload)
    ids: list[int] = []
    lines: list[Sequence[str]] = []
    left_out = 0
    for requests, person in people:
        rows = list(shape.rows(person))
        lines += rows
        if rows:
            ids += requests
        else:
            left_out += len(requests)
    with ExitStack() as stack:
        target: Target
        if upload is None:
            target = ReportFile(stack, output, shape.header, overwrite=overwrite)
        else:
            target = PartsFile(stack, output, shape.header, upload, overwrite=overwrite)
        target.write(lines)
        files = target.publish()
    how, unverified = (upload.how, upload.unverified) if upload is not None else ("", ())
    return PlatformExport(files, tuple(ids), len(lines), how, left_out, unverified)
