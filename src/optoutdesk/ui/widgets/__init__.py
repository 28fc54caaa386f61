"""The parts screens are made of.

They are loaded when they are first asked for: what only a screen needs must not delay the window's first paint.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optoutdesk.ui.widgets.basic import Button, Card, Chip, ElidedLabel, EmptyState, label, line
    from optoutdesk.ui.widgets.dialog import Dialog
    from optoutdesk.ui.widgets.drop_zone import DropZone
    from optoutdesk.ui.widgets.filter_chips import FilterChips
    from optoutdesk.ui.widgets.strip import DeadlineStrip, paint_strip

__all__ = [
    "Button",
    "Card",
    "Chip",
    "DeadlineStrip",
    "Dialog",
    "DropZone",
    "ElidedLabel",
    "EmptyState",
    "FilterChips",
    "label",
    "line",
    "paint_strip",
]

_HOMES = {
    "Dialog": "dialog",
    "DropZone": "drop_zone",
    "FilterChips": "filter_chips",
    "DeadlineStrip": "strip",
    "paint_strip": "strip",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'basic')}"), name)
