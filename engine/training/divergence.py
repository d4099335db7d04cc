"""Where a network's numbers stopped being finite, in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.nn.network import Network, Pass


def divergence_threshold(dtype: np.dtype[Any]) -> float:
    """The squared norm from which a run counts as diverged: room is left for what an optimizer sums of squares."""
    root = math.sqrt(np.finfo(dtype).max)
    return root * math.sqrt(root)


def describe_divergence(network: Network, buffers: Pass, at: Any) -> str:
    """Name the first layer and quantity of the last pass that is not finite.

    ``at`` picks the member (its index, or ... for a single network). The order is that of the computation: Z forward,
    then dW backward; failing both, the gradient or the weights grew too large to be squared.
    """
    last = len(network.W) - 1
    for layer, Z in enumerate((*buffers.hidden_Z, buffers.Z_out)):
        if not np.isfinite(Z[at]).all():
            largest = float(np.abs(network.W[layer][at]).max())
            return f"Z of {_name(layer, last)} stopped being finite (its largest weight is {largest:.2g})"
    for layer in range(last, -1, -1):
        if not np.isfinite(network.dW[layer][at]).all():
            return f"the gradient dW of {_name(layer, last)} stopped being finite"
    gradients = [float(np.abs(dW[at]).max()) for dW in network.dW]
    weights = [float(np.abs(W[at]).max()) for W in network.W]
    quantity, sizes = ("dW", gradients) if max(gradients) >= max(weights) else ("W", weights)
    layer = int(np.argmax(sizes))
    return f"{quantity} of {_name(layer, last)} grew too large to be squared (up to {sizes[layer]:.2g})"


def _name(layer: int, last: int) -> str:
    return "the output layer" if layer == last else f"hidden layer {layer + 1}"
