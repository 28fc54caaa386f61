"""Every file that is recognised, and every format, brings in the right people, dates and lists by the command line."""

import csv
import hashlib
import io
import json
import random
import re
import runpy
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import to_excel

from import_cases import CASES, FILES, Expected, put, recorded, saved, undated
from optoutdesk import __main__
from optoutdesk.desk import Desk
from optoutdesk.domain.importing import Outcome
from optoutdesk.settings import Settings, save_settings

odd = runpy.run_path(str(Path(__file__).parents[1] / "spreadsheets" / "odd_workbooks.py"))
NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
IMPORTED = [name for name, case in CASES.items() if not case.refused]
REFUSED = [name for name, case in CASES.items() if case.refused]


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        assert (self.code, self.err) == (0, "")
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


@dataclass
class Shop:
    """A business in New York, its suppression list and a folder with files."""

    data: Path
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> Ran:
        code = __main__.main(["--data", str(self.data), *map(str, arguments)])
        return Ran(code, *self.capsys.readouterr())

    def file(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return saved(path)

    def bring_in(self, path: Path, *arguments: object) -> dict:
        return self.run("import", path, "--json", *arguments).json

    @property
    def recorded(self) -> list[Expected]:
        return sorted(recorded(self.data))


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setitem(Desk.__init__.__kwdefaults__, "now", lambda: NOW)
    data, folder = tmp_path / "data", tmp_path / "files"
    folder.mkdir()
    save_settings(data / "settings.json", Settings(time_zone="America/New_York", person="Ana"))
    return Shop(data, folder, capsys)


def rows_of(name: str) -> list[list[str]]:
    """The rows of a test file, read by the csv module alone."""
    data = (FILES / name).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def assert_came_in(shop: Shop, name: str, report: dict) -> None:
    """What is on record, and what was said about it, is what the file holds."""
    case = CASES[name]
    assert shop.recorded == sorted(case.requests)
    assert [part["profile"] for part in report["parts"]] == [case.profile]
    outcomes = {outcome: report["outcomes"][outcome.value] for outcome in Outcome}
    assert {outcome: count for outcome, count in outcomes.items() if count} == case.counts
    rows = len(rows_of(name)) - (name != "ses-suppression.csv")
    assert report["rows"] == rows == sum(outcomes.values())
    assert report["rows"] == sum(report[key] for key in ("imported", "already_known", "review", "skipped"))
    assert report["requests"] == len(case.requests)
    undated_rows = {e.key for e in case.requests if e.precision == "unknown"}
    assert report["outcomes"]["undated"] == len(undated_rows)
    assert {(r["outcome"], r["reason"]) for r in report["reasons"]} == {
        (outcome.value, reason) for _, outcome, reason in case.left_out
    }


def test_every_file_has_its_expectations() -> None:
    assert {path.name for path in FILES.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", IMPORTED)
def test_a_file_of_a_platform_comes_in(shop: Shop, name: str) -> None:
    path = put(name, shop.folder)
    before = path.read_bytes()
    report = shop.bring_in(path, *CASES[name].arguments)
    assert_came_in(shop, name, report)
    assert report["batch"] == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", IMPORTED)
def test_a_dry_run_says_the_same_and_writes_nothing(shop: Shop, name: str) -> None:
    path = put(name, shop.folder)
    dry = shop.bring_in(path, *CASES[name].arguments, "--dry-run")
    assert shop.recorded == []
    assert not (shop.data / "backups").exists()
    assert [each.name for each in shop.folder.iterdir()] == [name]
    wet = shop.bring_in(path, *CASES[name].arguments)
    for key in ("batch", "backup", "review_file", "review_files"):
        assert dry.pop(key) in (None, [])
        wet.pop(key)
    assert dry == wet


@pytest.mark.parametrize("name", IMPORTED)
def test_the_counts_are_told_in_words(shop: Shop, name: str) -> None:
    case = CASES[name]
    ran = shop.run("import", put(name, shop.folder), *case.arguments)
    assert ran.code == 0
    new, rows = case.counts[Outcome.NEW], sum(case.counts.values())
    assert f"{new:,} of {rows:,} rows imported" in ran.out
    for _, _, reason in case.left_out:
        assert reason in ran.out
    left_out = case.counts.get(Outcome.ACTIVE, 0)
    assert bool(re.search(r"no opt-out", ran.out + ran.err)) == bool(left_out)
    assert "Batch 1" in ran.out


@pytest.mark.parametrize("name", REFUSED)
def test_contacts_are_never_brought_in(shop: Shop, name: str) -> None:
    case = CASES[name]
    path = put(name, shop.folder)
    for more in ([], ["--dry-run"], ["--all-opted-out"]):
        ran = shop.run("import", path, *more)
        assert ran.code == 1
        assert re.search(case.refused, ran.err)
        assert re.search(r"optoutdesk: There is nothing to import in .*\n\Z", ran.err)
    assert shop.recorded == []


# --- the same data in other clothes ---------------------------------------------------------------------------------


def as_text(rows: Sequence[Sequence[str]], delimiter: str, encoding: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode(encoding)


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as Excel holds them once a CSV was opened in it: dates are dates, Unix seconds are numbers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([_typed(cell) for cell in row])
    for cell in (cell for row in sheet for cell in row if cell.data_type == "f"):
        cell.data_type = "s"  # =junk@@netlane.example is no formula that Excel would take
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _typed(cell: str) -> object:
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", cell):
        return datetime.fromisoformat(cell)
    if re.fullmatch(r"\d{2}/\d\d/\d\d \d\d:\d\d[ap]m", cell):
        return datetime.strptime(cell, "%m/%d/%y %I:%M%p")
    return int(cell) if re.fullmatch(r"[1-9]\d{0,9}", cell) else cell


def as_old_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as Excel 97 holds them: dates are numbers with a format."""
    cells = b""
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            value = _typed(text)
            if isinstance(value, datetime):
                cells += odd["number"](number, column, to_excel(value), 1)
            elif isinstance(value, int):
                cells += odd["number"](number, column, float(value), 0)
            elif text:
                cells += odd["label"](number, column, text)
    stream = odd["xls_stream"]({"Contacts": cells}, formats=("General", "yyyy-mm-dd hh:mm:ss"))
    return odd["ole"]({"Workbook": stream})


def as_open_document(rows: Sequence[Sequence[str]]) -> bytes:
    def cell(text: str) -> str:
        value = _typed(text)
        if isinstance(value, datetime):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return odd["ods_text"](escape(text)) if text else "<table:table-cell/>"

    table = odd["ods_table"]("".join(odd["ods_row"](*map(cell, row)) for row in rows))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, part in odd["ods_parts"](table).items():
            package.writestr(name, part)
    return stream.getvalue()


DRESSES: dict[str, Callable[[Sequence[Sequence[str]]], bytes]] = {
    "tsv": lambda rows: as_text(rows, "\t", "utf-8"),
    "txt": lambda rows: as_text(rows, "|", "utf-8-sig"),
    "csv": lambda rows: as_text(rows, ";", "utf-16"),
    "old.csv": lambda rows: as_text(rows, ",", "cp1252"),
    "xlsx": as_workbook,
    "xls": as_old_workbook,
    "ods": as_open_document,
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("name", IMPORTED)
def test_the_same_data_in_another_format(shop: Shop, name: str, dress: str) -> None:
    # The name of the group stands in the file's name only.
    path = shop.file(f"{name.removesuffix('.csv')}.{dress}", DRESSES[dress](rows_of(name)))
    assert_came_in(shop, name, shop.bring_in(path, *CASES[name].arguments))


@pytest.mark.parametrize("name", [name for name in IMPORTED if name != "ses-suppression.csv"])
def test_the_same_columns_in_any_order(shop: Shop, name: str) -> None:
    rows = rows_of(name)
    order = list(range(len(rows[0])))
    random.Random(name).shuffle(order)
    shuffled = [[row[i] if i < len(row) else "" for i in order] for row in rows]
    path = shop.file(name, as_text(shuffled, ",", "utf-8"))
    assert_came_in(shop, name, shop.bring_in(path, *CASES[name].arguments))


# --- a whole audience in a ZIP --------------------------------------------------------------------------------------

MAILCHIMP = [f"{kind}_email_audience_export_4a1b2c.csv" for kind in ("subscribed", "unsubscribed", "cleaned")]


def audience(*more: tuple[str, bytes], folder: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name in MAILCHIMP:
            info = zipfile.ZipInfo(folder + name, (2026, 11, 19, 9, 0, 0))
            package.writestr(info, (FILES / name).read_bytes())
        for name, content in more:
            package.writestr(zipfile.ZipInfo(folder + name, (2026, 11, 19, 9, 0, 0)), content)
    return stream.getvalue()


def test_of_a_mailchimp_zip_the_unsubscribed_and_the_cleaned_come_in_and_the_subscribed_never(
    shop: Shop,
) -> None:
    path = shop.file("audience.zip", audience(("granular.json", b"{}"), ("__MACOSX/._a.csv", b"x")))
    report = shop.bring_in(path)
    assert shop.recorded == sorted(CASES[MAILCHIMP[1]].requests | CASES[MAILCHIMP[2]].requests)
    assert [(part["name"], part["taken"]) for part in report["parts"]] == [
        (MAILCHIMP[0], False),
        (MAILCHIMP[1], True),
        (MAILCHIMP[2], True),
    ]
    assert (report["rows"], report["imported"], report["skipped"]) == (4, 3, 1)
    assert (
        f"{MAILCHIMP[0]} is not imported: Mailchimp, subscribed contacts: contacts, not opt-outs."
        in report["notes"]
    )
    assert "granular.json in the ZIP is passed over: not a list." in report["notes"]


def test_what_else_lies_in_a_zip_does_not_stand_in_the_way(shop: Shop) -> None:
    strange = ("README.txt", b"This archive was made for you.\nThank you!\n")
    head_only = ("empty_export.csv", b"Name,Phone\n")
    report = shop.bring_in(shop.file("audience.zip", audience(strange, head_only, folder="export 2026/")))
    assert len(shop.recorded) == 3
    assert [part["name"] for part in report["parts"] if not part["taken"]] == [
        MAILCHIMP[0],
        "README.txt",
        "empty_export.csv",
    ]
    assert "README.txt is not imported: no column of it holds addresses." in report["notes"]


def test_a_subscribed_row_of_someone_suppressed_is_a_conflict_and_nothing_more(shop: Shop) -> None:
    assert shop.run("add", "dee@finchandsons.example", "--received", "2026-01-02").code == 0
    before = shop.recorded
    report = shop.bring_in(shop.file("audience.zip", audience()))
    assert (report["outcomes"]["conflict"], report["outcomes"]["active"]) == (1, 0)
    assert [each for each in shop.recorded if each.key == "dee@finchandsons.example"] == before


def test_rows_of_a_zip_without_a_date_were_received_by_the_day_it_was_packed(shop: Shop) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(zipfile.ZipInfo("a.csv", (2026, 3, 4, 9, 0, 0)), b"Email\nann@a.example\n")
        package.writestr(zipfile.ZipInfo("b.csv"), b"Email\nbo@a.example\n")  # a clock that was never set
    shop.bring_in(shop.file("lists.zip", stream.getvalue()))
    assert shop.recorded == [
        Expected("ann@a.example", "2026-03-04T05:00:00+00:00", "2026-03-04", "unknown", channel="other"),
        undated("bo@a.example", channel="other"),
    ]


# --- files that no platform wrote -----------------------------------------------------------------------------------


def test_a_plain_text_of_addresses(shop: Shop) -> None:
    path = shop.file(
        "stop.txt",
        "Ann@A.example\r\n\r\n  bo@b.example \r\nCy Pond <cy@c.example>; dee@c.example\r\nnobody\r\n",
    )
    report = shop.bring_in(path)
    keys = ["ann@a.example", "bo@b.example", "cy@c.example", "dee@c.example"]
    assert shop.recorded == [undated(key, channel="other") for key in keys]
    assert (report["rows"], report["imported"], report["review"], report["requests"]) == (4, 3, 1, 4)


@pytest.mark.parametrize("header", ["", "MD5\n", "email_hash\n"])
@pytest.mark.parametrize("spell", [str.lower, str.upper])
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_hashes_of_each_kind(shop: Shop, algorithm: str, spell: Callable[[str], str], header: str) -> None:
    hashes = [hashlib.new(algorithm, a.encode()).hexdigest() for a in ("jane@example.com", "bo@b.example")]
    assert shop.run("add", "jane@example.com").code == 0
    report = shop.bring_in(shop.file("partner.txt", header + "\n".join(map(spell, hashes)) + "\n"))
    assert (report["hashes"], report["hashes_matched"], report["imported"]) == (2, 1, 2)
    assert [each for each in shop.recorded if each.kind == "hash"] == sorted(
        undated(each, channel="other", kind="hash") for each in hashes
    )
    assert shop.run("check", "Bo@B.example").code == 10
    assert shop.run("check", "someone@b.example").code == 0


def test_domains(shop: Shop) -> None:
    report = shop.bring_in(shop.file("rivals.txt", "*@Rival.example\n@other.example\nbare.example\n"))
    assert shop.recorded == [
        undated(domain, channel="other", kind="domain") for domain in ("other.example", "rival.example")
    ]
    assert (report["domains"], report["imported"], report["review"]) == (2, 2, 1)
    assert shop.run("check", "anyone@mail.rival.example").code == 10


def test_a_file_without_a_header_needs_none(shop: Shop) -> None:
    path = shop.file("plain.csv", "Ann,ann@a.example,2026-03-02\nBo,bo@b.example,2026-03-03 10:15\n")
    report = shop.bring_in(path, "--map", "received=C", "--map", "name=1")
    assert report["parts"][0]["columns"]["address"] == ["Column 2"]
    assert shop.recorded == [
        Expected("ann@a.example", "2026-03-02T05:00:00+00:00", "2026-03-02", "day", channel="other"),
        Expected("bo@b.example", "2026-03-03T15:15:00+00:00", "2026-03-03", channel="other"),
    ]


def test_every_column_of_a_list_of_her_own(shop: Shop) -> None:
    path = shop.file(
        "own.csv",
        "Full Name;Mail;Asked to stop on;Via;List\n"
        "Ann Dole;ann@a.example;2 March 2026;phone;Shop news\n"
        "Bo;bo@b.example;;letter;\n",
    )
    words = ["--map", "received=asked to stop on", "--map", "channel=D", "--map", "scope=5"]
    shop.bring_in(path, *words, "--received-default", "2026-10-01")
    assert shop.recorded == [
        Expected("ann@a.example", "2026-03-02T05:00:00+00:00", "2026-03-02", "day", "Shop news", "phone"),
        Expected("bo@b.example", "2026-10-01T04:00:00+00:00", "2026-10-01", "day", "all", "letter"),
    ]


# --- dates ----------------------------------------------------------------------------------------------------------


def received(shop: Shop, header: str, cell: object, *options: str, zone: str = "America/New_York") -> tuple:
    """How one cell of a received column comes to be on record."""
    save_settings(shop.data / "settings.json", Settings(time_zone=zone, person="Ana"))
    shop.bring_in(shop.file("one.csv", f'{header}\nann@a.example,"{cell}"\n'), *options)
    (found,) = shop.recorded
    return found.received.removesuffix("+00:00"), found.day, found.precision


@pytest.mark.parametrize(
    ("cell", "zone", "expected"),
    [
        # In New York at 02:30 it is another day by Mailchimp's UTC: the earlier one counts.
        ("2026-03-02 02:30:00", "America/New_York", ("2026-03-02T02:30:00", "2026-03-01", "minute")),
        ("2026-03-02 05:00:00", "America/New_York", ("2026-03-02T10:00:00", "2026-03-02", "minute")),
        # East of Greenwich the own reading is the earlier one.
        ("2026-03-02 02:30:00", "Europe/Berlin", ("2026-03-02T01:30:00", "2026-03-02", "minute")),
        # It lies ahead here, but not where Mailchimp wrote it.
        ("2026-11-24 15:00:00", "America/New_York", ("2026-11-24T15:00:00", "2026-11-24", "minute")),
    ],
)
def test_a_time_of_mailchimp_is_utc_or_the_own_zone_whichever_day_is_earlier(
    shop: Shop, cell: str, zone: str, expected: tuple
) -> None:
    assert received(shop, "Email Address,UNSUB_TIME", cell, zone=zone) == expected


@pytest.mark.parametrize(
    ("cell", "zone", "expected"),
    [
        ("1772445605", "America/New_York", ("2026-03-02T10:00:05", "2026-03-02", "minute")),
        ("1772445605", "Pacific/Honolulu", ("2026-03-02T10:00:05", "2026-03-02", "minute")),
        ("2026-03-02 01:30:00", "Pacific/Honolulu", ("2026-03-02T09:30:00", "2026-03-01", "minute")),
        ("2026-03-02 01:30:00", "America/New_York", ("2026-03-02T06:30:00", "2026-03-02", "minute")),
    ],
)
def test_a_time_of_sendgrid_is_unix_seconds_or_pacific(
    shop: Shop, cell: str, zone: str, expected: tuple
) -> None:
    assert received(shop, "email,created", cell, zone=zone) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", ("2026-03-02T02:30:00", "2026-03-01", "minute")),
        ("America/Los_Angeles", ("2026-03-02T10:30:00", "2026-03-02", "minute")),
        ("Asia/Tokyo", ("2026-03-01T17:30:00", "2026-03-01", "minute")),
    ],
)
def test_a_zone_she_names_is_the_only_reading(shop: Shop, zone: str, expected: tuple) -> None:
    assert received(shop, "Email Address,UNSUB_TIME", "2026-03-02 02:30:00", "--zone", zone) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Mon, 02 Mar 2026 17:40:05 -0800", ("2026-03-03T01:40:05", "2026-03-02", "minute")),
        ("2026-03-02T17:40:05+09:00", ("2026-03-02T08:40:05", "2026-03-02", "minute")),
        ("2026-07-21 10:00:00 +0000 UTC", ("2026-07-21T10:00:00", "2026-07-21", "minute")),
        ("20260302T174005", ("2026-03-02T22:40:05", "2026-03-02", "minute")),
        ("46083", ("2026-03-02T05:00:00", "2026-03-02", "day")),
        ("46083.75", ("2026-03-02T23:00:00", "2026-03-02", "minute")),
        ("3/2/2026", ("2026-03-02T05:00:00", "2026-03-02", "day")),
        ("2 March 2026", ("2026-03-02T05:00:00", "2026-03-02", "day")),
    ],
)
def test_each_form_of_a_date(shop: Shop, cell: str, expected: tuple) -> None:
    assert received(shop, "Email,Unsubscribed on", cell, "--month-first") == expected


def test_aweber_writes_the_month_first_and_is_not_asked_about(shop: Shop) -> None:
    assert received(shop, "Email,Stop Time,Stop Status", "03/02/26 05:40pm")[1] == "2026-03-02"


def test_dates_that_read_both_ways_are_a_question_with_both_readings(shop: Shop) -> None:
    path = shop.file("both.csv", "Email,Unsubscribed on\nann@a.example,4/3/2026\nbo@a.example,5/3/2026\n")
    ran = shop.run("import", path)
    assert ran.code == 1
    assert "4/3/2026 is 2026-03-04 or 2026-04-03" in ran.err
    assert "--day-first or --month-first" in ran.err
    assert shop.recorded == []
    shop.bring_in(path, "--day-first")
    assert [each.day for each in shop.recorded] == ["2026-03-04", "2026-03-05"]


def test_serial_numbers_of_excel_without_a_format_are_dates_too(shop: Shop) -> None:
    rows = [["Email", "Unsubscribed on"], ["ann@a.example", "46083"], ["bo@a.example", "46084"]]
    shop.bring_in(shop.file("own.xlsx", as_workbook(rows)))
    assert [(each.day, each.precision) for each in shop.recorded] == [
        ("2026-03-02", "day"),
        ("2026-03-03", "day"),
    ]


# --- every row is accounted for -------------------------------------------------------------------------------------


def test_the_rows_counted_are_the_rows_the_csv_module_counts(shop: Shop) -> None:
    chance = random.Random(3)
    cells = ["ann@a.example", "ANN@a.example", "bo@b.example, cy@c.example", "", "nobody", "*@d.example"]
    cells += [
        "two\nlines@x.example",
        'a"b@x.example',
        "9e26471d35a78862c17e467d87cddedf",
        "=x@y.example",
        " ",
    ]
    rows = [["Name", "Email", "Status", "Unsubscribed on", "Note"]]
    for _ in range(3_000):
        row = [
            chance.choice(["Ann", "", "Jo, the 2nd"]),
            chance.choice([*cells, f"p{chance.randrange(500)}@p.example"]),
            chance.choice(["unsubscribed", "subscribed", "", "odd", "bounced"]),
            chance.choice(["2026-03-02", "", "soon", "1901-01-01", "2030-01-01 10:00"]),
            chance.choice(["", "line\r\nbreak", "x"]),
        ]
        rows.append(row[: chance.choice([5, 5, 5, 4, 3, 2, 1])])
    path = shop.file("messy.csv", as_text(rows, ",", "utf-8"))
    with path.open(encoding="utf-8", newline="") as stream:
        counted = sum(1 for row in csv.reader(stream) if any(cell.strip() for cell in row)) - 1
    first = shop.bring_in(path)
    mended = Path(first["review_file"])
    for report in (first, shop.bring_in(path, "--overwrite")):
        assert report["rows"] == counted
        assert sum(report["outcomes"][outcome.value] for outcome in Outcome) == counted
        kinds = ("imported", "already_known", "review", "skipped")
        assert sum(report[kind] for kind in kinds) == counted
        assert min(report[kind] for kind in kinds[1:]) > 0
    with mended.open(encoding="utf-8-sig", newline="") as stream:
        to_mend = sum(1 for _ in csv.reader(stream)) - 1
    assert to_mend == first["review"] + first["outcomes"]["empty"]
