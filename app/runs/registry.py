"""All runs of the server: those in use as sessions in memory, the others in the database."""

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from app.errors import DomainError, Failed, NotFound, StorageError, run_not_found
from app.protocol.orders import State
from app.protocol.reports import Answer, Report
from app.runs.capacity import Capacity
from app.runs.crash_recovery import Quarantine
from app.runs.description import run_text
from app.runs.range_tests import RangeTests
from app.runs.session import TRAINING, Session
from app.runs.tables import StoredTable, Tables
from app.settings import Settings
from app.storage.database import Database
from app.storage.labels import save_label
from app.storage.listing import Line, Listing
from app.storage.rows import RunRecord
from app.storage.successors import bypass, save_successor
from app.tables.reader import TableReader
from app.workers.pool import Pool
from engine.config import RunConfig

log = logging.getLogger(__name__)

EVICT_SECONDS = 5.0


class Runs:
    """Creates, finds, lists and deletes runs, and evicts idle ones from memory."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.pool = Pool(settings, self._report, self._worker_died)
        self.range_tests = RangeTests(self.pool)
        self._reader = TableReader(settings.table_seconds, settings.max_table_memory, settings.log_level)
        self.tables = Tables(settings, database, self._reader)
        self.quarantine = Quarantine(self.pool)
        self._sessions: dict[str, Session] = {}
        self.capacity = Capacity(settings, database)
        self._restoring: dict[str, asyncio.Task[Session | None]] = {}
        self._numbers = itertools.count(1)
        self._key_locks: WeakValueDictionary[tuple[bytes, str], asyncio.Lock] = WeakValueDictionary()
        self._evictor: asyncio.Task[None] | None = None
        self.streams: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Starts the workers; the runs that were training when the server ended continue."""
        self._numbers = itertools.count(await self.database.highest_number() + 1)
        self.pool.start()
        for run_id in await self.database.unfinished():
            with suppress(DomainError):  # one that cannot be read is named in the log
                await self.get(run_id)
        self._evictor = asyncio.create_task(self._evict_idle())

    async def stop(self) -> None:
        """Saves every run as it is, and ends the workers."""
        if self._evictor:
            self._evictor.cancel()
        await self.pool.stop()

    async def close_streams(self, seconds: float = 2) -> None:
        """Ends the streams and the waits, before the connections are closed."""
        for session in self._sessions.values():
            session.close("the server is shutting down")
        await self._reader.stop()
        if self.streams:
            await asyncio.wait(self.streams, timeout=seconds)

    # ---- creating

    async def create(
        self,
        owner: bytes,
        config: RunConfig,
        rules: str,
        run_id: str,
        keep: Collection[str] | None = None,
        table: StoredTable | None = None,
    ) -> Session:
        """A new run, paused at epoch 0; returns when it is stored. `keep`: see `_make_room`. `table`: the one that the
        config names."""
        if keep is not None:
            await self._make_room(owner, keep)
        async with self.capacity.for_run(owner, run_id):
            return await self._create(owner, config, rules, run_id, table)

    async def _create(
        self, owner: bytes, config: RunConfig, rules: str, run_id: str, table: StoredTable | None
    ) -> Session:
        record = RunRecord(
            number=next(self._numbers),
            id=run_id,
            owner=owner,
            created_at=time.time(),
            member_count=config.member_count,
            config=config,
            rules=rules,
            arithmetic="",  # its worker reports it
            changes=[],
            state=State.PAUSED,
            detail=None,
            epoch=0,
            batch=0,
            playing=False,
            goals=[],
            steps=[],
            series=0,
            trainer=b"",
        )
        session = Session(record, self.pool, self.database, self.quarantine, self.settings)
        session.table = table
        self._sessions[session.id] = session
        try:
            await session.create()
        except BaseException:
            session.delete()
            del self._sessions[session.id]
            raise
        return session

    @asynccontextmanager
    async def creating_with_key(self, owner: bytes, key: str) -> AsyncIterator[None]:
        """Serializes requests with the same idempotency key."""
        async with self._key_locks.setdefault((owner, key), asyncio.Lock()):
            yield

    async def _make_room(self, owner: bytes, keep: Collection[str]) -> None:
        """At a limit, deletes the owner's oldest runs that are neither named, pinned, in use nor in `keep`.

        The server does it, not the page: here, no viewer can connect between the check and the deletion.
        """
        over = await self.capacity.excess(owner)
        if over <= 0:
            return
        for line in await self.database.lines(owner):
            if line.name or line.pinned or line.id in keep:
                continue
            with suppress(DomainError):
                session = await self.get(line.id)
                if not session.in_use:
                    await self.delete(session)
                    over -= 1
            if over <= 0:
                return

    def room_to_train(self, run_id: str) -> AbstractContextManager[None]:
        """Reserves a place for a run that is about to train; LimitReached where there is none."""
        training = {session.id for session in self._sessions.values() if session.state in TRAINING}
        return self.capacity.to_train(run_id, training)

    # ---- finding

    async def get(self, run_id: str) -> Session:
        """The run of this id, restored from the database if necessary; NotFound if there is none."""
        session = self._sessions.get(run_id)
        if session is None:
            task = self._restoring.get(run_id)
            if task is None:
                task = self._restoring[run_id] = asyncio.create_task(self._restore_from_storage(run_id))
            session = await asyncio.shield(task)
        if session is None or session.deleted:
            raise run_not_found(run_id, await self.database.successor(run_id))
        session.used = time.monotonic()
        return session

    async def _restore_from_storage(self, run_id: str) -> Session | None:
        try:
            record = await self.database.run(run_id)
            if record is None:
                return None
            session = Session(record, self.pool, self.database, self.quarantine, self.settings)
            session.table = await self.tables.named_by(record.config)
            await session.restore()
            self._sessions[run_id] = session
            return session
        except (ValueError, TypeError, NotFound) as error:
            log.error("The run %s is left out: what is stored of it cannot be read: %s", run_id, error)
            raise Failed(f"What is stored of the run {run_id} cannot be read: {error}.") from error
        finally:
            del self._restoring[run_id]

    async def list(self, owner: bytes, listing: Listing) -> tuple[list[str], str | None]:
        """A page of an owner's runs in JSON, shorter where an answer is full, and the cursor of the next."""
        page, following = listing.page(await self._lines(owner))
        found: list[str] = []
        size = 0
        for index, line in enumerate(page):
            with suppress(DomainError):  # deleted meanwhile
                text = run_text(await self.get(line.id))
                size += len(text)
                if found and size > self.settings.max_answer_bytes:
                    return found, str(page[index - 1].number)
                found.append(text)
            await asyncio.sleep(0)  # writing many takes long: others are served in between
        return found, following

    async def _lines(self, owner: bytes) -> Sequence[Line]:
        """An owner's runs with their states of now, the oldest first."""
        lines = await self.database.lines(owner)
        return [
            replace(line, state=session.state) if (session := self._sessions.get(line.id)) else line for line in lines
        ]

    async def delete(self, session: Session) -> None:
        """Deletes a run; runs that named it as their successor then name its own.

        Until that is committed, the deleted session remains, so that requests for the run get NotFound.
        """
        for other in self._sessions.values():
            if other.replaced_by == session.id:
                other.set_label(label=other.label, replaced_by=session.replaced_by)
        self.database.write(bypass(session.id))
        try:
            await session.delete()
        finally:
            self._sessions.pop(session.id, None)

    # ---- labels and successors

    async def write_label(self, session: Session, **fields: Any) -> None:
        """Sets name, notes or pinned; other fields stay. Returns when that is stored."""
        before, label = session.label, replace(session.label, **fields)
        session.set_label(label=label, replaced_by=session.replaced_by)
        try:
            await self.database.write(save_label(session.number, label))
        except StorageError:
            session.set_label(label=before, replaced_by=session.replaced_by)
            raise

    async def set_successor(self, session: Session, successor: Session | None) -> None:
        """Sets the run that replaces this one, or None. Returns when that is stored."""
        replaced_by = successor.id if successor else None
        await self.database.write(save_successor(session.id, replaced_by))
        session.set_label(label=session.label, replaced_by=replaced_by)
        if successor and successor.replaced_by:
            successor.set_label(label=successor.label, replaced_by=None)

    # ---- reports and eviction

    def _report(self, place: int, report: Report) -> None:
        if session := self._sessions.get(report.run):
            if not session.connection.at(place):
                return  # it has moved: its new worker reports the same again
            try:
                session.handle(report)
                self.quarantine.release_if_cleared(session)
            except Exception as error:  # the reports of other runs come in the same batch
                log.exception("A report of the run %s could not be handled.", report.run)
                session.fail(f"A report of its worker could not be handled: {error}.")
        elif isinstance(report, Answer):
            self.range_tests.answered(report)

    def _worker_died(self, place: int) -> None:
        self.range_tests.lost(place)
        alone = place == self.settings.workers
        if alone:
            self.quarantine.trial_ended()
        for session in [session for session in self._sessions.values() if session.connection.at(place)]:
            session.lost_worker(alone)
        self.quarantine.try_next()

    async def _evict_idle(self) -> None:
        """Evicts idle runs, until it is cancelled."""
        while True:
            await asyncio.sleep(min(EVICT_SECONDS, self.settings.idle_seconds))
            long_ago = time.monotonic() - self.settings.idle_seconds
            for session in [s for s in self._sessions.values() if s.idle_since(long_ago)]:
                session.connection.disconnect()
                del self._sessions[session.id]
            with suppress(StorageError):  # which is in the log; the next round tries again
                await self.tables.sweep(time.time())
