"""One forward and one backward pass, every quantity by its name in the articles, in float64:

Z = W A_prev + b     A = f(Z)     dZ = dA * f'(Z)     dW = dZ A_prev^T / m     db = mean of dZ     dA_prev = W^T dZ

Where outputs are dropped, A = f(Z) * D and dZ = dA * D * f'(Z) with the mask D.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.inspection.frozen_run import FrozenRun
from engine.nn.activations import activations
from engine.nn.arithmetic import PassValues
from engine.nn.registry import Array
from engine.numbers import sums
from engine.training.trainer import Trainer


@dataclass(frozen=True)
class LayerTrace:
    """One layer for m examples, one column each: matrices as the module's equations write them.

    ``dA`` and ``dZ`` are per example, not divided by m. ``dA`` of an output is None where it is infinite.
    ``slope`` is f'(Z), None for softmax, whose outputs depend on every Z of their layer.
    ``db``, ``b`` and their update are None without biases. ``update_W``, ``update_b``: what the next step would add.
    ``D`` is the dropout mask, None where nothing is dropped.
    """

    activation: str
    A_prev: Array
    W: Array
    b: Array | None
    Z: Array
    A: Array
    slope: Array | None
    dA: Array | None
    dZ: Array
    dW: Array
    db: Array | None
    dW_penalty: Array
    update_W: Array
    update_b: Array | None
    D: Array | None


@dataclass(frozen=True)
class TracedPass:
    """The layers of one pass, its mean ``loss`` over the m examples, their targets (K, m), and the penalty apart.

    ``examples`` (m,) are positions in ``trainer.data()``. ``loss_after`` is the loss of the same examples after the
    update, and ``predicted_change`` the change that the gradient predicts: the sum of update times gradient.
    """

    layers: list[LayerTrace]
    examples: Array
    targets: Array
    loss: float
    penalty: float
    learning_rate: float
    loss_after: float
    predicted_change: float


def trace(trainer: Trainer, points: slice, member: int = 0) -> TracedPass:
    """Trace the present weights of a member on some points of ``trainer.data()``; ValueError if there are none."""
    frozen = FrozenRun.of(trainer, member)
    x, t = frozen.examples(points)
    if x.shape[1] == 0:
        raise ValueError(f"no such points: choose them from 0 to {frozen.x.shape[1] - 1}")
    return _trace(trainer, frozen, np.arange(frozen.x.shape[1])[points], x, t, (), member)


def trace_next(trainer: Trainer, member: int = 0) -> TracedPass:
    """Trace the step that a member takes next: its mini-batch, with the outputs that dropout will drop."""
    frozen = FrozenRun.of(trainer, member)
    examples, moved, masks = trainer.upcoming(member)
    x = moved.astype(np.float64) if trainer.config.training.augmentation > 0 else frozen.x[:, examples]
    return _trace(trainer, frozen, examples, x, frozen.t[:, examples], masks, member)


def _trace(
    trainer: Trainer, frozen: FrozenRun, examples: Array, x: Array, t: Array, masks: Sequence[Array], member: int
) -> TracedPass:
    m, network = x.shape[1], frozen.network
    values = frozen.passed(x, t, masks)
    gradient = network.g.copy()
    step = frozen.update(trainer, member)
    change = network.views_of(step)
    penalty, terms = np.zeros_like(network.w), np.zeros_like(network.w)
    frozen.regularizer.gradient(network.w, frozen.rate, penalty)
    frozen.regularizer.terms(network.w, frozen.rate, terms)
    kept = None if frozen.cut is None else network.views_of(frozen.cut)
    dZs = [dZ * m for dZ in values.dZ]
    dAs = [*(dA * m for dA in values.dA), _output_dA(frozen, values.A[-1], t, dZs[-1])]
    slopes = [*values.slope, _output_slope(frozen, values)]
    of_dropout = iter(masks)
    Ds = [next(of_dropout) if layer.dropout and masks else None for layer in network.hidden]
    loss, loss_after = frozen.losses(np.array([network.w, network.w + step]), x, t, masks).tolist()
    names = [layer.activation.name for layer in network.hidden] + [frozen.config.output]
    biases = network.bias
    layers = [
        LayerTrace(
            activation=names[i],
            A_prev=values.inputs[i],
            W=W[:, :-1].copy(),
            b=W[:, -1].copy() if biases else None,
            Z=values.Z[i],
            A=A if D is None else A * D,
            slope=slopes[i],
            dA=dAs[i],
            dZ=dZs[i],
            dW=network.views_of(gradient)[i][:, :-1].copy(),
            db=network.views_of(gradient)[i][:, -1].copy() if biases else None,
            dW_penalty=network.views_of(penalty)[i][:, :-1] * (1.0 if kept is None else kept[i][:, :-1]),
            update_W=change[i][:, :-1].copy(),
            update_b=change[i][:, -1].copy() if biases else None,
            D=D,
        )
        for i, (W, A, D) in enumerate(zip(network.W, values.A, [*Ds, None], strict=True))
    ]
    return TracedPass(
        layers,
        examples,
        t,
        loss=loss,
        penalty=float(sums.total(terms[:, None])[0]),
        learning_rate=trainer.update_rule.learning_rates[member],
        loss_after=loss_after,
        predicted_change=sums.dot(gradient, step),
    )


def _output_slope(frozen: FrozenRun, values: PassValues) -> Array | None:
    """f'(Z) of the output, None for softmax."""
    output = activations.get(frozen.network.pair.output)
    if output is None:
        return None
    Z = values.Z[-1]
    slope, s = np.zeros_like(Z), (np.zeros_like(Z), np.zeros_like(Z))
    output.derivative(Z, values.A[-1], slope, s)
    return slope


def _output_dA(frozen: FrozenRun, P: Array, t: Array, dZ: Array) -> Array | None:
    """dL/dA at the output, per example; None where a probability of exactly 0 or 1 makes it infinite."""
    pair = frozen.network.pair
    if pair.output == "softmax":
        dA = np.divide(-t, P, out=np.full_like(P, np.inf), where=P > 0)
    elif pair.loss == "cross_entropy":
        slope = P * (1.0 - P)
        dA = np.divide(dZ, slope, out=np.full_like(P, np.inf), where=slope > 0)
    else:
        dA = (P - t) * (2.0 / P.shape[0] if pair.loss == "mse" else 1.0)
    return dA if np.isfinite(dA).all() else None
