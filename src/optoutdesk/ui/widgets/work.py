"""Work under way: what is done, how far and how fast, and Cancel."""

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from optoutdesk.ui import words_import
from optoutdesk.ui.widgets.basic import Button, label


def progress_bar(width: int) -> QProgressBar:
    """Return a thin bar."""
    bar = QProgressBar()
    bar.setFixedWidth(width)
    bar.setTextVisible(False)
    bar.setAccessibleName("Progress")
    bar.setRange(0, 0)
    return bar


class Pace:
    """How fast a phase of work goes; a phase that starts again at 0 is a new one."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self._done = 0
        self._phases: list[str] = []

    def begin(self, phases: Sequence[str]) -> None:
        """Begin with other work, whose phases have these names; the last one may come again."""
        self._done = 0
        self._phases = list(phases)
        self._clock.restart()

    @property
    def phase(self) -> str:
        """What is being done."""
        return self._phases[0] if self._phases else ""

    def tell(self, done: int, total: int, unit: str) -> str:
        """Return how far it is and how fast."""
        if done < self._done:
            self._phases = self._phases[1:] or self._phases
            self._clock.restart()
        self._done = done
        seconds = self._clock.elapsed() / 1000
        return words_import.pace(done, total, seconds, unit)


def show_share(bar: QProgressBar, done: int, total: int) -> None:
    """Fill a bar as far as the work is; let it run where nobody knows."""
    bar.setRange(0, 100 if total else 0)
    if total:
        bar.setValue(min(100, done * 100 // total))


class WorkLine(QWidget):
    """One line for work that goes on beside what is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        self._pace = Pace()
        self.bar = progress_bar(120)
        self.text = label("", "small")
        self.cancel = Button("Cancel").compact()
        row.addWidget(self.bar)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)

    def begin(self, *phases: str) -> None:
        """Begin with a piece of work."""
        self._pace.begin(phases)
        self.cancel.setAccessibleName(f"Cancel: {phases[0]}")
        self.tell(0, 0)

    def tell(self, done: int, total: int, unit: str = "row") -> None:
        """Say how far it is."""
        show_share(self.bar, done, total)
        pace = self._pace.tell(done, total, unit)
        self.text.setText(f"{self._pace.phase} · {pace}" if pace else self._pace.phase)


class WorkPage(QWidget):
    """A page for work that everything else waits for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = Pace()
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 24, 24, 24)
        page.addStretch(2)
        self.what = label("", "large", wrap=True)
        self.bar = progress_bar(360)
        self.pace = label("", "small")
        self.cancel = Button("Cancel")
        for part in (self.what, self.pace):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        page.addWidget(self.what)
        page.addSpacing(12)
        page.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addSpacing(8)
        page.addWidget(self.pace)
        page.addSpacing(16)
        page.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(3)

    def begin(self, what: str, *, can_cancel: bool = True) -> None:
        """Begin with a piece of work."""
        self.what.setText(what)
        self.cancel.setVisible(can_cancel)
        self._pace.begin([what])
        self.tell(0, 0)

    def tell(self, done: int, total: int, unit: str = "row") -> None:
        """Say how far it is."""
        show_share(self.bar, done, total)
        self.pace.setText(self._pace.tell(done, total, unit))
