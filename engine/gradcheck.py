"""The gradient check: every derivative of the backward pass against a central difference of the loss.

    (L(w + h) - L(w - h)) / 2h, in float64; error |a - n| / max(|a|, |n|, 1e-4)

A parameter whose +-h carries any unit across the kink of its activation, or itself across that of an L1 penalty, is
skipped and counted: there the difference quotient measures the kink, not the gradient. So is one whose difference is
lost in rounding, as in a run that has blown up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.network import Network, Pass
from engine.registry import Array
from engine.regularizers import Regularizer
from engine.study import Study
from engine.trainer import Trainer

STEP = 1e-5
FLOOR = 1e-4
LIMIT = 1e-6
"""The largest error of a right gradient (measured on 24 healthy nets: at most 1.7e-7)."""
ROUNDING = float(np.finfo(np.float64).eps)
STACK = 64
"""Perturbed networks evaluated in lockstep."""


@dataclass(frozen=True)
class Problem:
    """What the loss is a function of, besides the weights.

    ``x`` (n + 1, m) inputs, ``t`` (K, m) targets, ``masks`` one dropout mask (n, m) for each hidden layer that has
    dropout (none: dropout off), ``regularizer`` with ``rate`` (P,).
    """

    x: Array
    t: Array
    regularizer: Regularizer
    rate: Array
    masks: Sequence[Array] = ()


@dataclass(frozen=True)
class GradientCheck:
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


def gradient_check(trainer: Trainer, member: int = 0) -> tuple[GradientCheck, Network]:
    """Check the present weights of one member over its whole training set, dropout off, penalty included.

    Returns the check with the float64 copy of the network that it was made on.
    """
    study = Study.of(trainer, member)
    x, t = study.examples(slice(0, study.train))
    return check(study.network, Problem(x, t, study.regularizer, study.rate)), study.network


def check(network: Network, problem: Problem) -> GradientCheck:
    """The backward pass of one float64 network against central differences."""
    numeric, skipped, rounding = numeric_gradient(network, problem)
    analytic = analytic_gradient(network, problem)
    difference = np.abs(analytic - numeric)
    agree = difference < LIMIT * _scale(analytic, numeric)
    skipped |= ~agree & ~(difference > rounding)
    return GradientCheck(analytic, np.where(skipped, 0.0, numeric), skipped)


def _scale(analytic: Array, numeric: Array) -> Array:
    """What an error is relative to."""
    return np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), FLOOR)


def analytic_gradient(network: Network, problem: Problem) -> Array:
    """Gradient of mean loss and penalty by ``Network.backward``, a copy like ``network.w``: (P,) or (M, P)."""
    p = _pass(network, problem)
    network.forward(p, problem.x)
    network.backward(p, problem.x.T, network.pair.encode(problem.t), 1.0 / problem.x.shape[1])
    penalty = np.zeros_like(network.w)
    problem.regularizer.gradient(network.w, problem.rate, penalty)
    return network.g + penalty


def numeric_gradient(network: Network, problem: Problem) -> tuple[Array, Array, Array]:
    """Central differences (P,) for one network, which parameters (P,) crossed a kink, and the rounding error of each.

    Beside a huge loss or weight a difference within its rounding error proves nothing either.
    """
    size = network.w.size
    stack = Network(
        network.sizes[0],
        network.hidden,
        network.sizes[-1],
        network.pair,
        bias=network.bias,
        members=STACK,
        dtype=np.float64,
    )
    p = _pass(stack, problem)
    base_signs = _signs(stack, p, problem, network.w)
    numeric, skipped, rounding = np.zeros(size), np.zeros(size, bool), np.zeros(size)
    if problem.regularizer.proximal is not None:  # |w| has a kink of its own
        skipped |= (np.abs(network.w) <= STEP) & (network.w != 0) & (problem.rate > 0)
    for start in range(0, size, STACK):
        moved = np.arange(start, min(start + STACK, size))
        rows = moved - start
        losses = []
        for step in (STEP, -STEP):
            stack.w[...] = network.w
            stack.w[rows, moved] += step
            losses.append(_losses(stack, p, problem)[rows])
            for Z, signs in zip(_kinked(stack, p), base_signs, strict=True):
                skipped[moved] |= ((Z > 0) != signs).any(axis=(1, 2))[rows]
        with np.errstate(all="ignore"):  # losses past float64 are no measurement, and skipped as such
            numeric[moved] = (losses[0] - losses[1]) / (2 * STEP)
            rounding[moved] = ROUNDING * np.maximum(np.abs(losses[0]), np.abs(losses[1])) / STEP
    # Beside a large weight the step itself is rounded.
    rounding += ROUNDING * np.abs(network.w) / STEP * np.abs(numeric)
    return numeric, skipped, rounding


def _pass(network: Network, problem: Problem) -> Pass:
    p = Pass(network, problem.x.shape[1], training=bool(problem.masks))
    for dropout, mask in zip(p.dropouts, problem.masks, strict=True):
        dropout.mask[...] = mask
    return p


def _losses(stack: Network, p: Pass, problem: Problem) -> Array:
    """Mean loss and penalty of every network in the stack."""
    stack.predict(p, problem.x)
    examples = np.zeros((*stack.lead, p.width))
    stack.pair.example_losses(p.Z_out, p.P, problem.t, p.s_out, p.row, examples)
    penalty: Any = problem.regularizer.penalty(stack.w, problem.rate, np.zeros_like(stack.w))
    return examples.mean(axis=-1) + penalty  # type: ignore[no-any-return]


def _kinked(stack: Network, p: Pass) -> list[Array]:
    return [Z for Z, layer in zip(p.hidden_Z, stack.hidden, strict=True) if layer.activation.kinked]


def _signs(stack: Network, p: Pass, problem: Problem, w: Array) -> list[Array]:
    stack.w[...] = w
    _losses(stack, p, problem)
    return [(Z[:1] > 0).copy() for Z in _kinked(stack, p)]
