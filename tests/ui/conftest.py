"""What the tests of the window share: one application, a window on an empty desk, and a way to record requests."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from import_driver import idle
from PySide6.QtCore import QLocale, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QWidget

from optoutdesk.desk import Desk
from optoutdesk.domain.requests import ALL_MAIL, Channel, OptOutRequest
from optoutdesk.ui.app import make_app
from optoutdesk.ui.context import Context
from optoutdesk.ui.screens.imports import ImportScreen
from optoutdesk.ui.theme import LIGHT, apply_theme, theme
from optoutdesk.ui.window import MainWindow

Record = Callable[..., OptOutRequest]


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The one application; pytest-qt takes it from here."""
    QLocale.setDefault(QLocale.c())
    return make_app(["tests"])


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    """Every test starts in light, without dialogs of the test before."""
    if theme() is not LIGHT or not qapp.styleSheet():
        apply_theme(qapp, "light")
    if QApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:
        # For Qt the Ctrl of the last key that was clicked is still held down, and a choice of rows would be extended.
        QTest.keyClick(QWidget(), Qt.Key.Key_F35)
    yield
    left = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isModal()]
    for widget in left:
        widget.close()


@pytest.fixture
def context(qapp: QApplication, desk: Desk) -> Iterator[Context]:
    """A context without a window, for single screens and dialogs."""
    made = Context(desk)
    yield made
    made.close()


@pytest.fixture
def window(qapp: QApplication, qtbot, desk: Desk) -> Iterator[MainWindow]:
    """The window, shown and filled."""
    made = MainWindow(desk)
    qtbot.addWidget(made)
    made.show()
    made.fill()
    qtbot.waitUntil(lambda: not made.context.lookups.busy)
    yield made
    made.close()


@pytest.fixture
def record(desk: Desk) -> Record:
    """Record one request, as if it had been recorded in time."""

    def do(
        address: str,
        received: datetime | date = datetime(2026, 11, 10, 21, 42, tzinfo=UTC),
        channel: Channel = Channel.PHONE,
        scope: str = ALL_MAIL,
        by: str = "Ana",
    ) -> OptOutRequest:
        service, now = desk.record_optout, desk.now()
        entries = service.find(address, scope).entries
        recorded, _ = service.record(
            entries, service.received(received, now), now=now, by=by, channel=channel, scope=scope
        )
        return recorded[0].request

    return do


@pytest.fixture
def drop(qapp: QApplication) -> Callable[..., bool]:
    """Drop files on a widget and return whether it takes them."""

    def do(widget: QWidget, *paths: Path) -> bool:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        where, button, keys = QPoint(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, button, keys)
        QApplication.sendEvent(widget, enter)
        if not enter.isAccepted():
            return False
        QApplication.sendEvent(
            widget, QDropEvent(QPointF(where), Qt.DropAction.CopyAction, data, button, keys)
        )
        return True

    return do


@pytest.fixture
def import_screen(context: Context, qtbot) -> Iterator[ImportScreen]:
    """The import screen alone, its model under Qt's own test."""
    made = ImportScreen(context)
    qtbot.addWidget(made)
    model = made.view.counts.model
    made.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    context.changed.connect(made.reload)
    made.resize(828, 642)
    made.show()
    yield made
    qtbot.waitUntil(lambda: idle(made))
    context.close()
    made.shut()
