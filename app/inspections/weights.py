"""The weights of a run, layer by layer, now or at a recorded epoch."""

from typing import Any

from pydantic import BaseModel

from app.inspections.place import NumberRows, Numbers, Place, Recorded, model_at
from engine.training.trainer import Trainer


class Layer(BaseModel):
    """Z = W A_prev + b. `mask` is false where a link is cut, null where none is."""

    W: NumberRows
    b: Numbers | None
    mask: list[list[bool]] | None


class Weights(Place):
    layers: list[Layer]


def weights(trainer: Trainer, member: int, recorded: Recorded) -> dict[str, Any]:
    """The fields of `Weights`."""
    model, place = model_at(trainer, member, recorded)
    return place | {"layers": model.layers()}
