"""The settings of one business: one frozen object, one readable file, saved whole or not at all."""

import json
import os
import re
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
    """Id of a policy in resources/law/policies.json: what counts where nothing else is said of a request."""
    province: str = ""
    """Code of the business's province, for a policy with provinces; "" counts the holidays that all of them have."""
    holidays_count: bool = False
    """Count holidays as business days, which makes every due date earlier."""
    own_addresses: tuple[str, ...] = ()
    """Match keys of the business's own addresses: never proposed as opt-outs."""
    person: str = ""
    """Who records, until someone else says so."""
    staff: tuple[str, ...] = ()
    """Names to choose from: who works here. No accounts."""
    own_target_hours: int = 48
    """Hours from the receipt within which the business itself wants a request done; never instead of the legal date."""
    reminder_time: str = "09:00"
    """When on a day she is reminded, in the business's time zone."""
    reminder_days: tuple[int, ...] = (3, 1, 0)
    """How many business days before a due date she is reminded; 0 is the day itself."""
    remind_target: bool = True
    """Remind when the own target is missed."""
    remind_overdue: bool = True
    """Remind of what is overdue, each day."""
    stay_in_tray: bool = False
    """Closing the window leaves the program in the tray, where there is one."""
    start_with_computer: bool = False
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


MOST_TARGET_HOURS = 30 * 24
MOST_REMINDER_DAYS = 30
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def load_settings(file: Path) -> Settings:
    """Return the settings of a file, the defaults when there is none; UserError when it cannot be understood."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise unreadable_settings(file, str(error)) from error
    defaults = Settings()
    if not isinstance(data, dict):
        raise unreadable_settings(file, "not a JSON object")
    values = {}
    for field in fields(Settings):
        if field.name not in data:
            continue
        value, default = data[field.name], getattr(defaults, field.name)
        of = int if field.name == "reminder_days" else str
        if type(default) is tuple and isinstance(value, list) and all(type(item) is of for item in value):
            value = tuple(value)
        if type(value) is not type(default):  # not isinstance: JSON's true is no number
            wanted = type(default).__name__
            raise unreadable_settings(file, f"{field.name} should be {wanted}, is {value!r}")
        values[field.name] = value
    settings = Settings(**values)
    if wrong := wrong_value(settings):
        raise unreadable_settings(file, wrong)
    return settings


def wrong_value(settings: Settings) -> str:
    """Return which setting has a value that makes no sense, for whoever edits the file; "" where all do."""
    if not _is_zone(settings.time_zone):
        return f"unknown time zone {settings.time_zone!r}"
    if not 1 <= settings.own_target_hours <= MOST_TARGET_HOURS:
        return f"own_target_hours should be 1 to {MOST_TARGET_HOURS}, is {settings.own_target_hours}"
    if _TIME.fullmatch(settings.reminder_time) is None:
        return f"reminder_time should be a time such as 09:00, is {settings.reminder_time!r}"
    days = settings.reminder_days
    if len(set(days)) < len(days) or not all(0 <= day <= MOST_REMINDER_DAYS for day in days):
        return f"reminder_days should be different numbers from 0 to {MOST_REMINDER_DAYS}, are {list(days)}"
    names = {name.casefold() for name in settings.staff if name and name == " ".join(name.split())}
    if len(names) < len(settings.staff):
        return f"staff should be different names without blanks around them, are {list(settings.staff)}"
    return ""


def _is_zone(name: str) -> bool:
    try:
        return not name or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the zones
        return False


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


def unreadable_settings(file: Path, details: str) -> UserError:
    """Return the one sentence for settings that cannot be understood; `details` say what is wrong with them."""
    return UserError(
        f"The settings in {file} cannot be read. Correct that file, or delete it to start with the usual settings.",
        details=details,
    )
