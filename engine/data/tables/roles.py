"""The role of each column, and the task of the target: first guesses, which a person may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.data.tables.column import CATEGORY, DATE, ID, INPUT, NUMBER, OMITTED, TARGET, TEXT, Column
from engine.data.tables.names import target_rank
from engine.nn.losses import CLASSIFICATION, REGRESSION

# Of every data set: the page tells so many apart by colour and shape.
MAX_CLASSES = 10
MAX_CATEGORIES = 30
MANY_ROWS = 20
LEFT_OUT = {DATE: "holds dates", ID: "identifies rows", TEXT: "is free text"}


def with_roles(columns: Sequence[Column], target: int | None = None) -> tuple[list[Column], list[str]]:
    """The columns with their roles, and why some are left out. ``target``: the one that the file itself calls so."""
    notes = []
    usable = []
    for index, column in enumerate(columns):
        reason = _left_out(column)
        if reason:
            notes.append(f"Column {column.name!r} is left out: it {reason}.")
        else:
            usable.append(index)
    why = "as the file says"
    if target is None:
        target, why = _target(columns, usable)
    if target is None:
        notes.append(f"No column can be the target: it is a number, or a category of at most {MAX_CLASSES} values.")
    else:
        notes.append(f"The target is {columns[target].name!r}, {why}{_as_classes(columns[target])}.")
    roles = [INPUT if index in set(usable) else OMITTED for index in range(len(columns))]
    if target is not None:
        roles[target] = TARGET
        for index in usable:
            if index != target and _says_the_same(columns[index], columns[target]):
                roles[index] = OMITTED
                notes.append(
                    f"Column {columns[index].name!r} is left out: each of its values stands for one of the target."
                )
    return [replace(column, role=role) for column, role in zip(columns, roles, strict=True)], notes


def _says_the_same(column: Column, target: Column) -> bool:
    """Whether a column gives the target away, as a name beside a number does. Few rows may agree by chance."""
    if task_of(column) != CLASSIFICATION or task_of(target) != CLASSIFICATION:
        return False
    classes = len(target.different)
    if len(column.different) != classes:
        return False
    both = ~(column.is_missing | target.is_missing)
    pairs = column.as_classes()[0][both] * classes + target.as_classes()[0][both]
    together = np.bincount(pairs, minlength=classes**2).reshape(classes, classes) > 0
    return len(pairs) >= MANY_ROWS and bool((together.sum(0) == 1).all() and (together.sum(1) == 1).all())


def _as_classes(column: Column) -> str:
    if column.kind != NUMBER or task_of(column) != CLASSIFICATION:
        return ""
    return f"; its {len(column.different)} whole numbers are taken as classes"


def task_of(column: Column) -> str:
    """The task that a target of these values sets: regression for fractions and for many different numbers."""
    if column.kind != NUMBER:
        return CLASSIFICATION
    different, present = column.different, column.rows - column.missing
    few = len(different) == 2 or len(different) <= min(MAX_CLASSES, present / 2)
    return CLASSIFICATION if few and bool((different == np.floor(different)).all()) else REGRESSION


def _left_out(column: Column) -> str:
    """Why a column starts left out, or ""."""
    if column.kind in LEFT_OUT:
        return LEFT_OUT[column.kind]
    if column.missing == column.rows:
        return "is empty"
    if column.missing > column.rows / 2:
        return f"misses {column.missing} of {column.rows} cells"
    if column.is_constant:
        return "has the same value in every row"
    if column.kind == CATEGORY and len(column.different) > MAX_CATEGORIES:
        return f"has {len(column.different)} different values, and each would be an input of its own"
    return ""


def _target(columns: Sequence[Column], usable: Sequence[int]) -> tuple[int | None, str]:
    """The column that is named like a target, else the last, and why; a category of many values cannot be learnt."""
    fitting = [i for i in usable if columns[i].kind == NUMBER or len(columns[i].different) <= MAX_CLASSES]
    ranked = [(rank, -i) for i in fitting if (rank := target_rank(columns[i].name)) is not None]
    if ranked:
        return -min(ranked)[1], "by its name"
    # y is the target if it comes first or last, as in x1, x2, y; in x, y, z it is a coordinate.
    for i in fitting[-1:] + fitting[:1]:
        if columns[i].name.lower() == "y":
            return i, "by its name"
    return (fitting[-1], "as the last column that can be one") if fitting else (None, "")
