"""Whatever is wrong with a file of opt-outs: one sentence that says what to do and nothing written, or nobody lost."""

import errno
import io
import json
import os
import struct
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from test_bad_input import GOOD, MEGABYTE, MEMORY, Place, Ran, assert_sentence, ole, workbook
from test_bad_input import place as _place  # noqa: F401 - the fixture

from import_cases import Expected, recorded
from optoutdesk.cli.main import COULD_NOT, DONE, WRONG_USE
from optoutdesk.services import import_optouts
from optoutdesk.spreadsheets.output import PendingFile


@pytest.fixture
def place(_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:  # noqa: F811
    """A place with a folder of its own for temporary files."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return _place


def temporary(place: Place) -> list[Path]:
    return list((place.data.parent / "temporary").iterdir())


def refuse(
    place: Place,
    path: Path,
    *options: object,
    says: str,
    code: int = COULD_NOT,
    limits: str | None = None,
    dry: bool = True,
) -> None:
    """Import a file that must be refused, for real and, unless that differs, as a dry run."""
    for more in (["--dry-run"], []) if dry else ([],):
        place.refuse("import", path, "--by", "Ana", *options, *more, says=says, code=code, limits=limits)
        assert not (place.data / "backups").exists()
        assert temporary(place) == []


def bring_in(place: Place, path: Path, *options: object) -> dict:
    ran = place.run("import", path, "--by", "Ana", "--json", *options)
    assert (ran.code, ran.err) == (DONE, "")
    report = json.loads(ran.out)
    assert report["rows"] == sum(report[key] for key in ("imported", "already_known", "review", "skipped"))
    assert temporary(place) == []
    return report


def on_record(place: Place) -> dict[str, Expected]:
    """What was imported, by address."""
    return {each.key: each for each in recorded(place.data) if each.key != "sup@x.example"}


def mended(report: dict) -> str:
    return Path(report["review_file"]).read_text("utf-8-sig")


# --- what is no file of opt-outs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", r"empty\.csv is empty\."),
        ("blank.csv", b"\r\n \n\t\n", "is empty"),
        ("junk.csv", bytes(range(256)) * 40, "holds binary data"),
        ("junk.zip", b"PK\x03\x04" + bytes(range(256)) * 40, r"junk\.zip is damaged or was not copied whole"),
        ("nul.csv", b"Email\nann@a.example\nb\0o@a.example\n", "holds binary data"),
        ("late.csv", b"Email\n" + b"ann@a.example\n" * 30_000 + b"\0\n", "holds binary data"),
        ("open.csv", GOOD + b'"Bo,bo@b.example\nCy,cy@c.example\n', "In line 4 .* a quotation mark opens"),
        ("letter.csv", b"%PDF-1.7\n" + GOOD, "is a web page or document"),
        ("protected.xlsx", ole({"EncryptedPackage": bytes(5000)}), "protected by a password"),
        ("half.xlsx", workbook()[:-900], "damaged"),
        ("phones.csv", b"Name,Phone\nAnn,802 555 0100\n", "No column .* holds addresses, hashes or domains"),
    ],
)
def test_a_file_that_holds_no_opt_outs_is_told_from_one(
    place: Place, name: str, content: bytes, says: str
) -> None:
    path = place.file(content, name)
    # A dry run first shows what it read where only an answer is missing.
    refuse(place, path, says=says, dry="column" not in says)


def test_a_folder_a_missing_file_and_a_pipe(place: Place) -> None:
    refuse(place, place.folder, says="lists is a folder")
    refuse(place, place.folder / "nowhere.csv", says=r"There is no file .*nowhere\.csv")
    os.mkfifo(place.folder / "pipe.csv")
    refuse(place, place.folder / "pipe.csv", says="is not a file")


def test_a_file_that_may_not_be_read(place: Place) -> None:
    path = place.file()
    path.chmod(0)
    refuse(place, path, says=r"list\.csv cannot be read\. Check that you may open it", limits="unprivileged")


@pytest.mark.parametrize(
    "header", [b"Email,Unsubscribed on\n", b"email,created\n", b"Email Address,UNSUB_TIME\r\n"]
)
def test_a_file_of_a_header_alone_brings_nobody_in(place: Place, header: bytes) -> None:
    report = bring_in(place, place.file(header))
    assert (report["rows"], report["requests"], report["review_file"]) == (0, 0, None)
    assert on_record(place) == {}


def test_wrong_words_are_wrong_use(place: Place) -> None:
    path = place.file()
    for option, value, says in (
        ("--map", "address=Fax", "There is no column “Fax”. The columns are A “Name”, B “Email”"),
        ("--map", "fax=Email", "There is no field fax. Known are address, received"),
        ("--map", "address", "“address” is no mapping. Give --map FIELD=COLUMN"),
        ("--profile", "nobody", "There is no profile nobody. Known are: .*mailchimp-unsubscribed"),
        ("--zone", "Mars/Base", "There is no time zone Mars/Base"),
        ("--zone", "../etc", "There is no time zone"),
        ("--received-default", "soon", "“soon” is no date"),
        ("--sheet", "2", "is a text file; it has no sheets"),
        ("--hidden-rows", "maybe", "Argument --hidden-rows: invalid choice"),
    ):
        refuse(place, path, option, value, says=says, code=WRONG_USE)
    for value in ("1901-01-01", "2999-01-01"):
        refuse(place, path, "--received-default", value, says=f"{value} (is too long ago|lies ahead)")
    refuse(place, place.file(workbook(), "a.xlsx"), "--sheet", "9", says="no sheet “9”", code=WRONG_USE)
    place.refuse("import", path, "--day-first", "--month-first", says="not allowed with", code=WRONG_USE)
    place.refuse("import", says="See: optoutdesk help import", code=WRONG_USE)


def test_a_batch_that_is_not_there_or_undone_already(place: Place) -> None:
    place.refuse("undo", 1, says="There is no import 1")
    place.refuse("undo", "one", says="invalid int value: 'one'", code=WRONG_USE)
    assert bring_in(place, place.file())["batch"] == 1
    assert place.run("undo", 1, "--by", "Ana").code == DONE
    place.refuse("undo", 1, "--by", "Ana", says=r"Import 1 of list\.csv is undone already")
    place.refuse("undo", 2, says="There is no import 2")
    place.refuse("undo", 10**30, says="There is no import 10000")
    place.refuse("undo", -1, says="There is no import -1")


# --- what was made to do harm ---------------------------------------------------------------------------------------


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name, (2026, 11, 19, 9, 0, 0)), content, method)
    return stream.getvalue()


def test_a_zip_that_climbs_out_of_its_folder_writes_nowhere(place: Place) -> None:
    names = ("../../climbed.csv", "/tmp/climbed.csv", "..\\..\\climbed.csv", "C:\\climbed.csv")
    members = [(name, b"Email\nann%d@a.example\n" % n) for n, name in enumerate(names)]
    report = bring_in(place, place.file(zipped(*members), "climbs.zip"))
    assert set(on_record(place)) == {f"ann{n}@a.example" for n in range(len(names))}
    assert all("/" not in part["name"] and "\\" not in part["name"] for part in report["parts"])
    assert list(place.data.parent.rglob("*climbed*")) == []
    assert not Path("/tmp/climbed.csv").exists()


def test_a_zip_with_a_password(place: Place) -> None:
    content = bytearray(zipped(("a.csv", b"Email\nann@a.example\n")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + offset
        content[at : at + 2] = struct.pack("<H", 1)
    refuse(
        place, place.file(bytes(content), "secret.zip"), says=r"secret\.zip is password-protected\. Unpack it"
    )


def test_a_zip_bomb_takes_neither_memory_nor_time(place: Place) -> None:
    path = place.file(zipped(("a.csv", b"Email\n" + b"\n" * (300 * MEGABYTE))), "bomb.zip")
    refuse(place, path, says=r"bomb\.zip unpacks to far more than any export holds", limits=MEMORY)
    nested = zipped(("inner.zip", path.read_bytes()))
    refuse(place, place.file(nested, "nested.zip"), says=r"holds no list but another packed file, inner\.zip")


def test_a_zip_whose_list_is_damaged_or_none(place: Place) -> None:
    content = bytearray(zipped(("a.csv", GOOD * 40), method=zipfile.ZIP_STORED))
    content[100] ^= 1
    refuse(place, place.file(bytes(content), "damaged.zip"), says=r"a\.csv in damaged\.zip is damaged")
    refuse(place, place.file(zipped(("a.pdf", b"x")), "pdf.zip"), says=r"There is no list in pdf\.zip")
    refuse(place, place.file(zipped(), "nothing.zip"), says=r"There is no list in nothing\.zip")
    readme = place.file(zipped(("README.txt", b"Hello\n")), "readme.zip")
    refuse(
        place,
        readme,
        says=r"nothing to import in readme\.zip: no column of it holds addresses\.\n",
        dry=False,
    )


def test_members_that_are_blank_or_know_another_column_do_not_stand_in_the_way(place: Place) -> None:
    members = [("blank.csv", b"\xef\xbb\xbf\r\n"), ("nothing.csv", b""), ("README.txt", b"Hello\n")]
    path = place.file(
        zipped(*members, ("good.csv", b"Who,Mail,Mail 2\nx,ann@a.example,bo@b.example\n")), "a.zip"
    )
    refuse(place, path, "--map", "address=Fax", says="There is no column “Fax”", code=WRONG_USE)
    report = bring_in(place, path, "--map", "address=Mail", "--map", "leave-out=Mail 2")
    assert set(on_record(place)) == {"ann@a.example"}
    assert sorted(note for note in report["notes"] if "ZIP" in note) == [
        f"{name} in the ZIP is passed over: empty." for name in ("blank.csv", "nothing.csv")
    ]


def test_a_binary_member_is_refused_by_its_name(place: Place) -> None:
    path = place.file(zipped(("good.csv", GOOD), ("bad.csv", bytes(range(256)) * 9)), "mixed.zip")
    refuse(place, path, says=r"bad\.csv is not a list: it holds binary data")


@pytest.mark.parametrize(
    "content",
    [
        b'Name,Email\nAnn,"' + b"x" * (10 * MEGABYTE) + b'"\nBo,bo@b.example\n',
        b'Name,Email\nAnn,"' + b"x@" * (5 * MEGABYTE) + b'"\nBo,bo@b.example\n',
        b'Name,Email\nAnn,"' + b"@x " * (3 * MEGABYTE) + b'"\nBo,bo@b.example\n',
        b'Name,Email\nAnn,"' + b'a@b""' * (2 * MEGABYTE) + b'"\nBo,bo@b.example\n',
        b'Name,Email\nAnn,"' + b"mailto:" * MEGABYTE + b'@"\nBo,bo@b.example\n',
    ],
    ids=["letters", "at signs", "halves", "quotation marks", "links"],
)
def test_a_cell_of_ten_megabytes_goes_to_review(place: Place, content: bytes) -> None:
    path = place.file(content)
    ran = place.run("import", path, "--by", "Ana", "--json", limits="RLIMIT_AS=900000000 RLIMIT_CPU=30")
    assert (ran.code, ran.err) == (DONE, "")
    report = json.loads(ran.out)
    assert (report["rows"], report["imported"], report["review"]) == (2, 1, 1)
    assert set(on_record(place)) == {"bo@b.example"}
    assert Path(report["review_file"]).stat().st_size > 7 * MEGABYTE


def test_a_large_cell_that_is_no_address_is_no_trouble(place: Place) -> None:
    big = b"1" * (5 * MEGABYTE)
    path = place.file(b'Email,Unsubscribed on,Reason\nann@a.example,"' + big + b'","' + big + b'"\n')
    report = bring_in(place, path)
    assert on_record(place)["ann@a.example"].precision == "unknown"
    assert report["outcomes"]["undated"] == 1


def test_a_line_of_a_million_columns(place: Place) -> None:
    path = place.file(b"Email" + b"," * 1_000_000 + b"\nann@a.example" + b"," * 999_999 + b"bo@b.example\n")
    report = bring_in(place, path)
    assert report["rows"] == 1
    assert "ann@a.example" in on_record(place)
    assert "bo@b.example" in on_record(place) or report["review"] == 1


def test_five_hundred_columns(place: Place) -> None:
    names = [f"Field {n}" for n in range(498)]
    header = ",".join([*names[:300], "Email", *names[300:], "Unsubscribed on"])
    row = ",".join([*["x"] * 300, "ann@a.example", *["y"] * 198, "2026-03-02"])
    report = bring_in(place, place.file(f"{header}\n{row}\n".encode()))
    assert report["parts"][0]["columns"] == {"address": ["Email"], "received": ["Unsubscribed on"]}
    assert on_record(place)["ann@a.example"].day == "2026-03-02"


# --- messy rows: nobody is lost -------------------------------------------------------------------------------------


def test_header_names_that_come_twice(place: Place) -> None:
    path = place.file(
        b"Email,Unsubscribed on,Email,Unsubscribed on\nann@a.example,2026-03-02,bo@b.example,2026-03-09\n"
    )
    report = bring_in(place, path)
    assert (report["rows"], report["imported"], report["requests"]) == (1, 1, 2)
    assert {key: each.day for key, each in on_record(place).items()} == {
        "ann@a.example": "2026-03-02",
        "bo@b.example": "2026-03-02",
    }


def test_rows_shorter_and_longer_than_the_header(place: Place) -> None:
    rows = [
        "Name,Email,Unsubscribed on",
        *[f"P,p{n}@p.example,2026-03-02" for n in range(409)],
        "Short,short@a.example",
        "Shorter",
        "Long,long@a.example,2026-03-02,more,",
        "Longer,longer@a.example,2026-03-02,,hidden@a.example",
    ]
    report = bring_in(place, place.file("\n".join(rows).encode()))
    found = on_record(place)
    assert (report["rows"], report["imported"], report["review"]) == (413, 411, 1)
    assert found["short@a.example"].precision == "unknown"
    assert found["long@a.example"].precision == "day"
    assert "longer@a.example" in found
    assert report["outcomes"]["empty"] == 1
    # The address behind the last column is neither taken for somebody's nor passed over.
    assert "hidden@a.example" not in found
    assert "hidden@a.example" in mended(report)
    assert "one of them holds an address" in mended(report)


def test_encodings_that_are_mixed_in_one_file(place: Place) -> None:
    path = place.file(
        b"Name,Email,Reason\nZo\xc3\xab,zoe@a.example,\xe2\x82\xac\nZo\xeb,bo@a.example,\x80\nU,\xfcmit@b\xfccher.example,\n"
    )
    bring_in(place, path)
    assert set(on_record(place)) == {"zoe@a.example", "bo@a.example", "ümit@xn--bcher-kva.example"}


@pytest.mark.parametrize("sign", [b"\x07", b"\x1b[31m", b"\x7f", b"\x01", b"\x08"])
def test_an_address_with_a_control_character_goes_to_review(place: Place, sign: bytes) -> None:
    path = place.file(
        b"Name,Email\nAnn," + sign + b"ann@a.example\nBo,bo" + sign + b"@b.example\nCy,cy@c.example\n"
    )
    report = bring_in(place, path)
    assert report["review"] == 2
    assert "cy@c.example" in on_record(place)
    assert mended(report).count("control character") == 2


@pytest.mark.parametrize(
    "cell", ["=jane@a.example", "+jane@a.example", "-jane@a.example", "=cmd|'/c calc'!A1@a.example"]
)
def test_a_formula_as_an_address_goes_to_review_and_stays_harmless(place: Place, cell: str) -> None:
    path = place.file(f'Email\nann@a.example\n"{cell}"\n'.encode())
    report = bring_in(place, path)
    assert set(on_record(place)) == {"ann@a.example"}
    assert report["review"] == 1
    assert f"'{cell}" in mended(report)


@pytest.mark.parametrize(
    ("cell", "remark"),
    [
        ("2030-01-01 10:00:00", "lies ahead"),
        ("1901-01-01", "before 1995"),
        ("31.02.2026", "no such day"),
        ("soon", "not a date"),
        ("1.77E+09", "a number that a spreadsheet has shortened"),
        ("99999999999999999999", "a number that is no date"),
    ],
)
def test_a_date_that_makes_no_sense_never_leaves_anyone_mailable(
    place: Place, cell: str, remark: str
) -> None:
    path = place.file(f"Email,Unsubscribed on\nann@a.example,{cell}\nbo@b.example,2026-03-02\n".encode())
    os.utime(path, (1_790_000_000, 1_790_000_000))  # 21 September 2026
    report = bring_in(place, path)
    assert (report["imported"], report["outcomes"]["undated"]) == (2, 1)
    found = on_record(place)["ann@a.example"]
    assert (found.day, found.precision) == ("2026-09-21", "unknown")
    assert place.run("check", "ann@a.example").code == 10
    why = f"date “{cell}” not read: {remark}"
    assert [each["reason"] for each in report["reasons"]] == [why]


def test_a_file_of_the_future_or_of_1970_has_no_day_of_its_own(place: Place) -> None:
    for number, moment in enumerate((0, 4_000_000_000)):
        path = place.file(b"Email\nann%d@a.example\n" % number)
        os.utime(path, (moment, moment))
        bring_in(place, path)
    days = {each.day for each in on_record(place).values()}
    assert len(days) == 1
    assert min(days) > "2026"


def test_upper_case_hashes_are_hashes(place: Place) -> None:
    path = place.file(b"ID,Hash\n1,9E26471D35A78862C17E467D87CDDEDF\n2, 46132748F9EBDDF8B1179768814D3E1D \n")
    assert bring_in(place, path)["hashes"] == 2
    assert set(on_record(place)) == {"9e26471d35a78862c17e467d87cddedf", "46132748f9ebddf8b1179768814d3e1d"}
    assert place.run("check", "jane@example.com").code == 10


def test_a_stray_quotation_mark_that_glues_rows_hides_nobody(place: Place) -> None:
    path = place.file(
        b'Name,Email\nAnn,ann@a.example\n"Bo,bo@b.example\nCy,cy@c.example\nD"ee,dee@d.example\nEve,eve@e.example\n'
    )
    report = bring_in(place, path)
    assert {"ann@a.example", "eve@e.example"} <= set(on_record(place))
    for lost in ("bo@b.example", "cy@c.example", "dee@d.example"):
        assert lost in on_record(place) or lost in mended(report)
    assert report["review"] == 1


# --- what changes or fails on the way -------------------------------------------------------------------------------


def appending(monkeypatch: pytest.MonkeyPatch, path: Path, where: str) -> None:
    """Let a file grow once one of the steps of an import is taken."""
    step = getattr(import_optouts, where)

    def taken(*arguments: object, **options: object) -> object:
        with path.open("ab") as stream:
            stream.write(b"Late,late@b.example\n")
        return step(*arguments, **options)

    monkeypatch.setattr(import_optouts, where, taken)


def test_a_file_that_changes_while_it_is_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place.file()
    appending(monkeypatch, path, "RowReader")
    ran = place.run("import", path, "--by", "Ana")
    assert_sentence(ran, r"list\.csv was changed while it was read; nothing was imported\. Import it again")
    assert on_record(place) == {}
    monkeypatch.undo()
    bring_in(place, path)
    assert "late@b.example" in on_record(place)


def test_a_file_that_is_gone_while_it_is_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place.file()
    reader = import_optouts.RowReader
    monkeypatch.setattr(import_optouts, "RowReader", lambda *a, **k: path.unlink() or reader(*a, **k))
    ran = place.run("import", path, "--by", "Ana")
    assert_sentence(ran, r"There is no file")
    assert on_record(place) == {}


MESSY = b"Name,Email\nAnn,ann@a.example\n" + b"Bo,bo@b@b.example\n" * 20_000


def assert_imported_without_mend_file(place: Place, ran: Ran, says: str) -> None:
    """The opt-outs stand, the report is whole, and one sentence says what is missing."""
    assert ran.code == COULD_NOT
    assert json.loads(ran.out)["imported"] == 1
    assert json.loads(ran.out)["review_file"] is None
    assert ran.err.startswith("optoutdesk: The opt-outs are imported, but ")
    assert ran.err.count("\n") == 1
    assert says in ran.err
    assert "nothing was written" not in ran.err
    assert set(on_record(place)) == {"ann@a.example"}
    assert not [path for path in place.folder.iterdir() if path.name.startswith(".")]


def test_a_mend_file_in_a_folder_that_may_not_be_written(place: Place) -> None:
    path = place.file(MESSY)
    place.folder.chmod(0o555)
    try:
        ran = place.run("import", path, "--by", "Ana", "--json", limits="unprivileged")
    finally:
        place.folder.chmod(0o755)
    assert_imported_without_mend_file(place, ran, "list-to-mend.csv cannot be written in")
    again = place.run("import", path, "--by", "Ana", "--json")
    assert json.loads(again.out)["review_file"] == str(place.folder / "list-to-mend.csv")


def test_a_disk_that_is_full_for_the_mend_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place.file(MESSY)

    def full(self: PendingFile) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PendingFile, "_seal", full)
    ran = place.run("import", path, "--by", "Ana", "--json")
    assert_imported_without_mend_file(place, ran, "There is no room for list-to-mend.csv")


def test_a_mend_file_is_never_written_over_another(place: Place) -> None:
    path = place.file(MESSY)
    target = place.file(b"precious", "mine.csv")
    refuse(place, path, "--review-file", target, says=r"mine\.csv exists already", dry=False)
    refuse(place, path, "--review-file", path, "--overwrite", says="is in use itself", dry=False)
    refuse(
        place,
        path,
        "--review-file",
        place.data / "optoutdesk.sqlite",
        "--overwrite",
        says="is in use itself",
        dry=False,
    )
    refuse(place, path, "--review-file", place.folder / "no" / "a.csv", says="There is no folder", dry=False)
    assert target.read_bytes() == b"precious"
    assert bring_in(place, path, "--review-file", target, "--overwrite")["review_file"] == str(target)
    assert bring_in(place, path)["review_file"] == str(place.folder / "list-to-mend.csv")
    assert bring_in(place, path)["review_file"] == str(place.folder / "list-to-mend-2.csv")


def test_a_disk_that_is_full_for_the_suppression_list(place: Place) -> None:
    rows = b"".join(b"p%d@p.example\n" % n for n in range(20_000))
    path = place.file(b"Email\n" + rows)
    place.refuse(
        *("import", path, "--by", "Ana"),
        says="is full or failing; nothing was recorded. Free some space and try again",
        limits="RLIMIT_FSIZE=1000000",
    )
    assert on_record(place) == {}


def test_a_name_cannot_command_the_terminal(place: Place) -> None:
    path = place.file(b'"\x1b[2J","Email\x1b[2J"\nx,ann@a.example\n', "two\nlines.csv")
    ran = place.run("import", path, "--by", "Ana")
    assert ran.code == DONE
    assert "\x1b" not in ran.out + ran.err
    assert "two?lines.csv" in ran.out
    ran = place.run("batches")
    assert "two?lines.csv" in ran.out
    place.run("undo", 1)


def test_the_name_of_a_list_or_a_column_cannot_command_the_terminal(place: Place) -> None:
    path = place.file(b'Email\x1b[2J,List\nann@a.example,"News\x1b[2J"\n' + b"b@b.example,Plain list\n" * 40)
    place.run("import", path, "--by", "Ana")
    for words in (("due",), ("check", "ann@a.example"), ("clean", path, "--by", "Ana")):
        ran = place.run(*words)
        assert "\x1b" not in ran.out + ran.err, words
        assert "?[2J" in ran.out, words


def test_a_receipt_that_is_not_known_is_told_as_the_latest_day_it_can_be(place: Place) -> None:
    place.run("import", place.file(b"Email\nann@a.example\n"), "--by", "Ana")
    due = json.loads(place.run("due", "--json").out)["requests"]
    [received] = [request["received"] for request in due if request["address"] == "ann@a.example"]
    assert date.fromisoformat(received)


def test_a_report_in_json_is_json_whatever_stands_in_the_file(place: Place) -> None:
    path = place.file('Email,"Odd\x1b\u2028“name”"\nann@a.example,x\nb\x07@b.example,y\n'.encode())
    report = bring_in(place, path)
    assert report["imported"] == 1


# --- what could be misunderstood ------------------------------------------------------------------------------------


def test_lines_of_nothing_but_commas_are_no_rows(place: Place) -> None:
    report = bring_in(place, place.file(b"Name,Email\nAnn,ann@a.example\n,\n , \n,,,\nBo,\n"))
    assert (report["rows"], report["imported"], report["outcomes"]["empty"]) == (2, 1, 1)
    assert mended(report).splitlines()[1:] == ["Bo,,no address"]


def test_whoever_is_subscribed_in_a_list_of_her_own_is_not_taken_for_opted_out(place: Place) -> None:
    report = bring_in(place, place.file(b"Email,Subscribed?\nann@a.example,yes\nbo@b.example,no\n"))
    assert on_record(place) == {}
    assert [each["reason"] for each in report["reasons"]] == [
        f"Subscribed? is “{word}”: not known to be an opt-out or none" for word in ("yes", "no")
    ]


def test_columns_that_are_not_used_are_named(place: Place) -> None:
    path = place.file(b"E-Mail;Abgemeldet am;Grund\nann@a.example;12.03.2026;zu viel\n")
    ran = place.run("import", path, "--dry-run")
    assert "  not used: Abgemeldet am, Grund (--map says what a column is)\n" in ran.out
    bring_in(place, path, "--map", "received=Abgemeldet am")
    assert on_record(place)["ann@a.example"].day == "2026-03-12"


def test_a_name_that_cannot_be_remembered_does_not_hide_what_was_imported(place: Place) -> None:
    ran = place.run("import", place.file(), "--by", "Ana", "--json", "--remember", "x" * 5_000)
    assert ran.code == COULD_NOT
    assert json.loads(ran.out)["batch"] == 1
    assert ran.err.startswith(
        "optoutdesk: The opt-outs are imported, but how it was read is not remembered. "
    )
    assert set(on_record(place)) == {"ann@a.example"}


def test_a_file_that_changes_before_its_rows_to_mend_are_saved(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.file(MESSY)
    run = import_optouts.ImportOptOuts.run

    def changing(*arguments: object, **options: object) -> object:
        result = run(*arguments, **options)  # type: ignore[arg-type]
        with path.open("ab") as stream:
            stream.write(b"Late,late@b.example\n")
        return result

    monkeypatch.setattr(import_optouts.ImportOptOuts, "run", changing)
    ran = place.run("import", path, "--by", "Ana", "--json")
    assert_imported_without_mend_file(
        place, ran, "was changed while it was read; the rows to mend are not saved"
    )
    assert list(place.folder.iterdir()) == [path]


def test_the_removed_rows_of_a_clean_are_no_opt_outs(place: Place) -> None:
    # Who stands twice in a list is removed once, and stays a customer.
    path = place.file(b"Name,Email\nAnn,ann@a.example\nAnn,ann@a.example\nSu,sup@x.example\n")
    assert place.run("clean", path, "--by", "Ana").code == DONE
    removed = place.folder / "list-removed.csv"
    assert b"Duplicate" in removed.read_bytes()
    refuse(place, removed, says="Opt-Out Desk removed from a contact list: contacts, not opt-outs", dry=False)
    assert place.run("check", "ann@a.example").code == DONE
