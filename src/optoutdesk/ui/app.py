"""Starts the window: fonts, colours, the net for unexpected errors, and a plain sentence when the desk cannot open."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from optoutdesk import __version__
from optoutdesk.domain.errors import UserError
from optoutdesk.ui.errors import ErrorReporter
from optoutdesk.ui.summons import Summons, summon
from optoutdesk.ui.theme import apply_theme, prepare_fonts
from optoutdesk.ui.widgets.icons import app_icon
from optoutdesk.ui.window import MainWindow

if TYPE_CHECKING:
    from optoutdesk.desk import Desk
    from optoutdesk.ui.widgets.message import Message


class Application(QApplication):
    """The application; it tells when the system asks it to end, which must not end in the tray."""

    quit_wanted = Signal()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Quit:
            self.quit_wanted.emit()
        return super().event(event)


def make_app(argv: Sequence[str]) -> Application:
    """Return the application with its font and style, in the system's light or dark."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = Application(list(argv))
    app.setApplicationName("Opt-Out Desk")
    app.setApplicationDisplayName("Opt-Out Desk")
    app.setDesktopFileName("optoutdesk")
    app.setApplicationVersion(__version__)
    app.setStyle("Fusion")
    app.setWindowIcon(app_icon())
    prepare_fonts(app)
    return app


def run(desk: "Desk", argv: Sequence[str], *, in_tray: bool = False) -> int:
    """Show the window until it is closed and return the exit code: 0, or 1 when the desk could not be opened.

    With `in_tray` it begins hidden in the tray, where there is one. Where this desk is open already, that window comes
    forward instead.
    """
    app = make_app(argv)
    if summon(desk.paths.folder, show=not in_tray):
        return 0
    # The window says when it is closed for good: in the tray it is only hidden.
    app.setQuitOnLastWindowClosed(False)
    reporter = ErrorReporter(desk.paths.log, desk.now)
    reporter.install()
    messages: list[Message] = []

    def cannot_open(error: UserError) -> None:
        messages.append(refuse(error))
        messages[0].finished.connect(lambda: app.exit(1))

    try:
        window = reporter.window = open_window(app, desk, in_tray=in_tray)
        window.refused.connect(cannot_open)
        window.left.connect(app.exit)
        app.quit_wanted.connect(window.leave)
        summons = Summons(desk.paths.folder, window)
        summons.wanted.connect(window.come_forward)
        QTimer.singleShot(0, summons, summons.listen)
        if in_tray:
            QTimer.singleShot(0, window, window.start_in_tray)
    except UserError as error:
        apply_theme(app, "system")
        cannot_open(error)
    code = app.exec()
    reporter.remove()
    return code


def open_window(app: QApplication, desk: "Desk", *, in_tray: bool = False) -> MainWindow:
    """Show the desk's window; UserError when its settings cannot be read. The window opens the rest once it is seen."""
    apply_theme(app, desk.settings.theme)
    window = MainWindow(desk)
    if not in_tray:
        window.show()
    return window


def refuse(error: UserError) -> "Message":
    """Say why the desk cannot be opened, with the details at hand."""
    from optoutdesk.ui.widgets.message import Message

    message = Message(None, "Opt-Out Desk cannot open", str(error), details=error.details)
    message.open()
    return message
