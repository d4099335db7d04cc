"""What readers want of a worker's runs: answers and frames, made in pieces between the slices of training."""

import time
from collections.abc import Callable
from typing import Any

from app.workers.fair_queue import Key, Lines
from engine.pieces import Pieces

# Of a worker's time, readings get at most one part in so many while a run could train.
PARTS = 3


class Reading:
    """Something to be made, once it is its turn; `tell` hands over what came of it, or the error."""

    def __init__(
        self,
        what: object,
        make: Callable[[], Pieces[Any]],
        tell: Callable[[Any, Exception | None], None],
        tickets: list[int] | None = None,
    ) -> None:
        self.what = what
        self.tickets = tickets or []
        self.tell = tell
        self._make = make
        self._pieces: Pieces[Any] | None = None

    @property
    def begun(self) -> bool:
        return self._pieces is not None

    def restart(self) -> None:
        """Forgets what was made so far."""
        self._pieces = None

    def advance(self) -> bool:
        """Makes one piece. Returns whether that was the last."""
        try:
            if self._pieces is None:
                self._pieces = self._make()
            next(self._pieces)
        except StopIteration as end:
            self.tell(end.value, None)
            return True
        except OSError:
            raise
        except Exception as error:
            self.tell(None, error)
            return True
        return False


class Readings:
    """All that waits to be read in a worker: the runs in turn, each kind of question for itself."""

    def __init__(
        self, processor: Callable[[], float] = time.thread_time, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._processor = processor
        self._clock = clock
        self._lines: Lines[Reading] = Lines()
        self._owed = 0.0

    def __bool__(self) -> bool:
        return bool(self._lines)

    def put(self, key: Key, reading: Reading) -> None:
        self._lines.put(key, reading)

    def same(self, key: Key, what: object) -> Reading | None:
        """The same reading, if it waits and has not begun: its answer will be as new as another's would."""
        return next((each for each in self._lines.waiting(key) if not each.begun and each.what == what), None)

    def withdraw(self, key: Key, what: object) -> None:
        """Lets go of a reading that nobody wants any more."""
        for reading in self._lines.waiting(key):
            if reading.what == what:
                self._lines.remove(key, reading)

    def forget(self, run: str) -> None:
        """Lets go of all readings of a run."""
        for key, reading in self._lines.of_run(run):
            self._lines.remove(key, reading)

    def restart(self, key: Key) -> None:
        """What was begun shows a moment that is over: it begins again."""
        for reading in self._lines.waiting(key):
            reading.restart()

    # ---- turns

    @property
    def due(self) -> bool:
        """Whether readings have their turn, although a run could train: training has had its part since the last."""
        return bool(self._lines) and self._owed <= 0

    def trained(self, seconds: float) -> None:
        """Says that training had so much processor time."""
        self._owed = max(0.0, self._owed - seconds)

    def work(self, seconds: float, beside_training: bool) -> None:
        """Makes pieces for about so long; for each, training is owed its part if it could use it."""
        end = self._clock() + seconds
        while self._lines and self._clock() < end:
            key, reading = self._lines.next()
            finished = False
            while not finished and self._clock() < end:
                began = self._processor()
                finished = reading.advance()
                used = self._processor() - began
                self._lines.charge(key, used)
                self._owed += (PARTS - 1) * used if beside_training else 0.0
            if finished:
                self._lines.remove(key, reading)
