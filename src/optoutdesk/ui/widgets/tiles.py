"""Counts side by side, each with its words below; one of them is chosen, by a click or with the arrow keys."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from optoutdesk.ui import words
from optoutdesk.ui.theme import Size, color, font, theme, theme_changed
from optoutdesk.ui.widgets.basic import FocusRing

_NARROWEST = 104
_PADDING = 14


@dataclass(frozen=True, slots=True)
class TileText:
    """What one tile shows; the tone colours the figure and never stands alone."""

    key: Hashable
    figure: int
    text: str
    tone: str = ""
    hint: str = ""


class Tile(FocusRing, QAbstractButton):
    """One count."""

    def __init__(self, tile: TileText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile = tile
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted anew when the mouse comes or goes
        self.setAutoExclusive(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_tile(tile)
        theme_changed.connect(self.update)

    def show_tile(self, tile: TileText) -> None:
        """Show another figure."""
        self.tile = tile
        self.setAccessibleName(f"{words.number(tile.figure)} {tile.text}")
        self.setAccessibleDescription(f"{tile.hint}. Shows these rows below.")
        self.setToolTip(tile.hint)
        self.update()

    def lines(self, width: int) -> int:
        """Return how many lines its words take."""
        metrics = QFontMetrics(font(Size.SMALL))
        return 1 if metrics.horizontalAdvance(self.tile.text) <= width - 2 * _PADDING else 2

    def sizeHint(self) -> QSize:
        return QSize(_NARROWEST, 72)

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST // 2, 60)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme()
        painter = QPainter(self)
        area = self.rect()
        if self.isChecked():
            painter.fillRect(area, color(colours.accent_soft))
        elif self.underMouse() and self.isEnabled():
            painter.fillRect(area, color(colours.hover))
        painter.fillRect(area.right(), area.top(), 1, area.height(), color(colours.line))
        tone = self.tile.tone
        ink = (
            colours.muted
            if tone == "muted" or not self.isEnabled()
            else colours.tone(tone)[0]
            if tone
            else colours.text
        )
        inside = area.adjusted(_PADDING, 0, -_PADDING + 4, 0)
        figure, small = font(Size.TITLE, bold=True), font(Size.SMALL)
        upper, lower = QFontMetrics(figure).height(), QFontMetrics(small).lineSpacing()
        top = (area.height() - upper - lower * self.lines(area.width())) // 2
        painter.setFont(figure)
        painter.setPen(color(ink))
        painter.drawText(
            inside.left(),
            top,
            inside.width(),
            upper,
            int(Qt.AlignmentFlag.AlignLeft),
            words.number(self.tile.figure),
        )
        painter.setFont(small)
        painter.setPen(color(colours.accent if self.isChecked() else colours.muted))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(inside.left(), top + upper, inside.width(), 2 * lower, flags, self.tile.text)
        if self.focus_visible:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(colours.accent), 2))
            painter.drawRoundedRect(QRectF(area).adjusted(2, 2, -3, -2), 6, 6)
        painter.end()


class Tiles(QWidget):
    """The counts; `changed` gives the key of the chosen one."""

    changed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None, *, to_read: bool = False) -> None:
        """`to_read`: there is nothing to choose, only to read."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._to_read = to_read
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, to_read)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self.tiles: list[Tile] = []
        self._in_a_row = 0

    def key(self) -> Hashable | None:
        """Return the key of the chosen tile."""
        return next((tile.tile.key for tile in self.tiles if tile.isChecked()), None)

    def show_tiles(self, tiles: Sequence[TileText], chosen: Hashable) -> None:
        """Show these counts with one of them chosen; tiles that stay keep the keyboard."""
        old = {tile.tile.key: tile for tile in self.tiles}
        had_focus = any(tile.hasFocus() for tile in self.tiles)
        self.tiles = []
        for text in tiles:
            tile = old.pop(text.key, None)
            if tile is None:
                tile = Tile(text, self)
                tile.installEventFilter(self)
                tile.clicked.connect(self._on_clicked)
            else:
                tile.show_tile(text)
            tile.setChecked(text.key == chosen)
            self.tiles.append(tile)
        for gone in old.values():
            gone.hide()
            gone.deleteLater()
        self._in_a_row = 0
        self._arrange()
        self._share_focus()
        if had_focus and not any(tile.hasFocus() for tile in self.tiles):
            self.first_focus()

    def first_focus(self) -> None:
        """Put the keyboard on the chosen count."""
        for tile in self.tiles:
            if tile.isChecked():
                tile.setFocus(Qt.FocusReason.TabFocusReason)

    def choose(self, key: Hashable) -> None:
        """Choose a count by its key."""
        changed = key != self.key()
        for tile in self.tiles:
            tile.setChecked(tile.tile.key == key)
        self._share_focus()
        if changed:
            self.changed.emit(key)

    def _on_clicked(self) -> None:
        tile = self.sender()
        assert isinstance(tile, Tile)
        tile.setChecked(True)
        for other in self.tiles:
            if other is not tile:
                other.setChecked(False)
        self._share_focus()
        self.changed.emit(tile.tile.key)

    def _share_focus(self) -> None:
        # One stop for the Tab key, like radio buttons.
        for tile in self.tiles:
            stop = Qt.FocusPolicy.StrongFocus if tile.isChecked() else Qt.FocusPolicy.ClickFocus
            tile.setFocusPolicy(Qt.FocusPolicy.NoFocus if self._to_read else stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and watched in self.tiles:
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if step:
                tile = self.tiles[(self.tiles.index(watched) + step) % len(self.tiles)]
                self.choose(tile.tile.key)
                tile.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put them in as few rows as their words can be read in, equally many in each."""
        if not self.tiles:
            return
        fit = max(1, self.width() // _NARROWEST)
        rows = -(-len(self.tiles) // fit)
        in_a_row = -(-len(self.tiles) // rows)
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        for tile in self.tiles:
            self._grid.removeWidget(tile)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        for index, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, index // in_a_row, index % in_a_row)
            self._grid.setColumnStretch(index % in_a_row, 1)
            tile.show()
        self.updateGeometry()
