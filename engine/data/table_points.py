"""The points that a run takes from its table: raw inputs, targets, and groups, in the table's order."""

from __future__ import annotations

import numpy as np

from engine.config.columns import Columns, InputColumn
from engine.config.dataset import DatasetConfig
from engine.data.chosen import chosen, group_of, used_rows
from engine.data.tables import Table
from engine.data.tables.column import Column
from engine.data.target import classes_of
from engine.nn.losses import CLASSIFICATION, REGRESSION
from engine.nn.registry import Array


def points_of(dataset: DatasetConfig, columns: Columns, table: Table) -> tuple[Array, Array, Array | None]:
    """Raw inputs (N, c), NaN where a cell is missing; targets, (N,) class indices or (N, K) numbers; and the group of
    each point (N,), None without groups."""
    wanted, targets, _ = chosen(dataset, table)
    rows = used_rows(dataset, wanted, targets)
    by_name = {column.name: column for column in wanted}
    inputs = [_raw(column, by_name[column.name], rows) for column in columns.inputs]
    group = group_of(dataset, table)
    groups = None if group is None else group.as_classes()[0][rows]
    return np.stack(inputs, axis=1), _targets(columns.task, targets, rows), groups


def _raw(own: InputColumn, column: Column, rows: Array) -> Array:
    """A column's numbers, or the places of its values among those that occur."""
    if column.numbers is not None:
        return column.numbers[rows]
    place_of = {value: place for place, value in enumerate(own.values)}
    gap = len(own.values) - 1 if own.indicated else np.nan
    places = np.array([*(place_of.get(value, np.nan) for value in column.values), gap])  # a missing cell's code is -1
    return places[column.cells[rows]]


def _targets(task: str, targets: list[Column], rows: Array) -> Array:
    if task == CLASSIFICATION:
        return classes_of(targets[0], rows)[0].astype(np.int64)
    cells = np.stack([column.cells[rows] for column in targets], axis=1)
    return cells if task == REGRESSION else cells.astype(np.int64)
