"""The commands, their arguments and their help."""

import argparse
from collections.abc import Callable
from typing import NoReturn

from optoutdesk import __version__
from optoutdesk.domain.cleaning import HiddenRows
from optoutdesk.domain.errors import UsageError
from optoutdesk.domain.requests import Channel

_Command = Callable[[str, str], argparse.ArgumentParser]
"""Adds a command by its name and what it is about."""

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

    _add_add(command)
    _add_check(command)
    _add_clean(command)
    _add_import(command)
    command("batches", "List what was imported: file, SHA-256, when, by whom, counts.")
    _add_undo(command)
    command("due", "The open requests by due date.")
    _add_mappings(command)
    _add_export(command)
    command("backups", "List the copies of the suppression list; the newest ten are kept.")
    _add_restore(command)
    command("verify", "Check the ledger and every stored record against it.")
    command("self-test", "Try the program in a throw-away folder.")
    help_ = command("help", "Show how a command is used.")
    help_.add_argument("topic", nargs="?", metavar="COMMAND", choices=[*commands.choices])
    return parser


def _add_add(command: _Command) -> None:
    """Add the command that records opt-outs."""
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


def _add_check(command: _Command) -> None:
    """Add the question whether somebody may be mailed."""
    check = command("check", "May they be mailed? Exit code 0 when all may, 10 when one may not.")
    check.add_argument("addresses", nargs="+", metavar="ADDRESS")
    check.add_argument("--scope", metavar="S", help="the list that is to be mailed; default any mail")


def _add_clean(command: _Command) -> None:
    """Add the cleaning of contact lists."""
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


def _add_undo(command: _Command) -> None:
    """Add the taking back of an import."""
    undo = command("undo", "Take an import back; requests that were worked on since stay.")
    undo.add_argument("batch", metavar="BATCH", type=int, help="its number, as batches lists it")
    undo.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
    undo.add_argument("--by", metavar="NAME", help="who takes it back")


def _add_mappings(command: _Command) -> None:
    """Add what is remembered of columns."""
    mappings = command("mappings", "Show what is remembered of the columns of imported files.")
    do = mappings.add_mutually_exclusive_group()
    do.add_argument(
        "--export", metavar="F", dest="output", help="write all to a JSON file, for another computer"
    )
    do.add_argument("--bring-in", metavar="F", dest="file", help="take over those of an exported file")
    do.add_argument("--rename", metavar=("OLD", "NEW"), nargs=2, help="give one another name")
    do.add_argument("--forget", metavar="NAME", help="remember one no longer")
    mappings.add_argument("--overwrite", action="store_true", help="replace the file that --export names")


def _add_export(command: _Command) -> None:
    """Add the export of the suppression list."""
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


def _add_restore(command: _Command) -> None:
    """Add the putting back of a backup."""
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


def _add_import(command: _Command) -> None:
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
