"""Where the data, the settings and the logs of one business live."""

import os
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = "OPTOUTDESK_DATA"


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one business, all in one folder that she can copy."""

    folder: Path

    @property
    def store(self) -> Path:
        """The suppression list, its ledger and its records."""
        return self.folder / "optoutdesk.sqlite"

    @property
    def settings(self) -> Path:
        """The settings."""
        return self.folder / "settings.json"

    @property
    def mappings(self) -> Path:
        """What is remembered of the columns of files."""
        return self.folder / "mappings.json"

    @property
    def evidence(self) -> Path:
        """The folder of the files that show what happened, each under its SHA-256."""
        return self.folder / "evidence"

    @property
    def templates(self) -> Path:
        """What is written to people who asked."""
        return self.folder / "templates.json"

    @property
    def wireless(self) -> Path:
        """The list of wireless domains she loaded."""
        return self.folder / "wireless-domains.json"

    @property
    def log(self) -> Path:
        """The log of unexpected errors."""
        return self.folder / "errors.log"


def find_paths(folder: Path | None = None) -> Paths:
    """Return the paths below `folder`, else below OPTOUTDESK_DATA, else below the platform's data folder."""
    if folder is None and os.environ.get(ENVIRONMENT):
        folder = Path(os.environ[ENVIRONMENT])
    return usual_paths() if folder is None else Paths(folder.expanduser().absolute())


def usual_paths() -> Paths:
    """Return the paths below the platform's data folder, where nobody says otherwise."""
    from platformdirs import user_data_path  # not needed when scripts name the folder

    return Paths(user_data_path("Opt-Out Desk", appauthor=False).absolute())
