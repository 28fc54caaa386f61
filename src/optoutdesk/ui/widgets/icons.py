"""The line icons, drawn in a colour of the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtSvg import QSvgRenderer

from optoutdesk.resources import resource


@lru_cache(maxsize=64)
def _renderer(name: str, value: str) -> QSvgRenderer:
    svg = resource("icons", f"{name}.svg").read_text("utf-8").replace("currentColor", value)
    return QSvgRenderer(QByteArray(svg.encode("utf-8")))


def paint_icon(painter: QPainter, place: QRectF, name: str, value: str = "") -> None:
    """Paint an icon of resources/icons; `value` is the colour of its lines."""
    _renderer(name, value).render(painter, place)


def app_icon() -> QIcon:
    """Return the program's icon."""
    return QIcon(str(resource("icons", "optoutdesk.svg")))
