"""What a network answers, compiled: the same bits on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from engine.kernel import PORTABLE, Kernel, KernelError, load
from engine.kernel.bindings import LANES, Rows, in_blocks
from engine.nn.arithmetic.entry import Arithmetic, PassValues, arithmetics
from engine.nn.arithmetic.layout import layout_of
from engine.nn.network import Network
from engine.nn.registry import Array, aligned
from engine.pieces import Pieces, width_of


class CompiledEvaluator:
    """See ``Evaluator``. An answer depends on no other point, so the last piece is as long as it is."""

    def __init__(self, network: Network, count: int) -> None:
        self._kernel, self._network, self._count = _kernel(), network, count
        self._layout = layout_of(network)
        width = width_of(network.sizes) // LANES * LANES
        self.spans = [slice(start, min(start + width, count)) for start in range(0, count, width)]
        self._by = -(-count // LANES) * LANES
        self._work = aligned(self._kernel.work_floats(self._layout.net, 1))
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


class CompiledPasses:
    """See ``Passes``. Arrays of units lie as the kernel has them: (blocks, units + 1, 16)."""

    def __init__(self, network: Network, x: Array, t: Array, masks: Sequence[Array] = ()) -> None:
        self._kernel, self._network, self._layout = _kernel(), network, layout_of(network)
        self._x, self._t = in_blocks(x[:-1].T, np.float64), in_blocks(t.T, np.float64)
        self._batch = Rows(x.shape[1], self._x.ctypes.data, self._t.ctypes.data)
        self._units = np.cumsum((0, *network.sizes))
        self._mask = self._in_blocks(masks) if masks else None

    def _in_blocks(self, masks: Sequence[Array]) -> Array:
        left = iter(masks)
        mask = aligned(len(self._x), self._units[-1] + 1, LANES, dtype=np.float64)
        for index, layer in enumerate(self._network.hidden, 1):
            if layer.dropout > 0:
                mask[:, self._units[index] : self._units[index + 1]] = in_blocks(next(left).T, np.float64)
        return mask

    def _forward(self, mask: int | None) -> tuple[Array, Array]:
        """The padded weights, and the buffers (6, blocks, units + 1, 16) of a pass that has gone forward."""
        net, network = self._layout.net, self._network
        w = aligned(self._layout.padded, dtype=np.float64)
        w[: network.w.size] = network.w
        work = aligned(6, len(self._x), self._units[-1] + 1, LANES, dtype=np.float64)
        self._kernel.forward64(net, w.ctypes.data, self._batch, mask, work.ctypes.data)
        return w, work

    @property
    def _mask_address(self) -> int | None:
        return None if self._mask is None else self._mask.ctypes.data

    def outputs(self) -> Array:
        _, work = self._forward(None)
        return self._of_layers(work[0])[-1]

    def gradient(self) -> Array:
        return self._backward()[0]

    def _backward(self) -> tuple[Array, Array]:
        """The gradient, and the buffers of the pass."""
        w, work = self._forward(self._mask_address)
        g = aligned(self._layout.padded, dtype=np.float64)
        addresses = self._mask_address, work.ctypes.data, g.ctypes.data
        self._kernel.gradient64(self._layout.net, w.ctypes.data, self._batch, *addresses)
        return g[: self._network.w.size], work

    def values(self) -> PassValues:
        gradient, work = self._backward()
        inputs, Z, dZ, F, dA, slope = map(self._of_layers, work)
        A = inputs[1:]
        for index, layer in enumerate(self._network.hidden):
            if layer.dropout > 0 and self._mask is not None:
                A[index] = F[index + 1]
        return PassValues(inputs[:-1], Z[1:], A, dA[1:-1], dZ[1:], slope[1:-1], gradient)

    def _of_layers(self, of_units: Array) -> list[Array]:
        """A buffer of the pass as one array (n, m) a layer, the inputs' first."""
        rows = of_units.transpose(1, 0, 2).reshape(of_units.shape[1], -1)[:, : self._batch.count]
        return [rows[start:stop] for start, stop in pairwise(self._units)]

    def losses(self, weights: Array, sides: bool = False) -> tuple[Array, list[Array]]:
        count, net = len(weights), self._layout.net
        w = aligned(count, self._layout.padded, dtype=np.float64)
        w[:, : weights.shape[1]] = weights
        if not self._network.bias:  # the kernel would add them
            for W in self._network.views_of(w[:, : weights.shape[1]]):
                W[..., -1] = 0.0
        loss, work = np.empty(count), aligned(self._kernel.work64(net, 1), dtype=np.float64)
        hidden = enumerate(self._network.hidden, 1)
        kinked = [index for index, layer in hidden if layer.activation.kinked] if sides else []
        Z = aligned(count, len(self._x), self._units[-1] + 1, LANES, dtype=np.float64) if kinked else None
        addresses = work.ctypes.data, loss.ctypes.data, None if Z is None else Z.ctypes.data
        self._kernel.losses64(net, w.ctypes.data, count, self._batch, self._mask_address, *addresses)
        found = []
        for index in kinked:
            assert Z is not None
            positive = Z[:, :, self._units[index] : self._units[index + 1]] > 0
            found.append(positive.transpose(0, 2, 1, 3).reshape(count, positive.shape[2], -1)[..., : self._batch.count])
        return loss, found


def _kernel() -> Kernel:
    kernel = load()
    if kernel is None:
        raise KernelError("a run of the compiled arithmetic is looked at where there is none")
    return kernel


arithmetics.add(
    Arithmetic(
        name=PORTABLE,
        title="compiled, equal on every machine",
        evaluator=CompiledEvaluator,
        passes=CompiledPasses,
    )
)
