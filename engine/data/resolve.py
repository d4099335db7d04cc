"""resolve: a config that names columns, bound to what they are in its table. REST, workers and Trainer all use it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config import RunConfig
from engine.config.columns import MISSING, Columns, InputColumn
from engine.config.dataset import DatasetConfig
from engine.data.chosen import check_size, chosen, group_of, is_constant, span_of, table_of, used_rows
from engine.data.split import parts_of
from engine.data.tables import Table
from engine.data.tables.column import BINARY, CATEGORY, Column
from engine.data.target import classes_of, task_of_targets
from engine.errors import InvalidArgument, shown
from engine.nn.losses import CLASSIFICATION

# Each value of a category is an input of its own.
MAX_VALUES = 1_000
# Around the numbers of a column, a map shows so much of their range on each side.
MARGIN = 0.1


def resolve(config: RunConfig, table: Table | None) -> RunConfig:
    """The config bound to what it takes from its table; one of another data set, or bound already, as it is.

    InvalidArgument names the field and the column, and says what to choose.
    """
    if config.dataset.is_bound:
        return config
    return config.bound(_Resolution(config.dataset, table_of(config.dataset, table)).columns())


class _Resolution:
    """One config's columns, found step by step."""

    def __init__(self, dataset: DatasetConfig, table: Table) -> None:
        self._dataset, self._table = dataset, table
        self._inputs, self._targets, self._notes = chosen(dataset, table)
        self._rows = used_rows(dataset, self._inputs, self._targets)
        group_of(dataset, table)

    def columns(self) -> Columns:
        """What the run takes from the table."""
        self._check_rows()
        task = task_of_targets(self._dataset, self._targets, self._rows)
        inputs = self._input_columns()
        classes = self._classes() if task == CLASSIFICATION else ()
        return Columns(
            rows=len(self._rows),
            inputs=inputs,
            targets=tuple(column.name for column in self._targets),
            task=task,  # type: ignore[arg-type]
            classes=classes,
            notes=tuple(self._notes),
        )

    def _check_rows(self) -> None:
        left_out = self._table.rows - len(self._rows)
        watched = [*self._targets, *(self._inputs if self._dataset.missing == "drop" else ())]
        missing = {column.name: column.missing for column in watched if column.missing}
        counts = ", ".join(f"{name}: {count}" for name, count in missing.items())
        if len(self._rows) < 2:
            remedy = "leave the emptiest column out, or fill the gaps with missing: median"
            rows = f"{len(self._rows)} of {self._table.rows} rows"
            raise InvalidArgument(f"{rows} miss no value ({counts}): {remedy}", "dataset", "missing")
        if left_out:
            self._notes.append(f"{left_out} of {self._table.rows} rows miss a value and are left out ({counts}).")
        filled = {c.name: int(c.is_missing[self._rows].sum()) for c in self._inputs}
        filled = {name: count for name, count in filled.items() if count}
        if filled:
            how = {
                "median": "filled with the median or the most frequent value of the training rows",
                "category": "a value of their own",
            }[self._dataset.missing or ""]
            counts = ", ".join(f"{name}: {count}" for name, count in filled.items())
            self._notes.append(f"Missing values are {how} ({counts}).")

    def _input_columns(self) -> tuple[InputColumn, ...]:
        found = []
        for column in self._inputs:
            if span_of(self._dataset, column) is None and is_constant(column, self._rows, self._dataset.missing):
                self._notes.append(f"Column {column.name!r} is left out: it has one value in the rows that are used.")
            else:
                found.append(self._input_column(column))
        if not found:
            raise InvalidArgument("no column is left that differs between rows: choose others", "dataset", "inputs")
        return tuple(found)

    def _input_column(self, column: Column) -> InputColumn:
        missing = bool(column.is_missing[self._rows].any()) and self._dataset.missing == "category"
        if column.numbers is not None:
            check_size(column, self._rows, "inputs")
            numbers = column.numbers[self._rows]
            span = span_of(self._dataset, column)
            low, high = span or (float(np.nanmin(numbers)), float(np.nanmax(numbers)))
            margin = 0.0 if span else (high - low) * MARGIN or 1.0
            low, high = low - margin, high + margin
            return InputColumn(name=column.name, kind="number", low=low, high=high, indicated=missing, span=span)
        codes = column.cells[self._rows]
        values = tuple(column.values[code] for code in np.unique(codes[codes >= 0]).tolist())
        if len(values) > MAX_VALUES:
            message = f"{shown(column.name)} has {len(values)} different values, each an input: leave it out"
            raise InvalidArgument(message, "dataset", "inputs")
        if missing:
            values = (*values, _unlike(MISSING, values))
        kind = BINARY if len(values) == 2 else CATEGORY
        low, high = -0.5, len(values) - 0.5
        return InputColumn(name=column.name, kind=kind, low=low, high=high, values=values, indicated=missing)  # type: ignore[arg-type]

    def _classes(self) -> tuple[str, ...]:
        (target,) = self._targets
        codes, names = classes_of(target, self._rows)
        counts = np.bincount(codes, minlength=len(names)).tolist()
        parts = parts_of(self._dataset)
        for name, count in zip(names, counts, strict=True):
            if count < parts:
                rows = f"{count} row{'s' * (count > 1)}"
                self._notes.append(f"Class {name!r} of {target.name!r} has {rows}: too few to be in every set.")
        return names


def _unlike(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name = f"({name})"
    return name
