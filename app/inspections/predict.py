"""The network's predictions for given inputs."""

from typing import Any

from app.inspections.place import NumberRows, Place, Recorded, model_at
from engine.data.rows import Row, raw_inputs
from engine.pieces import Pieces
from engine.training.trainer import Trainer


class Predictions(Place):
    """`outputs[example][output]`, of a regression in the unit of its targets.

    `indices` are class indices, or 0 and 1 for each label; null for a regression. `labels` are the names of those
    classes, or of the labels that apply, where they have names, else the indices.
    """

    outputs: NumberRows
    labels: list[Any] | None
    indices: list[Any] | None


def predict(
    trainer: Trainer, member: int, recorded: Recorded, inputs: list[Row], threshold: float
) -> Pieces[dict[str, Any]]:
    """The fields of `Predictions`; InvalidArgument names the row and the cell that this run cannot take."""
    model, place = model_at(trainer, member, recorded)
    outputs = yield from model.predict_pieces(
        len(inputs), lambda span: raw_inputs(model.config, inputs[span], span.start)
    )
    indices = model.labels(outputs, threshold)
    return place | {"outputs": outputs, "labels": model.named(indices), "indices": indices}
