"""Which run of a worker trains next: of those that may, the one that has used the least processor time."""

from app.protocol.orders import State
from app.workers.run import LiveRun

# Maximum processor time, in slices, that a run can be credited for a time in which it did not train.
MAX_CREDIT = 4

# A run that was just given a command goes first, so that its effect is seen, unless it is so many slices ahead.
MAX_BOOST = 20


class Slot:
    """A run of the worker: when it may train next, what it has used, what was reported of it."""

    def __init__(self, live: LiveRun, now: float, checkpoint_seconds: float) -> None:
        self.live = live
        self.due = now
        self.cpu_seconds = 0.0
        self.saved_at = now
        # A run that is replayed is saved with its first report, then at growing intervals: however often it is
        # interrupted, it gets further.
        self.checkpoint_seconds = 0.0 if live.replaying else checkpoint_seconds
        self.boosted = False
        self.reported_state: State | None = None

    def may_train(self, now: float) -> bool:
        return self.live.training and self.due <= now

    def epoch_done(self, now: float) -> None:
        """A paced run waits for its next epoch; one that fell far behind does not catch up."""
        if pace := self.live.pace:
            self.due = max(self.due + 1 / pace, now - 0.25)


class FairScheduler:
    """Chooses among slots by the processor time that each has used."""

    def __init__(self, slice_seconds: float) -> None:
        self._slice = slice_seconds
        self._most = 0.0

    def next(self, due: list[Slot]) -> Slot:
        """The one whose run was just given a command, or else the one that has used the least."""
        least = min(due, key=_cpu_seconds)
        least.cpu_seconds = max(least.cpu_seconds, self._most - MAX_CREDIT * self._slice)
        self._most = max(self._most, least.cpu_seconds)
        limit = least.cpu_seconds + MAX_BOOST * self._slice
        slot = next((slot for slot in due if slot.boosted and slot.cpu_seconds <= limit), least)
        slot.boosted = False
        return slot


def _cpu_seconds(slot: Slot) -> float:
    return slot.cpu_seconds
