"""The suppression list goes out whole for her own use, hashed to third parties, and to each platform as it takes it."""

import csv
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import NOW, ZONE
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import Cancelled, OutputError, StoreError, UsageError
from optoutdesk.domain.requests import (
    ALL_MAIL,
    Channel,
    Kind,
    OptIn,
    OptOutRequest,
    Received,
    received_at,
    received_by,
    received_on,
)
from optoutdesk.services import export_files, export_list
from optoutdesk.services.export_list import OWN, THIRD_PARTY, Exported, ExportList, ExportPlan
from optoutdesk.services.export_shapes import HEADER
from optoutdesk.settings import Settings, save_settings
from optoutdesk.spreadsheets.output import PendingFile
from optoutdesk.spreadsheets.profiles import Upload, load_platforms
from optoutdesk.store import Store

DAY = timedelta(days=1)
MD5 = "9e26471d35a78862c17e467d87cddedf"
SHA256 = "8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d"
"""Of jane@example.com, as facts/esp-formats.md has them."""
OTHER_MD5 = hashlib.md5(b"somebody@elsewhere.example").hexdigest()
UPLOADS = {key: each.upload for key, each in load_platforms().items() if each.upload}
WITHOUT = [key for key, each in load_platforms().items() if not each.upload]

Record = Callable[..., OptOutRequest]


def a_request(
    key: str, scope: str, received: Received, kind: Kind = Kind.ADDRESS, *, name: str = "", note: str = ""
) -> OptOutRequest:
    return OptOutRequest(
        id=0,
        kind=kind,
        key=key,
        given=key,
        scope=scope,
        received=received,
        channel=Channel.PHONE,
        note=note,
        by="Ana",
        recorded_at=NOW,
        due=date(2026, 11, 25),
        policy="can-spam",
        counting="Monday to Friday",
        name=name,
    )


@pytest.fixture
def record(desk: Desk) -> Record:
    """Put one request on record."""

    def make(
        key: str,
        scope: str = ALL_MAIL,
        received: Received | datetime = NOW - 14 * DAY,
        kind: Kind = Kind.ADDRESS,
        **more: str,
    ) -> OptOutRequest:
        if isinstance(received, datetime):
            received = received_at(received, ZONE)
        with desk.store.act("record opt-out", by="Ana", now=NOW) as act:
            return act.add_requests([a_request(key, scope, received, kind, **more)])[0]

    return make


@pytest.fixture
def everyone(record: Record) -> None:
    """One of each: people by several scopes, a domain, hashes."""
    record("jane@example.com", name="Jane Doe", note="asked at the till")
    record("bob@example.com", "Garden News", received_on(date(2026, 11, 12), ZONE))
    record("bob@example.com", "Catalogue", NOW - 3 * DAY)
    record("zoe@xn--mller-kva.example", received=received_by(date(2026, 11, 20), ZONE))
    record("rival.example", kind=Kind.DOMAIN)
    record(MD5, kind=Kind.HASH)
    record(SHA256, kind=Kind.HASH)
    record(OTHER_MD5, kind=Kind.HASH)


PEOPLE = ["bob@example.com", "jane@example.com", "zoe@xn--mller-kva.example"]


@pytest.fixture
def write(desk: Desk, tmp_path: Path) -> Callable[..., Exported]:
    def export(name: str, recipient: str = OWN, **more: object) -> Exported:
        return desk.export_list.run(ExportPlan(tmp_path / name, recipient, **more))

    return export


Write = Callable[..., Exported]


