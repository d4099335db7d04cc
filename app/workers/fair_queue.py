"""Lines of what waits to be done. The line that has had the least time is served next, the oldest of it first."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

Key = tuple[str, str]
"""A run, and what is asked of it."""


class Lines(Generic[Item]):
    """A fair queue: a line that was empty earns nothing by it, and one that comes back keeps what it has had."""

    def __init__(self) -> None:
        self._lines: dict[Key, deque[Item]] = {}
        self._had: dict[Key, float] = {}
        self._served = 0.0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def put(self, key: Key, item: Item) -> None:
        if key not in self._lines:
            self._lines[key] = deque()
            self._had[key] = max(self._had.get(key, 0.0), self._served)
        self._lines[key].append(item)

    def waiting(self, key: Key) -> Iterator[Item]:
        """What waits in a line, the oldest first."""
        return iter(tuple(self._lines.get(key, ())))

    def next(self) -> tuple[Key, Item]:
        """Whose turn it is; it stays in line until it is removed."""
        key = min(self._lines, key=self._had.__getitem__)
        self._served = max(self._served, self._had[key])
        return key, self._lines[key][0]

    def charge(self, key: Key, seconds: float) -> None:
        """Puts time to a line's account."""
        self._had[key] = self._had.get(key, self._served) + seconds

    def remove(self, key: Key, item: Item) -> None:
        line = self._lines[key]
        line.remove(item)
        if not line:
            del self._lines[key]
            for each in [k for k, had in self._had.items() if had <= self._served and k not in self._lines]:
                del self._had[each]

    def of_run(self, run: str) -> list[tuple[Key, Item]]:
        """Everything that waits for a run."""
        return [(key, item) for key, line in self._lines.items() if key[0] == run for item in line]
