"""What can go wrong in the user's world: one class a kind, and one plain sentence each, ready to show.

Everything else that is raised is a bug of ours and is reported as one.
"""


class UserError(Exception):
    """Something the person can mend. str() is one sentence in her words that says what to do."""

    def __init__(self, sentence: str, *, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details
        """The technical part, one click away."""


class UsageError(UserError):
    """The request itself makes no sense as it was put (exit code 2 on the command line)."""


class NotAnAddressError(UserError):
    """What was given is no e-mail address and no domain."""


class UnreadableListError(UserError):
    """A contact list that cannot be read as one."""


class NoAddressColumnError(UnreadableListError):
    """A contact list in which no column holds e-mail addresses."""


class HiddenRowsError(UserError):
    """A list with hidden rows of which nobody has said whether they are meant too."""

    def __init__(self, found: str) -> None:
        super().__init__(f"{found} Say whether they are meant too, or left out.")
        self.found = found
        """How many they are, as a sentence."""


class OutputError(UserError):
    """A result that cannot be written where it should go."""


class StoreError(UserError):
    """The suppression list's own file cannot be opened, read or written."""


class StoreBusyError(StoreError):
    """Another window or command is writing to the suppression list."""


class NewerStoreError(StoreError):
    """The suppression list was last opened by a later version of the program."""


class DamagedStoreError(StoreError):
    """The suppression list's file is damaged."""


class ListChangedError(UserError):
    """The contact list or the suppression list changed since the result on screen was counted."""


class Cancelled(Exception):  # noqa: N818 - not an error: she asked for it
    """The person cancelled a long piece of work; nothing was written."""
