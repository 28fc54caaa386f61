"""When and where the tests live."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
"""24 November 2026, 11:00 in New York."""

ZONE = "America/New_York"
