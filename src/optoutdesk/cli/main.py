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
from optoutdesk.cli.plain import plain
from optoutdesk.domain.cleaning import HiddenRows
from optoutdesk.domain.errors import Cancelled, UsageError, UserError
from optoutdesk.domain.requests import Channel

_WHEN = "an ISO date (2026-11-10) or date and time (2026-11-10T16:42, or with a zone: 2026-11-10T21:42Z)"
_COMMANDS = """commands:
  add ADDRESS...     record an opt-out; *@example.com covers a whole domain
  check ADDRESS...   may they be mailed? exit code 0: all may, 10: one may not
  clean FILE         write FILE-clean and FILE-removed beside a contact list
  import FILE        bring in the opt-outs of a spreadsheet, a platform's export or a hashed list
  batches            what was imported
  undo BATCH         take an import back
  due                the open requests by due date
  mappings           what is remembered of the columns of imported files
  export             write the suppression list out, for yourself, a platform or a third party
  backups            the copies of the suppression list
  restore FILE       put one of them back
  verify             check the ledger and every stored record
  self-test          try the program in a throw-away folder
  help [COMMAND]     this text, or a command's own

Without a command the window opens."""


_IMPORTS = {"import": "import_file", "batches": "batches", "undo": "undo"}
"""Commands of cli.imports by the names of their functions."""


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
    clean.add_argument(
        "--hidden-rows",
        choices=[choice.value for choice in HiddenRows],
        help="what becomes of rows that are hidden in a workbook; must be said when there are any",
    )
    clean.add_argument("--overwrite", action="store_true", help="replace results that exist already")
    clean.add_argument("--by", metavar="NAME", help="who cleans it")

    _add_import(command)
    command("batches", "List what was imported: file, SHA-256, when, by whom, counts.")
    undo = command("undo", "Take an import back; requests that were worked on since stay.")
    undo.add_argument("batch", metavar="BATCH", type=int, help="its number, as batches lists it")
    undo.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
    undo.add_argument("--by", metavar="NAME", help="who takes it back")

    command("due", "The open requests by due date.")
    mappings = command("mappings", "Show what is remembered of the columns of imported files.")
    do = mappings.add_mutually_exclusive_group()
    do.add_argument(
        "--export", metavar="F", dest="output", help="write all to a JSON file, for another computer"
    )
    do.add_argument("--bring-in", metavar="F", dest="file", help="take over those of an exported file")
    do.add_argument("--rename", metavar=("OLD", "NEW"), nargs=2, help="give one another name")
    do.add_argument("--forget", metavar="NAME", help="remember one no longer")
    mappings.add_argument("--overwrite", action="store_true", help="replace the file that --export names")

    export = command("export", "Write the suppression list out.")
    export.add_argument(
        "--for",
        metavar="WHOM",
        dest="recipient",
        default="own",
        help="own (default): all there is, plain; third-party: hashes only; or a platform as mailchimp: the file it takes",
    )
    export.add_argument(
        "--output",
        metavar="F",
        required=True,
        help="where to; it ends in .csv, .xlsx or .txt (one entry a line)",
    )
    export.add_argument(
        "--hash", choices=["md5", "sha1", "sha256", "sha512"], help="hashes instead of addresses"
    )
    export.add_argument(
        "--plain-anyway",
        action="store_true",
        help="give a third party plain addresses; only where that is needed to comply with the law",
    )
    export.add_argument(
        "--scope", metavar="S", help="only who is barred from mail for this list; default everyone"
    )
    export.add_argument("--since", metavar="DATE", help="first day of receipt")
    export.add_argument("--until", metavar="DATE", help="last day of receipt")
    export.add_argument("--overwrite", action="store_true", help="replace files that exist already")

    command("backups", "List the copies of the suppression list; the newest ten are kept.")
    restore = command(
        "restore",
        "Put a backup back; the present list is kept as a backup. Refused when opt-outs would be lost.",
    )
    restore.add_argument(
        "file", metavar="FILE", help="one that `backups` lists, or any copy of a suppression list"
    )
    restore.add_argument(
        "--drop-newer", action="store_true", help="do it although opt-outs recorded since would be lost"
    )
    restore.add_argument("--by", metavar="NAME", help="who puts it back")

    command("verify", "Check the ledger and every stored record against it.")
    command("self-test", "Try the program in a throw-away folder.")
    help_ = command("help", "Show how a command is used.")
    help_.add_argument("topic", nargs="?", metavar="COMMAND", choices=[*commands.choices])
    return parser


def _add_import(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command with the most options."""
    add = command("import", "Bring in the opt-outs of a file: counted first, then stored in one act.")
    add.add_argument("file", metavar="FILE", help="CSV, TSV, TXT, XLSX, XLS, ODS, or a ZIP of them")
    add.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
    add.add_argument(
        "--map",
        metavar="FIELD=COLUMN",
        action="append",
        default=[],
        help="what a column is: address, received, scope, reason, channel, first-name, last-name, name, platform,"
        " status, note, or leave-out; the column by header, letter or number",
    )
    add.add_argument("--profile", metavar="NAME", help="what the file is; generic: guess by words")
    add.add_argument(
        "--received-default", metavar="WHEN", help=f"the receipt of rows that have none: {_WHEN}"
    )
    order = add.add_mutually_exclusive_group()
    order.add_argument("--day-first", action="store_true", help="read 4/3/2026 as 4 March")
    order.add_argument("--month-first", action="store_true", help="read 4/3/2026 as April 3")
    add.add_argument(
        "--zone", metavar="Z", help="the time zone of times without one, such as America/New_York"
    )
    add.add_argument("--scope", metavar="S", help="the list the opt-outs are of, where the file names none")
    add.add_argument(
        "--all-opted-out", action="store_true", help="all in the file opted out, where it does not say so"
    )
    add.add_argument("--sheet", metavar="N", help="a workbook's sheet by name or number")
    add.add_argument("--no-header", action="store_true", help="the first row is a person")
    add.add_argument(
        "--hidden-rows",
        choices=[choice.value for choice in HiddenRows],
        default=HiddenRows.INCLUDE.value,
        help="what becomes of rows that are hidden in a workbook; default include",
    )
    add.add_argument("--review-file", metavar="F", help="the rows to mend; default NAME-to-mend.csv")
    add.add_argument("--overwrite", action="store_true", help="replace a file of rows to mend")
    add.add_argument("--remember", metavar="NAME", help="remember under a name how this file was read")
    add.add_argument("--by", metavar="NAME", help="who imports it")


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

    # Each module only for its own commands: `check` must not wait for what reads lists.
    if arguments.command in _IMPORTS:
        from optoutdesk.cli import imports as module
    else:
        from optoutdesk.cli import commands as module  # type: ignore[no-redef]

    desk = Desk(Path(arguments.data) if arguments.data else None)
    try:
        name = _IMPORTS.get(arguments.command, arguments.command)
        command: Callable[[Desk, argparse.Namespace], int] = getattr(module, name)
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
