"""Says in time what is due: through the tray, or in the window where there is none; and keeps the program in the tray."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from optoutdesk.domain.errors import StoreBusyError, UserError
from optoutdesk.services.reminders import Look, Notice
from optoutdesk.ui import words_reminders
from optoutdesk.ui.context import Context
from optoutdesk.ui.dialogs.calendar_file import SavingCalendar
from optoutdesk.ui.tray import Tray
from optoutdesk.ui.widgets.reminder_bars import Bars

if TYPE_CHECKING:
    from optoutdesk.domain.reminders import Snooze
    from optoutdesk.ui.dialogs.no_tray import NoTrayDialog

BEAT_MS = 10_000
_BEAT = timedelta(milliseconds=BEAT_MS)


class Reminding(QObject):
    """Asks each minute what is to be said. The window owns it and does what it wants."""

    jumped = Signal()
    """The computer woke, or its clock was set."""
    open_wanted = Signal()
    today_wanted = Signal()
    record_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, context: Context, window: QWidget, lines: QVBoxLayout) -> None:
        """`lines`: where in the window it may say something."""
        super().__init__(window)
        self._context = context
        self._look: Look | None = None
        self._asking = False
        self._last: Notice | None = None
        """What was said last in this session: a snooze puts it off."""
        self._not_noted: Notice | None = None
        """Was said, but somebody else was writing when that was to be noted."""
        self._leaving = False
        self._told_it_stays = self._told_no_tray = False
        self._tray_wanted = False
        self._beat_at: datetime | None = None
        self.question: NoTrayDialog | None = None
        self.saving = SavingCalendar(context, window)
        bars = Bars()
        lines.addWidget(bars)
        self.bar = bars.reminder
        self.no_tray = bars.no_tray
        self.tray = Tray(window)
        self._connect()
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self.on_beat)

    @property
    def _window(self) -> QWidget:
        # Not kept: no cycle through widgets may be left to the collector.
        window = self.parent()
        assert isinstance(window, QWidget)
        return window

    def _connect(self) -> None:
        tray, bar = self.tray, self.bar
        tray.open_wanted.connect(self.open_wanted)
        tray.today_wanted.connect(self.today_wanted)
        tray.record_wanted.connect(self.record_wanted)
        tray.next_wanted.connect(self._show_next)
        tray.snooze_wanted.connect(self.snooze)
        tray.quit_wanted.connect(self._quit)
        bar.today_wanted.connect(self.today_wanted)
        bar.snooze_wanted.connect(self.snooze)
        self.no_tray.save_wanted.connect(self.saving.ask)

    # -- when

    def start(self, *, in_tray: bool) -> None:
        """Begin; `in_tray`: the window is hidden, and shown if there is no tray after a while."""
        self._tray_wanted = in_tray
        self._beat_at = self._context.now()
        self._beat.start()
        self.tray.look()
        self.ask()

    def stop(self) -> None:
        """End for good."""
        self._beat.stop()
        self.tray.hide()

    @Slot()
    def on_beat(self) -> None:
        """Notice that the computer slept or its clock was set: then a minute is too long to wait."""
        now = self._context.now()
        before, self._beat_at = self._beat_at, now
        self._look_for_tray()
        if before is None or abs(now - before - _BEAT) > _BEAT / 2:
            self.jumped.emit()

    def on_tick(self) -> None:
        """Once a minute, and whenever the clock jumped."""
        self._look_for_tray()
        self.ask()

    def _look_for_tray(self) -> None:
        """Look again: the tray of a session may come later than this program, and it may go."""
        was_there = self.tray.there
        if self.tray.look():
            self.no_tray.drop()
            self._tray_wanted = False
            if not was_there:
                self._show()
                self.ask()
            return
        if self._window.isHidden():
            self.open_wanted.emit()  # else nobody could reach it any more
        if self._tray_wanted or self._context.desk.settings.stay_in_tray:
            self._tell_there_is_no_tray()

    def _tell_there_is_no_tray(self) -> None:
        if not self._told_no_tray:
            self._told_no_tray = True
            self.no_tray.tell(words_reminders.NO_TRAY, "accent")

    # -- what is said

    @Slot()
    def ask(self) -> None:
        """Ask what is to be said, in the worker."""
        unheard = self._window.isHidden() and not self.tray.there
        if self._asking or unheard or self._context.lookups.closed:
            return
        self._asking = True
        service, now, said = self._context.desk.reminders, self._context.now(), self._not_noted

        def work(_report: Any) -> tuple[Look, Notice | None]:
            if said is not None:
                service.said(said, now)
            return service.look(now), said

        self._context.lookups.run(work, done=self._on_answer, failed=self._not_looked)

    def _on_answer(self, answer: tuple[Look, Notice | None]) -> None:
        look, noted = answer
        self._asking = False
        if noted is self._not_noted:
            self._not_noted = None
        self._on_look(look)

    def _on_look(self, look: Look) -> None:
        self._look = look
        self._show()
        if self._last is not None and not any(each.request in look.open for each in self._last.reminders):
            self.bar.drop()  # all of it is done
        # What was said a moment ago may not be noted yet.
        if look.notice is not None and not (self._not_noted and look.notice.is_part_of(self._not_noted)):
            self._say(look.notice, look.open)

    def _not_looked(self, error: Exception) -> None:
        self._asking = False
        if not isinstance(error, StoreBusyError):
            raise error
        # Somebody else is writing: nothing is lost, it is asked again in a minute.

    def _say(self, notice: Notice, still_open: frozenset[int]) -> None:
        # What stands in the window unanswered is not to be pushed out by what comes after it.
        unanswered = self._last if self.bar.isVisibleTo(self._window) else None
        shown = notice if unanswered is None else notice.joined(unanswered, still_open)
        sentence = words_reminders.notice(shown)
        title = shown.gathered.title
        if self.tray.there:
            self.tray.say(title, sentence)
        # A notification goes by itself: who was away finds the sentence in the window.
        if not self.tray.there or not self._window.isActiveWindow():
            self.bar.tell(sentence, "danger" if shown.gathered.overdue else "warning")
        self._last, self._not_noted = shown, notice
        self._note(notice)

    def _note(self, notice: Notice) -> None:
        """Note that it was said: after that, so that a crash in between repeats it and loses nothing."""
        service, now = self._context.desk.reminders, self._context.now()

        def work(_report: Any) -> Notice:
            service.said(notice, now)
            return notice

        self._context.lookups.run(work, done=self._on_noted, failed=self._not_noted_yet)

    def _on_noted(self, noted: Notice) -> None:
        if noted is self._not_noted:
            self._not_noted = None

    def _not_noted_yet(self, error: Exception) -> None:
        if not isinstance(error, StoreBusyError):
            raise error
        # It is noted before the next question, so that it is not said again.

    def show_count(self, count: int, *, overdue: bool) -> None:
        """Show how many requests need her; called after every change."""
        self.tray.show_count(count, overdue=overdue, words=words_reminders.need_her(count))
        self.ask()

    def _show(self) -> None:
        """Bring the menus up to date."""
        look = self._look
        if look is None:
            return
        now, zone = self._context.now(), self._context.zone
        choices: list[tuple[str, Snooze | None]] = [
            (words_reminders.snooze(choice, now, zone), choice.snooze) for choice in look.snooze_choices
        ]
        self.bar.offer(choices)
        self.tray.show_next(words_reminders.next_due(look.next_due), there=look.next_due is not None)
        if look.snoozed_until is not None:
            title = words_reminders.snoozed(look.snoozed_until, now, zone)
            self.tray.show_snoozes(title, [(words_reminders.NOW, None), *choices])
        else:
            self.tray.show_snoozes(
                words_reminders.LATER if choices else words_reminders.NOTHING_WAITS, choices
            )

    # -- what she does

    @Slot(object)
    def snooze(self, snooze: "Snooze | None") -> None:
        """Let reminders wait, the last one too; None: no longer."""
        service, now, last = self._context.desk.reminders, self._context.now(), self._last
        self._last = self._not_noted = None

        def work(_report: Any) -> Look:
            if snooze is None:
                service.end_snooze()
            else:
                service.snooze(snooze, now, last)
            return service.look(now)

        self._context.lookups.run(work, done=self._on_snoozed, failed=self._not_snoozed)

    def _on_snoozed(self, look: Look) -> None:
        self._on_look(look)
        if look.snoozed_until is not None:
            self.bar.drop()
            said = words_reminders.snoozed(look.snoozed_until, self._context.now(), self._context.zone)
            self._context.notice.emit(f"{said}.")

    def _not_snoozed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._context.complain(self._window, error)

    @Slot()
    def _show_next(self) -> None:
        if self._look is not None and self._look.next_due is not None:
            request = self._look.next_due.request
            self.open_wanted.emit()
            self._context.go_to_history(request.kind, request.key)

    # -- closing

    @Slot()
    def _quit(self) -> None:
        self.leave()
        self.quit_wanted.emit()

    def leave(self) -> None:
        """Do not stay in the tray: closing the window ends the program."""
        self._leaving = True

    def may_close(self) -> bool:
        """Whether closing the window ends the program. Else it went into the tray, or she is asked first."""
        app = QApplication.instance()
        assert isinstance(app, QGuiApplication)
        if self._leaving or app.isSavingSession() or not self._context.desk.settings.stay_in_tray:
            return True
        if self.tray.look():
            self._window.hide()
            if not self._told_it_stays:
                self._told_it_stays = True
                self.tray.say(*words_reminders.STILL_HERE)
            return False
        if self._look is None or self._look.next_due is None:
            return True  # nothing is open of which anybody would have to be reminded
        self._ask_first()
        return False

    def _ask_first(self) -> None:
        from optoutdesk.ui.dialogs.no_tray import NoTrayDialog

        self.question = NoTrayDialog(self._context, self._window)
        self.question.save_wanted.connect(self.saving.ask)
        self.question.close_wanted.connect(self._quit)
        self.question.open()
