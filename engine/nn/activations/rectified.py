"""Rectifiers: ReLU and the functions that soften its corner or its negative side."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.bounded import sigmoid
from engine.nn.activations.entry import Activation, Scratch, activations
from engine.nn.registry import Array, Parameter

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


def _relu(z: Array, a: Array, s: Scratch) -> None:
    np.maximum(z, 0.0, out=a)


def _relu_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.sign(a, d)


activations.add(
    Activation(
        name="relu",
        title="ReLU",
        formula=r"f(z) = \max(0, z)",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } 0",
        note="Cheap, and gradients pass unweakened. A unit whose z is never positive is dead: nothing can wake it.",
        forward=_relu,
        derivative=_relu_derivative,
        kinked=True,
        dies=True,
    )
)


def _leaky_relu(z: Array, a: Array, s: Scratch, slope: float) -> None:
    np.multiply(z, slope, a)
    np.maximum(a, z, out=a)


def _leaky_relu_derivative(z: Array, a: Array, d: Array, s: Scratch, slope: float) -> None:
    np.greater(z, 0.0, d)
    np.multiply(d, 1.0 - slope, d)
    np.add(d, slope, d)


activations.add(
    Activation(
        name="leaky_relu",
        title="leaky ReLU",
        formula=r"f(z) = \max(\alpha z, z)",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } \alpha",
        note="A ReLU that cannot die: a small slope is left on the negative side.",
        forward=_leaky_relu,
        derivative=_leaky_relu_derivative,
        parameters=(Parameter("slope", 0.01, "slope for negative z", minimum=0.0, maximum=1.0),),
        kinked=True,
    )
)


def _prelu(z: Array, a: Array, s: Scratch, slope: Array) -> None:
    np.minimum(z, 0.0, out=a)
    np.multiply(a, slope, a)
    np.maximum(z, 0.0, out=s[0])
    np.add(a, s[0], a)


def _prelu_derivative(z: Array, a: Array, d: Array, s: Scratch, slope: Array) -> None:
    np.greater(z, 0.0, d)
    np.subtract(1.0, d, s[0])
    np.multiply(s[0], slope, s[0])
    np.add(d, s[0], d)


def _prelu_learned_gradient(z: Array, d_a: Array, s: Scratch, slope: Array) -> None:
    np.minimum(z, 0.0, out=s[0])
    np.multiply(s[0], d_a, s[0])


activations.add(
    Activation(
        name="prelu",
        title="PReLU",
        formula=r"f(z) = z \text{ if } z > 0,\; f(z) = \alpha z \text{ else}",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } \alpha",
        note="A leaky ReLU that learns its slope, one for each layer.",
        forward=_prelu,
        derivative=_prelu_derivative,
        learned=(Parameter("slope", 0.25, "slope for negative z"),),
        learned_gradient=_prelu_learned_gradient,
        kinked=True,
    )
)


def _elu(z: Array, a: Array, s: Scratch, alpha: float) -> None:
    np.minimum(z, 0.0, out=a)
    np.expm1(a, a)
    np.multiply(a, alpha, a)
    np.maximum(z, 0.0, out=s[0])
    np.add(a, s[0], a)


def _elu_derivative(z: Array, a: Array, d: Array, s: Scratch, alpha: float) -> None:
    np.minimum(z, 0.0, out=d)
    np.exp(d, d)
    np.multiply(d, alpha, d)
    np.greater(z, 0.0, s[0])
    np.multiply(s[0], 1.0 - alpha, s[0])
    np.add(d, s[0], d)


activations.add(
    Activation(
        name="elu",
        title="ELU",
        formula=r"f(z) = z \text{ if } z > 0,\; f(z) = \alpha (e^z - 1) \text{ else}",
        derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } a + \alpha",
        note="Like ReLU for positive z; smooth and bounded below, with a mean output closer to zero.",
        forward=_elu,
        derivative=_elu_derivative,
        parameters=(Parameter("alpha", 1.0, "depth below zero", minimum=0.0, maximum=10.0),),
        kinked=True,
    )
)


def _selu(z: Array, a: Array, s: Scratch) -> None:
    _elu(z, a, s, SELU_ALPHA)
    np.multiply(a, SELU_SCALE, a)


def _selu_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    _elu_derivative(z, a, d, s, SELU_ALPHA)
    np.multiply(d, SELU_SCALE, d)


activations.add(
    Activation(
        name="selu",
        title="SELU",
        formula=r"f(z) = \lambda z \text{ if } z > 0,\; f(z) = \lambda \alpha (e^z - 1) \text{ else}",
        derivative_formula=r"f'(z) = \lambda \text{ if } z > 0 \text{, else } a + \lambda \alpha",
        note="An ELU scaled by λ = 1.0507, α = 1.6733: deep stacks keep mean 0, variance 1. Start with lecun_normal.",
        forward=_selu,
        derivative=_selu_derivative,
        kinked=True,
    )
)


def softplus(z: Array, a: Array, s: Scratch) -> None:
    """a = log(1 + e^z) as max(z, 0) + log1p(e^-|z|), which never overflows."""
    np.abs(z, a)
    np.negative(a, a)
    np.exp(a, a)
    np.log1p(a, a)
    np.maximum(z, 0.0, out=s[0])
    np.add(a, s[0], a)


def _softplus_derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    sigmoid(z, d, s)


activations.add(
    Activation(
        name="softplus",
        title="softplus",
        formula=r"f(z) = \log(1 + e^z)",
        derivative_formula=r"f'(z) = \sigma(z)",
        note="A smooth ReLU; its derivative is the sigmoid.",
        forward=softplus,
        derivative=_softplus_derivative,
    )
)
