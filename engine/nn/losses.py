"""Output layers with the loss each is trained on: P = f(Z), L(P, T), and the gradient at the output, d_Z.

A pair is one entry because its gradient is fused: for sigmoid or softmax with cross-entropy, d_Z = (P - T) / m.
Shapes: ``z``, ``p``, ``t``, ``d_z`` are (..., K, m): K outputs, one column an example. ``s`` is two scratch arrays of
that shape, ``row`` a scratch array (..., 1, m).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.nn.activations import Activation, Scratch, activations
from engine.nn.activations.sigmoid import forward as sigmoid
from engine.nn.registry import HALF, Array, Registry

CLASSIFICATION, REGRESSION, MULTILABEL = "classification", "regression", "multilabel"
TASKS = (CLASSIFICATION, REGRESSION, MULTILABEL)


@dataclass(frozen=True, kw_only=True)
class Named:
    """An output or a loss as the menus show it. Formulas are TeX."""

    name: str
    title: str
    formula: str


@dataclass(frozen=True, kw_only=True)
class Output(Named):
    """An output activation. ``bounds``: its least and greatest value, where there are both."""

    bounds: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True)
class OutputLoss:
    """One output activation together with one loss.

    ``predict(z, p, s, row)`` writes the outputs. ``example_losses(z, p, t, s, row, out)`` writes each example's loss
    into ``out`` (..., m). ``delta(z, t, d_z, s, row, scale)`` writes dL/dz times ``scale`` (1/m for the mean over a
    mini-batch), with ``t`` as returned by ``encode``. ``low`` and ``high`` code "is not" and "is" a class.
    """

    output: str
    loss: str
    tasks: tuple[str, ...]
    delta_formula: str
    predict: Callable[..., None]
    example_losses: Callable[..., None]
    delta: Callable[..., None]
    encode: Callable[[Array], Array] = lambda t: t
    low: float = 0.0
    high: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.output} with {self.loss}"

    title = name

    @property
    def fused(self) -> bool:
        """Whether f'(z) has cancelled out of dL/dz, so that an output at its bound learns as fast as its error asks."""
        return self.loss == "cross_entropy"


outputs: Registry[Output] = Registry("output")
losses: Registry[Named] = Registry("loss")
pairs: Registry[OutputLoss] = Registry("output and loss")


def sum_outputs(values: Array, out: Array) -> None:
    """Add the K rows of ``values`` (..., K, m) into ``out`` (..., m), in the same order for any number of axes."""
    np.copyto(out, values[..., 0, :])
    for k in range(1, values.shape[-2]):
        np.add(out, values[..., k, :], out)


def _sigmoid_predict(z: Array, p: Array, s: Scratch, row: Array) -> None:
    sigmoid(z, p, s)


def _sigmoid_cross_entropy(z: Array, p: Array, t: Array, s: Scratch, row: Array, out: Array) -> None:
    # -t log p - (1 - t) log(1 - p) = max(z, 0) - t z + log1p(e^-|z|): finite even where p is 0 or 1
    total, term = s
    np.abs(z, total)
    np.negative(total, total)
    np.exp(total, total)
    np.log1p(total, total)
    np.maximum(z, 0.0, out=term)
    np.add(total, term, total)
    np.multiply(z, t, term)
    np.subtract(total, term, total)
    sum_outputs(total, out)


def _sigmoid_cross_entropy_delta(z: Array, t: Array, d_z: Array, s: Scratch, row: Array, scale: float) -> None:
    # p - t = (tanh(z / 2) + (1 - 2 t)) / 2, and t arrives as 1 - 2 t: two calls fewer than through p
    np.multiply(z, HALF[z.itemsize], d_z)
    np.tanh(d_z, d_z)
    np.add(d_z, t, d_z)
    np.multiply(d_z, 0.5 * scale, d_z)


def _softmax_predict(z: Array, p: Array, s: Scratch, row: Array) -> None:
    np.maximum.reduce(z, axis=-2, out=row, keepdims=True)
    np.subtract(z, row, p)
    np.exp(p, p)
    sum_outputs(p, row[..., 0, :])
    np.divide(p, row, p)


def _softmax_cross_entropy(z: Array, p: Array, t: Array, s: Scratch, row: Array, out: Array) -> None:
    # -sum t log p = log sum e^(z - max) + max - sum t z: finite even where p is 0
    shifted, term = s
    np.maximum.reduce(z, axis=-2, out=row, keepdims=True)
    np.subtract(z, row, shifted)
    np.multiply(shifted, t, term)
    np.exp(shifted, shifted)
    sum_outputs(shifted, out)
    np.log(out, out)
    sum_outputs(term, row[..., 0, :])
    np.subtract(out, row[..., 0, :], out)


def _softmax_cross_entropy_delta(z: Array, t: Array, d_z: Array, s: Scratch, row: Array, scale: float) -> None:
    _softmax_predict(z, d_z, s, row)
    np.subtract(d_z, t, d_z)
    np.multiply(d_z, scale, d_z)


