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
from optoutdesk.desk import Desk
from optoutdesk.domain.importing import Shown
from optoutdesk.domain.requests import Channel, Kind
from optoutdesk.resources import resource
from optoutdesk.services.clean_list import CleanList, Plan, Result
from optoutdesk.settings import Settings
from optoutdesk.ui.app import make_app
from optoutdesk.ui.context import RecordDraft
from optoutdesk.ui.dialogs.export import ExportDialog
from optoutdesk.ui.dialogs.record import RecordDialog
from optoutdesk.ui.theme import apply_theme, theme
from optoutdesk.ui.window import CLEAN, IMPORT, IMPORTS, OPT_OUTS, TODAY, MainWindow

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
        desk.due_requests.mark_done([recorded[0].request], now=max(at, now), by="Ana", at=max(at, now))


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
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def today(window: MainWindow, _folder: Path) -> None:
    window.go_to(TODAY)
    if window.focusWidget() is not None:
        window.focusWidget().clearFocus()


def record_dialog(window: MainWindow, _folder: Path) -> None:
    window.record_draft(RecordDraft(MAIL, Channel.REPLY))
    assert isinstance(window.dialog, RecordDialog)


def mark_done(window: MainWindow, _folder: Path) -> None:
    window.screen_at(TODAY).act_now.rows[0].button.click()


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


SAMPLE: dict[str, Callable[[MainWindow, Path], None]] = {
    "today": today,
    "optouts": optouts,
    "history": history,
    "clean": clean,
    "clean-empty": clean_empty,
    "record-dialog": record_dialog,
    "mark-done": mark_done,
    "find": find,
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
EMPTY: dict[str, Callable[[MainWindow, Path], None]] = {
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


def render(app: QApplication, out: Path, wanted: set[str]) -> int:
    """Render what is wanted and return how many pictures were written."""
    count = 0
    for screens, make in ((SAMPLE, sample_desk), (IMPORTED, imported_desk), (EMPTY, empty_desk)):
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
