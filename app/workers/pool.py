"""The worker processes: started, connected by pipes, watched, and started again when they die."""

import asyncio
import atexit
import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import cast

from app.protocol.orders import Load, Order, Stop, Unload
from app.protocol.reports import Report
from app.settings import Settings
from app.workers.channel import Decoder, encode
from app.workers.process import main
from app.workers.tables import SentTables

log = logging.getLogger(__name__)

# Spawned, not forked: a worker inherits neither the listening socket nor another's pipe.
_spawn = multiprocessing.get_context("spawn")

# One thread a process for linear algebra: there is one worker a core. NumPy reads these when it loads.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


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


class _Process(asyncio.Protocol):
    """One worker process and the server's end of its socket."""

    def __init__(
        self, settings: Settings, name: str, delay: float, on_reports: Callable[["_Process", list[Report] | None], None]
    ) -> None:
        self.reported = False
        self._on_reports = on_reports
        self._decoder = Decoder()
        self._transport: asyncio.WriteTransport | None = None
        self._waiting: list[bytes] = []
        self._cancelled = asyncio.Event()
        self._lost = asyncio.Event()
        self._ours, self._theirs = socket.socketpair()
        seconds = settings.slice_seconds, settings.checkpoint_seconds
        arguments = (self._theirs, *seconds, settings.log_level, settings.kernel)
        self._process = _spawn.Process(target=main, args=arguments, name=name, daemon=True)
        self._starting = asyncio.create_task(self._start(delay))

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._transport is not None and not self._lost.is_set()

    def send(self, order: Order) -> None:
        data = encode(order)
        if self._transport is None:
            self._waiting.append(data)
        elif self.alive:
            self._transport.write(data)

    def kill(self) -> None:
        if self.pid is not None:
            self._process.kill()

    async def end(self, seconds: float) -> None:
        """Asks the process to save its runs and end; ends it after so many seconds."""
        self._cancelled.set()
        self.send(Stop())
        await self._starting
        if self._transport is None:
            return
        try:
            await asyncio.wait_for(self._lost.wait(), seconds)
        except TimeoutError:
            log.warning("worker %s did not end in %g s and was killed", self.pid, seconds)
            self._process.kill()
            await self._lost.wait()

    async def _start(self, delay: float) -> None:
        if delay:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._cancelled.wait(), delay)
        if self._cancelled.is_set():
            self._ours.close()
            self._theirs.close()
            return
        await asyncio.to_thread(self._spawn)
        loop = asyncio.get_running_loop()
        if self._ours.family == getattr(socket, "AF_UNIX", None):
            await loop.create_unix_connection(lambda: self, sock=self._ours)
        else:
            await loop.create_connection(lambda: self, sock=self._ours)

    def _spawn(self) -> None:
        with _signals_blocked():
            self._process.start()
        self._theirs.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none of asyncio's classes
        self._transport.writelines(self._waiting)
        self._waiting = []

    def data_received(self, data: bytes) -> None:
        self._decoder.feed(data)
        for reports in self._decoder.messages():
            self.reported = True
            self._on_reports(self, reports)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.set()
        self._on_reports(self, None)
        self._process.join(1)


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
        await asyncio.gather(*(process.end(seconds) for process in self._all()), *self._ended)
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
            ended = asyncio.ensure_future(process.end(5))
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
