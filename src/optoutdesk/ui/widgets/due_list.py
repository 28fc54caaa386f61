"""The list of the open requests: what the mouse and the keys do in it."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from optoutdesk.services.due_requests import Due
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.due_lines import Kind, Line, Section
from optoutdesk.ui.widgets.basic import BY_KEYBOARD
from optoutdesk.ui.widgets.due_delegate import Hot
from optoutdesk.ui.widgets.due_places import Part
from optoutdesk.ui.widgets.due_view import DueView

MANY = 8
"""With more open requests than this rows have boxes to tick, and sections can be folded."""
_KEYS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)

Index = QModelIndex | QPersistentModelIndex


class DueList(DueView):
    """The list. Acts are only asked for here; what they do is the screen's."""

    opened = Signal(object)
    """Due: she wants its history."""
    done_wanted = Signal(object)
    """Due and the section it stands in, as a tuple: she says it is done."""
    chosen_done_wanted = Signal()
    """She says that the chosen ones are done."""
    assign_wanted = Signal(object, object)
    """Due (None: the chosen ones), QPoint where a menu may open: somebody is to work on it."""
    menu_wanted = Signal(object, object, object)
    """Due, its section, QPoint: what can be done with it."""

    def __init__(self, context: Context, gutter: int, parent: QWidget | None = None) -> None:
        super().__init__(context, gutter, parent)
        self._anchor = -1
        """Where a range of chosen rows begins."""
        self.setAccessibleName("Open requests")
        self.setAccessibleDescription(
            "Enter shows the history, Space selects, D marks done, A assigns, Ctrl+A selects all."
        )

    # -- where she is

    def first_focus(self) -> None:
        """Put the keyboard on the most urgent request."""
        if self.rows.rowCount() and not self.currentIndex().isValid():
            self.setCurrentIndex(self.rows.index(min(1, self.rows.rowCount() - 1), 0))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def current(self) -> Due | None:
        """Return the request the keyboard is on."""
        return self.rows.due(self.currentIndex())

    def go_to_request(self, request_id: int) -> bool:
        """Put the keyboard on a request that was read; False when it is not there."""
        row = self.rows.row_of(request_id)
        if row is not None:
            self.setCurrentIndex(self.rows.index(row, 0))
        return row is not None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in BY_KEYBOARD:
            if not self.currentIndex().isValid() or self.currentIndex().row() == 0:
                self.setCurrentIndex(self.rows.index(min(1, self.rows.rowCount() - 1), 0))
            self._ring(self.currentIndex().row())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring(-1)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus() and self._delegate.ring >= 0:
            self._ring(current.row())

    def _ring(self, row: int) -> None:
        if row != self._delegate.ring:
            self._delegate.ring = row
            self.viewport().update()

    # -- the mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._warm(*self._at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._warm(-1, None)

    def _warm(self, row: int, part: Part | None) -> None:
        hot = self._delegate.hot
        if (hot.row, hot.part) == (row, part):
            return
        self._delegate.hot = Hot(row, part)
        hand = part in (Part.ADDRESS, Part.BUTTON, Part.BOX, Part.CHOOSE_ALL)
        hand = hand or (part is Part.HEAD and self._many)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        row, part = self._at(event.position().toPoint())
        self._ring(-1)
        if row >= 0:
            self.setCurrentIndex(self.rows.index(row, 0))
        self._delegate.hot = Hot(row, part, pressed=True)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        row, part = self._at(event.position().toPoint())
        hot, self._delegate.hot = self._delegate.hot, Hot(row, part)
        self.viewport().update()
        if event.button() is Qt.MouseButton.LeftButton and hot.pressed and (hot.row, hot.part) == (row, part):
            self._on_click(row, part, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # the second of two quick clicks is a click too

    def _on_click(self, row: int, part: Part | None, keys: Qt.KeyboardModifier) -> None:
        if row < 0:
            return
        line = self.rows.line(row)
        if part is Part.CHOOSE_ALL:
            self.rows.choose_all(line.section, on=not self.rows.all_chosen(line.section))
        elif part is Part.HEAD and self._many:
            self.rows.fold(line.section, folded=not line.section.folded)
        elif line.due is None:
            return
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self._choose_range(row)
        elif part is Part.BOX or keys & Qt.KeyboardModifier.ControlModifier:
            self._toggle(row)
        elif part is Part.BUTTON:
            self.done_wanted.emit((line.due, line.section))
        elif part is Part.ADDRESS:
            self.opened.emit(line.due)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        row = self.currentIndex().row() if by_key else self._at(event.pos())[0]
        line = self.rows.line(row) if row >= 0 else None
        if line is None or line.due is None:
            return
        self.setCurrentIndex(self.rows.index(row, 0))
        where = self._rect(row).center() if by_key else event.pos()
        self.menu_wanted.emit(line.due, line.section, self.viewport().mapToGlobal(where))

    # -- choosing

    def _toggle(self, row: int) -> None:
        due = self.rows.line(row).due
        if due is not None:
            self._anchor = row
            self.rows.choose([due.request.id], on=not self.rows.is_chosen(due))

    def _choose_range(self, row: int) -> None:
        """Choose from where she chose last up to here."""
        anchor = self._anchor if 0 <= self._anchor < self.rows.rowCount() else row
        self._anchor = anchor
        lines = self.rows.lines()[min(anchor, row) : max(anchor, row) + 1]
        self.rows.choose([line.due.request.id for line in lines if line.due is not None], on=True)

    # -- the keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys = Qt.Key(event.key()), event.modifiers()
        row = self.currentIndex().row()
        line = self.rows.line(row) if 0 <= row < self.rows.rowCount() else None
        if key is Qt.Key.Key_A and keys == Qt.KeyboardModifier.ControlModifier:
            self.rows.choose_all()
        elif key is Qt.Key.Key_Escape and self.rows.chosen:
            self.rows.choose_none()
        elif keys & _KEYS or line is None or not self._key_on(line, row, key):
            self._move(event, row, key)
            return
        event.accept()

    def _key_on(self, line: Line, row: int, key: Qt.Key) -> bool:
        """Do what a key says about the line the keyboard is on; False when it says nothing there."""
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if line.kind is Kind.HEAD and (enter or key is Qt.Key.Key_Space):
            if enter and self._many:
                self.rows.fold(line.section, folded=not line.section.folded)
            elif not enter:
                self.rows.choose_all(line.section, on=not self.rows.all_chosen(line.section))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._fold_by_key(line.section, folded=key is Qt.Key.Key_Left)
        elif line.due is not None and enter:
            self.opened.emit(line.due)
        elif line.due is not None and key is Qt.Key.Key_Space:
            self._toggle(row)
        elif key is Qt.Key.Key_D and self.rows.chosen:
            self.chosen_done_wanted.emit()
        elif key is Qt.Key.Key_D and line.due is not None:
            self.done_wanted.emit((line.due, line.section))
        elif key is Qt.Key.Key_A and (self.rows.chosen or line.due is not None):
            where = self.viewport().mapToGlobal(self._rect(row).center())
            self.assign_wanted.emit(None if self.rows.chosen else line.due, where)
        else:
            return False
        return True

    def _fold_by_key(self, section: Section, *, folded: bool) -> None:
        """Fold the section the keyboard is in and go to its head, or open it."""
        if not self._many:
            return
        self.rows.fold(section, folded=folded)
        head = self.rows.row_of_section(section.key)
        if folded and head is not None:
            self.setCurrentIndex(self.rows.index(head, 0))
            self._ring(head)

    def _move(self, event: QKeyEvent, row: int, key: Qt.Key) -> None:
        """Let Qt move on; with Shift what is passed is chosen. Letters look for nothing here."""
        ways = (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        )
        if key not in ways:
            event.ignore()
            return
        if key is Qt.Key.Key_Home:
            self.setCurrentIndex(self.rows.index(0, 0))
        elif key is Qt.Key.Key_End:
            self.setCurrentIndex(self.rows.index(self.rows.rowCount() - 1, 0))
        else:
            super().keyPressEvent(event)
        now_at = self.currentIndex().row()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and row >= 0:
            if not 0 <= self._anchor < self.rows.rowCount():
                self._anchor = row
            self._choose_range(now_at)
        self._ring(now_at)
        event.accept()
