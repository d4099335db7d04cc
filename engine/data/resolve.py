"""resolve: a config that names columns, bound to what they are in its table. REST, workers and Trainer all use it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config import RunConfig
from engine.config.columns import MISSING, Columns, InputColumn
from engine.config.dataset import MAX_CLASSES, DatasetConfig
from engine.data.nearest import instead
from engine.data.split import parts_of
from engine.data.tables import Table
from engine.data.tables.column import BINARY, CATEGORY, NUMBER, Column
from engine.data.tables.roles import task_of
from engine.errors import InvalidArgument, shown
from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION
from engine.nn.registry import Array

# Each value of a category is an input of its own.
MAX_VALUES = 1_000
# As for numbers in a config: the squares of their differences must fit a float.
LARGEST = 1e15
# Around the numbers of a column, a map shows so much of their range on each side.
MARGIN = 0.1


def resolve(config: RunConfig, table: Table | None) -> RunConfig:
    """The config bound to what it takes from its table; one of another data set, or bound already, as it is.

    InvalidArgument names the field and the column, and says what to choose.
    """
    if config.dataset.is_bound:
        return config
    return config.bound(_Resolution(config.dataset, table_of(config.dataset, table)).columns())


def table_of(dataset: DatasetConfig, given: Table | None) -> Table:
    """The table of a config that names columns: that of a real data set, else the one that was given."""
    if dataset.real is not None:
        return dataset.real.table()
    if given is None:
        raise InvalidArgument(f"needs the table {shown(dataset.table or '')}: give it as well", "dataset", "table")
    if given.id != dataset.table:
        raise InvalidArgument(f"is the id of another table: the one given is {given.id!r}", "dataset", "table")
    return given


def group_of(dataset: DatasetConfig, table: Table) -> Column | None:
    """The column that keeps rows together, if the config names one."""
    return None if dataset.group is None else _column(table, dataset.group, "group")


def chosen(dataset: DatasetConfig, table: Table) -> tuple[list[Column], list[Column], list[str]]:
    """The columns that a config asks for: inputs, targets, and what was left out of the inputs, in sentences.

    InvalidArgument if one does not exist, or cannot be what it is to be.
    """
    if dataset.target is None and table.target is None:
        raise InvalidArgument("name the column to predict: the table suggests none", "dataset", "target")
    suggested = table.target.name if table.target else ""
    wanted = suggested if dataset.target is None else dataset.target
    names = (wanted,) if isinstance(wanted, str) else wanted
    targets = [_column(table, name, "target") for name in names]
    if dataset.inputs is None:
        inputs = [c for c in table.columns if c.role != "omitted" and c.name not in names]
    else:
        inputs = [_column(table, str(name), "inputs", index) for index, name in enumerate(dataset.inputs)]
    notes = []
    kept = []
    for column in inputs:
        if _span(dataset, column) is None and _is_constant(column, slice(None), dataset.missing):
            notes.append(f"{column.name} has the same value in every row: it is left out")
        else:
            kept.append(column)
    return kept, targets, notes


def used_rows(dataset: DatasetConfig, inputs: Sequence[Column], targets: Sequence[Column]) -> Array:
    """The places of the rows that a run uses: those with a target, and with all inputs where gaps are not filled."""
    watched = [*targets, *(inputs if dataset.missing == "drop" else ())]
    return np.flatnonzero(~np.any([column.is_missing for column in watched], axis=0))


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
        task = self._task()
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
            self._notes.append(f"{left_out} of {self._table.rows} rows miss a value and are left out ({counts})")
        filled = {c.name: int(c.is_missing[self._rows].sum()) for c in self._inputs}
        filled = {name: count for name, count in filled.items() if count}
        if filled:
            how = {
                "median": "filled with the median or the most frequent value of the training rows",
                "category": "a value of their own",
            }[self._dataset.missing or ""]
            counts = ", ".join(f"{name}: {count}" for name, count in filled.items())
            self._notes.append(f"missing values are {how} ({counts})")

    def _task(self) -> str:
        chosen_task, targets = self._dataset.task, self._targets
        if chosen_task in (None, "auto"):
            tasks = {REGRESSION if c.kind == NUMBER else MULTILABEL for c in targets}
            if len(targets) == 1:
                task = task_of(targets[0])
            elif len(tasks) == 1:
                (task,) = tasks
            else:
                message = "are numbers and categories together: choose columns of one kind, or one column"
                raise InvalidArgument(message, "dataset", "target")
        else:
            task = chosen_task
        check = {CLASSIFICATION: self._check_classes, REGRESSION: self._check_numbers, MULTILABEL: self._check_labels}
        check[task]()
        return task

    def _check_classes(self) -> None:
        if len(self._targets) > 1:
            message = "has several columns, and a class is one: choose one, or another task"
            raise InvalidArgument(message, "dataset", "target")
        (target,) = self._targets
        if target.kind in _KINDS:
            raise self._unfit(target)
        found = len(np.unique(target.cells[self._rows]))
        if found < 2:
            message = f"{shown(target.name)} has the same value in every row that is used: choose another column"
            raise InvalidArgument(message, "dataset", "target")
        if found > MAX_CLASSES:
            other = " or task: regression" if target.kind == NUMBER else ""
            message = f"{shown(target.name)} has {found} different values, and there are at most {MAX_CLASSES} classes"
            raise InvalidArgument(f"{message}: choose another column{other}", "dataset", "target")

    def _check_numbers(self) -> None:
        for target in self._targets:
            if target.kind in _KINDS:
                raise self._unfit(target)
            if target.kind != NUMBER:
                message = f"{shown(target.name)} holds no numbers ({target.kind}): choose task: classification"
                raise InvalidArgument(message, "dataset", "target")
            _check_size(target, self._rows, "target")

    def _check_labels(self) -> None:
        for target in self._targets:
            if target.numbers is not None and not np.isin(target.numbers[self._rows], (0, 1)).all():
                message = f"{shown(target.name)} holds other numbers than 0 and 1: a label is yes or no"
                raise InvalidArgument(message, "dataset", "target")
            if target.numbers is None and len(target.values) != 2:
                message = f"{shown(target.name)} has {len(target.values)} values: a label has two"
                raise InvalidArgument(message, "dataset", "target")

    def _unfit(self, target: Column) -> InvalidArgument:
        message = f"{shown(target.name)} is {_KINDS[target.kind]}: choose a column of numbers or categories"
        return InvalidArgument(message, "dataset", "target")

    def _input_columns(self) -> tuple[InputColumn, ...]:
        found = []
        for index, column in enumerate(self._inputs):
            if _span(self._dataset, column) is None and _is_constant(column, self._rows, self._dataset.missing):
                self._notes.append(f"{column.name} has the same value in every row that is used: it is left out")
            else:
                found.append(self._input_column(column, index))
        if not found:
            raise InvalidArgument("no column is left that differs between rows: choose others", "dataset", "inputs")
        return tuple(found)

    def _input_column(self, column: Column, index: int) -> InputColumn:
        missing = bool(column.is_missing[self._rows].any()) and self._dataset.missing == "category"
        if column.numbers is not None:
            _check_size(column, self._rows, "inputs")
            numbers = column.numbers[self._rows]
            span = _span(self._dataset, column)
            low, high = span or (float(np.nanmin(numbers)), float(np.nanmax(numbers)))
            margin = 0.0 if span else (high - low) * MARGIN or 1.0
            low, high = low - margin, high + margin
            return InputColumn(name=column.name, kind="number", low=low, high=high, indicated=missing, span=span)
        codes = column.cells[self._rows]
        values = tuple(column.values[code] for code in np.unique(codes[codes >= 0]).tolist())
        if len(values) > MAX_VALUES:
            message = f"{shown(column.name)} has {len(values)} different values, each an input: leave it out"
            raise InvalidArgument(message, "dataset", "inputs", index)
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
                message = f"{target.name} {name} has {count} row{'s' * (count > 1)}: too few to be in every set"
                self._notes.append(message)
        return names


_KINDS = {"date": "a date", "text": "free text", "id": "an id, which tells rows apart"}


def classes_of(target: Column, rows: Array) -> tuple[Array, tuple[str, ...]]:
    """The class of each of these rows, and the names of the classes that occur in them."""
    indices, names = target.as_classes()
    occurring, codes = np.unique(indices[rows], return_inverse=True)
    return codes, tuple(names[index] for index in occurring.tolist())


def _column(table: Table, name: str, *loc: str | int) -> Column:
    names = [column.name for column in table.columns]
    if name not in names:
        raise InvalidArgument(f"the table has no column {shown(name)}: {instead(name, names)}", "dataset", *loc)
    column = table.columns[names.index(name)]
    if loc[0] == "inputs" and column.kind in _KINDS:
        message = f"{shown(name)} is {_KINDS[column.kind]}: leave it out of the inputs"
        raise InvalidArgument(message, "dataset", *loc)
    return column


def _span(dataset: DatasetConfig, column: Column) -> tuple[float, float] | None:
    """The lowest and highest number that an input can have. Of a real data set it may be known, and then a column is
    used although it is constant: a picture keeps its blank corner."""
    return dataset.real.span if dataset.real is not None and column.kind == NUMBER else None


def _is_constant(column: Column, rows: Array | slice, missing: str | None) -> bool:
    """Whether it has one value in these rows; a missing cell is a value where it is made one."""
    cells, gaps = column.cells[rows], column.is_missing[rows]
    return len(np.unique(cells[~gaps])) + (missing == "category" and bool(gaps.any())) < 2


def _check_size(column: Column, rows: Array, *loc: str) -> None:
    numbers = column.cells[rows]
    if not np.nanmax(np.abs(numbers)) <= LARGEST:
        message = f"{shown(column.name)} has numbers beyond {LARGEST:.0e}: use a larger unit"
        raise InvalidArgument(message, "dataset", *loc)


def _unlike(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name = f"({name})"
    return name
