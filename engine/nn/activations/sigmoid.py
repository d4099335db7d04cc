"""The logistic sigmoid, f(z) = 1 / (1 + e^-z)."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import ONE, Array

# Below this, e^-z leaves float32; sigmoid(-88) is 6e-39, so nothing is lost by stopping there.
LOWEST = -88.0


def forward(z: Array, a: Array, s: Scratch) -> None:
    """a = 1 / (1 + e^-z), exact in relative terms for very negative z and without overflow."""
    np.maximum(z, LOWEST, out=a)
    np.negative(a, a)
    np.exp(a, a)
    np.add(a, ONE[a.itemsize], a)
    np.reciprocal(a, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.subtract(ONE[a.itemsize], a, d)
    np.multiply(d, a, d)


activation = Activation(
    name="sigmoid",
    title="sigmoid",
    formula=r"f(z) = \frac{1}{1 + e^{-z}}",
    derivative_formula=r"f'(z) = a (1 - a)",
    note="A probability at the output. In deep hidden layers its small slope (at most 1/4) makes gradients vanish.",
    forward=forward,
    derivative=derivative,
    bounds=(0.0, 1.0),
    saturation=(0.03, 0.97),
)
