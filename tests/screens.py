"""Renders every screen and dialog of the sample business as PNG files, to be looked at and compared.

    python tests/screens.py OUT [NAME ...]

Deterministic: a fixed clock (24 November 2026, 11:00 in New York), the C locale, no window system. NAME limits it to
some screens, for example `today find`. Exits 1 when there is no font or when a screen cannot be rendered.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QLocale, QPoint, QRect
from PySide6.QtGui import QColor, QFontInfo, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

import import_samples
import message_files
import platform_samples
import today_screens
from optoutdesk.desk import Desk
from optoutdesk.domain.importing import Shown
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.resources import resource
from optoutdesk.services.clean_list import CleanList, Plan, Result
from optoutdesk.settings import Settings
from optoutdesk.ui.app import make_app
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.dialogs.acknowledge import AcknowledgeDialog
from optoutdesk.ui.dialogs.export import ExportDialog
from optoutdesk.ui.dialogs.opt_in import OptInDialog
from optoutdesk.ui.dialogs.record import RecordDialog
from optoutdesk.ui.dialogs.templates import TemplatesDialog
from optoutdesk.ui.theme import apply_theme, theme
from optoutdesk.ui.window import CLEAN, IMPORT, IMPORTS, OPT_OUTS, PLATFORMS, SETTINGS, TODAY, MainWindow

EXAMINE = CleanList.examine
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
SIZES = ((1024, 700), (1280, 800))
SETTLE_MS = 15_000
MAIL = (
    'From: "Maria Ortiz" <m.ortiz@lakeside.example>\n'
    "Subject: please stop\n"
    "Also for my husband, j.ortiz@lakeside.example. Thanks.\n"
    "To: news@ourshop.example"
)


class Clock:
    """The time of the sample business; recording the past moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def sample_desk(folder: Path, clock: Clock) -> Desk:
    """Return the desk of the sample business: every opt-out recorded when it came, every clean when it was made."""
    desk = Desk(folder / "desk", now=clock)
    desk.change_settings(
        Settings(
            business_name="Lakeside Garden Supply",
            time_zone="America/New_York",
            own_addresses=("news@ourshop.example",),
            person="Ana",
            theme="light",
            ledger_verified="2026-11-24",
        )
    )
    lists = {date(2026, 11, 20): "customers.csv", date(2026, 11, 24): "newsletter.txt"}
    for name in ("customers.csv", "customers.xlsx", "newsletter.txt"):
        shutil.copy(resource("samples", name), folder / name)
    requests = json.loads(resource("samples", "opt-outs.json").read_text("utf-8"))
    for item in sorted(requests, key=lambda item: item["received"]):
        received = moment(item["received"])
        at = (
            received
            if isinstance(received, datetime)
            else datetime(*received.timetuple()[:3], 21, tzinfo=UTC)
        )
        clean_due(desk, clock, folder, lists, at)
        clock.now = at
        record(desk, item, received)
    clock.now = NOW
    clean_due(desk, clock, folder, lists, NOW)
    clock.now = NOW
    return desk


def moment(text: str) -> datetime | date:
    """Read a moment, or a day whose time is not known."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def record(desk: Desk, item: dict[str, str], received: datetime | date) -> None:
    """Record one sample request, and that it was done."""
    service, now = desk.record_optout, desk.now()
    entries = service.find(item["address"], item["scope"]).entries
    recorded, _ = service.record(
        entries,
        service.received(received, now),
        now=now,
        by=item["by"],
        channel=Channel(item["channel"]),
        scope=item["scope"],
        note=item["note"],
    )
    if item["done"]:
        done = moment(item["done"])
        at = done if isinstance(done, datetime) else datetime(done.year, done.month, done.day, 17, tzinfo=UTC)
        desk.due_requests.mark_done([recorded[0].request.id], now=max(at, now), by="Ana", at=max(at, now))


def clean_due(desk: Desk, clock: Clock, folder: Path, lists: dict[date, str], upto: datetime) -> None:
    """Clean the lists whose day has come."""
    for day in sorted(lists):
        at = datetime(day.year, day.month, day.day, 14, 40, tzinfo=UTC)
        if at <= upto:
            clock.now = at
            plan = Plan(desk.clean_list.open(folder / lists.pop(day)))
            desk.clean_list.clean(plan, desk.clean_list.default_outputs(plan), by="Ana", now=at)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Let the window work until a condition holds."""
    deadline = QDeadlineTimer(SETTLE_MS)
    while not condition():
        if deadline.hasExpired():
            raise SystemExit(f"{what} did not settle in {SETTLE_MS} ms")
        QCoreApplication.processEvents()


