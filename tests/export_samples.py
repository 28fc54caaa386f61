"""Exports of an invented Mailchimp audience, to verify a platform with."""

import os
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import import_samples

SUBSCRIBED = "subscribed_email_audience_export_8f2c.csv"
UNSUBSCRIBED = "unsubscribed_email_audience_export_8f2c.csv"
CLEANED = "cleaned_email_audience_export_8f2c.csv"
_HEAD = import_samples.MAILCHIMP
_COLUMNS = {
    SUBSCRIBED: [*_HEAD[:15], "LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS"],
    UNSUBSCRIBED: _HEAD,
    CLEANED: [*_HEAD[:15], "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID", "LEID", "EUID"],
}
_WHEN = {SUBSCRIBED: "LAST_CHANGED", UNSUBSCRIBED: "UNSUB_TIME", CLEANED: "CLEAN_TIME"}
People = Iterable[tuple[str, str]]
"""Addresses, each with the moment it left or changed."""


def _rows(name: str, people: People) -> list[list[str]]:
    rows = [_COLUMNS[name]]
    for address, when in people:
        row = dict.fromkeys(_COLUMNS[name], "")
        row |= {"Email Address": address, "MEMBER_RATING": "2", _WHEN[name]: when}
        if name == UNSUBSCRIBED:
            row["UNSUB_REASON"] = "NORMAL"
        rows.append(list(row.values()))
    return rows


def mailchimp_file(folder: Path, name: str, people: People) -> Path:
    """Write one of the three files of Mailchimp, by its name."""
    return import_samples.write(folder / name, _rows(name, people))


def mailchimp_zip(
    folder: Path,
    active: Iterable[str] = (),
    left: People = (),
    bounced: People = (),
    at: datetime | None = None,
) -> Path:
    """Write what Mailchimp gives when a whole audience is exported."""
    path = folder / "audience_export_8f2c.zip"
    lists = {
        SUBSCRIBED: _rows(SUBSCRIBED, ((each, "2026-01-02 03:04:05") for each in active)),
        UNSUBSCRIBED: _rows(UNSUBSCRIBED, left),
        CLEANED: _rows(CLEANED, bounced),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in lists.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 9, 0, 0)), import_samples.as_csv(rows))
    moment = import_samples.DAY if at is None else at.timestamp()
    os.utime(path, (moment, moment))
    return path
