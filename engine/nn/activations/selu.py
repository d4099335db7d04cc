"""SELU: an ELU with the scale that keeps mean 0 and variance 1."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.elu import derivative as elu_derivative
from engine.nn.activations.elu import forward as elu
from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array

SCALE = 1.0507009873554805
ALPHA = 1.6732632423543772


def forward(z: Array, a: Array, s: Scratch) -> None:
    elu(z, a, s, ALPHA)
    np.multiply(a, SCALE, a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    elu_derivative(z, a, d, s, ALPHA)
    np.multiply(d, SCALE, d)


activation = Activation(
    name="selu",
    title="SELU",
    formula=r"f(z) = \lambda z \text{ if } z > 0,\; f(z) = \lambda \alpha (e^z - 1) \text{ else}",
    derivative_formula=r"f'(z) = \lambda \text{ if } z > 0 \text{, else } a + \lambda \alpha",
    note="An ELU scaled by λ = 1.0507, α = 1.6733: deep stacks keep mean 0, variance 1. Start with lecun_normal.",
    forward=forward,
    derivative=derivative,
    kinked=True,
)
