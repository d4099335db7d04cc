"""The hyperbolic tangent, f(z) = tanh z."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import ONE, Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    np.tanh(z, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.multiply(a, a, d)
    np.subtract(ONE[d.itemsize], d, d)


activation = Activation(
    name="tanh",
    title="tanh",
    formula=r"f(z) = \tanh z = 2 \sigma(2z) - 1",
    derivative_formula=r"f'(z) = 1 - a^2",
    note="Smooth and centred on zero: a good first choice for small networks. Saturates for large |z|.",
    forward=forward,
    derivative=derivative,
    bounds=(-1.0, 1.0),
    saturation=(-0.97, 0.97),
)
