"""The database: what is written is there when it is opened again, and every failure is reported."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from app.errors import StorageError
from app.protocol.metrics import width
from app.protocol.thinning import Block, Thinning
from app.storage.database import Database
from app.storage.rows import RunRecord, add_key, delete, save
from engine.config import RunConfig
from engine.training.evaluation import FIGURES

RECORD = RunRecord(
    number=1,
    id="a",
    owner=b"o",
    created_at=1.0,
    config=RunConfig.model_validate_json(RunConfig(seed=1).as_json),
    changes=[],
    state="running",
    detail=None,
    member_count=1,
    rules="portable-1",
    arithmetic="numpy",
    epoch=2,
    batch=0,
    playing=True,
    goals=[(3, 4)],
    steps=[("key", "1")],
    series=0,
    trainer=b"t",
)


def row(epoch):
    return bytes([epoch]) * width(1)


def block(*epochs):
    """The rows of these epochs, one block."""
    return [Block(epochs[0], 1, b"".join(map(row, epochs)))]


def in_store(tmp_path, use):
    async def main():
        database = Database(tmp_path)
        try:
            return await use(database)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:  # this one may have the loop of a browser
        return thread.submit(asyncio.run, main()).result()


def test_written_rows_are_there_after_a_restart(tmp_path):
    async def write(database):
        database.write(lambda c: c.execute("INSERT INTO owners VALUES (?, 1.0)", (b"o",)))
        database.write(add_key(b"o", "k", b"asked", "a"))
        await database.write(save(RECORD, None, block(0, 1, 2), None, {0: b"w0", 2: b"w2"}, 1))
        await database.write(save(replace(RECORD, epoch=4), RECORD, block(3, 4), None, {}, 1))

    async def read(database):
        record = await database.run("a")
        assert [tuple(goal) for goal in record.goals] == [(3, 4)]
        assert replace(record, goals=RECORD.goals, steps=RECORD.steps) == replace(RECORD, epoch=4)
        assert (await database.metrics(1, 1, 0)).data == b"".join(map(row, range(5)))
        for since, until in ((1, 1), (2, 3), (3, 3), (4, 9), (0, 2)):
            assert (await database.metrics(1, 1, since, until)).data == b"".join(
                map(row, range(since, min(until, 4) + 1))
            )
        assert (await database.metrics(1, 1, 5)).data == b""
        assert await database.recorded_epochs(1) == [0, 2]
        assert await database.recorded_weights(1, 2) == b"w2"
        assert await database.recorded_weights(1, 1) is None
        assert await database.knows_owner(b"o")
        assert not await database.knows_owner(b"p")
        assert await database.key(b"o", "k") == (b"asked", "a")
        assert await database.count_beside(b"o", ["b"]) == (1, 1)
        assert await database.count_beside(b"o", ["a", "b"]) == (0, 0)
        assert await database.highest_number() == 1
        assert await database.unfinished() == ["a"]
        assert [each.id for each in await database.lines(b"o")] == ["a"]

    in_store(tmp_path, write)
    in_store(tmp_path, read)


def test_a_new_series_replaces_the_metrics(tmp_path):
    async def use(database):
        database.write(save(RECORD, None, block(0, 1), None, {0: b"w"}, 1))
        await database.write(save(replace(RECORD, series=1), RECORD, [Block(0, 1, row(7))], None, {}, 1))
        assert (await database.metrics(1, 1, 0)).data == row(7)
        assert await database.recorded_epochs(1) == []
        await database.write(delete(1))
        assert await database.run("a") is None
        assert (await database.metrics(1, 1, 0)).data == b""

    in_store(tmp_path, use)


def test_changes_are_appended_rewritten_at_the_end_and_replaced(tmp_path):
    first, second, third = ({"epoch": 1, "batch": n} for n in range(3))
    merged = {"epoch": 1, "batch": 1, "training": {}}
    versions = [[first], [first, second], [first, merged, third], [third], []]

    async def use(database):
        before = None
        for changes in versions:
            record = replace(RECORD, changes=changes)
            await database.write(save(record, before, [], None, {}, 1))
            assert (await database.run("a")).changes == changes
            before = record

    in_store(tmp_path, use)


def test_metrics_of_other_columns_are_read_as_those_of_today(tmp_path):
    async def use(database):
        old = np.array([[1.0, 2.0], [3.0, 4.0]]).tobytes()
        await database.write(save(RECORD, None, [], None, {}, 1))
        await database.write(
            lambda c: c.execute("INSERT INTO metrics VALUES (1, 0, ?, 'penalty,train_loss', 1)", (old,))
        )
        await database.write(save(replace(RECORD, epoch=3), RECORD, block(2), None, {}, 1))
        data = (await database.metrics(1, 1, 0)).data
        values = dict(zip(FIGURES, np.frombuffer(data[: 2 * width(1)]).reshape(2, -1).T, strict=True))
        assert values["train_loss"].tolist() == [2.0, 4.0]
        assert values["penalty"].tolist() == [1.0, 3.0]
        assert np.isnan(values["test_loss"]).all()
        assert data[2 * width(1) :] == row(2)
        assert (await database.metrics(1, 1, 1, 1)).data == data[width(1) : 2 * width(1)]

    in_store(tmp_path, use)


def test_older_epochs_are_thinned_and_the_newest_stay_whole(tmp_path):
    async def use(database):
        old = np.array([[1.0, 2.0]]).tobytes()
        await database.write(save(RECORD, None, block(1, 2, 3), None, {}, 1))
        await database.write(
            lambda c: c.execute("INSERT INTO metrics VALUES (1, 0, ?, 'penalty,train_loss', 1)", (old,))
        )
        assert await database.stride(1) == 1
        await database.write(save(RECORD, RECORD, block(*range(4, 12)), Thinning(1, 2, until=6), {}, 1))
        await database.write(save(RECORD, RECORD, block(12, 13), Thinning(1, 4, until=9), {}, 1))
        found = await database.metrics(1, 1, 0)
        assert found.epochs.tolist() == [0, 4, 8, 10, 11, 12, 13]
        assert found.data[width(1) :] == b"".join(map(row, found.epochs.tolist()[1:]))
        assert found.columns()["members"][0]["train_loss"][0] == 2
        assert await database.stride(1) == 4
        for since, until in ((1, 3), (1, 4), (5, 8), (8, 10), (3, 12), (13, 20), (14, 20)):
            part = await database.metrics(1, 1, since, until)
            assert part.epochs.tolist() == [epoch for epoch in found.epochs.tolist() if since <= epoch <= until]
            assert part.data[-width(1) :] == (row(part.epochs[-1]) if len(part) else b"")

    in_store(tmp_path, use)


def test_the_size_counts_what_is_in_use(tmp_path):
    async def use(database):
        empty = await database.size()
        await database.write(save(RECORD, None, [Block(0, 1, bytes(10_000 * width(1)))], None, {}, 1))
        assert await database.size() > empty + 9_000 * width(1)
        await database.write(delete(1))
        assert await database.size() < empty + 100_000

    in_store(tmp_path, use)


def test_a_failed_write_does_not_prevent_the_next(tmp_path):
    async def use(database):
        def fail(connection):
            raise sqlite3.OperationalError("database or disk is full")

        with pytest.raises(StorageError, match="full"):
            await database.write(fail)
        assert "full" in database.failure
        await database.write(save(RECORD, None, block(0), None, {}, 1))
        assert database.failure is None

    in_store(tmp_path, use)
