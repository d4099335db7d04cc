"""ReLU, f(z) = max(0, z)."""

from __future__ import annotations

import numpy as np

from engine.nn.activations.entry import Activation, Scratch
from engine.nn.registry import Array


def forward(z: Array, a: Array, s: Scratch) -> None:
    np.maximum(z, 0.0, out=a)


def derivative(z: Array, a: Array, d: Array, s: Scratch) -> None:
    np.sign(a, d)


activation = Activation(
    name="relu",
    title="ReLU",
    formula=r"f(z) = \max(0, z)",
    derivative_formula=r"f'(z) = 1 \text{ if } z > 0 \text{, else } 0",
    note="Cheap, and gradients pass unweakened. A unit whose z is never positive is dead: its gradient is 0.",
    forward=forward,
    derivative=derivative,
    kinked=True,
    dies=True,
)
