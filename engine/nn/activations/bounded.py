"""Activations with bounded or periodic outputs, and the identity: sigmoid, tanh, Gaussian, sine, linear."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch, activations
from engine.nn.registry import ONE, Array

# Below this, e^-z leaves float32; sigmoid(-88) is 6e-39, so nothing is lost by stopping there.
LOWEST = -88.0


def sigmoid(z: Array, a: Array, s: Scratch) -> None:
    """a = 1 / (1 + e^-z), exact in relative terms for very negative z and without overflow."""
    np.maximum(z, LOWEST, out=a)
    np.negative(a, a)
    np.exp(a, a)
    np.add(a, ONE[a.itemsize], a)
    np.reciprocal(a, a)


def _sigmoid_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.subtract(ONE[a.itemsize], a, d)
    np.multiply(d, a, d)


activations.add(
    Activation(
        name="sigmoid",
        title="sigmoid",
        formula=r"f(z) = \frac{1}{1 + e^{-z}}",
        derivative_formula=r"f'(z) = a (1 - a)",
        note="A probability at the output. In deep hidden layers its small slope (at most 1/4) makes gradients vanish.",
        forward=sigmoid,
        derivative=_sigmoid_derivative,
        saturation=(0.03, 0.97),
    )
)


def _tanh(z: Array, a: Array, s: Scratch) -> None:
    np.tanh(z, a)


def _tanh_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.multiply(a, a, d)
    np.subtract(ONE[d.itemsize], d, d)


activations.add(
    Activation(
        name="tanh",
        title="tanh",
        formula=r"f(z) = \tanh z = 2 \sigma(2z) - 1",
        derivative_formula=r"f'(z) = 1 - a^2",
        note="Smooth and centred on zero: a good first choice for small networks. Saturates for large |z|.",
        forward=_tanh,
        derivative=_tanh_derivative,
        saturation=(-0.97, 0.97),
    )
)


def _gaussian(z: Array, a: Array, s: Scratch) -> None:
    np.multiply(z, z, a)
    np.negative(a, a)
    np.exp(a, a)


def _gaussian_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.multiply(z, a, d)
    np.multiply(d, -2.0, d)


activations.add(
    Activation(
        name="gaussian",
        title="Gaussian",
        formula=r"f(z) = e^{-z^2}",
        derivative_formula=r"f'(z) = -2 z a",
        note="Answers only near z = 0: a unit marks a band. Far from the band it learns nothing.",
        forward=_gaussian,
        derivative=_gaussian_derivative,
    )
)


def _sine(z: Array, a: Array, s: Scratch) -> None:
    np.sin(z, a)


def _sine_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.cos(z, d)


activations.add(
    Activation(
        name="sine",
        title="sine",
        formula=r"f(z) = \sin z",
        derivative_formula=r"f'(z) = \cos z",
        note="Periodic: draws waves and repeats itself where there are no points.",
        forward=_sine,
        derivative=_sine_derivative,
    )
)


def _linear(z: Array, a: Array, s: Scratch) -> None:
    np.copyto(a, z)


def _linear_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    d.fill(1.0)


activations.add(
    Activation(
        name="linear",
        title="linear",
        formula=r"f(z) = z",
        derivative_formula=r"f'(z) = 1",
        note="Passes z on. A stack of linear layers is one linear layer.",
        forward=_linear,
        derivative=_linear_derivative,
    )
)
