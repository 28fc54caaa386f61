"""No command: the window. A command: the command line, which never loads Qt."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from optoutdesk.cli import main as command_line
from optoutdesk.domain.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for and return the exit code."""
    return command_line.run(sys.argv[1:] if arguments is None else arguments, open_window=_open_window)


def _refuse_without_screen() -> None:
    """Raise UserError where no window can be shown; Qt would end the process with a dump instead."""
    if sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise UserError(
            "There is no screen here to open the window on; use the command line: optoutdesk help"
        )


def _open_window(folder: str | None, in_tray: bool) -> int:
    _refuse_without_screen()
    from optoutdesk.desk import Desk
    from optoutdesk.ui.app import run

    return run(Desk(Path(folder) if folder else None), sys.argv[:1], in_tray=in_tray)


if __name__ == "__main__":
    sys.exit(main())
