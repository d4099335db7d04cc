"""The reading process: a file that takes too long or too much, or kills it, costs its own upload only."""

import asyncio
import os
import signal
import sys

import pytest

from app.errors import InvalidArgument, LimitReached, Unavailable
from app.tables.reader import MAX_WAITING, TableReader
from tests.loops import run

FILE = b"x,kind\n1,a\n2,b\n"
MEMORY = 2_000_000_000


def with_reader(act, memory=MEMORY):
    """What a coroutine function returns that is given a reader."""

    async def main():
        reader = TableReader(60, memory, "error")
        try:
            return await act(reader)
        finally:
            await reader.stop()

    return run(main())


def test_a_file_that_ends_its_process_costs_its_own_upload_only(monkeypatch):
    async def act(reader):
        first = await reader.read(FILE, {})
        reader._seconds = 0.0
        with pytest.raises(InvalidArgument, match="DESCENT_TABLE_SECONDS"):
            await reader.read(FILE, {})
        reader._seconds = 60.0
        second = await reader.read(FILE, {})
        with monkeypatch.context() as patch:  # it dies after it was last seen alive
            patch.setattr(type(reader._process), "is_alive", lambda _: True)
            os.kill(reader._process.pid, signal.SIGKILL)
            with pytest.raises(Unavailable):
                await reader.read(FILE, {})
        return [first.id, second.id, (await reader.read(FILE, {})).id]

    assert len(set(with_reader(act))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signal")
def test_a_process_that_ended_at_rest_costs_nothing():
    async def act(reader):
        first = await reader.read(FILE, {})
        reader._process.kill()
        reader._process.join()
        second = await reader.read(FILE, {})
        await reader.rest()
        return reader._process, [first.id, second.id]

    process, ids = with_reader(act)
    assert process is None
    assert len(set(ids)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by signal")
def test_a_server_that_ends_answers_those_who_wait():
    async def act(reader):
        await reader.read(FILE, {})
        os.kill(reader._process.pid, signal.SIGSTOP)  # it would read forever
        waiting = [asyncio.create_task(reader.read(FILE, {})) for _ in range(2)]
        await asyncio.sleep(0)
        await reader.stop()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        with pytest.raises(Unavailable):
            await reader.read(FILE, {})
        return list(map(type, ends))

    assert with_reader(act) == [Unavailable, Unavailable]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")
def test_a_file_that_needs_too_much_memory_is_refused():
    large = b"x,kind\n" + b"".join(b"%x,%d\n" % (i * 7919, i % 2) for i in range(400_000))

    async def act(reader):
        with pytest.raises(InvalidArgument, match="DESCENT_MAX_TABLE_MEMORY"):
            await reader.read(large, {})
        return await reader.read(FILE, {})

    assert with_reader(act, memory=160_000_000).id


def test_only_some_files_wait():
    async def act(reader):
        reading = [asyncio.create_task(reader.read(FILE, {})) for _ in range(MAX_WAITING + 1)]
        await asyncio.sleep(0)
        with pytest.raises(LimitReached):
            await reader.read(FILE, {})
        read = await asyncio.gather(*reading)
        return len(read), bool(await reader.read(FILE, {}))

    assert with_reader(act) == (MAX_WAITING + 1, True)
