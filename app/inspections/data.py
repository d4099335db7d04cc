"""The examples that a run trains on."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.inspections.place import NumberRows
from engine.training.trainer import Trainer


class Data(BaseModel):
    """The examples as trained on, in the trainer's order."""

    inputs: NumberRows = Field(description="Of a category, the place of its value; null where a cell is missing.")
    targets: list[Any]
    split: list[Literal["train", "validation", "test"]]


def data(trainer: Trainer, start: int, count: int) -> dict[str, Any]:
    """The fields of `Data`: `count` examples from `start` on."""
    points, span = trainer.data(), slice(start, start + count)
    return {"inputs": points.inputs[span], "targets": points.targets[span], "split": list(points.split)[span]}
