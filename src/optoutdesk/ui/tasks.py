"""Long work: one worker thread, with progress, results and failures delivered in the window's thread."""

import queue
import threading
from collections.abc import Callable
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


class Task(QObject):
    """One piece of work: queued, running or over. Lives in the window's thread."""

    _progressed = Signal(object, object)
    _succeeded = Signal(object)
    _broke = Signal(object)
    over = Signal()
    """Emitted last, whatever came of it."""

    def __init__(
        self,
        work: Work,
        done: Done,
        failed: Failed | None,
        progress: Progress | None,
        owner: "Tasks",
    ) -> None:
        super().__init__(owner)
        self._work: Work | None = work
        self._done: Done | None = done
        self._failed = failed
        self._progress = progress
        self._owner = owner
        self._cancel = threading.Event()
        # Queued whatever the thread: the callbacks of a screen must only ever run in the window's thread.
        queued = Qt.ConnectionType.QueuedConnection
        self._progressed.connect(self._on_progress, queued)
        self._succeeded.connect(self._on_success, queued)
        self._broke.connect(self._on_failure, queued)

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask it to stop: the next report raises Cancelled in the worker, which reaches `failed`."""
        self._cancel.set()

    # -- in the worker thread

    def report(self, done: int, total: int) -> None:
        """Say how far the work is; Cancelled when it was asked to stop."""
        if self._cancel.is_set():
            raise Cancelled
        self._progressed.emit(done, total)

    def carry_out(self, clean_up: Callable[[], None]) -> None:
        """Do the work and send what came of it."""
        work, self._work = self._work, None
        assert work is not None
        try:
            try:
                if self._cancel.is_set():
                    raise Cancelled
                result = work(self.report)
            finally:
                clean_up()
        except Exception as error:  # noqa: BLE001 - it is raised again, or shown, in the window's thread
            self._broke.emit(error)
        else:
            self._succeeded.emit(result)

    # -- in the window's thread

    @Slot(object, object)
    def _on_progress(self, done: int, total: int) -> None:
        if (
            self._progress is not None
            and not self._owner.closed
            and not self.cancelled
            and _alive(self._progress)
        ):
            self._progress(done, total)

    @Slot(object)
    def _on_success(self, result: object) -> None:
        done = self._done
        try:
            if done is not None and not self._owner.closed and _alive(done):
                done(result)
        finally:
            self._end()

    @Slot(object)
    def _on_failure(self, error: Exception) -> None:
        failed = self._failed
        try:
            if self._owner.closed:
                return
            if failed is None:
                if not isinstance(error, Cancelled):
                    raise error
            elif _alive(failed):
                failed(error)
        finally:
            self._end()

    def _end(self) -> None:
        self._done = self._failed = self._progress = None
        self._owner.forget(self)
        self.over.emit()
        self.deleteLater()


def _alive(callback: Callable[..., object]) -> bool:
    """Whether the widget a callback belongs to still exists."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


class Tasks(QObject):
    """The worker thread and what it has to do, one after the other."""

    def __init__(self, clean_up: Callable[[], None], parent: QObject | None = None) -> None:
        """`clean_up` runs in the worker thread at the end of each job: it closes the store's connection."""
        super().__init__(parent)
        self._clean_up = clean_up
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._tasks: list[Task] = []
        self.closed = False

    @property
    def busy(self) -> bool:
        """Whether anything is queued or running."""
        return bool(self._tasks)

    def run(
        self, work: Work, *, done: Done, failed: Failed | None = None, progress: Progress | None = None
    ) -> Task:
        """Run `work(report)` in the worker thread; done, failed and progress are called in the window's thread.

        A cancelled task calls `failed` with Cancelled. Without `failed`, Cancelled is dropped and everything
        else is raised in the window's thread, where it is shown.
        """
        assert not self.closed
        task = Task(work, done, failed, progress, self)
        self._tasks.append(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="worker", daemon=True)
            self._thread.start()
        self._queue.put(task)
        return task

    def forget(self, task: Task) -> None:
        """Let go of a task that is over."""
        if task in self._tasks:
            self._tasks.remove(task)

    def close(self) -> None:
        """Cancel everything and wait for the worker; nothing is delivered afterwards."""
        self.closed = True
        for task in self._tasks:
            task.cancel()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(JOIN_SECONDS)
            self._thread = None

    def _loop(self) -> None:
        while (task := self._queue.get()) is not None:
            task.carry_out(self._clean_up)
            # Widgets must not be freed in this thread by the last reference going here.
            del task
