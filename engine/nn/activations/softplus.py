"""Softplus, f(z) = log(1 + e^z): the integral of the sigmoid."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.activations.sigmoid import forward as sigmoid
from engine.nn.registry import Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    """a = log(1 + e^z) as max(z, 0) + log1p(e^-|z|), which never overflows."""
    np.abs(z, a)
    np.negative(a, a)
    np.exp(a, a)
    np.log1p(a, a)
    np.maximum(z, 0.0, out=s[0])
    np.add(a, s[0], a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    sigmoid(z, d, s)


activation = Activation(
    name="softplus",
    title="softplus",
    formula=r"f(z) = \log(1 + e^z)",
    derivative_formula=r"f'(z) = \sigma(z)",
    note="A smooth ReLU; its derivative is the sigmoid.",
    forward=forward,
    derivative=derivative,
)
