"""The colours, the fonts and the style sheet: one place for how the window looks, light and dark."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from optoutdesk.resources import resource


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance, as #RRGGBB."""

    name: str
    background: str
    surface: str
    rail: str
    line: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    ok: str
    ok_soft: str
    on_accent: str
    """Text on the accent."""
    accent_hover: str
    edge: str
    """The border of what can be typed in or pressed."""
    hover: str
    """Behind what the mouse is over."""
    empty: str
    """A cell of the deadline strip that is still to come."""

    def tone(self, name: str) -> tuple[str, str]:
        """Return the text and the background colour of a tone: accent, warning, danger, ok or plain."""
        return {
            "accent": (self.accent, self.accent_soft),
            "warning": (self.warning, self.warning_soft),
            "danger": (self.danger, self.danger_soft),
            "ok": (self.ok, self.ok_soft),
            "plain": (self.muted, self.surface),
        }[name]


# Muted, warning and ok are a shade darker than sketched: so they keep 4.5:1 on their soft grounds.
LIGHT = Theme(
    name="light",
    background="#F6F6F3",
    surface="#FFFFFF",
    rail="#FBFBF9",
    line="#E3E2DC",
    text="#1E2226",
    muted="#5F6971",
    accent="#0F766E",
    accent_soft="#DFF1EE",
    warning="#AD4F08",
    warning_soft="#FDF1DF",
    danger="#B42318",
    danger_soft="#FCE8E6",
    ok="#1A7939",
    ok_soft="#E6F4EA",
    on_accent="#FFFFFF",
    accent_hover="#0B5F58",
    edge="#D3D2CB",
    hover="#F1F1ED",
    empty="#E1E0DA",
)
DARK = Theme(
    name="dark",
    background="#16181B",
    surface="#1E2125",
    rail="#1A1D20",
    line="#30343A",
    text="#E7E9EA",
    muted="#98A1A8",
    accent="#2BB8A6",
    accent_soft="#173A37",
    warning="#F0A94B",
    warning_soft="#3A2C16",
    danger="#F2796E",
    danger_soft="#3E1F1C",
    ok="#5CC27D",
    ok_soft="#1B3524",
    on_accent="#06231F",
    accent_hover="#4CCBBB",
    edge="#41464D",
    hover="#282C31",
    empty="#363B41",
)


class Size(StrEnum):
    """The four sizes of text, in pixels at 100 %."""

    SMALL = "12"
    NORMAL = "13.5"
    LARGE = "15"
    TITLE = "22"


class _News(QObject):
    theme_changed = Signal()


_news = _News()
theme_changed = _news.theme_changed
"""Emitted after the colours changed: what paints itself repaints."""

_in_use = LIGHT

# Where a desktop names no font, Qt takes whatever comes first; these read better. The rest is the system's choice.
_NO_CHOICE = {"Sans Serif", "Sans", "sans-serif", "sans", ""}
_GOOD_SANS = ("Inter", "Cantarell", "Noto Sans", "Ubuntu", "Roboto", "DejaVu Sans")


def theme() -> Theme:
    """Return the colours in use."""
    return _in_use


def wanted_theme(choice: str) -> Theme:
    """Return the colours for a choice: light, dark, or what the system prefers."""
    if choice == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def apply_theme(app: QApplication, choice: str) -> None:
    """Set the palette and the style sheet for a choice: system, light or dark."""
    global _in_use  # noqa: PLW0603 - one appearance for the whole program
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    # Asked of the system too, so that the title bar and its menus match; offscreen this does nothing.
    app.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
    _in_use = wanted_theme(choice)
    app.setPalette(_palette(_in_use))
    app.setStyleSheet(style_sheet(_in_use))
    _news.theme_changed.emit()


def prepare_fonts(app: QApplication) -> None:
    """Set the program's font: the system's own, at the normal size."""
    family = app.font().family()
    if family in _NO_CHOICE:
        installed = set(QFontDatabase.families())
        family = next((name for name in _GOOD_SANS if name in installed), family)
    app.setFont(_font(family, Size.NORMAL, QFont.Weight.Normal))


def font(size: Size = Size.NORMAL, *, bold: bool = False, medium: bool = False) -> QFont:
    """Return the program's font in one of its sizes."""
    weight = QFont.Weight.DemiBold if bold else QFont.Weight.Medium if medium else QFont.Weight.Normal
    return _font(QApplication.font().family(), size, weight)


def _font(family: str, size: Size, weight: QFont.Weight) -> QFont:
    made = QFont(family)
    made.setPointSizeF(_points(size))
    made.setWeight(weight)
    return made


def _points(size: Size) -> float:
    """Return a size in points: Qt keeps halves of pixels only in that unit."""
    screen = QGuiApplication.primaryScreen()
    per_inch = screen.logicalDotsPerInch() if screen is not None else 96.0
    return float(size) * 72 / per_inch


def color(value: str, alpha: float = 1.0) -> QColor:
    """Return a colour of the theme for painting."""
    made = QColor(value)
    made.setAlphaF(alpha)
    return made


def _palette(colours: Theme) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, value in {
        roles.Window: colours.background,
        roles.Base: colours.surface,
        roles.AlternateBase: colours.rail,
        roles.Button: colours.surface,
        roles.ToolTipBase: colours.surface,
        roles.WindowText: colours.text,
        roles.Text: colours.text,
        roles.ButtonText: colours.text,
        roles.ToolTipText: colours.text,
        roles.BrightText: colours.danger,
        roles.PlaceholderText: colours.muted,
        roles.Highlight: colours.accent,
        roles.HighlightedText: colours.on_accent,
        roles.Link: colours.accent,
        roles.LinkVisited: colours.accent,
        roles.Accent: colours.accent,
        roles.Light: colours.surface,
        roles.Midlight: colours.line,
        roles.Mid: colours.edge,
        roles.Dark: colours.muted,
        roles.Shadow: colours.edge,
    }.items():
        palette.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette


def style_sheet(colours: Theme) -> str:
    """Return the one style sheet of the program. Widgets are addressed by the dynamic property `role`."""
    values = {name: getattr(colours, name) for name in Theme.__slots__}
    values |= {f"size_{size.name.lower()}": f"{_points(size):.3f}pt" for size in Size}
    values |= {
        name: _icon_file(f"{name}-{colours.name}.svg").as_posix()
        for name in ("chevron", "check", "up", "down")
    }
    return Template(resource("style.qss").read_text("utf-8")).substitute(values)


def _icon_file(name: str) -> Path:
    return resource("icons", name)
