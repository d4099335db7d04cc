"""The epochs of one run that its worker has not reported yet."""

import math
from array import array

from app.protocol import recorded_weights
from engine.training.evaluation import FIGURES, Metrics
from engine.training.trainer import Trainer


def row_bytes(metrics: Metrics) -> bytes:
    """One epoch as (members, figures) float64."""
    members = zip(*(getattr(metrics, name) for name in FIGURES), strict=True)
    return array("d", [math.nan if x is None else x for member in members for x in member]).tobytes()


class EpochBuffer:
    """Rows of metrics from `first` on, and the weights that are recorded at some of these epochs."""

    def __init__(self, first: int, weights_size: int) -> None:
        self.first = first
        self._weights_size = weights_size
        self._rows = bytearray()
        self._weights: list[tuple[int, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self._rows)

    def next_kept(self, epoch: int) -> int:
        """The first epoch after `epoch` whose weights are recorded."""
        return recorded_weights.next_kept(epoch, self._weights_size)

    def add(self, trainer: Trainer, rows: bytes) -> None:
        """Adds the rows of the epochs that the trainer has just completed: of those, only the last may be recorded."""
        epoch = trainer.epoch
        self._rows += rows
        if epoch % recorded_weights.stride(epoch, self._weights_size) == 0:
            self._weights.append((epoch, trainer.parameters.tobytes()))

    def take(self, following: int) -> tuple[int, bytes, tuple[tuple[int, bytes], ...]]:
        """Empties the buffer: returns its first epoch, its rows and its (epoch, weights). `following`: the epoch that
        comes next."""
        taken = self.first, bytes(self._rows), tuple(self._weights)
        self.first, self._rows, self._weights = following, bytearray(), []
        return taken
