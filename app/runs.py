"""All runs of the server: those in memory as sessions, the others in the store until somebody asks for them."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from app.pool import Pool
from app.problems import Problem, not_found
from app.range_tests import RangeTests
from app.session import TRAINING, Session
from app.settings import Settings
from app.store import Store
from app.tables import RunRecord
from app.work import Answer, Report, State
from engine.config import RunConfig

SWEEP_SECONDS = 5.0


class Runs:
    """Creates, finds, lists and deletes runs, and lets the idle ones rest in the store."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.pool = Pool(settings, self._report, self._worker_died)
        self.range_tests = RangeTests(self.pool)
        self._sessions: dict[str, Session] = {}
        self._restoring: dict[str, asyncio.Task[Session | None]] = {}
        self._numbers = itertools.count(1)
        self._making: WeakValueDictionary[tuple[bytes, str], asyncio.Lock] = WeakValueDictionary()
        self._sweeper: asyncio.Task[None] | None = None
        self.streams: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Starts the workers; the runs that were training when the server ended go on."""
        self._numbers = itertools.count((await self.store.count(b""))[2] + 1)
        self.pool.start()
        for record in await self.store.unfinished():
            self._sessions[record.id] = await self._restore(record)
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Saves every run as it is, and ends the workers."""
        if self._sweeper:
            self._sweeper.cancel()
        await self.pool.stop()

    async def farewell(self, seconds: float = 2) -> None:
        """Ends the streams and the waits, before the connections are closed."""
        for session in self._sessions.values():
            session.close("the server is shutting down")
        if self.streams:
            await asyncio.wait(self.streams, timeout=seconds)

    def _restore(self, record: RunRecord) -> Any:
        return Session.restored(record, self.pool, self.store, self.settings.max_epochs)

    # ---- creating

    async def create(self, owner: bytes, config: RunConfig, run_id: str) -> Session:
        """A new run, paused at epoch 0; returns when it is stored."""
        await self._check_room(owner)
        record = RunRecord(
            number=next(self._numbers),
            id=run_id,
            owner=owner,
            created_at=time.time(),
            member_count=config.member_count,
            config=config.model_dump(mode="json"),
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
        session = Session(record, self.pool, self.store, self.settings.max_epochs)
        self._sessions[session.id] = session
        try:
            await session.create()
        except BaseException:
            session.link.disconnect()
            del self._sessions[session.id]
            raise
        return session

    @asynccontextmanager
    async def making(self, owner: bytes, key: str) -> AsyncIterator[None]:
        """One at a time for the same idempotency key."""
        async with self._making.setdefault((owner, key), asyncio.Lock()):
            yield

    async def _check_room(self, owner: bytes) -> None:
        total, own, _ = await self.store.count(owner)
        for count, name in ((total, "max_runs"), (own, "max_runs_per_owner")):
            limit = getattr(self.settings, name)
            if count >= limit:
                whose = "you keep" if name == "max_runs_per_owner" else "this server keeps"
                raise Problem(
                    429,
                    f"{whose} {count:,} runs and may keep {limit:,} (DESCENT_{name.upper()}); delete one first.",
                    headers={"Retry-After": "60"},
                )

    def check_running(self) -> None:
        """Problem 429 when no more runs may train at the same time."""
        running = sum(session.state in TRAINING for session in self._sessions.values())
        if running >= self.settings.max_running:
            raise Problem(
                429,
                f"{running:,} runs are training, as many as this server allows (DESCENT_MAX_RUNNING); try again later.",
                headers={"Retry-After": "10"},
            )

    # ---- finding

    async def get(self, run_id: str) -> Session:
        """The run of this id, brought back from the store if need be; 404 if there is none."""
        session = self._sessions.get(run_id)
        if session is None:
            task = self._restoring.get(run_id)
            if task is None:
                task = self._restoring[run_id] = asyncio.create_task(self._bring_back(run_id))
            session = await asyncio.shield(task)
        if session is None or session.deleted:
            raise not_found(run_id)
        session.used = time.monotonic()
        return session

    async def _bring_back(self, run_id: str) -> Session | None:
        try:
            record = await self.store.run(run_id)
            if record is None:
                return None
            session: Session = await self._restore(record)
            self._sessions[run_id] = session
            return session
        finally:
            del self._restoring[run_id]

    async def list(self, owner: bytes, before: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """An owner's runs, newest first, and where to go on."""
        records = await self.store.runs_of(owner, before, limit + 1)
        sessions = [await self.get(record.id) for record in records[:limit]]
        return [session.describe() for session in sessions], records[limit - 1].number if len(records) > limit else None

    async def delete(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        await session.delete()

    # ---- keeping house

    def _report(self, report: Report) -> None:
        if session := self._sessions.get(report.run):
            session.handle(report)
        elif isinstance(report, Answer):
            self.range_tests.answered(report)

    def _worker_died(self, place: int) -> None:
        self.range_tests.lost(place)
        for session in list(self._sessions.values()):
            if session.link.at(place):
                session.lost_worker()

    async def _sweep(self) -> None:
        """Lets go of idle runs, for ever."""
        while True:
            await asyncio.sleep(min(SWEEP_SECONDS, self.settings.idle_seconds))
            long_ago = time.monotonic() - self.settings.idle_seconds
            for session in [s for s in self._sessions.values() if s.idle_since(long_ago)]:
                session.link.disconnect()
                del self._sessions[session.id]
