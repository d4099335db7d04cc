"""The sine, f(z) = sin z."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    np.sin(z, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.cos(z, d)


activation = Activation(
    name="sine",
    title="sine",
    formula=r"f(z) = \sin z",
    derivative_formula=r"f'(z) = \cos z",
    note="Periodic: draws waves and repeats itself where there are no points.",
    forward=forward,
    derivative=derivative,
    bounds=(-1.0, 1.0),
)
