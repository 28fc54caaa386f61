"""Starts the window: fonts, colours, the net for unexpected errors, and a plain sentence when the desk cannot open."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from optoutdesk import __version__
from optoutdesk.desk import Desk
from optoutdesk.domain.errors import UserError
from optoutdesk.ui.errors import ErrorReporter
from optoutdesk.ui.theme import apply_theme, prepare_fonts
from optoutdesk.ui.widgets.icons import app_icon
from optoutdesk.ui.widgets.message import Message
from optoutdesk.ui.window import MainWindow


def make_app(argv: Sequence[str]) -> QApplication:
    """Return the application with its font and style, in the system's light or dark."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(list(argv))
    app.setApplicationName("Opt-Out Desk")
    app.setApplicationDisplayName("Opt-Out Desk")
    app.setDesktopFileName("optoutdesk")
    app.setApplicationVersion(__version__)
    app.setStyle("Fusion")
    app.setWindowIcon(app_icon())
    prepare_fonts(app)
    return app


def run(desk: Desk, argv: Sequence[str]) -> int:
    """Show the window until it is closed and return the exit code: 0, or 1 when the desk could not be opened."""
    app = make_app(argv)
    reporter = ErrorReporter(desk.paths.log, desk.now)
    reporter.install()
    try:
        reporter.window = open_window(app, desk)
        return app.exec()
    except UserError as error:
        apply_theme(app, "system")
        message = refuse(error)
        app.exec()
        del message
        return 1
    finally:
        reporter.remove()


def open_window(app: QApplication, desk: Desk) -> MainWindow:
    """Open the desk and show its window; UserError when its settings or its suppression list cannot be opened."""
    apply_theme(app, desk.settings.theme)
    _ = desk.store
    window = MainWindow(desk)
    window.show()
    return window


def refuse(error: UserError) -> Message:
    """Say why the desk cannot be opened, with the details at hand."""
    message = Message(None, "Opt-Out Desk cannot open", str(error), details=error.details)
    message.open()
    return message
