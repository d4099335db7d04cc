"""Tables of people's own data: read, stored, shared by the runs that name them, and deleted when none does."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Protocol
from weakref import WeakValueDictionary

from app.errors import Conflict, ErrorItem, Forbidden, LimitReached, NotFound, rejected
from app.protocol.orders import SentTable
from app.settings import Settings
from app.storage.database import Database
from app.storage.tables import PART_BYTES, UNUSED_SECONDS, delete_part, delete_unnamed, disown, save_part, save_table
from app.tables.reading import ReadTable
from engine.config import RunConfig
from engine.data.resolve import resolve
from engine.data.tables import Table
from engine.errors import InvalidArgument as UnfitConfig

# Cells of one answer: they are listed in the web process, some milliseconds long.
MAX_CELLS = 50_000

# The reading process ends when no file has come for so long.
REST_SECONDS = 60.0


class StoredTable:
    """A table in memory: its stored form, as workers are sent it, for all runs that name it."""

    def __init__(self, table: str, content: bytes) -> None:
        self.content = content
        self.sent = SentTable(table, content)
        self._unpacked: Table | None = None

    async def table(self) -> Table:
        """The table itself, unpacked in a thread at the first call."""
        table = self._unpacked
        if table is None:
            table = self._unpacked = await asyncio.to_thread(Table.from_bytes, self.content)
        return table


class FileReader(Protocol):
    """What reads files: `app.tables.reader.TableReader`."""

    async def read(self, content: bytes, overrides: Mapping[str, str]) -> ReadTable:
        """The table in these bytes; DomainError where there is none."""

    async def rest(self) -> None:
        """To be called when no file has come for long."""


class Tables:
    """All tables of the server. One that is in memory is in use: it is not deleted."""

    def __init__(self, settings: Settings, database: Database, reader: FileReader) -> None:
        self._settings = settings
        self._database = database
        self._reader = reader
        self._in_use: WeakValueDictionary[str, StoredTable] = WeakValueDictionary()
        self._storing = asyncio.Lock()
        self._read_at = 0.0

    async def add(self, owner: bytes, name: str, file: bytes, overrides: Mapping[str, str]) -> tuple[str, str, bool]:
        """Reads and stores a file. Returns the id and the document of its table, and whether that is new here."""
        self._read_at = time.monotonic()
        read = await self._reader.read(file, overrides)
        async with self._storing:
            size = len(read.content) + len(read.document)
            is_new = await self._make_room(owner, read.id, size)
            if is_new:
                await self._clear()
                for part, start in enumerate(range(0, len(read.content), PART_BYTES)):
                    await self._database.write(save_part(read.id, part, read.content[start : start + PART_BYTES]))
            await self._database.write(save_table(read.id, read.document, size, owner, name))
        return read.id, read.document, is_new

    async def _make_room(self, owner: bytes, table: str, size: int) -> bool:
        """Deletes tables that no run names, oldest first, where a limit asks for it: the owner's, or anybody's. Returns
        whether the table is not stored yet."""
        usage = await self._database.table_usage(owner, table)
        if not usage.owned and usage.of_owner >= (most := self._settings.max_tables_per_owner):
            if not (oldest := await self._deletable(owner)):
                raise LimitReached(
                    f"Your runs name {most:,} tables, as many as you may keep (DESCENT_MAX_TABLES_PER_OWNER); delete "
                    "one of those runs and its table first.",
                    retry_after=60,
                )
            await self._database.write(disown(oldest[0][0], owner))
            await self._database.write(delete_unnamed([oldest[0][0]], only_unowned=True))
        excess = usage.bytes + size - self._settings.max_stored_table_bytes
        if usage.stored or excess <= 0:
            return not usage.stored
        chosen = []
        for each, freed in await self._deletable():
            if excess > 0:
                chosen.append(each)
                excess -= freed
        if excess > 0:
            raise LimitReached(
                f"The tables of this server take {usage.bytes:,} bytes of {self._settings.max_stored_table_bytes:,} "
                "(DESCENT_MAX_STORED_TABLE_BYTES), and runs name them; send a smaller one, or try again later.",
                retry_after=60,
            )
        await self._database.write(delete_unnamed(chosen))
        return True

    async def _deletable(self, owner: bytes | None = None, before: float | None = None) -> list[tuple[str, int]]:
        found = await self._database.unused_tables(time.time() + 1 if before is None else before, owner)
        return [(table, size) for table, size in found if table not in self._in_use]

    async def _clear(self) -> None:
        """Deletes what deleted tables, and those that were not stored to their end, have left."""
        for table, part in await self._database.table_leftovers():
            await self._database.write(delete_part(table, part))

    # ---- reading

    async def get(self, table: str) -> StoredTable:
        """The table of this id; NotFound if it is not on this server. It is in use as long as the caller keeps it."""
        if found := self._in_use.get(table):
            return found
        content = await self._database.table_content(table)
        if content is None:
            raise table_not_found(table)
        return self._in_use.setdefault(table, StoredTable(table, content))

    async def named_by(self, config: RunConfig) -> StoredTable | None:
        """The table that a config names; NotFound if it is not on this server."""
        return None if config.dataset.table is None else await self.get(config.dataset.table)

    async def bound(self, config: RunConfig) -> tuple[RunConfig, StoredTable | None]:
        """A config with what it takes from its table, and that table. InvalidArgument names what does not fit it."""
        try:
            stored = await self.named_by(config)
        except NotFound as error:
            raise rejected([ErrorItem(loc=["config", "dataset", "table"], message=error.detail)]) from None
        if config.dataset.is_bound:
            return config, None
        table = None if stored is None else await stored.table()  # a real data set brings its own
        try:
            return await asyncio.to_thread(resolve, config, table), stored
        except UnfitConfig as error:
            raise rejected([ErrorItem(loc=["config", *error.loc], message=str(error))]) from None

    async def document(self, table: str, owner: bytes | None) -> tuple[str, str]:
        """What a table is in JSON, and the name that this owner gave it, empty for others."""
        found = await self._database.table_document(table, owner)
        if found is None:
            raise table_not_found(table)
        return found[0], found[1] or ""

    async def rows(self, table: str, offset: int, limit: int) -> bytes:
        """Rows from `offset` on in JSON, fewer where they have very many cells, and where to go on."""
        unpacked = await (await self.get(table)).table()
        end = min(unpacked.rows, offset + min(limit, max(1, MAX_CELLS // len(unpacked.columns))))
        following = end if end < unpacked.rows else None
        rows = await asyncio.to_thread(unpacked.slice, offset, end)
        return json.dumps({"offset": offset, "rows": rows, "next": following}, separators=(",", ":")).encode()

    # ---- deleting

    async def delete(self, table: str, owner: bytes) -> None:
        """Takes a table from its owner; Conflict while runs of the owner name it. Its rows stay for others who uploaded
        the same file, and for their runs."""
        _, name = await self._database.table_document(table, owner) or ("", None)
        if name is None:
            await self.document(table, owner)
            raise Forbidden("Only who uploaded a table deletes it; to use it, its id is enough.")
        if runs := await self._database.runs_of_table(table, owner):
            which = "a run" if runs == 1 else f"{runs:,} runs"
            raise Conflict(f"You keep {which} of this table; delete {'it' if runs == 1 else 'them'} first.")
        async with self._storing:
            await self._database.write(disown(table, owner))
            if table not in self._in_use:
                await self._database.write(delete_unnamed([table], only_unowned=True))

    async def sweep(self, now: float) -> None:
        """Deletes the tables that no run has named for a day; ends the reading process after some rest."""
        async with self._storing:
            if old := [table for table, _ in await self._deletable(before=now - UNUSED_SECONDS)]:
                await self._database.write(delete_unnamed(old))
            await self._clear()
        if time.monotonic() - self._read_at > REST_SECONDS:
            await self._reader.rest()


def table_not_found(table: str) -> NotFound:
    """The table is not on this server."""
    return NotFound(
        f"The table {table[:64]!r} is not on this server: upload its file (POST /tables). The same file has the same "
        "id and gives the same run."
    )
