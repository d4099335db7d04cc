"""How well a regression fits, from its loss: R squared, and the error in the unit of the targets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.points import Data
from engine.data.split import TEST, TRAIN
from engine.nn.losses import OutputLoss
from engine.nn.registry import Array
from engine.numbers import sums


@dataclass(frozen=True)
class Fit:
    """``variance``: of the targets of each set as the network learns them, over all outputs; not a number where they
    are all equal. A loss times ``per_loss`` is the mean squared error. ``unit``: what 1 of it is in the targets' unit,
    not a number where the outputs have several.
    """

    variance: dict[str, float]
    per_loss: float
    unit: float

    @classmethod
    def of_targets(cls, pair: OutputLoss, t: Array, data: Data) -> Fit:
        """For targets ``t`` (K, N) of all points as the network learns them."""
        scale = None if data.preprocessing is None else data.preprocessing.target_scale
        units = {1.0} if scale is None else set(scale.tolist())
        variance = {name: _variance(t[:, data.sets[name]].T.astype(np.float64)) for name in (TRAIN, TEST)}
        return cls(variance, 1.0 if pair.loss == "mse" else 2.0 / len(t), units.pop() if len(units) == 1 else math.nan)

    def of(self, name: str, losses: Array) -> tuple[Any, Any]:
        """R squared and the error of a set with these losses."""
        squared = np.asarray(losses, np.float64) * self.per_loss
        return 1.0 - squared / self.variance[name], np.sqrt(squared) * self.unit


def _variance(rows: Array) -> float:
    """The mean squared distance of rows (N, K) from their mean, over all outputs."""
    if not len(rows):
        return math.nan
    squares = sums.mean((rows - sums.mean(rows)) ** 2)
    return sum(squares.tolist()) / len(squares) or math.nan
