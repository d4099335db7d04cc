"""Rows as a person writes them, to predict for: numbers, or of a table, names of values and objects by column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from engine.config import RunConfig
from engine.config.columns import BINARY, NUMBER, InputColumn
from engine.data.nearest import instead
from engine.errors import InvalidArgument, shown
from engine.nn.registry import Array

Row = Sequence[Any] | Mapping[str, Any]


def raw_inputs(config: RunConfig, rows: Sequence[Row], first: int = 0) -> Array:
    """Raw inputs (N, c) of rows in the order of the inputs, or of objects by column name.

    ``first`` is the index of the first of them, for errors. A cell of a category is one of its values or its place
    among them; of two values, also False and True. None is a missing cell, where the run fills those. InvalidArgument
    names the row and the cell.
    """
    if _are_plain(config, rows):
        return np.array(rows, np.float64).reshape(len(rows), config.inputs)
    read = _numbers if config.columns is None else _cells
    return np.array([read(config, row, index) for index, row in enumerate(rows, first)])


def _are_plain(config: RunConfig, rows: Sequence[Any]) -> bool:
    """Whether all cells are finite numbers of columns of numbers: found at once, since there may be many."""
    if config.columns is not None and any(column.kind != NUMBER for column in config.columns.inputs):
        return False
    lists = {list, tuple}.issuperset(map(type, rows)) and {config.inputs}.issuperset(map(len, rows))
    return lists and {int, float}.issuperset(map(type, chain.from_iterable(rows))) and _are_finite(rows)


def _are_finite(rows: Sequence[Sequence[float]]) -> bool:
    return all(map(math.isfinite, chain.from_iterable(rows)))


def _numbers(config: RunConfig, row: Row, index: int) -> list[float]:
    if isinstance(row, Mapping):
        raise InvalidArgument("must be a list of numbers: this run's inputs have no names", "inputs", index)
    _check_length(config, row, index, "numbers")
    for place, cell in enumerate(row):
        if not _is_number(cell):
            raise InvalidArgument("must be a number", "inputs", index, place)
    return list(row)


def _cells(config: RunConfig, row: Row, index: int) -> list[float]:
    columns = config.columns
    assert columns is not None
    named = isinstance(row, Mapping)
    if isinstance(row, Mapping):
        names = [column.name for column in columns.inputs]
        if unknown := next((name for name in row if name not in names), None):
            message = f"{shown(unknown)} is no input of this run: {instead(unknown, names)}"
            raise InvalidArgument(message, "inputs", index, unknown)
        row = [row.get(name) for name in names]
    _check_length(config, row, index, "cells")
    fills = config.dataset.missing != "drop"
    return [
        _cell(column, cell, fills, "inputs", index, column.name if named else place)
        for place, (column, cell) in enumerate(zip(columns.inputs, row, strict=True))
    ]


def _cell(column: InputColumn, cell: Any, fills: bool, *loc: str | int) -> float:
    if cell is None and not fills:
        message = f"{shown(column.name)} is missing: give it, since this run left out rows with missing values"
        raise InvalidArgument(message, *loc)
    if cell is None:
        return math.nan
    if column.kind == NUMBER:
        if not _is_number(cell):
            raise InvalidArgument(f"{shown(column.name)} must be a number", *loc)
        return float(cell)
    if isinstance(cell, str) and cell in column.values:
        return column.values.index(cell)
    if isinstance(cell, bool) and column.kind == BINARY:
        return float(cell)
    if _is_number(cell) and cell in range(len(column.values)):
        return float(cell)
    written = shown(cell) if isinstance(cell, str) else repr(cell)
    message = f"{written} is no value of {shown(column.name)}: {instead(str(cell), column.values)}"
    raise InvalidArgument(message, *loc)


def _check_length(config: RunConfig, row: Sequence[Any], index: int, what: str) -> None:
    if len(row) == config.inputs:
        return
    order = "" if config.columns is None else ": " + ", ".join(column.name for column in config.columns.inputs[:20])
    message = f"has {len(row)} {what}; this network takes {config.inputs}{order}"
    raise InvalidArgument(message, "inputs", index)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell)
