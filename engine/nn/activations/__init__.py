"""Activation functions A = f(Z) with their derivatives f'(Z), one file each; the registry lists them in menu order."""

from engine.nn.activations import (
    elu,
    gaussian,
    gelu,
    leaky_relu,
    linear,
    mish,
    prelu,
    relu,
    selu,
    sigmoid,
    silu,
    sine,
    softplus,
    tanh,
)
from engine.nn.activations.entry import Activation, Scratch, activations

__all__ = ["Activation", "Scratch", "activations"]

for _module in (
    sigmoid,
    tanh,
    gaussian,
    sine,
    linear,
    relu,
    leaky_relu,
    prelu,
    elu,
    selu,
    softplus,
    gelu,
    silu,
    mish,
):
    activations.add(_module.activation)
