"""Evidence: kept whole beside the list under its SHA-256, put on record in one act, and looked at before it is opened."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from clock import NOW
from message_files import ASKED
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import OutputError, UserError
from optoutdesk.services.changes import Changes
from optoutdesk.services.evidence import MOST_BYTES, Kept

SHA = hashlib.sha256(ASKED).hexdigest()


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "please stop.eml"
    path.write_bytes(ASKED)
    return path


def kept(desk: Desk, path: Path) -> Kept:
    return desk.evidence.keep(desk.evidence.open(path, NOW))


def record(desk: Desk, *addresses: str, evidence: tuple[Kept, ...] = ()) -> list[int]:
    service = desk.record_optout
    received = service.received(date(2026, 11, 20), NOW)
    recorded, _ = service.record(service.parse(addresses), received, now=NOW, by="Ana", evidence=evidence)
    return [item.request.id for item in recorded]


def test_a_file_is_kept_under_its_hash_for_its_owner_only(desk: Desk, mail: Path) -> None:
    made = kept(desk, mail)
    assert (made.name, made.size, made.sha256) == ("please stop.eml", len(ASKED), SHA)
    stored = desk.paths.evidence / f"{SHA}.eml"
    assert stored.read_bytes() == ASKED
    assert mail.read_bytes() == ASKED  # hers is never changed
    if os.name == "posix":
        assert stored.stat().st_mode & 0o777 == 0o600
        assert desk.paths.evidence.stat().st_mode & 0o777 == 0o700


def test_until_an_act_says_so_nothing_is_on_record(desk: Desk, mail: Path) -> None:
    kept(desk, mail)
    assert desk.store.last_entry() is None
    assert desk.verify_ledger().holds


def test_the_same_file_lies_there_once(desk: Desk, mail: Path, tmp_path: Path) -> None:
    again = tmp_path / "copy.eml"
    again.write_bytes(ASKED)
    kept(desk, mail)
    kept(desk, again)
    assert [path.name for path in desk.paths.evidence.iterdir()] == [f"{SHA}.eml"]


def test_a_kept_file_that_was_damaged_is_made_whole_by_keeping_it_again(desk: Desk, mail: Path) -> None:
    kept(desk, mail)
    stored = desk.paths.evidence / f"{SHA}.eml"
    stored.write_bytes(b"half")
    kept(desk, mail)
    assert stored.read_bytes() == ASKED


def test_recording_with_evidence_is_one_act_for_all_requests(desk: Desk, mail: Path) -> None:
    first, second = record(desk, "maria@a.example", "ben@b.example", evidence=(kept(desk, mail),))
    assert desk.store.last_entry().seq == 1
    found = desk.evidence.of([first, second])
    assert [(e.request, e.name, e.sha256, e.media, e.by, e.at) for e in found] == [
        (first, "please stop.eml", SHA, "message/rfc822", "Ana", NOW),
        (second, "please stop.eml", SHA, "message/rfc822", "Ana", NOW),
    ]
    assert found[0].sender == "maria.ortiz@lakeside.example"
    assert (found[0].subject, found[0].message_id) == ("please stop", "<20261123.17@lakeside.example>")
    assert desk.verify_ledger().holds


def test_the_same_receipt_again_gets_the_evidence_that_it_lacked(desk: Desk, mail: Path) -> None:
    [first] = record(desk, "maria@a.example")
    file = kept(desk, mail)
    assert record(desk, "maria@a.example", evidence=(file,)) == [first]
    assert record(desk, "maria@a.example", evidence=(file,)) == [first]
    assert [e.request for e in desk.evidence.of([first])] == [first]
    assert desk.store.last_entry().seq == 2  # the third time nothing was new
    assert desk.store.count_requests() == 1


def test_evidence_is_added_to_requests_on_record_once(desk: Desk, mail: Path) -> None:
    ids = record(desk, "maria@a.example", "ben@b.example")
    file = kept(desk, mail)
    assert desk.evidence.add(ids[:1], [file], by="Ben", now=NOW) is Changes.REQUESTS
    assert desk.evidence.add(ids, [file, file], by="Ben", now=NOW) is Changes.REQUESTS
    assert desk.evidence.add(ids, [file], by="Ben", now=NOW) is Changes.NOTHING
    assert [e.request for e in desk.evidence.of(ids)] == ids
    assert desk.store.last_entry().act == "add evidence"
    assert desk.store.last_entry().seq == 3
    assert desk.verify_ledger().holds


def test_evidence_of_thousands_of_requests_is_found(desk: Desk, mail: Path) -> None:
    ids = record(desk, *(f"p{n}@a.example" for n in range(950)), evidence=(kept(desk, mail),))
    assert [e.request for e in desk.evidence.of(ids)] == ids


def test_what_was_kept_is_found_again(desk: Desk, mail: Path) -> None:
    [request] = record(desk, "maria@a.example", evidence=(kept(desk, mail),))
    mail.unlink()
    [evidence] = desk.evidence.of([request])
    assert desk.evidence.path_of(evidence).read_bytes() == ASKED


def test_an_altered_file_is_not_opened_and_it_says_so(desk: Desk, mail: Path) -> None:
    [request] = record(desk, "maria@a.example", evidence=(kept(desk, mail),))
    stored = desk.paths.evidence / f"{SHA}.eml"
    stored.write_bytes(ASKED + b"!")
    with pytest.raises(UserError, match=r"“please stop\.eml” was changed"):
        desk.evidence.path_of(desk.evidence.of([request])[0])


def test_a_file_that_is_gone_is_said_to_be_gone(desk: Desk, mail: Path) -> None:
    [request] = record(desk, "maria@a.example", evidence=(kept(desk, mail),))
    (desk.paths.evidence / f"{SHA}.eml").unlink()
    with pytest.raises(UserError, match=r"is no longer in .*evidence"):
        desk.evidence.path_of(desk.evidence.of([request])[0])


def test_the_limit_is_25_megabytes(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7".ljust(MOST_BYTES, b"x"))
    assert desk.evidence.open(path, NOW).size == MOST_BYTES
    path.write_bytes(b"%PDF-1.7".ljust(MOST_BYTES + 1, b"x"))
    with pytest.raises(UserError, match=r"“scan\.pdf” is larger than 25 MB"):
        desk.evidence.open(path, NOW)


def test_what_is_no_file_is_refused(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "mails.eml"
    folder.mkdir()
    with pytest.raises(UserError, match="is a folder"):
        desk.evidence.open(folder, NOW)
    with pytest.raises(UserError, match="is not there"):
        desk.evidence.open(tmp_path / "gone.eml", NOW)
    if hasattr(os, "mkfifo"):  # it would wait for ever
        os.mkfifo(tmp_path / "pipe.eml")
        with pytest.raises(UserError, match="is no file"):
            desk.evidence.open(tmp_path / "pipe.eml", NOW)


def test_what_cannot_be_read_is_said(desk: Desk, mail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")  # a mode would not stop root

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UserError, match="cannot be read"):
        desk.evidence.open(mail, NOW)


def test_what_cannot_be_kept_is_said_and_leaves_nothing(desk: Desk, mail: Path) -> None:
    desk.paths.evidence.write_bytes(b"in the way")
    with pytest.raises(OutputError, match="could not be kept"):
        kept(desk, mail)
    assert desk.paths.evidence.read_bytes() == b"in the way"


def test_a_crash_while_a_file_is_written_leaves_no_half_file(
    desk: Desk, mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="the disk is not full"):
        kept(desk, mail)
    assert list(desk.paths.evidence.iterdir()) == []


def test_a_name_turns_nothing_around_on_screen(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "stop\u202e\u2066 \u05e9\u05dc\u05d5\u05dd\u202f9.eml"
    path.write_bytes(ASKED)
    assert desk.evidence.open(path, NOW).name == "stop \u05e9\u05dc\u05d5\u05dd 9.eml"


def test_a_name_that_is_no_text_can_be_recorded(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"st\xf6p.eml")
    try:
        path.write_bytes(ASKED)
    except OSError:
        return  # a system whose names are always text
    [request] = record(desk, "maria@a.example", evidence=(kept(desk, path),))
    assert desk.evidence.of([request])[0].name == "st?p.eml"
