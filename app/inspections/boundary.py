"""The outputs of a network over a plane of two of its inputs."""

from typing import Any

import numpy as np

from app.inspections.place import NumberRows, Numbers, Place, Recorded, model_at
from engine.inspection import maps
from engine.inspection.slices import Slice
from engine.pieces import Pieces
from engine.training.trainer import Trainer


class Boundary(Place):
    """`values[output][y][x]`, y ascending; `classes[y][x]`, null for a regression.

    `axes` are the inputs that vary, across and up; `held[input]` what each other is held at, null for those that vary.
    """

    x: list[float]
    y: list[float]
    values: list[NumberRows]
    classes: list[list[int]] | None
    axes: list[int]
    held: Numbers


def boundary(
    trainer: Trainer, member: int, recorded: Recorded, resolution: int, plane: Slice
) -> Pieces[dict[str, Any]]:
    """The fields of `Boundary`, computed in pieces."""
    model, place = model_at(trainer, member, recorded)
    grid = yield from maps.boundary_pieces(model, resolution, plane)
    axes = plane.axes[: min(2, model.config.inputs)]
    values = {"x": np.asarray(grid.x), "y": np.asarray(grid.y), "values": grid.values, "classes": grid.classes}
    return place | values | {"axes": list(axes), "held": plane.held(model.means)}
