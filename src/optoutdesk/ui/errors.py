"""What nobody expected: exceptions in any thread and Qt's own messages, written to a log and shown in one sentence."""

import os
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import UserError

if TYPE_CHECKING:
    from optoutdesk.ui.widgets.message import Message

SENTENCE = "Something went wrong that should not have. Nothing you recorded is lost."
KEEP_BYTES = 1 << 20
"""The log starts anew beyond this size: a fault in a timer must not fill her disk."""


class ErrorReporter(QObject):
    """Catches what nobody caught. Reports arrive in the window's thread whichever thread they come from."""

    _caught = Signal(object)

    def __init__(self, log: Path, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = log
        self._now = now
        self.window: QWidget | None = None
        self.shown: Message | None = None
        self._old_hooks = (sys.excepthook, threading.excepthook)
        self._old_handler: object = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over the three hooks."""
        sys.excepthook = self.on_exception
        threading.excepthook = self._on_thread_exception
        self._old_handler = qInstallMessageHandler(self._on_qt_message)

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._old_hooks
        qInstallMessageHandler(self._old_handler)  # type: ignore[arg-type]

    def on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Report an exception; one of the user's world with its own sentence."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        if isinstance(error, UserError):
            self._caught.emit((str(error), error.details))
            return
        self.write(details)
        self._caught.emit((SENTENCE, details))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            return
        self.write(f"Qt {kind.name} {context.category or ''}: {text}\n")
        # A warning is for us, in the log; only what Qt calls critical is worth her attention.
        if kind is QtMsgType.QtCriticalMsg:
            self._caught.emit((SENTENCE, text))

    def write(self, details: str) -> None:
        """Append to the log; a log that cannot be written must not cause the next error."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            start_anew = self._file.exists() and self._file.stat().st_size > KEEP_BYTES
            flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if start_anew else os.O_APPEND)
            # 0600: an error may quote an address.
            with os.fdopen(os.open(self._file, flags, 0o600), "w", encoding="utf-8") as stream:
                stream.write(f"{self._now().isoformat()} {details}\n")
        except OSError:
            if sys.stderr is not None:  # a windowed program has none
                sys.stderr.write(details)

    @Slot(object)
    def _show(self, report: tuple[str, str]) -> None:
        if self.shown is not None:
            return  # one at a time: a fault in a timer must not bury her in dialogs
        from optoutdesk.ui.widgets.message import Message

        sentence, details = report
        title = "Something went wrong" if sentence == SENTENCE else "That did not work"
        self.shown = Message(self.window, title, sentence, details=details)
        self.shown.finished.connect(self._on_closed)
        self.shown.open()

    @Slot(int)
    def _on_closed(self, _result: int) -> None:
        self.shown = None