def sheet(path: Path) -> list[list[str]]:
    """The rows of a report, as a spreadsheet program reads them."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def lines(path: Path) -> list[str]:
    text = path.read_bytes().decode()
    assert text.endswith("\n") or not text
    assert "\r" not in text
    return text.splitlines()


def uploaded(paths: tuple[Path, ...], upload: Upload) -> list[list[str]]:
    """The rows of all parts, as a platform reads them."""
    rows: list[list[str]] = []
    for path in paths:
        part = list(csv.reader(lines(path), delimiter=upload.delimiter))
        if upload.header_row:
            assert part.pop(0) == [column.header for column in upload.columns]
        rows += part
    return rows


# -- for her own use


def test_a_report_has_everything_in_force_one_line_a_person_and_scope(everyone: None, write: Write) -> None:
    result = write("out.csv")
    assert sheet(result.files[0]) == [
        list(HEADER),
        ["bob@example.com", "address", "2026-11-12", "day", "Garden News", "phone", "", ""],
        ["bob@example.com", "address", "2026-11-21T11:00:00-05:00", "minute", "Catalogue", "phone", "", ""],
        [
            *["jane@example.com", "address", "2026-11-10T11:00:00-05:00", "minute", "all mail", "phone"],
            *["Jane Doe", "asked at the till"],
        ],
        ["zoe@xn--mller-kva.example", "address", "2026-11-20", "unknown", "all mail", "phone", "", ""],
        ["*@rival.example", "domain", "2026-11-10T11:00:00-05:00", "minute", "all mail", "phone", "", ""],
        *(
            [key, kind, "2026-11-10T11:00:00-05:00", "minute", "all mail", "phone", "", ""]
            for key, kind in sorted([(MD5, "md5"), (SHA256, "sha256"), (OTHER_MD5, "md5")])
        ),
    ]
    assert (result.entries, result.skipped, result.widened, result.warning) == (8, 0, 0, "")


def test_a_workbook_has_the_same_rows_as_text(everyone: None, write: Write) -> None:
    report = sheet(write("out.csv").files[0])
    result = write("out.xlsx")
    book = openpyxl.load_workbook(result.files[0])
    rows = list(book.active.iter_rows())
    assert [[cell.value or "" for cell in row] for row in rows] == report
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert result.entries == 8
    book.close()


def test_a_text_file_has_every_person_domain_and_hash_once(everyone: None, write: Write) -> None:
    result = write("out.txt")
    assert lines(result.files[0]) == [*PEOPLE, "*@rival.example", *sorted([MD5, SHA256, OTHER_MD5])]
    assert result.entries == 7


def test_of_several_receipts_the_earliest_one_is_written(record: Record, write: Write) -> None:
    record("jane@example.com", received=NOW - 2 * DAY)
    record("jane@example.com", received=NOW - 9 * DAY)
    record("jane@example.com", received=NOW - 5 * DAY)
    assert [row[2] for row in sheet(write("out.csv").files[0])[1:]] == ["2026-11-15T11:00:00-05:00"]


def test_an_empty_list_is_a_file_with_a_header_only(write: Write) -> None:
    result = write("out.csv")
    assert sheet(result.files[0]) == [list(HEADER)]
    assert result.entries == 0
    assert write("out.txt").files[0].read_bytes() == b""


def test_who_opted_in_again_is_left_out_and_who_left_another_list_is_not(
    desk: Desk, record: Record, write: Write
) -> None:
    for key in ("jane@example.com", "bob@example.com"):
        record(key, "Garden News")
        record(key, "Catalogue", NOW - 5 * DAY)
    with desk.store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(OptIn(0, Kind.ADDRESS, "jane@example.com", ALL_MAIL, NOW - DAY, "Ana", "form", NOW))
        act.add_opt_in(OptIn(0, Kind.ADDRESS, "bob@example.com", "Catalogue", NOW - DAY, "Ana", "form", NOW))
    assert [(row[0], row[4]) for row in sheet(write("out.csv").files[0])[1:]] == [
        ("bob@example.com", "Garden News")
    ]


def test_what_an_undone_import_brought_is_left_out(desk: Desk, tmp_path: Path, write: Write) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Email,Date\njane@example.com,2026-11-01\n")
    batch = bring_in(desk, file)
    assert lines(write("before.txt").files[0]) == ["jane@example.com"]
    desk.undo_import.undo(batch, by="Ana", now=NOW)
    assert lines(write("after.txt").files[0]) == []


@pytest.mark.parametrize("note", ["=1+1", "+1+cmd|' /C calc'!A0", "-2+A3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_report_holds_no_formula(record: Record, write: Write, note: str) -> None:
    record("jane@example.com", note=note, name=note)
    [row] = sheet(write("out.csv").files[0])[1:]
    assert row[6:] == ["'" + note] * 2
    book = openpyxl.load_workbook(write("out.xlsx").files[0])
    assert [cell.data_type for cell in book.active[2] if cell.value] == ["s"] * 8
    book.close()


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["out", "in"]),
        st.sampled_from(["a@x.example", "b@x.example", "*@y.example"]),
        st.sampled_from([ALL_MAIL, "Catalogue", "Garden News"]),
        st.integers(1, 20),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(_EVENTS, st.sampled_from([None, "Catalogue", "Something else"]))
def test_whatever_happened_those_are_written_whom_a_clean_would_remove(events, target: str | None) -> None:
    with tempfile.TemporaryDirectory() as place, closing(Store(Path(place) / "optoutdesk.sqlite")) as store:
        for what, about, scope, days, day_only in events:
            kind = Kind.DOMAIN if about.startswith("*") else Kind.ADDRESS
            key, moment = about.removeprefix("*@"), NOW - days * DAY
            with store.act("act", by="Ana", now=NOW) as act:
                if what == "in":
                    act.add_opt_in(OptIn(0, kind, key, scope, moment, "Ana", "form", NOW))
                else:
                    received = received_on(moment.date(), ZONE) if day_only else received_at(moment, ZONE)
                    act.add_requests([a_request(key, scope, received, kind)])
        listed, _ = store.suppression_list(target)
        result = ExportList(store).run(ExportPlan(Path(place) / "out.txt", scope=target))
        assert set(lines(result.files[0])) == {*listed.addresses, *(f"*@{key}" for key in listed.domains)}
        assert result.entries == len(listed.addresses) + len(listed.domains)


# -- by list, by day


def test_for_one_list_those_are_written_who_are_barred_from_its_mail(everyone: None, write: Write) -> None:
    result = write("out.csv", scope="Catalogue")
    scopes = {(row[0], row[4]) for row in sheet(result.files[0])[1:]}
    assert {scope for key, scope in scopes if key == "bob@example.com"} == {"Catalogue"}
    assert ("jane@example.com", "all mail") in scopes
    assert result.entries == 7


def test_an_opt_in_to_one_list_counts_for_that_list(desk: Desk, record: Record, write: Write) -> None:
    record("jane@example.com")
    with desk.store.act("opt in again", by="Ana", now=NOW) as act:
        act.add_opt_in(OptIn(0, Kind.ADDRESS, "jane@example.com", "Catalogue", NOW, "Ana", "form", NOW))
    assert lines(write("all.txt").files[0]) == ["jane@example.com"]
    assert lines(write("list.txt", scope="Catalogue").files[0]) == []


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (10, None, ["a10@x.example", "a11@x.example", "a12@x.example"]),
        (None, 11, ["a10@x.example", "a11@x.example", "a9@x.example"]),
        (10, 11, ["a10@x.example", "a11@x.example"]),
        (11, 11, ["a11@x.example"]),
        (13, 20, []),
    ],
)
def test_by_day_of_receipt_both_ends_included(
    record: Record, write: Write, since: int | None, until: int | None, expected: list[str]
) -> None:
    for day in range(9, 13):
        record(
            f"a{day}@x.example", received=datetime(2026, 11, day + 1, 4, 30, tzinfo=UTC)
        )  # 23:30 in New York
    days = {
        name: date(2026, 11, day) for name, day in (("since", since), ("until", until)) if day is not None
    }
    assert lines(write("out.txt", **days).files[0]) == expected


# -- to third parties


def test_a_third_party_gets_hashes_and_she_is_told_what_the_law_says(everyone: None, write: Write) -> None:
    result = write("out.csv", THIRD_PARTY)
    expected = [hashlib.sha256(key.encode()).hexdigest() for key in PEOPLE]
    assert expected[1] == SHA256
    assert sheet(result.files[0]) == [["sha256"], *([each] for each in expected), [SHA256]]
    assert (result.entries, result.skipped_domains, result.skipped_hashes) == (4, 1, 2)
    assert "7704(a)(4)(A)(iv)" in result.warning
    assert "passed on" in result.warning


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("recipient", [OWN, THIRD_PARTY])
def test_addresses_are_hashed_by_their_key(
    record: Record, write: Write, algorithm: str, recipient: str
) -> None:
    record("jane@example.com")
    record("jane@example.com", "Catalogue")
    result = write("out.txt", recipient, algorithm=algorithm)
    assert lines(result.files[0]) == [hashlib.new(algorithm, b"jane@example.com").hexdigest()]


def test_no_address_is_in_a_hashed_file(everyone: None, write: Write) -> None:
    for name in ("out.csv", "out.txt"):
        assert b"@" not in write(name, THIRD_PARTY).files[0].read_bytes()


def test_plain_addresses_go_to_a_third_party_only_when_she_says_so_and_without_her_notes(
    everyone: None, write: Write
) -> None:
    result = write("out.csv", THIRD_PARTY, plain_anyway=True)
    assert sheet(result.files[0])[:4] == [["Address"], *([key] for key in PEOPLE)]
    assert "7704(a)(4)(A)(iv)" in result.warning


# -- to platforms


@pytest.mark.parametrize("platform", UPLOADS)
def test_an_upload_has_just_the_columns_the_platform_takes_and_every_person_once(
    everyone: None, write: Write, platform: str
) -> None:
    upload = UPLOADS[platform]
    result = write("out.csv", platform)
    assert [path.name for path in result.files] == ["out.csv"]
    rows = uploaded(result.files, upload)
    assert {len(row) for row in rows} == {len(upload.columns)}
    if upload.all_mail is None:
        assert [row[0] for row in rows] == PEOPLE
        assert result.widened == 1  # bob left two lists only
    assert {row[0] for row in rows} == set(PEOPLE)
    assert (result.entries, result.skipped_domains, result.skipped_hashes) == (len(rows), 1, 3)
    assert result.how
    assert result.warning == ""


@pytest.mark.parametrize("platform", UPLOADS)
def test_an_upload_is_bare_utf_8_with_nothing_defused(record: Record, write: Write, platform: str) -> None:
    record("+jane@example.com", name="=Jane")
    [path] = write("out.csv", platform).files
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    [row] = uploaded((path,), UPLOADS[platform])
    assert row[0] == "+jane@example.com"
    assert "'" not in path.read_text()


def test_an_upload_that_takes_no_quotes_has_none(everyone: None, write: Write) -> None:
    assert not UPLOADS["sendgrid"].quotes
    assert '"' not in write("out.csv", "sendgrid").files[0].read_text()


def test_amazon_s_file_has_no_header_and_a_reason(everyone: None, write: Write) -> None:
    assert lines(write("out.csv", "amazon-ses").files[0]) == [f"{key},COMPLAINT" for key in PEOPLE]


def test_brevo_s_file_has_semicolons_and_listmonk_s_its_three_columns(record: Record, write: Write) -> None:
    record("jane@example.com", name='Jane "JD"  Doe, Ltd.\n')
    assert lines(write("out.csv", "brevo").files[0]) == ["EMAIL", "jane@example.com"]
    assert lines(write("out2.csv", "listmonk").files[0]) == [
        "email,name,attributes",
        'jane@example.com,"Jane ""JD"" Doe, Ltd.",{}',
    ]


def test_mailgun_gets_lists_as_tags_and_the_moment_of_receipt(everyone: None, write: Write) -> None:
    rows = uploaded(write("out.csv", "mailgun").files, UPLOADS["mailgun"])
    assert [row[:2] for row in rows] == [
        ["bob@example.com", "Garden News"],
        ["bob@example.com", "Catalogue"],
        ["jane@example.com", "*"],
        ["zoe@xn--mller-kva.example", "*"],
    ]
    assert parsedate_to_datetime(rows[1][2]) == NOW - 3 * DAY


def test_who_left_all_mail_has_no_tag_of_one_list_at_mailgun(record: Record, write: Write) -> None:
    record("jane@example.com", "Catalogue", NOW - 20 * DAY)
    record("jane@example.com", received=NOW - 2 * DAY)
    rows = uploaded(write("out.csv", "mailgun").files, UPLOADS["mailgun"])
    assert [row[1] for row in rows] == ["*"]


def test_a_list_whose_name_would_be_cut_in_two_becomes_all_mail_at_mailgun(
    record: Record, write: Write
) -> None:
    record("jane@example.com", "Garden, House & Pets")
    result = write("out.csv", "mailgun")
    assert [row[1] for row in uploaded(result.files, UPLOADS["mailgun"])] == ["*"]
    assert result.widened == 1


@pytest.mark.parametrize(
    ("platform", "limit", "sizes"),
    [("postmark", "max_rows", [50, 50, 20]), ("amazon-ses", "max_rows", [50, 50, 20])],
)
def test_more_people_than_a_file_may_hold_go_into_parts(
    record: Record, write: Write, monkeypatch: pytest.MonkeyPatch, platform: str, limit: str, sizes: list[int]
) -> None:
    limited(monkeypatch, platform, **{limit: 50})
    for number in range(120):
        record(f"p{number:03}@example.com")
    result = write("out.csv", platform)
    assert [path.name for path in result.files] == ["out-1.csv", "out-2.csv", "out-3.csv"]
    parts = [uploaded((path,), UPLOADS[platform]) for path in result.files]
    assert [len(part) for part in parts] == sizes
    assert [row[0] for part in parts for row in part] == [
        f"p{number:03}@example.com" for number in range(120)
    ]
    assert result.entries == 120
    assert not (result.files[0].parent / "out.csv").exists()


@pytest.mark.parametrize("platform", ["mailgun", "brevo"])
def test_no_part_is_larger_than_the_platform_takes(
    record: Record, write: Write, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    limited(monkeypatch, platform, max_bytes=500)
    for number in range(120):
        record(f"p{number:03}@example.com")
    result = write("out.csv", platform)
    sizes = [path.stat().st_size for path in result.files]
    assert max(sizes) <= 500
    assert min(sizes[:-1]) > 400  # and none is smaller than need be
    assert len(uploaded(result.files, UPLOADS[platform])) == 120


def limited(monkeypatch: pytest.MonkeyPatch, platform: str, **limits: int) -> None:
    known = dict(load_platforms())
    upload = known[platform].upload
    assert upload is not None
    known[platform] = replace(known[platform], upload=replace(upload, **limits))
    monkeypatch.setattr(export_list, "load_platforms", lambda: known)


def test_the_limits_are_those_of_the_platforms() -> None:
    assert UPLOADS["amazon-ses"].max_rows == 100_000
    assert UPLOADS["mailgun"].max_bytes == 25_000_000


def test_so_many_files_that_nobody_uploads_them_are_refused(
    record: Record, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(export_files, "MOST_PARTS", 2)
    limited(monkeypatch, "postmark", max_rows=1)
    for number in range(3):
        record(f"p{number}@example.com")
    with pytest.raises(OutputError, match="more than 2 files"):
        write("out.csv", "postmark")
    assert nothing_but_data(tmp_path)


@pytest.mark.parametrize("platform", WITHOUT)
def test_a_platform_without_an_upload_says_why(write: Write, platform: str) -> None:
    with pytest.raises(UsageError) as raised:
        write("out.csv", platform)
    assert str(raised.value) == load_platforms()[platform].no_upload


def test_all_platforms_can_be_offered_by_name(desk: Desk) -> None:
    names = [platform.name for platform in desk.export_list.platforms()]
    assert names == sorted(names, key=str.casefold)
    assert len(names) == len(load_platforms())


# -- in again


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Desk]:
    """Another business's empty desk."""
    folder = tmp_path / "other"
    save_settings(folder / "settings.json", Settings(time_zone=ZONE, person="Ben"))
    made = Desk(folder, now=lambda: NOW)
    yield made
    made.close()


