"""The colours can be read, and light and dark take hold everywhere at once."""

import re
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from optoutdesk.ui import theme as themes
from optoutdesk.ui.theme import DARK, LIGHT, Size, Theme, apply_theme, font, style_sheet, theme, theme_changed


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    *(
        (ink, ground)
        for ink in ("text", "muted")
        for ground in ("background", "surface", "rail", "hover", "accent_soft")
    ),
    *((tone, ground) for tone in ("accent", "danger") for ground in ("background", "surface", "rail")),
    *((tone, "surface") for tone in ("warning", "ok")),
    *((tone, f"{tone}_soft") for tone in ("accent", "warning", "danger", "ok")),
    *(("text", f"{tone}_soft") for tone in ("warning", "danger", "ok")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("muted", "line"),  # a button that cannot be pressed
    ("background", "text"),  # the short sentence at the bottom of the window
]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda colours: colours.name)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_every_ground(colours: Theme, ink: str, ground: str) -> None:
    if (ink, ground) == ("muted", "line"):
        assert contrast(colours.muted, colours.line) >= 3
        return
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda colours: colours.name)
def test_a_cell_that_has_passed_differs_from_one_to_come(colours: Theme) -> None:
    for tone in ("accent", "warning", "danger"):
        assert contrast(getattr(colours, tone), colours.empty) >= 3


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda colours: colours.name)
def test_the_style_sheet_knows_only_colours_of_the_theme(colours: Theme) -> None:
    sheet = style_sheet(colours)
    assert "$" not in sheet
    known = {getattr(colours, name) for name in Theme.__slots__}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", sheet)) <= known
    assert not re.search(r"(?:color|background|border)\s*:[^;]*\b(?:black|white|red|gray)\b", sheet)


def test_dark_reaches_the_palette_and_tells_those_who_paint(qapp: QApplication, qtbot) -> None:
    with qtbot.waitSignal(theme_changed):
        apply_theme(qapp, "dark")
    assert theme() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.background)
    assert DARK.surface in qapp.styleSheet()


def test_system_follows_the_system(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    hints = SimpleNamespace(colorScheme=lambda: themes.Qt.ColorScheme.Dark)
    monkeypatch.setattr(themes.QGuiApplication, "styleHints", lambda: hints)
    assert themes.wanted_theme("system") is DARK
    assert themes.wanted_theme("light") is LIGHT


def test_letters_are_letters(qapp: QApplication) -> None:
    assert QFontInfo(qapp.font()).family()
    assert QLabel("abc").fontMetrics().horizontalAdvance("iii") != QLabel().fontMetrics().horizontalAdvance(
        "WWW"
    )


def test_sizes_keep_their_halves() -> None:
    per_inch = QApplication.primaryScreen().logicalDotsPerInch()
    assert font(Size.NORMAL).pointSizeF() * per_inch / 72 == pytest.approx(13.5)
    assert font(Size.TITLE, bold=True).bold() or font(Size.TITLE, bold=True).weight() >= 600
