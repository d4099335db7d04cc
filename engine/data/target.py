"""What the chosen target makes of a run: its task, and the classes that occur."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.config import AUTO
from engine.config.dataset import DatasetConfig
from engine.data.chosen import UNFIT, check_size
from engine.data.tables.column import NUMBER, Column
from engine.data.tables.roles import MAX_CLASSES, task_of
from engine.errors import InvalidArgument, shown
from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION
from engine.nn.registry import Array


def task_of_targets(dataset: DatasetConfig, targets: Sequence[Column], rows: Array) -> str:
    """The task of a config with these targets, chosen or found; InvalidArgument if they do not fit it in these rows."""
    task = dataset.task or AUTO
    if task == AUTO:
        tasks = {REGRESSION if c.kind == NUMBER else MULTILABEL for c in targets}
        if len(targets) == 1:
            task = task_of(targets[0])
        elif len(tasks) == 1:
            (task,) = tasks
        else:
            message = "are numbers and categories together: choose columns of one kind, or one column"
            raise InvalidArgument(message, "dataset", "target")
    _CHECKS[task](targets, rows)
    return task


def _check_classes(targets: Sequence[Column], rows: Array) -> None:
    if len(targets) > 1:
        message = "has several columns, and a class is one: choose one, or another task"
        raise InvalidArgument(message, "dataset", "target")
    (target,) = targets
    if target.kind in UNFIT:
        raise _unfit(target)
    found = len(np.unique(target.cells[rows]))
    if found < 2:
        message = f"{shown(target.name)} has the same value in every row that is used: choose another column"
        raise InvalidArgument(message, "dataset", "target")
    if found > MAX_CLASSES:
        other = " or task: regression" if target.kind == NUMBER else ""
        message = f"{shown(target.name)} has {found} different values, and there are at most {MAX_CLASSES} classes"
        raise InvalidArgument(f"{message}: choose another column{other}", "dataset", "target")


def _check_numbers(targets: Sequence[Column], rows: Array) -> None:
    for target in targets:
        if target.kind in UNFIT:
            raise _unfit(target)
        if target.kind != NUMBER:
            message = f"{shown(target.name)} holds no numbers ({target.kind}): choose task: classification"
            raise InvalidArgument(message, "dataset", "target")
        check_size(target, rows, "target")


def _check_labels(targets: Sequence[Column], rows: Array) -> None:
    for target in targets:
        if target.numbers is not None and not np.isin(target.numbers[rows], (0, 1)).all():
            message = f"{shown(target.name)} holds other numbers than 0 and 1: a label is yes or no"
            raise InvalidArgument(message, "dataset", "target")
        if target.numbers is None and len(target.values) != 2:
            message = f"{shown(target.name)} has {len(target.values)} values: a label has two"
            raise InvalidArgument(message, "dataset", "target")


def _unfit(target: Column) -> InvalidArgument:
    message = f"{shown(target.name)} is {UNFIT[target.kind]}: choose a column of numbers or categories"
    return InvalidArgument(message, "dataset", "target")


_CHECKS = {CLASSIFICATION: _check_classes, REGRESSION: _check_numbers, MULTILABEL: _check_labels}


def classes_of(target: Column, rows: Array) -> tuple[Array, tuple[str, ...]]:
    """The class of each of these rows, and the names of the classes that occur in them."""
    indices, names = target.as_classes()
    occurring, codes = np.unique(indices[rows], return_inverse=True)
    return codes, tuple(names[index] for index in occurring.tolist())
