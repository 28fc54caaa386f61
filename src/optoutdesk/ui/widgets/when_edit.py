"""A day and a time, or a day alone where the time is not known."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale, QTime, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QHBoxLayout, QLineEdit, QTimeEdit, QWidget

from optoutdesk.ui import words

FIELD_HEIGHT = 34
"""A day and a time side by side are equally high, whatever their styles ask for."""


def pad_time(edit: QTimeEdit) -> None:
    """Keep the text of a time field off its edge: the style sheet's padding does not reach it."""
    typed = edit.findChild(QLineEdit)
    if typed is not None:
        typed.setTextMargins(8, 0, 0, 0)


def show_start(combo: QComboBox) -> None:
    """Let a combo that can be typed in show how its text begins, and take no more room for a long one."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(6)
    typed = combo.lineEdit()
    if typed is not None:
        typed.setCursorPosition(0)


class WhenEdit(QWidget):
    """When a request arrived, in the business's time zone. `unknown`, its box for "no time", is placed by the dialog."""

    changed = Signal()

    def __init__(self, now: datetime, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = ZoneInfo(zone)
        self._touched = False
        self.edited = False
        """Whether she said when; what was only proposed may be proposed anew."""
        local = now.astimezone(self._zone)
        english = QLocale(QLocale.Language.English)  # the words around it are English
        self.day = QDateEdit(QDate(local.year, local.month, local.day))
        self.day.setLocale(english)
        self.day.setDisplayFormat(words.edit_format_day())
        self.day.setCalendarPopup(True)
        self.day.setAccessibleName("Received on")
        self.day.setToolTip(f"Day in {zone}")
        self.day.calendarWidget().setAccessibleName("Received on")
        # One day past today, so that a slip of the finger is explained and not silently corrected.
        ahead = local.date() + timedelta(days=366)
        self.day.setDateRange(QDate(1995, 1, 1), QDate(ahead.year, ahead.month, ahead.day))
        self.time = QTimeEdit(QTime(local.hour, local.minute))
        self.time.setLocale(english)
        self.time.setDisplayFormat(words.edit_format_time())
        self.time.setAccessibleName("Received at")
        longest = "00:00 AM" if "AP" in words.edit_format_time() else "00:00"
        self.time.setFixedWidth(self.time.fontMetrics().horizontalAdvance(longest) + 44)
        for edit in (self.day, self.time):
            edit.setFixedHeight(FIELD_HEIGHT)
        pad_time(self.time)
        self.unknown = QCheckBox("Time not known")
        self.unknown.setAccessibleName("Time not known")
        self.unknown.setProperty("role", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.day, 1)
        row.addWidget(self.time)
        self.day.dateChanged.connect(self._on_edited)
        self.time.timeChanged.connect(self._on_edited)
        self.unknown.toggled.connect(self._on_unknown)

    def set_day(self, day: date) -> None:
        """Set a day whose time is not known."""
        self.day.setDate(QDate(day.year, day.month, day.day))
        self.unknown.setChecked(True)

    def propose(self, moment: datetime) -> None:
        """Show a moment that she can change; what she said herself stays."""
        if self.edited:
            return
        local = moment.astimezone(self._zone)
        self.day.setDate(QDate(local.year, local.month, local.day))
        self.time.setTime(QTime(local.hour, local.minute))
        self.edited = False

    def value(self, now: datetime) -> datetime | date:
        """Return the moment, or the day alone; untouched it is now."""
        if self.unknown.isChecked():
            return self._day()
        if not self._touched:
            return now
        chosen = self.time.time()
        return datetime.combine(self._day(), time(chosen.hour(), chosen.minute()), self._zone)

    def _day(self) -> date:
        chosen = self.day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    @Slot()
    def _on_edited(self) -> None:
        self._touched = self.edited = True
        self.changed.emit()

    @Slot(bool)
    def _on_unknown(self, unknown: bool) -> None:
        self.time.setEnabled(not unknown)
        self._touched = self.edited = True
        self.changed.emit()
