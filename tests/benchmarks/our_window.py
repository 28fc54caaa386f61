"""Our window, gone after its first paint: `our_window.py DATA`."""

import sys
from pathlib import Path

from first_paint import leave_after_first_paint
from PySide6.QtWidgets import QApplication

from optoutdesk.desk import Desk
from optoutdesk.ui import app

_made = QApplication.__init__


def _watched(self: QApplication, *arguments: object) -> None:
    _made(self, *arguments)
    leave_after_first_paint(self)


QApplication.__init__ = _watched
sys.exit(app.run(Desk(Path(sys.argv[1])), sys.argv[:1]))
