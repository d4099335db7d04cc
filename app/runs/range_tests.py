"""Learning-rate range tests under way: they belong to no run, so their answers are waited for here."""

import asyncio
import itertools
from typing import Any

from app.errors import Problem
from app.protocol.orders import Answer, RangeTest, Trainers

MAX_WAITING = 64


class RangeTests:
    """Sends tests to the place with the least to do, and hands over what they come to."""

    def __init__(self, trainers: Trainers) -> None:
        self._trainers = trainers
        self._tickets = itertools.count(1)
        self._waiting: dict[int, tuple[int, asyncio.Future[Any]]] = {}

    async def ask(self, config: dict[str, Any]) -> bytes:
        """The test of a config, in JSON; Problem 503 if its worker dies, 429 where too many wait for theirs."""
        if len(self._waiting) >= MAX_WAITING:
            detail = "Many learning-rate range tests wait already; ask again in a few seconds."
            raise Problem(429, detail, headers={"Retry-After": "5"})
        ticket, place = next(self._tickets), self._trainers.assign()
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = (place, future)
        self._trainers.send(place, RangeTest(ticket, config))
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
        if answer.problem:
            future.set_exception(answer.problem)
        else:
            future.set_result(answer.value)

    def lost(self, place: int) -> None:
        """The worker at a place died, and its tests with it."""
        for at, future in self._waiting.values():
            if at == place and not future.done():
                future.set_exception(
                    Problem(503, "The worker of this test died; ask again.", headers={"Retry-After": "1"})
                )
