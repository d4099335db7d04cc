"""The columns and rows of its table that a config asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config.dataset import DatasetConfig
from engine.data.nearest import instead
from engine.data.tables import Table
from engine.data.tables.column import NUMBER, Column
from engine.errors import InvalidArgument, shown
from engine.nn.registry import Array

UNFIT = {"date": "a date", "text": "free text", "id": "an id, which tells rows apart"}
"""The kinds of columns that a network can neither take nor predict, in words."""
# As for numbers in a config: the squares of their differences must fit a float.
LARGEST = 1e15


def table_of(dataset: DatasetConfig, given: Table | None) -> Table:
    """The table of a config that names columns: that of a real data set, else the one that was given."""
    if dataset.real is not None:
        return dataset.real.table()
    if given is None:
        raise InvalidArgument(f"needs the table {shown(dataset.table or '')}: give it as well", "dataset", "table")
    if given.id != dataset.table:
        raise InvalidArgument(f"is the id of another table: the one given is {given.id!r}", "dataset", "table")
    return given


def chosen(dataset: DatasetConfig, table: Table) -> tuple[list[Column], list[Column], list[str]]:
    """The columns that a config asks for: inputs, targets, and what was left out of the inputs, in sentences.

    InvalidArgument if one does not exist, or cannot be what it is to be.
    """
    if dataset.target is None and table.target is None:
        raise InvalidArgument("name the column to predict: the table suggests none", "dataset", "target")
    suggested = table.target.name if table.target else ""
    wanted = suggested if dataset.target is None else dataset.target
    names = (wanted,) if isinstance(wanted, str) else wanted
    targets = [find_column(table, name, "target") for name in names]
    if dataset.inputs is None:
        inputs = [c for c in table.columns if c.role != "omitted" and c.name not in names]
    else:
        inputs = [find_column(table, str(name), "inputs", index) for index, name in enumerate(dataset.inputs)]
    if both := next((column.name for column in inputs if column.name in names), None):
        message = f"name the column {shown(both)}, which is the target: leave it out, or choose another target"
        raise InvalidArgument(message, "dataset", "inputs")
    notes = []
    kept = []
    for column in inputs:
        if span_of(dataset, column) is None and is_constant(column, slice(None), dataset.missing):
            notes.append(f"Column {column.name!r} is left out: it has the same value in every row.")
        else:
            kept.append(column)
    return kept, targets, notes


def used_rows(dataset: DatasetConfig, inputs: Sequence[Column], targets: Sequence[Column]) -> Array:
    """The places of the rows that a run uses: those with a target, and with all inputs where gaps are not filled."""
    watched = [*targets, *(inputs if dataset.missing == "drop" else ())]
    return np.flatnonzero(~np.any([column.is_missing for column in watched], axis=0))


def group_of(dataset: DatasetConfig, table: Table) -> Column | None:
    """The column that keeps rows together, if the config names one."""
    return None if dataset.group is None else find_column(table, dataset.group, "group")


def find_column(table: Table, name: str, *loc: str | int) -> Column:
    """The column of that name; InvalidArgument, at ``loc`` of the data set, if there is none or it is no input."""
    names = [column.name for column in table.columns]
    if name not in names:
        raise InvalidArgument(f"the table has no column {shown(name)}: {instead(name, names)}", "dataset", *loc)
    column = table.columns[names.index(name)]
    if loc[0] == "inputs" and column.kind in UNFIT:
        message = f"{shown(name)} is {UNFIT[column.kind]}: leave it out of the inputs"
        raise InvalidArgument(message, "dataset", *loc)
    return column


def span_of(dataset: DatasetConfig, column: Column) -> tuple[float, float] | None:
    """The lowest and highest number that an input can have. Of a real data set it may be known, and then a column is
    used although it is constant: a picture keeps its blank corner."""
    return dataset.real.span if dataset.real is not None and column.kind == NUMBER else None


def is_constant(column: Column, rows: Array | slice, missing: str | None) -> bool:
    """Whether it has one value in these rows; a missing cell is a value where it is made one."""
    cells, gaps = column.cells[rows], column.is_missing[rows]
    return len(np.unique(cells[~gaps])) + (missing == "category" and bool(gaps.any())) < 2


def check_size(column: Column, rows: Array, *loc: str) -> None:
    """InvalidArgument, at ``loc`` of the data set, if a number in these rows is too large."""
    numbers = column.cells[rows]
    if not np.nanmax(np.abs(numbers)) <= LARGEST:
        message = f"{shown(column.name)} has numbers beyond {LARGEST:.0e}: use a larger unit"
        raise InvalidArgument(message, "dataset", *loc)
