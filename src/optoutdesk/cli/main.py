"""The command line's frame: arguments, errors as one sentence, exit codes 0 done, 1 could not, 2 wrong use."""

import argparse
import errno
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path

from optoutdesk.cli.codes import COULD_NOT, DONE, WRONG_USE
from optoutdesk.cli.parser import make_parser
from optoutdesk.cli.plain import plain
from optoutdesk.domain.errors import Cancelled, UsageError, UserError

_IMPORTS = {"import": "import_file", "batches": "batches", "undo": "undo"}
"""Commands of cli.imports by the names of their functions."""
_DEADLINES = {"remind": "remind", "export-due": "export_due"}
"""Those of cli.deadlines."""
_PLATFORMS = {"platforms": "platforms", "verify-platform": "verify_platform"}
"""Those of cli.platforms."""


def run(argv: Sequence[str], *, open_window: Callable[[str | None, bool], int]) -> int:
    """Run a command and return its exit code; without a command open the window (folder, whether in the tray)."""
    _use_utf8()
    try:
        arguments = make_parser().parse_args(argv)
        _refuse_stray_bytes(arguments)
        if arguments.command is None:
            return open_window(arguments.data, arguments.tray)
        if arguments.tray:
            raise UsageError("--tray opens the window; a command has none. Leave one of them out.")
        return _run_command(arguments)
    except UserError as error:
        print(f"optoutdesk: {plain(str(error))}", file=sys.stderr)
        return WRONG_USE if isinstance(error, UsageError) else COULD_NOT
    except (KeyboardInterrupt, Cancelled):
        print("optoutdesk: Stopped; nothing was written.", file=sys.stderr)
        return COULD_NOT
    except OSError as error:
        if not isinstance(error, BrokenPipeError) and error.errno != errno.ENOSPC:
            raise
        # The reader of our output left, which is its own affair, or the disk our output goes to is full (for results
        # there are sentences of their own). Nothing may be flushed into the void at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.ENOSPC:
            print("optoutdesk: It is done, but there is no room for what was to be printed.", file=sys.stderr)
        return COULD_NOT


def _refuse_stray_bytes(arguments: argparse.Namespace) -> None:
    """Refuse text that cannot be kept; names of files may hold any bytes."""
    for name, value in vars(arguments).items():
        for text in value if isinstance(value, list) else [value]:
            stray = isinstance(text, str) and text.encode("utf-8", "ignore").decode("utf-8") != text
            if stray and name not in ("data", "file", "output", "removed", "review_file"):
                raise UsageError(
                    f"“{text}” is not text in UTF-8. Set your terminal to UTF-8 and type it again."
                )


def _run_command(arguments: argparse.Namespace) -> int:
    code = _code_of(arguments)
    sys.stdout.flush()  # not at exit: a reader who left is dealt with by the caller
    return code


def _code_of(arguments: argparse.Namespace) -> int:
    if arguments.command == "help":
        return _help(arguments.topic, as_json=arguments.json)
    if arguments.command == "self-test":
        from optoutdesk.cli.self_test import self_test

        return self_test(as_json=arguments.json)
    from optoutdesk.desk import Desk

    command: Callable[[Desk, argparse.Namespace], int]
    # Each module only for its own commands: `check` must not wait for what reads lists.
    if arguments.command in _IMPORTS:
        from optoutdesk.cli import imports

        command = getattr(imports, _IMPORTS[arguments.command])
    elif arguments.command in _DEADLINES:
        from optoutdesk.cli import deadlines

        command = getattr(deadlines, _DEADLINES[arguments.command])
    elif arguments.command in _PLATFORMS:
        from optoutdesk.cli import platforms

        command = getattr(platforms, _PLATFORMS[arguments.command])
    elif arguments.command == "clean":
        from optoutdesk.cli.clean import clean as command
    elif arguments.command == "optin":
        from optoutdesk.cli.opt_in import opt_in as command
    elif arguments.command == "done":
        from optoutdesk.cli.done import done as command
    elif arguments.command == "lists":
        from optoutdesk.cli.lists import lists as command
    else:
        from optoutdesk.cli import commands

        command = getattr(commands, arguments.command)
    desk = Desk(Path(arguments.data) if arguments.data else None)
    try:
        return command(desk, arguments)
    finally:
        desk.close()


def _help(topic: str | None, *, as_json: bool) -> int:
    text = io.StringIO()
    with redirect_stdout(text), suppress(SystemExit):  # argparse leaves after its help
        make_parser().parse_args(["--help"] if topic in (None, "help") else [str(topic), "--help"])
    print(json.dumps({"help": text.getvalue()}, indent=2) if as_json else text.getvalue(), end="\n" * as_json)
    return DONE


def _use_utf8() -> None:
    """Print any address, whatever the terminal is set to, and nothing where that was closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
