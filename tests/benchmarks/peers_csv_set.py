"""The peer of `clean`: the script a Python user would write to take suppressed addresses out of a CSV."""

import csv
import sqlite3
import sys

store, source, target = sys.argv[1:]
suppressed = {key for (key,) in sqlite3.connect(store).execute("SELECT key FROM request")}
with (
    open(source, newline="", encoding="utf-8") as read,
    open(target, "w", newline="", encoding="utf-8") as written,
):
    rows = csv.reader(read)
    out = csv.writer(written)
    header = next(rows)
    column = header.index("E-mail")
    out.writerow(header)
    for row in rows:
        if row[column].strip().lower() not in suppressed:
            out.writerow(row)
