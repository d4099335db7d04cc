"""A network of stacked dense layers, forward and backward:

    Z[l] = W[l] A[l-1]            A[l] = f(Z[l])
    dZ[l] = dA[l] * f'(Z[l])      dW[l] = dZ[l] A[l-1]^T      dA[l-1] = W[l]^T dZ[l]

W (n_out, n_in + 1) carries b as its last column, against the row of ones that closes every A (n + 1, m); without
biases that row is 0. For M networks in lockstep every array has a leading axis M and each product is M products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from engine.nn.activations import Activation
from engine.nn.dropout import Dropout
from engine.nn.losses import OutputLoss
from engine.nn.registry import Array, aligned


@dataclass(frozen=True)
class HiddenLayer:
    """Units, activation with its fixed parameters, and the share of outputs dropped in training."""

    units: int
    activation: Activation
    parameters: tuple[float, ...] = ()
    dropout: float = 0.0


class Network:
    """Parameters of one network, or of ``members`` in lockstep, and the passes through it.

    ``w`` and ``g`` are all parameters and their gradient, flat: (P,) or (M, P); ``W``, ``dW`` are each layer's views of
    them, ``learned`` and ``d_learned`` those of learned activation parameters (None where a layer has none).
    ``is_weight`` (P,) is 1 for weights, 0 for biases and learned parameters.
    """

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[HiddenLayer],
        outputs: int,
        pair: OutputLoss,
        *,
        bias: bool = True,
        members: int | None = None,
        dtype: Any = np.float32,
    ) -> None:
        self.sizes = (inputs, *(layer.units for layer in hidden), outputs)
        self.hidden = tuple(hidden)
        self.pair = pair
        self.bias = bias
        self.lead = () if members is None else (members,)
        self.dtype = np.dtype(dtype)
        self._place()

    def _place(self) -> None:
        """Lay every layer's W, then its learned parameters, into one flat array, and make the views."""
        spans: list[tuple[int, int, int]] = []
        end = 0
        for layer, (n_in, n_out) in enumerate(zip(self.sizes, self.sizes[1:], strict=False)):
            start = end
            end += n_out * (n_in + 1)
            learned = len(self.hidden[layer].activation.learned) if layer < len(self.hidden) else 0
            spans.append((start, end, end + learned))
            end += learned
        self.w, self.g = (aligned(*self.lead, end, dtype=self.dtype) for _ in range(2))
        self.is_weight = np.zeros(end, self.dtype)
        self.W, self.dW = self._matrices(self.w, spans), self._matrices(self.g, spans)
        self.learned = [self.w[..., b:c, None, None] if c > b else None for _, b, c in spans]
        self.d_learned = [self.g[..., b:c] if c > b else None for _, b, c in spans]
        self.spans = spans
        for W in self._matrices(self.is_weight, spans):
            W[:, :-1] = 1.0

    def _matrices(self, flat: Array, spans: list[tuple[int, int, int]]) -> list[Array]:
        lead = flat.shape[:-1]
        shapes = [(n_out, n_in + 1) for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False)]
        return [flat[..., a:b].reshape(*lead, *shape) for (a, b, _), shape in zip(spans, shapes, strict=True)]

    def views_of(self, flat: Array) -> list[Array]:
        """Each layer's matrix (..., n_out, n_in + 1) in an array laid out like ``w``."""
        return self._matrices(flat, self.spans)

    def initialize(self, draw: Callable[[int, int], Array], bias: float, member: int | None = None) -> None:
        """Set initial weights from ``draw(n_out, n_in)``, layer after layer; ``member`` None fills the only network."""
        at: Any = ... if member is None else member
        for W in self.W:
            _, columns = W.shape[-2:]
            W[at][..., :-1] = draw(W.shape[-2], columns - 1)
            W[at][..., -1] = bias if self.bias else 0.0
        for slot, layer in zip(self.learned, self.hidden, strict=False):
            if slot is not None:
                slot[at] = np.array([p.default for p in layer.activation.learned])[:, None, None]

    def forward(self, p: Pass, x: Array) -> None:
        """From inputs ``x`` (..., n + 1, m), ones included, to the output's Z, through the buffers of ``p``."""
        A_prev = x
        for W_times, Z, f, units, s, parameters, mask, kept, A in p.layers:
            W_times(A_prev, Z)
            f(Z, units, s, *parameters)
            if mask is not None:
                np.multiply(units, mask, kept)
            A_prev = A
        p.W_out_times(A_prev, p.Z_out)

    def backward(self, p: Pass, x_T: Array, t: Array, scale: float) -> None:
        """After ``forward``: the gradient of the loss times ``scale`` (1/m: the mean over m examples), into ``g``.

        ``x_T`` is the transposed input, ``t`` the targets (..., K, m) as the pair encodes them.
        """
        self.pair.delta(p.Z_out, t, p.dZ_out, p.s_out, p.row, scale)
        for derivative, Z, A, slope, s, parameters in p.slopes:
            derivative(Z, A, slope, s, *parameters)
        dZ = p.dZ_out
        for dZ_times, A_prev_T, dW, W_T_times, dA, units, mask, learned, slope in p.steps_back:
            dZ_times(A_prev_T, dW)
            W_T_times(dZ, dA)
            if mask is not None:
                np.multiply(units, mask, units)
            if learned is not None:
                learned(units)
            np.multiply(dA, slope, dA)
            dZ = units
        p.dZ_first_times(x_T, self.dW[0])

    def predict(self, p: Pass, x: Array) -> Array:
        """The outputs (..., K, m) for inputs ``x``: a buffer of ``p``, overwritten by the next call."""
        self.forward(p, x)
        self.pair.predict(p.Z_out, p.P, p.s_out, p.row)
        return p.P


