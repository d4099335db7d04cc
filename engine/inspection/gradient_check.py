"""The gradient check: every derivative of the backward pass against a finite difference of the loss.

    D(h) = (L(w + h) - L(w - h)) / 2h, in float64
    n = (4 D(h/2) - D(h)) / 3, error |a - n| / max(|a|, |n|, 1e-4)

Richardson's extrapolation n cancels the term in h^2: on trained networks, the error of D alone exceeds the limit for
correct gradients. A large step has the smallest rounding error, a small one crosses fewer kinks and follows sharper
bends: each parameter takes the first of three steps at which no unit crosses the kink of its activation, nor the
parameter itself that of an L1 penalty, and at which D(h) and D(h/2) nearly agree. Where there is none, the parameter
is skipped and counted. So is one whose error is within what rounding does to the quotient, as in a run that has
diverged: the loss is known to eps (|L| + sum of |w a|), since each weight is known to eps |w|.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.inspection.frozen_run import FrozenRun
from engine.kernel import NUMPY
from engine.nn.arithmetic import STACK, Arithmetic, Passes, arithmetics
from engine.nn.network import Network
from engine.nn.registry import Array
from engine.nn.regularizers import Regularizer
from engine.numbers import sums
from engine.pieces import Pieces, result_of
from engine.training.trainer import Trainer

FLOOR = 1e-4
LIMIT = 1e-6
"""Correct gradients are within it: measured by ``python -m benchmarks.gradients``."""
STEPS = (1e-3, 1e-4, 1e-5)
BEND = 10 * LIMIT
"""D(h) and D(h/2) may differ by this share: the extrapolation leaves less than a tenth of it."""
PASSES = 4 * len(STEPS)
"""Forward passes of all examples for one parameter, at most."""
ROUNDING = 10 * float(np.finfo(np.float64).eps)
"""Of a loss and its extrapolated differences: three times what a loss has, a sum that is itself off by some eps."""


@dataclass(frozen=True)
class LossSetting:
    """What the loss is a function of, besides the weights.

    ``x`` (n + 1, m) inputs, ``t`` (K, m) targets, ``masks`` one dropout mask (n, m) for each hidden layer that has
    dropout (none: dropout off), ``regularizer`` with ``rate`` (P,); ``arithmetic`` computes it.
    """

    x: Array
    t: Array
    regularizer: Regularizer
    rate: Array
    masks: Sequence[Array] = ()
    arithmetic: Arithmetic = arithmetics[NUMPY]

    def passes(self, network: Network) -> Passes:
        """Passes of ``network`` over the examples."""
        return self.arithmetic.passes(network, self.x, self.t, self.masks)


@dataclass(frozen=True)
class GradientCheckResult:
    """``analytic``, ``numeric``, ``errors`` (P,) in the network's order; ``skipped`` (P,) is True across a kink."""

    analytic: Array
    numeric: Array
    skipped: Array

    @property
    def errors(self) -> Array:
        return np.where(self.skipped, 0.0, np.abs(self.analytic - self.numeric) / _scale(self.analytic, self.numeric))

    @property
    def max_relative_error(self) -> float:
        return float(self.errors.max(initial=0.0))


def gradient_check(trainer: Trainer, member: int = 0) -> tuple[GradientCheckResult, Network]:
    """Check the present weights of one member over its whole training set, dropout off, penalty included.

    Returns the check with the float64 copy of the network that it was made on.
    """
    return result_of(gradient_check_pieces(trainer, member))


def gradient_check_pieces(trainer: Trainer, member: int = 0) -> Pieces[tuple[GradientCheckResult, Network]]:
    """``gradient_check`` in pieces, of the trainer as it is at the first."""
    frozen = FrozenRun.of(trainer, member)
    x, t = frozen.examples(slice(0, frozen.train))
    problem = LossSetting(x, t, frozen.regularizer, frozen.rate, arithmetic=frozen.arithmetic)
    result = yield from _check_pieces(frozen.network, problem)
    return result, frozen.network


def check(network: Network, problem: LossSetting) -> GradientCheckResult:
    """The backward pass of one float64 network against finite differences."""
    return result_of(_check_pieces(network, problem))


