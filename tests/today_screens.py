"""The pictures of Today at any size, and of what is asked there; for screens.py."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QDialog

import many_requests
from optoutdesk.desk import Desk
from optoutdesk.resources import resource
from optoutdesk.services.clean_list import Plan
from optoutdesk.services.due_requests import GroupBy
from optoutdesk.ui.window import TODAY, MainWindow

Show = Callable[[MainWindow, Path], None]


def cleaned(desk: Desk, path: Path) -> None:
    plan = Plan(desk.clean_list.open(path))
    desk.clean_list.clean(plan, desk.clean_list.default_outputs(plan), by="Ana", now=desk.now())


def five_desk(folder: Path, _clock: object) -> Desk:
    """Return the desk of the picture, with two cleaned lists."""
    for name in ("customers.csv", "newsletter.txt"):
        shutil.copy(resource("samples", name), folder / name)
    desk = many_requests.make_five(folder / "desk", lambda desk, _: cleaned(desk, folder / "customers.csv"))
    cleaned(desk, folder / "newsletter.txt")
    return desk


def one_desk(folder: Path, _clock: object) -> Desk:
    clock = many_requests.Clock()
    desk = many_requests.open_desk(folder / "desk", clock)
    many_requests.record(desk, clock, "maria.ortiz@lakeside.example", datetime(2026, 11, 10, 16, 42))
    clock.now = many_requests.NOW
    return desk


def done_desk(folder: Path, clock: object) -> Desk:
    desk = one_desk(folder, clock)
    desk.due_requests.mark_done(desk.due_requests.ids(desk.now()), now=desk.now(), by="Ana")
    return desk


def hundreds_desk(folder: Path, _clock: object) -> Desk:
    return many_requests.make_many(folder / "desk", 500)


def thousands_desk(folder: Path, _clock: object) -> Desk:
    return many_requests.make_many(folder / "desk", 20_000)


def screen(window: MainWindow) -> Any:
    for asked in QApplication.topLevelWidgets():
        if isinstance(asked, QDialog) and asked.isVisible():
            asked.reject()  # who is working?
    window.go_to(TODAY)
    wait(window)
    if window.focusWidget() is not None:
        window.focusWidget().clearFocus()
    return window.screen_at(TODAY)


def wait(window: MainWindow) -> None:
    while window.context.lookups.busy or window.context.tasks.busy:
        QApplication.processEvents()


def plain(window: MainWindow, _folder: Path) -> None:
    screen(window)


def grouped(by: GroupBy) -> Show:
    def show(window: MainWindow, _folder: Path) -> None:
        bar = screen(window).bar
        bar.group.setCurrentIndex(bar.group.findData(by))

    return show


def of_one_person(window: MainWindow, _folder: Path) -> None:
    bar = screen(window).bar
    bar.person.setCurrentIndex(bar.person.findData("Ben"))


def selected(window: MainWindow, _folder: Path) -> None:
    today = screen(window)
    for row in (1, 2, 4):
        today.list._toggle(row)


def scrolled(window: MainWindow, _folder: Path) -> None:
    bar = screen(window).list.verticalScrollBar()
    for _ in range(2):
        bar.setValue(bar.maximum())
        wait(window)


def done_where(window: MainWindow, _folder: Path) -> None:
    today = screen(window)
    line = today.list.rows.line(1)
    today.acts.ask_done(line.due, line.section)


def done_many(window: MainWindow, _folder: Path) -> None:
    today = screen(window)
    today.list.rows.choose_all(today.list.rows.sections[0])
    wait(window)
    today.acts.ask_chosen_done(QPoint(0, 0))
    wait(window)
    today.acts.menu.close()
    today.acts.menu.actions()[2].trigger()


def known(window: MainWindow, folder: Path) -> None:
    screen(window)
    window.take_file(folder / "customers-clean.csv")


def cleaned_again(window: MainWindow, _folder: Path) -> None:
    row = screen(window).cleaned.rows[1]
    record = row._cleaned.record
    files = {path: path.read_bytes() for path in (record.output_path, record.removed_path)}
    row.again.click()
    wait(window)
    for path, content in files.items():  # the record names the template's files, which other pictures need
        path.write_bytes(content)


DESKS: tuple[tuple[dict[str, Show], Callable[[Path, Any], Desk]], ...] = (
    ({"today-done": plain}, done_desk),
    ({"today-one": plain}, one_desk),
    (
        {
            "today-five": plain,
            "today-done-where": done_where,
            "today-known-list": known,
            "today-cleaned-again": cleaned_again,
        },
        five_desk,
    ),
    (
        {
            "today-500": plain,
            "today-500-by-day": grouped(GroupBy.DAY),
            "today-500-by-platform": grouped(GroupBy.PLATFORM),
            "today-500-of-ben": of_one_person,
            "today-500-selected": selected,
            "today-500-mark-done": done_many,
        },
        hundreds_desk,
    ),
    ({"today-20000": plain, "today-20000-below": scrolled}, thousands_desk),
)
