"""A field under its name."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.ui.widgets.basic import label

_NAME_HEIGHT = 18


def field(
    text: str, widget: QWidget, around: QWidget | None = None, beside: QWidget | None = None
) -> QVBoxLayout:
    """Return a field, or what is around it, under its name and what is beside that; & marks the letter for Alt."""
    layout = QVBoxLayout()
    layout.setSpacing(5)
    name = label(text, "small")
    name.setBuddy(widget)
    widget.setAccessibleName(text.replace("&", ""))
    head = QHBoxLayout()
    name.setFixedHeight(_NAME_HEIGHT)
    head.addWidget(name, 1)
    if beside is not None:
        beside.setFixedHeight(_NAME_HEIGHT)
        head.addWidget(beside)
    layout.addLayout(head)
    layout.addWidget(around or widget)
    return layout
