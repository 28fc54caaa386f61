"""The parts screens are made of."""

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
