"""Runs whose workers died: which of them are tried alone in a worker of its own, to find the one that kills them.

`Session.lost_worker` applies it: a run resumes from its newest checkpoint, is tried alone, or fails.
"""

import asyncio
from collections import deque
from typing import Protocol

# Deaths of its workers without progress after which a run is tried alone, and deaths there after which it fails.
SUSPICIOUS = 2
MAX_DEATHS = 3

# Deaths older than this do not count.
FORGET_SECONDS = 60.0

# A trial ends after this time, since others wait for theirs.
TRIAL_SECONDS = 10.0

# (series, epoch, batch)
Position = tuple[int, int, int]


class WorkerDeaths:
    """The deaths of one run's workers since it last made progress; a replay makes progress, too."""

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
    """What a trial needs of a run."""

    @property
    def cleared(self) -> bool:
        """Whether it has passed the position at which its last worker died, or has nothing left to do."""

    def connect_at(self, place: int | None) -> None:
        """Resumes at a place; None: the one with the least to do."""


class TrialWorker(Protocol):
    """Starts and ends the worker of a trial."""

    def open_trial(self) -> int:
        """Starts a worker that no run is assigned to; returns its place."""

    def close_trial(self) -> None:
        """Ends that worker."""


class Quarantine:
    """The runs that wait for a trial, and the one that is on trial."""

    def __init__(self, trials: TrialWorker) -> None:
        self._trials = trials
        self._waiting: deque[QuarantinedRun] = deque()
        self._on_trial: QuarantinedRun | None = None
        self._end: asyncio.TimerHandle | None = None

    @property
    def on_trial(self) -> QuarantinedRun | None:
        """The run that is on trial."""
        return self._on_trial

    def add(self, run: QuarantinedRun) -> None:
        """Queues a run; it is connected to no worker until its trial."""
        self._waiting.append(run)
        self.try_next()

    def release_if_cleared(self, run: QuarantinedRun) -> None:
        """To be called after every report of a run: one that is cleared returns to a worker shared with others."""
        if run is self._on_trial and run.cleared:
            self._release()

    def trial_ended(self) -> None:
        """The worker of the trial died; once its run is handled, call `try_next`."""
        self._stop()

    def remove(self, run: QuarantinedRun) -> None:
        """Removes a run that was deleted or has failed."""
        if run is self._on_trial:
            self._stop()
            self._trials.close_trial()
            self.try_next()
        elif run in self._waiting:
            self._waiting.remove(run)

    def try_next(self) -> None:
        """Starts the next trial, unless one is under way."""
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