def settle(window: MainWindow) -> None:
    """Let everything that was asked for arrive."""
    wait_until(lambda: not window.context.tasks.busy and not window.context.lookups.busy, "the window")
    for _ in range(5):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


@contextmanager
def opened(folder: Path, desk: Desk, size: tuple[int, int]) -> Iterator[MainWindow]:
    """A window of the desk in one size."""
    window = MainWindow(desk)
    window.resize(*size)
    window.show()
    window.fill()
    settle(window)
    if window.focusWidget() is not None:
        window.focusWidget().clearFocus()
    yield window
    if window.dialog is not None:
        window.dialog.reject()
    window.leave()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def today(window: MainWindow, _folder: Path) -> None:
    window.go_to(TODAY)
    if window.focusWidget() is not None:
        window.focusWidget().clearFocus()


def record_dialog(window: MainWindow, _folder: Path) -> None:
    window.record_draft(RecordDraft(MAIL, Channel.REPLY))
    assert isinstance(window.dialog, RecordDialog)


def record_evidence(window: MainWindow, folder: Path) -> None:
    mail = folder / "Please take me off your list.eml"
    mail.write_bytes(
        message_files.eml(
            From="Nora Lind <nora.lind@fjord.example>",
            Subject="Please take me off your list",
            Date="Mon, 23 Nov 2026 09:12:00 -0500",
            Message_ID="<20261123.17@fjord.example>",
        ).ljust(6_400)
    )
    window.record_draft(RecordDraft("", files=(mail,)))
    settle(window)
    window.dialog._show_rules()


def opt_in(window: MainWindow, folder: Path) -> None:
    form = folder / "form of 20 November.pdf"
    form.write_bytes(b"%PDF-1.7".ljust(84_000))
    desk = window.context.desk
    received = desk.record_optout.received(date(2026, 11, 19), NOW)
    entries = desk.record_optout.find("maria.ortiz@lakeside.example").entries
    desk.record_optout.record(entries, received, now=NOW, by="Ana", channel=Channel.COMPLAINT)
    history(window, folder)
    settle(window)
    dialog = OptInDialog(window.context, window.screen_at(OPT_OUTS).detail.history, window)
    dialog.open()
    dialog.who.setText("Maria Ortiz")
    dialog.how.setCurrentIndex(1)
    dialog.files.take(form)


def acknowledge(window: MainWindow, folder: Path) -> None:
    history(window, folder)
    settle(window)
    request = window.screen_at(OPT_OUTS).detail.history.requests[0]
    dialog = AcknowledgeDialog(window.context, request, window)
    dialog.open()
    dialog.copy.click()


def templates(window: MainWindow, _folder: Path) -> None:
    TemplatesDialog(window.context, window).open()


def mark_done(window: MainWindow, _folder: Path) -> None:
    window.go_to(TODAY)
    settle(window)
    screen = window.screen_at(TODAY)
    line = screen.list.rows.line(1)
    screen.acts.ask_done(line.due, line.section)


def optouts(window: MainWindow, _folder: Path) -> None:
    window.go_to(OPT_OUTS)


def history(window: MainWindow, _folder: Path) -> None:
    window.show_history(Kind.ADDRESS, "maria.ortiz@lakeside.example")


def examine_in_fixed_time(service: CleanList, *arguments: Any, **named: Any) -> Result:
    """Examine a list; how long that took is on the picture and must not change it."""
    result = EXAMINE(service, *arguments, **named)
    result.seconds = 0.1
    return result


def clean(window: MainWindow, folder: Path) -> None:
    window.open_list(folder / "customers.xlsx")


def clean_empty(window: MainWindow, _folder: Path) -> None:
    window.go_to(CLEAN)


def find(window: MainWindow, _folder: Path) -> None:
    window.open_find()
    window.find_dialog.box.setText("ortiz@lake")
    window.find_dialog.look_up()


def import_screen(window: MainWindow, file: Path) -> Any:
    """Open a file on Import opt-outs and return that screen once it is counted."""
    window.import_file(file)
    settle(window)
    settle(window)
    return window.screen_at(IMPORT)


def import_empty(window: MainWindow, _folder: Path) -> None:
    window.go_to(IMPORT)


def import_recognized(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.mailchimp(folder))


def import_spreadsheet(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.spreadsheet(folder))


def import_dates(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.both_ways(folder))


def import_zip(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.zip_of_lists(folder))


def import_hidden(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.workbook(folder))


def import_everyone(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.not_stated(folder))


