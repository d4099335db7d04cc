"""Whoever waits for something about a run to change."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Listeners:
    """An event for each of them."""

    def __init__(self) -> None:
        self._events: set[asyncio.Event] = set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever anything has changed; who listens clears it."""
        event = asyncio.Event()
        self._events.add(event)
        try:
            yield event
        finally:
            self._events.discard(event)

    def wake(self) -> None:
        for event in self._events:
            event.set()
