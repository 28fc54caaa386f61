"""A contact list is cleaned whole or not at all, against the suppression list as it stands when it is written."""

import csv
import hashlib
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optoutdesk.desk import Desk
from optoutdesk.domain.cleaning import Reason, Rules
from optoutdesk.domain.errors import (
    Cancelled,
    ListChangedError,
    NoAddressColumnError,
    OutputError,
    UnreadableListError,
    UsageError,
)
from optoutdesk.services.changes import Changes
from optoutdesk.services.clean_list import Outputs, Plan, Result

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
LIST = """\
Customers of the shop\r
\r
Name,E-mail,Note\r
Jane,Jane@Example.com,"a note,\r
on two lines"\r
Bob,bob@example.com,\r
Ops,ops@deep.rival.example,\r
Bob again,BOB@example.com,\r
\r
Carl,carl@example,\r
Nobody,,\r
Amy,"amy@example.com; jane@example.com",\r
News,news@example.com,no newline at the end"""
KEPT = """\
Customers of the shop\r
\r
Name,E-mail,Note\r
Bob,bob@example.com,\r
\r
News,news@example.com,no newline at the end"""


def opt_out(desk: Desk, *addresses: str, scope: str = "all") -> None:
    service = desk.record_optout
    entries = service.parse(addresses, scope)
    service.record(entries, service.received(NOW, NOW), now=NOW, by="Ana", scope=scope)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    opt_out(desk, "jane@example.com", "*@rival.example")
    opt_out(desk, "news@example.com", scope="Newsletter")
    return desk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lists" / "customers.csv"
    path.parent.mkdir()
    path.write_bytes(LIST.encode())
    return path


def plan_for(desk: Desk, file: Path, target: str | None = "Catalogue", **rules: bool) -> Plan:
    return Plan(desk.clean_list.open(file), target, Rules(**rules))


def clean(desk: Desk, plan: Plan, outputs: Outputs | None = None, **how):
    outputs = outputs or desk.clean_list.default_outputs(plan)
    return desk.clean_list.clean(plan, outputs, by="Ana", now=NOW, **how)


def names(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir())


def test_kept_rows_are_the_very_bytes_of_the_list(asked: Desk, file: Path) -> None:
    record, result, changes = clean(asked, plan_for(asked, file))
    assert record.output_path.read_bytes() == KEPT.encode()
    assert file.read_bytes() == LIST.encode()
    assert changes is Changes.CLEANED_LISTS
    assert (result.rows, result.kept, result.removed_count, result.trimmed) == (8, 2, 6, 0)
    assert result.reasons == {
        Reason.OPTED_OUT: 2,
        Reason.DOMAIN: 1,
        Reason.DUPLICATE: 1,
        Reason.NOT_AN_ADDRESS: 1,
        Reason.NO_ADDRESS: 1,
    }


def test_removed_rows_go_to_their_own_file_with_line_reason_and_evidence(asked: Desk, file: Path) -> None:
    record, _, _ = clean(asked, plan_for(asked, file))
    with record.removed_path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["Line", "Reason", "Evidence", "Address", "Name", "E-mail", "Note"]
    assert [row[:4] for row in rows] == [
        ["4", "Opted out", "24 Nov 2026 \u00b7 all mail", "Jane@Example.com"],
        [
            "7",
            "Suppressed domain",
            "*@rival.example since 24 Nov 2026 \u00b7 all mail",
            "ops@deep.rival.example",
        ],
        ["8", "Duplicate", "same as line 6", "BOB@example.com"],
        ["10", "Not an address", "the domain has no dot", "carl@example"],
        ["11", "No address", "no address in this row", ""],
        ["12", "Opted out", "24 Nov 2026 \u00b7 all mail", "jane@example.com"],
    ]
    assert rows[0][4:] == ["Jane", "Jane@Example.com", "a note,\r\non two lines"]


