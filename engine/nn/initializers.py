"""Initial weights: how each layer's W is drawn, and the initial value of b."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.nn.registry import Array, Registry
from engine.numbers.streams import Stream


@dataclass(frozen=True, kw_only=True)
class Initializer:
    """``draw(stream, n_out, n_in)`` returns W (n_out, n_in), float64; every bias starts at ``bias``. Formula in TeX."""

    name: str
    title: str
    formula: str
    note: str
    draw: Callable[[Stream, int, int], Array]
    bias: float = 0.0


initializers: Registry[Initializer] = Registry("initializer")


def _glorot_uniform(stream: Stream, n_out: int, n_in: int) -> Array:
    limit = math.sqrt(6.0 / (n_in + n_out))
    return stream.uniform(-limit, limit, (n_out, n_in))


def _normal(variance: Callable[[int, int], float]) -> Callable[[Stream, int, int], Array]:
    def draw(stream: Stream, n_out: int, n_in: int) -> Array:
        return stream.normal((n_out, n_in)) * math.sqrt(variance(n_out, n_in))

    return draw


initializers.add(
    Initializer(
        name="glorot_uniform",
        title="Glorot uniform",
        formula=r"W \sim U\left(\pm\sqrt{6 / (n_{in} + n_{out})}\right)",
        note="Keeps signals and gradients of one size through tanh and sigmoid layers (Glorot and Bengio 2010).",
        draw=_glorot_uniform,
    )
)
initializers.add(
    Initializer(
        name="glorot_normal",
        title="Glorot normal",
        formula=r"W \sim N\left(0, 2 / (n_{in} + n_{out})\right)",
        note="The same variance from a normal distribution.",
        draw=_normal(lambda n_out, n_in: 2.0 / (n_in + n_out)),
    )
)
initializers.add(
    Initializer(
        name="he_normal",
        title="He normal",
        formula=r"W \sim N(0, 2 / n_{in})",
        note="For ReLU and similar ones, which set half of their inputs to 0 (He et al. 2015).",
        draw=_normal(lambda n_out, n_in: 2.0 / n_in),
    )
)
initializers.add(
    Initializer(
        name="lecun_normal",
        title="LeCun normal",
        formula=r"W \sim N(0, 1 / n_{in})",
        note="For SELU (Klambauer et al. 2017).",
        draw=_normal(lambda n_out, n_in: 1.0 / n_in),
    )
)
initializers.add(
    Initializer(
        name="uniform",
        title="uniform",
        formula=r"W \sim U(\pm 0.5),\; b = 0.1",
        note="What the TensorFlow Playground does.",
        draw=lambda stream, n_out, n_in: stream.uniform(-0.5, 0.5, (n_out, n_in)),
        bias=0.1,
    )
)
initializers.add(
    Initializer(
        name="zeros",
        title="zeros",
        formula=r"W = 0",
        note="All units of a layer stay equal: the reason why initial weights are random.",
        draw=lambda stream, n_out, n_in: np.zeros((n_out, n_in)),
    )
)
