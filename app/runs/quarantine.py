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

# (series, epoch, batch)
Position = tuple[int, int, int]


class WorkerDeaths:
    """The deaths of one run's workers since it last got further; a replay gets further, too."""

    def __init__(self) -> None:
        self._deaths: list[tuple[float, bool]] = []
        self._resumed_from: Position = (-1, -1, -1)
        self._died_at: Position = (-1, -1, -1)

    def record(self, resumed_from: Position, died_at: Position, alone: bool, now: float) -> None:
        """Records a death at `now` seconds, at a position; `resumed_from`: that of the newest checkpoint."""
        if resumed_from > self._resumed_from:
            self._deaths = []
        self._resumed_from, self._died_at = resumed_from, died_at
        self._deaths = [(at, each) for at, each in self._deaths if now - at < FORGET_SECONDS] + [(now, alone)]

    def passed(self, position: Position) -> bool:
        """Whether a run at this position is past that of the last death."""
        return position > self._died_at

    @property
    def suspicious(self) -> bool:
        return len(self._deaths) >= SUSPICIOUS

    @property
    def proven(self) -> bool:
        return sum(alone for _, alone in self._deaths) >= MAX_DEATHS


class QuarantinedRun(Protocol):
    """A run, as far as its trial goes."""

    @property
    def cleared(self) -> bool:
        """Whether it got past what its worker last died of, or has nothing left to do."""

    def connect_at(self, place: int | None) -> None:
        """Goes on at a place; None: the one with the least to do."""


class TrialWorker(Protocol):
    """Where runs are tried."""

    def open_trial(self) -> int:
        """Starts a worker that no run is assigned to; returns its place."""

    def close_trial(self) -> None:
        """Ends it."""


class Quarantine:
    """The runs that wait to be tried, and the one that is."""

    def __init__(self, bench: TrialWorker) -> None:
        self._trials = bench
        self._waiting: deque[QuarantinedRun] = deque()
        self._on_trial: QuarantinedRun | None = None
        self._end: asyncio.TimerHandle | None = None

    @property
    def on_trial(self) -> QuarantinedRun | None:
        """The run that is on trial."""
        return self._on_trial

    def add(self, run: QuarantinedRun) -> None:
        """Puts a run in line; it is connected to no worker until its turn."""
        self._waiting.append(run)
        self.try_next()

    def release_if_cleared(self, run: QuarantinedRun) -> None:
        """To be called after every report of a run: one that is cleared goes back to the others."""
        if run is self._on_trial and run.cleared:
            self._release()

    def trial_ended(self) -> None:
        """The worker of the trial is gone; once that is dealt with, `go_on`."""
        self._stop()

    def remove(self, run: QuarantinedRun) -> None:
        """A run that was deleted or has failed needs no trial any more."""
        if run is self._on_trial:
            self._stop()
            self._trials.close_trial()
            self.try_next()
        elif run in self._waiting:
            self._waiting.remove(run)

    def try_next(self) -> None:
        """Tries the next, unless one is on trial."""
        if self._on_trial is None and self._waiting:
            self._on_trial = self._waiting.popleft()
            self._end = asyncio.get_running_loop().call_later(TRIAL_SECONDS, self._release)
            self._on_trial.connect_at(self._trials.open_trial())

    def _release(self) -> None:
        run = self._on_trial
        self._stop()
        if run is not None:
            run.connect_at(None)
            self._trials.close_trial()
        self.try_next()

    def _stop(self) -> None:
        self._on_trial = None
        if self._end:
            self._end.cancel()
