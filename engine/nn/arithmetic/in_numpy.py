"""What a network answers, in NumPy: the readable definition."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.kernel import NUMPY
from engine.nn.arithmetic.entry import Arithmetic, arithmetics
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


arithmetics.add(Arithmetic(name=NUMPY, title="NumPy, this machine's own", evaluator=NumpyEvaluator))
