"""Inverted dropout: in training a share of a layer's outputs is 0 and the others are scaled up, so that the mean is
unchanged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.nn.registry import Array
from engine.numbers.streams import Stream


class Dropout:
    """Inverted dropout of one layer: ``mask`` is 0 for dropped outputs and 1/(1 - rate) for the others."""

    def __init__(self, kept: Array, rate: float) -> None:
        self.keep_probability = 1.0 - rate
        self.mask = np.zeros_like(kept)
        self.uniform = np.zeros(kept.shape, kept.dtype)

    def draw(self, streams: Sequence[Stream]) -> None:
        """Draw the next mask: from one stream for all members, or from one each."""
        if len(streams) == 1:
            first = self.uniform if self.uniform.ndim == 2 else self.uniform[0]
            streams[0].fill(first)
            np.less(first, self.keep_probability, self.mask)
        else:
            for member, stream in zip(self.uniform, streams, strict=True):
                stream.fill(member)
            np.less(self.uniform, self.keep_probability, self.mask)
        np.multiply(self.mask, 1.0 / self.keep_probability, self.mask)
