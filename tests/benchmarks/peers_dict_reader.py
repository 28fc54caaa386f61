"""A second peer of `clean`: the same script with DictReader, as the csv module's documentation shows it first."""

import csv
import sqlite3
import sys

store, source, target = sys.argv[1:]
suppressed = {key for (key,) in sqlite3.connect(store).execute("SELECT key FROM request")}
with (
    open(source, newline="", encoding="utf-8") as read,
    open(target, "w", newline="", encoding="utf-8") as written,
):
    rows = csv.DictReader(read)
    out = csv.DictWriter(written, rows.fieldnames)
    out.writeheader()
    for row in rows:
        if row["E-mail"].strip().lower() not in suppressed:
            out.writerow(row)
