"""Compares an export with a platform and records it: `our_verify.py DATA EXPORT RESULT`."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from optoutdesk.desk import Desk
from optoutdesk.services.verify_platform import Side


def main() -> None:
    """Write what the comparison comes to, in people."""
    folder, export, result = map(Path, sys.argv[1:])
    desk = Desk(folder)
    now = datetime.now(UTC)
    service = desk.verify_platform
    with service.preview(1, service.open(export, now=now), now=now) as preview:
        service.record(preview, by="bench", now=now)
        counts = preview.counts
    found = {
        "active": counts.active,
        "opted out": counts.opted_out,
        "still active": counts.by[Side.STILL_ACTIVE],
        "unknown here": counts.by[Side.UNKNOWN_HERE],
        "agree": counts.by[Side.AGREE],
        "verified": counts.verified,
        "open again": counts.reopened,
    }
    result.write_text(json.dumps(found))
    desk.close()


if __name__ == "__main__":
    main()
