"""Every command does what it says, tells it in words or as JSON, and ends with the right exit code."""

import csv
import json
import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from running import Run, failed

from clock import NOW
from optoutdesk import __version__
from optoutdesk.cli import clean, commands
from optoutdesk.cli.parser import make_parser
from optoutdesk.desk import Desk
from optoutdesk.domain.cleaning import Reason
from optoutdesk.domain.errors import Cancelled
from optoutdesk.domain.requests import Channel
from optoutdesk.resources import resource

COMMANDS = [
    *("add", "check", "optin", "clean", "due", "mappings", "verify", "self-test", "help"),
    *("import", "batches", "undo", "export", "backups", "restore", "remind", "export-due"),
    *("platforms", "verify-platform", "done", "lists"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(
        "Name,E-mail\nJane,jane@example.com\nBob,bob@example.com\nOps,ops@rival.example\nBob,BOB@example.com\n"
    )
    return path


# -- add


def test_add_records_and_says_so(run: Run) -> None:
    ran = run(
        "add",
        "Jane <Jane@example.com>",
        "*@rival.example",
        "--received",
        "2026-11-10",
        "--scope",
        "Garden  News",
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "jane@example.com: suppressed \u00b7 Garden News \u00b7 due 2026-11-25",
        "*@rival.example: suppressed \u00b7 Garden News \u00b7 due 2026-11-25",
    ]
    again = run("add", "jane@example.com", "--scope", "garden news")
    assert again.out.startswith("jane@example.com: already suppressed since 2026-11-10 \u00b7 Garden News")


def test_add_as_json(run: Run) -> None:
    arguments = ["Jane@Example.com", "*@Rival.example", "--received", "2026-11-10T16:42"]
    expected = [
        {
            "address": given,
            "key": key,
            "received": "2026-11-10T16:42:00-05:00",
            "due": "2026-11-25",
            "scope": "all",
            "already": False,
        }
        for given, key in (("Jane@Example.com", "jane@example.com"), ("*@Rival.example", "*@rival.example"))
    ]
    assert run("add", *arguments, "--json").json == {
        "added": expected,
        "not_suppressed": [],
        "evidence": [],
    }
    again = [item | {"already": True} for item in expected]
    assert run("add", *arguments, "--json").json["added"] == again


@pytest.mark.parametrize(
    ("when", "received"),
    [
        ("2026-11-10", "2026-11-10"),
        ("20261110", "2026-11-10"),
        ("2026-11-10T16:42", "2026-11-10T16:42:00-05:00"),
        ("2026-11-10 16:42:30", "2026-11-10T16:42:30-05:00"),
        ("2026-11-10T21:42Z", "2026-11-10T16:42:00-05:00"),
        ("2026-11-10T22:42+01:00", "2026-11-10T16:42:00-05:00"),
        ("2026-06-10T16:42", "2026-06-10T16:42:00-04:00"),
        (None, "2026-11-24T11:00:00-05:00"),
    ],
)
def test_when_it_was_received_can_be_written_as_people_do(run: Run, when: str | None, received: str) -> None:
    [added] = run("add", "jane@example.com", "--json", *(["--received", when] if when else [])).json["added"]
    assert added["received"] == received


def test_add_keeps_who_recorded_it_how_it_arrived_and_what_was_said(run: Run, folder: Path) -> None:
    run("add", "jane@example.com")
    run("add", "bob@example.com", "--by", "Ben", "--channel", "in-person", "--note", "at the till")
    desk = Desk(folder)
    first, second = desk.store.request(1), desk.store.request(2)
    desk.close()
    assert first is not None
    assert second is not None
    assert (first.by, first.channel, first.note) == ("Ana", Channel.OTHER, "")
    assert (second.by, second.channel, second.note) == ("Ben", Channel.IN_PERSON, "at the till")


def test_a_receipt_before_a_consent_is_said_not_to_suppress(run: Run, folder: Path) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10")
    desk = Desk(folder)
    desk.opt_in_again.record(
        desk.store.request(1),
        at=NOW - timedelta(days=2),
        evidence="form",
        who="Jane",
        how="on paper",
        by="Ana",
        now=NOW,
    )
    desk.close()
    assert "NOT suppressed" in run("add", "jane@example.com", "--received", "2026-11-09").out
    added = run("add", "jane@example.com", "--received", "2026-11-08", "--json").json
    assert added["not_suppressed"] == ["jane@example.com"]
    assert run("check", "jane@example.com").code == 0


def test_add_records_all_or_none(run: Run) -> None:
    sentence = failed(run("add", "jane@example.com", "bob@example"), 1)
    assert "\u201cbob@example\u201d (the domain has no dot)" in sentence
    assert run("check", "jane@example.com").code == 0


@pytest.mark.parametrize("when", ["yesterday", "10.11.2026", "2026-13-01", "2026-11-10T25:00", ""])
def test_a_moment_that_is_none_is_wrong_use(run: Run, when: str) -> None:
    ran = run("add", "jane@example.com", f"--received={when}")
    if when:
        assert "is no date. Write 2026-11-10" in failed(ran, 2)
    else:
        assert ran.code == 0  # said nothing: now


def test_a_receipt_that_lies_ahead_is_refused(run: Run) -> None:
    assert "lies ahead" in failed(run("add", "jane@example.com", "--received", "2026-11-25"), 1)


@pytest.mark.parametrize("option", ["--note", "--by", "--scope"])
def test_text_in_another_encoding_is_refused(run: Run, option: str) -> None:
    assert "UTF-8" in failed(run("add", "jane@example.com", option, "Zo\udceb"), 2)
    assert run("check", "jane@example.com").code == 0


# -- check


def test_check_tells_all_may_be_mailed(run: Run) -> None:
    run("add", "jane@example.com")
    ran = run("check", "Amy@example.com", "bob@example.com")
    assert (ran.code, ran.out) == (0, "amy@example.com: may be mailed\nbob@example.com: may be mailed\n")


def test_check_ends_with_10_when_one_may_not_be_mailed(run: Run) -> None:
    run("add", "*@rival.example", "--received", "2026-11-10")
    ran = run("check", "amy@example.com", "ops@rival.example", "*@rival.example")
    assert (ran.code, ran.err) == (10, "")
    assert ran.out.splitlines() == [
        "amy@example.com: may be mailed",
        "ops@rival.example: DO NOT MAIL \u00b7 opted out of all mail (*@rival.example) since 2026-11-10 \u00b7 due 2026-11-25",
        "*@rival.example: DO NOT MAIL \u00b7 opted out of all mail since 2026-11-10 \u00b7 due 2026-11-25",
    ]


def test_check_as_json(run: Run) -> None:
    run("add", "jane@example.com", "--received", "2026-11-10", "--scope", "Newsletter")
    run("add", "*@rival.example", "--received", "2026-11-10T16:42")
    ran = run(
        "check", "Jane@example.com", "ops@rival.example", "amy@example.com", "*@rival.example", "--json"
    )
    assert ran.code == 10
    by_domain = {
        "reason": "domain",
        "since": "2026-11-10T16:42:00-05:00",
        "scope": "all",
        "due": "2026-11-25",
    }
    assert ran.json == {
        "results": [
            {
                "address": "Jane@example.com",
                "key": "jane@example.com",
                "may_mail": False,
                "reason": "opted-out",
                "since": "2026-11-10",
                "scope": "Newsletter",
                "due": "2026-11-25",
            },
            {"address": "ops@rival.example", "key": "ops@rival.example", "may_mail": False} | by_domain,
            {
                "address": "amy@example.com",
                "key": "amy@example.com",
                "may_mail": True,
                "reason": None,
                "since": None,
                "scope": None,
                "due": None,
            },
            {"address": "*@rival.example", "key": "*@rival.example", "may_mail": False} | by_domain,
        ]
    }


def test_check_for_one_list(run: Run) -> None:
    run("add", "jane@example.com", "--scope", "Newsletter")
    assert run("check", "jane@example.com", "--scope", "newsletter").code == 10
    assert run("check", "jane@example.com", "--scope", "Catalogue").code == 0
    assert "If you meant \u201cNewsletter\u201d" in failed(
        run("check", "jane@example.com", "--scope", "Newsleter"), 2
    )


def test_check_of_no_address_fails(run: Run) -> None:
    assert "must not be mailed" in failed(run("check", "amy@example.com", "jane"), 1)


# -- clean

CLEAN_KEYS = {
    *("input", "output", "removed_file", "rows", "kept", "removed", "reasons"),
    *("input_sha256", "output_sha256", "ledger_head"),
    *("trimmed", "hashed_entries", "matched_by_hash", "scope", "sheet", "columns", "warnings"),
}


def test_clean_writes_both_files_and_says_what_it_did(run: Run, file: Path) -> None:
    run("add", "jane@example.com", "*@rival.example")
    ran = run("clean", str(file))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "list.csv: 4 people, 1 kept, 3 removed",
        "  addresses in \u201cE-mail\u201d",
        "          1  opted out",
        "          1  suppressed domain",
        "          1  duplicate",
        f"clean list    {file.with_name('list-clean.csv')}",
        f"removed rows  {file.with_name('list-removed.csv')}",
    ]
    assert file.with_name("list-clean.csv").read_text() == "Name,E-mail\nBob,bob@example.com\n"


@pytest.fixture
def filtered(tmp_path: Path) -> Path:
    """Five people of whom a filter hides three, in a workbook with a hidden column and an empty sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "E-mail"])
    for number in range(2, 7):
        sheet.append([f"P{number}", f"p{number}@a.example"])
    sheet.auto_filter.ref = "A1:B6"
    sheet.auto_filter.add_filter_column(0, ["P2", "P6"])
    for number in (3, 4, 5):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["A"].hidden = True
    book.create_sheet("Old")
    path = tmp_path / "lists" / "contacts.xlsx"
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


def test_clean_as_json(run: Run, file: Path) -> None:
    import hashlib

    run("add", "jane@example.com", "*@rival.example")
    told = run("clean", str(file), "--json").json
    output = file.with_name("list-clean.csv")
    assert set(told) == CLEAN_KEYS
    assert told["reasons"] == {
        "opted-out": 1,
        "domain": 1,
        "duplicate": 1,
        "not-an-address": 0,
        "no-address": 0,
        "hidden": 0,
    }
    assert (told["rows"], told["kept"], told["removed"], told["trimmed"]) == (4, 1, 3, 0)
    assert (told["input"], told["output"]) == (str(file), str(output))
    assert told["removed_file"] == str(file.with_name("list-removed.csv"))
    assert (told["scope"], told["sheet"], told["columns"], told["warnings"]) == ("all", None, ["E-mail"], [])
    assert told["input_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told["output_sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()
    assert told["ledger_head"] == run("verify", "--json").json["head"]


def test_clean_takes_its_options(run: Run, file: Path, tmp_path: Path) -> None:
    run("add", "jane@example.com", "--scope", "Newsletter")
    output, removed = tmp_path / "to-mail.csv", tmp_path / "gone.csv"
    told = run(
        *("clean", str(file), "--output", str(output), "--removed", str(removed), "--scope", "newsletter"),
        *(
            "--column",
            "B",
            "--column",
            "Name",
            "--keep-duplicates",
            "--drop-address-only",
            "--by",
            "Ben",
            "--json",
        ),
    ).json
    assert (told["output"], told["removed_file"], told["scope"]) == (str(output), str(removed), "Newsletter")
    assert (told["kept"], told["columns"]) == (3, ["E-mail", "Name"])
    assert run("verify", "--json").json["ok"]


def test_clean_takes_only_the_address_out_when_told(run: Run, file: Path) -> None:
    run("add", "jane@example.com")
    file.write_text("E-mail\njane@example.com; amy@example.com\nbob@example.com\n")
    ran = run("clean", str(file), "--drop-address-only")
    assert "1  kept without a suppressed address" in ran.out
    assert file.with_name("list-clean.csv").read_text() == "E-mail\namy@example.com\nbob@example.com\n"


def test_clean_overwrites_only_when_told(run: Run, file: Path) -> None:
    run("add", "jane@example.com")
    run("clean", str(file))
    assert "exists already" in failed(run("clean", str(file)), 1)
    assert run("clean", str(file), "--overwrite").code == 0


def test_clean_reads_the_sheet_that_is_named(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "customers.xlsx"
    shutil.copyfile(resource("samples", "customers.xlsx"), book)
    run("add", "jane@example.com")
    ran = run("clean", str(book), "--json")
    first = json.loads(ran.out)
    assert first["warnings"] == ["The file has a further sheet, “Suppliers”; only “Customers” is read."]
    assert ran.err == f"optoutdesk: {first['warnings'][0]}\n"
    second = run("clean", str(book), "--sheet", "2", "--overwrite", "--json").json
    assert first["sheet"] != second["sheet"]
    assert (
        run("clean", str(book), "--sheet", second["sheet"], "--overwrite", "--json").json["rows"]
        == second["rows"]
    )
    failed(run("clean", str(book), "--sheet", "Nowhere", "--overwrite"), 2)


def test_clean_asks_what_becomes_of_hidden_rows(run: Run, filtered: Path) -> None:
    run("add", "p3@a.example")
    before = sorted(filtered.parent.iterdir())
    sentence = "3 of 5 rows are hidden by a filter. Say --hidden-rows include or --hidden-rows leave-out."
    assert failed(run("clean", str(filtered)), 1) == f"optoutdesk: {sentence}\n"
    assert failed(run("clean", str(filtered), "--json"), 1) == f"optoutdesk: {sentence}\n"
    assert sorted(filtered.parent.iterdir()) == before


def test_clean_leaves_hidden_rows_out_when_told(run: Run, filtered: Path) -> None:
    run("add", "p3@a.example")
    ran = run("clean", str(filtered), "--hidden-rows", "leave-out", "--json")
    told = json.loads(ran.out)
    assert (told["rows"], told["kept"]) == (5, 2)
    assert {reason: count for reason, count in told["reasons"].items() if count} == {
        "opted-out": 1,
        "hidden": 2,
    }
    assert told["warnings"] == ["Column A is hidden."]
    assert "“Old”" not in ran.err  # an empty sheet
    removed = Path(told["removed_file"]).read_text("utf-8-sig").splitlines()
    assert removed[1:] == [
        "3,Opted out,24 Nov 2026 · all mail,p3@a.example,P3,p3@a.example",
        '4,"Hidden row, left out",hidden in the workbook,p4@a.example,P4,p4@a.example',
        '5,"Hidden row, left out",hidden in the workbook,p5@a.example,P5,p5@a.example',
    ]
    ran = run("clean", str(filtered), "--hidden-rows", "leave-out", "--overwrite")
    assert "          2  hidden row, left out" in ran.out.splitlines()


def test_clean_includes_hidden_rows_when_told(run: Run, filtered: Path) -> None:
    run("add", "p3@a.example")
    told = json.loads(run("clean", str(filtered), "--hidden-rows", "include", "--json").out)
    assert (told["rows"], told["kept"], told["reasons"]["hidden"]) == (5, 4, 0)


def test_hidden_rows_are_no_question_for_a_list_without_any(run: Run, file: Path) -> None:
    run("add", "jane@example.com")
    told = run("clean", str(file), "--hidden-rows", "leave-out", "--json").json
    assert told["reasons"]["hidden"] == 0
    failed(run("clean", str(file), "--hidden-rows", "perhaps", "--overwrite"), 2)


def test_clean_warns_of_an_empty_suppression_list_and_of_other_columns(run: Run, file: Path) -> None:
    ran = run("clean", str(file))
    assert ran.code == 0
    assert ran.err.startswith("optoutdesk: Nobody is on the suppression list")
    run("add", "jane@example.com")
    file.write_text(
        "E-mail,Referred by\nbob@example.com,jane@example.com\namy@example.com,\ncarl@example.com,x\n"
    )
    ran = run("clean", str(file), "--column", "E-mail", "--overwrite", "--json")
    assert ran.code == 0
    assert "1 kept row holds a suppressed address in another column" in ran.err
    assert json.loads(ran.out)["warnings"][0] in ran.err


def test_clean_of_no_list_fails_and_of_an_unknown_column_is_wrong_use(
    run: Run, file: Path, tmp_path: Path
) -> None:
    failed(run("clean", str(tmp_path / "nothing.csv")), 1)
    failed(run("clean", str(tmp_path)), 1)
    failed(run("clean", str(file), "--column", "Telephone"), 2)
    failed(run("clean", str(file), "--sheet", "1"), 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "list.csv"]


# -- due, verify, self-test


def test_due_lists_the_open_requests_by_due_date(run: Run) -> None:
    assert run("due").out == "No request is open.\n"
    for day, address in (
        ("20", "d@x.example"),
        ("10", "c@x.example"),
        ("06", "a@x.example"),
        ("09", "*@x.example"),
    ):
        run("add", address, "--received", f"2026-11-{day}")
    assert run("due").out.splitlines() == [
        "2026-11-23  1 business day LATE      a@x.example \u00b7 all mail",
        "2026-11-24  0 business days left     *@x.example \u00b7 all mail",
        "2026-11-25  1 business day left      c@x.example \u00b7 all mail",
        "2026-12-07  8 business days left     d@x.example \u00b7 all mail",
    ]


def test_due_as_json(run: Run) -> None:
    assert run("due", "--json").json == {"today": "2026-11-24", "requests": []}
    run(
        "add",
        "Jane@example.com",
        "--received",
        "2026-11-10T16:42",
        "--channel",
        "phone",
        "--scope",
        "Newsletter",
    )
    assert run("due", "--json").json["requests"] == [
        {
            "address": "Jane@example.com",
            "key": "jane@example.com",
            "received": "2026-11-10T16:42:00-05:00",
            "due": "2026-11-25",
            "own_target": "2026-11-12T16:42:00-05:00",
            "days_left": 1,
            "state": "due-soon",
            "scope": "Newsletter",
            "channel": "phone",
            "platforms": [],
            "assigned": None,
        }
    ]


def test_verify_says_that_the_ledger_holds(run: Run) -> None:
    run("add", "jane@example.com", "bob@example.com")
    assert re.fullmatch(
        r"The ledger holds: 1 entries cover 2 records\. Head [0-9a-f]{64}\n", run("verify").out
    )
    told = run("verify", "--json").json
    assert told == {"ok": True, "entries": 1, "records": 2, "head": told["head"], "first_wrong": None}


def test_verify_names_the_first_wrong_record(run: Run, folder: Path) -> None:
    import sqlite3

    run("add", "jane@example.com", "bob@example.com")
    database = sqlite3.connect(folder / "optoutdesk.sqlite", isolation_level=None)
    database.execute("DROP TRIGGER request_no_update")
    database.execute("UPDATE request SET received_day = '2027-01-01' WHERE id = 2")
    database.close()
    assert "request 2 was changed (ledger entry 1)" in failed(run("verify"), 1)
    ran = run("verify", "--json")
    assert ran.code == 1
    assert json.loads(ran.out) == {
        "ok": False,
        "entries": 0,
        "records": 0,
        "head": "0" * 64,
        "first_wrong": "request 2 was changed (ledger entry 1)",
    }


def test_the_self_test_passes_and_leaves_nothing(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    passed = run("self-test", "--json").json["passed"]
    assert "verifies the ledger" in passed
    assert sum(name.startswith("cleans ") for name in passed) == 5
    assert sum(name.startswith("imports ") for name in passed) == 4
    assert sum(name.startswith("undoes ") for name in passed) == 4
    assert sum(name.startswith("exports ") for name in passed) == 3
    assert {"matches a hash", "makes a backup and puts it back"} <= set(passed)
    ran = run("self-test")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "".join(f"ok  {name}\n" for name in passed)
    assert [path.name for path in folder.iterdir()] == ["settings.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_the_self_test_stops_at_the_first_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from optoutdesk.services import counting

    monkeypatch.setattr(counting, "holiday_names", lambda *_, **__: lambda day: None)
    ran = run("self-test")
    assert ran.code == 1
    assert "failed at \u201cknows the holidays\u201d" in ran.err
    assert ran.out == "ok  opens a new suppression list\n"


def test_the_self_test_notices_an_import_that_goes_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from optoutdesk.services import import_rows

    monkeypatch.setattr(import_rows, "digest_key", lambda _cell: None)
    ran = run("self-test")
    assert ran.code == 1
    assert "failed at \u201cimports partner-md5.txt\u201d" in ran.err
    assert ran.out.endswith("ok  undoes the import of old-opt-outs.xlsx\n")


def test_the_samples_lose_the_right_people(run: Run, tmp_path: Path) -> None:
    expected = json.loads(resource("samples", "expected.json").read_text("utf-8"))
    for item in json.loads(resource("samples", "opt-outs.json").read_text("utf-8")):
        run("add", item["address"], "--received", item["received"], "--scope", item["scope"])
    for name, wanted in expected.items():
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        shutil.copyfile(resource("samples", name), folder / name)
        told = json.loads(run("clean", str(folder / name), "--json").out)
        assert (told["rows"], told["kept"], told["reasons"]) == (
            wanted["rows"],
            wanted["kept"],
            wanted["reasons"] | {"hidden": 0},
        )
        with Path(told["removed_file"]).open(encoding="utf-8-sig", newline="") as stream:
            assert len(list(csv.reader(stream))) == 1 + wanted["rows"] - wanted["kept"]


# -- the frame


def test_the_commands_are_these(run: Run) -> None:
    assert all(f"  {name}" in run("help").out for name in COMMANDS)
    assert all(hasattr(commands, name) for name in ("add", "check", "due", "verify"))
    assert callable(clean.clean)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_how_it_is_used(run: Run, name: str) -> None:
    asked, flagged = run("help", name), run(name, "--help")
    assert (asked.code, asked.err, flagged.code) == (0, "", 0)
    assert "usage: optoutdesk" in asked.out
    if name != "help":
        assert asked.out == flagged.out
        assert f"usage: optoutdesk {name} " in asked.out
    assert set(run("help", name, "--json").json) == {"help"}


def test_help_says_what_there_is(run: Run) -> None:
    assert run("help").out == run("--help").out
    assert "Without a command the window opens." in run("help").out


def test_the_version_is_the_package_s(run: Run) -> None:
    ran = run("--version")
    assert (ran.code, ran.out) == (0, f"Opt-Out Desk {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "help_"),
    [
        (["nonsense"], "optoutdesk help"),
        (["--nonsense"], "optoutdesk help"),
        (["add"], "optoutdesk help add"),
        (["check"], "optoutdesk help check"),
        (["clean"], "optoutdesk help clean"),
        (["add", "jane@example.com", "--channel", "telepathy"], "optoutdesk help add"),
        (["due", "--nonsense"], "optoutdesk help"),
        (["verify", "more"], "optoutdesk help"),
        (["help", "nonsense"], "optoutdesk help help"),
    ],
)
def test_wrong_use_is_told_with_where_to_look(
    run: Run, folder: Path, arguments: list[str], help_: str
) -> None:
    sentence = failed(run(*arguments), 2)
    assert sentence.endswith(f"See: {help_}\n")
    assert not (folder / "optoutdesk.sqlite").exists()


def test_the_folder_can_be_named_before_and_after_the_command(run: Run, tmp_path: Path) -> None:
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    run("--data", one, "add", "jane@example.com", data=False)
    run("add", "bob@example.com", "--data", two, data=False)
    assert run("check", "jane@example.com", "--data", one, data=False).code == 10
    assert run("--data", two, "check", "bob@example.com", data=False).code == 10
    assert run("--data", two, "check", "jane@example.com", data=False).code == 0
    assert (
        run("--data", one, "check", "bob@example.com", "--data", two, data=False).code == 10
    )  # the last one counts


def test_the_folder_can_be_named_by_the_environment(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTOUTDESK_DATA", str(tmp_path / "environment"))
    run("add", "jane@example.com", data=False)
    assert (tmp_path / "environment" / "optoutdesk.sqlite").exists()
    assert run("check", "jane@example.com", data=False).code == 10
    assert run("check", "jane@example.com").code == 0  # --data goes before the environment


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled])
def test_a_stopped_command_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    def stopped(*_: object) -> int:
        raise stop

    monkeypatch.setattr(commands, "due", stopped)
    assert "Stopped; nothing was written." in failed(run("due"), 1)


def test_a_mistake_of_ours_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "due", wrong)
    with pytest.raises(ZeroDivisionError):
        run("due")


def test_without_a_command_the_window_opens_on_the_named_folder(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Desk] = []

    hidden: list[bool] = []

    def open_window(desk: Desk, _words: object, *, in_tray: bool) -> int:
        opened.append(desk)
        hidden.append(in_tray)
        return 7

    monkeypatch.setattr("optoutdesk.ui.app.run", open_window)
    assert run().code == 7
    assert run("--tray").code == 7
    assert run(data=False).code == 7
    assert opened[0].paths.folder == folder
    assert opened[2].paths.folder != folder
    assert hidden == [False, True, False]


def test_a_command_has_no_tray(run: Run) -> None:
    ran = run("--tray", "due")
    assert (ran.code, ran.out) == (2, "")
    assert "--tray opens the window" in ran.err


def test_every_reason_has_its_place_in_the_json(run: Run, file: Path) -> None:
    run("add", "jane@example.com")
    assert list(run("clean", str(file), "--json").json["reasons"]) == [reason.value for reason in Reason]


def test_each_command_takes_json_and_data() -> None:
    parser = make_parser()
    needs = {"add": ["a@b.example"], "check": ["a@b.example"], "clean": ["x.csv"]}
    needs["optin"] = ["a@b.example", "--when", "2026-11-20", "--how", "in person", "--who", "Jane"]
    needs |= {"export-due": ["x.ics"], "verify-platform": ["Mailchimp", "x.csv"], "done": ["a@b.example"]}
    needs |= {"import": ["x.csv"], "undo": ["1"], "export": ["--output", "x.csv"], "restore": ["x.sqlite"]}
    for name in COMMANDS:
        arguments = parser.parse_args([name, *needs.get(name, []), "--json", "--data", "here"])
        assert (arguments.json, arguments.data) == (True, "here")


def test_dates_in_the_json_are_iso(run: Run) -> None:
    [added] = run("add", "jane@example.com", "--json").json["added"]
    assert date.fromisoformat(added["due"]) == date(2026, 12, 9)
    assert datetime.fromisoformat(added["received"]) == NOW
