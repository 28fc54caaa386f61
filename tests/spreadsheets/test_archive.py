"""A ZIP of lists gives each of its lists, and nothing in it leads astray or fills the disk."""

import errno
import io
import os
import shutil
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from odd_workbooks import write_zip, xlsx_parts

from optoutdesk.domain.errors import Cancelled, ListChangedError, OutputError, UnreadableListError
from optoutdesk.spreadsheets import archive
from optoutdesk.spreadsheets.archive import Archive, is_archive, open_archive
from optoutdesk.spreadsheets.open import open_table
from optoutdesk.spreadsheets.profiles import recognise

LIST = "Email Address,UNSUB_TIME\r\nann@a.example,2026-11-10 16:42:05\r\n"
ESP = Path(__file__).with_name("esp")


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Pack members (name, content) into a ZIP; a ZipInfo for a name sets what it says of itself."""

    def pack(*members: tuple[str | zipfile.ZipInfo, str | bytes], name: str = "export.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for member, content in members:
                package.writestr(member, content, zipfile.ZIP_DEFLATED)
        return path

    return pack


def names(found: Archive) -> list[str]:
    return [member.name for member in found.members]


def refused(path: Path) -> UnreadableListError:
    with pytest.raises(UnreadableListError) as caught:
        open_archive(path)
    assert path.name in str(caught.value)
    return caught.value


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    """A ZIP some of whose bytes were changed."""
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)
    return path


def in_headers(data: bytearray, local: int, central: int, form: str, value: int) -> None:
    """Set a field of all local and central headers."""
    for signature, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = data.find(signature)
        while at >= 0:
            struct.pack_into(form, data, at + offset, value)
            at = data.find(signature, at + 4)


# --- what is an archive ---------------------------------------------------------------------------------------------


def test_a_zip_of_lists_is_an_archive_and_its_lists_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "audience_export.zip"
    with zipfile.ZipFile(path, "w") as package:
        for file in sorted(ESP.glob("*_email_audience_export_*.csv")):
            package.write(file, f"audience/{file.name}")
    assert is_archive(path)
    found = open_archive(path)
    profiles = []
    for member in found.members:
        with found.extracted(member, tmp_path) as list_:
            assert list_.read_bytes() == (ESP / member.name).read_bytes()
            assert member.size == list_.stat().st_size
            table = open_table(list_)
            rows = [[table.decode(cell) for cell in row] for block in table.blocks() for row in block.rows]
            profile = recognise(list_.name, rows[0], rows[1:]).profile
            assert profile is not None
            profiles.append(profile.id)
    assert profiles == ["mailchimp-cleaned", "mailchimp-subscribed", "mailchimp-unsubscribed"]


@pytest.mark.parametrize(
    "parts",
    [
        xlsx_parts("<row><c><v>1</v></c></row>"),
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"},
        {"content.xml": "<x/>"},
        {"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>", "word/embeddings/Sheet.xlsx": "x"},
        {"XL\\workbook.bin": "x"},
    ],
)
def test_a_document_that_is_a_zip_inside_is_none(tmp_path: Path, parts: dict[str, str | bytes]) -> None:
    assert not is_archive(write_zip(tmp_path / "book.zip", parts))


def test_what_is_no_zip_is_none(tmp_path: Path) -> None:
    (tmp_path / "list.zip").write_text(LIST)
    (tmp_path / "empty.zip").touch()
    for name in ("list.zip", "empty.zip", "nowhere.zip", "."):
        assert not is_archive(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "is_one"), [("export.zip", True), ("EXPORT.ZIP", True), ("book.xlsx", False)]
)
def test_a_zip_that_was_not_copied_whole_is_what_it_is_called(pack, name: str, is_one: bool) -> None:
    path = pack(("list.csv", LIST), name=name)
    path.write_bytes(path.read_bytes()[:-30])
    assert is_archive(path) is is_one
    assert "is damaged or was not copied whole. Download or copy" in str(refused(path))


# --- what is in it --------------------------------------------------------------------------------------------------


def test_only_lists_are_offered_and_all_else_is_named(pack) -> None:
    found = open_archive(
        pack(
            ("unsubscribed.csv", LIST),
            ("lists/", ""),
            ("lists/PARTNER.TXT", LIST),
            ("book.xlsx", "a workbook"),
            ("old.xls", "a workbook"),
            ("logo.png", "x"),
            ("README", "x"),
            ("inner.zip", "x"),
            ("cleaned.csv", ""),
            ("blank.csv", "\ufeff\r\n"),
            (".hidden.csv", LIST),
            ("__MACOSX/._unsubscribed.csv", LIST),
        )
    )
    assert names(found) == ["unsubscribed.csv", "PARTNER.TXT", "book.xlsx", "old.xls"]
    assert [(each.name, each.reason) for each in found.skipped] == [
        ("logo.png", "not a list"),
        ("README", "not a list"),
        ("inner.zip", "a packed file in a packed file: unpack it and import the lists in it"),
        ("cleaned.csv", "empty"),
        ("blank.csv", "empty"),
        ("hidden.csv", "a hidden file"),
        ("_unsubscribed.csv", "a hidden file"),
    ]


def test_a_link_is_no_list(pack) -> None:
    link = zipfile.ZipInfo("list.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = open_archive(pack((link, "/etc/passwd"), ("real.csv", LIST)))
    assert names(found) == ["real.csv"]
    assert found.skipped[0].reason == "a link to another file"


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([], "There is no list in export.zip"),
        ([("logo.png", "x"), ("lists/", "")], "There is no list in export.zip"),
        ([("list.csv", "")], "There is no list in export.zip"),
        ([("more.zip", "x"), ("logo.png", "x")], "no list but another packed file, more.zip. Unpack it"),
    ],
)
def test_a_zip_without_a_list_says_so(pack, members, sentence: str) -> None:
    assert sentence in str(refused(pack(*members)))


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ((2026, 11, 20, 16, 42, 4), date(2026, 11, 20)),
        ((1980, 1, 1, 0, 0, 0), None),
        ((1980, 5, 6, 0, 0, 0), None),
    ],
)
def test_the_day_of_a_list_is_the_one_it_was_packed_with(pack, when, day: date | None) -> None:
    found = open_archive(pack((zipfile.ZipInfo("list.csv", when), LIST)))
    assert found.members[0].day == day


def test_a_day_that_is_none_is_none(pack) -> None:
    path = pack(("list.csv", LIST))
    in_dos_time = 0  # of 2026: month 0, day 0
    patched(path, lambda data: in_headers(data, 12, 14, "<H", (46 << 9) | in_dos_time))
    assert open_archive(path).members[0].day is None


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/cron.d/list.csv", "list.csv"),
        ("/etc/list.csv", "list.csv"),
        ("C:\\Windows\\list.csv", "list.csv"),
        ("C:list.csv", "C_list.csv"),
        ("..\\..\\list.csv", "list.csv"),
        ("\\\\server\\share\\list.csv", "list.csv"),
        ("a/b/ list .csv", "list.csv"),
        ("who?<script>|*.csv", "who__script___.csv"),
        ("line\nbreak\x1b[2J.csv", "line_break_[2J.csv"),
        ("con.csv", "con_.csv"),
        ("LPT1.old.csv", "LPT1_.old.csv"),
        ("unicon.csv", "unicon.csv"),
        ("caf\u00e9 \u2713.csv", "caf\u00e9 \u2713.csv"),
        ("\u202egnp.csv", "_gnp.csv"),
        ("\U0001f331" * 300 + ".csv", "\U0001f331" * 50 + ".csv"),
    ],
)
def test_a_name_that_climbs_or_lies_is_only_a_file_name(pack, tmp_path: Path, name: str, shown: str) -> None:
    found = open_archive(pack((name, LIST)))
    assert names(found) == [shown]
    place = tmp_path / "place"
    place.mkdir()
    before = {path for path in tmp_path.rglob("*") if path != place}
    path = found.extract(found.members[0], place)
    assert path.read_bytes() == LIST.encode()
    assert path.parent.parent == place
    assert path.name == shown
    assert {each for each in tmp_path.rglob("*") if place not in (each, *each.parents)} == before


def test_lists_of_one_name_are_told_apart(pack) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = pack(
            *(
                (f"{folder}list.csv", content)
                for folder, content in (("a/", "first\n"), ("b/", "second"), ("a/", "third\n"))
            )
        )
    found = open_archive(path)
    assert names(found) == ["list.csv", "list (2).csv", "list (3).csv"]
    contents = []
    for member in found.members:
        with found.extracted(member) as list_:
            contents.append(list_.read_text())
    assert contents == ["first\n", "second", "third\n"]


def test_names_in_utf_8_that_do_not_say_so_are_read_and_others_are_no_error(pack) -> None:
    path = pack(("xxxx-1.csv", LIST), ("yyyy-2.csv", LIST))

    def rename(data: bytearray) -> None:
        data[:] = data.replace(b"xxxx", "\u00e9\u00e9".encode()).replace(b"yyyy", b"\xe9\xe8\xff\x80")

    found = open_archive(patched(path, rename))
    assert found.members[0].name == "\u00e9\u00e9-1.csv"
    with found.extracted(found.members[1]) as list_:
        assert list_.read_bytes() == LIST.encode()


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_zip_with_a_password_says_what_to_do(pack) -> None:
    path = patched(pack(("list.csv", LIST)), lambda data: in_headers(data, 6, 8, "<H", 0x1))
    assert is_archive(path)
    assert str(refused(path)) == (
        "export.zip is password-protected. Unpack it with its password and import the files in it."
    )


def test_a_picture_with_a_password_does_not_matter(pack) -> None:
    path = patched(pack(("logo.png", "x")), lambda data: in_headers(data, 6, 8, "<H", 0x1))
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("list.csv", LIST)
    assert names(open_archive(path)) == ["list.csv"]


def test_a_strange_compression_says_what_to_do(pack) -> None:
    path = patched(pack(("list.csv", LIST)), lambda data: in_headers(data, 8, 10, "<H", 9))
    assert "is packed in a way that is not read. Unpack it and import" in str(refused(path))


def test_a_bomb_is_not_unpacked(pack) -> None:
    path = pack(("list.csv", bytes(80 << 20)))
    assert path.stat().st_size < 1 << 20
    assert "unpacks to far more than any export holds" in str(refused(path))


def test_a_list_that_repeats_itself_is_no_bomb(pack) -> None:
    found = open_archive(pack(("list.csv", "ann@a.example,Opted out\r\n" * 200_000)))
    with found.extracted(found.members[0]) as list_:
        assert list_.stat().st_size == 200_000 * 25


def test_all_lists_together_have_a_limit_and_so_has_their_number(
    pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(("a.csv", "1" * 600), ("b.csv", "2" * 600), ("logo.png", "3" * 600))
    monkeypatch.setattr(archive, "MOST_BYTES", 1200)
    assert names(open_archive(path)) == ["a.csv", "b.csv"]
    monkeypatch.setattr(archive, "MOST_BYTES", 1199)
    assert refused(path).details == "1,200 bytes unpacked"
    monkeypatch.setattr(archive, "MOST_BYTES", 1200)
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    assert refused(path).details == "more than 1 lists"


@pytest.mark.parametrize("zip64", [False, True])
def test_a_directory_without_end_is_not_even_read(
    pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, zip64: bool
) -> None:
    if zip64:
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 10)
    path = pack(*((f"{number:040}.png", "") for number in range(50)), ("list.csv", LIST))
    assert (b"PK\x06\x06" in path.read_bytes()) is zip64
    assert names(open_archive(path)) == ["list.csv"]
    monkeypatch.setattr(archive, "_MOST_DIRECTORY_BYTES", 1000)
    monkeypatch.setattr(archive, "ZipFile", None)
    assert refused(path).details == "its directory is endless"


def test_a_member_that_declares_less_than_it_holds_is_damaged(pack, tmp_path: Path) -> None:
    path = patched(pack(("list.csv", LIST)), lambda data: in_headers(data, 22, 24, "<L", 10))
    found = open_archive(path)
    with pytest.raises(UnreadableListError, match=r"list\.csv in export\.zip is damaged"):
        found.extract(found.members[0], tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_is_told_and_nothing_of_it_is_left(tmp_path: Path, compression: int) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", compression) as package:
        package.writestr("list.csv", "".join(f"ann{n * n}@a.example\n" for n in range(5000)))

    def damage(data: bytearray) -> None:
        data[3000] ^= 0xFF

    found = open_archive(patched(path, damage))
    with pytest.raises(UnreadableListError, match=r"list\.csv in export\.zip is damaged or was"):
        found.extract(found.members[0], tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_whatever_chance_does_to_a_zip_ends_in_a_sentence(pack, tmp_path: Path, cut: int) -> None:
    path = pack(("a.csv", LIST), ("b.csv", LIST * 5), ("c.txt", LIST))
    size = path.stat().st_size

    def scratch(data: bytearray) -> None:
        at = cut * size // 400
        data[at : at + 3] = b"\xff\x00\xaa"

    patched(path, scratch)
    try:
        found = open_archive(path)
        for member in found.members:
            with found.extracted(member, tmp_path):
                pass
    except UnreadableListError as error:
        assert str(error)  # noqa: PT017 - most scratches are one, some do not matter


# --- unpacking ------------------------------------------------------------------------------------------------------


def test_what_is_unpacked_is_for_its_owner_only(pack, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        found = open_archive(pack(("list.csv", LIST)))
        path = found.extract(found.members[0], tmp_path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_gone_afterwards_whatever_happened(pack, tmp_path: Path) -> None:
    found = open_archive(pack(("list.csv", LIST)))

    def look() -> None:
        with found.extracted(found.members[0], tmp_path):
            raise KeyError

    with pytest.raises(KeyError):
        look()
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


def test_progress_is_told_and_can_stop_it(pack, tmp_path: Path) -> None:
    found = open_archive(pack(("list.csv", os.urandom(3 << 20))))
    told: list[tuple[int, int]] = []
    with found.extracted(found.members[0], tmp_path, lambda done, all_: told.append((done, all_))):
        assert told == [(n << 20, 3 << 20) for n in (1, 2, 3)]

    def stop(done: int, all_: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        found.extract(found.members[0], tmp_path, stop)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


def test_an_archive_that_was_changed_meanwhile_is_not_mixed_up(pack, tmp_path: Path) -> None:
    found = open_archive(pack(("a.csv", LIST), ("b.csv", LIST)))
    pack(("a.csv", LIST), ("b.csv", LIST + "bo@b.example\r\n"))
    with found.extracted(found.members[0], tmp_path):
        pass
    with pytest.raises(ListChangedError, match=r"export\.zip was changed"):
        found.extract(found.members[1], tmp_path)
    pack(("a.csv", LIST))
    with pytest.raises(ListChangedError):
        found.extract(found.members[1], tmp_path)
    found.path.unlink()
    with pytest.raises(UnreadableListError, match="There is no file"):
        found.extract(found.members[0], tmp_path)


def test_no_room_is_told(pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_archive(pack(("list.csv", LIST)))
    with pytest.raises(OutputError, match="There is no folder"):
        found.extract(found.members[0], tmp_path / "nowhere")

    class Full(io.RawIOBase):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    def full(handle: int, *_: object, **__: object) -> Full:
        os.close(handle)
        return Full()

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        with pytest.raises(OutputError, match=r"There is no room for list\.csv"):
            found.extract(found.members[0], tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


def test_what_a_power_cut_left_is_removed_after_a_day(pack, tmp_path: Path) -> None:
    found = open_archive(pack(("list.csv", LIST)))
    old = found.extract(found.members[0], tmp_path)
    fresh = found.extract(found.members[0], tmp_path)
    yesterday = time.time() - 90_000
    os.utime(old.parent, (yesterday, yesterday))
    shutil.rmtree(found.extract(found.members[0], tmp_path).parent)
    assert fresh.exists()
    assert not old.parent.exists()
