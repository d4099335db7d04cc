"""Queues that take turns: the one that has used the least time is served next, the oldest item of it first."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

Key = tuple[str, str]
"""The id of a run, and a kind of question about it."""


class FairQueue(Generic[Item]):
    """A queue for each key. While it is empty it gains no credit; the time it has used stays."""

    def __init__(self) -> None:
        self._queues: dict[Key, deque[Item]] = {}
        self._used: dict[Key, float] = {}
        self._served = 0.0

    def __bool__(self) -> bool:
        return bool(self._queues)

    def put(self, key: Key, item: Item) -> None:
        if key not in self._queues:
            self._queues[key] = deque()
            self._used[key] = max(self._used.get(key, 0.0), self._served)
        self._queues[key].append(item)

    def waiting(self, key: Key) -> Iterator[Item]:
        """The items of a key, the oldest first."""
        return iter(tuple(self._queues.get(key, ())))

    def next(self) -> tuple[Key, Item]:
        """The item to serve; it stays in its queue until it is removed."""
        key = min(self._queues, key=self._used.__getitem__)
        self._served = max(self._served, self._used[key])
        return key, self._queues[key][0]

    def charge(self, key: Key, seconds: float) -> None:
        """Adds time to what a key has used."""
        self._used[key] = self._used.get(key, self._served) + seconds

    def remove(self, key: Key, item: Item) -> None:
        queue = self._queues[key]
        queue.remove(item)
        if not queue:
            del self._queues[key]
            for each in [k for k, used in self._used.items() if used <= self._served and k not in self._queues]:
                del self._used[each]

    def of_run(self, run: str) -> list[tuple[Key, Item]]:
        """All items of a run."""
        return [(key, item) for key, queue in self._queues.items() if key[0] == run for item in queue]
