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
from typing import NoReturn

from optoutdesk import __version__
from optoutdesk.cli.codes import COULD_NOT, DONE, WRONG_USE
from optoutdesk.domain.errors import Cancelled, UsageError, UserError
from optoutdesk.domain.requests import Channel

_WHEN = "an ISO date (2026-11-10) or date and time (2026-11-10T16:42, or with a zone: 2026-11-10T21:42Z)"
_COMMANDS = """commands:
  add ADDRESS...     record an opt-out; *@example.com covers a whole domain
  check ADDRESS...   may they be mailed? exit code 0: all may, 10: one may not
  clean FILE         write FILE-clean and FILE-removed beside a contact list
  due                the open requests by due date
  verify             check the ledger and every stored record
  self-test          try the program in a throw-away folder
  help [COMMAND]     this text, or a command's own

Without a command the window opens."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"{message[:1].upper()}{message[1:].rstrip('.')}. See: optoutdesk help{_command_of(self)}"
        )


def _command_of(parser: argparse.ArgumentParser) -> str:
    words = parser.prog.split()
    return f" {words[1]}" if len(words) > 1 else ""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    common = _Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    # Also after the command: that is where people write it.
    common.add_argument(
        "--data", metavar="DIR", default=argparse.SUPPRESS, help="folder with the suppression list"
    )
    parser = _Parser(
        prog="optoutdesk",
        usage="optoutdesk [--data DIR] [COMMAND ...]",
        description="One suppression list on your own computer.",
        epilog=_COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data", metavar="DIR", help="folder with the suppression list (else OPTOUTDESK_DATA, else your own)"
    )
    parser.add_argument("--version", action="version", version=f"Opt-Out Desk {__version__}")
    commands = parser.add_subparsers(
        dest="command", prog="optoutdesk", metavar="COMMAND", help=argparse.SUPPRESS, parser_class=_Parser
    )

    def command(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=about, description=about)

    add = command("add", "Record opt-outs: suppressed at once, the clock started.")
    add.add_argument(
        "addresses", nargs="+", metavar="ADDRESS", help="jane@example.com, or *@example.com for a domain"
    )
    add.add_argument("--received", metavar="WHEN", help=f"when the request arrived: {_WHEN}; default now")
    add.add_argument(
        "--channel", choices=[c.value for c in Channel], default=Channel.OTHER.value, help="how it arrived"
    )
    add.add_argument(
        "--scope", metavar="S", default="all", help="all mail (default), or the name of one list"
    )
    add.add_argument("--note", metavar="T", default="", help="what was said")
    add.add_argument("--by", metavar="NAME", help="who records it")

    check = command("check", "May they be mailed? Exit code 0 when all may, 10 when one may not.")
    check.add_argument("addresses", nargs="+", metavar="ADDRESS")
    check.add_argument("--scope", metavar="S", help="the list that is to be mailed; default any mail")

    clean = command(
        "clean", "Write the clean list and the removed rows beside a contact list; it is never changed."
    )
    clean.add_argument("file", metavar="FILE", help="CSV, TSV, TXT, XLSX, XLS or ODS")
    clean.add_argument("--output", metavar="F", help="the clean list; default NAME-clean.EXT")
    clean.add_argument("--removed", metavar="F", help="the removed rows; default NAME-removed.csv")
    clean.add_argument(
        "--scope",
        metavar="S",
        help="the list that is to be mailed; default any mail: whoever left anything is removed",
    )
    clean.add_argument("--sheet", metavar="N", help="a workbook's sheet by name or number")
    clean.add_argument(
        "--column",
        metavar="C",
        action="append",
        default=[],
        help="an address column by header, letter or number",
    )
    clean.add_argument(
        "--keep-duplicates", action="store_true", help="keep rows that repeat an earlier address"
    )
    clean.add_argument(
        "--drop-address-only",
        action="store_true",
        help="of a row with several addresses take only the suppressed ones out",
    )
    clean.add_argument("--overwrite", action="store_true", help="replace results that exist already")
    clean.add_argument("--by", metavar="NAME", help="who cleans it")

    command("due", "The open requests by due date.")
    command("verify", "Check the ledger and every stored record against it.")
    command("self-test", "Try the program in a throw-away folder.")
    help_ = command("help", "Show how a command is used.")
    help_.add_argument("topic", nargs="?", metavar="COMMAND", choices=[*commands.choices])
    return parser


def run(argv: Sequence[str], *, open_window: Callable[[str | None], int]) -> int:
    """Run a command and return its exit code; without a command open the window."""
    _use_utf8()
    try:
        arguments = make_parser().parse_args(argv)
        _refuse_stray_bytes(arguments)
        if arguments.command is None:
            return open_window(arguments.data)
        return _run_command(arguments)
    except UserError as error:
        print(f"optoutdesk: {_on_one_line(str(error))}", file=sys.stderr)
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


def _on_one_line(text: str) -> str:
    """Return text that is one line and commands no terminal, whatever stands in a file's name or its cells."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _refuse_stray_bytes(arguments: argparse.Namespace) -> None:
    """Refuse text that cannot be kept; names of files may hold any bytes."""
    for name, value in vars(arguments).items():
        for text in value if isinstance(value, list) else [value]:
            stray = isinstance(text, str) and text.encode("utf-8", "ignore").decode("utf-8") != text
            if stray and name not in ("data", "file", "output", "removed"):
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
    from optoutdesk.cli import commands
    from optoutdesk.desk import Desk

    desk = Desk(Path(arguments.data) if arguments.data else None)
    try:
        command: Callable[[Desk, argparse.Namespace], int] = getattr(commands, arguments.command)
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