def import_review(window: MainWindow, folder: Path) -> None:
    screen = import_screen(window, import_samples.mailchimp(folder))
    screen.view.counts.tiles.choose(Shown.NOT_AN_ADDRESS)
    settle(window)
    bar = screen.view.area.verticalScrollBar()
    bar.setValue(bar.maximum())


def import_counting(window: MainWindow, folder: Path) -> None:
    screen = import_screen(window, import_samples.mailchimp(folder))
    screen.view.show_counts(None)
    screen.view.counts.begin("Reading unsubscribed_email_audience_export_8f2c.csv")
    screen.view.counts.work.tell(450_000, 1_000_000)
    screen.view.counts.work.show()


def import_working(window: MainWindow, folder: Path) -> None:
    screen = import_screen(window, import_samples.mailchimp(folder))
    screen.working.begin("Importing unsubscribed_email_audience_export_8f2c.csv")
    screen.working.tell(450_000, 1_000_000)
    screen._show(screen.working)


def import_profiles(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.mailchimp(folder)).view.choose.click()


def import_done(window: MainWindow, folder: Path) -> None:
    import_screen(window, import_samples.mailchimp(folder)).view.confirm.click()


def imports(window: MainWindow, _folder: Path) -> None:
    window.show_imports()


def backups(window: MainWindow, _folder: Path) -> None:
    window.show_imports()
    window.screen_at(IMPORTS).chips.choose("backups")


def imported_history(window: MainWindow, _folder: Path) -> None:
    window.show_history(Kind.ADDRESS, import_samples.person(5))


def undo_import(window: MainWindow, _folder: Path) -> None:
    window.show_imports()
    settle(window)
    screen = window.screen_at(IMPORTS)
    screen.act.click()


def put_back(window: MainWindow, _folder: Path) -> None:
    backups(window, _folder)
    settle(window)
    window.screen_at(IMPORTS).act.click()


def remembered(window: MainWindow, _folder: Path) -> None:
    import_samples.remember(window.context.desk)
    window.show_imports()
    window.screen_at(IMPORTS).remembered.click()


def which(window: MainWindow, folder: Path) -> None:
    window.take_file(import_samples.mailchimp(folder))


def export(window: MainWindow, _folder: Path) -> None:
    window.go_to(OPT_OUTS)
    window.screen_at(OPT_OUTS).export.click()


def export_for_others(window: MainWindow, folder: Path) -> None:
    export(window, folder)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ExportDialog) and w.isVisible())
    dialog.recipient.setCurrentIndex(dialog.recipient.count() - 1)


def settings_screen(window: MainWindow, _folder: Path) -> None:
    window.go_to(SETTINGS)


def settings_change(window: MainWindow, _folder: Path) -> None:
    window.go_to(SETTINGS)
    screen = window.screen_at(SETTINGS)
    screen.counting.policy.setCurrentIndex(screen.counting.policy.findData("casl"))


def settings_below(window: MainWindow, _folder: Path) -> None:
    desk = window.context.desk
    desk.change_settings(replace(desk.settings, staff=("Ana", "Ben")))
    window.go_to(SETTINGS)
    settle(window)
    bar = window.screen_at(SETTINGS).area.verticalScrollBar()
    bar.setValue(bar.maximum())


def settings_list(window: MainWindow, folder: Path) -> None:
    """The FCC's list is loaded and counts."""
    file = folder / "fcc.txt"
    names = ("vtext.com", "txt.att.net", "tmomail.net", *(f"sms.carrier{n}.example" for n in range(409)))
    file.write_text("\n".join(names), "utf-8")
    window.go_to(SETTINGS)
    screen = window.screen_at(SETTINGS)
    screen.counting.wireless.file_chosen.emit(file)
    settle(window)
    settle(window)
    screen.counting.question.yes.click()
    settle(window)
    screen.area.verticalScrollBar().setValue(screen.counting.y() - 20)
    window.toast.hide()


def reminder(window: MainWindow, _folder: Path) -> None:
    today(window, _folder)
    settle(window)


def reminder_elsewhere(window: MainWindow, _folder: Path) -> None:
    window.go_to(OPT_OUTS)
    settle(window)


def no_tray(window: MainWindow, _folder: Path) -> None:
    """She closes the window, which was to stay in a tray that is not there."""
    desk = window.context.desk
    desk.change_settings(replace(desk.settings, stay_in_tray=True))
    settle(window)
    window.close()


def who(window: MainWindow, _folder: Path) -> None:
    desk = window.context.desk
    desk.change_settings(replace(desk.settings, staff=("Ana", "Ben", "Joy Okafor")))
    window.working.ask_once()


