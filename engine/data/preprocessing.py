"""Preprocessing: from a table's columns to the network's numbers and back, fitted on the training rows alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.config.columns import CATEGORY, NUMBER, Columns
from engine.nn.registry import Array
from engine.numbers.rules import Rules

INDICATOR = -1.0


@dataclass(frozen=True, eq=False)
class Preprocessing:
    """Encodes raw inputs (N, c), a number for each column (see ``InputColumn``), as d numbers a row.

    ``fill`` (c,) stands in for missing cells; ``centre`` (c,) is each column's mean, or most frequent value.
    ``source`` (d,) is the column of each encoded input, ``value`` (d,) the category that it stands for: NaN for a
    number, ``INDICATOR`` for whether the cell is missing. ``offset``, ``scale`` (d,): a number becomes its distance
    from the one over the other.
    ``target_offset``, ``target_scale`` (K,) likewise of a regression's targets; None for other tasks.
    """

    columns: Columns
    fill: Array
    centre: Array
    source: Array
    value: Array
    offset: Array
    scale: Array
    target_offset: Array | None
    target_scale: Array | None

    @classmethod
    def fitted(cls, columns: Columns, scale: str, rules: Rules, inputs: Array, targets: Array | None) -> Preprocessing:
        """From the training rows' raw inputs (N, c), and a regression's targets (N, K).

        ``scale``: "standard", to mean 0 and variance 1; "minmax", the lowest and highest value, those that a column can
        have where they are known, to 0 and 1; or "none".
        """
        numeric = np.array([column.kind == NUMBER for column in columns.inputs])
        fill = np.array([_typical(column, is_number) for column, is_number in zip(inputs.T, numeric, strict=True)])
        filled = np.where(np.isnan(inputs), fill, inputs)
        centre = np.where(numeric, rules.mean(filled), fill)
        offset, factor = _fit(scale, rules, filled)
        if scale == "minmax":
            offset, factor = _spans(columns, offset, factor)
        source, value = _encoding(columns)
        numbers = np.isnan(value)
        target = (None, None) if targets is None else _fit(scale, rules, targets)
        own = np.where(numbers, offset[source], 0.0), np.where(numbers, factor[source], 1.0)
        return cls(columns, fill, centre, source, value, *own, *target)

    def encode(self, inputs: Array) -> Array:
        """Raw inputs (N, c) as (N, d); NaN for a missing cell."""
        source, value = self.source, self.value
        missing = np.isnan(inputs)
        numbers = np.where(missing, self.fill, inputs)[:, source]
        encoded = (numbers - self.offset) / self.scale
        categories = value >= 0
        if categories.any():
            highest = np.array([len(column.values) - 1 for column in self.columns.inputs])[source]
            nearest = np.clip(np.rint(numbers), 0, highest)
            encoded = np.where(categories, nearest == value, encoded)
        if (value < 0).any():
            encoded = np.where(value < 0, missing[:, source], encoded)
        return encoded

    def encode_targets(self, targets: Array) -> Array:
        """A regression's targets (N, K) as the network learns them."""
        return targets if self.target_offset is None else (targets - self.target_offset) / self.target_scale

    def decode(self, outputs: Array) -> Array:
        """The network's outputs (N, K) in the units of a regression's targets."""
        return outputs if self.target_scale is None else outputs * self.target_scale + self.target_offset


def _encoding(columns: Columns) -> tuple[Array, Array]:
    """Of each encoded input, its column, and the value that it stands for: NaN for a number, -1 for its absence."""
    source: list[int] = []
    value: list[float] = []
    for index, column in enumerate(columns.inputs):
        if column.kind == NUMBER:
            own = [np.nan, INDICATOR] if column.indicated else [np.nan]
        else:
            own = list(map(float, range(0 if column.kind == CATEGORY else 1, len(column.values))))
        source += [index] * len(own)
        value += own
    return np.array(source), np.array(value)


def _typical(values: Array, is_number: bool) -> float:
    """The median of the numbers that are there, or the most frequent value, the first of several; 0 for none."""
    present = np.sort(values[~np.isnan(values)])
    if not len(present):
        return 0.0
    if is_number:
        return float(present[(len(present) - 1) // 2] + present[len(present) // 2]) / 2
    return float(np.bincount(present.astype(np.int64)).argmax())


def _spans(columns: Columns, offset: Array, scale: Array) -> tuple[Array, Array]:
    """Offset and scale (c,) with those columns replaced whose lowest and highest number are known."""
    known = [(index, column.span) for index, column in enumerate(columns.inputs) if column.span is not None]
    for index, (low, high) in known:
        offset[index], scale[index] = low, high - low
    return offset, scale


def _fit(scale: str, rules: Rules, rows: Array) -> tuple[Array, Array]:
    """Offset and scale (d,) of rows (N, d); a scale of 1 where all are equal."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    if scale == "minmax":
        offset, factor = low, high - low
    elif scale == "standard":
        offset = rules.mean(rows)
        factor = np.sqrt(rules.mean((rows - offset) ** 2))
    else:
        offset, factor = np.zeros(rows.shape[1]), np.ones(rows.shape[1])
    return offset, np.where(high > low, factor, 1.0)
