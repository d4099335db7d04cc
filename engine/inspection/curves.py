"""The curve of an activation and of its slope, over the pre-activations that matter most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.nn.activations import Activation
from engine.nn.model import Model
from engine.nn.registry import Array

Z = np.linspace(-4.0, 4.0, 81)

Curve = dict[str, list[float]]


def curve(entry: Activation, parameters: Sequence[float]) -> Curve:
    """``z`` from -4 to 4, ``a`` = f(z) and ``derivative`` f'(z), under an entry's fixed parameters and learned ones."""
    numbers = [*parameters[: len(entry.parameters)], *map(np.array, parameters[len(entry.parameters) :])]
    a, d, s = np.zeros_like(Z), np.zeros_like(Z), (np.zeros_like(Z), np.zeros_like(Z))
    entry.forward(Z, a, s, *numbers)
    entry.derivative(Z, a, d, s, *numbers)
    return {"z": _figures(Z), "a": _figures(a), "derivative": _figures(d)}


def parameters_of(model: Model, layer: int) -> list[float]:
    """The parameters of a hidden layer's activation: the fixed ones, then the present values of the learned ones."""
    learned = model.network.learned[layer]
    return [*model.network.hidden[layer].parameters, *([] if learned is None else np.ravel(learned).tolist())]


def _figures(values: Array) -> list[float]:
    return list(values.round(4).tolist())
