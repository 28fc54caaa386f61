"""Results appear whole under their names or not at all, and never take the place of another file unasked."""

import errno
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from optoutdesk.domain.errors import OutputError
from optoutdesk.spreadsheets.output import PendingFile, cannot_write, refuse_existing


def written(
    target: Path, content: bytes = b"new", *, overwrite: bool = False, mode: int = 0o600
) -> PendingFile:
    with PendingFile(target, overwrite=overwrite, mode=mode) as pending:
        pending.stream.write(content)
        pending.seal()
        pending.publish()
    return pending


def failing(error: OSError) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.fixture(params=["hard links", "no hard links"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A disk with hard links, or one without them, such as a USB stick."""
    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", failing(PermissionError(errno.EPERM, "Operation not permitted")))
    return request.param


def test_a_file_is_written_beside_its_target_and_then_renamed(tmp_path, links):
    target = tmp_path / "list-clean.csv"
    with PendingFile(target, overwrite=False) as pending:
        pending.stream.write(b"new")
        assert pending.temporary.parent == tmp_path
        assert not target.exists()
        pending.seal()
        assert pending.temporary.read_bytes() == b"new"
        assert not target.exists()
        pending.publish()
        assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["list-clean.csv"]


def test_size_and_sum_are_those_of_the_bytes(tmp_path):
    pending = written(tmp_path / "a.csv", b"abc" * 100_000)
    assert pending.size == 300_000
    assert pending.sha256 == hashlib.sha256(b"abc" * 100_000).hexdigest()


def test_size_and_sum_of_what_a_library_wrote_to_the_path(tmp_path):
    with PendingFile(tmp_path / "a.xlsx", overwrite=False) as pending:
        pending.temporary.write_bytes(b"workbook")
        pending.seal()
        pending.publish()
    assert (pending.size, pending.sha256) == (8, hashlib.sha256(b"workbook").hexdigest())
    assert (tmp_path / "a.xlsx").read_bytes() == b"workbook"


def test_an_empty_result_is_a_file_too(tmp_path):
    assert written(tmp_path / "a.csv", b"").sha256 == hashlib.sha256().hexdigest()
    assert (tmp_path / "a.csv").read_bytes() == b""


def test_without_publish_nothing_is_left(tmp_path):
    with PendingFile(tmp_path / "a.csv", overwrite=False) as pending:
        pending.stream.write(b"new")
        pending.seal()
    with suppress(ZeroDivisionError), PendingFile(tmp_path / "b.csv", overwrite=False) as pending:
        pending.stream.write(b"new")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_replaced_unasked(tmp_path, links):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"a\.csv exists already\. Choose another name"):
        written(target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_appears_meanwhile_is_not_replaced_either(tmp_path, links):
    target = tmp_path / "a.csv"
    with PendingFile(target, overwrite=False) as pending:
        pending.stream.write(b"new")
        pending.seal()
        target.write_bytes(b"theirs")
        with pytest.raises(OutputError, match="exists already"):
            pending.publish()
    assert target.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_a_dangling_link_counts_as_a_file(tmp_path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "nowhere.csv")
    with pytest.raises(OutputError, match="exists already"):
        written(tmp_path / "a.csv")
    assert not (tmp_path / "nowhere.csv").exists()


def test_overwriting_replaces_in_one_step(tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with target.open("rb") as reader, PendingFile(target, overwrite=True) as pending:
        pending.stream.write(b"new")
        pending.seal()
        assert target.read_bytes() == b"old"
        pending.publish()
        assert target.read_bytes() == b"new"
        assert reader.read() == b"old"  # whoever has it open has all of the old one
    assert list(tmp_path.iterdir()) == [target]


def test_overwriting_through_a_link_replaces_the_link_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "precious.csv").write_bytes(b"precious")
    (tmp_path / "a.csv").symlink_to(tmp_path / "precious.csv")
    written(tmp_path / "a.csv", overwrite=True)
    assert (tmp_path / "precious.csv").read_bytes() == b"precious"
    assert (tmp_path / "a.csv").read_bytes() == b"new"


def test_a_new_file_can_be_withdrawn_and_an_overwritten_one_is_left(tmp_path):
    written(tmp_path / "a.csv").withdraw()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "b.csv").write_bytes(b"old")
    written(tmp_path / "b.csv", overwrite=True).withdraw()
    assert (tmp_path / "b.csv").read_bytes() == b"new"


def test_what_was_never_published_cannot_take_another_file_away(tmp_path):
    target = tmp_path / "a.csv"
    with PendingFile(target, overwrite=False) as pending:
        pending.seal()
        target.write_bytes(b"theirs")
        pending.withdraw()
    assert target.read_bytes() == b"theirs"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_the_permissions_are_those_that_were_asked_for(tmp_path, links, mode):
    before = os.umask(0o022)
    try:
        written(tmp_path / "a.csv", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == mode


def test_leftovers_of_a_power_cut_are_swept_after_a_day_and_nothing_else_is(tmp_path):
    now = time.time()
    ages = {
        ".optoutdesk-0123456789abcdef.part": 90_000,
        ".optoutdesk-fedcba9876543210.part": 80_000,
        ".optoutdesk-settings": 90_000,
        "other.part": 90_000,
    }
    for name, age in ages.items():
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (now - age, now - age))
    written(tmp_path / "a.csv")
    assert {path.name for path in tmp_path.iterdir()} == {*ages, "a.csv"} - {
        ".optoutdesk-0123456789abcdef.part"
    }


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "x"), "There is no room for a.csv on that disk; nothing was written."),
        (OSError(errno.EDQUOT, "x"), "There is no room for a.csv on that disk; nothing was written."),
        (OSError(errno.EFBIG, "x"), "There is no room for a.csv on that disk; nothing was written."),
        (FileNotFoundError(errno.ENOENT, "x"), "There is no folder /shop. Make it, or choose another one."),
        (NotADirectoryError(errno.ENOTDIR, "x"), "There is no folder /shop. Make it, or choose another one."),
        (FileExistsError(errno.EEXIST, "x"), "/shop/a.csv exists already."),
        (OSError(errno.ENAMETOOLONG, "x"), "The name a.csv... is too long. Choose a shorter one."),
        (
            PermissionError(errno.EACCES, "x"),
            "a.csv cannot be written in /shop. Choose a folder that is yours",
        ),
        (OSError(errno.EROFS, "x"), "a.csv cannot be written in /shop. Choose a folder that is yours"),
        (OSError(errno.EIO, "x"), "a.csv cannot be written in /shop. Choose a folder that is yours"),
    ],
)
def test_every_failure_of_the_disk_is_a_sentence_with_the_details_aside(error, sentence):
    told = cannot_write(Path("/shop/a.csv"), error)
    assert str(told).startswith(sentence)
    assert told.details == str(error)


def test_a_disk_that_is_full_before_or_after_the_last_byte(tmp_path, monkeypatch):
    full = OSError(errno.ENOSPC, "No space left on device")
    with PendingFile(tmp_path / "a.csv", overwrite=False) as pending:
        monkeypatch.setattr(os, "fsync", failing(full))
        pending.stream.write(b"new")
        with pytest.raises(OutputError, match=r"There is no room for a\.csv on that disk"):
            pending.seal()
        with monkeypatch.context() as patch:
            patch.setattr(pending.stream, "_file", type("Full", (), {"write": failing(full)})())
            with pytest.raises(OutputError, match=r"There is no room for a\.csv on that disk"):
                pending.stream.write(b"more")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_target(tmp_path):
    with pytest.raises(OutputError, match=r"is a folder\. Give a file name"):
        written(tmp_path, overwrite=True)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"There is no folder .*nowhere\. Make it"):
        written(tmp_path / "nowhere" / "a.csv")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"There is no folder .*file\. Make it"):
        written(tmp_path / "file" / "a.csv")


def test_a_folder_in_which_nothing_can_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "open", failing(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(OutputError, match=r"a\.csv cannot be written in"):
        PendingFile(tmp_path / "a.csv", overwrite=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_rename_that_fails_leaves_nothing(tmp_path, monkeypatch, overwrite):
    monkeypatch.setattr(os, "link", failing(OSError(errno.EPERM, "no links here")))
    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, failing(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(OutputError, match="cannot be written"):
        written(tmp_path / "a.csv", overwrite=overwrite)
    assert list(tmp_path.iterdir()) == []


def test_refusing_says_nothing_where_the_name_is_free(tmp_path):
    refuse_existing(tmp_path / "a.csv", overwrite=False)
    (tmp_path / "a.csv").touch()
    refuse_existing(tmp_path / "a.csv", overwrite=True)


def test_a_replaced_file_comes_back_when_the_act_fails_after_all(tmp_path: Path) -> None:
    target = tmp_path / "list-clean.csv"
    target.write_text("before")
    with PendingFile(target, overwrite=True) as pending:
        pending.stream.write(b"after")
        pending.seal()
        pending.publish()
        assert target.read_text() == "after"
        pending.withdraw()
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_replaced_file_is_gone_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "list-clean.csv"
    target.write_text("before")
    with PendingFile(target, overwrite=True) as pending:
        pending.stream.write(b"after")
        pending.seal()
        pending.publish()
    assert target.read_text() == "after"
    assert list(tmp_path.iterdir()) == [target]
