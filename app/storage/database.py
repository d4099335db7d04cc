"""The SQLite file: owners, runs with their newest checkpoint, metrics, recorded weights, tables.

One thread writes: all queued writes are committed in one transaction. Another reads. WAL lets both work at once.
"""

import asyncio
import json
import logging
import os
import sqlite3
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from app.errors import StorageError
from app.protocol.metrics import Rows, recast, width
from app.protocol.thinning import Block
from app.storage import tables
from app.storage.folder_lock import FolderInUse, FolderLock
from app.storage.labels import Label, label_of
from app.storage.listing import Line, lines_of
from app.storage.rows import COLUMNS, RunRecord, Write, parse_record
from app.storage.schema import SchemaError, bring_up_to_date
from app.storage.successors import successor_of

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_EPOCH = 1 << 62

# How long a write that no request waits for may be delayed to share a transaction with others.
GROUP_COMMIT_SECONDS = 0.2


class Database:
    """The database file, open, with its two threads."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "descent.sqlite"
        self.server_id = ""
        """8 hexadecimal digits, created and stored with the database."""
        self.secret = b""
        """32 random bytes, created and stored with the database."""
        self.failure: str | None = None
        self._lock: FolderLock | None = None
        self._writing = ThreadPoolExecutor(1, "database-write")
        self._reading = ThreadPoolExecutor(1, "database-read")
        self._waiting: list[tuple[Callable[[], Write], asyncio.Future[None]]] = []
        self._flush = asyncio.Event()
        self._drain: asyncio.Task[None] | None = None
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(data_dir)
            with closing(self._connect()) as connection:
                copy = bring_up_to_date(connection, self.path)
            self._writer, self._reader = self._connect(), self._connect()
            for connection in (self._writer, self._reader):
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
            self.server_id, self.secret = self._reader.execute("SELECT id, secret FROM server").fetchone()
        except FolderInUse as error:
            raise StorageError(f"{error} End it, or set DESCENT_DATA_DIR to another folder.") from None
        except (OSError, sqlite3.Error, SchemaError) as error:
            self._release()
            raise StorageError(
                f"The database {self.path} cannot be used: {_forbidden(self.path) or error}. "
                "Free it, move it away, or set DESCENT_DATA_DIR."
            ) from error
        if copy:
            log.warning("The database was migrated to the current schema; %s is a copy from before.", copy)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=5, isolation_level=None, check_same_thread=False)

    async def close(self) -> None:
        while self._drain:
            self.flush()
            await asyncio.wait([self._drain])
        if self.failure:
            log.error("%s Results since the last successful write are lost.", self.failure)
        for executor in (self._writing, self._reading):
            executor.shutdown()
        self._reader.close()
        self._writer.close()
        self._release()

    def _release(self) -> None:
        if self._lock:
            self._lock.release()

    # ---- writing

    def write(self, write: Write) -> asyncio.Future[None]:
        """Queues a write; the future is done when it is committed. Writes are committed in order."""
        future = self.write_soon(lambda: write)
        self.flush()
        return future

    def write_soon(self, make: Callable[[], Write]) -> asyncio.Future[None]:
        """Queues a write that need not be committed at once; `make` is called when its transaction begins."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting.append((make, future))
        if self._drain is None:
            self._drain = asyncio.create_task(self._write_all())
        return future

    def flush(self) -> None:
        """Commits the queued writes now."""
        self._flush.set()

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(GROUP_COMMIT_SECONDS):
                    await self._flush.wait()
            self._flush.clear()
            batch, self._waiting = self._waiting, []
            failure: Exception | None = None
            try:
                await loop.run_in_executor(self._writing, self._commit, [make() for make, _ in batch])
            except sqlite3.Error as error:
                failure = StorageError(f"The database cannot be written: {error}.")
            self._note(failure)
            for _, future in batch:
                if not future.done():
                    future.set_exception(failure) if failure else future.set_result(None)
            await asyncio.sleep(0)  # callbacks of the futures run before the next writes are made
        self._drain = None

    def _note(self, failure: Exception | None) -> None:
        """Logs a failure when it begins and when it is over."""
        if failure and not self.failure:
            log.error("%s Nothing is lost yet; the write is repeated every second.", failure)
        elif self.failure and not failure:
            log.warning("The database can be written again.")
        self.failure = str(failure) if failure else None

    def _commit(self, writes: list[Write]) -> None:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            for write in writes:
                write(self._writer)
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise

    # ---- reading

    async def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reading, read, self._reader)
        except sqlite3.Error as error:
            raise StorageError(f"The database cannot be read: {error}.") from error

    async def run(self, run_id: str) -> RunRecord | None:
        """The run of this id; ValueError or TypeError where its rows are not as they were written."""
        sql = f"SELECT {', '.join(COLUMNS)} FROM runs JOIN snapshots ON run = number WHERE id = ?"

        def read(connection: sqlite3.Connection) -> tuple[Any, list[str]] | None:
            row = connection.execute(sql, (run_id,)).fetchone()
            changes = "SELECT change FROM changes WHERE run = ? ORDER BY position"
            return row and (row, [change for (change,) in connection.execute(changes, row[:1])])

        found = await self._read(read)
        return parse_record(*found) if found else None

    async def lines(self, owner: bytes) -> list[Line]:
        """What a list needs of an owner's runs, oldest first."""
        return await self._read(lambda c: lines_of(c, owner))

    async def label_and_successor(self, number: int, run_id: str) -> tuple[Label, str | None]:
        """A run's label, and the run that replaced it."""
        return await self._read(lambda c: (label_of(c, number), successor_of(c, run_id)))

    async def successor(self, run_id: str) -> str | None:
        """The run that replaced this one, which may be deleted."""
        return await self._read(lambda c: successor_of(c, run_id))

    async def unfinished(self) -> list[str]:
        """The ids of the runs that were training."""
        sql = "SELECT id FROM runs JOIN snapshots ON run = number WHERE state IN ('running', 'recovering')"
        return [run_id for (run_id,) in await self._read(lambda c: c.execute(sql).fetchall())]

    async def count_beside(self, owner: bytes, others: Collection[str]) -> tuple[int, int]:
        """Runs in all and runs of this owner, those with the ids `others` left out."""
        sql = "SELECT COUNT(*), COALESCE(SUM(owner = ?), 0) FROM runs WHERE id NOT IN (SELECT value FROM json_each(?))"
        row: tuple[int, int] = await self._read(lambda c: c.execute(sql, (owner, json.dumps([*others]))).fetchone())
        return row

    async def highest_number(self) -> int:
        """The highest number given to a run that is stored, 0 without any."""
        sql = "SELECT COALESCE(MAX(number), 0) FROM runs"
        return int((await self._read(lambda c: c.execute(sql).fetchone()))[0])

    async def knows_owner(self, token: bytes) -> bool:
        """Whether an owner's token, as a hash, is one of those that were listed before tokens were signed."""
        sql = "SELECT 1 FROM owners WHERE token = ?"
        return await self._read(lambda c: c.execute(sql, (token,)).fetchone()) is not None

    async def table_document(self, table: str, owner: bytes | None) -> tuple[str, str | None] | None:
        """The document of a table, and the name that this owner gave it, None where the owner did not upload it."""
        return await self._read(lambda c: tables.document_of(c, table, owner))

    async def table_content(self, table: str) -> bytes | None:
        """The stored form of a table."""
        return await self._read(lambda c: tables.content_of(c, table))

    async def table_usage(self, owner: bytes, table: str) -> tables.Usage:
        """What the limits on tables are about."""
        return await self._read(lambda c: tables.usage(c, owner, table))

    async def unused_tables(self, before: float, owner: bytes | None = None) -> list[tuple[str, int]]:
        """The tables that no run names, last used before a moment, with their sizes, oldest first."""
        return await self._read(lambda c: tables.unused(c, before, owner))

    async def table_leftovers(self) -> list[tuple[str, int]]:
        """The parts of tables that were deleted, or not stored to their end."""
        return await self._read(tables.leftovers)

    async def runs_of_table(self, table: str, owner: bytes) -> int:
        """How many runs of this owner name the table."""
        return await self._read(lambda c: tables.own_runs(c, table, owner))

    async def key(self, owner: bytes, key: str) -> tuple[bytes, str] | None:
        """What was asked for with an idempotency key, as a hash, and the run that it made."""
        sql = "SELECT asked, run FROM keys WHERE owner = ? AND key = ?"
        found: tuple[bytes, str] | None = await self._read(lambda c: c.execute(sql, (owner, key)).fetchone())
        return found

    async def size(self) -> int:
        """Bytes of the file that are in use."""
        pragmas = ("page_count", "freelist_count", "page_size")
        pages, free, size = await self._read(lambda c: [c.execute(f"PRAGMA {p}").fetchone()[0] for p in pragmas])
        return int((pages - free) * size)

    async def stride(self, number: int) -> int:
        """The distance between the older epochs of a run whose metrics are stored."""
        sql = "SELECT COALESCE(MAX(stride), 1) FROM metrics WHERE run = ?"
        return int((await self._read(lambda c: c.execute(sql, (number,)).fetchone()))[0])

    async def metrics(self, number: int, members: int, since: int, until: int = MAX_EPOCH) -> Rows:
        """Those of the epochs `since` to `until`, both included, that are stored."""
        sql = (
            "SELECT first, stride, rows, columns FROM metrics WHERE run = ?1 AND first <= ?3 AND first >= COALESCE("
            "(SELECT MAX(first) FROM metrics WHERE run = ?1 AND first <= ?2), 0) ORDER BY first"
        )
        found = await self._read(lambda c: c.execute(sql, (number, since, until)).fetchall())
        blocks = [Block(first, stride, recast(rows, columns.split(","))) for first, stride, rows, columns in found]
        epochs = np.concatenate([block.epochs(members) for block in blocks] or [np.arange(0)])
        start, stop = np.searchsorted(epochs, (since, until + 1)).tolist()
        data = b"".join(block.rows for block in blocks)[start * width(members) : stop * width(members)]
        return Rows(epochs[start:stop], members, data)

    async def recorded_epochs(self, number: int) -> list[int]:
        sql = "SELECT epoch FROM kept WHERE run = ? ORDER BY epoch"
        return [epoch for (epoch,) in await self._read(lambda c: c.execute(sql, (number,)).fetchall())]

    async def recorded_path(self, number: int, epochs: Sequence[int]) -> dict[int, bytes]:
        """The weights recorded at these epochs, those that are stored."""
        marks = ", ".join("?" * len(epochs))
        sql = f"SELECT epoch, weights FROM kept WHERE run = ? AND epoch IN ({marks})"
        rows = await self._read(lambda c: c.execute(sql, (number, *epochs)).fetchall())
        return {epoch: bytes(data) for epoch, data in rows}

    async def recorded_weights(self, number: int, epoch: int) -> bytes | None:
        sql = "SELECT weights FROM kept WHERE run = ? AND epoch = ?"
        row = await self._read(lambda c: c.execute(sql, (number, epoch)).fetchone())
        return None if row is None else bytes(row[0])


def _forbidden(path: Path) -> str | None:
    """Names the part of the path that the process may not write, and its user; None if it may write."""
    there = next(each for each in (path, *path.parents) if os.access(each, os.F_OK))
    if os.access(there, os.W_OK):
        return None
    user = f"the user with id {os.getuid()}" if hasattr(os, "getuid") else "this user"
    return f"{user} may not write in {there}"
