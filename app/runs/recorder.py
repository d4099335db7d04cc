"""The results of a run: metrics of every epoch and weights of some, in memory until they are stored."""

import asyncio
from collections.abc import Callable

import numpy as np

from app.errors import NotFound
from app.protocol.metrics import History, Rows, width
from app.protocol.recorded_weights import stride
from app.protocol.thinning import Block, Retention, Thinning
from app.storage.database import Database
from app.storage.rows import RunRecord, Write, delete, save

RETRY_SECONDS = 1.0


class Recorder:
    """Metrics and recorded weights of one run. At most one write is queued; it stores everything that is unsaved.

    Every epoch is stored while they are at most `max_rows`, epochs times members; then older ones are thinned.
    `on_write_done` is called after each write, whether it succeeded or failed; a failed one is repeated.
    """

    def __init__(self, record: RunRecord, database: Database, max_rows: int, on_write_done: Callable[[], None]) -> None:
        self._retention = Retention(record.member_count, max_rows)
        self.history = History(record.member_count, keep=self._retention.newest)
        self._stored_stride = 1
        self._thinned: Thinning | None = None
        self.recorded_epochs: list[int] = []
        self.saved: asyncio.Future[None] | None = None
        self._number = record.number
        self._database = database
        self._on_write_done = on_write_done
        self._record = record
        self._stored: RunRecord | None = None
        self._queued = False
        self._deleted = False
        self._unsaved: dict[int, bytes] = {}

    async def restore(self) -> None:
        """Reads what is stored of the run."""
        self._stored = self._record
        self.recorded_epochs = await self._database.recorded_epochs(self._number)
        newest, members = self._retention.newest, self._record.member_count
        self._stored_stride = await self._database.stride(self._number)
        first = max(0, self._record.epoch + 1 - newest)
        rows = (await self._database.metrics(self._number, members, first)).after_gap()
        self.history = History(members, int(rows.epochs[0]) if len(rows) else first, rows.data, newest)

    def reset(self) -> None:
        """Forgets all results: after a reset, epochs begin at 0."""
        self.history = History(self.history.members, keep=self._retention.newest)
        self.recorded_epochs, self._unsaved = [], {}
        self._stored_stride, self._thinned = 1, None

    def add(self, first: int, rows: bytes, weights: tuple[tuple[int, bytes], ...]) -> None:
        """Adds epochs from `first` on and the weights of some of them; thins older recorded weights."""
        self.history.append(first, rows)
        if weights:
            self._unsaved.update(weights)
            epoch, data = weights[-1]
            distance = stride(epoch, len(data))
            epochs = sorted({*self.recorded_epochs, *(epoch for epoch, _ in weights)})
            self.recorded_epochs = [epoch for epoch in epochs if epoch % distance == 0]

    # ---- storing

    def save(self, record: RunRecord, soon: bool) -> None:
        """Stores this record and all unsaved results in one transaction, at once if `soon`."""
        self._record = record
        if not self._queued:
            self._queued = True
            self.saved = self._database.write_soon(self._write)
        if soon:
            self._database.flush()

    def when_saved(self, then: Callable[[], None]) -> None:
        """Calls the function once the write under way is over, at once where there is none."""
        if self.saved is None or self.saved.done():
            then()
        else:
            self.saved.add_done_callback(lambda _: then())

    def _write(self) -> Write:
        """Builds the write when its transaction begins, from what is unsaved then."""
        self._queued = False
        record, memory, rows = self._record, self.history, self.history.unsaved()
        unsaved, weights = self._unsaved, dict(self._unsaved)
        first, last = memory.saved, memory.last
        blocks = [Block(first, 1, rows)] if rows else []
        thinning = self._retention.thinning(last, self.stride)
        if thinning and rows:
            blocks = list(thinning.apply(blocks))
        if thinning and not self._is_due(thinning):
            thinning = None
        assert self.saved is not None

        def settle(done: asyncio.Future[None]) -> None:
            if done.cancelled() or done.exception():
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self._retry)
            else:
                self._stored = record
                memory.saved = last + 1
                if thinning and memory is self.history:
                    self._thinned = thinning
                memory.trim()
                for epoch in weights:
                    unsaved.pop(epoch, None)
            self._on_write_done()

        self.saved.add_done_callback(settle)
        newest = max(weights, default=0)
        distance = stride(newest, len(weights[newest])) if weights else 1
        return save(record, self._stored, blocks, thinning, weights, distance)

    def _is_due(self, thinning: Thinning) -> bool:
        """Whether enough epochs have become old since the last time: they are thinned many at once."""
        before = self._thinned
        return not before or before.stride != thinning.stride or before.until + self._retention.newest < thinning.until

    def _retry(self) -> None:
        if self._record is not self._stored and not self._deleted:
            self.save(self._record, soon=False)

    def delete(self) -> asyncio.Future[None]:
        """Removes the run from the database."""
        self._deleted = True
        return self._database.write(delete(self._number))

    @property
    def settled(self) -> bool:
        """Whether everything is stored."""
        return self._record is self._stored and not self._queued

    @property
    def unsaved_bytes(self) -> int:
        """Bytes in memory that are not stored yet."""
        return self.history.unsaved_bytes + sum(map(len, self._unsaved.values()))

    # ---- reading

    @property
    def stride(self) -> int:
        """Of the older epochs, only multiples of this are stored."""
        return max(self._stored_stride, self._retention.stride(self.history.last))

    async def rows(self, since: int, until: int, limit: int | None = None) -> Rows:
        """The metrics of the epochs from `since` to `until`, both included, the first `limit` of those that are stored;
        none where a reset came between."""
        memory = self.history
        until = min(until, memory.last)
        end = until if limit is None else min(until, since + limit * self.stride - 1)
        start, data = max(since, memory.first), memory.slice(since, end)
        epochs = np.arange(start, start + len(data) // width(memory.members))
        if since < memory.first:
            older = await self._database.metrics(self._number, memory.members, since, min(end, memory.first - 1))
            if memory is not self.history:
                return Rows(epochs[:0], memory.members, b"", to=until)
            epochs, data = np.concatenate([older.epochs, epochs]), older.data + data
        rows = Rows(epochs, memory.members, data, self.stride, end)
        return rows if limit is None else rows.first_part(limit)

    async def weights(self, epoch: int | None) -> tuple[int, bytes] | None:
        """The weights recorded at an epoch, None for the present ones. NotFound names the nearest recorded epoch."""
        if epoch is None:
            return None
        data = None
        if epoch in self.recorded_epochs:
            data = self._unsaved.get(epoch) or await self._database.recorded_weights(self._number, epoch)
        if data is None:
            nearest = min(self.recorded_epochs, key=lambda known: abs(known - epoch), default=0)
            raise NotFound(f"No weights were recorded at epoch {epoch}; the nearest recorded epoch is {nearest}.")
        return epoch, data

    async def path(self, most: int) -> dict[int, bytes]:
        """The recorded weights by epoch, evenly thinned to at most so many."""
        epochs = self.recorded_epochs[:: -(-len(self.recorded_epochs) // most) or 1]
        stored = await self._database.recorded_path(self._number, epochs)
        return {epoch: data for epoch in epochs if (data := self._unsaved.get(epoch) or stored.get(epoch))}
