"""One window for one desk: who starts the program again while it is in the tray sees that window come forward."""

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_SHOW, _STAY, _YES = b"s", b"-", b"y"
_CONNECT_MS = 500
_ANSWER_MS = 3000
"""A window that does not answer hangs; another one must open then."""


def _name(folder: Path) -> str:
    """Return what the windows of one desk find each other by."""
    whose = f"{os.getuid() if hasattr(os, 'getuid') else ''}:{folder.resolve()}"
    return f"optoutdesk-{hashlib.sha256(os.fsencode(whose)).hexdigest()[:24]}"


def summon(folder: Path, *, show: bool) -> bool:
    """Ask the window that has this desk open to come forward (or, without `show`, whether it is there)."""
    socket = QLocalSocket()
    socket.connectToServer(_name(folder))
    if not socket.waitForConnected(_CONNECT_MS):
        return False
    socket.write(_SHOW if show else _STAY)
    socket.flush()
    answered = socket.waitForReadyRead(_ANSWER_MS) and bytes(socket.readAll().data()) == _YES
    socket.abort()
    return answered


class Summons(QObject):
    """Answers those who start the program again."""

    wanted = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _name(folder)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    @Slot()
    def listen(self) -> None:
        """Begin to answer. Where that cannot be, a second start opens a second window, as it always did."""
        if not self._server.listen(self._name):
            QLocalServer.removeServer(self._name)  # left behind by a crash: nobody answered there
            self._server.listen(self._name)

    @Slot()
    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(self._on_ready)
            if socket.bytesAvailable():
                self._answer(socket)

    @Slot()
    def _on_ready(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._answer(socket)

    def _answer(self, socket: QLocalSocket) -> None:
        asked = bytes(socket.readAll().data())
        if not asked:
            return
        socket.write(_YES)
        socket.flush()
        if asked.startswith(_SHOW):
            self.wanted.emit()