class Pass:
    """The buffers of one pass of ``width`` examples through a network, and every view the loops need, made once.

    Z, A, f'(Z) and dA of a hidden layer are (..., n + 1, width), the last row that of the ones; layer after layer they
    lie in one piece, so that neighbours with one activation share one derivative pass. ``training`` adds dropout.
    """

    def __init__(self, network: Network, width: int, *, training: bool = False) -> None:
        self.network, self.width = network, width
        self.Z_out, self.dZ_out, self.P = (self._buffer(network.sizes[-1]) for _ in range(3))
        self.s_out = (np.zeros_like(self.Z_out), np.zeros_like(self.Z_out))
        self.row = self._buffer(1)
        rows = sum(n + 1 for n in network.sizes[1:-1])
        self._flat = {name: self._buffer(rows).reshape(-1) for name in ("Z", "A", "slope", "dA", "s0", "s1")}
        self.dropouts: list[Dropout] = []
        self.hidden_Z: list[Array] = []
        self.hidden_A: list[Array] = []
        self.layers: list[tuple[Any, ...]] = []
        self.steps_back: list[tuple[Any, ...]] = []
        self._view_forward(training)
        self.slopes = list(self._slope_groups())
        self._view_backward()

    def _buffer(self, rows: int) -> Array:
        return np.zeros((*self.network.lead, rows, self.width), self.network.dtype)

    def _span(self, index: int) -> slice:
        """Where hidden layer ``index`` lies in the flat buffers."""
        row = self.width * math.prod(self.network.lead)
        first = sum(n + 1 for n in self.network.sizes[1 : index + 1]) * row
        return slice(first, first + (self.network.sizes[index + 1] + 1) * row)

    def _whole(self, name: str, index: int) -> Array:
        """Hidden layer ``index`` (..., n + 1, width) of a flat buffer."""
        return self._flat[name][self._span(index)].reshape(*self.network.lead, -1, self.width)

    def _units(self, name: str, index: int) -> Array:
        """The same without the row of ones."""
        return self._whole(name, index)[..., :-1, :]

    def _scratch(self, index: int) -> tuple[Array, Array]:
        return self._units("s0", index), self._units("s1", index)

    def _times(self, left: Array) -> Callable[[Array, Array], Any]:
        """``_times(left)(right, out)`` is the product, members each for themselves.

        One network takes the 2-D product, twice as fast as a stack of one and equal to it bit for bit; but not for a
        single example, where it copies its operands and rounds otherwise. As a method it is called a third faster.
        """
        return partial(np.matmul, left) if self.network.lead or self.width == 1 else left.dot

    def _view_forward(self, training: bool) -> None:
        network = self.network
        self.inputs: list[Array] = []
        self.masks: list[Array | None] = []
        for index, (layer, W) in enumerate(zip(network.hidden, network.W, strict=False)):
            A, Z, units = self._whole("A", index), self._units("Z", index), self._units("A", index)
            A[..., -1, :] = 1.0 if network.bias else 0.0
            mask = kept = None
            if training and layer.dropout > 0:
                A = A.copy()
                kept = A[..., :-1, :]
                dropout = Dropout(kept, layer.dropout)
                self.dropouts.append(dropout)
                mask = dropout.mask
            s, parameters = self._scratch(index), self.parameters(index)
            self.layers.append((self._times(W), Z, layer.activation.forward, units, s, parameters, mask, kept, A))
            self.hidden_Z.append(Z)
            self.hidden_A.append(units)
            self.masks.append(mask)
            self.inputs.append(A)
        self.W_out_times = self._times(network.W[-1])

    def _view_backward(self) -> None:
        network, dZ = self.network, self.dZ_out
        for index in reversed(range(len(network.hidden))):
            # W^T whole, not without its bias row: a matrix in one piece is neither copied nor rounded otherwise in a
            # stack. The result for the row of ones is not used.
            W_T, A_T = network.W[index + 1].swapaxes(-1, -2), self.inputs[index].swapaxes(-1, -2)
            dA, units, slope = self._whole("dA", index), self._units("dA", index), self._whole("slope", index)
            learned = self._learned_step(network, index, self.hidden_Z[index])
            self.steps_back.append(
                (
                    *(self._times(dZ), A_T, network.dW[index + 1]),
                    *(self._times(W_T), dA, units, self.masks[index], learned, slope),
                )
            )
            dZ = units
        self.dZ_first_times = self._times(dZ)

    def parameters(self, index: int) -> tuple[Any, ...]:
        """The parameters of hidden layer ``index``'s activation: the fixed ones, then the learned ones."""
        learned, fixed = self.network.learned[index], self.network.hidden[index].parameters
        return fixed if learned is None else (*fixed, *(learned[..., k, :, :] for k in range(learned.shape[-3])))

    def _slope_groups(self) -> Any:
        """f'(Z) for neighbouring layers of one activation in one pass: fewer calls in deep networks."""
        network = self.network

        def alike(index: int) -> tuple[Any, ...]:
            layer = network.hidden[index]
            alone = index if layer.activation.learned else -1
            return layer.activation.name, layer.parameters, alone

        for (_, _, alone), run in groupby(range(len(network.hidden)), alike):
            indices = list(run)
            first, derivative = indices[0], network.hidden[indices[0]].activation.derivative
            if alone >= 0:
                Z, A, slope, *s = (self._whole(name, first) for name in self._DERIVATIVE)
            else:
                span = slice(self._span(first).start, self._span(indices[-1]).stop)
                Z, A, slope, *s = (self._flat[name][span] for name in self._DERIVATIVE)
            yield derivative, Z, A, slope, tuple(s), self.parameters(first)

    _DERIVATIVE = ("Z", "A", "slope", "s0", "s1")

    def _learned_step(self, network: Network, index: int, Z: Array) -> Callable[[Array], None] | None:
        gradient = network.hidden[index].activation.learned_gradient
        d_learned = network.d_learned[index]
        if gradient is None or d_learned is None:
            return None
        s, parameters = self._scratch(index), self.parameters(index)
        sums = np.zeros(Z.shape[:-1], Z.dtype)

        def step(dA: Array) -> None:
            gradient(Z, dA, s, *parameters)
            np.add.reduce(s[0], axis=-1, out=sums)
            np.add.reduce(sums, axis=-1, out=d_learned[..., 0])

        return step
