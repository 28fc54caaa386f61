"""Filter chips: one of a few choices, each with its count; the arrow keys move between them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from optoutdesk.ui import words
from optoutdesk.ui.widgets.basic import Button
from optoutdesk.ui.widgets.flow import FlowLayout


class FilterChips(QWidget):
    """Exclusive chips; `changed` gives the key of the chosen one."""

    changed = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[object, str]], name: str = "Filter", parent: QWidget | None = None
    ) -> None:
        """`choices` are (key, text) in order; the first is chosen."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._layout = FlowLayout(self, spacing=8)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._keys: list[object] = []
        self._texts: list[str] = []
        self._chips: list[Button] = []
        for key, text in choices:
            chip = Button(text, role="filter")
            chip.setCheckable(True)
            chip.installEventFilter(self)
            self._layout.addWidget(chip)
            self._group.addButton(chip, len(self._chips))
            self._keys.append(key)
            self._texts.append(text)
            self._chips.append(chip)
        if self._chips:
            self._chips[0].setChecked(True)
        self._share_focus()
        self._group.idToggled.connect(self._on_toggled)

    @property
    def chips(self) -> Sequence[Button]:
        """The chips, in order."""
        return self._chips

    def key(self) -> object:
        """Return the key of the chosen chip."""
        return self._keys[self._group.checkedId()]

    def choose(self, key: object) -> None:
        """Choose a chip by its key."""
        self._chips[self._keys.index(key)].setChecked(True)

    def set_count(self, key: object, count: int | None) -> None:
        """Show a count behind a chip's text."""
        index = self._keys.index(key)
        text = self._texts[index]
        self._chips[index].setText(text if count is None else f"{text} {words.number(count)}")

    def set_shown(self, key: object, shown: bool) -> None:
        """Show or hide a chip."""
        self._chips[self._keys.index(key)].setVisible(shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            shown = [chip for chip in self._chips if not chip.isHidden()]
            if step and watched in shown:
                chip = shown[(shown.index(watched) + step) % len(shown)]
                chip.setChecked(True)
                chip.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _on_toggled(self, index: int, checked: bool) -> None:
        if checked:
            self._share_focus()
            self.changed.emit(self._keys[index])

    def _share_focus(self) -> None:
        # One stop for the Tab key, like radio buttons.
        for chip in self._chips:
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chip.isChecked() else Qt.FocusPolicy.ClickFocus)
