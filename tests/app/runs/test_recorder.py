"""A run's results as they are stored: thinned past the limit, and read the same by the next server."""

import asyncio
from dataclasses import replace

import numpy as np

from app.protocol.metrics import width
from app.runs.recorder import Recorder
from app.storage.database import Database
from tests.app.storage.test_database import RECORD
from tests.loops import run

LIMIT = 1_000


def rows(first, last):
    """Rows that hold their epoch."""
    return np.repeat(np.arange(first, last + 1, dtype=float), width(1) // 8).tobytes()


async def trained(recorder, record, last):
    """The run reaches an epoch, which is stored."""
    first = recorder.history.last + 1
    recorder.add(first, rows(first, last), ())
    recorder.save(replace(record, epoch=last), soon=True)
    await recorder.saved
    await asyncio.sleep(0)  # what is called when it is done
    return await recorder.rows(0, last)


def test_a_long_run_is_thinned_and_read_the_same_later(tmp_path):
    async def use():
        database = Database(tmp_path)
        recorder = Recorder(RECORD, database, LIMIT, lambda: None)
        for last in [*range(0, 1_000, 37), 1_000]:
            found = await trained(recorder, RECORD, last)
            assert (found.stride, found.epochs.tolist()) == (1, list(range(last + 1)))
        for last in (1_001, 1_300, 1_301, 2_500, 7_777, 7_778):
            found = await trained(recorder, RECORD, last)
            assert found.stride == recorder.stride == 1 << ((last - 1) // LIMIT).bit_length()
            assert found.data == b"".join(rows(e, e) for e in found.epochs.tolist())
            assert set(range(0, last + 1, found.stride)) <= set(found.epochs.tolist())
            assert found.epochs.tolist()[-250:] == list(range(last - 249, last + 1))
            assert len(found) <= LIMIT + 1_000
        assert found.before_gap().epochs.tolist() == [0]
        assert (await recorder.rows(1, 7_778, 10)).to == 80
        later = Recorder(replace(RECORD, epoch=7_778), database, 10 * LIMIT, lambda: None)
        await later.restore()
        again = await later.rows(0, 7_778)
        assert (again.stride, again.data) == (found.stride, found.data)
        later.reset()
        assert later.stride == 1
        await database.close()

    run(use())
