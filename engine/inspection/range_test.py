"""The learning-rate range test: raise the rate geometrically, one mini-batch per rate, and find where the loss falls
fastest.

Smith, arXiv 1506.01186. The loss is that of the whole training set, smoothed as TensorBoard does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.config import RunConfig, TrainingChange
from engine.data.tables import Table
from engine.numbers.functions import power
from engine.numbers.rules import PORTABLE
from engine.pieces import Pieces, result_of
from engine.training.trainer import Trainer

LOWEST, HIGHEST, STEPS = 1e-7, 10.0, 100
FACTOR = 1.2045035402587823
"""From one rate to the next: (HIGHEST / LOWEST)^(1 / (STEPS - 1))."""
SMOOTHING = 0.8
DIVERGENCE_FACTOR = 4.0
"""The test ends when the smoothed loss is this many times its best."""


@dataclass(frozen=True)
class RangeTestResult:
    """One value per step. ``steepest``: the rate at which the smoothed loss falls fastest; ``minimum_tenth``: a tenth
    of
    the rate at its minimum. Both are None where the loss never falls."""

    learning_rates: list[float]
    losses: list[float]
    smoothed: list[float]
    steepest: float | None
    minimum_tenth: float | None


def learning_rates() -> list[float]:
    """The rates tried, geometric from the lowest to the highest."""
    return [LOWEST * power(FACTOR, k) for k in range(STEPS)]


def smooth(values: list[float], weight: float) -> list[float]:
    """s <- s w + (1 - w) y, shown as s / (1 - w^n)."""
    total, smoothed = 0.0, []
    for n, value in enumerate(values, 1):
        total = total * weight + (1.0 - weight) * value
        smoothed.append(total / (1.0 - weight**n))
    return smoothed


def range_test(config: RunConfig, rules: str = PORTABLE.name, table: Table | None = None) -> RangeTestResult:
    """Run the test on a new run with this config; a sweep's values, the schedule and the stop rules are ignored.

    ``table`` is the one that the config names, if any.
    """
    return result_of(range_test_pieces(config, rules, table))


def range_test_pieces(
    config: RunConfig, rules: str = PORTABLE.name, table: Table | None = None
) -> Pieces[RangeTestResult]:
    """``range_test`` in pieces."""
    alone = config.members[0]
    own = {"schedule": {"name": "constant"}, "stop": {}, "max_epochs": None, "learning_rate": LOWEST}
    trainer = Trainer(alone.replaced(training=alone.training.model_dump() | own), rules=rules, table=table)
    rates: list[float] = []
    losses: list[float] = []
    for rate in learning_rates():
        trainer.change(TrainingChange(learning_rate=rate))
        trainer.advance(1)
        loss = trainer.training_loss()[0]
        if trainer.halted or loss is None:
            break
        rates.append(rate)
        losses.append(loss)
        yield
        smoothed = smooth(losses, SMOOTHING)
        if smoothed[-1] > DIVERGENCE_FACTOR * min(smoothed):
            break
    smoothed = smooth(losses, SMOOTHING)
    return RangeTestResult(rates, losses, smoothed, *_suggestions(rates, smoothed))


def _suggestions(rates: list[float], smoothed: list[float]) -> tuple[float | None, float | None]:
    if len(smoothed) < 3:
        return None, None
    best = min(range(len(smoothed)), key=smoothed.__getitem__)
    # The slope against log rate; the rates are evenly spaced there, so differences suffice.
    slopes = [(smoothed[k + 1] - smoothed[k - 1]) / 2 for k in range(1, best + 1) if k + 1 < len(smoothed)]
    if not slopes or min(slopes) >= 0 or not math.isfinite(min(slopes)):
        return None, None
    return rates[1 + slopes.index(min(slopes))], rates[best] / 10
