"""How much a run trains in one call of the engine: as much as takes a slice, whatever the call itself costs."""

# Multiply-adds that the first call of a run may do: 4 ms in NumPy on a slow machine.
FIRST = 400_000

# From one call to the next, the size at most doubles or falls to a quarter: an interrupted call means little.
GROWTH = 2.0
SHRINKAGE = 0.25

# A live change can make a multiply-add so many times slower: a batch of 1 takes as long as one of 16.
CHANGE = 16


class CallSize:
    """The multiply-adds of a call that takes one slice."""

    def __init__(self) -> None:
        self._work = float(FIRST)

    def batches(self, share: float, cost: float) -> int:
        """Mini-batches of `cost` multiply-adds that take this share of a slice; one at least."""
        return max(1, round(share * self._work / cost))

    def record(self, work: float, slices: float) -> None:
        """Adapts the size to a call of so many multiply-adds that took so many slices."""
        if work > 0:
            found = work * min(max(1 / max(slices, 1e-6), SHRINKAGE), GROWTH)
            self._work = found if slices > 1 else max(self._work, found)

    def training_changed(self) -> None:
        """To be called after a live change: the next call is short, however slow the change made it."""
        self._work /= CHANGE