def _check_pieces(network: Network, problem: LossSetting) -> Pieces[GradientCheckResult]:
    analytic = analytic_gradient(network, problem)
    numeric, skipped, rounding = yield from numeric_gradient_pieces(network, problem, analytic)
    difference = np.abs(analytic - numeric)
    agree = difference < LIMIT * _scale(analytic, numeric)
    skipped |= ~agree & ~(difference > rounding)
    return GradientCheckResult(analytic, np.where(skipped, 0.0, numeric), skipped)


def _scale(analytic: Array, numeric: Array) -> Array:
    """What an error is relative to."""
    return np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), FLOOR)


def analytic_gradient(network: Network, problem: LossSetting) -> Array:
    """Gradient of mean loss and penalty by the backward pass, a copy like ``network.w``: (P,) or (M, P)."""
    penalty = np.zeros_like(network.w)
    problem.regularizer.gradient(network.w, problem.rate, penalty)
    return problem.passes(network).gradient() + penalty


def numeric_gradient_pieces(
    network: Network, problem: LossSetting, analytic: Array
) -> Pieces[tuple[Array, Array, Array]]:
    """Extrapolated differences (P,) of one network, which parameters (P,) have none, and the rounding error of each.

    ``analytic`` (P,) is used only to estimate how the rounding of each weight affects the loss.
    """
    size = network.w.size
    differences = _Differences(network, problem)
    with np.errstate(all="ignore"):
        of_weights = sums.dot(np.abs(network.w), np.abs(analytic))
    numeric, skipped, rounding = np.zeros(size), np.ones(size, bool), np.zeros(size)
    for step in STEPS:
        left = np.flatnonzero(skipped)
        for start in range(0, left.size, STACK):
            moved = left[start : start + STACK]
            with np.errstate(all="ignore"):  # losses beyond float64 are not measured: their parameters are skipped
                numeric[moved], skipped[moved], losses = differences.extrapolated(moved, step)
                rounding[moved] = ROUNDING * (losses + of_weights) / step
            yield
    return numeric, skipped, rounding


class _Differences:
    """Difference quotients at the weights of a network, up to ``STACK`` parameters at once."""

    def __init__(self, network: Network, problem: LossSetting) -> None:
        self._w, self._problem, self._passes = network.w.copy(), problem, problem.passes(network)
        _, self._sides = self._passes.losses(self._w[None], sides=True)

    def extrapolated(self, moved: Array, h: float) -> tuple[Array, Array, Array]:
        """Richardson's extrapolation for some parameters, which of them have none, and their larger losses."""
        whole, crossed_whole, losses = self._central(moved, h)
        half, crossed_half, _ = self._central(moved, h / 2)
        # Apart for loss and penalty: a huge penalty would hide a loss that turns many times within the step.
        bent = ~(np.abs(half - whole) <= BEND * _scale(half, whole)).all(axis=0)
        return ((4 * half - whole) / 3).sum(axis=0), crossed_whole | crossed_half | bent, losses

    def _central(self, moved: Array, h: float) -> tuple[Array, Array, Array]:
        """Quotients (2, m) of loss and penalty for +-h, which parameters (m,) crossed a kink, and the larger loss."""
        problem = self._problem
        rows = np.arange(moved.size)
        crossed = np.zeros(moved.size, bool)
        if problem.regularizer.proximal is not None:  # |w| has a kink of its own
            w = self._w[moved]
            crossed |= (np.abs(w) <= h) & (w != 0) & (problem.rate[moved] > 0)
        losses = []
        for change in (h, -h):
            weights = np.tile(self._w, (moved.size, 1))
            weights[rows, moved] += change
            loss, sides = self._passes.losses(weights, sides=True)
            losses.append(np.stack([loss, _penalties(problem, weights)]))
            for side, before in zip(sides, self._sides, strict=True):
                crossed |= (side != before).any(axis=(1, 2))
        return (losses[0] - losses[1]) / (2 * h), crossed, np.maximum(*losses).sum(axis=0)


def _penalties(problem: LossSetting, weights: Array) -> Array:
    """The penalty (n,) at each of ``weights`` (n, P)."""
    terms = np.empty_like(weights)
    problem.regularizer.terms(weights, problem.rate, terms)
    return sums.total(terms.T)
