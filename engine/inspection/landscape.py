"""The training loss around the present weights, measured: exact for two free weights, a two-dimensional slice for more.

A slice is L(w + a d + b e). Random directions d, e are filter-normalised: each unit's weights have the length of that
unit's own, biases stay (Li et al. 2018, arXiv 1712.09913). PCA directions are those along which the run's path varies
most (principal components of w_t - w); only on them does the path lie in the slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.inspection.directions import coordinates, explained, filter_normalised, principal
from engine.inspection.frozen_run import FrozenRun
from engine.nn.arithmetic import STACK
from engine.nn.registry import Array
from engine.numbers import sums
from engine.pieces import Pieces, result_of
from engine.training.trainer import Trainer

EXACT, PCA, RANDOM = "exact", "pca", "random"
MARGIN = 1.2
"""How far beyond the path's furthest point the slice reaches."""


@dataclass(frozen=True)
class PathPlace:
    """Where the run was after ``epoch``: coordinates on the slice, and its true training loss."""

    epoch: int
    x: float
    y: float
    loss: float


@dataclass(frozen=True)
class MeasuredLandscape:
    """``loss`` (R, R), rows along ``y``; the present weights are in the middle.

    ``directions``: "exact" (the axes are the two free parameters themselves, by value), "pca" or "random" (distances).
    ``variance_explained``: the share of the path's variance that the slice shows. ``gradient``: the slope of the loss
    at the middle along both axes.
    """

    directions: str
    x: Array
    y: Array
    loss: Array
    path: list[PathPlace]
    variance_explained: float | None
    gradient: tuple[float, float]


def landscape(
    trainer: Trainer, resolution: int, directions: str, path: Mapping[int, Array], member: int = 0, seed: int = 0
) -> MeasuredLandscape:
    """Measure the loss around a member's present weights on ``resolution`` x ``resolution`` points (odd).

    ``path`` maps epochs to earlier parameters (P,) of the member; the present ones are its last point. ValueError if
    the resolution is even or the directions are unknown.
    """
    return result_of(landscape_pieces(trainer, resolution, directions, path, member, seed))


def landscape_pieces(
    trainer: Trainer, resolution: int, directions: str, path: Mapping[int, Array], member: int = 0, seed: int = 0
) -> Pieces[MeasuredLandscape]:
    """``landscape`` in pieces, of the trainer as it is at the first."""
    if resolution % 2 == 0 or resolution < 3:
        raise ValueError("resolution must be odd, so that the present weights are in the middle: 41, say")
    if directions not in (PCA, RANDOM):
        raise ValueError(f"unknown directions {directions!r}: choose one of {PCA}, {RANDOM}")
    frozen = FrozenRun.of(trainer, member)
    w = frozen.network.w.copy()
    epochs = [*sorted(e for e in path if e < trainer.epoch), trainer.epoch]
    points = np.array([*(np.asarray(path[e], np.float64) for e in epochs[:-1]), w])
    free = _free(frozen)
    exact = len(free) == 2
    moved = points - w
    if exact:
        basis = np.zeros((2, w.size))
        basis[[0, 1], free] = 1.0
    elif directions == PCA:
        basis = yield from principal(moved, _mask(frozen))
    else:
        basis = filter_normalised(frozen.network, _mask(frozen), seed)
    places = coordinates(moved, basis)
    reach = _reach(places, w, free) if exact or directions == PCA else 1.0
    side = np.arange(-(resolution // 2), resolution // 2 + 1) * (reach / (resolution // 2))
    weights = w + side[None, :, None] * basis[0] + side[:, None, None] * basis[1]
    losses = yield from _losses(frozen, weights.reshape(-1, w.size))
    path_losses = yield from _losses(frozen, points)
    frozen.passed(*frozen.examples(slice(0, frozen.train)))
    slope = [sums.dot(direction, frozen.network.g) for direction in basis]
    offset = w[free] if exact else np.zeros(2)
    return MeasuredLandscape(
        EXACT if exact else directions,
        side + offset[0],
        side + offset[1],
        losses.reshape(resolution, resolution),
        [
            PathPlace(epoch, float(at[0] + offset[0]), float(at[1] + offset[1]), float(loss))
            for epoch, at, loss in zip(epochs, places, path_losses, strict=True)
        ],
        explained(moved, places[:, :1] * basis[0] + places[:, 1:] * basis[1]),
        (slope[0], slope[1]),
    )


def _losses(frozen: FrozenRun, weights: Array) -> Pieces[Array]:
    """The mean training loss (n,) at many weights (n, P)."""
    passes = frozen.arithmetic.passes(frozen.network, *frozen.examples(slice(0, frozen.train)), ())
    losses = np.zeros(len(weights))
    for start in range(0, len(weights), STACK):
        losses[start : start + STACK] = passes.losses(weights[start : start + STACK])[0]
        yield
    return losses


def _mask(frozen: FrozenRun) -> Array:
    """1 for parameters that training moves, 0 for cut links and for biases of a network without."""
    mask = np.ones(frozen.network.w.size) if frozen.cut is None else frozen.cut.copy()
    if not frozen.network.bias:
        for W in frozen.network.views_of(mask):
            W[:, -1] = 0.0
    return mask


def _free(frozen: FrozenRun) -> Array:
    return np.flatnonzero(_mask(frozen))


def _reach(places: Array, w: Array, free: Array) -> float:
    """Far enough for the whole path; without one, as far as the weights are from zero."""
    furthest = float(np.abs(places).max(initial=0.0))
    if furthest == 0.0:
        furthest = float(np.abs(w[free]).max(initial=0.0)) or 1.0
    return MARGIN * furthest