def _predict_with(activation: Activation) -> Callable[..., None]:
    def predict(z: Array, p: Array, s: Scratch, row: Array) -> None:
        activation.forward(z, p, s)

    return predict


def _squared(mean_over_outputs: bool) -> Callable[..., None]:
    def example_losses(z: Array, p: Array, t: Array, s: Scratch, row: Array, out: Array) -> None:
        np.subtract(p, t, s[0])
        np.multiply(s[0], s[0], s[0])
        sum_outputs(s[0], out)
        np.multiply(out, 1.0 / z.shape[-2] if mean_over_outputs else 0.5, out)

    return example_losses


def _squared_delta(activation: Activation, mean_over_outputs: bool) -> Callable[..., None]:
    linear = activation.name == "linear"

    def delta(z: Array, t: Array, d_z: Array, s: Scratch, row: Array, scale: float) -> None:
        factor = scale * 2.0 / z.shape[-2] if mean_over_outputs else scale
        if linear:  # f'(z) = 1: p is z and nothing is left to multiply
            np.subtract(z, t, d_z)
        else:
            p, slope = s
            activation.forward(z, p, s)
            activation.derivative(z, p, slope, s)
            np.subtract(p, t, d_z)
            np.multiply(d_z, slope, d_z)
        np.multiply(d_z, factor, d_z)

    return delta


outputs.add(Output(name="sigmoid", title="sigmoid", formula=r"P = \sigma(Z)", bounds=activations["sigmoid"].bounds))
outputs.add(
    Output(name="softmax", title="softmax", formula=r"P_k = e^{Z_k} / \textstyle\sum_j e^{Z_j}", bounds=(0.0, 1.0))
)
outputs.add(Output(name="linear", title="linear", formula=r"P = Z", bounds=None))
outputs.add(Output(name="tanh", title="tanh", formula=r"P = \tanh(Z)", bounds=activations["tanh"].bounds))
losses.add(
    Named(
        name="cross_entropy",
        title="cross-entropy",
        formula=r"L = -\frac{1}{m} \sum_i \left(t_i \log p_i + (1 - t_i) \log(1 - p_i)\right)",
    )
)
losses.add(Named(name="mse", title="mean squared error", formula=r"L = \frac{1}{mK} \sum_i \sum_k (p_{ki} - t_{ki})^2"))
losses.add(
    Named(
        name="half_squared_error",
        title="half squared error",
        formula=r"L = \frac{1}{m} \sum_i \frac{1}{2} \sum_k (p_{ki} - t_{ki})^2",
    )
)
pairs.add(
    OutputLoss(
        output="sigmoid",
        loss="cross_entropy",
        tasks=(CLASSIFICATION, MULTILABEL),
        delta_formula=r"dZ = P - T",
        predict=_sigmoid_predict,
        example_losses=_sigmoid_cross_entropy,
        delta=_sigmoid_cross_entropy_delta,
        encode=lambda t: 1.0 - 2.0 * t,
    )
)
pairs.add(
    OutputLoss(
        output="softmax",
        loss="cross_entropy",
        tasks=(CLASSIFICATION,),
        delta_formula=r"dZ = P - T",
        predict=_softmax_predict,
        example_losses=_softmax_cross_entropy,
        delta=_softmax_cross_entropy_delta,
    )
)
for _output, _tasks, _low in (
    ("sigmoid", TASKS, 0.0),
    ("linear", (REGRESSION,), 0.0),
    ("tanh", (CLASSIFICATION, REGRESSION), -1.0),
):
    for _loss, _mean, _formula in (
        ("mse", True, r"dZ = \frac{2}{K} (P - T) \odot f'(Z)"),
        ("half_squared_error", False, r"dZ = (P - T) \odot f'(Z)"),
    ):
        pairs.add(
            OutputLoss(
                output=_output,
                loss=_loss,
                tasks=_tasks,
                delta_formula=_formula,
                predict=_predict_with(activations[_output]),
                example_losses=_squared(_mean),
                delta=_squared_delta(activations[_output], _mean),
                low=_low,
            )
        )


def pair_of(output: str, loss: str) -> OutputLoss:
    """The entry for an output and a loss; KeyError names the pairs that exist."""
    return pairs[f"{output} with {loss}"]


def automatic_output(task: str, classes: int) -> str:
    """What "auto" means for an output: sigmoid for two classes or labels, softmax for more, linear for regression."""
    if task == REGRESSION:
        return "linear"
    return "softmax" if task == CLASSIFICATION and classes > 2 else "sigmoid"


def automatic_loss(task: str, output: str) -> str:
    """What "auto" means for a loss: cross-entropy where the output is a probability, squared error elsewhere."""
    return "cross_entropy" if task != REGRESSION and output in ("sigmoid", "softmax") else "mse"
