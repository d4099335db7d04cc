"""The steps that a run has yet to take: where each ends, and the idempotency keys of the latest steps."""

from collections import deque
from collections.abc import Iterable

from app.errors import InvalidArgument
from app.protocol.orders import Goal

# Idempotency keys of steps that are remembered with a run: a step sent again with one of them is not taken again.
MAX_STEPS_KNOWN = 64


class Steps:
    """Goals in order, each past the one before it."""

    def __init__(self, goals: Iterable[Goal] = (), known: Iterable[tuple[str, str]] = ()) -> None:
        self.goals = deque(goals)
        self._known = deque(known, MAX_STEPS_KNOWN)

    def __bool__(self) -> bool:
        return bool(self.goals)

    @property
    def known(self) -> tuple[tuple[str, str], ...]:
        """The keys of the latest steps, each with the request it came with."""
        return tuple(self._known)

    @property
    def last(self) -> tuple[int, int] | None:
        """The (epoch, batch) where the last step ends; None without any."""
        return (self.goals[-1].epoch, self.goals[-1].batch) if self.goals else None

    def end_of(
        self, position: tuple[int, int], per_epoch: int, epochs: int | None, batches: int | None, to_epoch: int | None
    ) -> tuple[int, int]:
        """The (epoch, batch) where a further step ends, taken after the pending ones."""
        epoch, batch = self.last or position
        if batches is not None:
            more, batch = divmod(batch + batches, per_epoch)
            return epoch + more, batch
        return (epoch + epochs if epochs is not None else to_epoch or 0), 0

    def repeated(self, key: str | None, request: str) -> bool:
        """Whether a step with this key was taken or is pending; InvalidArgument if it was another step."""
        known = dict(self._known).get(key) if key is not None else None
        if known not in (None, request):
            raise InvalidArgument("This Idempotency-Key was sent with another step; use a new key for each.")
        return known is not None

    def add(self, goal: Goal, key: str | None, request: str) -> None:
        self.goals.append(goal)
        if key is not None:
            self._known.append((key, request))

    def reached(self, position: tuple[int, int], halted: bool) -> list[Goal]:
        """Removes the goals that are reached, or that a halted run cannot reach."""
        done = []
        while self.goals and (halted or position >= (self.goals[0].epoch, self.goals[0].batch)):
            done.append(self.goals.popleft())
        return done

    def drop(self) -> list[int]:
        """Ends all steps; returns their tickets."""
        tickets = [goal.ticket for goal in self.goals]
        self.goals.clear()
        return tickets
