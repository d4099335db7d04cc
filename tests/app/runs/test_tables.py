"""The tables of the server: limits make room where no run needs it, and what nobody uses goes."""

import asyncio
import time

import pytest

from app.errors import Conflict, Forbidden, LimitReached, NotFound
from app.runs.tables import Tables
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import PART_BYTES, UNUSED_SECONDS, save_part
from app.tables.reading import read_file
from engine.data.tables import read_table
from tests.loops import run


class ReaderHere:
    """Reads in this process."""

    async def read(self, content, overrides):
        return read_file(content, overrides)

    async def rest(self):
        pass


def file(number):
    return b"x,kind\n%d,a\n2,b\n" % (number + 10)


class Scene:
    """Tables in a database of their own, without runs; a run that names one is a row."""

    def __init__(self, database, folder, **limits):
        self.database = database
        self.tables = Tables(Settings(data_dir=folder, **limits), database, ReaderHere())

    async def add(self, number, owner=b"o", name=""):
        table, _, _ = await self.tables.add(owner, name, file(number), {})
        return table

    async def name(self, table, owner=b"o"):
        """Stores that a run of this owner names the table."""

        def write(connection):
            row = (None, table[:9], owner, 0.0, 1, "{}", "numpy-1", "numpy")
            number = connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
            connection.execute("INSERT INTO run_tables VALUES (?, ?)", (number, table))

        await self.database.write(write)

    async def stored(self, *tables):
        found = [await self.database.table_content(table) for table in tables]
        return [content is not None for content in found]


@pytest.fixture
def play(tmp_path):
    """Plays a scene: a coroutine function that takes it."""

    def played(act, **limits):
        async def main():
            database = Database(tmp_path)
            try:
                return await act(Scene(database, tmp_path, **limits))
            finally:
                await database.close()

        return run(main())

    return played


def test_at_the_limit_the_oldest_of_the_owner_makes_room(play):
    async def act(scene):
        tables = [await scene.add(number) for number in range(2)]
        await scene.name(tables[0])
        tables += [await scene.add(2), await scene.add(3, b"other")]
        return await scene.stored(*tables)

    assert play(act, max_tables_per_owner=2) == [True, False, True, True]


def test_tables_that_runs_name_make_no_room(play):
    async def act(scene):
        for number in range(2):
            await scene.name(await scene.add(number))
        assert await scene.add(1)  # one that the owner has is no new one
        with pytest.raises(LimitReached, match="DESCENT_MAX_TABLES_PER_OWNER"):
            await scene.add(2)
        assert await scene.add(2, b"other")

    play(act, max_tables_per_owner=2)


def test_at_the_limit_of_bytes_the_oldest_of_all_make_room(play):
    async def act(scene):
        first = await scene.add(0)
        size = (await scene.database.table_usage(b"o", first)).bytes
        scene.tables._settings = Settings(max_stored_table_bytes=2 * size + size // 2)
        others = [await scene.add(number, bytes([number])) for number in (1, 2)]
        assert await scene.stored(first, *others) == [False, True, True]
        await scene.name(others[0])
        last = await scene.add(3)
        assert await scene.stored(*others, last) == [True, False, True]
        await scene.name(last)
        with pytest.raises(LimitReached, match="DESCENT_MAX_STORED_TABLE_BYTES"):
            await scene.add(4)

    play(act)


def test_a_table_that_no_run_names_goes_after_a_day(play):
    async def act(scene):
        tables = [await scene.add(number) for number in range(3)]
        await scene.name(tables[0])
        in_use = await scene.tables.get(tables[1])
        await scene.tables.sweep(time.time() + UNUSED_SECONDS - 60)
        assert await scene.stored(*tables) == [True, True, True]
        await scene.tables.sweep(time.time() + UNUSED_SECONDS + 60)
        assert await scene.stored(*tables) == [True, True, False]
        del in_use
        await scene.tables.sweep(time.time() + UNUSED_SECONDS + 60)
        return await scene.stored(*tables)

    assert play(act) == [True, False, False]


def test_an_owner_deletes_what_none_of_their_runs_names(play):
    async def act(scene):
        table = await scene.add(0)
        await scene.name(table)
        with pytest.raises(Conflict, match="a run"):
            await scene.tables.delete(table, b"o")
        with pytest.raises(Forbidden):
            await scene.tables.delete(table, b"other")
        with pytest.raises(NotFound):
            await scene.tables.delete("nothing", b"o")
        assert await scene.add(0, b"other", "theirs.csv") == table
        await scene.tables.delete(table, b"other")  # the run is another owner's: the rows stay for it
        assert await scene.stored(table) == [True]
        assert (await scene.tables.document(table, b"other"))[1] == ""

    play(act)


def test_a_table_is_unpacked_once_for_all_who_use_it(play):
    async def act(scene):
        table = await scene.add(0)
        first, second = await asyncio.gather(scene.tables.get(table), scene.tables.get(table))
        return first is second, await first.table() is await second.table()

    assert play(act) == (True, True)


def test_a_large_table_is_stored_in_parts_and_leaves_none(play):
    async def act(scene):
        content = b"x,kind\n" + b"".join(b"%d.5,%d\n" % (i, i % 3) for i in range(60_000))
        table, _, _ = await scene.tables.add(b"o", "", content, {})
        stored = read_table(content).to_bytes()
        assert await scene.database.table_content(table) == stored
        parts = "SELECT COUNT(*) FROM table_parts"
        assert await scene.database._read(lambda c: c.execute(parts).fetchone()) == (-(-len(stored) // PART_BYTES),)
        await scene.tables.delete(table, b"o")
        assert await scene.stored(table) == [False]
        await scene.database.write(save_part("cut off", 0, b"a part of a table that the server died over"))
        again, _, is_new = await scene.tables.add(b"o", "", content, {})
        assert (again, is_new, await scene.stored(table)) == (table, True, [True])
        await scene.tables.delete(table, b"o")
        await scene.tables.sweep(time.time())
        return await scene.database.table_leftovers()

    assert play(act) == []
