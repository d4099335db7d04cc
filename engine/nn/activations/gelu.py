"""GELU in its tanh form."""

from __future__ import annotations

import math

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array

SCALE = math.sqrt(2 / math.pi)
CUBE = 0.044715
# Beyond +-this, t is +-1 even in float64.
FLAT = 20.0


def _tanh_of_cubic(z: Array, t: Array) -> None:
    """t = tanh(sqrt(2/pi) (z + 0.044715 z^3))."""
    np.multiply(z, z, t)
    np.multiply(t, CUBE, t)
    np.add(t, 1.0, t)
    np.multiply(t, z, t)
    np.multiply(t, SCALE, t)
    np.tanh(t, t)


def forward(z: Array, a: Array, s: Scratch) -> None:
    t = s[0]
    _tanh_of_cubic(z, t)
    np.add(t, 1.0, t)
    np.multiply(t, 0.5, t)
    np.multiply(t, z, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    # f' = (1 + t + z (1 - t^2) u') / 2 with t = tanh(u), u' = sqrt(2/pi) (1 + 3 * 0.044715 z^2)
    t, one_minus_square = s
    _tanh_of_cubic(z, t)
    bounded = one_minus_square  # or z u' would overflow past 1e19, and infinity times 1 - t^2 = 0 is NaN
    np.minimum(z, FLAT, out=bounded)
    np.maximum(bounded, -FLAT, out=bounded)
    np.multiply(bounded, bounded, d)
    np.multiply(d, 3 * CUBE * SCALE, d)
    np.add(d, SCALE, d)
    np.multiply(d, bounded, d)
    np.multiply(t, t, one_minus_square)
    np.subtract(1.0, one_minus_square, one_minus_square)
    np.multiply(d, one_minus_square, d)
    np.add(d, t, d)
    np.add(d, 1.0, d)
    np.multiply(d, 0.5, d)


activation = Activation(
    name="gelu",
    title="GELU (tanh form)",
    formula=r"f(z) = \frac{z}{2} (1 + t),\; t = \tanh u,\; u = \sqrt{2/\pi}\,(z + 0.044715 z^3)",
    derivative_formula=(r"f'(z) = \frac{1 + t}{2} + \frac{z}{2} (1 - t^2) u',\; u' = \sqrt{2/\pi}\,(1 + 0.134145 z^2)"),
    note="A smooth ReLU that dips below zero; the usual choice in transformers. This is its tanh form.",
    forward=forward,
    derivative=derivative,
)
