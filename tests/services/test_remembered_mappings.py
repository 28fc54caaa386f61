"""What she corrected about a file's columns is known again with the next file of the same header, and can be carried along."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from optoutdesk.domain.dates import DayOrder
from optoutdesk.domain.errors import OutputError, UsageError, UserError
from optoutdesk.services.remembered_mappings import RememberedMapping, RememberedMappings, column_names
from optoutdesk.spreadsheets.profiles import Field

HEADER = ("Kunde", "E-Mail Adresse", "Abgemeldet am", "Notiz")
MAPPING = RememberedMapping(
    "Partner list",
    HEADER,
    "generic",
    {"E-Mail Adresse": Field.ADDRESS, "Abgemeldet am": Field.RECEIVED, "Notiz": None},
    DayOrder.DAY_FIRST,
    "Europe/Berlin",
    "Shop news",
)
OTHER = RememberedMapping("Caf\u00e9", ("who", "when"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mappings.json"


@pytest.fixture
def known(file: Path) -> RememberedMappings:
    return RememberedMappings(file)


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        HEADER[::-1],
        ("", "KUNDE", " e-mail  adresse", "Abgemeldet am ", "notiz", " "),
    ],
)
def test_a_header_is_known_again_whatever_its_order_case_and_blanks(
    file: Path, known: RememberedMappings, header: tuple[str, ...]
) -> None:
    known.remember(MAPPING)
    assert known.find(header) == MAPPING
    assert RememberedMappings(file).find(header) == MAPPING


@pytest.mark.parametrize("header", [HEADER[:-1], (*HEADER, "Stadt"), (*HEADER, "Notiz"), (), ("", " ")])
def test_another_header_is_another_file(known: RememberedMappings, header: tuple[str, ...]) -> None:
    known.remember(MAPPING)
    assert known.find(header) is None


def test_nothing_is_remembered_before_anything_was(known: RememberedMappings, file: Path) -> None:
    assert known.list() == ()
    assert known.find(HEADER) is None
    assert (known.trouble, file.exists()) == ("", False)


def test_the_columns_are_found_wherever_they_stand() -> None:
    assert MAPPING.columns(HEADER) == {1: Field.ADDRESS, 2: Field.RECEIVED, 3: None}
    assert MAPPING.columns(("NOTIZ ", "x", "e-mail adresse", "Kunde", "Abgemeldet  am")) == {
        0: None,
        2: Field.ADDRESS,
        4: Field.RECEIVED,
    }


def test_columns_of_one_name_are_told_apart() -> None:
    header = ["Email", "email ", "", "", "EMAIL"]
    assert column_names(header) == ["Email", "email (2)", "", "", "EMAIL (3)"]
    mapping = RememberedMapping("Two", tuple(header), fields={"Email": Field.ADDRESS, "email (2)": None})
    assert mapping.columns(header) == {0: Field.ADDRESS, 1: None}


def test_a_header_has_one_mapping_and_a_name_is_given_once(known: RememberedMappings) -> None:
    known.remember(MAPPING)
    better = replace(MAPPING, name="Better", header=HEADER[::-1], zone=None)
    assert known.remember(better) == better
    assert known.list() == (better,)
    assert known.remember(replace(OTHER, name=" better ")).name == "better (2)"
    assert [each.name for each in known.list()] == ["Better", "better (2)"]
    assert known.remember(better).name == "Better"  # its own name is its own


def test_a_list_without_a_header_is_not_remembered(known: RememberedMappings, file: Path) -> None:
    with pytest.raises(UserError, match="without a header"):
        known.remember(replace(OTHER, header=("", " ")))
    assert not file.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x1b[2Jb"])
def test_a_name_is_one_line_of_text(known: RememberedMappings, name: str) -> None:
    known.remember(OTHER)
    with pytest.raises(UsageError, match="is no name"):
        known.remember(replace(MAPPING, name=name))
    with pytest.raises(UsageError, match="is no name"):
        known.rename("Caf\u00e9", name)
    assert known.list() == (OTHER,)


def test_one_can_be_renamed_and_forgotten(known: RememberedMappings) -> None:
    known.remember(MAPPING)
    known.remember(OTHER)
    known.rename(" partner LIST ", "Spring  fair")
    assert [each.name for each in known.list()] == ["Caf\u00e9", "Spring fair"]
    assert known.find(HEADER) == replace(MAPPING, name="Spring fair")
    known.rename("Spring fair", "spring FAIR")
    with pytest.raises(UsageError, match="“caf\u00e9” is remembered already"):
        known.rename("spring fair", "caf\u00e9")
    known.forget("SPRING FAIR")
    assert known.find(HEADER) is None
    for act in (lambda: known.forget("Spring fair"), lambda: known.rename("Spring fair", "x")):
        with pytest.raises(UsageError, match=r"Nothing is remembered as “Spring fair”.* “Caf\u00e9”"):
            act()


def test_the_file_can_be_read_by_people_and_by_its_owner_only(known: RememberedMappings, file: Path) -> None:
    known.remember(MAPPING)
    known.remember(OTHER)
    assert "Caf\u00e9" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["mappings.json"]


# --- carried along --------------------------------------------------------------------------------------------------


def test_another_computer_takes_over_what_was_exported(known: RememberedMappings, tmp_path: Path) -> None:
    known.remember(MAPPING)
    known.remember(OTHER)
    exported = tmp_path / "shared.json"
    assert known.export(exported) == 2
    there = RememberedMappings(tmp_path / "there" / "mappings.json")
    there.remember(replace(MAPPING, name="Mine", zone=None))
    there.remember(replace(OTHER, header=("x", "y")))
    assert there.bring_in(exported) == 2
    assert there.find(HEADER) == MAPPING
    assert {each.name: each.header for each in there.list()} == {
        "Caf\u00e9": ("x", "y"),
        "Caf\u00e9 (2)": ("who", "when"),
        "Partner list": HEADER,
    }
    assert there.bring_in(exported) == 2
    assert len(there.list()) == 3


def test_an_export_replaces_nothing_unasked(known: RememberedMappings, tmp_path: Path) -> None:
    taken = tmp_path / "taken.json"
    taken.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        known.export(taken)
    assert taken.read_text() == "mine"
    assert known.export(taken, overwrite=True) == 0
    with pytest.raises(OutputError, match="There is no folder"):
        known.export(tmp_path / "nowhere" / "x.json")


GOOD = {"name": "x", "header": ["a", "b"], "fields": {"a": "address"}}
ODD = [
    "text",
    None,
    {},
    {"name": "x"},
    {**GOOD, "name": 7},
    {**GOOD, "name": ""},
    {**GOOD, "header": "ab"},
    {**GOOD, "header": [7]},
    {**GOOD, "fields": {"a": "telephone"}},
    {**GOOD, "fields": ["a"]},
    {**GOOD, "profile": "a-later-platform"},
    {**GOOD, "profile": ["generic"]},
    {**GOOD, "day_order": "undecided"},
    {**GOOD, "day_order": []},
    {**GOOD, "zone": "Mars/Olympus"},
    {**GOOD, "zone": "../../etc/passwd"},
    {**GOOD, "scope": {}},
]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_understood_is_not_taken_over(
    known: RememberedMappings, tmp_path: Path, odd: object
) -> None:
    known.remember(OTHER)
    shared = tmp_path / "shared.json"
    shared.write_text(json.dumps({"mappings": [GOOD, odd]}))
    with pytest.raises(UserError, match=r"shared\.json is no file of remembered columns") as caught:
        known.bring_in(shared)
    assert caught.value.details
    assert known.list() == (OTHER,)


BROKEN = [b"", b"{", b"[]", b'{"mappings": {}}', b"\xff\xfe", b"[" * 200_000, b"7"]


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: str(content[:12]))
def test_a_file_that_is_none_is_not_taken_over(
    known: RememberedMappings, tmp_path: Path, content: bytes
) -> None:
    shared = tmp_path / "shared.json"
    shared.write_bytes(content)
    with pytest.raises(UserError, match="is no file of remembered columns"):
        known.bring_in(shared)
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UserError, match=r"cannot be read\. Check its name"):
            known.bring_in(path)


# --- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: str(content[:12]))
def test_a_damaged_file_is_set_aside_and_said_and_stops_nothing(
    known: RememberedMappings, file: Path, content: bytes
) -> None:
    file.parent.mkdir()
    for aside in ("mappings-damaged.json", "mappings-damaged-2.json"):
        file.write_bytes(content)
        assert known.find(HEADER) is None
        assert known.trouble == (
            f"The remembered columns make no sense and were set aside as {aside}. Lists are read without them."
        )
        assert (file.parent / aside).read_bytes() == content
    known.remember(MAPPING)
    assert known.find(HEADER) == MAPPING


@pytest.mark.parametrize("odd", ODD)
def test_what_a_later_version_wrote_is_passed_over_and_kept(
    known: RememberedMappings, file: Path, odd: object
) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"mappings": [odd, GOOD]}))
    assert [each.name for each in known.list()] == ["x"]
    assert known.trouble == ""
    known.remember(MAPPING)
    known.forget("x")
    assert odd in json.loads(file.read_text("utf-8"))["mappings"]
    assert known.list() == (MAPPING,)


def test_a_lone_half_of_a_character_survives(known: RememberedMappings, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"mappings": [{**GOOD, "header": ["\ud800", "b"]}]}))
    known.remember(MAPPING)
    assert known.find(("b", "\ud800")) is not None


def test_what_cannot_be_read_is_said_and_never_written_over(known: RememberedMappings, file: Path) -> None:
    file.mkdir(parents=True)
    assert known.find(HEADER) is None
    assert "cannot be read" in known.trouble
    with pytest.raises(UserError, match=r"cannot be read\. Correct that file"):
        known.remember(MAPPING)
    assert file.is_dir()


def test_a_save_that_fails_leaves_what_was_known(
    known: RememberedMappings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.remember(MAPPING)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OutputError, match="There is no room"):
            known.remember(OTHER)
    assert known.list() == (MAPPING,)
    assert [each.name for each in file.parent.iterdir()] == ["mappings.json"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError):
        RememberedMappings(tmp_path / "file" / "mappings.json").remember(MAPPING)
