"""Many networks of one shape evaluated in lockstep, for losses at many weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.nn.network import Network, Pass
from engine.nn.registry import Array

STACK = 64
"""Networks evaluated in lockstep."""


class NetworkStack:
    """``STACK`` float64 networks like ``network``, on inputs ``x`` (n + 1, m) and targets ``t`` (K, m).

    ``network.w`` (STACK, P) are their weights, to be set before ``losses``; ``buffers`` hold the latest pass.
    """

    def __init__(self, network: Network, x: Array, t: Array, masks: Sequence[Array] = ()) -> None:
        self.x, self.t = x, t
        self.network = Network(
            network.sizes[0],
            network.hidden,
            network.sizes[-1],
            network.pair,
            bias=network.bias,
            members=STACK,
            dtype=np.float64,
        )
        self.buffers = masked_pass(self.network, x.shape[1], masks)
        self._examples = np.zeros((STACK, x.shape[1]))

    def losses(self) -> Array:
        """The mean loss (STACK,) of every network."""
        p = self.buffers
        self.network.predict(p, self.x)
        self.network.pair.example_losses(p.Z_out, p.P, self.t, p.s_out, p.row, self._examples)
        return np.asarray(self._examples.mean(axis=-1))


def masked_pass(network: Network, width: int, masks: Sequence[Array] = ()) -> Pass:
    """Buffers with the dropout ``masks`` given, one for each layer with dropout; none: nothing is dropped."""
    p = Pass(network, width, training=bool(masks))
    for dropout, mask in zip(p.dropouts, masks, strict=True):
        dropout.mask[...] = mask
    return p
