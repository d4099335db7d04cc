"""Inverted dropout: in training a share of a layer's outputs is 0 and the rest grow, so that their mean stays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.nn.registry import Array


class Dropout:
    """Inverted dropout of one layer: ``mask`` is 0 for dropped outputs and 1/(1 - rate) for the others."""

    def __init__(self, kept: Array, rate: float) -> None:
        self.keep_probability = 1.0 - rate
        self.mask = np.zeros_like(kept)
        self.uniform = np.zeros(kept.shape, kept.dtype)

    def draw(self, generators: Sequence[np.random.Generator]) -> None:
        """Draw the next mask: from one generator for all members, or from one each."""
        if len(generators) == 1:
            first = self.uniform if self.uniform.ndim == 2 else self.uniform[0]
            generators[0].random(dtype=first.dtype, out=first)
            np.less(first, self.keep_probability, self.mask)
        else:
            for member, generator in zip(self.uniform, generators, strict=True):
                generator.random(dtype=member.dtype, out=member)
            np.less(self.uniform, self.keep_probability, self.mask)
        np.multiply(self.mask, 1.0 / self.keep_probability, self.mask)
