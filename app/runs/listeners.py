"""Events that wake everything that waits for a change of a run."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Listeners:
    """One event a listener."""

    def __init__(self) -> None:
        self._events: set[asyncio.Event] = set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event that is set after every change; the listener clears it."""
        event = asyncio.Event()
        self._events.add(event)
        try:
            yield event
        finally:
            self._events.discard(event)

    async def wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Returns when the condition holds, or after so many seconds."""
        with self.listen() as event:
            try:
                async with asyncio.timeout(seconds):
                    while not condition():
                        event.clear()
                        await event.wait()
            except TimeoutError:
                return

    def wake(self) -> None:
        """Sets every event."""
        for event in self._events:
            event.set()