def platforms(window: MainWindow, _folder: Path) -> None:
    window.go_to(PLATFORMS)


def platforms_verify(window: MainWindow, folder: Path) -> Any:
    window.go_to(PLATFORMS)
    settle(window)
    window.take_file(platform_samples.audience(window.context.desk, folder))
    for _ in range(3):
        settle(window)
    return window.screen_at(PLATFORMS)


def platforms_how(window: MainWindow, folder: Path) -> None:
    platforms_verify(window, folder).view.how.click()


def platforms_taken(window: MainWindow, folder: Path) -> None:
    platforms_verify(window, folder).view.take_over.click()


def platforms_exported(window: MainWindow, folder: Path) -> None:
    window.go_to(PLATFORMS)
    settle(window)
    screen = window.screen_at(PLATFORMS)
    screen.cards.cards[0].act.click()
    screen.acts.exporting.dialog.close()
    screen.acts.exporting.save(str(folder / "mailchimp-to-remove.csv"))


def platforms_list(window: MainWindow, _folder: Path) -> None:
    window.go_to(PLATFORMS)
    settle(window)
    window.screen_at(PLATFORMS).cards.cards[1].act.click()


def platforms_add(window: MainWindow, _folder: Path) -> None:
    from optoutdesk.ui.dialogs.platform_add import AddPlatformDialog

    window.go_to(PLATFORMS)
    settle(window)
    window.screen_at(PLATFORMS).acts.ask_for_platform()
    kinds = (w for w in QApplication.topLevelWidgets() if isinstance(w, AddPlatformDialog) and w.isVisible())
    dialog = next(kinds)
    dialog.search.setText("kit")
    wait_until(lambda: not dialog._wait.isActive(), "the dialog")


def platforms_retire(window: MainWindow, _folder: Path) -> None:
    window.go_to(PLATFORMS)
    settle(window)
    window.screen_at(PLATFORMS).cards.cards[0].to_retire.trigger()


def platforms_history(window: MainWindow, _folder: Path) -> None:
    window.go_to(PLATFORMS)
    settle(window)
    window.screen_at(PLATFORMS).cards.cards[0].to_history.trigger()


def optouts_all(window: MainWindow, _folder: Path) -> None:
    window.go_to(OPT_OUTS)
    settle(window)
    window.screen_at(OPT_OUTS).chips.choose("all")


def optouts_several(window: MainWindow, _folder: Path) -> None:
    window.go_to(OPT_OUTS)
    settle(window)
    window.screen_at(OPT_OUTS).table.selectAll()


SAMPLE: dict[str, Callable[[MainWindow, Path], None]] = {
    "today": today,
    "optouts": optouts,
    "history": history,
    "clean": clean,
    "clean-empty": clean_empty,
    "record-dialog": record_dialog,
    "record-evidence": record_evidence,
    "opt-in": opt_in,
    "acknowledge": acknowledge,
    "templates": templates,
    "mark-done": mark_done,
    "find": find,
    "settings": settings_screen,
    "settings-change": settings_change,
    "settings-below": settings_below,
    "settings-list": settings_list,
    "reminder": reminder,
    "reminder-elsewhere": reminder_elsewhere,
    "no-tray": no_tray,
    "who": who,
    "import-empty": import_empty,
    "import-recognized": import_recognized,
    "import-spreadsheet": import_spreadsheet,
    "import-dates": import_dates,
    "import-zip": import_zip,
    "import-hidden": import_hidden,
    "import-everyone": import_everyone,
    "import-review": import_review,
    "import-counting": import_counting,
    "import-profiles": import_profiles,
    "import-working": import_working,
    "import-which": which,
    "import-done": import_done,
    "export": export,
    "export-for-others": export_for_others,
}
IMPORTED: dict[str, Callable[[MainWindow, Path], None]] = {
    "import-again": import_recognized,
    "history-imported": imported_history,
    "imports": imports,
    "imports-undo": undo_import,
    "backups": backups,
    "backups-put-back": put_back,
    "imports-remembered": remembered,
}
PLATFORMED: dict[str, Callable[[MainWindow, Path], None]] = {
    "platforms": platforms,
    "platforms-verify": platforms_verify,
    "platforms-how": platforms_how,
    "platforms-taken": platforms_taken,
    "platforms-exported": platforms_exported,
    "platforms-list": platforms_list,
    "platforms-add": platforms_add,
    "platforms-retire": platforms_retire,
    "platforms-history": platforms_history,
    "optouts-platforms": history,
    "optouts-all": optouts_all,
    "optouts-several": optouts_several,
}
EMPTY: dict[str, Callable[[MainWindow, Path], None]] = {
    "platforms-empty": platforms,
    "today-empty": today,
    "optouts-empty": optouts,
    "imports-empty": imports,
}


