"""A network as the kernel's structures: its layers, and the unit and input that each parameter links."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.kernel.bindings import ACTIVATIONS, LANES, LOSSES, ONE_RIGHT, OUTPUTS, Net
from engine.nn.registry import Array


class Layout:
    """One network without its parameters: ``net`` is the C structure, ``parameters`` their number, ``padded`` the
    multiple of 16 up to which they are 0, ``is_weight`` (padded,) 1 for weights and 0 elsewhere."""

    def __init__(
        self,
        sizes: Sequence[int],
        activations: Sequence[str],
        output: str,
        loss: str,
        *,
        fixed: Sequence[float] = (),
        keep: Sequence[float] = (),
        answers: int = ONE_RIGHT,
        bias: bool = True,
    ) -> None:
        """``sizes`` of all layers, inputs first; for each hidden layer an activation, its ``fixed`` parameter (0 where
        it has none) and the share that dropout keeps; ``answers``: what counts as right."""
        hidden, units = len(sizes) - 2, sum(sizes)
        row, column, is_weight, learned = [], [], [], []
        place, before = sizes[0], 0
        for layer, (n_in, n_out) in enumerate(pairwise(sizes)):
            for unit in range(place, place + n_out):
                row += [unit] * (n_in + 1)
                column += [*range(before, before + n_in), units]
                is_weight += [1.0] * n_in + [0.0]
            if layer < hidden and activations[layer] == "prelu":
                learned.append(len(row))
                row, column, is_weight = [*row, units], [*column, units], [*is_weight, 0.0]
            else:
                learned.append(-1)
            before, place = place, place + n_out
        self.sizes, self.parameters = tuple(sizes), len(row)
        self.padded = -(-self.parameters // LANES) * LANES
        missing = self.padded - self.parameters
        self.is_weight = np.array(is_weight + [0.0] * missing, np.float32)
        fixed_array = np.array([*fixed, *[0.0] * (hidden + 1 - len(fixed))], np.float64)
        self._arrays = (
            np.array(sizes[1:], np.int32),
            np.array([*map(ACTIVATIONS.index, activations), 0], np.int32),
            fixed_array,
            np.array(learned, np.int32),
            np.array([*keep, *[1.0] * (hidden + 1 - len(keep))], np.float32),
            self._offsets(row + [units] * missing),
            self._offsets(column + [units] * missing),
        )
        names = OUTPUTS.index(output), LOSSES.index(loss)
        addresses = (array.ctypes.data for array in self._arrays)
        self.net = Net(sizes[0], hidden + 1, bias, *names, answers, self.padded, *addresses)

    @staticmethod
    def _offsets(places: Sequence[int]) -> Array:
        """Places of units in a block, as bytes."""
        return np.array(places, np.int32) * np.int32(4 * LANES)
