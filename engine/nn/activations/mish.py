"""Mish, f(z) = z tanh(softplus(z))."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array

# Above this, tanh(softplus(z)) is 1 even in float64, and e^2z still fits float32.
FLAT = 20.0


def forward(z: Array, a: Array, s: Scratch) -> None:
    # tanh(log(1 + e)) = n / (n + 2) with e = e^z, n = e (e + 2)
    e = s[0]
    np.minimum(z, FLAT, out=e)
    np.exp(e, e)
    np.add(e, 2.0, a)
    np.multiply(a, e, a)
    np.add(a, 2.0, e)
    np.divide(a, e, a)
    np.multiply(a, z, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    # f' = 1 - 2/q + 4 z e (1 + e) / q^2 with e = e^z, q = e (e + 2) + 2; the same as
    # tanh(sp) + z sigmoid(z) (1 - tanh(sp)^2), sp = softplus(z), without forming small differences.
    e, q = s
    np.minimum(z, FLAT, out=e)
    np.exp(e, e)
    np.add(e, 2.0, q)
    np.multiply(q, e, q)
    np.add(q, 2.0, q)
    np.add(e, 1.0, d)
    np.multiply(d, e, d)
    np.divide(d, q, d)
    np.minimum(z, FLAT, out=e)  # or the term would grow again past 1e10
    np.multiply(d, e, d)
    np.multiply(d, 4.0, d)
    np.subtract(d, 2.0, d)
    np.divide(d, q, d)
    np.add(d, 1.0, d)


activation = Activation(
    name="mish",
    title="Mish",
    formula=r"f(z) = z t,\; t = \tanh s,\; s = \log(1 + e^z)",
    derivative_formula=r"f'(z) = t + z \sigma(z) (1 - t^2)",
    note="Close to SiLU, with a slightly deeper dip.",
    forward=forward,
    derivative=derivative,
)
