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
_FILES = "CSV, TSV, TXT, XLSX, XLS, ODS, or a ZIP of them"
_COMMANDS = """commands:
  add ADDRESS...     record an opt-out; *@example.com covers a whole domain
  check ADDRESS...   may they be mailed? exit code 0: all may, 10: one may not
  optin ADDRESS      somebody who opted out agreed to mail again
  clean FILE         write FILE-clean and FILE-removed beside a contact list
  import FILE        bring in the opt-outs of a spreadsheet, a platform's export or a hashed list
  batches            what was imported
  undo BATCH         take an import back
  lists              the cleaned lists: is each still safe to send?
  due                the open requests by due date
  done ADDRESS...    somebody was removed, at one platform or everywhere
  remind             what is due today, for a script; exit code 0: nothing, 10: something
  export-due F.ics   the due dates as a calendar file
  platforms          where people are kept or mailed; platforms add NAME, platforms retire NAME
  verify-platform P FILE  compare a platform's own export with what is on record; 0: all agree, 10: somebody is still active
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
        usage="optoutdesk [--data DIR] [--tray | COMMAND ...]",
        description="One suppression list on your own computer.",
        epilog=_COMMANDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data", metavar="DIR", help="folder with the suppression list (else OPTOUTDESK_DATA, else your own)"
    )
    parser.add_argument(
        "--tray", action="store_true", help="start in the tray, without a window (where there is a tray)"
    )
    parser.add_argument("--version", action="version", version=f"Opt-Out Desk {__version__}")
    commands = parser.add_subparsers(
        dest="command", prog="optoutdesk", metavar="COMMAND", help=argparse.SUPPRESS, parser_class=_Parser
    )

    def command(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=about, description=about)

    _add_add(command)
    _add_check(command)
    _add_opt_in(command)
    _add_clean(command)
    _add_import(command)
    command("batches", "List what was imported: file, SHA-256, when, by whom, counts.")
    _add_undo(command)
    command("lists", "The cleaned lists, the newest first, and whether each is still safe to send.")
    command("due", "The open requests by due date: what is to be done where, and who works on it.")
    _add_done(command)
    command(
        "remind",
        "What is due: overdue, within the days of your reminders, past your own target. Exit code 10 when anything is.",
    )
    _add_export_due(command)
    _add_platforms(command)
    _add_verify_platform(command)
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
    add.add_argument("--policy", metavar="ID", help="count by another rule than your own, such as casl")
    add.add_argument(
        "--evidence",
        metavar="FILE",
        dest="file",
        action="append",
        default=[],
        help="keep an e-mail, a PDF, a picture or a text as evidence; may be given several times",
    )
    add.add_argument("--by", metavar="NAME", help="who records it")


def _add_opt_in(command: _Command) -> None:
    """Add the end of a block."""
    again = command("optin", "Record that somebody who opted out agreed to mail again; lifts only its scope.")
    again.add_argument("address", metavar="ADDRESS", help="jane@example.com, or *@example.com for a domain")
    again.add_argument("--when", metavar="WHEN", required=True, help=f"when they agreed: {_WHEN}")
    again.add_argument("--how", metavar="HOW", required=True, help="how they agreed: in person, on paper ...")
    again.add_argument("--who", metavar="WHO", required=True, help="who agreed")
    again.add_argument("--evidence", metavar="TEXT", help="what shows it; needed unless a file does")
    again.add_argument(
        "--file",
        metavar="F",
        action="append",
        default=[],
        help="a file that shows it, which is kept; may be given several times",
    )
    again.add_argument(
        "--scope", metavar="S", help="what may be mailed again; default what the opt-out was about"
    )
    again.add_argument(
        "--typed", metavar="ADDRESS", help="the address once more; needed where a complaint is lifted"
    )
    again.add_argument("--by", metavar="NAME", help="who records it")


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


def _add_done(command: _Command) -> None:
    """Add the marking of requests as done."""
    done = command("done", "Say that people were removed; all the addresses given, or none of them.")
    done.add_argument(
        "addresses", nargs="+", metavar="ADDRESS", help="jane@example.com, or *@example.com for a domain"
    )
    done.add_argument("--platform", metavar="P", help="where; default wherever they are still to be removed")
    done.add_argument("--on", metavar="WHEN", help=f"when it was done: {_WHEN}; default now")
    done.add_argument(
        "--not-there", action="store_true", help="they were never at that platform, so that nothing was to do"
    )
    done.add_argument("--by", metavar="NAME", help="who says so")


def _add_export_due(command: _Command) -> None:
    """Add the calendar file."""
    export = command("export-due", "Write the due dates as a calendar file: one event a day, with how many.")
    export.add_argument("output", metavar="F.ics", help="where to")
    export.add_argument("--with-addresses", action="store_true", help="also name who asked")
    export.add_argument("--overwrite", action="store_true", help="replace a file that exists already")


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
    add.add_argument("file", metavar="FILE", help=_FILES)
    add.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
    _add_reading(add)
    add.add_argument("--review-file", metavar="F", help="the rows to mend; default NAME-to-mend.csv")
    add.add_argument("--overwrite", action="store_true", help="replace a file of rows to mend")
    add.add_argument("--remember", metavar="NAME", help="remember under a name how this file was read")
    add.add_argument("--by", metavar="NAME", help="who imports it")


def _add_reading(add: argparse.ArgumentParser) -> None:
    """Add what can be said of how a file is to be read."""
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


def _add_platforms(command: _Command) -> None:
    """Add where people are kept or mailed."""
    platforms = command("platforms", "List, add or retire the platforms: wherever people are kept or mailed.")
    platforms.add_argument(
        "action", nargs="?", choices=["add", "retire"], metavar="add|retire", help="add or retire one"
    )
    platforms.add_argument(
        "name", nargs="?", metavar="NAME", help="its name: Mailchimp, QuickBooks, paper list"
    )
    platforms.add_argument(
        "--since",
        metavar="DAY",
        help="requests received from that day on have to be done there: 2026-11-10, or all; default since the oldest open one",
    )
    platforms.add_argument(
        "--known", metavar="ID", help="which known platform it is, when its name does not say it: mailchimp"
    )
    platforms.add_argument("--by", metavar="NAME", help="who adds or retires it")


def _add_verify_platform(command: _Command) -> None:
    """Add the comparison with a platform's own export."""
    verify = command(
        "verify-platform",
        "Compare a platform's own export with what is on record. Exit code 0: nobody who opted out here is active there,"
        " 10: somebody still is.",
    )
    verify.add_argument("platform", metavar="PLATFORM", help="its name, as platforms lists it")
    verify.add_argument("file", metavar="FILE", help=_FILES)
    verify.add_argument("--dry-run", action="store_true", help="only compare, and record nothing")
    verify.add_argument(
        "--take-over",
        action="store_true",
        help="import whoever opted out or bounced there and is unknown here; undo takes it back",
    )
    verify.add_argument(
        "--output", metavar="F", help="write who is still active there, in the file that the platform takes"
    )
    _add_reading(verify)
    verify.add_argument("--overwrite", action="store_true", help="replace the file that --output names")
    verify.add_argument("--by", metavar="NAME", help="who compares them")
