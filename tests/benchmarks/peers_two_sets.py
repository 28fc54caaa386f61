"""The peer of a verification: the script a Python user would write to compare an export with a list, by person."""

import csv
import json
import sqlite3
import sys

store, source, result = sys.argv[1:]
database = sqlite3.connect(store)
known = {key for (key,) in database.execute("SELECT key FROM request")}
removed = {key for (key,) in database.execute("SELECT key FROM request r JOIN task t ON t.request_id = r.id")}
active, left = set(), set()
with open(source, newline="", encoding="utf-8") as read:
    rows = csv.reader(read)
    header = next(rows)
    address, status = header.index("Email"), header.index("Status")
    for row in rows:
        (active if row[status] == "Subscribed" else left).add(row[address].strip().lower())
agree = (left & known) - active
gone = removed - active - left
with open(result, "w") as written:
    json.dump(
        {
            "active": len(active),
            "opted out": len(left),
            "still active": len(active & known),
            "unknown here": len(left - known),
            "agree": len(agree),
            "verified": len(agree & removed) + len(gone),
            "open again": len(active & removed),
        },
        written,
    )
