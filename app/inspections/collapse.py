"""A linear network's one matrix, as a worker finds it and OpenAPI describes it."""

import math
from typing import Any

from pydantic import BaseModel, Field

from app.errors import Problem
from app.inspections.models import Place
from app.protocol.encoding import finite
from engine.inspection.collapse import collapse
from engine.training.trainer import Trainer


class Matrix(BaseModel):
    """Z = W x + b, with x the network's inputs (its features)."""

    W: list[list[float | None]]
    b: list[float | None]


class Collapsed(Place):
    """All layers in one, in front of the output's own function."""

    layer: Matrix
    max_difference: float | None = Field(description="Between its outputs and the network's own, over all points.")


def read_collapsed(trainer: Trainer, member: int) -> dict[str, Any]:
    """The network's layers multiplied out; Problem 409 where one is not linear."""
    try:
        result = collapse(trainer.model(member), trainer.data().inputs)
    except ValueError as error:
        raise Problem(409, str(error)) from None
    return {
        "epoch": trainer.epoch,
        "batch": trainer.batch,
        "member": member,
        "layer": {"W": finite(result.W), "b": finite(result.b)},
        "max_difference": result.error if math.isfinite(result.error) else None,
    }
