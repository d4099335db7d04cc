"""Optimizers: how a gradient g becomes a change of the parameters w. All are in place and element by element.

Shapes: ``w``, ``g``, the scratch ``s`` and every slot are (P,) for one network and (M, P) for M in lockstep;
coefficients are numbers, or (M, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.nn.registry import Array, Parameter, Registry

Coefficients = tuple[Any, ...]

# Far below it, float32 would round epsilon to 0, and a gradient of 0 over a mean of 0 would be NaN.
SMALLEST_EPSILON = 1e-16


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """One optimizer.

    ``coefficients(learning_rate, *parameters, *powers)`` returns the numbers of a step, where ``powers`` names
    parameters whose t-th power the t-th step needs (Adam's bias correction). ``update(w, g, s, slots, *coefficients)``
    takes the step and leaves ``g`` as it is. ``slots`` are its running arrays, zero at the start. ``decay``: the share
    of each weight (biases apart) taken off before the step. ``learning_rate`` is a good start. Formula in TeX.
    """

    name: str
    title: str
    formula: str
    note: str
    learning_rate: float
    coefficients: Callable[..., Coefficients]
    update: Callable[..., None]
    slots: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    powers: tuple[str, ...] = ()
    decay: Callable[..., Any] | None = None


optimizers: Registry[Optimizer] = Registry("optimizer")

Slots = Sequence[Array]


def _sgd(w: Array, g: Array, s: Array, slots: Slots, rate: Any) -> None:
    np.multiply(g, rate, s)
    np.subtract(w, s, w)


def _momentum(w: Array, g: Array, s: Array, slots: Slots, rate: Any, momentum: Any) -> None:
    (velocity,) = slots
    np.multiply(velocity, momentum, velocity)
    np.add(velocity, g, velocity)
    np.multiply(velocity, rate, s)
    np.subtract(w, s, w)


def _nesterov(w: Array, g: Array, s: Array, slots: Slots, rate: Any, momentum: Any) -> None:
    (velocity,) = slots
    np.multiply(velocity, momentum, velocity)
    np.add(velocity, g, velocity)
    np.multiply(velocity, momentum, s)
    np.add(s, g, s)
    np.multiply(s, rate, s)
    np.subtract(w, s, w)


def _scaled_step(w: Array, g: Array, s: Array, squares: Array, rate: Any, epsilon: Any) -> None:
    """w -= rate * g / (sqrt(squares) + epsilon)."""
    np.sqrt(squares, s)
    np.add(s, epsilon, s)
    np.divide(g, s, s)
    np.multiply(s, rate, s)
    np.subtract(w, s, w)


def _adagrad(w: Array, g: Array, s: Array, slots: Slots, rate: Any, epsilon: Any) -> None:
    (squares,) = slots
    np.multiply(g, g, s)
    np.add(squares, s, squares)
    _scaled_step(w, g, s, squares, rate, epsilon)


def _rmsprop(w: Array, g: Array, s: Array, slots: Slots, rate: Any, rho: Any, rest: Any, epsilon: Any) -> None:
    (squares,) = slots
    np.multiply(g, g, s)
    np.multiply(s, rest, s)
    np.multiply(squares, rho, squares)
    np.add(squares, s, squares)
    _scaled_step(w, g, s, squares, rate, epsilon)


def _adam(w: Array, g: Array, s: Array, slots: Slots, rate: Any, beta1: Any, beta2: Any, epsilon: Any) -> None:
    # The slots hold m / (1 - beta1) and v / (1 - beta2): two calls fewer, the factors are in rate and epsilon.
    mean, squares = slots
    np.multiply(mean, beta1, mean)
    np.add(mean, g, mean)
    np.multiply(g, g, s)
    np.multiply(squares, beta2, squares)
    np.add(squares, s, squares)
    _scaled_step(w, mean, s, squares, rate, epsilon)


def _adam_coefficients(rate: Any, beta1: Any, beta2: Any, epsilon: Any, power1: Any, power2: Any) -> Coefficients:
    # m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) in terms of the slots' scaled sums
    ratio = (1.0 - beta2) / (1.0 - power2)
    root = np.sqrt(ratio) if isinstance(ratio, np.ndarray) else math.sqrt(ratio)
    return rate * (1.0 - beta1) / (1.0 - power1) / root, beta1, beta2, epsilon / root


def _between(name: str, default: float, title: str) -> Parameter:
    return Parameter(name, default, title, minimum=0.0, below=1.0)


_MOMENTUM = _between("momentum", 0.9, "momentum")
_ADAM = (
    _between("beta1", 0.9, "decay of the mean"),
    _between("beta2", 0.999, "decay of the squares"),
    Parameter("epsilon", 1e-8, "epsilon", minimum=SMALLEST_EPSILON, maximum=1.0),
)

optimizers.add(
    Optimizer(
        name="sgd",
        title="SGD",
        formula=r"w \leftarrow w - \eta\, g",
        note="The articles' gradient descent: one step downhill for each mini-batch.",
        learning_rate=0.03,
        coefficients=lambda rate: (rate,),
        update=_sgd,
    )
)
optimizers.add(
    Optimizer(
        name="momentum",
        title="momentum",
        formula=r"v \leftarrow \mu v + g,\; w \leftarrow w - \eta\, v",
        note="Continues in the direction of past gradients.",
        learning_rate=0.01,
        coefficients=lambda rate, momentum: (rate, momentum),
        update=_momentum,
        slots=("velocity",),
        parameters=(_MOMENTUM,),
    )
)
optimizers.add(
    Optimizer(
        name="nesterov",
        title="Nesterov",
        formula=r"v \leftarrow \mu v + g,\; w \leftarrow w - \eta (g + \mu v)",
        note="Momentum that looks one step ahead.",
        learning_rate=0.01,
        coefficients=lambda rate, momentum: (rate, momentum),
        update=_nesterov,
        slots=("velocity",),
        parameters=(_MOMENTUM,),
    )
)
optimizers.add(
    Optimizer(
        name="adagrad",
        title="AdaGrad",
        formula=r"G \leftarrow G + g^2,\; w \leftarrow w - \eta\, g / (\sqrt{G} + \epsilon)",
        note="A separate rate for each weight, which never increases.",
        learning_rate=0.03,
        coefficients=lambda rate, epsilon: (rate, epsilon),
        update=_adagrad,
        slots=("squares",),
        parameters=(Parameter("epsilon", 1e-10, "epsilon", minimum=SMALLEST_EPSILON, maximum=1.0),),
    )
)
optimizers.add(
    Optimizer(
        name="rmsprop",
        title="RMSProp",
        formula=r"v \leftarrow \rho v + (1 - \rho) g^2,\; w \leftarrow w - \eta\, g / (\sqrt{v} + \epsilon)",
        note="AdaGrad with a running mean of the squares: old gradients lose their effect.",
        learning_rate=0.003,
        coefficients=lambda rate, rho, epsilon: (rate, rho, 1.0 - rho, epsilon),
        update=_rmsprop,
        slots=("squares",),
        parameters=(
            _between("rho", 0.9, "decay of the squares"),
            Parameter("epsilon", 1e-8, "epsilon", minimum=SMALLEST_EPSILON, maximum=1.0),
        ),
    )
)
optimizers.add(
    Optimizer(
        name="adam",
        title="Adam",
        formula=(
            r"m \leftarrow \beta_1 m + (1 - \beta_1) g,\; v \leftarrow \beta_2 v + (1 - \beta_2) g^2,\;"
            r" w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)"
        ),
        note="Momentum and a rate for each weight, both corrected for their start at zero (Kingma and Ba 2015).",
        learning_rate=0.003,
        coefficients=_adam_coefficients,
        update=_adam,
        slots=("mean", "squares"),
        parameters=_ADAM,
        powers=("beta1", "beta2"),
    )
)
optimizers.add(
    Optimizer(
        name="adamw",
        title="AdamW",
        formula=r"w \leftarrow (1 - \eta \lambda) w \text{, then Adam's step}",
        note="Adam with weight decay kept apart from the gradient (Loshchilov and Hutter 2019); biases do not decay.",
        learning_rate=0.003,
        coefficients=lambda rate, beta1, beta2, epsilon, weight_decay, *powers: _adam_coefficients(
            rate, beta1, beta2, epsilon, *powers
        ),
        update=_adam,
        slots=("mean", "squares"),
        parameters=(*_ADAM, Parameter("weight_decay", 0.01, "weight decay", minimum=0.0, maximum=1.0)),
        powers=("beta1", "beta2"),
        decay=lambda rate, beta1, beta2, epsilon, weight_decay: rate * weight_decay,
    )
)
