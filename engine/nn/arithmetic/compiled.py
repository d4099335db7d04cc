"""What a network answers, compiled: the same bits on every machine."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.kernel import PORTABLE, KernelError, load
from engine.kernel.bindings import LANES, Rows, in_blocks
from engine.nn.arithmetic.entry import Arithmetic, arithmetics
from engine.nn.arithmetic.layout import layout_of
from engine.nn.network import Network
from engine.nn.registry import Array, aligned
from engine.pieces import Pieces, width_of


class CompiledEvaluator:
    """See ``Evaluator``. An answer depends on no other point, so the last piece is as long as it is."""

    def __init__(self, network: Network, count: int) -> None:
        kernel = load()
        if kernel is None:
            raise KernelError("a run of the compiled arithmetic is looked at where there is none")
        self._kernel, self._network, self._count = kernel, network, count
        self._layout = layout_of(network)
        width = width_of(network.sizes) // LANES * LANES
        self.spans = [slice(start, min(start + width, count)) for start in range(0, count, width)]
        self._by = -(-count // LANES) * LANES
        self._work = aligned(kernel.work_floats(self._layout.net, 1))
        self._values: dict[int, Array] = {}

    def prepared(self, x: Array) -> Array:
        return in_blocks(x[:-1].T)

    def evaluate(self, inputs: Iterable[Array], hidden: bool) -> Pieces[tuple[Array, list[Array]]]:
        first, *sizes = self._network.sizes
        units = sum(sizes) if hidden else sizes[-1]
        if units not in self._values:
            self._values[units] = aligned(units, self._by)
        values = self._values[units]
        for span, blocks in zip(self.spans, inputs, strict=True):
            points = Rows(span.stop - span.start, blocks.ctypes.data, None)
            to = values.ctypes.data + span.start * values.itemsize
            addresses = self._work.ctypes.data, to, self._by
            net, w = self._layout.net, self._network.w.ctypes.data
            self._kernel.evaluate(net, w, points, first + sum(sizes) - units, units, *addresses)
            yield
        of_points = values[:, : self._count]
        if not hidden:
            return of_points, []
        *layers, outputs = np.split(of_points, np.cumsum(sizes)[:-1])
        return outputs, layers

    def quantize(self, values: Array) -> tuple[Array, Array]:
        maps, count = values.shape
        found, ranges = np.empty((maps, count), np.uint8), np.empty((maps, 2), np.float32)
        addresses = found.ctypes.data, ranges.ctypes.data
        self._kernel.quantise(values.ctypes.data, maps, count, values.strides[0] // values.itemsize, *addresses)
        return found, ranges


arithmetics.add(Arithmetic(name=PORTABLE, title="compiled, equal on every machine", evaluator=CompiledEvaluator))
