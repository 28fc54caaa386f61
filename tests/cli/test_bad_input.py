"""Whatever is wrong with a list, its results or the data: one sentence that says what to do, and nothing is written."""

import errno
import io
import os
import re
import runpy
import shlex
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook

from optoutdesk import desk as desk_module
from optoutdesk.cli.main import COULD_NOT, WRONG_USE, run
from optoutdesk.desk import Desk
from optoutdesk.spreadsheets.output import PendingFile
from optoutdesk.store.store import Store

ole = runpy.run_path(str(Path(__file__).parents[1] / "spreadsheets" / "odd_workbooks.py"))["ole"]

GOOD = b"Name,Email\nAnn,ann@a.example\nSu,sup@x.example\n"
MEGABYTE = 1 << 20

# Runs the command line in a process of its own: limits as NAME=BYTES; `unprivileged` takes from root what lets it
# read and write whatever it likes.
CHILD = """
import ctypes, os, resource, sys
for word in sys.argv[1].split():
    name, _, size = word.partition("=")
    if name == "unprivileged":
        if sys.platform == "linux" and os.geteuid() == 0:
            for capability in (1, 2, 3):  # DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER
                assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
    else:
        resource.setrlimit(getattr(resource, name), (int(size), int(size)))
os.execv(sys.executable, [sys.executable, "-m", "optoutdesk", *sys.argv[2:]])
"""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass
class Place:
    """A folder with lists, a suppression list beside it, and the command line."""

    data: Path
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def file(self, content: bytes = GOOD, name: str = "list.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def run(self, *arguments: object, limits: str | None = None, data: Path | None = None) -> Ran:
        """Run a command here, or with `limits` (may be empty) in a process of its own."""
        words = ["--data", str(data or self.data), *map(str, arguments)]
        if limits is None:
            code = run(words, open_window=lambda *_: 99)
            return Ran(code, *self.capsys.readouterr())
        done = subprocess.run(
            [sys.executable, "-c", CHILD, limits, *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def refuse(self, *arguments: object, says: str, code: int = COULD_NOT, limits: str | None = None) -> None:
        """Run a command that must fail with one sentence and change nothing at all."""
        before = self.state()
        ran = self.run(*arguments, limits=limits)
        assert_sentence(ran, says, code)
        assert self.state() == before

    def clean(self, path: Path, *options: object, **expected: object) -> None:
        """Clean a list that must be refused."""
        self.refuse("clean", path, "--by", "Ana", *options, **expected)  # type: ignore[arg-type]

    def state(self) -> tuple[object, ...]:
        """All files with what is in them, and all that is in the data; the ledger must hold."""
        files = {
            str(path.relative_to(self.folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in self.folder.rglob("*")
        }
        store = Store(self.data / "optoutdesk.sqlite")
        try:
            assert store.verify().holds
            return files, store.head(), store.cleans(10), store.count_requests()
        finally:
            store.close()


def assert_sentence(ran: Ran, says: str, code: int = COULD_NOT) -> None:
    assert re.search(says, ran.err), ran.err
    assert re.fullmatch(r"optoutdesk: [^\n]+\n", ran.err), ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert ran.code == code


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    (tmp_path / "lists").mkdir()
    made = Place(tmp_path / "data", tmp_path / "lists", capsys)
    assert made.run("add", "sup@x.example", "--by", "Ana").code == 0
    return made


def workbook(change: Callable[[dict[str, bytes]], None] = lambda parts: None, rows: int = 3) -> bytes:
    """A workbook of one sheet whose parts were changed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Email"])
    for n in range(rows):
        sheet.append([f"Ann {n}", f"ann{n}@a.example"])
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return changed.getvalue()


# --- what is no list ------------------------------------------------------------------------------------------------

UTF_32 = "Name,Email\nAnn,ann@a.example\n".encode("utf-32")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    + bytes(range(256)) * 8
)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Author(ann@a.example)>>\nendobj\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", r"empty\.csv is empty\. Choose the file that holds the addresses\."),
        ("blank.csv", b"\r\n \n\t\n", "is empty"),
        ("mark.csv", b"\xef\xbb\xbf", "is empty"),
        ("blank16.csv", "\ufeff\r\n\r\n".encode("utf-16-le"), "is empty"),
        (
            "binary.csv",
            bytes(range(256)) * 40,
            r"binary\.csv is not a list: it holds binary data\. Choose a CSV",
        ),
        ("late.csv", GOOD + b"x" * 300_000 + b"\0", "holds binary data"),
        ("nul.csv", GOOD.replace(b"Su", b"S\0"), "holds binary data"),
        ("controls.csv", GOOD + bytes(range(1, 9)) * 9, "holds binary data"),
        ("photo.csv", PNG, "holds binary data"),
        ("letter.csv", PDF, "is a web page or document saved under the wrong name"),
        (
            "page.xls",
            b"<html><table><tr><td>ann@a.example</td></tr></table></html>",
            "is a web page or document",
        ),
        (
            "page2.xls",
            b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<p>ann@a.example",
            "and save it as an Excel workbook or as CSV",
        ),
        ("rich.csv", b"{\\rtf1 ann@a.example}", "is a web page or document"),
        ("32.csv", UTF_32, "is saved as UTF-32, which is not read. Save it as UTF-8"),
        ("32le.csv", UTF_32[4:], "holds binary data"),
        ("cut16.csv", GOOD.decode().encode("utf-16") + b"x", "ends in the middle of a character"),
        (
            "phones.csv",
            b"Name,Phone\nAnn,802 555 0100\n",
            r"No column of phones\.csv holds e-mail addresses\. Choose",
        ),
        (
            "open.csv",
            GOOD + b'Bo,"bo@b.example\nCy,cy@c.example\n',
            r"In line 4 of open\.csv a quotation mark opens",
        ),
        (
            "protected.xlsx",
            ole({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(99)}),
            "protected by a password",
        ),
        ("letter.xls", ole({"WordDocument": bytes(5000)}), "is an Office file but no workbook"),
        (
            "zip.csv",
            workbook(lambda parts: parts.clear() or parts.update({"a.txt": b"x"})),
            "is a ZIP file but no workbook",
        ),
        ("half.xlsx", workbook()[:-900], "damaged"),
        ("start.xlsx", workbook()[:300], "damaged"),
        ("ole.xls", ole({"Workbook": bytes(5000)})[:600], "damaged"),
    ],
)
def test_a_file_that_is_no_list_is_told_from_one(place: Place, name: str, content: bytes, says: str) -> None:
    place.clean(place.file(content, name), says=says)


def test_a_workbook_without_sheets(place: Place) -> None:
    def without(parts: dict[str, bytes]) -> None:
        book = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = re.sub(rb"<sheets>.*</sheets>", b"<sheets></sheets>", book)

    place.clean(place.file(workbook(without), "a.xlsx"), says=r"The workbook a\.xlsx has no sheet with cells")


def test_a_folder_and_a_missing_file(place: Place) -> None:
    place.clean(place.folder, says="lists is a folder. Choose the file in it")
    place.clean(
        place.folder / "nowhere.csv", says=r"There is no file .*nowhere\.csv\. Check its name and folder"
    )
    place.clean(place.file() / "x.csv", says="There is no file")
    place.clean(place.folder / ("x" * 300), says="cannot be read")


def test_a_pipe_is_not_waited_for(place: Place) -> None:
    os.mkfifo(place.folder / "list.csv")
    place.clean(place.folder / "list.csv", says="is not a file", limits="")


def test_a_file_that_may_not_be_read(place: Place) -> None:
    path = place.file()
    path.chmod(0)
    place.clean(path, says=r"list\.csv cannot be read\. Check that you may open it", limits="unprivileged")


@pytest.mark.parametrize("refused", [1, 2, 3, 4])
def test_a_disk_that_fails_while_the_list_is_read(
    place: Place, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    path = place.file()
    opened = Path.open
    opens = 0

    def failing(self: Path, *arguments: object, **options: object) -> object:
        nonlocal opens
        opens += self == path
        if self == path and opens == refused:
            raise OSError(errno.EIO, "Input/output error")
        return opened(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", failing)
    place.clean(path, says=r"list\.csv cannot be read")


def test_wrong_words_are_wrong_use(place: Place) -> None:
    path = place.file()
    place.clean(
        path,
        "--column",
        "Fax",
        says="There is no column “Fax”. The columns are A “Name”, B “Email”",
        code=WRONG_USE,
    )
    place.clean(path, "--sheet", "2", says="is a text file; it has no sheets", code=WRONG_USE)
    place.clean(path, "--output", place.folder / "a.pdf", says="cannot be written as “.pdf”", code=WRONG_USE)
    place.clean(path, "--output", place.folder / "a", says="Give a name that ends in .csv", code=WRONG_USE)
    place.clean(place.file(workbook(), "a.xlsx"), "--sheet", "9", says="has no sheet “9”", code=WRONG_USE)
    place.refuse("add", "nobody", says="“nobody” .* is no address; nothing was recorded", code=COULD_NOT)
    place.refuse("add", "a@a.example", "--received", "soon", says="“soon” is no date", code=WRONG_USE)
    place.refuse("clean", says="See: optoutdesk help clean", code=WRONG_USE)


# --- what was made to do harm ---------------------------------------------------------------------------------------

MEMORY = f"RLIMIT_AS={400 * MEGABYTE} RLIMIT_CPU=20"


def with_sheet(before: bytes, after: bytes = b"") -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        parts[name] = before + parts[name] + after

    return change


def test_a_zip_bomb_takes_neither_memory_nor_time(place: Place) -> None:
    path = place.file(workbook(with_sheet(b"", b" " * (200 * MEGABYTE))), "a.xlsx")
    assert path.stat().st_size < MEGABYTE
    place.clean(path, says=r"a\.xlsx", limits=MEMORY)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_an_entity_bomb_takes_neither_memory_nor_time(place: Place, part: str) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))

    def change(parts: dict[str, bytes]) -> None:
        content = re.sub(rb"^<\?xml.*?\?>\s*", b"", parts[part])
        parts[part] = f"<!DOCTYPE x [{entities}]>".encode() + content.replace(b"</", b"&e9;</", 1)

    place.clean(
        place.file(workbook(change), "a.xlsx"),
        says="contains definitions that no spreadsheet program",
        limits=MEMORY,
    )


def test_a_line_of_two_gigabytes_takes_neither_memory_nor_time(place: Place) -> None:
    path = place.file(GOOD)
    os.truncate(path, 2 << 30)
    place.clean(path, says="holds binary data", limits=MEMORY)


def long_line(count: int) -> bytes:
    return GOOD + b"x" * (count * MEGABYTE)


def long_record(count: int) -> bytes:
    return GOOD + b'"' + b"\n" * (count * MEGABYTE) + b'",bo@b.example\n'


def long_cell(count: int) -> bytes:
    return GOOD + b'"' + (b"x" * 1000 + b"\n") * (count * 1048) + b'",bo@b.example\n'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (long_line(40), "has a line of more than 16 million characters: it is not a list of contacts"),
        (long_line(20).decode().encode("utf-16"), "has a line of more than 16 million characters"),
        (long_record(17), r"In line 4 of list\.csv a quotation mark opens that is never closed"),
        (long_cell(17), r"In line 4 of list\.csv a quotation mark opens that is never closed"),
        (GOOD + b'"' + b"x,\n" * (10 * MEGABYTE), r"In line 4 of list\.csv a quotation mark opens"),
    ],
    ids=["line", "UTF-16 line", "record", "cell", "never closed"],
)
def test_rows_without_end_take_neither_memory_nor_time(place: Place, content: bytes, says: str) -> None:
    place.clean(place.file(content), says=says, limits=MEMORY)


def test_a_record_of_some_megabytes_is_still_read(place: Place) -> None:
    ran = place.run("clean", place.file(long_cell(4)), "--by", "Ana")
    assert (ran.code, ran.err) == (0, "")


# --- results that cannot be written ---------------------------------------------------------------------------------


def test_the_list_itself_is_never_the_result(place: Place) -> None:
    path = place.file()
    (place.folder / "symbolic.csv").symlink_to(path)
    (place.folder / "hard.csv").hardlink_to(path)
    (place.folder / "sub").symlink_to(place.folder, target_is_directory=True)
    for name in ("list.csv", "symbolic.csv", "hard.csv", "sub/list.csv", "../lists/list.csv"):
        for option in ("--output", "--removed"):
            place.clean(
                path,
                option,
                place.folder / name,
                "--overwrite",
                says="is the list itself, which is never changed",
            )


def test_the_two_results_are_two_files(place: Place) -> None:
    path = place.file()
    (place.folder / "sub").mkdir()
    (place.folder / "there.csv").write_bytes(b"x")
    (place.folder / "link.csv").hardlink_to(place.folder / "there.csv")
    for one, other in (("a.csv", "a.csv"), ("a.csv", "sub/../a.csv"), ("there.csv", "link.csv")):
        place.clean(
            *(path, "--output", place.folder / one, "--removed", place.folder / other, "--overwrite"),
            says="need two different file names",
        )


def test_the_suppression_list_and_devices_are_no_results_either(place: Place) -> None:
    path = place.file()
    os.mkfifo(place.folder / "pipe")
    before = (place.data / "optoutdesk.sqlite").read_bytes()
    place.clean(
        *(path, "--removed", place.data / "optoutdesk.sqlite", "--overwrite"),
        says="optoutdesk.sqlite is the suppression list itself. Choose another name",
    )
    place.clean(
        path, "--removed", place.folder / "pipe", "--overwrite", says="pipe is not a file. Give a file name"
    )
    place.clean(path, "--removed", "/dev/null", "--overwrite", says="/dev/null is not a file")
    assert (place.data / "optoutdesk.sqlite").read_bytes() == before


@pytest.mark.parametrize("name", ["list-clean.csv", "list-removed.csv"])
def test_an_existing_result_is_replaced_only_when_told(place: Place, name: str) -> None:
    path = place.file()
    place.file(b"precious", name)
    place.clean(path, says=f"{name} exists already. Choose another name, or allow it to be replaced")
    assert place.run("clean", path, "--overwrite", "--by", "Ana").code == 0
    assert (place.folder / name).read_bytes() != b"precious"


@pytest.mark.parametrize("option", ["--output", "--removed"])
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("folder.csv", r"folder\.csv is a folder\. Give a file name"),
        ("nowhere/a.csv", "There is no folder .*nowhere. Make it"),
        ("list.csv/a.csv", r"There is no folder .*list\.csv\. Make it"),
        (f"{'a' * 300}.csv", r"The name a{40}\.\.\. is too long\. Choose a shorter one"),
    ],
)
def test_a_place_where_no_file_can_be(place: Place, option: str, target: str, says: str) -> None:
    (place.folder / "folder.csv").mkdir()
    place.clean(place.file(), option, place.folder / target, "--overwrite", says=says)


def test_a_name_so_long_that_its_results_would_be_longer(place: Place) -> None:
    place.clean(place.file(name=f"{'n' * 250}.csv"), says="is too long. Choose a shorter one")


@pytest.mark.parametrize("mode", [0o555, 0o444, 0])
def test_a_folder_that_may_not_be_written(place: Place, mode: int) -> None:
    path = place.file()
    folder = place.folder / "closed"
    folder.mkdir()
    folder.chmod(mode)
    try:
        ran = place.run("clean", path, "--output", folder / "a.csv", "--by", "Ana", limits="unprivileged")
        assert_sentence(ran, r"a\.csv cannot be written in .*closed\. Choose a folder that is yours")
    finally:
        folder.chmod(0o755)
    assert list(folder.iterdir()) == []
    assert {child.name for child in place.folder.iterdir()} == {"list.csv", "closed"}
    assert place.state()[2] == []


def test_a_disk_that_is_read_only(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def failing(path: str | Path, flags: int, *arguments: int, **options: int) -> int:
        if Path(path).parent == place.folder and flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return opened(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", failing)
    place.clean(
        place.file(), says="cannot be written in .*lists. Choose a folder that is yours and not read-only"
    )


def people(rows: int) -> bytes:
    """A list whose workbook cannot be small either."""
    return b"Name,Email\n" + b"".join(
        b"n%x,a%x@a.example\n" % (n * 0x9E3779B1 % (1 << 64), n) for n in range(rows)
    )


@pytest.mark.parametrize("output", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("names", [(), ("a.csv", "a.xlsx", "list-removed.csv")])
def test_a_full_disk_leaves_neither_results_nor_a_record(
    place: Place, output: str, names: tuple[str, ...]
) -> None:
    path = place.file(people(20_000))
    for name in names:
        place.file(b"old", name)
    place.clean(
        *(path, "--output", place.folder / output, "--overwrite"),
        says=rf"There is no room for {output} on that disk; nothing was written\. Free some space",
        limits=f"RLIMIT_FSIZE={200_000}",
    )


def test_a_disk_that_fills_with_the_removed_rows(place: Place) -> None:
    path = place.file(b"Name,Email\nAnn,ann@a.example\n" + b"Su,sup@x.example\n" * 20_000)
    place.clean(
        path,
        says=r"There is no room for list-removed\.csv on that disk; nothing was written",
        limits="RLIMIT_FSIZE=200000",
    )


def test_a_disk_that_fills_while_an_opt_out_is_recorded(place: Place) -> None:
    place.refuse(
        *("add", "bo@b.example", "--by", "Ana", "--note", "x" * 100_000),
        says="is full or failing; nothing was recorded. Free some space and try again",
        limits="RLIMIT_FSIZE=65536",
    )
    assert place.run("add", "bo@b.example", "--by", "Ana").code == 0


def test_a_disk_that_fills_while_the_record_is_written(place: Place) -> None:
    long_name = place.folder / ("x" * 200)
    long_name.mkdir()
    path = place.file()
    ran = place.run(
        "clean", path, "--output", long_name / "a.csv", "--by", "A" * 60_000, limits="RLIMIT_FSIZE=65536"
    )
    assert_sentence(ran, "is full or failing; nothing was recorded")
    assert {child.name for child in place.folder.rglob("*")} == {"list.csv", long_name.name}
    assert place.state()[2] == []


def test_a_rename_that_fails_takes_both_results_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    published = PendingFile.publish

    def failing(self: PendingFile) -> None:
        if self.target.name == "list-clean.csv":
            self.target.write_bytes(b"of another program")
        published(self)

    monkeypatch.setattr(PendingFile, "publish", failing)
    ran = place.run("clean", place.file(), "--by", "Ana")
    assert_sentence(ran, r"list-clean\.csv exists already")
    assert {child.name for child in place.folder.iterdir()} == {"list.csv", "list-clean.csv"}
    assert (place.folder / "list-clean.csv").read_bytes() == b"of another program"
    assert place.state()[2] == []


@pytest.mark.parametrize("content", [GOOD, workbook()])
@pytest.mark.parametrize("output", ["a.csv", "a.xlsx"])
def test_a_list_that_may_only_be_read_gives_results_that_can_be_written(
    place: Place, content: bytes, output: str
) -> None:
    path = place.file(content)
    path.chmod(0o444)
    ran = place.run("clean", path, "--output", place.folder / output, "--by", "Ana", limits="unprivileged")
    assert (ran.code, ran.err) == (0, "")
    assert (place.folder / output).stat().st_mode & 0o777 == 0o644
    assert path.stat().st_mode & 0o777 == 0o444


def test_a_list_that_is_gone_or_changed_since_it_was_opened(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from optoutdesk.services import clean_list

    path = place.file()
    judge = clean_list.PeopleReader

    def appending(*arguments: object) -> object:
        with path.open("ab") as stream:
            stream.write(b"Bo,bo@b.example\n")
        return judge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(clean_list, "PeopleReader", appending)
    ran = place.run("clean", path, "--by", "Ana")
    assert_sentence(ran, "was changed while it was read; nothing was written. Clean it again")
    monkeypatch.setattr(clean_list, "PeopleReader", lambda *arguments: path.unlink() or judge(*arguments))
    ran = place.run("clean", path, "--by", "Ana")
    assert_sentence(ran, r"There is no file")
    assert list(place.folder.iterdir()) == []
    assert place.state()[2] == []


def test_names_that_are_no_utf_8_are_names_too(place: Place) -> None:
    path = Path(os.fsdecode(os.fsencode(place.folder) + b"/kund\xfc.csv"))
    path.write_bytes(GOOD)
    ran = place.run("clean", path, "--by", "Ana", limits="")
    assert (ran.code, ran.err) == (0, "")
    assert path.with_name(f"{path.stem}-clean.csv").read_bytes() == b"Name,Email\nAnn,ann@a.example\n"
    place.state()


@pytest.mark.parametrize(
    "name", ["two\nlines.csv", "\x1b[2Jclear.csv", "\x9b2Jclear.csv", "line\u2028end.csv"]
)
def test_a_name_cannot_break_the_sentence_or_command_the_terminal(place: Place, name: str) -> None:
    place.clean(place.folder / name, says=r"There is no file [ -~]*\?[ -~]*\.csv")
    place.clean(place.file(b"", name), says=r"\?[ -~]*\.csv is empty")
    path = place.file(f'"{name}",Email\nx,ann@a.example\n'.encode())
    place.clean(path, "--column", "Fax", says="There is no column “Fax”. The columns are A “", code=WRONG_USE)


def test_a_user_without_a_name_can_work_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", partial({}.__getitem__, "uid not found: 4711"))
    ran = place.run("clean", place.file())
    assert (ran.code, ran.err) == (0, "")
    assert place.run("add", "bo@b.example").code == 0


def test_a_report_that_cannot_be_printed(place: Place) -> None:
    path = place.file()
    words = ["-m", "optoutdesk", "--data", str(place.data), "clean", str(path), "--by", "Ana", "--overwrite"]
    for more in ([], ["--json"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, *words, *more], stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
        assert_sentence(
            Ran(done.returncode, "", done.stderr),
            "It is done, but there is no room for what was to be printed",
        )
    assert len(place.state()[2]) == 2  # type: ignore[arg-type]


def test_nor_here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        ran = place.run("check", "bo@b.example")
        monkeypatch.undo()
    assert_sentence(ran, "It is done, but there is no room for what was to be printed")
    monkeypatch.setattr(sys, "stderr", None)
    code = run(["--data", str(place.data), "add", "nobody"], open_window=lambda *_: 99)
    sys.stderr.close()
    assert code == COULD_NOT


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_terminal_that_was_closed_changes_nothing(place: Place, closed: str) -> None:
    command = shlex.join([sys.executable, "-m", "optoutdesk", "--data", str(place.data)])
    list_ = shlex.quote(str(place.file()))
    for words, code in (
        (f"clean --json --by Ana {list_}", 0),
        ("check sup@x.example", 10),
        ("add nobody", 1),
    ):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{command} {words} {closed}"], capture_output=True, text=True, check=False
        )
        assert done.returncode == code
        assert "optoutdesk:" not in done.stdout
    assert len(place.state()[2]) == 1  # type: ignore[arg-type]


# --- data that cannot be used ---------------------------------------------------------------------------------------


def refused_by_data(place: Place, says: str, *, data: Path | None = None, limits: str | None = None) -> None:
    """Every command says so and writes nothing."""
    path = place.file()
    for words in (["clean", path], ["add", "bo@b.example"], ["check", "bo@b.example"], ["verify"], ["due"]):
        by = ["--by", "Ana"] if words[0] in ("clean", "add") else []
        assert_sentence(place.run(*words, *by, data=data, limits=limits), says)
        assert list(place.folder.iterdir()) == [path]


def test_data_of_a_later_version(place: Place) -> None:
    with sqlite3.connect(place.data / "optoutdesk.sqlite") as connection:
        connection.execute("PRAGMA user_version=2000")
    connection.close()
    before = (place.data / "optoutdesk.sqlite").read_bytes()
    refused_by_data(place, r"was written by a later version of Opt-Out Desk .* Install the newest version")
    assert (place.data / "optoutdesk.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"not a database at all, but long enough to be taken for one" * 40,
        lambda whole: whole[:100] + bytes(4096) + whole[4196:],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:5000] + b"\xff" * 8192 + whole[13192:],
    ],
    ids=["something else", "without its first page", "half", "holes"],
)
def test_damaged_data(place: Place, damage: Callable[[bytes], bytes]) -> None:
    file = place.data / "optoutdesk.sqlite"
    file.write_bytes(damage(file.read_bytes()))
    refused_by_data(
        place, "is damaged. Do not record anything in it: put back a copy of that file from your backup"
    )


def test_a_database_of_another_program(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with sqlite3.connect(tmp_path / "other" / "optoutdesk.sqlite") as connection:
        connection.execute("CREATE TABLE recipes (name)")
    connection.close()
    refused_by_data(
        place, "is not a suppression list of Opt-Out Desk. Choose another folder", data=tmp_path / "other"
    )


def test_a_data_folder_that_is_a_file(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused_by_data(
        place, "cannot be opened for writing. Check that the folder exists", data=tmp_path / "file"
    )


def test_a_data_folder_that_may_not_be_written(place: Place, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    refused_by_data(
        place,
        "cannot be opened for writing. Check that the folder exists",
        data=closed,
        limits="unprivileged",
    )
    assert list(closed.iterdir()) == []


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('BEGIN IMMEDIATE'); print('held', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.kill()


def test_a_second_writer_waits_and_is_then_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "Desk", partial(Desk, busy_seconds=0.05))
    path = place.file()
    with held_by_another_process(place.data / "optoutdesk.sqlite"):
        for words in (["clean", path], ["add", "bo@b.example"]):
            ran = place.run(*words, "--by", "Ana")
            assert_sentence(
                ran, "Another window or command is writing to the suppression list just now. Wait a moment"
            )
        assert place.run("check", "bo@b.example").code == 0
    assert list(place.folder.iterdir()) == [path]
    assert place.state()[2:] == ([], 1)


@pytest.mark.parametrize("content", ["{", "[]", '{"person": 3}', '{"time_zone": "Mars/North"}', "\x00"])
def test_broken_settings(place: Place, content: str) -> None:
    path = place.file()
    (place.data / "settings.json").write_text(content)
    for words in (["clean", path], ["add", "bo@b.example"], ["due"]):
        assert_sentence(
            place.run(*words), r"The settings in .*settings\.json cannot be read\. Correct that file"
        )
    assert list(place.folder.iterdir()) == [path]
    assert place.state()[2:] == ([], 1)
