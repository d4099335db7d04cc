"""The health of every layer over the whole training set: gradients, weights, updates, dead and saturated units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.config import RunConfig
from engine.inspection.frozen_run import FrozenRun
from engine.nn.activations import Activation, activations
from engine.nn.arithmetic import PassValues
from engine.nn.network import Network
from engine.nn.registry import Array
from engine.numbers import sums
from engine.training.trainer import Trainer

BINS = 30


@dataclass(frozen=True)
class BinCounts:
    """``counts`` (bins,) between consecutive ``edges`` (bins + 1,)."""

    edges: Array
    counts: Array


@dataclass(frozen=True)
class LayerHistograms:
    """How the weights, their gradients (biases apart) and the outputs for all training points are distributed."""

    weights: BinCounts
    gradients: BinCounts
    outputs: BinCounts


@dataclass(frozen=True)
class LayerDiagnosis:
    """One layer: Euclidean norms of its gradient and weights (biases included) and of the next step over the weights'.

    A unit is dead when z <= 0 for every training point under an activation whose slope is 0 there; saturated when its
    output is outside the activation's ``saturation`` bounds for most of them. An output is saturated only where its
    loss leaves f'(z) in its gradient: with cross-entropy that is p - t, which does not shrink for an output near 0 or
    1.
    ``histograms`` are those of the present weights, None of earlier ones.
    """

    activation: str
    gradient_norm: float
    weight_norm: float
    update_ratio: float | None
    dead: list[int]
    saturated: list[int]
    units: int
    histograms: LayerHistograms | None = None


@dataclass(frozen=True)
class RecordedWeights:
    """A member at the end of an earlier epoch: its ``parameters`` (P,) and its settings at that time.

    ``config`` is None where that is not known; ``cut`` names the cut links as (layer, row, column).
    """

    parameters: Array
    config: RunConfig | None
    cut: Sequence[tuple[int, int, int]] = ()


def diagnose(trainer: Trainer, member: int = 0) -> list[LayerDiagnosis]:
    """Examine the present weights of a member, hidden layers first, the output layer last."""
    frozen = FrozenRun.of(trainer, member)
    p = frozen.passed(*frozen.examples(slice(0, frozen.train)))
    network = frozen.network
    return [
        replace(layer, histograms=LayerHistograms(_histogram(W[:, :-1]), _histogram(dW[:, :-1]), _histogram(A)))
        for layer, W, dW, A in zip(
            _health(frozen, p, frozen.update(trainer, member)), network.W, network.dW, p.A, strict=True
        )
    ]


def diagnose_recorded(
    trainer: Trainer, recorded: Mapping[int, RecordedWeights], member: int = 0
) -> Iterator[tuple[int, list[LayerDiagnosis]]]:
    """Examine earlier weights of a member, epoch by epoch, with the result that ``diagnose`` would have given.

    An update ratio is None where it depends on the optimizer's state, which is not recorded, or on unknown settings.
    """
    now = FrozenRun.of(trainer, member)
    for epoch, then in sorted(recorded.items()):
        np.copyto(now.network.w, then.parameters)
        frozen = replace(now, config=then.config or now.config, cut=_mask(now.network, then.cut))
        p = frozen.passed(*frozen.examples(slice(0, frozen.train)))
        yield epoch, _health(frozen, p, frozen.update_without_memory(epoch) if then.config else None)


def _mask(network: Network, cut: Sequence[tuple[int, int, int]]) -> Array | None:
    """(P,), 0 at cut links."""
    if not cut:
        return None
    mask = np.ones_like(network.w)
    layers = network.views_of(mask)
    for layer, row, column in cut:
        layers[layer][row, column] = 0.0
    return mask


def _health(frozen: FrozenRun, p: PassValues, change: Array | None) -> list[LayerDiagnosis]:
    """Every layer after a pass; ``change`` (P,) is that of the parameters by the next step, None if unknown."""
    network, pair = frozen.network, frozen.network.pair
    steps: Sequence[Array | None] = [None] * len(network.W) if change is None else network.views_of(change)
    names = [layer.activation.name for layer in network.hidden]
    entries = [*(layer.activation for layer in network.hidden), None if pair.fused else activations.get(pair.output)]
    return [
        _layer(*layer)
        for layer in zip([*names, pair.output], entries, network.W, network.dW, steps, p.Z, p.A, strict=True)
    ]


def _layer(
    name: str, entry: Activation | None, W: Array, dW: Array, step: Array | None, Z: Array, A: Array
) -> LayerDiagnosis:
    """``entry`` is the activation whose slope is in the layer's gradient, None if none is."""
    dead = np.flatnonzero((Z <= 0).all(axis=1)) if entry and entry.dies else np.array([], int)
    saturated = np.array([], int)
    if entry and entry.saturation:
        low, high = entry.saturation
        saturated = np.flatnonzero(((low > A) | (high < A)).mean(axis=1) > 0.5)
    weight_norm = _norm(W)
    return LayerDiagnosis(
        activation=name,
        gradient_norm=_norm(dW),
        weight_norm=weight_norm,
        update_ratio=_norm(step) / weight_norm if step is not None and weight_norm > 0 else None,
        dead=dead.tolist(),
        saturated=saturated.tolist(),
        units=len(A),
    )


def _norm(matrix: Array) -> float:
    return float(sums.norms(matrix.reshape(1, -1))[0])


def _histogram(values: Array) -> BinCounts:
    counts, edges = np.histogram(values, bins=BINS)
    return BinCounts(edges, counts)
