"""What a network answers across the view [-6, 6]: the output map, every unit's map, and frames of them in bytes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from engine.model import Model, feature_rows
from engine.network import Pass
from engine.registry import HALF, Array
from engine.trainer import Trainer

VIEW = 6.0
BOUNDARY, WEIGHTS, NEURONS, GRADIENTS = "boundary", "weights", "neurons", "gradients"


@dataclass(frozen=True)
class Grid:
    """``values`` (K, R, R) at the cells' centres ``x``, ``y`` ascending; ``classes`` (R, R), or None for numbers.

    With one input there is one row.
    """

    x: Array
    y: Array
    values: Array
    classes: Array | None


def centres(resolution: int) -> Array:
    """The centres of ``resolution`` equal cells across the view."""
    return (np.arange(resolution) + 0.5) * (2 * VIEW / resolution) - VIEW


def grid_inputs(inputs: int, resolution: int, means: Array, axes: tuple[int, int] = (0, 1)) -> Array:
    """Raw inputs (rows * resolution, inputs) over the view, x fastest; inputs not on ``axes`` stay at ``means``.

    ValueError if an axis does not exist or is named twice.
    """
    if inputs == 1:
        return centres(resolution)[:, None]
    if axes[0] == axes[1] or not all(0 <= a < inputs for a in axes):
        raise ValueError(f"axes are two different inputs from 0 to {inputs - 1}")
    side = centres(resolution)
    points = np.tile(np.asarray(means, np.float64), (resolution * resolution, 1))
    points[:, axes[0]] = np.tile(side, resolution)
    points[:, axes[1]] = np.repeat(side, resolution)
    return points


def rows_of(inputs: int, resolution: int) -> int:
    """Rows of a map: one where there is one input."""
    return 1 if inputs == 1 else resolution


def boundary(model: Model, resolution: int = 50, axes: tuple[int, int] = (0, 1)) -> Grid:
    """The outputs of ``model`` over the view."""
    inputs = model.config.inputs
    outputs = model.predict(grid_inputs(inputs, resolution, model.means, axes))
    rows = rows_of(inputs, resolution)
    labels = model.labels(outputs)
    side = centres(resolution)
    return Grid(
        side,
        side if rows > 1 else np.zeros(1),
        outputs.T.reshape(-1, rows, resolution),
        None if labels is None or model.config.task == "multilabel" else np.reshape(labels, (rows, resolution)),
    )


class Lens:
    """The view at one resolution, ready to be put in front of any weights of one run: buffers are made once."""

    def __init__(self, model: Model, resolution: int) -> None:
        inputs = model.config.inputs
        points = grid_inputs(inputs, resolution, model.means)
        self.network = model.network
        self.x = feature_rows(model.config, points, self.network.dtype)
        self.buffers = Pass(self.network, len(points))
        self.shape = (rows_of(inputs, resolution), resolution)
        # Values are shown up to a quarter of the dtype's largest, so that high - low is finite; a span too small to
        # divide 255 by counts as none.
        limits = np.finfo(self.network.dtype)
        self._limit, self._smallest = float(limits.max) / 4, float(limits.tiny) * 255

    def look(self) -> None:
        """Take the whole view through the network's present weights."""
        with np.errstate(all="ignore"):
            self.network.predict(self.buffers, self.x)

    def bytes_of(self, values: Array) -> tuple[Array, Array]:
        """Maps (n, points) as uint8 (n, rows, R) and their ranges (n, 2): value = low + u / 255 (high - low).

        ``values`` are overwritten: room in the cache is worth more than they are.
        """
        low, high = self._ends(values)
        with np.errstate(all="ignore"):
            span = high - low
        if not np.isfinite(span).all():
            values = np.nan_to_num(values, nan=0.0, posinf=self._limit, neginf=-self._limit)
            np.clip(values, -self._limit, self._limit, out=values)
            low, high = self._ends(values)
            span = high - low
        scale = np.divide(255.0, span, out=np.zeros_like(span), where=span > self._smallest)
        np.subtract(values, low, values)
        np.multiply(values, scale, values)
        np.add(values, HALF[values.itemsize], values)
        return values.astype(np.uint8).reshape(len(values), *self.shape), np.concatenate((low, high), axis=1)

    @staticmethod
    def _ends(values: Array) -> tuple[Array, Array]:
        """The lowest and the highest value of each map, (n, 1)."""
        return np.minimum.reduce(values, axis=1, keepdims=True), np.maximum.reduce(values, axis=1, keepdims=True)


