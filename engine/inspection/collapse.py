"""A stack of linear layers is one: W2 (W1 x + b1) + b2 = (W2 W1) x + (W2 b1 + b2), and so on for every layer above."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.nn.model import Model
from engine.nn.registry import Array


@dataclass(frozen=True)
class CollapsedNetwork:
    """One layer in place of all: ``W`` (K, n), ``b`` (K,) in front of the output's own function, in float64.

    ``error``: the largest difference, over the points asked, between its outputs and the network's own.
    """

    W: Array
    b: Array
    error: float


def collapse(model: Model, inputs: Array) -> CollapsedNetwork:
    """Multiply a network out and compare on raw ``inputs`` (N, d); ValueError names a layer that is not linear."""
    for number, hidden in enumerate(model.config.network.hidden, 1):
        name = hidden.activation.name
        if name != "linear":
            raise ValueError(f"hidden layer {number} is {name}: set its activation to linear, or nothing collapses")
    W = np.eye(model.network.sizes[0])
    b = np.zeros(len(W))
    for layer in model.layers():
        W = layer.W.astype(np.float64) @ W
        b = layer.W @ b + (0.0 if layer.b is None else layer.b)
    x = model.features(inputs, np.float64)[:-1]
    z = W @ x + b[:, None]
    p, s, row = np.zeros_like(z), (np.zeros_like(z), np.zeros_like(z)), np.zeros((1, z.shape[1]))
    model.network.pair.predict(z, p, s, row)
    return CollapsedNetwork(W, b, float(np.abs(model.decode(p.T) - model.predict(inputs)).max()))
