"""Latency of a command in a saturated worker, from sending it to its effect.

    python -m benchmarks.server_effect

The answer that a client waits for comes later: it holds the commit (`benchmarks.server`). Here the worker's own
process notes, on the clock that all processes share, when the run was changed; of a step, when its mini-batch was done.
Needs Linux, two idle cores, and half a minute.
"""

from __future__ import annotations

import json
import multiprocessing
import queue
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from app.protocol.orders import Command, Load, SetTraining, State, Stop, TakeStep
from app.protocol.reports import Answer
from app.settings import Settings
from app.workers import process
from app.workers.commands import apply
from app.workers.run import LiveRun

WORKERS = 2
RUNS = 20
COMMANDS = 400
UNLIMITED = {"training": {"pace": None}}
SETTINGS = Settings()
SLICE = SETTINGS.slice_seconds

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
            self._answered(Load(run=f"run {index}", config=json.dumps(UNLIMITED), max_epochs=10**9, max_changes=1))
            self._play(index)

    def seconds(self, command: Command) -> float:
        """Seconds from sending a command for one of the runs to its effect."""
        index = random.randrange(RUNS)
        time.sleep(random.uniform(0, 2 * SLICE))  # it may come at any moment of a slice
        while self._noted.poll():
            self._noted.recv()
        sent = time.monotonic()
        self._answered(self._addressed(index, command))
        effect: float = self._noted.recv() - sent
        self._play(index)
        return effect

    def end(self) -> None:
        self._orders.send(Stop())
        self._reader.join()
        self._process.join()

    def _play(self, index: int) -> None:
        self._answered(self._addressed(index, SetTraining(state=State.RUNNING)))

    def _addressed(self, index: int, command: Command) -> Command:
        self._tickets += 1
        return replace(command, run=f"run {index}", ticket=self._tickets)

    def _answered(self, order: Load | Command) -> None:
        self._orders.send(order)
        answer = self._answers.get()
        assert (answer.run, answer.ticket, answer.error) == (order.run, order.ticket, None), answer

    def _read(self) -> None:
        """Receives every report, as the server does: a worker blocks while its pipe is full."""
        with suppress(EOFError):
            while True:
                for report in self._orders.recv():
                    if isinstance(report, Answer):
                        self._answers.put(report)


def _work_and_note(orders: Connection, notes: Connection) -> None:
    """A worker as the server starts it, except that it records times."""
    take_reached_goals = LiveRun.take_reached_goals

    def apply_and_note(live: LiveRun, command: Command) -> list[int]:
        ended = apply(live, command)
        if isinstance(command, SetTraining):
            notes.send(time.monotonic())
        return ended

    def reached_and_note(live: LiveRun) -> Any:
        goals = take_reached_goals(live)
        if goals:
            notes.send(time.monotonic())
        return goals

    process.apply, LiveRun.take_reached_goals = apply_and_note, reached_and_note  # type: ignore[method-assign]
    process.main(orders, SLICE, SETTINGS.checkpoint_seconds, SETTINGS.log_level, SETTINGS.kernel)


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
        for name, command in (
            ("pause", SetTraining(state=State.PAUSED)),
            ("step", TakeStep(batches=1)),
            ("learning rate", SetTraining(training={"learning_rate": 0.02})),
        ):
            cuts = statistics.quantiles([worker.seconds(command) for _ in range(COMMANDS)], n=100)
            print(
                f"  {name:15} takes effect after p50 {cuts[49] * 1e3:5.2f} ms, p99 {cuts[98] * 1e3:5.2f} ms:"
                f" {cuts[49] / SLICE:.2f} and {cuts[98] / SLICE:.2f} of a slice"
            )


if __name__ == "__main__":
    main()
