"""What a worker finds out about a run beside its training: traces, checks, diagnostics, landscapes, range tests.

A study works on a copy of the run, in a thread of its own: however long it takes, the run and its neighbours go on.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from app.inspections.registry import INSPECTIONS
from app.protocol.orders import Query, RangeTest
from app.workers.fair_queue import Key, Lines
from engine.pieces import result_of
from engine.training.trainer import Trainer


@dataclass(eq=False, slots=True)
class _Study:
    """What waits to be studied, of a run or of none, and the tickets of those who wait for it."""

    action: str
    arguments: dict[str, Any]
    trainer: Trainer | None
    tickets: list[int]

    def prepared(self) -> Callable[[], bytes]:
        """The study of a copy of the run as it is now."""
        if self.trainer is None:
            return lambda: result_of(INSPECTIONS[self.action].answer(None, self.arguments))
        config, state = self.trainer.config, self.trainer.state()

        def study() -> bytes:
            copy = Trainer(config)
            copy.restore(state)
            return result_of(INSPECTIONS[self.action].answer(copy, self.arguments))

        return study


Tell = Callable[[str, Sequence[int], bytes | None, Exception | None], None]


class Studies:
    """One thread takes studies in turn, the run with the least time first, and calls `tell` with what each came to.

    The methods are for the worker's own thread: `go_on`, called between two slices, copies the run that is next.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, "study")
        self._lines: Lines[_Study] = Lines()
        self._under_way: tuple[Key, Future[float]] | None = None

    @property
    def waiting(self) -> bool:
        """Whether studies wait to be begun."""
        return bool(self._lines)

    def put(self, order: Query | RangeTest, trainer: Trainer | None) -> None:
        """Puts a study in line; the same study that waits already is shared."""
        action, arguments = "range_test", {"config": order.config} if isinstance(order, RangeTest) else order.arguments
        if isinstance(order, Query):
            action = order.action
        member: Any = arguments.get("member", 0)
        if trainer is not None:
            trainer.index_of(member)  # InvalidArgument for one that does not exist
        for study in self._lines.waiting((order.run, action)):
            if study.arguments == arguments:
                study.tickets.append(order.ticket)
                return
        self._lines.put((order.run, action), _Study(action, arguments, trainer, [order.ticket]))

    def forget(self, run: str) -> None:
        """Lets go of what waits to be studied of a run."""
        for key, study in self._lines.of_run(run):
            self._lines.remove(key, study)

    def go_on(self) -> None:
        """Begins the next study if the last is over."""
        if self._under_way:
            key, future = self._under_way
            if not future.done():
                return
            self._lines.charge(key, future.result())
            self._under_way = None
        if self._lines:
            key, study = self._lines.next()
            self._lines.remove(key, study)
            self._under_way = key, self._thread.submit(self._study, key[0], study.tickets, study.prepared())

    def _study(self, run: str, tickets: Sequence[int], study: Callable[[], bytes]) -> float:
        """In the thread. Returns the processor seconds it took."""
        began = time.thread_time()
        try:
            self._tell(run, tickets, study(), None)
        except Exception as error:
            self._tell(run, tickets, None, error)
        return time.thread_time() - began