def bring_in(desk: Desk, path: Path) -> int:
    """Import a file as it is guessed, and return the batch."""
    service = desk.import_optouts
    preview = service.preview(service.open(path, now=NOW), now=NOW)
    try:
        imported, _ = service.run(preview, by="Ben", now=NOW)
    finally:
        preview.close()
    return imported.batch.id


def suppressed(desk: Desk, scope: str | None = None) -> dict[str, set[str]]:
    listed, _ = desk.store.suppression_list(scope)
    return {
        "addresses": set(listed.addresses),
        "domains": set(listed.domains),
        "hashes": {key.hex() for key in listed.hashes},
    }


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_her_own_export_imported_elsewhere_gives_the_same_list(
    desk: Desk, other: Desk, everyone: None, write: Write, name: str
) -> None:
    bring_in(other, write(name).files[0])
    for scope in (None, "Catalogue", "Garden News", "Something else"):
        assert suppressed(other, scope) == suppressed(desk, scope)
    for key in PEOPLE:
        subject = (Kind.ADDRESS, key)
        ours, theirs = desk.store.requests_about(subject), other.store.requests_about(subject)
        assert [r.received.instant for r in theirs] == [r.received.instant for r in ours]


def test_a_text_file_imported_elsewhere_gives_the_same_people(
    desk: Desk, other: Desk, everyone: None, write: Write
) -> None:
    bring_in(other, write("out.txt").files[0])
    assert suppressed(other) == suppressed(desk)


