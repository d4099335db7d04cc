"""The plane through the inputs that a map shows: the two inputs that vary, and what the others are held at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.nn.registry import Array


@dataclass(frozen=True, slots=True)
class Slice:
    """``axes``: the inputs that vary across and up. ``hold``: pairs of an input and its value; those neither on an axis
    nor named stay at their training means."""

    axes: tuple[int, int] = (0, 1)
    hold: tuple[tuple[int, float], ...] = ()

    def check(self, inputs: int) -> None:
        """ValueError names an axis or a held input that ``inputs`` raw inputs do not have, or an axis named twice."""
        if inputs == 1 and self == Slice():
            return
        if self.axes[0] == self.axes[1] or not all(0 <= axis < inputs for axis in self.axes):
            raise ValueError(f"axes are two different inputs from 0 to {inputs - 1}")
        if wrong := [index for index, _ in self.hold if not 0 <= index < inputs]:
            raise ValueError(f"input {wrong[0]} cannot be held: it does not exist, choose from 0 to {inputs - 1}")

    def base(self, means: Array) -> Array:
        """A value for every raw input (d,): what the inputs that do not vary are held at."""
        values = np.array(means, np.float64)
        for index, value in self.hold:
            values[index] = value
        return values

    def held(self, means: Array) -> list[float | None]:
        """What every raw input is held at, None for those that vary."""
        return [None if index in self.axes else value for index, value in enumerate(self.base(means).tolist())]


FIRST_TWO = Slice()
