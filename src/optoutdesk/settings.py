"""The settings of one business: one frozen object, one readable file, saved whole or not at all."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from optoutdesk.domain.errors import UserError


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. The defaults are the safe side."""

    business_name: str = ""
    time_zone: str = ""
    """IANA name; "" takes the computer's own."""
    policy: str = "can-spam"
    holidays_count: bool = False
    """Count holidays as business days, which makes every due date earlier."""
    own_addresses: tuple[str, ...] = ()
    """Match keys of the business's own addresses: never proposed as opt-outs."""
    person: str = ""
    """Who records, until someone else says so."""
    theme: str = "system"
    """system, light or dark."""
    ledger_verified: str = ""
    """ISO day on which the window last found that the ledger holds."""
    window: str = ""
    """Size and place of the window, as Qt saves them, in base 64."""

    def zone(self) -> str:
        """Return the business's time zone by its IANA name; the computer's own where none is set."""
        if self.time_zone:
            return self.time_zone
        from tzlocal import get_localzone_name  # slow to load: only where a date is counted

        return get_localzone_name() or "UTC"


def load_settings(file: Path) -> Settings:
    """Return the settings of a file, the defaults when there is none; UserError when it cannot be understood."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise _unreadable(file, str(error)) from error
    defaults = Settings()
    if not isinstance(data, dict):
        raise _unreadable(file, "not a JSON object")
    values = {}
    for field in fields(Settings):
        if field.name not in data:
            continue
        value = data[field.name]
        wanted = type(getattr(defaults, field.name))
        if wanted is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = tuple(value)
        if not isinstance(value, wanted):
            raise _unreadable(file, f"{field.name} should be {wanted.__name__}, is {value!r}")
        values[field.name] = value
    settings = Settings(**values)
    try:
        if settings.time_zone:
            ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _unreadable(file, f"unknown time zone {settings.time_zone!r}") from error
    return settings


def save_settings(file: Path, settings: Settings) -> None:
    """Write the settings to a temporary file beside theirs and rename it; OSError leaves the old ones."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".settings-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(settings), stream, indent=2, ensure_ascii=False)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _unreadable(file: Path, details: str) -> UserError:
    return UserError(
        f"The settings in {file} cannot be read. Correct that file, or delete it to start with the usual settings.",
        details=details,
    )
