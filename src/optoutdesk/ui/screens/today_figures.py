"""The four figures of the Today screen."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.services.due_requests import Today
from optoutdesk.ui import words, words_today
from optoutdesk.ui.widgets.basic import label, restyle

_DIGITS = len("99,999")
"""A longer figure needs the room of its words in a narrow window."""


class Figure(QFrame):
    """One figure and what it counts."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(15, 10, 12, 11)
        layout.setSpacing(1)
        self.figure = label(words.NONE, "figure")
        self._text = text
        self._below = label(text, "small")
        layout.addWidget(self.figure)
        layout.addWidget(self._below)
        layout.addStretch(1)

    def show_figure(self, figure: str, tone: str = "") -> None:
        """Show a figure; a tone underlines what its words say already."""
        self.figure.setText(figure)
        self.figure.setAccessibleName(f"{self._text}: {figure}")
        if self.figure.property("tone") != tone:
            restyle(self.figure, tone=tone)

    def wrap(self, wrap: bool) -> None:
        """Let the words below take two lines, so that long figures find room beside each other."""
        self._below.setWordWrap(wrap)
        self._below.setMinimumWidth(1 if wrap else 0)


class OnTimeFigure(Figure):
    """The share of requests done in time, and how long answers took."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("On time, 12 months", parent)
        self.response = label("", "small", wrap=True)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(2, self.response)

    def show_share(self, on_time: float | None, median_hours: float | None) -> None:
        """Show the share, and the response time of the middle one."""
        self.show_figure(words.percent(on_time))
        self.response.setText(words_today.response(median_hours))
        said = words_today.response_in_full(median_hours)
        self.setToolTip(said)
        self.figure.setAccessibleDescription(said)


class Figures(QWidget):
    """Overdue, due soon, open in all, on time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.overdue = Figure("Overdue")
        self.soon = Figure("Due within 3 days")
        self.open = Figure("Open in all")
        self.on_time = OnTimeFigure()
        self._all = (self.overdue, self.soon, self.open, self.on_time)
        for figure in self._all:
            row.addWidget(figure, 1)

    def show_today(self, today: Today, median_hours: float | None) -> None:
        """Show how things stand."""
        self.overdue.show_figure(words.number(today.overdue), "danger" if today.overdue else "")
        self.soon.show_figure(words.number(today.soon), "warning" if today.soon else "")
        self.open.show_figure(words.number(today.open))
        self.on_time.show_share(today.on_time, median_hours)

    def fit(self, *, narrow: bool, cramped: bool) -> None:
        """Give figures of many digits, or in the narrowest window all, the room of their words."""
        self.on_time.response.setHidden(narrow)  # it stands in the line above the figures then
        long = max(len(figure.figure.text()) for figure in self._all) > _DIGITS
        for figure in self._all:
            figure.wrap(cramped or (narrow and long))
