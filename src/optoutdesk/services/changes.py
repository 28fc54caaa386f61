"""What an act changed: the window broadcasts it, and each screen reloads what it shows."""

from enum import Flag, auto


class Changes(Flag):
    """Kinds of things an act changed."""

    NOTHING = 0
    REQUESTS = auto()
    CLEANED_LISTS = auto()
    SETTINGS = auto()
    PLATFORMS = auto()
    PEOPLE = auto()
