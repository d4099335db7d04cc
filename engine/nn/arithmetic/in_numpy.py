"""What a network answers, in NumPy: the readable definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from engine.kernel import NUMPY
from engine.nn.activations import Activation
from engine.nn.arithmetic.entry import Arithmetic, PassValues, arithmetics
from engine.nn.network import Network, Pass
from engine.nn.registry import HALF, Array
from engine.pieces import Pieces, spans, width_of


class NumpyEvaluator:
    """See ``Evaluator``. Pieces are of one length, and the last may overlap: NumPy rounds by the length of a batch."""

    def __init__(self, network: Network, count: int) -> None:
        self._network, self._count = network, count
        self.spans = spans(count, width_of(network.sizes))
        self._buffers = Pass(network, self.spans[0].stop if self.spans else 1)
        limits = np.finfo(network.dtype)
        self._limit, self._smallest = float(limits.max) / 4, float(limits.tiny) * 255

    def prepared(self, x: Array) -> Array:
        return x

    def evaluate(self, inputs: Iterable[Array], hidden: bool) -> Pieces[tuple[Array, list[Array]]]:
        parts = [self._buffers.P, *(self._buffers.hidden_A if hidden else ())]
        seen = parts
        if len(self.spans) != 1:
            seen = [np.empty((len(part), self._count), part.dtype) for part in parts]
        for span, x in zip(self.spans, inputs, strict=True):
            with np.errstate(all="ignore"):
                self._network.predict(self._buffers, x)
            if seen is not parts:
                for whole, part in zip(seen, parts, strict=True):
                    whole[:, span] = part
            yield
        return seen[0], seen[1:]

    def quantize(self, values: Array) -> tuple[Array, Array]:
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
        return values.astype(np.uint8), np.concatenate((low, high), axis=1)

    @staticmethod
    def _ends(values: Array) -> tuple[Array, Array]:
        """The lowest and the highest value of each map, (n, 1)."""
        return np.minimum.reduce(values, axis=1, keepdims=True), np.maximum.reduce(values, axis=1, keepdims=True)


class NumpyPasses:
    """See ``Passes``. Many weights are taken through as many networks in lockstep."""

    def __init__(self, network: Network, x: Array, t: Array, masks: Sequence[Array] = ()) -> None:
        self._network, self._x, self._t, self._masks = network, x, t, masks
        self._stack: Network | None = None

    def _pass(self, network: Network, masks: Sequence[Array]) -> Pass:
        p = Pass(network, self._x.shape[1], training=bool(masks))
        for dropout, mask in zip(p.dropouts, masks, strict=True):
            dropout.mask[...] = mask
        return p

    def outputs(self) -> Array:
        with np.errstate(all="ignore"):
            return self._network.predict(self._pass(self._network, ()), self._x)

    def gradient(self) -> Array:
        self._backward(self._pass(self._network, self._masks))
        return self._network.g.copy()

    def _backward(self, p: Pass) -> None:
        network, m = self._network, self._x.shape[1]
        network.predict(p, self._x)
        network.backward(p, self._x.T, network.pair.encode(self._t), 1.0 / m)

    def values(self) -> PassValues:
        network, p = self._network, self._pass(self._network, self._masks)
        self._backward(p)
        slopes = [_slope(layer.activation, p, index) for index, layer in enumerate(network.hidden)]
        dAs: list[Array] = []
        dZs = [p.dZ_out]
        for W, slope, mask in zip(network.W[:0:-1], slopes[::-1], p.masks[::-1], strict=True):
            dAs.insert(0, W[:, :-1].T @ dZs[0])
            dZs.insert(0, dAs[0] * slope if mask is None else dAs[0] * mask * slope)
        inputs = [self._x[:-1], *(A[:-1] for A in p.inputs)]
        return PassValues(inputs, [*p.hidden_Z, p.Z_out], [*p.hidden_A, p.P], dAs, dZs, slopes, network.g.copy())

    def losses(self, weights: Array, sides: bool = False) -> tuple[Array, list[Array]]:
        count = len(weights)
        if self._stack is None or len(self._stack.w) < count:
            one = self._network
            self._stack = Network(
                *(one.sizes[0], one.hidden, one.sizes[-1], one.pair),
                bias=one.bias,
                members=count,
                dtype=np.float64,
            )
            self._buffers = self._pass(self._stack, self._masks)
            self._examples = np.zeros((count, self._x.shape[1]))
        stack, p = self._stack, self._buffers
        stack.w[:count] = weights
        with np.errstate(all="ignore"):  # of weights that take the loss out of range, it is not finite
            stack.predict(p, self._x)
            stack.pair.example_losses(p.Z_out, p.P, self._t, p.s_out, p.row, self._examples)
            losses = self._examples.mean(axis=-1)[:count]
        kinked = (Z for Z, layer in zip(p.hidden_Z, stack.hidden, strict=True) if layer.activation.kinked)
        return losses, [Z[:count] > 0 for Z in kinked] if sides else []


def _slope(activation: Activation, p: Pass, index: int) -> Array:
    """f'(Z) of a hidden layer."""
    Z, A = p.hidden_Z[index], p.hidden_A[index]
    slope, s = np.zeros_like(Z), (np.zeros_like(Z), np.zeros_like(Z))
    activation.derivative(Z, A, slope, s, *p.parameters(index))
    return slope


arithmetics.add(Arithmetic(name=NUMPY, title="NumPy, this machine's own", evaluator=NumpyEvaluator, passes=NumpyPasses))
