"""The limits on stored runs and on runs that train. Runs that are being created or started count too."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from app.errors import LimitReached
from app.settings import Settings
from app.storage.database import Database


class Capacity:
    """The server's limits on runs: DESCENT_MAX_RUNS, DESCENT_MAX_RUNS_PER_OWNER, DESCENT_MAX_RUNNING,
    DESCENT_MAX_DATABASE_BYTES."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._creating: dict[str, bytes] = {}
        self._starting: Counter[str] = Counter()

    async def _counts(self, owner: bytes, ahead: dict[str, bytes]) -> dict[str, int]:
        """Runs stored, and those `ahead` that are being made, for each limit by the name of its setting."""
        total, own = await self._database.count_beside(owner, ahead)
        own += sum(other == owner for other in ahead.values())
        return {"max_runs": total + len(ahead), "max_runs_per_owner": own}

    async def excess(self, owner: bytes) -> int:
        """How many runs must go before this owner can make another; not positive where none must."""
        counts = await self._counts(owner, dict(self._creating))
        return max(count - int(getattr(self._settings, name)) for name, count in counts.items()) + 1

    @asynccontextmanager
    async def for_run(self, owner: bytes, run_id: str) -> AsyncIterator[None]:
        """Reserves a place for a run that is being created; LimitReached if the stored runs, and those whose creation
        began earlier, leave none, or if the database is full."""
        ahead = dict(self._creating)
        self._creating[run_id] = owner
        try:
            for name, count in (await self._counts(owner, ahead)).items():
                limit = getattr(self._settings, name)
                if count >= limit:
                    whose = "you keep" if name == "max_runs_per_owner" else "this server keeps"
                    raise LimitReached(
                        f"{whose} {count:,} runs and may keep {limit:,} (DESCENT_{name.upper()}); delete one first.",
                        retry_after=60,
                    )
            size, most = await self._database.size(), self._settings.max_database_bytes
            if size >= most:
                raise LimitReached(
                    f"the database holds {size:,} bytes and takes no new runs from {most:,} on "
                    "(DESCENT_MAX_DATABASE_BYTES); delete runs, or raise the limit. Runs that exist go on.",
                    retry_after=60,
                )
            yield
        finally:
            del self._creating[run_id]

    @contextmanager
    def to_train(self, run_id: str, training: set[str]) -> Iterator[None]:
        """Reserves a place for a run that is about to train; LimitReached if the maximum number of runs trains
        already."""
        others = (training | set(self._starting)) - {run_id}
        if run_id not in training and len(others) >= self._settings.max_running:
            raise LimitReached(
                f"{len(others):,} runs are training, as many as this server allows "
                "(DESCENT_MAX_RUNNING); try again later.",
                retry_after=10,
            )
        self._starting[run_id] += 1
        try:
            yield
        finally:
            self._starting -= Counter([run_id])
