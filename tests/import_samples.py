"""Small files of opt-outs of an invented business, as they arrive: for the pictures and the tests of the window."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from os import utime
from pathlib import Path

from openpyxl import Workbook

from optoutdesk.desk import Desk

DAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC).timestamp()
"""When the files were last changed."""
MAILCHIMP = [
    "Email Address",
    "First Name",
    "Last Name",
    "MEMBER_RATING",
    "OPTIN_TIME",
    "OPTIN_IP",
    "CONFIRM_TIME",
    "CONFIRM_IP",
    "LATITUDE",
    "LONGITUDE",
    "GMTOFF",
    "DSTOFF",
    "TIMEZONE",
    "CC",
    "REGION",
    "UNSUB_TIME",
    "UNSUB_CAMPAIGN_TITLE",
    "UNSUB_CAMPAIGN_ID",
    "UNSUB_REASON",
    "UNSUB_REASON_OTHER",
    "LEID",
    "EUID",
    "NOTES",
    "TAGS",
]
_NAMES = [
    "petrov",
    "cole",
    "haddad",
    "moreau",
    "sato",
    "lindgren",
    "bennett",
    "rossi",
    "iyer",
    "walsh",
    "berg",
    "laurent",
    "brandt",
    "dubois",
]
_PLACES = [
    "kestrel",
    "windrush",
    "oakhill",
    "brook",
    "fjord",
    "harbor",
    "meadow",
    "linden",
    "quarry",
    "birchwood",
]


def person(number: int) -> str:
    """Return an invented address."""
    name = _NAMES[number % len(_NAMES)]
    return (
        f"{chr(97 + number * 7 % 26)}.{name}{number // 40 or ''}@{_PLACES[number * 3 % len(_PLACES)]}.example"
    )


def write(path: Path, rows: list[list[str]]) -> Path:
    """Write a CSV file of the sample day."""
    path.write_bytes(as_csv(rows))
    utime(path, (DAY, DAY))
    return path


def as_csv(rows: list[list[str]]) -> bytes:
    """Return rows as the bytes of a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def _mailchimp_row(address: str, when: str, reason: str) -> list[str]:
    row = dict.fromkeys(MAILCHIMP, "")
    row |= {"Email Address": address, "MEMBER_RATING": "2", "UNSUB_TIME": when, "UNSUB_REASON": reason}
    return list(row.values())


def mailchimp_rows() -> list[list[str]]:
    """An export with all that can happen to a row."""
    rows = [MAILCHIMP]
    for number in range(297):
        day = 19 - number // 20
        reason = "SPAM_COMPLAINT" if number % 23 == 5 else "NORMAL"
        rows.append(
            _mailchimp_row(
                person(number), f"2026-11-{day:02} {9 + number % 9:02}:{number % 60:02}:11", reason
            )
        )
    known = "t.nguyen@harbor.example accounts@dunmore.example w.brandt@oststern.example maria.ortiz@lakeside.example"
    rows += [_mailchimp_row(address, "2026-11-12 10:00:00", "NORMAL") for address in known.split()]
    rows += [
        _mailchimp_row(person(3).upper(), "2026-11-18 11:30:00", "NORMAL"),
        _mailchimp_row("anna@dunmore,example", "2026-11-11 08:20:00", "NORMAL"),
        _mailchimp_row("r.cole@brook", "2026-11-10 19:02:00", "NORMAL"),
        _mailchimp_row("jo at harbor.example", "2026-11-10 07:45:00", "NORMAL"),
        _mailchimp_row("k.berg@@fjord.example", "2026-11-09 16:10:00", "NORMAL"),
        _mailchimp_row("", "2026-11-09 12:00:00", "NORMAL"),
    ]
    return rows


def mailchimp(folder: Path) -> Path:
    """Return unsubscribed contacts as Mailchimp exports them."""
    return write(folder / "unsubscribed_email_audience_export_8f2c.csv", mailchimp_rows())


