"""The training loss around the present weights, and the run's path there."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from app.inspections.place import NumberRows, Numbers, Place, members_of, place_of
from app.protocol.encoding import fields_of
from engine.inspection.landscape import landscape_pieces
from engine.pieces import Pieces
from engine.training.trainer import Trainer

# Recorded weights along the path of a run: enough to draw, few enough to measure at once.
MAX_PATH = 120
MIN_RESOLUTION = 3


class PathPoint(BaseModel):
    """Where the run was after an epoch, and its true training loss there."""

    epoch: int
    x: float
    y: float
    loss: float | None


class Landscape(Place):
    """`loss[y][x]`; directions "exact" are two weights by value, "pca" and "random" distances from the present ones."""

    directions: str
    x: list[float]
    y: list[float]
    loss: NumberRows
    path: list[PathPoint]
    variance_explained: float | None
    gradient: Numbers


def landscape(
    trainer: Trainer, member: int, resolution: int, directions: str, recorded: Mapping[int, bytes]
) -> Pieces[dict[str, Any]]:
    """The fields of `Landscape`, computed in pieces; the path goes through the `recorded` weights, by epoch."""
    path = {epoch: members_of(trainer, blob)[member] for epoch, blob in recorded.items()}
    result = yield from landscape_pieces(trainer, resolution, directions, path, member)
    return place_of(trainer, member) | fields_of(result)
