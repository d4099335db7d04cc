"""Maps of a network's outputs and units over a view of its inputs, exact or quantized to bytes, and frames of them.

The view is [-6, 6]; for the columns of a table, the range of each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from engine.config import RunConfig
from engine.inspection.slices import FIRST_TWO, Slice
from engine.nn.model import Model
from engine.nn.registry import Array
from engine.pieces import Pieces, result_of
from engine.training.trainer import Trainer

VIEW = (-6.0, 6.0)
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


def centres(resolution: int, view: tuple[float, float] = VIEW) -> Array:
    """The centres of ``resolution`` equal cells across a view, from low to high."""
    low, high = view
    return (np.arange(resolution) + 0.5) * ((high - low) / resolution) + low


def view_of(config: RunConfig, axis: int) -> tuple[float, float]:
    """What a map shows of an input, from low to high."""
    if config.columns is None:
        return VIEW
    return config.columns.inputs[axis].low, config.columns.inputs[axis].high


def grid_inputs(
    config: RunConfig, resolution: int, means: Array, axes: tuple[int, int] = (0, 1), span: slice = slice(None)
) -> Array:
    """Raw inputs (rows * resolution, inputs) over the view, x fastest; inputs not on ``axes`` stay at ``means``.

    Of these rows, those of ``span``. ValueError if an axis does not exist or is named twice.
    """
    inputs = config.inputs
    if inputs == 1:
        return centres(resolution, view_of(config, 0))[span, None]
    if axes[0] == axes[1] or not all(0 <= a < inputs for a in axes):
        raise ValueError(f"axes are two different inputs from 0 to {inputs - 1}")
    across, up = (centres(resolution, view_of(config, axis)) for axis in axes)
    places = np.arange(resolution * resolution)[span]
    points = np.tile(np.asarray(means, np.float64), (len(places), 1))
    points[:, axes[0]] = across[places % resolution]
    points[:, axes[1]] = up[places // resolution]
    return points


def rows_of(inputs: int, resolution: int) -> int:
    """Rows of a map: one where there is one input."""
    return 1 if inputs == 1 else resolution


def boundary(
    model: Model, resolution: int = 50, axes: tuple[int, int] = (0, 1), hold: Mapping[int, float] | None = None
) -> Grid:
    """The outputs of ``model`` over the view; inputs neither on ``axes`` nor in ``hold`` stay at their means."""
    return result_of(boundary_pieces(model, resolution, Slice(axes, tuple((hold or {}).items()))))


def boundary_pieces(model: Model, resolution: int, plane: Slice) -> Pieces[Grid]:
    """``boundary`` in pieces."""
    inputs = model.config.inputs
    plane.check(inputs)
    base = plane.base(model.means)
    rows = rows_of(inputs, resolution)
    outputs = yield from model.predict_pieces(
        rows * resolution, lambda span: grid_inputs(model.config, resolution, base, plane.axes, span)
    )
    labels = model.labels(outputs)
    x, y = plane.axes if rows > 1 else (0, 0)
    return Grid(
        centres(resolution, view_of(model.config, x)),
        centres(resolution, view_of(model.config, y)) if rows > 1 else np.zeros(1),
        outputs.T.reshape(-1, rows, resolution),
        None if labels is None or model.config.task == "multilabel" else np.reshape(labels, (rows, resolution)),
    )


# Number of points whose features are kept for the next frame; those of the others are computed each time.
MAX_CACHED_BYTES = 4_000_000


class Viewport:
    """A plane at one resolution, to be evaluated under any weights of one run: its buffers are allocated once."""

    def __init__(self, model: Model, resolution: int, plane: Slice) -> None:
        plane.check(model.config.inputs)
        self._axes, self._base = plane.axes, plane.base(model.means)
        self._model, self._resolution = model, resolution
        self.shape = (rows_of(model.config.inputs, resolution), resolution)
        count, network = self.shape[0] * resolution, model.network
        self._evaluator = model.arithmetic.evaluator(network, count)
        kept = count * network.sizes[0] * network.w.itemsize <= MAX_CACHED_BYTES
        self._inputs = list(self._prepared()) if kept else None

    def _prepared(self) -> Iterator[Any]:
        model = self._model
        for span in self._evaluator.spans:
            points = grid_inputs(model.config, self._resolution, self._base, self._axes, span)
            yield self._evaluator.prepared(model.features(points))

    def evaluate(self, hidden: bool) -> Pieces[tuple[Array, list[Array]]]:
        """Take the whole view through the network's present weights, which must not change between the pieces.

        The outputs (K, points) and, if wanted, every hidden layer's activations (n, points), until the next call.
        """
        return self._evaluator.evaluate(self._inputs or self._prepared(), hidden)

    def quantize(self, values: Array) -> tuple[Array, Array]:
        """Maps (n, points), overwritten, as uint8 (n, rows, R) and their ranges (n, 2)."""
        maps, ranges = self._evaluator.quantize(values)
        return maps.reshape(len(maps), *self.shape), ranges


class Probe:
    """Frames of one trainer."""

    def __init__(self, trainer: Trainer) -> None:
        self._model = trainer.model(0)
        self._viewports: dict[tuple[int, Slice], Viewport] = {}

    def _viewport(self, resolution: int, plane: Slice) -> Viewport:
        key = resolution, plane
        if key not in self._viewports:
            if len(self._viewports) >= 4:
                self._viewports.clear()
            self._viewports[key] = Viewport(self._model, resolution, plane)
        return self._viewports[key]

    def frame(
        self,
        trainer: Trainer,
        members: Sequence[int],
        resolution: int,
        unit_resolution: int,
        include: Collection[str],
        parameters: Array | None,
        plane: Slice,
    ) -> Pieces[dict[str, Array]]:
        """The arrays of one frame, by name; see ``frame``. The weights are copied before the first pause."""
        places: list[Any] = [member if trainer.network.lead else ... for member in members]
        weights = [
            (trainer.network.w[at] if parameters is None else parameters[member]).copy()
            for at, member in zip(places, members, strict=True)
        ]
        frames = [self._numbers(trainer, at, w, include) for at, w in zip(places, weights, strict=True)]
        yield
        for w, arrays in zip(weights, frames, strict=True):
            np.copyto(self._model.network.w, w)
            yield from self._maps(arrays, resolution, unit_resolution, include, plane)
        names = frames[0] if frames else ()
        return {name: np.stack([arrays[name] for arrays in frames]) for name in names}

    def _numbers(self, trainer: Trainer, at: Any, w: Array, include: Collection[str]) -> dict[str, Array]:
        arrays: dict[str, Array] = {}
        for wanted, matrices, names in (
            (WEIGHTS, self._model.network.views_of(w), ("weights", "biases")),
            (GRADIENTS, [dW[at] for dW in trainer.network.dW], ("gradients", "gradients_bias")),
        ):
            if wanted in include:
                for layer, W in enumerate(matrices):
                    arrays[f"{names[0]}.{layer}"] = W[:, :-1].copy()
                    arrays[f"{names[1]}.{layer}"] = W[:, -1].copy()
        return arrays

    def _maps(
        self, arrays: dict[str, Array], resolution: int, unit_resolution: int, include: Collection[str], plane: Slice
    ) -> Pieces[None]:
        """Adds the maps of the member whose weights are in place."""
        units: list[Array] | None = None
        if BOUNDARY in include:
            viewport = self._viewport(resolution, plane)
            shared = NEURONS in include and unit_resolution == resolution
            outputs, hidden = yield from viewport.evaluate(shared)
            units = hidden if shared else None
            arrays["boundary"], ranges = viewport.quantize(outputs)
            arrays["range.boundary"] = self._model.decode(ranges.T).T
        if NEURONS in include:
            viewport = self._viewport(unit_resolution, plane)
            if units is None:
                _, units = yield from viewport.evaluate(True)
            for layer, A in enumerate(units):
                arrays[f"neurons.{layer}"], arrays[f"range.neurons.{layer}"] = viewport.quantize(A)
                yield


_probes: WeakKeyDictionary[Trainer, Probe] = WeakKeyDictionary()


def frame(
    trainer: Trainer,
    members: Sequence[int] = (0,),
    resolution: int = 50,
    unit_resolution: int = 25,
    include: Collection[str] = (BOUNDARY, WEIGHTS),
    parameters: Array | None = None,
    plane: Slice = FIRST_TWO,
) -> dict[str, Array]:
    """One frame of a run: arrays by name, with a leading axis M for the ``members``; maps are over ``plane``.

    It is the run now, or as it was with earlier ``parameters`` (all members, P), without gradients then.

    ``weights.{l}`` (M, n_out, n_in), ``biases.{l}`` (M, n_out), ``gradients.{l}``, ``gradients_bias.{l}`` likewise
    (those of the latest mini-batch); ``boundary`` uint8 (M, K, R, R) with ``range.boundary`` (M, K, 2); ``neurons.{l}``
    uint8 (M, n, R', R') of the hidden layers with ``range.neurons.{l}`` (M, n, 2). y ascends. Layers count from 0.
    """
    return result_of(frame_pieces(trainer, members, resolution, unit_resolution, include, parameters, plane))


def frame_pieces(
    trainer: Trainer,
    members: Sequence[int],
    resolution: int,
    unit_resolution: int,
    include: Collection[str],
    parameters: Array | None = None,
    plane: Slice = FIRST_TWO,
) -> Pieces[dict[str, Array]]:
    """``frame`` in pieces. The trainer may train on between them, but it makes one frame at a time."""
    if trainer not in _probes:
        _probes[trainer] = Probe(trainer)
    shown = include if parameters is None else set(include) - {GRADIENTS}
    return _probes[trainer].frame(trainer, members, resolution, unit_resolution, shown, parameters, plane)
