"""The network's predictions for given inputs."""

from typing import Any

import numpy as np

from app.inspections.place import NumberRows, Place, Recorded, model_at
from engine.errors import InvalidArgument
from engine.pieces import Pieces
from engine.training.trainer import Trainer


class Predictions(Place):
    """`outputs[example][output]`; labels are class indices, null for a regression."""

    outputs: NumberRows
    labels: list[Any] | None


def predict(
    trainer: Trainer, member: int, recorded: Recorded, inputs: list[list[float]], threshold: float
) -> Pieces[dict[str, Any]]:
    """The fields of `Predictions`; InvalidArgument names the row that has too many or too few numbers."""
    model, place = model_at(trainer, member, recorded)
    expected = trainer.data().inputs.shape[1]
    for index, row in enumerate(inputs):
        if len(row) != expected:
            message = f"has {len(row)} numbers; this network takes {expected}"
            raise InvalidArgument(message, "inputs", index)
    outputs = yield from model.predict_pieces(len(inputs), lambda span: np.array(inputs[span], float))
    return place | {"outputs": outputs, "labels": model.labels(outputs, threshold)}
