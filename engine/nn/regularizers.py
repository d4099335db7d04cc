"""Penalties on the weights, added to the loss: L2 as weight decay, L1 by soft threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.nn.registry import Array, Registry


@dataclass(frozen=True, kw_only=True)
class Regularizer:
    """A penalty R(W) on weights; biases and learned slopes are exempt.

    ``rate`` arrays broadcast against ``w`` (..., P) and are 0 wherever there is no weight; ``s`` is a scratch array
    like w. ``penalty(w, rate, s)`` returns the summed penalty (...,); ``gradient(w, rate, out)`` writes dR/dw. In
    training, a ``gradient`` penalty is added to the loss's gradient; a ``proximal`` one is instead applied after the
    step: ``proximal(w, threshold, s)`` shrinks ``w`` in place by ``threshold`` = learning rate x rate. Formula in TeX.
    """

    name: str
    title: str
    formula: str
    note: str
    penalty: Callable[[Array, Array, Array], Array]
    gradient: Callable[[Array, Array, Array], None]
    proximal: Callable[[Array, Array, Array], None] | None = None
    penalizes: bool = True


regularizers: Registry[Regularizer] = Registry("regularizer")


def _no_penalty(w: Array, rate: Array, s: Array) -> Array:
    return np.zeros(w.shape[:-1], w.dtype)


def _no_gradient(w: Array, rate: Array, out: Array) -> None:
    out.fill(0.0)


def _l1_penalty(w: Array, rate: Array, s: Array) -> Array:
    np.abs(w, s)
    np.multiply(s, rate, s)
    return np.add.reduce(s, axis=-1)  # type: ignore[no-any-return]


def _l1_gradient(w: Array, rate: Array, out: Array) -> None:
    np.sign(w, out)
    np.multiply(out, rate, out)


def soft_threshold(w: Array, threshold: Array, s: Array) -> None:
    """w <- sign(w) max(|w| - threshold, 0), as w minus w clipped to +-threshold: it reaches exactly zero."""
    np.minimum(w, threshold, out=s)
    np.negative(s, s)
    np.minimum(s, threshold, out=s)
    np.add(w, s, w)


def _l2_penalty(w: Array, rate: Array, s: Array) -> Array:
    np.multiply(w, w, s)
    np.multiply(s, rate, s)
    return 0.5 * np.add.reduce(s, axis=-1)  # type: ignore[no-any-return]


def _l2_gradient(w: Array, rate: Array, out: Array) -> None:
    np.multiply(w, rate, out)


regularizers.add(
    Regularizer(
        name="none",
        title="none",
        formula=r"R = 0",
        note="The loss alone.",
        penalty=_no_penalty,
        gradient=_no_gradient,
        penalizes=False,
    )
)
regularizers.add(
    Regularizer(
        name="l1",
        title="L1",
        formula=r"R = \lambda \sum |W|",
        note="Drives weak weights to exactly zero (soft threshold after each step; gentle beside Adam's larger steps).",
        penalty=_l1_penalty,
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
        penalty=_l2_penalty,
        gradient=_l2_gradient,
    )
)
