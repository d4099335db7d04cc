"""A trained network as a function of raw inputs: outputs and labels, with the features computed in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.config import RunConfig
from engine.data.features import transform
from engine.data.preprocessing import Preprocessing
from engine.kernel import NUMPY
from engine.nn.activations import activations
from engine.nn.arithmetic import arithmetics
from engine.nn.initializers import initializers
from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION
from engine.nn.network import HiddenLayer, Network
from engine.nn.registry import Array
from engine.numbers.rules import PORTABLE, Rules
from engine.numbers.streams import Stream
from engine.pieces import Pieces, result_of


def network_of(config: RunConfig, *, dtype: object = np.float32, members: int | None = None) -> Network:
    """The network a config describes, all parameters zero."""
    hidden = [
        HiddenLayer(layer.units, activations[layer.activation.name], layer.activation.parameters, layer.dropout)
        for layer in config.network.hidden
    ]
    sizes = config.sizes
    return Network(sizes[0], hidden, sizes[-1], config.pair, bias=config.network.bias, members=members, dtype=dtype)


def draw_initial_weights(network: Network, config: RunConfig, stream: Stream, member: int | None = None) -> None:
    """Draw initial weights; learned activation parameters start at their defaults."""
    initializer = initializers[config.network.initializer]
    network.initialize(lambda n_out, n_in: initializer.draw(stream, n_out, n_in), initializer.bias, member)


def feature_rows(
    rules: Rules, config: RunConfig, inputs: Array, dtype: object, preprocessing: Preprocessing | None = None
) -> Array:
    """Raw inputs (N, d) as the network's inputs (n + 1, N): features, then the row of ones (0 without biases)."""
    chosen = config.feature_list
    x = np.empty((len(chosen) + 1, len(inputs)), dtype)  # type: ignore[call-overload]
    transform(rules, chosen, encode_inputs(inputs, preprocessing).T, x)
    x[-1] = 1.0 if config.network.bias else 0.0
    return x  # type: ignore[no-any-return]


def encode_inputs(inputs: Array, preprocessing: Preprocessing | None) -> Array:
    """Raw inputs (N, c) as the numbers (N, d) that features are computed from."""
    inputs = np.asarray(inputs, np.float64)
    return inputs if preprocessing is None else preprocessing.encode(inputs)


@dataclass(frozen=True)
class LayerWeights:
    """One layer in the articles' notation: ``W`` (n_out, n_in), ``b`` (n_out) or None, ``mask`` False where cut."""

    W: Array
    b: Array | None
    mask: Array | None


