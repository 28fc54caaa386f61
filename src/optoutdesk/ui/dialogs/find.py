"""Ctrl+K: may I mail this person? Part of an address, a whole one or a domain in, the answer out."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from optoutdesk.domain.errors import UserError
from optoutdesk.ui.context import Context
from optoutdesk.ui.models.find_model import (
    CHIP_ROLE,
    LINE_ROLE,
    START,
    TONE_ROLE,
    Findings,
    FindModel,
    Hit,
    look_up,
)
from optoutdesk.ui.theme import Size, color, font, theme
from optoutdesk.ui.widgets import label, line
from optoutdesk.ui.widgets.table import chip_size, paint_chip

DEBOUNCE = 150
"""Milliseconds after the last letter until the register is asked."""
_WIDTH = 620
_TOP = 86
_ROW = 58
_SHOWN = 6
"""Rows on screen at once; the others scroll."""

Index = QModelIndex | QPersistentModelIndex


class _HitDelegate(QStyledItemDelegate):
    """Paints a hit: its name, the line below it, the answer as a chip on the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours.accent_soft))
        if index.row() + 1 < index.model().rowCount():
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        inside = rect.adjusted(16, 9, -16, -10)
        chip = str(index.data(CHIP_ROLE))
        size = chip_size(chip)
        place = QRect(QPoint(inside.right() - size.width(), inside.center().y() - size.height() // 2), size)
        paint_chip(painter, place, chip, str(index.data(TONE_ROLE)))
        inside.setRight(place.left() - 16)
        for text, letters, ink, align in (
            (index.data(), font(medium=True), colours.text, Qt.AlignmentFlag.AlignTop),
            (index.data(LINE_ROLE), font(Size.SMALL), colours.muted, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(letters)
            painter.setPen(QColor(ink))
            shown = QFontMetrics(letters).elidedText(str(text), Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, int(align | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        room = QFontMetrics(font()).height() + QFontMetrics(font(Size.SMALL)).height()
        return QSize(_WIDTH, max(_ROW, room + 22))


class FindDialog(QDialog):
    """Lies over the window it belongs to, so that it needs no window manager; Esc or a click beside it closes it."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowFlags(Qt.WindowType.Widget)
        self._context = context
        self._question = 0
        self._before: QWidget | None = None
        self._stale = False
        """Whether the list still answers an earlier text."""
        self.setAccessibleName("Find an address or a domain")
        self.setStyleSheet("QDialog { background: transparent; }")  # what lies behind stays in sight
        self._card = QFrame(self)
        self._card.setProperty("role", "card")
        shadow = QGraphicsDropShadowEffect(self._card)
        shadow.setBlurRadius(48)
        shadow.setOffset(0, 12)
        shadow.setColor(color("#000000", 0.35))
        self._card.setGraphicsEffect(shadow)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.box = QLineEdit()
        self.box.setAccessibleName("Part of an address, a whole address, or a domain")
        self.box.setPlaceholderText("Find an address or a domain")
        self.box.setFont(font(Size.LARGE))
        self.box.setStyleSheet(
            "QLineEdit, QLineEdit:focus { border: none; background: transparent; padding: 14px 15px; }"
        )
        column.addWidget(self.box)
        column.addWidget(line())
        self.model = FindModel(self)
        self.list = QListView()
        self.list.setAccessibleName("Answers")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_HitDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QListView { background: transparent; border: none; outline: none; }")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows in the box move the choice
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setUniformItemSizes(True)
        column.addWidget(self.list)
        self.hint = label("", "muted", wrap=True)
        self.hint.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self.hint)
        self._keys_line = line()
        column.addWidget(self._keys_line)
        self._keys = QWidget()
        keys = QHBoxLayout(self._keys)
        keys.setContentsMargins(16, 9, 16, 10)
        keys.setSpacing(6)
        self._about_a_hit: list[QWidget] = []
        """Key hints that mean something only when there is an answer."""
        for key, does in (("Enter", "open"), ("Ctrl+Enter", "record an opt-out"), ("Ctrl+C", "copy address")):
            parts = [label(key, "keycap"), label(does, "small")]
            parts[1].setContentsMargins(0, 0, 12, 0)
            for part in parts:
                keys.addWidget(part)
            if key != "Ctrl+Enter":
                self._about_a_hit += parts
        keys.addStretch(1)
        column.addWidget(self._keys)

        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DEBOUNCE)
        self._wait.timeout.connect(self.look_up)
        self.box.textChanged.connect(self._typed)
        self.box.installEventFilter(self)
        self.list.clicked.connect(self._open)
        window.installEventFilter(self)
        self.hide()

    @property
    def _over(self) -> QWidget:
        # Not kept: no cycle through the window may be left to the collector.
        over = self.parent()
        assert isinstance(over, QWidget)
        return over

    def open_over(self, text: str = "") -> None:
        """Show it, ready to be typed into."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self.setGeometry(self._over.rect())  # before it says anything: what it says is placed within it
        self.box.setText(text)
        self.box.selectAll()
        self.look_up()
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.PopupFocusReason)

    def done(self, result: int) -> None:
        self._question += 1  # an answer under way is wanted no more
        self._wait.stop()
        super().done(result)
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    # -- asking

    def _typed(self) -> None:
        self._stale = True
        self._wait.start()

    def look_up(self) -> None:
        """Ask for what stands in the box now."""
        self._wait.stop()
        self._question += 1
        self._stale = True
        text = self.box.text()
        if not text.strip():
            self._show(START)
            return
        question, desk, now = self._question, self._context.desk, self._context.now()

        def work(_report: object) -> tuple[int, Findings] | None:
            if question != self._question:
                return None
            return question, look_up(desk, text, now)

        self._context.lookups.run(work, done=self._take, failed=self._fail)

    def _take(self, answer: tuple[int, Findings] | None) -> None:
        if answer is not None and answer[0] == self._question:
            self._show(answer[1])

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._show(Findings(hint=str(error)))

    def _show(self, findings: Findings) -> None:
        self._stale = False
        self.model.show(findings.hits)
        if findings.hits:
            self.list.setCurrentIndex(self.model.index(0))
        self.hint.setText(findings.hint)
        self.hint.setVisible(bool(findings.hint))
        for part in (self.list, *self._about_a_hit):
            part.setVisible(bool(findings.hits))
        self._place()

    # -- acting

    def hit(self) -> Hit | None:
        """Return the chosen hit."""
        index = self.list.currentIndex()
        return self.model.hit(index.row()) if index.isValid() else None

    def _open(self) -> None:
        hit = self.hit()
        if hit is not None:
            self.accept()
            self._context.show_history.emit(hit.kind, hit.key)

    def _record(self) -> None:
        hit = self.hit()
        text = hit.title if hit is not None else self.box.text().strip()
        self.accept()
        self._context.record_optout.emit(text)

    def _copy(self) -> bool:
        hit = self.hit()
        if hit is None or self.box.hasSelectedText():
            return False
        QGuiApplication.clipboard().setText(hit.title)
        return True

    def _move(self, step: int) -> None:
        row = self.list.currentIndex().row() + step
        if 0 <= row < self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(row))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The type first: while everything is torn down the attributes are gone already.
        kind = event.type()
        if kind is QEvent.Type.Resize and watched is self._over:
            self.setGeometry(self._over.rect())
            self._place()
        elif kind is QEvent.Type.KeyPress and watched is self.box and isinstance(event, QKeyEvent):
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._wait.isActive():
                self.look_up()
            elif self._stale:
                pass
            elif control:
                self._record()
            else:
                self._open()
            return True
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _SHOWN,
            Qt.Key.Key_PageUp: -_SHOWN,
        }
        if key in steps:
            self._move(steps[Qt.Key(key)])
            return True
        if control and key == Qt.Key.Key_C:
            return self._copy()
        return False

    # -- looks

    def focusNextPrevChild(self, _next: bool) -> bool:
        return True  # Tab stays here: what lies behind is out of reach until this is closed

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.reject()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("#000000", 0.38))
        painter.end()

    def _place(self) -> None:
        row = self.list.sizeHintForRow(0) if self.model.rowCount() else 0
        self.list.setFixedHeight(min(self.model.rowCount(), _SHOWN) * row)
        width = min(_WIDTH, self.width() - 48)
        self._card.setFixedWidth(width)
        layout = self._card.layout()
        assert layout is not None
        layout.activate()
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        self._card.setGeometry((self.width() - width) // 2, min(_TOP, self.height() // 8), width, height)