def spreadsheet(folder: Path) -> Path:
    """Return a list that nobody but its owner knows, with columns that can be doubted."""
    rows = [["Who", "Contact", "Asked on", "Via", "What they said"]]
    said = ("Stop please", "Too many sale mails", "", "Moved away")
    for number in range(46):
        when = f"{1 + number % 28} Oct 2026" if number % 4 else ""
        via = ("phone", "letter", "reply", "at the counter")[number % 4]
        rows.append([_NAMES[number % len(_NAMES)].title(), person(number + 400), when, via, said[number % 4]])
    return write(folder / "people who said stop.csv", rows)


def both_ways(folder: Path) -> Path:
    """Return a list whose dates can be read with the day first or with the month first."""
    dates = [f"{1 + number % 9:02}/{1 + number * 5 % 9:02}/2026" for number in range(24)]
    rows = [[person(number + 500), day, "Promotions"] for number, day in enumerate(dates)]
    return write(folder / "opt-outs shop.csv", [["E-mail", "Date", "Newsletter"], *rows])


def not_stated(folder: Path) -> Path:
    """Return contacts of Brevo: the file does not say who of them opted out."""
    times = ["01-02-2025 10:00:00", "18-11-2026 10:00:00"]
    rows = [["CONTACT ID", "EMAIL", "FIRSTNAME", "LASTNAME", "SMS", "ADDED_TIME", "MODIFIED_TIME"]]
    rows += [[str(number), person(number + 600), "Jo", "Berg", "", *times] for number in range(12)]
    return write(folder / "brevo.csv", rows)


def zip_of_lists(folder: Path) -> Path:
    """Return what Mailchimp gives when a whole audience is exported."""
    path = folder / "audience_export.zip"
    subscribed = [[*MAILCHIMP[:15], "LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS"]]
    subscribed += [[person(number), "Jo", "Berg", "3", *[""] * 16] for number in range(700, 760)]
    cleaned_head = [
        *MAILCHIMP[:15],
        "CLEAN_TIME",
        "CLEAN_CAMPAIGN_TITLE",
        "CLEAN_CAMPAIGN_ID",
        "LEID",
        "EUID",
    ]
    bounced = ["2026-11-13 06:00:00", "October news", "1", "1", "1"]
    cleaned = [cleaned_head]
    cleaned += [[person(number), "", "", "1", *[""] * 11, *bounced] for number in range(780, 790)]
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in (
            ("subscribed_email_audience_export_8f2c.csv", subscribed),
            ("unsubscribed_email_audience_export_8f2c.csv", mailchimp_rows()),
            ("cleaned_email_audience_export_8f2c.csv", cleaned),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 9, 0, 0)), as_csv(rows))
        archive.writestr(zipfile.ZipInfo("granular_activity.json", (2026, 11, 20, 9, 0, 0)), b"{}")
    utime(path, (DAY, DAY))
    return path


def workbook(folder: Path) -> Path:
    """Return a workbook with hidden rows and a second sheet."""
    path = folder / "do not mail.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Do not mail"
    sheet.append(["E-mail", "Unsubscribed on", "Reason"])
    for number in range(30):
        sheet.append([person(number + 800), datetime(2026, 11, 1 + number % 18, 10, 30), "asked by phone"])
    for row in range(5, 13):
        sheet.row_dimensions[row].hidden = True
    sheet.auto_filter.ref = "A1:C31"
    old = book.create_sheet("Last year")
    old.append(["E-mail"])
    old.append([person(900)])
    book.save(path)
    utime(path, (DAY, DAY))
    return path


def remember(desk: Desk) -> None:
    """Remember the columns of two lists."""
    from optoutdesk.domain.dates import DayOrder
    from optoutdesk.services.remembered_mappings import RememberedMapping
    from optoutdesk.spreadsheets.profiles import Field

    for mapping in (
        RememberedMapping(
            "The shop's list",
            ("E-mail", "Date", "Newsletter"),
            fields={"Newsletter": Field.SCOPE, "Date": Field.RECEIVED},
            day_order=DayOrder.MONTH_FIRST,
        ),
        RememberedMapping(
            "People who said stop", ("Who", "Contact", "Asked on"), fields={"Contact": Field.ADDRESS}
        ),
    ):
        desk.remembered.remember(mapping)
