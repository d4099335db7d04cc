"""The rules of runs that were stored by earlier versions: NumPy's Generator and NumPy's own functions.

Results may differ between machines in the last bits, and equal seeds of a data set and a run share streams.
New runs do not use them; stored ones do when they continue or are inspected.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.nn.registry import Array
from engine.numbers.streams import Purpose, Shape


class NumpyStream:
    """NumPy's default generator (PCG64), the first to fourth child of the data set's or the run's seed."""

    def __init__(self, seed: int, purpose: Purpose) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(purpose % 4,)))

    @property
    def state(self) -> Any:
        return self._rng.bit_generator.state

    @state.setter
    def state(self, state: Any) -> None:
        self._rng.bit_generator.state = state

    def uniform(self, low: float, high: float, shape: Shape) -> Array:
        return self._rng.uniform(low, high, shape)

    def normal(self, shape: Shape) -> Array:
        return self._rng.standard_normal(shape)

    def integers(self, low: int, high: int, shape: Shape) -> Array:
        return self._rng.integers(low, high, shape)

    def permutation(self, n: int) -> Array:
        return self._rng.permutation(n)

    def fill(self, out: Array) -> None:
        self._rng.random(dtype=out.dtype.type, out=out)


def power(base: Any, exponent: int) -> Any:
    return base**exponent


def mean(rows: Array) -> Array:
    return rows.mean(axis=0)  # type: ignore[no-any-return]
