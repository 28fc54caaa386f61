"""What stands on Today where no request is open: the first step, or calm praise with the next one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from optoutdesk.ui.widgets.basic import Button, Card, EmptyState


class FirstRunCard(Card):
    """Nothing was ever recorded."""

    record_wanted = Signal()
    import_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.state = EmptyState(
            "Somebody asked to be left alone?",
            "Record the request here. It gets its legal due date, and everyone you recorded is taken out of "
            "every contact list you clean. All of it stays on this computer.",
            "Record the first opt-out",
            self.record_wanted.emit,
        )
        self.body.addWidget(self.state)
        self.bring_in = Button("Or bring in the opt-outs you already have…", role="link")
        self.bring_in.clicked.connect(self.import_wanted)
        self.body.addWidget(self.bring_in, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addSpacing(16)
        self.hide()


class AllDoneCard(Card):
    """Everyone who asked was removed."""

    clean_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.state = EmptyState(
            "Nobody is waiting",
            "New requests appear here with their due date. Before your next newsletter, clean its list.",
            "Clean a contact list…",
            self.clean_wanted.emit,
        )
        self.body.addWidget(self.state)
        self.hide()
