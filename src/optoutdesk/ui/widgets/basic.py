"""The small parts: labels, buttons, chips, cards, the empty state."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """Return a plain-text label in one of the style sheet's roles."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)  # what stands in a list must never act as markup
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        # Without this a wrapped label asks for a width of its own and pushes narrow windows apart.
        made.setMinimumWidth(1)
    return made


BY_KEYBOARD = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


def breakable(text: str, longest: int = 36) -> str:
    """Return a text whose addresses can go on in the next line, as they have no blank to break at.

    Only words longer than `longest`: what is copied from it should rarely hold characters nobody sees.
    """
    words = (
        word.replace("@", "@\u200b").replace(".", ".\u200b") if len(word) > longest else word
        for word in text.split(" ")
    )
    return " ".join(words)


_WITH_A_KEY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class PressedByEnter:
    """Mixed into a button: Enter presses it too. Outside a dialog Qt presses buttons with Space only."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _WITH_A_KEY:
            if not event.isAutoRepeat():
                self.click()  # type: ignore[attr-defined]  # the button it is mixed into
            return
        super().keyPressEvent(event)  # type: ignore[misc]  # as above


class FocusRing:
    """Mixed into a widget that paints itself: whether to show that it has the focus, which a click does not need."""

    focus_visible = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.focus_visible = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)  # type: ignore[misc]

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.focus_visible = False
        super().focusOutEvent(event)  # type: ignore[misc]


def line() -> QFrame:
    """Return a thin horizontal line."""
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made


def restyle(widget: QWidget, **properties: object) -> None:
    """Change dynamic properties of a widget and let the style sheet look at it again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.updateGeometry()


class Button(PressedByEnter, QPushButton):
    """A button with a text, which is also its accessible name."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, primary: bool = False, role: str = ""
    ) -> None:
        super().__init__(text, parent)
        if primary or role:
            self.setProperty("role", "primary" if primary else role)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text.replace("&", ""))
        self.setAutoDefault(False)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text.replace("&", ""))

    def compact(self) -> "Button":
        """Make it smaller, for rows and cards; returns itself."""
        self.setProperty("compact", "true")
        return self


class Chip(QLabel):
    """A short text on a soft ground: a state or a kind. Its words carry the meaning, the tone only helps."""

    def __init__(self, text: str = "", tone: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "chip")
        self.setProperty("tone", tone)
        self.setIndent(0)  # else Qt adds half a letter beside the padding
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_state(self, text: str, tone: str) -> None:
        """Change its text and tone."""
        self.setText(text)
        if self.property("tone") != tone:
            restyle(self, tone=tone)


class ElidedLabel(QLabel):
    """A label of one line that shortens its text with dots; the whole text is in its tooltip."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._elide = elide
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def elided(self) -> str:
        """Return the text as it is shown."""
        return self.fontMetrics().elidedText(self.text(), self._elide, self.contentsRect().width())

    def setText(self, text: str) -> None:
        super().setText(text)
        self._explain()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def _explain(self) -> None:
        shown = self.elided()
        self.setToolTip("" if shown == self.text() else self.text())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.contentsRect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), self.elided()
        )
        painter.end()


class Card(QFrame):
    """A surface with an optional title; add what it shows to `body`, further parts of the title to `header`."""

    def __init__(self, title: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(16, 12, 16, 12)
        self.header.setSpacing(10)
        self.title = label(title, "heading")
        self.hint = ElidedLabel(hint, "small")
        if title:
            self.setAccessibleName(title)
            self.header.addWidget(self.title)
            self.header.addWidget(self.hint, 1)
            outer.addLayout(self.header)
            outer.addWidget(line())
        self.body = QVBoxLayout()
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(8)
        outer.addLayout(self.body)


class EmptyState(QWidget):
    """What an empty screen says: what will appear here, and the first step."""

    def __init__(
        self,
        title: str,
        text: str,
        button: str = "",
        press: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 32, 24, 32)
        layout.setSpacing(8)
        self.title = label(title, "large", wrap=True)
        self.text = label(text, "muted", wrap=True)
        for part in (self.title, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(part)
        self.button: Button | None = None
        if button:
            self.button = Button(button, primary=True)
            if press is not None:
                self.button.clicked.connect(lambda _checked=False: press())
            layout.addSpacing(8)
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
