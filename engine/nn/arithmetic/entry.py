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


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """One way to compute; ``evaluator(network, count)`` makes an ``Evaluator`` of one network."""

    name: str
    title: str
    evaluator: Callable[[Network, int], Evaluator]


arithmetics: Registry[Arithmetic] = Registry("arithmetic")