class Model:
    """One network with the config that gives its inputs and outputs their meaning.

    ``parameters`` (P,) are copied; ``cut`` (P,) is 0 where a link is cut, or None. ``means`` (d,) are the raw inputs'
    training means, used for inputs that a map does not show; ``rules`` compute the features, ``arithmetic``
    (a name of ``arithmetics``) the answers; ``preprocessing`` is that of a
    table's columns.
    """

    def __init__(
        self,
        config: RunConfig,
        parameters: Array,
        cut: Array | None = None,
        means: Array | None = None,
        rules: Rules = PORTABLE,
        arithmetic: str = NUMPY,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        self.config, self.rules, self.arithmetic = config, rules, arithmetics[arithmetic]
        self.preprocessing = preprocessing
        self.network = network_of(config, dtype=parameters.dtype)
        np.copyto(self.network.w, parameters)
        self.cut = cut
        self.means = np.zeros(config.inputs) if means is None else means

    def predict(self, inputs: Array) -> Array:
        """Outputs (N, K) for raw inputs (N, d), finite whatever the weights; ValueError if d is not the data set's.

        For a regression on a table, in the units of its targets.
        """
        inputs = np.asarray(inputs, np.float64)
        if inputs.ndim != 2 or inputs.shape[1] != self.config.inputs:
            raise ValueError(f"inputs are rows of {self.config.inputs} numbers, not of shape {inputs.shape}")
        return result_of(self.predict_pieces(len(inputs), inputs.__getitem__))

    def predict_pieces(self, count: int, rows: Callable[[slice], Array]) -> Pieces[Array]:
        """The same for ``count`` inputs, of which ``rows`` makes those of a span when their turn comes."""
        outputs = yield from self._outputs(count, rows)
        return outputs if np.isfinite(outputs).all() else (yield from self._saturated(count, rows))

    def _outputs(self, count: int, rows: Callable[[slice], Array]) -> Pieces[Array]:
        evaluator = self.arithmetic.evaluator(self.network, count)
        inputs = (evaluator.prepared(self.features(rows(span))) for span in evaluator.spans)
        outputs, _ = yield from evaluator.evaluate(inputs, hidden=False)
        return self.decode(outputs.T.copy())

    def _saturated(self, count: int, rows: Callable[[slice], Array]) -> Pieces[Array]:
        """Outputs of weights that take float32 out of its range: computed in float64, then cut off."""
        network = network_of(self.config, dtype=np.float64)
        np.copyto(network.w, self.network.w)
        units = network.sizes[-1]
        outputs = np.empty((count, units))
        for span in self.arithmetic.evaluator(self.network, count).spans:
            x = self.features(rows(span), network.dtype)
            passes = self.arithmetic.passes(network, x, np.zeros((units, x.shape[1])), ())
            outputs[span] = self.decode(passes.outputs().T)
            yield
        limit = np.finfo(self.network.dtype).max
        return np.clip(np.nan_to_num(outputs), -limit, limit).astype(self.network.dtype)

    def features(self, inputs: Array, dtype: object = None) -> Array:
        """Raw inputs (N, d) as the network's inputs (n + 1, N); what the dtype cannot hold becomes infinite."""
        with np.errstate(all="ignore"):
            return feature_rows(self.rules, self.config, inputs, dtype or self.network.dtype, self.preprocessing)

    def decode(self, outputs: Array) -> Array:
        """The network's own outputs (N, K) in the units of the targets."""
        if self.preprocessing is None:
            return outputs
        with np.errstate(all="ignore"):
            return self.preprocessing.decode(outputs).astype(outputs.dtype)

    def labels(self, outputs: Array, threshold: float = 0.5) -> list[int] | list[list[int]] | None:
        """Class indices for ``outputs`` (N, K); 0/1 lists for several labels; None for a regression.

        ``threshold`` in (0, 1) is where one output counts as class 1, or a label as given: the share of the way from
        the code of "is not" to that of "is" (0 to 1; for a tanh output -1 to 1). The largest of several outputs wins.
        """
        task, pair = self.config.task, self.config.pair
        if task == REGRESSION:
            return None
        middle = pair.low + threshold * (pair.high - pair.low)
        if task == MULTILABEL:
            return (outputs >= middle).astype(int).tolist()  # type: ignore[no-any-return]
        if outputs.shape[1] == 1:
            return (outputs[:, 0] >= middle).astype(int).tolist()  # type: ignore[no-any-return]
        return outputs.argmax(axis=1).tolist()  # type: ignore[no-any-return]

    def named(self, indices: list[Any] | None) -> list[Any] | None:
        """The names of ``labels`` where a table gives them, of several labels those that apply; else the same."""
        columns = self.config.columns
        if indices is None or columns is None:
            return indices
        if self.config.task == MULTILABEL:
            return [[name for name, is_so in zip(columns.targets, row, strict=True) if is_so] for row in indices]
        return [columns.classes[index] for index in indices]

    def layers(self) -> list[LayerWeights]:
        """Copies of every layer's weights, hidden layers first, the output layer last."""
        masks = [None] * len(self.network.W) if self.cut is None else self.network.views_of(self.cut)
        return [
            LayerWeights(
                W[:, :-1].copy(),
                W[:, -1].copy() if self.network.bias else None,
                None if mask is None else mask[:, :-1] != 0,
            )
            for W, mask in zip(self.network.W, masks, strict=True)
        ]


def encode_targets(config: RunConfig, targets: Array, preprocessing: Preprocessing | None = None) -> Array:
    """Targets as the network's outputs should be, (K, N): classes coded low and high as the pair says."""
    if config.task != CLASSIFICATION:
        targets = targets if preprocessing is None else preprocessing.encode_targets(targets)
        return np.atleast_2d(np.asarray(targets, np.float64).T)
    low, high = config.pair.low, config.pair.high
    if config.output_units == 1:
        return np.where(targets == 1, high, low)[None, :]
    return np.where(np.arange(config.output_units)[:, None] == targets, high, low)
