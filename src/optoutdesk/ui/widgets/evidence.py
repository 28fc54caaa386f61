"""Evidence on screen: where a file is dropped or chosen, the files of a request that is being recorded, those on record."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optoutdesk.domain.errors import UserError
from optoutdesk.domain.requests import Evidence, OptOutRequest
from optoutdesk.services.changes import Changes
from optoutdesk.services.evidence import EvidenceFile
from optoutdesk.ui import words_evidence
from optoutdesk.ui.context import Context
from optoutdesk.ui.widgets.basic import Button, ElidedLabel, label
from optoutdesk.ui.widgets.drop_zone import DropFrame

MOST_FILES = 10
"""Files of one request that is being recorded: they wait in memory."""


class EvidenceZone(DropFrame):
    """One line that takes files, with a button to choose them."""

    def __init__(self, text: str = words_evidence.DROP, parent: QWidget | None = None) -> None:
        super().__init__(words_evidence.CHOOSE_TITLE, words_evidence.FILES, parent, several=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(6)
        self.text = label(text, "small", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = Button("Choose…", role="link").compact()
        self.button.setAccessibleName("Choose a file as evidence")
        self.button.clicked.connect(self.choose)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)


class _Row(QWidget):
    """A file: its name, what is known of it, and a button."""

    def __init__(self, name: str, facts: str, button: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        self.name = ElidedLabel(name, "smalltext", elide=Qt.TextElideMode.ElideMiddle)
        self.facts = ElidedLabel(facts, "small")
        texts.addWidget(self.name)
        texts.addWidget(self.facts)
        self.button = Button(button, role="link").compact()
        self.button.setAccessibleName(f"{button.rstrip('…')} {name}")
        row.addLayout(texts, 1)
        row.addWidget(self.button)


class EvidenceBox(QWidget):
    """The files of something that is being recorded: read in the worker, and kept when it is recorded."""

    read = Signal(object)
    """EvidenceFile: one more was read."""
    changed = Signal()
    """Another height is needed."""

    def __init__(
        self,
        context: Context,
        text: str = words_evidence.DROP,
        parent: QWidget | None = None,
        *,
        proposes: bool = True,
    ) -> None:
        """`proposes`: what a file says is proposed somewhere, so that she has to know what of it was read."""
        super().__init__(parent)
        self._context = context
        self._proposes = proposes
        self.files: list[EvidenceFile] = []
        self.rows: list[_Row] = []
        self.reading = 0
        """Files that are being read."""
        self._refused: list[str] = []
        """Why files of those that came together were not taken: one that is read after them must not hide it."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.zone = EvidenceZone(text)
        self.zone.dropped.connect(self.take)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.said = label("", "small", wrap=True)
        self.problem = label("", "warning", wrap=True)
        column.addLayout(self._list)
        column.addWidget(self.problem)
        column.addWidget(self.said)
        column.addWidget(self.zone)
        self._say("", "")

    @Slot(object)
    def take(self, path: Path) -> None:
        """Read a file; she goes on working meanwhile."""
        if not self.reading:
            self._refused = []
        if len(self.files) + self.reading >= MOST_FILES:
            self._refuse(
                f"{MOST_FILES} files at once are enough. Add further ones to the request afterwards."
            )
            return
        self.reading += 1
        service, now = self._context.desk.evidence, self._context.now()
        self._context.lookups.run(
            lambda _report: service.open(path, now), done=self._on_read, failed=self._on_failed
        )

    def _on_read(self, file: EvidenceFile) -> None:
        self.reading -= 1
        if any(file.sha256 == known.sha256 for known in self.files):
            return
        self.files.append(file)
        zone, today = self._context.zone, self._context.today()
        row = _Row(file.name, words_evidence.facts_of_file(file, zone, today), "Remove")
        row.button.clicked.connect(self._remove)
        self.rows.append(row)
        self._list.addWidget(row)
        row.show()  # Qt would show it a moment later, and its height would not count yet
        self._say_of(file)
        self.read.emit(file)

    def _on_failed(self, error: Exception) -> None:
        self.reading -= 1
        if not isinstance(error, UserError):
            raise error
        self._refuse(str(error))

    def _refuse(self, sentence: str) -> None:
        if sentence not in self._refused:
            self._refused.append(sentence)
        self._say_of(self.files[-1] if self.files else None)

    @Slot()
    def _remove(self) -> None:
        row = next((row for row in self.rows if row.button is self.sender()), None)
        if row is None:
            return
        place = self.rows.index(row)
        del self.files[place], self.rows[place]
        self.zone.button.setFocus()
        row.hide()
        row.deleteLater()
        self._refused = []
        self._say_of(self.files[-1] if self.files else None)

    def _say_of(self, file: EvidenceFile | None) -> None:
        read = file.read if file is not None and self._proposes else None
        remarks = [*self._refused, *(read.remarks if read is not None else ())]
        self._say(" ".join(remarks), read.not_read if read is not None else "")

    def _say(self, problem: str, said: str) -> None:
        for part, text in ((self.problem, problem), (self.said, said)):
            part.setText(text)
            part.setVisible(bool(text))
        inner = self.layout()
        if inner is not None:
            inner.activate()  # else what is around it learns its new height too late
        self.changed.emit()

    @property
    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [*(row.button for row in self.rows), self.zone.button]


