"""Learning-rate range tests under way. They belong to no run."""

import asyncio
import itertools
from typing import Any

from app.errors import LimitReached, Unavailable
from app.protocol.orders import RunRangeTest, Trainers
from app.protocol.reports import Answer

MAX_WAITING = 64


class RangeTests:
    """Sends tests to the worker with the least to do, and returns their results."""

    def __init__(self, trainers: Trainers) -> None:
        self._trainers = trainers
        self._tickets = itertools.count(1)
        self._waiting: dict[int, tuple[int, asyncio.Future[Any]]] = {}

    async def ask(self, config: str, rules: str, table: bytes | None = None) -> bytes:
        """The test of a config, both in JSON, on the table that it names, in its stored form; Unavailable if its worker
        dies, LimitReached where too many wait."""
        if len(self._waiting) >= MAX_WAITING:
            detail = "Many learning-rate range tests wait already; ask again in a few seconds."
            raise LimitReached(detail, retry_after=5)
        ticket, place = next(self._tickets), self._trainers.assign()
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = (place, future)
        self._trainers.send(place, RunRangeTest(ticket=ticket, config=config, rules=rules, table=table))
        try:
            answer: bytes = await future
            return answer
        finally:
            self._waiting.pop(ticket, None)

    def answered(self, answer: Answer) -> None:
        """Ends the wait for an answer."""
        _, future = self._waiting.get(answer.ticket, (0, None))
        if answer.run or future is None or future.done():
            return
        if answer.error:
            future.set_exception(answer.error)
        else:
            future.set_result(answer.value)

    def lost(self, place: int) -> None:
        """The worker at a place died, and its tests with it."""
        for at, future in self._waiting.values():
            if at == place and not future.done():
                future.set_exception(Unavailable("The worker of this test died; ask again.", retry_after=1))
