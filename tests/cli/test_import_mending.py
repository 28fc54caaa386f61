"""What was not understood comes back as a file, and mended in any program it brings in the rest."""

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from test_import_platforms import Shop, as_text
from test_import_platforms import shop as _shop  # noqa: F401 - the fixture

from import_cases import SAVED, Expected, recorded, undated

MENDED_ON = datetime(2026, 11, 23, 15, tzinfo=UTC).timestamp()


@pytest.fixture
def shop(_shop: Shop) -> Shop:  # noqa: F811
    return _shop


def rows_in(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def as_excel(rows: list[list[str]]) -> bytes:
    """The rows as Excel saves a CSV file that was opened in it: numbers and dates are such."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(
            [
                int(cell) if cell.isdecimal() else datetime.fromisoformat(cell) if cell[:3] == "202" else cell
                for cell in row
            ]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SAVE_AS = {
    "to-mend.csv": lambda rows: as_text(rows, ",", "utf-8-sig"),
    "to mend (1).csv": lambda rows: as_text(rows, ";", "cp1252"),
    "to-mend.txt": lambda rows: as_text(rows, "\t", "utf-16"),
    "to-mend.xlsx": as_excel,
}


def mend(shop: Shop, path: Path, name: str, changes: dict[str, str]) -> Path:
    """Correct cells of a file, save it under another name, on a later day."""
    rows = [[changes.get(cell, cell) for cell in row] for row in rows_in(path)]
    mended = shop.file(name, SAVE_AS[name](rows))
    os.utime(mended, (MENDED_ON, MENDED_ON))
    return mended


@pytest.mark.parametrize("name", SAVE_AS)
def test_a_mended_list_brings_in_the_rest(shop: Shop, name: str) -> None:
    path = shop.file(
        "own.csv",
        "Name,Email,Unsubscribed on,List\n"
        "Ann,ann@a.example,2026-03-02 10:00:00,Shop\n"
        "Bo,bo@b@b.example,2026-03-03 10:00:00,Shop\n"
        "Cy,cy at c.example,,Garden\n"
        'Dée,"dee@d.example, x@@d.example",2026-03-04 10:00:00,Shop\n'
        "Eve,,2026-03-05 10:00:00,Shop\n"
        "Fay,fay@@f.example,2026-03-05 10:00:00,Shop\n",
    )
    first = shop.bring_in(path, "--map", "scope=List")
    assert (first["rows"], first["imported"], first["review"], first["outcomes"]["empty"]) == (6, 1, 4, 1)
    to_mend = Path(first["review_file"])
    header, *rows = rows_in(to_mend)
    assert header == [
        *("Name", "Email", "Unsubscribed on", "List"),
        "Opt-Out Desk, file of 2026-11-20: what to mend",
    ]
    assert [(row[0], row[-1]) for row in rows] == [
        ("Bo", "two @ signs"),
        ("Cy", "no @ sign; cy@c.example?"),
        ("Dée", "two @ signs"),
        ("Eve", "no address"),
        ("Fay", "two @ signs"),
    ]
    changes = {
        "bo@b@b.example": "bo@b.example",
        "cy at c.example": "cy@c.example",
        "dee@d.example, x@@d.example": "dee@d.example, x@d.example",
        "": "",
    }
    rest = shop.bring_in(mend(shop, to_mend, name, changes), "--map", "scope=List")
    # Dée came in the first time; Eve and Fay are as they were.
    assert (rest["rows"], rest["imported"], rest["review"], rest["outcomes"]["empty"]) == (5, 3, 1, 1)
    own = {each.key: each for each in shop.recorded}
    assert own == {
        each.key: each
        for each in (
            Expected(
                "ann@a.example", "2026-03-02T10:00:00+00:00", "2026-03-02", scope="Shop", channel="other"
            ),
            Expected(
                "bo@b.example", "2026-03-03T15:00:00+00:00", "2026-03-03", scope="Shop", channel="other"
            ),
            undated("cy@c.example", "Garden", "other"),
            Expected(
                "dee@d.example", "2026-03-04T15:00:00+00:00", "2026-03-04", scope="Shop", channel="other"
            ),
            Expected("x@d.example", "2026-03-04T15:00:00+00:00", "2026-03-04", scope="Shop", channel="other"),
        )
    } | {"ann@a.example": own["ann@a.example"]}
    assert own["ann@a.example"].day == "2026-03-02"


@pytest.mark.parametrize("name", SAVE_AS)
def test_a_mended_export_of_sendgrid_is_known_by_its_exact_header(shop: Shop, name: str) -> None:
    path = shop.file(
        "suppression_unsubscribes.csv", "email,created\nbo@@b.example,1772445605\nx@@x.example,\n"
    )
    to_mend = Path(shop.bring_in(path)["review_file"])
    mended = mend(shop, to_mend, name, {"bo@@b.example": "bo@b.example", "x@@x.example": "x@x.example"})
    report = shop.bring_in(mended)
    assert report["parts"][0]["profile"] == "sendgrid-unsubscribes"
    assert shop.recorded == [
        Expected("bo@b.example", "2026-03-02T10:00:05+00:00", "2026-03-02"),
        undated("x@x.example"),
    ]


@pytest.mark.parametrize("name", SAVE_AS)
def test_a_mended_list_of_ses_is_known_though_it_has_no_header(shop: Shop, name: str) -> None:
    path = shop.file("ses.csv", "gone@@g.example,BOUNCE\nann@a.example,COMPLAINT\ncy@@c.example,COMPLAINT\n")
    first = shop.bring_in(path)
    assert first["parts"][0]["profile"] == "amazon-ses-bulk"
    to_mend = Path(first["review_file"])
    assert rows_in(to_mend)[0] == [
        "gone@@g.example",
        "BOUNCE",
        "Opt-Out Desk, file of 2026-11-20: two @ signs",
    ]
    changes = {"gone@@g.example": "gone@g.example", "cy@@c.example": "cy@c.example"}
    report = shop.bring_in(mend(shop, to_mend, name, changes))
    assert (report["parts"][0]["profile"], report["imported"]) == ("amazon-ses-bulk", 2)
    assert shop.recorded == [
        undated("ann@a.example", channel="complaint"),
        undated("cy@c.example", channel="complaint"),
        undated("gone@g.example", channel="bounce"),
    ]


def test_a_file_that_was_mended_in_part_gives_the_rest_to_mend_again(shop: Shop) -> None:
    path = shop.file("own.csv", "Email\nbo@@b.example\ncy@@c.example\n")
    to_mend = Path(shop.bring_in(path)["review_file"])
    again = shop.bring_in(mend(shop, to_mend, "to-mend.csv", {"bo@@b.example": "bo@b.example"}))
    header, *rows = rows_in(Path(again["review_file"]))
    # One column of reasons, and still the day of the first file.
    assert header == ["Email", "Opt-Out Desk, file of 2026-11-20: what to mend"]
    assert rows == [["cy@@c.example", "two @ signs"]]


def test_statuses_that_were_not_understood_can_be_mended_too(shop: Shop) -> None:
    path = shop.file(
        "subscribers.csv",
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        '1,ann@a.example,Ann,"{""a"": ""b""}",disabled,2022-01-01 10:00:00 +0000 UTC,2026-03-02 17:40:05 +0000 UTC\n'
        "2,bo@b.example,Bo,{},enabled,2022-01-01 10:00:00 +0000 UTC,2026-03-02 17:40:05 +0000 UTC\n",
    )
    to_mend = Path(shop.bring_in(path)["review_file"])
    report = shop.bring_in(mend(shop, to_mend, "to-mend.csv", {"disabled": "blocklisted"}))
    assert report["parts"][0]["profile"] == "listmonk"
    assert shop.recorded == [Expected("ann@a.example", "2026-03-02T05:00:00+00:00", "2026-03-02", "unknown")]


def test_rows_of_a_workbook_with_a_title_go_to_a_file_with_their_header(shop: Shop) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Do not mail, spring"],
        [],
        ["E-mail", "Since"],
        ["bo@@b.example", SAVED.replace(tzinfo=None)],
    ):
        sheet.append(row)
    sheet.append(["ann@a.example", None])
    stream = io.BytesIO()
    book.save(stream)
    first = shop.bring_in(shop.file("own.xlsx", stream.getvalue()))
    assert rows_in(Path(first["review_file"]))[1] == ["bo@@b.example", "2026-11-20 14:00:00", "two @ signs"]
    mended = mend(shop, Path(first["review_file"]), "to-mend.xlsx", {"bo@@b.example": "bo@b.example"})
    assert load_workbook(mended).active.max_row == 2
    shop.bring_in(mended)
    assert {each.key: each.precision for each in shop.recorded} == {
        "ann@a.example": "unknown",
        "bo@b.example": "minute",
    }


def test_the_rows_to_mend_of_a_zip_go_to_a_file_for_each_list(shop: Shop) -> None:
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(zipfile.ZipInfo("a.csv", (2026, 3, 4, 9, 0, 0)), "email,created\nbo@@b.example,\n")
        package.writestr(zipfile.ZipInfo("b.csv", (2026, 3, 5, 9, 0, 0)), "Email,Name\nann@a.example,Ann\n")
        package.writestr(zipfile.ZipInfo("c.csv", (2026, 3, 6, 9, 0, 0)), "cy@@c.example,BOUNCE\n")
    report = shop.bring_in(shop.file("lists.zip", stream.getvalue()))
    files = [Path(path) for path in report["review_files"]]
    assert [path.name for path in files] == ["lists-to-mend.csv", "lists-to-mend-2.csv"]
    assert [rows_in(path)[0][-1][:40] for path in files] == [
        "Opt-Out Desk, file of 2026-03-04: what t",
        "Opt-Out Desk, file of 2026-03-06: two @ ",
    ]
    for path, changes in zip(
        files, ({"bo@@b.example": "bo@b.example"}, {"cy@@c.example": "cy@c.example"}), strict=True
    ):
        shop.bring_in(mend(shop, path, "to-mend.csv", changes))
    assert {each.key: (each.day, each.channel) for each in recorded(shop.data)} == {
        "ann@a.example": ("2026-03-05", "other"),
        "bo@b.example": ("2026-03-04", "platform-export"),
        "cy@c.example": ("2026-03-06", "bounce"),
    }
