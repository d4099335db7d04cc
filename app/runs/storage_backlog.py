"""Suspends a run while its results cannot be stored, so that they do not fill the memory."""

from collections.abc import Callable

from app.storage.database import Database

# While the database fails, a run trains until so many bytes of it are unsaved.
MAX_UNSAVED_BYTES = 1_000_000


class StorageBacklog:
    """`reason` says why the run is suspended, None while it is not. `suspend` is called with True or False, then
    `on_change`."""

    def __init__(self, database: Database, suspend: Callable[[bool], None], on_change: Callable[[], None]) -> None:
        self.reason: str | None = None
        self._database = database
        self._suspend = suspend
        self._on_change = on_change

    def update(self, unsaved_bytes: int, training: bool) -> None:
        """To be called when a write has succeeded or failed."""
        full = self._database.failure is not None and unsaved_bytes > MAX_UNSAVED_BYTES
        if full == bool(self.reason) or (full and not training):
            return
        self.reason = f"It waits until it can be stored. {self._database.failure}" if full else None
        self._suspend(full)
        self._on_change()

    def forget(self) -> None:
        """To be called when the suspended worker is gone: the next one is not suspended."""
        self.reason = None
