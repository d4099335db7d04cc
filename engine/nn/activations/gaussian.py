"""The Gaussian bump, f(z) = e^(-z^2)."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    np.multiply(z, z, a)
    np.negative(a, a)
    np.exp(a, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.multiply(z, a, d)
    np.multiply(d, -2.0, d)


activation = Activation(
    name="gaussian",
    title="Gaussian",
    formula=r"f(z) = e^{-z^2}",
    derivative_formula=r"f'(z) = -2 z a",
    note="Large only near z = 0: a unit marks a band. Far from the band its gradient is 0.",
    forward=forward,
    derivative=derivative,
    bounds=(0.0, 1.0),
)
