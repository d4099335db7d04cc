"""A run's connection to the worker that holds it: sends orders, waits for their answers, repeats them to the next
worker."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.errors import DomainError, LimitReached, Unavailable
from app.inspections.registry import INSPECTIONS
from app.protocol.orders import (
    Command,
    Inspect,
    Load,
    MakeFrame,
    Request,
    Suspend,
    Trainers,
    Unload,
    WithdrawFrame,
)
from app.protocol.reports import Answer

# Questions about one run that may wait for their answers; an inspection counts as its `places`.
MAX_WAITING = 64


@dataclass(slots=True)
class _Pending:
    order: Request
    future: asyncio.Future[Any]


class WorkerConnection:
    """Connected or not. `load` makes the order that loads the run, given its ticket; `on_refused` is called with the
    error if it cannot be loaded."""

    def __init__(
        self, run: str, trainers: Trainers, load: Callable[[int], Load], on_refused: Callable[[BaseException], None]
    ) -> None:
        self._run = run
        self._trainers = trainers
        self._load = load
        self._on_refused = on_refused
        self._tickets = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._place: int | None = None
        self._parked = False
        self._last_command = 0

    @property
    def connected(self) -> bool:
        return self._place is not None

    def working(self, on: bool) -> None:
        """Notes whether the run trains: places are chosen by that."""
        if self._place is not None:
            self._trainers.working(self._place, self._run, on)

    @property
    def crowded(self) -> bool:
        """Whether the run should move to another worker."""
        return self._place is not None and not self._pending and self._trainers.crowded(self._place, self._run)

    @property
    def waiting(self) -> bool:
        """Whether an order waits for its answer."""
        return bool(self._pending)

    def at(self, place: int) -> bool:
        return self._place == place

    def connect(self, place: int | None = None) -> asyncio.Future[Any]:
        """Loads the run in a worker: that of a place, or the one with the least to do. Orders that were not answered
        are sent again, except steps that had begun: the run's checkpoint has their goals."""
        self._parked = False
        place = self._place = self._trainers.assign() if place is None else place
        waiting = {ticket: pending.order for ticket, pending in self._pending.items()}
        again = next((ticket for ticket, order in waiting.items() if isinstance(order, Load)), None)
        load = self._load(again or next(self._tickets))
        if again:
            future = self._pending[again].future
        else:
            future = self._expect(load)
            future.add_done_callback(self._loaded)
        self._trainers.send(place, load)
        begun = {goal.ticket for goal in load.checkpoint.goals} if load.checkpoint else set()
        for ticket, order in waiting.items():
            if ticket not in begun and not isinstance(order, Load):
                self._trainers.send(place, order)
        return future

    def _loaded(self, load: asyncio.Future[Any]) -> None:
        if not load.cancelled() and (error := load.exception()):
            self._on_refused(error)

    def disconnect(self) -> None:
        """Unloads the run from its worker."""
        if self._place is not None:
            self._trainers.send(self._place, Unload(self._run))
        self._place = None

    def command(self, command: Command) -> asyncio.Future[Any]:
        self._last_command = next(self._tickets)
        return self._ask(replace(command, run=self._run, ticket=self._last_command))

    async def query(self, inspection: str, arguments: dict[str, Any]) -> Any:
        """The answer to a question. The same question asked since the last command waits for the same answer."""
        same = (each for each in self._pending.values() if self._is_same(each.order, inspection, arguments))
        pending = next(same, None)
        # Shielded: a client that leaves does not cancel the answer for the others.
        return await asyncio.shield(pending.future if pending else self._ask_query(inspection, arguments))

    def _is_same(self, order: Request, inspection: str, arguments: dict[str, Any]) -> bool:
        if not isinstance(order, Inspect) or order.ticket < self._last_command:
            return False
        return order.inspection == inspection and bool(order.arguments == arguments)

    def _ask_query(self, inspection: str, arguments: dict[str, Any]) -> asyncio.Future[Any]:
        order = Inspect(run=self._run, ticket=next(self._tickets), inspection=inspection, arguments=arguments)
        waiting = sum(_weight(pending.order) for pending in self._pending.values())
        if waiting + _weight(order) > MAX_WAITING:
            detail = "Many questions about this run wait for their answers already; ask again in a second."
            raise LimitReached(detail, retry_after=1)
        future = self._ask(order)
        future.add_done_callback(lambda done: done.cancelled() or done.exception())  # every client may have left
        return future

    def park(self) -> None:
        """Disconnects the run; from now on a request does not connect it, but waits until `connect` is called."""
        self.disconnect()
        self._parked = True

    @property
    def has_queries(self) -> bool:
        """Whether a question, or the order that loads the run, waits for its answer."""
        return any(not isinstance(pending.order, Command) for pending in self._pending.values())

    def frame(self, order: MakeFrame) -> None:
        if not self._parked:  # the orders of frames are repeated once it is connected
            self._trainers.send(self._require_place(), order)

    def withdraw(self, order: WithdrawFrame) -> None:
        """Takes back the order of a frame."""
        if self._place is not None:
            self._trainers.send(self._place, order)

    def hold(self, on: bool) -> None:
        """Suspends the run's training, or resumes it."""
        if self._place is not None:
            self._trainers.send(self._place, Suspend(self._run, on))

    def _ask(self, order: Request) -> asyncio.Future[Any]:
        if self._parked:
            return self._expect(order)
        place = self._require_place()
        future = self._expect(order)
        self._trainers.send(place, order)
        return future

    def _expect(self, order: Request) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[order.ticket] = _Pending(order, future)
        return future

    def _require_place(self) -> int:
        if self._place is None:
            self.connect()
        assert self._place is not None
        return self._place

    def answered(self, answer: Answer, saved: asyncio.Future[None] | None) -> None:
        """Ends the wait for an answer; that of a change ends when it is saved."""
        pending = self._pending.pop(answer.ticket, None)
        if pending is None or pending.future.done():
            return
        if isinstance(pending.order, Inspect) or saved is None or saved.done():
            _settle(pending.future, answer, saved)
        else:
            saved.add_done_callback(lambda done: _settle(pending.future, answer, done))

    def fail(self, error: DomainError) -> None:
        """Ends every wait with an error."""
        pending, self._pending = self._pending, {}
        for each in pending.values():
            each.future.remove_done_callback(self._loaded)
            if not each.future.done():
                each.future.set_exception(error)

    def lost(self) -> None:
        """The worker died. Requests keep waiting, for the next connection."""
        self._place = None


def _settle(future: asyncio.Future[Any], answer: Answer, saved: asyncio.Future[None] | None) -> None:
    if future.done():
        return
    if answer.error:
        future.set_exception(answer.error)
    elif saved is not None and saved.done() and saved.exception():
        future.set_exception(Unavailable(f"This was done, but could not be stored yet. {saved.exception()}"))
    else:
        future.set_result(answer.value)


def _weight(order: Request) -> int:
    return INSPECTIONS[order.inspection].places if isinstance(order, Inspect) else 0
