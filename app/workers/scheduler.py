"""Whose turn it is: of the runs of a worker that may train, the one that has had the least time does."""

from app.protocol.orders import State
from app.workers.run import LiveRun

# Time that a run did not want while it rested gives it a claim now, but of no more slices than these.
CLAIM = 4

# Who was just told something goes first, so that it is seen; but not once it has had so many slices more than others.
AHEAD = 20


class Turn:
    """When a run trains next: it may from `due` on, and of those that may, the one that has had the least time does."""

    def __init__(self, live: LiveRun, now: float, checkpoint_seconds: float) -> None:
        self.live = live
        self.due = now
        self.had = 0.0
        self.saved = now
        # A run that comes back is saved with its first report, then ever more rarely: however often it is interrupted,
        # it gets further.
        self.checkpoint_seconds = 0.0 if live.replaying else checkpoint_seconds
        self.asked = False
        # None: the next report is complete, so that a checkpoint holds a step's goal before its epochs are reported.
        self.state_told: State | None = None

    def epoch_done(self, now: float) -> None:
        """A paced run waits for its next epoch; one that fell far behind does not hurry after."""
        if pace := self.live.pace:
            self.due = max(self.due + 1 / pace, now - 0.25)


class Fair:
    """Chooses turns, with the time that each has had as their account."""

    def __init__(self, slice_seconds: float) -> None:
        self._slice = slice_seconds
        self._most = 0.0

    def next(self, due: list[Turn]) -> Turn:
        """The one that was just told something, or else the one that has had the least."""
        least = min(due, key=_had)
        least.had = max(least.had, self._most - CLAIM * self._slice)
        self._most = max(self._most, least.had)
        ahead = least.had + AHEAD * self._slice
        turn = next((turn for turn in due if turn.asked and turn.had <= ahead), least)
        turn.asked = False
        return turn


def _had(turn: Turn) -> float:
    return turn.had
