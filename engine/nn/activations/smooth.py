"""Activations of the form z times a soft gate: GELU, SiLU, Mish."""

from __future__ import annotations

import math

import numpy as np

from engine.nn.activations.bounded import sigmoid
from engine.nn.activations.entry import Activation, Scratch, activations
from engine.nn.registry import Array

GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715
# Above this, tanh(softplus(z)) is 1 even in float64, and e^2z still fits float32.
MISH_FLAT = 20.0


def _gelu_tanh(z: Array, t: Array) -> None:
    """t = tanh(sqrt(2/pi) (z + 0.044715 z^3))."""
    np.multiply(z, z, t)
    np.multiply(t, GELU_CUBE, t)
    np.add(t, 1.0, t)
    np.multiply(t, z, t)
    np.multiply(t, GELU_SCALE, t)
    np.tanh(t, t)


def _gelu(z: Array, a: Array, s: Scratch) -> None:
    t = s[0]
    _gelu_tanh(z, t)
    np.add(t, 1.0, t)
    np.multiply(t, 0.5, t)
    np.multiply(t, z, a)


def _gelu_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    # f' = (1 + t + z (1 - t^2) u') / 2 with t = tanh(u), u' = sqrt(2/pi) (1 + 3 * 0.044715 z^2)
    t, one_minus_square = s
    _gelu_tanh(z, t)
    np.multiply(z, z, d)
    np.multiply(d, 3 * GELU_CUBE * GELU_SCALE, d)
    np.add(d, GELU_SCALE, d)
    np.multiply(d, z, d)
    np.multiply(t, t, one_minus_square)
    np.subtract(1.0, one_minus_square, one_minus_square)
    np.multiply(d, one_minus_square, d)
    np.add(d, t, d)
    np.add(d, 1.0, d)
    np.multiply(d, 0.5, d)


activations.add(
    Activation(
        name="gelu",
        title="GELU (tanh form)",
        formula=r"f(z) = \frac{z}{2} (1 + t),\; t = \tanh u,\; u = \sqrt{2/\pi}\,(z + 0.044715 z^3)",
        derivative_formula=(
            r"f'(z) = \frac{1 + t}{2} + \frac{z}{2} (1 - t^2) u',\; u' = \sqrt{2/\pi}\,(1 + 0.134145 z^2)"
        ),
        note="A smooth ReLU that dips below zero; the usual choice in transformers. This is its tanh form.",
        forward=_gelu,
        derivative=_gelu_derivative,
    )
)


def _silu(z: Array, a: Array, s: Scratch) -> None:
    sigmoid(z, s[0], s)
    np.multiply(s[0], z, a)


def _silu_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    # f' = p (1 + z (1 - p)) with p = sigmoid(z)
    sigmoid(z, d, s)
    np.subtract(1.0, d, s[0])
    np.multiply(s[0], z, s[0])
    np.add(s[0], 1.0, s[0])
    np.multiply(d, s[0], d)


activations.add(
    Activation(
        name="silu",
        title="SiLU (swish)",
        formula=r"f(z) = z \sigma(z)",
        derivative_formula=r"f'(z) = \sigma(z) (1 + z (1 - \sigma(z)))",
        note="Smooth, dips below zero once, and passes gradients for large z.",
        forward=_silu,
        derivative=_silu_derivative,
    )
)


def _mish(z: Array, a: Array, s: Scratch) -> None:
    # tanh(log(1 + e)) = n / (n + 2) with e = e^z, n = e (e + 2)
    e = s[0]
    np.minimum(z, MISH_FLAT, out=e)
    np.exp(e, e)
    np.add(e, 2.0, a)
    np.multiply(a, e, a)
    np.add(a, 2.0, e)
    np.divide(a, e, a)
    np.multiply(a, z, a)


def _mish_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    # f' = 1 - 2/q + 4 z e (1 + e) / q^2 with e = e^z, q = e (e + 2) + 2; the same as
    # tanh(sp) + z sigmoid(z) (1 - tanh(sp)^2), sp = softplus(z), without forming small differences.
    e, q = s
    np.minimum(z, MISH_FLAT, out=e)
    np.exp(e, e)
    np.add(e, 2.0, q)
    np.multiply(q, e, q)
    np.add(q, 2.0, q)
    np.add(e, 1.0, d)
    np.multiply(d, e, d)
    np.divide(d, q, d)
    np.minimum(z, MISH_FLAT, out=e)  # or the term would grow again past 1e10
    np.multiply(d, e, d)
    np.multiply(d, 4.0, d)
    np.subtract(d, 2.0, d)
    np.divide(d, q, d)
    np.add(d, 1.0, d)


activations.add(
    Activation(
        name="mish",
        title="Mish",
        formula=r"f(z) = z t,\; t = \tanh s,\; s = \log(1 + e^z)",
        derivative_formula=r"f'(z) = t + z \sigma(z) (1 - t^2)",
        note="Close to SiLU, with a slightly deeper dip.",
        forward=_mish,
        derivative=_mish_derivative,
    )
)