def test_the_record_has_what_a_certificate_needs(asked: Desk, file: Path) -> None:
    head = asked.store.last_entry()
    assert head is not None
    record, result, _ = clean(asked, plan_for(asked, file, keep_duplicates=True))
    assert asked.store.cleans() == [record]
    assert (record.by, record.at, record.scope, record.sheet, record.columns) == (
        "Ana",
        NOW,
        "Catalogue",
        None,
        ("E-mail",),
    )
    assert record.rules == {"keep_duplicates": True, "drop_address_only": False, "hidden": None}
    assert (record.rows, record.kept, record.trimmed) == (8, 3, 0)
    assert record.reasons == {reason.value: result.reasons[reason] for reason in Reason}
    for path, size, sha256 in (
        (file, record.input_size, record.input_sha256),
        (record.output_path, record.output_size, record.output_sha256),
        (record.removed_path, record.removed_size, record.removed_sha256),
    ):
        assert (size, sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert (record.suppressed_addresses, record.suppressed_domains) == (1, 1)
    assert (record.against_entry, record.against_head) == (head.seq, head.hash.hex())
    assert asked.verify_ledger().holds


def test_cleaning_a_clean_list_again_removes_nobody(asked: Desk, file: Path) -> None:
    record, _, _ = clean(asked, plan_for(asked, file))
    again = asked.clean_list.examine(plan_for(asked, record.output_path))
    assert (again.rows, again.kept, again.removed) == (2, 2, [])


@pytest.mark.parametrize(
    ("target", "mailed"),
    [(None, ["bob"]), ("Newsletter", ["bob"]), ("Catalogue", ["bob", "news"])],
)
def test_who_is_removed_depends_on_the_list_that_is_mailed(
    asked: Desk, file: Path, target: str | None, mailed: list[str]
) -> None:
    record, _, _ = clean(asked, plan_for(asked, file, target))
    text = record.output_path.read_text("utf-8")
    assert [name for name in ("jane", "bob", "ops", "news") if f"{name}@" in text] == mailed


def test_only_the_address_is_taken_out_when_she_wants_that(asked: Desk, file: Path) -> None:
    record, result, _ = clean(asked, plan_for(asked, file, drop_address_only=True))
    assert (result.kept, result.trimmed) == (3, 1)
    assert b"Amy,amy@example.com,\r\n" in record.output_path.read_bytes()
    assert b"jane@example.com" in record.removed_path.read_bytes()
    assert b"jane@" not in record.output_path.read_bytes().lower()


def test_examining_writes_nothing_and_gives_the_removed_rows(asked: Desk, file: Path) -> None:
    result = asked.clean_list.examine(plan_for(asked, file))
    assert [(removed.row, removed.reason) for removed in result.removed] == [
        (4, Reason.OPTED_OUT),
        (7, Reason.DOMAIN),
        (8, Reason.DUPLICATE),
        (10, Reason.NOT_AN_ADDRESS),
        (11, Reason.NO_ADDRESS),
        (12, Reason.OPTED_OUT),
    ]
    assert names(file) == ["customers.csv"]
    assert asked.store.cleans() == []


# -- the list, or who may be mailed, changes meanwhile


def examined(desk: Desk, file: Path) -> tuple[Plan, Result]:
    plan = plan_for(desk, file)
    return plan, desk.clean_list.examine(plan)


def test_what_was_shown_is_written_when_nothing_changed(asked: Desk, file: Path) -> None:
    plan, expected = examined(asked, file)
    opt_out(asked, "somebody@elsewhere.example")  # is not in the list
    _, result, _ = clean(asked, plan, expected=expected)
    assert (result.kept, result.reasons) == (expected.kept, expected.reasons)


def test_a_list_that_changed_since_it_was_shown_is_not_written(asked: Desk, file: Path) -> None:
    plan, expected = examined(asked, file)
    file.write_bytes(LIST.replace("Bob again", "Robert").encode())
    with pytest.raises(ListChangedError, match=r"customers\.csv was changed since it was checked"):
        clean(asked, plan, expected=expected)
    assert names(file) == ["customers.csv"]
    assert asked.store.cleans() == []


def test_an_opt_out_since_the_list_was_shown_is_told(asked: Desk, file: Path) -> None:
    plan, expected = examined(asked, file)
    opt_out(asked, "bob@example.com")
    with pytest.raises(ListChangedError, match="People opted out since this list was checked"):
        clean(asked, plan, expected=expected)
    assert names(file) == ["customers.csv"]


def during(act: Callable[[int], object]) -> Callable[[int, int], None]:
    """Return a progress that lets something happen once in each reading of the list."""
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        if done == total:
            seen.append(done)
            act(len(seen))

    return progress


def test_an_opt_out_recorded_during_a_clean_makes_it_run_again(asked: Desk, file: Path) -> None:
    other = Desk(asked.paths.folder, now=lambda: NOW)
    calls: list[int] = []

    def record(call: int) -> None:
        calls.append(call)
        if call == 1:
            opt_out(other, "bob@example.com")

    # The end of a file is reported twice: with its last bytes, and with the nothing after them.
    record_, result, _ = clean(asked, plan_for(asked, file), progress=during(record))
    assert "bob@" not in record_.output_path.read_text("utf-8").lower()
    assert result.reasons[Reason.OPTED_OUT] == 4  # Jane, Bob twice, Amy
    assert record_.against_entry == 3
    assert len(calls) == 4
    assert asked.verify_ledger().holds
    other.close()


def test_opt_outs_without_end_are_told_and_nothing_is_written(asked: Desk, file: Path) -> None:
    other = Desk(asked.paths.folder, now=lambda: NOW)
    with pytest.raises(ListChangedError, match="kept being recorded"):
        clean(
            asked,
            plan_for(asked, file),
            progress=during(lambda call: opt_out(other, f"p{call}@elsewhere.example")),
        )
    assert names(file) == ["customers.csv"]
    assert asked.store.cleans() == []
    other.close()


def test_a_list_that_changes_while_it_is_read_is_not_written(asked: Desk, file: Path) -> None:
    with pytest.raises(ListChangedError, match="was changed while it was read"):
        clean(
            asked,
            plan_for(asked, file),
            progress=during(lambda call: file.write_bytes(LIST.encode() + b"\r\n")),
        )
    assert names(file) == ["customers.csv"]


def test_a_list_that_is_gone_since_it_was_opened_is_told(asked: Desk, file: Path) -> None:
    plan = plan_for(asked, file)
    file.unlink()
    with pytest.raises(UnreadableListError):
        clean(asked, plan)


def test_a_cancelled_clean_leaves_nothing(asked: Desk, file: Path) -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        clean(asked, plan_for(asked, file), progress=cancel)
    assert names(file) == ["customers.csv"]


def test_a_record_that_cannot_be_kept_takes_the_files_back(
    asked: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry_after = "optoutdesk.store.acts.Act.entry_after"

    def fail(*_: object) -> None:
        raise RuntimeError("the power is out")

    monkeypatch.setattr(entry_after, fail)
    with pytest.raises(RuntimeError):
        clean(asked, plan_for(asked, file))
    assert names(file) == ["customers.csv"]
    assert asked.store.cleans() == []


# -- where results go


def test_results_lie_beside_the_list_unless_she_names_other_places(
    asked: Desk, file: Path, tmp_path: Path
) -> None:
    plan = plan_for(asked, file)
    assert asked.clean_list.default_outputs(plan) == Outputs(
        file.with_name("customers-clean.csv"), file.with_name("customers-removed.csv")
    )
    named = Outputs(tmp_path / "to-mail.tsv", tmp_path / "gone.csv")
    record, _, _ = clean(asked, plan, named)
    assert (record.output_path, record.removed_path) == (named.clean, named.removed)
    assert names(file) == ["customers.csv"]


@pytest.mark.parametrize("name", ["list", "list.dat"])
def test_a_list_of_another_ending_keeps_it(asked: Desk, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("bob@example.com\njane@example.com\n")
    record, _, _ = clean(asked, plan_for(asked, path))
    assert record.output_path.suffix == (Path(name).suffix or ".csv")
    assert record.output_path.read_text() == "bob@example.com\n"


def test_nothing_is_overwritten_without_being_told(asked: Desk, file: Path) -> None:
    plan = plan_for(asked, file)
    outputs = asked.clean_list.default_outputs(plan)
    for taken in (outputs.clean, outputs.removed):
        taken.write_text("mine")
        with pytest.raises(OutputError, match="exists already"):
            clean(asked, plan)
        assert taken.read_text() == "mine"
        taken.unlink()
    outputs.clean.write_text("mine")
    clean(asked, plan, overwrite=True)
    assert outputs.clean.read_bytes() == KEPT.encode()


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_list_itself_is_never_written(asked: Desk, file: Path, overwrite: bool) -> None:
    plan = plan_for(asked, file)
    link = file.with_name("link.csv")
    link.hardlink_to(file)
    for target in (file, file.parent / ".." / "lists" / "customers.csv", link):
        for outputs in (Outputs(target, file.with_name("r.csv")), Outputs(file.with_name("c.csv"), target)):
            with pytest.raises(OutputError, match="is the list itself"):
                clean(asked, plan, outputs, overwrite=overwrite)
    assert file.read_bytes() == LIST.encode()
    assert names(file) == ["customers.csv", "link.csv"]


def test_both_results_need_names_of_their_own(asked: Desk, file: Path) -> None:
    one = file.with_name("one.csv")
    with pytest.raises(OutputError, match="two different file names"):
        clean(asked, plan_for(asked, file), Outputs(one, one))
    one.write_text("")
    with pytest.raises(OutputError, match="two different file names"):
        clean(asked, plan_for(asked, file), Outputs(one, one), overwrite=True)


@pytest.mark.parametrize("name", ["clean.docx", "clean.pdf", "clean"])
def test_a_clean_list_is_what_its_name_says(asked: Desk, file: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written as"):
        clean(asked, plan_for(asked, file), Outputs(file.with_name(name), file.with_name("r.csv")))
    assert names(file) == ["customers.csv"]


def test_a_folder_that_is_not_there_is_told(asked: Desk, file: Path) -> None:
    with pytest.raises(OutputError, match="There is no folder"):
        clean(asked, plan_for(asked, file), Outputs(file.parent / "no" / "c.csv", file.with_name("r.csv")))
    assert names(file) == ["customers.csv"]


def test_results_are_as_private_as_the_list(asked: Desk, file: Path) -> None:
    umask = os.umask(0)
    try:
        file.chmod(0o640)
        record, _, _ = clean(asked, plan_for(asked, file))
    finally:
        os.umask(umask)
    for path in (record.output_path, record.removed_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


# -- how a list is understood


def test_what_was_guessed_is_shown(asked: Desk, file: Path) -> None:
    layout = asked.clean_list.open(file).layout
    assert (layout.header_row, layout.first_row, layout.address_columns) == (3, 4, (1,))
    assert [column.name for column in layout.columns] == ["Name", "E-mail", "Note"]


@pytest.mark.parametrize("column", ["E-mail", "e-MAIL", "B", "2"])
def test_a_column_can_be_named_by_header_letter_or_number(asked: Desk, file: Path, column: str) -> None:
    assert asked.clean_list.open(file, columns=[column]).layout.address_columns == (1,)


def test_a_column_that_is_not_there_is_told_with_those_that_are(asked: Desk, file: Path) -> None:
    with pytest.raises(UsageError, match="A \u201cName\u201d, B \u201cE-mail\u201d"):
        asked.clean_list.open(file, columns=["Telephone"])


def test_a_text_list_has_no_sheets(asked: Desk, file: Path) -> None:
    source = asked.clean_list.open(file)
    assert (source.table.sheets, source.table.sheet) == ((), None)
    with pytest.raises(UsageError, match="no sheets"):
        asked.clean_list.open(file, sheet="Customers")


def test_a_list_without_addresses_is_refused(asked: Desk, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("Item,Price\nRake,12\nSpade,15\n")
    with pytest.raises(NoAddressColumnError, match=r"prices\.csv"):
        asked.clean_list.open(path)


def test_a_suppressed_address_in_a_column_that_is_not_mailed_is_told(asked: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "E-mail,Referred by\nbob@example.com,\namy@example.com,by jane@example.com\ncarl@example.com,x\n"
    )
    result = asked.clean_list.examine(Plan(asked.clean_list.open(path, columns=["E-mail"])))
    assert (result.kept, result.elsewhere) == (3, 1)


def test_a_suppressed_address_above_the_header_is_no_title(asked: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Customers; ask jane@example.com,\nName,E-mail\nBob,bob@example.com\n")
    record, _, _ = clean(asked, plan_for(asked, path))
    assert "jane@" not in record.output_path.read_text()


@pytest.mark.parametrize(
    "row",
    [
        "Bob,bob@example.com,jane@example.com",  # hangs over the header's width
        'Bob,bob@example.com,,"x, jane@example.com"',
        '"Bob\njane@example.com",bob@example.com',  # glued by a quotation mark
    ],
)
def test_a_row_that_is_not_what_it_seems_is_not_mailed(asked: Desk, tmp_path: Path, row: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Name,E-mail\nAmy,amy@example.com\n{row}\nDan,dan@example.com\n")
    record, _, _ = clean(asked, plan_for(asked, path))
    assert record.output_path.read_text() == "Name,E-mail\nAmy,amy@example.com\nDan,dan@example.com\n"


def test_a_glued_row_that_has_not_the_header_s_width_is_no_row(asked: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('Name,E-mail,Town\nAmy,amy@example.com,Ayr\n"Bob\nbob@example.com",carl@example.com\n')
    [removed] = asked.clean_list.examine(plan_for(asked, path)).removed
    assert (removed.row, removed.reason) == (3, Reason.NOT_AN_ADDRESS)
    assert "quotation mark" in str(removed.cause)


@pytest.mark.parametrize(("ending", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_list_can_be_written_as_a_workbook_and_back(
    asked: Desk, tmp_path: Path, ending: str, delimiter: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Name,E-mail\nJos\u00e9,jane@example.com; jos\u00e9@example.com\nBob,bob@example.com\n", "cp1252"
    )
    book = Outputs(tmp_path / "book.xlsx", tmp_path / "removed.csv")
    record, _, _ = clean(asked, plan_for(asked, path, drop_address_only=True), book)
    again = plan_for(asked, record.output_path)
    assert asked.clean_list.default_outputs(again).clean == tmp_path / "book-clean.xlsx"
    text = Outputs(tmp_path / f"back.{ending}", tmp_path / "back-removed.csv")
    _, result, _ = clean(asked, again, text)
    assert (result.rows, result.kept) == (2, 2)
    with text.clean.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=delimiter))
    assert rows == [["Name", "E-mail"], ["Jos\u00e9", "jos\u00e9@example.com"], ["Bob", "bob@example.com"]]


# -- lists that were cleaned


def test_cleaning_against_nobody_works_too(desk: Desk, file: Path) -> None:
    record, _, _ = clean(desk, plan_for(desk, file))
    assert (record.against_entry, record.against_head, record.suppressed_addresses) == (0, "", 0)


def test_a_large_list_is_cleaned_like_a_small_one(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a size the C library is asked to hand memory back: that must not change what comes out."""
    source = tmp_path / "list.csv"
    source.write_text("E-mail\njane@example.com\nJANE@example.com\n")
    small = desk.clean_list.examine(Plan(desk.clean_list.open(source)))
    monkeypatch.setattr("optoutdesk.services.clean_list._LARGE_LIST", 0)
    large = desk.clean_list.examine(Plan(desk.clean_list.open(source)))
    assert (large.kept, large.reasons, large.fingerprint) == (small.kept, small.reasons, small.fingerprint)