class Probe:
    """Frames of one trainer."""

    def __init__(self, trainer: Trainer) -> None:
        self._model = trainer.model(0)
        self._lenses: dict[int, Lens] = {}

    def _lens(self, resolution: int) -> Lens:
        if resolution not in self._lenses:
            if len(self._lenses) >= 4:
                self._lenses.clear()
            self._lenses[resolution] = Lens(self._model, resolution)
        return self._lenses[resolution]

    def frame(
        self,
        trainer: Trainer,
        members: Sequence[int],
        resolution: int,
        unit_resolution: int,
        include: Collection[str],
        parameters: Array | None = None,
    ) -> dict[str, Array]:
        """The arrays of one frame, by name; see ``frame``."""
        parts: dict[str, list[Array]] = {}
        for member in members:
            at: Any = member if trainer.network.lead else ...
            np.copyto(self._model.network.w, trainer.network.w[at] if parameters is None else parameters[member])
            for name, array in self._member(trainer, at, resolution, unit_resolution, include).items():
                parts.setdefault(name, []).append(array)
        return {name: arrays[0][None] if len(arrays) == 1 else np.stack(arrays) for name, arrays in parts.items()}

    def _member(
        self, trainer: Trainer, at: Any, resolution: int, unit_resolution: int, include: Collection[str]
    ) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        for wanted, matrices, names in (
            (WEIGHTS, self._model.network.W, ("weights", "biases")),
            (GRADIENTS, [dW[at] for dW in trainer.network.dW], ("gradients", "gradients_bias")),
        ):
            if wanted in include:
                for layer, W in enumerate(matrices):
                    arrays[f"{names[0]}.{layer}"] = W[:, :-1].copy()
                    arrays[f"{names[1]}.{layer}"] = W[:, -1].copy()
        if BOUNDARY in include:
            lens = self._lens(resolution)
            lens.look()
            arrays["boundary"], arrays["range.boundary"] = lens.bytes_of(lens.buffers.P)
        if NEURONS in include:
            units = self._lens(unit_resolution)
            if BOUNDARY not in include or unit_resolution != resolution:
                units.look()
            for layer, A in enumerate(units.buffers.hidden_A):
                arrays[f"neurons.{layer}"], arrays[f"range.neurons.{layer}"] = units.bytes_of(A)
        return arrays


_probes: WeakKeyDictionary[Trainer, Probe] = WeakKeyDictionary()


def frame(
    trainer: Trainer,
    members: Sequence[int] = (0,),
    resolution: int = 50,
    unit_resolution: int = 25,
    include: Collection[str] = (BOUNDARY, WEIGHTS),
    parameters: Array | None = None,
) -> dict[str, Array]:
    """What a viewer sees of a run, as arrays by name, a leading axis M for the ``members``.

    It is the run now, or as it was with earlier ``parameters`` (all members, P), without gradients then.

    ``weights.{l}`` (M, n_out, n_in), ``biases.{l}`` (M, n_out), ``gradients.{l}``, ``gradients_bias.{l}`` likewise
    (those of the latest mini-batch); ``boundary`` uint8 (M, K, R, R) with ``range.boundary`` (M, K, 2); ``neurons.{l}``
    uint8 (M, n, R', R') of the hidden layers with ``range.neurons.{l}`` (M, n, 2). y ascends. Layers count from 0.
    """
    if trainer not in _probes:
        _probes[trainer] = Probe(trainer)
    shown = include if parameters is None else set(include) - {GRADIENTS}
    return _probes[trainer].frame(trainer, members, resolution, unit_resolution, shown, parameters)
