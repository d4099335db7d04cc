"""Penalties on the weights, added to the loss: L2 as weight decay, L1 by soft threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.nn.registry import HALF, Array, Registry


@dataclass(frozen=True, kw_only=True)
class Regularizer:
    """A penalty R(W) on weights; biases and learned slopes are exempt.

    ``rate`` arrays broadcast against ``w`` (..., P) and are 0 wherever there is no weight; ``s`` is a scratch array
    like w. ``terms(w, rate, out)`` writes each parameter's share of R, ``gradient(w, rate, out)`` dR/dw. In
    training, a ``gradient`` penalty is added to the loss's gradient; a ``proximal`` one is instead applied after the
    step: ``proximal(w, threshold, s)`` shrinks ``w`` in place by ``threshold`` = learning rate x rate. Formula in TeX.
    """

    name: str
    title: str
    formula: str
    note: str
    terms: Callable[[Array, Array, Array], None]
    gradient: Callable[[Array, Array, Array], None]
    proximal: Callable[[Array, Array, Array], None] | None = None
    penalizes: bool = True


regularizers: Registry[Regularizer] = Registry("regularizer")


def _nothing(w: Array, rate: Array, out: Array) -> None:
    out.fill(0.0)


def _l1_terms(w: Array, rate: Array, out: Array) -> None:
    np.abs(w, out)
    np.multiply(out, rate, out)


def _l1_gradient(w: Array, rate: Array, out: Array) -> None:
    np.sign(w, out)
    np.multiply(out, rate, out)


def soft_threshold(w: Array, threshold: Array, s: Array) -> None:
    """w <- sign(w) max(|w| - threshold, 0), as w minus w clipped to +-threshold: it reaches exactly zero."""
    np.minimum(w, threshold, out=s)
    np.negative(s, s)
    np.minimum(s, threshold, out=s)
    np.add(w, s, w)


def _l2_terms(w: Array, rate: Array, out: Array) -> None:
    np.multiply(w, w, out)
    np.multiply(out, rate, out)
    np.multiply(out, HALF[out.itemsize], out)


def _l2_gradient(w: Array, rate: Array, out: Array) -> None:
    np.multiply(w, rate, out)


regularizers.add(
    Regularizer(
        name="none",
        title="none",
        formula=r"R = 0",
        note="The loss alone.",
        terms=_nothing,
        gradient=_nothing,
        penalizes=False,
    )
)
regularizers.add(
    Regularizer(
        name="l1",
        title="L1",
        formula=r"R = \lambda \sum |W|",
        note="Drives weak weights to exactly zero (soft threshold after each step; gentle beside Adam's larger steps).",
        terms=_l1_terms,
        gradient=_l1_gradient,
        proximal=soft_threshold,
    )
)
regularizers.add(
    Regularizer(
        name="l2",
        title="L2",
        formula=r"R = \frac{\lambda}{2} \sum W^2",
        note="Pulls every weight towards zero in proportion to its size: smoother boundaries.",
        terms=_l2_terms,
        gradient=_l2_gradient,
    )
)
