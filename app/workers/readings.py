"""Short inspections and frames of a worker's runs, computed in pieces between the slices of training."""

import time
from collections.abc import Callable
from typing import Any

from app.workers.fair_queue import FairQueue, Key
from engine.pieces import Pieces

# While a run could train, readings get at most one part in so many of a worker's time.
PARTS = 3


class Reading:
    """Something to compute: `make` begins it, `done(result, error)` is called at its end. `what` identifies it among
    those of its run and kind; `tickets` are the requests that it answers."""

    def __init__(
        self,
        what: object,
        make: Callable[[], Pieces[Any]],
        done: Callable[[Any, Exception | None], None],
        tickets: list[int] | None = None,
    ) -> None:
        self.what = what
        self.tickets = tickets or []
        self._done = done
        self._make = make
        self._pieces: Pieces[Any] | None = None

    @property
    def begun(self) -> bool:
        return self._pieces is not None

    def restart(self) -> None:
        """Discards what was computed so far."""
        self._pieces = None

    def advance(self) -> bool:
        """Computes one piece. Returns whether that was the last."""
        try:
            if self._pieces is None:
                self._pieces = self._make()
            next(self._pieces)
        except StopIteration as end:
            self._done(end.value, None)
            return True
        except OSError:
            raise
        except Exception as error:
            self._done(None, error)
            return True
        return False


class Readings:
    """The readings of a worker. Runs take turns, and of one run its kinds of inspection."""

    def __init__(
        self, processor: Callable[[], float] = time.thread_time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._processor = processor
        self._clock = clock
        self._queue: FairQueue[Reading] = FairQueue()
        self._owed = 0.0

    def __bool__(self) -> bool:
        return bool(self._queue)

    def put(self, key: Key, reading: Reading) -> None:
        self._queue.put(key, reading)

    def same(self, key: Key, what: object) -> Reading | None:
        """An equal reading that has not begun: its answer will be as new as another's would."""
        return next((each for each in self._queue.waiting(key) if not each.begun and each.what == what), None)

    def withdraw(self, key: Key, what: object) -> None:
        """Drops a reading that is not needed any more."""
        for reading in self._queue.waiting(key):
            if reading.what == what:
                self._queue.remove(key, reading)

    def forget(self, run: str) -> None:
        """Drops all readings of a run."""
        for key, reading in self._queue.of_run(run):
            self._queue.remove(key, reading)

    def restart(self, key: Key) -> None:
        """The readings of a key begin again, as the run has changed since they began."""
        for reading in self._queue.waiting(key):
            reading.restart()

    # ---- turns

    @property
    def due(self) -> bool:
        """Whether readings may be computed although a run could train: training has had its share since the last."""
        return bool(self._queue) and self._owed <= 0

    def trained(self, seconds: float) -> None:
        """Notes processor time that training has used."""
        self._owed = max(0.0, self._owed - seconds)

    def work(self, seconds: float, beside_training: bool) -> None:
        """Computes pieces for about so long; for each, training is owed its share if it could use it."""
        end = self._clock() + seconds
        while self._queue and self._clock() < end:
            key, reading = self._queue.next()
            finished, began = False, self._processor()
            while not finished and self._clock() < end:
                finished = reading.advance()
            used = self._processor() - began
            self._queue.charge(key, used)
            self._owed += (PARTS - 1) * used if beside_training else 0.0
            if finished:
                self._queue.remove(key, reading)
