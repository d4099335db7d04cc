"""A run's connection to its worker: equal questions share one answer, and only distinct ones are limited."""

import asyncio

import pytest

from app.errors import LimitReached
from app.protocol.orders import EditWeights, Inspect, Load
from app.protocol.reports import Answer
from app.runs.worker_connection import MAX_WAITING, WorkerConnection
from tests.loops import run


class Trainers:
    """Takes orders down."""

    def __init__(self):
        self.sent = []

    def assign(self):
        return 0

    def working(self, place, run, on):
        pass

    def send(self, place, order):
        self.sent.append(order)

    def of(self, kind):
        return [order for order in self.sent if isinstance(order, kind)]


def load(ticket):
    return Load(run="run", ticket=ticket, config="{}", max_epochs=1, max_changes=1)


def connected():
    trainers = Trainers()
    connection = WorkerConnection("run", trainers, load, lambda error: None)
    connection.connect()
    return connection, trainers


async def begun(*tasks):
    """Lets tasks run until they wait."""
    await asyncio.sleep(0)
    return tasks


def test_equal_questions_share_one_answer():
    async def scene():
        connection, trainers = connected()
        asked = [asyncio.create_task(connection.query("data", {"start": 0})) for _ in range(3 * MAX_WAITING)]
        await begun(*asked)
        (query,) = trainers.of(Inspect)
        asked[0].cancel()  # the others still get the answer
        connection.answered(Answer("run", query.ticket, value=b"points"), None)
        return await asyncio.gather(*asked, return_exceptions=True)

    first, *others = run(scene())
    assert isinstance(first, asyncio.CancelledError)
    assert set(others) == {b"points"}


def test_a_query_after_a_command_is_computed_again():
    async def scene():
        connection, trainers = connected()
        before = asyncio.create_task(connection.query("weights", {}))
        await begun(before)
        connection.command(EditWeights(change={}))
        after = asyncio.create_task(connection.query("weights", {}))
        await begun(after)
        for task in (before, after):
            task.cancel()
        return [type(order) for order in trainers.sent]

    assert run(scene()) == [Load, Inspect, EditWeights, Inspect]


def test_distinct_questions_are_limited():
    async def scene():
        connection, trainers = connected()
        asked = [asyncio.create_task(connection.query("data", {"start": n})) for n in range(MAX_WAITING)]
        await begun(*asked)
        with pytest.raises(LimitReached):
            await connection.query("data", {"start": MAX_WAITING})
        for task in asked:
            task.cancel()
        return len(trainers.of(Inspect))

    assert run(scene()) == MAX_WAITING
