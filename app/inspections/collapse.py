"""A linear network's layers multiplied into one."""

from typing import Any

from pydantic import BaseModel, Field

from app.errors import Conflict
from app.inspections.place import NumberRows, Numbers, Place, place_of
from engine.inspection.collapse import collapse as multiply
from engine.training.trainer import Trainer


class Matrix(BaseModel):
    """Z = W x + b, with x the network's inputs (its features)."""

    W: NumberRows
    b: Numbers


class Collapsed(Place):
    """All layers in one, in front of the output's own function."""

    layer: Matrix
    max_difference: float | None = Field(description="Between its outputs and the network's own, over all points.")


def collapse(trainer: Trainer, member: int) -> dict[str, Any]:
    """The fields of `Collapsed`; Conflict where a layer is not linear."""
    try:
        result = multiply(trainer.model(member), trainer.data().inputs)
    except ValueError as error:
        raise Conflict(str(error)) from None
    layer = {"W": result.W, "b": result.b}
    return place_of(trainer, member) | {"layer": layer, "max_difference": result.error}
