"""The lines of the list of open requests: heads of sections, and what stands below them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from optoutdesk.services.due_requests import Due, DueGroup


class Kind(Enum):
    """What a line of the list is."""

    HEAD = auto()
    REQUEST = auto()
    MORE = auto()
    """Stands for the requests of its section that are not read yet."""


@dataclass(eq=False, slots=True)
class Section:
    """Some of the open requests under one title."""

    group: DueGroup
    rows: list[Due] = field(default_factory=list)
    after: tuple[str, int] | None = None
    """Where the next page starts."""
    complete: bool = False
    folded: bool = False
    asking: bool = False

    @property
    def key(self) -> str:
        """What tells it from other sections."""
        return self.group.key

    @property
    def height(self) -> int:
        """How many lines it takes."""
        return 1 if self.folded else 1 + len(self.rows) + (not self.complete)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    kind: Kind
    section: Section
    due: Due | None = None


def lines_of(section: Section) -> Iterator[Line]:
    """Yield a section's lines."""
    yield Line(Kind.HEAD, section)
    if not section.folded:
        yield from below(section)


def below(section: Section) -> Iterator[Line]:
    """Yield what stands below a section's head; there is always something, as no section is empty."""
    for due in section.rows:
        yield Line(Kind.REQUEST, section, due)
    if not section.complete:
        yield Line(Kind.MORE, section)
