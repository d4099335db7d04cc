"""The arithmetics that compute what a network answers. A run is looked at in the one that trains it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.nn.network import Network
from engine.nn.registry import Array, Registry
from engine.pieces import Pieces


class Evaluator(Protocol):
    """What a network answers for ``count`` inputs, in pieces: for points asked about, or for the maps of a view.

    Buffers are made once, and serve one evaluation at a time. The network's weights may change between two.
    """

    @property
    def spans(self) -> Sequence[slice]:
        """The inputs of each piece."""
        ...

    def prepared(self, x: Array) -> Any:
        """A piece's inputs (n + 1, m), ones included, as ``evaluate`` takes them."""
        ...

    def evaluate(self, inputs: Iterable[Any], hidden: bool) -> Pieces[tuple[Array, list[Array]]]:
        """The outputs (K, count) and, if ``hidden``, every hidden layer's activations (n, count).

        ``inputs`` are prepared, one for each of ``spans``. Results are the caller's to overwrite until the next call.
        """
        ...

    def quantize(self, values: Array) -> tuple[Array, Array]:
        """Results (n, count) as uint8 (n, count) and their ranges (n, 2): value = low + u / 255 (high - low).

        What is not finite or spans more than the dtype is cut at a quarter of its largest number, NaN are 0; a span
        too small to divide 255 by counts as none. ``values`` are overwritten: the cache is worth more than they are.
        """
        ...


STACK = 64
"""Weight vectors whose losses are measured at once, at most."""


@dataclass(frozen=True)
class PassValues:
    """Every quantity of one forward and one backward pass in float64, an array (n, m) a layer, the output's last.

    ``inputs``: what each layer sees; ``A`` = f(``Z``), before dropout; ``dA`` and ``slope`` = f'(Z) of hidden layers
    only; ``dA`` and ``dZ`` are those of the mean loss over the m examples, as is its ``gradient`` (P,).
    """

    inputs: list[Array]
    Z: list[Array]
    A: list[Array]
    dA: list[Array]
    dZ: list[Array]
    slope: list[Array]
    gradient: Array


class Passes(Protocol):
    """Passes of one float64 network over one batch, under the weights it has at each call."""

    def outputs(self) -> Array:
        """(K, m), without dropout's masks."""
        ...

    def gradient(self) -> Array:
        """That of the mean loss, (P,)."""
        ...

    def values(self) -> PassValues:
        """A pass with everything in it."""
        ...

    def losses(self, weights: Array, sides: bool = False) -> tuple[Array, list[Array]]:
        """The mean loss (n,) at each of ``weights`` (n, P), at most ``STACK``.

        With ``sides`` also Z > 0 of each layer whose activation has a kink at 0, as booleans (n, units, m).
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """One way to compute what a network answers.

    ``evaluator(network, count)`` makes an ``Evaluator``. ``passes(network, x, t, masks)`` makes ``Passes`` of a float64
    network, for explanations: inputs ``x`` (n + 1, m), ones included, targets ``t`` (K, m), and a mask (n, m) for each
    layer that has dropout; without masks nothing is dropped.
    """

    name: str
    title: str
    evaluator: Callable[[Network, int], Evaluator]
    passes: Callable[[Network, Array, Array, Sequence[Array]], Passes]


arithmetics: Registry[Arithmetic] = Registry("arithmetic")
