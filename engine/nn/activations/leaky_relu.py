"""Leaky ReLU: a small fixed slope for negative z."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array, Parameter


def forward(z: Array, a: Array, s: Scratch, slope: float) -> None:
    np.multiply(z, slope, a)
    np.maximum(a, z, out=a)


def derivative(z: Array, a: Array, d: Array, s: Scratch, slope: float) -> None:
    np.greater(z, 0.0, d)
    np.multiply(d, 1.0 - slope, d)
    np.add(d, slope, d)


activation = Activation(
    name="leaky_relu",
    title="leaky ReLU",
    formula=r"f(z) = \max(\alpha z, z)",
    derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } \alpha",
    note="A ReLU that cannot die: a small slope is left on the negative side.",
    forward=forward,
    derivative=derivative,
    parameters=(Parameter("slope", 0.01, "slope for negative z", minimum=0.0, maximum=1.0),),
    kinked=True,
)
