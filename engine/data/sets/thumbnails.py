"""A real data set at a glance: two inputs of some of its rows, or one of its pictures, as points with targets."""

from __future__ import annotations

import csv

import numpy as np

from engine.data.sets.registry import RealSet
from engine.nn.losses import REGRESSION
from engine.nn.registry import Array

POINTS = 90
EDGE = 5.6
# The row that is shown of a set of pictures: of the digits, a 3.
PICTURE_ROW = 3
DARK = 6


def thumbnail(entry: RealSet) -> tuple[Array, Array]:
    """Points (N, 2) in [-6, 6] and their targets (N,): class indices, or numbers from -1 to 1.

    Its file is read as plain CSV, which is much quicker than as a table.
    """
    names, *rows = csv.reader(entry.content().decode().splitlines())
    if entry.picture:
        return _picture(entry, dict(zip(names, rows[PICTURE_ROW], strict=True)))
    inputs = entry.inputs or [name for name in names if name != entry.target]
    wanted = [names.index(name) for name in (*(inputs[axis] for axis in entry.axes), entry.target)]
    cells = [chosen for row in rows if "NA" not in (chosen := [row[index] for index in wanted])]
    cells = cells[:: max(1, len(cells) // POINTS)]
    x, y, target = zip(*cells, strict=True)
    points = np.column_stack([_spread(np.array(column, float)) for column in (x, y)])
    if entry.task == REGRESSION:
        return points, _spread(np.array(target, float)) / EDGE
    return points, np.unique(target, return_inverse=True)[1]


def _picture(entry: RealSet, row: dict[str, str]) -> tuple[Array, Array]:
    inked = [
        (column, entry.picture - 1 - line)
        for line in range(entry.picture)
        for column in range(entry.picture)
        if float(row[f"p{line}{column}"]) >= DARK
    ]
    points = (np.array(inked) - (entry.picture - 1) / 2) * 2 * EDGE / entry.picture
    return points, np.full(len(points), int(row[entry.target]))


def _spread(values: Array) -> Array:
    """Values from the lowest to the highest, spread over the picture."""
    low, high = values.min(), values.max()
    spread: Array = (2 * (values - low) / (high - low) - 1) * EDGE
    return spread