class RequestEvidence(QWidget):
    """The evidence that is on record of a request, to be opened after a question, and a place to drop more."""

    def __init__(
        self,
        context: Context,
        request: OptOutRequest | None,
        evidence: Sequence[Evidence],
        parent: QWidget | None = None,
    ) -> None:
        """`request` is the one that further files are evidence of; None: none can be added."""
        super().__init__(parent)
        self._context = context
        self._request = request
        self._evidence = tuple(evidence)
        self._wanted: Evidence | None = None
        self.rows: list[_Row] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        zone, today = context.zone, context.today()
        for each in self._evidence:
            row = _Row(each.name, words_evidence.facts(each, zone, today), "Open…")
            row.setToolTip(f"SHA-256 {each.sha256}")
            row.button.clicked.connect(self._ask_open)
            self.rows.append(row)
            column.addWidget(row)
        self.zone = EvidenceZone()
        self.zone.dropped.connect(self.add)
        self.zone.setVisible(request is not None)
        column.addWidget(self.zone)

    def choose(self) -> None:
        """Ask for a file; returns at once."""
        self.zone.choose()

    @Slot(object)
    def add(self, path: Path) -> None:
        """Keep a file and put it on record as evidence of the request."""
        if self._request is not None:
            add_evidence(self._context, self.window(), [self._request.id], [path])

    @Slot()
    def _ask_open(self) -> None:
        place = next((place for place, row in enumerate(self.rows) if row.button is self.sender()), None)
        if place is None:
            return
        self._wanted = wanted = self._evidence[place]
        text = words_evidence.open_question(wanted, self._context.zone, self._context.today())
        self._context.ask(self.window(), f"Open “{wanted.name}”?", text, "Open it", self._open)

    def _open(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        service = self._context.desk.evidence
        self._context.lookups.run(
            lambda _report: service.path_of(wanted), done=self._show, failed=self._on_failed
        )

    def _show(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            error = UserError(f"Your computer has no program to open such files with. The file is {path}.")
            self._context.complain(self.window(), error)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self.window(), error)


def add_evidence(
    context: Context, window: QWidget, request_ids: Sequence[int], paths: Iterable[Path]
) -> None:
    """Keep files and put them on record as evidence of requests, in the worker; the window says what came of it."""
    _Adding(context, window).run(request_ids, list(paths))


class _Adding(QObject):
    """One adding of files. It belongs to the context: the panel that asked for it may show somebody else by then."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(context)
        self._context = context
        self._window = window

    def run(self, request_ids: Sequence[int], paths: Sequence[Path]) -> None:
        desk, now, by = self._context.desk, self._context.now(), self._context.desk.person
        service = desk.evidence

        def work(_report: object) -> tuple[Changes, str]:
            files = [service.keep(service.open(path, now)) for path in paths]
            changes = service.add(request_ids, files, by=by, now=now)
            return changes, words_evidence.added(files) if changes else words_evidence.KNOWN

        self._context.tasks.run(work, done=self._done, failed=self._failed)

    def _done(self, came_of_it: tuple[Changes, str]) -> None:
        changes, said = came_of_it
        self._context.notice.emit(said)
        self.deleteLater()
        self._context.broadcast(changes)

    def _failed(self, error: Exception) -> None:
        self.deleteLater()
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._window, error)
