"""The sample data in resources/samples are what make_samples.py writes, and are in themselves sound."""

import csv
import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from optoutdesk.desk import Desk
from optoutdesk.domain.dates import DayOrder
from optoutdesk.domain.importing import Shown
from optoutdesk.domain.requests import Kind
from optoutdesk.services.clean_list import Plan
from optoutdesk.services.import_optouts import Options, Preview, Question

TESTS = Path(__file__).resolve().parent
SAMPLES = TESTS.parent / "resources" / "samples"
LISTS = ["customers.csv", "customers.xlsx", "google-contacts.csv", "newsletter.txt", "outlook-contacts.csv"]
IMPORTS = ["mailchimp-unsubscribed.csv", "mailchimp-audience.zip", "old-opt-outs.xlsx", "partner-md5.txt"]
MONTH_FIRST = Options(day_order=DayOrder.MONTH_FIRST)
REASONS = {"opted-out", "domain", "duplicate", "not-an-address", "no-address"}
CHANNELS = {
    *("link", "reply", "list-unsubscribe", "phone", "letter", "in-person"),
    *("web-form", "platform-export", "complaint", "bounce", "other"),
}
NOW = dt.datetime.fromisoformat("2026-11-24T11:00-05:00")


def make_samples(folder: Path, **environment: str) -> dict[str, bytes]:
    command = [sys.executable, str(TESTS / "make_samples.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def unzipped(workbook: bytes) -> list[tuple[str, tuple[int, ...], bytes]]:
    """All of a workbook but how far it was pressed: that differs between builds of zlib."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return [(part.filename, part.date_time, archive.read(part)) for part in archive.infolist()]


def read_json(name: str):
    return json.loads((SAMPLES / name).read_text("utf-8"))


def read_text(name: str, encoding: str) -> str:
    return (SAMPLES / name).read_bytes().decode(encoding)


def read_csv(name: str, encoding: str, delimiter: str) -> list[dict[str, str]]:
    text = io.StringIO(read_text(name, encoding), newline="")
    return list(csv.DictReader(text, delimiter=delimiter, strict=True))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return make_samples(tmp_path_factory.mktemp("samples"), PYTHONHASHSEED="1", TZ="UTC")


def test_the_samples_are_those_the_script_writes(fresh):
    kept = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if not path.name.startswith(".")}
    assert kept.keys() == fresh.keys()
    for name, content in fresh.items():
        if name.endswith((".xlsx", ".zip")):
            assert unzipped(kept[name]) == unzipped(content)
        else:
            assert kept[name] == content, name


def test_another_run_elsewhere_gives_the_same_bytes(fresh, tmp_path):
    assert make_samples(tmp_path, PYTHONHASHSEED="2", TZ="Asia/Tokyo") == fresh


def test_the_samples_are_small():
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 200_000


# --- the opt-out requests


def test_each_opt_out_request_is_well_formed():
    requests = read_json("opt-outs.json")
    assert len({request["address"] for request in requests}) == len(requests) == 40
    assert {request["channel"] for request in requests} == CHANNELS
    for request in requests:
        assert list(request) == ["address", "received", "channel", "scope", "by", "note", "done"]
        assert re.fullmatch(r"[^@\s]+@[\w.-]+\.example", request["address"])
        assert request["scope"] in {"all", "Newsletter", "Promotions"}
        assert request["by"] in {"Ana", "Ben", ""}


def test_a_request_is_received_in_new_york_and_done_after_that_but_not_in_the_future():
    for request in read_json("opt-outs.json"):
        received, done = request["received"], request["done"]
        if len(received) > len("2026-11-10"):
            moment = dt.datetime.fromisoformat(received)
            assert moment.utcoffset() == dt.timedelta(
                hours=-4 if moment.date() < dt.date(2026, 11, 1) else -5
            )
            assert moment <= NOW
        else:  # only the day is known: it counts until its end
            moment = dt.datetime.fromisoformat(f"{received}T23:59:59-05:00")
        if done is not None:
            assert moment < dt.datetime.fromisoformat(done) <= NOW


def test_the_open_requests_are_those_of_the_today_screen():
    still_open = [
        (request["address"], request["received"][:16], request["channel"], request["scope"], request["by"])
        for request in read_json("opt-outs.json")
        if request["done"] is None
    ]
    assert still_open == [
        ("maria.ortiz@lakeside.example", "2026-11-10T16:42", "phone", "all", "Ana"),
        ("hello@brightpaws.example", "2026-11-12T09:05", "reply", "Newsletter", ""),
        ("j.okafor@northgate.example", "2026-11-20T11:30", "web-form", "all", ""),
        ("sales@ferrystreet.example", "2026-11-23T08:14", "letter", "all", ""),
        ("p.lindqvist@fjord.example", "2026-11-24T10:51", "in-person", "all", "Ana"),
    ]


# --- what cleaning must give


def test_each_list_has_an_expected_result():
    assert sorted(read_json("expected.json")) == LISTS


@pytest.mark.parametrize("name", LISTS)
def test_every_row_is_accounted_for(name):
    expected = read_json("expected.json")[name]
    assert expected["reasons"].keys() == REASONS
    assert expected["kept"] + sum(expected["reasons"].values()) == expected["rows"]


@pytest.mark.parametrize("name", LISTS)
def test_exactly_the_suppressed_must_go(name):
    requested = {request["address"] for request in read_json("opt-outs.json")}
    suppressed = {
        address.replace("müller", "xn--mller-kva").replace("bücher", "xn--bcher-kva") for address in requested
    }
    expected = read_json("expected.json")[name]
    blocked = re.compile(r".+@(.+\.)?competitor\.example")
    assert expected["must_go"]
    assert all(key in suppressed or blocked.fullmatch(key) for key in expected["must_go"])
    assert not any(key in suppressed or blocked.fullmatch(key) for key in expected["must_stay"])


# --- the lists


def test_the_workbook_opens_in_openpyxl_with_real_dates_and_texts():
    book = load_workbook(SAMPLES / "customers.xlsx")
    assert book.sheetnames == ["Customers", "Suppliers"]
    title, blank, header, *rows = book["Customers"].iter_rows()
    assert title[0].value.startswith("Lakeside Garden Supply - customers")
    assert {cell.value for cell in blank} == {None}
    assert [cell.value for cell in header] == [
        *("Customer no.", "Name", "E-mail", "Phone", "City", "Last order", "Total", "Notes"),
    ]
    assert len(rows) == read_json("expected.json")["customers.xlsx"]["rows"]
    for number, _, _, phone, _, last_order, total, note in rows:
        assert re.fullmatch(r"000\d{3}", number.value)
        assert isinstance(phone.value, str | None)
        assert last_order.is_date or last_order.value is None
        assert isinstance(total.value, float | int)
        assert total.number_format == "#,##0.00"
        assert note.data_type != "f"
    assert "=see invoice 1042" in {row[7].value for row in rows}


def test_the_workbook_opens_in_calamine_with_the_same_rows():
    sheet = load_workbook(SAMPLES / "customers.xlsx")["Customers"]
    plain = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    read = CalamineWorkbook.from_path(SAMPLES / "customers.xlsx").get_sheet_by_name("Customers").to_python()
    assert [row[:5] for row in read] == [row[:5] for row in plain]
    assert any(isinstance(row[5], dt.date) for row in read)


def test_customers_csv_is_windows_1252_and_has_the_people_of_the_workbook():
    raw = (SAMPLES / "customers.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert b'5" pots' in raw
    rows = read_csv("customers.csv", "cp1252", ";")
    sheet = load_workbook(SAMPLES / "customers.xlsx")["Customers"]
    people = [tuple(row[:2]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert [(row["Customer no."], row["Name"]) for row in rows] == people
    assert any("\n" in row["Notes"] for row in rows)


def test_google_contacts_hold_several_addresses_and_names_beyond_latin_1():
    rows = read_csv("google-contacts.csv", "utf-8", ",")
    assert len(rows) == read_json("expected.json")["google-contacts.csv"]["rows"]
    assert any(" ::: " in row["E-mail 1 - Value"] for row in rows)
    assert all(row["E-mail 1 - Label"].startswith("* ") for row in rows if row["E-mail 1 - Value"])
    assert "花子" in {row["Last Name"] for row in rows}


def test_outlook_contacts_quote_everything_and_hold_exchange_entries():
    rows = read_csv("outlook-contacts.csv", "cp1252", ",")
    assert len(rows) == read_json("expected.json")["outlook-contacts.csv"]["rows"]
    assert {row["E-mail Type"] for row in rows} == {"SMTP", "EX", ""}
    assert all(row["E-mail Address"].startswith("/o=") for row in rows if row["E-mail Type"] == "EX")
    with pytest.raises(UnicodeDecodeError):
        read_text("outlook-contacts.csv", "utf-8")


def test_newsletter_has_one_subscriber_a_line():
    lines = read_text("newsletter.txt", "utf-8").splitlines()
    assert len(lines) == read_json("expected.json")["newsletter.txt"]["rows"]
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize(("name", "encoding"), [(name, "cp1252") for name in LISTS if name.endswith("s.csv")])
def test_every_domain_is_invented(name, encoding):
    text = read_text(name, "utf-8" if name.startswith("google") else encoding)
    for domain in re.findall(r"@([\w-]+(?:\.[\w-]+)+)", text):
        assert domain.lower().endswith(".example")


# --- the opt-outs to bring in


@pytest.fixture
def garden_shop(desk: Desk) -> Desk:
    """The desk of the sample business: the requests of opt-outs.json are on record."""
    service, now = desk.record_optout, desk.now()
    for item in read_json("opt-outs.json"):
        text = item["received"]
        received = dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
        entries = service.parse([item["address"]])
        service.record(entries, service.received(received, now), now=now, by="Ana", scope=item["scope"])
    return desk


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return copy_of(request.param, tmp_path)


def copy_of(name: str, folder: Path) -> Path:
    """A sample as it lay there on the day of the samples."""
    path = folder / name
    path.write_bytes((SAMPLES / name).read_bytes())
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return path


def preview_of(desk: Desk, file: Path) -> Preview:
    options = MONTH_FIRST if file.suffix == ".xlsx" else None
    return desk.import_optouts.preview(
        desk.import_optouts.open(file, options, now=desk.now()), now=desk.now()
    )


def bring_in(desk: Desk, file: Path) -> int:
    """Import a sample; returns the number of the import."""
    with preview_of(desk, file) as preview:
        imported, _ = desk.import_optouts.run(preview, by="Ana", now=desk.now())
    return imported.batch.id


def test_each_file_of_opt_outs_has_an_expected_result():
    assert list(read_json("expected-imports.json")) == [*IMPORTS, "afterwards"]


@pytest.mark.parametrize("name", IMPORTS)
def test_every_row_of_a_file_of_opt_outs_has_one_expected_outcome(name):
    expected = read_json("expected-imports.json")[name]
    assert sum(expected["outcomes"].values()) == expected["rows"]
    assert expected["outcomes"]["new"] > 10
    assert expected["overdue"] <= expected["outcomes"]["new"]


@pytest.mark.parametrize("file", IMPORTS, indirect=True)
def test_importing_a_sample_gives_what_was_planted(garden_shop, file):
    expected = read_json("expected-imports.json")[file.name]
    with preview_of(garden_shop, file) as preview:
        counts = preview.counts
        given = {shown.value: counts.by.get(shown, 0) for shown in Shown}
        assert counts.rows == expected["rows"]
        assert {name: given[name] for name in expected["outcomes"]} == expected["outcomes"]
        assert given["overdue"] == expected["overdue"]
        assert given["review"] == given["hidden"] == given["lifted"] == 0
        assert counts.requests == expected["requests"]
        new = {row.key for row in preview.rows(Shown.NEW)}
        assert new == set(expected["suppressed"])
        imported, _ = garden_shop.import_optouts.run(preview, by="Ana", now=garden_shop.now())
    assert imported.batch.requests == expected["requests"]
    if file.suffix != ".txt":
        answers = garden_shop.check_address.check(expected["suppressed"])
        assert not any(answer.may_mail for answer in answers)


def test_after_all_imports_cleaning_removes_exactly_who_is_suppressed(garden_shop, tmp_path):
    for name in IMPORTS:
        bring_in(garden_shop, copy_of(name, tmp_path))
    for name, expected in read_json("expected-imports.json")["afterwards"].items():
        result = garden_shop.clean_list.examine(Plan(garden_shop.clean_list.open(copy_of(name, tmp_path))))
        assert (result.rows, result.kept) == (expected["rows"], expected["kept"]), name
        reasons = {reason.value: count for reason, count in result.reasons.items() if count}
        assert reasons == {reason: count for reason, count in expected["reasons"].items() if count}, name
        before = read_json("expected.json")[name]["must_stay"]
        stay = [key for key in before if key not in expected["must_go"]]
        answers = garden_shop.check_address.check(before)
        assert [answer.may_mail for answer in answers] == [key in stay for key in before], name


def test_taking_all_imports_back_leaves_the_list_as_it_was(garden_shop, tmp_path):
    ids = [bring_in(garden_shop, copy_of(name, tmp_path)) for name in IMPORTS]
    for batch in reversed(ids):
        garden_shop.undo_import.undo(batch, by="Ana", now=garden_shop.now())
    for name in LISTS:
        result = garden_shop.clean_list.examine(Plan(garden_shop.clean_list.open(copy_of(name, tmp_path))))
        assert result.kept == read_json("expected.json")[name]["kept"]


@pytest.mark.parametrize("file", ["mailchimp-audience.zip"], indirect=True)
def test_of_an_audience_the_subscribed_are_never_taken(desk, file):
    source = desk.import_optouts.open(file, now=desk.now())
    assert [(part.profile.id, part.taken) for part in source.parts] == [
        ("mailchimp-unsubscribed", True),
        ("mailchimp-cleaned", True),
        ("mailchimp-subscribed", False),
    ]


@pytest.mark.parametrize("file", ["old-opt-outs.xlsx"], indirect=True)
def test_last_year_s_spreadsheet_asks_for_its_dates_and_shows_what_is_hidden(desk, file):
    source = desk.import_optouts.open(file, now=desk.now())
    assert source.question == (0, Question.DAY_ORDER)
    [part] = source.parts
    assert part.findings.filtered
    assert part.findings.hidden_rows == 6
    assert part.findings.other_sheets == ("Before 2025",)
    with preview_of(desk, file) as preview:
        received = {row.key: row.received.day for row in preview.rows(Shown.NEW)}
    assert received["ada.nash@snowdrop.example"] == dt.date(2025, 2, 11)
    assert received["carlos.mendez@mailbox.example"] == dt.date(2025, 9, 4)


@pytest.mark.parametrize("file", ["partner-md5.txt"], indirect=True)
def test_the_partner_s_hashes_are_of_known_people_and_of_others(garden_shop, file):
    with preview_of(garden_shop, file) as preview:
        assert {row.kind for row in preview.rows(Shown.NEW)} == {Kind.HASH}
        assert (preview.counts.hashes, preview.counts.hashes_matched) == (26, 2)
