"""ELU: exponential for negative z, down to -alpha."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array, Parameter


def forward(z: Array, a: Array, s: Scratch, alpha: float) -> None:
    np.minimum(z, 0.0, out=a)
    np.expm1(a, a)
    np.multiply(a, alpha, a)
    np.maximum(z, 0.0, out=s[0])
    np.add(a, s[0], a)


def derivative(z: Array, a: Array, d: Array, s: Scratch, alpha: float) -> None:
    np.minimum(z, 0.0, out=d)
    np.exp(d, d)
    np.multiply(d, alpha, d)
    np.greater(z, 0.0, s[0])
    np.multiply(s[0], 1.0 - alpha, s[0])
    np.add(d, s[0], d)


activation = Activation(
    name="elu",
    title="ELU",
    formula=r"f(z) = z \text{ if } z > 0,\; f(z) = \alpha (e^z - 1) \text{ else}",
    derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } a + \alpha",
    note="Like ReLU for positive z; smooth and bounded below, with a mean output closer to zero.",
    forward=forward,
    derivative=derivative,
    parameters=(Parameter("alpha", 1.0, "depth below zero", minimum=0.0, maximum=10.0),),
    kinked=True,
)