@pytest.mark.parametrize("name", ["out.csv", "out.txt"])
def test_a_hashed_export_imported_elsewhere_bars_the_same_addresses(
    other: Desk, everyone: None, write: Write, name: str
) -> None:
    bring_in(other, write(name, THIRD_PARTY).files[0])
    answers = other.check_address.check([*PEOPLE, "someone@else.example"])
    assert [answer.may_mail for answer in answers] == [False, False, False, True]


@pytest.mark.parametrize("platform", UPLOADS)
def test_an_upload_of_ours_imported_elsewhere_gives_the_same_people(
    other: Desk, everyone: None, write: Write, platform: str
) -> None:
    for path in write("out.csv", platform).files:
        bring_in(other, path)
    assert suppressed(other)["addresses"] == set(PEOPLE)


def test_mailgun_s_tags_come_back_as_the_same_lists(
    desk: Desk, other: Desk, everyone: None, write: Write
) -> None:
    bring_in(other, write("out.csv", "mailgun").files[0])
    for scope in ("Catalogue", "Garden News", "Something else"):
        assert suppressed(other, scope)["addresses"] == suppressed(desk, scope)["addresses"]


# -- what can go wrong


def nothing_but_data(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} <= {"data"}


@pytest.mark.parametrize(
    ("name", "recipient", "more", "sentence"),
    [
        ("out.pdf", OWN, {}, r"“\.pdf”.*\.csv or \.xlsx or \.txt"),
        ("out", OWN, {}, "“out”"),
        ("out.xlsx", "mailchimp", {}, r"\.csv"),
        ("out.csv", "mailchump", {}, "“mailchump” is not known.*mailchimp"),
        ("out.csv", "mailchimp", {"algorithm": "md5"}, "Mailchimp takes addresses"),
        ("out.csv", THIRD_PARTY, {"algorithm": "crc32"}, "crc32"),
        ("out.csv", OWN, {"plain_anyway": True}, "third party"),
        ("out.csv", THIRD_PARTY, {"plain_anyway": True, "algorithm": "md5"}, "third party"),
        ("out.csv", OWN, {"since": date(2026, 11, 2), "until": date(2026, 11, 1)}, "2026-11-02"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    everyone: None,
    write: Write,
    tmp_path: Path,
    name: str,
    recipient: str,
    more: dict[str, object],
    sentence: str,
) -> None:
    with pytest.raises(UsageError, match=sentence):
        write(name, recipient, **more)
    assert nothing_but_data(tmp_path)


@pytest.mark.parametrize("name", ["out.csv", "out.txt", "out.xlsx"])
def test_a_file_that_exists_is_replaced_only_when_she_says_so(
    everyone: None, write: Write, tmp_path: Path, name: str
) -> None:
    hers = tmp_path / name
    hers.write_text("hers")
    with pytest.raises(OutputError, match="exists already"):
        write(name)
    assert hers.read_text() == "hers"
    assert write(name, overwrite=True).files == (hers,)
    assert hers.read_bytes() != b"hers"


@pytest.mark.parametrize("taken", ["out-1.csv", "out-2.csv"])
def test_when_one_part_exists_none_is_written(
    record: Record, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, taken: str
) -> None:
    limited(monkeypatch, "postmark", max_rows=1)
    for number in range(3):
        record(f"p{number}@example.com")
    (tmp_path / taken).write_text("hers")
    with pytest.raises(OutputError, match=taken):
        write("out.csv", "postmark")
    assert {path.name for path in tmp_path.iterdir()} == {"data", taken}
    assert (tmp_path / taken).read_text() == "hers"


@pytest.mark.parametrize("overwrite", [False, True])
def test_when_the_last_part_cannot_get_its_name_none_has_one(
    record: Record, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, overwrite: bool
) -> None:
    limited(monkeypatch, "postmark", max_rows=1)
    for number in range(3):
        record(f"p{number}@example.com")
    before = {"data"}
    if overwrite:
        (tmp_path / "out-1.csv").write_text("hers")
        before.add("out-1.csv")
    real = PendingFile.publish

    def publish(part: PendingFile) -> None:
        if part.target.name == "out-3.csv":
            raise OutputError("no")
        real(part)

    monkeypatch.setattr(PendingFile, "publish", publish)
    with pytest.raises(OutputError):
        write("out.csv", "postmark", overwrite=overwrite)
    left = {path.name for path in tmp_path.iterdir()}
    if overwrite:
        assert (tmp_path / "out-1.csv").read_text() == "hers"
        left.discard("out-2.csv")  # without the file it replaced it would not have come back
    assert left == before


@pytest.mark.parametrize("name", ["out.csv", "out.txt", "out.xlsx"])
def test_when_she_stops_it_nothing_is_left(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(export_list, "_AT_ONCE", 2)
    for number in range(9):
        record(f"p{number}@example.com")
    seen = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done > 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        desk.export_list.run(ExportPlan(tmp_path / name), progress)
    assert seen == [(2, 9), (4, 9), (6, 9)]
    assert nothing_but_data(tmp_path)


def test_progress_ends_with_all(desk: Desk, everyone: None, tmp_path: Path) -> None:
    seen = []
    desk.export_list.run(ExportPlan(tmp_path / "out.csv"), lambda *far: seen.append(far))
    assert seen[-1] == (8, 8)


def test_what_is_recorded_meanwhile_waits_for_nobody_and_is_not_in_it(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(export_list, "_AT_ONCE", 1)
    record("a@example.com")
    record("b@example.com")

    def progress(done: int, _total: int) -> None:
        if done == 1:
            record("c@example.com")

    result = desk.export_list.run(ExportPlan(tmp_path / "out.txt"), progress)
    assert lines(result.files[0]) == ["a@example.com", "b@example.com"]
    assert not desk.check_address.check(["c@example.com"])[0].may_mail


def test_an_export_changes_nothing(desk: Desk, everyone: None, write: Write) -> None:
    head = desk.store.head()
    write("out.csv")
    assert desk.store.head() == head


def test_a_file_is_readable_by_its_owner_only(everyone: None, write: Write) -> None:
    for name, recipient in (("out.csv", OWN), ("out.xlsx", OWN), ("up.csv", "mailchimp")):
        assert write(name, recipient).files[0].stat().st_mode & 0o077 == 0


def test_where_there_is_no_folder_one_sentence_is_said(everyone: None, write: Write) -> None:
    for name in ("nowhere/out.csv", "nowhere/out.xlsx"):
        with pytest.raises(OutputError, match="There is no folder"):
            write(name)


def test_a_damaged_list_is_said_to_be_damaged(
    desk: Desk, everyone: None, write: Write, tmp_path: Path
) -> None:
    desk.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    data = bytearray(desk.paths.store.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    desk.store.close()
    desk.paths.store.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged"):
        write("out.csv")
    assert nothing_but_data(tmp_path)
