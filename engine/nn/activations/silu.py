"""SiLU (swish), f(z) = z sigmoid(z)."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.activations.sigmoid import LOWEST
from engine.nn.activations.sigmoid import forward as sigmoid
from engine.nn.registry import Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    sigmoid(z, s[0], s)
    np.maximum(z, LOWEST, out=a)  # below, the sigmoid no longer falls, and the product would grow again
    np.multiply(s[0], a, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    # f' = p (1 + z (1 - p)) with p = sigmoid(z)
    sigmoid(z, d, s)
    np.subtract(1.0, d, s[0])
    np.maximum(z, LOWEST, out=s[1])
    np.multiply(s[0], s[1], s[0])
    np.add(s[0], 1.0, s[0])
    np.multiply(d, s[0], d)


activation = Activation(
    name="silu",
    title="SiLU (swish)",
    formula=r"f(z) = z \sigma(z)",
    derivative_formula=r"f'(z) = \sigma(z) (1 + z (1 - \sigma(z)))",
    note="Smooth, dips below zero once, and passes gradients for large z.",
    forward=forward,
    derivative=derivative,
)
