"""Long work: one worker thread, with progress, results and failures delivered in the window's thread."""

import itertools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from optoutdesk.domain.errors import Cancelled

Report = Callable[[int, int], None]
"""Called by the work now and then with what is done and all there is (0: not known); raises Cancelled."""
Work = Callable[[Report], Any]
Done = Callable[[Any], object]
Failed = Callable[[Exception], object]
Progress = Callable[[int, int], object]

JOIN_SECONDS = 10.0


@dataclass(eq=False)
class _Job:
    """What the worker needs of a task, and what came of it. No QObject: the worker may touch it at any time."""

    work: Work
    cancel: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: Exception | None = None


class Task(QObject):
    """One piece of work, seen from the window's thread: queued, running or over."""

    over = Signal()
    """Emitted last, whatever came of it."""

    def __init__(
        self, cancel: threading.Event, done: Done, failed: Failed | None, progress: Progress | None
    ) -> None:
        super().__init__()
        self._cancel = cancel
        self._done: Done | None = done
        self._failed = failed
        self._progress = progress

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask it to stop: the next report raises Cancelled in the worker, which reaches `failed`."""
        self._cancel.set()

    def deliver_progress(self, done: int, total: int) -> None:
        """Pass on how far the work is."""
        if self._progress is not None and not self.cancelled and _alive(self._progress):
            self._progress(done, total)

    def deliver(self, result: object, error: Exception | None) -> None:
        """Pass on what came of it."""
        done, failed = self._done, self._failed
        self._done = self._failed = self._progress = None
        try:
            if error is None:
                if done is not None and _alive(done):
                    done(result)
            elif failed is not None:
                if _alive(failed):
                    failed(error)
            elif not isinstance(error, Cancelled):
                raise error
        finally:
            self.over.emit()


def _alive(callback: Callable[..., object]) -> bool:
    """Whether the widget a callback belongs to still exists."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


class Tasks(QObject):
    """The worker thread and what it has to do, one after the other.

    The worker knows tasks by their number only and signals through this object, which outlives it: a sender
    that is deleted while it still emits in another thread, or a widget whose last reference goes there, would
    take the program down.
    """

    _progressed = Signal(object, object, object)
    _finished = Signal(object)

    def __init__(self, clean_up: Callable[[], None], parent: QObject | None = None) -> None:
        """`clean_up` runs in the worker thread at the end of each job: it closes the store's connection."""
        super().__init__(parent)
        self._clean_up = clean_up
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._numbers = itertools.count()
        self._jobs: dict[int, _Job] = {}
        self._tasks: dict[int, Task] = {}
        self.closed = False
        # Queued whatever the thread: callbacks must only ever run in the window's thread, from its event loop.
        self._progressed.connect(self._on_progress, Qt.ConnectionType.QueuedConnection)
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether anything is queued, running or still to be delivered."""
        return bool(self._tasks)

    def run(
        self, work: Work, *, done: Done, failed: Failed | None = None, progress: Progress | None = None
    ) -> Task:
        """Run `work(report)` in the worker thread; done, failed and progress are called in the window's thread.

        A cancelled task calls `failed` with Cancelled. Without `failed`, Cancelled is dropped and everything
        else is raised in the window's thread, where it is shown.
        """
        assert not self.closed
        number = next(self._numbers)
        job = _Job(work)
        task = Task(job.cancel, done, failed, progress)
        self._jobs[number] = job
        self._tasks[number] = task
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)
            self._thread.start()
        self._queue.put(number)
        return task

    def close(self) -> None:
        """Cancel everything and wait for the worker; nothing is delivered afterwards."""
        self.closed = True
        for task in self._tasks.values():
            task.cancel()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(JOIN_SECONDS)
            self._thread = None
        self._tasks.clear()

    # -- in the worker thread

    def _loop(self) -> None:
        while (number := self._queue.get()) is not None:
            self._carry_out(number)
            # No reference to the job or to what it holds is left in this thread by now.
            self._finished.emit(number)

    def _carry_out(self, number: int) -> None:
        job = self._jobs[number]

        def report(done: int, total: int) -> None:
            if job.cancel.is_set():
                raise Cancelled
            self._progressed.emit(number, done, total)

        try:
            try:
                if job.cancel.is_set():
                    raise Cancelled
                job.result = job.work(report)
            finally:
                self._clean_up()
        except Exception as error:  # noqa: BLE001 - it is raised again, or shown, in the window's thread
            job.error = error

    # -- in the window's thread

    @Slot(object, object, object)
    def _on_progress(self, number: int, done: int, total: int) -> None:
        task = self._tasks.get(number)
        if task is not None and not self.closed:
            task.deliver_progress(done, total)

    @Slot(object)
    def _on_finished(self, number: int) -> None:
        job = self._jobs.pop(number)
        task = self._tasks.pop(number, None)
        error, job.error = (
            job.error,
            None,
        )  # its traceback knows the job: no cycle may be left to the collector
        if task is not None and not self.closed:
            task.deliver(job.result, error)
