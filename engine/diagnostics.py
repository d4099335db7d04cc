"""The health of every layer over the whole training set: gradients, weights, updates, dead and saturated units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.activations import Activation, activations
from engine.registry import Array
from engine.study import Study
from engine.trainer import Trainer

BINS = 30


@dataclass(frozen=True)
class Histogram:
    """``counts`` (bins,) between consecutive ``edges`` (bins + 1,)."""

    edges: Array
    counts: Array


@dataclass(frozen=True)
class LayerHealth:
    """One layer: Euclidean norms of its gradient and weights (biases included) and of the next step over the weights'.

    A unit is dead when z <= 0 for every training point under an activation whose slope is 0 there; saturated when its
    output is outside the activation's ``saturation`` bounds for most of them.
    """

    activation: str
    gradient_norm: float
    weight_norm: float
    update_ratio: float | None
    dead: list[int]
    saturated: list[int]
    units: int
    weights: Histogram
    gradients: Histogram
    outputs: Histogram


def diagnose(trainer: Trainer, member: int = 0) -> list[LayerHealth]:
    """Examine the present weights of a member, hidden layers first, the output layer last."""
    study = Study.of(trainer, member)
    network = study.network
    p = study.passed(*study.examples(slice(0, study.train)))
    change = network.views_of(study.update(trainer, member))
    outputs = [*p.hidden_A, p.P]
    Zs = [*p.hidden_Z, p.Z_out]
    entries = [layer.activation for layer in network.hidden] + [activations.get(study.config.output)]
    return [
        _layer(entry, W, dW, step, Z, A, entry.name if entry else study.config.output)
        for entry, W, dW, step, Z, A in zip(entries, network.W, network.dW, change, Zs, outputs, strict=True)
    ]


def _layer(entry: Activation | None, W: Array, dW: Array, step: Array, Z: Array, A: Array, name: str) -> LayerHealth:
    dead = np.flatnonzero((Z <= 0).all(axis=1)) if entry and entry.dies else np.array([], int)
    saturated = np.array([], int)
    if entry and entry.saturation:
        low, high = entry.saturation
        saturated = np.flatnonzero(((low > A) | (high < A)).mean(axis=1) > 0.5)
    weight_norm = float(np.linalg.norm(W))
    return LayerHealth(
        activation=name,
        gradient_norm=float(np.linalg.norm(dW)),
        weight_norm=weight_norm,
        update_ratio=float(np.linalg.norm(step)) / weight_norm if weight_norm > 0 else None,
        dead=dead.tolist(),
        saturated=saturated.tolist(),
        units=len(A),
        weights=_histogram(W[:, :-1]),
        gradients=_histogram(dW[:, :-1]),
        outputs=_histogram(A),
    )


def _histogram(values: Array) -> Histogram:
    counts, edges = np.histogram(values, bins=BINS)
    return Histogram(edges, counts)
