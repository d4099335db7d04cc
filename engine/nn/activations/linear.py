"""The identity, f(z) = z."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    np.copyto(a, z)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    d.fill(1.0)


activation = Activation(
    name="linear",
    title="linear",
    formula=r"f(z) = z",
    derivative_formula=r"f'(z) = 1",
    note="Passes z on. A stack of linear layers is one linear layer.",
    forward=forward,
    derivative=derivative,
)
