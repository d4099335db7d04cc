"""Latency of a command in a saturated worker, from sending it to its effect.

    python -m benchmarks.server_effect

The answer that a client waits for comes later: it holds the commit (`benchmarks.server`). Here the worker's own
process notes, on the clock that all processes share, when the run was changed; of a step, when its mini-batch was done.
Needs Linux, two idle cores, and half a minute.
"""

from __future__ import annotations

import multiprocessing
import queue
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from app.protocol.orders import Answer, Command, Load, Stop
from app.settings import Settings
from app.workers.process import main as work
from app.workers.run import LiveRun

WORKERS = 2
RUNS = 20
COMMANDS = 400
UNLIMITED = {"training": {"pace": None}}
SLICE = Settings().slice_seconds

_spawn = multiprocessing.get_context("spawn")


class Saturated:
    """A worker with many unpaced runs, and the times it records."""

    def __init__(self) -> None:
        self._orders, theirs = _spawn.Pipe()
        self._noted, notes = _spawn.Pipe(duplex=False)
        self._process = _spawn.Process(target=_work_and_note, args=(theirs, notes), daemon=True)
        self._process.start()
        theirs.close()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._tickets = 0
        for index in range(RUNS):
            self._answered(Load(f"run {index}", 0, UNLIMITED, max_epochs=10**9, max_changes=1))
            self._play(index)

    def seconds(self, action: str, **arguments: Any) -> float:
        """Seconds from sending a command for one of the runs to its effect."""
        index = random.randrange(RUNS)
        time.sleep(random.uniform(0, 2 * SLICE))  # it may come at any moment of a slice
        while self._noted.poll():
            self._noted.recv()
        sent = time.monotonic()
        self._answered(self._command(index, action, **arguments))
        effect: float = self._noted.recv() - sent
        self._play(index)
        return effect

    def end(self) -> None:
        self._orders.send(Stop())
        self._reader.join()
        self._process.join()

    def _play(self, index: int) -> None:
        self._answered(self._command(index, "set", training=None, state="running"))

    def _command(self, index: int, action: Any, **arguments: Any) -> Command:
        self._tickets += 1
        return Command(f"run {index}", self._tickets, action, arguments)

    def _answered(self, order: Load | Command) -> None:
        self._orders.send(order)
        answer = self._answers.get()
        assert (answer.run, answer.ticket, answer.problem) == (order.run, order.ticket, None), answer

    def _read(self) -> None:
        """Receives every report, as the server does: a worker blocks while its pipe is full."""
        with suppress(EOFError):
            while True:
                for report in self._orders.recv():
                    if isinstance(report, Answer):
                        self._answers.put(report)


def _work_and_note(orders: Connection, notes: Connection) -> None:
    """A worker as the server starts it, except that it records times."""
    change, reached = LiveRun.set, LiveRun.reached

    def set_and_note(live: LiveRun, *args: Any, **kwargs: Any) -> list[int]:
        ended = change(live, *args, **kwargs)
        notes.send(time.monotonic())
        return ended

    def reached_and_note(live: LiveRun) -> Any:
        goals = reached(live)
        if goals:
            notes.send(time.monotonic())
        return goals

    LiveRun.set, LiveRun.reached = set_and_note, reached_and_note  # type: ignore[method-assign]
    work(orders, SLICE, Settings().checkpoint_seconds, "warning")


@contextmanager
def saturated() -> Iterator[Saturated]:
    """One such worker for each core; the commands go to the first."""
    workers = [Saturated() for _ in range(WORKERS)]
    try:
        yield workers[0]
    finally:
        for worker in workers:
            worker.end()


def main() -> None:
    """Print the median and the 99th percentile of each command, in milliseconds and as a share of a slice."""
    print(f"{WORKERS} workers with {RUNS} unlimited runs each; a time slice is {SLICE * 1e3:g} ms")
    with saturated() as worker:
        for name, action, arguments in (
            ("pause", "set", {"training": None, "state": "paused"}),
            ("step", "step", {"epochs": None, "batches": 1, "to_epoch": None}),
            ("learning rate", "set", {"training": {"learning_rate": 0.02}, "state": None}),
        ):
            cuts = statistics.quantiles([worker.seconds(action, **arguments) for _ in range(COMMANDS)], n=100)
            print(
                f"  {name:15} takes effect after p50 {cuts[49] * 1e3:5.2f} ms, p99 {cuts[98] * 1e3:5.2f} ms:"
                f" {cuts[49] / SLICE:.2f} and {cuts[98] / SLICE:.2f} of a slice"
            )


if __name__ == "__main__":
    main()
