"""PReLU: a leaky ReLU whose slope is learned, one for each layer."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array, Parameter


def forward(z: Array, a: Array, s: Scratch, slope: Array) -> None:
    np.minimum(z, 0.0, out=a)
    np.multiply(a, slope, a)
    np.maximum(z, 0.0, out=s[0])
    np.add(a, s[0], a)


def derivative(z: Array, a: Array, d: Array, s: Scratch, slope: Array) -> None:
    np.greater(z, 0.0, d)
    np.subtract(1.0, d, s[0])
    np.multiply(s[0], slope, s[0])
    np.add(d, s[0], d)


def learned_gradient(z: Array, d_a: Array, s: Scratch, slope: Array) -> None:
    np.minimum(z, 0.0, out=s[0])
    np.multiply(s[0], d_a, s[0])


activation = Activation(
    name="prelu",
    title="PReLU",
    formula=r"f(z) = z \text{ if } z > 0,\; f(z) = \alpha z \text{ else}",
    derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } \alpha",
    note="A leaky ReLU that learns its slope, one for each layer.",
    forward=forward,
    derivative=derivative,
    learned=(Parameter("slope", 0.25, "slope for negative z"),),
    learned_gradient=learned_gradient,
    kinked=True,
)
