"""The rail at the left: the program's name, the screens, who works, light or dark, and what is verified."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.ui.theme import Size, color, font, theme, theme_changed
from optoutdesk.ui.widgets.basic import Button, FocusRing, PressedByEnter, label, restyle
from optoutdesk.ui.widgets.icons import paint_icon

WIDTH = 196
THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


class RailButton(PressedByEnter, FocusRing, QAbstractButton):
    """One screen in the rail, with a badge of how much there waits for her."""

    def __init__(self, text: str, icon: str, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._badge = 0
        self._tone = "warning"
        self.setText(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted anew when the mouse comes or goes
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{text} ({shortcut})")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()
        theme_changed.connect(self.update)

    @property
    def badge(self) -> int:
        """How many things wait."""
        return self._badge

    def set_badge(self, count: int, tone: str = "warning") -> None:
        """Show how many things wait; 0 hides the badge."""
        self._badge, self._tone = count, tone
        self._name()
        self.update()

    def _name(self) -> None:
        waits = f", {self._badge} request{'' if self._badge == 1 else 's'} waiting" if self._badge else ""
        self.setAccessibleName(f"{self.text()}{waits}")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 20, 36)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(color(colours.accent), 1.5) if self.focus_visible else Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(color(colours.accent_soft))
        elif self.underMouse():
            painter.setBrush(color(colours.hover))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, 8, 8)
        ink = colours.accent if self.isChecked() else colours.text
        paint_icon(painter, QRectF(10, area.center().y() - 8, 16, 16), self._icon, ink)
        painter.setPen(color(ink))
        painter.setFont(font(Size.NORMAL, bold=self.isChecked()))
        right = self._paint_badge(painter, area) if self._badge else area.right() - 8
        painter.drawText(QRectF(36, 0, right - 40, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()

    def _paint_badge(self, painter: QPainter, area: QRectF) -> float:
        """Paint the badge and return where it begins."""
        ink, ground = theme().tone(self._tone)
        painter.save()
        painter.setFont(font(Size.SMALL, medium=True))
        text = f"{self._badge:,}"
        width = max(20.0, QFontMetricsF(painter.font()).horizontalAdvance(text) + 13)
        place = QRectF(area.right() - 10 - width, area.center().y() - 9, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(ground))
        painter.drawRoundedRect(place, 9, 9)
        painter.setPen(color(ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
        return place.left()


class Logo(QWidget):
    """The program's sign and name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(28)
        self.setAccessibleName("Opt-Out Desk")
        theme_changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(colours.accent))
        painter.drawRoundedRect(QRectF(10, 3, 22, 22), 6, 6)
        painter.setBrush(color(colours.on_accent if colours.name == "light" else "#FFFFFF"))
        painter.drawRoundedRect(QRectF(15, 12, 12, 4), 1.5, 1.5)
        painter.setPen(color(colours.text))
        painter.setFont(font(Size.LARGE, bold=True))
        painter.drawText(QRectF(41, 0, self.width() - 41, 28), Qt.AlignmentFlag.AlignVCenter, "Opt-Out Desk")
        painter.end()


class ThemeSwitch(QFrame):
    """System, light or dark."""

    chosen = Signal(str)

    def __init__(self, choice: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "segments")
        self.setAccessibleName("Appearance")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        for index, (key, text) in enumerate(THEMES):
            button = Button(text, role="segment")
            button.setCheckable(True)
            button.setChecked(key == choice)
            button.setAccessibleName(f"Appearance: {text.lower()}")
            button.setToolTip("As the system has it" if key == "system" else f"Always {text.lower()}")
            self._group.addButton(button, index)
            self.buttons[key] = button
            layout.addWidget(button, 1)
        self._group.idClicked.connect(self._on_clicked)

    @Slot(int)
    def _on_clicked(self, index: int) -> None:
        self.chosen.emit(THEMES[index][0])


class Rail(QFrame):
    """The rail; `chosen` gives the index of a screen."""

    chosen = Signal(int)
    people_wanted = Signal()
    """She wants to say who works; show_people() answers."""
    person_chosen = Signal(str)
    staff_wanted = Signal()
    """She wants to change the names to choose from."""

    def __init__(
        self,
        screens: Sequence[tuple[str, str, str]],
        theme_choice: str,
        below: Sequence[tuple[str, str, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`screens` are (text, icon, shortcut), those `below` stand at the bottom."""
        super().__init__(parent)
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 16, 10, 16)
        layout.setSpacing(2)
        layout.addWidget(Logo())
        layout.addSpacing(14)
        self._group = QButtonGroup(self)
        self.buttons: list[RailButton] = []
        for index, (text, icon, shortcut) in enumerate([*screens, *below]):
            if index == len(screens):
                layout.addStretch(1)
            button = RailButton(text, icon, shortcut)
            self._group.addButton(button, index)
            self.buttons.append(button)
            layout.addWidget(button)
        if not below:
            layout.addStretch(1)
        layout.addSpacing(8)
        self.person = Button("", role="person")
        self.person.setToolTip("Every act is recorded under this name")
        self.person.clicked.connect(self.people_wanted)
        self._people: QMenu | None = None
        layout.addWidget(self.person)
        layout.addSpacing(10)
        self.switch = ThemeSwitch(theme_choice)
        layout.addWidget(self.switch)
        layout.addSpacing(12)
        self.status = label("", "small", wrap=True)
        self.status.setContentsMargins(10, 0, 0, 0)
        self.status.setMinimumHeight(18)
        layout.addWidget(self.status)
        self._group.idClicked.connect(self.chosen)

    def show_person(self, text: str) -> None:
        """Say who works; `text` as `Working as Ana`."""
        metrics = self.person.fontMetrics()
        room = WIDTH - 20 - metrics.horizontalAdvance(" ▾") - 24
        self.person.setText(
            f"{metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)} ▾".replace("&", "&&")
        )
        self.person.setAccessibleName(text)

    def show_people(self, names: Sequence[str], works: str) -> None:
        """Let her choose who works, in a menu over the button."""
        menu = QMenu(self)
        for name in names:
            action = menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == works)
        if names:
            menu.addSeparator()
        menu.addAction("Change the names…").triggered.connect(self.staff_wanted)
        menu.triggered.connect(self._on_person)
        menu.aboutToHide.connect(menu.deleteLater)
        self._people = menu
        menu.popup(self.person.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    @property
    def people(self) -> QMenu | None:
        """The menu of who works while it is open."""
        return self._people

    @Slot(QAction)
    def _on_person(self, action: QAction) -> None:
        name = action.data()
        if name:
            self.person_chosen.emit(name)

    def show_status(self, text: str, role: str = "small") -> None:
        """Say in one line what was verified."""
        self.status.setText(text)
        restyle(self.status, role=role)
