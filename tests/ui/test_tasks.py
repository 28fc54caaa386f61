"""Long work runs beside the window, and whatever comes of it arrives in the window's thread."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QWidget

from optoutdesk.domain.errors import Cancelled, UserError
from optoutdesk.ui.tasks import Tasks


@pytest.fixture
def closed() -> list[str]:
    """The names of the threads in which the store was closed."""
    return []


@pytest.fixture
def tasks(qapp, closed: list[str]) -> Iterator[Tasks]:
    made = Tasks(lambda: closed.append(threading.current_thread().name))
    yield made
    made.close()


def test_the_result_arrives_in_the_windows_thread(tasks: Tasks, qtbot, closed: list[str]) -> None:
    seen: list[object] = []
    main = QThread.currentThread()

    def done(result: object) -> None:
        seen.append((result, QThread.currentThread() is main))

    task = tasks.run(lambda report: threading.current_thread().name, done=done)
    with qtbot.waitSignal(task.over):
        pass
    assert seen == [("worker", True)]
    assert closed == ["worker"]  # each job leaves no connection behind
    assert not tasks.busy


def test_progress_arrives_in_the_windows_thread_even_through_a_lambda(tasks: Tasks, qtbot) -> None:
    seen: list[tuple[int, int, str]] = []
    steps: list[tuple[int, int]] = [(1, 3), (2, 3), (3, 3)]

    def work(report) -> None:
        for step in steps:
            report(*step)

    task = tasks.run(
        work,
        done=lambda _: None,
        progress=lambda done, total: seen.append((done, total, threading.current_thread().name)),
    )
    with qtbot.waitSignal(task.over):
        pass
    assert seen == [(1, 3, "MainThread"), (2, 3, "MainThread"), (3, 3, "MainThread")]


def test_large_numbers_survive_the_way(tasks: Tasks, qtbot) -> None:
    seen: list[int] = []
    task = tasks.run(
        lambda report: report(2**40, 2**41),
        done=lambda _: None,
        progress=lambda done, _total: seen.append(done),
    )
    with qtbot.waitSignal(task.over):
        pass
    assert seen == [2**40]


def test_a_failure_arrives_with_its_exception(tasks: Tasks, qtbot, closed: list[str]) -> None:
    seen: list[Exception] = []

    def work(_report) -> None:
        raise UserError("The list cannot be read.")

    task = tasks.run(work, done=lambda _: None, failed=seen.append)
    with qtbot.waitSignal(task.over):
        pass
    assert [str(error) for error in seen] == ["The list cannot be read."]
    assert closed == ["worker"]


def test_a_failure_nobody_asked_for_is_raised_where_it_is_shown(tasks: Tasks, qtbot) -> None:
    def work(_report) -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        task = tasks.run(work, done=lambda _: None)
        with qtbot.waitSignal(task.over):
            pass
    assert [kind for kind, _error, _trace in caught] == [ZeroDivisionError]


def test_cancelling_stops_the_work_at_its_next_report(tasks: Tasks, qtbot) -> None:
    started, go_on = threading.Event(), threading.Event()
    failures: list[Exception] = []
    results: list[object] = []

    def work(report) -> str:
        started.set()
        go_on.wait(10)
        report(1, 2)
        return "finished all the same"

    task = tasks.run(work, done=results.append, failed=failures.append)
    assert started.wait(10)
    task.cancel()
    go_on.set()
    with qtbot.waitSignal(task.over):
        pass
    assert [type(error) for error in failures] == [Cancelled]
    assert not results


def test_work_cancelled_in_the_queue_never_begins(tasks: Tasks, qtbot) -> None:
    go_on = threading.Event()
    begun: list[int] = []
    tasks.run(lambda _report: go_on.wait(10), done=lambda _: None)
    second = tasks.run(lambda _report: begun.append(2), done=lambda _: None)
    second.cancel()
    go_on.set()
    with qtbot.waitSignal(second.over):
        pass
    assert not begun


def test_closing_cancels_joins_and_delivers_nothing(qapp, qtbot) -> None:
    tasks = Tasks(lambda: None)
    started = threading.Event()
    delivered: list[object] = []

    def work(report) -> None:
        started.set()
        while True:
            report(0, 0)

    tasks.run(work, done=delivered.append, failed=delivered.append)
    assert started.wait(10)
    tasks.close()
    assert not any(thread.name == "worker" for thread in threading.enumerate())
    qapp.processEvents()
    assert not delivered


def test_a_result_for_a_widget_that_is_gone_is_dropped(tasks: Tasks, qtbot) -> None:
    class Screen(QWidget):
        def take(self, _result: object) -> None:
            raise AssertionError

    screen = Screen()
    go_on = threading.Event()
    task = tasks.run(lambda _report: go_on.wait(10), done=screen.take)
    screen.deleteLater()
    with qtbot.waitSignal(screen.destroyed):
        pass
    go_on.set()
    with qtbot.waitSignal(task.over):
        pass
