"""What can be asked of the register, and what it answers: pages that take the same time at any depth."""

from dataclasses import dataclass
from datetime import date

from optoutdesk.domain.requests import Channel, OptOutRequest


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A line of the register."""

    request: OptOutRequest
    lifted: bool
    """Opted in again since: it bars nothing any more."""
    open: bool
    """Still to be done. Neither open nor done nor lifted: an earlier request of the same person counts."""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some lines of the register and where the next ones start."""

    rows: tuple[RegisterRow, ...]
    after: tuple[str, int] | None
    """Give this to the next call; None: there are no more."""


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """Which lines of the register are wanted."""

    text: str = ""
    """Part of an address."""
    only_open: bool = False
    due_from: date | None = None
    """Only open ones due on or after this day."""
    due_by: date | None = None
    """Only open ones due on or before this day."""
    channel: Channel | None = None
    scope: str | None = None
