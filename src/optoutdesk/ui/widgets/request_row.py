"""One open request on the Today screen: who, since when, the strip, the due date, and the button that settles it."""

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from optoutdesk.services.due_requests import Due
from optoutdesk.ui import words
from optoutdesk.ui.theme import color, font, theme, theme_changed
from optoutdesk.ui.widgets.basic import Button, ElidedLabel, FocusRing, PressedByEnter, label
from optoutdesk.ui.widgets.strip import DeadlineStrip

STRIP_WIDTH = 176


class AddressButton(PressedByEnter, FocusRing, QAbstractButton):
    """An address that leads to its history; shortened in the middle where it is too long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme_changed.connect(self.update)

    def show_address(self, text: str) -> None:
        """Show an address."""
        self.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription("Shows its history")

    def sizeHint(self) -> QSize:
        return QSize(120, QFontMetrics(font(medium=True)).height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme()
        shown_font = font(medium=True)
        painter = QPainter(self)
        if self.focus_visible:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(color(colours.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        shown_font.setUnderline(self.underMouse())
        painter.setFont(shown_font)
        painter.setPen(color(colours.text))
        text = QFontMetrics(shown_font).elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width() - 4
        )
        painter.drawText(self.rect().adjusted(2, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class RequestRow(QWidget):
    """A row that can be given another request."""

    done_wanted = Signal(object)
    """Due: she says it was removed everywhere."""
    opened = Signal(object)
    """Due: she wants its history."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._due: Due | None = None
        self.address = AddressButton()
        self.facts = ElidedLabel("", "small")
        self.facts.setContentsMargins(2, 0, 0, 0)
        self.strip = DeadlineStrip()
        self.strip.setFixedWidth(STRIP_WIDTH)
        self.left = label("", "small")
        self.due = label("", "bold")
        self.button = Button("Mark done").compact()
        self._grid = QGridLayout(self)
        # Tab goes from left to right whatever the layout does with them.
        for part in (self.address, self.facts, self.strip, self.left, self.due, self.button):
            part.setParent(self)
        self._wide: bool | None = None
        self.set_wide(True)
        self.button.clicked.connect(self._on_done)
        self.address.clicked.connect(self._on_opened)

    @property
    def shown(self) -> Due | None:
        """The request that is shown."""
        return self._due

    def show_due(self, due: Due, today: date) -> None:
        """Show a request."""
        self._due = due
        request = due.request
        name = words.subject(request.kind, request.key)
        self.address.show_address(name)
        facts = [words.received(request.received, today), words.channel_inline(request.channel)]
        if words.is_one_list(request.scope):
            facts.append(f"{request.scope} only")
        if request.by:
            facts.append(request.by)
        self.facts.setText(" · ".join(facts))
        self.strip.set_due(due, today)
        self.left.setText(words.days_left(due))
        self.due.setText(words.day(request.due, today))
        self.button.setAccessibleName(f"Mark {name} done")

    def set_wide(self, wide: bool) -> None:
        """Put everything side by side, or where there is less room the clock below the address."""
        if wide == self._wide:
            return
        self._wide = wide
        grid = self._grid
        centre, bottom = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignBottom
        if wide:
            grid.setContentsMargins(14, 10, 16, 10)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(3)
            grid.addWidget(self.address, 0, 0)
            grid.addWidget(self.facts, 1, 0)
            grid.addWidget(self.strip, 0, 1, bottom)
            grid.addWidget(self.left, 1, 1, centre)
            grid.addWidget(self.due, 0, 2, 2, 1, centre)
            grid.addWidget(self.button, 0, 3, 2, 1, centre)
        else:
            grid.setContentsMargins(14, 10, 16, 12)
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(1)
            grid.addWidget(self.address, 0, 0, 1, 3)
            grid.addWidget(self.facts, 1, 0, 1, 3)
            grid.addWidget(self.button, 0, 3, 2, 1, centre)
            grid.addWidget(self.strip, 2, 0, bottom)
            grid.addWidget(self.left, 2, 1, bottom)
            grid.addWidget(self.due, 2, 2, 1, 2, bottom)
        self.strip.setContentsMargins(0 if wide else 2, 0, 0, 0)  # in line with the letters above
        grid.setRowMinimumHeight(2, 0 if wide else 24)
        grid.setColumnStretch(0, 1 if wide else 0)
        grid.setColumnStretch(2, 0 if wide else 1)

    def set_due_width(self, width: int) -> None:
        """Give the due date the width that all rows share."""
        self.due.setMinimumWidth(width)

    @Slot()
    def _on_done(self) -> None:
        self.done_wanted.emit(self._due)

    @Slot()
    def _on_opened(self) -> None:
        self.opened.emit(self._due)
