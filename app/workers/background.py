"""Inspections that take long: computed in a thread, on a copy of the run, while the run and its neighbours train on."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.inspections.registry import INSPECTIONS
from app.protocol.orders import Inspect, RunRangeTest
from app.workers.fair_queue import FairQueue, Key
from app.workers.outbox import Outbox
from engine.pieces import Pieces
from engine.training.trainer import Trainer

# While a run could train, a task gets 1 / PARTS of the time. Without that limit it would get half: its thread and that
# of training share one interpreter.
PARTS = 5


@dataclass(eq=False, slots=True)
class _Task:
    """An inspection of a run, or of none, and the tickets that its answer goes to."""

    inspection: str
    arguments: dict[str, Any]
    trainer: Trainer | None
    tickets: list[int]

    def prepared(self) -> Pieces[bytes]:
        """The computation, on a copy of the run as it is now; it begins with the first piece."""
        inspection = INSPECTIONS[self.inspection]
        if self.trainer is None:
            return inspection.answer(None, self.arguments)
        config, rules, table = self.trainer.config, self.trainer.rules.name, self.trainer.table
        state = self.trainer.state()

        def compute() -> Pieces[bytes]:
            copy = Trainer(config, rules=rules, table=table)
            copy.restore(state)
            return (yield from inspection.answer(copy, self.arguments))

        return compute()


class BackgroundTasks:
    """One thread computes tasks one after another; next is one of the run that has used the least time.

    The methods are for the worker's own thread: `begin_next`, called between two slices, copies the run. While
    `beside_training` is set, the thread sleeps between the pieces of a task.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._thread = ThreadPoolExecutor(1, "background")
        self._queue: FairQueue[_Task] = FairQueue()
        self._running: tuple[Key, Future[float]] | None = None
        self.beside_training = False

    @property
    def waiting(self) -> bool:
        """Whether tasks wait to begin."""
        return bool(self._queue)

    def add(self, order: Inspect, trainer: Trainer) -> None:
        """Queues an inspection; InvalidArgument for a member that the run does not have."""
        trainer.index_of(order.arguments.get("member", 0))
        self._add(order.run, order.ticket, order.inspection, order.arguments, trainer)

    def add_range_test(self, order: RunRangeTest) -> None:
        """Queues the range test of a config."""
        arguments = {"config": order.config, "rules": order.rules, "table": order.table}
        self._add(order.run, order.ticket, "range_test", arguments, None)

    def _add(self, run: str, ticket: int, inspection: str, arguments: dict[str, Any], trainer: Trainer | None) -> None:
        """An equal task that waits already is shared."""
        key = run, inspection
        for task in self._queue.waiting(key):
            if task.arguments == arguments:
                task.tickets.append(ticket)
                return
        self._queue.put(key, _Task(inspection, arguments, trainer, [ticket]))

    def forget(self, run: str) -> None:
        """Drops the tasks of a run that have not begun."""
        for key, task in self._queue.of_run(run):
            self._queue.remove(key, task)

    def begin_next(self) -> None:
        """Begins the next task if the last is over."""
        if self._running:
            key, future = self._running
            if not future.done():
                return
            self._queue.charge(key, future.result())
            self._running = None
        if self._queue:
            key, task = self._queue.next()
            self._queue.remove(key, task)
            self._running = key, self._thread.submit(self._compute, key[0], task.tickets, task.prepared())

    def _compute(self, run: str, tickets: list[int], pieces: Pieces[bytes]) -> float:
        """In the thread. Returns the processor seconds it took."""
        began = time.thread_time()
        answer: bytes | None = None
        failure: Exception | None = None
        try:
            answer = self._result_of(pieces)
        except Exception as error:
            failure = error
        with suppress(OSError):  # without a server this process, too, ends soon
            self._outbox.answer_now(run, tickets, answer, failure)
        return time.thread_time() - began

    def _result_of(self, pieces: Pieces[bytes]) -> bytes:
        """The result; beside training, one part in `PARTS` of the time is spent on it."""
        while True:
            began = time.monotonic()
            try:
                next(pieces)
            except StopIteration as end:
                answer: bytes = end.value
                return answer
            if self.beside_training:
                time.sleep((PARTS - 1) * (time.monotonic() - began))
