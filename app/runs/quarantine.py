"""Runs whose workers keep dying: which of them does it is found by trying each alone, in a worker of its own."""

import asyncio
from collections import deque
from typing import Protocol

# A run is tried alone once its workers died so often without its getting further, and fails when they do so there.
SUSPICIOUS = 2
MAX_DEATHS = 3

# What happened so long ago is no evidence any more.
FORGET_SECONDS = 60.0

# A trial that nothing comes of ends then: others wait for theirs.
TRIAL_SECONDS = 10.0

Position = tuple[int, int, int]


class Deaths:
    """The deaths of one run's workers since it last got further; a replay gets further, too."""

    def __init__(self) -> None:
        self._times: list[tuple[float, bool]] = []
        self._from: Position = (-1, -1, -1)

    def note(self, came_from: Position, alone: bool, now: float) -> None:
        """A worker died `now`, in seconds. `came_from` is the (series, epoch, batch) of the snapshot to go on from."""
        if came_from > self._from:
            self._times = []
        self._from = came_from
        self._times = [(at, each) for at, each in self._times if now - at < FORGET_SECONDS] + [(now, alone)]

    @property
    def suspicious(self) -> bool:
        return len(self._times) >= SUSPICIOUS

    @property
    def proven(self) -> bool:
        return sum(alone for _, alone in self._times) >= MAX_DEATHS


class Suspect(Protocol):
    """A run, as far as its trial goes."""

    @property
    def cleared(self) -> bool:
        """Whether it got past what its worker last died of, or has nothing left to do."""

    def connect_at(self, place: int | None) -> None:
        """Goes on at a place; None: the one with the least to do."""


class Bench(Protocol):
    """Where runs are tried."""

    def open_trial(self) -> int:
        """Starts a worker that no run is assigned to; returns its place."""

    def close_trial(self) -> None:
        """Ends it."""


class Suspects:
    """The runs that wait to be tried, and the one that is."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._waiting: deque[Suspect] = deque()
        self._tried: Suspect | None = None
        self._end: asyncio.TimerHandle | None = None

    @property
    def tried(self) -> Suspect | None:
        """The run that is on trial."""
        return self._tried

    def add(self, run: Suspect) -> None:
        """Puts a run in line; it is connected to no worker until its turn."""
        self._waiting.append(run)
        self.go_on()

    def look(self, run: Suspect) -> None:
        """To be called after every report of a run: one that is cleared goes back to the others."""
        if run is self._tried and run.cleared:
            self._release()

    def died(self) -> None:
        """The worker of the trial is gone; once that is dealt with, `go_on`."""
        self._stop()

    def drop(self, run: Suspect) -> None:
        """A run that was deleted or has failed needs no trial any more."""
        if run is self._tried:
            self._stop()
            self._bench.close_trial()
            self.go_on()
        elif run in self._waiting:
            self._waiting.remove(run)

    def go_on(self) -> None:
        """Tries the next, unless one is on trial."""
        if self._tried is None and self._waiting:
            self._tried = self._waiting.popleft()
            self._end = asyncio.get_running_loop().call_later(TRIAL_SECONDS, self._release)
            self._tried.connect_at(self._bench.open_trial())

    def _release(self) -> None:
        run = self._tried
        self._stop()
        if run is not None:
            run.connect_at(None)
            self._bench.close_trial()
        self.go_on()

    def _stop(self) -> None:
        self._tried = None
        if self._end:
            self._end.cancel()
