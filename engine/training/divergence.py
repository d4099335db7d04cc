"""Where a network's numbers stopped being finite, in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernel.bindings import GRADIENT_NOT_FINITE, GRADIENT_TOO_LARGE, WEIGHTS_TOO_LARGE, Z_NOT_FINITE
from engine.nn.network import Network, Pass


def divergence_threshold(dtype: np.dtype[Any]) -> float:
    """The squared norm from which a run counts as diverged, with room for the sums of squares of an optimizer."""
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
            return words_of(network, Z_NOT_FINITE, layer, largest)
    for layer in range(last, -1, -1):
        if not np.isfinite(network.dW[layer][at]).all():
            return words_of(network, GRADIENT_NOT_FINITE, layer, 0.0)
    gradients = [float(np.abs(dW[at]).max()) for dW in network.dW]
    weights = [float(np.abs(W[at]).max()) for W in network.W]
    larger = max(gradients) >= max(weights)
    quantity, sizes = (GRADIENT_TOO_LARGE, gradients) if larger else (WEIGHTS_TOO_LARGE, weights)
    layer = int(np.argmax(sizes))
    return words_of(network, quantity, layer, sizes[layer])


def words_of(network: Network, quantity: int, layer: int, size: float) -> str:
    """The same of what the kernel found: ``quantity`` by its number in kernel.h, ``size`` of what was too large."""
    name = _name(layer, len(network.W) - 1)
    return (
        f"Z of {name} stopped being finite (its largest weight is {size:.2g})",
        f"the gradient dW of {name} stopped being finite",
        f"dW of {name} grew too large to be squared (up to {size:.2g})",
        f"W of {name} grew too large to be squared (up to {size:.2g})",
    )[quantity]


def _name(layer: int, last: int) -> str:
    return "the output layer" if layer == last else f"hidden layer {layer + 1}"
