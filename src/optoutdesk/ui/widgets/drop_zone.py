"""Where a file is dropped, or chosen by a click or with Enter."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QStandardPaths, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from optoutdesk.ui.theme import color, theme, theme_changed
from optoutdesk.ui.widgets.basic import label

LIST_FILES = "Contact lists (*.xlsx *.xls *.ods *.csv *.tsv *.txt);;All files (*)"

_last_folder = ""


def dropped_files(data: QMimeData) -> list[Path]:
    """Return the files on this computer that are being dropped."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [file for file in files if file.is_file()]


def dropped_file(data: QMimeData) -> Path | None:
    """Return the first file on this computer that is being dropped."""
    return next(iter(dropped_files(data)), None)


def start_folder() -> str:
    """Return where she last was, whichever screen asks; else her documents, else her home."""
    places = QStandardPaths.StandardLocation
    documents = QStandardPaths.writableLocation(places.DocumentsLocation)
    there = (folder for folder in (_last_folder, documents) if folder and Path(folder).is_dir())
    return next(there, str(Path.home()))


class DropFrame(QWidget):
    """A dashed frame that takes files; `dropped` gives the path of each."""

    dropped = Signal(object)

    def __init__(
        self, dialog_title: str, files: str, parent: QWidget | None = None, *, several: bool = False
    ) -> None:
        super().__init__(parent)
        self._dialog_title = dialog_title
        self._files = files
        self._several = several
        self._lit = False
        self.dialog: QFileDialog | None = None
        self.setAcceptDrops(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme_changed.connect(self.update)

    def choose(self) -> None:
        """Open the file dialog; returns at once."""
        modes = QFileDialog.FileMode
        self.dialog = QFileDialog(self, self._dialog_title, start_folder(), self._files)
        self.dialog.setFileMode(modes.ExistingFiles if self._several else modes.ExistingFile)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._several:
            self.dialog.filesSelected.connect(self._on_several)
        else:
            self.dialog.fileSelected.connect(self._on_chosen)
        self.dialog.open()

    def _on_several(self, files: list[str]) -> None:
        for file in files:
            self._on_chosen(file)

    def _on_chosen(self, file: str) -> None:
        global _last_folder  # noqa: PLW0603 - one place for the whole program
        _last_folder = str(Path(file).parent)
        self.dropped.emit(Path(file))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
        for path in paths if self._several else paths[:1]:
            self.dropped.emit(path)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.choose()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]
        self.update()

    def _light(self, on: bool) -> None:
        self._lit = on
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self._lit or self.hasFocus()
        pen = QPen(
            color(colours.accent if active or self.underMouse() else colours.edge), 2.0 if active else 1.2
        )
        pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.setBrush(color(colours.accent_soft if self._lit else colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        painter.end()


class DropZone(DropFrame):
    """A frame for one file, with what happens to it; Enter chooses one."""

    def __init__(
        self,
        title: str,
        text: str,
        *,
        dialog_title: str = "Open a contact list",
        files: str = LIST_FILES,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(dialog_title, files, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{text} Press Enter to choose a file.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 24, 16, 24)
        layout.setSpacing(4)
        layout.addStretch(1)
        for part in (label(title, "heading", wrap=True), label(text, "muted", wrap=True)):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(part)
        layout.addStretch(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.choose()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
