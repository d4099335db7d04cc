"""One forward and one backward pass with every matrix."""

from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from app.inspections.place import NumberRows, Numbers, Place, place_of
from app.protocol.encoding import fields_of
from engine.errors import InvalidArgument
from engine.inspection.trace import LayerTrace, TracedPass, trace_next
from engine.inspection.trace import trace as trace_slice
from engine.numbers import sums
from engine.training.trainer import Trainer


class Update(BaseModel):
    """The change that the run's next step would make with this gradient."""

    W: NumberRows
    b: Numbers | None


class Means(BaseModel):
    """Each unit's mean over all examples of the pass, listed or not."""

    A_prev: Numbers
    Z: Numbers
    A: Numbers
    D: Numbers | None
    dA: Numbers | None
    dZ: Numbers


class TracedLayer(BaseModel):
    """Z = W A_prev + b, A = f(Z), a column an example; dZ and dA per example, dW = dZ A_prev^T / m, db their mean.

    `dA` is null where a fused output makes it infinite, `b` and `db` without biases. `slope` is f'(Z), null for
    softmax. `D` is the mask of dropout, where outputs are dropped: then A = f(Z) * D and dZ = dA * D * slope.
    """

    activation: str
    A_prev: NumberRows
    W: NumberRows
    b: Numbers | None
    Z: NumberRows
    A: NumberRows
    D: NumberRows | None
    slope: NumberRows | None
    dA: NumberRows | None
    dZ: NumberRows
    dW: NumberRows
    db: Numbers | None
    dW_penalty: NumberRows
    mean: Means
    update: Update


class After(BaseModel):
    """The loss of the same examples after the update, and the change that the gradient predicts."""

    loss: float | None
    predicted_change: float | None


class Trace(Place):
    """A pass over `count` examples, of which `shown` are listed: `examples` are their places in the run's data.

    `inputs` are the raw ones, a row an example; `targets[output][example]`.
    """

    split: str
    index: int | None
    count: int
    shown: int
    examples: list[int]
    inputs: NumberRows
    targets: NumberRows
    loss: float | None
    penalty: float | None
    learning_rate: float
    after: After
    fused: bool = Field(description="Whether dZ of the output is A - target: its slope cancels that of the loss.")
    plain_step: bool = Field(
        description="Whether every weight's update is -learning_rate (dW + dW_penalty): no momentum, nothing "
        "clipped or scaled."
    )
    layers: list[TracedLayer]


def trace(
    trainer: Trainer,
    member: int,
    split: str,
    index: int,
    count: int,
    batch: str | None,
    shown: int,
    layer: int | None,
) -> dict[str, Any]:
    """The fields of `Trace`: over `count` examples from the `index`-th of a split on, or over a `batch`.

    Of all layers, or of one.
    """
    result = trace_next(trainer, member) if batch == "next" else _slice(trainer, member, split, index, count, batch)
    examples = result.examples[:shown]
    return place_of(trainer, member) | {
        "split": "train" if batch else split,
        "index": None if batch else index,
        "count": len(result.examples),
        "shown": len(examples),
        "examples": examples,
        "inputs": trainer.data().inputs[examples],
        "targets": result.targets[:, :shown],
        "loss": result.loss,
        "penalty": result.penalty,
        "learning_rate": result.learning_rate,
        "after": {"loss": result.loss_after, "predicted_change": result.predicted_change},
        "fused": trainer.network.pair.fused,
        "plain_step": _is_plain(result),
        "layers": [_layer(each, shown) for each in (result.layers if layer is None else [result.layers[layer]])],
    }


def _is_plain(result: TracedPass) -> bool:
    expected = [-result.learning_rate * (layer.dW + layer.dW_penalty) for layer in result.layers]
    pairs = zip(result.layers, expected, strict=True)
    return all(np.allclose(layer.update_W, step, rtol=1e-6, atol=1e-9) for layer, step in pairs)


def _slice(trainer: Trainer, member: int, split: str, index: int, count: int, batch: str | None) -> TracedPass:
    sets = trainer.data().sets
    if batch == "all":
        return trace_slice(trainer, sets["train"], member)
    first, size = sets[split].start, sets[split].stop - sets[split].start
    if index >= size:
        message = f"there is no {split} example {index}; " + (
            f"use 0 to {size - 1}" if size else f"there are no {split} examples"
        )
        raise InvalidArgument(message, "index")
    return trace_slice(trainer, slice(first + index, first + min(index + count, size)), member)


def _layer(layer: LayerTrace, shown: int) -> dict[str, Any]:
    """The fields of `TracedLayer`: the first `shown` examples' columns, and the means of all."""
    fields = fields_of(layer)
    update = {"W": fields.pop("update_W"), "b": fields.pop("update_b")}
    columns = {name: fields[name] for name in Means.model_fields}
    listed = columns | {"slope": fields["slope"]}
    first = {name: array if array is None else array[:, :shown] for name, array in listed.items()}
    mean = {name: array if array is None else sums.mean(array.T) for name, array in columns.items()}
    return fields | first | {"mean": mean, "update": update}
