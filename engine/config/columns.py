"""Columns: what a run takes from its table. Found once by ``engine.data.resolve`` and kept with the config."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Strict

from engine.config.choices import StrictModel

BINARY, CATEGORY, NUMBER = "binary", "category", "number"
MISSING = "missing"
"""The value of a category's missing cells where they are a value of their own."""

Names = Annotated[tuple[str, ...], Strict(False)]


class InputColumn(StrictModel):
    """A column that is an input. A run's raw inputs are one number for each: the number itself, or the place in
    ``values`` of a category; NaN where a cell is missing.

    ``low`` to ``high`` is what a map of it shows. ``indicated``: whether a missing cell is an input of its own, of a
    category the last of its values. ``span``: the lowest and highest number that it can have, where that is known.
    """

    name: str
    kind: Literal["number", "binary", "category"]
    low: float
    high: float
    values: Names = ()
    indicated: bool = False
    span: Annotated[tuple[float, float], Strict(False)] | None = None

    @cached_property
    def features(self) -> Names:
        """The names of the network's inputs that it becomes: one for two values, one a value for more."""
        if self.kind == NUMBER:
            return (self.name, f"{self.name} {MISSING}") if self.indicated else (self.name,)
        return tuple(f"{self.name} = {value}" for value in (self.values if self.kind == CATEGORY else self.values[1:]))


class Columns(StrictModel):
    """The columns of a run's table: ``rows`` of them are used. ``targets`` are the names of the target's columns.

    ``classes`` names the classes of a classification; it is empty for other tasks. ``notes``: what was assumed or left
    out, in sentences.
    """

    rows: int
    inputs: Annotated[tuple[InputColumn, ...], Strict(False)]
    targets: Names
    task: Literal["classification", "regression", "multilabel"]
    classes: Names = ()
    notes: Names = ()

    @cached_property
    def features(self) -> Names:
        """The names of the network's inputs, in order."""
        return tuple(name for column in self.inputs for name in column.features)
