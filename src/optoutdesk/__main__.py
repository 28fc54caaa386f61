"""No command: the window. A command: the command line, which never loads Qt."""

import sys
from collections.abc import Sequence

from optoutdesk.cli import main as command_line


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for and return the exit code."""
    return command_line.run(sys.argv[1:] if arguments is None else arguments, open_window=_open_window)


def _open_window(folder: str | None) -> int:
    from pathlib import Path

    from optoutdesk.desk import Desk
    from optoutdesk.ui.app import run

    return run(Desk(Path(folder) if folder else None), sys.argv[:1])


if __name__ == "__main__":
    sys.exit(main())
