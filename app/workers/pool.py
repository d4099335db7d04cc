"""The worker processes: started, connected by pipes, watched, and started again when they die."""

import asyncio
import atexit
import logging
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker

from app.protocol.orders import Load, Order, Stop, Unload
from app.protocol.reports import Report
from app.settings import Settings
from app.workers.process import main
from app.workers.tables import SentTables

log = logging.getLogger(__name__)

# Spawned, not forked: a worker inherits neither the listening socket nor another's pipe.
_spawn = multiprocessing.get_context("spawn")

# One thread a process for linear algebra: there is one worker a core. NumPy reads these when it loads.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

# Batches of reports of one worker that may wait to be handled. Past it the worker waits too: a busy server slows
# training down and does not run out of memory.
_UNHANDLED = 16


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """A process started within keeps these signals blocked. They are sent to the whole group of the server, by a
    terminal or a service manager; a worker ends when its pipe does, once it has saved its runs."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # to start it unblocks them: it must run before
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Process:
    """One worker process, with two threads for its pipe, so that it never blocks the event loop."""

    def __init__(
        self, settings: Settings, name: str, delay: float, on_reports: Callable[["_Process", list[Report] | None], None]
    ) -> None:
        self.reported = False
        self._on_reports = on_reports
        self._loop = asyncio.get_running_loop()
        self._outgoing: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._room = threading.Semaphore(_UNHANDLED)
        self._cancelled = threading.Event()
        self._delay = delay
        self._ours, self._theirs = _spawn.Pipe()
        seconds = settings.slice_seconds, settings.checkpoint_seconds
        arguments = (self._theirs, *seconds, settings.log_level, settings.kernel)
        self._process = _spawn.Process(target=main, args=arguments, name=name, daemon=True)
        self._writer = threading.Thread(target=self._start_and_write, name=f"{name} writer", daemon=True)
        self._reader = threading.Thread(target=self._read, name=f"{name} reader", daemon=True)
        self._writer.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._reader.is_alive()

    def send(self, order: Order) -> None:
        self._outgoing.put(order)

    def kill(self) -> None:
        if self.pid is not None:
            self._process.kill()

    def end(self, seconds: float) -> None:
        """Asks the process to save its runs and end; ends it after so many seconds. Blocks."""
        self._cancelled.set()
        self.send(Stop())
        self._writer.join(seconds)
        if self.pid is not None:
            self._reader.join(seconds)  # it reads until the process has ended
            if self.alive:
                log.warning("worker %s did not end in %g s and was killed", self.pid, seconds)
                self._process.kill()
                self._reader.join()

    def _start_and_write(self) -> None:
        if self._cancelled.wait(self._delay):
            return
        with _signals_blocked():
            self._process.start()
        self._theirs.close()
        self._reader.start()
        with suppress(OSError):
            while True:
                order = self._outgoing.get()
                self._ours.send(order)
                if isinstance(order, Stop):
                    return

    def _read(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                reports = self._ours.recv()
                self._room.acquire()
                self._pass_on(reports)
        self._pass_on(None)

    def _pass_on(self, reports: list[Report] | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: the server has ended
            self._loop.call_soon_threadsafe(self._handle, reports)

    def _handle(self, reports: list[Report] | None) -> None:
        try:
            self.reported = self.reported or reports is not None
            self._on_reports(self, reports)
        finally:
            if reports is None:
                self._process.join(1)
            else:
                self._room.release()


class Pool:
    """All worker processes. A place is the number of a worker: it stays when the process is replaced. One more place,
    after the others, is for a run that is tried alone: it has a process only during that trial."""

    def __init__(
        self, settings: Settings, on_report: Callable[[int, Report], None], on_death: Callable[[int], None]
    ) -> None:
        self._settings = settings
        self._on_report = on_report
        self._on_death = on_death
        self._processes: list[_Process] = []
        self._trial: _Process | None = None
        self._ended: set[asyncio.Future[None]] = set()
        self._runs: list[set[str]] = [set() for _ in range(settings.workers + 1)]
        self._busy: list[set[str]] = [set() for _ in range(settings.workers + 1)]
        self._tables = [SentTables() for _ in range(settings.workers + 1)]
        self._ending = False

    def start(self) -> None:
        for name in _ONE_THREAD:
            os.environ.setdefault(name, "1")
        self._processes = [self._start(place, 0) for place in range(self._settings.workers)]
        # Without `stop`, the interpreter would wait for its processes at exit, and they for it.
        atexit.register(self._kill)

    def _kill(self) -> None:
        for process in self._all():
            process.kill()

    def _all(self) -> list[_Process]:
        return self._processes + ([self._trial] if self._trial else [])

    def _start(self, place: int, delay: float) -> _Process:
        return _Process(self._settings, f"descent-worker-{place}", delay, self._handle_reports)

    async def stop(self, seconds: float = 5) -> None:
        """Ends every process once it has reported its runs as they are."""
        self._ending = True
        await asyncio.gather(*(asyncio.to_thread(process.end, seconds) for process in self._all()), *self._ended)
        atexit.unregister(self._kill)

    def assign(self) -> int:
        return min(range(self._settings.workers), key=lambda place: (len(self._busy[place]), len(self._runs[place])))

    def working(self, place: int, run: str, on: bool) -> None:
        (self._busy[place].add if on else self._busy[place].discard)(run)

    def crowded(self, place: int, run: str) -> bool:
        return len(self._busy[place] - {run}) > min(map(len, self._busy[: self._settings.workers])) + 1

    def open_trial(self) -> int:
        """Starts a process for one run; returns its place."""
        place = self._settings.workers
        if self._trial is None:
            self._trial = self._start(place, 0)
        return place

    def close_trial(self) -> None:
        """Ends that process."""
        process, self._trial = self._trial, None
        self._clear(self._settings.workers)
        if process:
            ended = asyncio.ensure_future(asyncio.to_thread(process.end, 5))
            self._ended.add(ended)
            ended.add_done_callback(self._ended.discard)

    def send(self, place: int, order: Order) -> None:
        if isinstance(order, Load):
            self._runs[place].add(order.run)
            order = self._tables[place].fitted(order)
        self._send(place, order)
        if isinstance(order, Unload):
            self._runs[place].discard(order.run)
            self._busy[place].discard(order.run)
            for forget in self._tables[place].unloaded(order.run):
                self._send(place, forget)

    def _send(self, place: int, order: Order) -> None:
        if place < self._settings.workers:
            self._processes[place].send(order)
        elif self._trial:
            self._trial.send(order)

    def pids(self) -> list[int | None]:
        """The process of each place, that of a trial last while there is one; None where it is yet to start."""
        return [process.pid for process in self._all()]

    def ready(self) -> list[bool]:
        """Whether the process of each place runs."""
        return [process.alive for process in self._processes]

    def _handle_reports(self, process: _Process, reports: list[Report] | None) -> None:
        if process not in self._all():
            return
        place = self._all().index(process)
        if reports is not None:
            for report in reports:
                self._on_report(place, report)
        elif not self._ending:
            self._clear(place)
            if process is self._trial:
                log.warning("worker %s died with the one run that was tried in it", process.pid)
                self._trial = None
            else:
                log.warning("worker %s died and is started again", process.pid)
                # One that died before its first report would die again: it waits for a second.
                self._processes[place] = self._start(place, 0 if process.reported else 1)
            self._on_death(place)

    def _clear(self, place: int) -> None:
        self._runs[place].clear()
        self._busy[place].clear()
        self._tables[place].clear()