def picture(window: MainWindow) -> QPixmap:
    """Return the window with its open dialogs over it, as a screen would show them."""
    taken = window.grab()
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    for dialog in dialogs:
        if dialog.width() > window.width() or dialog.height() > window.height():
            raise SystemExit(f"{dialog.accessibleName()} is larger than the window")
        painter = QPainter(taken)
        place = dialog.pos() - window.pos()
        if not window.rect().contains(place):
            place = QPoint(
                (window.width() - dialog.width()) // 2, (window.height() - dialog.height()) * 2 // 5
            )
        painter.drawPixmap(place, dialog.grab())
        painter.setPen(QColor(theme().edge))  # where a desktop draws its frame
        painter.drawRect(QRect(place, dialog.size()).adjusted(-1, -1, 0, 0))
        painter.end()
    return taken


def take(
    template: Path,
    folder: Path,
    clock: Clock,
    choice: str,
    size: tuple[int, int],
    show: Callable[[MainWindow, Path], None],
) -> QPixmap:
    """Return a picture of a desk of its own: what one screen does is not seen on the next."""
    shutil.copytree(template, folder)
    desk = Desk(folder / "desk", now=clock)
    desk.change_settings(replace(desk.settings, theme=choice))
    with opened(folder, desk, size) as window:
        show(window, folder)
        settle(window)
        settle(window)
        taken = picture(window)
    desk.close()
    shutil.rmtree(folder)
    return taken


def empty_desk(folder: Path, clock: Clock) -> Desk:
    """Return the desk of somebody who begins."""
    desk = Desk(folder / "desk", now=clock)
    desk.change_settings(
        Settings(time_zone="America/New_York", person="Ana", ledger_verified="2026-11-24", theme="light")
    )
    return desk


def imported_desk(folder: Path, clock: Clock) -> Desk:
    """Return the desk of the sample business after two imports, the first of which was undone."""
    desk = sample_desk(folder, clock)
    service = desk.import_optouts
    for path, hours in ((import_samples.zip_of_lists(folder), 26), (import_samples.mailchimp(folder), 2)):
        clock.now = NOW - timedelta(hours=hours)
        with service.preview(service.open(path, now=clock.now), now=clock.now) as preview:
            imported, _ = service.run(preview, by="Ana", now=clock.now)
        if path.suffix == ".zip":
            clock.now += timedelta(minutes=4)
            desk.undo_import.undo(imported.batch.id, by="Ben", now=clock.now)
    clock.now = NOW
    return desk


def platform_desk(folder: Path, clock: Clock) -> Desk:
    """Return the desk of the sample business with its platforms."""
    desk = sample_desk(folder, clock)
    platform_samples.add_platforms(desk, folder / "exports")
    return desk


def render(app: QApplication, out: Path, wanted: set[str]) -> int:
    """Render what is wanted and return how many pictures were written."""
    count = 0
    desks = (
        (SAMPLE, sample_desk),
        (IMPORTED, imported_desk),
        (PLATFORMED, platform_desk),
        (EMPTY, empty_desk),
        *today_screens.DESKS,
    )
    for screens, make in desks:
        chosen = {name: show for name, show in screens.items() if not wanted or name in wanted}
        if not chosen:
            continue
        with tempfile.TemporaryDirectory() as name:
            template = Path(name) / "template"
            template.mkdir()
            clock = Clock()
            make(template, clock).close()
            for choice in ("light", "dark"):
                apply_theme(app, choice)
                for size in SIZES:
                    for screen, show in chosen.items():
                        taken = take(template, Path(name) / f"{count}", clock, choice, size, show)
                        file = out / f"{screen}-{choice}-{size[0]}x{size[1]}.png"
                        if not taken.save(str(file)):
                            raise SystemExit(f"{file} could not be written")
                        count += 1
    return count


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    QLocale.setDefault(QLocale.c())
    app = make_app(["screens"])
    app.setCursorFlashTime(0)  # a blinking cursor is on one picture and not on the next
    family = QFontInfo(app.font()).family()
    if not family:
        print("There is no font on this machine: every letter would be an empty box.", file=sys.stderr)
        return 1
    CleanList.examine = examine_in_fixed_time  # type: ignore[method-assign]
    failures: list[BaseException] = []

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        failures.append(error)
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = on_exception  # what fails in a slot would be printed and forgotten
    count = render(app, out, set(arguments[1:]))
    print(f"{count} pictures in {out}, font {family}")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
